"""The ledger as a page: what each fact is worth on a day, who looked, and that looking is noted once a day."""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.tracks import services as tracks
from lms.tracks.models import LedgerView
from lms.tracks.rules import EvidenceKind
from tests.house import House, Someone

TODAY = date(2026, 3, 2)


@dataclass
class Firm:
    """An agent with a ledger, their lead, a manager, an assessor; another agent."""

    house: House
    id: object
    agent: Someone
    lead: Someone
    manager: Someone
    assessor: Someone
    other: Someone

    def looks(self) -> list[tuple[object, object]]:
        """Who looked at whom."""
        with self.house.writing(self.agent.firm_id) as session:
            rows = session.scalars(select(LedgerView).where(LedgerView.firm_id == self.agent.firm_id)).all()
        return [(row.viewer_id, row.person_id) for row in rows]


@pytest.fixture
def firm(house: House) -> Firm:
    """See Firm."""
    id = house.firm()
    lead = house.person(id, name="Lee Lead")
    agent = house.person(id, name="Ana Agent", team_id=house.team(id, lead=lead))
    found = Firm(
        house,
        id,
        agent,
        lead,
        house.person(id, Role.MANAGER, name="Max Manager"),
        house.person(id, Role.ASSESSOR, name="Ari Assessor"),
        house.person(id, name="Oda Other"),
    )
    for on, example in ((TODAY, "Seen today."), (date(2024, 1, 9), "Seen long ago.")):
        seen = tracks.Observation(agent.id, EvidenceKind.OBSERVED, "A1", 2, on, example)
        house.act(lead, tracks.record_evidence, seen=seen, now=house.noon - (TODAY - on))
    return found


def test_a_ledger_says_of_each_fact_what_it_is_worth_on_the_day_that_is_asked_for(firm: Firm) -> None:
    client, address = firm.house.client(firm.manager), f"/board/people/{firm.agent.id}/ledger"
    page = client.get(address).get_data(as_text=True)
    assert page.index("Seen today.") < page.index("Seen long ago.")
    assert "Too old or expired" in page
    assert "Lee Lead" in page
    then = client.get(f"{address}?as_of=2024-06-01").get_data(as_text=True)
    assert "Seen today." not in then
    assert "Too old or expired" not in then
    assert "until Jul 8, 2025" in then
    assert "Nothing of this kind" in client.get(f"{address}?kind=kpi").get_data(as_text=True)
    lines = client.get(f"{address}.csv").get_data(as_text=True).splitlines()
    assert [line.split(",")[10] for line in lines] == ["counts", "counts", "stale"]


def test_looking_is_noted_once_a_day_for_each_who_looks_and_the_person_sees_it(firm: Firm) -> None:
    address = f"/board/people/{firm.agent.id}"
    for _again in range(2):
        for path in (address, f"{address}/ledger", f"{address}/ledger.csv"):
            assert firm.house.client(firm.manager).get(path).status_code == 200
    firm.house.client(firm.lead).get(address)
    assert sorted(firm.looks(), key=str) == sorted(
        [(firm.manager.id, firm.agent.id), (firm.lead.id, firm.agent.id)], key=str
    )
    firm.house.app.config["NOW"] = firm.house.noon + timedelta(days=1)
    firm.house.client(firm.manager).get(address)
    assert len(firm.looks()) == 3
    own = firm.house.client(firm.agent)
    page = own.get("/path/evidence").get_data(as_text=True)
    assert page.count("Max Manager") == 2
    assert "Lee Lead" in page[page.index("Who looked") :]
    own.get(f"{address}/ledger")
    assert len(firm.looks()) == 3, "looking at oneself is nobody's business"


def test_who_may_not_look_leaves_no_trace_and_sees_nobody_elses_looks(firm: Firm) -> None:
    address = f"/board/people/{firm.agent.id}/ledger"
    for by in (firm.other, firm.assessor):
        for path in (address, f"{address}.csv"):
            assert firm.house.client(by).get(path).status_code == 403
    stranger = firm.house.person(firm.house.firm("Else"), Role.MANAGER)
    assert firm.house.client(stranger).get(address).status_code == 404
    assert firm.looks() == []
    firm.house.client(firm.lead).get(address)
    assert "Who looked" not in firm.house.client(firm.manager).get(address).get_data(as_text=True)
