"""Shapes of input about passports."""

from collections.abc import Mapping

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired, Length

from lms.people.forms.people import CheckboxesField
from lms.tracks.rules.passport import PARTS
from lms.tracks.services.passports import Wanted
from lms.tracks.services.taking import Brought

SHOWN_AT_FIRST = [one for one in PARTS if one != "figures"]


class LeavingForm(FlaskForm):
    """What may leave, and for whom."""

    parts = CheckboxesField(
        _("What goes along?"),
        [InputRequired(_("Choose one part at least."))],
        choices=lambda: [(key, gettext(words)) for key, (words, _kinds) in PARTS.items()],
    )
    recipient = StringField(_("For whom?"), [InputRequired(_("Say for whom it is.")), Length(max=160)])

    def offer(self, ready: Mapping[str, int]) -> None:
        """Say beside each part how many facts it has today."""
        self.parts.choices = [
            (key, f"{gettext(words)} ({ready.get(key, 0)})") for key, (words, _kinds) in PARTS.items()
        ]

    def given(self) -> Wanted:
        """What was chosen."""
        return Wanted(tuple(self.parts.data or ()), self.recipient.data or "")


class BringForm(FlaskForm):
    """A passport as a file."""

    passport = FileField(_("The passport"), [FileRequired(_("Choose the file."))])
    paper_seen = BooleanField(_("I looked at a paper that shows who they are, with this name."))

    def given(self) -> Brought:
        """The file."""
        return Brought(self.passport.data.read(), bool(self.paper_seen.data))
