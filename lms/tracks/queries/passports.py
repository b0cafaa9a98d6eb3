"""Reads about what leaves with people and what came with them."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.courses.models import CourseVersion
from lms.foundation.actor import Actor, Role
from lms.foundation.wall import beyond_the_wall
from lms.people.models import EmploymentRole
from lms.tracks.models import Consent, EvidenceRow, Passport, PassportTaken
from lms.tracks.rules.passport import Source, ref_of


def list_consents(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Sequence[Consent]:
    """What a person let leave, latest first."""
    return session.scalars(
        select(Consent)
        .where(Consent.firm_id == actor.firm_id, Consent.person_id == person_id)
        .order_by(Consent.given_at.desc(), Consent.id.desc())
    ).all()


def find_consent(session: Session, *, actor: Actor, consent_id: uuid.UUID) -> Consent | None:
    """One consent of the actor's firm."""
    return session.scalar(select(Consent).where(Consent.firm_id == actor.firm_id, Consent.id == consent_id))


def list_passports(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Sequence[Passport]:
    """The passports that were made for a person here, latest first."""
    return session.scalars(
        select(Passport)
        .where(Passport.firm_id == actor.firm_id, Passport.person_id == person_id)
        .order_by(Passport.made_at.desc(), Passport.id.desc())
    ).all()


def find_passport(session: Session, *, actor: Actor, passport_id: uuid.UUID) -> Passport | None:
    """One passport that was made here."""
    return session.scalar(
        select(Passport).where(Passport.firm_id == actor.firm_id, Passport.id == passport_id)
    )


def is_revoked(session: Session, *, passport_id: uuid.UUID) -> bool:
    """Whether any firm of this Ladder revoked a passport. Nothing else is told of it, not even that there is one."""
    with beyond_the_wall(session, "whether a passport was revoked"):
        return (
            session.scalar(
                select(Passport.id).where(Passport.id == passport_id, Passport.revoked_at.is_not(None))
            )
            is not None
        )


def list_taken(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Sequence[PassportTaken]:
    """The passports that were taken in for a person here, latest first."""
    return session.scalars(
        select(PassportTaken)
        .where(PassportTaken.firm_id == actor.firm_id, PassportTaken.person_id == person_id)
        .order_by(PassportTaken.taken_at.desc(), PassportTaken.id.desc())
    ).all()


def find_taken(session: Session, *, actor: Actor, taken_id: uuid.UUID) -> PassportTaken | None:
    """One passport that was taken in here."""
    return session.scalar(
        select(PassportTaken).where(PassportTaken.firm_id == actor.firm_id, PassportTaken.id == taken_id)
    )


def find_same(
    session: Session, *, actor: Actor, person_id: uuid.UUID, file_hash: str
) -> PassportTaken | None:
    """The same file, when it was taken in before."""
    return session.scalar(
        select(PassportTaken).where(
            PassportTaken.firm_id == actor.firm_id,
            PassportTaken.person_id == person_id,
            PassportTaken.hash == file_hash,
        )
    )


_ROLES = (Role.ASSESSOR, Role.MANAGER, Role.TRAINER)


def list_sources(session: Session, *, actor: Actor, person_id: uuid.UUID) -> Mapping[str, Source]:
    """What each fact of a person says of where it is from, by the text of its id. Three statements."""
    rows = session.execute(
        select(EvidenceRow.id, EvidenceRow.rater_id, EvidenceRow.source, EvidenceRow.detail).where(
            EvidenceRow.firm_id == actor.firm_id, EvidenceRow.person_id == person_id
        )
    ).all()
    roles: dict[uuid.UUID, set[str]] = {}
    for rater_id, role in session.execute(
        select(EmploymentRole.person_id, EmploymentRole.role).where(
            EmploymentRole.firm_id == actor.firm_id,
            EmploymentRole.person_id.in_({one.rater_id for one in rows if one.rater_id}),
        )
    ):
        roles.setdefault(rater_id, set()).add(role)
    named = {one.id: one.source.partition(":")[2] for one in rows if one.source.startswith("course:")}
    versions = {
        str(version_id): number
        for version_id, number in session.execute(
            select(CourseVersion.id, CourseVersion.number).where(
                CourseVersion.id.in_({uuid.UUID(one) for one in named.values()})
            )
        )
    }
    return {
        str(one.id): Source(
            rated_by=_role(roles.get(one.rater_id, set())) if one.rater_id else "",
            course_version=versions.get(named.get(one.id, "")),
            ref=str(one.detail.get("ref", "")),
            origin=one.detail.get("origin"),
        )
        for one in rows
    }


def _role(roles: set[str]) -> str:
    return next((one.value for one in _ROLES if one.value in roles), "colleague")


def list_refs(session: Session, *, actor: Actor, person_id: uuid.UUID) -> frozenset[str]:
    """What the facts of a person's ledger are called outside: of those taken over, as they were called before."""
    rows = session.execute(
        select(EvidenceRow.id, EvidenceRow.detail["ref"].as_string().label("ref")).where(
            EvidenceRow.firm_id == actor.firm_id, EvidenceRow.person_id == person_id
        )
    )
    return frozenset(one.ref or ref_of(actor.firm_id, str(one.id)) for one in rows)
