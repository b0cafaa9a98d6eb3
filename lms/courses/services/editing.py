"""Verbs of the course editor: the outline, the settings, a lesson's text. All of them are saves of the draft's files."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.queries import studio
from lms.courses.rules import key_from, outline
from lms.courses.rules.lesson_text import (
    Head,
    check_keys,
    duplicated,
    new_lesson,
    retitled,
    rewritten,
    split_lesson,
    tidied,
)
from lms.courses.rules.lessons import LONGEST_TITLE, is_title
from lms.courses.rules.settings import Settings, fields_of, settings_of, with_fields
from lms.courses.rules.texts import merge_fields
from lms.courses.services.drafts import Changes, Draft, Stale, open_draft, save_draft
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.storage import Storage
from lms.foundation.yaml import BadYaml, read_yaml, write_yaml

COURSE = "course.yaml"


@dataclass(frozen=True)
class Step:
    """One act on the outline. `key`: the lesson or module it is about; `module` and `place`: where to."""

    act: str
    key: str = ""
    module: str = ""
    place: int = 0
    title: str = ""


@dataclass(frozen=True)
class Done:
    """The draft after an act on its outline, and the lesson or module to look at."""

    draft: Draft
    key: str


def course_of(draft: Draft) -> dict[str, Any]:
    """What a draft's course.yaml says; nothing when it cannot be read."""
    try:
        value = read_yaml(draft.files.get(COURSE, ""))
    except BadYaml:
        return {}
    return value if isinstance(value, dict) else {}


def lesson_path(key: str) -> str:
    """The file of a lesson."""
    return f"lessons/{key}.md"


def change_outline(
    session: Session, *, actor: Actor, course_id: uuid.UUID, step: Step, storage: Storage, now: datetime
) -> Done:
    """Add, rename, move, duplicate or remove a lesson or a module, in the outline as it is now.

    Two people who rearrange one outline never meet: a step is done on whatever the other left.
    Raises NotFound, NotAllowed, Conflict (what it is about is no longer there), Invalid.
    """
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    course = course_of(draft)
    if not course:
        raise Invalid(
            "The course's own file cannot be read. Go back to a moment when it could, in the history."
        )
    if step.act not in _STEPS:
        raise Invalid("Go back and use the button on the page.")
    used = studio.list_paths_ever(session, actor=actor, course_id=course_id)
    files, key = _STEPS[step.act](course, draft, step, used)
    saved = save_draft(
        session,
        actor=actor,
        course_id=course_id,
        revision=draft.revision,
        changes=Changes(files),
        storage=storage,
        now=now,
    )
    return Done(saved, key)


Files = dict[str, str | None]
Act = Callable[[dict[str, Any], Draft, Step, frozenset[str]], tuple[Files, str]]


def _course(said: Mapping[str, Any]) -> Files:
    return {COURSE: write_yaml(dict(said))}


def _titled(step: Step) -> str:
    title = " ".join(step.title.split())
    if not is_title(title):
        raise Invalid("Give it a title, of %(most)s characters at most.", most=LONGEST_TITLE)
    return title


def _there(course: Mapping[str, Any], step: Step) -> outline.Module:
    """The module a lesson is in. Raises Conflict."""
    module = outline.module_with(course, step.key)
    if module is None:
        raise Conflict("This lesson is no longer in the course. Somebody took it out.")
    return module


def _known(course: Mapping[str, Any], draft: Draft, step: Step) -> None:
    """Nothing when a lesson stands in a module, or has a text that stands in none. Raises Conflict."""
    if lesson_path(step.key) not in draft.files:
        _there(course, step)


def _module(course: Mapping[str, Any], key: str) -> outline.Module:
    module = outline.find_module(course, key)
    if module is None:
        raise Conflict("This module is no longer in the course. Somebody took it out.")
    return module


def _fresh_key(title: str, draft: Draft, used: frozenset[str]) -> str:
    """A key that no lesson of this course has or ever had: progress hangs on keys for ever."""
    taken = [path.removeprefix("lessons/").removesuffix(".md") for path in (*draft.files, *used)]
    return outline.free_key(key_from(title, longest=60) or "lesson", taken)


