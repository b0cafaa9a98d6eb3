"""Questions as forms, one class a kind. A form holds a sheet (see bank/sheets) and nothing else."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    FieldList,
    FormField,
    HiddenField,
    RadioField,
)

from lms.assessments.bank.sheets import Sheet
from lms.assessments.forms.rows import (
    Cell,
    Criterion,
    Gap,
    Item,
    Mistake,
    Moment,
    Option,
    Pair,
    Parameter,
    Region,
    Reply,
    RubricLine,
    Slip,
    Statement,
    Ticket,
    Unit,
    Variant,
    Weighed,
    Zone,
    area,
    line,
    pick,
)
from lms.assessments.forms.sheets import PREFIX, QuestionForm
from lms.assessments.kinds.upload import TYPES
from lms.people.forms.people import CheckboxesField

MARKING = (
    ("all", _("All or nothing")),
    ("each", _("A share for each part that is right")),
)
IGNORED = (
    ("case", _("Capital or small letters")),
    ("accents", _("Accents")),
    ("punctuation", _("Punctuation")),
    ("spaces", _("Spaces")),
)


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


class DictationForm(QuestionForm):
    """A recording, and what is said in it."""

    sound = pick(_("Recording"))
    text = area(_("What is said, word for word"), 4)
    plays = line(_("How often it may be heard; empty: as often as one likes"), inputmode="numeric")
    variants = FieldList(FormField(Variant))


class HotspotForm(QuestionForm):
    """A picture and its places."""

    picture = pick(_("Picture"))
    shows = area(_("What the picture shows, for whoever cannot see it"))
    regions = FieldList(FormField(Region))
    keep_order = BooleanField(_("Keep the places in this order"))


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
