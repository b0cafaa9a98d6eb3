"""Forms of shared devices: registering one, signing in on one, one's own PIN."""

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, PasswordField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from lms.people.forms.people import tidied
from lms.people.queries.floor import Policy

DIGITS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "6"}


def bare(text: str | None) -> str:
    """Digits as they were typed, without spaces."""
    return "".join((text or "").split())


class PinEntryForm(FlaskForm):
    """An employee number, or a name from the team's list, with a PIN."""

    who = SelectField(_("Your name"), choices=(), validate_choice=False)
    number = StringField(
        _("Employee number"),
        [Length(max=40)],
        filters=[tidied],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    pin = PasswordField(_("PIN"), [InputRequired(_("Type your PIN.")), Length(max=40)], render_kw=DIGITS)
    next = HiddenField()
    kept = HiddenField()

    def offer(self, people: Sequence[tuple[uuid.UUID, str]], other: str) -> None:
        """Offer the names of a team."""
        self.who.choices = [("", other), *((str(person_id), name) for person_id, name in people)]

    def given(self) -> tuple[str, uuid.UUID | None, str]:
        """The number, who was chosen instead of typing one, and the PIN."""
        try:
            chosen = uuid.UUID(self.who.data) if self.who.data else None
        except ValueError:
            chosen = None
        return self.number.data or "", chosen, bare(self.pin.data)


class NewPinForm(FlaskForm):
    """A PIN to be."""

    pin = PasswordField(
        _("New PIN"), [InputRequired(_("Type six digits.")), Length(max=40)], render_kw=DIGITS
    )

    def given(self) -> str:
        """The digits."""
        return bare(self.pin.data)


class DeviceForm(FlaskForm):
    """What this PC is called and whose it is."""

    name = StringField(
        _("Name of this PC"),
        [InputRequired(_("Give it a name.")), Length(max=80, message=_("Use at most 80 characters."))],
        filters=[tidied],
        render_kw={"autocomplete": "off"},
    )
    team = SelectField(_("Team"))

    def offer(self, teams: Sequence[Any], *, none_too: bool) -> None:
        """Offer teams by their paths; no team at all only to who looks after the whole firm."""
        first = [("", _("No team"))] if none_too else []
        self.team.choices = [*first, *((str(one.team_id), " > ".join(one.path)) for one in teams)]

    def given(self) -> tuple[str, uuid.UUID | None]:
        """The name, and the team's id."""
        return self.name.data or "", uuid.UUID(self.team.data) if self.team.data else None


class SignInPolicyForm(FlaskForm):
    """What the firm decides about signing in."""

    idle_minutes = IntegerField(
        _("Lock a shared PC after so many quiet minutes"),
        [
            InputRequired(_("Give the minutes.")),
            NumberRange(1, 30, message=_("Lock after 1 to 30 minutes.")),
        ],
        render_kw={"min": "1", "max": "30"},
    )
    team_list = BooleanField(_("Show the names of the PC's team on its sign-in page"))
    mail_codes = BooleanField(_("Let people sign in with a code by e-mail"))

    def given(self) -> Policy:
        """What was decided."""
        return Policy(self.idle_minutes.data or 0, bool(self.team_list.data), bool(self.mail_codes.data))
