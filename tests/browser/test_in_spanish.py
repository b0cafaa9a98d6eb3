"""Spanish is a quarter longer: nothing runs out of the page, and the parts in English are marked."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from lms.foundation.actor import Role
from tests.browser.conftest import DESK, PHONE, seen
from tests.house import C05, PASSWORD, House

NARROW = {"width": 320, "height": 640}


@pytest.mark.parametrize("size", [NARROW, PHONE, DESK], ids=["narrow", "phone", "desk"])
def test_every_kind_of_page_holds_its_spanish(
    house: House, open_window: Callable[..., Page], size: dict[str, int]
) -> None:
    course_id = house.course(folder=C05)
    someone = house.person(house.firm(), Role.AGENT, Role.MANAGER, name="Ana Chi")
    page = open_window(size)
    page.goto("/sign-in")
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Iniciar sesión")
    seen(page, f"spanish-sign-in-{size['width']}")
    page.get_by_label("Correo o número de empleado").fill(someone.email)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()
    page.wait_for_url("**/today")
    for address in (
        "/today",
        "/courses",
        f"/courses/{course_id}",
        f"/courses/{course_id}/lessons/why-they-call-us",
        f"/assessments/{house.assessment(course_id)}",
        "/path",
        "/me",
        "/board",
        f"/board/people/{someone.id}",
    ):
        page.goto(address)
        seen(page, f"spanish-{address.split('/')[1]}-{size['width']}")
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{address} is {wide} wide"


def test_an_answer_says_in_spanish_that_it_is_saved(house: House, open_window: Callable[..., Page]) -> None:
    course_id = house.course(folder=C05)
    someone = house.person(house.firm())
    page = open_window()
    page.goto("/sign-in")
    page.get_by_role("button", name="Español").click()
    page.get_by_label("Correo o número de empleado").fill(someone.email)
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()
    page.wait_for_url("**/today")
    page.goto(f"/assessments/{house.assessment(course_id)}")
    page.get_by_role("button", name="Empezar").click()
    page.wait_for_url("**/attempts/*")
    expect(page.locator("[data-status]")).to_have_text("1 de 12")
    here = page.locator(".question.is-here")
    control = here.locator("input:not([type=hidden]):not([data-flag]), select").first
    if control.evaluate("one => one.type") in ("radio", "checkbox"):
        control.check(force=True)
    elif control.evaluate("one => one.tagName") == "SELECT":
        control.select_option(index=1)
    else:
        control.fill("5")
        control.blur()
    expect(here.locator("[data-saved]")).to_contain_text("Guardado")
    while page.get_by_role("button", name="Siguiente").is_visible():
        page.get_by_role("button", name="Siguiente").click()
    expect(page.locator("[data-blank]")).to_have_text("Falta contestar 11 preguntas.")
