"""Writing the questions and assessments of a course's draft: one at a time, several at once, and taking it back.

A save names what its writer saw (`seen`, a hash). Two people who write two questions of one file never meet; a question
that somebody changed in between is not overwritten, and the writer is shown both.
"""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.bank.drafted import BANK, RESERVED, Drafted, Entry, drafted
from lms.assessments.rules import blueprint_problems
from lms.assessments.services.publishing import document_hash
from lms.courses.rules import key_from
from lms.courses.services.drafts import Changes, Draft, go_back, open_draft, save_draft
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.storage import Storage
from lms.foundation.text import plain_text
from lms.foundation.words import N_
from lms.foundation.yaml import BadYaml, write_yaml
from lms.foundation.yaml_editing import append_entry, replace_entry, set_value

WORDS_IN_A_KEY = 7
MOST_AT_ONCE = 500


class Overtaken(Conflict):
    """Somebody changed the same document since it was opened: `theirs` is how it is now, none when it is gone."""

    def __init__(self, theirs: Mapping[str, Any] | None) -> None:
        super().__init__(
            N_(
                "Somebody changed this since you opened it. Nothing of yours is lost: compare the two below, then save yours or take theirs."
            )
            if theirs is not None
            else N_(
                "Somebody deleted this since you opened it. Nothing of yours is lost: save it to put it back."
            )
        )
        self.theirs = theirs


@dataclass(frozen=True)
class Edit:
    """A document to save. `key`: which one, none for a new one; `seen`: the mark of what its writer saw."""

    document: Mapping[str, Any]
    key: str | None = None
    seen: str = ""


@dataclass(frozen=True)
class Saved:
    """What was saved, and the draft's revision after it."""

    key: str
    revision: int
    new: bool = False


def mark_of(entry: Entry | None) -> str:
    """The mark of a document as it is: what a form that shows it sends back. Empty when there is none."""
    return document_hash(entry.document) if entry else ""


def open_bank(session: Session, *, actor: Actor, course_id: uuid.UUID) -> tuple[Draft, Drafted]:
    """A draft and what its files say. Raises NotFound, NotAllowed."""
    draft = open_draft(session, actor=actor, course_id=course_id)
    return draft, drafted(draft.files)


def save_question(
    session: Session, *, actor: Actor, course_id: uuid.UUID, edit: Edit, storage: Storage, now: datetime
) -> Saved:
    """Put a question into the draft. The same save again changes nothing; so does the same new question.

    Raises NotFound, NotAllowed, Invalid (nothing is asked, or its file cannot be read), Overtaken.
    """
    draft, bank = _locked(session, actor, course_id)
    if not str(edit.document.get("stem") or "").strip():
        raise Invalid("Write what is asked. Nothing is saved yet.")
    if edit.key is None:
        if twin := _twin(edit.document, bank):
            return Saved(twin.key, draft.revision)
        taken = {entry.key for entry in bank.questions} | bank.check_keys
        taken |= set(queries.list_question_keys(session, course_id=course_id))
        key = _free_key(str(edit.document["stem"]), taken)
        document = {"key": key, **edit.document}
        path = BANK if BANK in draft.files or not bank.questions else bank.questions[0].file
        text = _edited(path, lambda: append_entry(draft.files.get(path, ""), document))
        return _save(session, actor, draft, {path: text}, storage, now, key, new=True)
    entry = bank.question(edit.key)
    if entry is not None and entry.document == edit.document:
        return Saved(edit.key, draft.revision)
    if mark_of(entry) != edit.seen:
        raise Overtaken(entry.document if entry else None)
    path = entry.file if entry else BANK
    text = draft.files.get(path, "")
    document = {**edit.document, "key": edit.key}
    if entry is not None:
        at = entry.at
        changed = _edited(path, lambda: replace_entry(text, at, document))
    else:
        if edit.key in bank.check_keys or key_from(edit.key) != edit.key:
            raise NotFound("There is no such question.")
        changed = _edited(path, lambda: append_entry(text, document))
    return _save(session, actor, draft, {path: changed}, storage, now, edit.key)


@dataclass(frozen=True)
class Together:
    """What to do to several questions: values to set (none takes a value out), tags to add and to take away, or delete."""

    values: Mapping[str, Any]
    add_tags: tuple[str, ...] = ()
    drop_tags: tuple[str, ...] = ()
    delete: bool = False

    def applied(self, document: Mapping[str, Any]) -> dict[str, Any] | None:
        """The document after it; none when it is deleted."""
        if self.delete:
            return None
        found = {**document, **self.values}
        if self.add_tags or self.drop_tags:
            said = document.get("tags")
            tags = [*(said if isinstance(said, list) else ()), *self.add_tags]
            found["tags"] = [tag for tag in dict.fromkeys(tags) if tag not in self.drop_tags]
        return found


def change_questions(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    keys: Collection[str],
    together: Together,
    storage: Storage,
    now: datetime,
) -> tuple[int, int]:
    """Change or delete several questions as they are now; how many, and the draft's revision after it.

    Questions that somebody deleted meanwhile are left out. Raises NotFound, NotAllowed, Invalid (none is named).
    """
    draft, bank = _locked(session, actor, course_id)
    wanted = [entry for entry in bank.questions if entry.key in set(keys)]
    if not wanted:
        raise Invalid("Tick the questions first.")
    if len(wanted) > MOST_AT_ONCE:
        raise Invalid("Change at most %(most)s questions at once.", most=MOST_AT_ONCE)
    files: dict[str, str | None] = {}
    for entry in sorted(wanted, key=lambda one: (one.file, -one.at)):
        text, after = files.get(entry.file) or draft.files[entry.file], together.applied(entry.document)
        if after != entry.document:
            files[entry.file] = replace_entry(text, entry.at, after)
    saved = _save(session, actor, draft, files, storage, now, "")
    return len(wanted), saved.revision


