"""A person's ledger as it stood on a day: each fact, whether it counts, until when, and who has looked."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Employment
from lms.tracks import queries
from lms.tracks.framework_files import shipped_rule
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules import Entry, Leave, entries_of, leave_known


@dataclass(frozen=True)
class LedgerPage:
    """What is recorded about somebody, latest first."""

    person: Employment
    entries: Sequence[Entry]
    leave: Sequence[Leave]
    looks: Sequence[queries.Look]
    names: Mapping[str, str]
    kinds: Sequence[str]
    as_of: date


def ledger_page(
    session: Session, *, actor: Actor, person_id: uuid.UUID, as_of: date, kind: str = ""
) -> LedgerPage:
    """A person's ledger; `kind` leaves only that kind of fact. Raises NotFound, NotAllowed."""
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, TrackPermission.SEE_PERSON, person)
    ledger = queries.list_ledger(session, actor=actor, person_id=person_id)
    leave = queries.list_protected(session, actor=actor, person_id=person_id)
    documents = queries.list_with_document(session, actor=actor, person_id=person_id)
    raters = frozenset(uuid.UUID(one.rater) for one in ledger if one.rater)
    gates = gate_months(session, actor=actor, on=as_of)
    every = entries_of(ledger, leave, as_of, shipped_rule(as_of), gates, documents)
    return LedgerPage(
        person,
        [one for one in every if not kind or one.fact.kind == kind],
        sorted(leave_known(leave, as_of), key=lambda one: one.since, reverse=True),
        queries.list_looks(session, actor=actor, person_id=person_id),
        queries.list_names(session, actor=actor, person_ids=raters),
        sorted({one.fact.kind.value for one in every}),
        as_of,
    )


def gate_months(session: Session, *, actor: Actor, on: date) -> Mapping[str | None, int | None]:
    """The months of each gate, by competency."""
    return {
        one["key"]: one.get("gate_months")
        for one in framework_of(session, actor=actor, on=on)["competencies"]
    }
