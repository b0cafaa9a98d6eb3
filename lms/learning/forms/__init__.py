"""Shapes of input for the learning room."""

import uuid

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.learning.services.assigning import Wish
from lms.people.queries import is_id


def id_or_none(text: str | None) -> uuid.UUID | None:
    """The id that a field or an address holds, if it holds one."""
    return uuid.UUID(text) if text and is_id(text) else None


class AssignForm(FlaskForm):
    """Who must take which course by when. `person` is set when the page is about one person."""

    course = SelectField(_("Course"), [InputRequired(_("Choose a course."))], validate_choice=False)
    team = SelectField(_("Team"), validate_choice=False)
    who = StringField(_("Or one person"), [Length(max=160)])
    person = HiddenField()
    due_on = DateField(_("Due by"), [Optional()])
    note = TextAreaField(_("Note"), [Length(max=300)], render_kw={"rows": 3, "maxlength": 300})

    def given(self) -> Wish:
        """What is asked for; an id that cannot be read leads nowhere, like one of nobody's."""
        return Wish(
            course_id=id_or_none(self.course.data) or uuid.UUID(int=0),
            team_id=id_or_none(self.team.data),
            person_id=id_or_none(self.person.data),
            who=self.who.data or "",
            due_on=self.due_on.data,
            note=self.note.data or "",
        )


class DueForm(FlaskForm):
    """Another date for an assignment, or none."""

    due_on = DateField(_("Due by"), [Optional()])
