"""Gates: a supervisor's code, the second form near the mark, one decision with its accuracy."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.assessments import services
from lms.assessments.models import Attempt, AttemptQuestion, GateDecision, QuestionVersion, Sitting, WrongCode
from lms.assessments.rules import difficulty_gap
from lms.assessments.services.breaks import end_break, take_break
from lms.assessments.services.deciding import close_second_form, decline_second_form
from lms.assessments.services.sitting import revoke_code
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.people.models import AuditEntry, Employment
from lms.tracks.models import EvidenceRow
from lms.tracks.queries import list_ledger, list_ledgers
from tests.gated import GATE, Gated
from tests.house import House

HOUR = timedelta(hours=1)


@pytest.fixture
def gated(house: House, tmp_path: Path) -> Gated:
    return Gated(house, tmp_path)


def evidence(gated: Gated) -> Sequence[EvidenceRow]:
    with gated.house.writing(gated.firm) as session:
        return session.scalars(select(EvidenceRow).where(EvidenceRow.firm_id == gated.firm)).all()


def questions(gated: Gated, attempt: Attempt) -> list[QuestionVersion]:
    with gated.house.writing(gated.firm) as session:
        return list(
            session.scalars(
                select(QuestionVersion)
                .join(AttemptQuestion, AttemptQuestion.question_version_id == QuestionVersion.id)
                .where(AttemptQuestion.firm_id == gated.firm, AttemptQuestion.attempt_id == attempt.id)
            )
        )


def test_a_gate_begins_with_its_supervisors_code_and_with_nothing_else(gated: Gated) -> None:
    with pytest.raises(Conflict, match="code from a supervisor"):
        gated.house.act(
            gated.agent, services.start_attempt, assessment_id=gated.gate, attempt_id=gated.agent.id
        )
    with pytest.raises(Conflict, match="code from a supervisor"):
        gated.begin("")
    code = gated.code()
    assert gated.begin("WRONG1") is None
    assert gated.begin(code.code, who=gated.colleague) is None
    assert gated.begin(code.code, after=2 * HOUR) is None
    began = gated.begin(f" {code.code[:3].lower()}-{code.code[3:]} ")
    assert began is not None
    with gated.house.writing(gated.firm) as session:
        sat = session.scalars(select(Sitting).where(Sitting.firm_id == gated.firm)).one()
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.firm_id == gated.firm)).all()
    assert (sat.attempt_id, sat.supervisor_id, sat.first_id) == (began.id, gated.manager.id, None)
    assert "sitting code made" in acts
    again = gated.begin("", after=timedelta(minutes=5))
    assert again is not None
    assert again.id == began.id, "what is under way goes on without a code"
    over = gated.begin("", after=3 * HOUR)
    assert over is not None
    assert over.id == began.id
    assert over.submitted_at is not None, "its time was up: it is handed in as it stood"


def test_a_code_is_for_its_people_its_team_and_its_window(gated: Gated) -> None:
    for_team = gated.code(names=(), team_id=gated.team)
    assert gated.begin(for_team.code, who=gated.colleague) is None
    later = gated.code(opens_at=gated.house.noon + HOUR)
    assert gated.begin(later.code) is None
    gated.house.act(gated.manager, revoke_code, code_id=later.id)
    assert gated.begin(later.code, after=HOUR) is None
    assert gated.begin(for_team.code) is not None
    with pytest.raises(Invalid, match="not both"):
        gated.code(team_id=gated.team)
    with pytest.raises(Invalid, match="twelve hours"):
        gated.code(closes_at=gated.house.noon + 13 * HOUR)
    with pytest.raises(Invalid, match="Nobody who works here"):
        gated.code(names=("Nobody",))
    with pytest.raises(NotAllowed):
        gated.code(by=gated.colleague)


def test_wrong_codes_make_a_person_wait_and_nobody_else(gated: Gated) -> None:
    code = gated.code()
    for _try in range(5):
        assert gated.begin("NOTTHIS") is None
    with pytest.raises(Conflict, match="Too many wrong codes"):
        gated.begin(code.code)
    assert gated.begin("NOTTHIS", who=gated.colleague) is None
    assert gated.begin(code.code, after=timedelta(minutes=16)) is not None
    with gated.house.writing(gated.firm) as session:
        assert len(session.scalars(select(WrongCode.id).where(WrongCode.firm_id == gated.firm)).all()) == 6


def test_another_firms_supervisor_finds_no_code_and_no_form(gated: Gated) -> None:
    code = gated.code()
    first = gated.begin(code.code)
    assert first is not None
    gated.hand_in(first, 30)
    stranger = gated.house.person(gated.house.firm("Elsewhere"), *gated.house.actor(gated.manager).roles)
    with pytest.raises(NotFound):
        gated.house.act(stranger, revoke_code, code_id=code.id)
    with pytest.raises(NotFound):
        gated.house.act(stranger, close_second_form, attempt_id=first.id)
    with pytest.raises(NotAllowed):
        gated.house.act(gated.colleague, close_second_form, attempt_id=first.id)
    with pytest.raises(NotFound):
        gated.house.act(gated.colleague, decline_second_form, attempt_id=first.id)


def test_near_the_mark_a_second_form_decides_with_the_first_and_evidence_is_written_once(
    gated: Gated,
) -> None:
    first = gated.begin(gated.code().code)
    assert first is not None
    done = gated.hand_in(first, 28)
    assert (done.score, done.undecided, done.passed) == (0.7, True, False)
    assert evidence(gated) == []

    second = gated.begin(gated.code().code, seed=9)
    assert second is not None
    assert second.id != first.id
    mine, twins = questions(gated, first), questions(gated, second)
    assert len(twins) == GATE
    assert not {one.question_id for one in mine} & {one.question_id for one in twins}
    for name in ("thinking", "objective", "competency"):
        assert sorted(one.document[name] for one in mine) == sorted(one.document[name] for one in twins)
    bank = [one.document for one in (*mine, *twins)]
    assert abs(difficulty_gap(bank, range(GATE), range(GATE, 2 * GATE))) <= 0.03

    assert gated.hand_in(second, 34).passed is True
    with gated.house.writing(gated.firm) as session:
        decision = session.scalars(select(GateDecision).where(GateDecision.firm_id == gated.firm)).one()
        stands = session.scalars(select(Attempt).where(Attempt.firm_id == gated.firm)).all()
    assert (decision.score, decision.questions, decision.why) == (0.775, 80, "both_forms")
    assert [(one.passed, one.undecided) for one in stands] == [(True, False), (True, False)]
    [fact] = evidence(gated)
    assert (fact.outcome, fact.score, fact.pass_mark) == ("passed", 0.775, 0.75)
    assert fact.error == pytest.approx((0.775 * 0.225 / 79) ** 0.5)
    assert fact.detail["questions"] == 80
    assert fact.detail["forms"] == 2
    assert fact.detail["accuracy"]["people"] == 0
    assert 0.9 < fact.detail["accuracy"]["accuracy"] < 0.95
    reader = gated.house.actor(gated.manager)
    with gated.house.writing(gated.firm) as session:
        seen = list_ledger(session, actor=reader, person_id=gated.agent.id)
        board = list_ledgers(session, actor=reader, team_ids=None)[gated.agent.id]
    assert [one.near_the_mark for one in (*seen, *board)] == [False, False], "two forms are the second look"
    with pytest.raises(Conflict, match="used all your attempts"):
        gated.begin(gated.code().code)


def test_without_a_second_form_the_first_decides_and_says_why(gated: Gated) -> None:
    first = gated.begin(gated.code().code)
    assert first is not None
    gated.hand_in(first, 31)
    assert gated.house.act(gated.agent, decline_second_form, attempt_id=first.id).passed is True
    with pytest.raises(Conflict, match="decided already"):
        gated.house.act(gated.manager, close_second_form, attempt_id=first.id)
    [fact] = evidence(gated)
    assert (fact.outcome, fact.score, fact.detail["forms"]) == ("passed", 0.775, 1)


def test_far_from_the_mark_one_form_decides(gated: Gated) -> None:
    first = gated.begin(gated.code().code)
    assert first is not None
    assert gated.hand_in(first, 38).passed is True
    [fact] = evidence(gated)
    assert fact.detail["questions"] == GATE
    assert fact.detail["accuracy"]["sure"] > 0.99


def test_a_break_stops_the_clock_for_as_long_as_was_granted_and_no_longer(gated: Gated) -> None:
    minute = timedelta(minutes=1)
    with gated.house.writing(gated.firm) as session:
        person = session.scalars(
            select(Employment).where(Employment.firm_id == gated.firm, Employment.person_id == gated.agent.id)
        ).one()
        person.break_minutes, person.time_factor = 10, 1.25
    began = gated.begin(gated.code().code)
    assert began is not None
    noon = gated.house.noon
    assert began.deadline_at == noon + 75 * minute

    def act(service: Callable[..., Attempt], after: timedelta) -> Attempt:
        done: Attempt = gated.house.act(gated.agent, service, attempt_id=began.id, now=noon + after)
        return done

    act(take_break, 20 * minute)
    assert act(end_break, 24 * minute).deadline_at == noon + 79 * minute
    act(take_break, 30 * minute)
    given = services.Given(began.id, began.id, 1, {"answer": ["a"]}, 1, None)
    late = gated.house.act(gated.agent, services.record_response, given=given, now=noon + 84 * minute)
    assert late.counted, "the break that is under way has moved the deadline"
    assert act(end_break, 84 * minute).deadline_at == noon + 85 * minute
    with pytest.raises(Conflict, match="no break left"):
        act(take_break, 84 * minute)
    with pytest.raises(NotFound):
        gated.house.act(gated.colleague, take_break, attempt_id=began.id)
