"""What a lesson is, and how its text is read."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.courses.rules.blocks import Block, Problem, read_blocks
from lms.foundation.text import nearest
from lms.foundation.words import N_
from lms.foundation.yaml import BadYaml, line_of, read_yaml

KEY = re.compile(r"(?=.{1,80}$)[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_TITLE = 200
FRONT_MATTER = ("title", "minutes", "objectives", "sources")
_CARD = re.compile(r"## (?P<title>.+?)\s*\{#(?P<key>[^}]*)\}\s*$")


@dataclass(frozen=True)
class Card:
    """One idea: a heading, a key for ever, and blocks."""

    key: str
    title: str
    line: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Lesson:
    """A lesson as read from its file. `lines`: where each part of the front matter stands."""

    key: str
    title: str
    minutes: int
    objectives: tuple[str, ...]
    sources: tuple[str, ...]
    cards: tuple[Card, ...]
    module: str = ""
    lines: Mapping[str, int] | None = None

    def line(self, name: str) -> int:
        """The line of a part of the front matter; of its start when it is not there."""
        return (self.lines or {}).get(name, 2)


def key_from(title: str, *, longest: int = 80) -> str:
    """A key made of a title: small letters without accents and digits, joined by hyphens; empty when none are in it."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")[:longest].rstrip("-")


def parse_lesson(key: str, file: str, text: str) -> tuple[Lesson, list[Problem]]:
    """Read a lesson's file: front matter, then cards. Returns what could be read and every problem."""
    found: list[Problem] = []
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.strip() == "---"), 0)
    if lines[0].strip() != "---" or not end:
        found.append(Problem(file, 1, N_("Start the lesson with its front matter between two lines of ---.")))
        return Lesson(key, key, 1, (), (), ()), found
    said = "\n".join(lines[1:end])
    head = _front_matter(file, said, found)
    cards = tuple(_cards(file, lines, end + 1, found))
    if not cards:
        found.append(
            Problem(file, end + 2, N_("Write at least one card: a line such as “## The hook {#hook}”."))
        )
    keys = [card.key for card in cards]
    for card in cards:
        if keys.count(card.key) > 1:
            found.append(
                Problem(
                    file, card.line, N_("Two cards have the key “%(key)s”. Give each its own.", key=card.key)
                )
            )
    minutes = head.get("minutes")
    return Lesson(
        key,
        str(head.get("title") or key),
        minutes if isinstance(minutes, int) else 1,
        _texts(head.get("objectives")),
        _texts(head.get("sources")),
        cards,
        lines={name: line_of(said, name) + 1 for name in FRONT_MATTER if name in head},
    ), found


def is_title(value: object) -> bool:
    """Whether a value is a text that can stand as a title."""
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_TITLE


def is_count(value: object, *, least: int = 1, most: int = 1_000) -> bool:
    """Whether a value is a whole number in a range; `true` is none."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def texts_only(value: object) -> bool:
    """Whether a value is a list of texts."""
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _front_matter(file: str, text: str, found: list[Problem]) -> Mapping[str, Any]:
    try:
        head = read_yaml(text)
    except BadYaml as error:
        found.append(Problem(file, error.line + 1, error.sentence))
        return {}
    if not isinstance(head, dict):
        found.append(Problem(file, 2, N_("Write the front matter as “title: …”, “minutes: …”.")))
        return {}

    def note(name: str, message: str) -> None:
        found.append(Problem(file, line_of(text, name) + 1, message))

    for name in head:
        if name not in FRONT_MATTER:
            note(
                str(name),
                N_(
                    "We do not know “%(name)s” here. %(remedy)s",
                    name=name,
                    remedy=nearest(str(name), FRONT_MATTER),
                ),
            )
    if not is_title(head.get("title")):
        note(
            "title",
            N_(
                "Give the lesson a title, of %(most)s characters at most.",
                most=LONGEST_TITLE,
            ),
        )
    if not is_count(head.get("minutes"), most=30):
        note("minutes", N_("Give the lesson its minutes: a whole number from 1 to 30."))
    for name in ("objectives", "sources"):
        if not texts_only(head.get(name, [])):
            note(name, N_("Write “%(name)s” as a list of keys: [first-key, second-key].", name=name))
    return head


def _cards(file: str, lines: Sequence[str], start: int, found: list[Problem]) -> Iterator[Card]:
    heads = [n for n in range(start, len(lines)) if lines[n].startswith("## ") or lines[n].rstrip() == "##"]
    first = heads[0] if heads else len(lines)
    if any(line.strip() for line in lines[start:first]):
        found.append(
            Problem(file, start + 1, N_("Put this text under a card: a line such as “## The hook {#hook}”."))
        )
    for number, at in enumerate(heads):
        stop = heads[number + 1] if number + 1 < len(heads) else len(lines)
        match = _CARD.match(lines[at])
        if not match or not KEY.fullmatch(match["key"]):
            found.append(
                Problem(
                    file,
                    at + 1,
                    N_("End the card's heading in its key, such as {#hook}: small letters, digits, hyphens."),
                )
            )
            continue
        blocks = tuple(read_blocks(file, lines, at + 1, stop, found))
        if sum(block.kind == "check" for block in blocks) > 1:
            found.append(
                Problem(
                    file,
                    at + 1,
                    N_("A card holds one check question at most. Move the other to its own card."),
                )
            )
        if not blocks:
            found.append(Problem(file, at + 1, N_("This card is empty. Write its words, or take it out.")))
        yield Card(match["key"], match["title"], at + 1, blocks)
