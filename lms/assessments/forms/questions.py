"""Questions as forms, one class a kind. A form holds a sheet (see bank/sheets) and nothing else."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from lms.assessments.bank.sheets import Sheet
from lms.assessments.kinds.media import PICTURES, SOUNDS
from lms.assessments.kinds.upload import TYPES
from lms.people.forms.people import CheckboxesField

PREFIX = "q-"
"""Before the name of every field, because the answer that is tried out stands in the same form."""
THINKING = (("", _("Not said")), ("know", _("Know")), ("apply", _("Apply")), ("judge", _("Judge")))
LEVELS = (("", _("Not said")), *((str(level), str(level)) for level in range(1, 6)))
MARKING = (
    ("all", _("All or nothing")),
    ("each", _("A share for each part that is right")),
)
SHAPES = (
    ("", _("Rectangle: left, top, width, height")),
    ("ellipse", _("Ellipse: left, top, width, height")),
    ("polygon", _("Polygon: x and y of each corner")),
)
IGNORED = (
    ("case", _("Capital or small letters")),
    ("accents", _("Accents")),
    ("punctuation", _("Punctuation")),
    ("spaces", _("Spaces")),
)


def area(label: Any, rows: int = 2) -> TextAreaField:
    """A text of several lines."""
    return TextAreaField(label, render_kw={"rows": rows, "maxlength": 20_000})


def line(label: Any, **looks: Any) -> StringField:
    """A text of one line."""
    return StringField(label, render_kw={"maxlength": 2_000, "autocomplete": "off", **looks})


def pick(label: Any, choices: Iterable[tuple[str, Any]] = ()) -> SelectField:
    """A choice of few; what stands in the document and is no choice is added to them."""
    return SelectField(label, choices=list(choices), validate_choice=False, default="", coerce=_chosen)


def _chosen(value: object) -> str:
    """What was chosen; nothing where a form says nothing."""
    return "" if value is None else str(value)


class Option(Form):
    """An option of a choice."""

    text = area(_("Words"), 1)
    why = area(_("Why: what to tell a person who chose it"))
    correct = BooleanField(_("Right"))


class Pair(Form):
    """Two sides that belong together."""

    left = area(_("Left side"), 1)
    right = area(_("What fits it"), 1)
    why = area(_("Why"), 1)


class Item(Form):
    """A thing in its place."""

    text = area(_("Words"), 1)
    why = area(_("Why here"), 1)


class Mistake(Form):
    """A wrong answer that people give, in words."""

    text = line(_("Wrong answer"))
    why = area(_("What to tell them"), 1)


class Slip(Form):
    """A wrong way to work a number out."""

    value = line(_("Wrong result, as a number or an expression"))
    why = area(_("What to tell them"), 1)


class Parameter(Form):
    """A number that differs from person to person."""

    name = line(_("Name"), autocapitalize="none", spellcheck="false")
    step = line(_("In steps of"), inputmode="decimal")


# `from` is a word of Python's, so these two cannot be written as attributes.
setattr(Parameter, "from", line(_("From"), inputmode="decimal"))
Parameter.to = line(_("To"), inputmode="decimal")


class Unit(Form):
    """Another unit that may be typed."""

    name = line(_("Unit"))
    factor = line(_("How many of ours it is"), inputmode="decimal")


class Gap(Form):
    """A gap of a text."""

    key = line(_("Name of the gap in the text"), autocapitalize="none", spellcheck="false")
    right = area(_("What is right, one a line"))
    options = area(_("To choose from, one a line; empty: it is typed"))
    why = area(_("Why"), 1)


class Criterion(Form):
    """A line of a rubric."""

    key = line(_("Short name"), autocapitalize="none", spellcheck="false")
    section = line(_("Section"))
    text = area(_("What a good contact shows"), 1)
    points = line(_("Points"), inputmode="decimal")
    critical = BooleanField(_("Critical: missing it once fails the whole contact"))


class Moment(Form):
    """A moment of a call or chat."""

    key = line(_("Short name"), autocapitalize="none", spellcheck="false")
    was = HiddenField()
    who = line(_("Who speaks"))
    says = area(_("What the customer says or does"))
    seconds = line(_("Seconds they wait for an answer"), inputmode="numeric")
    late = area(_("What they say when nobody answers"), 1)
    end = area(_("How it ended; empty: the call goes on"), 1)


class Reply(Form):
    """Something the agent may say or do."""

    node = HiddenField()
    text = area(_("What the agent says or does"), 1)
    to = pick(_("Leads to"))
    why = area(_("Why: what to tell a person who chose it"))
    scores = line(_("Scores, such as verify: 1, tone: 0.5"), autocapitalize="none", spellcheck="false")
    mood = line(_("Change of mood, from -4 to 4"))
    learns = area(_("Facts it brings, one a line"), 1)
    sets = area(_("Marks it sets, one a line"), 1)
    when = line(
        _("Only offered when, such as mood >= 2, order, not warned"),
        autocapitalize="none",
        spellcheck="false",
    )


class Ticket(Form):
    """A ticket to sort."""

    text = area(_("What came in"))
    impact = line(_("Impact"))
    urgency = line(_("Urgency"))
    priority = line(_("Right priority"))
    queue = line(_("Right queue"))
    action = line(_("Right first action"))
    why = area(_("Why"), 1)


class Statement(Form):
    """A line of a matrix."""

    text = area(_("Words"), 1)
    answer = line(_("Its column"))
    why = area(_("Why"), 1)


class Weighed(Form):
    """Something one could do, weighed by experts."""

    text = area(_("Words"), 1)
    value = line(_("The experts' weight, from 0 (worst) to 1 (best)"), inputmode="decimal")
    why = area(_("Why: what to tell a person who chose it"))


class Cell(Form):
    """A cell to fill in."""

    key = line(_("Name of the cell in the table"), autocapitalize="none", spellcheck="false")
    answer = line(_("Its number"), inputmode="decimal")
    tolerance = line(_("May be off by"), inputmode="decimal")
    why = area(_("Why"), 1)


class SheetForm(FlaskForm):
    """A form that holds a sheet, and the mark of what its writer saw."""

    class Meta:
        csrf = False  # the page's own token guards the request; this form has another prefix

    seen = HiddenField()

    def sheet(self) -> Sheet:
        """What was filled in."""
        return {name: value for name, value in self.data.items() if name != "seen"}

    @staticmethod
    def keep_chosen(form: Form) -> None:
        """What is chosen stays among what can be chosen."""
        for field in form:
            if field.type == "SelectField":
                choices = list(field.choices or ())
                if (field.data or "") not in {value for value, _text in choices}:
                    field.choices = [*choices, (field.data, field.data)]

    def find(self, name: str) -> Field | None:
        """A field by its name without the prefix, in a row too; None when there is none."""
        return next((one for one in _fields(self) if one.name == PREFIX + name), None)

    def tell(self, places: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Put each sentence beside its field; (id of its place, sentence) of all, in order."""
        told = []
        for name, sentence in places:
            field = self.find(name)
            if field is None or isinstance(field, FieldList | FormField):
                told.append((f"part-{name}" if field is not None else "form", sentence))
                continue
            field.errors = [*field.errors, sentence]
            told.append((field.id, sentence))
        return told


