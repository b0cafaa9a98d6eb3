"""A course that was copied to be adapted, and its origin, which moved on: what changed there, file by file.

Three texts decide: the one that was copied or last decided on, the copy's own, and the origin's of today.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lms.courses.rules.settings import with_fields
from lms.courses.rules.texts import merge, merge_fields
from lms.foundation.yaml import BadYaml, read_yaml, write_yaml

COURSE = "course.yaml"
_SHOWN = re.compile(r"media/[^\s)\"']+")

CLEAN = "clean"
MERGED = "merged"
CLASH = "clash"


@dataclass(frozen=True)
class Upstream:
    """A file that the origin changed. A text, or the stored name of a medium; none where there is no file.

    `sort`: clean (mine is as it was copied), merged (both changed, in different places: `both` has them together) or
    clash (both changed one place, or one took it out: `both`, where there is one, has both beside each other).
    """

    path: str
    base: str | None
    mine: str | None
    theirs: str | None
    sort: str
    both: str | None = None
    clashes: int = 0


def upstream_changes(
    bases: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]
) -> Iterator[Upstream]:
    """Every file that the origin changed and the copy has not got that way, in the order of its path."""
    for path in sorted({*bases, *theirs}):
        found = upstream_change(path, bases.get(path), mine.get(path), theirs.get(path))
        if found is not None:
            yield found


def upstream_change(path: str, base: str | None, mine: str | None, theirs: str | None) -> Upstream | None:
    """What the origin's change of a file means for the copy; none when there is nothing to decide."""
    if theirs in (base, mine):
        return None
    if mine == base:
        return Upstream(path, base, mine, theirs, CLEAN)
    if path.startswith("media/") or base is None or mine is None or theirs is None:
        return Upstream(path, base, mine, theirs, CLASH)
    both = merge(base, mine, theirs)
    if not both.clashes and reads(path, both.text):
        return Upstream(path, base, mine, theirs, MERGED, both.text)
    if path == COURSE and (text := _by_fields(base, mine, theirs)):
        return Upstream(path, base, mine, theirs, MERGED, text)
    return Upstream(path, base, mine, theirs, CLASH, both.text, max(1, both.clashes))


def reads(path: str, text: str) -> bool:
    """Whether a file is still one after two people's changes were put together."""
    if not path.endswith(".yaml"):
        return True
    try:
        read_yaml(text)
    except BadYaml:
        return False
    return True


def _by_fields(base: str, mine: str, theirs: str) -> str:
    """A course's own file put together field by field; empty when both changed one field or a file cannot be read."""
    try:
        was, own, new = read_yaml(base), read_yaml(mine), read_yaml(theirs)
    except BadYaml:
        return ""
    if not (isinstance(was, dict) and isinstance(own, dict) and isinstance(new, dict)):
        return ""
    merged, clashes = merge_fields(was, own, new)
    return "" if clashes else write_yaml(with_fields(merged, {}))


def media_in(text: str) -> frozenset[str]:
    """The files of media/ that a text names."""
    return frozenset(_SHOWN.findall(text))
