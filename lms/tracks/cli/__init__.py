"""`lms readiness` and `lms dossier`."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.wall import beyond_the_wall, enter
from lms.people.models import Employment, Firm, Person
from lms.people.rules import folded
from lms.tracks.framework_files import framework_on, shipped_rule
from lms.tracks.ledger_files import read_ledger, read_profile, write_ledger
from lms.tracks.pages.dossier import dossier_page, head_of, markdown, parts
from lms.tracks.rules import Cell, Reason, consideration, plain
from lms.tracks.rules import as_json as standing_as_json
from lms.tracks.rules import readiness as of_profile
from lms.tracks.rules.explaining import plainly
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
    said = {"person": person, **standing_as_json(path.standing)}
    together = consideration(path.standing.cells, path.standing.competencies, shipped_rule(day))
    if together is not None:
        said["consideration"] = plain(together)
    tell(said, _words(path.standing.cells), as_json=as_json)


def _tell_files(ledger: Path, profile: Path, day: date, *, as_json: bool) -> None:
    competencies = framework_on(day)["competencies"]
    wanted = read_profile(_text(profile), competencies)
    told = read_ledger(_text(ledger))
    rule = shipped_rule(day, told.rule)
    cells = of_profile(wanted.levels, competencies, told.facts, day, rule, told.leave)
    said: dict[str, object] = {
        "as_of": day,
        "profile": wanted.used,
        "rule": rule.version,
        "competencies": cells,
    }
    together = consideration((), cells, rule)
    if together is not None:
        said["consideration"] = together
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


@click.command()
@click.option("--person", required=True, help="E-mail, or FIRM/EMPLOYEE-NUMBER.")
@click.option("--rung", required=True, help="A rung's key, such as S1.")
@click.option("--as-of", required=True, help="A date, such as 2026-03-01.")
@click.option("--into", required=True, type=click.Path(path_type=Path), help="A folder.")
@json_option
@with_appcontext
def dossier(person: str, rung: str, as_of: str, into: Path, as_json: bool) -> None:
    """Write a person's dossier for a rung as NAME.md, NAME.pdf, and the ledger behind it as NAME.json."""
    from lms.tracks.pages.dossier_pdf import pdf  # slow to start with: it reads fpdf2

    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        raise Invalid("Write the date as 2026-03-01.") from None
    session = db.session()
    firm_id, person_id = _find(person)
    enter(session, firm_id)
    operator = Actor(uuid.UUID(int=0), firm_id, "operator", frozenset({Role.MANAGER}))
    page = dossier_page(session, actor=operator, person_id=person_id, rung=rung, as_of=day)

    def say(reason: Reason) -> str:
        return reason.words(show=lambda value: page.names.get(str(value), plainly(value)))

    found = parts(page.dossier, head_of(page.path), say, str)
    name = "-".join(folded(f"{page.path.person.name} {rung}").split())
    into.mkdir(parents=True, exist_ok=True)
    (into / f"{name}.md").write_text(markdown(found), encoding="utf-8")
    (into / f"{name}.pdf").write_bytes(pdf(found, "", datetime.combine(day, time(), UTC)))
    ledger = write_ledger(page.path.ledger, page.path.leave, page.names, page.path.standing.rule)
    (into / f"{name}.json").write_text(ledger, encoding="utf-8")
    made = [str(into / f"{name}.{form}") for form in ("md", "pdf", "json")]
    tell({"files": made}, f"{into / name}: .md, .pdf and .json", as_json=as_json)


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
