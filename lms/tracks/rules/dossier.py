"""A person's dossier for a rung: every cell with its reason and the numbers of the facts behind it, then the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from lms.foundation.words import N_
from lms.tracks.rules.considering import Consideration, consideration
from lms.tracks.rules.evidence import KIND_WORDS, Evidence
from lms.tracks.rules.explaining import Cell, Reason, Standing
from lms.tracks.rules.freshness import Leave, leave_known
from lms.tracks.rules.rule import Rule
from lms.tracks.rules.worth import Entry, entries_of


@dataclass(frozen=True)
class Row:
    """One cell: its reason, the facts behind it by number, and what would change it or until when it stays so."""

    cell: Cell
    facts: tuple[int, ...]
    more: tuple[Reason, ...]


@dataclass(frozen=True)
class Numbered:
    """A fact with its number in the dossier, as one sentence."""

    number: int
    entry: Entry
    words: Reason


@dataclass(frozen=True)
class Dossier:
    """Everything that must stand on the page."""

    as_of: date
    together: Consideration | None
    requirements: tuple[Row, ...]
    competencies: tuple[Row, ...]
    facts: tuple[Numbered, ...]
    left_out: int
    """How many facts speak for nothing this rung asks."""
    leave: tuple[Leave, ...]


def dossier(
    stand: Standing,
    ledger: Sequence[Evidence],
    leave: Sequence[Leave],
    rule: Rule,
    gates: Mapping[str | None, int | None],
) -> Dossier:
    """The dossier of a standing. `gates`: the months of each gate by competency."""
    cells = [*(one for one in stand.cells if one.kind != "competencies"), *stand.competencies]
    cited = {id_ for one in cells for id_ in one.evidence}
    entries = entries_of(ledger, leave, stand.as_of, rule, gates)
    shown = [one for one in reversed(entries) if one.fact.id in cited]
    numbers = {one.fact.id: number for number, one in enumerate(shown, start=1)}
    return Dossier(
        stand.as_of,
        consideration(stand.cells, stand.competencies, rule),
        tuple(_row(one, numbers) for one in stand.cells),
        tuple(_row(one, numbers) for one in stand.competencies),
        tuple(Numbered(numbers[one.fact.id], one, _fact(one)) for one in shown),
        len(entries) - len(shown),
        tuple(sorted(leave_known(leave, stand.as_of), key=lambda one: one.since)),
    )


def _row(cell: Cell, numbers: Mapping[str, int]) -> Row:
    if cell.kind == "competencies":
        return Row(cell, (), ())
    facts = sorted(numbers[one] for one in cell.evidence if one in numbers)
    return Row(cell, tuple(facts), tuple(one for one in cell.reason.below if not one.evidence))


STANDING_WORDS = {
    "counts": N_("counts until %(until)s"),
    "contested": N_("set aside: it is contested"),
    "stale": N_("too old or expired since %(until)s"),
    "failed": N_("not passed: it speaks for no level"),
    "superseded": N_("superseded by a later fact"),
    "withdrawn": N_("withdrawn after somebody looked again"),
}


def _fact(entry: Entry) -> Reason:
    """What, for what, how it went, by whom, what it is worth."""
    one = entry.fact
    values = {
        "on": one.on,
        "kind": KIND_WORDS[one.kind],
        "title": one.title or KIND_WORDS[one.kind],
        "about": one.competency or (one.requirement or "").partition(":")[0],
        "level": one.level or 0,
        "percent": round((one.score or 0) * 100),
        "rater": one.rater or "Ladder",
    }
    parts = [Reason(N_("%(kind)s: %(title)s"), {name: values[name] for name in ("kind", "title")})]
    if one.level:
        parts.append(
            Reason(N_("for %(about)s at level %(level)s"), {n: values[n] for n in ("about", "level")})
        )
    elif values["about"]:
        parts.append(Reason(N_("for %(about)s"), {"about": values["about"]}))
    if one.score is not None:
        parts.append(Reason(N_("%(percent)s %%"), {"percent": values["percent"]}))
    parts.append(Reason(N_("by %(rater)s"), {"rater": values["rater"]}))
    if one.form:
        parts.append(Reason(N_("on the form %(form)s"), {"form": one.form}))
    until = {"until": entry.until} if "%(until)s" in STANDING_WORDS[entry.standing] else {}
    parts.append(Reason(STANDING_WORDS[entry.standing], until))
    return Reason("%(on)s", {"on": one.on}, (one.id,), tuple(parts))
