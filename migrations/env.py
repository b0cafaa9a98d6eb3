"""Alembic's environment: the database of the settings, in one transaction, on SQLite and PostgreSQL."""

from alembic import context
from alembic.util import load_python_file
from sqlalchemy import JSON, create_engine, event, pool

from lms.foundation.db import Base, UtcDateTime
from lms.migrating import MIGRATIONS, import_models

import_models()
load_python_file(str(MIGRATIONS), "wall.py")  # so that a migration can say `op.wall_in(table)`


def plain_type(kind: str, item: object, autogen: object) -> str | bool:
    """Write our own column types as the plain ones they are: a migration never imports the program's models."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def run() -> None:
    """Migrate online; Ladder never writes SQL scripts."""
    address = context.config.get_main_option("sqlalchemy.url")
    engine = create_engine(address, poolclass=pool.NullPool)
    if engine.dialect.name == "sqlite":
        # Rebuilding a table drops the old one; with keys enforced that would cascade into its rows.
        event.listen(engine, "connect", lambda raw, _record: raw.execute("PRAGMA foreign_keys=OFF"))
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            compare_server_default=True,
            render_item=plain_type,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
