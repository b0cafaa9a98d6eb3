"""Figures become evidence, in a real session: what a rung asks, what a correction changes, what is too few to say."""

import html
from datetime import date

import pytest
from sqlalchemy import select

from lms.foundation.events import _listeners
from lms.tracks import queries
from lms.tracks.kpi.leave import Leave, LeaveAsked
from lms.tracks.models import EvidenceRow
from lms.tracks.pages.kpi import strips
from lms.tracks.rules import Evidence, known
from lms.tracks.services.kpi_metrics import set_target
from tests.house import House
from tests.rooms.test_kpi_import import Floor

HEADER = "Agent ID,Queue,Shift,Month,QA,Evaluations,Critical errors,Adherence,Shifts,CSAT,Surveys\n"
MONTHS = ("2025-12", "2026-01", "2026-02")


def row(
    person: int, month: str, *, qa: float = 90, n: int = 5, critical: int = 0, csat: int = 80, away: str = ""
) -> str:
    """A month of somebody."""
    cells = (f"{person:05}", "Billing", "Day", month, qa, n, critical, 95, 20, csat, 50)
    return ",".join(map(str, cells)) + (f",{away}" if away else "") + "\n"


def quarter(people: int = 9, **mine: object) -> str:
    """Three months of a queue; the first person's with other values."""
    return HEADER + "".join(
        row(person, month, **(mine if person == 1 else {}))  # type: ignore[arg-type]
        for person in range(1, people + 1)
        for month in MONTHS
    )


def floor_with_targets(house: House, people: int = 9) -> Floor:
    """A floor whose queue has its targets."""
    floor = Floor(house, people)
    for metric, value in (("qa", 85), ("adherence", 92)):
        house.act(
            floor.manager,
            set_target,
            queue="Billing",
            metric=metric,
            value=value,
            from_on=date(2025, 1, 1),
        )
    return floor


def rows_of(floor: Floor, agent: int = 0) -> list[EvidenceRow]:
    """What is written about somebody, in its order."""
    with floor.house.writing(floor.firm) as session:
        found = session.scalars(
            select(EvidenceRow).where(
                EvidenceRow.firm_id == floor.firm, EvidenceRow.person_id == floor.agents[agent].id
            )
        ).all()
    return sorted(found, key=lambda one: one.detail["seq"])


def standing_today(floor: Floor, agent: int = 0) -> list[Evidence]:
    """What counts today about somebody."""
    actor = floor.house.actor(floor.manager)
    with floor.house.writing(floor.firm) as session:
        ledger = queries.list_ledger(session, actor=actor, person_id=floor.agents[agent].id)
    return known(ledger, floor.house.noon.date())


def test_three_whole_months_that_meet_every_part_are_evidence(house: House) -> None:
    floor = floor_with_targets(house)
    floor.take(quarter())
    (fact,) = rows_of(floor)
    assert (fact.requirement, fact.outcome, fact.on, fact.source) == (
        "S1-kpi",
        "passed",
        date(2026, 2, 28),
        "kpi",
    )
    assert fact.expires_on == date(2026, 5, 31)
    said = {part["metric"]: part for part in fact.detail["parts"]}
    assert (said["qa"]["value"], said["qa"]["n"]) == (90, 15)
    assert said["qa"]["low"] < 90 < said["qa"]["high"]
    assert said["csat"]["found"] == "met"


@pytest.mark.parametrize(
    ("mine", "outcome"),
    [
        ({"qa": 80}, "failed"),
        ({"critical": 1}, "failed"),
        ({"csat": 40}, "failed"),
        ({"csat": 76}, "passed"),
        ({"n": 3}, None),
    ],
    ids=["below the target", "one critical error", "surely below the queue", "below it by chance", "too few"],
)
def test_each_part_can_say_no_and_too_few_says_nothing(
    house: House, mine: dict[str, object], outcome: str | None
) -> None:
    floor = floor_with_targets(house)
    floor.take(quarter(**mine))
    assert [one.outcome for one in rows_of(floor)] == ([outcome] if outcome else [])
    assert [one.outcome for one in rows_of(floor, 1)] == ["passed"]


