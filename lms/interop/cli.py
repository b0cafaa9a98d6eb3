"""`lms import` and `lms export`: questions and texts of other systems, in and out."""

import json
from pathlib import Path

import click
from flask.cli import with_appcontext

from lms.foundation.errors import Invalid
from lms.interop.formats.contract import Found
from lms.interop.formats.reading import FORMATS, read_path
from lms.web.command import json_option, tell


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


@click.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would be taken; change nothing.")
@click.option("--course", "course_key", help="The course whose draft it goes into. Needed without --dry-run.")
@json_option
@with_appcontext
def bring_in(file: Path, dry_run: bool, course_key: str | None, as_json: bool) -> None:
    """Read FILE (GIFT, Moodle XML, Aiken, QTI, Common Cartridge, CSV, XLSX, Markdown, Word, HTML, a Moodle backup)."""
    if not dry_run and not course_key:
        raise click.UsageError(
            "Say which course's draft it goes into, with --course KEY; or look first, with --dry-run."
        )
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
    tell({**found.as_json(), "file": file.name, "dry_run": dry_run}, in_words(found), as_json=as_json)
