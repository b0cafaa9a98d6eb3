"""The steps of the page for authors are true: what it says to open, write, choose, tick and press makes a course."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient

from lms.foundation.actor import Role
from lms.web.help import GUIDES, anchor_of, parts_of
from tests.house import House

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "authors.md").read_text()
SPANISH = (ROOT / "docs" / "authors.es.md").read_text()
STEP = re.compile(
    r"(?:[Oo]pen|[Aa]bre) \*\*(?P<open>[^*]+)\*\*|(?:[Pp]ress|[Pp]ulsa) \*\*(?P<press>[^*]+)\*\*"
    r"|(?:[Tt]ick|[Mm]arca) \*\*(?P<tick>[^*]+)\*\*"
    r"|(?:[Ww]rite|[Ee]scribe) `(?P<write>[^`]+)` (?:in|en)\s+\*\*(?P<field>[^*]+)\*\*"
    r"|(?:[Cc]hoose|[Ee]lige)\s+`(?P<choose>[^`]+)` (?:in|en)\s+\*\*(?P<list>[^*]+)\*\*"
    r"|(?:[Ww]rite this in|[Ee]scribe esto en) \*\*(?P<long>[^*]+)\*\*"
    r"|(?:In|En) \*\*(?P<group>[^*]+)\*\*,|(?P<block>```)",
)
IN_A_GROUP = ("Words", "Why", "How many", "Palabras", "Por qué", "Cuántas")


def steps(page: str) -> Iterator[tuple[str, str, str]]:
    """(act, what, value) in the order of the text; a block of text stands where the words that name its field stand."""
    section = re.split(r"(?:, step by step|, paso a paso)\n", page)[1].split("\n## ")[0]
    blocks = iter(re.findall(r"^   ```markdown\n(.*?)^   ```$", section, re.DOTALL | re.M))
    words = re.sub(r"^   ```markdown\n.*?^   ```$", "", section, flags=re.DOTALL | re.M)
    for found in STEP.finditer(re.sub(r"\s*\n\s*", " ", words)):
        said = {name: value for name, value in found.groupdict().items() if value}
        if "write" in said:
            yield "write", said["field"], said["write"]
        elif "choose" in said:
            yield "choose", said["list"], said["choose"]
        elif "long" in said:
            yield "write", said["long"], re.sub(r"^   ", "", next(blocks), flags=re.M)
        else:
            ((act, what),) = said.items()
            yield act, what, ""


def words_of(node: Element) -> str:
    """What a person reads of an element, in one line."""
    return " ".join("".join(node.itertext()).split())


class Reader:
    """Somebody who does what a page tells them, with plain forms and links."""

    def __init__(self, client: FlaskClient) -> None:
        self.client, self.address = client, "/"
        self.go("/studio")

    def go(self, address: str) -> None:
        reply = self.client.get(address, follow_redirects=True)
        assert reply.status_code == 200, address
        self._shown(reply.get_data(as_text=True), reply.request.path)

    def _shown(self, page: str, address: str) -> None:
        self.page, self.address, self.group = page, address, ""
        self.tree = html5lib.HTMLParser(namespaceHTMLElements=False).parse(page)
        self.parents = {child: node for node in self.tree.iter() for child in node}
        self.typed: dict[Element, str] = {}

    def open(self, what: str) -> None:
        links = [node for node in self.tree.iter("a") if words_of(node).split("\n")[0].startswith(what)]
        assert links, f"no link “{what}” on {self.address}"
        self.go(urljoin(self.address, links[-1 if what in ("Questions", "Preguntas") else 0].get("href", "")))

    def _above(self, node: Element, tag: str) -> Element | None:
        while node in self.parents:
            node = self.parents[node]
            if node.tag == tag:
                return node
        return None

    def _field(self, what: str) -> Element:
        ids = {node.get("id"): node for node in self.tree.iter() if node.get("id")}
        for label in self.tree.iter("label"):
            if not words_of(label).startswith(what):
                continue
            box = ids.get(label.get("for")) if label.get("for") else label.find(".//input")
            if box is None:
                continue
            group = self._above(box, "fieldset")
            legend = (
                words_of(group.find("legend"))
                if group is not None and group.find("legend") is not None
                else ""
            )
            if not self.group or legend.startswith(self.group):
                return box
        raise AssertionError(f"no field “{what}” {self.group} on {self.address}")

    def write(self, what: str, value: str) -> None:
        self.typed[self._field(what)] = value

    def tick(self, what: str) -> None:
        box = self._field(what)
        self.typed[box] = box.get("value", "on")

    def choose(self, what: str, value: str) -> None:
        box = self._field(what)
        for option in box.iter("option"):
            if value in (option.get("value"), words_of(option)) or words_of(option).startswith(value):
                self.typed[box] = option.get("value", "")
                return
        raise AssertionError(f"no choice “{value}” in “{what}”")

    def press(self, what: str) -> None:
        for button in self.tree.iter("button"):
            form = self._above(button, "form")
            if form is None or not words_of(button).startswith(what) or form.get("method") != "post":
                continue
            inside = set(form.iter())
            if all(box in inside for box in self.typed):
                self._send(form, button)
                return
        told = [words_of(node) for node in self.tree.iter("li") if "place--stop" in node.get("class", "")]
        raise AssertionError(f"no button “{what}” for what was written on {self.address}: {told}")

    def _send(self, form: Element, button: Element) -> None:
        data: dict[str, list[str]] = {}
        for box in form.iter():
            name = box.get("name")
            if name and (value := self._sent(box)) is not None:
                data.setdefault(name, []).append(value)
        if button.get("name"):
            data[button.get("name", "")] = [button.get("value", "")]
        reply = self.client.post(
            urljoin(self.address, form.get("action") or ""), data=data, follow_redirects=True
        )
        page = reply.get_data(as_text=True)
        assert reply.status_code == 200, re.findall(r'role="alert".*?</div>', page, re.DOTALL)
        self._shown(page, reply.request.path)

    def _sent(self, box: Element) -> str | None:
        if box in self.typed:
            return self.typed[box]
        if box.tag == "textarea":
            return (box.text or "").removeprefix("\n")
        if box.tag == "select":
            options = list(box.iter("option"))
            chosen = [one for one in options if one.get("selected") is not None] or options[:1]
            return chosen[0].get("value", "") if chosen else None
        if box.tag == "input" and (
            box.get("type") not in ("checkbox", "radio") or box.get("checked") is not None
        ):
            return box.get("value", "")
        return None


@pytest.fixture
def reader(house: House) -> Reader:
    return Reader(house.client(house.person(house.firm(), Role.TRAINER, Role.AGENT, name="Tania Coc")))


@pytest.mark.parametrize(
    ("page", "language", "published", "title"),
    [
        pytest.param(PAGE, "en", "Published as version 1", "Hold without losing them", id="en"),
        pytest.param(SPANISH, "es", "Publicado como versión 1", "La espera sin perder a nadie", id="es"),
    ],
)
def test_following_the_steps_makes_a_published_course_that_can_be_taken(
    reader: Reader, page: str, language: str, published: str, title: str
) -> None:
    reader.client.set_cookie("language", language)
    reader.go("/studio")
    done = 0
    for act, what, value in steps(page):
        if act == "group":
            reader.group = what
        elif act == "open":
            reader.open(what)
        elif act in ("write", "choose"):
            if not reader.group or what in IN_A_GROUP:
                getattr(reader, act)(what, value)
            else:
                reader.group = ""
                getattr(reader, act)(what, value)
        else:
            getattr(reader, act)(what)
        done += 1
    assert done > 35
    assert published in reader.page
    assert title in reader.client.get("/courses").get_data(as_text=True)


@pytest.mark.sqlite_is_enough
def test_every_little_question_mark_leads_to_a_place_in_a_guide(app: Flask, reader: Reader) -> None:
    anchors = {part.anchor for part in parts_of_outside(app, PAGE)}
    named: set[str] = set()
    for path in (ROOT / "lms" / "templates").rglob("*.html"):
        named |= set(re.findall(r'help_link\("authors", "([a-z-]+)"', path.read_text()))
    named |= set(re.findall(r': \("([a-z-]+)", _\(', (ROOT / "lms/templates/studio/_tabs.html").read_text()))
    named.add("outline-and-settings")
    assert len(named) > 8
    assert named <= anchors, named - anchors
    for language in ("en", "es"):
        reader.client.set_cookie("language", language)
        page = reader.client.get("/help/authors").get_data(as_text=True)
        for anchor in named:
            assert f'id="{anchor}"' in page, (language, anchor)


def parts_of_outside(app: Flask, text: str) -> list[object]:
    with app.test_request_context():
        return list(parts_of(text))


@pytest.mark.sqlite_is_enough
def test_the_package_carries_the_guides_and_each_is_for_whom_it_concerns(app: Flask, house: House) -> None:
    for key in GUIDES:
        assert (ROOT / "lms" / "help" / f"{key}.md").read_text() == (ROOT / "docs" / f"{key}.md").read_text()
    for path in (ROOT / "docs").glob("*.es.md"):
        assert (ROOT / "lms" / "help" / path.name).read_text() == path.read_text()
        assert path.name.removesuffix(".es.md") in GUIDES
    firm = house.firm()
    agent, trainer = house.client(house.person(firm)), house.client(house.person(firm, Role.TRAINER))
    assert agent.get("/help/agents").status_code == 200
    assert agent.get("/help/authors").status_code == 403
    assert "/help/authors" not in agent.get("/help").get_data(as_text=True)
    assert trainer.get("/help/authors").status_code == 200
    assert trainer.get("/help/administrators").status_code == 403
    assert trainer.get("/help/passwords").status_code == 404
    page = trainer.get("/help/authors").get_data(as_text=True)
    assert '<a href="/help/course-format">' in page
    assert "help.invalid" not in page
    assert "&lt;" not in page.split("<h1")[1].split("</h1>")[0]


@pytest.mark.sqlite_is_enough
def test_a_heading_in_code_is_no_part(app: Flask) -> None:
    with app.test_request_context():
        found = list(parts_of("# A\n\n```\n## not one\n```\n\n## B & c!\n\n## B & c!\n"))
    assert [(one.depth, one.anchor) for one in found] == [(1, "a"), (2, "b--c"), (2, "b--c-1")]
    assert anchor_of("A second person looks") == "a-second-person-looks"


@pytest.mark.sqlite_is_enough
def test_every_page_of_the_studio_has_a_way_to_its_place_in_the_guide(house: House) -> None:
    trainer = house.person(house.firm(), Role.TRAINER, Role.FIRM_ADMIN)
    client, course_id = house.client(trainer), house.course(trainer)
    own = ("", "lessons/hello", "questions", "questions/t01-q1", "assessments", "people", "review", "publish")
    for path in (
        *(f"/studio/{course_id}/{one}".rstrip("/") for one in (*own, "history", "media")),
        "/studio",
        "/studio/rules",
        "/studio/reviews",
    ):
        assert 'class="help-link"' in client.get(path).get_data(as_text=True), path
    assert "The only module" in client.get(f"/studio/{course_id}/lessons/hello").get_data(as_text=True)


@pytest.mark.sqlite_is_enough
def test_a_guide_is_in_the_readers_language_where_it_is_written_and_says_so_where_it_is_not(
    house: House,
) -> None:
    client = house.client(house.person(house.firm(), Role.FIRM_ADMIN))
    client.set_cookie("language", "es")
    for guide, title in (
        ("agents", "Para agentes"),
        ("managers", "Para gerentes"),
        ("authors", "Para autores"),
        ("administrators", "Para administradores de la empresa"),
    ):
        page = client.get(f"/help/{guide}").get_data(as_text=True)
        assert f"<h1>{title}</h1>" in page
        found = re.findall(r' id="([^"]+)"', page)
        assert len(found) == len(set(found))
        assert all(place in found for place in re.findall(r'<a href="#([^"]+)"', page))
    assert 'href="/help/authors#reglas-para-autores"' in page
    assert '<h1 lang="en">The course format</h1>' in client.get("/help/course-format").get_data(as_text=True)


@pytest.mark.parametrize("path", sorted((ROOT / "docs").glob("*.es.md")), ids=lambda one: one.name)
@pytest.mark.sqlite_is_enough
def test_a_translated_guide_has_every_part_of_its_original(app: Flask, path: Path) -> None:
    original = (ROOT / "docs" / f"{path.name.removesuffix('.es.md')}.md").read_text()
    with app.test_request_context():
        own, first = list(parts_of(path.read_text())), list(parts_of(original))
    assert [one.depth for one in own] == [one.depth for one in first]
    for here, there in zip(own, first, strict=True):
        for tag in ("<li>", "<pre>", "<tr>"):
            assert here.html.count(tag) == there.html.count(tag), (here.title, tag)
