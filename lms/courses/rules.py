"""What a course is: its parts, how a lesson's text is read, and what stops it from being published."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from lms.foundation.text import words
from lms.foundation.yaml import BadYaml, line_of, read_yaml

KEY = re.compile(r"(?=.{1,80}$)[a-z0-9]+(-[a-z0-9]+)*")
COURSE_KEY = re.compile(r"(?=.{1,80}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
LONGEST_TITLE = 200
TRACKS = ("supervisory", "technical", "managerial")
CALLOUTS = ("tip", "rule", "warning", "belize")
SPEAKERS = ("agent", "customer", "lead", "colleague", "caller", "chat")
BLOCKS = ("callout", "steps", "dialogue", "reveal", "worked", "audio", "check")
WORDS_A_MINUTE = 200
SECONDS_A_CHECK = 20
_CARD = re.compile(r"## (?P<title>.+?)\s*\{#(?P<key>[^}]*)\}\s*$")
_PICTURE = re.compile(r'!\[(?P<alt>[^\]]*)\]\((?P<path>[^\s)]+)(?:\s+"(?P<caption>[^"]*)")?\)\s*$')
_TURN = re.compile(r"(?P<name>[^():]{1,60}?)\s*\((?P<role>[a-z]+)\):\s*(?P<words>.+)$")


@dataclass(frozen=True)
class Problem:
    """What is wrong where, and the remedy. `advice` does not stop publishing."""

    file: str
    line: int
    message: str
    advice: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'(advice) ' if self.advice else ''}{self.message}"


@dataclass(frozen=True)
class Block:
    """A piece of a card: `text`, `picture` or one of BLOCKS, with its title or arguments and its body."""

    kind: str
    body: str
    line: int
    title: str = ""
    path: str = ""
    question: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Card:
    """One idea: a heading, a key for ever, and blocks."""

    key: str
    title: str
    line: int
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Lesson:
    """A lesson as read from its file."""

    key: str
    title: str
    minutes: int
    objectives: tuple[str, ...]
    sources: tuple[str, ...]
    cards: tuple[Card, ...]
    module: str = ""


def parse_lesson(key: str, file: str, text: str) -> tuple[Lesson, list[Problem]]:
    """Read a lesson's file: front matter, then cards. Returns what could be read and every problem."""
    found: list[Problem] = []
    lines = text.split("\n")
    end = next((n for n, line in enumerate(lines[1:], start=1) if line.strip() == "---"), 0)
    if lines[0].strip() != "---" or not end:
        found.append(Problem(file, 1, "Start the lesson with its front matter between two lines of ---."))
        return Lesson(key, key, 1, (), (), ()), found
    head = _front_matter(file, "\n".join(lines[1:end]), found)
    cards = tuple(_cards(file, lines, end + 1, found))
    if not cards:
        found.append(Problem(file, end + 2, "Write at least one card: a line such as “## The hook {#hook}”."))
    keys = [card.key for card in cards]
    for card in cards:
        if keys.count(card.key) > 1:
            found.append(Problem(file, card.line, f"Two cards have the key “{card.key}”. Give each its own."))
    minutes = head.get("minutes")
    return Lesson(
        key,
        str(head.get("title") or key),
        minutes if isinstance(minutes, int) else 1,
        _texts(head.get("objectives")),
        _texts(head.get("sources")),
        cards,
    ), found


