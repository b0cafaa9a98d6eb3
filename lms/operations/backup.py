"""One file that holds everything: each table as JSON lines, each stored file, and a manifest with their hashes.

The copy is read in one transaction, so it is one moment's truth while people go on working; it restores into either
database, because it holds rows, not pages.
"""

import hashlib
import json
import struct
import tempfile
import uuid
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    RowMapping,
    Table,
    create_engine,
    func,
    insert,
    select,
    text,
    update,
)

from lms.foundation.db import Base, UtcDateTime
from lms.foundation.engine import prepare_engine
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.storage import FolderStorage, flush_to_disk
from lms.migrating import import_models, migrate, revision_of
from lms.operations.sealing import is_sealed, seal, unseal
from lms.settings import Settings

FORMAT = 1
BATCH = 1000
TORN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    OSError,
    NotImplementedError,  # a way of packing that nobody knows
    RuntimeError,  # a part that calls itself encrypted
)
"""What reading an archive may raise when any of its bytes was changed."""


@dataclass(frozen=True)
class Report:
    """What went into a backup, or came out of one."""

    tables: dict[str, int]
    files: int
    revision: str


def open_engine(settings: Settings) -> Engine:
    """An engine outside the program's wall: backups and checks see every firm."""
    import_models()
    engine = create_engine(settings.database)
    prepare_engine(engine)
    return engine


def see_everything(connection: Connection) -> None:
    """Pass the database's own wall, for this transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT set_config('ladder.beyond', 'on', true)"))


def back_up(settings: Settings, target: Path, *, now: datetime) -> Report:
    """Write the backup beside its final name, then move it there: half a backup never has the name of a whole one.

    Sealed when a passphrase is set. It is on the disk, its name too, when this returns.
    """
    engine = open_engine(settings)
    storage = FolderStorage(settings.files)
    temporary = target.with_suffix(target.suffix + ".part")
    sealed = target.with_suffix(target.suffix + ".sealed")
    hashes: dict[str, str] = {}
    counts: dict[str, int] = {}
    try:
        with engine.connect().execution_options(isolation_level=_snapshot(engine)) as connection:
            see_everything(connection)
            revision = revision_of(connection)
            if revision is None:
                raise Invalid("There is no database to back up yet. Run “lms migrate” first.")
            with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for table in Base.metadata.sorted_tables:
                    name = f"tables/{table.name}.jsonl"
                    counts[table.name], hashes[name] = _write_table(connection, archive, name, table)
                names = storage.names()
                for stored in names:
                    archive.writestr(f"files/{stored}", storage.get(stored))
                manifest = {
                    "format": FORMAT,
                    "revision": revision,
                    "made_at": now.isoformat(),
                    "tables": counts,
                    "hashes": hashes,
                    "files": names,
                }
                archive.writestr("manifest.json", json.dumps(manifest, indent=1, sort_keys=True))
        if settings.backup_passphrase:
            seal(temporary, sealed, settings.backup_passphrase)
            sealed.replace(temporary)
        flush_to_disk(temporary)
        temporary.replace(target)
        flush_to_disk(target.absolute().parent)
    finally:
        temporary.unlink(missing_ok=True)
        sealed.unlink(missing_ok=True)
        engine.dispose()
    return Report(counts, len(names), revision)


def _snapshot(engine: Engine) -> str:
    return "REPEATABLE READ" if engine.dialect.name == "postgresql" else "SERIALIZABLE"


def _write_table(
    connection: Connection, archive: zipfile.ZipFile, name: str, table: Table
) -> tuple[int, str]:
    digest, count = hashlib.sha256(), 0
    with archive.open(name, "w", force_zip64=True) as file:
        for row in connection.execute(select(table).order_by(*table.primary_key.columns)).mappings():
            line = as_line(row)
            digest.update(line)
            file.write(line)
            count += 1
    return count, digest.hexdigest()


def as_line(row: RowMapping) -> bytes:
    """A row as one line of JSON, the same whichever database it came from."""
    return json.dumps(dict(row), default=_plain, ensure_ascii=False, sort_keys=True).encode() + b"\n"


def _plain(value: object) -> str:
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"cannot write {type(value)}")


def restore(settings: Settings, source: Path) -> Report:
    """Bring a backup back into an empty database and folder. All or nothing; its hashes are checked first.

    Raises Invalid (not a whole backup of ours, or sealed with another passphrase), Conflict (the database is not empty).
    """
    with _in_the_open(settings, source) as plain, _open(plain) as archive:
        manifest = _checked_manifest(archive)
        engine = open_engine(settings)
        try:
            with engine.connect() as connection:
                if revision_of(connection) is not None and not _is_empty(connection):
                    raise Conflict(
                        "The database is not empty. Restore into a new one: set LADDER_HOME or LADDER_DATABASE."
                    )
            migrate(settings.database, manifest["revision"])
            with engine.begin() as connection:
                see_everything(connection)
                _read_tables(connection, archive, manifest)
                # Files before the rows are committed: a full disk leaves neither.
                storage = FolderStorage(settings.files)
                for name in manifest["files"]:
                    storage.put(archive.read(f"files/{name}"))
            migrate(settings.database)
        finally:
            engine.dispose()
    return Report(manifest["tables"], len(manifest["files"]), manifest["revision"])


@contextmanager
def _in_the_open(settings: Settings, source: Path) -> Iterator[Path]:
    """The backup itself, or what was sealed in it, for as long as it is read."""
    if not source.is_file() or not is_sealed(source):
        yield source
        return
    if not settings.backup_passphrase:
        raise Invalid("The backup is sealed: set LADDER_BACKUP_PASSPHRASE to what it was made with.")
    with tempfile.TemporaryDirectory(dir=settings.home) as folder:
        plain = Path(folder) / "plain.ladder"
        unseal(source, plain, settings.backup_passphrase)
        yield plain


def _open(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except TORN:
        raise Invalid("%(path)s is not a backup we can read.", path=source) from None


def _checked_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads(archive.read("manifest.json"))
        whole = manifest["format"] == FORMAT and all(
            _hash_of(archive, name) == wanted for name, wanted in _promised(manifest)
        )
    except (KeyError, *TORN):
        whole = False
    if not whole:
        raise Invalid("The backup is damaged or not one of ours. Nothing was changed.")
    return manifest


def _promised(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every part of a backup and its hash; a stored file's name is its hash."""
    yield from manifest["hashes"].items()
    yield from ((f"files/{name}", name) for name in manifest["files"])


