"""Firms, as the association looks after them: it opens and closes doors, and never looks inside."""

import dataclasses
import uuid
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.foundation.wall import beyond_the_wall
from lms.people import queries
from lms.people.models import Employment, EmploymentRole, Firm, SignIn
from lms.people.policy import POLICY, PeoplePermission
from lms.people.rules import NewAdministrator, NewFirm, changes, day_at, sort_name
from lms.people.services.audit import record_act
from lms.people.services.employments import find_or_add_person
from lms.people.services.links import MadeLink, write_link


def add_firm(
    session: Session, *, actor: Actor, new: NewFirm, first: NewAdministrator, now: datetime
) -> tuple[uuid.UUID, MadeLink]:
    """Add a firm and invite its first administrator; the firm's id, and the invitation, shown once.

    Raises NotAllowed, Conflict (key or name is taken).
    """
    require(POLICY, actor, PeoplePermission.FIRMS)
    _check_free(session, new.key, new.name)
    firm = Firm(
        id=new_id(),
        key=new.key,
        name=new.name,
        time_zone=new.time_zone,
        language=new.language,
        created_at=now,
    )
    session.add(firm)
    session.flush()  # its administrator points at it
    record_act(
        session, actor=actor, act="firm added", subject=str(firm.id), detail={"name": new.name}, now=now
    )
    return firm.id, _invite(session, actor, firm, first, now)


def invite_administrator(
    session: Session, *, actor: Actor, firm_id: uuid.UUID, who: NewAdministrator, now: datetime
) -> MadeLink:
    """Invite an administrator to a firm that has none. Once a firm has one, the association lets nobody else in.

    Raises NotAllowed, NotFound, Conflict.
    """
    require(POLICY, actor, PeoplePermission.FIRMS)
    firm = _firm(session, firm_id)
    line = queries.find_firm_line(session, firm_id=firm_id, today=day_at(firm.time_zone, now))
    if firm.closed_at is not None or line is None or line.administrators:
        raise Conflict("%(name)s has an administrator who lets others in.", name=firm.name)
    return _invite(session, actor, firm, who, now)


def let_in(
    session: Session, *, actor: Actor, firm_key: str, who: NewAdministrator, now: datetime
) -> MadeLink:
    """A link for a firm's administrator, new or locked out, made by whoever holds the machine. Never behind a web page.

    Raises NotAllowed, NotFound, Conflict (they left, or the number is somebody else's).
    """
    require(POLICY, actor, PeoplePermission.FIRMS)
    firm = queries.find_firm(session, key=firm_key)
    if firm is None:
        raise NotFound("There is no firm called %(key)s.", key=firm_key)
    return _invite(session, actor, firm, who, now, again=True)


def _invite(
    session: Session,
    actor: Actor,
    firm: Firm,
    who: NewAdministrator,
    now: datetime,
    *,
    again: bool = False,
) -> MadeLink:
    """`again`: also for somebody who came in before, as a reset."""
    roles = (Role.FIRM_ADMIN, Role.ASSOCIATION) if firm.is_association else (Role.FIRM_ADMIN,)
    with beyond_the_wall(session, "the association invites a firm's administrator"):
        person = find_or_add_person(session, email=who.email, now=now)
        found = session.scalars(
            select(Employment).where(Employment.firm_id == firm.id, Employment.person_id == person.id)
        ).one_or_none()
        taken = session.scalar(
            select(Employment.person_id).where(
                Employment.firm_id == firm.id,
                Employment.employee_number == who.employee_number,
                Employment.person_id != person.id,
            )
        )
        gone = found is not None and (found.ended_on is not None or (found.accepted and not again))
        if taken is not None or gone:
            raise Conflict("Use another e-mail and employee number for this administrator.")
        if found is None:
            today = day_at(firm.time_zone, now)
            found = Employment(
                firm_id=firm.id,
                person_id=person.id,
                name=who.name,
                sort_name=sort_name(who.name),
                employee_number=who.employee_number,
                job_role="administrator",
                started_on=today,
                role_started_on=today,
                accepted=False,
            )
            session.add(found)
            session.flush()  # the role points at it
        held = session.scalars(
            select(EmploymentRole.role).where(
                EmploymentRole.firm_id == firm.id, EmploymentRole.person_id == person.id
            )
        ).all()
        session.add_all(
            EmploymentRole(firm_id=firm.id, person_id=person.id, role=role.value)
            for role in roles
            if role.value not in held
        )
        purpose = "reset" if found.accepted else "invitation"
        made = write_link(session, actor=actor, employment=found, purpose=purpose, now=now)
        record_act(
            session,
            actor=dataclasses.replace(actor, firm_id=firm.id),
            act="administrator invited",
            subject=str(person.id),
            detail={"name": found.name, "by": "association"},
            now=now,
        )
    return made


