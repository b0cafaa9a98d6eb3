"""Forms about people and teams."""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import InputRequired, Length, Optional, Regexp
from wtforms.widgets import CheckboxInput, ListWidget

from lms.foundation.actor import Role
from lms.people.rules import (
    BREAKS,
    TIME_FACTORS,
    NewPerson,
    PersonFacts,
    TeamFacts,
)

ROLE_WORDS = {
    Role.AGENT: _("Agent"),
    Role.TRAINER: _("Trainer"),
    Role.ASSESSOR: _("Assessor"),
    Role.MANAGER: _("Manager"),
    Role.FIRM_ADMIN: _("Firm administrator"),
    Role.ASSOCIATION: _("Association administrator"),
}
FIRM_ROLES = tuple(role for role in Role if role is not Role.ASSOCIATION)


def tidied(text: str | None) -> str | None:
    """A text without the spaces round and doubled in it."""
    return " ".join(text.split()) if text is not None else None


def or_none(text: str | None) -> str | None:
    """A text, or None when there is nothing in it."""
    return text or None


class OneOfSeveral(CheckboxInput):
    """A box that may stay empty: "required" on each would make a browser ask for all of them."""

    validation_attrs = ("disabled",)


class CheckboxesField(SelectMultipleField):
    """Several of a few."""

    widget = ListWidget(prefix_label=False)
    option_widget = OneOfSeveral()


EMAIL = Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_("Write the e-mail as name@example.com."))
NAME = (InputRequired(_("Type the name.")), Length(max=160, message=_("Use at most 160 characters.")))
NUMBER = (Optional(), Length(max=40, message=_("Use at most 40 characters.")))


class PersonForm(FlaskForm):
    """What a firm writes about a person. `seen`: the mark of what the form showed."""

    name = StringField(_("Name"), [*NAME], filters=[tidied], render_kw={"autocomplete": "off"})
    employee_number = StringField(
        _("Employee number"), [*NUMBER], filters=[tidied, or_none], render_kw={"autocomplete": "off"}
    )
    job_role = StringField(
        _("Job"),
        [InputRequired(_("Type the job.")), Length(max=60, message=_("Use at most 60 characters."))],
        filters=[tidied],
        render_kw={"list": "jobs", "autocomplete": "off"},
    )
    started_on = DateField(_("First day"), [InputRequired(_("Give the first day."))])
    time_factor = SelectField(
        _("Extra time"),
        coerce=float,
        choices=[
            (TIME_FACTORS[0], _("None")),
            (TIME_FACTORS[1], _("A quarter more")),
            (TIME_FACTORS[2], _("Half as much more")),
            (TIME_FACTORS[3], _("Twice the time")),
        ],
    )
    break_minutes = SelectField(
        _("Breaks"),
        coerce=int,
        default=0,
        choices=[
            (BREAKS[0], _("None")),
            *((one, _("%(minutes)s minutes", minutes=one)) for one in BREAKS[1:]),
        ],
    )
    large_print = BooleanField(_("Large print on every page"))
    read_aloud = BooleanField(_("Questions and lessons can be read aloud, by the device's own voice"))
    seen = HiddenField()

    def given(self) -> PersonFacts:
        """The facts."""
        return PersonFacts(
            self.name.data or "",
            self.employee_number.data,
            self.job_role.data or "",
            self.started_on.data or date.min,
            self.time_factor.data,
            self.break_minutes.data,
            bool(self.large_print.data),
            bool(self.read_aloud.data),
        )


class TeamChoice(FlaskForm):
    """Which team."""

    team = SelectField(_("Team"))
    seen = HiddenField()

    def offer(self, teams: Sequence[Any]) -> None:
        """Offer the teams of the firm, each by its path."""
        self.team.choices = [("", _("No team")), *((str(one.team_id), " > ".join(one.path)) for one in teams)]

    def chosen(self) -> uuid.UUID | None:
        """The team's id."""
        return uuid.UUID(self.team.data) if self.team.data else None


