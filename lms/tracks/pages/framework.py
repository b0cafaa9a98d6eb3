"""The framework as its readers see it: everything, one competency, one profile, one rung, and the versions there were."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.people.rules import folded
from lms.tracks.framework_files import find_rung, shipped_framework
from lms.tracks.models import FrameworkVersion, SharedFrameworkVersion
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import framework as queries
from lms.tracks.rules.differences import Difference, differences
from lms.tracks.rules.layers import FIRM, SHARED, Flat, LayerVersion, in_force_on, on_day
from lms.tracks.services.framework import layer_of

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Index:
    """What the framework has, or what of it was searched for."""

    as_of: date
    competencies: Sequence[tuple[str, Sequence[Entry]]]
    """By area."""
    profiles: Sequence[Entry]
    tracks: Sequence[tuple[Entry, Sequence[Entry]]]
    drafted: bool

    @property
    def found(self) -> int:
        """How many entries these are."""
        rungs = sum(len(rungs) for _track, rungs in self.tracks)
        return sum(len(some) for _area, some in self.competencies) + len(self.profiles) + rungs


def index_page(session: Session, *, actor: Actor, as_of: date, q: str, layer: str) -> Index:
    """The framework on a day. `q`: words that an entry has; `layer`: only what the firm, or the association, made its own."""
    require(POLICY, actor, TrackPermission.FRAMEWORK)
    framework = queries.framework_of(session, actor=actor, on=as_of)
    words = folded(q).split()

    def fits(one: Entry, *more: str) -> bool:
        text = folded(" ".join((one["key"], one["name"], *more)))
        return all(word in text for word in words) and (not layer or one.get("by") == layer)

    areas: dict[str, list[Entry]] = {}
    for one in framework["competencies"]:
        if fits(one, one["group"], *one["anchors"].values()):
            areas.setdefault(one["group"], []).append(one)
    tracks = [
        (
            track,
            [rung for rung in track["rungs"] if fits(rung, *(need["text"] for need in rung["requirements"]))],
        )
        for track in framework["tracks"]
    ]
    return Index(
        as_of,
        list(areas.items()),
        [one for one in framework["profiles"] if fits(one)],
        [(track, rungs) for track, rungs in tracks if rungs],
        queries.find_draft(session, actor=actor, layer=layer_of(actor)) is not None,
    )


@dataclass(frozen=True)
class EntryPage:
    """One entry as it is on a day, what hangs together with it, and its versions."""

    framework: Mapping[str, Any]
    entry: Entry
    as_of: date
    used: Sequence[tuple[Entry, int]]
    """A competency: each profile that asks for it, and at what level. A profile: the rungs measured by it."""
    versions: Sequence[tuple[int, date | None, bool]]
    """Number, the first day (none: always so), whether it was taken out."""
    track: Entry | None = None
    profile: Entry | None = None


def _page_of(session: Session, actor: Actor, on: date, part: str, key: str) -> EntryPage:
    require(POLICY, actor, TrackPermission.FRAMEWORK)
    framework = queries.framework_of(session, actor=actor, on=on)
    whole = queries.whole_framework(session, actor=actor)
    if part == "rungs":
        found = find_rung(framework, key)
        every = [rung for track in whole["tracks"] for rung in track["rungs"]]
        track, entry = found if found else (None, None)
    else:
        track, every = None, whole[part]
        entry = next((one for one in framework[part] if one["key"] == key), None)
    if entry is None:
        raise NotFound("The framework has no such entry on that day.")
    versions = [
        (
            one.get("version", 1),
            date.fromisoformat(one["from"]) if "from" in one else None,
            bool(one.get("gone")),
        )
        for one in every
        if one["key"] == key
    ]
    return EntryPage(framework, entry, on, (), versions[::-1], track)


def competency_page(session: Session, *, actor: Actor, key: str, as_of: date) -> EntryPage:
    """A competency with its five levels and who asks for it. Raises NotFound."""
    page = _page_of(session, actor, as_of, "competencies", key)
    used = [(one, one["levels"][key]) for one in page.framework["profiles"] if key in one["levels"]]
    return EntryPage(page.framework, page.entry, as_of, used, page.versions)


def profile_page(session: Session, *, actor: Actor, key: str, as_of: date) -> EntryPage:
    """A role profile with the levels it asks for, and the rungs measured by it. Raises NotFound."""
    page = _page_of(session, actor, as_of, "profiles", key)
    used = [
        (rung, 0)
        for track in page.framework["tracks"]
        for rung in track["rungs"]
        if rung.get("profile") == key
    ]
    return EntryPage(page.framework, page.entry, as_of, used, page.versions)


def rung_page(session: Session, *, actor: Actor, key: str, as_of: date) -> EntryPage:
    """A rung with everything it asks for. Raises NotFound."""
    page = _page_of(session, actor, as_of, "rungs", key)
    profiles = page.framework["profiles"]
    profile = next((one for one in profiles if one["key"] == page.entry.get("profile")), None)
    return EntryPage(page.framework, page.entry, as_of, (), page.versions, page.track, profile)


@dataclass(frozen=True)
class VersionLine:
    """A published version, without its document."""

    layer: str
    number: int
    starts_on: date
    note: str
    published_at: datetime
    author: str | None
    """None: somebody of the association, which the reader's firm does not know by name."""
    hash: str
    in_force: bool
    withdrawn: bool
    """A later version began sooner: it was never in force."""