def edit_firm(
    session: Session,
    *,
    actor: Actor,
    firm_id: uuid.UUID,
    name: str,
    time_zone: str,
    language: str,
    now: datetime,
) -> None:
    """Rename a firm, set its time zone and language. Raises NotAllowed, NotFound, Conflict (the name is taken)."""
    require(POLICY, actor, PeoplePermission.FIRMS)
    firm = _firm(session, firm_id)
    _check_free(session, firm.key, name, but=firm_id)
    before = {"name": firm.name, "time_zone": firm.time_zone, "language": firm.language}
    firm.name, firm.time_zone, firm.language = name, time_zone, language
    after = {"name": name, "time_zone": time_zone, "language": language}
    if changed := changes(before, after):
        record_act(
            session,
            actor=actor,
            act="firm changed",
            subject=str(firm_id),
            detail={"name": name, "changed": changed},
            now=now,
        )


def close_firm(session: Session, *, actor: Actor, firm_id: uuid.UUID, now: datetime) -> None:
    """Close a firm: everybody is signed out there and nobody enters. Nothing is deleted.

    Raises NotAllowed, NotFound, Conflict, Invalid (the association does not close itself).
    """
    require(POLICY, actor, PeoplePermission.FIRMS)
    firm = _firm(session, firm_id)
    if firm.is_association:
        raise Invalid("The association itself stays open.")
    if firm.closed_at is not None:
        raise Conflict("%(name)s is closed already.", name=firm.name)
    firm.closed_at = now
    session.execute(
        update(SignIn).where(SignIn.firm_id == firm_id, SignIn.ended_at.is_(None)).values(ended_at=now)
    )
    record_act(
        session, actor=actor, act="firm closed", subject=str(firm_id), detail={"name": firm.name}, now=now
    )


def reopen_firm(session: Session, *, actor: Actor, firm_id: uuid.UUID, now: datetime) -> None:
    """Open a closed firm again, as it was. Raises NotAllowed, NotFound, Conflict."""
    require(POLICY, actor, PeoplePermission.FIRMS)
    firm = _firm(session, firm_id)
    if firm.closed_at is None:
        raise Conflict("%(name)s is open.", name=firm.name)
    firm.closed_at = None
    record_act(
        session, actor=actor, act="firm reopened", subject=str(firm_id), detail={"name": firm.name}, now=now
    )


def _firm(session: Session, firm_id: uuid.UUID) -> Firm:
    firm = session.get(Firm, firm_id)
    if firm is None:
        raise NotFound("There is no such firm.")
    return firm


def _check_free(session: Session, key: str, name: str, but: uuid.UUID | None = None) -> None:
    """People type a firm's key or its name when they sign in: neither may mean two firms."""
    words = (key.lower(), name.strip().lower())
    taken = session.scalar(
        select(Firm.id).where(
            or_(Firm.key.in_(words), func.lower(Firm.name).in_(words)), Firm.id != (but or new_id())
        )
    )
    if taken is not None:
        raise Conflict("There is a firm with that key or name already.")
