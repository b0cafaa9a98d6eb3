"""Every page a person can open, and what each role adds to it: axe, both sizes, in the dark in turn; narrow windows; room for a thumb."""

import re
import uuid
from collections.abc import Callable, Iterator
from itertools import cycle

from flask import Flask
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from lms.assessments.services import submit_attempt
from lms.foundation.actor import Role
from tests.browser.conftest import DESK, OF_COLOUR, PHONE, sideways, signed_in, violations
from tests.gates.test_the_wall_between_firms import ROLES, World, address, build, routes
from tests.house import House, Someone

LOOKS = [(size, theme) for size in (PHONE, DESK) for theme in ("light", "dark")]
SMALL_TARGETS = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && one.getBoundingClientRect().width > 1;
  const inWords = (one) => one.tagName === "A" && getComputedStyle(one).display === "inline";
  return [...document.querySelectorAll("a[href], button, select, summary, input:not([type=hidden])")]
    .map((one) => (one.type === "checkbox" || one.type === "radio" ? one.labels?.[0] ?? one : one))
    .filter((one) => seen(one) && !inWords(one) && !one.closest(".skip, .board th, .table th, .crumbs, .rung, .cell h3"))
    .filter((one) => one.getBoundingClientRect().height < 43.5)
    .map((one) => one.outerHTML.slice(0, 120));
}"""


def pages(app: Flask, world: World) -> Iterator[str]:
    """The address of every page there is, with the ids of this world."""
    for rule, method in routes(app):
        if method == "GET":
            yield address(rule, world.ids, world.ids["course_id"])


def shape(reply: TestResponse) -> frozenset[str]:
    """What a page is made of, whoever's words stand in it."""
    return frozenset(re.findall(r'(?:class|href|action|name|type)="[^"]*"', reply.get_data(as_text=True)))


def looked_at(page: Page, look: tuple[dict[str, int], str]) -> str:
    """What axe finds at one size in one theme; in the dark its rules of colour, for only colours change."""
    size, theme = look
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    wrong = violations(page, rules=OF_COLOUR if theme == "dark" else ())
    return wrong and f"{page.url} ({size['width']}, {theme}): {wrong}"


def fits(page: Page) -> list[str]:
    """What is cut off at 320 px or at 200 % zoom of a desk, and what a thumb cannot find."""
    wrong = [
        f"{page.url} scrolls sideways at {width} px" for width in (320, 640) if sideways(page, width) > 0
    ]
    page.set_viewport_size(PHONE)
    return [*wrong, *(f"{page.url} is too small for a thumb: {one}" for one in page.evaluate(SMALL_TARGETS))]


def test_every_page_of_every_role(
    app: Flask,
    house: House,
    open_window: Callable[..., Page],
    record_property: Callable[[str, object], None],
) -> None:
    world = build(house, "Ours")
    house.act(world.someone, submit_attempt, attempt_id=uuid.UUID(world.ids["attempt_id"]))
    people: list[Someone | None] = [None, world.someone]
    people += [
        house.person(world.firm_id, role, name=f"Reader {role}") for role in ROLES if role != Role.AGENT
    ]
    whole: set[str] = set()
    pieces: set[str] = set()
    wrong: list[str] = []
    looks, in_the_dark, opened, again = cycle(LOOKS), cycle(LOOKS[1::2]), 0, 0
    for someone in people:
        page = open_window()
        if someone:
            signed_in(page, house, someone)
        client = house.client(someone)
        for path in pages(app, world):
            reply = client.get(path)
            if reply.status_code != 200 or reply.mimetype != "text/html":
                continue
            opened += 1
            if path in whole and shape(reply) <= pieces:
                continue  # another role sees the same page, or less of it
            pieces |= shape(reply)
            page.goto(path)
            if path in whole:
                again += 1
                wrong += [looked_at(page, next(looks)), looked_at(page, next(looks))]
                continue
            whole.add(path)
            light, dark = LOOKS[::2], next(in_the_dark)
            wrong += [looked_at(page, look) for look in (*light, dark)] + fits(page)
        page.context.close()
    record_property(
        "pages",
        f"{opened} pages of {len(people)} people: {len(whole)} in both sizes and in the dark of one, {again} again for what a role adds",
    )
    assert not any(wrong), "\n".join(filter(None, wrong))
    assert len(whole) > 20


def test_a_question_under_way_and_every_error_page(
    app: Flask, house: House, open_window: Callable[..., Page]
) -> None:
    world = build(house, "Ours")
    page = signed_in(open_window(), house, world.someone)
    for path in (f"/attempts/{world.ids['attempt_id']}", "/nothing-here", "/board", "/courses?q=zzzz"):
        page.goto(path)
        wrong = [looked_at(page, look) for look in LOOKS] + fits(page)
        assert not any(wrong), "\n".join(filter(None, wrong))