class QuestionForm(SheetForm):
    """What every question has."""

    stem = TextAreaField(
        _("What is asked"),
        [InputRequired(_("Write what is asked."))],
        render_kw={"rows": 4, "maxlength": 20_000},
    )
    objective = pick(_("Objective"))
    competency = pick(_("Competency"))
    level = pick(_("Level it asks for"), LEVELS)
    thinking = pick(_("Thinking"), THINKING)
    difficulty = line(_("How many of 100 just-competent people get it right"), inputmode="decimal")
    critical = BooleanField(_("Must be right: a wrong answer fails the assessment, whatever the score"))
    tags = line(_("Tags, with commas between"))
    explanation = area(_("Explanation that stands after the answer"))

    def offer(self, objectives: Mapping[str, str], competencies: Mapping[str, str]) -> None:
        """What can be chosen."""
        for field, offered in ((self.objective, objectives), (self.competency, competencies)):
            field.choices = [("", _("Choose")), *offered.items()]
        self.keep_chosen(self)

    def offer_media(self, paths: Iterable[str]) -> None:
        """The files that can be chosen, where a question is about one."""
        for name, endings in (("picture", PICTURES), ("sound", SOUNDS)):
            field = self._fields.get(name)
            if isinstance(field, SelectField):
                known = sorted(path for path in paths if path.lower().endswith(endings))
                field.choices = [("", _("Choose")), *((path, path.removeprefix("media/")) for path in known)]
        self.keep_chosen(self)


def _fields(form: Form) -> Iterable[Field]:
    for field in form:
        yield field
        if isinstance(field, FieldList):
            for row in field.entries:
                yield from _fields(row.form) if isinstance(row, FormField) else (row,)


