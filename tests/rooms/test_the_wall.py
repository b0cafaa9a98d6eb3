"""The wall in the program: a statement that does not bind the acting firm never reaches the database."""

import logging
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import and_, delete, event, exists, func, insert, literal, not_, or_, select, text, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from lms.app import create_app
from lms.assessments.models import Attempt, Response
from lms.foundation.actor import Role
from lms.foundation.wall import WallBreach, beyond_the_wall, enter, leave
from lms.people.models import Employment, EmploymentRole, Firm, Person, Team
from lms.settings import Settings
from lms.web.request import db
from tests.house import House

E, R = Employment, EmploymentRole


@dataclass
class World:
    """Two firms, one person in each, and a session inside the first."""

    session: Session
    here: uuid.UUID
    there: uuid.UUID
    mine: uuid.UUID
    theirs: uuid.UUID

    def run(self, statement: Any, parameters: Any = None) -> Any:
        """Execute a statement."""
        return self.session.execute(statement, parameters)


@pytest.fixture
def world(house: House, session: Session) -> World:
    """See World."""
    here, there = house.firm("Here"), house.firm("There")
    mine, theirs = house.person(here, name="Mine"), house.person(there, name="Theirs")
    session.rollback()
    leave(session)
    enter(session, here)
    return World(session, here, there, mine.id, theirs.id)


def twin(table: Any) -> Any:
    """Another look at the same table."""
    return aliased(table)


def tied(inner: Any, outer: Any) -> Any:
    """Both are of one firm."""
    return inner.firm_id == outer.firm_id


REFUSED: dict[str, Callable[[World], Any]] = {
    "a query without the firm": lambda w: w.run(select(E)),
    "another firm": lambda w: w.run(select(E).where(E.firm_id == w.there)),
    "the firm under OR": lambda w: w.run(select(E).where(or_(E.firm_id == w.here, E.name == "x"))),
    "the firm under NOT": lambda w: w.run(select(E).where(not_(and_(E.firm_id == w.here, E.name == "x")))),
    "all firms but this": lambda w: w.run(select(E).where(E.firm_id != w.here)),
    "several firms": lambda w: w.run(select(E).where(E.firm_id.in_([w.here, w.there]))),
    "an aggregate": lambda w: w.run(select(func.count()).select_from(E)),
    "an aggregate of a column": lambda w: w.run(select(func.max(E.name))),
    "columns": lambda w: w.run(select(E.name, E.person_id)),
    "a join that is not tied": lambda w: w.run(
        select(E.name, R.role).join(R, R.person_id == E.person_id).where(E.firm_id == w.here)
    ),
    "a full join": lambda w: w.run(
        select(E.name)
        .join(R, and_(tied(R, E), R.person_id == E.person_id), full=True)
        .where(E.firm_id == w.here)
    ),
    "a product": lambda w: w.run(select(E.name, Team.name).where(E.firm_id == w.here)),
    "the same table twice": lambda w: w.run(select(E.name, twin(E).name).where(E.firm_id == w.here)),
    "an EXISTS that is not tied": lambda w: w.run(
        select(E.name).where(E.firm_id == w.here, exists().where(R.person_id == E.person_id))
    ),
    "an IN that is not tied": lambda w: w.run(
        select(E.name).where(E.firm_id == w.here, E.person_id.in_(select(R.person_id)))
    ),
    "a scalar subquery": lambda w: w.run(
        select(Firm.id, select(func.count()).select_from(E).scalar_subquery())
    ),
    "a subquery in FROM": lambda w: w.run(select(select(E.name).subquery())),
    "a subquery in ORDER BY": lambda w: w.run(
        select(Firm.id).order_by(select(func.max(E.name)).scalar_subquery())
    ),
    "a subquery in GROUP BY": lambda w: w.run(
        select(func.count()).select_from(Firm).group_by(select(func.max(E.name)).scalar_subquery())
    ),
    "a subquery in HAVING": lambda w: w.run(
        select(Firm.id).group_by(Firm.id).having(select(func.count()).select_from(E).scalar_subquery() > 0)
    ),
    "a subquery in ON": lambda w: w.run(
        select(Firm.id).join(Person, exists().where(E.person_id == Person.id))
    ),
    "a subquery in LIMIT": lambda w: w.run(
        select(Firm.id).limit(select(func.count()).select_from(E).scalar_subquery())
    ),
    "a CTE": lambda w: w.run(select(select(E.name).cte())),
    "a union": lambda w: w.run(select(E.name).where(E.firm_id == w.here).union_all(select(Team.name))),
    "get": lambda w: w.session.get(E, (w.there, w.theirs)),
    "a second query of a loader": lambda w: w.session.scalars(
        select(E).where(E.firm_id == w.here).options(selectinload(E.roles))
    ).all(),
    "merge": lambda w: w.session.merge(E(firm_id=w.there, person_id=w.theirs, name="x")),
    "text": lambda w: w.run(text("SELECT name FROM employment")),
    "text with another firm": lambda w: w.run(
        text("SELECT name FROM employment WHERE firm_id = :firm_id"), {"firm_id": w.there.hex}
    ),
    "the driver": lambda w: w.session.connection().exec_driver_sql("SELECT name FROM employment"),
    "update": lambda w: w.run(update(E).values(name="x")),
    "update of the other firm": lambda w: w.run(update(E).where(E.firm_id == w.there).values(name="x")),
    "update into another firm": lambda w: w.run(update(E).where(E.firm_id == w.here).values(firm_id=w.there)),
    "update into a firm that is worked out": lambda w: w.session.connection().execute(
        update(E.__table__)
        .where(E.__table__.c.firm_id == w.here)
        .values(firm_id=func.coalesce(literal(w.there), w.here))
    ),
    "update from the other firm": lambda w: w.run(
        update(E).where(E.firm_id == w.here).values(name=select(func.max(R.role)).scalar_subquery())
    ),
    "delete": lambda w: w.run(delete(R)),
    "Core delete": lambda w: w.run(delete(R.__table__).where(R.__table__.c.person_id == w.theirs)),
    "insert": lambda w: w.run(insert(R), {"firm_id": w.there, "person_id": w.theirs, "role": "trainer"}),
    "bulk insert": lambda w: w.run(
        insert(R),
        [
            {"firm_id": w.here, "person_id": w.mine, "role": "trainer"},
            {"firm_id": w.there, "person_id": w.theirs, "role": "trainer"},
        ],
    ),
    "insert of several values": lambda w: w.run(
        insert(R).values(
            [
                {"firm_id": w.here, "person_id": w.mine, "role": "trainer"},
                {"firm_id": w.there, "person_id": w.theirs, "role": "trainer"},
            ]
        )
    ),
    "insert from a select": lambda w: w.run(
        insert(R).from_select(
            ["firm_id", "person_id", "role"], select(literal(w.there), literal(w.theirs), literal("trainer"))
        )
    ),
    "insert from the other firm": lambda w: w.run(
        insert(Firm).from_select(["id", "name"], select(E.person_id, E.name))
    ),
    "insert of the other firm's rows as one's own": lambda w: w.run(
        insert(R).from_select(
            ["firm_id", "person_id", "role"],
            select(literal(w.here), E.person_id, literal("trainer")).where(E.firm_id == w.there),
        )
    ),
    "a flush of a new row": lambda w: (
        w.session.add(R(firm_id=w.there, person_id=w.theirs, role="trainer")),
        w.session.flush(),
    ),
}

