"""Who works here: add, edit, move, give roles, take out what was a mistake."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.foundation.wall import beyond_the_wall
from lms.foundation.words import N_
from lms.people import queries
from lms.people.models import Employment, EmploymentRole, OneTimeLink, Person
from lms.people.policy import POLICY, PeoplePermission
from lms.people.rules import (
    BREAKS,
    TIME_FACTORS,
    NewPerson,
    PersonFacts,
    changes,
    mark_of,
    sort_name,
)
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import (
    check_not_last,
    check_number,
    hold_firm,
    settled_roles,
)
from lms.people.services.sign_in import end_all_sign_ins

STALE = N_("Somebody changed %(name)s meanwhile. Both are shown below: check them, then send again.")


def find_or_add_person(session: Session, *, email: str | None, now: datetime) -> Person:
    """The human with this e-mail, known or new. Never tell the firm which: see docs/decisions/0004."""
    known = queries.find_person_by_email(session, email=email) if email else None
    if known is not None:
        return known
    person = Person(id=new_id(), email=email.strip().lower() if email else None, created_at=now)
    session.add(person)
    session.flush()  # the employment points at it
    return person


def add_person(session: Session, *, actor: Actor, new: NewPerson, now: datetime) -> uuid.UUID:
    """Add a person to the actor's firm; nothing opens it to them before they take up an invitation.

    Raises NotAllowed, NotFound (the team), Conflict (the number or the e-mail is somebody's here).
    """
    require(POLICY, actor, PeoplePermission.EDIT)
    hold_firm(session, actor)
    check_number(session, actor=actor, number=new.employee_number)
    team = _team_name(session, actor, new.team_id)
    person = find_or_add_person(session, email=new.email, now=now)
    there = queries.find_employment(session, actor=actor, person_id=person.id)
    if there is not None:
        raise Conflict("%(name)s has that e-mail here already.", name=there.name)
    roles = settled_roles(actor, new.roles, frozenset())
    session.add(
        Employment(
            firm_id=actor.firm_id,
            person_id=person.id,
            name=new.name,
            sort_name=sort_name(new.name),
            employee_number=new.employee_number,
            job_role=new.job_role,
            team_id=new.team_id,
            started_on=new.started_on,
            role_started_on=new.started_on,
            accepted=False,
            roles=[
                EmploymentRole(firm_id=actor.firm_id, person_id=person.id, role=role.value)
                for role in sorted(roles)
            ],
        )
    )
    detail = {
        "name": new.name,
        "employee_number": new.employee_number,
        "job_role": new.job_role,
        "team": team,
        "roles": sorted(roles),
        "started_on": new.started_on.isoformat(),
    }
    record_act(session, actor=actor, act="person added", subject=str(person.id), detail=detail, now=now)
    return person.id


def edit_person(
    session: Session, *, actor: Actor, person_id: uuid.UUID, facts: PersonFacts, seen: str, now: datetime
) -> None:
    """Change what the firm writes about a person. A new job role begins today.

    Raises NotFound, NotAllowed, Conflict (stale, or the number is somebody else's), Invalid.
    """
    found = person_to_change(session, actor=actor, person_id=person_id, seen=seen)
    check_number(session, actor=actor, number=facts.employee_number, but=person_id)
    if facts.time_factor not in TIME_FACTORS:
        raise Invalid("Choose how much extra time.")
    if facts.break_minutes not in BREAKS:
        raise Invalid("Choose how long a break may be.")
    if found.ended_on is not None and facts.started_on > found.ended_on:
        raise Invalid("The first day cannot be after the last one.")
    before = facts_of(found)
    if facts.job_role != found.job_role:
        found.role_started_on = max(queries.find_today(session, actor=actor, now=now), facts.started_on)
    elif found.role_started_on == found.started_on or facts.started_on > found.role_started_on:
        found.role_started_on = facts.started_on
    found.name, found.sort_name = facts.name, sort_name(facts.name)
    found.employee_number, found.job_role = facts.employee_number, facts.job_role
    found.started_on, found.time_factor = facts.started_on, facts.time_factor
    found.break_minutes, found.large_print = facts.break_minutes, facts.large_print
    found.read_aloud = facts.read_aloud
    _tell(session, actor, found, "person changed", changes(before, facts_of(found)), now)


def move_person(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    team_id: uuid.UUID | None,
    seen: str,
    now: datetime,
) -> None:
    """Put a person into another team, or into none. Raises NotFound, NotAllowed, Conflict (stale)."""
    found = person_to_change(session, actor=actor, person_id=person_id, seen=seen)
    team = _team_name(session, actor, team_id)
    was = found.team.name if found.team else None
    if team_id != found.team_id:
        found.team_id = team_id
        found.team_joined_on = max(queries.find_today(session, actor=actor, now=now), found.started_on)
    _tell(session, actor, found, "person moved", changes({"team": was}, {"team": team}), now)


def change_roles(
    session: Session,
    *,
    actor: Actor,
    person_id: uuid.UUID,
    roles: frozenset[Role],
    seen: str,
    now: datetime,
) -> None:
    """Give and take roles; the person is signed out at this firm at once.

    Raises NotFound, NotAllowed, Conflict (stale, or the last administrator), Invalid (no role).
    """
    found = person_to_change(session, actor=actor, person_id=person_id, seen=seen)
    had = frozenset(Role(one.role) for one in found.roles)
    settled = settled_roles(actor, roles, had)
    if settled == had:
        return
    check_not_last(session, actor=actor, employment=found, losing=had - settled, now=now)
    found.roles = [one for one in found.roles if Role(one.role) in settled] + [
        EmploymentRole(firm_id=actor.firm_id, person_id=person_id, role=role.value)
        for role in sorted(settled - had)
    ]
    end_all_sign_ins(session, person_id=person_id, firm_id=actor.firm_id, now=now)
    changed = changes({"roles": sorted(had)}, {"roles": sorted(settled)})
    _tell(session, actor, found, "roles changed", changed, now)


def withdraw_person(session: Session, *, actor: Actor, person_id: uuid.UUID, now: datetime) -> None:
    """Take out an entry that was a mistake: nobody took up its invitation and nothing is recorded about it.

    Raises NotFound, NotAllowed, Conflict.
    """
    found = person_to_change(session, actor=actor, person_id=person_id)
    name = found.name
    if found.accepted:
        raise Conflict("%(name)s has used Ladder here. Give a last day instead.", name=name)
    check_not_last(session, actor=actor, employment=found, losing=_roles_of(found), now=now)
    try:
        with session.begin_nested():
            session.delete(found)
    except IntegrityError:
        raise Conflict(
            "Something is recorded about %(name)s, or they lead a team. Give a last day instead.", name=name
        ) from None
    session.execute(
        delete(OneTimeLink).where(OneTimeLink.firm_id == actor.firm_id, OneTimeLink.person_id == person_id)
    )
    _forget_if_nobodys(session, person_id)
    record_act(
        session, actor=actor, act="entry taken out", subject=str(person_id), detail={"name": name}, now=now
    )


def _forget_if_nobodys(session: Session, person_id: uuid.UUID) -> None:
    """A person whom no firm holds, and who never had a password, is nobody's to keep."""
    with beyond_the_wall(session, "whether any firm still holds a person"):
        held = session.scalar(select(Employment.firm_id).where(Employment.person_id == person_id).limit(1))
    person = session.get_one(Person, person_id)
    if held is None and person.password_hash is None:
        try:
            with session.begin_nested():
                session.delete(person)
        except IntegrityError:
            session.expire(person)  # named in a log: the row stays, with nothing behind it


def person_to_change(
    session: Session, *, actor: Actor, person_id: uuid.UUID, seen: str | None = None
) -> Employment:
    """A person of the actor's firm, held, and as the form showed them. Raises NotFound, NotAllowed, Conflict."""
    require(POLICY, actor, PeoplePermission.EDIT)
    hold_firm(session, actor)
    found = queries.find_employment(session, actor=actor, person_id=person_id)
    if found is None:
        raise NotFound("There is no such person.")
    if seen is not None and seen != mark_of_person(found):
        raise Conflict(STALE, name=found.name)
    return found


def mark_of_person(employment: Employment) -> str:
    """The mark of everything a form about a person shows."""
    return mark_of(
        *facts_of(employment).values(),
        employment.team_id,
        sorted(one.role for one in employment.roles),
        employment.ended_on,
        employment.locked_at is not None,
    )


def facts_of(employment: Employment) -> dict[str, Any]:
    """What the firm writes about a person, as plain values for the log and the mark."""
    return {
        "name": employment.name,
        "employee_number": employment.employee_number,
        "job_role": employment.job_role,
        "started_on": employment.started_on.isoformat(),
        "time_factor": employment.time_factor,
        "break_minutes": employment.break_minutes,
        "large_print": employment.large_print,
        "read_aloud": employment.read_aloud,
    }


def _roles_of(employment: Employment) -> frozenset[Role]:
    return frozenset(Role(one.role) for one in employment.roles)


def _team_name(session: Session, actor: Actor, team_id: uuid.UUID | None) -> str | None:
    if team_id is None:
        return None
    team = queries.find_team(session, actor=actor, team_id=team_id)
    if team is None:
        raise NotFound("There is no such team.")
    return team.name


def _tell(
    session: Session, actor: Actor, found: Employment, act: str, changed: dict[str, Any], now: datetime
) -> None:
    """Write a change into the log, when it is one."""
    if changed:
        record_act(
            session,
            actor=actor,
            act=act,
            subject=str(found.person_id),
            detail={"name": found.name, "changed": changed},
            now=now,
        )
