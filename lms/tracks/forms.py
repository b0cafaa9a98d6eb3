"""Shapes of input for the tracks room."""

import uuid
from datetime import date

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import DateField, RadioField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length

from lms.tracks.framework_files import shipped_framework
from lms.tracks.rules import EvidenceKind
from lms.tracks.services import Observation


class ContestForm(FlaskForm):
    """What is not right about a piece of evidence."""

    reason = TextAreaField(
        _("What is not right?"), [InputRequired(_("Say in a sentence what is not right.")), Length(max=2000)]
    )


class ResolveForm(FlaskForm):
    """What a second look came to."""

    outcome = RadioField(
        _("After looking again"),
        [InputRequired(_("Choose one."))],
        choices=[("upheld", _("It stands")), ("withdrawn", _("It does not count any more"))],
    )
    answer = TextAreaField(
        _("Why, in words for the person"), [InputRequired(_("Say why.")), Length(max=2000)]
    )


class ObservationForm(FlaskForm):
    """What was seen of a person at work."""

    kind = SelectField(
        _("What was it?"),
        choices=[
            (EvidenceKind.OBSERVED.value, _("I watched or listened to the work")),
            (EvidenceKind.WORK_SAMPLE.value, _("I rated a piece of work")),
            (EvidenceKind.ATTESTATION.value, _("I attest it from working together")),
        ],
    )
    competency = SelectField(_("Competency"))
    level = SelectField(
        _("Level that was shown"), coerce=int, choices=[(level, str(level)) for level in range(1, 6)]
    )
    on = DateField(_("On which day?"), [InputRequired(_("Give the day."))])
    example = TextAreaField(
        _("What did you see? One dated example."),
        [InputRequired(_("Describe what you saw.")), Length(max=3000)],
    )

    def __init__(self, **values: object) -> None:
        super().__init__(**values)
        self.competency.choices = [
            (one["key"], f"{one['key']} · {gettext(one['name'])}")
            for one in shipped_framework()["competencies"]
        ]

    def given(self, person_id: uuid.UUID) -> Observation:
        """The observation of a person."""
        return Observation(
            person_id=person_id,
            kind=EvidenceKind(self.kind.data),
            competency=self.competency.data,
            level=self.level.data,
            on=self.on.data or date.min,
            example=self.example.data or "",
        )