class SingleForm(QuestionForm):
    """Options, one of them right."""

    options = FieldList(FormField(Option))
    right = HiddenField()
    keep_order = BooleanField(_("Keep the options in this order"))

    def sheet(self) -> Sheet:
        """The right one is chosen among the rows by its number."""
        sheet = super().sheet()
        right = sheet.pop("right")
        for entry, row in zip(self.options.entries, sheet["options"], strict=True):
            row["correct"] = row["correct"] or entry.name.rsplit("-", 1)[-1] == right
        return sheet


class MultipleForm(QuestionForm):
    """Options, one or more of them right."""

    options = FieldList(FormField(Option))
    keep_order = BooleanField(_("Keep the options in this order"))
    marking = pick(_("Marks"), MARKING)


class TrueFalseForm(QuestionForm):
    """A statement."""

    answer = RadioField(
        _("The statement is"), choices=[("true", _("True")), ("false", _("False"))], validate_choice=False
    )
    why_true = area(_("What to tell a person who chose “True”"))
    why_false = area(_("What to tell a person who chose “False”"))


class NumericForm(QuestionForm):
    """A number, with its own numbers for each person."""

    parameters = FieldList(FormField(Parameter))
    require = line(_("Only combinations where"), autocapitalize="none", spellcheck="false")
    answer = line(_("Answer, as a number or an expression"), autocapitalize="none", spellcheck="false")
    tolerance = line(_("May be off by"), inputmode="decimal")
    decimals = line(_("Decimals shown"), inputmode="numeric")
    unit = line(_("Unit"))
    units = FieldList(FormField(Unit))
    solution = area(_("Worked solution"), 3)
    mistakes = FieldList(FormField(Slip))


class ShortForm(QuestionForm):
    """A few typed words."""

    accepted = area(_("Accepted answers, one a line"), 4)
    ignore = CheckboxesField(_("What does not matter"), choices=list(IGNORED), validate_choice=False)
    mistakes = FieldList(FormField(Mistake))


class MatchingForm(QuestionForm):
    """Pairs."""

    pairs = FieldList(FormField(Pair))
    extra = area(_("More right-hand sides that fit nothing, one a line"))


class OrderingForm(QuestionForm):
    """Things in their order."""

    items = FieldList(FormField(Item))
    marking = pick(_("Marks"), MARKING)


class ClozeForm(QuestionForm):
    """A text with gaps."""

    text = area(_("Text with its gaps in double brackets"), 4)
    gaps = FieldList(FormField(Gap))


class SimulationForm(QuestionForm):
    """A call or a chat."""

    channel = pick(_("Channel"), (("voice", _("Voice")), ("chat", _("Chat"))))
    mood = pick(
        _("Mood at the start"),
        (
            ("1", _("1, furious")),
            ("2", _("2, upset")),
            ("3", _("3, tense")),
            ("4", _("4, calm")),
            ("5", _("5, pleased")),
        ),
    )
    facts = area(_("Facts the agent can learn, one a line, such as order: Order 4417, two lamps"))
    criteria = FieldList(FormField(Criterion))
    nodes = FieldList(FormField(Moment))
    choices = FieldList(FormField(Reply))

    def offer(self, objectives: Mapping[str, str], competencies: Mapping[str, str]) -> None:
        """What can be chosen: a choice leads to one of the moments."""
        super().offer(objectives, competencies)
        keys = [entry.form.key.data for entry in self.nodes.entries if entry.form.key.data]
        for entry in self.choices.entries:
            said = entry.form.to.data or ""
            offered = [*keys, *([said] if said and said not in keys else [])]
            entry.form.to.choices = [("", _("Choose")), *((key, key) for key in offered)]


class TriageForm(QuestionForm):
    """Tickets to sort."""

    priorities = area(_("Priorities, the highest first, one a line"), 4)
    queues = area(_("Queues, one a line"), 4)
    actions = area(_("First actions, one a line"), 4)
    tickets = FieldList(FormField(Ticket))


class MatrixForm(QuestionForm):
    """Statements and columns."""

    columns = area(_("Columns, one a line"), 3)
    statements = FieldList(FormField(Statement))
    keep_order = BooleanField(_("Keep the statements in this order"))


class SjtForm(QuestionForm):
    """What one could do."""

    options = FieldList(FormField(Weighed))
    pick = pick(
        _("What is to be picked"), (("both", _("The best and the worst")), ("best", _("The best only")))
    )
    keep_order = BooleanField(_("Keep the options in this order"))


