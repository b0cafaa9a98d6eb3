"""The form for a time somebody is away."""

from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from lms.people.rules import TimeAway


class AwayForm(FlaskForm):
    """From when to when, and whether it is protected."""

    since = DateField(_("First day away"), [InputRequired(_("Give the day."))])
    until = DateField(
        _("Last day away"), [Optional()], description=_("Leave it empty while it is not known.")
    )
    protected = RadioField(
        _("Is it protected leave?"),
        [InputRequired(_("Choose one."))],
        choices=[
            ("yes", _("Yes: maternity, illness, or another leave the law or the firm protects")),
            ("no", _("No")),
        ],
    )
    reason = StringField(
        _("Reason"),
        [Optional(), Length(max=300, message=_("Use at most 300 characters."))],
        description=_("Only managers and firm administrators see it. You need not write one."),
        render_kw={"autocomplete": "off"},
    )

    def given(self) -> TimeAway:
        """The time."""
        return TimeAway(
            self.since.data or date.min, self.until.data, self.protected.data == "yes", self.reason.data or ""
        )
