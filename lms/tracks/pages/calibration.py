"""What assessors and those who look after them see of gold contacts: a round, how it came out, and who holds a licence."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.people import queries as people
from lms.tracks import queries as tracks
from lms.tracks.framework_files import find_form, shipped_gold, shipped_rule
from lms.tracks.models import GoldContact, GoldRating, RaterLicence
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import calibration as queries
from lms.tracks.rules.calibration import (
    Calibration,
    Gold,
    Interval,
    Round,
    Terms,
    calibrate,
    drift,
    severity,
    terms_of,
)
from lms.tracks.rules.rating import NOT_APPLICABLE, SCALES, Rated, rate
from lms.tracks.services.calibration import pairs_of, place_of, standing_in


@dataclass(frozen=True)
class RoundDone:
    """A round that is over, and what it came to."""

    number: int
    on: date
    found: Calibration
    licence: RaterLicence | None


@dataclass(frozen=True)
class FormStanding:
    """Where an assessor stands with one form: the licence that holds, the round under way, the rounds that are over."""

    form: Mapping[str, Any]
    contacts: int
    enough: bool
    """Whether there are enough gold contacts to earn a licence on."""
    licence: RaterLicence | None
    place: Round
    rounds: Sequence[RoundDone]


@dataclass(frozen=True)
class CalibrationPage:
    """An assessor's own forms."""

    forms: Sequence[FormStanding]
    terms: Terms
    licences_from: date | None
    today: date


def calibration_page(session: Session, *, actor: Actor, now: datetime) -> CalibrationPage:
    """Where the actor stands. The same number of statements whatever was rated."""
    require(POLICY, actor, TrackPermission.RATE)
    today = people.find_today(session, actor=actor, now=now)
    terms = terms_of(shipped_rule(today))
    gold = queries.list_gold(session, actor=actor)
    rated = queries.list_gold_ratings(session, actor=actor, person_id=actor.person_id)
    licences = queries.list_licences(session, actor=actor, person_id=actor.person_id)
    forms = []
    for key, contacts in gold.items():
        form = find_form(key)
        assert form is not None, "gold contacts are of forms that are offered"
        mine = [one for one in rated if one.form == key]
        place = place_of(mine, contacts, today)
        held = [one for one in licences if one.form == key]
        valid = next((one for one in reversed(held) if one.expires_on >= today), None)
        rounds = _rounds(form, mine, held, place)
        forms.append(FormStanding(form, len(contacts), len(contacts) >= terms.contacts, valid, place, rounds))
    since = queries.find_licences_from(session, actor=actor)
    return CalibrationPage(forms, terms, since, today)


def _rounds(
    form: Mapping[str, Any], mine: Sequence[GoldRating], held: Sequence[RaterLicence], place: Round
) -> list[RoundDone]:
    """The rounds that are over, the latest first."""
    found = []
    for number in sorted({one.round for one in mine if one.round != place.number}, reverse=True):
        those = [one for one in mine if one.round == number]
        licence = next((one for one in held if one.round == number), None)
        last = max(one.at for one in those).date()
        found.append(RoundDone(number, last, calibrate(form, pairs_of(those)), licence))
    return found


@dataclass(frozen=True)
class GoldPage:
    """One gold contact to be rated blind: nothing of what was agreed is on it."""

    form: Mapping[str, Any]
    key: str
    title: str
    knows: str
    call: Sequence[tuple[str, str]]
    note: str
    done: int
    left: int


def gold_page(session: Session, *, actor: Actor, form_key: str, contact: str, now: datetime) -> GoldPage:
    """Raises NotFound, NotAllowed, Conflict (rated in this round already, or the next one has not opened)."""
    require(POLICY, actor, TrackPermission.RATE)
    form, contacts, place = standing_in(session, actor=actor, form_key=form_key, now=now)
    gold = next((one for one in contacts if one.key == contact), None)
    if gold is None:
        raise NotFound("There is no such contact to rate.")
    if place.opens_on is not None:
        raise Conflict("The next round has not opened yet.")
    if contact not in place.left:
        raise Conflict("You have rated this contact in this round.")
    return GoldPage(form, gold.key, gold.title, gold.knows, gold.call, gold.note, place.done, len(place.left))


@dataclass(frozen=True)
class LineBeside:
    """One line of the form: what the assessor marked, what was agreed, and why."""

    text: str
    mine: str
    agreed: str
    why: str
    same: bool


@dataclass(frozen=True)
class Beside:
    """One gold contact of a round that is over, beside what was agreed."""

    title: str
    mine: Rated
    agreed: Rated
    lines: Sequence[LineBeside]
    why: str


@dataclass(frozen=True)
class RoundPage:
    """A round that is over, contact by contact."""

    form: Mapping[str, Any]
    number: int
    found: Calibration
    contacts: Sequence[Beside]
    licence: RaterLicence | None
    terms: Terms