class SpreadsheetForm(QuestionForm):
    """A table with cells to fill in."""

    table = area(_("The table, one row a line, with | between the columns"), 5)
    cells = FieldList(FormField(Cell))


class TypingForm(QuestionForm):
    """A text to copy."""

    text = area(_("Text to copy"), 5)
    goal = line(_("Net words a minute for full marks"), inputmode="decimal")
    accuracy = line(_("Lowest accuracy in percent: below it nothing counts"), inputmode="decimal")


class RubricLine(Form):
    """A line of a rubric, with what each number of points looks like."""

    key = line(_("Key"))
    text = line(_("What is marked"))
    points = line(_("Points"), inputmode="numeric")
    anchors = area(_("What 0, 1, 2 … points look like, one a line"), 4)


class ExtendedForm(QuestionForm):
    """A text that people mark."""

    look_for = area(_("What a marker looks for, one a line"), 4)
    rubric = FieldList(FormField(RubricLine))
    least = line(_("Words at least"), inputmode="numeric")
    most = line(_("Words at most"), inputmode="numeric")


class UploadForm(QuestionForm):
    """A file that people mark."""

    types = CheckboxesField(
        _("Types of file that are taken"), choices=[(one, one) for one in TYPES], validate_choice=False
    )
    megabytes = line(_("Megabytes at most"), inputmode="numeric")
    look_for = area(_("What a marker looks for, one a line"), 4)
    rubric = FieldList(FormField(RubricLine))


class Variant(Form):
    """Another way to write a part of what is said."""

    text = line(_("Part of what is said"))
    also = area(_("Is as right when written so, one a line"))


class DictationForm(QuestionForm):
    """A recording, and what is said in it."""

    sound = pick(_("Recording"))
    text = area(_("What is said, word for word"), 4)
    plays = line(_("How often it may be heard; empty: as often as one likes"), inputmode="numeric")
    variants = FieldList(FormField(Variant))


class Region(Form):
    """A place on the picture."""

    name = line(_("Name of the place"))
    shape = pick(_("Shape of the place"), SHAPES)
    at = line(_("Where, in percent of the picture"), inputmode="decimal", **{"data-at": ""})
    correct = BooleanField(_("Right"))
    why = area(_("Why: what to tell a person who chose it"))


class HotspotForm(QuestionForm):
    """A picture and its places."""

    picture = pick(_("Picture"))
    shows = area(_("What the picture shows, for whoever cannot see it"))
    regions = FieldList(FormField(Region))
    keep_order = BooleanField(_("Keep the places in this order"))


class Zone(Form):
    """A place on the picture, and its label."""

    name = line(_("Name of the place, without its label"))
    shape = pick(_("Shape of the place"), SHAPES)
    at = line(_("Where, in percent of the picture"), inputmode="decimal", **{"data-at": ""})
    label = line(_("Its label"))
    why = area(_("Why"), 1)


class LabelsForm(QuestionForm):
    """A picture, and labels to put on it."""

    picture = pick(_("Picture"))
    shows = area(_("What the picture shows, for whoever cannot see it"))
    zones = FieldList(FormField(Zone))
    extra = area(_("More labels that belong nowhere, one a line"))


FORMS: Mapping[str, type[QuestionForm]] = {
    "single": SingleForm,
    "multiple": MultipleForm,
    "truefalse": TrueFalseForm,
    "numeric": NumericForm,
    "short": ShortForm,
    "matching": MatchingForm,
    "ordering": OrderingForm,
    "cloze": ClozeForm,
    "simulation": SimulationForm,
    "triage": TriageForm,
    "matrix": MatrixForm,
    "sjt": SjtForm,
    "spreadsheet": SpreadsheetForm,
    "typing": TypingForm,
    "extended": ExtendedForm,
    "dictation": DictationForm,
    "hotspot": HotspotForm,
    "labels": LabelsForm,
    "upload": UploadForm,
}


def filled_in(kind: str, raw: Any) -> tuple[Sheet, str]:
    """The sheet of a posted form, and the mark of what its writer saw."""
    form = FORMS[kind](raw, prefix=PREFIX)
    return form.sheet(), form.seen.data or ""


def form_of(kind: str, sheet: Sheet, *, seen: str) -> QuestionForm:
    """A form that shows a sheet."""
    data = dict(sheet, seen=seen)
    if kind == "single":
        data["right"] = next(
            (str(at) for at, row in enumerate(sheet.get("options") or ()) if row.get("correct")), ""
        )
    return FORMS[kind](None, data=data, prefix=PREFIX)
