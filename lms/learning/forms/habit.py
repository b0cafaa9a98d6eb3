"""Shapes of input for goals."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import IntegerField, RadioField
from wtforms.validators import InputRequired

from lms.learning.rules.habit import Goal


class GoalForm(FlaskForm):
    """What somebody wants to do each week."""

    amount = IntegerField(_("How much"), [InputRequired(_("Write a whole number, such as 30."))])
    kind = RadioField(
        _("Of what"),
        choices=[("minutes", _("minutes a week")), ("days", _("days a week"))],
        default="minutes",
    )

    def given(self) -> Goal:
        """The goal."""
        return Goal(self.kind.data or "", max(0, self.amount.data or 0))


class TeamGoalForm(FlaskForm):
    """What a team wants to learn together each week."""

    minutes = IntegerField(
        _("Minutes a week, together"), [InputRequired(_("Write the minutes as a whole number; 0 for none."))]
    )

    def given(self) -> int:
        """The minutes."""
        return max(0, self.minutes.data or 0)
