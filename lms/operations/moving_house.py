"""From one database to another, such as from SQLite to PostgreSQL, and the proof that nothing was left behind."""

import hashlib
import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Table, select

from lms.foundation.db import Base
from lms.foundation.errors import Conflict, Invalid
from lms.operations.backup import as_line, back_up, open_engine, restore, see_everything
from lms.settings import Settings


@dataclass(frozen=True)
class Moved:
    """What was moved: rows and one fingerprint for each table, the same on both sides."""

    rows: int
    tables: dict[str, str]
    files: int


def move_to(settings: Settings, address: str, *, now: datetime) -> Moved:
    """Copy everything into an empty database at `address` and compare both, table by table. Files stay where they are.

    Nobody may work meanwhile: what is written to the old database during the move stays there, and is found by the
    comparison. Raises Invalid (nothing to move, the same database), Conflict (not empty, or the two differ afterwards).
    """
    settings = replace(settings, backup_passphrase="")  # the copy on the way is gone at once
    there = replace(settings, database=address)
    if address == settings.database:
        raise Invalid("That is the database Ladder already uses.")
    with tempfile.TemporaryDirectory(dir=settings.home) as folder:
        everything = Path(folder) / "everything.ladder"
        back_up(settings, everything, now=now)
        report = restore(there, everything)
    here, beyond = fingerprints(settings), fingerprints(there)
    if differing := sorted(name for name in here if here[name] != beyond[name]):
        raise Conflict(
            "The two databases differ in %(tables)s: somebody worked during the move. Stop the server, empty the new "
            "database and move again.",
            tables=", ".join(differing),
        )
    return Moved(sum(report.tables.values()), here, report.files)


def fingerprints(settings: Settings) -> dict[str, str]:
    """For each table its number of rows and a sum over the hashes of its rows: the same whatever the order and the engine."""
    engine = open_engine(settings)
    try:
        with engine.connect() as connection:
            see_everything(connection)
            return {table.name: _fingerprint(connection, table) for table in Base.metadata.sorted_tables}
    finally:
        engine.dispose()


def _fingerprint(connection: Connection, table: Table) -> str:
    count, total = 0, 0
    found = connection.execution_options(stream_results=True).execute(select(table))
    for row in found.mappings():
        total += int.from_bytes(hashlib.sha256(as_line(row)).digest())
        count += 1
    return f"{count}:{total % (1 << 256):064x}"
