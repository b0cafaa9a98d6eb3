"""Time away: entered, corrected, taken back; who may; that it stops the clock; that nobody else learns why."""

import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.people.models import AuditEntry, Leave
from lms.people.rules import TimeAway
from lms.people.services.away import enter_leave, take_leave_back
from lms.tracks import services as tracks
from lms.tracks.rules import EvidenceKind, State
from tests.house import House, Someone

DAY = timedelta(days=1)
AWAY = TimeAway(date(2026, 1, 5), date(2026, 4, 30), protected=True, reason="Zyxwo")
RULE_2 = date(2027, 1, 15)


@dataclass
class Firm:
    """A firm with an agent, their lead, a manager, and who else stands round them."""

    house: House
    id: uuid.UUID
    agent: Someone
    lead: Someone
    manager: Someone
    others: tuple[Someone, ...]


@pytest.fixture
def firm(house: House) -> Firm:
    """See Firm."""
    id = house.firm()
    lead = house.person(id, name="Lee Lead")
    agent = house.person(id, name="Ana Agent", team_id=house.team(id, lead=lead))
    manager = house.person(id, Role.MANAGER, name="Max Manager")
    others = [house.person(id, role) for role in (Role.AGENT, Role.TRAINER, Role.ASSESSOR)]
    return Firm(house, id, agent, lead, manager, (agent, lead, *others))


def enter(firm: Firm, by: Someone, away: TimeAway = AWAY, **said: Any) -> Leave:
    """Enter a time away of the agent's."""
    made: Leave = firm.house.act(by, enter_leave, person_id=firm.agent.id, away=away, **said)
    return made


def state(firm: Firm, as_of: date = RULE_2) -> State:
    """The state of A1 at level 2, seen by the manager."""
    path = firm.house.act(
        firm.manager,
        lambda session, actor, now: tracks.see_standing(
            session, actor=actor, person_id=firm.agent.id, rung="T1", as_of=as_of
        ),
    )
    board = firm.house.act(
        firm.manager,
        lambda session, actor, now: tracks.see_board(
            session, actor=actor, rung="T1", team_id=None, sort="name", as_of=as_of
        ),
    )
    (row,) = [one for one in board if one.person.person_id == firm.agent.id]
    states = [[one.state for one in seen.standing.competencies] for seen in (row, path)]
    assert states[0] == states[1], "the board and the person's page agree"
    found: State = next(one.state for one in path.standing.competencies if one.key == "A1")
    return found


def test_protected_leave_stops_the_clock_and_taking_it_back_lets_it_run(firm: Firm) -> None:
    seen = tracks.Observation(
        firm.agent.id, EvidenceKind.OBSERVED, "A1", 2, date(2025, 12, 1), "One dated example."
    )
    firm.house.act(firm.lead, tracks.record_evidence, seen=seen)
    assert state(firm) is State.STALE
    one = enter(firm, firm.manager)
    assert state(firm) is State.MET
    plain = enter(firm, firm.manager, replace(AWAY, protected=False), instead_of=one.id)
    assert state(firm) is State.STALE
    again = enter(firm, firm.manager, instead_of=plain.id)
    assert state(firm) is State.MET
    firm.house.act(firm.manager, take_leave_back, person_id=firm.agent.id, leave_id=again.id)
    assert state(firm) is State.STALE


def test_nothing_entered_is_ever_overwritten(firm: Firm) -> None:
    one = enter(firm, firm.manager)
    enter(firm, firm.manager, replace(AWAY, until=None), instead_of=one.id)
    with firm.house.writing(firm.id) as session:
        rows = session.scalars(select(Leave).where(Leave.firm_id == firm.id).order_by(Leave.id)).all()
    assert [(row.until, row.supersedes_id) for row in rows] == [(AWAY.until, None), (None, one.id)]
    with pytest.raises(Conflict):
        enter(firm, firm.manager, instead_of=one.id)
    with pytest.raises(Conflict):
        firm.house.act(firm.manager, take_leave_back, person_id=firm.agent.id, leave_id=one.id)


def test_a_time_that_cannot_be_is_refused_with_a_sentence(firm: Firm) -> None:
    enter(firm, firm.manager)
    for away in (
        replace(AWAY, until=AWAY.since - DAY),
        replace(AWAY, since=AWAY.since + DAY, until=None),
        replace(AWAY, since=date(2025, 1, 1), until=AWAY.since),
    ):
        with pytest.raises(Invalid, match=r"\.$"):
            enter(firm, firm.manager, away)
    enter(firm, firm.manager, replace(AWAY, since=date(2026, 5, 1), until=None))


def test_only_managers_and_administrators_of_the_firm_enter_it(firm: Firm) -> None:
    for by in firm.others:
        with pytest.raises(NotAllowed):
            enter(firm, by)
    stranger = firm.house.person(firm.house.firm("Else"), Role.MANAGER, Role.FIRM_ADMIN)
    with pytest.raises(NotFound):
        enter(firm, stranger)
    enter(firm, firm.house.person(firm.id, Role.FIRM_ADMIN))


def test_why_somebody_was_away_stands_in_no_log_and_on_no_page_but_the_one(firm: Firm) -> None:
    enter(firm, firm.manager)
    admin = firm.house.person(firm.id, Role.FIRM_ADMIN)
    with firm.house.writing(firm.id) as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.firm_id == firm.id)).all()
    assert AWAY.reason not in str(entry.detail)
    address = f"/people/{firm.agent.id}"
    assert AWAY.reason in firm.house.client(firm.manager).get(f"{address}/away").get_data(as_text=True)
    for by in (admin, firm.manager, *firm.others):
        client = firm.house.client(by)
        for path in (address, f"/board/people/{firm.agent.id}", "/path/evidence", "/audit"):
            assert AWAY.reason not in client.get(path).get_data(as_text=True)
    for by in firm.others:
        assert firm.house.client(by).get(f"{address}/away").status_code == 403


def test_the_form_enters_corrects_and_takes_back_without_scripts(firm: Firm) -> None:
    client, address = firm.house.client(firm.manager), f"/people/{firm.agent.id}/away"
    said = {"since": "2026-01-05", "until": "", "protected": "yes", "reason": "Maternity"}
    assert client.post(address, data=said | {"until": "2026-01-01"}).status_code == 422
    page = client.post(address, data=said, follow_redirects=True).get_data(as_text=True)
    assert "Entered." in page
    assert "not known yet" in page
    one = page.split(f"{address}/")[1].split('"')[0]
    page = client.get(f"{address}/{one}").get_data(as_text=True)
    assert "2026-01-05" in page
    page = client.post(
        f"{address}/{one}", data=said | {"until": "2026-03-01"}, follow_redirects=True
    ).get_data(as_text=True)
    assert "Corrected." in page
    second = page.split(f"{address}/")[1].split('"')[0]
    page = client.post(f"{address}/{second}/back", follow_redirects=True).get_data(as_text=True)
    assert "Taken back." in page
    assert "No time away" in page
    assert client.post(f"{address}/{second}/back").status_code == 409
