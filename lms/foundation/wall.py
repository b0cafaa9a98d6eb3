"""The wall between firms, in the program: a statement on a firm's table must bind the acting firm.

A session carries one firm (`enter`). Before any statement runs, every firm-owned table in it must have its `firm_id`
tied to that firm: by an equality with the bound firm, or by an equality with the `firm_id` of a table that is.
Association-wide work goes through `beyond_the_wall`, which names its reason and is logged.
The database keeps the same wall on its own side: composite keys everywhere, row-level security on PostgreSQL.
"""

import logging
import re
import uuid
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, Alias, Connection, Engine, Insert, Join, Select, Subquery, Table, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper, Session
from sqlalchemy.sql import operators
from sqlalchemy.sql.dml import Delete, Update
from sqlalchemy.sql.elements import BinaryExpression, BindParameter, BooleanClauseList, Grouping, TextClause

from lms.foundation.db import firm_tables

log = logging.getLogger(__name__)

FIRM = "firm"
BEYOND = "beyond the wall"


class WallBreach(RuntimeError):
    """A statement would have reached past its firm. Always a defect of ours, never the person's."""


def enter(session: Session, firm_id: uuid.UUID) -> None:
    """Put the session inside one firm. A session changes firm only by leaving first."""
    if session.info.get(FIRM) not in (None, firm_id):
        raise WallBreach("the session is already inside another firm")
    session.info[FIRM] = firm_id
    if session.in_transaction():
        _tell(session, session.connection())


def entered(session: Session) -> uuid.UUID | None:
    """The firm that the session is inside of."""
    inside: uuid.UUID | None = session.info.get(FIRM)
    return inside


def leave(session: Session) -> None:
    """Take the session out of its firm; until it enters one, firm-owned tables are closed to it."""
    session.info.pop(FIRM, None)
    if session.in_transaction():
        _tell(session, session.connection())


@contextmanager
def beyond_the_wall(session: Session, reason: str) -> Iterator[None]:
    """The one door for work across firms: sign-in, the association's figures, backups. Named and logged."""
    log.info("beyond the wall: %s", reason)
    before = session.info.get(BEYOND)
    session.info[BEYOND] = reason
    _tell(session, session.connection())
    failed = False
    try:
        yield
        session.flush()
    except DBAPIError:
        failed = True  # PostgreSQL takes nothing more in this transaction, and would hide what went wrong
        raise
    finally:
        session.info[BEYOND] = before
        if session.is_active and session.in_transaction():
            connection = session.connection()
            connection.info[BEYOND] = before
            if not failed:
                _tell(session, connection)


def _tell(session: Session, connection: Connection) -> None:
    """Let the connection know the firm; on PostgreSQL the row-level security reads it, for this transaction only."""
    connection.info[FIRM] = session.info.get(FIRM)
    connection.info[BEYOND] = session.info.get(BEYOND)
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "SELECT set_config('ladder.firm_id', :firm, true), set_config('ladder.beyond', :beyond, true)"
            ),
            {"firm": str(session.info.get(FIRM) or ""), "beyond": "on" if session.info.get(BEYOND) else ""},
        )


def guard_sessions(factory: Any) -> None:
    """Tell each new transaction of these sessions which firm it is in."""

    @event.listens_for(factory, "after_begin")
    def begun(session: Session, _transaction: object, connection: Connection) -> None:
        _tell(session, connection)


def guard_engine(engine: Engine) -> None:
    """Refuse, at the last moment before the database, a statement that does not bind its firm.

    The last moment sees everything: queries, flushes, lazy loads, bulk work, Core, raw text.
    """

    @event.listens_for(engine, "before_cursor_execute")
    def last_look(
        connection: Connection,
        _cursor: object,
        statement: str,
        _parameters: object,
        context: Any,
        _many: bool,
    ) -> None:
        if connection.info.get(BEYOND):
            return
        compiled = getattr(context, "compiled", None)
        if compiled is None or compiled.statement is None:
            if not statement.startswith("PRAGMA") and _words(statement) & firm_tables():
                raise WallBreach(f"a raw statement on a firm's table: {statement}")
            return
        if compiled.is_ddl:
            return
        shape = _SHAPES.get(compiled)
        if shape is None:
            names = {bind.key: name for bind, name in compiled.bind_names.items()}
            shape = _SHAPES[compiled] = shape_of(compiled.statement, names)
        if shape.tables:
            _check(shape, connection.info.get(FIRM), context.compiled_parameters, statement)

    @event.listens_for(engine, "checkin")
    def handed_back(_raw: object, record: Any) -> None:
        record.info.pop(FIRM, None)
        record.info.pop(BEYOND, None)


