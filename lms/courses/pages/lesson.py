"""What the lesson editor shows: a lesson's text, what is wrong with it, how long it is, and how a phone shows it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from lms.courses.packages import Package, understand_lesson
from lms.courses.pages.places import Place, places_of
from lms.courses.pages.studio import CourseHead, course_head
from lms.courses.policy import CoursePermission
from lms.courses.queries.studio import ChecksAsked, CheckTried
from lms.courses.rendering import picture_size, render_lesson
from lms.courses.rules import CALLOUTS, Lesson, Problem, lesson_words, minutes_estimate, outline
from lms.courses.rules.advice import LONGEST_LESSON, lesson_advice, lesson_grade
from lms.courses.rules.course_file import lesson_references
from lms.courses.rules.lesson_text import LessonText, cards_of, split_lesson
from lms.courses.rules.placing import placed
from lms.courses.rules.settings import Settings, settings_of
from lms.courses.rules.texts import Merged, Piece, changes, merge
from lms.courses.services import problems_of
from lms.courses.services.drafts import Draft, open_draft, see_draft
from lms.courses.services.editing import LessonEdit, course_of, lesson_path, lesson_text_at, written
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.events import ask
from lms.foundation.storage import Storage


@dataclass(frozen=True)
class Measures:
    """How long a lesson is. `kilobytes`: its text and pictures as a phone gets them, before they are packed."""

    minutes: int
    words: int
    grade: float
    kilobytes: float
    cards: int
    longest: int = LONGEST_LESSON


@dataclass(frozen=True)
class LessonPanel:
    """What is said of a lesson under its text."""

    course_id: uuid.UUID
    key: str
    problems: Sequence[Place]
    measures: Measures


@dataclass(frozen=True)
class LessonPage:
    """A lesson in the editor. `text` is its file in two halves."""

    head: CourseHead
    key: str
    title: str
    module: str
    text: LessonText
    settings: Settings
    panel: LessonPanel
    cards: Sequence[tuple[str, str]]
    before: str
    after: str
    outline: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    """Each module's title with the keys and titles of its lessons."""


def lesson_page(
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str, storage: Storage
) -> LessonPage:
    """A lesson in the editor. Raises NotFound, NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    text = _text(draft, lesson_key)
    said = course_of(draft)
    module = outline.module_with(said, lesson_key)
    keys = outline.lesson_keys(said)
    at = keys.index(lesson_key) if lesson_key in keys else -1
    halves = split_lesson(text)
    return LessonPage(
        course_head(session, actor=actor, draft=draft),
        lesson_key,
        halves.head.title if halves.head and halves.head.title else lesson_key,
        module.title if module else "",
        halves,
        settings_of(said),
        panel_of(session, draft, lesson_key, storage),
        cards_of(text),
        keys[at - 1] if at > 0 else "",
        keys[at + 1] if 0 <= at < len(keys) - 1 else "",
        [
            (one.title or one.key, [(key, _title(draft, key)) for key in one.lessons])
            for one in outline.modules_of(said)
        ],
    )


def _title(draft: Draft, key: str) -> str:
    head = split_lesson(draft.files.get(lesson_path(key), "")).head
    return head.title if head and head.title else key


def lesson_panel(
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str, storage: Storage
) -> LessonPanel:
    """What is said of a lesson under its text, again. Raises NotFound, NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    _text(draft, lesson_key)
    return panel_of(session, draft, lesson_key, storage)


def _text(draft: Draft, lesson_key: str) -> str:
    text = draft.files.get(lesson_path(lesson_key))
    if text is None:
        raise NotFound("There is no such lesson.")
    return text


def panel_of(session: Session, draft: Draft, lesson_key: str, storage: Storage) -> LessonPanel:
    """The problems and the measures of one lesson of a draft, without reading the others."""
    path, text, said = lesson_path(lesson_key), _text(draft, lesson_key), course_of(draft)
    found: list[Problem] = []
    lesson, checks = understand_lesson(path, text, draft.media, found)
    language = str(said.get("language") or "en")
    found += lesson_references(said, lesson)
    if not found:
        found += lesson_advice(lesson, language=language)
    package = Package(
        {path: text},
        dict.fromkeys(draft.media, b""),
        said,
        {lesson_key: lesson},
        checks=tuple(checks),
        problems=tuple(found),
    )
    own = [
        problem
        for problem in problems_of(session, package, owner_id=draft.course.owner_id)
        if problem.file == path
    ]
    offset = split_lesson(text).offset
    return LessonPanel(
        draft.course.id,
        lesson_key,
        places_of(own, package, {lesson_key: offset}),
        _measures(lesson, language, draft, storage),
    )


def _measures(lesson: Lesson, language: str, draft: Draft, storage: Storage) -> Measures:
    pictures = {
        block.path: storage.get(draft.media[block.path])
        for card in lesson.cards
        for block in card.blocks
        if block.kind == "picture" and block.path in draft.media
    }
    cards = _cards(lesson, language, draft, {})
    text = sum(len(str(part.get("html") or part.get("check"))) for card in cards for part in card["parts"])
    return Measures(
        minutes_estimate(lesson),
        lesson_words(lesson),
        round(max(0.0, lesson_grade(lesson)), 1),
        round((text + sum(map(len, pictures.values()))) / 1024, 1),
        len(lesson.cards),
    )


