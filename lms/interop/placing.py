"""Where what was found goes in a course's draft: banks of questions, lessons, pictures. Pure: files in, files out."""

import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lms.foundation.yaml import BadYaml, read_yaml, write_yaml
from lms.interop.formats.contract import SKIPPED, Found, Json, Keys, digest

MOST_A_FILE = 150
"""Questions in one file of a bank: a file stays one that can be read, and under the size that a course takes."""


@dataclass(frozen=True)
class Placed:
    """What changes in a draft, and what got which key. `there`: how many were in it already."""

    files: Mapping[str, str] = field(default_factory=dict)
    media: Mapping[str, bytes] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)
    lessons: Mapping[str, str] = field(default_factory=dict)
    there: int = 0


@dataclass(frozen=True)
class There:
    """What a draft holds: keys of questions and lessons, and the marks of what was imported and is still there."""

    keys: frozenset[str]
    lessons: frozenset[str]
    marks: frozenset[str]


def mark_of(text: str) -> str:
    """The same mark for the same lesson."""
    return hashlib.sha256(text.encode()).hexdigest()


def what_is_there(files: Mapping[str, str], taken: Sequence[Mapping[str, Any]]) -> There:
    """What a draft holds, and what earlier imports put there that nobody has taken out since."""
    documents = list(_questions(files))
    keys = {str(one.get("key")) for one in documents}
    lessons = {name[len("lessons/") : -3] for name in files if name.startswith("lessons/")}
    marks = {digest(one) for one in documents}
    marks |= {mark_of(text) for name, text in files.items() if name.startswith("lessons/")}
    for one in taken:
        marks |= {mark for mark, key in (one.get("questions") or {}).items() if key in keys}
        marks |= {mark for mark, key in (one.get("lessons") or {}).items() if key in lessons}
    return There(frozenset(keys), frozenset(lessons), frozenset(marks))


def _questions(files: Mapping[str, str]) -> Iterator[Json]:
    for name, text in files.items():
        if not name.startswith("questions/"):
            continue
        try:
            entries = read_yaml(text)
        except BadYaml:
            continue  # the draft says so in its own place; its questions cannot be compared
        yield from (one for one in entries if isinstance(one, dict)) if isinstance(entries, list) else ()


def place(
    found: Found,
    *,
    files: Mapping[str, str],
    taken: Sequence[Mapping[str, Any]],
    left: Collection[str],
    name: str,
) -> Placed:
    """Put everything that is not `left` (by ref) and not in the draft already into it; `name` is the new bank's."""
    there = what_is_there(files, taken)
    keys, marks = Keys(set(there.keys)), set(there.marks)
    fresh: list[Json] = []
    questions: dict[str, str] = {}
    count = 0
    for item in found.items:
        if item.question is None or item.ref in left:
            continue
        mark = digest(item.question)
        if mark in marks:
            count += 1
            continue
        marks.add(mark)
        key = keys.free(str(item.question["key"]))
        questions[mark] = key
        fresh.append({**item.question, "key": key})
    wrote = dict(_banks(fresh, files, name))
    lessons: dict[str, str] = {}
    lesson_keys = Keys(set(there.lessons))
    for page in found.pages:
        if page.status == SKIPPED or page.ref in left:
            continue
        mark = mark_of(page.text)
        if mark in marks:
            count += 1
            continue
        marks.add(mark)
        key = lesson_keys.free(page.key)
        lessons[mark] = key
        wrote[f"lessons/{key}.md"] = page.text
    if (
        lessons
        and "course.yaml" in files
        and (course := _with_lessons(files["course.yaml"], list(lessons.values())))
    ):
        wrote["course.yaml"] = course
    whole = "\n".join(wrote.values())
    shown = set(re.findall(r"media/[\w.-]+", whole))
    media = {path: content for path, content in found.media.items() if path in shown}
    return Placed(wrote, media, questions, lessons, count)


def _banks(fresh: Sequence[Json], files: Mapping[str, str], name: str) -> Iterator[tuple[str, str]]:
    """The new questions as bank files of their own."""
    number = 1
    for start in range(0, len(fresh), MOST_A_FILE):
        path = f"questions/{name}.yaml"
        while path in files or (start and number == 1):
            number += 1
            path = f"questions/{name}-{number}.yaml"
        yield path, write_yaml(list(fresh[start : start + MOST_A_FILE]))
        number += 1


def _with_lessons(text: str, keys: Sequence[str]) -> str:
    """course.yaml with the lessons in a module of their own; empty when it cannot be read, and the draft says why."""
    try:
        course = read_yaml(text)
    except BadYaml:
        return ""
    modules = course.get("modules") if isinstance(course, dict) else None
    if not isinstance(modules, list):
        return ""
    own = next((one for one in modules if isinstance(one, dict) and one.get("key") == "imported"), None)
    if own is None:
        own = {
            "key": "imported",
            "title": "Importado" if course.get("language") == "es" else "Imported",
            "lessons": [],
        }
        modules.append(own)
    own["lessons"] = [*(own.get("lessons") or []), *keys]
    return write_yaml(course)
