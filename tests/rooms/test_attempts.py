"""Attempts: begun once, answered in any order, kept whatever happens, scored once."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from lms.assessments import pages, queries, services
from lms.assessments.models import Attempt, Question, QuestionVersion
from lms.assessments.services import Given, Kept
from lms.courses import services as courses
from lms.courses.packages import Package, read_folder, understand
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.people.models import Person
from lms.tracks.queries import list_ledger
from tests.house import SAMPLE_COURSE, House, Someone

MINUTE = timedelta(minutes=1)


def course(house: House, plan: str = "", bank: str = "", *, author: Someone | None = None) -> uuid.UUID:
    """The sample course with more said in its assessment or another bank, published by a firm's trainer or anew."""
    package = changed(plan, bank)
    author = author or house.person(house.firm("Authors"), Role.TRAINER)
    version, _new = house.act(
        author, courses.publish_package, package=package, storage=house.app.extensions["storage"], note="test"
    )
    return version.course_id


def changed(plan: str = "", bank: str = "") -> Package:
    """The sample course, changed."""
    whole = read_folder(SAMPLE_COURSE)
    files = dict(whole.files)
    said = yaml.safe_load(files["assessments/final.yaml"]) | (yaml.safe_load(plan) or {})
    files["assessments/final.yaml"] = yaml.safe_dump(said)
    files["questions/bank.yaml"] += bank
    return understand(files, whole.media, [])


@dataclass
class Sitting:
    """A person before the assessment of the sample course."""

    house: House
    person: Someone
    assessment_id: uuid.UUID

    def start(
        self, attempt_id: uuid.UUID | None = None, *, after: timedelta = timedelta(), seed: int = 5
    ) -> Attempt:
        """Begin, some time after noon."""
        attempt: Attempt = self.house.act(
            self.person,
            services.start_attempt,
            assessment_id=self.assessment_id,
            attempt_id=attempt_id or uuid.uuid4(),
            now=self.house.noon + after,
            seed=seed,
        )
        return attempt

    def say(
        self,
        attempt: Attempt,
        position: int,
        raw: dict[str, list[str]],
        *,
        id: uuid.UUID | None = None,
        sequence: int = 1,
        after: timedelta = timedelta(),
        device_at: datetime | None = None,
    ) -> Kept:
        """Send one answer."""
        given = Given(id or uuid.uuid4(), attempt.id, position, raw, sequence, device_at)
        kept: Kept = self.house.act(
            self.person, services.keep_answer, given=given, now=self.house.noon + after
        )
        return kept

    def submit(self, attempt: Attempt, after: timedelta = timedelta()) -> Attempt:
        """Hand it in."""
        done: Attempt = self.house.act(
            self.person, services.submit_attempt, attempt_id=attempt.id, now=self.house.noon + after
        )
        return done

    def right(self, attempt: Attempt) -> dict[int, dict[str, list[str]]]:
        """What answers each question rightly."""
        return self.house.right_answers(self.person, attempt.id)

    def wrong(self, attempt: Attempt, position: int) -> dict[str, list[str]]:
        """A wrong answer to a question with three options."""
        right = self.right(attempt)[position]["answer"][0]
        return {"answer": ["b" if right == "a" else "a"]}

    def see(self, page: Any, **arguments: Any) -> Any:
        """A page or a query as the person sees it."""
        return self.house.act(self.person, page, **arguments)

    def asked(self, attempt: Attempt) -> list[queries.Asked]:
        """The questions as they stand."""
        return list(
            self.house.act(
                self.person,
                lambda session, actor, now: queries.list_asked(session, actor=actor, attempt_id=attempt.id),
            )
        )


def sitting(house: House, plan: str = "", bank: str = "") -> Sitting:
    """An agent of a firm before the firm's own course."""
    firm = house.firm(f"Here {uuid.uuid4()}")
    author = house.person(firm, Role.TRAINER)
    course_id = course(house, plan, bank, author=author)
    return Sitting(house, house.person(firm), house.assessment(course_id))


LIMIT = "time_limit_minutes: 10\n"


