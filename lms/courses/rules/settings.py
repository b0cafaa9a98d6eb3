"""What a course says of itself, the way a form edits it: from its mapping, and back into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.courses.rules.lessons import key_from
from lms.courses.rules.outline import free_key

FIELDS = (
    "title",
    "summary",
    "audience",
    "language",
    "tracks",
    "competencies",
    "objectives",
    "sources",
    "completion",
)
Course = Mapping[str, Any]


@dataclass(frozen=True)
class Entry:
    """An objective (`tag` empty) or a source. A new one has no key yet."""

    key: str
    text: str
    tag: str = ""


@dataclass(frozen=True)
class Settings:
    """A course's own words about itself. `lessons`: how many complete it, 0 for all."""

    title: str
    summary: str
    audience: str
    language: str
    tracks: tuple[str, ...]
    competencies: tuple[tuple[str, int], ...]
    objectives: tuple[Entry, ...]
    sources: tuple[Entry, ...]
    lessons: int
    assessment: str


def settings_of(course: Course) -> Settings:
    """What a course says of itself; what has not its shape is left out."""
    completion = course.get("completion")
    completion = completion if isinstance(completion, Mapping) else {}
    count = completion.get("lessons", "all")
    title, summary, audience, language = (
        str(course.get(name) or "") for name in ("title", "summary", "audience", "language")
    )
    return Settings(
        title,
        summary,
        audience,
        language,
        tuple(str(one) for one in _list(course, "tracks")),
        tuple(
            (str(one["id"]), one["level"])
            for one in _entries(course, "competencies")
            if one.get("id") and isinstance(one.get("level"), int)
        ),
        tuple(
            Entry(str(one.get("key") or ""), str(one.get("text") or ""))
            for one in _entries(course, "objectives")
        ),
        tuple(
            Entry(str(one.get("key") or ""), str(one.get("text") or ""), str(one.get("tag") or ""))
            for one in _entries(course, "sources")
        ),
        count if isinstance(count, int) and not isinstance(count, bool) else 0,
        str(completion.get("assessment") or ""),
    )


def fields_of(settings: Settings) -> dict[str, Any]:
    """The settings as course.yaml writes them; new objectives and sources get their keys."""
    completion: dict[str, Any] = {"lessons": settings.lessons or "all"}
    if settings.assessment:
        completion["assessment"] = settings.assessment
    return {
        "title": settings.title,
        "summary": settings.summary,
        "audience": settings.audience,
        "language": settings.language,
        "tracks": list(settings.tracks),
        "competencies": [{"id": key, "level": level} for key, level in settings.competencies],
        "objectives": [
            {"key": one.key, "text": one.text} for one in _keyed(settings.objectives, "objective")
        ],
        "sources": [
            {"key": one.key, "text": one.text, "tag": one.tag} for one in _keyed(settings.sources, "source")
        ],
        "completion": completion,
    }


def with_fields(course: Course, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The course with these fields, in the order of a course's file; everything else as it was."""
    said = {**course, **fields}
    order = ("format", "key", *FIELDS[:7], "modules", "completion", "sources")
    return {name: said[name] for name in (*order, *said) if name in said}


def _keyed(entries: tuple[Entry, ...], word: str) -> tuple[Entry, ...]:
    taken = [one.key for one in entries if one.key]
    made = []
    for one in entries:
        key = one.key or free_key(key_from(one.text, longest=40) or word, taken)
        taken.append(key)
        made.append(Entry(key, one.text, one.tag))
    return tuple(made)


def _list(course: Course, name: str) -> list[Any]:
    value = course.get(name)
    return value if isinstance(value, list) else []


def _entries(course: Course, name: str) -> list[Mapping[str, Any]]:
    return [one for one in _list(course, name) if isinstance(one, Mapping)]
