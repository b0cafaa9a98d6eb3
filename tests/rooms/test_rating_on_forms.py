"""Rating on a form in a real session: once however often it is sent, alone until all are in, and by those who may."""

import re
import uuid
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.ids import new_id
from lms.tracks.framework_files import find_form
from lms.tracks.models import EvidenceRow, Panel
from lms.tracks.rules.rating import items_of
from lms.tracks.services.rating import Subject, call_panel, hand_in, record_rating, see_panel
from tests.house import House, Someone

TODAY = date(2026, 3, 2)
NOTE = "On 1 March, a call about a lost card."


@dataclass
class Firm:
    """An agent, their lead, two assessors, a manager and a trainer; another firm's manager."""

    house: House
    id: uuid.UUID
    agent: Someone
    lead: Someone
    first: Someone
    second: Someone
    manager: Someone
    trainer: Someone
    stranger: Someone

    def rows(self) -> list[EvidenceRow]:
        """The agent's evidence."""
        with self.house.writing(self.id) as session:
            return list(session.scalars(select(EvidenceRow).where(EvidenceRow.firm_id == self.id)))


@pytest.fixture
def firm(house: House) -> Firm:
    """See Firm."""
    id = house.firm()
    lead = house.person(id, name="Lee Lead")
    agent = house.person(id, name="Ana Agent", team_id=house.team(id, lead=lead))
    first, second = (house.person(id, Role.ASSESSOR, name=name) for name in ("Ari First", "Sol Second"))
    manager = house.person(id, Role.MANAGER, name="Max Manager")
    trainer = house.person(id, Role.TRAINER)
    stranger = house.person(house.firm("Else"), Role.MANAGER, Role.ASSESSOR)
    return Firm(house, id, agent, lead, first, second, manager, trainer, stranger)


def marks(key: str, value: str = "", **other: str) -> dict[str, str]:
    """The same mark on each line, the best unless told otherwise."""
    form = find_form(key)
    assert form is not None
    best = {"done": "1", "shown": "3", "anchored": "4"}[form["scale"]]
    return {item["key"]: value or best for item in items_of(form)} | other


def about(firm: Firm, form: str = "call-scorecard", **said: Any) -> Subject:
    """Level 2 of A1 (E1 for coaching) on the day before."""
    competency = {"call-scorecard": "A1"}.get(form, "E1")
    return replace(Subject(firm.agent.id, form, TODAY - timedelta(days=1), competency, 2), **said)


def rate(
    firm: Firm, by: Someone, given: dict[str, str] | None = None, note: str = NOTE, **said: Any
) -> EvidenceRow:
    """Rate a call."""
    id_ = said.pop("evidence_id", None)
    row: EvidenceRow = firm.house.act(
        by,
        record_rating,
        about=about(firm, **said),
        marks=given or marks("call-scorecard"),
        note=note,
        evidence_id=id_,
    )
    return row


def test_an_observed_call_is_evidence_with_its_form_its_version_its_marks_and_its_score(firm: Firm) -> None:
    row = rate(firm, firm.lead)
    assert (row.kind, row.outcome, row.score, row.pass_mark, row.rater_id) == (
        "observed",
        "passed",
        1.0,
        0.8,
        firm.lead.id,
    )
    assert row.detail["form"] == "Observed call 1"
    assert row.detail["marks"] == marks("call-scorecard")
    assert row.detail["example"] == NOTE


def test_one_critical_error_fails_a_call_that_is_right_in_all_else(firm: Firm) -> None:
    row = rate(firm, firm.lead, marks("call-scorecard", card="0"))
    assert (row.outcome, len(row.detail["critical"])) == ("failed", 1)
    assert row.score is not None
    assert row.score > 0.9


def test_sent_twice_it_is_kept_once_and_the_first_arrival_counts(firm: Firm) -> None:
    id_ = new_id()
    rate(firm, firm.lead, evidence_id=id_)
    again = rate(firm, firm.lead, marks("call-scorecard", "0"), "Another note.", evidence_id=id_)
    assert (again.id, again.outcome, len(firm.rows())) == (id_, "passed", 1)
    with pytest.raises(Conflict):
        rate(firm, firm.manager, evidence_id=id_)


def test_neighbours_rate_nobody(firm: Firm) -> None:
    for by in (firm.agent, firm.trainer):
        with pytest.raises(NotAllowed):
            rate(firm, by)
    with pytest.raises(NotFound):
        rate(firm, firm.stranger)
    assert firm.rows() == []


