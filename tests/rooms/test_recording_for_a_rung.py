"""Evidence that somebody records for a requirement of a rung, in a real session: who may, what is taken, what it changes."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from lms.foundation.actor import Role
from lms.foundation.errors import Invalid, NotAllowed, NotFound
from lms.people.models import AuditEntry
from lms.tracks import services
from lms.tracks.models import EvidenceRow
from lms.tracks.rules import EvidenceKind, State
from lms.tracks.services import Measured, Observation
from tests.house import House, Someone

TODAY = date(2026, 3, 2)
NOBODY = uuid.UUID(int=0)
ATTESTED = Observation(
    NOBODY, EvidenceKind.ATTESTATION, None, None, TODAY, "On 1 March she helped two.", "S1-attestation"
)
COUNTED = Observation(
    NOBODY,
    EvidenceKind.KPI,
    None,
    None,
    TODAY,
    "Billing, day shift; from the quality sheet.",
    "S1-kpi",
    outcome="passed",
    measured=Measured("Quality score", date(2025, 12, 1), 92.4, 14),
)
EXAMINED = replace(ATTESTED, kind=EvidenceKind.ASSESSMENT, requirement="S1-assessment", outcome="passed")
TAUGHT = replace(ATTESTED, kind=EvidenceKind.COURSE, requirement="C02", outcome="completed")
CERTIFIED = Observation(
    NOBODY,
    EvidenceKind.CERTIFICATE,
    "D1",
    2,
    TODAY,
    "Saw it on the vendor's page.",
    certificate="CompTIA A+",
    expires_on=date(2027, 3, 1),
)


@dataclass
class Firm:
    """A firm: an agent in a team with a lead, and who stands round them."""

    house: House
    agent: Someone
    lead: Someone
    assessor: Someone
    manager: Someone
    other: Someone
    other_lead: Someone
    trainer: Someone


@pytest.fixture
def firm(house: House) -> Firm:
    """See Firm."""
    id = house.firm()
    lead, other_lead = house.person(id, name="Lee Lead"), house.person(id, name="Lou Lead")
    team = house.team(id, lead=lead)
    house.team(id, "Sales", lead=other_lead)
    return Firm(
        house,
        house.person(id, name="Ana Agent", team_id=team),
        lead,
        house.person(id, Role.ASSESSOR, name="Ari Assessor"),
        house.person(id, Role.MANAGER, name="Max Manager"),
        house.person(id, name="Oda Other", team_id=team),
        other_lead,
        house.person(id, Role.TRAINER, name="Tia Trainer"),
    )


def record(firm: Firm, by: Someone, seen: Observation, **said: Any) -> EvidenceRow:
    """Record it about the agent."""
    row: EvidenceRow = firm.house.act(
        by, services.record_evidence, seen=replace(seen, person_id=firm.agent.id, **said)
    )
    return row


def cell(firm: Firm, key: str, rung: str = "S1", as_of: date = TODAY) -> Any:
    """The agent's cell of a requirement or competency."""
    path = firm.house.act(
        firm.manager,
        lambda session, actor, now: services.see_standing(
            session, actor=actor, person_id=firm.agent.id, rung=rung, as_of=as_of
        ),
    )
    return next(one for one in (*path.standing.cells, *path.standing.competencies) if one.key == key)


def count(firm: Firm, model: Any) -> int:
    """How many rows of a table the firm has."""
    with firm.house.writing(firm.agent.firm_id) as session:
        return session.scalar(select(func.count()).where(model.firm_id == firm.agent.firm_id)) or 0


@pytest.mark.parametrize(
    ("seen", "key"),
    [(ATTESTED, "S1-attestation"), (COUNTED, "S1-kpi"), (EXAMINED, "S1-assessment"), (TAUGHT, "C02")],
)
def test_what_is_recorded_for_a_requirement_meets_it_with_a_log_entry(
    firm: Firm, seen: Observation, key: str
) -> None:
    assert cell(firm, key).state is State.NO_EVIDENCE
    row = record(firm, firm.lead, seen)
    assert (row.rater_id, row.requirement, row.competency, row.source) == (firm.lead.id, key, None, "form")
    assert cell(firm, key).state is State.MET
    assert count(firm, AuditEntry) == 1


def test_a_kpi_keeps_its_period_its_value_and_how_many_stand_behind_it(firm: Firm) -> None:
    row = record(firm, firm.manager, COUNTED)
    assert row.detail["title"] == "Quality score: 92.4 (n = 14)"
    assert (row.detail["since"], row.on, row.detail["value"], row.detail["count"]) == (
        "2025-12-01",
        TODAY,
        92.4,
        14,
    )


