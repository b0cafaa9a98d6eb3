"""The shape of a coaching note."""

import uuid

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.tracks.services.coaching import NewNote


class NoteForm(FlaskForm):
    """What was agreed, and when to look again."""

    text = TextAreaField(
        _("What did you agree?"), [InputRequired(_("Write what you agreed.")), Length(max=3000)]
    )
    look_again_on = DateField(_("When do you look at it again?"), [Optional()])
    follows = HiddenField()

    def given(self) -> NewNote:
        """The note."""
        try:
            follows = uuid.UUID(self.follows.data or "")
        except ValueError:
            follows = None
        return NewNote(self.text.data or "", self.look_again_on.data, follows)