def test_the_same_id_begins_the_same_attempt_and_another_id_goes_on_with_the_one_under_way(
    house: House,
) -> None:
    one = sitting(house)
    first = one.start()
    assert one.start(first.id).id == first.id
    assert one.start(uuid.uuid4(), after=timedelta(days=3)).id == first.id
    assert one.submit(first).id == first.id
    assert one.start(first.id).id == first.id
    assert one.start().id != first.id


def test_an_id_that_is_already_another_attempts_is_a_conflict(house: House) -> None:
    one = sitting(house)
    taken = one.start().id
    colleague = Sitting(house, house.person(one.person.firm_id), one.assessment_id)
    with pytest.raises(Conflict):
        colleague.start(taken)


def test_nobody_starts_what_is_not_there_not_theirs_or_retired(house: House) -> None:
    one = sitting(house)
    stranger = Sitting(house, house.person(house.firm("Elsewhere")), one.assessment_id)
    for lost in (stranger, Sitting(house, one.person, uuid.uuid4())):
        with pytest.raises(NotFound):
            lost.start()
    author = house.person(one.person.firm_id, Role.TRAINER)
    files = {name: text for name, text in changed().files.items() if not name.startswith("assessments")}
    files["course.yaml"] = files["course.yaml"].replace(", assessment: final", "")
    package = understand(files, changed().media, [])
    house.act(
        author, courses.publish_package, package=package, storage=house.app.extensions["storage"], note=""
    )
    with pytest.raises(NotFound):
        one.start()


def test_the_association_itself_takes_no_assessment(house: House) -> None:
    course_id = house.course()
    officer = house.person(house.firm("Other association"), Role.ASSOCIATION)
    with pytest.raises(NotAllowed):
        Sitting(house, officer, house.assessment(course_id)).start()


def test_a_seed_gives_everybody_the_same_questions_and_another_seed_others(house: House) -> None:
    one = sitting(house)
    other = Sitting(house, house.person(one.person.firm_id), one.assessment_id)
    asked = [
        [(row.version.id, row.row.variant) for row in sat.asked(sat.start(seed=seed))]
        for sat, seed in (
            (one, 7),
            (other, 7),
            (Sitting(house, house.person(one.person.firm_id), one.assessment_id), 8),
        )
    ]
    assert asked[0] == asked[1] != asked[2]


def test_a_repeat_of_an_answers_id_gets_the_first_result_and_keeps_nothing_new(house: House) -> None:
    one = sitting(house)
    attempt, same = one.start(), uuid.uuid4()
    first = one.say(attempt, 1, one.right(attempt)[1], id=same)
    again = one.say(attempt, 1, one.wrong(attempt, 1), id=same, sequence=9, after=MINUTE)
    assert (first.again, again.again) == (False, True)
    assert (again.id, again.at, again.counted) == (first.id, first.at, True)
    (answered,) = [row for row in one.asked(attempt) if row.response]
    assert answered.response is not None
    assert answered.response.score == 1.0


def test_an_id_that_answers_another_question_already_is_a_conflict(house: House) -> None:
    one = sitting(house)
    attempt, same = one.start(), uuid.uuid4()
    one.say(attempt, 1, one.right(attempt)[1], id=same)
    with pytest.raises(Conflict):
        one.say(attempt, 2, one.right(attempt)[2], id=same)


def test_of_two_answers_the_later_on_the_device_stands_whichever_arrived_first(house: House) -> None:
    one = sitting(house)
    attempt = one.start()
    one.say(attempt, 1, one.right(attempt)[1], sequence=2)
    one.say(attempt, 1, one.wrong(attempt, 1), sequence=1, after=MINUTE)
    standing = one.asked(attempt)[0].response
    assert standing is not None
    assert standing.score == 1.0


def test_an_answer_taken_back_counts_as_none(house: House) -> None:
    one = sitting(house)
    attempt = one.start()
    one.say(attempt, 1, one.right(attempt)[1])
    one.say(attempt, 1, {}, sequence=2)
    page = one.see(pages.attempt_page, attempt_id=attempt.id)
    assert (page.questions[0].answered, page.resume, page.order) == (False, 1, 2)


