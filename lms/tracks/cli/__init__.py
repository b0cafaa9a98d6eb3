"""`lms readiness`."""

import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.wall import beyond_the_wall, enter
from lms.people.models import Employment, Firm, Person
from lms.tracks.framework_files import framework_on
from lms.tracks.ledger_files import read_ledger, read_profile
from lms.tracks.rules import Cell, Rule, plain
from lms.tracks.rules import as_json as standing_as_json
from lms.tracks.rules import readiness as of_profile
from lms.tracks.services import see_standing
from lms.web.command import json_option, tell
from lms.web.request import db


@click.command()
@click.option("--person", help="E-mail, or FIRM/EMPLOYEE-NUMBER.")
@click.option("--rung", help="A rung's key, such as S1.")
@click.option("--ledger", type=click.Path(path_type=Path), help="A ledger as a file, instead of a person.")
@click.option("--profile", type=click.Path(path_type=Path), help="A role profile as a file, for a ledger.")
@click.option("--as-of", required=True, help="A date, such as 2026-03-01.")
@json_option
@with_appcontext
def readiness(
    person: str | None,
    rung: str | None,
    ledger: Path | None,
    profile: Path | None,
    as_of: str,
    as_json: bool,
) -> None:
    """Say where a person stands as of a date: the same answer for the same ledger, for ever.

    Either PERSON on RUNG, from the database; or the LEDGER of a file against the PROFILE of another.
    """
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        raise Invalid("Write the date as 2026-03-01.") from None
    if person and rung and not (ledger or profile):
        _tell_person(person, rung, day, as_json=as_json)
    elif ledger and profile and not (person or rung):
        _tell_files(ledger, profile, day, as_json=as_json)
    else:
        raise click.UsageError("Give --person and --rung, or --ledger and --profile.")


def _tell_person(person: str, rung: str, day: date, *, as_json: bool) -> None:
    session = db.session()
    firm_id, person_id = _find(person)
    enter(session, firm_id)
    operator = Actor(uuid.UUID(int=0), firm_id, "operator", frozenset({Role.MANAGER}))
    path = see_standing(session, actor=operator, person_id=person_id, rung=rung, as_of=day)
    tell({"person": person, **standing_as_json(path.standing)}, _words(path.standing.cells), as_json=as_json)


def _tell_files(ledger: Path, profile: Path, day: date, *, as_json: bool) -> None:
    competencies, rule = framework_on(day)["competencies"], Rule()
    wanted = read_profile(_text(profile), competencies)
    cells = of_profile(wanted.levels, competencies, read_ledger(_text(ledger)), day, rule)
    said = {"as_of": day, "profile": wanted.used, "rule": rule.version, "competencies": cells}
    tell(plain(said), _words(cells), as_json=as_json)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise Invalid("%(file)s cannot be read: %(why)s.", file=path, why=error.strerror) from None
    except UnicodeDecodeError:
        raise Invalid("%(file)s is not UTF-8.", file=path) from None


def _words(cells: Sequence[Cell]) -> str:
    return "\n".join(f"{cell.state.value:12} {cell.key}: {cell.reason.words()}" for cell in cells)


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
