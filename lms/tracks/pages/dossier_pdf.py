"""A dossier as a PDF of one page: the letters grow smaller before a second page begins."""

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF

from lms.foundation.text import latin
from lms.tracks.pages.dossier import Part

SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
"""Points; below six nobody reads, and a second page is kinder."""


def pdf(found: Sequence[Part], printed: str, at: datetime) -> bytes:
    """The parts as a PDF. `printed`: the last line, such as who printed it and when; `at`: the moment it says."""
    for size in SIZES:
        made = _drawn(found, printed, at, size)
        if made.pages_count == 1:
            break
    return bytes(made.output())


def _drawn(found: Sequence[Part], printed: str, at: datetime, size: float) -> FPDF:
    page = FPDF(format="A4", unit="pt")
    page.set_creation_date(at)
    page.set_margins(32, 24, 32)
    page.set_auto_page_break(auto=True, margin=20)
    page.set_title(latin(found[0].heading))
    page.add_page()
    height = size * 1.16
    for place, part in enumerate(found):
        page.set_font("Helvetica", "B", size + (5 if place == 0 else 1.5))
        page.multi_cell(
            0, height * (1.5 if place == 0 else 1.3), latin(part.heading), new_x="LMARGIN", new_y="NEXT"
        )
        page.set_font("Helvetica", "", size)
        for line in part.lines:
            page.multi_cell(0, height, latin(line), new_x="LMARGIN", new_y="NEXT")
        page.ln(size * 0.3)
    page.set_font("Helvetica", "I", size - 0.5)
    page.multi_cell(0, height, latin(printed), new_x="LMARGIN", new_y="NEXT")
    return page
