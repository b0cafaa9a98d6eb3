"""`lms people import`: what it brings in, and what it says of broken files, each with nothing changed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from lms.cli import main
from lms.foundation.db import Base
from lms.people.models import AuditEntry
from lms.web.request import db
from tests.house import House
from tests.rooms.test_people_import import employed


def counts(app: Flask) -> dict[str, int]:
    """How many rows each table holds."""
    with app.app_context(), db.engine.connect() as connection:
        connection.info["beyond the wall"] = "a test counts"
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SELECT set_config('ladder.beyond', 'on', true)")
        found = {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }
        connection.info.pop("beyond the wall")
    return found


@pytest.fixture
def lms(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """The command line, on this test's database."""
    monkeypatch.setattr(main, "create_app", lambda: app)

    def run(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    return run


def written(folder: Path, content: bytes | str) -> Path:
    """A file on disk."""
    path = folder / "people.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


START = b"employee_number,name,email,team,roles,started_on,ended_on\n"
BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "The file is empty"),
    "header only": (START, "there is nobody under them"),
    "no number": (b"name,team\nAna,Billing\n", "There is no column employee_number"),
    "ragged": (
        START + b"1,Ana,,,agent,,\n2,Ben,,,agent,,,x,y\n",
        "row 3 (2 Ben): The row has 9 cells and the header 7",
    ),
    "number twice": (START + b"1,Ana,,,,,\n1,Ben,,,,,\n", "stands in the file more than once: rows 2, 3"),
    "e-mail twice": (
        START + b"1,Ana,a@x.bz,,,,\n2,Ben,a@x.bz,,,,\n",
        "E-mail a@x.bz stands in the file more than once",
    ),
    "formula": (START + b"1,=1+1,,,,,\n", "spreadsheet would run as a formula"),
    "right to left": (START + "1,An\u202ea,,,,,\n".encode(), "U+202E RIGHT-TO-LEFT OVERRIDE"),
    "zero width": (START + "1,An\u200ba,,,,,\n".encode(), "U+200B ZERO WIDTH SPACE"),
    "too long": (START + b"1," + b"a" * 161 + b",,,,,\n", "name is longer than 160 characters"),
    "role": (START + b"1,Ana,,,boss,,\n", "is not a role"),
    "day": (START + b"1,Ana,,,,2026-02-30,\n", "is not a day"),
    "two ways": (START + b"1,Ana,,,,05/03/2026,\n", "can be read in two ways"),
    "end": (START + b"1,Ana,,,,2026-03-01,2026-02-01\n", "is before started_on"),
    "e-mail": (START + b"1,Ana,ana,,,,\n", "is not an e-mail"),
    "picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "looks like a PNG picture"),
    "workbook": (b"PK\x03\x04\x14\0[Content_Types].xml..xl/workbook.xml", "looks like an Excel workbook"),
    "pdf": (b"%PDF-1.4\n%\xe2\xe3", "looks like a PDF"),
    "nul": (START + b"1,An\0a,,,,,\n", "NUL bytes"),
    "mixture": (START + "1,María,,,,,\n".encode() + b"2,Jos\xe9,,,,,\n", "mixes two encodings: line 3"),
    "long line": (START + b"1," + b"a" * (4 * 1024 * 1024), "Line 2 is longer than"),
    "10 MB line": (b"a" * (10 * 1024 * 1024), "larger than 5 MB"),
    "quotes": (START + b'1,"Ana,,,,,\n2,Ben,,,,,\n', "quotation marks in row 2"),
    "too many": (b"employee_number,name\n" + b"1,a\n" * 20_001, "more than 20000 people"),
}


@pytest.mark.parametrize(
    "kind",
    [kind if kind == "quotes" else pytest.param(kind, marks=pytest.mark.sqlite_is_enough) for kind in BROKEN],
)
def test_a_broken_file_gets_its_sentence_and_changes_nothing(
    app: Flask, house: House, lms: Callable[..., Result], tmp_path: Path, kind: str
) -> None:
    house.firm()
    content, said = BROKEN[kind]
    before = counts(app)
    result = lms("people", "import", written(tmp_path, content))
    assert result.exit_code == 1, result.output
    assert said in result.output
    assert "Traceback" not in result.output
    assert counts(app) == before


def test_two_hundred_megabytes_are_refused_without_being_read(
    app: Flask, house: House, lms: Callable[..., Result], tmp_path: Path
) -> None:
    house.firm()
    before = counts(app)
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    result = lms("people", "import", path)
    assert result.exit_code == 1
    assert "larger than 5 MB" in result.output
    assert counts(app) == before


def test_the_command_line_brings_people_in_once(
    app: Flask, house: House, lms: Callable[..., Result], tmp_path: Path
) -> None:
    firm = house.firm("Toucan Connect")
    path = written(tmp_path, "number;name;team;roles\n1;María;Night;agent|trainer\n2;Ben;Night;agent\n")
    before = counts(app)
    dry = lms("people", "import", path, "--dry-run", "--json")
    assert dry.exit_code == 0
    assert counts(app) == before
    assert json.loads(dry.output)["counts"] == {"new": 2, "changed": 0, "same": 0, "refused": 0}
    first, second = (json.loads(lms("people", "import", path, "--json").output) for _twice in range(2))
    assert (first["written"], first["firm"], first["new_teams"]) == (True, "toucan-connect", ["Night"])
    assert (first["counts"]["new"], second["counts"]["same"]) == (2, 2)
    assert employed(house, firm, "1").name == "María"
    with house.writing(firm) as session:
        assert {
            one.by_name for one in session.scalars(select(AuditEntry).where(AuditEntry.firm_id == firm))
        } == {"operator"}


def test_refused_rows_stop_the_command_line_unless_it_may_skip_them(
    app: Flask, house: House, lms: Callable[..., Result], tmp_path: Path
) -> None:
    firm = house.firm()
    path = written(tmp_path, "number,name\n1,Ana\n2,=cmd()\n")
    before = counts(app)
    stopped = lms("people", "import", path, "--json")
    told = json.loads(stopped.output)
    assert (stopped.exit_code, told["written"], counts(app)) == (1, False, before)
    assert [(one["row"], one["employee_number"]) for one in told["refused"]] == [(3, "2")]
    skipped = lms("people", "import", path, "--skip-refused")
    assert skipped.exit_code == 0
    assert "row 3" in skipped.output
    assert employed(house, firm, "1")
    assert not employed(house, firm, "2")


def test_among_several_firms_one_must_be_named(
    app: Flask, house: House, lms: Callable[..., Result], tmp_path: Path
) -> None:
    house.firm("Association", association=True)
    path = written(tmp_path, "number,name\n1,Ana\n")
    assert "There is no firm" in lms("people", "import", path).output
    house.firm("Toucan Connect")
    assert lms("people", "import", path, "--dry-run").exit_code == 0
    other = house.firm("Jabiru Voice")
    unnamed = lms("people", "import", path)
    assert unnamed.exit_code == 2
    assert "--firm jabiru-voice | toucan-connect" in unnamed.output
    assert lms("people", "import", path, "--firm", "nobody").exit_code == 1
    assert lms("people", "import", path, "--firm", "Jabiru Voice").exit_code == 0
    assert employed(house, other, "1")
    assert lms("people", "import", tmp_path / "missing.csv").exit_code == 2
