"""What course.yaml must say, and what must hold between it and the other files."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from lms.courses.rules.blocks import Problem
from lms.courses.rules.facts import fact_problems
from lms.courses.rules.lessons import KEY, LONGEST_TITLE, Lesson, is_count, is_title, texts_only
from lms.foundation.text import nearest
from lms.foundation.words import N_
from lms.foundation.yaml import line_of

COURSE_KEY = re.compile(r"(?=.{1,80}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*")
TRACKS = ("supervisory", "technical", "managerial")
LANGUAGES = ("en", "es")
TAGS = ("V", "C", "K", "J")
HIGHEST_LEVEL = 5
FILE = "course.yaml"
_NEEDED = ("key", "title", "language", "summary", "competencies", "objectives", "modules", "completion")
_KNOWN = (
    *_NEEDED,
    "format",
    "audience",
    "tracks",
    "sources",
    "facts",
    "prerequisites",
    "valid_months",
    "translation_of",
)
MOST_MONTHS = 120
_ENTRIES: Mapping[str, Mapping[str, type]] = {
    "competencies": {"id": str, "level": int},
    "objectives": {"key": str, "text": str},
    "modules": {"lessons": list},
    "sources": {"key": str, "text": str},
    "facts": {"key": str, "text": str, "source": str},
}
_ENTRY_KNOWN: Mapping[str, tuple[str, ...]] = {
    "competencies": ("id", "level"),
    "objectives": ("key", "text"),
    "modules": ("key", "title", "lessons"),
    "sources": ("key", "text", "tag"),
    "facts": ("key", "text", "source", "lessons", "look_again"),
}
_COMPLETION = ("lessons", "assessment")
_MISSING = {
    "objective": N_("course.yaml has no objective “%(key)s”. Add it there, or correct the key."),
    "source": N_("course.yaml has no source “%(key)s”. Add it there, or correct the key."),
}


def course_problems(
    course: Mapping[str, Any], text: str, lessons: Mapping[str, Lesson], assessments: Sequence[str]
) -> list[Problem]:
    """What is wrong in course.yaml, and between it and the other files."""

    def at(where: str, message: str) -> Problem:
        return Problem(FILE, line_of(text, where), message)

    found = [
        at(
            str(name),
            N_("We do not know “%(name)s” here. %(remedy)s", name=name, remedy=nearest(str(name), _KNOWN)),
        )
        for name in course
        if name not in _KNOWN
    ]
    found += [Problem(FILE, 1, N_("Add “%(name)s”.", name=name)) for name in _NEEDED if not course.get(name)]
    found = found or [at(where, words) for where, words in _misshapen(course)]
    if found:
        return found
    if course.get("format") != 1 or isinstance(course["format"], bool):
        found.append(at("format", N_("Write “format: 1”.")))
    if not COURSE_KEY.fullmatch(str(course["key"])):
        found.append(at("key", N_("The course's key is letters, digits and hyphens.")))
    for number, track in enumerate(course.get("tracks") or ()):
        if track not in TRACKS:
            found.append(
                at(
                    f"tracks.{number}",
                    N_("“%(track)s” is not a track. Use %(known)s.", track=track, known=", ".join(TRACKS)),
                )
            )
    found += [at(where, words) for where, words in _said_twice(course)]
    found += _references(course, text, lessons)
    found += _lessons_and_modules(course, text, lessons)
    wanted = course["completion"].get("assessment")
    if wanted and wanted not in assessments:
        found.append(
            at(
                "completion.assessment",
                N_(
                    "There is no assessment “%(wanted)s” in assessments/. Write it, or take it out here.",
                    wanted=wanted,
                ),
            )
        )
    return found


def _misshapen(course: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What has not the shape it must have, as (path, sentence with the remedy)."""
    for name in ("title", "summary", "language"):
        if not isinstance(course[name], str) or (name != "summary" and not is_title(course[name])):
            yield (
                name,
                N_(
                    "Write “%(name)s” as a text, of %(most)s characters at most.",
                    name=name,
                    most=LONGEST_TITLE,
                ),
            )
    if not isinstance(course["key"], str):
        yield "key", N_("Write “key” as a text: letters, digits and hyphens, in quotes when it is a number.")
    if not isinstance(course.get("audience", ""), str):
        yield "audience", N_("Write “audience” as a text.")
    if course["language"] not in LANGUAGES:
        yield "language", N_("The language is one of %(known)s.", known=", ".join(LANGUAGES))
    for name, wanted in _ENTRIES.items():
        entries = course.get(name, [])
        if not isinstance(entries, list):
            yield name, N_("Write “%(name)s” as a list.", name=name)
            continue
        for number, entry in enumerate(entries):
            if not isinstance(entry, Mapping) or not all(
                isinstance(entry.get(part), kind) and entry[part] for part, kind in wanted.items()
            ):
                yield (
                    f"{name}.{number}",
                    N_("Give each entry of “%(name)s” its %(known)s.", name=name, known=" and ".join(wanted)),
                )
                continue
            for part in entry:
                if part not in _ENTRY_KNOWN[name]:
                    yield (
                        f"{name}.{number}.{part}",
                        N_(
                            "We do not know “%(part)s” here. %(remedy)s",
                            part=part,
                            remedy=nearest(str(part), _ENTRY_KNOWN[name]),
                        ),
                    )
            if "level" in wanted and not is_count(entry["level"], most=HIGHEST_LEVEL):
                yield (
                    f"{name}.{number}.level",
                    N_("A level is a whole number from 1 to %(most)s.", most=HIGHEST_LEVEL),
                )
            if "key" in entry and not (isinstance(entry["key"], str) and KEY.fullmatch(entry["key"])):
                yield f"{name}.{number}.key", N_("A key is small letters and digits, joined by hyphens.")
    if not isinstance(course.get("tracks", []), list):
        yield "tracks", N_("Write “tracks” as a list.")
    if "prerequisites" in course and not _are_keys(course["prerequisites"]):
        yield "prerequisites", N_("Name the courses that come first by their keys: prerequisites: [C01].")
    if "translation_of" in course and not _are_keys([course["translation_of"]]):
        yield "translation_of", N_("Name the original by its key: translation_of: C05.")
    if "valid_months" in course and not is_count(course["valid_months"], most=MOST_MONTHS):
        yield (
            "valid_months",
            N_(
                "The months a completion is good for are a whole number from 1 to %(most)s.", most=MOST_MONTHS
            ),
        )
    yield from _misshapen_modules(course["modules"])
    yield from _misshapen_completion(course["completion"], course["modules"])


