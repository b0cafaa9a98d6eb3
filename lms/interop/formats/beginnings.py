"""The first part of a text of lines that is too long to be read whole, cut where one thing ends and the next begins."""

import re
from dataclasses import dataclass

MOST_BYTES = 10 * 1024 * 1024
MOST_LINES = 400_000
_EMPTY_LINE = re.compile(r"\n[ \t]*\r?\n")


@dataclass(frozen=True)
class Beginning:
    """A text's first part, and the number of its last line."""

    text: str
    line: int


def is_long(content: bytes) -> bool:
    """Whether a text is too long to be read whole."""
    return len(content) > MOST_BYTES or content.count(b"\n") + content.count(b"\r") > MOST_LINES


def first_lines(content: bytes) -> bytes:
    """As many whole lines of a text as are read; nothing when its first line alone is too long."""
    start = content[:MOST_BYTES]
    wide = start[:4000].count(0) > len(start[:4000]) // 4
    if wide:  # UTF-16: a line's end is two bytes, and stands at an even place
        end = len(start) & ~1
        while end > 0 and start[end - 2 : end] not in (b"\n\0", b"\0\n"):
            end -= 2
        return start[:end]
    mark = b"\n" if b"\n" in start else b"\r"
    lines = start.split(mark, MOST_LINES)
    return start[: sum(len(line) + 1 for line in lines[:-1])]


def to_an_empty_line(text: str) -> Beginning:
    """Up to the last empty line, where a question of a text format ends; all of it when there is none."""
    ends = [found.end() for found in _EMPTY_LINE.finditer(text)]
    return _until(text, ends[-1] if ends else len(text))


def to_a_whole_row(text: str) -> Beginning:
    """Up to the last row of a table that is whole: no quotation mark is open at its end."""
    end, quotes = len(text), text.count('"')
    if quotes % 2:
        end = text.rfind("\n", 0, text.rfind('"')) + 1
    return _until(text, end)


def _until(text: str, end: int) -> Beginning:
    kept = text[:end]
    return Beginning(kept, kept.count("\n") or kept.count("\r"))
