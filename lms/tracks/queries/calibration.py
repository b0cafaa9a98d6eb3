"""Reads for calibration: gold contacts, what assessors made of them, and who holds a licence."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.tracks.framework_files import find_form, latest_forms, shipped_gold
from lms.tracks.models import GoldContact, GoldRating, PromotionPolicy, RaterLicence
from lms.tracks.rules.calibration import Gold, lines_of


def list_own_gold(session: Session, *, actor: Actor, form: str | None = None) -> Sequence[GoldContact]:
    """The gold contacts that the actor's firm wrote and still uses."""
    statement = (
        select(GoldContact)
        .where(GoldContact.firm_id == actor.firm_id, GoldContact.retired_at.is_(None))
        .order_by(GoldContact.written_at, GoldContact.id)
    )
    if form is not None:
        statement = statement.where(GoldContact.form == form)
    return session.scalars(statement).all()


def find_own_gold(session: Session, *, actor: Actor, gold_id: uuid.UUID) -> GoldContact | None:
    """One gold contact of the actor's firm."""
    return session.scalar(
        select(GoldContact)
        .where(GoldContact.firm_id == actor.firm_id, GoldContact.id == gold_id)
        .with_for_update()
    )


def gold_of(row: GoldContact) -> Gold:
    """A firm's own gold contact as the rules read it."""
    why = {"": row.why} if row.why else {}
    call = lines_of(row.call)
    return Gold(str(row.id), row.form, row.form_version, row.title, row.knows, call, row.note, row.marks, why)


def list_gold(session: Session, *, actor: Actor) -> Mapping[str, Sequence[Gold]]:
    """The gold contacts of each form, in the version that is offered now: those that come with Ladder, then the firm's."""
    found: dict[str, list[Gold]] = {form["key"]: [] for form in latest_forms()}
    for one in (*shipped_gold(), *map(gold_of, list_own_gold(session, actor=actor))):
        form = find_form(one.form)
        if form is not None and form["version"] == one.form_version:
            found[one.form].append(one)
    return {form: those for form, those in found.items() if those}


def list_gold_ratings(
    session: Session, *, actor: Actor, person_id: uuid.UUID | None = None, form: str | None = None
) -> Sequence[GoldRating]:
    """What one assessor of the actor's firm, or all of them, made of gold contacts, the earliest first."""
    statement = (
        select(GoldRating).where(GoldRating.firm_id == actor.firm_id).order_by(GoldRating.at, GoldRating.id)
    )
    if person_id is not None:
        statement = statement.where(GoldRating.person_id == person_id)
    if form is not None:
        statement = statement.where(GoldRating.form == form)
    return session.scalars(statement).all()


def list_licences(
    session: Session, *, actor: Actor, person_id: uuid.UUID | None = None
) -> Sequence[RaterLicence]:
    """The licences of one assessor of the actor's firm, or of all of them, the one that lasts longest last."""
    statement = (
        select(RaterLicence)
        .where(RaterLicence.firm_id == actor.firm_id)
        .order_by(RaterLicence.expires_on, RaterLicence.id)
    )
    if person_id is not None:
        statement = statement.where(RaterLicence.person_id == person_id)
    return session.scalars(statement).all()


def list_licensed(
    session: Session, *, actor: Actor, form: str, person_ids: Sequence[uuid.UUID], on: date
) -> frozenset[uuid.UUID]:
    """Who of some people holds a licence for a form on a day."""
    return frozenset(
        session.scalars(
            select(RaterLicence.person_id).where(
                RaterLicence.firm_id == actor.firm_id,
                RaterLicence.person_id.in_(person_ids),
                RaterLicence.form == form,
                RaterLicence.issued_on <= on,
                RaterLicence.expires_on >= on,
            )
        )
    )


def find_licences_from(session: Session, *, actor: Actor) -> date | None:
    """The day from which the actor's firm asks for licences, if it chose one."""
    return session.scalar(
        select(PromotionPolicy.licences_from).where(PromotionPolicy.firm_id == actor.firm_id)
    )
