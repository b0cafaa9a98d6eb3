"""The command line: `lms …`. Exit 0 good, 1 bad input with a sentence, 2 wrong usage."""

import os
import sys
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import FlaskGroup, with_appcontext
from sqlalchemy.exc import DBAPIError

from lms.app import create_app
from lms.foundation.clock import read_clock
from lms.foundation.errors import Invalid, LadderError
from lms.migrating import migrate as migrate_database
from lms.operations import backup as backups
from lms.operations import moving_house
from lms.operations.doctor import examine
from lms.operations.serving import Server, require_free
from lms.rooms import COMMANDS
from lms.settings import Settings, read_settings
from lms.web.command import json_option, tell


class Ladder(FlaskGroup):
    """The group; an error of ours, of the disk or of the database is a sentence and exit 1, never a traceback."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command line."""
        try:
            return super().main(*args, **kwargs)
        except LadderError as error:
            click.echo(str(error), err=True)
            for problem in getattr(error, "problems", ()):
                click.echo(f"  {problem}", err=True)
        except DBAPIError as error:
            reason = str(error.orig).strip().split("\n")[0]
            click.echo(f"The database could not do that: {reason}. Run “lms doctor” to see why.", err=True)
        except OSError as error:
            click.echo(f"{error.filename or 'The machine'}: {error.strerror or error}.", err=True)
        sys.exit(1)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Ours, and no plug-in's; naming them needs no settings and no database."""
        return sorted(self.commands)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:  # noqa: ARG002
        """One of ours."""
        return self.commands.get(name)


main = Ladder(
    name="lms",
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    help="Ladder: learn on a break, be promoted on evidence.",
)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on."
)
@click.option(
    "--workers",
    default=1,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Processes. Keep 1 with SQLite.",
)
@click.option(
    "--threads", default=8, show_default=True, type=click.IntRange(1, 256), help="Threads in each process."
)
@click.option("--open", "open_page", is_flag=True, help="Open the first page in this desktop's browser.")
@json_option
@with_appcontext
def serve(host: str, port: int, workers: int, threads: int, open_page: bool, as_json: bool) -> None:
    """Serve Ladder until it is stopped."""
    require_free(host, port)
    address = f"http://{host}:{port}/"
    tell({"address": address}, f"Ladder is at {address}  (stop with Ctrl+C)", as_json=as_json)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    sys.argv = sys.argv[:1]  # gunicorn would read our options as its own
    Server(app, host=host, port=port, workers=workers, threads=threads, open_page=open_page).run()


@main.command()
@json_option
@with_appcontext
def migrate(as_json: bool) -> None:
    """Bring the database to this release's shape."""
    migrate_database(_settings().database)
    tell({"migrated": True}, "The database is up to date.", as_json=as_json)


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@with_appcontext
def backup(file: Path, as_json: bool) -> None:
    """Write everything into FILE, while people go on working."""
    if not file.absolute().parent.is_dir():
        raise Invalid("There is no folder %(folder)s.", folder=file.absolute().parent)
    report = backups.back_up(_settings(), file, now=read_clock())
    rows = sum(report.tables.values())
    tell(
        {
            "file": str(file),
            "rows": rows,
            "tables": report.tables,
            "files": report.files,
            "revision": report.revision,
        },
        f"{file}: {rows} rows and {report.files} files.",
        as_json=as_json,
    )


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@with_appcontext
def restore(file: Path, as_json: bool) -> None:
    """Bring FILE back into a new, empty database and folder."""
    report = backups.restore(_settings(), file)
    rows = sum(report.tables.values())
    tell(
        {"rows": rows, "tables": report.tables, "files": report.files, "revision": report.revision},
        f"{rows} rows and {report.files} files are back.",
        as_json=as_json,
    )


@main.command("move-to")
@click.argument("address")
@json_option
@with_appcontext
def move_to(address: str, as_json: bool) -> None:
    """Copy everything into the empty database at ADDRESS and compare the two. Stop the server first."""
    there = read_settings({**os.environ, "LADDER_DATABASE": address}).database
    moved = moving_house.move_to(_settings(), there, now=read_clock())
    tell(
        {"rows": moved.rows, "files": moved.files, "tables": moved.tables},
        f"{moved.rows} rows in {len(moved.tables)} tables are the same in both. Now set LADDER_DATABASE and serve.",
        as_json=as_json,
    )


@main.command()
@json_option
@with_appcontext
def doctor(as_json: bool) -> None:
    """Check configuration, migrations, audit chains, orphans, clock and disk."""
    findings = examine(_settings(), now=read_clock())
    well = all(finding.well for finding in findings)
    words = "\n".join(
        f"{'well' if finding.well else 'BAD ':4}  {finding.check}: {finding.sentence}" for finding in findings
    )
    tell({"well": well, "findings": [finding.as_json() for finding in findings]}, words, as_json=as_json)
    if not well:
        sys.exit(1)


for command in COMMANDS:
    main.add_command(command)