def _are_keys(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(key, str) and COURSE_KEY.fullmatch(key) is not None for key in value
    )


def prerequisite_problems(
    course: Mapping[str, Any], text: str, needs: Mapping[str, Collection[str]]
) -> list[Problem]:
    """The courses a course says come first that are not there, or that come after it themselves.

    `needs`: what each other known course says comes first, by key.
    """
    said = course.get("prerequisites") or ()
    if not _are_keys(said):
        return []
    own = str(course.get("key"))
    found = []
    for number, key in enumerate(said):
        line = line_of(text, f"prerequisites.{number}")
        if key != own and key not in needs:
            remedy = nearest(key, [one for one in needs if one != own])
            found.append(
                Problem(
                    FILE,
                    line,
                    N_("There is no course “%(key)s” to complete first. %(remedy)s", key=key, remedy=remedy),
                )
            )
        elif key != own and _leads_to(key, own, needs):
            found.append(
                Problem(
                    FILE,
                    line,
                    N_(
                        "“%(key)s” comes after “%(own)s” itself: they would wait for each other.",
                        key=key,
                        own=own,
                    ),
                )
            )
    return found


def _leads_to(start: str, goal: str, needs: Mapping[str, Collection[str]]) -> bool:
    ahead, seen = [start], set()
    while ahead:
        key = ahead.pop()
        if key == goal:
            return True
        if key not in seen:
            seen.add(key)
            ahead += needs.get(key, ())
    return False


def _misshapen_modules(modules: object) -> Iterator[tuple[str, str]]:
    for number, module in enumerate(modules if isinstance(modules, list) else ()):
        if isinstance(module, Mapping) and not texts_only(module.get("lessons")):
            yield f"modules.{number}", N_("Name the module's lessons: lessons: [the-hook, the-rule].")
        if isinstance(module, Mapping) and not is_title(module.get("title", "-")):
            yield (
                f"modules.{number}",
                N_("A module's title has %(most)s characters at most.", most=LONGEST_TITLE),
            )


