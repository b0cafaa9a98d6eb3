"""`lms readiness`, `lms import kpi`."""

import sys
import uuid
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from lms.foundation.actor import Actor, Role
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.wall import beyond_the_wall, enter
from lms.people.cli import SYSTEM, chosen_firm, know_the_operator
from lms.people.models import Employment, Firm, Person
from lms.tracks.framework_files import framework_on
from lms.tracks.ledger_files import read_ledger, read_profile
from lms.tracks.rules import Cell, Rule, plain
from lms.tracks.rules import as_json as standing_as_json
from lms.tracks.rules import readiness as of_profile
from lms.tracks.services import see_standing
from lms.tracks.services.kpi import Planned, plan_file, take_file
from lms.web.command import json_option, tell
from lms.web.request import db, storage


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


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--firm", "firm_key", help="The firm's key or name. Needed when there are several.")
@click.option(
    "--source",
    default="file",
    show_default=True,
    help="The tool it is from: its columns are remembered by this name.",
)
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="ROLE=COLUMN",
    help="What a column is, such as person='Agent ID' or aht.n=Calls; shift:=Day for what is always so.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@json_option
@with_appcontext
def kpi(
    file: Path, firm_key: str | None, source: str, pairs: tuple[str, ...], dry_run: bool, as_json: bool
) -> None:
    """Bring the figures in FILE (CSV or XLSX) into a firm. The same file again changes nothing.

    Rows that cannot be taken are skipped, each with its line and its reasons; the others are taken together. Exit 1
    when nothing in the file could be taken.
    """
    session = db.session()
    firm = chosen_firm(session, firm_key)
    content = file.read_bytes()
    actor = Actor(SYSTEM, firm.id, "operator", frozenset({Role.MANAGER}))
    enter(session, firm.id)
    now = read_clock()
    begin_writing(session)
    plan = plan_file(session, actor=actor, content=content, source=source, pairs=pairs, now=now)
    written = False
    if not dry_run and plan.news:
        know_the_operator(session, now=now)
        take_file(
            session,
            actor=actor,
            file_name=file.name,
            content=content,
            plan=plan,
            storage=storage(),
            now=now,
        )
        session.commit()
        written = True
    session.rollback()
    report = told(plan) | {
        "file": str(file),
        "firm": firm.key,
        "source": source,
        "written": written,
        "dry_run": dry_run,
    }
    tell(report, in_words(plan, written=written, dry_run=dry_run), as_json=as_json)
    if plan.counts["skipped"] == len(plan.reading.lines):
        sys.exit(1)


def told(plan: Planned) -> dict[str, Any]:
    """The report as plain values: every row with its line, what became of it, and why when it was skipped."""
    return {
        "counts": plan.counts,
        "mapping": plan.mapping.as_document(),
        "format": plan.kind,
        "unread_columns": list(plan.reading.unread),
        "rows": [
            {
                "line": line.number,
                "person": line.person,
                "status": line.status,
                "why": [str(reason) for reason in line.reasons],
            }
            for line in plan.reading.lines
        ],
    }


def in_words(plan: Planned, *, written: bool, dry_run: bool) -> str:
    """The report as a person reads it: what was skipped with its reasons, then the numbers."""
    lines = [
        f"line {line.number} ({line.person}): {' '.join(str(reason) for reason in line.reasons)}"
        for line in plan.reading.lines
        if line.reasons
    ]
    if plan.reading.unread:
        lines.append(f"Columns that are not read: {', '.join(plan.reading.unread)}")
    lines.append(", ".join(f"{count} {status}" for status, count in plan.counts.items()) + ".")
    if dry_run:
        lines.append("Nothing was written: this was a dry run.")
    elif not written:
        lines.append("Nothing was written: nothing in the file is new.")
    return "\n".join(lines)
