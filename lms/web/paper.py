"""A report drawn as a PDF. Read only when one is asked for."""

from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.fonts import FontFace

from lms.foundation.text import latin
from lms.web.reports import Report

MOST_ROWS_OF_A_PDF = 3000


class _Paper(FPDF):
    """A page with its number and its title at the foot."""

    def __init__(self, report: Report) -> None:
        super().__init__(orientation="L" if len(report.columns) > 5 else "P", format="A4")
        self.report = report

    def footer(self) -> None:
        """The title and the page."""
        self.set_y(-12)
        self.set_font("Helvetica", size=8)
        self.cell(0, 8, latin(f"{self.report.title} · {self.page_no()}"), align="R")


def draw(report: Report) -> bytes:
    """The report as a PDF."""
    paper = _Paper(report)
    paper.set_title(report.title)
    paper.set_auto_page_break(True, margin=15)
    paper.add_page()
    paper.set_font("Helvetica", "B", 14)
    paper.multi_cell(0, 8, latin(report.title), new_x="LMARGIN", new_y="NEXT")
    paper.set_font("Helvetica", size=9)
    for line in report.above:
        paper.multi_cell(0, 5, latin(line), new_x="LMARGIN", new_y="NEXT")
    paper.ln(3)
    paper.set_font("Helvetica", size=7 if len(report.columns) > 8 else 8)
    rows = report.rows[:MOST_ROWS_OF_A_PDF]
    with paper.table(headings_style=FontFace(emphasis="BOLD"), line_height=4.5, text_align="LEFT") as table:
        for row in (report.columns, *rows):
            printed = table.row()
            for cell in row:
                printed.cell(latin("" if cell is None else str(cell)) or " ")
    if len(report.rows) > MOST_ROWS_OF_A_PDF:
        more = _(
            "%(more)s more rows are not printed: take the CSV.", more=len(report.rows) - MOST_ROWS_OF_A_PDF
        )
        paper.multi_cell(0, 5, latin(str(more)))
    return bytes(paper.output())
