"""Forms about firms."""

import zoneinfo
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import InputRequired, Length, Regexp

from lms.people.forms.people import EMAIL, NAME, NUMBER, or_none, tidied
from lms.people.rules import NewAdministrator, NewFirm


class FirmForm(FlaskForm):
    """A firm's name, hours and language."""

    name = StringField(_("Name of the firm"), [*NAME], filters=[tidied])
    time_zone = SelectField(_("Time zone"))
    language = SelectField(_("Language"), choices=[("en", "English"), ("es", "Español")])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.time_zone.choices = sorted(
            zone for zone in zoneinfo.available_timezones() if zone.startswith(("America/", "UTC"))
        )


class AdministratorForm(FlaskForm):
    """A firm's first administrator."""

    admin_name = StringField(_("Administrator's name"), [*NAME], filters=[tidied])
    admin_email = StringField(
        _("Administrator's e-mail"),
        [InputRequired(_("Type the e-mail.")), Length(max=254), EMAIL],
        filters=[tidied],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    admin_number = StringField(_("Administrator's employee number"), [*NUMBER], filters=[tidied, or_none])

    def administrator(self) -> NewAdministrator:
        """The administrator."""
        return NewAdministrator(
            self.admin_name.data or "", (self.admin_email.data or "").lower(), self.admin_number.data
        )


class NewFirmForm(FirmForm, AdministratorForm):
    """A firm and its first administrator."""

    key = StringField(
        _("Short name"),
        [
            InputRequired(_("Type a short name.")),
            Regexp(
                r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$",
                message=_("Use small letters, digits and dashes, 40 at most."),
            ),
        ],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )

    def given(self) -> NewFirm:
        """The firm."""
        return NewFirm(self.key.data or "", self.name.data or "", self.time_zone.data, self.language.data)
