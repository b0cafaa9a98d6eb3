"""The framework as a firm has it: what ships, under the association's versions, under the firm's own."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session, SessionTransaction

from lms.courses.queries import CompetenciesNamed
from lms.courses.queries.studio import FrameworkAsked
from lms.foundation import wall
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.foundation.remembering import Remembered
from lms.people.models import Employment
from lms.tracks.framework_files import framework_on, shipped_framework
from lms.tracks.models import FrameworkDraft, FrameworkVersion, SharedFrameworkVersion
from lms.tracks.rules import as_it_stood
from lms.tracks.rules.layers import FIRM, SHARED, LayerVersion, composed

KNOWN = "framework"
"""Where a session remembers what it read: a page asks several times."""


@dataclass(frozen=True)
class Head:
    """A published version without its document."""

    layer: str
    number: int
    starts_on: date
    hash: str


@dataclass(frozen=True, eq=False)
class Composed:
    """Every version of a firm's framework; the same object is the same framework."""

    heads: tuple[Head, ...]
    whole: dict[str, Any]


@lru_cache(maxsize=128)
def _stood(made: Composed, on: date) -> dict[str, Any]:
    return as_it_stood(made.whole, on)


def framework_of(session: Session, *, actor: Actor, on: date) -> dict[str, Any]:
    """The framework as it was in force for the actor's firm on a day. One statement for a session, two more when new."""
    made = _read(session, actor.firm_id)
    return _stood(made, on) if made.heads else framework_on(on)


def whole_framework(session: Session, *, actor: Actor) -> dict[str, Any]:
    """Every version of every entry that the actor's firm had, as the files that ship hold theirs."""
    return _read(session, actor.firm_id).whole


def forget(session: Session) -> None:
    """A version was published: what the session read before holds no more."""
    session.info.pop(KNOWN, None)


def _read(session: Session, firm_id: uuid.UUID) -> Composed:
    kept: _Kept | None = session.info.get(KNOWN)
    if kept is not None and kept.transaction is session.get_transaction() and firm_id in kept.found:
        return kept.found[firm_id]
    heads = list_heads(session, firm_id=firm_id)
    if kept is None or kept.transaction is not session.get_transaction():
        kept = session.info[KNOWN] = _Kept(session.get_transaction(), {})
    made = _COMPOSED.get((firm_id, heads))
    if made is None:
        made = Composed(heads, _compose(session, firm_id) if heads else shipped_framework())
        _COMPOSED.tell({(firm_id, heads): made})
    kept.found[firm_id] = made
    return made


@dataclass
class _Kept:
    """What was read in a transaction; another one reads anew."""

    transaction: SessionTransaction | None
    found: dict[uuid.UUID, Composed]


MOST_KEPT = 64
_COMPOSED: Remembered[tuple[uuid.UUID, tuple[Head, ...]], Composed] = Remembered(MOST_KEPT)
"""By firm and the hashes of its versions: what is published is never changed, so nothing here grows old."""


def _compose(session: Session, firm_id: uuid.UUID) -> dict[str, Any]:
    shared, own = layers_of(session, firm_id=firm_id)
    return dict(composed(shipped_framework(), shared, own))


def layers_of(session: Session, *, firm_id: uuid.UUID) -> tuple[list[LayerVersion], list[LayerVersion]]:
    """The published versions of both layers, as rules read them. Two statements."""
    both = (list_shared(session), list_own(session, firm_id=firm_id))
    shared, own = ([LayerVersion(one.number, one.starts_on, one.document) for one in rows] for rows in both)
    return shared, own


_HEADS = union_all(
    select(
        literal(SHARED).label("layer"),
        SharedFrameworkVersion.number.label("number"),
        SharedFrameworkVersion.starts_on.label("starts_on"),
        SharedFrameworkVersion.hash.label("hash"),
    ),
    select(literal(FIRM), FrameworkVersion.number, FrameworkVersion.starts_on, FrameworkVersion.hash).where(
        FrameworkVersion.firm_id == ASKING.firm_id
    ),
)


def list_heads(session: Session, *, firm_id: uuid.UUID) -> tuple[Head, ...]:
    """What is published over what ships, for a firm: the shared versions, then its own, oldest first. One statement."""
    rows = session.execute(_HEADS, {"firm_id": firm_id}).all()
    found = [Head(row.layer, row.number, row.starts_on, row.hash) for row in rows]
    return tuple(sorted(found, key=lambda one: (one.layer != SHARED, one.number)))


def list_shared(session: Session) -> Sequence[SharedFrameworkVersion]:
    """The association's versions, oldest first."""
    return session.scalars(select(SharedFrameworkVersion).order_by(SharedFrameworkVersion.number)).all()


def list_own(session: Session, *, firm_id: uuid.UUID) -> Sequence[FrameworkVersion]:
    """A firm's versions, oldest first."""
    return session.scalars(
        select(FrameworkVersion).where(FrameworkVersion.firm_id == firm_id).order_by(FrameworkVersion.number)
    ).all()


def find_draft(session: Session, *, actor: Actor, layer: str) -> FrameworkDraft | None:
    """The draft of a layer, as the actor's firm has it."""
    return session.scalar(
        select(FrameworkDraft).where(FrameworkDraft.firm_id == actor.firm_id, FrameworkDraft.layer == layer)
    )


def list_authors(session: Session, *, actor: Actor, person_ids: frozenset[uuid.UUID]) -> dict[uuid.UUID, str]:
    """What the authors of versions are called, those of the actor's own firm."""
    rows = session.execute(
        select(Employment.person_id, Employment.name).where(
            Employment.firm_id == actor.firm_id, Employment.person_id.in_(person_ids)
        )
    )
    return {row.person_id: row.name for row in rows}


def name_competencies(session: Session, question: CompetenciesNamed) -> list[tuple[str, str]]:
    """The catalogue asks what competencies are called."""
    return [(one["key"], one["name"]) for one in known_here(session) if one["key"] in question.keys]


def list_competencies(session: Session, _question: FrameworkAsked) -> list[tuple[str, str]]:
    """An author chooses what a course builds."""
    return [(one["key"], one["name"]) for one in known_here(session) if not one.get("gone")]


def framework_here(session: Session, *, on: date) -> dict[str, Any]:
    """The framework in force on a day for the firm that the session has entered; what ships when in none."""
    firm_id: uuid.UUID | None = session.info.get(wall.FIRM)
    made = _read(session, firm_id) if firm_id else None
    return _stood(made, on) if made is not None and made.heads else framework_on(on)


def known_here(session: Session) -> list[dict[str, Any]]:
    """The competencies of the firm that the session has entered, each in its last version; what ships when in none."""
    firm_id: uuid.UUID | None = session.info.get(wall.FIRM)
    whole = _read(session, firm_id).whole if firm_id else shipped_framework()
    return list({one["key"]: one for one in whole["competencies"]}.values())
