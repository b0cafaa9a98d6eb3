"""Assessors rate gold contacts blind, and earn the licence that makes their ratings evidence."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import derived_id
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.people import queries as people
from lms.people.models import Person
from lms.people.services.audit import record_act
from lms.tracks.framework_files import find_form, shipped_rule
from lms.tracks.models import GoldContact, GoldRating, RaterLicence
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import calibration as queries
from lms.tracks.rules.calibration import (
    Gold,
    Pair,
    Rating,
    Round,
    calibrate,
    earns,
    lines_of,
    round_of,
    terms_of,
)
from lms.tracks.rules.days import months_after
from lms.tracks.rules.rating import marks_problem

LONGEST = 12000


@dataclass(frozen=True)
class NewGold:
    """A gold contact that a firm writes: what was said, what is right, the note, and what was agreed of it."""

    id: uuid.UUID
    form: str
    title: str
    knows: str
    call: str
    note: str
    marks: Mapping[str, str]
    why: str


def write_gold(session: Session, *, actor: Actor, new: NewGold, now: datetime) -> GoldContact:
    """Add a gold contact of the firm's own. Sent twice, it is kept once. Raises NotFound, NotAllowed, Invalid."""
    require(POLICY, actor, TrackPermission.LICENCES)
    kept = queries.find_own_gold(session, actor=actor, gold_id=new.id)
    if kept is not None:
        return kept
    form = find_form(new.form)
    if form is None:
        raise NotFound("There is no such form.")
    if problem := marks_problem(form, new.marks):
        raise Invalid(problem)
    if not new.title.strip() or len(new.title) > 200:
        raise Invalid("Give it a name that says what it is about, of 200 characters at most.")
    if len(lines_of(new.call)) < 2:
        raise Invalid("Write what was said, a line for each who speaks.")
    if not new.why.strip():
        raise Invalid("Say why these marks were agreed: whoever rated it learns from that.")
    if max(map(len, (new.call, new.knows, new.note, new.why))) > LONGEST:
        raise Invalid("That is too long: keep it under %(most)s characters.", most=LONGEST)
    row = GoldContact(
        firm_id=actor.firm_id,
        id=new.id,
        form=new.form,
        form_version=form["version"],
        title=new.title.strip(),
        knows=new.knows.strip(),
        call=new.call.strip(),
        note=new.note.strip(),
        marks=dict(new.marks),
        why=new.why.strip(),
        written_by_id=actor.person_id,
        written_at=now,
        retired_by_id=None,
        retired_at=None,
    )
    session.add(row)
    _log(session, actor, N_("gold contact written"), str(row.id), {"title": row.title, "form": row.form}, now)
    return row


def retire_gold(session: Session, *, actor: Actor, gold_id: uuid.UUID, now: datetime) -> GoldContact:
    """Take a gold contact out of use; what was rated stays. Raises NotFound, NotAllowed."""
    require(POLICY, actor, TrackPermission.LICENCES)
    row = queries.find_own_gold(session, actor=actor, gold_id=gold_id)
    if row is None:
        raise NotFound("There is no such gold contact.")
    if row.retired_at is None:
        row.retired_at, row.retired_by_id = now, actor.person_id
        _log(session, actor, N_("gold contact retired"), str(row.id), {"title": row.title}, now)
    return row


def rate_gold(
    session: Session, *, actor: Actor, form_key: str, contact: str, marks: Mapping[str, str], now: datetime
) -> tuple[GoldRating, RaterLicence | None]:
    """Rate a gold contact blind, once a round. The last of a round says whether it earned the licence.

    Sent twice, the first counts. Raises NotFound, NotAllowed, Invalid (a mark is missing), Conflict (the next round has not opened).
    """
    require(POLICY, actor, TrackPermission.RATE)
    session.execute(select(Person.id).where(Person.id == actor.person_id).with_for_update())
    form, contacts, place = standing_in(session, actor=actor, form_key=form_key, now=now)
    gold = next((one for one in contacts if one.key == contact), None)
    if gold is None:
        raise NotFound("There is no such contact to rate.")
    rated = queries.list_gold_ratings(session, actor=actor, person_id=actor.person_id, form=form_key)
    latest = max((one.round for one in rated), default=0)
    same = next((one for one in rated if one.round == latest and one.contact == contact), None)
    if same is not None and (place.number == latest or place.opens_on is not None):
        return same, None
    if place.opens_on is not None:
        raise Conflict("The next round has not opened yet.")
    if problem := marks_problem(form, marks):
        raise Invalid(problem)
    row = GoldRating(
        firm_id=actor.firm_id,
        id=derived_id(actor.firm_id, "gold", actor.person_id, form_key, place.number, contact),
        person_id=actor.person_id,
        form=form_key,
        form_version=form["version"],
        round=place.number,
        contact=contact,
        marks=dict(marks),
        agreed=dict(gold.marks),
        ends_round=set(place.left) == {contact},
        at=now,
    )
    session.add(row)
    done = [one for one in rated if one.round == place.number] + [row]
    licence = _end_of_round(session, actor, form, done, now) if row.ends_round else None
    return row, licence


