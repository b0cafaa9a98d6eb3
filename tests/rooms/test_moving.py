"""A course is published again with people at every stage of it: each keeps what the choice promises."""

import shutil
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from lms.assessments import services as assessments
from lms.courses import services as courses
from lms.courses.models import Course, CourseVersion
from lms.courses.packages import Package, read_folder, understand
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.learning import pages, services
from lms.learning.models import CardFact, Enrolment, LessonProgress
from lms.learning.services import FinishedCard, moving
from lms.people.models import Employment
from lms.people.services.audit import first_broken_entry
from lms.tracks.queries import list_ledger
from tests.house import SAMPLE_COURSE, House, Someone
from tests.rooms.test_learning import CARDS, passed

LESSONS = ("stays", "changes", "goes")


def package(version: int, completion: str = "{lessons: all, assessment: final}") -> Package:
    """The first version has the lessons stays, changes, goes; the second stays, changes (its middle card), comes."""
    whole = read_folder(SAMPLE_COURSE)
    text = whole.files["lessons/hello.md"]
    keys = LESSONS if version == 1 else ("stays", "changes", "comes")
    files = {name: content for name, content in whole.files.items() if name != "lessons/hello.md"}
    for key in keys:
        files[f"lessons/{key}.md"] = text.replace("t01-check", f"{key}-check").replace(
            "title: Hello", f"title: {key}"
        )
    if version == 2:
        files["lessons/changes.md"] = files["lessons/changes.md"].replace("Good morning.", "Good evening.")
    files["course.yaml"] = (
        files["course.yaml"]
        .replace("lessons: [hello]", f"lessons: [{', '.join(keys)}]")
        .replace("completion: {lessons: all, assessment: final}", f"completion: {completion}")
    )
    return understand(files, whole.media, [])


@dataclass
class Firm:
    """A firm with a trainer whose course has one version, and then a second."""

    house: House
    trainer: Someone
    course_id: uuid.UUID = field(default_factory=uuid.uuid4)

    def publish(self, version: int, completion: str = "{lessons: all, assessment: final}") -> uuid.UUID:
        made, _new = self.house.act(
            self.trainer,
            courses.publish_package,
            package=package(version, completion),
            storage=self.house.app.extensions["storage"],
            note=str(version),
        )
        self.course_id = made.course_id
        return made.id

    def version(self, number: int) -> uuid.UUID:
        with self.house.writing() as session:
            return session.scalars(
                select(CourseVersion.id).where(
                    CourseVersion.course_id == self.course_id, CourseVersion.number == number
                )
            ).one()

    def learner(self, name: str = "") -> Someone:
        return self.house.person(self.trainer.firm_id, name=name)

    def finish(
        self, who: Someone, *cards: str, version: uuid.UUID | None = None, fact_id: uuid.UUID | None = None
    ) -> services.Place:
        """Finish cards, each as lesson/card."""
        place = None
        for one in cards:
            lesson, card = one.split("/")
            fact = FinishedCard(fact_id or uuid.uuid4(), self.course_id, lesson, card, version_id=version)
            place = self.house.act(who, services.finish_card, fact=fact)
        assert place is not None
        return place

    def whole(self, who: Someone, *lessons: str) -> services.Place:
        return self.finish(who, *(f"{lesson}/{card}" for lesson in lessons for card in CARDS))

    def move(self, by: Someone | None = None, **choices: str) -> Any:
        return self.house.act(
            by or self.trainer,
            moving.move_people,
            course_id=self.course_id,
            version_id=self.version(1),
            choices=choices,
        )

    def undo(self, move_id: uuid.UUID, by: Someone | None = None) -> int:
        count: int = self.house.act(by or self.trainer, moving.undo_move, move_id=move_id)
        return count

    def page(self, who: Someone) -> Any:
        with self.house.writing(who.firm_id) as session:
            return pages.course_page(
                session, actor=self.house.actor(who), course_id=self.course_id, now=self.house.noon
            )

    def states(self, who: Someone) -> dict[str, str]:
        return {one.key: one.state for one in self.page(who).lessons}

    def resume(self, who: Someone, lesson: str) -> str:
        with self.house.writing(who.firm_id) as session:
            page = pages.lesson_page(
                session, actor=self.house.actor(who), course_id=self.course_id, lesson_key=lesson
            )
            return page.resume

    def on(self, who: Someone) -> int:
        return int(self.page(who).version.number)

    def rows(self, who: Someone) -> list[Any]:
        """Everything about a person's learning that is not a fact."""
        with self.house.writing(who.firm_id) as session:
            progress = session.scalars(
                select(LessonProgress)
                .where(LessonProgress.firm_id == who.firm_id, LessonProgress.person_id == who.id)
                .order_by(LessonProgress.lesson_key)
            )
            enrolment = session.scalars(
                select(Enrolment).where(Enrolment.firm_id == who.firm_id, Enrolment.person_id == who.id)
            ).one()
            return [
                (enrolment.version_id, enrolment.lessons_done_at, enrolment.completed_at),
                *((row.lesson_key, row.card_key, row.completed_at) for row in progress),
            ]