def _add_lesson(course: dict[str, Any], draft: Draft, step: Step, used: frozenset[str]) -> tuple[Files, str]:
    title, module = _titled(step), _module(course, step.module)
    key = _fresh_key(title, draft, used)
    language = str(course.get("language") or "en")
    return {
        **_course(outline.add_lesson(course, key, module=module.key)),
        lesson_path(key): new_lesson(title, language),
    }, key


def _rename_lesson(course: dict[str, Any], draft: Draft, step: Step, _used: object) -> tuple[Files, str]:
    title = _titled(step)
    _there(course, step)
    text = draft.files.get(lesson_path(step.key))
    if text is None:
        raise Conflict("This lesson is no longer in the course. Somebody took it out.")
    if split_lesson(text).head is None:
        raise Invalid("This lesson's first lines cannot be read. Open it and put them right first.")
    return {lesson_path(step.key): retitled(text, title)}, step.key


def _step_lesson(by: int) -> Act:
    def act(course: dict[str, Any], _draft: Draft, step: Step, _used: object) -> tuple[Files, str]:
        _there(course, step)
        return _course(outline.move_lesson(course, step.key, by)), step.key

    return act


def _place_lesson(course: dict[str, Any], draft: Draft, step: Step, _used: object) -> tuple[Files, str]:
    _known(course, draft, step)
    module = _module(course, step.module)
    return _course(outline.place_lesson(course, step.key, module=module.key, place=step.place)), step.key


def _move_lesson(course: dict[str, Any], draft: Draft, step: Step, _used: object) -> tuple[Files, str]:
    _known(course, draft, step)
    return _course(outline.add_lesson(course, step.key, module=_module(course, step.module).key)), step.key


def _copy_lesson(course: dict[str, Any], draft: Draft, step: Step, used: frozenset[str]) -> tuple[Files, str]:
    module, text = _there(course, step), draft.files.get(lesson_path(step.key))
    if text is None:
        raise Conflict("This lesson is no longer in the course. Somebody took it out.")
    head = split_lesson(text).head
    title = f"{head.title if head else step.key} (2)"
    key = _fresh_key(title, draft, used)
    taken = [
        one for name, other in draft.files.items() if name.startswith("lessons/") for one in check_keys(other)
    ]
    return {
        **_course(outline.add_lesson(course, key, module=module.key, after=step.key)),
        lesson_path(key): duplicated(text, title=title, taken=taken),
    }, key


def _remove_lesson(course: dict[str, Any], draft: Draft, step: Step, _used: object) -> tuple[Files, str]:
    _known(course, draft, step)
    path, module = lesson_path(step.key), outline.module_with(course, step.key)
    files: Files = {path: None} if path in draft.files else {}
    if module is not None:
        files |= _course(outline.remove_lesson(course, step.key))
    return files, module.key if module else ""


def _add_module(course: dict[str, Any], _draft: Draft, step: Step, _used: object) -> tuple[Files, str]:
    title = _titled(step)
    made = outline.add_module(course, title, key=key_from(title, longest=60) or "module")
    return _course(made), outline.modules_of(made)[-1].key


def _rename_module(course: dict[str, Any], _draft: Draft, step: Step, _used: object) -> tuple[Files, str]:
    _module(course, step.key)
    return _course(outline.rename_module(course, step.key, _titled(step))), step.key


def _step_module(by: int) -> Act:
    def act(course: dict[str, Any], _draft: Draft, step: Step, _used: object) -> tuple[Files, str]:
        _module(course, step.key)
        return _course(outline.move_module(course, step.key, by)), step.key

    return act


def _remove_module(course: dict[str, Any], _draft: Draft, step: Step, _used: object) -> tuple[Files, str]:
    if _module(course, step.key).lessons:
        raise Invalid("This module has lessons. Move them to another module first, or take them out.")
    return _course(outline.remove_module(course, step.key)), ""


