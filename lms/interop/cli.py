"""`lms import` and `lms export`: questions and texts of other systems, in and out."""

import json
from contextlib import suppress
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms.courses import queries as courses
from lms.courses.cli import the_association
from lms.courses.rules import key_from
from lms.courses.services.drafts import start_course
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.interop import services
from lms.interop.formats.contract import Found
from lms.interop.formats.reading import FORMATS, read_path, readable_part
from lms.interop.formats.writing import ENDINGS
from lms.tracks.cli.kpi import kpi
from lms.web.command import json_option, tell
from lms.web.request import db, storage


def in_words(found: Found) -> str:
    """The report as a person reads it: what was changed or skipped with its reasons, then the numbers."""
    lines = [f"{FORMATS.get(found.format, found.format)}"]
    for item in found.items:
        reasons = "; ".join(str(reason) for reason in item.reasons)
        lines.append(f"{item.status:8}{item.ref}: {item.title}{f' — {reasons}' if reasons else ''}")
        if item.mend:
            lines.append(f"{'':8}still to write: {'; '.join(item.mend)}")
    for page in found.pages:
        reasons = "; ".join(str(reason) for reason in page.reasons)
        lines.append(f"{page.status:8}lesson {page.ref}: {page.title}{f' — {reasons}' if reasons else ''}")
    lines += [f"note    {remark}" for remark in found.remarks]
    counts = found.counts
    lines.append(
        f"{counts['taken']} taken, {counts['changed']} taken with a change, {counts['skipped']} skipped; "
        f"{counts['lessons']} lessons, {counts['pictures']} pictures."
    )
    return "\n".join(lines)


class FileOrWhat(click.Group):
    """`lms import FILE` reads questions and texts; `lms import kpi FILE` figures. A file named kpi is ./kpi."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Whatever does not begin with the name of a command is about a file of questions."""
        if args and args[0] not in self.commands and args[0] not in ("--help",):
            args = ["questions", *args]
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Say what may be left off."""
        super().format_commands(ctx, formatter)
        formatter.write_paragraph()
        formatter.write_text("“lms import FILE” is short for “lms import questions FILE”.")


@click.group("import", cls=FileOrWhat)
def bring_in() -> None:
    """Bring in what other systems wrote: questions and texts, or figures of the working day."""


@bring_in.command("questions")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be taken; change nothing.")
@click.option(
    "--course", "course_key", help="The course whose draft it goes into; else one named after the file."
)
@json_option
@with_appcontext
def bring_questions(file: Path, dry_run: bool, course_key: str | None, as_json: bool) -> None:
    """Read FILE (GIFT, Moodle XML, Aiken, QTI, Common Cartridge, CSV, XLSX, Markdown, Word, HTML, a Moodle backup)."""
    try:
        found = read_path(file)
    except Invalid as error:
        if as_json:
            said = [str(error), *(str(problem) for problem in error.problems)]
            empty = Found("unknown")
            click.echo(
                json.dumps({**empty.as_json(), "remarks": said}, ensure_ascii=False, indent=1, sort_keys=True)
            )
        raise
    key, kept = (course_key, None) if dry_run else _take(file, course_key)
    report = {
        **found.as_json(),
        "file": file.name,
        "dry_run": dry_run,
        **({} if kept is None else {"course": key, "new": kept}),
    }
    words = in_words(found)
    if kept is not None:
        words += (
            f"\n{kept} are new in the draft of {key}."
            if kept
            else "\nNothing in it is new; the draft is as it was."
        )
    tell(report, words, as_json=as_json)


def _take(file: Path, key: str | None) -> tuple[str, int]:
    """Take the file into the draft of an association's course: its key, and how many things are new."""
    if file.is_dir():
        raise Invalid("A folder can be looked at with --dry-run; to take it, put it into a zip.")
    actor = the_association()
    session = db.session()
    begin_writing(session)
    wanted = key or key_from(file.stem, longest=60) or "imported"
    course = courses.find_course_by_key(session, owner_id=actor.firm_id, key=wanted)
    if course is None and key is not None:
        raise NotFound("There is no course %(key)s.", key=key)
    if course is None:
        course = start_course(session, actor=actor, title=file.stem[:200], language="en", now=read_clock())
    now = read_clock()
    row = services.keep_import(
        session,
        actor=actor,
        course_id=course.id,
        file_name=file.name,
        content=readable_part(file),
        storage=storage(),
        now=now,
    )
    count = 0
    with suppress(Conflict):  # nothing in it is new
        _row, count = services.take_import(
            session, actor=actor, course_id=course.id, bring_id=row.id, left=(), storage=storage(), now=now
        )
    session.commit()
    return course.key, count


bring_in.add_command(kpi)


@click.command("export")
@click.argument("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "form",
    type=click.Choice(tuple(ENDINGS)),
    required=True,
    help="gift, moodle-xml, qti3 and csv hold the questions; markdown the whole course as a zip.",
)
@json_option
@with_appcontext
def send_out(key: str, file: Path, form: str, as_json: bool) -> None:
    """Write the live version of course KEY into FILE in another format, and say what it cannot hold."""
    actor = the_association()
    if file.exists():
        raise Invalid("%(file)s is there already. Choose a new name.", file=file)
    written = services.export_course(db.session(), actor=actor, key=key, form=form, storage=storage())
    file.write_bytes(written.content)
    lines = [
        f"{one.status}: {one.key} ({one.kind}) {'; '.join(str(reason) for reason in one.reasons)}"
        for one in written.told
        if one.reasons
    ]
    stati = [one.status for one in written.told]
    counts = {status: stati.count(status) for status in ("whole", "partly", "left out")}
    lines.append(f"{file}: " + ", ".join(f"{number} {status}" for status, number in counts.items()) + ".")
    tell(
        {
            "course": key,
            "file": str(file),
            "format": form,
            "questions": [one.as_json() for one in written.told],
            "counts": counts,
        },
        "\n".join(lines),
        as_json=as_json,
    )