@pytest.fixture
def firm(house: House) -> Firm:
    made = Firm(house, house.person(house.firm(), Role.TRAINER, name="Tania Trainer"))
    made.publish(1)
    return made


def test_whoever_is_not_moved_finishes_on_the_version_they_began(firm: Firm) -> None:
    who = firm.learner()
    firm.whole(who, "stays")
    firm.publish(2)
    assert firm.on(who) == 1
    assert firm.states(who) == {"stays": "done", "changes": "open", "goes": "open"}


def test_whoever_has_done_nothing_of_what_changed_just_goes_on(firm: Firm) -> None:
    who = firm.learner()
    firm.finish(who, "stays/hook")
    firm.publish(2)
    firm.move()
    assert firm.states(who) == {"stays": "begun", "changes": "open", "comes": "open"}
    assert firm.resume(who, "stays") == "say"
    assert firm.finish(who, "stays/say", "stays/next-call").lesson_done, "the first card still counts"


@pytest.mark.parametrize(
    ("choice", "state", "resume"),
    [("counts", "done", "hook"), ("new-only", "begun", "say"), ("again", "begun", "hook")],
)
def test_a_done_lesson_that_changed_is_kept_as_chosen(
    firm: Firm, choice: str, state: str, resume: str
) -> None:
    who = firm.learner()
    firm.whole(who, "stays", "changes")
    firm.publish(2)
    firm.move(changes=choice)
    assert firm.states(who) == {"stays": "done", "changes": state, "comes": "open"}
    assert firm.resume(who, "changes") == resume


def test_only_what_is_new_is_one_card_and_then_the_lesson_is_done_again(firm: Firm) -> None:
    who = firm.learner()
    firm.whole(who, "changes")
    firm.publish(2)
    firm.move(changes="new-only")
    assert firm.finish(who, "changes/say").lesson_done


def test_all_of_it_again_is_all_of_it(firm: Firm) -> None:
    who = firm.learner()
    firm.whole(who, "changes")
    firm.publish(2)
    firm.move(changes="again")
    assert not firm.finish(who, "changes/hook", "changes/next-call").lesson_done
    assert firm.finish(who, "changes/say").lesson_done


def test_in_the_middle_of_a_changed_lesson_the_cards_that_are_the_same_count(firm: Firm) -> None:
    who = firm.learner()
    firm.finish(who, "changes/hook", "changes/say")
    firm.publish(2)
    firm.move(changes="new-only")
    assert firm.resume(who, "changes") == "say"
    assert firm.finish(who, "changes/say", "changes/next-call").lesson_done


def test_a_lesson_taken_out_is_asked_of_nobody_and_its_facts_stay(firm: Firm) -> None:
    who = firm.learner()
    firm.whole(who, "goes")
    firm.publish(2)
    firm.move()
    assert "goes" not in firm.states(who)
    with firm.house.writing(who.firm_id) as session:
        kept = session.scalars(
            select(CardFact.card_key).where(
                CardFact.firm_id == who.firm_id, CardFact.person_id == who.id, CardFact.lesson_key == "goes"
            )
        ).all()
    assert sorted(kept) == sorted(CARDS)


def test_whoever_completed_the_course_stays_completed_where_they_were(firm: Firm) -> None:
    who, other = firm.learner(), firm.learner()
    firm.whole(who, *LESSONS)
    passed(firm.house, who, firm.course_id)
    firm.finish(other, "stays/hook")
    firm.publish(2)
    before = firm.rows(who)
    assert firm.move().people == 1
    assert firm.rows(who) == before
    assert before[0][2] is not None


def test_a_move_that_takes_out_the_last_open_lesson_completes_the_course_and_writes_its_evidence(
    house: House,
) -> None:
    firm = Firm(house, house.person(house.firm(), Role.TRAINER))
    firm.publish(1, "{lessons: 2}")
    who = firm.learner()
    firm.finish(who, "stays/hook")
    firm.whole(who, "changes")
    firm.publish(2, "{lessons: 1}")
    firm.move(changes="counts")
    assert firm.page(who).enrolment.completed_at == house.noon
    with house.writing(who.firm_id) as session:
        ledger = list_ledger(session, actor=house.actor(who), person_id=who.id)
    assert {one.kind.value for one in ledger} == {"course"}