class RolesForm(FlaskForm):
    """What a person may do here."""

    roles = CheckboxesField(_("Roles"), [InputRequired(_("Choose at least one role."))])
    seen = HiddenField()

    def offer_roles(self, *, association: bool) -> None:
        """Offer the roles; the association's own only to the association."""
        roles = tuple(Role) if association else FIRM_ROLES
        self.roles.choices = [(role.value, ROLE_WORDS[role]) for role in roles]

    def chosen_roles(self) -> frozenset[Role]:
        """The roles."""
        return frozenset(Role(value) for value in self.roles.data or ())


class NewPersonForm(TeamChoice, RolesForm):
    """Everything about a new person, once."""

    name = StringField(_("Name"), [*NAME], filters=[tidied], render_kw={"autocomplete": "off"})
    employee_number = StringField(
        _("Employee number"), [*NUMBER], filters=[tidied, or_none], render_kw={"autocomplete": "off"}
    )
    email = StringField(
        _("E-mail"),
        [Optional(), Length(max=254), EMAIL],
        filters=[tidied, or_none],
        render_kw={"type": "email", "autocomplete": "off"},
    )
    job_role = StringField(
        _("Job"),
        [InputRequired(_("Type the job.")), Length(max=60, message=_("Use at most 60 characters."))],
        filters=[tidied],
        render_kw={"list": "jobs", "autocomplete": "off"},
    )
    started_on = DateField(_("First day"), [InputRequired(_("Give the first day."))])

    def validate(self, extra_validators: Any = None) -> bool:
        """A person signs in by e-mail or by number: one of them must be there."""
        fits = bool(super().validate(extra_validators))
        if not self.email.data and not self.employee_number.data and not self.email.errors:
            self.form_errors.append(
                _("Give an employee number or an e-mail: people sign in with one of them.")
            )
            return False
        return fits

    def given(self) -> NewPerson:
        """The person."""
        return NewPerson(
            self.name.data or "",
            self.employee_number.data,
            self.email.data.lower() if self.email.data else None,
            self.job_role.data or "",
            self.chosen(),
            self.chosen_roles(),
            self.started_on.data or date.min,
        )


class LeavingForm(FlaskForm):
    """The last day."""

    last_day = DateField(_("Last day at work"), [InputRequired(_("Give the last day."))])
    seen = HiddenField()


class ReturnForm(FlaskForm):
    """Whether somebody never left or starts again."""

    how = RadioField(
        _("What happened?"),
        [InputRequired(_("Choose one."))],
        choices=[("stayed", _("They never left: take the last day away")), ("again", _("They start again"))],
    )
    again_from = DateField(_("New first day"), [Optional()])
    seen = HiddenField()

    def validate(self, extra_validators: Any = None) -> bool:
        """Whoever starts again has a first day."""
        fits = bool(super().validate(extra_validators))
        if self.how.data == "again" and not self.again_from.data and not self.again_from.errors:
            self.again_from.errors = [_("Give the new first day.")]
            return False
        return fits

    def given(self) -> date | None:
        """The new first day, or None for whoever never left."""
        day: date | None = self.again_from.data if self.how.data == "again" else None
        return day


class TeamForm(FlaskForm):
    """A team: its name, the team it hangs under, its lead."""

    name = StringField(
        _("Name"),
        [
            InputRequired(_("Type the team's name.")),
            Length(max=120, message=_("Use at most 120 characters.")),
        ],
        filters=[tidied],
        render_kw={"autocomplete": "off"},
    )
    parent = SelectField(_("Part of"))
    lead = StringField(
        _("Lead"),
        [Optional(), Length(max=160)],
        filters=[tidied],
        render_kw={"autocomplete": "off"},
    )
    seen = HiddenField()

    def offer(self, teams: Sequence[Any], but: uuid.UUID | None = None) -> None:
        """Offer every team but the one itself."""
        self.parent.choices = [
            ("", _("No other team")),
            *((str(one.team_id), " > ".join(one.path)) for one in teams if one.team_id != but),
        ]

    def given(self) -> TeamFacts:
        """The team."""
        parent = uuid.UUID(self.parent.data) if self.parent.data else None
        return TeamFacts(self.name.data or "", parent, self.lead.data or "")
