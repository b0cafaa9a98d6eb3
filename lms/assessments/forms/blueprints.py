"""An assessment as a form. It holds a sheet (see bank/plans.py) and nothing else."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, StringField
from wtforms.validators import InputRequired

from lms.assessments.bank.sheets import Sheet
from lms.assessments.forms.rows import area, line, pick
from lms.assessments.forms.sheets import LEVELS, PREFIX, THINKING, SheetForm

ANY = ("", _("Any"))
PURPOSES = (("lesson", _("A lesson")), ("course", _("The course")), ("gate", _("A promotion (30 or more)")))
FEEDBACK = (
    ("after_each", _("After each question")),
    ("after_submit", _("After it is handed in")),
    ("after_pass", _("Only after a pass")),
    ("never", _("Never")),
)
CRITICAL = (ANY, ("yes", _("Only those that must be right")), ("no", _("None that must be right")))


class DrawRow(Form):
    """How many questions, and of which."""

    count = line(_("How many"), inputmode="numeric")
    objective = pick(_("Objective"), (ANY,))
    competency = pick(_("Competency"), (ANY,))
    thinking = pick(_("Thinking"), (ANY, *THINKING[1:]))
    kind = pick(_("Kind"), (ANY,))
    level = pick(_("Level"), (ANY, *LEVELS[1:]))
    tags = line(_("Tags (all of them)"))
    least = line(_("Right for at least … of 100"), inputmode="decimal")
    most = line(_("and at most …"), inputmode="decimal")
    critical = pick(_("Must be right"), CRITICAL)
    course = line(_("From another course (its key)"))


class EvidenceRow(Form):
    """What a pass says about the person."""

    competency = pick(_("Competency"), (("", _("Choose")),))
    level = pick(_("Level"), (("", _("Choose")), *LEVELS[1:]))


class BlueprintForm(SheetForm):
    """An assessment."""

    seen = HiddenField()
    title = StringField(
        _("Title"),
        [InputRequired(_("Give it a title."))],
        render_kw={"maxlength": 200, "autocomplete": "off"},
    )
    purpose = pick(_("What it is for"), PURPOSES)
    intro = area(_("Words before the first question"), 3)
    draws = FieldList(FormField(DrawRow))
    shuffle_questions = BooleanField(_("Each person gets the questions in another order"))
    shuffle_options = BooleanField(_("Each person gets the options in another order"))
    time_limit = line(_("Time limit in minutes"), inputmode="numeric")
    allowed = line(_("Attempts allowed"), inputmode="numeric")
    gap_hours = line(_("Hours between two attempts"), inputmode="numeric")
    feedback = pick(_("When the right answers are shown"), FEEDBACK)
    pass_mark = line(_("Pass mark, in percent"), inputmode="decimal")
    evidence = FieldList(FormField(EvidenceRow))
    offline = BooleanField(_("May be taken without a network: answers are sent when there is one"))
    two_markers = BooleanField(_("Two people mark each written answer, neither seeing the other's marks"))
    two_forms = BooleanField(_("Whoever comes out close to the pass mark may sit a second form (promotions)"))
    adaptive = BooleanField(_("The test adapts: each next question is chosen by the answers so far"))
    stop_se = line(_("Ends at a standard error of"), inputmode="decimal")
    shortest = line(_("After so many questions at least"), inputmode="numeric")
    exposure = line(_("No question for more than this share of people"), inputmode="decimal")
    completes = BooleanField(_("Passing it completes the course"))

    def offer_rows(
        self, objectives: Mapping[str, str], competencies: Mapping[str, str], kinds: Mapping[str, Any]
    ) -> None:
        """What can be chosen in the rows."""
        for row in self.draws.entries:
            for name, offered in (("objective", objectives), ("competency", competencies), ("kind", kinds)):
                row.form[name].choices = [ANY, *offered.items()]
            self.keep_chosen(row.form)
        for row in self.evidence.entries:
            row.form.competency.choices = [("", _("Choose")), *competencies.items()]
            self.keep_chosen(row.form)
        self.keep_chosen(self)

    def sheet(self) -> Sheet:
        """What was filled in, but for whether it completes the course."""
        return {name: value for name, value in super().sheet().items() if name != "completes"}


def filled_in(raw: Any) -> tuple[Sheet, str, bool]:
    """The sheet of a posted form, the mark of what its writer saw, and whether it completes the course."""
    form = BlueprintForm(raw, prefix=PREFIX)
    return form.sheet(), form.seen.data or "", bool(form.completes.data)


def form_of(sheet: Sheet, *, seen: str, completes: bool) -> BlueprintForm:
    """A form that shows a sheet."""
    return BlueprintForm(None, data=dict(sheet, seen=seen, completes=completes), prefix=PREFIX)