@dataclass(frozen=True)
class Versions:
    """The versions of both layers, latest first, and what is different between two of one layer."""

    shared: Sequence[VersionLine]
    firm: Sequence[VersionLine]
    compared: tuple[str, int, int] | None
    differences: Sequence[Difference]
    withdrawable: tuple[str, int] | None
    """The version that an editor may still withdraw: the newest of the layer that they edit, before its first day."""


def versions_page(
    session: Session, *, actor: Actor, today: date, layer: str, earlier: int | None, later: int | None
) -> Versions:
    """Every version, and the differences between two of a layer; 0 is the framework before the first. Raises NotFound."""
    require(POLICY, actor, TrackPermission.FRAMEWORK)
    shared = queries.list_shared(session)
    own = queries.list_own(session, firm_id=actor.firm_id)
    authors = frozenset(one.author_id for one in shared) | frozenset(one.author_id for one in own)
    names = queries.list_authors(session, actor=actor, person_ids=authors)
    lines = {
        SHARED: _lines(SHARED, shared, names, today),
        FIRM: _lines(FIRM, own, names, today),
    }
    if layer and layer not in lines:
        raise NotFound("There is no such version.")
    compared: tuple[str, int, int] | None = None
    found: tuple[Difference, ...] = ()
    if layer and earlier is not None and later is not None:
        compared = (layer, min(earlier, later), max(earlier, later))
        found = _between(shared, own, *compared)
    mine = lines[layer_of(actor)]
    waits = mine[0] if mine and mine[0].starts_on > today else None
    return Versions(
        lines[SHARED], lines[FIRM], compared, found, (waits.layer, waits.number) if waits else None
    )


Row = FrameworkVersion | SharedFrameworkVersion


def _lines(layer: str, rows: Sequence[Row], names: Mapping[uuid.UUID, str], today: date) -> list[VersionLine]:
    now = in_force_on([LayerVersion(one.number, one.starts_on, {}) for one in rows], today)
    return [
        VersionLine(
            layer,
            one.number,
            one.starts_on,
            one.note,
            one.published_at,
            names.get(one.author_id),
            one.hash,
            now is not None and one.number == now.number,
            any(later.number > one.number and later.starts_on < one.starts_on for later in rows),
        )
        for one in reversed(rows)
    ]


def _between(
    shared: Sequence[Row], own: Sequence[Row], layer: str, earlier: int, later: int
) -> tuple[Difference, ...]:
    rows = {one.number: one for one in (shared if layer == SHARED else own)}
    if any(number and number not in rows for number in (earlier, later)):
        raise NotFound("There is no such version.")
    last = rows.get(later) or rows.get(earlier)
    day = last.starts_on if last else date.min
    under = in_force_on([LayerVersion(one.number, one.starts_on, one.document) for one in shared], day)
    made: list[Flat] = []
    for number in (earlier, later):
        document = rows[number].document if number else None
        layers = (document, None) if layer == SHARED else (under.document if under else None, document)
        made.append(on_day(shipped_framework(), *layers, day))
    return differences(made[0], made[1])
