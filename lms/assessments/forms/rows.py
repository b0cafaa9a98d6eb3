"""The rows that questions are written in, such as an option or a pair, and the fields that all their forms use."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    Form,
    HiddenField,
    SelectField,
    StringField,
    TextAreaField,
)

SHAPES = (
    ("", _("Rectangle: left, top, width, height")),
    ("ellipse", _("Ellipse: left, top, width, height")),
    ("polygon", _("Polygon: x and y of each corner")),
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


class RubricLine(Form):
    """A line of a rubric, with what each number of points looks like."""

    key = line(_("Key"))
    text = line(_("What is marked"))
    points = line(_("Points"), inputmode="numeric")
    anchors = area(_("What 0, 1, 2 … points look like, one a line"), 4)


class Variant(Form):
    """Another way to write a part of what is said."""

    text = line(_("Part of what is said"))
    also = area(_("Is as right when written so, one a line"))


class Region(Form):
    """A place on the picture."""

    name = line(_("Name of the place"))
    shape = pick(_("Shape of the place"), SHAPES)
    at = line(_("Where, in percent of the picture"), inputmode="decimal", **{"data-at": ""})
    correct = BooleanField(_("Right"))
    why = area(_("Why: what to tell a person who chose it"))


class Zone(Form):
    """A place on the picture, and its label."""

    name = line(_("Name of the place, without its label"))
    shape = pick(_("Shape of the place"), SHAPES)
    at = line(_("Where, in percent of the picture"), inputmode="decimal", **{"data-at": ""})
    label = line(_("Its label"))
    why = area(_("Why"), 1)
