"""Openings: made, changed until the first decision, closed, cancelled; who is put forward and who withdraws."""

import uuid
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import find_by_name_or_number
from lms.tracks.framework_files import find_rung
from lms.tracks.models import Nomination, Opening
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import promotion as queries
from lms.tracks.queries.framework import framework_of
from lms.tracks.queries.promotion import Line
from lms.tracks.rules import in_force
from lms.tracks.rules.decisions import says_too_little
from lms.tracks.rules.openings import OpeningFacts, Stage, question_problems

DECIDERS = (Role.MANAGER,)
SECONDS = (Role.MANAGER, Role.FIRM_ADMIN)


def hold_line(session: Session, *, actor: Actor, opening_id: uuid.UUID, now: datetime) -> Line:
    """An opening, held until the act is over. Raises NotFound."""
    if queries.hold_opening(session, actor=actor, opening_id=opening_id) is None:
        raise NotFound("There is no such opening.")
    today = people.find_today(session, actor=actor, now=now)
    line = queries.find_line(session, actor=actor, opening_id=opening_id, today=today)
    if line is None:
        raise NotFound("There is no such opening.")
    return line


def create_opening(session: Session, *, actor: Actor, facts: OpeningFacts, now: datetime) -> Opening:
    """Open a vacancy on the rung and role profile as they are in force today.

    Raises NotAllowed, Invalid (what cannot be so, in a sentence).
    """
    require(POLICY, actor, TrackPermission.EDIT_OPENING)
    today = people.find_today(session, actor=actor, now=now)
    _check(session, actor, facts, today)
    opening = Opening(firm_id=actor.firm_id, id=new_id(), created_at=now, created_by_id=actor.person_id)
    _write(session, actor, opening, facts, today)
    session.add(opening)
    _log(session, actor, "opening made", opening, now)
    return opening


def edit_opening(
    session: Session, *, actor: Actor, opening_id: uuid.UUID, facts: OpeningFacts, now: datetime
) -> Opening:
    """Change an opening, until the first decision; the questions until the first interview, the rung until somebody is
    put forward.

    Raises NotFound, NotAllowed, Invalid, Conflict (too late).
    """
    require(POLICY, actor, TrackPermission.EDIT_OPENING)
    line = hold_line(session, actor=actor, opening_id=opening_id, now=now)
    opening, today = line.opening, people.find_today(session, actor=actor, now=now)
    if line.decisions or line.stage is Stage.CANCELLED:
        raise Conflict("This opening was decided or cancelled: it stays as it was.")
    if opening.closed_at is not None:
        raise Conflict("This opening is closed: it stays as the candidates knew it.")
    _check(session, actor, facts, today)
    questions = {"questions": [asdict(one) for one in facts.questions]}
    interviews = queries.list_interviews(session, actor=actor, opening_id=opening_id)
    if interviews and questions != opening.questions:
        raise Conflict("Somebody was interviewed already: everybody is asked the same questions.")
    puts = queries.list_puts(session, actor=actor, opening_id=opening_id).get(opening_id, [])
    if puts and facts.rung != opening.rung:
        raise Conflict("Somebody was put forward already: what the opening asks for stays the same.")
    if {facts.decider_id, facts.second_id} & set(line.candidates):
        raise Invalid("Nobody decides about an opening they are a candidate for.")
    if facts.second_id in {put.by_id for put in puts if put.act == "nominated"}:
        raise Invalid("The second approver cannot be somebody who put a candidate forward.")
    _write(session, actor, opening, facts, today)
    _log(session, actor, "opening changed", opening, now)
    return opening


def _check(session: Session, actor: Actor, facts: OpeningFacts, today: date) -> None:
    if find_rung(framework_of(session, actor=actor, on=today), facts.rung) is None:
        raise Invalid("Choose one of the rungs.")
    if facts.closes_on < facts.opens_on or facts.closes_on < today:
        raise Invalid("An opening closes on the day it opens or later, and not before today.")
    if facts.places < 1:
        raise Invalid("An opening has at least one place.")
    if facts.team_id is not None and people.find_team(session, actor=actor, team_id=facts.team_id) is None:
        raise Invalid("Choose one of the firm's teams.")
    if facts.decider_id == facts.second_id:
        raise Invalid("The second approver is another person than the one who decides.")
    deciders = dict(queries.list_in_roles(session, actor=actor, roles=DECIDERS, today=today))
    seconds = dict(queries.list_in_roles(session, actor=actor, roles=SECONDS, today=today))
    if facts.decider_id not in deciders:
        raise Invalid("Whoever decides is one of the firm's managers.")
    if facts.second_id not in seconds:
        raise Invalid("The second approver is one of the firm's managers or administrators.")
    problems = question_problems(facts.questions)
    if problems:
        raise Invalid(problems[0])