@dataclass(frozen=True)
class Shape:
    """What a statement must prove: which of its binds must be the firm, and which tables it left open."""

    tables: frozenset[str] = frozenset()
    binds: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


_SHAPES: weakref.WeakKeyDictionary[Any, Shape] = weakref.WeakKeyDictionary()


def _check(
    shape: Shape, firm: uuid.UUID | None, parameters: Sequence[Mapping[str, Any]], statement: str
) -> None:
    if firm is None:
        raise WallBreach(f"no firm entered: {statement}")
    if shape.open:
        raise WallBreach(f"{', '.join(shape.open)} is not tied to the firm: {statement}")
    for row in parameters:
        for name in shape.binds:
            if row.get(name) not in (firm, firm.hex, str(firm)):
                raise WallBreach(f"{name} is not the acting firm: {statement}")


def shape_of(statement: Any, bind_names: Mapping[str, str] | None = None) -> Shape:
    """Read off a statement what ties its firm-owned tables to a firm. `bind_names`: key of a bind to its compiled name."""
    closed = firm_tables()
    if isinstance(statement, TextClause):
        named = frozenset(_words(statement.text) & closed)
        bound = "firm_id" in statement._bindparams
        return Shape(named, ("firm_id",) if bound else (), () if bound else tuple(sorted(named)))
    if isinstance(statement, Insert) and statement.select is None:
        return (
            Shape(frozenset({statement.table.name}), ("firm_id",))
            if statement.table.name in closed
            else Shape()
        )
    reading = _Reading(closed)
    reading.visit(statement, ())
    return reading.shape(bind_names or {})


Node = tuple[int, Any]
Scope = tuple[int, frozenset[Any]]


