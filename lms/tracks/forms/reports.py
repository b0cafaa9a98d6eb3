"""The shape of a report on a date."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, NumberRange

from lms.tracks.rules.reports import When

WEEKDAYS = [
    (1, _("Monday")),
    (2, _("Tuesday")),
    (3, _("Wednesday")),
    (4, _("Thursday")),
    (5, _("Friday")),
    (6, _("Saturday")),
    (7, _("Sunday")),
]


class PlanForm(FlaskForm):
    """As what, how often, when, and for how long it is kept."""

    plan_id = HiddenField()
    form = RadioField(
        _("As what?"),
        [InputRequired(_("Choose one."))],
        choices=[("xlsx", "Excel"), ("csv", "CSV"), ("pdf", "PDF")],
        default="xlsx",
    )
    rhythm = RadioField(
        _("How often?"),
        [InputRequired(_("Choose one."))],
        choices=[("week", _("Each week")), ("month", _("Each month"))],
        default="week",
    )
    weekday = SelectField(_("Each week: on which day?"), coerce=int, choices=WEEKDAYS, default=1)
    month_day = SelectField(
        _("Each month: on which day?"),
        coerce=int,
        choices=[(day, str(day)) for day in range(1, 29)],
        default=1,
    )
    hour = SelectField(
        _("At what time?"),
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        default=7,
    )
    keep_weeks = IntegerField(
        _("For how many weeks is each one kept?"),
        [InputRequired(_("Say how many weeks.")), NumberRange(1, 52, _("From 1 to 52 weeks."))],
        default=8,
    )

    def when(self) -> When:
        """The rhythm."""
        monthly = self.rhythm.data == "month"
        return When(monthly, self.month_day.data if monthly else self.weekday.data, self.hour.data)
