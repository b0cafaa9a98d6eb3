"""Evidence in a real session: recorded, contested, looked at again, and seen by those who may."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.people.models import AuditEntry
from lms.tracks import queries, services
from lms.tracks.models import Contest, EvidenceRow
from lms.tracks.rules import EvidenceKind, State
from lms.tracks.services import Observation
from tests.house import House, Someone

TODAY = date(2026, 3, 2)


@dataclass
class Firm:
    """A firm: an agent in a team with a lead, an assessor and a manager; and somebody of another team."""

    house: House
    id: uuid.UUID
    team: uuid.UUID
    agent: Someone
    lead: Someone
    assessor: Someone
    manager: Someone
    other: Someone


@pytest.fixture
def firm(house: House) -> Firm:
    """See Firm."""
    id = house.firm()
    lead = house.person(id, name="Lee Lead")
    team = house.team(id, lead=lead)
    return Firm(
        house,
        id,
        team,
        house.person(id, name="Ana Agent", team_id=team),
        lead,
        house.person(id, Role.ASSESSOR, name="Ari Assessor"),
        house.person(id, Role.MANAGER, name="Max Manager"),
        house.person(id, name="Oda Other", team_id=house.team(id, "Sales")),
    )


SEEN = Observation(
    uuid.UUID(int=0), EvidenceKind.OBSERVED, "A4", 2, TODAY, "On 1 March she calmed an angry caller."
)


def record(firm: Firm, by: Someone, about: Someone | None = None, **said: Any) -> EvidenceRow:
    """Record what was seen."""
    seen = replace(SEEN, person_id=(about or firm.agent).id, **said)
    row: EvidenceRow = firm.house.act(by, services.record_evidence, seen=seen)
    return row


def contest(firm: Firm, by: Someone, row: EvidenceRow, reason: str = "That was not my call.") -> Contest:
    """Disagree."""
    made: Contest = firm.house.act(by, services.contest, evidence_id=row.id, reason=reason)
    return made


def resolve(
    firm: Firm,
    by: Someone,
    row: EvidenceRow,
    outcome: str = "upheld",
    answer: str = "I listened again.",
    days: int = 1,
) -> Contest:
    """Look again."""
    done: Contest = firm.house.act(
        by,
        services.resolve_contest,
        evidence_id=row.id,
        outcome=outcome,
        answer=answer,
        now=firm.house.noon + timedelta(days=days),
    )
    return done


def cell(firm: Firm, by: Someone, about: Someone | None = None, as_of: date = TODAY) -> Any:
    """The cell of competency A4 for rung S1."""
    path = firm.house.act(
        by,
        lambda session, actor, now: services.see_standing(
            session, actor=actor, person_id=(about or firm.agent).id, rung="S1", as_of=as_of
        ),
    )
    return next(one for one in path.standing.competencies if one.key == "A4")


def refused(error: type[Exception], *deeds: Callable[[], Any]) -> None:
    """Each of these is refused."""
    for deed in deeds:
        with pytest.raises(error):
            deed()


def stored(firm: Firm, model: Any) -> list[dict[str, Any]]:
    """Every row of a table of the firm, as it is."""
    with firm.house.writing(firm.id) as session:
        table = model.__table__
        rows = session.execute(
            select(table).where(table.c.firm_id == firm.id).order_by(*table.primary_key.columns)
        )
        return [dict(row._mapping) for row in rows]


# Recording


def test_what_was_seen_becomes_evidence_with_who_and_when_and_a_log_entry(firm: Firm) -> None:
    row = record(firm, firm.assessor)
    assert (row.rater_id, row.recorded_by_id, row.recorded_at) == (
        firm.assessor.id,
        firm.assessor.id,
        firm.house.noon,
    )
    assert row.detail["example"] == "On 1 March she calmed an angry caller."
    assert cell(firm, firm.agent).state is State.MET
    assert [entry["act"] for entry in stored(firm, AuditEntry)] == ["evidence recorded"]


def test_assessors_managers_and_the_persons_lead_may_record_and_nobody_rates_themself(firm: Firm) -> None:
    for by in (firm.assessor, firm.manager, firm.lead):
        record(firm, by)
    refused(
        NotAllowed,
        lambda: record(firm, firm.agent),
        lambda: record(firm, firm.other),
        lambda: record(firm, firm.lead, firm.other),
        lambda: record(firm, firm.assessor, firm.assessor),
    )
    stranger = firm.house.person(firm.house.firm("Else"), Role.MANAGER)
    refused(NotFound, lambda: record(firm, stranger))


@pytest.mark.parametrize(
    "said",
    [
        {"competency": "Z9"},
        {"level": 0},
        {"level": 6},
        {"kind": EvidenceKind.COURSE},
        {"example": "  "},
        {"on": TODAY + timedelta(days=1)},
    ],
)
def test_what_cannot_be_recorded_is_refused_with_a_sentence(firm: Firm, said: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match=r"\.$"):
        record(firm, firm.assessor, **said)


# Contesting


def test_contested_evidence_is_set_aside_until_somebody_else_upholds_it(firm: Firm) -> None:
    row = record(firm, firm.assessor)
    contest(firm, firm.agent, row)
    assert (cell(firm, firm.agent).state, cell(firm, firm.agent).contested) == (State.NO_EVIDENCE, True)
    resolve(firm, firm.manager, row)
    assert cell(firm, firm.agent, as_of=TODAY).state is State.NO_EVIDENCE
    assert cell(firm, firm.agent, as_of=TODAY + timedelta(days=1)).state is State.MET


def test_withdrawn_evidence_never_counts_again(firm: Firm) -> None:
    row = record(firm, firm.assessor)
    contest(firm, firm.agent, row)
    resolve(firm, firm.manager, row, "withdrawn")
    assert cell(firm, firm.agent, as_of=TODAY + timedelta(days=1)).state is State.NO_EVIDENCE


def test_evidence_itself_is_never_changed_by_a_contest(firm: Firm) -> None:
    row = record(firm, firm.assessor)
    before = stored(firm, EvidenceRow)
    contest(firm, firm.agent, row)
    resolve(firm, firm.manager, row, "withdrawn")
    assert stored(firm, EvidenceRow) == before
    (kept,) = stored(firm, Contest)
    assert (kept["outcome"], kept["resolved_by_id"], kept["answer"]) == (
        "withdrawn",
        firm.manager.id,
        "I listened again.",
    )
    assert [entry["act"] for entry in sorted(stored(firm, AuditEntry), key=lambda one: one["number"])] == [
        "evidence recorded",
        "evidence contested",
        "contest withdrawn",
    ]


def test_only_the_person_contests_once_at_a_time_and_with_a_reason(firm: Firm) -> None:
    row = record(firm, firm.assessor)
    refused(NotAllowed, lambda: contest(firm, firm.manager, row), lambda: contest(firm, firm.other, row))
    refused(Invalid, lambda: contest(firm, firm.agent, row, "  "))
    stranger = firm.house.person(firm.house.firm("Else"))
    refused(NotFound, lambda: contest(firm, stranger, row))
    contest(firm, firm.agent, row)
    refused(Conflict, lambda: contest(firm, firm.agent, row))
    resolve(firm, firm.manager, row)
    assert contest(firm, firm.agent, row).resolved_at is None


def test_whoever_rated_first_and_the_person_do_not_look_again(firm: Firm) -> None:
    row = record(firm, firm.assessor)
    refused(NotFound, lambda: resolve(firm, firm.manager, row))
    contest(firm, firm.agent, row)
    refused(Invalid, lambda: resolve(firm, firm.assessor, row))
    refused(NotAllowed, lambda: resolve(firm, firm.agent, row), lambda: resolve(firm, firm.other, row))
    refused(
        Invalid,
        lambda: resolve(firm, firm.manager, row, "maybe"),
        lambda: resolve(firm, firm.manager, row, answer=" "),
    )
    resolve(firm, firm.manager, row)
    refused(NotFound, lambda: resolve(firm, firm.manager, row))


def test_a_contest_is_seen_by_those_who_may_answer_it(firm: Firm) -> None:
    row = record(firm, firm.assessor)

    def see(by: Someone) -> Any:
        return firm.house.act(
            by, lambda session, actor, now: services.see_contest(session, actor=actor, evidence_id=row.id)
        )

    refused(NotFound, lambda: see(firm.manager))
    contest(firm, firm.agent, row)
    page = see(firm.manager)
    assert (page.evidence.id, page.contest.reason, page.person.name) == (
        row.id,
        "That was not my call.",
        "Ana Agent",
    )
    refused(NotAllowed, lambda: see(firm.agent))
    stranger = firm.house.person(firm.house.firm("Else"), Role.MANAGER)
    refused(NotFound, lambda: see(stranger))


# Seeing


def test_a_standing_is_seen_by_oneself_ones_lead_and_managers(firm: Firm) -> None:
    for by in (firm.agent, firm.lead, firm.manager):
        assert cell(firm, by).key == "A4"
    refused(
        NotAllowed,
        lambda: cell(firm, firm.other),
        lambda: cell(firm, firm.assessor),
        lambda: cell(firm, firm.lead, firm.other),
    )
    stranger = firm.house.person(firm.house.firm("Else"), Role.MANAGER)
    refused(NotFound, lambda: cell(firm, stranger))


def board(
    firm: Firm, by: Someone, rung: str = "S1", team_id: uuid.UUID | None = None, sort: str = "name"
) -> Any:
    """The board."""
    return firm.house.act(
        by,
        lambda session, actor, now: services.see_board(
            session, actor=actor, rung=rung, team_id=team_id, sort=sort, as_of=TODAY
        ),
    )


def test_a_manager_sees_everybody_a_lead_their_team_and_an_agent_no_board(firm: Firm) -> None:
    def names(by: Someone, **said: Any) -> list[str]:
        return [row.person.name for row in board(firm, by, **said)]

    assert names(firm.manager) == ["Ana Agent", "Ari Assessor", "Lee Lead", "Max Manager", "Oda Other"]
    assert names(firm.manager, team_id=firm.team) == ["Ana Agent"]
    assert names(firm.lead) == names(firm.lead, team_id=firm.team) == ["Ana Agent"]
    refused(NotAllowed, lambda: board(firm, firm.agent))
    refused(
        NotFound,
        lambda: board(firm, firm.lead, team_id=uuid.uuid4()),
        lambda: board(firm, firm.manager, rung="S99"),
        lambda: board(firm, firm.manager, sort="readiness"),
    )


def test_the_board_is_searched_by_name_and_number_and_its_files_hold_who_was_found(firm: Firm) -> None:
    firm.house.person(firm.id, name="Óscar Agent", number="0417")
    client = firm.house.client(firm.manager)

    def found(q: str) -> list[str]:
        """Who is found, as all three of them say."""
        page = client.get("/board", query_string={"q": q}).get_data(as_text=True)
        shown = re.findall(r'<tr><th scope="row"><a[^>]*>([^<]*)</a>', page)
        for path in ("/board.csv", "/board/report.csv"):
            text = client.get(path, query_string={"q": q}).get_data(as_text=True)
            assert [name for name in [*shown, "Lee Lead"] if name in text] == shown, path
        return shown

    assert found("agent") == ["Ana Agent", "Óscar Agent"]
    assert found("agent oscar") == found("0417") == ["Óscar Agent"]
    assert found("nobody") == []
    assert "Nobody fits this search." in client.get("/board?q=nobody").get_data(as_text=True)
    for path in ("/board.csv", "/board/report.csv"):
        assert "Óscar Agent,0417," in client.get(path).get_data(as_text=True)


def test_the_board_and_a_persons_page_say_the_same(firm: Firm) -> None:
    row = record(firm, firm.assessor)
    record(firm, firm.assessor, firm.other, level=1)
    contest(firm, firm.agent, record(firm, firm.manager, competency="A2"))
    board_says = {line.person.person_id: line.standing for line in board(firm, firm.manager)}
    for about in (firm.agent, firm.other):
        path = firm.house.act(
            firm.manager,
            lambda session, actor, now, about=about: services.see_standing(
                session, actor=actor, person_id=about.id, rung="S1", as_of=TODAY
            ),
        )
        assert [(one.key, one.state, one.contested) for one in board_says[about.id].competencies] == [
            (one.key, one.state, one.contested) for one in path.standing.competencies
        ]
    assert str(row.id) in {one for found in board_says[firm.agent.id].competencies for one in found.evidence}


def test_names_behind_evidence_are_those_of_the_firm(firm: Firm) -> None:
    stranger = firm.house.person(firm.house.firm("Else"))
    found = firm.house.act(
        firm.manager,
        lambda session, actor, now: queries.list_names(
            session, actor=actor, person_ids=frozenset({firm.agent.id, stranger.id})
        ),
    )
    assert found == {str(firm.agent.id): "Ana Agent"}


def test_a_rung_that_is_not_there_is_not_found(firm: Firm) -> None:
    with pytest.raises(NotFound):
        firm.house.act(
            firm.agent,
            lambda session, actor, now: services.see_standing(
                session, actor=actor, person_id=firm.agent.id, rung="S99", as_of=TODAY
            ),
        )


def test_what_is_recorded_twice_by_a_second_tap_is_kept_once(house: House) -> None:
    firm = house.firm()
    agent, other, lead = house.person(firm), house.person(firm), house.person(firm, Role.ASSESSOR)
    seen = Observation(agent.id, EvidenceKind.OBSERVED, "A1", 2, house.noon.date(), "A dated example")
    chosen = uuid.uuid4()
    first = house.act(lead, services.record_evidence, seen=seen, evidence_id=chosen)
    again = house.act(lead, services.record_evidence, seen=seen, evidence_id=chosen)
    assert first.id == again.id == chosen
    with house.writing(firm) as session:
        kept = session.scalars(select(EvidenceRow.id).where(EvidenceRow.firm_id == firm)).all()
    assert list(kept) == [chosen]
    with pytest.raises(Conflict):
        house.act(lead, services.record_evidence, seen=replace(seen, person_id=other.id), evidence_id=chosen)


def test_what_is_recorded_in_the_evening_counts_the_same_evening(house: House) -> None:
    firm = house.firm()
    agent, lead = house.person(firm), house.person(firm, Role.ASSESSOR)
    evening = house.noon + timedelta(hours=8)  # eight at night in Belize, the next day at Greenwich
    seen = Observation(agent.id, EvidenceKind.OBSERVED, "A1", 2, house.noon.date(), "On the late shift")
    house.act(lead, services.record_evidence, seen=seen, now=evening)
    with house.writing(firm) as session:
        ledger = queries.list_ledger(session, actor=house.actor(agent), person_id=agent.id)
    assert [one.recorded_at.date() for one in ledger] == [house.noon.date()]
