"""Backup, restore, doctor and migrations: what an operator leans on."""

import json
import re
import shutil
import uuid
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, select, text, update

from lms.assessments import services as assessments
from lms.foundation.actor import Role
from lms.foundation.clock import read_clock
from lms.foundation.db import Base
from lms.foundation.errors import Conflict, Invalid
from lms.learning import services as learning
from lms.migrating import drift, migrate, newest_revision, revision_of
from lms.operations.backup import back_up, open_engine, restore, see_everything
from lms.operations.doctor import Finding, examine
from lms.operations.moving_house import fingerprints, move_to
from lms.people.models import AuditEntry, Employment
from lms.settings import Settings
from lms.tracks import services as tracks
from lms.tracks.models import EvidenceRow
from lms.tracks.rules import EvidenceKind
from tests.conftest import PostgresqlMaker, SqliteMaker
from tests.house import House

Maker = SqliteMaker | PostgresqlMaker


@pytest.fixture
def lived_in(house: House) -> Settings:
    """The settings of a house where something of everything happened."""
    firm = house.firm()
    course_id = house.course()
    manager = house.person(firm, Role.MANAGER, Role.ASSESSOR, name="José Núñez")
    parent = house.team(firm, "Floor", lead=manager)
    agent = house.person(firm, team_id=house.team(firm, "Billing", parent=parent))
    house.act(
        agent,
        learning.finish_card,
        fact=learning.FinishedCard(uuid.uuid4(), course_id, "hello", "hook", house.noon - timedelta(hours=1)),
    )
    attempt = house.act(
        agent, assessments.start_attempt, assessment_id=house.assessment(course_id), attempt_id=uuid.uuid4()
    )
    house.act(agent, assessments.submit_attempt, attempt_id=attempt.id)
    seen = tracks.Observation(
        agent.id, EvidenceKind.OBSERVED, "A1", 2, house.noon.date(), "A dated example ✓"
    )
    row = house.act(manager, tracks.record_evidence, seen=seen)
    with house.writing(firm) as session:
        session.add(
            EvidenceRow(
                firm_id=firm,
                person_id=agent.id,
                kind="observed",
                competency="A1",
                level=1,
                outcome="rated",
                on=house.noon.date(),
                recorded_at=house.noon,
                supersedes_id=row.id,
                detail={},
            )
        )
    house.act(agent, tracks.contest, evidence_id=row.id, reason="Not my call.")
    house.client(agent)
    settings: Settings = house.app.extensions["settings"]
    return settings


@pytest.fixture
def elsewhere(settings: Settings, database_maker: Maker, tmp_path: Path) -> Any:
    """A new home and a new database, of the kind this run is on."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    address = database_maker.make(home)
    yield replace(settings, home=home, database=address)
    database_maker.drop(address)


def everything(settings: Settings) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    engine = open_engine(settings)
    try:
        with engine.connect() as connection:
            see_everything(connection)
            return {
                table.name: [
                    dict(row._mapping)
                    for row in connection.execute(select(table).order_by(*table.primary_key.columns))
                ]
                for table in Base.metadata.sorted_tables
            }
    finally:
        engine.dispose()


def files(settings: Settings) -> dict[str, bytes]:
    """Every stored file."""
    return {path.name: path.read_bytes() for path in settings.files.rglob("*") if path.is_file()}


def test_what_is_backed_up_and_restored_is_the_same_row_for_row_and_byte_for_byte(
    lived_in: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    made = back_up(lived_in, tmp_path / "all.zip", now=read_clock())
    brought = restore(elsewhere, tmp_path / "all.zip")
    assert everything(elsewhere) == everything(lived_in)
    assert files(elsewhere) == files(lived_in) != {}
    assert (brought.tables, brought.files, brought.revision) == (made.tables, made.files, newest_revision())
    assert made.tables["contest"] == 1
    assert not (tmp_path / "all.zip.part").exists()


def test_a_backup_of_the_restored_is_the_same_again(
    lived_in: Settings, elsewhere: Settings, tmp_path: Path
) -> None:
    now = read_clock()
    back_up(lived_in, tmp_path / "one.zip", now=now)
    restore(elsewhere, tmp_path / "one.zip")
    back_up(elsewhere, tmp_path / "two.zip", now=now)
    one, two = (zipfile.ZipFile(tmp_path / name) for name in ("one.zip", "two.zip"))
    assert one.namelist() == two.namelist()
    assert all(one.read(name) == two.read(name) for name in one.namelist())


def test_a_backup_restores_into_a_new_file_whatever_database_it_came_from(
    lived_in: Settings, tmp_path: Path
) -> None:
    home = tmp_path / "new"
    home.mkdir()
    target = replace(lived_in, home=home, database=f"sqlite:///{home / 'fresh.db'}")
    back_up(lived_in, tmp_path / "all.zip", now=read_clock())
    restore(target, tmp_path / "all.zip")
    assert everything(target) == everything(lived_in)


def test_a_move_to_another_database_is_compared_table_by_table(
    house: House, lived_in: Settings, elsewhere: Settings
) -> None:
    moved = move_to(replace(lived_in, home=elsewhere.home), elsewhere.database, now=house.noon)
    assert moved.rows > 40
    assert moved.tables == fingerprints(lived_in) == fingerprints(elsewhere)


def test_what_was_written_to_the_old_database_meanwhile_is_found(
    house: House, lived_in: Settings, elsewhere: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def restore_and_be_late(there: Settings, file: Path) -> Any:
        report = restore(there, file)
        house.firm("Late Firm")
        return report

    monkeypatch.setattr("lms.operations.moving_house.restore", restore_and_be_late)
    with pytest.raises(Conflict, match="firm"):
        move_to(lived_in, elsewhere.database, now=house.noon)


def test_a_move_goes_only_into_an_empty_database(house: House, lived_in: Settings, tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        move_to(lived_in, lived_in.database, now=house.noon)


def test_a_database_with_something_in_it_is_not_overwritten(lived_in: Settings, tmp_path: Path) -> None:
    back_up(lived_in, tmp_path / "all.zip", now=read_clock())
    before = everything(lived_in)
    with pytest.raises(Conflict, match="not empty"):
        restore(lived_in, tmp_path / "all.zip")
    assert everything(lived_in) == before


def rewritten(source: Path, target: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """A backup with its parts changed, or left out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if (content := change(name, old.read(name))) is not None:
                new.writestr(name, content)
    return target


