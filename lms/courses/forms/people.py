"""The forms of who is on a course, and of what a firm wants of its authors."""

import uuid

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField

from lms.foundation.errors import NotFound
from lms.people.queries import is_id


class PersonForm(FlaskForm):
    """One person and what they become; the button that was pressed says which."""

    def given(self) -> tuple[uuid.UUID, str]:
        """The person's id, and the role or `off`. Raises NotFound."""
        sent = request.form.get("person", "")
        if not is_id(sent):
            raise NotFound("There is no such person.")
        return uuid.UUID(sent), request.form.get("do", "")[:20]


class PolicyForm(FlaskForm):
    """Who may edit the firm's courses, and whether a second person looks first."""

    editing = RadioField(
        _("Who may edit the firm's courses"),
        choices=[
            ("any", _("Any trainer may edit every course of the firm")),
            ("named", _("Only the authors named on a course may edit it")),
        ],
    )
    reviewed = BooleanField(_("A second person approves what is published"))

    def given(self) -> tuple[bool, bool]:
        """Whether only named authors edit, and whether a second person reviews."""
        return self.editing.data == "named", bool(self.reviewed.data)