def _misshapen_completion(completion: object, modules: object) -> Iterator[tuple[str, str]]:
    if not isinstance(completion, Mapping):
        yield "completion", N_("Write what completes the course: {lessons: all, assessment: final}.")
        return
    for name in completion:
        if name not in _COMPLETION:
            yield (
                f"completion.{name}",
                N_(
                    "We do not know “%(name)s” here. %(remedy)s",
                    name=name,
                    remedy=nearest(str(name), _COMPLETION),
                ),
            )
    if completion.get("lessons", "all") != "all" and not is_count(completion["lessons"]):
        yield "completion", N_("The lessons that complete a course are “all” or a number of them.")
    elif completion.get("lessons", "all") != "all" and completion["lessons"] > _lessons_there(modules):
        yield (
            "completion",
            N_("Ask for one lesson or more, and not for more than the course has; or write “all”."),
        )
    if not isinstance(completion.get("assessment", ""), str):
        yield "completion.assessment", N_("Name the assessment by its key, such as final.")


def _lessons_there(modules: object) -> int:
    """How many lessons there are to be done."""
    there = (
        [one.get("lessons") for one in modules if isinstance(one, Mapping)]
        if isinstance(modules, list)
        else []
    )
    return sum(len(one) for one in there if isinstance(one, list))


def count_questions(files: Mapping[str, str]) -> int:
    """How many questions the bank of a published package has: the entries of its lists, which begin a line alike."""
    return sum(
        len(re.findall(rf"(?m)^{first[1]}- ", text))
        for name, text in files.items()
        if name.startswith("questions/") and (first := re.search(r"(?m)^( *)- ", text))
    )


def _said_twice(course: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, part in (
        ("objectives", "key"),
        ("sources", "key"),
        ("facts", "key"),
        ("modules", "key"),
        ("competencies", "id"),
    ):
        seen = set()
        for number, entry in enumerate(course.get(name) or ()):
            key = entry.get(part)
            if key is not None and key in seen:
                yield (
                    f"{name}.{number}.{part}",
                    N_("“%(key)s” is in “%(name)s” twice. Keep one, or rename it.", key=key, name=name),
                )
            seen.add(key)
    needs = course.get("prerequisites") or []
    for number, key in enumerate(needs):
        if key == course["key"]:
            yield f"prerequisites.{number}", N_("A course cannot come before itself. Take its own key out.")
        elif key in needs[:number]:
            yield (
                f"prerequisites.{number}",
                N_(
                    "“%(key)s” is in “%(name)s” twice. Keep one, or rename it.", key=key, name="prerequisites"
                ),
            )


def _lessons_and_modules(
    course: Mapping[str, Any], text: str, lessons: Mapping[str, Lesson]
) -> Iterator[Problem]:
    seen: set[str] = set()
    for number, module in enumerate(course["modules"]):
        for place, key in enumerate(module["lessons"]):
            line = line_of(text, f"modules.{number}.lessons.{place}")
            if key in seen:
                yield Problem(FILE, line, N_("“%(key)s” is in the modules twice. Keep one.", key=key))
            elif key not in lessons:
                meant = nearest(key, [one for one in lessons if one not in seen])
                remedy = (
                    meant
                    if meant.startswith("Did")
                    else N_("Write it, or take “%(key)s” out of its module.", key=key)
                )
                yield Problem(
                    FILE, line, N_("There is no file lessons/%(key)s.md. %(remedy)s", key=key, remedy=remedy)
                )
            seen.add(key)
    for key in lessons:
        if key not in seen:
            yield Problem(
                f"lessons/{key}.md",
                1,
                N_("No module has this lesson. Add its key to a module in course.yaml."),
            )


def _references(course: Mapping[str, Any], text: str, lessons: Mapping[str, Lesson]) -> Iterator[Problem]:
    for lesson in lessons.values():
        yield from lesson_references(course, lesson)
    for number, entry in enumerate(course.get("sources") or ()):
        if entry.get("tag") not in TAGS:
            yield Problem(
                FILE,
                line_of(text, f"sources.{number}"),
                N_("Give the source “%(key)s” its tag: V, C, K or J.", key=entry.get("key")),
            )
    for where, words in fact_problems(course, lessons):
        yield Problem(FILE, line_of(text, where), words)


def lesson_references(course: Mapping[str, Any], lesson: Lesson) -> Iterator[Problem]:
    """The objectives and sources that a lesson names and its course does not have."""
    for name, used in (("objective", lesson.objectives), ("source", lesson.sources)):
        said = course.get(f"{name}s")
        known = {
            entry.get("key")
            for entry in (said if isinstance(said, list) else ())
            if isinstance(entry, Mapping)
        }
        for key in used:
            if key not in known:
                yield Problem(
                    f"lessons/{lesson.key}.md",
                    lesson.line(f"{name}s"),
                    N_(_MISSING[name], key=key),
                )
