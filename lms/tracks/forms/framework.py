"""Shapes of input for the framework's draft. Each form ends in the entry as it is to read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, cast

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.foundation.numbers import whole_number
from lms.tracks.rules.layer_problems import KINDS, LONGEST_NAME, LONGEST_TEXT, NUMBERS, NUMBERS_OF
from lms.tracks.rules.layers import Flat, unmarked

KIND_LABELS = {
    "tenure": _("Time in the role or the firm"),
    "competencies": _("The competencies of the role profile"),
    "course": _("A course"),
    "assessment": _("An assessment"),
    "kpi": _("A KPI period"),
    "attestation": _("An attestation"),
}


class RevisionForm(FlaskForm):
    """A change of the draft, which names the draft that it was made from."""

    revision = HiddenField()

    def seen(self) -> int:
        """The revision of the draft that the page showed."""
        return whole_number(str(self.revision.data or "0"), -1)


def _key_field(longest: int = 20) -> StringField:
    return StringField(_("Key"), [InputRequired(_("Give it a short key.")), Length(max=longest)])


def _name_field() -> StringField:
    return StringField(_("Name"), [InputRequired(_("Type the name.")), Length(max=LONGEST_NAME)])


def _anchor_field(level: int) -> TextAreaField:
    return TextAreaField(
        _("Level %(level)s", level=level),
        [
            InputRequired(_("Say for each of the five levels what it looks like.")),
            Length(max=LONGEST_TEXT),
        ],
    )


class CompetencyForm(RevisionForm):
    """A competency with its five levels."""

    key = _key_field()
    name = _name_field()
    group = StringField(_("Area"), [InputRequired(_("Name the area.")), Length(max=LONGEST_NAME)])
    anchor_1, anchor_2, anchor_3 = _anchor_field(1), _anchor_field(2), _anchor_field(3)
    anchor_4, anchor_5 = _anchor_field(4), _anchor_field(5)
    anchored_in = StringField(_("Anchored in"), [Optional(), Length(max=400)])
    gate_months = IntegerField(
        _("A gate: to be shown again every so many months"), [Optional(), NumberRange(1, 120)]
    )

    def fill(self, entry: Mapping[str, Any]) -> None:
        """Show an entry."""
        for name in ("key", "name", "group", "anchored_in", "gate_months"):
            self[name].data = entry.get(name)
        for level in range(1, 6):
            self[f"anchor_{level}"].data = entry["anchors"][level]

    def given(self) -> dict[str, Any]:
        """The entry."""
        made: dict[str, Any] = {
            "key": (self.key.data or "").strip(),
            "group": (self.group.data or "").strip(),
            "name": (self.name.data or "").strip(),
            "anchors": {str(n): (self[f"anchor_{n}"].data or "").strip() for n in range(1, 6)},
        }
        if self.anchored_in.data:
            made["anchored_in"] = self.anchored_in.data.strip()
        if self.gate_months.data:
            made["gate_months"] = self.gate_months.data
        return made


class ProfileForm(RevisionForm):
    """A role profile: a level, or none, for each competency."""

    key = _key_field()
    name = _name_field()

    @property
    def levels(self) -> list[Any]:
        """The fields of the levels, in the framework's order."""
        return [field for field in self if field.name.startswith("level-")]

    def fill(self, entry: Mapping[str, Any]) -> None:
        """Show an entry."""
        self.key.data, self.name.data = entry["key"], entry["name"]
        for field in self.levels:
            field.data = entry["levels"].get(field.name.removeprefix("level-"), 0)

    def given(self) -> dict[str, Any]:
        """The entry."""
        levels = {field.name.removeprefix("level-"): field.data for field in self.levels if field.data}
        return {
            "key": (self.key.data or "").strip(),
            "name": (self.name.data or "").strip(),
            "levels": levels,
        }


def profile_form(made: Flat, least: Mapping[str, int]) -> ProfileForm:
    """The form over the competencies there are. `least`: what the shared framework asks for, below which no firm goes."""
    fields: dict[str, Any] = {}
    for key, one in made["competencies"].items():
        low = least.get(key, 0)
        choices = [(0, gettext("not asked"))] if not low else []
        choices += [(level, str(level)) for level in range(max(low, 1), 6)]
        fields[f"level-{key}"] = SelectField(
            f"{key} · {gettext(one['name'])}", coerce=int, choices=choices, default=low
        )
    return cast(ProfileForm, type("OfferedProfileForm", (ProfileForm,), fields)())


class TrackForm(RevisionForm):
    """A track."""

    key = _key_field()
    name = _name_field()
    why = TextAreaField(_("Why it is there"), [Optional(), Length(max=LONGEST_TEXT)])

    def fill(self, entry: Mapping[str, Any]) -> None:
        """Show an entry."""
        self.key.data, self.name.data, self.why.data = entry["key"], entry["name"], entry.get("why", "")

    def given(self) -> dict[str, Any]:
        """The entry."""
        return {
            "key": (self.key.data or "").strip(),
            "name": (self.name.data or "").strip(),
            "why": (self.why.data or "").strip(),
        }


