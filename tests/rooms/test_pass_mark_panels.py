"""A panel sets a pass mark: alone, in rounds, by people's work; the cut goes into the draft with its record."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.assessments import services
from lms.assessments.models import Assessment, CutPanel
from lms.assessments.pages.cutting import cut_page
from lms.assessments.services.cutting import grade_people, next_round, open_cut_panel, rate_cut, take_cut
from lms.assessments.services.writing import open_bank
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.people.models import AuditEntry
from tests.house import House, Someone


class Panel:
    """A firm's own course, its trainer, and three judges."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.firm = house.firm()
        self.trainer = house.person(self.firm, Role.TRAINER, name="Tia Trainer")
        self.judges = [house.person(self.firm, Role.ASSESSOR, name=f"Judge {n}") for n in range(3)]
        self.course_id = house.course(self.trainer)
        names = tuple(one.name for one in self.judges)
        panel: CutPanel = house.act(
            self.trainer, open_cut_panel, course_id=self.course_id, key="final", names=names
        )
        self.id = panel.id

    def rate(self, who: Someone, *shares: float | None) -> int:
        kept: int = self.house.act(who, rate_cut, panel_id=self.id, shares=dict(enumerate(shares, start=1)))
        return kept

    def page(self, who: Someone) -> object:
        return self.house.act(who, cut_page_of, panel_id=self.id)

    def take(self, method: str) -> object:
        return self.house.act(
            self.trainer,
            take_cut,
            panel_id=self.id,
            method=method,
            storage=self.house.app.extensions["storage"],
        )


def cut_page_of(session, *, actor, panel_id, now):  # type: ignore[no-untyped-def]
    """The page, called as a service is."""
    del now
    return cut_page(session, actor=actor, panel_id=panel_id)


@pytest.fixture
def panel(house: House) -> Panel:
    return Panel(house)


def test_judges_rate_alone_see_how_they_differ_and_the_cut_is_a_record_and_a_draft(panel: Panel) -> None:
    first, second, third = panel.judges
    assert panel.rate(first, 0.8, 0.6, 0.7, None) == 3
    assert panel.page(panel.trainer).cuts["angoff"] is None  # type: ignore[attr-defined]
    with pytest.raises(Conflict, match="Nobody has rated"):
        panel.house.act(panel.trainer, next_round, panel_id=panel.id)
    panel.rate(first, 0.8, 0.6, 0.7, 0.9)
    with pytest.raises(Conflict, match="not enough data"):
        panel.take("angoff")
    panel.rate(second, 0.6, 0.6, 0.5, 0.7)
    seen = panel.page(second)
    assert (seen.judge_cuts, {one.before for one in seen.questions}) == ([], {None})  # type: ignore[attr-defined]
    panel.house.act(panel.trainer, next_round, panel_id=panel.id)
    seen = panel.page(third)
    assert dict(seen.judge_cuts) == {"Judge 0": pytest.approx(0.75), "Judge 1": pytest.approx(0.6)}  # type: ignore[attr-defined]
    assert seen.questions[0].before == pytest.approx((0.7, 0.6, 0.8))  # type: ignore[attr-defined]
    html = panel.house.client(third).get(f"/cuts/{panel.id}").get_data(as_text=True)
    assert "Last round: mean 70%, from 60% to 80%." in html.replace("\xa0", " ").replace(" %", "%")

    for who, share in ((first, 0.72), (second, 0.66), (third, 0.66)):
        panel.rate(who, share, share, share, share)
    assert panel.take("angoff").cut == 0.68  # type: ignore[attr-defined]
    with panel.house.writing(panel.firm) as session:
        row = session.scalars(select(CutPanel).where(CutPanel.firm_id == panel.firm)).one()
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.firm_id == panel.firm)).all()
    assert (row.method, row.cut, row.n, row.round) == ("angoff", 0.68, 3, 2)
    assert row.se == pytest.approx(0.02)
    assert (row.closed_by_id, row.closed_at) == (panel.trainer.id, panel.house.noon)
    assert {"cut panel opened", "cut panel in another round", "cut taken"} <= set(acts)
    actor = panel.house.actor(panel.trainer)
    with panel.house.writing(panel.firm) as session:
        _draft, bank = open_bank(session, actor=actor, course_id=panel.course_id)
    assert bank.assessment("final").document["pass_mark"] == 0.68  # type: ignore[union-attr]
    with pytest.raises(Conflict, match="closed"):
        panel.rate(first, 0.1, 0.1, 0.1, 0.1)


def test_only_the_panel_rates_and_only_its_lead_takes_the_cut(panel: Panel) -> None:
    outside = panel.house.person(panel.firm, Role.ASSESSOR)
    stranger = panel.house.person(panel.house.firm("Elsewhere"), Role.ASSESSOR)
    for who in (outside, stranger, panel.trainer):
        with pytest.raises(NotFound):
            panel.rate(who, 0.5, 0.5, 0.5, 0.5)
    for who in (outside, stranger):
        with pytest.raises(NotFound):
            panel.page(who)
    with pytest.raises(NotAllowed):
        panel.house.act(panel.judges[0], next_round, panel_id=panel.id)
    with pytest.raises(Invalid, match="0 to 100"):
        panel.rate(panel.judges[0], 1.2)
    assert panel.house.client(panel.judges[0]).post(
        f"/cuts/{panel.id}/ratings", data={"rate-1": "seventy"}
    ).status_code in (400, 422)


def test_grades_of_work_give_the_borderline_cuts_once_enough_people_are_graded(panel: Panel) -> None:
    with panel.house.writing() as session:
        test = session.scalar(
            select(Assessment.id).where(Assessment.course_id == panel.course_id, Assessment.key == "final")
        )
    grades: dict[uuid.UUID, int] = {}
    for at in range(30):
        person = panel.house.person(panel.firm)
        attempt = uuid.uuid4()
        panel.house.act(person, services.start_attempt, assessment_id=test, attempt_id=attempt)
        key = panel.house.right_answers(person, attempt)
        for position in range(1, at % 5 + 1):
            given = services.Given(uuid.uuid4(), attempt, position, key[position], 1, None)
            panel.house.act(person, services.record_response, given=given)
        later = panel.house.noon + timedelta(minutes=at)
        panel.house.act(person, services.submit_attempt, attempt_id=attempt, now=later)
        grades[person.id] = 0 if at % 5 < 2 else 1 if at % 5 == 2 else 2
    judge = panel.judges[0]
    few = dict(list(grades.items())[:9])
    panel.house.act(judge, grade_people, panel_id=panel.id, grades=few)
    page = panel.page(panel.trainer)
    assert page.cuts["borderline-group"] is page.cuts["borderline-regression"] is None  # type: ignore[attr-defined]
    assert panel.house.act(judge, grade_people, panel_id=panel.id, grades=grades) == 30
    page = panel.page(panel.trainer)
    assert page.cuts["borderline-group"] is None  # type: ignore[attr-defined]
    regression = page.cuts["borderline-regression"]  # type: ignore[attr-defined]
    assert regression["n"] == 30
    assert regression["cut"] == pytest.approx(0.464, abs=0.05)
    with pytest.raises(Invalid):
        panel.house.act(judge, grade_people, panel_id=panel.id, grades={panel.trainer.id: 1})
    assert panel.take("borderline-regression").cut == round(regression["cut"], 2)  # type: ignore[attr-defined]
