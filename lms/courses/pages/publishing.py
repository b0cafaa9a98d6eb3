"""What the publish page shows: what changed since the live version, what stops it, and who is under way."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.models import ReviewRequest
from lms.courses.packages import Package, understand
from lms.courses.pages.history import FileChange, fields_changed, file_change
from lms.courses.pages.places import Place, places_of
from lms.courses.pages.studio import CourseHead, course_head, offsets_of
from lms.courses.policy import CoursePermission
from lms.courses.queries.studio import UnderWayAsked
from lms.courses.rules import outline
from lms.courses.rules.reviewing import ReviewState, draft_hash
from lms.courses.rules.settings import fields_of, settings_of
from lms.courses.rules.texts import Piece
from lms.courses.services import lesson_order, package_hash, problems_of
from lms.courses.services.drafts import Draft, see_draft
from lms.courses.services.editing import course_of
from lms.courses.services.reviewing import REFUSED, standing_of_review
from lms.foundation.actor import Actor
from lms.foundation.events import ask
from lms.foundation.storage import Storage
from lms.foundation.yaml import write_yaml


@dataclass(frozen=True)
class LessonChange:
    """What became of one lesson. `moved`: whether it stands elsewhere than before."""

    key: str
    title: str
    change: FileChange
    moved: bool


@dataclass(frozen=True)
class QuestionChange:
    """What became of a question: came, changed or went."""

    key: str
    sort: str
    stem: str
    pieces: Sequence[Piece]


@dataclass(frozen=True)
class Review:
    """Where a draft's review stands. `required`: whether the firm asks for one; `refused`: why it cannot be published yet."""

    state: ReviewState
    request: ReviewRequest | None
    required: bool
    refused: str


def review_of(session: Session, *, actor: Actor, draft: Draft) -> Review:
    """Where a draft's review stands."""
    state, request = standing_of_review(
        session,
        actor=actor,
        course_id=draft.course.id,
        hash_now=draft_hash(draft.files, draft.media),
    )
    required = draft.stood is not None and draft.stood.reviewed
    return Review(state, request, required, REFUSED.get(state, "") if required else "")


@dataclass(frozen=True)
class PublishPage:
    """Everything a person should know before they publish. `under_way`: people on each version's number."""

    head: CourseHead
    same: bool
    lessons: Sequence[LessonChange]
    moved: Sequence[str]
    settings: Sequence[FileChange]
    questions: Sequence[QuestionChange]
    assessments: Sequence[FileChange]
    media: Sequence[FileChange]
    stopping: Sequence[Place]
    advice: Sequence[Place]
    under_way: Sequence[tuple[int, int]]
    count: int
    review: "Review"

    @property
    def people(self) -> int:
        """How many people are under way, on whichever version."""
        return sum(people for _number, people in self.under_way)


def publish_page(
    session: Session, *, actor: Actor, course_id: uuid.UUID, storage: Storage, now: Any
) -> PublishPage:
    """A draft beside the live version. Raises NotFound, NotAllowed."""
    draft = see_draft(session, actor=actor, course_id=course_id, permission=CoursePermission.PUBLISH)
    return beside_live(session, actor=actor, draft=draft, storage=storage, now=now)


def beside_live(
    session: Session, *, actor: Actor, draft: Draft, storage: Storage, now: Any = None
) -> PublishPage:
    """A draft that somebody may see, beside the live version. Without `now` nobody is counted who is under way."""
    course_id = draft.course.id
    review = review_of(session, actor=actor, draft=draft)
    package = draft.package(storage)
    head = course_head(session, actor=actor, draft=draft)
    live_files: Mapping[str, str] = head.live.document["files"] if head.live else {}
    live_media = (
        {row.path: row.stored for row in queries.list_media(session, version_id=head.live.id)}
        if head.live
        else {}
    )
    live = understand(live_files, {}, []) if live_files else Package({}, {})
    problems = places_of(problems_of(session, package), package, offsets_of(draft))
    lessons = _lessons(live, package)
    under_way = _under_way(session, actor, course_id, now) if now else ()
    return PublishPage(
        head,
        head.live is not None and head.live.hash == package_hash(package),
        [one for one in lessons if one.change.sort != "same"],
        [one.title for one in lessons if one.change.sort == "same" and one.moved],
        _settings(live.course, course_of(draft)) if head.live else (),
        _questions(live, package),
        _files(live_files, draft.files, "assessments/"),
        _files(live_media, draft.media, "media/"),
        [one for one in problems if not one.advice],
        [one for one in problems if one.advice],
        under_way,
        len(package.lessons),
        review,
    )


def _under_way(session: Session, actor: Actor, course_id: uuid.UUID, now: Any) -> Sequence[tuple[int, int]]:
    """How many people of the actor's firm are on each version's number."""
    numbers = {one.id: one.number for one in queries.list_versions(session, actor=actor, course_id=course_id)}
    asked = ask(session, UnderWayAsked(actor, course_id, now))
    return sorted((numbers[one.version_id], one.people) for one in asked if one.version_id in numbers)


def _files(before: Mapping[str, str], after: Mapping[str, str], folder: str) -> Sequence[FileChange]:
    names = sorted(name for name in {*before, *after} if name.startswith(folder))
    return [
        file_change(name, before.get(name), after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]


def _lessons(live: Package, package: Package) -> Sequence[LessonChange]:
    """Every lesson of either, in the order it stands, those that went last."""
    was, stands = _order(live), _order(package)
    stayed = [key for key in was if key in stands]
    order = [key for key in stands if key in was]
    places = {key: outline.module_with(live.course, key) for key in stayed}
    found = []
    for key in dict.fromkeys((*stands, *package.lessons, *was)):
        path = f"lessons/{key}.md"
        before, after = live.files.get(path), package.files.get(path)
        if before is None and after is None:
            continue
        change = file_change(path, before, after) if before != after else FileChange(path, "same", ())
        lesson = package.lessons.get(key) or live.lessons[key]
        now_in, then_in = outline.module_with(package.course, key), places.get(key)
        moved = key in stayed and (
            stayed.index(key) != order.index(key)
            or (now_in is not None and then_in is not None and now_in.key != then_in.key)
        )
        found.append(LessonChange(key, lesson.title, change, moved))
    return found


def _order(package: Package) -> list[str]:
    return lesson_order({"modules": [{"lessons": one.lessons} for one in outline.modules_of(package.course)]})


def _settings(live: Mapping[str, Any], said: Mapping[str, Any]) -> Sequence[FileChange]:
    before, after = fields_of(settings_of(live)), fields_of(settings_of(said))
    before["modules"] = [one.title or one.key for one in outline.modules_of(live)]
    after["modules"] = [one.title or one.key for one in outline.modules_of(said)]
    return fields_changed(before, after)


def _questions(live: Package, package: Package) -> Sequence[QuestionChange]:
    before = {str(one.document.get("key")): one.document for one in live.questions}
    after = {str(one.document.get("key")): one.document for one in package.questions}
    found = []
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        if was == now:
            continue
        change = file_change(
            key, write_yaml(dict(was)) if was else None, write_yaml(dict(now)) if now else None
        )
        stem = str((now or was or {}).get("stem") or "")
        found.append(QuestionChange(key, change.sort, stem, change.pieces if was and now else ()))
    return found