ALLOWED: dict[str, Callable[[World], Any]] = {
    "a query": lambda w: w.run(select(E).where(E.firm_id == w.here)),
    "the firm on the left": lambda w: w.run(select(E).where(literal(w.here) == E.firm_id)),
    "an aggregate": lambda w: w.run(select(func.count()).select_from(E).where(E.firm_id == w.here)),
    "a tied join": lambda w: w.run(
        select(E.name, R.role)
        .join(R, and_(tied(R, E), R.person_id == E.person_id))
        .where(E.firm_id == w.here)
    ),
    "a tied outer join": lambda w: w.run(
        select(E.name, R.role)
        .outerjoin(R, and_(tied(R, E), R.person_id == E.person_id))
        .where(E.firm_id == w.here)
    ),
    "a chain of ties": lambda w: w.run(
        select(Response)
        .join(Attempt, and_(tied(Attempt, Response), Attempt.id == Response.attempt_id))
        .join(E, and_(tied(E, Attempt), E.person_id == Attempt.person_id))
        .where(Response.firm_id == w.here)
    ),
    "an insert from a select that binds the firm": lambda w: w.run(
        insert(R).from_select(
            ["firm_id", "person_id", "role"],
            select(literal(w.here), E.person_id, literal("trainer")).where(
                E.firm_id == w.here, E.person_id == w.mine
            ),
        )
    ),
    "an open table": lambda w: w.run(select(Firm, Person)),
    "a join of an open table": lambda w: w.run(
        select(Person.id).join(E, E.person_id == Person.id).where(E.firm_id == w.here)
    ),
    "an EXISTS tied to the outer query": lambda w: w.run(
        select(E.name).where(E.firm_id == w.here, exists().where(tied(R, E), R.person_id == E.person_id))
    ),
    "a subquery of its own": lambda w: w.run(
        select(E.name).where(
            E.firm_id == w.here, E.person_id.in_(select(R.person_id).where(R.firm_id == w.here))
        )
    ),
    "a subquery in ORDER BY": lambda w: w.run(
        select(Firm.id).order_by(select(func.max(E.name)).where(E.firm_id == w.here).scalar_subquery())
    ),
    "a CTE": lambda w: w.run(select(select(E.name).where(E.firm_id == w.here).cte())),
    "a union": lambda w: w.run(
        select(E.name).where(E.firm_id == w.here).union_all(select(Team.name).where(Team.firm_id == w.here))
    ),
    "get": lambda w: w.session.get(E, (w.here, w.mine), populate_existing=True),
    "text": lambda w: w.run(
        text("SELECT name FROM employment WHERE firm_id = :firm_id"),
        {"firm_id": w.here.hex if w.session.get_bind().dialect.name == "sqlite" else str(w.here)},
    ),
    "text on an open table": lambda w: w.run(text("SELECT name FROM firm")),
    "update": lambda w: w.run(update(E).where(E.firm_id == w.here).values(name="x")),
    "update into the same firm": lambda w: w.run(update(E).where(E.firm_id == w.here).values(firm_id=w.here)),
    "update by key": lambda w: w.run(update(E), [{"firm_id": w.here, "person_id": w.mine, "name": "x"}]),
    "delete": lambda w: w.run(delete(R).where(R.firm_id == w.here)),
    "bulk insert": lambda w: w.run(
        insert(R), [{"firm_id": w.here, "person_id": w.mine, "role": role} for role in ("trainer", "manager")]
    ),
    "merge": lambda w: (
        w.session.merge(R(firm_id=w.here, person_id=w.mine, role="manager")),
        w.session.flush(),
    ),
}


