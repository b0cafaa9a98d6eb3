"""What “saved” rests on: how each database is told to write."""

from pathlib import Path

import pytest
from sqlalchemy import create_engine

from lms.foundation.engine import prepare_engine
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