def lacking_a_row(name: str, content: bytes) -> bytes:
    """A manifest that promises one firm more than there is."""
    if name != "manifest.json":
        return content
    manifest = json.loads(content)
    manifest["tables"]["firm"] += 1
    return json.dumps(manifest).encode()


DAMAGE: dict[str, Callable[[str, bytes], bytes | None]] = {
    "a changed table": lambda name, content: (
        content.replace(b"Ana", b"Eva") + b" " if name.startswith("tables/firm") else content
    ),
    "a missing table": lambda name, content: None if name == "tables/firm.jsonl" else content,
    "no manifest": lambda name, content: None if name == "manifest.json" else content,
    "no JSON in the manifest": lambda name, content: b"{" if name == "manifest.json" else content,
    "another format": lambda name, content: content.replace(b'"format": 1', b'"format": 9'),
    "a changed file": lambda name, content: content + b"x" if name.startswith("files/") else content,
    "a missing file": lambda name, content: None if name.startswith("files/") else content,
    "fewer rows than promised": lacking_a_row,
}


IN_THE_DATABASE = "fewer rows than promised"
"""The one damage that is found when rows are in already, and has to be rolled back."""


@pytest.mark.parametrize(
    "damage",
    [
        damage if damage == IN_THE_DATABASE else pytest.param(damage, marks=pytest.mark.sqlite_is_enough)
        for damage in DAMAGE
    ],
)
def test_a_damaged_backup_is_refused_and_leaves_nothing_behind(
    lived_in: Settings, elsewhere: Settings, tmp_path: Path, damage: str
) -> None:
    back_up(lived_in, tmp_path / "all.zip", now=read_clock())
    with pytest.raises(Invalid, match="damaged"):
        restore(elsewhere, rewritten(tmp_path / "all.zip", tmp_path / "bad.zip", DAMAGE[damage]))
    assert not any(everything(elsewhere).values())


def test_what_is_no_backup_says_so(elsewhere: Settings, tmp_path: Path) -> None:
    (tmp_path / "letter.zip").write_text("Dear all")
    for name in ("letter.zip", "gone.zip"):
        with pytest.raises(Invalid, match="not a backup we can read"):
            restore(elsewhere, tmp_path / name)


def test_there_is_nothing_to_back_up_before_the_first_migration(settings: Settings, tmp_path: Path) -> None:
    new = replace(settings, database=f"sqlite:///{tmp_path / 'new.db'}")
    with pytest.raises(Invalid, match="lms migrate"):
        back_up(new, tmp_path / "all.zip", now=read_clock())
    assert not list(tmp_path.glob("all.zip*"))


# Doctor


def findings(settings: Settings, later: timedelta = timedelta()) -> dict[str, Finding]:
    """What the doctor finds, the last of each kind."""
    return {one.check: one for one in examine(settings, now=read_clock() + later)}


def ill(settings: Settings, later: timedelta = timedelta()) -> dict[str, str]:
    """What is not well, and what it says."""
    return {one.check: one.sentence for one in examine(settings, now=read_clock() + later) if not one.well}


def test_a_house_in_order_is_well_and_says_what_was_looked_at(lived_in: Settings) -> None:
    assert ill(lived_in) == {}
    looked_at = {
        "configuration",
        "disk",
        "passport key",
        "migrations",
        "clock",
        "audit chain",
        "orphans",
        "files",
    }
    assert set(findings(lived_in)) - {"pages"} == looked_at
    assert findings(lived_in)["disk"].as_json()["well"] is True


