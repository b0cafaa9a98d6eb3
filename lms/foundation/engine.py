"""How a transaction begins on each database.

SQLite: write-ahead log, every commit on disk before it is told, foreign keys on, and a transaction that means to write
says so at once (`BEGIN IMMEDIATE`): with a plain BEGIN, two writers that both read first cannot both go on.

SQLite lets one write at a time, and those who wait look again after 1, 2, 5, 10 … 100 ms, so that the lock lies idle
while everybody sleeps. The writers of one process therefore queue at a turn of ours, and whoever is next wakes at once;
and the first in each process's queue looks some three times a millisecond whether another process has let go.
"""

import sqlite3
import threading
import time
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

WRITES = {"ladder_writes": True}
PATIENCE = 15.0
"""Seconds a writer waits before it is told that the database is busy."""
LOOK = 0.0003
"""Seconds between two looks at a lock that another process holds."""


class InTurn(sqlite3.Connection):
    """A connection that gives its turn to write back when its transaction has ended, whichever way."""

    turn: "threading.Lock | None" = None
    patience: int | None = None
    """Milliseconds that SQLite waits for a lock by itself; asked once. It does not while a turn is ours: then we wait."""

    def take_turn(self, turn: "threading.Lock") -> bool:
        """Wait for the turn; whether it came."""
        if turn.acquire(timeout=PATIENCE):
            self.turn = turn
        return self.turn is not None

    def begin_immediate(self) -> None:
        """Begin a transaction that writes. Raises sqlite3.OperationalError when another process kept the lock too long."""
        if self.patience is None:
            [self.patience] = self.execute("PRAGMA busy_timeout").fetchone()
        self.execute("PRAGMA busy_timeout=0")
        until = time.monotonic() + self.patience / 1000
        while True:
            try:
                self.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() >= until:
                    raise
                time.sleep(LOOK)
            else:
                return

    def give_back(self) -> None:
        """Let the next one write, unless the transaction is still open; and wait as SQLite does again."""
        if self.turn is not None and not self.in_transaction:
            turn, self.turn = self.turn, None
            turn.release()
            self.execute(f"PRAGMA busy_timeout={self.patience}")

    def commit(self) -> None:
        """Commit: on disk when this returns."""
        try:
            super().commit()
        finally:
            self.give_back()

    def rollback(self) -> None:
        """Undo."""
        try:
            super().rollback()
        finally:
            self.give_back()

    def close(self) -> None:
        """Close; a transaction that is still open ends with it."""
        try:
            super().close()
        finally:
            if self.turn is not None:
                turn, self.turn = self.turn, None
                turn.release()


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

    turn = threading.Lock()

    @event.listens_for(engine, "do_connect")
    def connecting(_dialect: object, _record: object, _arguments: object, options: dict[str, Any]) -> None:
        options["factory"] = InTurn

    @event.listens_for(engine, "connect")
    def connected(raw: Any, _record: object) -> None:
        raw.isolation_level = None
        wait = f"busy_timeout={1000 * PATIENCE:.0f}"
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", wait):
            raw.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begun(connection: Connection) -> None:
        raw: Any = connection.connection.dbapi_connection
        if not connection.get_execution_options().get("ladder_writes"):
            raw.execute("BEGIN")  # nothing of the file is looked at before the first statement
            return
        if not raw.take_turn(turn):
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        try:
            raw.begin_immediate()
        except sqlite3.OperationalError as error:
            raise OperationalError("BEGIN IMMEDIATE", None, error) from error
        except sqlite3.Error as error:  # a file that is no database, or a damaged one
            raise DatabaseError("BEGIN IMMEDIATE", None, error) from error
        finally:
            raw.give_back()  # when it did not begin
