"""`lms import kpi`."""

import sys
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms.foundation.actor import Actor, Role
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.wall import enter
from lms.people.cli import SYSTEM, chosen_firm, know_the_operator
from lms.tracks.pages.kpi import report_of
from lms.tracks.services.kpi import take_file
from lms.tracks.services.kpi_planning import Planned, plan_file
from lms.web.command import json_option, tell
from lms.web.request import db, storage


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
    report = report_of(plan) | {
        "file": str(file),
        "firm": firm.key,
        "source": source,
        "written": written,
        "dry_run": dry_run,
    }
    tell(report, in_words(plan, written=written, dry_run=dry_run), as_json=as_json)
    if plan.counts["skipped"] == len(plan.reading.lines):
        sys.exit(1)


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
