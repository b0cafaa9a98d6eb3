"""Shapes of input for running courses: groups, rules, more time, what comes first, the firm's days."""

import uuid
from datetime import date

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.foundation.errors import Invalid
from lms.learning.forms import id_or_none
from lms.learning.rules.memory import MOST_REVIEWS, RETENTIONS, USUAL_RETENTION, USUAL_REVIEWS
from lms.learning.rules.running import Terms
from lms.learning.services.cohorts import CohortFacts, Whom
from lms.learning.services.ruling import RuleFacts
from lms.people.forms.people import CheckboxesField, tidied

NOBODY = uuid.UUID(int=0)
MOST_BYTES = 100_000


class CohortForm(FlaskForm):
    """A group as it should be."""

    name = StringField(_("Name"), [InputRequired(_("Give the group a name.")), Length(max=120)], [tidied])
    trainer = SelectField(_("Trainer"), [InputRequired(_("Choose a trainer."))], validate_choice=False)
    starts_on = DateField(_("First day"), [InputRequired(_("Choose the first day."))])
    ends_on = DateField(_("Last day"), [InputRequired(_("Choose the last day."))])
    courses = CheckboxesField(
        _("Courses"), [InputRequired(_("Choose at least one course."))], validate_choice=False
    )
    note = TextAreaField(_("Note"), [Length(max=300)], render_kw={"rows": 3, "maxlength": 300})

    def given(self) -> CohortFacts:
        """What is asked for; an id that cannot be read leads nowhere."""
        starts_on, ends_on = self.starts_on.data, self.ends_on.data
        if not isinstance(starts_on, date) or not isinstance(ends_on, date):
            raise Invalid("Choose the first and the last day.")
        return CohortFacts(
            name=self.name.data or "",
            trainer_id=id_or_none(self.trainer.data) or NOBODY,
            starts_on=starts_on,
            ends_on=ends_on,
            course_ids=tuple(id_or_none(one) or NOBODY for one in self.courses.data or ()),
            note=(self.note.data or "").strip(),
        )


class AddPeopleForm(FlaskForm):
    """Whom to put into a group."""

    who = StringField(_("One person"), [Length(max=160)])
    team = SelectField(_("A whole team"), validate_choice=False)
    numbers = TextAreaField(_("Employee numbers"), [Length(max=20_000)], render_kw={"rows": 4})

    def given(self) -> Whom:
        """What is asked for."""
        return Whom(self.who.data or "", id_or_none(self.team.data), self.numbers.data or "")


class PersonForm(FlaskForm):
    """One person of a list, and a course where it is about one."""

    person = HiddenField()
    course = HiddenField()

    def given(self) -> tuple[uuid.UUID, uuid.UUID]:
        """The person and the course."""
        return id_or_none(self.person.data) or NOBODY, id_or_none(self.course.data) or NOBODY


class RuleForm(FlaskForm):
    """Everyone with a job role, in a team, hired since a day must take a course within some days."""

    course = SelectField(_("Course"), [InputRequired(_("Choose a course."))], validate_choice=False)
    job_role = SelectField(_("Job role"), validate_choice=False)
    team = SelectField(_("Team"), validate_choice=False)
    hired_from = DateField(_("Hired on or after"), [Optional()])
    within_days = IntegerField(
        _("Days to complete it"),
        [
            InputRequired(_("Give people 1 to 730 days.")),
            NumberRange(1, 730, _("Give people 1 to 730 days.")),
        ],
        default=14,
    )

    def given(self) -> RuleFacts:
        """What is asked for."""
        return RuleFacts(
            course_id=id_or_none(self.course.data) or NOBODY,
            job_role=self.job_role.data or None,
            team_id=id_or_none(self.team.data),
            hired_from=self.hired_from.data,
            within_days=self.within_days.data or 0,
        )


class MoreTimeForm(FlaskForm):
    """More time for one person."""

    course = SelectField(_("Course"), [InputRequired(_("Choose a course."))], validate_choice=False)
    until = DateField(_("New day"), [InputRequired(_("Choose the new day."))])
    reason = StringField(
        _("Reason"), [InputRequired(_("Write the reason: the person sees it.")), Length(max=300)]
    )

    def given(self) -> tuple[uuid.UUID, date, str]:
        """The course, the day and the reason."""
        until = self.until.data
        if not isinstance(until, date):
            raise Invalid("Choose the new day.")
        return id_or_none(self.course.data) or NOBODY, until, self.reason.data or ""