def test_all_lessons_done_and_the_final_open_is_all_lessons_but_the_new_one(firm: Firm) -> None:
    who = firm.learner()
    firm.whole(who, *LESSONS)
    firm.publish(2)
    firm.move(changes="counts")
    assert firm.states(who) == {"stays": "done", "changes": "done", "comes": "open"}
    assert not firm.page(who).enrolment.lessons_done_at
    firm.whole(who, "comes")
    assert firm.page(who).enrolment.lessons_done_at


def test_an_open_attempt_goes_on_with_its_questions_and_its_pass_counts_after_the_move(firm: Firm) -> None:
    who = firm.learner()
    firm.whole(who, "stays", "changes")
    attempt_id = uuid.uuid4()
    assessment_id = firm.house.assessment(firm.course_id)
    firm.house.act(who, assessments.start_attempt, assessment_id=assessment_id, attempt_id=attempt_id)
    firm.publish(2)
    firm.move(changes="counts")
    for position, raw in firm.house.right_answers(who, attempt_id).items():
        given = assessments.Given(uuid.uuid4(), attempt_id, position, raw, 1, None)
        firm.house.act(who, assessments.record_response, given=given)
    firm.house.act(who, assessments.submit_attempt, attempt_id=attempt_id)
    assert not firm.page(who).enrolment.completed_at
    assert firm.whole(who, "comes").course_done


def test_a_final_passed_before_the_move_still_counts(firm: Firm) -> None:
    who = firm.learner()
    passed(firm.house, who, firm.course_id)
    firm.whole(who, "stays")
    firm.publish(2)
    firm.move()
    assert firm.whole(who, "changes", "comes").course_done


def test_a_page_of_the_earlier_version_still_keeps_what_it_sends_and_leads_on(firm: Firm) -> None:
    who = firm.learner()
    firm.finish(who, "changes/hook", "goes/hook")
    old = firm.version(1)
    firm.publish(2)
    firm.move(changes="new-only")
    place = firm.finish(who, "changes/say", version=old)
    assert place.card_key == "say", "the new text of this card is still to be read"
    assert not place.lesson_done
    gone = firm.finish(who, "goes/say", version=old)
    assert (gone.card_key, gone.lesson_done) == ("", True)
    with firm.house.writing(who.firm_id) as session:
        kept = session.scalars(
            select(CardFact.version_id).where(
                CardFact.firm_id == who.firm_id, CardFact.person_id == who.id, CardFact.card_key == "say"
            )
        ).all()
    assert kept == [old, old]


def test_a_version_the_person_never_left_is_not_believed(firm: Firm) -> None:
    who = firm.learner()
    firm.publish(2)
    place = firm.finish(who, "changes/hook", version=firm.version(1))
    assert place.card_key == "say", "it counts on the version they are on"
    with pytest.raises(NotFound):
        firm.finish(who, "goes/hook", version=firm.version(1))


def test_a_repeat_of_a_fact_after_the_move_changes_nothing(firm: Firm) -> None:
    who, fact_id = firm.learner(), uuid.uuid4()
    firm.finish(who, "changes/hook", fact_id=fact_id)
    firm.publish(2)
    firm.move(changes="again")
    before = firm.rows(who)
    firm.finish(who, "changes/hook", version=firm.version(1), fact_id=fact_id)
    assert firm.rows(who) == before


def test_the_preview_is_what_the_move_does_and_writes_nothing(firm: Firm) -> None:
    ana, ben = firm.learner("Ana Chi"), firm.learner("Ben Dool")
    firm.whole(ana, "stays", "changes")
    firm.finish(ben, "goes/hook")
    firm.publish(2)
    before = firm.rows(ana), firm.rows(ben)
    plan = firm.house.act(
        firm.trainer,
        moving.plan_move,
        course_id=firm.course_id,
        version_id=firm.version(1),
        choices={"changes": "new-only"},
    )
    assert (firm.rows(ana), firm.rows(ben)) == before
    assert [(one.name, one.before, one.after, one.again) for one in plan.effects] == [
        ("Ana Chi", (2, 3), (1, 3), ("changes",)),
        ("Ben Dool", (0, 3), (0, 3), ()),
    ]
    firm.move(changes="new-only")
    assert [one.state for one in firm.page(ana).lessons] == ["done", "begun", "open"]


