"""The framework is edited in a draft of one layer and published as a version that nobody changes again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.services.audit import record_act
from lms.tracks.framework_files import shipped_framework
from lms.tracks.models import FrameworkDraft, FrameworkVersion, SharedFrameworkVersion
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import framework as queries
from lms.tracks.rules.decisions import digest
from lms.tracks.rules.differences import Difference, differences
from lms.tracks.rules.layer_problems import layer_problems
from lms.tracks.rules.layers import (
    FIRM,
    OWN,
    PARTS,
    SHARED,
    Flat,
    LayerVersion,
    as_layer,
    entries,
    in_force_on,
    is_own,
    on_day,
    unmarked,
    with_firm,
    with_shared,
)

LONGEST_NOTE = 1000


def layer_of(actor: Actor) -> str:
    """The layer that somebody who may edit edits: the association's administrators what is shared, a firm's its own."""
    return SHARED if actor.has(Role.ASSOCIATION) else FIRM


@dataclass(frozen=True)
class Editing:
    """A layer as its editor sees it on a day: what it lies on, what is published, and what the draft makes of it."""

    layer: str
    day: date
    below: Flat
    published: Sequence[LayerVersion]
    other: Mapping[str, Any] | None
    draft: FrameworkDraft | None

    @property
    def latest(self) -> LayerVersion | None:
        """The version that was published last."""
        return self.published[-1] if self.published else None

    @property
    def before(self) -> Mapping[str, Any]:
        """The document that was published last; an empty one before the first."""
        return self.latest.document if self.latest else {}

    @property
    def document(self) -> Mapping[str, Any]:
        """The draft's document, or what a new draft begins from."""
        return self.draft.document if self.draft else self.before

    @property
    def revision(self) -> int:
        """What a form that saves must name; 0 where there is no draft yet."""
        return self.draft.revision if self.draft else 0

    @property
    def now(self) -> Flat:
        """The entries as the draft makes them."""
        return over(self.below, self.document, self.layer)

    @property
    def changes(self) -> tuple[Difference, ...]:
        """What the draft changes, against what was published last."""
        return differences(over(self.below, self.before, self.layer), self.now)

    @property
    def problems(self) -> tuple[str, ...]:
        """Everything that keeps it from being published."""
        return problems_of(self, self.document)


def over(below: Flat, document: Mapping[str, Any], layer: str) -> Flat:
    """A layer's document on top of what it lies on."""
    return with_shared(below, document) if layer == SHARED else with_firm(below, document)


def see_draft(session: Session, *, actor: Actor, day: date) -> Editing:
    """The actor's layer with its draft, as it would be on a day. Raises NotAllowed."""
    require(POLICY, actor, TrackPermission.EDIT_FRAMEWORK)
    layer = layer_of(actor)
    shared, own = queries.layers_of(session, firm_id=actor.firm_id)
    under = in_force_on(shared, day) if layer == FIRM else None
    below = on_day(shipped_framework(), under.document if under else None, None, day)
    draft = queries.find_draft(session, actor=actor, layer=layer)
    published = shared if layer == SHARED else own
    return Editing(layer, day, below, published, under.document if under else None, draft)


def hold_draft(session: Session, *, actor: Actor, revision: int, now: datetime) -> Editing:
    """The layer for a change. Raises Conflict when the draft is not the one the form was made from."""
    editing = see_draft(session, actor=actor, day=people.find_today(session, actor=actor, now=now))
    if editing.revision != revision:
        raise Conflict("Somebody saved the draft in the meantime. Look at it again, then make your change.")
    return editing


def keep_draft(
    session: Session, *, actor: Actor, editing: Editing, document: Mapping[str, Any], now: datetime
) -> FrameworkDraft:
    """Keep a document as the draft, under the next revision."""
    made = {part: list(document.get(part, ())) for part in PARTS}
    draft = editing.draft
    if draft is None:
        draft = FrameworkDraft(
            firm_id=actor.firm_id,
            layer=editing.layer,
            base=editing.latest.number if editing.latest else 0,
            revision=0,
        )
        session.add(draft)
    draft.document, draft.revision = made, draft.revision + 1
    draft.changed_by_id, draft.changed_at = actor.person_id, now
    return draft


def save_entry(
    session: Session,
    *,
    actor: Actor,
    part: str,
    whole: Mapping[str, Any],
    revision: int,
    now: datetime,
    new: bool = False,
) -> FrameworkDraft:
    """Keep an entry in the draft, as it is to read on top of what lies below.

    `new`: under a key that is not taken; a firm's gets the mark of its own. Raises NotAllowed, NotFound, Conflict,
    Invalid (every problem of the entry).
    """
    editing = hold_draft(session, actor=actor, revision=revision, now=now)
    if new:
        whole = {**whole, "key": own_key(whole["key"], editing.layer)}
    if new and whole["key"] in editing.now[part]:
        raise Invalid("The key %(key)s is taken.", key=whole["key"])
    if not new and whole["key"] not in editing.now[part]:
        raise NotFound("There is no such entry.")
    made, problems = as_layer(part, whole, editing.below, editing.layer)
    document = put(editing.document, part, whole["key"], made)
    already = editing.problems
    refuse([*problems, *(one for one in problems_of(editing, document) if one not in already)])
    return keep_draft(session, actor=actor, editing=editing, document=document, now=now)


