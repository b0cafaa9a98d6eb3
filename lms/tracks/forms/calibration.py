"""A gold contact to rate: the lines of the form without a note. And one that a firm writes."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from lms.tracks.forms.rating import marks_form
from lms.tracks.services.calibration import LONGEST, NewGold


def gold_marks_form(form: Mapping[str, Any]) -> type[Any]:
    """A form class with the lines of a rating form, and no note: a gold contact has its own."""
    made = marks_form(form)
    return type("GoldMarks", (made,), {"note": None})


def new_gold_form(form: Mapping[str, Any]) -> type[Any]:
    """A form class for a gold contact of the firm's own: the contact, and what was agreed on each line."""
    long = Length(max=LONGEST)
    made = marks_form(form)
    fields = {
        "note": TextAreaField(_("The note that was left"), [Optional(), long]),
        "heading": StringField(_("What it is about"), [InputRequired(_("Give it a name.")), Length(max=200)]),
        "knows": TextAreaField(_("What the knowledge base says"), [Optional(), long]),
        "call": TextAreaField(_("What was said"), [InputRequired(_("Write what was said.")), long]),
        "why": TextAreaField(_("Why these marks"), [InputRequired(_("Say why.")), long]),
    }
    return type("NewGold", (made,), fields)


def gold_in(form: Any, form_key: str, gold_id: uuid.UUID) -> NewGold:
    """The contact as it was typed."""
    return NewGold(
        gold_id,
        form_key,
        form.heading.data or "",
        form.knows.data or "",
        form.call.data or "",
        form.note.data or "",
        form.marks(),
        form.why.data or "",
    )
