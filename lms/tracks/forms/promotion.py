"""Shapes of input for openings, interviews, decisions, appeals and the fairness figures."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.tracks.rules.appeals import GROUND_WORDS, OUTCOME_WORDS
from lms.tracks.rules.decisions import Choice, Conflict, Decided
from lms.tracks.rules.groups import DIMENSIONS
from lms.tracks.rules.openings import MOST_QUESTIONS, OpeningFacts, Question

LONG = Length(max=3000)
YES_NO = [("no", _("No")), ("yes", _("Yes"))]


def _id(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


class OpeningForm(FlaskForm):
    """What an opening says. The questions are added by `opening_form`."""

    title = StringField(
        _("What is the opening called?"), [InputRequired(_("Give it a name.")), Length(max=160)]
    )
    rung = SelectField(_("Which rung is it?"))
    team = SelectField(_("Which team is it in?"), validators=[Optional()])
    places = IntegerField(
        _("How many places?"), [InputRequired(_("Say how many places there are.")), NumberRange(1, 200)]
    )
    opens_on = DateField(_("Open from"), [InputRequired(_("Give the day."))])
    closes_on = DateField(_("Open until"), [InputRequired(_("Give the day."))])
    decider = SelectField(_("Who decides?"))
    second = SelectField(_("Who approves it, as the second person?"))
    note = TextAreaField(_("What should people know about it?"), [Optional(), LONG])

    def offer(
        self,
        framework: Mapping[str, Any],
        teams: Iterable[tuple[uuid.UUID, str]],
        deciders: Iterable[tuple[uuid.UUID, str]],
        seconds: Iterable[tuple[uuid.UUID, str]],
    ) -> None:
        """What can be chosen."""
        self.rung.choices = [
            (one["key"], f"{one['key']} · {gettext(one['name'])}")
            for track in framework["tracks"]
            for one in track["rungs"]
        ]
        self.team.choices = [("", gettext("Any team"))] + [(str(one), name) for one, name in teams]
        self.decider.choices = [(str(one), name) for one, name in deciders]
        self.second.choices = [(str(one), name) for one, name in seconds]

    def questions(self) -> tuple[Question, ...]:
        """The questions that were written; an empty block is none."""
        found = []
        for place in range(MOST_QUESTIONS):
            said = [(self[f"q{place}_{part}"].data or "").strip() for part in PARTS]
            if any(said):
                found.append(Question(*said))
        return tuple(found)

    def given(self) -> OpeningFacts:
        """The opening."""
        return OpeningFacts(
            title=self.title.data or "",
            rung=self.rung.data or "",
            team_id=_id(self.team.data),
            places=self.places.data or 0,
            opens_on=self.opens_on.data or date.min,
            closes_on=self.closes_on.data or date.min,
            decider_id=_id(self.decider.data) or uuid.UUID(int=0),
            second_id=_id(self.second.data) or uuid.UUID(int=1),
            questions=self.questions(),
            note=self.note.data or "",
        )


PARTS = ("text", "low", "middle", "high")


def _question_fields() -> dict[str, Any]:
    labels = (
        _("Question"),
        _("What does a 1 sound like?"),
        _("What does a 3 sound like?"),
        _("What does a 5 sound like?"),
    )
    return {
        f"q{place}_{part}": TextAreaField(label, [Optional(), Length(max=600)])
        for place in range(MOST_QUESTIONS)
        for part, label in zip(PARTS, labels, strict=True)
    }


OpeningFormWhole: type[OpeningForm] = type("OpeningFormWhole", (OpeningForm,), _question_fields())


def opening_form(questions: Sequence[Question] = (), **values: Any) -> OpeningForm:
    """The form for an opening with these questions in it."""
    for place, one in enumerate(questions[:MOST_QUESTIONS]):
        values |= {f"q{place}_{part}": getattr(one, part) for part in PARTS}
    return OpeningFormWhole(**values)


class DecidersForm(FlaskForm):
    """Who decides and approves instead of somebody who left."""

    decider = SelectField(_("Who decides?"))
    second = SelectField(_("Who approves it, as the second person?"))

    def offer(
        self, deciders: Iterable[tuple[uuid.UUID, str]], seconds: Iterable[tuple[uuid.UUID, str]]
    ) -> None:
        """Who can be chosen."""
        self.decider.choices = [(str(one), name) for one, name in deciders]
        self.second.choices = [(str(one), name) for one, name in seconds]

    def given(self) -> tuple[uuid.UUID, uuid.UUID]:
        """Who decides, and who approves."""
        return _id(self.decider.data) or uuid.UUID(int=0), _id(self.second.data) or uuid.UUID(int=1)


class ReasonForm(FlaskForm):
    """Why something is cancelled."""

    reason = TextAreaField(_("Why? The candidates read it."), [InputRequired(_("Say why.")), LONG])


class NominateForm(FlaskForm):
    """Who is put forward, and why."""

    who = StringField(_("Whole name or employee number"), [InputRequired(_("Say who.")), Length(max=160)])
    reason = TextAreaField(
        _("Why do you put them forward? They read it."), [InputRequired(_("Say why.")), LONG]
    )


class InterviewForm(FlaskForm):
    """Scores and notes; the fields for the questions are added by `interview_form`."""

    count = 0

    def given(self) -> tuple[tuple[int, str], ...]:
        """(score, note) of each question."""
        return tuple(
            (int(self[f"score_{place}"].data or 0), self[f"note_{place}"].data or "")
            for place in range(self.count)
        )


POINTS = [(str(point), str(point)) for point in range(1, 6)]


def interview_form(count: int) -> InterviewForm:
    """The form for so many questions."""
    fields: dict[str, Any] = {"count": count}
    for place in range(count):
        fields[f"score_{place}"] = RadioField(
            _("Score"), [InputRequired(_("Give a score from 1 to 5."))], choices=POINTS
        )
        fields[f"note_{place}"] = TextAreaField(
            _("What did they say?"), [InputRequired(_("Note what was said.")), LONG]
        )
    form: InterviewForm = type("InterviewFormWhole", (InterviewForm,), fields)()
    return form


class ConflictForm(FlaskForm):
    """A conflict of interest, declared."""

    has_conflict = RadioField(
        _("Do you have a conflict of interest with anybody here: family, money, friendship, a quarrel?"),
        [InputRequired(_("Say yes or no."))],
        choices=YES_NO,
    )
    conflict = TextAreaField(_("If yes: what is it?"), [Optional(), LONG])

    def declared(self) -> Conflict:
        """What was declared."""
        has = {"yes": True, "no": False}.get(self.has_conflict.data or "")
        return Conflict(has, self.conflict.data or "")


class DecideForm(ConflictForm):
    """A decision; the fields for the candidates are added by `decide_form`."""

    people: tuple[uuid.UUID, ...] = ()
    reason = TextAreaField(
        _("Why did you decide so, over all?"), [InputRequired(_("Say why in your own words.")), LONG]
    )
    review_on = DateField(_("When will you look at this again?"), [InputRequired(_("Give the day."))])
    correction = TextAreaField(_("Why is the earlier record replaced?"), [Optional(), LONG])

    def given(self) -> Decided:
        """The decision."""
        choices = tuple(
            Choice(
                one,
                {"yes": True, "no": False}.get(self[f"chosen_{one.hex}"].data or ""),
                self[f"reason_{one.hex}"].data or "",
                self[f"told_{one.hex}"].data or "",
            )
            for one in self.people
        )
        return Decided(
            self.reason.data or "",
            choices,
            self.declared(),
            self.review_on.data,
            self.correction.data or "",
        )


def decide_form(people: Mapping[uuid.UUID, str], **values: Any) -> DecideForm:
    """The form for these candidates, by their names."""
    fields: dict[str, Any] = {"people": tuple(people)}
    for one, name in people.items():
        said = {"name": name}
        fields[f"chosen_{one.hex}"] = RadioField(
            gettext("Is %(name)s chosen?", **said), [InputRequired(_("Choose one."))], choices=YES_NO
        )
        fields[f"reason_{one.hex}"] = TextAreaField(
            gettext("Why is %(name)s chosen, or not?", **said), [InputRequired(_("Say why.")), LONG]
        )
        fields[f"told_{one.hex}"] = TextAreaField(
            gettext("What is %(name)s told?", **said), [InputRequired(_("Write it to them.")), LONG]
        )
    form: DecideForm = type("DecideFormWhole", (DecideForm,), fields)(**values)
    return form


class ApproveForm(ConflictForm):
    """What the second approver says."""

    outcome = RadioField(
        _("What do you say to this record?"),
        [InputRequired(_("Choose one."))],
        choices=[("approved", _("I approve it")), ("sent_back", _("I send it back"))],
    )
    reason = TextAreaField(
        _("Why? Say what you looked at."), [InputRequired(_("Say why in your own words.")), LONG]
    )


class AppealForm(FlaskForm):
    """What a candidate disagrees with."""

    ground = RadioField(
        _("What do you disagree with?"),
        [InputRequired(_("Choose one."))],
        choices=lambda: [(key, gettext(words)) for key, words in GROUND_WORDS.items()],
    )
    evidence = SelectField(_("Which rating is wrong?"), validators=[Optional()])
    reason = TextAreaField(
        _("What is not right, and why?"), [InputRequired(_("Say what is not right.")), LONG]
    )

    def offer(self, rated: Iterable[tuple[str, str]], *, interviewed: bool) -> None:
        """Which ratings can be appealed, and whether there was an interview."""
        found = list(rated)
        self.evidence.choices = [("", gettext("None of these")), *found]
        closed = ({"evidence"} if not found else set()) | (set() if interviewed else {"interview"})
        self.ground.choices = [
            (key, gettext(words)) for key, words in GROUND_WORDS.items() if key not in closed
        ]

    def evidence_id(self) -> uuid.UUID | None:
        """The rating, when that is what is wrong."""
        return _id(self.evidence.data) if self.ground.data == "evidence" else None


class RerateForm(FlaskForm):
    """A blind rating; the field for a level, or those for answers, are added by `rerate_form`."""

    count = 0
    reason = TextAreaField(_("Why, from what you read?"), [InputRequired(_("Say why.")), LONG])

    def level_given(self) -> int | None:
        """The level, where one is asked for."""
        return int(self["level"].data) if "level" in self and self["level"].data else None

    def scores_given(self) -> tuple[int, ...]:
        """The scores, where they are asked for."""
        return tuple(int(self[f"score_{place}"].data or 0) for place in range(self.count))


def rerate_form(count: int | None) -> RerateForm:
    """The form for a level (None) or for the scores of so many answers."""
    fields: dict[str, Any] = {"count": count or 0}
    if count is None:
        levels = [("0", _("No level is shown"))] + [(str(one), str(one)) for one in range(1, 6)]
        fields["level"] = RadioField(
            _("Which level does this show?"), [InputRequired(_("Choose a level."))], choices=levels
        )
    for place in range(count or 0):
        fields[f"score_{place}"] = RadioField(
            _("Score"), [InputRequired(_("Give a score from 1 to 5."))], choices=POINTS
        )
    form: RerateForm = type("RerateFormWhole", (RerateForm,), fields)()
    return form


class AppealAnswerForm(FlaskForm):
    """What comes of an appeal."""

    outcome = RadioField(
        _("What comes of it?"),
        [InputRequired(_("Choose one."))],
        choices=lambda: [(key, gettext(words)) for key, words in OUTCOME_WORDS.items()],
    )
    reason = TextAreaField(_("Why, in words for the person"), [InputRequired(_("Say why.")), LONG])


class PolicyForm(FlaskForm):
    """What a firm settles about promotions."""

    appeal_days = IntegerField(
        _("Working days to appeal, and again to answer"),
        [InputRequired(_("Give a number of days.")), NumberRange(3, 60)],
    )
    holds_groups = BooleanField(_("People may say what group they are in, for the fairness figures only"))
    licences_from = DateField(_("Ratings need a licence from this day on"), [Optional()])


def _groups_field(name: str) -> SelectField:
    def choices() -> list[tuple[str, str]]:
        said = DIMENSIONS[name][1]
        return [("", gettext("I prefer not to say"))] + [(key, gettext(words)) for key, words in said.items()]

    return SelectField(_(DIMENSIONS[name][0]), choices=choices)


class GroupsForm(FlaskForm):
    """What a person says of themself, for the fairness figures only."""

    gender = _groups_field("gender")
    first_language = _groups_field("first_language")
    age_band = _groups_field("age_band")
    for_questions = BooleanField(
        _("Also use it to find questions of tests that are unfair to a group (first language and gender)")
    )

    def given(self) -> dict[str, str]:
        """Each answer; empty: not said."""
        return {name: self[name].data or "" for name in DIMENSIONS}
