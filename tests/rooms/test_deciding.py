"""A promotion from the opening to the appeal: what each may do when, and that nothing that was decided on can be changed."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.wall import beyond_the_wall
from lms.people.models import AuditEntry, Employment
from lms.people.services.audit import first_broken_entry
from lms.tracks import models, queries
from lms.tracks.models import Contest, Decision, EvidenceRow, Interview, Opening
from lms.tracks.models.promotion import FROZEN
from lms.tracks.pages import appeals as appeal_pages
from lms.tracks.pages import promotion
from lms.tracks.queries import promotion as found
from lms.tracks.rules import known
from lms.tracks.rules.decisions import Choice
from lms.tracks.rules.decisions import Conflict as Interest
from lms.tracks.rules.openings import Stage
from lms.tracks.services import appeals, deciding, interviews, openings
from tests.house import House, Someone
from tests.promotion import NO_CONFLICT, QUESTIONS, TODAY, Promotion
from tests.rooms.ready import make_ready

LONG = "A whole sentence in my own words that says why it is so."


@pytest.fixture
def firm(house: House) -> Promotion:
    """See Promotion."""
    return Promotion(house)


def stage_of(firm: Promotion, opening: Opening, *, days: int = 0) -> Stage:
    def look(session: object, actor: object, now: object) -> Stage:
        line = found.find_line(
            session,  # type: ignore[arg-type]
            actor=actor,  # type: ignore[arg-type]
            opening_id=opening.id,
            today=TODAY + timedelta(days=days),
        )
        assert line is not None
        return line.stage

    result: Stage = firm.house.act(firm.manager, look)
    return result


def test_an_opening_pins_what_it_asks_for_and_goes_from_open_to_closed(firm: Promotion) -> None:
    opening = firm.opening()
    assert (opening.rung, opening.rung_version, opening.profile, opening.profile_version) == (
        "S1",
        1,
        "senior-agent",
        1,
    )
    assert stage_of(firm, opening) is Stage.OPEN
    assert stage_of(firm, opening, days=-1) is Stage.PLANNED
    assert stage_of(firm, opening, days=15) is Stage.OVERDUE
    firm.house.act(firm.manager, openings.close_opening, opening_id=opening.id)
    assert stage_of(firm, opening) is Stage.CLOSED
    with pytest.raises(Conflict):
        firm.house.act(firm.manager, openings.close_opening, opening_id=opening.id)
    with pytest.raises(Conflict):
        firm.house.act(firm.manager, openings.edit_opening, opening_id=opening.id, facts=firm.facts(places=2))
    with pytest.raises(Conflict):
        firm.house.act(firm.ana, openings.put_oneself_forward, opening_id=opening.id)


@pytest.mark.parametrize(
    "wrong",
    [
        {"rung": "S9"},
        {"places": 0},
        {"closes_on": TODAY - timedelta(days=1)},
        {"team_id": uuid.uuid4()},
        {"questions": ()},
        {"questions": (QUESTIONS[0], QUESTIONS[0])},
        {"questions": (replace(QUESTIONS[0], middle=""),)},
        {"second_id": "manager"},
        {"second_id": "ari"},
        {"decider_id": "admin"},
        {"decider_id": "ana"},
    ],
)
def test_an_opening_that_cannot_be_is_refused(firm: Promotion, wrong: dict[str, object]) -> None:
    said = {
        key: getattr(firm, one).id if isinstance(one, str) and key != "rung" else one
        for key, one in wrong.items()
    }
    with pytest.raises(Invalid):
        firm.opening(**said)


def test_the_questions_stay_the_same_once_somebody_was_interviewed(firm: Promotion) -> None:
    opening = firm.opening()
    act = firm.house.act
    act(firm.manager, openings.edit_opening, opening_id=opening.id, facts=firm.facts(questions=QUESTIONS[:1]))
    act(firm.manager, openings.edit_opening, opening_id=opening.id, facts=firm.facts())
    firm.candidates(opening)
    firm.interview(opening, firm.ari, firm.ana, 3, 3)
    act(firm.manager, openings.edit_opening, opening_id=opening.id, facts=firm.facts(note="Night shift"))
    with pytest.raises(Conflict, match="same questions"):
        act(
            firm.manager,
            openings.edit_opening,
            opening_id=opening.id,
            facts=firm.facts(questions=QUESTIONS[:1]),
        )
    with pytest.raises(Conflict, match="put forward"):
        act(firm.manager, openings.edit_opening, opening_id=opening.id, facts=firm.facts(rung="S2"))


def test_who_decides_is_no_candidate_and_the_second_approver_puts_nobody_forward(firm: Promotion) -> None:
    opening = firm.opening()
    act = firm.house.act
    for one in (firm.manager, firm.second):
        with pytest.raises(Invalid):
            act(one, openings.put_oneself_forward, opening_id=opening.id)
    with pytest.raises(Invalid, match="second approver"):
        act(firm.second, openings.nominate, opening_id=opening.id, who=firm.ben.name, reason=LONG)
    with pytest.raises(
        Invalid, match="put yourself forward"
    ):  # beside the field, with the reason still there
        act(firm.third, openings.nominate, opening_id=opening.id, who=firm.third.name, reason=LONG)
    with pytest.raises(Invalid, match="own words"):
        act(firm.third, openings.nominate, opening_id=opening.id, who=firm.ben.name, reason="Good")
    act(firm.third, openings.nominate, opening_id=opening.id, who=firm.ben.name, reason=LONG)
    with pytest.raises(Conflict, match="already"):
        act(firm.ben, openings.put_oneself_forward, opening_id=opening.id)
    with pytest.raises(Invalid, match="put a candidate forward"):
        act(
            firm.manager,
            openings.edit_opening,
            opening_id=opening.id,
            facts=firm.facts(second_id=firm.third.id),
        )
    for one in (firm.ana, firm.ari, firm.admin):
        with pytest.raises(NotAllowed):
            act(one, openings.nominate, opening_id=opening.id, who=firm.bystander.name, reason=LONG)


def test_a_candidate_withdraws_and_comes_back_and_both_are_kept(firm: Promotion) -> None:
    opening = firm.opening()
    act = firm.house.act
    for service in (openings.put_oneself_forward, openings.withdraw, openings.put_oneself_forward):
        act(firm.ana, service, opening_id=opening.id)
    with firm.house.writing(firm.firm) as session:
        puts = found.list_puts(session, actor=firm.house.actor(firm.ana), opening_id=opening.id)[opening.id]
    assert [(one.number, one.act) for one in puts] == [(1, "nominated"), (2, "withdrawn"), (3, "nominated")]
    with pytest.raises(Conflict):
        act(firm.ben, openings.withdraw, opening_id=opening.id)


def test_an_opening_says_who_was_chosen_once_the_decision_stands(firm: Promotion) -> None:
    decision = firm.decided()
    page = f"/openings/{decision.opening_id}"
    reader = firm.house.client(firm.third)

    def said() -> list[str]:
        whole = reader.get(page).get_data(as_text=True)
        return re.findall(r"(Ana Chi|Ben Pop)</a></h3>.{0,400}?(Chosen|Not chosen)</span>", whole, re.DOTALL)

    assert said() == [], "the second approver has not answered"
    firm.answered(decision)
    assert said() == [("Ana Chi", "Chosen"), ("Ben Pop", "Not chosen")]


def test_an_interviewer_sees_others_scores_only_after_giving_their_own(firm: Promotion) -> None:
    opening = firm.opening()
    firm.candidates(opening)
    firm.interview(opening, firm.ari, firm.ana, 4, 5)
    asked = {"opening_id": opening.id, "person_id": firm.ana.id, "today": TODAY}

    def page(session: object, actor: object, now: object) -> promotion.InterviewPage:
        return promotion.interview_page(session, actor=actor, **asked)  # type: ignore[arg-type]

    def whole(session: object, actor: object, now: object) -> promotion.OpeningPage:
        return promotion.opening_page(
            session,  # type: ignore[arg-type]
            actor=actor,  # type: ignore[arg-type]
            opening_id=opening.id,
            which="all",
            q="",
            sort="name",
            today=TODAY,
        )

    assert firm.house.act(firm.bea, page).others == []
    line = firm.house.act(firm.manager, whole).candidates[0]
    assert (line.scored, line.interviews) == (1, ())
    firm.interview(opening, firm.bea, firm.ana, 2, 2)
    assert [one.interviewer_id for one in firm.house.act(firm.bea, page).others] == [firm.ari.id]
    with pytest.raises(Conflict, match="already"):
        firm.interview(opening, firm.bea, firm.ana, 5, 5)
    firm.house.act(firm.manager, openings.close_opening, opening_id=opening.id)
    assert len(firm.house.act(firm.manager, whole).candidates[0].interviews) == 2
    with pytest.raises(Conflict, match="closed"):
        firm.interview(opening, firm.bea, firm.ben, 3, 3)


def test_an_interview_scores_every_question_and_notes_what_was_said(firm: Promotion) -> None:
    opening = firm.opening()
    firm.candidates(opening)

    def give(by: Someone, about: Someone, *answers: tuple[int, str]) -> None:
        firm.house.act(
            by, interviews.record_interview, opening_id=opening.id, person_id=about.id, answers=answers
        )

    note = "Told of a colleague and a call."
    for answers in (((3, note),), ((3, note), (6, note)), ((3, note), (3, "ok"))):
        with pytest.raises(Invalid):
            give(firm.ari, firm.ana, *answers)
    both = ((3, note), (3, note))
    with pytest.raises(NotFound):
        give(firm.ari, firm.bystander, *both)
    for one in (firm.ana, firm.bystander):
        with pytest.raises(NotAllowed):
            give(one, firm.ben, *both)
    firm.house.act(firm.bea, openings.put_oneself_forward, opening_id=opening.id)
    with pytest.raises(Conflict, match="candidate here yourself"):
        give(firm.bea, firm.ana, *both)


def problems(firm: Promotion, opening: Opening, **said: object) -> list[str]:
    with pytest.raises(Invalid) as refused:
        firm.decided(opening, **said)
    return [sentence for sentence, _values in refused.value.problems]  # type: ignore[misc]


def test_a_decision_says_everything_in_own_words_or_is_not_taken(firm: Promotion) -> None:
    opening = firm.closed()
    ana, ben = firm.said().choices
    assert "own words why you decided" in problems(firm, opening, reason="Best one.")[0]
    assert "why %(name)s" in problems(firm, opening, choices=(ana, replace(ben, reason="no")))[0]
    assert "told" in problems(firm, opening, choices=(ana, replace(ben, told="Sorry")))[0]
    assert "very same reason" in problems(firm, opening, choices=(ana, replace(ben, reason=ana.reason)))[0]
    assert "places" in problems(firm, opening, choices=(ana, replace(ben, chosen=True)))[0]
    assert "is chosen" in problems(firm, opening, choices=(replace(ana, chosen=None), ben))[0]
    assert "candidates have changed" in problems(firm, opening, choices=(ana,))[0]
    stranger = Choice(firm.bystander.id, False, ben.reason + " x", ben.told)
    assert "candidates have changed" in problems(firm, opening, choices=(ana, ben, stranger))[0]
    assert "conflict of interest" in problems(firm, opening, conflict=Interest(None))[0]
    assert "in words" in problems(firm, opening, conflict=Interest(True, " "))[0]
    assert "day after today" in problems(firm, opening, review_on=TODAY)[0]
    repeated = "good " * 20
    assert len(problems(firm, opening, reason=repeated, review_on=None)) == 2, "all problems at once"
    assert stage_of(firm, opening) is Stage.CLOSED


def test_only_the_named_manager_decides_and_only_when_it_is_closed(firm: Promotion) -> None:
    opening = firm.opening()
    firm.candidates(opening)
    with pytest.raises(Conflict, match="Close"):
        firm.decided(opening)
    firm.house.act(firm.manager, openings.close_opening, opening_id=opening.id)
    for one in (firm.second, firm.third, firm.admin, firm.ari, firm.ana):
        with pytest.raises(NotAllowed):
            firm.house.act(one, deciding.decide, opening_id=opening.id, said=firm.said())
    firm.decided(opening)
    assert stage_of(firm, opening) is Stage.WAITING
    with pytest.raises(Conflict, match="waits"):
        firm.decided(opening, correction=LONG)


def test_the_record_keeps_the_very_rows_and_versions_it_was_decided_on(firm: Promotion) -> None:
    decision = firm.decided()
    with firm.house.writing(firm.firm) as session:
        kept = session.scalars(
            select(Decision).where(Decision.firm_id == firm.firm, Decision.id == decision.id)
        ).one()
        choices = found.list_choices(
            session, actor=firm.house.actor(firm.manager), decision_ids=frozenset({decision.id})
        )
        assert deciding.is_whole(kept, choices), "read back from the database, the hash is the same"
        entry = session.scalars(
            select(AuditEntry).where(AuditEntry.firm_id == firm.firm, AuditEntry.act == "decision recorded")
        ).one()
        assert entry.detail["hash"] == kept.hash
        assert first_broken_entry(session, firm_id=firm.firm) is None
        snapshot = kept.snapshot
    ben = next(one for one in snapshot["candidates"] if one["person_id"] == str(firm.ben.id))
    assert [row["id"] for row in ben["ledger"]] == [str(firm.evidence)]
    assert ben["ledger"][0]["level"] == 2
    assert len(ben["interviews"]) == 1
    assert snapshot["rung"]["key"] == "S1"
    assert snapshot["profile"]["version"] == 1
    assert snapshot["rule"]["version"] >= 1
    assert any("evidence" in cell["reason"]["sentence"] for cell in ben["standing"]["competencies"])
    firm.seen(firm.ben, "A2", 3)
    page = firm.house.act(
        firm.second,
        lambda session, actor, now: promotion.decision_page(
            session, actor=actor, decision_id=decision.id, today=TODAY
        ),
    )
    assert page.whole
    frozen = next(one for one in page.candidates if one.choice.person_id == firm.ben.id)
    assert len(frozen.kept["ledger"]) == 1, "what is recorded later is not in the record"
    held = {cell.key: cell.held for cell in frozen.standing.competencies}
    assert (held["A3"], held["A2"]) == (2, 0)
    assert not frozen.choice.ready
    assert frozen.missing


def everything(firm: Promotion) -> None:
    """A promotion with a row in every frozen table."""
    decision = firm.approved()
    appeal = firm.appeal(decision)
    firm.rated_again(appeal)
    firm.house.act(firm.third, appeals.answer_appeal, appeal_id=appeal.id, outcome="upheld", reason=LONG)


ASSIGNED = {
    "nomination": "reason = 'x'",
    "interview": "at = at",
    "decision": "reason = 'x'",
    "decision_candidate": "told = 'x'",
    "decision_answer": "outcome = 'sent_back'",
    "appeal": "reason = 'x'",
    "rerating": "reason = 'x'",
    "appeal_answer": "outcome = 'changed'",
}


def tried(firm: Promotion, statement: str) -> int:
    """What a statement says that no page can send."""
    with firm.house.writing(firm.firm) as session, beyond_the_wall(session, "a test tries it"):
        result = session.execute(text(statement))
        return int(result.scalar_one()) if result.returns_rows else 0


def test_nothing_that_was_decided_on_can_be_changed_or_deleted(firm: Promotion) -> None:
    everything(firm)
    assert set(ASSIGNED) == set(FROZEN)
    for table, change in ASSIGNED.items():
        for statement in (f"UPDATE {table} SET {change}", f"DELETE FROM {table}"):
            assert tried(firm, f"SELECT count(*) FROM {table}") > 0, f"{table} is empty: nothing was tried"
            with pytest.raises(DBAPIError, match="written once"):
                tried(firm, statement)
    with (
        pytest.raises(DBAPIError, match="written once"),
        firm.house.writing(firm.firm) as session,
    ):
        session.execute(
            update(models.DecisionCandidate)
            .where(models.DecisionCandidate.firm_id == firm.firm)
            .values(chosen=True)
        )


def test_a_second_person_approves_who_neither_decided_nor_put_anybody_forward(firm: Promotion) -> None:
    decision = firm.decided()
    said = {"decision_id": decision.id, "outcome": "approved", "reason": LONG, "conflict": NO_CONFLICT}
    for one in (firm.manager, firm.third, firm.admin, firm.ari, firm.ana):
        with pytest.raises(NotAllowed):
            firm.house.act(one, deciding.answer_decision, **said)
    for wrong in ({"reason": "Fine."}, {"outcome": "maybe"}, {"conflict": Interest(None)}):
        with pytest.raises(Invalid):
            firm.answered(decision, **wrong)
    with firm.house.writing(firm.firm) as session:
        assert found.list_told(session, actor=firm.house.actor(firm.ana)) == [], "nobody is told before"
    firm.answered(decision)
    with pytest.raises(Conflict):
        firm.answered(decision)
    for one, chosen in ((firm.ana, True), (firm.ben, False), (firm.bystander, None)):
        with firm.house.writing(firm.firm) as session:
            told = found.list_told(session, actor=firm.house.actor(one))
        assert [each.choice.chosen for each in told] == ([] if chosen is None else [chosen])


def test_what_is_sent_back_is_replaced_by_a_new_record_and_both_stay(firm: Promotion) -> None:
    opening = firm.closed()
    first = firm.decided(opening)
    firm.answered(first, "sent_back")
    assert stage_of(firm, opening) is Stage.SENT_BACK
    assert "earlier record" in problems(firm, opening)[0]
    second = firm.decided(opening, correction=LONG)
    assert (second.number, second.supersedes_id) == (2, first.id)
    with pytest.raises(Conflict, match="later record"):
        firm.answered(first)
    firm.answered(second)
    assert stage_of(firm, opening) is Stage.DECIDED
    third = firm.decided(opening, correction=LONG)
    assert third.supersedes_id == second.id
    with firm.house.writing(firm.firm) as session:
        kept = found.list_decisions(session, actor=firm.house.actor(firm.manager))[opening.id]
    assert [one.decision.number for one in kept] == [1, 2, 3]


def test_an_appeal_contests_the_rating_too_and_waits_for_another_assessor(firm: Promotion) -> None:
    decision = firm.approved()
    appeal = firm.appeal(decision)
    assert appeal.due_on == TODAY + timedelta(days=14), "ten working days"
    with firm.house.writing(firm.firm) as session:
        contest = session.scalars(select(Contest).where(Contest.firm_id == firm.firm)).one()
    assert (contest.id, contest.evidence_id) == (appeal.contest_id, firm.evidence)
    with pytest.raises(Conflict, match="already"):
        firm.appeal(decision)
    with pytest.raises(Conflict, match="rates it again first"):
        firm.house.act(firm.third, appeals.answer_appeal, appeal_id=appeal.id, outcome="upheld", reason=LONG)
    for one in (firm.ari, firm.manager, firm.second, firm.ben, firm.ana):
        with pytest.raises(NotAllowed):
            firm.rated_again(appeal, by=one)


def test_a_new_rating_stands_beside_the_first_and_only_the_new_one_counts(firm: Promotion) -> None:
    appeal = firm.appeal(firm.approved())
    firm.rated_again(appeal, level=3)
    with firm.house.writing(firm.firm) as session:
        rows = session.scalars(
            select(EvidenceRow)
            .where(EvidenceRow.firm_id == firm.firm, EvidenceRow.person_id == firm.ben.id)
            .order_by(EvidenceRow.recorded_at, EvidenceRow.id)
        ).all()
        again = next(one for one in rows if one.supersedes_id)
        assert (len(rows), again.level, again.supersedes_id, again.rater_id) == (
            2,
            3,
            firm.evidence,
            firm.bea.id,
        )
        contest = session.scalars(select(Contest).where(Contest.firm_id == firm.firm)).one()
        assert contest.outcome == "withdrawn"
        kept = session.scalars(select(models.Rerating).where(models.Rerating.firm_id == firm.firm)).one()
        assert kept.result == {"level": 3, "before": 2}
        ledger = queries.list_ledger(session, actor=firm.house.actor(firm.ben), person_id=firm.ben.id)
        assert [one.level for one in known(ledger, TODAY)] == [3]
    with pytest.raises(Conflict):
        firm.rated_again(appeal)


def test_the_same_rating_again_upholds_the_first(firm: Promotion) -> None:
    appeal = firm.appeal(firm.approved())
    firm.rated_again(appeal, level=2)
    with firm.house.writing(firm.firm) as session:
        contest = session.scalars(select(Contest).where(Contest.firm_id == firm.firm)).one()
        rows = session.scalars(
            select(EvidenceRow.id).where(
                EvidenceRow.firm_id == firm.firm, EvidenceRow.person_id == firm.ben.id
            )
        ).all()
    assert (contest.outcome, len(rows)) == ("upheld", 1)


def test_a_third_person_answers_and_the_decision_may_have_to_be_made_again(firm: Promotion) -> None:
    opening = firm.closed()
    decision = firm.decided(opening)
    firm.answered(decision)
    appeal = firm.appeal(decision)
    firm.rated_again(appeal)
    said = {"appeal_id": appeal.id, "outcome": "changed", "reason": LONG}
    for one in (firm.manager, firm.second, firm.ben, firm.bea, firm.ana):
        with pytest.raises(NotAllowed):
            firm.house.act(one, appeals.answer_appeal, **said)
    with pytest.raises(Invalid):
        firm.house.act(firm.third, appeals.answer_appeal, **{**said, "reason": "Yes"})
    firm.house.act(firm.third, appeals.answer_appeal, **said)
    assert stage_of(firm, opening) is Stage.AGAIN
    with pytest.raises(Conflict):
        firm.house.act(firm.admin, appeals.answer_appeal, **said)
    ana, ben = firm.said().choices
    again = firm.decided(
        opening, correction=LONG, choices=(replace(ana, chosen=False), replace(ben, chosen=True))
    )
    firm.answered(again)
    assert stage_of(firm, opening) is Stage.DECIDED
    with firm.house.writing(firm.firm) as session:
        told = found.list_told(session, actor=firm.house.actor(firm.ben))
    assert [(one.choice.chosen, one.latest) for one in told if one.decision.id == again.id] == [(True, True)]
    assert [(one.choice.chosen, one.latest) for one in told if one.decision.id == decision.id] == [
        (False, False)
    ]
    assert next(one for one in told if one.appeal).outcome is not None


def test_the_days_to_appeal_end(firm: Promotion) -> None:
    decision = firm.approved()
    act, last = firm.house.act, firm.house.noon + timedelta(days=14)
    said = {"decision_id": decision.id, "evidence_id": None, "reason": LONG, "ground": "process"}
    with pytest.raises(Conflict, match="over"):
        act(firm.ben, appeals.make_appeal, **said, now=last + timedelta(days=1))
    act(firm.ben, appeals.make_appeal, **said, now=last)


def test_only_what_was_decided_on_can_be_appealed(firm: Promotion) -> None:
    decision = firm.approved()
    later = firm.seen(firm.ben, "A2", 1)
    of_ana = firm.seen(firm.ana, "A2", 1)
    for wrong in (
        {"evidence_id": later},
        {"evidence_id": of_ana},
        {"evidence_id": None},
        {"ground": "luck"},
        {"reason": "No."},
    ):
        with pytest.raises(Invalid):
            firm.appeal(decision, **wrong)
    with pytest.raises(NotFound):
        firm.appeal(decision, by=firm.bystander)


def test_whoever_rates_again_sees_the_work_and_not_whose_it_is_nor_what_was_given(firm: Promotion) -> None:
    decision = firm.approved()
    appeal = firm.appeal(decision)

    def blind(session: object, actor: object, now: object) -> appeal_pages.BlindPage:
        return appeal_pages.blind_page(session, actor=actor, appeal_id=appeal.id)  # type: ignore[arg-type]

    page = firm.house.act(firm.bea, blind)
    assert "calmed an angry caller" in page.example
    for name in (firm.ben.name, firm.ari.name, "Ben", "Pop"):
        assert name not in repr(page)
    assert set(page.anchors) == {1, 2, 3, 4, 5}
    body = firm.house.client(firm.bea).get(f"/appeals/{appeal.id}/rate").text
    listed = firm.house.client(firm.bea).get("/appeals").text
    for text_ in (body, listed):
        for secret in (str(firm.ben.id), str(firm.evidence), "Ben", "Ari", "level 2"):
            assert secret not in text_
    for one in (firm.ari, firm.ben, firm.manager):
        with pytest.raises(NotAllowed):
            firm.house.act(one, blind)


def test_an_interview_is_scored_again_from_its_notes(firm: Promotion) -> None:
    appeal = firm.appeal(firm.approved(), ground="interview", evidence_id=None)
    page = firm.house.act(
        firm.bea,
        lambda session, actor, now: appeal_pages.blind_page(session, actor=actor, appeal_id=appeal.id),
    )
    assert len(page.answers) == 2
    assert "Ben" not in repr(page)
    with pytest.raises(Invalid):
        firm.rated_again(appeal, level=None, scores=(3,))
    firm.rated_again(appeal, level=None, scores=(3, 4))
    with firm.house.writing(firm.firm) as session:
        kept = session.scalars(select(models.Rerating).where(models.Rerating.firm_id == firm.firm)).one()
        assert kept.result == {"scores": [3, 4], "before": [[3, 2]]}
        given = session.scalars(select(Interview).where(Interview.firm_id == firm.firm)).all()
        assert len(given) == 3


def test_an_opening_is_cancelled_with_a_reason_until_it_is_decided(firm: Promotion) -> None:
    opening = firm.opening()
    firm.candidates(opening)
    with pytest.raises(Invalid):
        firm.house.act(firm.manager, openings.cancel_opening, opening_id=opening.id, reason=" ")
    firm.house.act(firm.manager, openings.cancel_opening, opening_id=opening.id, reason="The client left.")
    assert stage_of(firm, opening) is Stage.CANCELLED
    decided = firm.closed()
    firm.decided(decided)
    with pytest.raises(Conflict):
        firm.house.act(firm.manager, openings.cancel_opening, opening_id=decided.id, reason="Too late")


@pytest.mark.parametrize(
    ("service", "said"),
    [
        (openings.create_opening, lambda firm: {"facts": firm.facts()}),
        (openings.close_opening, lambda firm: {"opening_id": firm.made["opening"].id}),
        (openings.cancel_opening, lambda firm: {"opening_id": firm.made["opening"].id, "reason": LONG}),
    ],
)
def test_only_a_manager_makes_closes_and_cancels(
    firm: Promotion, service: Callable[..., object], said: Callable[[Promotion], dict[str, object]]
) -> None:
    firm.made["opening"] = firm.opening()
    for role in (Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.FIRM_ADMIN):
        one = firm.house.person(firm.firm, role)
        with pytest.raises(NotAllowed):
            firm.house.act(one, service, **said(firm))


def test_the_person_one_step_away_is_told_what_is_missing(firm: Promotion) -> None:
    opening = firm.opening()
    make_ready(firm.house, firm.ana, firm.ari, firm.third, but="C02")
    page = firm.house.act(
        firm.manager,
        lambda session, actor, now: promotion.opening_page(
            session, actor=actor, opening_id=opening.id, which="step", q="", sort="name", today=TODAY
        ),
    )
    assert [one.person.person_id for one in page.near] == [firm.ana.id]
    assert [cell.key for cell in page.near[0].missing] == ["C02"]
    assert (page.ready, page.step) == (0, 1)
    told = firm.house.client(firm.ana).get("/path").text
    assert "You are one step away" in told
    assert "You are one step away" not in firm.house.client(firm.ben).get("/path").text
    make_ready(firm.house, firm.ana, firm.ari, firm.third, only="C02")
    page = firm.house.act(
        firm.manager,
        lambda session, actor, now: promotion.opening_page(
            session, actor=actor, opening_id=opening.id, which="ready", q="", sort="hired", today=TODAY
        ),
    )
    assert [one.person.person_id for one in page.near] == [firm.ana.id]


def test_somebody_else_is_named_only_in_the_place_of_who_can_no_longer(firm: Promotion) -> None:
    opening = firm.closed()
    firm.decided(opening)
    said = {"opening_id": opening.id, "decider_id": firm.third.id, "second_id": firm.admin.id}
    with pytest.raises(Conflict, match="Both can still"):
        firm.house.act(firm.third, openings.replace_deciders, **said)
    with firm.house.writing(firm.firm) as session:
        gone = session.scalars(
            select(Employment).where(Employment.firm_id == firm.firm, Employment.person_id == firm.second.id)
        ).one()
        gone.ended_on = TODAY - timedelta(days=1)
    for wrong in (firm.manager, firm.ari, firm.ana):
        with pytest.raises(Invalid):
            firm.house.act(firm.third, openings.replace_deciders, **{**said, "second_id": wrong.id})
    with pytest.raises(NotAllowed):
        firm.house.act(firm.admin, openings.replace_deciders, **said)
    changed = firm.house.act(firm.third, openings.replace_deciders, **said)
    assert (changed.decider_id, changed.second_id) == (firm.manager.id, firm.admin.id)
