"""A list as a file: CSV, XLSX or PDF from one description, with its filters and its day on it. No cell runs as a formula."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import xlsxwriter
from flask import Response, make_response
from flask_babel import gettext as _

from lms.foundation.errors import NotFound
from lms.web.replies import harmless

Cell = str | int | float | date | None


@dataclass(frozen=True)
class Report:
    """A table to hand out. `filters`: what was asked for, in words; `note`: what a reader must know of the numbers."""

    name: str
    title: str
    filters: Sequence[tuple[str, str]]
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    made_on: date
    note: str = ""

    @property
    def above(self) -> list[str]:
        """What stands on it beside the table."""
        said = [f"{label}: {value}" for label, value in self.filters]
        said.append(str(_("Made on %(day)s.", day=self.made_on.isoformat())))
        return [*said, self.note] if self.note else said


def report_reply(report: Report, form: str) -> Response:
    """The report in a form that the address names. Raises NotFound."""
    if form not in _FORMS:
        raise NotFound("There is no such file.")
    kind, write = _FORMS[form]
    reply = make_response(write(report))
    reply.headers["Content-Type"] = kind
    reply.headers["Content-Disposition"] = f'attachment; filename="{report.name}.{form}"'
    return reply


def written(report: Report, form: str) -> bytes:
    """The report as a file of a form that there is."""
    return _FORMS[form][1](report)


def _csv(report: Report) -> bytes:
    """Rows first, so that other tools read them as they are; the filters beneath."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(one) for one in report.columns])
    writer.writerows([harmless(cell) for cell in row] for row in report.rows)
    writer.writerow([])
    writer.writerow([harmless(report.title)])
    writer.writerows([harmless(one)] for one in report.above)
    return ("\ufeff" + text.getvalue()).encode()


def _xlsx(report: Report) -> bytes:
    made = io.BytesIO()
    # Texts are written as texts: nothing in them is a formula, an address or a number.
    book = xlsxwriter.Workbook(
        made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet(_sheet_name(report.title))
    bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_string(0, 0, report.title, book.add_format({"bold": True, "font_size": 14}))
    for place, line in enumerate(report.above, start=1):
        sheet.write_string(place, 0, line)
    top = len(report.above) + 2
    for place, name in enumerate(report.columns):
        sheet.write_string(top, place, name, bold)
        widest = max((len(str(row[place])) for row in report.rows[:500]), default=0)
        sheet.set_column(place, place, min(50, max(len(name), widest) + 2))
    for number, row in enumerate(report.rows, start=top + 1):
        for place, cell in enumerate(row):
            if isinstance(cell, bool) or cell is None or isinstance(cell, str):
                sheet.write_string(number, place, "" if cell is None else str(cell))
            elif isinstance(cell, date):
                sheet.write_datetime(number, place, cell, day)
            else:
                sheet.write_number(number, place, cell)
    sheet.freeze_panes(top + 1, 1)
    book.close()
    return made.getvalue()


def _sheet_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "Report"


def _pdf(report: Report) -> bytes:
    from lms.web.paper import (
        draw,  # it reads fpdf2, and with it numpy where that is there: slow to start with
    )

    return draw(report)


_FORMS: Mapping[str, tuple[str, Callable[[Report], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", _csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", _xlsx),
    "pdf": ("application/pdf", _pdf),
}
MEDIA_TYPES: Mapping[str, str] = {form: kind for form, (kind, _write) in _FORMS.items()}
FORMS = tuple(_FORMS)
"""The forms a report comes in."""
