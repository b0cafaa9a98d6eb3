"""What the studio shows: the organisation's courses, and one of them with its outline, settings and problems."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.models import CourseVersion
from lms.courses.packages import Package
from lms.courses.pages.places import Place, places_of
from lms.courses.policy import POLICY, CoursePermission
from lms.courses.queries import Listed, Wanted, studio
from lms.courses.queries.reviewing import list_waiting
from lms.courses.queries.scheduling import Planned, find_planned, list_planned
from lms.courses.queries.studio import FrameworkAsked
from lms.courses.rules import outline
from lms.courses.rules.lesson_text import split_lesson
from lms.courses.rules.settings import Settings, settings_of
from lms.courses.rules.translating import translated_key
from lms.courses.services import problems_of
from lms.courses.services.drafts import Draft, open_draft
from lms.courses.services.editing import course_of, live_version_of
from lms.courses.services.translating import other_language
from lms.courses.services.upstream import Moved, moved_origin
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.events import ask
from lms.foundation.policy import require
from lms.foundation.storage import Storage
from lms.foundation.yaml import BadYaml, read_yaml
from lms.people.rules import folded

PAGE = 24


@dataclass(frozen=True)
class OwnRow:
    """A course of the organisation's own. `state`: draft, live, or changed since it went live."""

    id: uuid.UUID
    key: str
    title: str
    language: str
    state: str
    live_number: int | None
    saved_at: datetime
    saved_by: str | None
    editable: bool
    planned_at: datetime | None


@dataclass(frozen=True)
class StudioPage:
    """The studio's front page; `more` is the key that the next page starts after, or empty."""

    text: str
    rows: Sequence[OwnRow]
    count: int
    more: str
    shared: Sequence[Listed]
    waiting: int
    """How many drafts wait for the reader's review."""


def studio_page(session: Session, *, actor: Actor, text: str, after: str) -> StudioPage:
    """The organisation's courses, and the association's that can be copied. Raises NotAllowed."""
    require(POLICY, actor, CoursePermission.EXPORT)
    words = folded(text).split()
    planned = list_planned(session, actor=actor)
    rows = [
        OwnRow(
            one.id,
            one.key,
            said_in(one.text or "", "title") or one.key,
            said_in(one.text or "", "language"),
            "draft" if one.live_number is None else "changed" if one.changed else "live",
            one.live_number,
            one.saved_at,
            one.saved_by,
            one.editable,
            planned.get(one.id),
        )
        for one in studio.list_own_courses(session, actor=actor)
    ]
    fitting = [one for one in rows if all(word in folded(f"{one.key} {one.title}") for word in words)]
    left = [one for one in fitting if one.key > after]
    shared = queries.list_catalogue(session, actor=actor, wanted=Wanted(text=text))
    taken = {one.key for one in rows}
    return StudioPage(
        text,
        left[:PAGE],
        len(fitting),
        left[PAGE - 1].key if len(left) > PAGE else "",
        [one for one in shared if one.owner_id != actor.firm_id and one.key not in taken],
        sum(not one.mine for one in list_waiting(session, actor=actor)),
    )


def said_in(text: str, name: str) -> str:
    """A word or a text that a course.yaml says, without reading the rest of it."""
    found = re.search(rf"(?m)^{name}:.*(?:\n[ \t]+.*)*", text)
    try:
        value = read_yaml(found[0]) if found else None
    except BadYaml:
        return ""
    return str(value.get(name) or "") if isinstance(value, dict) else ""


@dataclass(frozen=True)
class LessonRow:
    """A lesson of the outline. `there`: whether it has a file; `stopping`: how many problems stop publishing."""

    key: str
    title: str
    minutes: int
    there: bool
    stopping: int


@dataclass(frozen=True)
class ModuleRow:
    """A module of the outline."""

    key: str
    title: str
    lessons: Sequence[LessonRow]


@dataclass(frozen=True)
class CourseHead:
    """What stands on top of every page of one course's studio."""

    id: uuid.UUID
    key: str
    title: str
    language: str
    revision: int
    saved_at: datetime
    saved_by: str | None
    live: CourseVersion | None
    planned: Planned | None