def round_page(session: Session, *, actor: Actor, form_key: str, number: int, now: datetime) -> RoundPage:
    """Raises NotFound; also while the round is under way: what was agreed is shown when all is rated."""
    require(POLICY, actor, TrackPermission.RATE)
    form, contacts, place = standing_in(session, actor=actor, form_key=form_key, now=now)
    rated = queries.list_gold_ratings(session, actor=actor, person_id=actor.person_id, form=form_key)
    those = [one for one in rated if one.round == number]
    if not those or number == place.number:
        raise NotFound("There is no such round.")
    known = {one.key: one for one in (*shipped_gold(), *contacts)}
    words = dict(SCALES[form["scale"]]) | {NOT_APPLICABLE: N_("Did not come up")}
    licences = queries.list_licences(session, actor=actor, person_id=actor.person_id)
    return RoundPage(
        form,
        number,
        calibrate(form, pairs_of(those)),
        [_beside(form, one, known.get(one.contact), words) for one in those],
        next((one for one in licences if one.form == form_key and one.round == number), None),
        terms_of(shipped_rule(people.find_today(session, actor=actor, now=now))),
    )


def _beside(form: Mapping[str, Any], one: GoldRating, gold: Gold | None, words: Mapping[str, str]) -> Beside:
    why = gold.why if gold else {}
    lines = [
        LineBeside(
            item["text"],
            words[one.marks[item["key"]]],
            words[one.agreed[item["key"]]],
            why.get(item["key"], ""),
            one.marks[item["key"]] == one.agreed[item["key"]],
        )
        for section in form["sections"]
        for item in section["items"]
    ]
    return Beside(
        gold.title if gold else "", rate(form, one.marks), rate(form, one.agreed), lines, why.get("", "")
    )


@dataclass(frozen=True)
class AssessorLine:
    """An assessor and one form: the licence, and how severe they are, over all and by quarter. Never a rank."""

    person_id: uuid.UUID
    name: str
    form: Mapping[str, Any]
    licence: RaterLicence | None
    lapsed: RaterLicence | None
    rated: int
    found: Calibration | None
    severity: Interval
    quarters: Sequence[tuple[str, Interval]]


@dataclass(frozen=True)
class LicencesPage:
    """Everybody who may rate, by name, and the firm's own gold contacts."""

    lines: Sequence[AssessorLine]
    own: Sequence[GoldContact]
    terms: Terms
    licences_from: date | None
    today: date
    form_names: Mapping[str, str]
    only: str

    @property
    def shown(self) -> Sequence[AssessorLine]:
        """The lines that the filter takes."""
        if self.only == "licensed":
            return [one for one in self.lines if one.licence]
        if self.only == "unlicensed":
            return [one for one in self.lines if not one.licence]
        return self.lines


def licences_page(session: Session, *, actor: Actor, now: datetime, only: str = "") -> LicencesPage:
    """Assessors, managers and leads with their licences. A fixed number of statements. Raises NotAllowed."""
    require(POLICY, actor, TrackPermission.LICENCES)
    today = people.find_today(session, actor=actor, now=now)
    gold = queries.list_gold(session, actor=actor)
    rated = queries.list_gold_ratings(session, actor=actor)
    licences = queries.list_licences(session, actor=actor)
    forms = {key: form for key in gold if (form := find_form(key)) is not None}
    lines = [
        _line(person, form, rated, licences, today)
        for person in tracks.list_raters(session, actor=actor, today=today)
        for form in forms.values()
    ]
    own = queries.list_own_gold(session, actor=actor)
    since = queries.find_licences_from(session, actor=actor)
    names = {key: str(form["name"]) for key, form in forms.items()}
    return LicencesPage(lines, own, terms_of(shipped_rule(today)), since, today, names, only)


def _line(
    person: tracks.Rater,
    form: Mapping[str, Any],
    rated: Sequence[GoldRating],
    licences: Sequence[RaterLicence],
    today: date,
) -> AssessorLine:
    key = form["key"]
    mine = [one for one in rated if one.person_id == person.person_id and one.form == key]
    held = [one for one in licences if one.person_id == person.person_id and one.form == key]
    valid = next((one for one in reversed(held) if one.expires_on >= today), None)
    pairs = pairs_of(mine)
    last = [one for one in mine if one.round == max(each.round for each in mine)]
    return AssessorLine(
        person.person_id,
        person.name,
        form,
        valid,
        held[-1] if held and valid is None else None,
        len(last),
        calibrate(form, pairs_of(last)) if len(last) > 1 else None,
        severity([rate(form, one.mine).score - rate(form, one.agreed).score for one in pairs]),
        drift(form, pairs),
    )
