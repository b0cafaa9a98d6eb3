"""Bringing a database to this release's shape, and telling whether it is there."""

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, create_engine
from sqlalchemy.orm import configure_mappers

from lms.foundation.db import Base
from lms.foundation.errors import Conflict

MIGRATIONS = Path(__file__).parent.parent / "migrations"
ROOMS_WITH_MODELS = ("people", "courses", "assessments", "learning", "tracks", "interop")


def import_models() -> None:
    """Import every room's models, so that the metadata is whole."""
    for room in ROOMS_WITH_MODELS:
        models = importlib.import_module(f"lms.{room}.models")
        for part in pkgutil.iter_modules(getattr(models, "__path__", ())):
            importlib.import_module(f"lms.{room}.models.{part.name}")
    importlib.import_module("lms.foundation.jobs")
    configure_mappers()


def alembic_config(database: str) -> Config:
    """Alembic's configuration for one database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", database.replace("%", "%%"))
    return config


def migrate(database: str, revision: str = "head") -> None:
    """Bring the database up to a revision; on an empty one, all of it. Raises Conflict (a later release made it)."""
    try:
        command.upgrade(alembic_config(database), revision)
    except CommandError:
        raise Conflict("A later release of Ladder made this. Bring the program up to date first.") from None


def newest_revision() -> str:
    """The revision this release expects."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


@cache
def suits(revision: str | None) -> bool:
    """Whether this release can work on a database of that shape: its own, or a later one's, which only adds to it."""
    script = ScriptDirectory(str(MIGRATIONS))
    known = {one.revision for one in script.walk_revisions()}
    return revision is not None and (revision == script.get_current_head() or revision not in known)


def revision_of(connection: Connection) -> str | None:
    """The revision a database is at, or None when it is empty."""
    return MigrationContext.configure(connection).get_current_revision()


def drift(database: str) -> list[object]:
    """What differs between the models and a migrated database."""
    import_models()
    engine = create_engine(database)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(
                connection, opts={"compare_type": True, "compare_server_default": True}
            )
            return list(compare_metadata(context, Base.metadata))
    finally:
        engine.dispose()
