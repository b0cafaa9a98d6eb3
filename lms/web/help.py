"""The guides inside Ladder: the very texts of `docs/`, which the package carries in `lms/help`, as pages with anchors."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from lms.foundation.actor import Role
from lms.foundation.errors import NotAllowed, NotFound
from lms.foundation.policy import Door
from lms.foundation.text import safe_html, safe_inline
from lms.foundation.words import N_
from lms.web.language import reader_language
from lms.web.request import actor
from lms.web.room import Room

room = Room("help", __name__)

FOLDER = Path(__file__).parents[1] / "help"
STAFF = (Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN, Role.ASSOCIATION)


@dataclass(frozen=True)
class Guide:
    """A guide: what it is called in a list, and whom it concerns."""

    title: str
    concerns: tuple[Role, ...]


GUIDES: Mapping[str, Guide] = {
    "agents": Guide(N_("For agents"), tuple(Role)),
    "managers": Guide(N_("For managers"), STAFF),
    "authors": Guide(N_("For authors"), STAFF),
    "course-format": Guide(N_("The course format"), STAFF),
    "bring-what-you-have": Guide(N_("Bring what you have"), STAFF),
    "kpi": Guide(N_("Figures"), STAFF),
    "administrators": Guide(N_("For administrators"), (Role.FIRM_ADMIN, Role.ASSOCIATION)),
}
"""Each key is a file of `docs/`."""

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"^(#{1,3}) +(.+?)\s*$")
_LINK = re.compile(r"\]\(([a-z-]+)(?:\.[a-z]{2})?\.md(#[\w-]+)?\)")
_ELSEWHERE = re.compile(r"\[([^\]]+)\]\((?!https://|mailto:|#)[^)]*\)")
_HERE = "https://help.invalid/"
"""Where links between guides lead until the sanitiser, which knows no relative addresses, has let them through."""


@dataclass(frozen=True)
class Part:
    """A part of a guide: its depth (1 is the guide's own title), its heading, and what stands under it.

    `also`: the anchor of the same part in English, by which pages lead here whatever language the reader has.
    """

    depth: int
    anchor: str
    title: Markup
    html: Markup
    also: str = ""


def anchor_of(heading: str) -> str:
    """The anchor of a heading, as code hosts make it, so that one link serves both."""
    words = re.sub(r"[^\w\s-]", "", heading.lower())
    return re.sub(r"\s", "-", words.strip())


def parts_of(text: str) -> Iterator[Part]:
    """A guide's Markdown as parts. A line of code that looks like a heading is none."""
    fence, depth, heading = "", 1, ""
    lines: list[str] = []
    taken: dict[str, int] = {}

    def part() -> Part:
        anchor = anchor_of(heading)
        count = taken.get(anchor, 0)
        taken[anchor] = count + 1
        return Part(
            depth,
            f"{anchor}-{count}" if count else anchor,
            Markup(safe_inline(heading)),  # noqa: S704  (cleaned)
            _html("".join(lines)),
        )

    for line in text.splitlines(keepends=True):
        if mark := _FENCE.match(line):
            fence = "" if fence and mark[1].startswith(fence) else fence or mark[1]
        found = None if fence else _HEADING.match(line)
        if found is None:
            lines.append(line)
            continue
        if heading:
            yield part()
        depth, heading, lines = len(found[1]), found[2], []
    if heading:
        yield part()


def translated_parts(text: str, original: str) -> Iterator[Part]:
    """A translation's parts. It has the headings of its original, in order: each also takes the anchor of that one."""
    for own, first in zip(parts_of(text), parts_of(original), strict=True):
        yield replace(own, also=first.anchor)


def _html(markdown: str) -> Markup:
    """Safe HTML; links to other guides lead to their pages, links to other files are words."""
    led = _LINK.sub(
        lambda link: f"]({_HERE}{link[1]}{link[2] or ''})" if link[1] in GUIDES else link[0], markdown
    )
    html = safe_html(_ELSEWHERE.sub(r"\1", led))
    html = re.sub(
        rf'<a href="{re.escape(_HERE)}([a-z-]+)(#[\w-]+)?"[^>]*>',
        lambda link: f'<a href="{url_for("help.guide", guide=link[1])}{link[2] or ""}">',
        html,
    )
    return Markup(html)  # noqa: S704  (cleaned, and the addresses are our own)


@cache
def text_of(key: str, language: str) -> tuple[str, str]:
    """A guide's text and its language: the reader's where there is one, else English."""
    own = FOLDER / f"{key}.{language}.md"
    if language != "en" and own.is_file():
        return own.read_text(encoding="utf-8"), language
    return (FOLDER / f"{key}.md").read_text(encoding="utf-8"), "en"


def guides_for(roles: frozenset[Role]) -> Sequence[tuple[str, str]]:
    """The key and the title of each guide that concerns somebody with these roles."""
    return [(key, one.title) for key, one in GUIDES.items() if roles & set(one.concerns)]


@room.get("/help", allow=Door.SIGNED_IN)
def index() -> ResponseReturnValue:
    """The guides that concern this person."""
    return render_template("help/index.html", guides=guides_for(actor().roles))


@room.get("/help/<guide>", allow=Door.SIGNED_IN)
def guide(guide: str) -> ResponseReturnValue:
    """One guide."""
    if guide not in GUIDES:
        raise NotFound("There is no such guide.")
    if not actor().has(*GUIDES[guide].concerns):
        raise NotAllowed("This guide is for people with another role. See the ones for you under “Help”.")
    text, language = text_of(guide, reader_language())
    first, *rest = parts_of(text) if language == "en" else translated_parts(text, text_of(guide, "en")[0])
    return render_template(
        "help/guide.html",
        name=GUIDES[guide].title,
        first=first,
        parts=rest,
        language=language,
        guides=guides_for(actor().roles),
        here=guide,
    )
