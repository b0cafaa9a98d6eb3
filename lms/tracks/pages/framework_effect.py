"""What a draft of the framework would change for people, before it is published.

A firm's administrator is told of the firm's own people. The association is told, of one firm at a time, only how many:
no name, no cell, and below ten no number.
"""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotAllowed, NotFound
from lms.foundation.wall import beyond_the_wall
from lms.people.queries import find_firm, list_firms
from lms.tracks import queries as ledgers
from lms.tracks.framework_files import shipped_framework
from lms.tracks.queries import framework as queries
from lms.tracks.rules.effects import (
    Effect,
    Touched,
    differences_on,
    effects,
    moved_by,
    named_by,
    rungs_touched,
)
from lms.tracks.rules.evidence import Evidence
from lms.tracks.rules.layers import FIRM, SHARED, LayerVersion, in_force_on, on_day, unflat
from lms.tracks.rules.rule import rule_on
from lms.tracks.rules.rungs import Facts
from lms.tracks.services import facts_of
from lms.tracks.services.framework import Editing, see_draft

Document = Mapping[str, Any] | None

SMALLEST_COUNT = 10
"""Below this many people a number would point at somebody."""
MOST_SHOWN = 200


@dataclass(frozen=True)
class EffectPage:
    """A firm's people for whom something changes. `shown`: as many as a page holds, by name."""

    editing: Editing
    rungs: Sequence[str]
    people: int
    changed: int
    shown: Sequence[Effect]
    ready_now: int
    ready_then: int
    names: Mapping[str, str]
    coming: int | None = None
    """The association's version that it is about; None: the firm's draft."""


def effect_page(session: Session, *, actor: Actor, starts_on: date, rung: str = "") -> EffectPage:
    """The draft's effect on the people of the actor's firm, on the day it would begin. A fixed number of statements."""
    editing = see_draft(session, actor=actor, day=starts_on)
    before, after = _both(editing, (), starts_on)
    return _page(session, actor, editing, (before, after), starts_on, rung)


def coming_page(session: Session, *, actor: Actor, number: int, rung: str = "") -> EffectPage:
    """The effect of a version that the association published on the people of the actor's firm, on its first day.

    Raises NotAllowed, NotFound (no such version).
    """
    shared, own = queries.layers_of(session, firm_id=actor.firm_id)
    version = next((one for one in shared if one.number == number), None)
    on = version.starts_on if version else date.min
    editing = see_draft(session, actor=actor, day=on)
    if version is None:
        raise NotFound("There is no such version.")
    earlier = _document(in_force_on([one for one in shared if one.number < number], on))
    mine, ships = _document(in_force_on(own, on)), shipped_framework()
    before, after = (
        unflat(ships, on_day(ships, document, mine, on)) for document in (earlier, version.document)
    )
    return _page(session, actor, editing, (before, after), on, rung, coming=number)


def _page(
    session: Session,
    actor: Actor,
    editing: Editing,
    both: tuple[Mapping[str, Any], Mapping[str, Any]],
    on: date,
    rung: str,
    coming: int | None = None,
) -> EffectPage:
    touched = differences_on(*both, on)
    found = _found(session, actor, [one for one in touched if not rung or one.key == rung], both[1], on)
    return EffectPage(
        editing,
        tuple(one.key for one in touched),
        found.people,
        found.changed,
        found.shown,
        found.ready_now,
        found.ready_then,
        _rung_names(*both),
        coming,
    )


@dataclass(frozen=True)
class FirmCount:
    """What the association is told of one firm. None: too few people to say."""

    name: str
    people: bool
    changed: int | None


@dataclass(frozen=True)
class CountPage:
    """The association's preview: the rungs that differ, the firms, and the count of the one that was asked for."""

    editing: Editing
    rungs: Sequence[str]
    firms: Sequence[tuple[str, str]]
    counted: FirmCount | None
    names: Mapping[str, str]