def test_a_kpi_that_is_not_what_is_asked_stays_not_yet_however_few_stand_behind_it(firm: Firm) -> None:
    record(firm, firm.manager, COUNTED, outcome="failed", measured=replace(COUNTED.measured, count=3))
    assert cell(firm, "S1-kpi").state is State.NOT_YET


def test_a_certificate_speaks_for_its_competency_until_it_expires(firm: Firm) -> None:
    row = record(firm, firm.assessor, CERTIFIED)
    assert (row.detail["title"], row.expires_on) == ("CompTIA A+", date(2027, 3, 1))
    assert cell(firm, "D1", "T1").state is State.MET
    assert cell(firm, "D1", "T1", date(2027, 3, 2)).state is State.STALE


def test_two_raters_are_two_people_and_the_same_one_twice_is_one(firm: Firm) -> None:
    for by, state in ((firm.lead, State.NOT_YET), (firm.lead, State.NOT_YET), (firm.manager, State.MET)):
        record(firm, by, ATTESTED, requirement="S2-attestation")
        assert cell(firm, "S2-attestation", "S2").state is state


@pytest.mark.parametrize("seen", [ATTESTED, COUNTED, EXAMINED, TAUGHT, CERTIFIED])
def test_neighbours_record_nothing_for_anybodys_rung(firm: Firm, seen: Observation) -> None:
    for by in (firm.agent, firm.other, firm.other_lead, firm.trainer):
        with pytest.raises(NotAllowed):
            record(firm, by, seen)
    for role in (Role.MANAGER, Role.ASSESSOR):
        stranger = firm.house.person(firm.house.firm(f"Else {role}"), role)
        with pytest.raises(NotFound):
            record(firm, stranger, seen)
    assert (count(firm, EvidenceRow), count(firm, AuditEntry)) == (0, 0)


def measured(**said: Any) -> dict[str, Any]:
    """The KPI with something else about it."""
    return {"measured": replace(COUNTED.measured, **said)}


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        (ATTESTED, {"requirement": "S9-attestation"}),
        (ATTESTED, {"requirement": "tenure"}),
        (ATTESTED, {"requirement": "S1-kpi"}),
        (ATTESTED, {"outcome": "passed"}),
        (ATTESTED, {"kind": EvidenceKind.OBSERVED}),
        (ATTESTED, {"competency": "A1", "level": 2}),
        (ATTESTED, {"measured": COUNTED.measured}),
        (ATTESTED, {"example": " "}),
        (ATTESTED, {"on": TODAY + timedelta(days=1)}),
        (EXAMINED, {"outcome": "rated"}),
        (TAUGHT, {"requirement": "C99"}),
        (TAUGHT, {"outcome": "passed"}),
        (COUNTED, {"measured": None}),
        (COUNTED, measured(what=" ")),
        (COUNTED, measured(value=float("nan"))),
        (COUNTED, measured(count=0)),
        (COUNTED, measured(count=11)),
        (COUNTED, measured(since=TODAY + timedelta(days=1))),
        (CERTIFIED, {"certificate": " "}),
        (CERTIFIED, {"expires_on": TODAY - timedelta(days=1)}),
        (CERTIFIED, {"competency": None}),
        (CERTIFIED, {"outcome": "failed"}),
        (CERTIFIED, {"kind": EvidenceKind.KPI}),
        (CERTIFIED, {"measured": COUNTED.measured}),
    ],
)
def test_what_does_not_fit_the_requirement_is_refused_with_a_sentence(
    firm: Firm, seen: Observation, said: dict[str, Any]
) -> None:
    with pytest.raises(Invalid, match=r"\.$"):
        record(firm, firm.manager, seen, **said)


def test_the_form_is_for_those_who_may_record_and_says_what_can_be(firm: Firm) -> None:
    def page(by: Someone, rung: str = "S1") -> services.RecordPage:
        found: services.RecordPage = firm.house.act(
            by,
            lambda session, actor, now: services.see_recording(
                session, actor=actor, person_id=firm.agent.id, rung=rung, as_of=TODAY
            ),
        )
        return found

    assert [one["key"] for one in page(firm.assessor).needs] == ["S1-assessment", "S1-kpi", "S1-attestation"]
    seen = [page(by).may_see_person for by in (firm.assessor, firm.lead, firm.manager)]
    assert seen == [False, True, True]
    stranger = firm.house.person(firm.house.firm("Else"), Role.MANAGER)
    refusals: list[tuple[type[Exception], Callable[[], object]]] = [
        *((NotAllowed, lambda by=by: page(by)) for by in (firm.agent, firm.other, firm.other_lead)),
        (NotFound, lambda: page(stranger)),
        (NotFound, lambda: page(firm.manager, "S99")),
    ]
    for error, deed in refusals:
        with pytest.raises(error):
            deed()
