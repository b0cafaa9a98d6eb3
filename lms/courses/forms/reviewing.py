"""The forms of a review: asking, saying, answering."""

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.courses.forms.studio import number
from lms.courses.services.reviewing import LONGEST_COMMENT, LONGEST_NOTE


class AskForm(FlaskForm):
    """A draft goes to a second person."""

    revision = HiddenField()
    note = StringField(
        _("What should the reviewer look at?"),
        [InputRequired(_("Say in a sentence what the reviewer should look at.")), Length(max=LONGEST_NOTE)],
        render_kw={"maxlength": LONGEST_NOTE},
    )

    def given(self) -> tuple[int, str]:
        """The revision that was looked at, and the note."""
        return number(self.revision.data), self.note.data or ""


class AnswerForm(FlaskForm):
    """A reviewer's answer; the button that was pressed says which."""

    answer_note = TextAreaField(
        _("What should change, or what you liked"),
        [Length(max=LONGEST_NOTE)],
        render_kw={"rows": 2, "maxlength": LONGEST_NOTE},
    )

    def given(self) -> tuple[bool, str]:
        """Whether it is approved, and the note."""
        return request.form.get("do") == "approve", self.answer_note.data or ""


class CommentForm(FlaskForm):
    """What a reviewer says of one place."""

    place = SelectField(_("About"), validate_choice=False)
    text = TextAreaField(
        _("Comment"),
        [InputRequired(_("Write what you think of it.")), Length(max=LONGEST_COMMENT)],
        render_kw={"rows": 3, "maxlength": LONGEST_COMMENT},
    )

    def given(self) -> tuple[str, str]:
        """The place as `path#card`, and the comment."""
        return (self.place.data or "")[:300], (self.text.data or "").replace("\r\n", "\n")