def _write(session: Session, actor: Actor, opening: Opening, facts: OpeningFacts, today: date) -> None:
    framework = framework_of(session, actor=actor, on=today)
    found = find_rung(framework, facts.rung)
    if found is None:
        raise Invalid("Choose one of the rungs.")
    if opening.rung != facts.rung:
        profile = in_force(framework["profiles"], found[1].get("profile"), today)
        opening.rung, opening.rung_version = facts.rung, found[1]["version"]
        opening.profile = profile["key"] if profile else None
        opening.profile_version = profile["version"] if profile else None
    opening.title, opening.note = facts.title.strip(), facts.note.strip()
    opening.team_id, opening.places = facts.team_id, facts.places
    opening.opens_on, opening.closes_on = facts.opens_on, facts.closes_on
    opening.decider_id, opening.second_id = facts.decider_id, facts.second_id
    opening.questions = {"questions": [asdict(one) for one in facts.questions]}


def _log(session: Session, actor: Actor, act: str, opening: Opening, now: datetime, **more: str) -> None:
    session.flush()  # the log names the row
    detail = {"title": opening.title, **more}
    record_act(session, actor=actor, act=act, subject=str(opening.id), detail=detail, now=now)


def close_opening(session: Session, *, actor: Actor, opening_id: uuid.UUID, now: datetime) -> Opening:
    """Close it: nobody else is put forward or interviewed, and the scores open to those who decide.

    Raises NotFound, NotAllowed, Conflict (closed or cancelled already).
    """
    require(POLICY, actor, TrackPermission.EDIT_OPENING)
    line = hold_line(session, actor=actor, opening_id=opening_id, now=now)
    if line.opening.closed_at is not None or line.stage is Stage.CANCELLED:
        raise Conflict("This opening is closed already.")
    line.opening.closed_at, line.opening.closed_by_id = now, actor.person_id
    _log(session, actor, "opening closed", line.opening, now)
    return line.opening


def cancel_opening(
    session: Session, *, actor: Actor, opening_id: uuid.UUID, reason: str, now: datetime
) -> Opening:
    """Cancel it, with a reason the candidates read. Raises NotFound, NotAllowed, Invalid, Conflict (decided)."""
    require(POLICY, actor, TrackPermission.EDIT_OPENING)
    line = hold_line(session, actor=actor, opening_id=opening_id, now=now)
    if line.decisions or line.stage is Stage.CANCELLED:
        raise Conflict("This opening was decided or cancelled: it stays as it was.")
    if not reason.strip():
        raise Invalid("Say why. The candidates read it.")
    opening = line.opening
    opening.cancelled_at, opening.cancelled_by_id = now, actor.person_id
    opening.cancel_reason = reason.strip()
    _log(session, actor, "opening cancelled", opening, now, reason=reason.strip())
    return opening


def nominate(
    session: Session, *, actor: Actor, opening_id: uuid.UUID, who: str, reason: str, now: datetime
) -> Nomination:
    """Put somebody of the firm forward, by whole name or employee number, with a reason.

    Raises NotFound, NotAllowed, Invalid (oneself, or too little said), Conflict (a candidate already, or too late).
    """
    require(POLICY, actor, TrackPermission.EDIT_OPENING)
    line = hold_line(session, actor=actor, opening_id=opening_id, now=now)
    _check_open(line)
    person = find_by_name_or_number(session, actor=actor, typed=who.strip(), now=now)
    if person.person_id == actor.person_id:
        raise Invalid("You cannot put yourself forward here: ask on My path, or let somebody else.")
    require(POLICY, actor, TrackPermission.NOMINATE, person)
    if line.opening.second_id == actor.person_id:
        raise Invalid("You are the second approver here: you put nobody forward.")
    if says_too_little(reason):
        raise Invalid("Say in your own words why: a whole sentence or two.")
    return _put(session, actor, line, person.person_id, person.name, reason.strip(), now)