class _Reading:
    """Follows equalities between `firm_id` columns, as sets that grow together, from each table to a bound firm.

    Only what every row must satisfy counts: the AND-ed parts of WHERE and ON, never what stands under OR or NOT.
    The same table in two SELECTs is two nodes, unless the inner one correlates to the outer.
    """

    def __init__(self, closed: frozenset[str]) -> None:
        self.closed = closed
        self.tables: dict[Node, str] = {}
        self.binds: list[tuple[Node, str]] = []
        self.parent: dict[Node, Node] = {}
        self.count = 0
        self.written: list[str] = []
        """The keys of binds that become a row's `firm_id`; empty for what is no plain bind."""

    def visit(self, element: Any, scopes: tuple[Scope, ...]) -> None:
        """Read an element and all below it."""
        if isinstance(element, Select):
            self._select(element, scopes)
        elif isinstance(element, Update | Delete):
            scopes = self._enter((element.table,), scopes)
            self._facts(element._where_criteria, scopes)
            if isinstance(element, Update):
                self._moves(element)
            self._below((element.get_children(),), scopes)
        elif isinstance(element, Insert):  # from a select
            scopes = self._enter((element.table,), scopes)
            self._copies(element)
            self._below((element.get_children(),), scopes)
        elif isinstance(element, Subquery | CTE):
            self.visit(element.element, ())
        elif element is not None:
            self._below((element.get_children(),), scopes)

    def _moves(self, element: Any) -> None:
        """A row that is written anew must stay in the firm: a value for its `firm_id` is one more bind to prove."""
        values = {getattr(column, "name", column): value for column, value in (element._values or {}).items()}
        if element.table.name in self.closed and "firm_id" in values:
            value = values["firm_id"]
            self.written.append(value.key if isinstance(value, BindParameter) else "")

    def _copies(self, element: Any) -> None:
        """Rows that a select brings are of the firm whose bind stands where their `firm_id` comes from; no other is known."""
        columns = dict(zip(element._select_names, element.select.selected_columns, strict=True))
        value = columns.get("firm_id")
        if isinstance(value, BindParameter):
            self.binds.append(((self.count, _label(element.table)), value.key))

    def _select(self, element: Any, outer: tuple[Scope, ...]) -> None:
        seen = {table for _number, tables in outer for table in tables}
        sources = element.get_final_froms()  # once: each call names the aliases of eager joins anew
        froms = [part for source in sources for part in _parts(source)]
        own = [part for part in froms if _label(part) not in seen] or froms
        scopes = self._enter(own, outer)
        self._facts(element._where_criteria, scopes)
        for source in sources:
            self._facts(_conditions(source), scopes)
            self._below((_every_condition(source),), scopes)
        self._below((own, element._where_criteria, element._raw_columns, element._having_criteria), scopes)
        clauses = (element._limit_clause, element._offset_clause, element._fetch_clause)
        clauses = tuple(one for one in clauses if one is not None)
        self._below((element._order_by_clauses, element._group_by_clauses, clauses), scopes)
        self._below((element._distinct_on, element._independent_ctes), scopes)

    def _enter(self, sources: Iterable[Any], scopes: tuple[Scope, ...]) -> tuple[Scope, ...]:
        self.count += 1
        tables = {_label(source): _table_name(source) for source in sources}
        for label, name in tables.items():
            if name in self.closed:
                self.tables[(self.count, label)] = name
        return (*scopes, (self.count, frozenset(tables)))

    def _below(self, groups: Iterable[Iterable[Any]], scopes: tuple[Scope, ...]) -> None:
        for group in groups:
            for child in group:
                if not isinstance(child, Table | Mapper):
                    self.visit(child, scopes)

    def _facts(self, conditions: Iterable[Any], scopes: tuple[Scope, ...]) -> None:
        for condition in conditions:
            if isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
                self._facts(condition.clauses, scopes)
            elif isinstance(condition, Grouping):
                self._facts((condition.element,), scopes)
            elif isinstance(condition, BinaryExpression) and condition.operator is operators.eq:
                self._equal(condition.left, condition.right, scopes)

    def _equal(self, left: Any, right: Any, scopes: tuple[Scope, ...]) -> None:
        one, other = self._node(left, scopes), self._node(right, scopes)
        if one and other:
            self.parent[self._root(one)] = self._root(other)
        for node, value in ((one, right), (other, left)):
            if node and isinstance(value, BindParameter):
                self.binds.append((node, value.key))

    def _node(self, element: Any, scopes: tuple[Scope, ...]) -> Node | None:
        if getattr(element, "name", None) != "firm_id" or getattr(element, "table", None) is None:
            return None
        table = _label(element.table)
        return next(((number, table) for number, tables in reversed(scopes) if table in tables), None)

    def _root(self, node: Node) -> Node:
        while (above := self.parent.setdefault(node, node)) != node:
            node = above
        return node

    def shape(self, bind_names: Mapping[str, str]) -> Shape:
        """What was read, as what must be proved."""
        tied = {self._root(node) for node, _key in self.binds}
        left_open = tuple(sorted(name for node, name in self.tables.items() if self._root(node) not in tied))
        roots = {self._root(node) for node in self.tables}
        names = tuple(
            dict.fromkeys(bind_names.get(key, key) for node, key in self.binds if self._root(node) in roots)
        )
        names += tuple(bind_names.get(key, key) for key in self.written)
        return Shape(frozenset(self.tables.values()), names, left_open)


def _parts(source: Any) -> Iterator[Any]:
    """The tables and aliases of a FROM, joins taken apart."""
    if isinstance(source, Join):
        yield from _parts(source.left)
        yield from _parts(source.right)
    else:
        yield source


def _conditions(source: Any) -> Iterator[Any]:
    """The ON conditions of a FROM. A FULL JOIN ties nothing: rows of either side pass without it."""
    if isinstance(source, Join):
        yield from _conditions(source.left)
        yield from _conditions(source.right)
        if source.onclause is not None and not source.full:
            yield source.onclause


def _every_condition(source: Any) -> Iterator[Any]:
    """The ON conditions of a FROM, to look for subqueries in them."""
    if isinstance(source, Join):
        yield from _every_condition(source.left)
        yield from _every_condition(source.right)
        if source.onclause is not None:
            yield source.onclause


def _label(source: Any) -> Any:
    """What a table or alias is called inside its statement: the ORM copies the objects, the names stay."""
    return getattr(source, "name", None) or id(source)


def _table_name(source: Any) -> str:
    inner = source.element if isinstance(source, Alias) else source
    return inner.name if isinstance(inner, Table) else ""


def _words(sql: str) -> set[str]:
    return set(re.findall(r"[a-z_][a-z0-9_]*", sql.lower()))
