"""A course that is another's translation: what must hold between the two, and what an editor would say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lms.courses.rules.blocks import Problem
from lms.courses.rules.course_file import COURSE_KEY, FILE
from lms.foundation.text import nearest
from lms.foundation.words import N_
from lms.foundation.yaml import line_of


@dataclass(frozen=True)
class Outline:
    """What a translation is held against: the keys of the original, and what it is itself.

    `lessons`, `objectives` and `questions` (those of the bank and the checks in lessons) are keys.
    """

    language: str
    translation_of: str
    lessons: frozenset[str] = frozenset()
    objectives: frozenset[str] = frozenset()
    questions: frozenset[str] = frozenset()


def translated_key(origin: str, language: str) -> str:
    """The key of a course's translation: C05 in Spanish is C05-ES."""
    return f"{origin}-{language.upper()}"


def translation_problems(
    course: Mapping[str, Any], text: str, own: Outline, known: Mapping[str, Outline]
) -> Iterator[Problem]:
    """What is wrong with a course that says it is a translation, and what differs from its original as advice.

    `known`: the outlines of the other courses that are there, by key.
    """
    said, key = course.get("translation_of"), str(course.get("key"))
    if not isinstance(said, str) or not COURSE_KEY.fullmatch(said):
        return  # course_problems says so

    def at(message: str, *, advice: bool = False) -> Problem:
        return Problem(FILE, line_of(text, "translation_of"), message, advice=advice)

    origin = known.get(said)
    if said == key:
        yield at(N_("A course is not a translation of itself. Name the original."))
    elif origin is None:
        remedy = nearest(said, [one for one in known if one != key])
        yield at(
            N_("There is no course “%(key)s” to be a translation of. %(remedy)s", key=said, remedy=remedy)
        )
    elif origin.translation_of:
        yield at(
            N_(
                "“%(key)s” is a translation itself. Name the original, “%(origin)s”.",
                key=said,
                origin=origin.translation_of,
            )
        )
    elif origin.language == own.language:
        yield at(N_("“%(key)s” is in this language already. Correct the language or the key.", key=said))
    elif key != translated_key(said, own.language):
        yield at(
            N_(
                "A translation is called after its original: “key: %(key)s”.",
                key=translated_key(said, own.language),
            )
        )
    else:
        for name, words in _PARTS.items():
            ours, theirs = getattr(own, name), getattr(origin, name)
            if missing := sorted(theirs - ours):
                yield at(N_(words[0], keys=", ".join(missing)), advice=True)
            if more := sorted(ours - theirs):
                yield at(N_(words[1], keys=", ".join(more)), advice=True)


_PARTS: Mapping[str, tuple[str, str]] = {
    "lessons": (
        N_("The original has lessons that this translation has not: %(keys)s."),
        N_("The original has no such lessons: %(keys)s."),
    ),
    "objectives": (
        N_("The original has objectives that this translation has not: %(keys)s."),
        N_("The original has no such objectives: %(keys)s."),
    ),
    "questions": (
        N_("The original has questions that this translation has not: %(keys)s."),
        N_("The original has no such questions: %(keys)s."),
    ),
}
