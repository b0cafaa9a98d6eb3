"""Shapes of input for the studio."""

import re
from collections.abc import Iterator

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.courses.rules.course_file import HIGHEST_LEVEL, LANGUAGES, TAGS, TRACKS
from lms.courses.rules.lesson_text import Head
from lms.courses.rules.settings import Entry, Settings
from lms.courses.services.drafts import Stale
from lms.courses.services.editing import LessonEdit, Step
from lms.courses.services.media import LONGEST_ALTERNATIVE, Medium
from lms.foundation.numbers import whole_number
from lms.foundation.words import LANGUAGES as LANGUAGE_NAMES

MOST_ROWS = 60
_TITLE = [InputRequired(_("Give it a title.")), Length(max=200)]


def number(text: str | None, otherwise: int = -1) -> int:
    """A whole number that a page sent; `otherwise` when it is none."""
    return whole_number(text or "", otherwise)


class NewCourseForm(FlaskForm):
    """A course to begin."""

    title = StringField(_("Title"), _TITLE, render_kw={"maxlength": 200})
    language = SelectField(_("Language"), choices=[(key, LANGUAGE_NAMES[key]) for key in LANGUAGES])

    def given(self) -> tuple[str, str]:
        """The title and the language."""
        return self.title.data or "", self.language.data


class StepForm(FlaskForm):
    """One act on the outline; `do` is the button that was pressed."""

    def given(self) -> Step:
        """The act."""
        sent = request.form
        return Step(
            sent.get("do", "")[:40],
            sent.get("key", "")[:80],
            sent.get("module", "")[:80],
            number(sent.get("place"), 0),
            sent.get("title", "")[:400],
        )


class SettingsForm(FlaskForm):
    """What a course says of itself. The rows of lists are read by name: objective-0-text, source-1-tag."""

    stale: Stale | None = None
    revision = HiddenField()
    title = StringField(_("Title"), _TITLE, render_kw={"maxlength": 200})
    summary = TextAreaField(_("Summary"), [Length(max=1000)], render_kw={"rows": 3, "maxlength": 1000})
    audience = StringField(_("For whom"), [Length(max=300)], render_kw={"maxlength": 300})
    language = SelectField(_("Language"), choices=[(key, LANGUAGE_NAMES[key]) for key in LANGUAGES])
    lessons = IntegerField(
        _("Lessons to finish"),
        [Optional(), NumberRange(0, 1000, _("Type a whole number, or leave it empty for all."))],
        render_kw={"min": 1, "max": 1000},
    )
    assessment = SelectField(_("Assessment to pass"), validate_choice=False)

    def at(self) -> int:
        """The revision the page was opened at."""
        return number(self.revision.data)

    def given(self) -> Settings:
        """Everything the form says."""
        sent = request.form
        return Settings(
            " ".join((self.title.data or "").split()),
            _lines(self.summary.data),
            " ".join((self.audience.data or "").split()),
            self.language.data,
            tuple(one for one in TRACKS if one in sent.getlist("tracks")),
            tuple(self._competencies()),
            tuple(_entries("objective")),
            tuple(_entries("source")),
            self.lessons.data or 0,
            self.assessment.data or "",
        )

    def _competencies(self) -> Iterator[tuple[str, int]]:
        seen = set()
        for row in _rows("competency"):
            key = request.form.get(f"competency-{row}-id", "")[:80]
            level = number(request.form.get(f"competency-{row}-level"), 0)
            if key and key not in seen and 0 < level <= HIGHEST_LEVEL:
                seen.add(key)
                yield key, level


def _rows(name: str) -> list[int]:
    """The numbers of the rows of a list that were sent, in order."""
    found = {
        int(match[1]) for sent in request.form if (match := re.fullmatch(rf"{name}-(\d{{1,3}})-\w+", sent))
    }
    return sorted(found)[:MOST_ROWS]


def _entries(name: str) -> Iterator[Entry]:
    for row in _rows(name):
        text = " ".join(request.form.get(f"{name}-{row}-text", "").split())[:1000]
        tag = request.form.get(f"{name}-{row}-tag", "")
        if text:
            yield Entry(
                request.form.get(f"{name}-{row}-key", "")[:80],
                text,
                tag if tag in TAGS else TAGS[-1] if name == "source" else "",
            )


def _lines(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


class LessonForm(FlaskForm):
    """A lesson's text. `whole`: the file's first lines cannot be read, and `body` is all of it."""

    stale: Stale | None = None
    revision = HiddenField()
    whole = HiddenField()
    title = StringField(_("Title"), [Length(max=200)], render_kw={"maxlength": 200})
    minutes = IntegerField(
        _("Minutes"),
        [Optional(), NumberRange(1, 30, _("Type a whole number from 1 to 30."))],
        render_kw={"min": 1, "max": 30},
    )
    body = TextAreaField(_("Text of the cards"), [Length(max=1_000_000)])

    def given(self, key: str) -> LessonEdit:
        """The edit of a lesson."""
        sent = request.form
        head = None
        if not self.whole.data:
            head = Head(
                " ".join((self.title.data or "").split()),
                self.minutes.data or 1,
                tuple(one[:80] for one in sent.getlist("objectives"))[:MOST_ROWS],
                tuple(one[:80] for one in sent.getlist("sources"))[:MOST_ROWS],
            )
        return LessonEdit(key, number(self.revision.data), head, self.body.data or "")

    @classmethod
    def of(cls, edit: LessonEdit) -> "LessonForm":
        """The form filled with a lesson."""
        head = edit.head
        return cls(
            None, title=head.title if head else "", minutes=head.minutes if head else 1, body=edit.body
        )


class MediumForm(FlaskForm):
    """A picture with what it shows, or a sound with what is said in it."""

    medium = FileField(
        _("Picture or sound"),
        [FileRequired(_("Choose a file."))],
        render_kw={"accept": "image/*,.svg,.opus,.mp3"},
    )
    words = TextAreaField(
        _("What it shows, or what is said in it"),
        [InputRequired(_("Say what it shows, for whoever cannot see it; for a sound, what is said."))],
        render_kw={"rows": 2},
    )
    caption = StringField(_("Caption"), [Length(max=200)], render_kw={"maxlength": 200})
    card = SelectField(_("At the end of the card"), validate_choice=False)

    def given(self) -> Medium:
        """The file with its words."""
        sound = (self.medium.data.filename or "").lower().endswith((".mp3", ".opus"))
        words = self.words.data or ""
        return Medium(
            self.medium.data.filename or "picture",
            self.medium.data.read(),
            words[:20_000] if sound else words[:LONGEST_ALTERNATIVE],
            self.caption.data or "",
        )
