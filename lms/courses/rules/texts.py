"""Two texts beside each other: what changed, word by word; and two people's changes of one text put together."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Sort = Literal["same", "old", "new", "skipped"]
SAME: Sort = "same"
OLD: Sort = "old"
NEW: Sort = "new"
SKIPPED: Sort = "skipped"
_WORDS = re.compile(r"\s+|[^\W_]+|[\W_]", re.UNICODE)
_AROUND = 2
"""How many unchanged lines stand before and after a change."""
_MOST_WORDS = 4_000
"""Past so many words of one change, whole lines are compared: nobody reads that word by word."""


@dataclass(frozen=True)
class Piece:
    """A run of text that stayed (`same`), went (`old`), came (`new`), or is not shown because it stayed (`skipped`)."""

    sort: Sort
    text: str


def changes(before: str, after: str) -> tuple[Piece, ...]:
    """What changed between two texts, word by word, with a few unchanged lines around; nothing when they are one."""
    if before == after:
        return ()
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    found: list[Piece] = []
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    for number, (act, a, b, c, d) in enumerate(steps):
        if act == "equal":
            found += _shortened(old[a:b], first=number == 0, last=number == len(steps) - 1)
        else:
            found += _by_words("".join(old[a:b]), "".join(new[c:d]))
    return tuple(_joined(found))


def _shortened(lines: Sequence[str], *, first: bool, last: bool) -> Iterator[Piece]:
    head = 0 if first else _AROUND
    tail = 0 if last else _AROUND
    if len(lines) <= head + tail + 1:
        yield Piece(SAME, "".join(lines))
        return
    if head:
        yield Piece(SAME, "".join(lines[:head]))
    yield Piece(SKIPPED, "".join(lines[head : len(lines) - tail]))
    if tail:
        yield Piece(SAME, "".join(lines[len(lines) - tail :]))


def _by_words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > _MOST_WORDS or not old or not new:
        yield from (piece for piece in (Piece(OLD, before), Piece(NEW, after)) if piece.text)
        return
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.3:  # two texts with little in common read better one after the other
        yield from (Piece(OLD, before), Piece(NEW, after))
        return
    for act, a, b, c, d in matcher.get_opcodes():
        if act == "equal":
            yield Piece(SAME, "".join(old[a:b]))
            continue
        if a < b:
            yield Piece(OLD, "".join(old[a:b]))
        if c < d:
            yield Piece(NEW, "".join(new[c:d]))


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours of one sort as one piece; empty ones left out."""
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last is not None and last.sort == piece.sort:
            last = Piece(last.sort, last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


@dataclass(frozen=True)
class Merged:
    """Two people's texts as one. `clashes`: how often both changed the same lines; there both stand, mine first."""

    text: str
    clashes: int


def merge(base: str, mine: str, theirs: str) -> Merged:
    """Put together what two people made of one text."""
    old = base.splitlines(keepends=True)
    mine_lines, their_lines = mine.splitlines(keepends=True), theirs.splitlines(keepends=True)
    my_steps, their_steps = _steps(old, mine_lines), _steps(old, their_lines)
    made: list[str] = []
    clashes, at = 0, 0
    for start, end in _regions(my_steps, their_steps):
        made += old[at:start]
        my_part, their_part = (
            _part(old, mine_lines, my_steps, start, end),
            _part(old, their_lines, their_steps, start, end),
        )
        if my_part == their_part or their_part == old[start:end]:
            made += my_part
        elif my_part == old[start:end]:
            made += their_part
        else:
            clashes += 1
            made += [*_ended(my_part), *their_part]
        at = end
    made += old[at:]
    return Merged("".join(made), clashes)


def _ended(lines: Sequence[str]) -> list[str]:
    return [line if line.endswith("\n") else line + "\n" for line in lines]


Step = tuple[int, int, int, int]


def _steps(old: Sequence[str], new: Sequence[str]) -> list[Step]:
    return [
        (a, b, c, d)
        for act, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
        if act != "equal"
    ]


def _regions(mine: Sequence[Step], theirs: Sequence[Step]) -> list[tuple[int, int]]:
    """The runs of old lines that somebody changed; those that touch are one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted((step[0], step[1]) for step in (*mine, *theirs)):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def _part(old: Sequence[str], new: Sequence[str], steps: Sequence[Step], start: int, end: int) -> list[str]:
    """What one person made of the old lines from `start` to `end`."""
    made: list[str] = []
    at = start
    for a, b, c, d in steps:
        if a < start or b > end:
            continue
        made += [*old[at:a], *new[c:d]]
        at = b
    return [*made, *old[at:end]]


def merge_fields(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Two people's values of one form as one, and the fields that both changed to different ones: there mine stands."""
    merged, clashes = dict(theirs), []
    for name, value in mine.items():
        if value == base.get(name):
            continue
        if theirs.get(name) not in (base.get(name), value):
            clashes.append(name)
        merged[name] = value
    return merged, tuple(clashes)
