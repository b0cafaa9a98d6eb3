"""A lesson's file in its two halves, the way an editor shows it: what its head says, and the text of its cards."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms.courses.rules.lessons import FRONT_MATTER, KEY, key_from
from lms.foundation.yaml import BadYaml, read_yaml, write_yaml

CLOSING: Mapping[str, str] = {"en": "Do this on your next call", "es": "Haz esto en tu próxima llamada"}
_CHECK = re.compile(r"(?m)^::: *check *\n(?P<body>(?:(?!:::).*\n)*?)^:::\s*$")
_CHECK_KEY = re.compile(r"(?m)^key:[ \t]*(?P<key>\S+)")
_HEADING = re.compile(r"(?m)^## +(?P<title>.+?)\s*\{#(?P<key>[^}]*)\}\s*$")


@dataclass(frozen=True)
class Head:
    """What a lesson's front matter says."""

    title: str
    minutes: int
    objectives: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class LessonText:
    """A lesson's file as edited. `head` is none when it cannot be read: then `body` is the whole file.

    `offset`: how many lines of the file stand before the body.
    """

    head: Head | None
    body: str
    offset: int = 0


def split_lesson(text: str) -> LessonText:
    """A lesson's file in its two halves."""
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.strip() == "---"), 0)
    if lines[0].strip() != "---" or not end:
        return LessonText(None, text)
    head = _read("\n".join(lines[1:end]))
    if head is None:
        return LessonText(None, text)
    start = end + 1
    while start < len(lines) - 1 and not lines[start].strip():
        start += 1
    return LessonText(head, "\n".join(lines[start:]), start)


def _read(said: str) -> Head | None:
    """The front matter, when nothing in it would be lost by writing it anew."""
    try:
        value = read_yaml(said)
    except BadYaml:
        return None
    if not isinstance(value, dict) or set(value) - set(FRONT_MATTER):
        return None
    title, minutes = value.get("title") or "", value.get("minutes", 1)
    lists = [value.get(name) or [] for name in ("objectives", "sources")]
    if not isinstance(title, str) or not isinstance(minutes, int) or isinstance(minutes, bool):
        return None
    if not all(isinstance(one, list) and all(isinstance(key, str) for key in one) for one in lists):
        return None
    return Head(title, minutes, tuple(lists[0]), tuple(lists[1]))


def join_lesson(head: Head, body: str) -> str:
    """A lesson's file of its two halves: `split_lesson` gives them back."""
    said = write_yaml({"title": head.title, "minutes": head.minutes})
    for name, keys in (("objectives", head.objectives), ("sources", head.sources)):
        if keys:
            plain = all(KEY.fullmatch(key) for key in keys)
            said += f"{name}: [{', '.join(keys)}]\n" if plain else write_yaml({name: list(keys)})
    return f"---\n{said}---\n\n{tidied(body)}"


def rewritten(text: str, head: Head, body: str) -> str:
    """A lesson's file with new halves; what did not change keeps the way it was written."""
    was = split_lesson(text)
    if was.head == head:
        kept = "\n".join(text.split("\n")[: was.offset])
        return f"{kept}\n{tidied(body)}"
    return join_lesson(head, body)


def tidied(body: str) -> str:
    """A text with plain line ends and one at its end."""
    return body.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"


def new_lesson(title: str, language: str) -> str:
    """A lesson to begin with: a hook, the idea, something to do."""
    spanish = language == "es"
    cards = (
        (
            ("Un momento en el piso", "hook"),
            "Cuenta en tres líneas algo que pasó en una llamada y que esta lección ayuda a resolver.",
        )
        if spanish
        else (
            ("A moment from the floor", "hook"),
            "Tell in three lines something that happened on a call and that this lesson helps with.",
        ),
        (("La idea", "idea"), "Una idea, con un ejemplo. Entre 40 y 110 palabras.")
        if spanish
        else (("The idea", "idea"), "One idea, with one example. Between 40 and 110 words."),
        (
            (CLOSING["es" if spanish else "en"], "next-call"),
            "1. Algo que se puede hacer hoy mismo."
            if spanish
            else "1. Something that can be done this very day.",
        ),
    )
    body = "\n".join(f"## {name} {{#{key}}}\n\n{words}\n" for (name, key), words in cards)
    return join_lesson(Head(title, 4), body)


def check_keys(text: str) -> tuple[str, ...]:
    """The keys of a lesson's check questions."""
    return tuple(
        key["key"].strip("'\"")
        for check in _CHECK.finditer(text)
        if (key := _CHECK_KEY.search(check["body"]))
    )


def duplicated(text: str, *, title: str, taken: Sequence[str]) -> str:
    """A lesson's file as a second lesson: its own title, and check questions with keys of their own."""
    used = set(taken)

    def fresh(match: re.Match[str]) -> str:
        key = match["key"].strip("'\"")
        number = next(n for n in range(2, len(used) + 3) if f"{key[:76]}-{n}" not in used)
        used.add(f"{key[:76]}-{number}")
        return f"key: {key[:76]}-{number}"

    def check(match: re.Match[str]) -> str:
        body = match["body"]
        start = match.start("body") - match.start()
        return match[0][:start] + _CHECK_KEY.sub(fresh, body, count=1) + match[0][start + len(body) :]

    return retitled(_CHECK.sub(check, text), title)


def retitled(text: str, title: str) -> str:
    """A lesson's file with another title; a file whose head cannot be read stays as it is."""
    was = split_lesson(text)
    if was.head is None:
        return text
    return join_lesson(Head(title, was.head.minutes, was.head.objectives, was.head.sources), was.body)


def cards_of(text: str) -> tuple[tuple[str, str], ...]:
    """The key and title of each card of a lesson's text, in order."""
    return tuple((match["key"], match["title"]) for match in _HEADING.finditer(text))


def put_into_card(body: str, card: str, block: str) -> str:
    """The text with a block at the end of one card; at the end of all when there is no such card."""
    heads = list(_HEADING.finditer(body))
    at = next((number for number, match in enumerate(heads) if match["key"] == card), len(heads) - 1)
    end = heads[at + 1].start() if 0 <= at < len(heads) - 1 else len(body)
    before, after = body[:end].rstrip("\n"), body[end:]
    return f"{before}\n\n{block.strip()}\n" + (f"\n{after}" if after else "")


def card_key(title: str, taken: Sequence[str]) -> str:
    """A key for a new card, of its title."""
    wanted = key_from(title, longest=40) or "card"
    return next(
        one for one in (wanted, *(f"{wanted}-{n}" for n in range(2, len(taken) + 3))) if one not in taken
    )