@pytest.mark.parametrize("choice", ["counts", "new-only", "again"])
def test_undoing_at_once_leaves_no_trace_but_the_log(firm: Firm, choice: str) -> None:
    people = [firm.learner() for _ in range(4)]
    firm.whole(people[0], *LESSONS)
    firm.whole(people[1], "changes")
    firm.finish(people[2], "changes/hook", "goes/hook")
    firm.finish(people[3], "stays/hook")
    firm.publish(2)
    before = [firm.rows(one) for one in people]
    move = firm.move(changes=choice)
    assert firm.undo(move.id) == 4
    assert [firm.rows(one) for one in people] == before
    assert firm.finish(people[2], "changes/say", "changes/next-call").lesson_done
    with firm.house.writing(firm.trainer.firm_id) as session:
        assert first_broken_entry(session, firm_id=firm.trainer.firm_id) is None


def test_what_was_done_since_counts_after_the_undo_where_the_card_is_the_same(firm: Firm) -> None:
    who = firm.learner()
    firm.finish(who, "stays/hook", "changes/hook")
    firm.publish(2)
    move = firm.move()
    firm.finish(who, "stays/say", "stays/next-call", "changes/say")
    firm.undo(move.id)
    assert firm.states(who) == {"stays": "done", "changes": "begun", "goes": "open"}
    assert firm.resume(who, "changes") == "say", "the earlier text of that card was not read"


def test_whoever_completed_since_the_move_stays_and_an_undo_is_done_once(firm: Firm) -> None:
    who, other = firm.learner(), firm.learner()
    for one in (who, other):
        firm.whole(one, "stays", "changes")
    firm.publish(2)
    move = firm.move(changes="counts")
    firm.whole(who, "comes")
    passed(firm.house, who, firm.course_id)
    assert firm.undo(move.id) == 1
    assert (firm.on(who), firm.on(other)) == (2, 1)
    with pytest.raises(Conflict):
        firm.undo(move.id)


def test_a_second_tap_moves_nobody_twice_and_the_live_version_is_no_place_to_leave(firm: Firm) -> None:
    firm.finish(firm.learner(), "stays/hook")
    with pytest.raises(Invalid):
        firm.move()
    firm.publish(2)
    firm.move()
    with pytest.raises(Conflict):
        firm.move()
    with pytest.raises(Invalid):
        firm.move(changes="sideways")


def test_a_leaver_is_left_alone(firm: Firm) -> None:
    who = firm.learner()
    firm.finish(who, "stays/hook")
    firm.publish(2)
    with firm.house.writing(who.firm_id) as session:
        row = session.scalars(
            select(Employment).where(Employment.firm_id == who.firm_id, Employment.person_id == who.id)
        ).one()
        row.ended_on = (firm.house.noon - timedelta(days=2)).date()
    with pytest.raises(Conflict):
        firm.move()


def test_a_firm_moves_its_own_people_only_even_in_the_associations_course(
    house: House, tmp_path: Path
) -> None:
    course_id = house.course()
    ours, theirs = house.firm("Ours"), house.firm("Theirs")
    trainer, here, there = house.person(ours, Role.TRAINER), house.person(ours), house.person(theirs)
    for one in (here, there):
        house.act(one, services.enrol, course_id=course_id)
    with house.writing() as session:
        first = session.get_one(Course, course_id).live_version_id
    later = tmp_path / "course"
    shutil.copytree(SAMPLE_COURSE, later)
    lesson = later / "lessons" / "hello.md"
    lesson.write_text(lesson.read_text().replace("Hi.", "Hey."))
    house.course(folder=later)
    move = house.act(trainer, moving.move_people, course_id=course_id, version_id=first, choices={})
    assert move.people == 1
    with house.writing(theirs) as session:
        left = session.scalars(select(Enrolment.version_id).where(Enrolment.firm_id == theirs)).one()
        assert left == first
    neighbour = house.person(theirs, Role.TRAINER)
    with pytest.raises(NotFound):
        house.act(neighbour, moving.undo_move, move_id=move.id)


@pytest.mark.parametrize("role", [Role.AGENT, Role.ASSESSOR])
def test_an_agent_and_an_assessor_move_nobody(firm: Firm, role: Role) -> None:
    firm.finish(firm.learner(), "stays/hook")
    firm.publish(2)
    other = firm.house.person(firm.trainer.firm_id, role)
    with pytest.raises(NotAllowed):
        firm.move(by=other)
