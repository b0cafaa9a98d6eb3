"""`lms readiness`."""

import uuid
from datetime import date

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.wall import beyond_the_wall, enter
from lms.people.models import Employment, Firm, Person
from lms.tracks.rules import as_json as standing_as_json
from lms.tracks.services import see_standing
from lms.web.command import json_option, tell
from lms.web.request import db


@click.command()
@click.option("--person", required=True, help="E-mail, or FIRM/EMPLOYEE-NUMBER.")
@click.option("--rung", required=True, help="A rung's key, such as S1.")
@click.option("--as-of", required=True, help="A date, such as 2026-03-01.")
@json_option
@with_appcontext
def readiness(person: str, rung: str, as_of: str, as_json: bool) -> None:
    """Say where PERSON stands on RUNG as of a date: the same answer for the same ledger, for ever."""
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        raise Invalid("Write the date as 2026-03-01.") from None
    session = db.session()
    firm_id, person_id = _find(person)
    enter(session, firm_id)
    operator = Actor(uuid.UUID(int=0), firm_id, "operator", frozenset({Role.MANAGER}))
    path = see_standing(session, actor=operator, person_id=person_id, rung=rung, as_of=day)
    words = "\n".join(
        f"{cell.state.value:12} {cell.key}: {cell.reason.words()}" for cell in path.standing.cells
    )
    tell({"person": person, **standing_as_json(path.standing)}, words, as_json=as_json)


def _find(person: str) -> tuple[uuid.UUID, uuid.UUID]:
    session = db.session()
    firm_key, _, number = person.rpartition("/")
    statement = select(Employment.firm_id, Employment.person_id)
    if "@" in person:
        statement = statement.join(Person, Person.id == Employment.person_id).where(
            Person.email == person.lower()
        )
    else:
        statement = statement.join(Firm, Firm.id == Employment.firm_id).where(
            Firm.key == firm_key, Employment.employee_number == number
        )
    with beyond_the_wall(session, "lms readiness finds its person"):
        rows = session.execute(statement).all()
    if not rows:
        raise NotFound("Nobody is known as %(person)s.", person=person)
    if len(rows) > 1:
        raise Invalid("%(person)s works at several firms. Name one as FIRM/NUMBER.", person=person)
    return rows[0].firm_id, rows[0].person_id
