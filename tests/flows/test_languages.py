"""A person reads Ladder in English or Spanish; a course keeps the language it was written in."""

import re
import uuid

import pytest
from flask.testing import FlaskClient

from lms.foundation.actor import Role
from lms.people.models import Person
from lms.tracks import services
from lms.tracks.rules import EvidenceKind
from tests.house import PASSWORD, House, Someone
from tests.rooms.test_translations import both

BROWSER = {"Accept-Language": "es-GT,es;q=0.9,en;q=0.5"}


def page(client: FlaskClient, address: str, **options: object) -> str:
    return client.get(address, **options).get_data(as_text=True)  # type: ignore[arg-type]


def in_spanish(house: House, someone: Someone | None = None) -> FlaskClient:
    client = house.client(someone)
    client.set_cookie("language", "es")
    return client


def language_of(house: House, someone: Someone) -> str | None:
    with house.writing() as session:
        return session.get_one(Person, someone.id).language


def test_the_sign_in_page_speaks_as_the_browser_wishes_and_says_so(house: House) -> None:
    client = house.client()
    assert '<html lang="es"' in page(client, "/sign-in", headers=BROWSER)
    assert "Iniciar sesión" in page(client, "/sign-in", headers=BROWSER)
    assert '<html lang="en"' in page(client, "/sign-in", headers={"Accept-Language": "fr"})


def test_a_language_chosen_before_signing_in_beats_the_browser_and_stays_on_the_device(house: House) -> None:
    client = house.client()
    reply = client.post("/language", data={"language": "en", "next": "/code"}, headers=BROWSER)
    assert reply.status_code == 302
    assert reply.location == "/code"
    assert "Use a code" in page(client, "/code", headers=BROWSER)
    client.post("/language", data={"language": "es"})
    assert "Usar un código" in page(client, "/code")


@pytest.mark.parametrize("language", ["", "fr", "es\r\nSet-Cookie: x=1"])
def test_a_language_we_do_not_speak_is_not_taken(house: House, language: str) -> None:
    reply = house.client().post("/language", data={"language": language})
    assert reply.status_code == 422
    assert "language=" not in str(reply.headers.getlist("Set-Cookie"))


def test_choosing_a_language_never_leads_to_another_site(house: House) -> None:
    for address in ("https://evil.example/", "//evil.example", "/\\evil.example"):
        reply = house.client().post("/language", data={"language": "es", "next": address})
        assert reply.location == "/"


def test_a_cookie_that_names_no_language_is_ignored(house: House) -> None:
    client = house.client()
    client.set_cookie("language", "xx")
    assert '<html lang="es"' in page(client, "/sign-in", headers=BROWSER)


def sign_in(client: FlaskClient, someone: Someone) -> None:
    reply = client.post("/sign-in", data={"name": someone.email, "password": PASSWORD})
    assert reply.status_code == 302


def test_the_device_s_language_becomes_the_person_s_when_they_have_none(house: House) -> None:
    someone = house.person(house.firm())
    sign_in(in_spanish(house), someone)
    assert language_of(house, someone) == "es"
    assert "Hola," in page(house.client(someone), "/today"), "on another device too"


def test_a_person_s_own_choice_beats_the_device(house: House) -> None:
    someone = house.person(house.firm())
    house.client(someone).post("/me/language", data={"language": "en"})
    client = in_spanish(house)
    sign_in(client, someone)
    assert language_of(house, someone) == "en"
    assert "Hello," in page(client, "/today")


def test_signing_in_without_a_chosen_language_chooses_none(house: House) -> None:
    someone = house.person(house.firm())
    sign_in(house.client(), someone)
    assert language_of(house, someone) is None


def test_the_language_of_me_is_kept_on_the_device_after_signing_out(house: House) -> None:
    client = house.client(house.person(house.firm()))
    client.post("/me/language", data={"language": "es"})
    client.post("/sign-out")
    assert "Iniciar sesión" in page(client, "/sign-in")