class WaiveForm(FlaskForm):
    """Let one person begin a course without what comes first."""

    of = SelectField(_("Course"), [InputRequired(_("Choose a course."))], validate_choice=False)
    why = StringField(
        _("Reason"), [InputRequired(_("Write the reason: it is kept in the log.")), Length(max=300)]
    )

    def given(self) -> tuple[uuid.UUID, str]:
        """The course and the reason."""
        return id_or_none(self.of.data) or NOBODY, self.why.data or ""


class TermsForm(FlaskForm):
    """What comes before a course here, and for how long its completion is good."""

    needs = CheckboxesField(_("These come first"), validate_choice=False)
    valid_months = IntegerField(
        _("A completion is good for so many months"),
        [Optional(), NumberRange(0, 120, _("Write 1 to 120 months, or 0 for ever."))],
    )

    def given(self) -> tuple[tuple[uuid.UUID, ...], int | None]:
        """The courses and the months."""
        return tuple(id_or_none(one) or NOBODY for one in self.needs.data or ()), self.valid_months.data


HOURS = [(str(hour), f"{hour:02}:00") for hour in range(24)]


class DaysForm(FlaskForm):
    """How the firm runs its courses."""

    skip_weekends = BooleanField(_("Nothing falls due on a Saturday or a Sunday"))
    skip_holidays = BooleanField(_("Nothing falls due on a holiday"))
    reminders = RadioField(
        _("Reminders"),
        choices=[
            ("app", _("In Ladder: Today and Learn say what is due tomorrow and within 7 days")),
            ("none", _("None: the date is shown, and what is overdue")),
        ],
    )
    quiet_from = SelectField(_("Quiet hours from"), choices=HOURS)
    quiet_to = SelectField(_("until"), choices=HOURS)
    retake_days = IntegerField(
        _("Days before a completion runs out that people are asked to take the course again"),
        [InputRequired(_("Write 1 to 180 days.")), NumberRange(1, 180, _("Write 1 to 180 days."))],
    )
    retention = IntegerField(
        _("Review cards: how many of a hundred people should still know, in percent"),
        [Optional(), NumberRange(*RETENTIONS, _("Write 70 to 97 percent."))],
    )
    reviews_a_day = IntegerField(
        _("Review cards a day and person, at most"),
        [Optional(), NumberRange(0, MOST_REVIEWS, _("Write 0 to 200 cards."))],
    )

    paid = RadioField(
        _("Learning time that is paid"),
        choices=[
            (
                "required",
                _("What was asked of people: assigned, in a group, by a rule, or to be taken again"),
            ),
            ("all", _("All learning in Ladder")),
            ("none", _("None is marked: payroll decides by itself")),
        ],
        default="required",
    )

    def given(self) -> Terms:
        """The policy."""
        return Terms(
            bool(self.skip_weekends.data),
            bool(self.skip_holidays.data),
            self.reminders.data or "app",
            int(self.quiet_from.data or 0),
            int(self.quiet_to.data or 0),
            self.retake_days.data or 0,
            USUAL_RETENTION if self.retention.data is None else self.retention.data,
            USUAL_REVIEWS if self.reviews_a_day.data is None else self.reviews_a_day.data,
            self.paid.data or "required",
        )


class HolidayForm(FlaskForm):
    """A holiday to be written down."""

    on = DateField(_("Date"), [InputRequired(_("Choose the date."))])
    name = StringField(_("Name"), [InputRequired(_("Write the holiday's name.")), Length(max=120)], [tidied])

    def given(self) -> tuple[date, str]:
        """The date and the name."""
        if not isinstance(self.on.data, date):
            raise Invalid("Choose the date.")
        return self.on.data, self.name.data or ""


class HolidaysForm(FlaskForm):
    """A file of holidays, or its text."""

    rows = TextAreaField(_("Holidays, one a line"), [Length(max=MOST_BYTES)], render_kw={"rows": 4})
    file = FileField(_("Or a CSV file"))

    def given(self) -> str:
        """The text of the file, or what was pasted. Raises Invalid."""
        if self.file.data:
            content: bytes = self.file.data.read(MOST_BYTES + 1)
            if len(content) > MOST_BYTES:
                raise Invalid("This file is too long for a list of holidays.")
            try:
                return content.decode("utf-8-sig")
            except UnicodeDecodeError:
                raise Invalid("This is not UTF-8. Save the file as CSV UTF-8 and try again.") from None
        return self.rows.data or ""