_STEPS: Mapping[str, Act] = {
    "add-lesson": _add_lesson,
    "rename-lesson": _rename_lesson,
    "lesson-up": _step_lesson(-1),
    "lesson-down": _step_lesson(1),
    "place-lesson": _place_lesson,
    "move-lesson": _move_lesson,
    "copy-lesson": _copy_lesson,
    "remove-lesson": _remove_lesson,
    "add-module": _add_module,
    "rename-module": _rename_module,
    "module-up": _step_module(-1),
    "module-down": _step_module(1),
    "remove-module": _remove_module,
}


def save_settings(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    revision: int,
    settings: Settings,
    storage: Storage,
    now: datetime,
) -> Draft:
    """Save what a course says of itself, as seen at `revision`. Fields that others changed meanwhile stay theirs.

    Raises NotFound, NotAllowed, Invalid, Stale (somebody changed the same field).
    """
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    course = course_of(draft)
    if not course:
        raise Invalid(
            "The course's own file cannot be read. Go back to a moment when it could, in the history."
        )
    if not is_title(settings.title):
        raise Invalid("Give the course a title, of 200 characters at most.")
    base = _read_at(session, actor, draft, revision)
    mine = fields_of(settings)
    merged, clashes = merge_fields(fields_of(settings_of(base)), mine, fields_of(settings_of(course)))
    if clashes and revision != draft.revision:
        raise Stale({COURSE: draft.files[COURSE]}, draft.revision)
    said = with_fields(course, merged)
    if said == course:
        return draft
    return save_draft(
        session,
        actor=actor,
        course_id=course_id,
        revision=draft.revision,
        changes=Changes(dict(_course(said))),
        storage=storage,
        now=now,
    )


def _read_at(session: Session, actor: Actor, draft: Draft, revision: int) -> Mapping[str, Any]:
    text = studio.find_text_at(
        session,
        actor=actor,
        course_id=draft.course.id,
        path=COURSE,
        revision=revision,
        current=draft.files.get(COURSE),
    )
    try:
        value = read_yaml(text or "")
    except BadYaml:
        return {}
    return value if isinstance(value, dict) else {}


@dataclass(frozen=True)
class LessonEdit:
    """A lesson as an editor sends it; without a head, `body` is the whole file. `revision`: what its writer had before them.

    `typed`: the page sent it by itself, while its writer types.
    """

    key: str
    revision: int
    head: Head | None
    body: str
    typed: bool = False


def save_lesson(
    session: Session, *, actor: Actor, course_id: uuid.UUID, edit: LessonEdit, storage: Storage, now: datetime
) -> Draft:
    """Save a lesson's text as it was edited; one that was taken out comes back, in no module.

    Raises NotFound, NotAllowed, Invalid, Stale (somebody else changed it).
    """
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    path = lesson_path(edit.key)
    was = lesson_text_at(session, actor=actor, draft=draft, key=edit.key, revision=edit.revision)
    if was is None and path not in studio.list_paths_ever(session, actor=actor, course_id=course_id):
        raise NotFound("There is no such lesson.")
    if edit.head is not None and not is_title(edit.head.title):
        raise Invalid("Give the lesson a title, of 200 characters at most.")
    return save_draft(
        session,
        actor=actor,
        course_id=course_id,
        revision=edit.revision,
        changes=Changes({path: written(was or "", edit)}),
        storage=storage,
        now=now,
        typed=edit.typed,
    )


def written(was: str, edit: LessonEdit) -> str:
    """The file that an edit makes of a lesson's file."""
    return tidied(edit.body) if edit.head is None else rewritten(was, edit.head, edit.body)


def lesson_text_at(session: Session, *, actor: Actor, draft: Draft, key: str, revision: int) -> str | None:
    """A lesson's file as it was at a revision, or as it is now when there was none then."""
    path = lesson_path(key)
    current = draft.files.get(path)
    text = studio.find_text_at(
        session, actor=actor, course_id=draft.course.id, path=path, revision=revision, current=current
    )
    return current if text is None else text


def live_version_of(session: Session, *, actor: Actor, draft: Draft) -> Any:
    """The live version of a draft's course, or none."""
    live_id = draft.course.live_version_id
    return queries.find_version(session, actor=actor, version_id=live_id) if live_id else None
