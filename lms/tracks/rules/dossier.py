"""A person's dossier for a rung: every cell with its reason and the numbers of the facts behind it, then the facts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    competencies: Sequence[Mapping[str, Any]],
) -> Dossier:
    """The dossier of a standing. `competencies`: the framework's, for their anchors and their gates."""
    gates: dict[str | None, int | None] = {one["key"]: one.get("gate_months") for one in competencies}
    anchors = {str(one["key"]): one["anchors"] for one in competencies}
    cells = [*(one for one in stand.cells if one.kind != "competencies"), *stand.competencies]
    cited = {id_ for one in cells for id_ in one.evidence}
    entries = entries_of(ledger, leave, stand.as_of, rule, gates)
    shown = [one for one in reversed(entries) if one.fact.id in cited]
    numbers = {one.fact.id: number for number, one in enumerate(shown, start=1)}
    return Dossier(
        stand.as_of,
        consideration(stand.cells, stand.competencies, rule),
        tuple(_row(one, numbers, None) for one in stand.cells),
        tuple(_row(one, numbers, anchors.get(one.key)) for one in stand.competencies),
        tuple(Numbered(numbers[one.fact.id], one, _fact(one)) for one in shown),
        len(entries) - len(shown),
        tuple(sorted(leave_known(leave, stand.as_of), key=lambda one: one.since)),
    )


def _row(cell: Cell, numbers: Mapping[str, int], anchors: Mapping[Any, str] | None) -> Row:
    if cell.kind == "competencies":
        return Row(cell, (), ())
    facts = sorted(numbers[one] for one in cell.evidence if one in numbers)
    more = [one for one in cell.reason.below if not one.evidence]
    if anchors is not None:
        meaning = {"level": cell.required, "anchor": anchors[cell.required]}
        more.append(Reason(N_("Level %(level)s means: %(anchor)s."), meaning))
    return Row(cell, tuple(facts), tuple(more))


STANDING_WORDS = {
    "counts": N_("counts until %(until)s"),
    "course": N_("counts for as long as the requirement says"),
    "contested": N_("set aside: it is contested"),
    "stale": N_("too old or expired since %(until)s"),
    "unsure": N_("too close to call: a second pass decides"),
    "failed": N_("not passed: it speaks for no level"),
    "informs": N_("rated without a licence: informs, and is no evidence"),
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
        "rater": one.rater or "Ladder",
    }
    if values["title"] in (values["kind"], one.kind.value.capitalize()):
        parts = [Reason("%(kind)s", {"kind": values["kind"]})]
    else:
        parts = [Reason(N_("%(kind)s: %(title)s"), {name: values[name] for name in ("kind", "title")})]
    if one.level:
        parts.append(
            Reason(
                N_("for %(about)s at level %(level)s"), {name: values[name] for name in ("about", "level")}
            )
        )
    elif values["about"]:
        parts.append(Reason(N_("for %(about)s"), {"about": values["about"]}))
    if one.score is not None:
        parts.append(_score(one))
    parts += [Reason(N_("not kept, and critical: %(line)s"), {"line": line}) for line in one.critical]
    if one.form and not one.rater:
        parts.append(Reason(N_("from the passport that %(form)s signed"), {"form": one.form}))
    else:
        parts.append(Reason(N_("by %(rater)s"), {"rater": values["rater"]}))
    if one.form and one.rater:
        parts.append(Reason(N_("on the form %(form)s"), {"form": one.form}))
    standing = "course" if entry.standing == "counts" and entry.until is None else entry.standing
    worth = STANDING_WORDS[standing]
    parts.append(Reason(worth, {"until": entry.until} if "%(until)s" in worth else {}))
    return Reason("%(on)s", {"on": one.on}, (one.id,), tuple(parts))


def _score(one: Evidence) -> Reason:
    values = {
        "percent": round((one.score or 0) * 100),
        "mark": round((one.pass_mark or 0) * 100),
        "error": round((one.error or 0) * 100),
    }
    if one.pass_mark is None:
        return Reason(N_("%(percent)s%%"), {"percent": values["percent"]})
    if not one.error:
        return Reason(
            N_("%(percent)s%% where %(mark)s%% passes"),
            {name: values[name] for name in ("percent", "mark")},
        )
    return Reason(N_("%(percent)s%%, give or take %(error)s, where %(mark)s%% passes"), values)