def count_page(session: Session, *, actor: Actor, starts_on: date, firm_key: str) -> CountPage:
    """How many people of one firm would see a state change. Raises NotAllowed, NotFound (no such firm)."""
    editing = see_draft(session, actor=actor, day=starts_on)
    if editing.layer != SHARED:
        raise NotAllowed("Only the association counts across firms.")
    before, after = _both(editing, (), starts_on)
    firms = [(one.key, one.name) for one in list_firms(session) if not (one.is_association or one.closed_at)]
    counted = None
    if firm_key:
        firm = find_firm(session, key=firm_key)
        if firm is None or firm_key not in {key for key, _name in firms}:
            raise NotFound("There is no such firm.")
        inside = dataclasses.replace(actor, firm_id=firm.id, leads=frozenset(), time_zone="")
        with beyond_the_wall(session, "the association counts whom a draft of the framework moves"):
            theirs = _both(editing, queries.layers_of(session, firm_id=firm.id)[1], starts_on)
            found = _found(session, inside, differences_on(*theirs, starts_on), theirs[1], starts_on)
        too_few = found.people < SMALLEST_COUNT or 0 < found.changed < SMALLEST_COUNT
        counted = FirmCount(firm.name, found.people >= SMALLEST_COUNT, None if too_few else found.changed)
    names = _rung_names(before, after)
    return CountPage(editing, rungs_touched(before, after), firms, counted, names)


def _rung_names(*frameworks: Mapping[str, Any]) -> dict[str, str]:
    return {
        one["key"]: one["name"]
        for framework in frameworks
        for track in framework["tracks"]
        for one in track["rungs"]
    }


def _both(editing: Editing, firms: Sequence[LayerVersion], on: date) -> tuple[dict[str, Any], dict[str, Any]]:
    """A firm's framework on a day, as published and as the draft would make it. `firms`: the firm's own versions."""
    published = _document(in_force_on(editing.published, on))
    pairs: tuple[tuple[Document, Document], tuple[Document, Document]]
    if editing.layer == FIRM:
        pairs = ((editing.other, published), (editing.other, editing.document))
    else:
        own = _document(in_force_on(firms, on))
        pairs = ((published, own), (editing.document, own))
    ships = shipped_framework()
    before, after = (unflat(ships, on_day(ships, shared, own, on)) for shared, own in pairs)
    return before, after


def _document(version: LayerVersion | None) -> Mapping[str, Any] | None:
    return version.document if version else None


@dataclass(frozen=True)
class _Found:
    """How many people the firm has, for how many something changes, and the first of them by name."""

    people: int
    changed: int = 0
    shown: Sequence[Effect] = ()
    ready_now: int = 0
    ready_then: int = 0


def _found(
    session: Session, actor: Actor, touched: Sequence[Touched], framework: Mapping[str, Any], on: date
) -> _Found:
    """Everybody looked at once, as their facts come from the database: nobody's are kept longer than that."""
    persons = ledgers.list_board_people(session, actor=actor, team_ids=None, sort="name", today=on)
    if not touched:
        return _Found(len(persons))
    places = {one.person_id: place for place, one in enumerate(persons)}
    away = ledgers.list_everybody_protected(session, actor=actor, team_ids=None)
    holding = moved_by(touched)
    known = ledgers.each_ledger(
        session, actor=actor, team_ids=None, naming=named_by(touched), holding=holding
    )

    def everybody() -> Iterator[tuple[int, Sequence[Evidence], Facts]]:
        left = dict(places)
        for person, ledger in known:
            place = left.pop(person, None)
            if place is not None:
                yield place, ledger, facts_of(persons[place], away.get(person, ()))
        for person, place in left.items() if holding is None else ():
            yield place, (), facts_of(persons[place], away.get(person, ()))

    first: list[Effect] = []
    changed = now = then = 0
    for one in effects(everybody(), touched, rule_on(framework.get("rules", ()), on), on):
        changed += 1
        now += sum(was for _key, was, _then in one.whole)
        then += sum(will for _key, _was, will in one.whole)
        first.append(one)
        if len(first) > 2 * MOST_SHOWN:
            first = sorted(first, key=lambda each: each.person)[:MOST_SHOWN]
    shown = sorted(first, key=lambda each: each.person)[:MOST_SHOWN]
    return _Found(
        len(persons),
        changed,
        [dataclasses.replace(one, person=persons[one.person]) for one in shown],
        now,
        then,
    )