def save_need(
    session: Session,
    *,
    actor: Actor,
    rung: str,
    need: Mapping[str, Any],
    old_key: str | None,
    revision: int,
    now: datetime,
) -> FrameworkDraft:
    """Keep one requirement of a rung, in the place of `old_key` or at the end. Raises as `save_entry`."""
    editing = hold_draft(session, actor=actor, revision=revision, now=now)
    whole = editing.now["rungs"].get(rung)
    if whole is None:
        raise NotFound("There is no such rung.")
    needs = [unmarked(one) for one in whole["requirements"]]
    keys = [one["key"] for one in needs]
    if old_key is None:
        key = (
            need["key"] if need["kind"] in ("course", "competencies") else own_key(need["key"], editing.layer)
        )
        if key in keys:
            raise Invalid("The key %(key)s is taken.", key=key)
        needs.append({**need, "key": key})
    elif old_key in keys:
        needs[keys.index(old_key)] = {**need, "key": old_key}
    else:
        raise NotFound("There is no such requirement.")
    changed = {**whole, "requirements": needs}
    return save_entry(session, actor=actor, part="rungs", whole=changed, revision=revision, now=now)


def take_need_out(
    session: Session, *, actor: Actor, rung: str, key: str, revision: int, now: datetime
) -> FrameworkDraft:
    """Take a requirement off a rung. Raises as `save_entry`; a firm cannot take off what is shared."""
    editing = hold_draft(session, actor=actor, revision=revision, now=now)
    whole = editing.now["rungs"].get(rung)
    if whole is None or key not in {one["key"] for one in whole["requirements"]}:
        raise NotFound("There is no such requirement.")
    changed = {**whole, "requirements": [one for one in whole["requirements"] if one["key"] != key]}
    return save_entry(session, actor=actor, part="rungs", whole=changed, revision=revision, now=now)


def own_key(key: str, layer: str) -> str:
    """The key of something new in a layer: a firm's begins with the mark of its own."""
    return key if layer == SHARED or is_own(key) or not key else OWN + key


def problems_of(editing: Editing, document: Mapping[str, Any]) -> tuple[str, ...]:
    """What would keep a document of this layer from being published."""
    courses = [one["key"] for one in shipped_framework()["courses"]]
    return layer_problems(document, editing.below, courses, editing.layer, editing.before)


def refuse(problems: Sequence[str]) -> None:
    """Raise Invalid with every problem, when there is one."""
    if problems:
        first = problems[0]
        template: str = getattr(first, "template", first)
        values: Mapping[str, object] = getattr(first, "values", {})
        raise Invalid(template, problems[1:], **values)


def put(document: Mapping[str, Any], part: str, key: str, entry: Mapping[str, Any] | None) -> dict[str, Any]:
    """A layer's document with one entry put in its place, or taken out."""
    known = entries(document, part)
    if entry is None:
        known.pop(key, None)
    else:
        known[key] = dict(entry)
    return {**document, part: list(known.values())}


def take_back(
    session: Session, *, actor: Actor, part: str, key: str, revision: int, now: datetime
) -> FrameworkDraft:
    """Put an entry back as it was published; one that is new goes. Raises NotAllowed, NotFound, Conflict."""
    editing = hold_draft(session, actor=actor, revision=revision, now=now)
    if part not in PARTS:
        raise NotFound("There is no such entry.")
    earlier = entries(editing.before, part).get(key)
    if editing.draft is None or entries(editing.document, part).get(key) == earlier:
        raise NotFound("There is no such entry.")
    return keep_draft(
        session, actor=actor, editing=editing, document=put(editing.document, part, key, earlier), now=now
    )


def take_out(
    session: Session, *, actor: Actor, part: str, key: str, revision: int, now: datetime
) -> FrameworkDraft:
    """Take what the layer says of an entry out of it. Raises NotAllowed, NotFound, Conflict, Invalid (something needs it)."""
    editing = hold_draft(session, actor=actor, revision=revision, now=now)
    if part not in PARTS or key not in entries(editing.document, part):
        raise NotFound("There is no such entry.")
    document = put(editing.document, part, key, None)
    refuse(problems_of(editing, document))
    return keep_draft(session, actor=actor, editing=editing, document=document, now=now)


