"""How a transaction begins on each database.

SQLite: write-ahead log, every commit on disk before it is told, foreign keys on, and a transaction that means to write
says so at once (`BEGIN IMMEDIATE`): with a plain BEGIN, two writers that both read first cannot both go on.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

WRITES = {"ladder_writes": True}


def begin_writing(session: Session) -> None:
    """Open the session's transaction as one that writes. What was only read so far is read again when needed."""
    if session.in_transaction():
        if session.connection().get_execution_options().get("ladder_writes"):
            return
        session.rollback()
    session.connection(execution_options=WRITES)


def prepare_engine(engine: Engine) -> None:
    """Set an engine's connections and transactions up for this program."""
    if engine.dialect.name != "sqlite":
        return

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _record: object) -> None:
        raw.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        writes = connection.get_execution_options().get("ladder_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
