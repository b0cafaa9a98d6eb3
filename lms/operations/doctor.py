"""Is everything as it should be? Each check says what it looked at, and what to do when it is not well."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, and_, func, inspect, select, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from lms.assessments.models import AnswerFile
from lms.courses.models import VersionMedia
from lms.foundation.db import Base
from lms.foundation.errors import Invalid
from lms.foundation.signing import Keys, read_private
from lms.foundation.storage import FolderStorage
from lms.migrating import newest_revision, revision_of
from lms.operations.backup import open_engine, see_everything
from lms.people.models import Firm
from lms.people.services.audit import first_broken_entry
from lms.settings import Settings

LITTLE_DISK = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    check: str
    well: bool
    sentence: str

    def as_json(self) -> dict[str, object]:
        """For `--json`."""
        return asdict(self)


def examine(settings: Settings, *, now: datetime) -> list[Finding]:
    """Look at everything, in the order in which one thing needs the other."""
    engine = open_engine(settings)
    try:
        return list(_findings(settings, engine, now))
    finally:
        engine.dispose()


def _findings(settings: Settings, engine: Engine, now: datetime) -> Iterator[Finding]:
    yield _configuration(settings)
    yield _disk(settings)
    yield _key(settings)
    try:
        with engine.connect() as connection:
            see_everything(connection)
            revision = revision_of(connection)
            yield Finding(
                "migrations",
                revision == newest_revision(),
                f"The database is at {revision}, this release at {newest_revision()}."
                + ("" if revision == newest_revision() else " Run “lms migrate”."),
            )
            if revision != newest_revision():
                return
            yield _clock(connection.dialect.name, connection.scalar(text("SELECT CURRENT_TIMESTAMP")), now)
            if engine.dialect.name == "sqlite":
                pages = connection.scalar(text("PRAGMA integrity_check"))
                yield Finding("pages", pages == "ok", f"SQLite's integrity check says: {pages}.")
        with Session(engine) as session:
            see_everything(session.connection())
            yield from _chains(session)
            yield _orphans(session)
            yield _files(session, settings)
    except DatabaseError as error:
        away = isinstance(error, OperationalError)
        sentence = (
            f"The database does not answer: {error.orig}. Check LADDER_DATABASE."
            if away
            else f"The database cannot be read: {error.orig}. Restore the newest backup into a new home."
        )
        yield Finding("database", False, sentence)


def _configuration(settings: Settings) -> Finding:
    problems = []
    if len(settings.secret_key) < 32:
        problems.append("LADDER_SECRET_KEY is shorter than 32 characters")
    if not os.access(settings.home, os.W_OK):
        problems.append(f"LADDER_HOME ({settings.home}) cannot be written")
    if not settings.secure_cookies:
        problems.append("LADDER_SECURE_COOKIES is off: right on one's own machine only")
    return Finding(
        "configuration",
        not problems or problems[0].startswith("LADDER_SECURE"),
        "; ".join(problems) or "All settings are well.",
    )


def _disk(settings: Settings) -> Finding:
    free = shutil.disk_usage(settings.home).free
    return Finding("disk", free > LITTLE_DISK, f"{free / (1 << 30):.1f} GB free where Ladder writes.")


def _key(settings: Settings) -> Finding:
    """The key that signs passports: ours alone to read; and those of other Ladders."""
    keys, name = Keys(settings.home), "passport key"
    try:
        trusted = len(keys.trusted())
        if not keys.path.exists():
            return Finding(name, True, "There is none yet: it is made with the first passport.")
        read_private(keys.path)
    except Invalid as error:
        return Finding(name, False, str(error))
    mode = keys.path.stat().st_mode & 0o777
    if mode & 0o077:
        return Finding(
            name,
            False,
            f"{keys.path} can be read by others ({mode:o}): run chmod 600 on it, and ask who could.",
        )
    return Finding(
        name, True, f"Ours is {keys.own().id}, for its owner only; {trusted} of others are trusted."
    )


def _clock(dialect: str, database_time: object, now: datetime) -> Finding:
    there = datetime.fromisoformat(str(database_time)) if dialect == "sqlite" else database_time
    assert isinstance(there, datetime)
    there = there.replace(tzinfo=UTC) if there.tzinfo is None else there
    apart = abs((there - now).total_seconds())
    return Finding(
        "clock",
        apart < 5 and now.year >= 2026,
        f"This machine's clock and the database's are {apart:.0f} s apart.",
    )


def _chains(session: Session) -> Iterator[Finding]:
    for firm in session.scalars(select(Firm).order_by(Firm.name)):
        broken = first_broken_entry(session, firm_id=firm.id)
        sentence = (
            f"{firm.name}: the audit chain is whole."
            if broken is None
            else f"{firm.name}: entry {broken} does not fit. Somebody changed the log outside Ladder."
        )
        yield Finding("audit chain", broken is None, sentence)


def _orphans(session: Session) -> Finding:
    """Rows whose keys lead nowhere: none, unless a tool wrote past the constraints."""
    lost: list[str] = []
    for table in Base.metadata.sorted_tables:
        for constraint in table.foreign_key_constraints:
            other = constraint.referred_table.alias()
            ties = [key.parent == other.c[key.column.name] for key in constraint.elements]
            here = [key.parent.is_not(None) for key in constraint.elements]
            first = next(iter(constraint.referred_table.primary_key.columns)).name
            count = session.scalar(
                select(func.count())
                .select_from(table.outerjoin(other, and_(*ties)))
                .where(*here, other.c[first].is_(None))
            )
            if count:
                lost.append(f"{count} in {table.name}")
    return Finding(
        "orphans",
        not lost,
        "Every row leads somewhere." if not lost else "Rows that lead nowhere: " + ", ".join(lost),
    )


def _files(session: Session, settings: Settings) -> Finding:
    if not inspect(session.connection()).has_table("answer_file"):
        return Finding("files", False, "The table of files is missing.")
    storage = FolderStorage(settings.files)
    kept = set(storage.names())
    named = {*session.scalars(select(VersionMedia.stored)), *session.scalars(select(AnswerFile.stored))}
    lost = sorted(named - kept)
    changed = sorted(name for name in kept if not storage.is_whole(name))
    problems = [
        f"{len(names)} files {what}, such as {names[0]}"
        for names, what in ((lost, "are missing"), (changed, "are no longer what they were"))
        if names
    ]
    return Finding(
        "files",
        not problems,
        "; ".join(problems) + ". Restore them from a backup."
        if problems
        else "Every file is there and whole.",
    )