class RungForm(RevisionForm):
    """A rung: its track, its place, its role profile. What else it asks for has a form of its own."""

    key = _key_field()
    name = _name_field()
    track = SelectField(_("Track"), [InputRequired(_("Choose one."))])
    after = SelectField(_("Comes after"), [Optional()])
    profile = SelectField(_("Role profile"), [InputRequired(_("Choose one."))])

    def offer(self, made: Flat) -> None:
        """The tracks, the rungs and the profiles there are."""
        self.track.choices = [(key, gettext(one["name"])) for key, one in made["tracks"].items()]
        rungs = [(key, f"{key} · {gettext(one['name'])}") for key, one in made["rungs"].items()]
        self.after.choices = [("", gettext("the last rung of the track")), *rungs]
        self.profile.choices = [(key, gettext(one["name"])) for key, one in made["profiles"].items()]

    def fill(self, entry: Mapping[str, Any]) -> None:
        """Show an entry."""
        for name in ("key", "name", "track", "profile"):
            self[name].data = entry.get(name)
        self.after.data = entry.get("after", "")

    def given(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """The entry, with the requirements it had; a new one begins with its role profile."""
        asked = {
            "key": "competencies",
            "kind": "competencies",
            "text": "The competencies of the role, each at its level",
        }
        made = {
            "key": (self.key.data or "").strip(),
            "track": self.track.data,
            "name": (self.name.data or "").strip(),
            "profile": self.profile.data,
            "requirements": list(before["requirements"]) if before else [asked],
        }
        if self.after.data:
            made["after"] = self.after.data
        return made


class NeedForm(RevisionForm):
    """One requirement of a rung."""

    kind = SelectField(_("What kind?"), [InputRequired(_("Choose one."))])
    key = StringField(_("Key"), [Optional(), Length(max=40)])
    course = SelectField(_("Which course?"), [Optional()])
    text = TextAreaField(
        _("In words"), [InputRequired(_("Say what is asked for.")), Length(max=LONGEST_TEXT)]
    )
    since = SelectField(
        _("Time counts since"),
        [Optional()],
        choices=[("role", _("the role began")), ("firm", _("the firm was joined"))],
    )
    months = IntegerField(_("Months"), [Optional(), NumberRange(1, NUMBERS["months"])])
    within_months = IntegerField(
        _("Not older than (months)"), [Optional(), NumberRange(1, NUMBERS["within_months"])]
    )
    raters = IntegerField(_("How many people must say so"), [Optional(), NumberRange(1, NUMBERS["raters"])])
    at_least = IntegerField(_("Counted from at least"), [Optional(), NumberRange(1, NUMBERS["at_least"])])

    def offer(self, courses: Iterable[Mapping[str, Any]], kinds: Sequence[str] = KINDS) -> None:
        """The kinds that may be added, and the courses there are."""
        self.kind.choices = [(kind, str(KIND_LABELS[kind])) for kind in kinds]
        titles = [(one["key"], f"{one['key']} · {gettext(one['title'])}") for one in courses]
        self.course.choices = [("", gettext("none")), *titles]

    def fill(self, need: Mapping[str, Any]) -> None:
        """Show a requirement."""
        for name in ("kind", "key", "text", "since", "months", "within_months", "raters", "at_least"):
            self[name].data = need.get(name)
        self.course.data = need.get("course", "")

    def given(self, before: Mapping[str, Any] | None) -> dict[str, Any]:
        """The requirement: what its kind has of these; what only files hold (such as what figures answer) stays."""
        kind = self.kind.data
        made = dict(unmarked(before)) if before else {}
        made |= {"kind": kind, "text": (self.text.data or "").strip(), "key": (self.key.data or "").strip()}
        if kind == "course" and "any_of" not in made:
            made |= {"course": self.course.data, "key": made["key"] or self.course.data}
        if kind == "tenure":
            made["since"] = self.since.data
        for name in ("months", "within_months", "raters", "at_least"):
            made.pop(name, None)
            if name in NUMBERS_OF[kind] and self[name].data:
                made[name] = self[name].data
        return made


class TakeOutForm(RevisionForm):
    """Taking an entry, or a requirement, out of the draft."""

    part = HiddenField()
    key = HiddenField()
    need = HiddenField()


class PublishForm(RevisionForm):
    """Publishing: why, and from which day on."""

    note = TextAreaField(
        _("What changes, and why? Everybody can read it."),
        [InputRequired(_("Say in a sentence what changes and why.")), Length(max=1000)],
    )
    starts_on = DateField(_("From which day on?"), [InputRequired(_("Give the day."))])

    def given(self) -> tuple[str, date]:
        """The note and the day."""
        return self.note.data or "", self.starts_on.data or date.min


class WithdrawForm(FlaskForm):
    """Withdrawing a version before its day: why."""

    note = TextAreaField(
        _("Why is it withdrawn? Everybody can read it."),
        [InputRequired(_("Say in a sentence what changes and why.")), Length(max=1000)],
    )


class FrameworkFileForm(RevisionForm):
    """A framework as a file."""

    file = FileField(_("Framework file (JSON or CSV)"), [FileRequired(_("Choose a file."))])

    def given(self) -> tuple[str, bytes]:
        """The file's name and its bytes."""
        return self.file.data.filename or "framework.json", self.file.data.read()