def _hash_of(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _is_empty(connection: Connection) -> bool:
    see_everything(connection)
    return not any(
        connection.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    )


def _read_tables(connection: Connection, archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Insert every row; keys that go round in a circle (or to the same table) are set once all rows are there."""
    unknown = set(manifest["tables"]) - set(Base.metadata.tables)
    if lost := sorted(name for name in unknown if manifest["tables"][name]):
        raise Invalid(
            "The backup has rows of %(tables)s, which this release does not keep. Nothing was changed.",
            tables=", ".join(lost),
        )
    later: list[tuple[Table, dict[str, Any], dict[str, Any]]] = []
    for table in Base.metadata.sorted_tables:
        round_columns = {
            key.parent.name
            for constraint in table.foreign_key_constraints
            if constraint.use_alter or constraint.referred_table is table
            for key in constraint.elements
            if key.parent.nullable
        }
        batch: list[dict[str, Any]] = []
        for row in _rows(archive, table):
            turned = {name: row[name] for name in round_columns if row[name] is not None}
            if turned:
                later.append((table, {column.name: row[column.name] for column in table.primary_key}, turned))
            batch.append(row | dict.fromkeys(round_columns))
            if len(batch) == BATCH:
                connection.execute(insert(table), batch)
                batch = []
        if batch:
            connection.execute(insert(table), batch)
        found = connection.scalar(select(func.count()).select_from(table))
        if found != manifest["tables"][table.name]:
            raise Invalid(
                "The backup is damaged: %(table)s has %(found)s rows.", table=table.name, found=found
            )
    for table, key, values in later:
        connection.execute(
            update(table).where(*(table.c[name] == value for name, value in key.items())).values(values)
        )


def _rows(archive: zipfile.ZipFile, table: Table) -> Iterator[dict[str, Any]]:
    with archive.open(f"tables/{table.name}.jsonl") as file:
        for line in file:
            row = json.loads(line)
            yield {name: _typed(table, name, value) for name, value in row.items()}


def _typed(table: Table, name: str, value: Any) -> Any:
    if value is None:
        return None
    kind = table.c[name].type
    if isinstance(kind, UtcDateTime):
        return datetime.fromisoformat(value)
    python = kind.python_type
    if python is uuid.UUID:
        return uuid.UUID(value)
    return date.fromisoformat(value) if python is date else value