def course_head(session: Session, *, actor: Actor, draft: Draft) -> CourseHead:
    """The top of a course's pages."""
    said = settings_of(course_of(draft))
    return CourseHead(
        draft.course.id,
        draft.course.key,
        said.title or draft.course.key,
        said.language or "en",
        draft.revision,
        draft.saved_at,
        studio.find_saver(session, actor=actor, person_id=draft.saved_by_id),
        live_version_of(session, actor=actor, draft=draft),
        find_planned(session, actor=actor, course_id=draft.course.id),
    )


@dataclass(frozen=True)
class EditorPage:
    """A course in the studio. `readable`: whether its course.yaml can be read; `strays`: lessons in no module."""

    head: CourseHead
    readable: bool
    settings: Settings
    modules: Sequence[ModuleRow]
    strays: Sequence[LessonRow]
    problems: Sequence[Place]
    competencies: Sequence[tuple[str, str]]
    assessments: Sequence[str]
    questions: int
    moved: Moved | None
    """What the origin of a copied course changed since."""
    into: str
    """The language it can be translated into; empty when it is a translation itself."""
    translation_id: uuid.UUID | None
    """Its translation, when there is one."""

    @property
    def minutes(self) -> int:
        """The minutes of all lessons."""
        return sum(one.minutes for module in self.modules for one in module.lessons)

    @property
    def lessons(self) -> int:
        """How many lessons there are."""
        return sum(len(module.lessons) for module in self.modules)

    @property
    def stopping(self) -> int:
        """How many problems stop the course from being published."""
        return sum(not one.advice for one in self.problems)


def editor_page(session: Session, *, actor: Actor, course_id: uuid.UUID, storage: Storage) -> EditorPage:
    """A course in the studio: outline, settings, every problem with its place. Raises NotFound, NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    package = draft.package(storage)
    said = course_of(draft)
    problems = places_of(
        problems_of(session, package, owner_id=draft.course.owner_id), package, offsets_of(draft)
    )
    modules, strays = _outline(package, said, problems)
    into = other_language(draft)
    key = translated_key(draft.course.key, into)
    twin = queries.find_course_by_key(session, owner_id=draft.course.owner_id, key=key) if into else None
    return EditorPage(
        course_head(session, actor=actor, draft=draft),
        bool(said),
        settings_of(said),
        modules,
        strays,
        problems,
        tuple(ask(session, FrameworkAsked())),
        [str(one.document.get("key")) for one in package.assessments],
        len(package.questions),
        moved_origin(session, actor=actor, draft=draft),
        into,
        twin.id if twin else None,
    )


def offsets_of(draft: Draft) -> Mapping[str, int]:
    """How many lines of each lesson's file stand before its text, as its editor shows it."""
    return {
        name.removeprefix("lessons/").removesuffix(".md"): split_lesson(text).offset
        for name, text in draft.files.items()
        if name.startswith("lessons/")
    }


def _outline(
    package: Package, said: Mapping[str, object], problems: Sequence[Place]
) -> tuple[Sequence[ModuleRow], Sequence[LessonRow]]:
    """The modules with their lessons, and the lessons that stand in none."""
    stopping = [one.key for one in problems if one.page == "lesson" and not one.advice]

    def row(key: str) -> LessonRow:
        lesson = package.lessons.get(key)
        return LessonRow(
            key,
            lesson.title if lesson else key,
            lesson.minutes if lesson else 0,
            lesson is not None,
            stopping.count(key),
        )

    modules = [
        ModuleRow(one.key, one.title, [row(key) for key in one.lessons]) for one in outline.modules_of(said)
    ]
    placed = {one.key for module in modules for one in module.lessons}
    return modules, [row(key) for key in package.lessons if key not in placed]


@dataclass(frozen=True)
class CopyPage:
    """A course of another organisation, which can be read or copied. `own_id`: the copy that there is already."""

    course_id: uuid.UUID
    version: CourseVersion
    own_id: uuid.UUID | None


def copy_page(session: Session, *, actor: Actor, course_id: uuid.UUID) -> CopyPage:
    """A course that is not the actor's to edit. Raises NotFound, NotAllowed."""
    require(POLICY, actor, CoursePermission.EXPORT)
    course = queries.find_course(session, actor=actor, course_id=course_id)
    live_id = course.live_version_id if course else None
    version = queries.find_version(session, actor=actor, version_id=live_id) if live_id else None
    if course is None or version is None:
        raise NotFound("There is no such course.")
    own = queries.find_course_by_key(session, owner_id=actor.firm_id, key=course.key)
    return CopyPage(course_id, version, own.id if own else None)
