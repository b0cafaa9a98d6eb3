"""From the sign-in page to the result without a mouse: every stop of the Tab key can be seen and is not covered."""

import uuid
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE
from tests.house import C05, PASSWORD, House

FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return { where: "nowhere", seen: true };
  const drawn = [one, one.nextElementSibling, one.closest(".choice")].filter(Boolean)
    .find((it) => { const look = getComputedStyle(it); return look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2; });
  const box = (one.closest(".choice, .flag") ?? one).getBoundingClientRect();
  const inside = box.bottom > 0 && box.top < innerHeight;
  const top = document.elementFromPoint(
    Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1),
    Math.min(Math.max(box.top + box.height / 2, 1), innerHeight - 1));
  const clear = Boolean(top) && (one.contains(top) || top.contains(one) || top.closest(".choice, label")?.contains(one));
  return { where: one.outerHTML.slice(0, 140), seen: Boolean(drawn) && inside && clear, drawn: Boolean(drawn), inside, clear };
}"""


def tab_to(page: Page, selector: str, *, most: int = 40) -> None:
    """Press Tab until what is wanted has the focus; every stop on the way must be seen."""
    for _press in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        assert found["seen"], f"{page.url}: the focus is not seen: {found}"
        if page.evaluate("(wanted) => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"{page.url}: Tab never came to {selector}")


def choose(page: Page, name: str, value: str) -> None:
    """Move a group of radio buttons or a list to a value with the arrow keys."""
    for _press in range(12):
        if page.evaluate(
            "([name, value]) => { const one = document.activeElement;"
            " return one.name === name && one.value === value && (one.type !== 'radio' || one.checked); }",
            [name, value],
        ):
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"the arrows never came to {name}={value}")


def answer(page: Page, form: str, fields: dict[str, list[str]]) -> None:
    """Answer the question in front with keys only."""
    for name, values in fields.items():
        kind = page.locator(f'{form} [name="{name}"]').first.evaluate("one => one.type")
        if kind == "checkbox":
            for value in sorted(values):
                tab_to(page, f'{form} [name="{name}"][value="{value}"]')
                page.keyboard.press("Space")
            continue
        tab_to(page, f'{form} [name="{name}"]')
        if kind == "radio":
            page.keyboard.press("Space")
            choose(page, name, values[0])
        elif kind.startswith("select"):
            choose(page, name, values[0])
        else:
            page.keyboard.type(values[0])
    expect(page.locator(f"{form} [data-saved]")).to_have_attribute("data-state", "saved")


def travel(house: House, page: Page) -> None:
    """The whole road, by keys."""
    course_id = house.course(folder=C05)
    agent = house.person(house.firm(), name="Ana Chi")
    page.goto("/sign-in")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.skip')"), "the first stop skips to the content"
    tab_to(page, "[name=name]")
    page.keyboard.type(agent.email)
    tab_to(page, "[name=password]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/today")
    tab_to(page, ".button--next")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lessons/*")

    for _card in range(30):
        if "/lessons/" not in page.url:
            break
        here = page.locator(".lesson-card.is-here")
        key = here.get_attribute("data-card")
        if here.locator(".check input[type=radio]:enabled").count():
            tab_to(page, ".is-here .check input[type=radio]")
            page.keyboard.press("Space")
            tab_to(page, ".is-here .check button")
            page.keyboard.press("Enter")
            expect(here.locator(".why").first).to_be_visible()
        tab_to(page, ".is-here > .thumbs button")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "(key) => document.querySelector('.lesson-card.is-here')?.dataset.card !== key", arg=key
        )
        if "/lessons/" in page.url and page.locator(".lesson-card.is-here").count():
            assert page.evaluate("document.activeElement.matches('.is-here h2')"), (
                "the new card has the focus"
            )
    page.wait_for_url(f"**/courses/{course_id}")

    tab_to(page, "a[href^='/assessments/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/assessments/*")
    tab_to(page, ".button--next")
    page.keyboard.press("Enter")
    page.wait_for_url("**/attempts/*")
    attempt_id = uuid.UUID(page.url.rsplit("/", 1)[1].split("#")[0])
    for position, fields in house.right_answers(agent, attempt_id).items():
        answer(page, f"#question-{position}", fields)
        tab_to(page, "[data-next]")
        page.keyboard.press("Enter")
        expect(page.locator(f"#question-{position}.is-here")).to_have_count(0)
    tab_to(page, "[data-submit] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/result")
    expect(page.locator("main")).to_contain_text("Passed")


def test_on_a_desk(house: House, open_window: Callable[..., Page]) -> None:
    travel(house, open_window(DESK))


def test_on_a_small_window_with_bars_above_and_below(house: House, open_window: Callable[..., Page]) -> None:
    travel(house, open_window(PHONE))