def discard_draft(session: Session, *, actor: Actor, revision: int, now: datetime) -> None:
    """Throw the draft away. Raises NotAllowed, NotFound, Conflict."""
    editing = hold_draft(session, actor=actor, revision=revision, now=now)
    if editing.draft is None:
        raise NotFound("There is no draft.")
    session.execute(
        delete(FrameworkDraft).where(
            FrameworkDraft.firm_id == actor.firm_id, FrameworkDraft.layer == editing.layer
        )
    )


def publish_draft(
    session: Session, *, actor: Actor, note: str, starts_on: date, revision: int, now: datetime
) -> FrameworkVersion | SharedFrameworkVersion:
    """Freeze the draft as the layer's next version, in force from a day on. Earlier days keep what they had.

    Raises NotAllowed, NotFound (no draft), Conflict (the draft or the layer moved on), Invalid (every problem).
    """
    require(POLICY, actor, TrackPermission.EDIT_FRAMEWORK)
    today = people.find_today(session, actor=actor, now=now)
    if starts_on < today:
        raise Invalid("A version begins today or later: what was asked on earlier days stays as it was.")
    editing = see_draft(session, actor=actor, day=starts_on)
    draft, latest = editing.draft, editing.latest
    if draft is None:
        raise NotFound("There is no draft.")
    if draft.revision != revision or draft.base != (latest.number if latest else 0):
        raise Conflict("Somebody saved the draft in the meantime. Look at it again, then make your change.")
    if latest and starts_on < latest.starts_on:
        raise Invalid(
            "Version %(number)s begins on %(day)s: the next one cannot begin before it.",
            number=latest.number,
            day=latest.starts_on,
        )
    note = _noted(note)
    if not editing.changes:
        raise Invalid("The draft changes nothing.")
    refuse(editing.problems)
    session.delete(draft)
    return _freeze(
        session,
        actor=actor,
        editing=editing,
        document=draft.document,
        note=note,
        starts_on=starts_on,
        act="framework published",
        now=now,
    )


def withdraw_version(
    session: Session, *, actor: Actor, number: int, note: str, now: datetime
) -> FrameworkVersion | SharedFrameworkVersion:
    """Withdraw the layer's newest version before its day comes: what stood before it goes on, as a version of its own.

    Raises NotAllowed, NotFound, Conflict (it has begun, it is not the newest, a draft stands on it), Invalid.
    """
    today = people.find_today(session, actor=actor, now=now)
    editing = see_draft(session, actor=actor, day=today)
    version = next((one for one in editing.published if one.number == number), None)
    if version is None:
        raise NotFound("There is no such version.")
    if version != editing.latest or version.starts_on <= today:
        raise Conflict("Only the newest version can be withdrawn, and only before its first day.")
    if editing.draft is not None:
        raise Conflict("There is a draft: publish it, or throw it away, before you withdraw a version.")
    note = _noted(note)
    earlier = next((one for one in reversed(editing.published) if one.number < number), None)
    document = earlier.document if earlier else {}
    refuse(problems_of(editing, document))
    return _freeze(
        session,
        actor=actor,
        editing=editing,
        document=document,
        note=note,
        starts_on=max(today, earlier.starts_on) if earlier else today,
        act="framework version withdrawn",
        now=now,
    )


def _noted(note: str) -> str:
    """What is said of a version, for everybody to read. Raises Invalid."""
    if not note.strip():
        raise Invalid("Say in a sentence what changes and why: everybody can read it.")
    if len(note) > LONGEST_NOTE:
        raise Invalid("Keep the note under %(most)s letters.", most=LONGEST_NOTE)
    return note.strip()


def _freeze(
    session: Session,
    *,
    actor: Actor,
    editing: Editing,
    document: Mapping[str, Any],
    note: str,
    starts_on: date,
    act: str,
    now: datetime,
) -> FrameworkVersion | SharedFrameworkVersion:
    said = {
        "number": (editing.latest.number if editing.latest else 0) + 1,
        "starts_on": starts_on,
        "note": note,
        "document": dict(document),
        "hash": digest(dict(document)),
        "author_id": actor.person_id,
        "published_at": now,
    }
    row: FrameworkVersion | SharedFrameworkVersion
    row = (
        SharedFrameworkVersion(**said)
        if editing.layer == SHARED
        else FrameworkVersion(firm_id=actor.firm_id, **said)
    )
    session.add(row)
    session.flush()  # what is read from here on has the version
    queries.forget(session)
    about = {
        "layer": editing.layer,
        "number": row.number,
        "starts_on": starts_on.isoformat(),
        "hash": row.hash,
        "title": row.note[:160],
    }
    record_act(
        session,
        actor=actor,
        act=act,
        subject=f"{editing.layer} {row.number}",
        detail=about,
        now=now,
    )
    return row
