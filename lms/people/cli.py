"""`lms people import`."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor, Role
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Invalid
from lms.foundation.ids import derived_id
from lms.foundation.wall import enter
from lms.people import queries
from lms.people.files import read_bounded
from lms.people.matching import Kind, Plan
from lms.people.models import Firm, Person
from lms.people.services import importing
from lms.web.command import json_option, tell
from lms.web.request import db, storage

SYSTEM = derived_id("system")


@click.group()
def people() -> None:
    """Bring people in from a file."""


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--firm", "firm_key", help="The firm's key or name. Needed when there are several.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--skip-refused", is_flag=True, help="Leave refused rows out and take the others.")
@json_option
@with_appcontext
def import_(file: Path, firm_key: str | None, dry_run: bool, skip_refused: bool, as_json: bool) -> None:
    """Bring the people in FILE (CSV with a header) into a firm: all of them, or nobody.

    A row that is refused stops everything, exit 1, unless --skip-refused.
    """
    session = db.session()
    firm = chosen_firm(session, firm_key)
    with file.open("rb") as stream:
        content = read_bounded(stream)
    actor = Actor(SYSTEM, firm.id, "operator", frozenset({Role.FIRM_ADMIN}))
    enter(session, firm.id)
    now = read_clock()
    begin_writing(session)
    plan = importing.plan_for(session, actor=actor, content=content, today=now.date())
    stopped = bool(plan.counts[Kind.REFUSED]) and not skip_refused
    written = not (dry_run or stopped)
    if written:
        know_the_operator(session, now=now)
        importing.take_file(
            session, actor=actor, file_name=file.name, content=content, plan=plan, storage=storage(), now=now
        )
        session.commit()
    session.rollback()
    told = _told(plan) | {"file": str(file), "firm": firm.key, "written": written}
    tell(told, _words(plan, written=written, dry_run=dry_run), as_json=as_json)
    if stopped:
        sys.exit(1)


def know_the_operator(session: Session, *, now: datetime) -> None:
    """Make sure that the operator of the command line is somebody that rows can point to."""
    if session.get(Person, SYSTEM) is None:
        session.add(Person(id=SYSTEM, created_at=now))
        session.flush()  # the log's entries point to it


def chosen_firm(session: Session, key: str | None) -> Firm:
    """The firm that was named, or the only one. Raises Invalid."""
    if key is not None:
        found = queries.find_firm(session, key=key)
        if found is None:
            raise Invalid("There is no firm “%(key)s”.", key=key)
        return found
    firms = [firm for firm in queries.list_firms(session) if not firm.is_association]
    if not firms:
        raise Invalid("There is no firm to bring people into yet.")
    if len(firms) > 1:
        raise click.UsageError(
            "There are several firms. Name one: --firm " + " | ".join(firm.key for firm in firms)
        )
    return firms[0]


def _told(plan: Plan) -> dict[str, Any]:
    return {
        "counts": {kind.value: plan.counts[kind] for kind in Kind},
        "new_teams": list(plan.new_teams),
        "encoding": plan.sheet.encoding,
        "separator": plan.sheet.separator,
        "unread_columns": list(plan.sheet.unread),
        "refused": [
            {
                "row": one.row.number,
                "employee_number": one.number,
                "name": one.name,
                "why": [str(reason) for reason in one.reasons],
            }
            for one in plan.of(Kind.REFUSED)
        ],
    }


def _words(plan: Plan, *, written: bool, dry_run: bool) -> str:
    lines = [
        f"row {one.row.number} ({one.number} {one.name}): {' '.join(str(reason) for reason in one.reasons)}"
        for one in plan.of(Kind.REFUSED)
    ]
    if plan.new_teams:
        lines.append(f"New teams: {', '.join(plan.new_teams)}")
    if plan.sheet.unread:
        lines.append(f"Columns that are not read: {', '.join(plan.sheet.unread)}")
    lines.append(", ".join(f"{plan.counts[kind]} {kind.value}" for kind in Kind) + ".")
    if dry_run:
        lines.append("Nothing was written: this was a dry run.")
    elif not written:
        lines.append("Nothing was written. Correct the rows above, or leave them out with --skip-refused.")
    return "\n".join(lines)