def save_assessment(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    edit: Edit,
    completes: bool | None,
    storage: Storage,
    now: datetime,
) -> Saved:
    """Put an assessment into the draft, and say whether it completes the course (none leaves that as it is).

    Raises NotFound, NotAllowed, Invalid (no title, or what cannot be drawn: `problems` has every reason), Overtaken.
    """
    draft, bank = _locked(session, actor, course_id)
    title = str(edit.document.get("title") or "").strip()
    if not title:
        raise Invalid("Give the assessment a title. Nothing is saved yet.")
    entry = bank.assessment(edit.key) if edit.key else None
    if problems := blueprint_problems({"key": edit.key or "new", **edit.document}, bank.bank):
        raise Invalid("This assessment cannot be taken as it is. Nothing is saved yet.", problems)
    if edit.key is None:
        alike = (
            one
            for one in bank.assessments
            if {name: value for name, value in one.document.items() if name != "key"} == edit.document
        )
        if twin := next(alike, None):
            return Saved(twin.key, draft.revision)
        taken = {one.key for one in bank.assessments} | {
            path.partition("/")[2].removesuffix(".yaml")
            for path in draft.files
            if path.startswith("assessments/")
        }
        taken |= set(queries.list_assessment_keys(session, course_id=course_id))
        key = _free_key(title, taken, "assessment")
    else:
        key = edit.key
        same = entry is not None and entry.document == edit.document
        if not same and mark_of(entry) != edit.seen:
            raise Overtaken(entry.document if entry else None)
        if entry is None and key_from(key) != key:
            raise NotFound("There is no such assessment.")
    path = entry.file if entry else f"assessments/{key}.yaml"
    files: dict[str, str | None] = {}
    if entry is None or entry.document != edit.document:
        files[path] = write_yaml({"key": key, **edit.document})
    files |= _completion(draft, bank, key, completes)
    return _save(session, actor, draft, files, storage, now, key, new=edit.key is None)


def delete_assessment(
    session: Session, *, actor: Actor, course_id: uuid.UUID, key: str, storage: Storage, now: datetime
) -> int:
    """Take an assessment out of the draft; the draft's revision after it. Raises NotFound, NotAllowed, Conflict."""
    draft, bank = _locked(session, actor, course_id)
    entry = bank.assessment(key)
    if entry is None:
        raise NotFound("There is no such assessment.")
    if bank.completed_by == key:
        raise Conflict("This assessment completes the course. Let another one do that first.")
    return _save(session, actor, draft, {entry.file: None}, storage, now, key).revision


def take_back(session: Session, *, actor: Actor, course_id: uuid.UUID, revision: int, now: datetime) -> Draft:
    """Undo what the save that made `revision` did. Raises NotFound, NotAllowed, Invalid, Stale (the same files moved on)."""
    begin_writing(session)
    return go_back(session, actor=actor, course_id=course_id, revision=revision, to=revision - 1, now=now)


def _locked(session: Session, actor: Actor, course_id: uuid.UUID) -> tuple[Draft, Drafted]:
    begin_writing(session)
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    return draft, drafted(draft.files)


def _save(
    session: Session,
    actor: Actor,
    draft: Draft,
    files: Mapping[str, str | None],
    storage: Storage,
    now: datetime,
    key: str,
    *,
    new: bool = False,
) -> Saved:
    after = save_draft(
        session,
        actor=actor,
        course_id=draft.course.id,
        revision=draft.revision,
        changes=Changes(files=files),
        storage=storage,
        now=now,
    )
    return Saved(key, after.revision, new)


def _edited(path: str, edit: Callable[[], str]) -> str:
    try:
        return edit()
    except BadYaml as error:
        raise Invalid(
            "%(file)s cannot be read, so nothing can be saved in it. Line %(line)s: %(why)s",
            file=path,
            line=error.line,
            why=error.sentence,
        ) from None


def _twin(document: Mapping[str, Any], bank: Drafted) -> Entry | None:
    """A question that is this one already: a form that was sent twice."""
    return next(
        (
            entry
            for entry in bank.questions
            if {name: value for name, value in entry.document.items() if name != "key"} == document
        ),
        None,
    )


def _free_key(text: str, taken: Collection[str], otherwise: str = "question") -> str:
    """A key made of the first words of a text, with a number behind it when it was ever used."""
    first = " ".join(plain_text(text).split()[:WORDS_IN_A_KEY])
    key = key_from(first, longest=60) or otherwise
    return next(
        one
        for one in (key, *(f"{key}-{n}" for n in range(2, 10_000)))
        if one not in taken and one not in RESERVED
    )


def _completion(draft: Draft, bank: Drafted, key: str, completes: bool | None) -> dict[str, str]:
    """What course.yaml becomes when this assessment completes the course, or no longer does."""
    if completes is None or completes == (bank.completed_by == key) or "course.yaml" not in draft.files:
        return {}
    said = bank.course.get("completion")
    completion = dict(said) if isinstance(said, Mapping) else {"lessons": "all"}
    completion.pop("assessment", None)
    if completes:
        completion["assessment"] = key
    text = draft.files["course.yaml"]
    return {"course.yaml": _edited("course.yaml", lambda: set_value(text, "completion", completion))}
