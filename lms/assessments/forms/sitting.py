"""The shape of a sitting code."""

import uuid
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.assessments.services.sitting import CodeFacts
from lms.people.queries import is_id

WINDOWS = (
    (30, _("30 minutes")),
    (60, _("1 hour")),
    (120, _("2 hours")),
    (240, _("4 hours")),
    (480, _("8 hours")),
)
NOBODY = uuid.UUID(int=0)


class CodeForm(FlaskForm):
    """Which gate, for whom, when, where."""

    assessment = SelectField(
        _("Assessment"), [InputRequired(_("Choose an assessment."))], validate_choice=False
    )
    team = SelectField(_("A whole team"), validate_choice=False)
    names = TextAreaField(
        _("Or these people"), [Length(max=5000, message=_("That is too long."))], render_kw={"rows": 4}
    )
    opens_at = DateTimeLocalField(_("Good from"), [InputRequired(_("Choose a date and a time."))])
    window = SelectField(_("For how long they may begin"), coerce=int, choices=WINDOWS, default=60)
    place = StringField(
        _("Where"),
        [Length(max=120, message=_("Use at most 120 characters."))],
        render_kw={"autocomplete": "off"},
    )

    def given(self, zone: str) -> CodeFacts:
        """What is asked for; an id that cannot be read leads nowhere. Times are the firm's."""
        at = self.opens_at.data or datetime(1970, 1, 1)  # noqa: DTZ001  (the firm's zone follows)
        opens_at = at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        lines = (self.names.data or "").replace(";", "\n").splitlines()
        return CodeFacts(
            _id(self.assessment.data) or NOBODY,
            _id(self.team.data),
            tuple(dict.fromkeys(name for line in lines if (name := " ".join(line.split())))),
            opens_at,
            opens_at + timedelta(minutes=self.window.data),
            self.place.data or "",
        )


def _id(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text and is_id(text) else None