@pytest.mark.parametrize(
    "said",
    [
        {"competency": "E5"},
        {"level": None},
        {"level": 6},
        {"on": TODAY + timedelta(days=1)},
        {"competency": None, "level": None, "requirement": "S1-kpi"},
        {"competency": None, "level": None},
    ],
)
def test_what_the_form_cannot_speak_for_is_refused(firm: Firm, said: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        rate(firm, firm.lead, **said)


def test_marks_that_are_not_whole_and_a_rating_without_a_word_are_refused(firm: Firm) -> None:
    with pytest.raises(Invalid):
        rate(firm, firm.lead, {"greet": "1"})
    with pytest.raises(Invalid):
        rate(firm, firm.lead, note=" ")


def call(firm: Firm, *raters: Someone, by: Someone | None = None, **said: Any) -> Panel:
    """Ask for a coaching talk to be rated."""
    made: Panel = firm.house.act(
        by or firm.manager,
        call_panel,
        about=about(firm, "grow-coaching", **said),
        raters=[one.id for one in raters],
    )
    return made


def give(firm: Firm, by: Someone, panel: Panel, value: str = "", **other: str) -> Panel:
    """Hand marks in."""
    done: Panel = firm.house.act(
        by,
        hand_in,
        panel_id=panel.id,
        marks=marks("grow-coaching", value, **other),
        note=f"{by.name} saw it.",
    )
    return done


def seen(firm: Firm, by: Someone, panel: Panel) -> Any:
    """The panel as somebody sees it."""
    return firm.house.act(by, lambda session, actor, now: see_panel(session, actor=actor, panel_id=panel.id))


def test_raters_are_alone_until_all_are_in_and_then_each_rating_is_evidence(firm: Firm) -> None:
    panel = call(firm, firm.first, firm.second)
    give(firm, firm.first, panel)
    assert firm.rows() == []
    for by in (firm.second, firm.manager):
        assert [rated for _name, _seat, rated in seen(firm, by, panel).seats] == [None, None]
        assert "saw it" not in firm.house.client(by).get(f"/ratings/{panel.id}").get_data(as_text=True)
    give(firm, firm.second, panel, "1")
    rows = firm.rows()
    assert {row.rater_id for row in rows} == {firm.first.id, firm.second.id}
    assert {row.outcome for row in rows} == {"failed"}, "the mean of 1 and 1/3 is under the mark"
    assert {round(row.score or 0, 3) for row in rows} == {0.667}, "what counts is what they say together"
    assert sorted(round(row.detail["own_score"], 3) for row in rows) == [0.333, 1]
    assert "Ari First saw it" in firm.house.client(firm.second).get(f"/ratings/{panel.id}").get_data(
        as_text=True
    )


def test_what_was_handed_in_stays_and_only_those_who_were_asked_hand_in(firm: Firm) -> None:
    panel = call(firm, firm.first, firm.second)
    give(firm, firm.first, panel)
    with pytest.raises(Conflict):
        give(firm, firm.first, panel, "0")
    for by in (firm.manager, firm.stranger, firm.agent):
        with pytest.raises(NotFound):
            give(firm, by, panel)
    with pytest.raises(NotFound):
        seen(firm, firm.stranger, panel)


def test_a_panel_wants_enough_raters_who_may_rate_and_never_the_person(firm: Firm) -> None:
    for raters in (
        (firm.first,),
        (firm.first, firm.agent),
        (firm.first, firm.trainer),
        (firm.first, firm.stranger),
    ):
        with pytest.raises(Invalid):
            call(firm, *raters)
    with pytest.raises(NotAllowed):
        call(firm, firm.first, firm.second, by=firm.agent)


def test_the_whole_road_of_a_call_and_of_a_panel_without_scripts(firm: Firm) -> None:
    lead, address = firm.house.client(firm.lead), f"/board/people/{firm.agent.id}"
    assert "Observed call" in lead.get(f"{address}/rate").get_data(as_text=True)
    page = lead.get(f"{address}/rate/call-scorecard").get_data(as_text=True)
    lines = set(re.findall(r'name="(mark_\w+)"', page))
    assert lines == {f"mark_{key}" for key in marks("call-scorecard")}
    said = dict.fromkeys(lines, "1") | {"on": "2026-03-01", "speaks_for": "A1", "level": "2", "note": NOTE}
    missing = lead.post(
        f"{address}/rate/call-scorecard", data={k: v for k, v in said.items() if k != "mark_card"}
    )
    assert missing.status_code == 422
    assert NOTE in missing.get_data(as_text=True)
    done = lead.post(f"{address}/rate/call-scorecard", data=said, follow_redirects=True)
    assert "Recorded." in done.get_data(as_text=True)
    ask = {
        "on": "2026-03-01",
        "speaks_for": "E1",
        "level": "2",
        "raters": [str(firm.first.id), str(firm.second.id)],
    }
    called = lead.post(f"{address}/panel/grow-coaching", data=ask, follow_redirects=True)
    assert "Asked." in called.get_data(as_text=True)
    for rater in (firm.first, firm.second):
        client = firm.house.client(rater)
        panels = client.get("/ratings").get_data(as_text=True)
        assert "Waits for you" in panels
        panel = re.findall(r"/ratings/[0-9a-f-]{36}", panels)[0]
        form = {f"mark_{key}": "2" for key in marks("grow-coaching")} | {"note": NOTE}
        assert client.post(panel, data=form, follow_redirects=True).status_code == 200
    assert len(firm.rows()) == 3
    for path in ("rate/grow-coaching", "rate/x", "panel/call-scorecard"):
        assert lead.get(f"{address}/{path}").status_code == 404


def test_a_phone_that_was_offline_gets_an_answer_it_can_read(firm: Firm) -> None:
    lead, address = firm.house.client(firm.lead), f"/board/people/{firm.agent.id}/rate/call-scorecard"
    said = {f"mark_{key}": "1" for key in marks("call-scorecard")}
    said |= {"on": "2026-03-01", "speaks_for": "A1", "level": "2", "note": NOTE, "evidence_id": str(new_id())}
    for _again in range(2):
        reply = lead.post(address, data=said, headers={"X-Partial": "1"})
        assert reply.get_json()["saved"] is True
    assert len(firm.rows()) == 1
    wrong = lead.post(
        address, data=said | {"note": "", "evidence_id": str(new_id())}, headers={"X-Partial": "1"}
    )
    assert (wrong.status_code, bool(wrong.get_json()["error"])) == (422, True)
