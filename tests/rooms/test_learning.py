"""Learning in a real session: cards and checks as facts with ids, completion, assigning, what a person sees."""

import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from inspect import signature
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lms.assessments import services as assessments
from lms.courses import services as courses
from lms.courses.packages import Package, read_folder, understand
from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.learning import pages, queries, services
from lms.learning.pages.today import Choice
from lms.learning.queries.calendar import find_day
from lms.learning.queries.due import list_due
from lms.learning.queries.pace import find_pace
from lms.learning.services import Checked, FinishedCard, Place, assigning
from lms.tracks.queries import list_ledger
from tests.house import C05, SAMPLE_COURSE, House, Someone

CARDS = ("hook", "say", "next-call")


def finish(
    house: House,
    person: Someone,
    course_id: uuid.UUID,
    card: str,
    *,
    id: uuid.UUID | None = None,
    lesson: str = "hello",
    later: timedelta = timedelta(),
) -> Place:
    """Tell that a card was finished."""
    fact = FinishedCard(id or uuid.uuid4(), course_id, lesson, card)
    place: Place = house.act(person, services.finish_card, fact=fact, now=house.noon + later)
    return place


def check(
    house: House,
    person: Someone,
    course_id: uuid.UUID,
    answer: str,
    id: uuid.UUID | None = None,
    key: str = "t01-check",
    later: timedelta = timedelta(),
) -> Checked:
    """Answer the check question of the sample lesson."""
    done: Checked = house.act(
        person,
        services.answer_check,
        course_id=course_id,
        lesson_key="hello",
        check_key=key,
        answer_id=id or uuid.uuid4(),
        raw={"answer": [answer]} if answer else {},
        now=house.noon + later,
    )
    return done


def passed(house: House, person: Someone, course_id: uuid.UUID) -> None:
    """Pass the final."""
    attempt = house.act(
        person, assessments.start_attempt, assessment_id=house.assessment(course_id), attempt_id=uuid.uuid4()
    )
    for position, raw in house.right_answers(person, attempt.id).items():
        given = assessments.Given(uuid.uuid4(), attempt.id, position, raw, 1, None)
        house.act(person, assessments.record_response, given=given)
    house.act(person, assessments.submit_attempt, attempt_id=attempt.id)


def look(house: House, person: Someone, question: Callable[..., Any], **said: Any) -> Any:
    """Ask as a person; `now` only where it is wanted."""
    wants_now = "now" in signature(question).parameters

    def ask(session: Session, actor: Actor, now: datetime) -> Any:
        return question(session, actor=actor, **said, **({"now": now} if wants_now else {}))

    return house.act(person, ask)


def changed(lesson_tail: str = "") -> Package:
    """The sample course with more in its lesson."""
    whole = read_folder(SAMPLE_COURSE)
    return understand(
        dict(whole.files) | {"lessons/hello.md": whole.files["lessons/hello.md"] + lesson_tail},
        whole.media,
        [],
    )


def publish(house: House, author: Someone, package: Package) -> uuid.UUID:
    """Publish a package as a firm's own course."""
    version, _new = house.act(
        author, courses.publish_package, package=package, storage=house.app.extensions["storage"], note=""
    )
    return version.course_id


# Cards