def test_an_answer_that_cannot_be_read_is_refused_with_a_sentence(house: House) -> None:
    one = sitting(house)
    with pytest.raises(Invalid, match="not in this question"):
        one.say(one.start(), 1, {"answer": ["z"]})


def test_nobody_answers_flags_sees_or_hands_in_somebody_elses_attempt(house: House) -> None:
    one = sitting(house)
    attempt = one.start()
    neighbour = Sitting(house, house.person(one.person.firm_id, Role.MANAGER), one.assessment_id)
    for deed in (
        lambda: neighbour.say(attempt, 1, {"answer": ["a"]}),
        lambda: neighbour.submit(attempt),
        lambda: neighbour.see(pages.attempt_page, attempt_id=attempt.id),
        lambda: neighbour.see(pages.result_page, attempt_id=attempt.id),
        lambda: flag(neighbour, attempt, 1),
        lambda: flag(one, attempt, 99),
        lambda: one.say(attempt, 99, {"answer": ["a"]}),
    ):
        with pytest.raises(NotFound):
            deed()


def flag(one: Sitting, attempt: Attempt, position: int, *, flagged: bool = True) -> None:
    """Mark a question."""
    given = Given(uuid.uuid4(), attempt.id, position, {}, 1, None, flagged)
    one.house.act(one.person, services.keep_answer, given=given, now=one.house.noon)


def test_a_question_is_flagged_and_unflagged(house: House) -> None:
    one = sitting(house)
    attempt = one.start()
    flag(one, attempt, 2)
    assert [row.flagged for row in one.see(pages.attempt_page, attempt_id=attempt.id).questions] == [
        False,
        True,
        False,
        False,
    ]
    flag(one, attempt, 2, flagged=False)
    assert not any(row.flagged for row in one.see(pages.attempt_page, attempt_id=attempt.id).questions)


def test_handing_in_scores_what_stands_once_and_becomes_evidence(house: House) -> None:
    one = sitting(house)
    attempt = one.start()
    for position, raw in list(one.right(attempt).items())[:3]:
        one.say(attempt, position, raw)
    done = one.submit(attempt, MINUTE)
    again = one.submit(attempt, timedelta(hours=1))
    assert (done.score, done.passed, done.submitted_at) == (0.75, True, house.noon + MINUTE)
    assert (again.score, again.submitted_at) == (done.score, done.submitted_at)
    (fact,) = one.see(lambda session, actor, now: list_ledger(session, actor=actor, person_id=one.person.id))
    assert (fact.competency, fact.level, fact.score, fact.outcome, fact.pass_mark) == (
        "B4",
        2,
        0.75,
        "passed",
        0.5,
    )


def test_a_lesson_quiz_becomes_no_evidence_and_a_failure_does(house: House) -> None:
    quiz, final = sitting(house, "purpose: lesson\n"), sitting(house)
    for one in (quiz, final):
        one.submit(one.start())
    ledgers = [
        one.see(lambda session, actor, now: list_ledger(session, actor=actor, person_id=actor.person_id))
        for one in (quiz, final)
    ]
    assert ledgers[0] == []
    assert [fact.outcome for fact in ledgers[1]] == ["failed"]


CRITICAL = """
- key: t01-critical
  kind: truefalse
  stem: Is it right to read a card number aloud?
  objective: greet
  competency: B4
  critical: true
  answer: false
  why: {true: "Never.", false: "Never indeed."}
"""


def test_a_critical_question_missed_fails_the_attempt_whatever_the_score(house: House) -> None:
    one = sitting(house, "draws: [{count: 1, critical: true}, {count: 3, critical: false}]\n", CRITICAL)
    attempt = one.start()
    critical = next(row.position for row in one.asked(attempt) if row.version.document.get("critical"))
    for position, raw in one.right(attempt).items():
        one.say(attempt, position, {"answer": ["true"]} if position == critical else raw)
    done = one.submit(attempt)
    assert (done.score, done.passed, done.critical_missed) == (0.75, False, True)
    assert one.see(pages.result_page, attempt_id=attempt.id).critical_missed == 1


