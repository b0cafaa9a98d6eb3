"""The database's ground: the base of all models, column types, and the mixin that puts a row inside a firm."""

import uuid
from datetime import UTC, datetime
from functools import cache
from types import SimpleNamespace
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, ForeignKey, ForeignKeyConstraint, MetaData, String, Uuid, bindparam
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
from sqlalchemy.types import TypeDecorator

from lms.foundation.ids import new_id


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC. SQLite drops time zones, so they are taken off going in and put back coming out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=new_id)]
Moment = Annotated[datetime, mapped_column(UtcDateTime)]
Document = Annotated[dict[str, Any], mapped_column(JSON().with_variant(JSONB(), "postgresql"))]
Key = Annotated[str, mapped_column(String(80))]


class Base(DeclarativeBase):
    """Every table's base; constraint names follow one convention so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class InFirm:
    """A row that belongs to one firm: `firm_id` comes first in its primary key and in every key that points to it."""

    @declared_attr
    def firm_id(cls) -> Mapped[uuid.UUID]:
        """The firm, walled: see `foundation.wall`."""
        return mapped_column(Uuid, ForeignKey("firm.id"), primary_key=True, sort_order=-100)


def employed(column: str = "person_id", **rules: Any) -> ForeignKeyConstraint:
    """Whoever a row names in that column works (or worked) at its firm."""
    return ForeignKeyConstraint(["firm_id", column], ["employment.firm_id", "employment.person_id"], **rules)


ASKING: Any = SimpleNamespace(
    firm_id=bindparam("firm_id", type_=Uuid()), person_id=bindparam("person_id", type_=Uuid())
)
"""Stands for the actor in a statement that is put together once, which costs more than asking it: whoever asks binds
`firm_id` and `person_id`."""


def firm_tables() -> frozenset[str]:
    """The names of the tables behind the wall."""
    return _firm_tables(len(Base.metadata.tables))


@cache
def _firm_tables(_known: int) -> frozenset[str]:
    """Looked for anew when there are more tables: whoever imports a model later is behind the wall as well."""
    return frozenset(
        str(mapper.local_table.name)  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, InFirm)
    )