def test_each_card_leads_on_and_the_last_completes_the_lesson(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    places = [finish(house, person, course_id, card) for card in CARDS]
    assert [(place.card_key, place.lesson_done) for place in places] == [
        ("say", False),
        ("next-call", False),
        ("next-call", True),
    ]


def test_cards_may_arrive_in_any_order(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    assert [finish(house, person, course_id, card).lesson_done for card in ("next-call", "hook", "say")] == [
        False,
        False,
        True,
    ]


def test_a_card_told_twice_is_kept_once_and_changes_nothing(house: House) -> None:
    course_id, person, same = house.course(), house.person(house.firm()), uuid.uuid4()
    finish(house, person, course_id, "hook", id=same)
    finish(house, person, course_id, "say")
    again = finish(house, person, course_id, "hook", id=same, later=timedelta(hours=1))
    assert again == Place("next-call", lesson_done=False, course_done=False)
    (row,) = look(house, person, queries.list_progress)
    assert row.moved_at == house.noon


def test_an_id_that_is_another_cards_or_another_persons_is_a_conflict(house: House) -> None:
    course_id, firm, same = house.course(), house.firm(), uuid.uuid4()
    person, colleague = house.person(firm), house.person(firm)
    finish(house, person, course_id, "hook", id=same)
    for somebody, card in ((person, "say"), (colleague, "hook")):
        with pytest.raises(Conflict):
            finish(house, somebody, course_id, card, id=same)


@pytest.mark.parametrize(("lesson", "card"), [("gone", "hook"), ("hello", "gone")])
def test_a_lesson_or_a_card_that_is_not_there_is_not_found(house: House, lesson: str, card: str) -> None:
    course_id, person = house.course(), house.person(house.firm())
    with pytest.raises(NotFound):
        finish(house, person, course_id, card, lesson=lesson)


def test_another_firms_course_is_not_found_and_the_association_itself_does_not_learn(house: House) -> None:
    author = house.person(house.firm("Theirs"), Role.TRAINER)
    theirs = publish(house, author, changed())
    stranger = house.person(house.firm("Mine"))
    officer = house.person(house.firm("Association two"), Role.ASSOCIATION)
    with pytest.raises(NotFound):
        finish(house, stranger, theirs, "hook")
    for page in (pages.course_page, pages.lesson_page):
        said = {"course_id": theirs} | ({"lesson_key": "hello"} if page is pages.lesson_page else {})
        with pytest.raises(NotFound):
            look(house, stranger, page, **said)
    with pytest.raises(NotAllowed):
        finish(house, officer, house.course(), "hook")


# Completion


@pytest.mark.parametrize("pass_first", [True, False])
def test_a_course_is_complete_once_its_lessons_are_done_and_its_final_is_passed_in_either_order(
    house: House, pass_first: bool
) -> None:
    course_id, person = house.course(), house.person(house.firm())
    if pass_first:
        passed(house, person, course_id)
    places = [finish(house, person, course_id, card) for card in CARDS]
    assert places[-1].course_done is pass_first
    if not pass_first:
        passed(house, person, course_id)
    page = look(house, person, pages.course_page, course_id=course_id)
    assert page.enrolment.completed_at == house.noon
    assert (page.done, page.next) == (1, None)
    kinds = [fact.kind for fact in look(house, person, list_ledger, person_id=person.id)]
    assert sorted(kinds) == ["assessment", "course", "course"]


def test_a_course_completed_again_becomes_evidence_once(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    for card in CARDS:
        finish(house, person, course_id, card)
    passed(house, person, course_id)
    passed(house, person, course_id)
    kinds = [fact.kind for fact in look(house, person, list_ledger, person_id=person.id)]
    assert kinds.count("course") == 2  # for the rung, and for its one competency


def test_a_failed_final_or_one_by_somebody_not_enrolled_completes_nothing(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    finish(house, person, course_id, "hook")
    attempt = house.act(
        person, assessments.start_attempt, assessment_id=house.assessment(course_id), attempt_id=uuid.uuid4()
    )
    house.act(person, assessments.submit_attempt, attempt_id=attempt.id)
    other = house.person(person.firm_id)
    passed(house, other, course_id)
    assert look(house, person, pages.course_page, course_id=course_id).enrolment.completed_at is None
    assert look(house, other, pages.course_page, course_id=course_id).enrolment is None


# A new version


def test_whoever_began_stays_on_their_version_and_hears_of_the_newer_one(house: House) -> None:
    firm = house.firm()
    author, person, newcomer = house.person(firm, Role.TRAINER), house.person(firm), house.person(firm)
    course_id = publish(house, author, changed())
    finish(house, person, course_id, "hook")
    publish(house, author, changed("\n## One more {#more}\n\nWords.\n"))
    old, new = (
        look(house, one, pages.lesson_page, course_id=course_id, lesson_key="hello")
        for one in (person, newcomer)
    )
    assert ([len(page.cards) for page in (old, new)], old.resume) == ([3, 4], "say")
    assert look(house, person, pages.course_page, course_id=course_id).newer
    assert not look(house, newcomer, pages.course_page, course_id=course_id).newer


# Checks


def test_a_check_is_explained_at_once_and_kept(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    right = check(house, person, course_id, "a").answer["right"][0]
    done = check(house, person, course_id, right, later=timedelta(seconds=9))
    assert (done.mark.score, done.key) == (1.0, "t01-check")
    page = look(house, person, pages.lesson_page, course_id=course_id, lesson_key="hello")
    (shown,) = [part["check"] for card in page.cards for part in card["parts"] if "check" in part]
    assert (shown["given"], shown["mark"].score) == ({"ref": right}, 1.0)


def test_a_check_not_answered_yet_shows_no_key(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    page = look(house, person, pages.lesson_page, course_id=course_id, lesson_key="hello")
    (shown,) = [part["check"] for card in page.cards for part in card["parts"] if "check" in part]
    assert set(shown) == {"key", "ask", "given", "half"}
    assert "Too soon" not in str(page.cards)


def test_a_checks_answer_sent_twice_is_kept_once_with_the_first_answer(house: House) -> None:
    course_id, person, same = house.course(), house.person(house.firm()), uuid.uuid4()
    first = check(house, person, course_id, "a", same)
    assert check(house, person, course_id, "b", same).given == first.given
    with pytest.raises(Conflict):
        check(house, house.person(person.firm_id), course_id, "b", same)


@pytest.mark.parametrize(
    ("answer", "key", "error"),
    [("", "t01-check", Invalid), ("z", "t01-check", Invalid), ("a", "gone", NotFound)],
)
def test_a_check_that_cannot_be_taken_is_refused(
    house: House, answer: str, key: str, error: type[Exception]
) -> None:
    course_id, person = house.course(), house.person(house.firm())
    with pytest.raises(error):
        check(house, person, course_id, answer, key=key)


# Assigning


def assign(house: House, by: Someone, course_id: uuid.UUID, **said: Any) -> Any:
    """Say that somebody must take a course."""
    whole = {"team_id": None, "person_id": None, "due_on": None, "note": ""} | said
    return house.act(by, assigning.assign, course_id=course_id, **whole)


def due(house: House, person: Someone) -> list[date | None]:
    """When a person's assigned courses are due."""
    day = house.act(person, find_day)
    return [one.due_on for one in look(house, person, list_due, person_id=person.id, day=day)]


def test_a_course_is_assigned_to_a_person_or_a_team_and_only_they_see_it(house: House) -> None:
    firm = house.firm()
    team = house.team(firm)
    course_id = house.course()
    trainer, member, other = (
        house.person(firm, Role.TRAINER),
        house.person(firm, team_id=team),
        house.person(firm),
    )
    assign(house, trainer, course_id, team_id=team, due_on=date(2026, 3, 9))
    assign(house, trainer, course_id, person_id=member.id, due_on=date(2026, 3, 4))
    assign(house, trainer, course_id, person_id=other.id)
    assert due(house, member) == [date(2026, 3, 4), date(2026, 3, 9)]
    assert due(house, other) == [None]


def test_a_lead_assigns_to_their_own_team_and_nobody_else_does(house: House) -> None:
    firm = house.firm()
    lead = house.person(firm)
    team, other_team = house.team(firm, lead=lead), house.team(firm, "Sales")
    course_id = house.course()
    mine, theirs = house.person(firm, team_id=team), house.person(firm, team_id=other_team)
    assign(house, lead, course_id, team_id=team)
    assign(house, lead, course_id, person_id=mine.id)
    for said in ({"team_id": other_team}, {"person_id": theirs.id}):
        with pytest.raises(NotAllowed):
            assign(house, lead, course_id, **said)
    with pytest.raises(NotAllowed):
        assign(house, mine, course_id, person_id=theirs.id)


def test_what_cannot_be_assigned_is_refused(house: House) -> None:
    firm = house.firm()
    trainer, person, stranger = (
        house.person(firm, Role.TRAINER),
        house.person(firm),
        house.person(house.firm("Else")),
    )
    team, course_id = house.team(firm), house.course()
    for error, course, said in (
        (Invalid, course_id, {}),
        (Invalid, course_id, {"team_id": team, "person_id": person.id}),
        (Invalid, course_id, {"person_id": person.id, "due_on": date(2026, 3, 1)}),
        (NotFound, course_id, {"person_id": stranger.id}),
        (NotFound, course_id, {"team_id": uuid.uuid4()}),
        (NotFound, uuid.uuid4(), {"person_id": person.id}),
    ):
        with pytest.raises(error):
            assign(house, trainer, course, **said)


# Today


def today(house: House, person: Someone, minutes: int = 10) -> Any:
    """Today's page."""
    return house.act(person, pages.today_page, choice=Choice(minutes))


def test_today_offers_what_fits_and_says_why(house: House) -> None:
    firm = house.firm()
    course_id, manager, person = house.course(), house.person(firm, Role.MANAGER), house.person(firm)

    def why() -> list[str]:
        return [one.reason for one in today(house, person).session.items]

    assert why() == ["new"]
    house.act(person, services.enrol, course_id=course_id)
    assert why() == ["next"]
    assign(house, manager, course_id, person_id=person.id, due_on=date(2026, 3, 2))
    assert why() == ["assigned"]
    late = house.act(person, pages.today_page, choice=Choice(10), now=house.noon + timedelta(days=1))
    assert [one.reason for one in late.session.items] == ["overdue"]
    finish(house, person, course_id, "hook")
    assert why() == ["begun"]
    page = today(house, person)
    assert ([one.title for one in page.taken], len(page.due), page.session.minutes) == (["Say hello"], 1, 3)
    assert today(house, person, 1).session.items == ()


def test_what_is_completed_is_offered_no_more(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    for card in CARDS:
        finish(house, person, course_id, card)
    assert today(house, person).session.items == ()
    assert len(today(house, person).taken) == 1
    passed(house, person, course_id)
    page = today(house, person)
    assert (list(page.taken), list(page.due), page.session.items) == ([], [], ())


def test_a_finished_lesson_begins_at_its_first_card_again(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    for card in CARDS:
        finish(house, person, course_id, card)
    page = look(house, person, pages.lesson_page, course_id=course_id, lesson_key="hello")
    assert (page.resume, page.finished) == ("hook", 0)
    with pytest.raises(NotFound):
        look(house, person, pages.lesson_page, course_id=course_id, lesson_key="gone")


def test_a_lesson_that_does_not_fit_is_cut_and_what_is_left_counts_its_cards(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    finish(house, person, course_id, "hook")
    (piece,) = today(house, person, 3).session.items
    assert (piece.is_piece, piece.count, piece.of) == (True, 1, 2)


def test_a_course_that_the_next_rung_asks_for_comes_before_other_new_ones(house: House) -> None:
    house.course()
    house.course(folder=C05)
    person = house.person(house.firm())
    first = today(house, person, 15).session.items[0]
    assert (first.reason, bool(first.for_what)) == ("gap", True)


def test_cards_that_are_due_open_the_session(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    for card in CARDS:
        finish(house, person, course_id, card)
    page = house.act(person, pages.today_page, choice=Choice(10), now=house.noon + timedelta(days=1))
    assert next((one.kind, one.count) for one in page.session.items) == ("review", 1)


def test_a_lessons_time_is_measured_once_and_moves_the_next_estimate(house: House) -> None:
    course_id, firm = house.course(), house.firm()
    slow, other = house.person(firm), house.person(firm)

    def pace(person: Someone) -> Any:
        return look(house, person, find_pace, course_ids=[course_id])

    for number, card in enumerate(CARDS):
        finish(house, slow, course_id, card, later=timedelta(minutes=4 * number))
    assert pace(slow).own > 0
    assert pace(other).own == 0.0
    assert pace(other).lesson((course_id, "hello")).shift > 0
    assert pace(other).seconds((course_id, "hello"), 4) > 240
    assert look(house, house.person(house.firm("Else")), find_pace, course_ids=[course_id]).lessons == {}


def test_the_cards_of_a_lesson_that_is_not_finished_tell_of_its_persons_pace_alone(house: House) -> None:
    course_id, firm = house.course(), house.firm()
    slow, other = house.person(firm), house.person(firm)
    for number, card in enumerate(CARDS[:-1]):
        finish(house, slow, course_id, card, later=timedelta(minutes=4 * number))
    lesson = (course_id, "hello")

    def pace(person: Someone, cards: dict[Any, float]) -> Any:
        return look(house, person, find_pace, course_ids=[course_id], cards=cards)

    known = pace(slow, {lesson: 60.0})
    assert (known.own > 0, known.seen, known.seconds(lesson, 1) > 60) == (True, 1, True)
    assert pace(slow, {}).lessons == pace(other, {lesson: 60.0}).lessons == {}