def test_a_result_counts_what_had_to_be_right_and_was_not(house: House) -> None:
    both = CRITICAL + CRITICAL.replace("t01-critical", "t01-critical-too")
    one = sitting(house, "draws: [{count: 2, critical: true}, {count: 2, critical: false}]\n", both)
    attempt = one.start()
    for row in one.asked(attempt):
        if row.version.document.get("critical"):
            one.say(attempt, row.position, {"answer": ["true"]})
    one.submit(attempt)
    assert one.see(pages.result_page, attempt_id=attempt.id).critical_missed == 2


def test_an_answer_after_the_end_is_kept_and_not_counted_and_the_page_says_why(house: House) -> None:
    one = sitting(house)
    attempt = one.start()
    one.submit(attempt)
    late = one.say(attempt, 1, one.right(attempt)[1], after=MINUTE, device_at=house.noon - MINUTE)
    assert (late.counted, late.because) == (False, "after_submit")
    result = one.see(pages.result_page, attempt_id=attempt.id)
    assert [(row.position, row.kept_because, row.device_at) for row in result.kept] == [
        (1, "after_submit", house.noon - MINUTE)
    ]
    assert (result.attempt.score, result.right) == (0.0, 0.0)


def test_an_answer_within_the_grace_counts_and_one_after_it_is_kept(house: House) -> None:
    one = sitting(house, LIMIT)
    attempt = one.start()
    assert attempt.deadline_at == house.noon + 10 * MINUTE
    assert one.say(attempt, 1, one.right(attempt)[1], after=timedelta(minutes=10, seconds=29)).counted
    late = one.say(attempt, 1, one.wrong(attempt, 1), sequence=5, after=timedelta(minutes=10, seconds=31))
    assert (late.counted, late.because) == (False, "after_deadline")
    assert one.submit(attempt, timedelta(minutes=11)).score == 0.25


def test_more_time_is_given_to_whoever_needs_it(house: House) -> None:
    one = sitting(house, LIMIT)
    with house.writing(one.person.firm_id) as session:
        session.get_one(Person, one.person.id).time_factor = 1.5
    assert one.start().deadline_at == house.noon + 15 * MINUTE


def test_an_attempt_whose_time_ran_out_is_closed_and_scored_when_the_next_begins(house: House) -> None:
    one = sitting(house, LIMIT)
    first = one.start()
    one.say(first, 1, one.right(first)[1])
    second = one.start(after=timedelta(hours=1))
    assert second.id != first.id
    result = one.see(pages.result_page, attempt_id=first.id)
    assert (result.attempt.score, result.attempt.submitted_at) == (0.25, house.noon + timedelta(hours=1))


def test_attempts_run_out_and_need_their_pause(house: House) -> None:
    one = sitting(house, "attempts: {allowed: 2, gap_hours: 24}\n")
    one.submit(one.start())
    with pytest.raises(Conflict, match="after a pause"):
        one.start(after=timedelta(hours=23))
    door = one.see(pages.door_page, assessment_id=one.assessment_id)
    assert door.refused.since == house.noon + timedelta(hours=24)
    second = one.start(after=timedelta(hours=24))
    assert one.see(pages.door_page, assessment_id=one.assessment_id).refused is None
    one.submit(second, timedelta(hours=25))
    with pytest.raises(Conflict, match="used all your attempts"):
        one.start(after=timedelta(days=9))


def test_an_attempt_stays_on_the_questions_it_was_begun_with_when_the_course_is_published_anew(
    house: House,
) -> None:
    one = sitting(house)
    attempt = one.start()
    before = [(row.version.id, row.row.variant) for row in one.asked(attempt)]
    author = house.person(one.person.firm_id, Role.TRAINER)
    package = changed()
    files = dict(package.files)
    files["questions/bank.yaml"] = (
        files["questions/bank.yaml"].replace("Greeting", "Hello").replace("t01-q6", "t01-q7")
    )
    house.act(
        author,
        courses.publish_package,
        package=understand(files, package.media, []),
        storage=house.app.extensions["storage"],
        note="",
    )
    assert [(row.version.id, row.row.variant) for row in one.asked(attempt)] == before
    for position, raw in one.right(attempt).items():
        one.say(attempt, position, raw)
    assert one.submit(attempt).score == 1.0
    assert {row.version.number for row in one.asked(one.start())} <= {1, 2}