def standing_in(
    session: Session, *, actor: Actor, form_key: str, now: datetime
) -> tuple[Mapping[str, Any], Sequence[Gold], Round]:
    """A form, its gold contacts, and the round that the actor is in. Raises NotFound (no gold contacts for it)."""
    form = find_form(form_key)
    contacts = queries.list_gold(session, actor=actor).get(form_key, ())
    if form is None or not contacts:
        raise NotFound("There is no such form.")
    rated = queries.list_gold_ratings(session, actor=actor, person_id=actor.person_id, form=form_key)
    today = people.find_today(session, actor=actor, now=now)
    return form, contacts, place_of(rated, contacts, today)


def place_of(rated: Sequence[GoldRating], contacts: Sequence[Gold], today: date) -> Round:
    """The round somebody is in, from what they rated of a form."""
    rounds: dict[int, list[Rating]] = {}
    for one in rated:
        rounds.setdefault(one.round, []).append(Rating(one.contact, one.at, one.ends_round))
    return round_of(rounds, [one.key for one in contacts], today=today, terms=terms_of(shipped_rule(today)))


def pairs_of(rated: Sequence[GoldRating]) -> list[Pair]:
    """Ratings as the rules read them."""
    return [Pair(one.marks, one.agreed, one.at) for one in rated]


def _end_of_round(
    session: Session, actor: Actor, form: Mapping[str, Any], done: Sequence[GoldRating], now: datetime
) -> RaterLicence | None:
    today = people.find_today(session, actor=actor, now=now)
    terms = terms_of(shipped_rule(today))
    found = calibrate(form, pairs_of(done))
    number, icc = done[-1].round, found.icc.value
    passed = earns(found, terms)
    detail = {
        "form": form["key"],
        "round": number,
        "contacts": found.icc.n,
        "icc": None if icc is None else round(icc, 3),
        "licence": passed,
    }
    _log(session, actor, N_("gold contacts rated"), str(actor.person_id), detail, now)
    if not passed or icc is None:
        return None
    licence = RaterLicence(
        firm_id=actor.firm_id,
        id=derived_id(actor.firm_id, "licence", actor.person_id, form["key"], number),
        person_id=actor.person_id,
        form=form["key"],
        round=number,
        contacts=found.icc.n,
        icc=icc,
        issued_on=today,
        expires_on=months_after(today, terms.months),
        at=now,
    )
    session.add(licence)
    return licence


def without_licence(
    session: Session, *, actor: Actor, form_key: str, raters: Sequence[uuid.UUID], now: datetime
) -> frozenset[uuid.UUID]:
    """Of some raters, those whose ratings on a form inform and are no evidence today: the firm asks for a licence, the
    form has enough gold contacts to earn one on, and they hold none.
    """
    today = people.find_today(session, actor=actor, now=now)
    since = queries.find_licences_from(session, actor=actor)
    if since is None or today < since:
        return frozenset()
    contacts = queries.list_gold(session, actor=actor).get(form_key, ())
    if len(contacts) < terms_of(shipped_rule(today)).contacts:
        return frozenset()
    licensed = queries.list_licensed(session, actor=actor, form=form_key, person_ids=raters, on=today)
    return frozenset(raters) - licensed


def _log(
    session: Session, actor: Actor, act: str, subject: str, detail: Mapping[str, Any], now: datetime
) -> None:
    record_act(session, actor=actor, act=act, subject=subject, detail=detail, now=now)
