"""Where in the studio a problem is put right: the page of its file, and the place on it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from lms.courses.packages import Package
from lms.courses.rules import Problem
from lms.courses.rules.settings import FIELDS, settings_of
from lms.foundation.words import N_, Sentence

_NAMED = re.compile(r"“(\w+)”")
_TOP = re.compile(r"(?m)^(\w+):")
_TO_FILL = {
    "title": N_("Give the course a title."),
    "language": N_("Choose the language of the course."),
    "summary": N_("Say in a sentence or two what the course is about."),
    "competencies": N_("Choose at least one competency that the course builds."),
    "objectives": N_("Write at least one objective: what somebody can do after it."),
    "modules": N_("Add a module with a lesson."),
}
_IN_THE_STUDIO = {
    "Name the lesson's objectives, by their keys in course.yaml.": N_(
        "Tick the objectives of this lesson, above its text."
    ),
    "Name the lesson's sources, by their keys in course.yaml.": N_(
        "Tick the sources this lesson leans on, above its text."
    ),
}


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
    return Place(page, key, at, _in_the_studio(problem.message, at, package), problem.advice)


def _in_the_studio(message: str, at: str, package: Package) -> str:
    """A sentence of the rules for whoever has fields and boxes in front of them, and not files with keys."""
    if not isinstance(message, Sentence):
        return _IN_THE_STUDIO.get(message, message)
    if message.template == "Add “%(name)s”.":
        return _TO_FILL.get(at, message)
    if message.template == "No lesson has the objective “%(key)s”.":
        return N_("No lesson has the objective “%(key)s”.", key=_objective(message, package))
    if message.template == "No question asks for the objective “%(key)s”.":
        return N_("No question asks for the objective “%(key)s”.", key=_objective(message, package))
    return message


def _objective(message: Sentence, package: Package) -> str:
    """The words of the objective that a sentence names by its key."""
    key = str(message.values["key"])
    return next((one.text for one in settings_of(package.course).objectives if one.key == key), key)


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