@pytest.mark.parametrize("shape", REFUSED)
def test_what_reaches_past_the_firm_is_refused(world: World, shape: str) -> None:
    with pytest.raises(WallBreach):
        REFUSED[shape](world)


@pytest.mark.parametrize("shape", ALLOWED)
def test_what_binds_the_firm_goes_through(world: World, shape: str) -> None:
    ALLOWED[shape](world)


@pytest.mark.parametrize("shape", ["a query", "an aggregate", "get", "text", "update", "bulk insert"])
def test_outside_every_firm_nothing_of_a_firm_can_be_touched(world: World, shape: str) -> None:
    leave(world.session)
    with pytest.raises(WallBreach):
        ALLOWED[shape](world)


def test_a_relationship_that_was_not_asked_for_is_not_loaded(world: World) -> None:
    one = world.session.scalars(select(E).where(E.firm_id == world.here)).one()
    with pytest.raises(Exception, match="lazy"):
        _ = one.roles


def test_joined_loading_is_tied_by_its_composite_key(world: World) -> None:
    found = (
        world.session.scalars(select(E).where(E.firm_id == world.here).options(joinedload(E.roles)))
        .unique()
        .one()
    )
    assert [one.role for one in found.roles] == [Role.AGENT]


def test_a_row_cannot_point_into_another_firm_whatever_the_program_does(world: World) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), beyond_the_wall(world.session, "test"):
        world.run(insert(R), {"firm_id": world.here, "person_id": world.theirs, "role": "trainer"})


def test_the_one_door_is_named_and_logged_and_closes_behind_one(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with (
        caplog.at_level(logging.INFO, "lms.foundation.wall"),
        beyond_the_wall(world.session, "the figures of all"),
    ):
        assert world.session.scalar(select(func.count()).select_from(E)) == 2
    assert "the figures of all" in caplog.text
    with pytest.raises(WallBreach):
        world.run(select(E))


def test_the_door_is_closed_after_a_statement_behind_it_failed(world: World) -> None:
    with pytest.raises(DBAPIError), beyond_the_wall(world.session, "test"):
        world.run(text("SELECT no_such_column FROM firm"))
    world.session.rollback()
    with pytest.raises(WallBreach):
        world.run(select(E))


def test_the_door_closes_when_what_went_through_it_fails(world: World) -> None:
    with pytest.raises(ZeroDivisionError), beyond_the_wall(world.session, "test"):
        raise ZeroDivisionError
    with pytest.raises(WallBreach):
        world.run(select(E))


def test_a_session_changes_firm_only_by_leaving_first(world: World) -> None:
    enter(world.session, world.here)
    with pytest.raises(WallBreach):
        enter(world.session, world.there)
    leave(world.session)
    enter(world.session, world.there)
    assert world.session.scalars(select(E.name).where(E.firm_id == world.there)).all() == ["Theirs"]


def test_a_firm_stays_entered_over_a_commit_and_a_connection_forgets_it_when_handed_back(
    world: World,
) -> None:
    world.session.commit()
    assert world.session.scalars(select(E.name).where(E.firm_id == world.here)).all() == ["Mine"]
    world.session.rollback()
    with db.engine.connect() as connection, pytest.raises(WallBreach):
        connection.execute(select(E.name).where(E.firm_id == world.here))


def test_on_postgresql_the_database_keeps_the_wall_itself(world: World) -> None:
    if world.session.get_bind().dialect.name != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")
    connection = world.session.connection()
    connection.info["beyond the wall"] = "only in the program"
    assert connection.execute(select(func.count()).select_from(E)).scalar() == 1
    done = connection.execute(update(E).where(E.firm_id == world.there).values(name="x"))
    assert done.rowcount == 0


def test_a_transaction_is_told_its_firm_once_whatever_the_number_of_apps(
    app: Flask, settings: Settings
) -> None:
    create_app(settings)
    told: list[str] = []
    with app.app_context():
        engine = db.engine

        def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
            told.append(statement)

        event.listen(engine, "before_cursor_execute", note)
        db.session.execute(select(Firm.id))
    wanted = 1 if engine.dialect.name == "postgresql" else 0
    assert sum("set_config" in statement for statement in told) == wanted
    assert told
