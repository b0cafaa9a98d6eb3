"""Going on elsewhere, completion rules, and completed lessons that stay completed."""

import uuid
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from lms.courses import services as courses
from lms.courses.packages import Package, read_folder, understand
from lms.foundation.actor import Role
from lms.learning import pages, queries
from lms.learning.pages import team
from lms.tracks.queries import list_ledger
from tests.house import SAMPLE_COURSE, House, Someone
from tests.rooms.test_learning import CARDS, finish, look, passed


def course(house: House, completion: str, lessons: int = 3) -> uuid.UUID:
    """A firm's course of some lessons, completed by this rule; its firm is its author's."""
    author = house.person(house.firm("Ours"), Role.TRAINER)
    whole = read_folder(SAMPLE_COURSE)
    keys = [f"part-{number}" for number in range(1, lessons + 1)]
    text = whole.files["lessons/hello.md"]
    files = {name: content for name, content in whole.files.items() if name != "lessons/hello.md"}
    for key in keys:
        files[f"lessons/{key}.md"] = text.replace("t01-check", f"{key}-check")
    files["course.yaml"] = (
        files["course.yaml"]
        .replace("lessons: [hello]", f"lessons: [{', '.join(keys)}]")
        .replace("completion: {lessons: all, assessment: final}", f"completion: {completion}")
    )
    return publish(house, author, understand(files, whole.media, []))


def publish(house: House, author: Someone, package: Package) -> uuid.UUID:
    version, _new = house.act(
        author, courses.publish_package, package=package, storage=house.app.extensions["storage"], note=""
    )
    house.author = author  # type: ignore[attr-defined]
    return version.course_id


def learner(house: House) -> Someone:
    """Somebody of the firm that the course is of."""
    return house.person(house.author.firm_id)  # type: ignore[attr-defined]


def whole(house: House, person: Someone, course_id: uuid.UUID, *lessons: str) -> list[bool]:
    """Finish lessons; whether the course is complete after each."""
    return [
        [finish(house, person, course_id, card, lesson=lesson) for card in CARDS][-1].course_done
        for lesson in lessons
    ]


def completed(house: House, person: Someone, course_id: uuid.UUID) -> Any:
    return look(house, person, pages.course_page, course_id=course_id).enrolment.completed_at


# Going on elsewhere


def test_another_device_opens_the_lesson_at_the_very_card(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    phone, floor = house.client(person), house.client(person)
    address = f"/courses/{course_id}/lessons/hello"
    assert 'data-resume="hook"' in floor.get(address).text
    for card, after in (("hook", "say"), ("say", "next-call")):
        phone.post(f"{address}/cards", data={"card": card, "fact_id": str(uuid.uuid4())})
        assert f'data-resume="{after}"' in floor.get(address).text


def test_the_lesson_page_says_where_one_is_and_about_how_long_is_left(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    phone = house.client(person)
    address = f"/courses/{course_id}/lessons/hello"
    assert "1 of 3 · about 4 min left" in phone.get(address).text
    finish(house, person, course_id, "hook")
    assert "2 of 3 · about 3 min left" in phone.get(address).text
    finish(house, person, course_id, "say")
    assert "3 of 3 · about 1 min left" in phone.get(address).text


@pytest.mark.parametrize("order", list(permutations(CARDS[:2])))
def test_cards_that_arrive_late_do_not_send_anybody_back(house: House, order: tuple[str, ...]) -> None:
    course_id, person = house.course(), house.person(house.firm())
    for card in order:
        finish(house, person, course_id, card)
    assert look(house, person, pages.lesson_page, course_id=course_id, lesson_key="hello").resume == (
        "next-call"
    )


def test_a_card_whose_fact_is_still_on_its_way_is_not_read_twice(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    finish(house, person, course_id, "say")
    page = look(house, person, pages.lesson_page, course_id=course_id, lesson_key="hello")
    assert page.resume == "next-call"


def test_with_the_last_card_done_first_one_goes_on_at_what_is_not_done(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    finish(house, person, course_id, "next-call")
    page = look(house, person, pages.lesson_page, course_id=course_id, lesson_key="hello")
    assert page.resume == "hook"


# Completion


def test_all_lessons_without_an_assessment(house: House) -> None:
    course_id = course(house, "{lessons: all}")
    person = learner(house)
    assert whole(house, person, course_id, "part-2", "part-1", "part-3") == [False, False, True]


def test_some_lessons_are_enough_where_the_course_says_how_many(house: House) -> None:
    course_id = course(house, "{lessons: 2}")
    person = learner(house)
    assert whole(house, person, course_id, "part-3", "part-1") == [False, True]
    at = completed(house, person, course_id)
    finish(house, person, course_id, "hook", lesson="part-2", later=timedelta(days=20))
    assert completed(house, person, course_id) == at


def test_some_lessons_and_the_assessment_in_either_order(house: House) -> None:
    course_id = course(house, "{lessons: 2, assessment: final}")
    first, second = learner(house), learner(house)
    assert whole(house, first, course_id, "part-1", "part-2") == [False, False]
    passed(house, first, course_id)
    assert completed(house, first, course_id) is not None
    assert whole(house, second, course_id, "part-1") == [False]
    passed(house, second, course_id)
    assert completed(house, second, course_id) is None
    assert whole(house, second, course_id, "part-3") == [True]


@pytest.mark.parametrize("asked", ["0", "-1", "4", "true"])
def test_a_course_that_nobody_could_complete_is_not_published(house: House, asked: str) -> None:
    with pytest.raises(Exception, match="This course has problems"):
        course(house, f"{{lessons: {asked}}}")


# Coming back


def test_reading_a_completed_lesson_again_uncompletes_nothing_and_counts_nothing_twice(
    house: House,
) -> None:
    course_id = course(house, "{lessons: all}", lessons=1)
    person = learner(house)
    whole(house, person, course_id, "part-1")
    before = completed(house, person, course_id)
    (row,) = look(house, person, queries.list_progress)
    lesson_at = row.completed_at
    ledger = look(house, person, list_ledger, person_id=person.id)
    assert ledger
    for card in CARDS[:2]:
        place = finish(house, person, course_id, card, lesson="part-1", later=timedelta(days=3))
        assert (place.lesson_done, place.course_done) == (True, True)
    (row,) = look(house, person, queries.list_progress)
    assert (row.completed_at, row.card_key) == (lesson_at, "next-call")
    assert completed(house, person, course_id) == before
    page = look(house, person, pages.course_page, course_id=course_id)
    assert [one.state for one in page.lessons] == ["done"]
    assert look(house, person, list_ledger, person_id=person.id) == ledger


def test_reading_again_without_a_script_leads_on_from_the_card_that_was_read(house: House) -> None:
    course_id, person = house.course(), house.person(house.firm())
    for card in CARDS:
        finish(house, person, course_id, card)
    reply = house.client(person).post(f"/courses/{course_id}/lessons/hello/cards", data={"card": "hook"})
    assert reply.location.endswith("/lessons/hello#card-say")


def test_whoever_completed_a_course_with_a_lesson_half_read_is_finished_and_never_stuck(
    house: House,
) -> None:
    course_id = course(house, "{lessons: 2}")
    person = learner(house)
    finish(house, person, course_id, "hook", lesson="part-3")
    whole(house, person, course_id, "part-1", "part-2")
    page = house.act(
        house.author,  # type: ignore[attr-defined]
        team.learner_page,
        person_id=person.id,
        now=house.noon + timedelta(days=99),
    )
    assert page.standings == ("finished",)
    assert (page.courses[0].done, page.courses[0].lessons) == (2, 3)
