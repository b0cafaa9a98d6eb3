"""Forms to rate on, made from the framework's data: a line of choices for each item."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from lms.people.forms.people import CheckboxesField
from lms.tracks.forms import LEVELS, competency_choices, day_field, story_field
from lms.tracks.framework_files import needs_of_form
from lms.tracks.rules.rating import NOT_APPLICABLE, choices_of, items_of
from lms.tracks.services.rating import Subject

REQUIREMENT = "for:"


class MarksForm(FlaskForm):
    """The marks and the note. Made by `marks_form`, which adds a line for each item."""

    note = story_field(_("What did you see? One dated example."))

    def lines(self) -> dict[str, Any]:
        """The fields of the items, by the item's key."""
        return {
            name.removeprefix("mark_"): one for name, one in self._fields.items() if name.startswith("mark_")
        }

    def marks(self) -> dict[str, str]:
        """What was marked."""
        return {key: one.data for key, one in self.lines().items() if one.data}


class SubjectForm(FlaskForm):
    """What is rated, and when it was seen."""

    speaks_for = SelectField(_("What does it speak for?"))
    level = SelectField(_("At which level was it?"), coerce=int, choices=LEVELS)
    on = day_field(_("On which day?"))

    def offer(self, form: Mapping[str, Any], rung: str, needs: Sequence[Mapping[str, Any]]) -> None:
        """The competencies the form may speak for, and the rung's requirements it can meet."""
        names = dict(competency_choices())
        choices = [(key, names[key]) for key in form["about"]]
        choices += [
            (REQUIREMENT + one["key"], f"{rung} · {gettext(one['text'])[:80]}")
            for one in needs_of_form(needs, form["key"])
        ]
        self.speaks_for.choices = choices

    def about(self, person_id: uuid.UUID, form: Mapping[str, Any]) -> Subject:
        """What is rated."""
        chosen = self.speaks_for.data or ""
        named = chosen.startswith(REQUIREMENT)
        return Subject(
            person_id,
            form["key"],
            self.on.data,
            None if named else chosen,
            None if named else self.level.data,
            chosen.removeprefix(REQUIREMENT) if named else None,
        )


class PanelForm(SubjectForm):
    """Who is asked to rate it, each alone."""

    raters = CheckboxesField(_("Who rates it, each alone?"), [InputRequired(_("Choose the raters."))])

    def chosen(self) -> list[uuid.UUID]:
        """The raters."""
        return [uuid.UUID(one) for one in self.raters.data or []]


def marks_form(form: Mapping[str, Any], base: type[FlaskForm] = FlaskForm) -> type[Any]:
    """A form class with the lines of a rating form."""
    fields: dict[str, Any] = {}
    for item in items_of(form):
        mine = [(value, gettext(words)) for value, words in choices_of(form, item)]
        if not item.get("critical"):
            mine.append((NOT_APPLICABLE, gettext("Did not come up")))
        fields[f"mark_{item['key']}"] = RadioField(
            gettext(item["text"]), [InputRequired(_("Mark this line."))], choices=mine
        )
    bases = (MarksForm,) if base is FlaskForm else (MarksForm, base)
    return type("Marks", bases, fields)
