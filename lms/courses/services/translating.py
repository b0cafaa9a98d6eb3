"""Starting a translation: a course of the same keys in another language, for its texts to be written over."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses import queries
from lms.courses.models import Course
from lms.courses.rules.course_file import COURSE_KEY, FILE, LANGUAGES
from lms.courses.rules.settings import settings_of
from lms.courses.rules.translating import translated_key
from lms.courses.services.drafts import Draft, new_course, open_draft
from lms.courses.services.editing import course_of
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.words import N_
from lms.foundation.yaml_editing import set_value
from lms.people.services.audit import record_act


def other_language(draft: Draft) -> str:
    """The language that a course can be translated into; empty for a translation, and while its file cannot be read."""
    said = course_of(draft)
    if not said or said.get("translation_of"):
        return ""
    language = settings_of(said).language
    return next((one for one in LANGUAGES if one != language), "") if language in LANGUAGES else ""


def start_translation(session: Session, *, actor: Actor, course_id: uuid.UUID, now: datetime) -> Course:
    """The draft of a course as the draft of its translation: keys, questions and pictures are there, its texts are still the original's.

    Raises NotFound, NotAllowed, Invalid (a translation is not translated), Conflict (there is one already).
    """
    draft = open_draft(session, actor=actor, course_id=course_id)
    language, origin = other_language(draft), draft.course.key
    key = translated_key(origin, language)
    if not language or not COURSE_KEY.fullmatch(key):
        raise Invalid("This course cannot be translated from here: translate the original.")
    if queries.find_course_by_key(session, owner_id=draft.course.owner_id, key=key) is not None:
        raise Conflict("The translation was started already: open that one.")
    text = draft.files[FILE]
    for name, value in (("key", key), ("language", language), ("translation_of", origin)):
        text = set_value(text, name, value)
    course = new_course(
        session, actor=actor, key=key, files={**draft.files, FILE: text}, media=draft.media, now=now
    )
    record_act(
        session,
        actor=actor,
        act=N_("translation started"),
        subject=f"{key}: {settings_of(course_of(draft)).title}",
        now=now,
        detail={"from": str(course_id)},
    )
    return course
