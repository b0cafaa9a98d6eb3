"""Files that are not whole: half a backup, a backup begun before and ended after a change, a page of the database gone bad."""

import os
import sqlite3
import uuid
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from lms.assessments.models import Response
from lms.assessments.services import Given, record_response, start_attempt
from lms.foundation.errors import Invalid
from lms.foundation.storage import FolderStorage
from lms.migrating import migrate
from lms.operations import backup
from lms.operations.backup import back_up, restore
from lms.operations.doctor import examine
from lms.people.models import Team
from lms.settings import Settings
from tests.house import House, Someone


@pytest.fixture
def agent(house: House) -> Someone:
    """Somebody who works here."""
    return house.person(house.firm())


def answer(house: House, agent: Someone, assessment_id: uuid.UUID) -> uuid.UUID:
    """One answer of an attempt of theirs, kept; its id."""
    attempt = house.act(agent, start_attempt, assessment_id=assessment_id, attempt_id=uuid.uuid4())
    fields = house.right_answers(agent, attempt.id)[1]
    kept = house.act(
        agent, record_response, given=Given(uuid.uuid4(), attempt.id, 1, fields, sequence=1, device_at=None)
    )
    found: uuid.UUID = kept.id
    return found


def elsewhere(settings: Settings, folder: Path) -> Settings:
    """A new home with an empty SQLite file."""
    folder.mkdir()
    address = f"sqlite:///{folder / 'ladder.db'}"
    migrate(address)
    return replace(settings, home=folder, database=address)


def rows(settings: Settings, table: str) -> list[tuple[str, ...]]:
    """The rows of a table of an SQLite file, by firm and id."""
    with sqlite3.connect(settings.database.removeprefix("sqlite:///")) as connection:
        return list(connection.execute(f"SELECT firm_id, id FROM {table}"))


def test_an_answer_is_in_the_backup_and_comes_back(
    house: House, agent: Someone, settings: Settings, tmp_path: Path
) -> None:
    kept = answer(house, agent, house.assessment(house.course()))
    back_up(settings, tmp_path / "whole.ladder", now=house.noon)
    there = elsewhere(settings, tmp_path / "there")
    restore(there, tmp_path / "whole.ladder")
    assert [uuid.UUID(row[1]) for row in rows(there, "response")] == [kept]


