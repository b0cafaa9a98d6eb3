"""Review cards in a real session: where they come from, first arrivals, the word on an answer, leave, limits, the wall."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.assessments import services as assessments
from lms.assessments.kinds import kind_of
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.learning.models import ReviewCard, ReviewLog
from lms.learning.pages.memory import ReviewPage, answered_page, review_page
from lms.learning.queries.memory import find_document, list_put_aside
from lms.learning.queries.pace import find_pace
from lms.learning.rules.memory import Because
from lms.learning.rules.pace import CARD_SECONDS
from lms.learning.rules.running import Terms
from lms.learning.services import memory
from lms.learning.services.keeping_days import change_terms
from lms.learning.services.memory import Answered, Reviewed
from lms.people.rules import TimeAway
from lms.people.services.away import enter_leave
from tests.house import House, Someone
from tests.rooms.test_learning import CARDS, finish

DAY = timedelta(days=1)


def cards(house: House, person: Someone) -> list[ReviewCard]:
    with house.writing(person.firm_id) as session:
        found = list(
            session.scalars(
                select(ReviewCard)
                .where(ReviewCard.firm_id == person.firm_id, ReviewCard.person_id == person.id)
                .order_by(ReviewCard.key)
            )
        )
        session.expunge_all()
        return found


def learnt(house: House, firm: str = "Toucan Connect") -> tuple[Someone, ReviewCard]:
    """Somebody who completed the sample lesson, and the card of its check question."""
    course_id, person = house.course(), house.person(house.firm(firm))
    for card in CARDS:
        finish(house, person, course_id, card)
    (card,) = cards(house, person)
    return person, card


def look(house: House, person: Someone, days: int = 0, until: int | None = None) -> ReviewPage:
    page: ReviewPage = house.act(person, review_page, until=until, now=house.noon + days * DAY)
    return page


def answer(
    house: House,
    person: Someone,
    card: ReviewCard,
    *,
    right: bool = True,
    days: int = 1,
    id: uuid.UUID | None = None,
    **said: Any,
) -> Reviewed:
    """Answer the card's question rightly or wrongly."""
    page = look(house, person, days)
    assert page.asked is not None
    with house.writing(person.firm_id) as session:
        shown = find_document(session, card)
    assert shown is not None
    kind = kind_of(shown[0])
    question = kind.read(shown[0])
    key = kind.answer(question, kind.vary(question, memory.seed_of(card.id, card.reviews)))["right"]
    refs = [one["ref"] for one in page.asked.ask["options"]]
    ref = next(one for one in refs if (one in key) is right)
    answered = Answered(id or uuid.uuid4(), card.id, card.reviews, {"answer": [ref]}, **said)
    done: Reviewed = house.act(person, memory.answer_card, answered=answered, now=house.noon + days * DAY)
    return done


