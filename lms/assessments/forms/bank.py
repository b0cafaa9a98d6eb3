"""Several questions changed at once."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from wtforms import SelectField, StringField
from wtforms.validators import Length, Optional, ValidationError

from lms.assessments.bank.sheets.sheet import share_of
from lms.assessments.forms.sheets import LEVELS, THINKING
from lms.assessments.services.writing import Together

AS_IT_IS = ("", _("As it is"))


def _tags(text: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tag for one in (text or "").split(",") if (tag := " ".join(one.split()))))


class TogetherForm(FlaskForm):
    """What to set in every ticked question; what stays empty stays as it is."""

    objective = SelectField(_("Objective"), validate_choice=False)
    competency = SelectField(_("Competency"), validate_choice=False)
    level = SelectField(_("Level"), choices=[AS_IT_IS, *LEVELS[1:]], validate_choice=False)
    thinking = SelectField(_("Thinking"), choices=[AS_IT_IS, *THINKING[1:]], validate_choice=False)
    difficulty = StringField(
        _("How many of 100 just-competent people get it right"),
        [Optional(), Length(max=8)],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )
    add_tags = StringField(_("Add tags"), [Length(max=400)], render_kw={"autocomplete": "off"})
    drop_tags = StringField(_("Take tags away"), [Length(max=400)], render_kw={"autocomplete": "off"})

    def offer(self, objectives: Mapping[str, str], competencies: Mapping[str, str]) -> None:
        """What can be chosen."""
        self.objective.choices = [AS_IT_IS, *objectives.items()]
        self.competency.choices = [AS_IT_IS, *competencies.items()]

    def validate_difficulty(self, _field: StringField) -> None:
        """A percentage that a question may have."""
        share = self._share()
        if not isinstance(share, float) or not 0.05 <= share <= 0.95:
            raise ValidationError(_("Type a number from 5 to 95."))

    def validate_objective(self, field: SelectField) -> None:
        """One of those that can be chosen."""
        if field.data and field.data not in {value for value, _words in field.choices}:
            raise ValidationError(_("Choose one of these."))

    validate_competency = validate_level = validate_thinking = validate_objective

    def _share(self) -> Any:
        return share_of({"difficulty": self.difficulty.data}, "difficulty", {})

    def given(self) -> Together:
        """What to do to each."""
        values: dict[str, Any] = {
            name: self[name].data for name in ("objective", "competency", "thinking") if self[name].data
        }
        if self.level.data:
            values["level"] = int(self.level.data)
        if self.difficulty.data and self.difficulty.data.strip():
            values["difficulty"] = self._share()
        return Together(values, _tags(self.add_tags.data), _tags(self.drop_tags.data))

    @property
    def empty(self) -> bool:
        """Whether nothing is to be changed."""
        given = self.given()
        return not (given.values or given.add_tags or given.drop_tags)
