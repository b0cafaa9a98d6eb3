"""The questions and assessments in the files of a draft: each with its file and its place, and what could not be read."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lms.assessments.kinds import kind_of, upload
from lms.assessments.kinds.contract import Unreadable
from lms.courses.rules import KEY, Problem
from lms.courses.rules.placing import NAMES
from lms.foundation.words import N_
from lms.foundation.yaml import BadYaml, read_yaml

Document = Mapping[str, Any]
BANK = "questions/bank.yaml"
RESERVED = frozenset(("new", "undo", "analysis", "analysis.csv", "calibration"))
"""Keys that nothing is given: addresses use these words."""
_CHECK_KEY = re.compile(r"(?m)^key: *[\"']?([a-z0-9-]+)")


@dataclass(frozen=True)
class Entry:
    """A document of a draft: the file it is in, and its number in that file's list."""

    document: Document
    file: str
    at: int = 0

    @property
    def key(self) -> str:
        """Its key, as a text; an assessment that says none goes by the name of its file."""
        said = str(self.document.get("key") or "")
        if not said and self.file.startswith("assessments/"):
            return self.file.partition("/")[2].removesuffix(".yaml")
        return said

    @property
    def reachable(self) -> bool:
        """Whether an address can name it."""
        return bool(KEY.fullmatch(self.key)) and self.key not in RESERVED


@dataclass(frozen=True)
class Drafted:
    """What a draft says of the course, its questions and its assessments."""

    course: Document = field(default_factory=dict)
    questions: tuple[Entry, ...] = ()
    assessments: tuple[Entry, ...] = ()
    unread: tuple[Problem, ...] = ()
    check_keys: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """The course's title."""
        return str(self.course.get("title") or self.course.get("key") or "")

    @property
    def language(self) -> str:
        """The course's language."""
        return str(self.course.get("language") or "en")

    @property
    def objectives(self) -> dict[str, str]:
        """The course's objectives, key to text."""
        return {
            str(one["key"]): str(one.get("text") or one["key"])
            for one in _listed(self.course, "objectives", "key")
        }

    @property
    def competencies(self) -> list[str]:
        """The competencies the course builds."""
        return [str(one["id"]) for one in _listed(self.course, "competencies", "id")]

    @property
    def completed_by(self) -> str:
        """The key of the assessment that completes the course; empty when the lessons do."""
        completion = self.course.get("completion")
        return str(completion.get("assessment") or "") if isinstance(completion, Mapping) else ""

    @property
    def bank(self) -> list[Document]:
        """The documents of all questions."""
        return [entry.document for entry in self.questions]

    def question(self, key: str) -> Entry | None:
        """A question by its key."""
        return next((entry for entry in self.questions if entry.key == key), None)

    def assessment(self, key: str) -> Entry | None:
        """An assessment by its key."""
        return next((entry for entry in self.assessments if entry.key == key), None)


def drafted(files: Mapping[str, str]) -> Drafted:
    """Read the files of a draft. Never raises for what is in them: `unread` says it."""
    questions: list[Entry] = []
    assessments: list[Entry] = []
    unread: list[Problem] = []
    course: Document = {}
    for name in sorted(files):
        kind = name.partition("/")[0]
        if kind not in ("questions", "assessments", "course.yaml"):
            continue
        try:
            said = _read(files[name])
        except BadYaml as error:
            unread.append(Problem(name, error.line, error.sentence))
            continue
        if kind == "questions" and isinstance(said, list | None):
            questions += [Entry(one, name, at) for at, one in enumerate(said or ()) if isinstance(one, dict)]
        elif kind == "assessments" and isinstance(said, dict):
            assessments.append(Entry(said, name))
        elif kind == "course.yaml" and isinstance(said, dict):
            course = said
        else:
            unread.append(
                Problem(name, 1, "This file has not the shape it must have. See the course format.")
            )
    checks = frozenset(
        key for name in files if name.startswith("lessons/") for key in _CHECK_KEY.findall(files[name])
    )
    return Drafted(course, tuple(questions), tuple(assessments), tuple(unread), checks)


@lru_cache(maxsize=32)
def _read(text: str) -> Any:
    """The value of a text; kept, because a page is looked at more often than it is changed. Nobody may change it."""
    return read_yaml(text)


def _listed(course: Document, name: str, key: str) -> list[Document]:
    said = course.get(name)
    return [one for one in said if isinstance(one, Mapping) and key in one] if isinstance(said, list) else []


def media_problems(document: Document, media: Collection[str]) -> list[tuple[str, str]]:
    """What keeps a question's picture or sound from being shown, as (where, sentence). `media`: the paths there are."""
    found: list[tuple[str, str]] = []
    for name in NAMES:
        said = document.get(name)
        if isinstance(said, Mapping):
            found.append((name, "Write the file's path in media/."))
        elif isinstance(said, str) and said.startswith("media/") and said not in media:
            found.append((name, N_("There is no %(path)s. Add the file, or correct the name.", path=said)))
    return found


def question_problems(document: Document, objectives: Collection[str] | None) -> list[tuple[str, str]]:
    """Everything that keeps a question from being asked, as (where, sentence with the remedy).

    A check question stands in a lesson and names no objective: `objectives` is none.
    """
    found: list[tuple[str, str]] = []
    try:
        kind_of(document).read(document)
    except Unreadable as error:
        found = [(problem.where, problem.message) for problem in error.problems]
    if objectives is None:
        if document.get("kind") == upload.NAME:
            found.append(("kind", "A file is handed in in an assessment, not in a lesson. Ask it there."))
        return found
    if str(document.get("objective")) not in objectives:
        found.append(("objective", "Name one of the course's objectives."))
    if not isinstance(document.get("competency"), str):
        found.append(("competency", "Name the competency this question is about."))
    return found