def test_a_completed_lesson_brings_its_check_questions_back_from_tomorrow(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    finish(house, person, course_id, CARDS[0])
    assert cards(house, person) == []
    for card in CARDS[1:]:
        finish(house, person, course_id, card)
    (made,) = cards(house, person)
    assert (made.source, made.key, made.due_on) == ("check", "t01-check", house.noon.date() + DAY)
    today, tomorrow = look(house, person), look(house, person, 1)
    assert (today.asked, today.next_on) == (None, made.due_on)
    assert tomorrow.asked is not None
    assert (tomorrow.number, tomorrow.of, tomorrow.asked.why) == (1, 1, Because.LEARNT)


def test_what_was_missed_comes_back_once_its_key_may_be_seen(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    attempt = house.act(
        person,
        assessments.start_attempt,
        assessment_id=house.assessment(course_id),
        attempt_id=uuid.uuid4(),
    )
    right = house.right_answers(person, attempt.id)
    for position, raw in list(right.items())[1:]:
        given = assessments.Given(uuid.uuid4(), attempt.id, position, raw, 1, None)
        house.act(person, assessments.record_response, given=given)
    assert cards(house, person) == []
    house.act(person, assessments.submit_attempt, attempt_id=attempt.id)
    (missed,) = cards(house, person)
    assert (missed.source, missed.version_id) == ("question", None)
    page = look(house, person, 1)
    assert page.asked is not None
    assert page.asked.why is Because.MISSED


def test_a_right_answer_comes_later_than_a_wrong_one_and_the_word_moves_it(house: House) -> None:
    person, card = learnt(house)
    kept = answer(house, person, card)
    good = cards(house, person)[0]
    assert (kept.log.grade, good.reviews, good.lapses) == (3, 1, 0)
    said = {"answer_id": kept.log.id, "now": house.noon + DAY}
    house.act(person, memory.say_how_well, word_id=uuid.uuid4(), felt="easy", **said)
    easy = cards(house, person)[0]
    assert easy.due_on > good.due_on
    again = house.act(person, memory.say_how_well, word_id=uuid.uuid4(), felt="hard", **said)
    assert (again.again, again.log.grade) == (True, 4)
    assert cards(house, person)[0].due_on == easy.due_on
    assert easy.reviews == 1


def test_a_wrong_answer_comes_tomorrow_and_nobody_is_asked_how_well(house: House) -> None:
    person, card = learnt(house)
    kept = answer(house, person, card, right=False)
    after = cards(house, person)[0]
    assert (after.lapses, after.due_on, after.last_grade) == (1, house.noon.date() + 2 * DAY, 1)
    page = house.act(person, answered_page, answer_id=kept.log.id, until=None, now=house.noon + DAY)
    assert not page.may_say
    with pytest.raises(Conflict):
        house.act(person, memory.say_how_well, word_id=uuid.uuid4(), answer_id=kept.log.id, felt="easy")
    later = look(house, person, 2)
    assert later.asked is not None
    assert later.asked.why is Because.LAPSED


def test_an_answer_sent_twice_is_kept_once(house: House) -> None:
    person, card = learnt(house)
    same = uuid.uuid4()
    first = answer(house, person, card, id=same)
    again = house.act(
        person,
        memory.answer_card,
        answered=Answered(same, card.id, 0, {"answer": ["z"]}),
        now=house.noon + DAY,
    )
    assert (again.again, again.log.given) == (True, first.log.given)
    assert cards(house, person)[0].reviews == 1
    other = house.person(person.firm_id)
    with pytest.raises(NotFound):
        house.act(other, memory.answer_card, answered=Answered(same, card.id, 0, {"answer": ["a"]}))


def test_a_word_on_an_answer_that_was_overtaken_is_kept_and_moves_nothing(house: House) -> None:
    person, card = learnt(house)
    first = answer(house, person, card)
    after = cards(house, person)[0]
    late = (after.due_on - house.noon.date()).days
    answer(house, person, after, days=late)
    there = cards(house, person)[0]
    house.act(person, memory.say_how_well, word_id=uuid.uuid4(), answer_id=first.log.id, felt="easy")
    assert (cards(house, person)[0].due_on, cards(house, person)[0].stability) == (
        there.due_on,
        there.stability,
    )


@pytest.mark.parametrize(("raw", "error"), [({}, Invalid), ({"answer": ["z"]}, Invalid)])
def test_an_answer_that_cannot_be_read_is_refused(house: House, raw: Any, error: type[Exception]) -> None:
    person, card = learnt(house)
    with pytest.raises(error):
        house.act(person, memory.answer_card, answered=Answered(uuid.uuid4(), card.id, 0, raw))


@pytest.mark.parametrize(("told", "counts"), [(-5, 0), (0.5, 0.5), (2, 1), (-60, 1)])
def test_a_phones_clock_is_believed_where_it_can_be(house: House, told: float, counts: float) -> None:
    person, card = learnt(house)
    kept = answer(house, person, card, device_at=house.noon + told * DAY)
    assert kept.log.at == house.noon + counts * DAY
    assert kept.log.device_at == house.noon + told * DAY


def test_protected_leave_pauses_a_card_and_other_leave_does_not(house: House) -> None:
    person, _card = learnt(house)
    admin = house.person(person.firm_id, Role.FIRM_ADMIN)
    today = house.noon.date()

    def away(since: date, until: date | None, *, protected: bool) -> None:
        leave = TimeAway(since, until, protected=protected, reason="")
        house.act(admin, enter_leave, person_id=person.id, away=leave)

    away(today + DAY, today + 2 * DAY, protected=False)
    assert look(house, person, 1).asked is not None
    away(today + 3 * DAY, today + 5 * DAY, protected=True)
    assert look(house, person, 2).asked is not None
    assert look(house, person, 4).asked is None, "nobody is asked on a day of leave"
    assert look(house, person, 6).asked is not None


def test_a_firm_says_how_many_a_day_and_none(house: House) -> None:
    person, card = learnt(house)
    admin = house.person(person.firm_id, Role.FIRM_ADMIN)
    house.act(admin, change_terms, terms=Terms(reviews_a_day=0))
    page = look(house, person, 1)
    assert (page.asked, page.held_back) == (None, 1)
    house.act(admin, change_terms, terms=Terms(reviews_a_day=1))
    answer(house, person, card)
    page = look(house, person, 1)
    assert (page.asked, page.number, page.of) == (None, 2, 1)


def test_more_retention_at_a_firm_asks_earlier(house: House) -> None:
    due = []
    for percent in (80, 95):
        person, card = learnt(house, f"Firm {percent}")
        admin = house.person(person.firm_id, Role.FIRM_ADMIN)
        house.act(admin, change_terms, terms=Terms(retention=percent))
        kept = answer(house, person, card)
        house.act(
            person,
            memory.say_how_well,
            word_id=uuid.uuid4(),
            answer_id=kept.log.id,
            felt="easy",
            now=house.noon + DAY,
        )
        due.append(cards(house, person)[0].due_on)
    assert due[0] > due[1]


def test_a_card_is_left_for_today_or_for_good_and_comes_back(house: House) -> None:
    person, card = learnt(house)

    def aside(how: str) -> None:
        house.act(person, memory.put_aside, card_id=card.id, how=how, now=house.noon + DAY)

    aside("later")
    assert look(house, person, 1).asked is None
    assert look(house, person, 2).asked is not None
    aside("never")
    assert look(house, person, 9).asked is None
    (listed,) = house.act(person, lambda session, *, actor, now: list_put_aside(session, actor=actor))
    assert (listed.id, bool(listed.stem)) == (card.id, True)
    aside("back")
    assert look(house, person, 1).asked is not None
    with pytest.raises(Invalid):
        aside("away")
    with pytest.raises(NotFound):
        house.act(house.person(person.firm_id), memory.put_aside, card_id=card.id, how="never")


def test_the_log_says_everything_and_the_neighbour_sees_nothing(house: House) -> None:
    person, card = learnt(house)
    kept = answer(house, person, card)
    with house.writing(person.firm_id) as session:
        (row,) = session.scalars(select(ReviewLog).where(ReviewLog.firm_id == person.firm_id))
        assert (row.before["stability"], row.nth, row.score) == (None, 0, 1.0)
    for neighbour in (house.person(person.firm_id), house.person(house.firm("Else"))):
        with pytest.raises(NotFound):
            house.act(neighbour, answered_page, answer_id=kept.log.id, until=None)
        assert look(house, neighbour, 5).asked is None


def test_the_pace_of_review_cards_is_read_from_ones_own_log(house: House) -> None:
    person, card = learnt(house)
    with house.writing(person.firm_id) as session:
        for number in range(9):
            at = house.noon + timedelta(seconds=10 * number)
            session.add(
                ReviewLog(
                    firm_id=person.firm_id,
                    id=uuid.uuid4(),
                    person_id=person.id,
                    card_id=card.id,
                    nth=number,
                    given={},
                    before={},
                    score=1.0,
                    grade=3,
                    at=at,
                    arrived_at=house.noon + DAY,
                )
            )

    def seconds(someone: Someone) -> float:
        pace = house.act(
            someone, lambda session, *, actor, now: find_pace(session, actor=actor, course_ids=[])
        )
        return float(pace.card_seconds())

    assert seconds(person) < 20
    assert seconds(house.person(person.firm_id)) == CARD_SECONDS
