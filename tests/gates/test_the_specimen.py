"""The specimen shows every component there is, and is a page like any other."""

from pathlib import Path

import html5lib
import pytest
from flask import Flask
from jinja2 import meta

from lms.foundation.actor import Role
from tests.house import House

pytestmark = pytest.mark.sqlite_is_enough

ROOT = Path(__file__).parents[2] / "lms" / "templates"


def shown_by(app: Flask, name: str) -> set[str]:
    """The components a template draws itself or through the layouts it extends."""
    named = meta.find_referenced_templates(app.jinja_env.parse((ROOT / name).read_text()))
    found: set[str] = set()
    for other in filter(None, named):
        found |= {other} if other.startswith("components/") else shown_by(app, other)
    return found


def test_the_specimen_shows_every_component(app: Flask) -> None:
    there = {f"components/{path.name}" for path in (ROOT / "components").glob("*.html")}
    assert there - shown_by(app, "specimen/page.html") == set()


def test_each_component_it_names_is_drawn(app: Flask) -> None:
    page = (ROOT / "specimen" / "page.html").read_text()
    for name in shown_by(app, "specimen/page.html"):
        macro = Path(name).stem
        drawn = (ROOT / "layout_desk.html").read_text() + (ROOT / "base.html").read_text() + page
        assert f"{macro}(" in drawn, f"{macro} is named and never drawn"


def test_the_specimen_is_valid_html_for_whoever_is_signed_in(house: House) -> None:
    firm = house.firm()
    for role in (Role.AGENT, Role.TRAINER, Role.FIRM_ADMIN):
        reply = house.client(house.person(firm, role)).get("/specimen")
        assert reply.status_code == 200
        parser = html5lib.HTMLParser(strict=False)
        parser.parse(reply.get_data(as_text=True))
        assert [(where, code) for where, code, _ in parser.errors] == []


def test_nobody_sees_the_specimen_without_signing_in(house: House) -> None:
    assert "/sign-in" in house.client().get("/specimen").location