def test_a_log_changed_outside_is_found_with_its_number(house: House, lived_in: Settings) -> None:
    with house.writing() as session:
        see_everything(session.connection())
        session.connection().info["beyond the wall"] = "an intruder"
        session.execute(update(AuditEntry).where(AuditEntry.number == 2).values(subject="somebody else"))
    assert "entry 2 does not fit" in ill(lived_in)["audit chain"]


def test_a_lost_file_is_found(lived_in: Settings) -> None:
    shutil.rmtree(lived_in.files)
    assert re.search(r"1 files are missing, such as [0-9a-f]{64}\. Restore", ill(lived_in)["files"])


def test_a_file_whose_bytes_were_changed_is_found(lived_in: Settings) -> None:
    changed = next(path for path in lived_in.files.rglob("*") if path.is_file())
    changed.write_bytes(changed.read_bytes() + b"x")
    assert f"1 files are no longer what they were, such as {changed.name}. Restore" in ill(lived_in)["files"]


def test_a_wrong_clock_is_found(lived_in: Settings) -> None:
    assert "s apart" in ill(lived_in, timedelta(minutes=5))["clock"]


def test_weak_settings_are_found_and_cookies_over_plain_http_are_only_told(lived_in: Settings) -> None:
    assert "shorter than 32" in ill(replace(lived_in, secret_key="short"))["configuration"]
    assert "LADDER_SECURE_COOKIES is off" in findings(lived_in)["configuration"].sentence
    safe = findings(replace(lived_in, secure_cookies=True))["configuration"]
    assert (safe.well, safe.sentence) == (True, "All settings are well.")


def test_a_row_that_leads_nowhere_is_found(house: House, lived_in: Settings) -> None:
    if not lived_in.database.startswith("sqlite"):
        pytest.skip("PostgreSQL lets nobody write past its constraints")
    engine = create_engine(lived_in.database)
    with engine.begin() as connection:
        connection.execute(update(Employment).values(team_id=uuid.uuid4()))
    engine.dispose()
    assert "in employment" in ill(lived_in)["orphans"]


def test_a_database_of_another_release_is_told_of_and_not_looked_at_further(
    settings: Settings, tmp_path: Path
) -> None:
    new = replace(settings, database=f"sqlite:///{tmp_path / 'new.db'}")
    assert "Run “lms migrate”" in ill(new)["migrations"]
    assert "clock" not in findings(new)


def test_a_database_that_does_not_answer_is_told_of(settings: Settings, tmp_path: Path) -> None:
    lost = replace(settings, database=f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    assert "does not answer" in ill(lost)["database"]


# Migrations


def test_a_migrated_database_is_exactly_what_the_models_say(settings: Settings) -> None:
    assert drift(settings.database) == []


def test_a_missing_column_is_drift(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'new.db'}"
    migrate(address)
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE firm DROP COLUMN time_zone"))
        assert revision_of(connection) == newest_revision()
    engine.dispose()
    assert "time_zone" in str(drift(address))


def test_migrating_twice_changes_nothing(lived_in: Settings) -> None:
    before = everything(lived_in)
    migrate(lived_in.database)
    assert everything(lived_in) == before


def test_the_unused_table_goes_only_while_it_is_empty(tmp_path: Path) -> None:
    for rows in (0, 1):
        address = f"sqlite:///{tmp_path / f'old-{rows}.db'}"
        migrate(address, "0002")
        engine = create_engine(address)
        with engine.begin() as connection:
            if rows:
                connection.execute(
                    text(
                        "INSERT INTO framework_version (id, owner_id, number, hash, document, published_at)"
                        " VALUES ('a', 'b', 1, 'c', '{}', '2026-01-01')"
                    )
                )
        if rows:
            with pytest.raises(RuntimeError, match="holds 1 rows"):
                migrate(address, "0003")
        else:
            migrate(address, "0003")
        with engine.connect() as connection:
            assert revision_of(connection) == ("0002" if rows else "0003")
            assert ("framework_version" in inspect(connection).get_table_names()) is bool(rows)
        engine.dispose()


def test_rows_of_a_table_this_release_does_not_keep_are_refused_and_never_lost(
    lived_in: Settings, elsewhere: Any, tmp_path: Path
) -> None:
    whole, strange = tmp_path / "whole.zip", tmp_path / "strange.zip"
    back_up(lived_in, whole, now=read_clock())
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(strange, "w") as target:
        for name in source.namelist():
            body = source.read(name)
            if name == "manifest.json":
                manifest = json.loads(body)
                manifest["tables"] |= {"gone_empty": 0, "gone": 2}
                body = json.dumps(manifest).encode()
            target.writestr(name, body)
    with pytest.raises(Invalid, match="rows of gone, which"):
        restore(elsewhere, strange)