def put_oneself_forward(
    session: Session, *, actor: Actor, opening_id: uuid.UUID, now: datetime
) -> Nomination:
    """Ask to be considered. Raises NotFound, NotAllowed, Invalid (deciding here), Conflict (already, or too late)."""
    require(POLICY, actor, TrackPermission.OWN_PATH)
    line = hold_line(session, actor=actor, opening_id=opening_id, now=now)
    _check_open(line)
    return _put(session, actor, line, actor.person_id, actor.name, "", now)


def withdraw(session: Session, *, actor: Actor, opening_id: uuid.UUID, now: datetime) -> Nomination:
    """Stop being a candidate, whoever put one forward. Raises NotFound, Conflict (too late, or not a candidate)."""
    require(POLICY, actor, TrackPermission.OWN_PATH)
    line = hold_line(session, actor=actor, opening_id=opening_id, now=now)
    if line.decisions or line.stage is Stage.CANCELLED or actor.person_id not in line.candidates:
        raise Conflict("You are not a candidate here, or it was decided already.")
    return _add(session, actor, line, actor.person_id, "withdrawn", "", now)


def _check_open(line: Line) -> None:
    if line.stage is not Stage.OPEN:
        raise Conflict("This opening is not open: nobody can be put forward now.")


def _put(
    session: Session, actor: Actor, line: Line, person_id: uuid.UUID, name: str, reason: str, now: datetime
) -> Nomination:
    if person_id in line.candidates:
        raise Conflict("%(name)s is a candidate already.", name=name)
    if person_id in (line.opening.decider_id, line.opening.second_id):
        raise Invalid("Nobody decides about an opening they are a candidate for.")
    return _add(session, actor, line, person_id, "nominated", reason, now)


def _add(
    session: Session, actor: Actor, line: Line, person_id: uuid.UUID, act: str, reason: str, now: datetime
) -> Nomination:
    opening = line.opening
    puts = queries.list_puts(session, actor=actor, opening_id=opening.id).get(opening.id, [])
    row = Nomination(
        firm_id=actor.firm_id,
        id=new_id(),
        opening_id=opening.id,
        person_id=person_id,
        number=1 + sum(put.person_id == person_id for put in puts),
        act=act,
        by_id=actor.person_id,
        reason=reason,
        at=now,
    )
    session.add(row)
    _log(session, actor, f"candidate {act}", opening, now, person=str(person_id))
    return row


def replace_deciders(
    session: Session,
    *,
    actor: Actor,
    opening_id: uuid.UUID,
    decider_id: uuid.UUID,
    second_id: uuid.UUID,
    now: datetime,
) -> Opening:
    """Name somebody else in the place of who left the firm or lost the role; who still can, keeps their place.

    Raises NotFound, NotAllowed, Invalid, Conflict (decided or cancelled, or both still can).
    """
    require(POLICY, actor, TrackPermission.EDIT_OPENING)
    line = hold_line(session, actor=actor, opening_id=opening_id, now=now)
    opening, today = line.opening, people.find_today(session, actor=actor, now=now)
    if line.stage in (Stage.CANCELLED, Stage.DECIDED):
        raise Conflict("This opening was decided or cancelled: it stays as it was.")
    deciders = dict(queries.list_in_roles(session, actor=actor, roles=DECIDERS, today=today))
    seconds = dict(queries.list_in_roles(session, actor=actor, roles=SECONDS, today=today))
    kept = (opening.decider_id in deciders, opening.second_id in seconds)
    if all(kept):
        raise Conflict("Both can still do it. Whoever decides or approves is not replaced.")
    decider = opening.decider_id if kept[0] else decider_id
    second = opening.second_id if kept[1] else second_id
    puts = queries.list_puts(session, actor=actor, opening_id=opening_id).get(opening_id, [])
    if decider not in deciders:
        raise Invalid("Whoever decides is one of the firm's managers.")
    if second not in seconds:
        raise Invalid("The second approver is one of the firm's managers or administrators.")
    decided = {known.decision.decided_by_id for known in line.decisions}
    if decider == second or second in decided:
        raise Invalid("The second approver is another person than the one who decides.")
    if {decider, second} & set(line.candidates):
        raise Invalid("Nobody decides about an opening they are a candidate for.")
    if second in {put.by_id for put in puts if put.act == "nominated"}:
        raise Invalid("The second approver cannot be somebody who put a candidate forward.")
    opening.decider_id, opening.second_id = decider, second
    _log(session, actor, "opening changed", opening, now)
    return opening
