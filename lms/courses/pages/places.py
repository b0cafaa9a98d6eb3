"""Where in the studio a problem is put right: the page of its file, and the place on it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from lms.courses.packages import Package
from lms.courses.rules import Problem
from lms.courses.rules.settings import FIELDS

_NAMED = re.compile(r"“(\w+)”")
_TOP = re.compile(r"(?m)^(\w+):")


@dataclass(frozen=True)
class Place:
    """A problem and its place. `page`: course, lesson, question, assessment or media; `key`: which of them.

    `at`: the field of the course's settings, or the line of a lesson's text as its editor counts, 0 for its head.
    """

    page: str
    key: str
    at: str
    message: str
    advice: bool


def places_of(problems: Iterable[Problem], package: Package, offsets: Mapping[str, int]) -> tuple[Place, ...]:
    """Each problem with its place; what stops publishing first. `offsets`: lines before the text of each lesson."""
    found = [_place(problem, package, offsets) for problem in problems]
    return tuple(sorted(found, key=lambda one: one.advice))


def _place(problem: Problem, package: Package, offsets: Mapping[str, int]) -> Place:
    folder, _, name = problem.file.rpartition("/")
    key = PurePosixPath(name).stem
    page, at = "course", ""
    if folder == "lessons":
        page, at = "lesson", str(max(0, problem.line - offsets.get(key, 0)))
    elif folder == "questions":
        page, key = "question", _question_at(problem, package)
    elif folder == "assessments":
        page = "assessment"
    elif folder == "media":
        page = "media"
    else:
        at = _field_at(problem, package.files.get("course.yaml", ""))
    return Place(page, key, at, problem.message, problem.advice)


def _question_at(problem: Problem, package: Package) -> str:
    """The key of the question that a line of a list of questions belongs to; empty when it has none."""
    before = [
        one
        for one in package.questions
        if one.file == problem.file and one.line("") <= problem.line and one.document.get("key")
    ]
    return str(before[-1].document["key"]) if before else ""


def _field_at(problem: Problem, text: str) -> str:
    """The field of the settings that a line of course.yaml belongs to."""
    if problem.line == 1 and (named := _NAMED.search(problem.message)) and named[1] in (*FIELDS, "modules"):
        return named[1]
    lines = text.split("\n")[: problem.line]
    names = _TOP.findall("\n".join(lines))
    name = names[-1] if names else ""
    return name if name in (*FIELDS, "modules") else ""
