"""A framework as a file: out as it stands on a day, and in through the draft, all of it or nothing."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.people.services.audit import record_act
from lms.tracks.models import FrameworkDraft
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules.case import (
    ANCHOR,
    ASKED,
    INSIDE,
    NEED,
    PART_OF,
    Item,
    Read,
    items_of,
    read_file,
    understand,
)
from lms.tracks.rules.layers import PARTS, as_layer, flat, reads_the_same, unmarked
from lms.tracks.services.framework import Editing, hold_draft, keep_draft, problems_of, put, see_draft

TAKEN, CHANGED, SKIPPED, REFUSED = "taken", "changed", "skipped", "refused"


@dataclass(frozen=True)
class Row:
    """One row of the file: what becomes of it, and why."""

    line: int
    kind: str
    key: str
    status: str
    why: str = ""


@dataclass(frozen=True)
class Plan:
    """What a file would do to the draft: a row for each of its items, and what is wrong with the whole of it."""

    editing: Editing
    rows: Sequence[Row]
    problems: Sequence[str]
    document: Mapping[str, Any]

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each kind."""
        found = Counter(row.status for row in self.rows)
        return {status: found[status] for status in (TAKEN, CHANGED, SKIPPED, REFUSED)}

    @property
    def can_be_taken(self) -> bool:
        """Whether all of it can be taken, and anything of it is new."""
        counts = self.counts
        return not (self.problems or counts[REFUSED]) and bool(counts[TAKEN] or counts[CHANGED])


def export_items(session: Session, *, actor: Actor, on: date) -> list[Item]:
    """The framework of the actor's firm on a day as items. Raises NotAllowed."""
    require(POLICY, actor, TrackPermission.FRAMEWORK)
    return items_of(flat(framework_of(session, actor=actor, on=on)))


def plan_file(session: Session, *, actor: Actor, content: bytes, day: date) -> Plan:
    """What a file would do, without doing it. Raises NotAllowed, Invalid (it cannot be read at all)."""
    editing = see_draft(session, actor=actor, day=day)
    return _plan(editing, content)


def _plan(editing: Editing, content: bytes) -> Plan:
    items = read_file(content)
    read = understand(items)
    document, refused = editing.document, dict[tuple[str, str], str]()
    now = editing.now
    for part in PARTS:
        for key, whole in read.entries[part].items():
            current = now[part].get(key)
            if current is not None and reads_the_same(current, whole):
                continue
            if any(need.get("kind") is None for need in whole.get("requirements", ())):
                continue  # its row says so
            made, why = as_layer(part, whole, editing.below, editing.layer)
            if why:
                refused[(part, key)] = why[0]
                continue
            document = put(document, part, key, made)
    already = editing.problems
    problems = (
        [] if read.wrong or refused else [one for one in problems_of(editing, document) if one not in already]
    )
    rows = [_row(one, read, editing, refused) for one in items]
    return Plan(editing, rows, problems, document)


def _row(one: Item, read: Read, editing: Editing, refused: Mapping[tuple[str, str], str]) -> Row:
    shown = f"{one.parent}/{one.code}" if one.kind in (NEED, ASKED) else one.code
    if one.line in read.wrong:
        return Row(one.line, one.kind, shown[:80], REFUSED, read.wrong[one.line])
    part = PART_OF[one.kind] if one.kind in PART_OF else PART_OF[INSIDE[one.kind]]
    key = one.code if one.kind in PART_OF else one.parent
    if (part, key) in refused:
        return Row(one.line, one.kind, shown[:80], REFUSED, refused[(part, key)])
    current = editing.now[part].get(key)
    if current is None:
        return Row(one.line, one.kind, shown, TAKEN)
    there = _there(one, current)
    if there is None:
        return Row(one.line, one.kind, shown, TAKEN)
    if there:
        return Row(one.line, one.kind, shown, SKIPPED, N_("It reads so already."))
    return Row(one.line, one.kind, shown, CHANGED)


def _there(one: Item, current: Mapping[str, Any]) -> bool | None:
    """Whether an item reads as it does in the entry that is there; None where the entry has no such thing yet."""
    if one.kind == ANCHOR:
        return bool(current["anchors"].get(one.level) == one.statement)
    if one.kind == ASKED:
        return bool(current["levels"][one.code] == one.level) if one.code in current["levels"] else None
    if one.kind == NEED:
        needs = {need["key"]: unmarked(need) for need in current["requirements"]}
        said = {**(one.details or {}), "key": one.code, "text": one.statement}
        return needs[one.code] == said if one.code in needs else None
    details = one.details or {}
    words = current.get("group", current.get("why", "")) or ""
    same = (current["name"], words if one.kind in ("Competency", "Track") else "") == (
        one.statement,
        one.notes if one.kind in ("Competency", "Track") else "",
    )
    names = {"Competency": ("anchored_in", "gate_months"), "Rung": ("profile",)}.get(one.kind, ())
    return same and all(current.get(name) == details.get(name) for name in names)


def take_file(
    session: Session, *, actor: Actor, file_name: str, content: bytes, revision: int, now: datetime
) -> tuple[FrameworkDraft, Plan]:
    """Put a whole file into the draft. Raises NotAllowed, Conflict, Invalid (any row refused, or nothing new)."""
    editing = hold_draft(session, actor=actor, revision=revision, now=now)
    plan = _plan(editing, content)
    if plan.counts[REFUSED] or plan.problems:
        raise Invalid("Nothing was taken: something in the file is refused. Put it right and send it again.")
    if not plan.can_be_taken:
        raise Invalid("Nothing was taken: everything in the file is there already.")
    draft = keep_draft(session, actor=actor, editing=editing, document=plan.document, now=now)
    about = {"title": file_name[:160], "layer": editing.layer, **plan.counts}
    record_act(session, actor=actor, act="framework file taken", subject=editing.layer, detail=about, now=now)
    return draft, plan