def _is_title(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and len(value) <= LONGEST_TITLE


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()


def _front_matter(file: str, text: str, found: list[Problem]) -> Mapping[str, Any]:
    try:
        head = read_yaml(text)
    except BadYaml as error:
        found.append(Problem(file, error.line + 1, error.sentence))
        return {}
    if not isinstance(head, dict):
        found.append(Problem(file, 2, "Write the front matter as “title: …”, “minutes: …”."))
        return {}
    for name in head:
        if name not in ("title", "minutes", "objectives", "sources"):
            found.append(
                Problem(file, line_of(text, str(name)) + 1, f"We do not know “{name}” here. Take it out.")
            )
    if not _is_title(head.get("title")):
        found.append(Problem(file, 2, f"Give the lesson a title, of {LONGEST_TITLE} characters at most."))
    minutes = head.get("minutes")
    if not isinstance(minutes, int) or not 1 <= minutes <= 30:
        found.append(Problem(file, 2, "Give the lesson its minutes: a whole number from 1 to 30."))
    return head


def _cards(file: str, lines: Sequence[str], start: int, found: list[Problem]) -> Iterator[Card]:
    heads = [n for n in range(start, len(lines)) if lines[n].startswith("## ") or lines[n].rstrip() == "##"]
    first = heads[0] if heads else len(lines)
    if any(line.strip() for line in lines[start:first]):
        found.append(
            Problem(file, start + 1, "Put this text under a card: a line such as “## The hook {#hook}”.")
        )
    for number, at in enumerate(heads):
        stop = heads[number + 1] if number + 1 < len(heads) else len(lines)
        match = _CARD.match(lines[at])
        if not match or not KEY.fullmatch(match["key"]):
            found.append(
                Problem(
                    file,
                    at + 1,
                    "End the card's heading in its key, such as {#hook}: small letters, digits, hyphens.",
                )
            )
            continue
        blocks = tuple(_blocks(file, lines, at + 1, stop, found))
        if sum(block.kind == "check" for block in blocks) > 1:
            found.append(
                Problem(
                    file, at + 1, "A card holds one check question at most. Move the other to its own card."
                )
            )
        yield Card(match["key"], match["title"], at + 1, blocks)


def _blocks(file: str, lines: Sequence[str], start: int, stop: int, found: list[Problem]) -> Iterator[Block]:
    text: list[str] = []
    text_at = start
    at = start
    while at < stop:
        line = lines[at]
        picture = _PICTURE.match(line)
        if not line.startswith(":::") and not picture:
            text = [*text, line] if text else [line]
            text_at = at if len(text) == 1 else text_at
            at += 1
            continue
        if any(one.strip() for one in text):
            yield Block("text", "\n".join(text).strip("\n"), text_at + 1)
        text = []
        if picture:
            if not picture["alt"].strip():
                found.append(
                    Problem(file, at + 1, "Say what the picture shows, between the square brackets.")
                )
            yield Block("picture", picture["alt"], at + 1, picture["caption"] or "", picture["path"])
            at += 1
            continue
        close = next((n for n in range(at + 1, stop) if lines[n].rstrip() == ":::"), None)
        kind, _, title = line[3:].strip().partition(" ")
        if close is None:
            found.append(Problem(file, at + 1, "This block is not closed. Add a line with ::: after it."))
            return
        block = _block(file, kind, title.strip(), lines[at + 1 : close], at + 1, found)
        if block:
            yield block
        at = close + 1
    if any(one.strip() for one in text):
        yield Block("text", "\n".join(text).strip("\n"), text_at + 1)


def _block(
    file: str, kind: str, title: str, body: Sequence[str], line: int, found: list[Problem]
) -> Block | None:
    text = "\n".join(body)
    if kind not in BLOCKS:
        found.append(
            Problem(file, line, f"We do not know the block “{kind}”. Use one of {', '.join(BLOCKS)}.")
        )
        return None
    if kind == "callout" and title not in CALLOUTS:
        found.append(Problem(file, line, f"Say which callout: {', '.join(CALLOUTS)}."))
    if kind in ("reveal", "worked") and not title:
        found.append(Problem(file, line, f"Give the {kind} block a title after the word."))
    if kind == "dialogue":
        for number, spoken in enumerate(body, start=1):
            turn = _TURN.match(spoken)
            if spoken.strip() and not spoken.startswith(">") and (not turn or turn["role"] not in SPEAKERS):
                found.append(
                    Problem(
                        file,
                        line + number,
                        f"Write a turn as “Keisha (agent): words”; roles are {', '.join(SPEAKERS)}.",
                    )
                )
    if kind == "check":
        return _check(file, text, line, found)
    path = ""
    if kind == "audio":
        path, _, title = title.partition(" ")
        if not text.strip():
            found.append(
                Problem(file, line, "Write what is said as the block's body: sound needs its transcript.")
            )
    return Block(kind, text, line, title.strip(), path)


def _check(file: str, text: str, line: int, found: list[Problem]) -> Block | None:
    try:
        question = read_yaml(text)
    except BadYaml as error:
        found.append(Problem(file, line + error.line, error.sentence))
        return None
    if not isinstance(question, dict):
        found.append(Problem(file, line, "Write the check as a question: key, kind, stem and its options."))
        return None
    return Block("check", text, line, question=question)


@dataclass(frozen=True)
class Turn:
    """One line of a dialogue: who speaks, or (no name) a coach's note."""

    name: str
    role: str
    words: str


def turns(body: str) -> Iterator[Turn]:
    """The lines of a dialogue."""
    for line in body.split("\n"):
        if line.startswith(">"):
            yield Turn("", "note", line[1:].strip())
        elif match := _TURN.match(line):
            yield Turn(match["name"].strip(), match["role"], match["words"].strip())


def lesson_words(lesson: Lesson) -> int:
    """How many words a lesson has to read, checks included."""
    return sum(len(words(block.body)) for card in lesson.cards for block in card.blocks)


def minutes_estimate(lesson: Lesson) -> int:
    """Minutes at 200 words a minute, with 20 seconds of thought for each check; at least one."""
    checks = sum(block.kind == "check" for card in lesson.cards for block in card.blocks)
    return max(1, ceil(lesson_words(lesson) / WORDS_A_MINUTE + checks * SECONDS_A_CHECK / 60 - 0.5))


def count_questions(files: Mapping[str, str]) -> int:
    """How many questions the bank of a published package has: the entries of its lists, which begin a line alike."""
    return sum(
        len(re.findall(rf"(?m)^{first[1]}- ", text))
        for name, text in files.items()
        if name.startswith("questions/") and (first := re.search(r"(?m)^( *)- ", text))
    )


LANGUAGES = ("en", "es")
_ENTRIES: Mapping[str, Mapping[str, type]] = {
    "competencies": {"id": str, "level": int},
    "objectives": {"key": str, "text": str},
    "modules": {"lessons": list},
    "sources": {"key": str, "text": str},
}
_COURSE_KEYS = {
    "format",
    "key",
    "title",
    "language",
    "summary",
    "audience",
    "tracks",
    "competencies",
    "objectives",
    "modules",
    "completion",
    "sources",
}


def course_problems(
    course: Mapping[str, Any], text: str, lessons: Mapping[str, Lesson], assessments: Sequence[str]
) -> list[Problem]:
    """What is wrong in course.yaml, and between it and the other files."""
    file = "course.yaml"
    found = [
        Problem(file, line_of(text, str(name)), f"We do not know “{name}” here. Take it out.")
        for name in course
        if name not in _COURSE_KEYS
    ]
    found += [
        Problem(file, 1, f"Add “{name}”.")
        for name in (
            "key",
            "title",
            "language",
            "summary",
            "competencies",
            "objectives",
            "modules",
            "completion",
        )
        if not course.get(name)
    ]
    found = found or [Problem(file, line_of(text, where), words) for where, words in _misshapen(course)]
    if found:
        return found
    if course.get("format") != 1:
        found.append(Problem(file, 1, "Write “format: 1”."))
    if not COURSE_KEY.fullmatch(str(course["key"])):
        found.append(Problem(file, line_of(text, "key"), "The course's key is letters, digits and hyphens."))
    for track in course.get("tracks") or ():
        if track not in TRACKS:
            found.append(
                Problem(file, line_of(text, "tracks"), f"“{track}” is not a track. Use {', '.join(TRACKS)}.")
            )
    found += _references(course, text, lessons)
    named = [key for module in course["modules"] for key in module["lessons"]]
    for key in sorted({key for key in named if named.count(key) > 1}):
        found.append(Problem(file, line_of(text, "modules"), f"“{key}” is in the modules twice. Keep one."))
    for key in named:
        if key not in lessons:
            found.append(
                Problem(
                    file,
                    line_of(text, "modules"),
                    f"There is no file lessons/{key}.md. Write it, or take “{key}” out of its module.",
                )
            )
    for key in lessons:
        if key not in named:
            found.append(
                Problem(
                    f"lessons/{key}.md",
                    1,
                    "No module has this lesson. Add its key to a module in course.yaml.",
                )
            )
    wanted = course["completion"].get("assessment")
    if wanted and wanted not in assessments:
        found.append(
            Problem(file, line_of(text, "completion"), f"There is no assessment “{wanted}” in assessments/.")
        )
    return found


def _misshapen(course: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What has not the shape it must have, as (path, sentence with the remedy)."""
    for name in ("title", "summary", "language"):
        if not isinstance(course[name], str) or (name != "summary" and not _is_title(course[name])):
            yield name, f"Write “{name}” as a text, of {LONGEST_TITLE} characters at most."
    if course["language"] not in LANGUAGES:
        yield "language", f"The language is one of {', '.join(LANGUAGES)}."
    for name, wanted in _ENTRIES.items():
        entries = course.get(name) or []
        if not isinstance(entries, list):
            yield name, f"Write “{name}” as a list."
            continue
        for number, entry in enumerate(entries):
            if not isinstance(entry, Mapping) or not all(
                isinstance(entry.get(part), kind) and entry[part] for part, kind in wanted.items()
            ):
                yield f"{name}.{number}", f"Give each entry of “{name}” its {' and '.join(wanted)}."
    if not isinstance(course.get("tracks") or [], list):
        yield "tracks", "Write “tracks” as a list."
    if isinstance(course["modules"], list):
        for number, module in enumerate(course["modules"]):
            if isinstance(module, Mapping) and not _texts_only(module.get("lessons")):
                yield f"modules.{number}", "Name the module's lessons: lessons: [the-hook, the-rule]."
            if isinstance(module, Mapping) and not _is_title(module.get("title", "-")):
                yield f"modules.{number}", f"A module's title has {LONGEST_TITLE} characters at most."
    completion = course["completion"]
    if not isinstance(completion, Mapping):
        yield "completion", "Write what completes the course: {lessons: all, assessment: final}."
    elif completion.get("lessons", "all") != "all" and not isinstance(completion["lessons"], int):
        yield "completion", "The lessons that complete a course are “all” or a number of them."
    elif completion.get("lessons", "all") != "all" and not _is_possible(course):
        yield (
            "completion",
            "Ask for one lesson or more, and not for more than the course has; or write “all”.",
        )


def _is_possible(course: Mapping[str, Any]) -> bool:
    """Whether the lessons that complete a course are there to be done."""
    modules = course["modules"] if isinstance(course["modules"], list) else ()
    there = sum(len(one["lessons"]) for one in modules if isinstance(one, Mapping) and "lessons" in one)
    wanted = course["completion"]["lessons"]
    return not isinstance(wanted, bool) and 1 <= wanted <= there


def _texts_only(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _references(course: Mapping[str, Any], text: str, lessons: Mapping[str, Lesson]) -> Iterator[Problem]:
    objectives = {entry.get("key") for entry in course["objectives"]}
    sources = {entry.get("key") for entry in course.get("sources") or ()}
    for lesson in lessons.values():
        file = f"lessons/{lesson.key}.md"
        for name, used, known in (
            ("objective", lesson.objectives, objectives),
            ("source", lesson.sources, sources),
        ):
            for key in used:
                if key not in known:
                    yield Problem(
                        file, 2, f"course.yaml has no {name} “{key}”. Add it there, or correct the key."
                    )
    for entry in course.get("sources") or ():
        if entry.get("tag") not in ("V", "C", "K", "J"):
            yield Problem(
                "course.yaml",
                line_of(text, "sources"),
                f"Give the source “{entry.get('key')}” its tag: V, C, K or J.",
            )
