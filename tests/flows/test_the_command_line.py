"""The command line's contract: `--help` and `--json` everywhere; exit 0 good, 1 a sentence, 2 wrong usage; no traceback."""

import json
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from lms.cli import main
from lms.operations.serving import Server
from lms.settings import Settings
from tests.house import C05, SAMPLE_COURSE, House

Run = Callable[..., Result]


@pytest.fixture
def lms(settings: Settings) -> Run:
    """Runs a command on this test's home and database; keywords change the environment."""

    def run(*words: str | Path, **environment: str) -> Result:
        where = {
            "LADDER_HOME": str(settings.home),
            "LADDER_DATABASE": settings.database,
            "LADDER_SECURE_COOKIES": "off",
        }
        done = CliRunner().invoke(main, [str(word) for word in words], env=where | environment)
        if not isinstance(done.exception, SystemExit | None):
            raise done.exception
        return done

    return run


def told(done: Result) -> dict[str, Any]:
    """The one JSON object of a command that went well."""
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def refused(done: Result) -> str:
    """The sentence of a command that was refused."""
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    return done.stderr


def commands(
    group: click.Group, before: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command there is, with the words that call it."""
    for name, command in group.commands.items():
        yield (*before, name), command
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))


EVERY = [pytest.param(words, command, id=" ".join(words)) for words, command in commands(main)]


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("words", "command"), EVERY)
def test_every_command_helps_takes_json_and_refuses_what_it_does_not_know(
    lms: Run, words: tuple[str, ...], command: click.Command
) -> None:
    helped = lms(*words, "--help")
    assert helped.exit_code == 0
    assert (command.help or "")[:20] in helped.stdout
    if not isinstance(command, click.Group):
        assert "--json" in helped.stdout
    unknown = lms(*words, "--nonsense")
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "No such option" in unknown.stderr


@pytest.mark.sqlite_is_enough
def test_the_list_of_commands_is_ours_and_needs_no_settings(lms: Run) -> None:
    listed = lms("--help", LADDER_DATABASE="mysql://elsewhere")
    assert (listed.exit_code, listed.stderr) == (0, "")
    for name in main.commands:
        assert f"\n  {name} " in listed.stdout
    assert "limiter" not in listed.stdout
    assert lms("nonsense").exit_code == 2
    assert lms().exit_code == 2


WRONG_USE = (
    ("serve", "--port", "0"),
    ("serve", "--port", "seven"),
    ("serve", "--threads", "0"),
    ("readiness",),
    ("readiness", "--person", "a@example.bz", "--rung", "S1"),
    ("backup",),
    ("backup", "."),
    ("restore", "."),
    ("demo", "--people", "5"),
    ("demo", "--as-of", "yesterday"),
    ("courses", "load"),
    ("courses", "load", "no/such/folder"),
    ("courses", "check", "no/such/folder"),
    ("courses", "export", "C05"),
    ("courses", "publish"),
)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("words", WRONG_USE, ids=" ".join)
def test_wrong_usage_is_exit_two_and_says_how(lms: Run, words: tuple[str, ...]) -> None:
    done = lms(*words)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "Usage: " in done.stderr
    assert "Error: " in done.stderr


BAD_SETTINGS = (
    (
        {"LADDER_DATABASE": "mysql://elsewhere"},
        "LADDER_DATABASE must start with sqlite:/// or postgresql://.",
    ),
    ({"LADDER_SECURE_COOKIES": "perhaps"}, "LADDER_SECURE_COOKIES must be on or off."),
    ({"LADDER_HOME": "/dev/null"}, "LADDER_HOME: /dev/null cannot be a folder of ours: File exists."),
    ({"LADDER_DATABASE": "sqlite:////no/such/folder/l.db"}, "unable to open database file. Run “lms doctor”"),
    ({"LADDER_DATABASE": "postgresql://web@127.0.0.1:1/ladder"}, "connection failed"),
)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(("environment", "sentence"), BAD_SETTINGS)
def test_a_wrong_setting_is_named(lms: Run, environment: dict[str, str], sentence: str) -> None:
    assert sentence in refused(lms("migrate", **environment))


@pytest.mark.sqlite_is_enough
def test_migrate_makes_an_empty_database_whole_and_does_nothing_twice(lms: Run, tmp_path: Path) -> None:
    new = {"LADDER_DATABASE": f"sqlite:///{tmp_path / 'new.db'}"}
    assert told(lms("migrate", "--json", **new)) == {"migrated": True}
    assert told(lms("migrate", "--json", **new)) == {"migrated": True}
    assert lms("migrate", **new).stdout == "The database is up to date.\n"
    assert told(lms("doctor", "--json", **new))["well"] is True


@pytest.mark.sqlite_is_enough
def test_a_database_of_a_later_release_is_left_alone(lms: Run, tmp_path: Path) -> None:
    new = {"LADDER_DATABASE": f"sqlite:///{tmp_path / 'new.db'}"}
    lms("migrate", **new)
    with sqlite3.connect(tmp_path / "new.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "later release" in refused(lms("migrate", **new))
    doctor = lms("doctor", **new)
    assert doctor.exit_code == 1
    assert "at 9999" in doctor.stdout


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    "words",
    [
        ("courses", "load", str(SAMPLE_COURSE)),
        ("courses", "export", "HELLO", "out"),
        ("demo",),
        ("readiness", "--person", "a@example.bz", "--rung", "S1", "--as-of", "2026-03-01"),
    ],
    ids=lambda words: words[0],
)
def test_before_the_first_migration_every_command_says_where_to_look(
    lms: Run, tmp_path: Path, words: tuple[str, ...]
) -> None:
    said = refused(lms(*words, LADDER_DATABASE=f"sqlite:///{tmp_path / 'empty.db'}"))
    assert "no such table" in said
    assert "Run “lms doctor”" in said
    assert "SELECT" not in said


def test_a_course_goes_in_and_comes_out_byte_for_byte(lms: Run, tmp_path: Path) -> None:
    checked = told(lms("courses", "check", C05, "--json"))["courses"]
    assert [(one["course"], one["problems"]) for one in checked] == [("C05", [])]
    first = told(lms("courses", "load", C05, "--json"))["courses"]
    assert [(one["version"], one["new"]) for one in first] == [(1, True)]
    again = told(lms("courses", "load", C05, "--json"))["courses"]
    assert [(one["version"], one["new"]) for one in again] == [(1, False)]
    assert told(lms("courses", "load", C05, "--if-changed", "--json")) == {"courses": []}
    assert "All courses are as they were." in lms("courses", "load", C05, "--if-changed").stdout
    out = tmp_path / "out"
    count = told(lms("courses", "export", "C05", out, "--json"))["files"]
    written = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert count == len(written)
    assert written == {path.relative_to(C05): path.read_bytes() for path in C05.rglob("*") if path.is_file()}
    assert "is not empty" in refused(lms("courses", "export", "C05", out))
    assert "There is no course C99." in refused(lms("courses", "export", "C99", tmp_path / "none"))


def test_a_course_with_problems_is_told_of_by_file_and_line_and_not_loaded(lms: Run, tmp_path: Path) -> None:
    shutil.copytree(SAMPLE_COURSE, tmp_path / "course")
    lesson = tmp_path / "course" / "lessons" / "hello.md"
    lesson.write_text(lesson.read_text() + "\n![](missing.png)\n")
    checked = lms("courses", "check", tmp_path / "course")
    assert checked.exit_code == 1
    assert "course/lessons/hello.md:" in checked.stdout
    found = json.loads(lms("courses", "check", tmp_path / "course", "--json").stdout)
    assert found["courses"][0]["problems"]
    said = refused(lms("courses", "load", tmp_path / "course"))
    assert said.startswith("This course has problems. Nothing was published.\n  lessons/hello.md")
    assert "There is no course" in refused(lms("courses", "export", "HELLO", tmp_path / "out"))


def test_a_folder_without_a_course_says_so(lms: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for act in ("check", "load"):
        assert "holds no course" in refused(lms("courses", act, tmp_path / "empty"))


def test_a_database_with_real_firms_gets_no_demo(lms: Run, house: House) -> None:
    house.firm()
    assert lms("demo", "--if-new").stdout == "The database holds firms already: no demo was made.\n"


def test_readiness_finds_a_person_by_mail_or_number_and_says_when_it_cannot(lms: Run, house: House) -> None:
    firm, other = house.firm(), house.firm("Jabiru Voice")
    ana = house.person(firm, number="0042")
    both = house.person(other, at=house.person(firm))
    ask = ("readiness", "--rung", "S1", "--as-of", "2026-03-01")
    by_mail = told(lms(*ask, "--person", ana.email, "--json"))
    by_number = told(lms(*ask, "--person", "toucan-connect/0042", "--json"))
    assert {key: value for key, value in by_mail.items() if key != "person"} == {
        key: value for key, value in by_number.items() if key != "person"
    }
    assert "no_evidence" in lms(*ask, "--person", ana.email).stdout
    assert "Nobody is known as" in refused(lms(*ask, "--person", "jabiru-voice/0042"))
    assert "Nobody is known as" in refused(lms(*ask, "--person", "nobody@example.bz"))
    assert "works at several firms" in refused(lms(*ask, "--person", both.email))
    assert "There is no such rung" in refused(lms(*ask, "--person", ana.email, "--rung", "Z9"))
    assert "Write the date as 2026-03-01." in refused(lms(*ask, "--person", ana.email, "--as-of", "1 March"))


def test_backup_and_restore_tell_what_they_did_and_what_they_will_not_do(
    lms: Run, house: House, tmp_path: Path
) -> None:
    house.person(house.firm())
    file = tmp_path / "all.zip"
    made = told(lms("backup", file, "--json"))
    assert made["rows"] == sum(made["tables"].values()) > 3
    assert f"{file}: " in lms("backup", file).stdout
    assert "is not empty" in refused(lms("restore", file))
    new = {"LADDER_HOME": str(tmp_path / "new"), "LADDER_DATABASE": f"sqlite:///{tmp_path / 'new.db'}"}
    back = told(lms("restore", file, "--json", **new))
    assert back["tables"] == made["tables"]
    assert told(lms("doctor", "--json", **new))["well"] is True
    assert "There is no folder" in refused(lms("backup", tmp_path / "nowhere" / "all.zip"))
    assert "is not a backup we can read" in refused(lms("restore", tmp_path / "missing.zip"))
    (tmp_path / "text.zip").write_text("hello")
    assert "is not a backup we can read" in refused(lms("restore", tmp_path / "text.zip"))


def test_a_disk_that_refuses_is_a_sentence_too(lms: Run, house: House, tmp_path: Path) -> None:
    (tmp_path / "all.zip.part").mkdir()  # the backup cannot write where it must
    assert "all.zip.part: Is a directory." in refused(lms("backup", tmp_path / "all.zip"))


def test_the_doctor_is_ill_with_exit_one_and_says_what_to_do(lms: Run, settings: Settings) -> None:
    well = told(lms("doctor", "--json"))
    assert {"configuration", "disk", "migrations", "clock", "orphans", "files"} <= {
        one["check"] for one in well["findings"]
    }
    ill = lms("doctor", "--json", LADDER_SECRET_KEY="short")
    assert ill.exit_code == 1
    found = {one["check"]: one for one in json.loads(ill.stdout)["findings"]}
    assert found["configuration"]["well"] is False
    assert "LADDER_SECRET_KEY" in found["configuration"]["sentence"]


def test_serve_does_not_promise_an_address_that_is_taken(lms: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert f"port {port}: Address already in use" in refused(lms("serve", "--port", port))
    assert "Choose another with --port or --host." in refused(lms("serve", "--host", "no.such.host.invalid"))


def test_serve_tells_its_address_and_hands_gunicorn_what_was_asked(
    lms: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[Server] = []
    monkeypatch.setattr(Server, "run", lambda server: served.append(server))  # gunicorn would not come back
    monkeypatch.setattr(sys, "argv", ["lms"])
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    assert told(lms("serve", "--port", str(port), "--threads", "3", "--json")) == {
        "address": f"http://127.0.0.1:{port}/"
    }
    assert (served[0].cfg.threads, served[0].cfg.address) == (3, [("127.0.0.1", port)])
    assert served[0].load().name == "lms"


def test_the_real_command_exits_as_the_tests_say(settings: Settings) -> None:
    """Once through a process of its own: what the shell sees is what `invoke` saw."""
    for words, code in ((["doctor"], 0), (["courses", "check", str(settings.home)], 1), (["nonsense"], 2)):
        done = subprocess.run(
            [sys.executable, "-c", "from lms.cli import main; main()", *words],
            env={
                "LADDER_HOME": str(settings.home),
                "LADDER_DATABASE": settings.database,
                "PYTHONPATH": str(Path(__file__).parents[2]),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
