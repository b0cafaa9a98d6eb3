"""Spanish is a quarter longer: nothing runs out of the page, and the parts in English are marked."""

from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize, expect

from lms.foundation.actor import Role
from tests.browser.conftest import seen
from tests.house import C05, PASSWORD, House

SIZES: tuple[ViewportSize, ...] = (
    {"width": 320, "height": 640},
    {"width": 360, "height": 740},
    {"width": 1280, "height": 800},
)


def holds(page: Page, name: str) -> None:
    """Nothing on the page runs out of it at any size, and axe has nothing against it."""
    for size in SIZES:
        page.set_viewport_size(size)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= size["width"], f"{page.url} is {wide} wide at {size['width']}"
        if size["width"] != 360:  # to axe a phone is as good as the other
            seen(page, f"spanish-{name}-{size['width']}")


def test_every_kind_of_page_holds_its_spanish(house: House, open_window: Callable[..., Page]) -> None:
    course_id = house.course(folder=C05)
    someone = house.person(house.firm(), Role.AGENT, Role.MANAGER, name="Ana Chi")
    page = open_window()
    page.goto("/sign-in")
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Iniciar sesión")
    holds(page, "sign-in")
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
        holds(page, address.strip("/").split("/")[0])


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
