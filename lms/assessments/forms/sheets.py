"""Forms that hold a sheet (see bank/sheets), and what the form of every question has."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    TextAreaField,
)
from wtforms.validators import InputRequired

from lms.assessments.bank.sheets import Sheet
from lms.assessments.forms.rows import area, line, pick
from lms.assessments.kinds.media import PICTURES, SOUNDS

PREFIX = "q-"
"""Before the name of every field, because the answer that is tried out stands in the same form."""
THINKING = (("", _("Not said")), ("know", _("Know")), ("apply", _("Apply")), ("judge", _("Judge")))
LEVELS = (("", _("Not said")), *((str(level), str(level)) for level in range(1, 6)))


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
