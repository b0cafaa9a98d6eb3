"""The blocks of a card: how they are read, and what is wrong with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.foundation.words import N_
from lms.foundation.yaml import BadYaml, read_yaml

CALLOUTS = ("tip", "rule", "warning", "belize")
SPEAKERS = ("agent", "customer", "lead", "colleague", "caller", "chat")
BLOCKS = ("callout", "steps", "dialogue", "reveal", "worked", "audio", "check")
PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".webp", ".avif")
SOUNDS = (".opus", ".mp3")
_PICTURE = re.compile(r'!\[(?P<alt>[^\]]*)\]\((?P<path>[^\s)]+)(?:\s+"(?P<caption>[^"]*)")?\)\s*$')
_TURN = re.compile(r"(?P<name>[^():]{1,60}?)\s*\((?P<role>[a-z]+)\):\s*(?P<words>.+)$")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(\s[^<>]*)?/?>", re.IGNORECASE)
_LINK = re.compile(r"(?<!!)\[[^\]]+\]\((?!https://|mailto:|#)[^)]*\)")
_CODE = re.compile(r"`[^`]*`")


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


def read_blocks(
    file: str, lines: Sequence[str], start: int, stop: int, found: list[Problem]
) -> Iterator[Block]:
    """The blocks between two lines of a lesson; what is wrong with them goes to `found`."""
    text: list[str] = []
    text_at = start
    at = start
    while at < stop:
        line = lines[at]
        picture = _PICTURE.match(line)
        if not line.startswith(":::") and not picture:
            if not text:
                text_at = at
            text.append(line)
            _look_at_words(file, line, at + 1, found)
            at += 1
            continue
        if any(one.strip() for one in text):
            yield Block("text", "\n".join(text).strip("\n"), text_at + 1)
        text = []
        if picture:
            if not picture["alt"].strip():
                found.append(
                    Problem(file, at + 1, N_("Say what the picture shows, between the square brackets."))
                )
            if not picture["path"].lower().endswith(PICTURES):
                found.append(
                    Problem(file, at + 1, N_("A picture is %(pictures)s.", pictures=_endings(PICTURES)))
                )
            yield Block("picture", picture["alt"], at + 1, picture["caption"] or "", picture["path"])
            at += 1
            continue
        kind, _, title = line[3:].strip().partition(" ")
        if not kind:
            found.append(Problem(file, at + 1, N_("This ::: closes no block. Take it out.")))
            at += 1
            continue
        close = next((n for n in range(at + 1, stop) if lines[n].rstrip() == ":::"), None)
        if close is None:
            found.append(Problem(file, at + 1, N_("This block is not closed. Add a line with ::: after it.")))
            return
        if inner := next((n for n in range(at + 1, close) if lines[n].startswith(":::")), None):
            found.append(
                Problem(
                    file,
                    inner + 1,
                    N_(
                        "A block starts here inside the block of line %(at)s. Close that one first, with ::: alone.",
                        at=at + 1,
                    ),
                )
            )
            at = close + 1
            continue
        block = _block(file, kind, title.strip(), lines[at + 1 : close], at + 1, found)
        if block:
            yield block
        at = close + 1
    if any(one.strip() for one in text):
        yield Block("text", "\n".join(text).strip("\n"), text_at + 1)


def _endings(endings: Sequence[str]) -> str:
    return ", ".join(ending[1:] for ending in endings)


def _look_at_words(file: str, line: str, number: int, found: list[Problem]) -> None:
    """What an author writes in running words and would look for in vain on the page."""
    plain = _CODE.sub("", line)
    if re.search(r"!\[[^\]]*\]\(", plain):
        found.append(
            Problem(
                file,
                number,
                N_(
                    "A picture stands alone on its line, at the start of it, in no block: "
                    "![what it shows](media/name.svg)."
                ),
            )
        )
    elif _LINK.search(plain):
        found.append(Problem(file, number, N_("A link starts with https://. This one would not work.")))
    if _TAG.search(plain):
        found.append(
            Problem(
                file, number, N_("No HTML here: it would be shown as it is. Use **bold** or *italic*."), True
            )
        )


def _block(
    file: str, kind: str, title: str, body: Sequence[str], line: int, found: list[Problem]
) -> Block | None:
    text = "\n".join(body)
    if kind not in BLOCKS:
        found.append(
            Problem(
                file,
                line,
                N_(
                    "We do not know the block “%(kind)s”. Use one of %(known)s.",
                    kind=kind,
                    known=", ".join(BLOCKS),
                ),
            )
        )
        return None
    if kind == "check":
        return _check(file, text, line, found)
    for number, words in enumerate(body, start=1):
        _look_at_words(file, words, line + number, found)
    path = ""
    if kind == "audio":
        path, _, title = title.partition(" ")
        if not path.lower().endswith(SOUNDS):
            found.append(
                Problem(
                    file,
                    line,
                    N_("Name the sound's file after the word: %(sounds)s.", sounds=_endings(SOUNDS)),
                )
            )
        if not text.strip():
            found.append(
                Problem(file, line, N_("Write what is said as the block's body: sound needs its transcript."))
            )
    elif not text.strip():
        found.append(
            Problem(
                file, line, N_("This %(kind)s block is empty. Write its words, or take it out.", kind=kind)
            )
        )
    else:
        _look_at_shape(file, kind, title, body, line, found)
    return Block(kind, text, line, title.strip(), path)


def _look_at_shape(
    file: str, kind: str, title: str, body: Sequence[str], line: int, found: list[Problem]
) -> None:
    if kind == "callout" and title not in CALLOUTS:
        found.append(Problem(file, line, N_("Say which callout: %(known)s.", known=", ".join(CALLOUTS))))
    if kind in ("reveal", "worked") and not title:
        found.append(Problem(file, line, N_("Give the %(kind)s block a title after the word.", kind=kind)))
    if kind == "steps" and not any(re.match(r"\d+\. ", one) for one in body):
        found.append(Problem(file, line, N_("Write the steps as a numbered list: 1. First … 2. Then …")))
    if kind == "dialogue":
        for number, spoken in enumerate(body, start=1):
            turn = _TURN.match(spoken)
            if spoken.strip() and not spoken.startswith(">") and (not turn or turn["role"] not in SPEAKERS):
                found.append(
                    Problem(
                        file,
                        line + number,
                        N_(
                            "Write a turn as “Keisha (agent): words”; roles are %(known)s.",
                            known=", ".join(SPEAKERS),
                        ),
                    )
                )


def _check(file: str, text: str, line: int, found: list[Problem]) -> Block | None:
    try:
        question = read_yaml(text)
    except BadYaml as error:
        found.append(Problem(file, line + error.line, error.sentence))
        return None
    if not isinstance(question, dict):
        found.append(
            Problem(file, line, N_("Write the check as a question: key, kind, stem and its options."))
        )
        return None
    return Block("check", text, line, question=question)
