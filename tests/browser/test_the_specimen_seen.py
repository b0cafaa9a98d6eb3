"""The specimen looks right in both themes, on a phone and on a desk, and fits the narrowest window."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, picture, seen, sideways, signed_in
from tests.house import House

WITH_CODE = """(places) => {
  for (const name of places) {
    const place = Object.assign(document.createElement("p"), { className: name, textContent: "Type " });
    place.append(Object.assign(document.createElement("code"), { textContent: "ts < '2026-04-01'" }));
    document.querySelector("main").append(place);
  }
}"""
PLACES = ("rule", "tip", "warning", "belize")
"""The callouts of a lesson; an author may put code into each, and into whatever else holds words."""
WIDE_TABLE = """() => {
  const [prose, wide, table] = [["div", "prose"], ["div", "wide"], ["table", ""]].map(
    ([tag, className]) => Object.assign(document.createElement(tag), { className }));
  table.insertRow().insertCell().textContent = "a".repeat(90);
  wide.append(table);
  prose.append(wide);
  document.querySelector("main").append(prose);
}"""
OTHERS = ("turn turn--agent", "turn turn--chat", "turn__note", "why", "choice choice--chosen", "reveal")


def test_every_component_in_both_themes_and_sizes(house: House, open_window: Callable[..., Page]) -> None:
    page = signed_in(open_window(), house, house.person(house.firm()))
    page.goto("/specimen")
    page.evaluate(WITH_CODE, [*(f"callout callout--{one}" for one in PLACES), *OTHERS])
    for name, size in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(size)
        seen(page, f"specimen-{name}")
    page.evaluate(WIDE_TABLE)
    assert sideways(page, 320) <= 0
    assert page.locator(".prose .wide").last.evaluate("one => one.scrollWidth > one.clientWidth")
    picture(page, "specimen-320")
