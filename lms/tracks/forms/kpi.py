"""Shapes of input about figures: a file, what its columns are, a target, a metric."""

from datetime import date

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from lms.tracks.forms import NumberField
from lms.tracks.services.kpi_metrics import NewMetric


class FiguresForm(FlaskForm):
    """A file of figures and the tool it is from."""

    source = StringField(
        _("Which tool is it from?"),
        [InputRequired(_("Name the tool.")), Length(max=80)],
        render_kw={"list": "sources", "autocomplete": "off"},
    )
    file = FileField(_("File of figures"), [FileRequired(_("Choose a file."))])

    def given(self) -> tuple[str, str, bytes]:
        """The source, the file's name and its bytes."""
        return self.source.data or "", self.file.data.filename or "figures.csv", self.file.data.read()


class ColumnsForm(FlaskForm):
    """What each column is: `is-N` and `also-N` by the column's place; `always-queue`, `always-shift`, `always-period`."""

    def given(self, header: list[str]) -> list[str]:
        """The mapping in words, as `role=Column`."""
        pairs = [
            f"{role}={name}"
            for place, name in enumerate(header)
            for part in ("is", "also")
            if (role := request.form.get(f"{part}-{place}", "").strip()) and name
        ]
        return pairs + [
            f"{role}:={words}"
            for role in ("queue", "shift", "period")
            if (words := request.form.get(f"always-{role}", "").strip())
        ]


class TakeFiguresForm(FlaskForm):
    """Yes to a file."""


class TargetForm(FlaskForm):
    """What a queue is asked to reach."""

    queue = StringField(
        _("Queue"),
        [InputRequired(_("Say which queue.")), Length(max=80)],
        render_kw={"list": "queues", "autocomplete": "off"},
    )
    metric = SelectField(_("Metric"), [InputRequired(_("Choose one."))])
    value = NumberField(_("Target"), [InputRequired(_("Give the target."))])
    from_on = DateField(_("From which day on?"), [InputRequired(_("Give the day."))])

    def given(self) -> tuple[str, str, float, date]:
        """Queue, metric, value, first day."""
        return self.queue.data or "", self.metric.data, self.value.data or 0.0, self.from_on.data or date.min


class MetricForm(FlaskForm):
    """A metric of the firm's own."""

    name = StringField(_("Name"), [InputRequired(_("Type the name.")), Length(max=80)])
    shape = SelectField(
        _("What kind of number?"),
        [InputRequired(_("Choose one."))],
        choices=[
            ("rate", _("So many of so many (a percentage)")),
            ("score", _("A mean of scores with a most")),
            ("amount", _("A mean of amounts, such as seconds")),
        ],
    )
    better = SelectField(
        _("Which way is good?"),
        [InputRequired(_("Choose one."))],
        choices=[
            ("higher", _("Higher")),
            ("lower", _("Lower")),
            ("neither", _("Neither: it is never judged")),
        ],
    )
    unit = StringField(_("Unit"), [Optional(), Length(max=20)])
    counted = StringField(_("What is counted?"), [InputRequired(_("Such as tickets.")), Length(max=40)])
    most = NumberField(_("The most there can be"), [Optional()], default=100.0)
    least = IntegerField(
        _("From how many on can it be told?"), [InputRequired(_("Give a number.")), NumberRange(1, 10000)]
    )

    def given(self) -> NewMetric:
        """The metric."""
        return NewMetric(
            self.name.data or "",
            self.unit.data or "",
            self.shape.data,
            self.better.data,
            self.counted.data or "",
            self.most.data or 100.0,
            self.least.data or 1,
        )