def test_days_and_numbers_are_written_as_the_reader_writes_them(house: House) -> None:
    firm = house.firm()
    manager = house.person(firm, Role.MANAGER)
    agent = house.person(firm)
    assert "6 ene 2025" in page(in_spanish(house, manager), f"/people/{agent.id}")
    assert "Jan 6, 2025" in page(house.client(manager), f"/people/{agent.id}")
    reasons = page(in_spanish(house, agent), "/path")
    assert "Desde el 6 ene 2025: se cumplieron 6 meses el 6 jul 2025." in reasons
    assert "Since Jan 6, 2025: 6 months were reached on Jul 6, 2025." in page(house.client(agent), "/path")


def test_an_error_is_told_in_the_reader_s_language_with_its_values(house: House) -> None:
    course_id = house.course()
    someone = house.person(house.firm())
    client = in_spanish(house, someone)
    nothing = client.get(f"/courses/{uuid.uuid4()}").get_data(as_text=True)
    assert "Ese curso no existe." in nothing
    empty = client.post(
        f"/courses/{course_id}/lessons/hello/checks/t01-check", data={}, headers={"X-Partial": "1"}
    )
    assert empty.json["error"] == "Primero elige o escribe una respuesta."


def test_the_fields_of_a_form_complain_in_the_reader_s_language(house: House) -> None:
    firm = house.firm()
    lead = house.person(firm, Role.MANAGER)
    agent = house.person(firm)
    client = in_spanish(house, lead)
    said = client.post(
        f"/board/people/{agent.id}/observe", data={"kind": "x", "example": "x" * 3001, "level": "2"}
    ).get_data(as_text=True)
    assert "Indica el día." in said
    assert "3000" in said
    assert "Not a valid choice" not in said
    assert "cannot be longer" not in said
    empty = house.client().post("/sign-in", data={}, headers=BROWSER).get_data(as_text=True)
    assert "Escribe tu contraseña." in empty


def test_a_lesson_in_english_is_marked_so_inside_a_spanish_page(house: House) -> None:
    course_id = house.course()
    someone = house.person(house.firm())
    lesson = page(in_spanish(house, someone), f"/courses/{course_id}/lessons/hello")
    assert '<html lang="es"' in lesson
    assert re.search(r'<h1[^>]* lang="en"', lesson)
    for section in re.findall(r"<section class=\"lesson-card\"[^>]*>", lesson):
        assert ' lang="en"' in section
    for thumbs in re.findall(r"<form class=\"thumbs\"[^>]*>", lesson):
        assert ' lang="es"' in thumbs
    assert 'lang="' not in page(house.client(someone), f"/courses/{course_id}/lessons/hello").replace(
        '<html lang="en"', ""
    )


@pytest.mark.parametrize("address", ["/today", "/courses", "/courses/{course}", "/assessments/{assessment}"])
def test_the_titles_of_courses_in_another_language_are_marked(house: House, address: str) -> None:
    course_id = house.course()
    someone = house.person(house.firm())
    path = address.format(course=course_id, assessment=house.assessment(course_id))
    assert re.search(r'lang="en"[^>]*>\s*(Hello|Say hello)', page(in_spanish(house, someone), path))
    assert 'lang="en">' not in page(house.client(someone), path).replace('<html lang="en">', "")


def test_what_was_seen_is_named_in_the_reader_s_language_whoever_recorded_it(house: House) -> None:
    firm = house.firm()
    lead, agent = house.person(firm, Role.ASSESSOR), house.person(firm)
    seen = services.Observation(
        person_id=agent.id,
        competency="A1",
        level=2,
        kind=EvidenceKind.OBSERVED,
        on=house.noon.date(),
        example="said hello",
    )
    house.act(lead, services.record_evidence, seen=seen)
    assert "Comunicación oral con el cliente" in page(in_spanish(house, agent), "/path/evidence")
    assert "Spoken customer communication" in page(house.client(agent), "/path/evidence")


@pytest.mark.parametrize("address", ["/courses", "/today"])
def test_who_reads_spanish_is_offered_a_course_in_spanish_where_there_is_one(
    house: House, address: str
) -> None:
    trainer = house.person(house.firm(), Role.TRAINER)
    both(house, trainer)
    readers = in_spanish(house, trainer), house.client(trainer)
    offered = [re.findall(r">\s*(Say hello|Di hola)", page(one, address)) for one in readers]
    assert [set(one) for one in offered] == [{"Di hola"}, {"Say hello"}]