def test_without_a_target_nothing_is_said(house: House) -> None:
    floor = Floor(house, 9)
    floor.take(quarter())
    assert rows_of(floor) == []


def test_a_correction_supersedes_the_evidence_and_a_repeat_does_not(house: House) -> None:
    floor = floor_with_targets(house)
    floor.take(quarter())
    floor.take(quarter())
    assert len(rows_of(floor)) == 1
    floor.take(quarter(qa=70))
    first, second = rows_of(floor)
    assert second.supersedes_id == first.id
    assert second.outcome == "failed"
    assert [one.outcome for one in standing_today(floor)] == ["failed"]
    assert len(rows_of(floor, 1)) == 1, "nobody else's is written again"


def test_a_newer_window_is_the_answer_even_when_an_older_one_is_corrected(house: House) -> None:
    floor = floor_with_targets(house)
    text = quarter()
    older = HEADER + "".join(line + "\n" for line in text.splitlines()[1:] if "2026-02" not in line)
    older += "".join(row(person, "2025-11") for person in range(1, 10))
    floor.take(older)
    assert [(one.on, one.outcome) for one in rows_of(floor)] == [(date(2026, 1, 31), "passed")]
    floor.take(
        HEADER + "".join(row(person, "2026-02", qa=70 if person == 1 else 90) for person in range(1, 10))
    )
    assert [one.outcome for one in standing_today(floor)] == ["failed"]
    floor.take(HEADER + row(1, "2025-11", qa=91))
    assert [(one.on, one.outcome) for one in standing_today(floor)] == [(date(2026, 2, 28), "failed")]
    assert len(rows_of(floor)) == 4, "the corrected window, and the newest once more"


def test_months_of_leave_are_left_out_when_they_are_known(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor = floor_with_targets(house)
    away = Leave(floor.agents[0].id, date(2026, 1, 1), date(2026, 1, 31))
    monkeypatch.setitem(_listeners, LeaveAsked, (lambda _session, _asked: [away],))
    text = quarter().replace(row(1, "2026-01"), row(1, "2026-01", qa=10))
    floor.take(text)
    assert rows_of(floor) == [], "ten evaluations in two months are too few to say"
    actor = house.actor(floor.manager)
    with house.writing(floor.firm) as session:
        found = strips(session, actor=actor, person_id=floor.agents[0].id, as_of=house.noon.date())
    qa = next(one for one in found if one.metric.key == "qa")
    assert [one.left_out for one in qa.marks] == [False, True, False]


def test_a_strip_shows_the_band_of_the_same_queue_shift_and_period_only(house: House) -> None:
    floor = floor_with_targets(house, 20)
    night = "".join(
        row(person, month, csat=20).replace("Day", "Night") for person in range(10, 19) for month in MONTHS
    )
    floor.take(quarter() + night)
    actor = house.actor(floor.manager)
    with house.writing(floor.firm) as session:
        found = strips(session, actor=actor, person_id=floor.agents[0].id, as_of=house.noon.date())
    csat = next(one for one in found if one.metric.key == "csat")
    assert [(one.band.low, one.band.people) for one in csat.marks if one.band] == [(80, 9)] * 3
    assert csat.picture is not None
    qa = next(one for one in found if one.metric.key == "qa")
    assert [one.value for one in qa.marks] == [None] * 3, "five evaluations a month are too few to say"


def test_a_period_of_figures_is_told_in_the_reader_s_language(house: House) -> None:
    floor = floor_with_targets(house)
    floor.take(quarter(qa=80))
    kept = rows_of(floor)[0].detail
    client = house.client(floor.agents[0])
    english = html.unescape(client.get("/path/evidence").get_data(as_text=True))
    assert kept["title"] in english
    assert kept["example"] in english
    client.post("/me/language", data={"language": "es"})
    spanish = html.unescape(client.get("/path/evidence").get_data(as_text=True))
    assert "2025-12 a 2026-02: Puntaje de calidad 80.0 (n = 15)" in spanish
    assert "la meta es 85.0." in spanish
    assert [one for one in ("Quality", "target is", "usual range") if one in spanish] == []
