"""A course in two languages is one course: for the ledger, for what comes first, for what is due, and in the catalogue."""

from datetime import date
from typing import Any

import pytest

from lms.courses.packages import Package, read_folder, understand
from lms.courses.pages import catalogue_page
from lms.courses.queries import Wanted
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid
from lms.learning.pages import course_page, today_page
from lms.learning.pages.today import Choice
from lms.learning.services import assigning, enrol
from lms.tracks.queries import list_ledger
from lms.tracks.queries.routing import list_finals
from tests.house import SAMPLE_COURSE, House, Someone
from tests.rooms.test_learning import publish
from tests.rooms.test_running_courses import complete, due, second


def spanish(key: str = "T01-ES", of: str = "T01", language: str = "es", more: str = "") -> Package:
    """The sample course as a translation of it."""
    whole = read_folder(SAMPLE_COURSE)
    course = whole.files["course.yaml"].replace("key: T01", f"key: {key}").replace("Say hello", "Di hola")
    course = course.replace("language: en", f"language: {language}") + f"translation_of: {of}\n" + more
    return understand(dict(whole.files) | {"course.yaml": course}, whole.media, [])


def both(house: House, trainer: Someone) -> tuple[Any, Any]:
    """The course in English and in Spanish."""
    return house.course(trainer), publish(house, trainer, spanish())


def courses_done(house: House, person: Someone) -> set[tuple[str | None, str | None, int | None]]:
    """What the ledger says of completed courses: requirement, competency, level."""
    found = house.act(
        person, lambda session, actor, now: list_ledger(session, actor=actor, person_id=actor.person_id)
    )
    return {(one.requirement, one.competency, one.level) for one in found if one.kind == "course"}


def test_a_completion_in_spanish_fills_the_very_cells_that_english_fills(house: House) -> None:
    firm = house.firm()
    english, other = both(house, house.person(firm, Role.TRAINER))
    ana, ben = house.person(firm), house.person(firm)
    complete(house, ana, english)
    complete(house, ben, other)
    assert courses_done(house, ben) == courses_done(house, ana)
    assert ("T01", None, None) in courses_done(house, ben)


def test_what_was_done_in_one_language_is_not_asked_again_in_the_other(house: House) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    english, other = both(house, trainer)
    later = publish(house, trainer, second(more="prerequisites: [T01]\n"))
    ana, ben = house.person(firm), house.person(firm)
    for person, done, asked in ((ana, english, other), (ben, other, english)):
        house.act(
            trainer,
            assigning.assign,
            course_id=asked,
            person_id=person.id,
            team_id=None,
            due_on=date(2026, 3, 20),
            note="",
        )
        with pytest.raises(Conflict, match="first"):
            house.act(person, enrol, course_id=later)
        assert [one.is_open for one in due(house, person)] == [True]
        complete(house, person, done)
        assert [one.is_open for one in due(house, person)] == [False]
        for reader in ("en", "es"):
            today = house.act(person, today_page, choice=Choice(15), reader=reader)
            assert {one.course_id for one in today.session.items} == {later}
        house.act(person, enrol, course_id=later)


def test_the_catalogue_and_today_show_a_course_once_in_the_readers_language(house: House) -> None:
    firm = house.firm()
    english, other = both(house, house.person(firm, Role.TRAINER))
    person = house.person(firm)

    def shown(**wanted: str) -> list[Any]:
        page = house.act(person, catalogue_page, wanted=Wanted(**wanted))
        assert page.count == len(page.courses)
        return [(one.id, [twin.id for twin in page.twins[one.id]]) for one in page.courses]

    assert shown(reader="es") == [(other, [english])]
    assert shown(reader="en") == [(english, [other])]
    assert shown(reader="es", language="en") == [(english, [other])]
    assert [one for one, _twins in shown()] == [english, other]
    for reader, offered in (("en", english), ("es", other)):
        today = house.act(person, today_page, choice=Choice(15), reader=reader)
        assert {one.course_id for one in today.session.items} == {offered}
    assert [one.id for one in house.act(person, course_page, course_id=english).twins] == [other]
    page = house.client(person).get("/courses").text
    assert f'href="/courses/{other}" lang="es"' in page
    assert "También en español" in page


def test_a_translation_another_firm_made_is_not_seen_and_hides_nothing(house: House) -> None:
    english = house.course()
    publish(house, house.person(house.firm("Other"), Role.TRAINER), spanish())
    page = house.act(house.person(house.firm()), catalogue_page, wanted=Wanted(reader="es"))
    assert [one.id for one in page.courses] == [english]
    assert page.twins == {}


def test_a_course_that_is_only_called_like_a_translation_is_none(house: House) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    english = house.course(trainer)
    named = publish(house, trainer, second("T01-ES"))
    page = house.act(trainer, catalogue_page, wanted=Wanted(reader="es"))
    assert {one.id for one in page.courses} == {english, named}
    assert page.twins == {}


def test_a_route_counts_a_final_once(house: House) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    house.course(trainer)
    before = house.act(trainer, lambda session, actor, now: list_finals(session, actor=actor))
    publish(house, trainer, spanish())
    assert house.act(trainer, lambda session, actor, now: list_finals(session, actor=actor)) == before != []


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"of": "T77"}, "There is no course “T77” to be a translation of"),
        ({"of": "T01-ES"}, "not a translation of itself"),
        ({"key": "T01-ES-ES", "of": "T01-ES"}, "is a translation itself. Name the original, “T01”"),
        ({"language": "en", "key": "T01-EN"}, "is in this language already"),
        ({"key": "T09"}, "“key: T01-ES”"),
    ],
)
def test_a_translation_of_what_cannot_be_translated_is_not_published(
    house: House, said: dict[str, str], words: str
) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    if said.get("of") != "T01-ES" or "key" in said:
        both(house, trainer)
    with pytest.raises(Invalid) as refused:
        publish(house, trainer, spanish(**said))
    assert words in str(refused.value.problems[0])