def _cards(
    lesson: Lesson, language: str, draft: Draft, sizes: Mapping[str, tuple[int, int]]
) -> list[dict[str, Any]]:
    return render_lesson(
        _renderable(lesson),
        language=language,
        sizes=sizes,
        media_address=lambda path: f"/studio/{draft.course.id}/files/{path}",
        place=draft.place,
    )


def _renderable(lesson: Lesson) -> Lesson:
    """The lesson without the blocks that cannot be shown yet: an editor's preview shows a half-written text too."""

    def fine(kind: str, title: str) -> bool:
        return kind != "callout" or title in CALLOUTS

    return replace(
        lesson,
        cards=tuple(
            replace(card, blocks=tuple(block for block in card.blocks if fine(block.kind, block.title)))
            for card in lesson.cards
        ),
    )


@dataclass(frozen=True)
class PreviewedLesson:
    """A lesson as the player wants it; a draft's is of no version."""

    key: str
    title: str
    minutes: int
    version_id: None = None


@dataclass(frozen=True)
class PreviewPage:
    """A draft's lesson in the real player: nothing that is done in it is kept."""

    course_id: uuid.UUID
    lesson: PreviewedLesson
    language: str
    cards: Sequence[Mapping[str, Any]]
    resume: str
    finished: int = 0

    @property
    def minutes_left(self) -> int:
        """About how many minutes the lesson takes."""
        return self.lesson.minutes


def preview_page(
    session: Session, *, actor: Actor, course_id: uuid.UUID, lesson_key: str, card: str, storage: Storage
) -> PreviewPage:
    """A draft's lesson as a learner would see it, at a card. Raises NotFound, NotAllowed."""
    draft = see_draft(session, actor=actor, course_id=course_id, permission=CoursePermission.SEE_DRAFT)
    said = course_of(draft)
    language = str(said.get("language") or "en")
    lesson, _checks = understand_lesson(
        lesson_path(lesson_key), _text(draft, lesson_key), draft.media, found=[]
    )
    sizes = {
        block.path: picture_size(block.path, storage.get(draft.media[block.path]))
        for card in lesson.cards
        for block in card.blocks
        if block.path in draft.media
    }
    cards = _cards(lesson, language, draft, sizes)
    documents = [part["check"] for card in cards for part in card["parts"] if "check" in part]
    shown = iter(list(ask(session, ChecksAsked(tuple(documents)))))
    for one in cards:
        one["parts"] = [
            part if "check" not in part else {"check": asked}
            for part in one["parts"]
            if "check" not in part or (asked := next(shown, None)) is not None
        ]
    return PreviewPage(
        course_id, PreviewedLesson(lesson_key, lesson.title, lesson.minutes), language, cards, card
    )


@dataclass(frozen=True)
class Tried:
    """A check question of a draft that its author tried: what a learner would be told."""

    ask: Mapping[str, Any]
    given: Mapping[str, Any]
    answer: Mapping[str, Any]
    mark: Any
    language: str


def try_check(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    lesson_key: str,
    check_key: str,
    raw: Mapping[str, list[str]],
) -> Tried:
    """Mark a check question of a draft; nothing is kept. Raises NotFound, NotAllowed, Invalid (no answer)."""
    draft = see_draft(session, actor=actor, course_id=course_id, permission=CoursePermission.SEE_DRAFT)
    text = _text(draft, lesson_key)
    _lesson, checks = understand_lesson(lesson_path(lesson_key), text, draft.media, found=[])
    document = next((one.document for one in checks if str(one.document.get("key")) == check_key), None)
    shown = placed(document, draft.place) if document else {}
    told = next(iter(ask(session, CheckTried(shown, dict(raw)))), None) if document else None
    if told is None:
        raise NotFound("There is no such question.")
    asked, given, answer, mark = told
    return Tried(asked, given, answer, mark, str(course_of(draft).get("language") or "en"))


@dataclass(frozen=True)
class ComparePage:
    """Two people's texts of one lesson. `base` is what mine was written on; `both` puts them together."""

    head: CourseHead
    key: str
    title: str
    mine: LessonText
    theirs: LessonText | None
    pieces: Sequence[Piece]
    both: Merged
    both_text: LessonText
    revision: int


def compare_page(session: Session, *, actor: Actor, course_id: uuid.UUID, edit: LessonEdit) -> ComparePage:
    """A lesson that somebody else saved meanwhile: both texts. Raises NotFound, NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    base = lesson_text_at(session, actor=actor, draft=draft, key=edit.key, revision=edit.revision) or ""
    mine = written(base, edit)
    theirs = draft.files.get(lesson_path(edit.key))
    both = merge(base, mine, theirs or "")
    my_half = split_lesson(mine)
    return ComparePage(
        course_head(session, actor=actor, draft=draft),
        edit.key,
        my_half.head.title if my_half.head else edit.key,
        my_half,
        None if theirs is None else split_lesson(theirs),
        changes(theirs or "", mine),
        both,
        split_lesson(both.text),
        draft.revision,
    )
