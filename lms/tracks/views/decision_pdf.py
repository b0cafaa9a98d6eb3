"""A decision record as a PDF: the same words as its page."""

from collections.abc import Sequence

from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from lms.foundation.text import latin
from lms.tracks.pages.promotion import DecisionPage, FrozenCandidate
from lms.tracks.rules import Cell
from lms.web.language import kept, local_datetime, local_day, reader_language, shown


class Record(FPDF):
    """A4, with the record's hash and the page's number at every foot."""

    def __init__(self, page: DecisionPage) -> None:
        super().__init__(format="A4")
        self.mark = page.decision.hash
        self.set_margins(18, 16)
        self.set_auto_page_break(True, 20)
        self.set_creation_date(page.decision.at)
        self.set_title(latin(page.opening.title))
        self.set_lang(reader_language())
        self.alias_nb_pages()
        self.add_page()

    def footer(self) -> None:
        """The hash, and which page of how many."""
        self.set_y(-14)
        self.set_font("Helvetica", size=7)
        self.cell(0, 4, f"{self.mark}   {self.page_no()} / {{nb}}", align="C")

    def words(
        self, text: str, size: float = 10, *, bold: bool = False, gap: float = 1.0, indent: float = 0
    ) -> None:
        """Some words, as many lines as they need."""
        self.set_font("Helvetica", "B" if bold else "", size)
        self.set_x(self.l_margin + indent)
        self.multi_cell(0, size * 0.48, latin(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(gap)

    def fact(self, label: str, text: str) -> None:
        """A label and what stands behind it."""
        self.words(f"{label}: {text}")


def _say(cell: Cell) -> str:
    return cell.reason.words(lambda sentence: kept(sentence, {})[0], shown)


def write_pdf(page: DecisionPage) -> bytes:
    """The whole record."""
    decision, opening, names = page.decision, page.opening, page.names
    pdf = Record(page)
    pdf.words(_("Decision record: %(title)s", title=opening.title), 16, bold=True, gap=2)
    pdf.fact(
        _("Record"),
        _("number %(number)s, made %(at)s", number=decision.number, at=local_datetime(decision.at)),
    )
    pdf.fact(_("Decided by"), names.get(str(decision.decided_by_id), ""))
    pdf.fact(_("Conflict of interest"), decision.conflict if decision.has_conflict else _("None declared"))
    pdf.fact(_("Look at it again on"), local_day(decision.review_on))
    if decision.correction:
        pdf.fact(_("Replaces the earlier record, because"), decision.correction)
    rung, profile = decision.snapshot["rung"], decision.snapshot["profile"]
    pdf.fact(
        _("Rung"),
        _(
            "%(key)s %(name)s, version %(version)s",
            key=rung["key"],
            name=_(rung["name"]),
            version=rung["version"],
        ),
    )
    if profile:
        pdf.fact(
            _("Profile"),
            _("%(name)s, version %(version)s", name=_(profile["name"]), version=profile["version"]),
        )
    pdf.fact(_("Readiness rule"), _("version %(version)s", version=decision.snapshot["rule"]["version"]))
    pdf.words(_("Why"), 12, bold=True)
    pdf.words(decision.reason, gap=3)
    answer = page.known.answer
    pdf.words(_("Second approver"), 12, bold=True)
    if answer is None:
        pdf.words(_("The record waits for the second approver."), gap=3)
    else:
        said = _("Approved") if answer.outcome == "approved" else _("Sent back")
        pdf.fact(names.get(str(answer.by_id), ""), f"{said}, {local_datetime(answer.at)}. {answer.reason}")
        pdf.fact(_("Conflict of interest"), answer.conflict if answer.has_conflict else _("None declared"))
    for one in page.candidates:
        _candidate(pdf, one, page)
    pdf.words(_("Proof"), 12, bold=True)
    pdf.fact(_("Hash of the record"), decision.hash)
    pdf.fact(_("Hash of what it was decided on"), decision.snapshot_hash)
    pdf.words(_("The same hash stands in the firm's audit log, in the entry “decision recorded”."))
    return bytes(pdf.output())


def _candidate(pdf: Record, one: FrozenCandidate, page: DecisionPage) -> None:
    pdf.words(one.name, 13, bold=True)
    pdf.fact(_("Outcome"), _("Chosen") if one.choice.chosen else _("Not chosen"))
    pdf.fact(_("Why"), one.choice.reason)
    pdf.fact(_("What they are told"), one.choice.told)
    pdf.fact(
        _("On the evidence"),
        _("Ready for consideration") if one.choice.ready else _("Not everything is shown yet"),
    )
    _cells(pdf, [cell for cell in one.standing.cells if cell.kind != "competencies"])
    _cells(pdf, one.standing.competencies)
    for each in one.kept["interviews"]:
        who = page.names.get(each["interviewer_id"], "")
        for place, said in enumerate(each["answers"]["answers"], start=1):
            pdf.words(f"{who}, {place}: {said['score']} / 5. {said['note']}", 9, indent=4)
    pdf.words(_("Ledger"), 10, bold=True)
    for row in one.kept["ledger"]:
        about = row["competency"] or row["requirement"] or ""
        level = f" ({row['level']})" if row["level"] else ""
        title = row["detail"].get("title", "")
        pdf.words(f"{row['on']}  {about}{level}  {title}: {row['outcome']}  {row['id']}", 8, indent=4, gap=0)
    pdf.ln(3)


def _cells(pdf: Record, cells: Sequence[Cell]) -> None:
    words = {
        "met": _("Met"),
        "borderline": _("Borderline"),
        "not_yet": _("Not yet"),
        "stale": _("Stale"),
        "no_evidence": _("No evidence"),
    }
    for cell in cells:
        pdf.words(f"{_(cell.text)}: {words[cell.state.value]}. {_say(cell)}", 9, indent=4, gap=0)
    pdf.ln(1)
