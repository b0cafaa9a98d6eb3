"""Shapes of input for the tracks room."""

import uuid
from datetime import date
from typing import Any

from flask_babel import gettext, to_user_timezone
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import (
    DateField,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.foundation.errors import NotFound
from lms.tracks.framework_files import shipped_framework
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules import EvidenceKind
from lms.tracks.services import Document, Measured, Observation
from lms.web.request import actor, now, session


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


def competency_choices() -> list[tuple[str, str]]:
    """Every competency with its key."""
    return [(one["key"], f"{one['key']} · {gettext(one['name'])}") for one in competencies_now()]


def competencies_now() -> list[dict[str, Any]]:
    """The competencies of the reader's firm today."""
    today = to_user_timezone(now()).date()
    found: list[dict[str, Any]] = framework_of(session(), actor=actor(), on=today)["competencies"]
    return found


LEVELS = [(level, str(level)) for level in range(1, 6)]
WENT = [("passed", _("It meets what is asked")), ("failed", _("Not yet"))]


def day_field(label: str) -> DateField:
    """A day that must be given."""
    return DateField(label, [InputRequired(_("Give the day."))])


def story_field(label: str) -> TextAreaField:
    """What stands behind a fact, in the recorder's words."""
    return TextAreaField(label, [InputRequired(_("Describe what you saw.")), Length(max=3000)])


class NumberField(FloatField):
    """A number, with a point or a comma."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read it as people type it."""
        super().process_formdata([one.strip().replace(",", ".") for one in valuelist])


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
    competency = SelectField(_("Competency"), choices=competency_choices)
    level = SelectField(_("Level that was shown"), coerce=int, choices=LEVELS)
    on = day_field(_("On which day?"))
    example = story_field(_("What did you see? One dated example."))

    def given(self, person_id: uuid.UUID, _requirement: str) -> Observation:
        """The observation of a person."""
        return Observation(
            person_id=person_id,
            kind=EvidenceKind(self.kind.data),
            competency=self.competency.data,
            level=self.level.data,
            on=self.on.data or date.min,
            example=self.example.data or "",
        )


class CertificateForm(FlaskForm):
    """A certificate or licence that speaks for a competency until it expires."""

    certificate = StringField(
        _("Which certificate, and who gave it?"), [InputRequired(_("Name the certificate.")), Length(max=160)]
    )
    competency = SelectField(_("Competency"), choices=competency_choices)
    level = SelectField(_("Level that it shows"), coerce=int, choices=LEVELS)
    on = day_field(_("When was it given?"))
    expires_on = DateField(_("When does it expire?"), [Optional()])
    document = FileField(_("A copy of it: PDF, PNG or JPEG, at most 5 MB"), [Optional()])
    example = story_field(_("How did you check it?"))

    def given(self, person_id: uuid.UUID, _requirement: str) -> Observation:
        """The certificate of a person."""
        return _paper(self, person_id, EvidenceKind.CERTIFICATE, self.expires_on.data)


class PriorLearningForm(FlaskForm):
    """What somebody learnt before or elsewhere, checked by whoever records it."""

    certificate = StringField(
        _("What was learnt, and where?"), [InputRequired(_("Say what was learnt.")), Length(max=160)]
    )
    competency = SelectField(_("Competency"), choices=competency_choices)
    level = SelectField(_("Level that it shows"), coerce=int, choices=LEVELS)
    on = day_field(_("When was it last used or shown?"))
    document = FileField(_("A copy of it: PDF, PNG or JPEG, at most 5 MB"), [Optional()])
    example = story_field(_("How did you check it? A reference, a talk, a short task."))

    def given(self, person_id: uuid.UUID, _requirement: str) -> Observation:
        """What a person had learnt."""
        return _paper(self, person_id, EvidenceKind.PRIOR_LEARNING, None)


def _paper(
    form: CertificateForm | PriorLearningForm,
    person_id: uuid.UUID,
    kind: EvidenceKind,
    expires_on: date | None,
) -> Observation:
    sent = form.document.data
    return Observation(
        person_id,
        kind,
        form.competency.data,
        form.level.data,
        form.on.data or date.min,
        form.example.data or "",
        certificate=form.certificate.data or "",
        expires_on=expires_on,
        document=Document(sent.filename or "", sent.read()) if sent else None,
    )


class AnchoredForm(FlaskForm):
    """An attestation on the written anchors of a competency: the level whose words describe the person's work."""

    competency = HiddenField()
    level = RadioField(_("Which words describe their work?"), [InputRequired(_("Choose one."))], coerce=int)
    on = day_field(_("On which day did you last see it?"))
    example = story_field(_("What did you see? One dated example."))

    def offer(self, competency: str) -> None:
        """The anchors of a competency, a choice each. Raises NotFound."""
        found = next((one for one in competencies_now() if one["key"] == competency), None)
        if found is None:
            raise NotFound("There is no such competency.")
        self.competency.data = competency
        self.level.choices = [
            (level, f"{level} · {gettext(found['anchors'][level])}") for level in range(1, 6)
        ]

    def given(self, person_id: uuid.UUID, _requirement: str) -> Observation:
        """The attestation of a person."""
        return Observation(
            person_id,
            EvidenceKind.ATTESTATION,
            self.competency.data,
            self.level.data,
            self.on.data or date.min,
            self.example.data or "",
        )


class OutsideCourseForm(FlaskForm):
    """A course of the framework that was taken in a class room or elsewhere."""

    course = SelectField(
        _("Which course?"),
        choices=lambda: [
            (one["key"], f"{one['key']} · {gettext(one['title'])}") for one in shipped_framework()["courses"]
        ],
    )
    on = day_field(_("When was it completed?"))
    example = story_field(_("Where was it taken, and who taught it?"))

    def given(self, person_id: uuid.UUID, _requirement: str) -> Observation:
        """The course of a person."""
        return _for_requirement(
            self, person_id, self.course.data, kind=EvidenceKind.COURSE, outcome="completed"
        )


class AttestationForm(FlaskForm):
    """What somebody who works with a person says for a rung."""

    on = day_field(_("On which day?"))
    example = story_field(_("What do you attest, and from which dated examples?"))

    def given(self, person_id: uuid.UUID, requirement: str) -> Observation:
        """The attestation for a requirement."""
        return _for_requirement(self, person_id, requirement, kind=EvidenceKind.ATTESTATION)


class ResultForm(FlaskForm):
    """How an exam, a simulation or a panel that was held outside Ladder went."""

    outcome = RadioField(_("How did it go?"), [InputRequired(_("Choose one."))], choices=WENT)
    on = day_field(_("On which day?"))
    example = story_field(_("What was done, who scored it, and how?"))

    def given(self, person_id: uuid.UUID, requirement: str) -> Observation:
        """The result for a requirement."""
        return _for_requirement(
            self, person_id, requirement, kind=EvidenceKind.ASSESSMENT, outcome=self.outcome.data
        )


class KpiForm(FlaskForm):
    """A KPI over a period, with the number of cases behind it."""

    what = StringField(_("What was measured?"), [InputRequired(_("Say what was measured.")), Length(max=120)])
    since = day_field(_("From"))
    on = day_field(_("Until"))
    value = NumberField(_("Value"), [InputRequired(_("Give the value as a number."))])
    count = IntegerField(
        _("From how many?"),
        [InputRequired(_("Say from how many it was counted.")), NumberRange(1, 10_000_000)],
    )
    outcome = RadioField(_("Is it what this rung asks for?"), [InputRequired(_("Choose one."))], choices=WENT)
    example = story_field(_("Which queue and shift is it compared with, and where is it from?"))

    def given(self, person_id: uuid.UUID, requirement: str) -> Observation:
        """The period for a requirement."""
        measured = Measured(
            self.what.data or "", self.since.data or date.min, self.value.data or 0.0, self.count.data or 0
        )
        return _for_requirement(
            self,
            person_id,
            requirement,
            kind=EvidenceKind.KPI,
            outcome=self.outcome.data,
            measured=measured,
        )


Recording = (
    ObservationForm
    | AnchoredForm
    | CertificateForm
    | PriorLearningForm
    | OutsideCourseForm
    | AttestationForm
    | ResultForm
    | KpiForm
)
FORMS: dict[str, type[Recording]] = {
    "work": ObservationForm,
    "attest": AnchoredForm,
    "prior": PriorLearningForm,
    "certificate": CertificateForm,
    "course": OutsideCourseForm,
    "attestation": AttestationForm,
    "assessment": ResultForm,
    "kpi": KpiForm,
}
"""The form for each thing that can be recorded: the first five for anybody, the rest for a requirement of its kind."""


def _for_requirement(form: Recording, person_id: uuid.UUID, requirement: str, **said: Any) -> Observation:
    return Observation(
        person_id=person_id,
        competency=None,
        level=None,
        on=form.on.data or date.min,
        example=form.example.data or "",
        requirement=requirement,
        **said,
    )