def test_a_bank_with_too_few_questions_left_lets_nobody_begin(house: House) -> None:
    one = sitting(house)
    with house.writing(one.person.firm_id) as session:
        for row in session.scalars(select(Question).limit(3)):
            row.live_version_id = None
    with pytest.raises(Conflict, match="too few questions"):
        one.start()


@pytest.mark.parametrize(
    ("feedback", "passes", "shown"),
    [
        ("after_submit", False, True),
        ("after_pass", False, False),
        ("after_pass", True, True),
        ("never", True, False),
    ],
)
def test_the_result_shows_the_key_when_the_author_says(
    house: House, feedback: str, passes: bool, shown: bool
) -> None:
    one = sitting(house, f"feedback: {feedback}\n")
    attempt = one.start()
    if passes:
        for position, raw in one.right(attempt).items():
            one.say(attempt, position, raw)
    with pytest.raises(NotFound):
        one.see(pages.result_page, attempt_id=attempt.id)
    one.submit(attempt)
    result = one.see(pages.result_page, attempt_id=attempt.id)
    assert result.shows_key is shown
    assert all(
        (row.answer is not None) is shown and (row.mark is not None) is shown for row in result.questions
    )
    assert ("SECRET-KEY" in str(result.questions)) is shown


def test_the_page_of_an_attempt_holds_no_key_and_tells_the_time_left(house: House) -> None:
    one = sitting(house, LIMIT)
    attempt = one.start()
    one.say(attempt, 1, one.right(attempt)[1])
    page = one.see(
        pages.attempt_page, attempt_id=attempt.id, now=house.noon + timedelta(minutes=2, seconds=1)
    )
    assert "SECRET-KEY" not in str(page.questions)
    assert (page.minutes_left, page.time_up, page.resume) == (8, False, 2)
    assert one.see(pages.attempt_page, attempt_id=attempt.id, now=house.noon + 10 * MINUTE).time_up


def test_the_door_and_the_results_know_what_is_under_way_and_what_was_passed(house: House) -> None:
    one = sitting(house)

    def result() -> Any:
        found = one.see(lambda session, actor, now: queries.list_results(session, actor=actor))
        return found[one.assessment_id]

    attempt = one.start()
    assert one.see(pages.door_page, assessment_id=one.assessment_id).under_way.id == attempt.id
    assert (result().under_way, result().passed, result().attempts, result().last_at) == (
        attempt.id,
        False,
        1,
        None,
    )
    for position, raw in one.right(attempt).items():
        one.say(attempt, position, raw)
    one.submit(attempt)
    one.start()
    assert (result().passed, result().attempts, result().last_at) == (True, 2, house.noon)
    with pytest.raises(NotFound):
        one.see(pages.door_page, assessment_id=uuid.uuid4())


def test_publishing_again_keeps_the_versions_of_what_is_the_same(house: House, tmp_path: Path) -> None:
    author = house.person(house.firm("Authors"), Role.TRAINER)
    course_id = course(house, author=author)

    def live() -> dict[str, tuple[uuid.UUID, int]]:
        with house.writing() as session:
            rows = session.execute(
                select(Question.key, QuestionVersion.id, QuestionVersion.number)
                .join(QuestionVersion, QuestionVersion.id == Question.live_version_id)
                .where(Question.course_id == course_id)
            )
            return {row.key: (row.id, row.number) for row in rows}

    first = live()
    package = changed()
    files = dict(package.files)
    files["questions/bank.yaml"] = files["questions/bank.yaml"].replace("Greeting 1", "Hello 1")
    files["questions/bank.yaml"] = files["questions/bank.yaml"].split("- key: t01-q6")[0]
    house.act(
        author,
        courses.publish_package,
        package=understand(files, package.media, []),
        storage=house.app.extensions["storage"],
        note="",
    )
    second = live()
    assert second["t01-q1"][1] == 2
    assert second["t01-q2"] == first["t01-q2"]
    assert "t01-q6" not in second
    course(house, author=author)
    assert live() == first
