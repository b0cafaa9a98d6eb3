"""`lms readiness --json` as of two dates: the same bytes again, after a backup and a restore, and on the other database.

With LADDER_RECORD set, the answers are written down anew (after a change of the shipped framework's words).
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from lms.cli import main
from lms.foundation.actor import Role
from lms.foundation.ids import derived_id
from lms.settings import Settings
from lms.tracks import services as tracks
from lms.tracks.models import EvidenceRow
from lms.tracks.rules import EvidenceKind
from tests.conftest import PostgresqlMaker, SqliteMaker
from tests.house import House, Someone

RECORD = Path(__file__).parents[1] / "data" / "readiness"
DAYS = ("2026-01-20", "2026-03-01")


@dataclass(frozen=True)
class Told:
    """Something that stands in the ledger from the start, with an id that is the same in every world."""

    name: str
    kind: EvidenceKind
    on: str
    outcome: str
    competency: str | None = None
    level: int | None = None
    requirement: str | None = None
    score: float | None = None
    rater: str | None = None
    supersedes: str | None = None
    contested: str | None = None


LIFE = (
    Told("old course", EvidenceKind.COURSE, "2024-02-01", "completed", requirement="C05"),
    Told("course", EvidenceKind.COURSE, "2025-11-03", "completed", requirement="C01"),
    Told("level one", EvidenceKind.COURSE, "2025-11-03", "completed", "A1", 1, "C01"),
    Told("exam", EvidenceKind.ASSESSMENT, "2025-11-04", "passed", "B4", 2, "C05:final", 0.92),
    Told("near", EvidenceKind.ASSESSMENT, "2025-12-01", "passed", "A2", 2, "C01:final", 0.78),
    Told("failed", EvidenceKind.ASSESSMENT, "2026-02-02", "failed", "A3", 2, "C06:final", 0.4),
    Told("seen", EvidenceKind.OBSERVED, "2025-12-09", "rated", "A1", 3, rater="lead"),
    Told(
        "seen better", EvidenceKind.OBSERVED, "2026-02-10", "rated", "A1", 2, rater="lead", supersedes="seen"
    ),
    Told("vouched", EvidenceKind.ATTESTATION, "2026-02-12", "rated", "F4", 3, rater="lead"),
    Told(
        "disputed",
        EvidenceKind.OBSERVED,
        "2026-01-05",
        "rated",
        "B1",
        1,
        rater="lead",
        contested="2026-02-03",
    ),
    Told("expired", EvidenceKind.OBSERVED, "2023-06-01", "rated", "B4", 3, rater="lead"),
)


@dataclass(frozen=True)
class World:
    """A firm with one person who has a year behind them."""

    settings: Settings
    ana: Someone
    lead: Someone


@pytest.fixture
def world(house: House) -> World:
    """The ledger has fixed ids; what the services of this test add later does not."""
    firm = house.firm()
    lead = house.person(firm, Role.MANAGER, Role.ASSESSOR)
    ana = house.person(firm, name="Ana Chi", number="0042", started_on=date(2024, 1, 8))
    with house.writing(firm) as session:
        for one in LIFE:
            on = date.fromisoformat(one.on)
            at = house.noon - timedelta(days=(house.noon.date() - on).days)
            session.add(
                EvidenceRow(
                    firm_id=firm,
                    id=derived_id("ledger", one.name),
                    person_id=ana.id,
                    kind=one.kind,
                    competency=one.competency,
                    level=one.level,
                    requirement=one.requirement,
                    outcome=one.outcome,
                    score=one.score,
                    error=None if one.score is None else 0.08,
                    pass_mark=None if one.score is None else 0.75,
                    rater_id=lead.id if one.rater else None,
                    on=on,
                    recorded_at=at + timedelta(microseconds=123456),
                    supersedes_id=derived_id("ledger", one.supersedes) if one.supersedes else None,
                    detail={"title": f"«{one.name}» ñ"},
                )
            )
            session.flush()
    for one in LIFE:
        if one.contested:
            house.act(
                ana,
                tracks.contest,
                evidence_id=derived_id("ledger", one.name),
                reason="That call was handed to me half way.",
                now=house.noon - timedelta(days=(house.noon.date() - date.fromisoformat(one.contested)).days),
            )
    return World(house.app.extensions["settings"], ana, lead)


def recorded(day: str, said: bytes) -> bytes:
    """The answer that was written down for a day."""
    file = RECORD / f"{day}.json"
    if os.environ.get("LADDER_RECORD"):
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(said)
    return file.read_bytes()


def readiness(settings: Settings, day: str) -> bytes:
    """What the command prints."""
    done = CliRunner().invoke(
        main,
        ["readiness", "--person", "toucan-connect/0042", "--rung", "S1", "--as-of", day, "--json"],
        env={"LADDER_HOME": str(settings.home), "LADDER_DATABASE": settings.database},
    )
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout_bytes


def in_and_out(settings: Settings, elsewhere: Settings, file: Path) -> None:
    """Back one house up and restore it as another, by the command line."""
    for one, act in ((settings, "backup"), (elsewhere, "restore")):
        done = CliRunner().invoke(
            main, [act, str(file)], env={"LADDER_HOME": str(one.home), "LADDER_DATABASE": one.database}
        )
        assert done.exit_code == 0, done.output


@pytest.fixture
def others(
    settings: Settings, database_maker: SqliteMaker | PostgresqlMaker, tmp_path: Path
) -> Iterator[list[Settings]]:
    """Three empty houses: on this run's kind of database, in an SQLite file, and on this run's kind again."""
    homes = [tmp_path / name for name in ("first", "file", "back")]
    for home in homes:
        home.mkdir()
    first, back = database_maker.make(homes[0]), database_maker.make(homes[2])
    addresses = (first, f"sqlite:///{homes[1] / 'new.db'}", back)
    yield [
        replace(settings, home=home, database=address) for home, address in zip(homes, addresses, strict=True)
    ]
    for address in (first, back):
        database_maker.drop(address)


@pytest.mark.parametrize("day", DAYS)
def test_the_answer_is_the_recorded_one_on_either_database_and_on_a_second_run(
    world: World, day: str
) -> None:
    first = readiness(world.settings, day)
    assert first == recorded(day, first)
    assert readiness(world.settings, day) == first


def test_the_answer_survives_backups_and_restores_from_either_database_into_the_other(
    world: World, others: list[Settings], tmp_path: Path
) -> None:
    before = {day: readiness(world.settings, day) for day in DAYS}
    source = world.settings
    for number, target in enumerate(others):
        in_and_out(source, target, tmp_path / f"{number}.zip")
        assert {day: readiness(target, day) for day in DAYS} == before
        source = target


def test_what_is_recorded_answered_or_corrected_later_changes_no_earlier_answer(
    house: House, world: World
) -> None:
    today = house.noon.date().isoformat()
    before = {day: readiness(world.settings, day) for day in (*DAYS, today)}
    other = house.person(world.ana.firm_id, Role.MANAGER, Role.ASSESSOR)
    for on in (date(2026, 1, 9), house.noon.date()):
        seen = tracks.Observation(world.ana.id, EvidenceKind.OBSERVED, "A2", 3, on, "A dated example.")
        house.act(world.lead, tracks.record_evidence, seen=seen)
    house.act(
        other,
        tracks.resolve_contest,
        evidence_id=derived_id("ledger", "disputed"),
        outcome="withdrawn",
        answer="It was another call.",
    )
    after = {day: readiness(world.settings, day) for day in (*DAYS, today)}
    assert after.pop(today) != before.pop(today)
    assert after == before
