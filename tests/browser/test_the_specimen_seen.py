"""The specimen looks right in both themes, on a phone and on a desk, and fits the narrowest window."""

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.conftest import DESK, PHONE, picture, seen, sideways, signed_in
from tests.house import House


def test_every_component_in_both_themes_and_sizes(house: House, open_window: Callable[..., Page]) -> None:
    page = signed_in(open_window(), house, house.person(house.firm()))
    page.goto("/specimen")
    for name, size in (("phone", PHONE), ("desk", DESK)):
        page.set_viewport_size(size)
        seen(page, f"specimen-{name}")
    assert sideways(page, 320) <= 0
    picture(page, "specimen-320")
