"""`lms framework export` and `lms framework import`."""

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from lms.foundation.actor import Actor, Role
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Invalid
from lms.foundation.wall import enter
from lms.people import queries as people
from lms.people.cli import SYSTEM, chosen_firm, know_the_operator
from lms.tracks.rules.case import LARGEST, as_csv
from lms.tracks.rules.case import as_json as as_package
from lms.tracks.services import framework as services
from lms.tracks.services import framework_file as files
from lms.web.command import json_option, tell
from lms.web.request import db


@click.group()
def framework() -> None:
    """The competency framework as a file: out, and in through the draft."""


def _operator(firm: Any) -> Actor:
    """Whoever holds the machine, as an administrator of the firm; at the association, of what all firms share."""
    role = Role.ASSOCIATION if firm.is_association else Role.FIRM_ADMIN
    return Actor(SYSTEM, firm.id, "operator", frozenset({role}))


@framework.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--firm", "firm_key", help="The firm's key or name. Needed when there are several.")
@click.option("--as-of", help="A date, such as 2026-03-01; today when it is left out.")
@json_option
@with_appcontext
def export(file: Path, firm_key: str | None, as_of: str | None, as_json: bool) -> None:
    """Write the framework as it stands for a firm into FILE: a CASE package (.json) or its items (.csv)."""
    session = db.session()
    firm = chosen_firm(session, firm_key)
    actor = _operator(firm)
    enter(session, firm.id)
    try:
        day = date.fromisoformat(as_of) if as_of else None
    except ValueError:
        raise Invalid("Write the date as 2026-03-01.") from None
    on = day or people.find_today(session, actor=actor, now=read_clock())
    items = files.export_items(session, actor=actor, on=on)
    if file.suffix == ".csv":
        text = as_csv(items)
    elif file.suffix == ".json":
        text = json.dumps(package(items, firm.name, on), ensure_ascii=False, indent=1) + "\n"
    else:
        raise Invalid("Name the file .json or .csv.")
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise Invalid("%(file)s cannot be written: %(why)s.", file=file, why=error.strerror) from None
    said = {"file": str(file), "firm": firm.key, "as_of": on.isoformat(), "items": len(items)}
    tell(said, f"{file}: {len(items)} items, as of {on}.", as_json=as_json)


def package(items: Any, creator: str, on: date) -> dict[str, Any]:
    """The items as a CASE package."""
    return as_package(items, title="Framework", creator=creator, day=on.isoformat())


@framework.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--firm", "firm_key", help="The firm's key or name. Needed when there are several.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
@click.option("--publish", "note", metavar="NOTE", help="Publish the draft from today on, with this note.")
@json_option
@with_appcontext
def import_(file: Path, firm_key: str | None, dry_run: bool, note: str | None, as_json: bool) -> None:
    """Bring the framework in FILE (.json or .csv) into a firm's draft: all of it, or nothing.

    At the association it is the framework that all firms share. A row that is refused stops everything, exit 1.
    """
    session = db.session()
    firm = chosen_firm(session, firm_key)
    actor = _operator(firm)
    with file.open("rb") as stream:
        content = stream.read(LARGEST + 1)
    enter(session, firm.id)
    now = read_clock()
    begin_writing(session)
    today = people.find_today(session, actor=actor, now=now)
    plan = files.plan_file(session, actor=actor, content=content, day=today)
    written = plan.can_be_taken and not dry_run
    version = None
    if written:
        know_the_operator(session, now=now)
        draft, plan = files.take_file(
            session,
            actor=actor,
            file_name=file.name,
            content=content,
            revision=plan.editing.revision,
            now=now,
        )
        if note:
            session.flush()  # what is published is read anew
            made = services.publish_draft(
                session, actor=actor, note=note, starts_on=today, revision=draft.revision, now=now
            )
            version = made.number
        session.commit()
    session.rollback()
    report = {
        "file": str(file),
        "firm": firm.key,
        "layer": plan.editing.layer,
        "counts": plan.counts,
        "problems": [str(one) for one in plan.problems],
        "rows": [
            {
                "line": row.line,
                "type": row.kind,
                "key": row.key,
                "status": row.status,
                "why": [str(row.why)] if row.why else [],
            }
            for row in plan.rows
        ],
        "written": written,
        "dry_run": dry_run,
        "version": version,
    }
    tell(report, in_words(plan, written=written, dry_run=dry_run), as_json=as_json)
    if plan.counts[files.REFUSED] or plan.problems:
        sys.exit(1)


def in_words(plan: files.Plan, *, written: bool, dry_run: bool) -> str:
    """The report as a person reads it: what is not skipped, then the numbers."""
    lines = [
        f"row {row.line}: {row.status:8}{row.kind} {row.key}{f': {row.why}' if row.why else ''}"
        for row in plan.rows
        if row.status != files.SKIPPED
    ]
    lines += [str(one) for one in plan.problems]
    lines.append(", ".join(f"{count} {status}" for status, count in plan.counts.items()) + ".")
    if dry_run:
        lines.append("Nothing was written: this was a dry run.")
    elif not written:
        refused = plan.counts[files.REFUSED] or plan.problems
        lines.append(
            "Nothing was written: something is refused."
            if refused
            else "Nothing was written: nothing in the file is new."
        )
    return "\n".join(lines)