def test_half_a_backup_is_refused_and_nothing_is_written(
    house: House, agent: Someone, settings: Settings, tmp_path: Path
) -> None:
    whole, torn = tmp_path / "whole.ladder", tmp_path / "torn.ladder"
    back_up(settings, whole, now=house.noon)
    there, content = elsewhere(settings, tmp_path / "there"), whole.read_bytes()
    for percent in range(0, 100, 3):
        torn.write_bytes(content[: len(content) * percent // 100])
        with pytest.raises(Invalid, match=r"not a backup we can read|damaged"):
            restore(there, torn)
    assert rows(there, "team") == []
    assert not there.files.exists()


@pytest.mark.sqlite_is_enough
def test_a_backup_with_any_part_bitten_is_refused_in_words(
    house: House, agent: Someone, settings: Settings, tmp_path: Path
) -> None:
    whole, bitten = tmp_path / "whole.ladder", tmp_path / "bitten.ladder"
    back_up(settings, whole, now=house.noon)
    there, content = elsewhere(settings, tmp_path / "there"), whole.read_bytes()
    with zipfile.ZipFile(whole) as archive:
        parts = [one for one in archive.infolist() if one.compress_size > 20]
    for number, part in enumerate(parts):
        start = part.header_offset
        more = int.from_bytes(content[start + 28 : start + 30], "little")
        inside = start + 30 + len(part.filename.encode()) + more
        for at in (inside + number % part.compress_size, inside + part.compress_size // 2):
            bitten.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
            with pytest.raises(Invalid, match="damaged"):
                restore(there, bitten)
    assert rows(there, "team") == []


def test_a_backup_whose_rows_were_changed_is_refused(
    house: House, agent: Someone, settings: Settings, tmp_path: Path
) -> None:
    whole, changed = tmp_path / "whole.ladder", tmp_path / "changed.ladder"
    back_up(settings, whole, now=house.noon)
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(changed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(agent.name.encode(), b"Somebody Else"))
    with pytest.raises(Invalid, match="damaged"):
        restore(elsewhere(settings, tmp_path / "there"), changed)


def test_a_backup_that_breaks_off_leaves_the_last_one_whole(
    house: House, agent: Someone, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "nightly.ladder"
    back_up(settings, target, now=house.noon)
    before = target.read_bytes()

    def full(*_arguments: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup, "as_line", full)
    with pytest.raises(OSError, match="No space"):
        back_up(settings, target, now=house.noon)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.glob("nightly*")] == ["nightly.ladder"]


def test_a_backup_is_one_moment_even_while_people_go_on_working(
    house: House, agent: Someone, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assessment_id = house.assessment(house.course())
    first = answer(house, agent, assessment_id)
    write = backup._write_table
    late: list[uuid.UUID] = []

    def and_work_on(*arguments: object) -> object:
        written = write(*arguments)  # type: ignore[arg-type]
        if not late:  # the first table is copied: now somebody is hired, starts and answers
            late.append(answer(house, house.person(agent.firm_id), assessment_id))
        return written

    monkeypatch.setattr(backup, "_write_table", and_work_on)
    back_up(settings, tmp_path / "moment.ladder", now=house.noon)
    there = elsewhere(settings, tmp_path / "there")
    restore(there, tmp_path / "moment.ladder")
    assert [uuid.UUID(row[1]) for row in rows(there, "response")] == [first]
    with house.writing(agent.firm_id) as session:
        assert session.get_one(Response, (agent.firm_id, late[0])).counted


@pytest.mark.sqlite_is_enough
def test_a_stored_file_and_its_name_are_on_the_disk_before_its_row_can_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    rename, flush = Path.replace, os.fsync

    def renamed(old: Path, new: Path) -> Path:
        done.append("named")
        return rename(old, new)

    def flushed(handle: int) -> None:
        done.append(Path(os.readlink(f"/proc/self/fd/{handle}")).name[:3])
        flush(handle)

    monkeypatch.setattr(Path, "replace", renamed)
    monkeypatch.setattr(os, "fsync", flushed)
    name = FolderStorage(tmp_path / "files").put(b"the proof of a call")
    assert done == ["tmp", "named", name[:2], "fil"], (
        "the bytes, then the name, then the folders that hold it"
    )


@pytest.mark.parametrize("table", ["employment", "response", "sqlite_master"])
def test_a_page_that_went_bad_is_found_by_the_doctor(
    house: House, agent: Someone, settings: Settings, table: str
) -> None:
    if not settings.database.startswith("sqlite"):
        pytest.skip("SQLite's pages")
    house.act(
        agent,
        lambda session, *, actor, now: session.add(
            Team(firm_id=actor.firm_id, id=uuid.uuid4(), name="Billing", lead_id=None, parent_id=None)
        ),
    )
    with house.app.app_context():
        house.app.extensions["sqlalchemy"].engine.dispose()  # closed, so that all is in the one file
    place = Path(settings.database.removeprefix("sqlite:///"))
    with sqlite3.connect(place) as connection:
        [size] = connection.execute("PRAGMA page_size").fetchone()
        page = 1
        if table != "sqlite_master":
            [page] = connection.execute(
                "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
            ).fetchone()
    connection.close()
    assert all(one.well for one in examine(settings, now=house.noon) if one.check in ("pages", "database"))
    content = bytearray(place.read_bytes())
    content[(page - 1) * size + (100 if page == 1 else 0)] ^= 0xFF  # the byte that says what the page is
    place.write_bytes(content)
    found = [one for one in examine(settings, now=house.noon) if not one.well]
    assert {one.check for one in found} & {"pages", "database"}, found
