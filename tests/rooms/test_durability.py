"""What “saved” rests on: how each database is told to write."""

import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError

from lms.foundation import engine as ground
from lms.foundation.engine import WRITES, prepare_engine
from lms.settings import Settings

SYNCHRONOUS_FULL = 2


def test_on_sqlite_a_commit_is_on_disk_before_it_is_told(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'ladder.db'}")
    prepare_engine(engine)
    with engine.connect() as connection:
        told = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert told == {
        "journal_mode": "wal",
        "synchronous": SYNCHRONOUS_FULL,
        "foreign_keys": 1,
        "busy_timeout": 15000,
    }


def test_on_postgresql_no_connection_of_ours_asks_for_less_than_a_written_log(settings: Settings) -> None:
    if not settings.database.startswith("postgresql"):
        pytest.skip("PostgreSQL's own setting")
    engine = create_engine(settings.database)
    prepare_engine(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    engine.dispose()


def writers(folder: Path) -> Engine:
    """An engine with a table to write to."""
    engine = create_engine(f"sqlite:///{folder / 'ladder.db'}")
    prepare_engine(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE told (word TEXT)")
    return engine


def tell(engine: Engine, word: str) -> None:
    with engine.connect().execution_options(**WRITES) as connection, connection.begin():
        connection.exec_driver_sql("INSERT INTO told VALUES (?)", (word,))


def words(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT word FROM told").scalars())


@pytest.mark.sqlite_is_enough
def test_a_writer_waits_for_its_turn_and_has_it_when_the_one_before_ends(tmp_path: Path) -> None:
    engine = writers(tmp_path)
    with engine.connect().execution_options(**WRITES) as first:
        transaction = first.begin()
        first.exec_driver_sql("INSERT INTO told VALUES ('first')")
        second = threading.Thread(target=tell, args=(engine, "second"))
        second.start()
        second.join(0.05)
        assert second.is_alive(), "nobody else writes in the meantime"
        assert words(engine) == [], "reading goes on"
        transaction.commit()
        second.join(5)
    assert words(engine) == ["first", "second"]
    engine.dispose()


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("ending", ["undone", "left open", "broken", "closed", "never begun"])
def test_a_turn_comes_back_however_a_transaction_ends(
    tmp_path: Path, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = writers(tmp_path)
    monkeypatch.setattr(ground, "PATIENCE", 1.0)
    if ending == "never begun":
        other = sqlite3.connect(tmp_path / "ladder.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout=10")
        with pytest.raises(OperationalError, match="locked"):
            tell(engine, "refused")
        other.close()
    else:
        connection = engine.connect().execution_options(**WRITES)
        transaction = connection.begin()
        if ending == "broken":
            with pytest.raises(OperationalError):
                connection.exec_driver_sql("INSERT INTO nowhere VALUES (1)")
        if ending == "undone":
            transaction.rollback()
        if ending == "closed":
            connection.invalidate()
        connection.close()
    tell(engine, "next")
    assert words(engine) == ["next"]
    engine.dispose()


@pytest.mark.sqlite_is_enough
def test_who_waits_too_long_for_a_turn_is_told_that_the_database_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = writers(tmp_path)
    monkeypatch.setattr(ground, "PATIENCE", 0.02)
    first = engine.connect().execution_options(**WRITES)
    with first, first.begin(), pytest.raises(OperationalError, match="database is locked"):
        tell(engine, "too late")
    tell(engine, "next")
    assert words(engine) == ["next"]
    engine.dispose()


@pytest.mark.sqlite_is_enough
def test_a_writer_looks_again_at_once_whether_another_process_has_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite's own waiting sleeps ever longer, and two processes would leave the lock idle for most of the time."""
    engine = writers(tmp_path)
    other = sqlite3.connect(tmp_path / "ladder.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            other.execute("COMMIT")

    monkeypatch.setattr(ground.time, "sleep", sleep)
    with engine.connect().execution_options(**WRITES) as connection:
        connection.begin()
    assert slept == [ground.LOOK] * 3
    with engine.connect() as connection:  # the same one again, and it waits as SQLite does
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one() == 1000 * ground.PATIENCE
    other.close()
    engine.dispose()
