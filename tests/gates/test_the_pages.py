"""Pages: valid HTML, a fixed number of statements, few bytes, the safe headers."""

import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import brotli
import html5lib
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from lms.foundation.actor import Role
from lms.learning.services.cohorts import CohortFacts, Whom, add_people, make_cohort
from lms.learning.services.ruling import RuleFacts, make_rule, switch_on
from lms.people.services.audit import record_act
from lms.web.request import db
from tests.conftest import NOON, PostgresqlMaker, SqliteMaker, an_app
from tests.gates.test_the_wall_between_firms import address, build, routes
from tests.house import C05, House

ROLES = (Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.FIRM_ADMIN)


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
def test_every_page_is_valid_html_and_runs_nothing_inline(app: Flask, house: House) -> None:
    world = build(house, "Ours")
    own = house.client(world.someone)
    admin = house.client(house.person(world.firm_id, *ROLES))
    read = 0
    for rule, method in routes(app):
        if method != "GET":
            continue
        for client in (house.client(), own, admin):
            reply = client.get(address(rule, world.ids, world.ids["course_id"]))
            if reply.mimetype != "text/html" or reply.status_code in (301, 302):
                continue
            page = reply.get_data(as_text=True)
            parser = html5lib.HTMLParser(strict=False)
            parser.parse(page)
            errors = [(where, code) for where, code, _vars in parser.errors]
            assert errors == [], f"{rule}: {errors}"
            ids = re.findall(r'\sid="([^"]+)"', page)
            assert len(ids) == len(set(ids)), f"{rule}: an id stands twice"
            assert not re.search(r"\son\w+=|\sstyle=|<style|javascript:", page), f"{rule}: inline code"
            assert "default-src 'none'" in reply.headers["Content-Security-Policy"] or (
                "default-src 'self'" in reply.headers["Content-Security-Policy"]
            )
            read += 1
    assert read > 40


OF_ONE_THING = ("/team/{person}", "/courses/{course}", "/path", "/studio/{course}/review")
"""Pages that gather everything about one person or one course."""
COMPOSED = "/today"
"""It asks the ledger and the firm's framework for gaps, the cards that are due and how long things take: a dozen more,
whatever the number of rows."""


def counted(app: Flask, client: FlaskClient, path: str) -> int:
    """How many statements a page costs."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SELECT set_config", "SET ")):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)


@dataclass(frozen=True)
class Crowd:
    """A firm of some size, the one who reads its pages, and its ids by the names that the addresses give them."""

    app: Flask
    client: FlaskClient
    ids: dict[str, uuid.UUID]


def crowd(app: Flask, more: int) -> Crowd:
    """A firm in which one person may do everything, with so many more people, teams, firms and acts."""
    house = House(app, NOON)
    house.course()
    firm = house.firm()
    team = house.team(firm)
    reader = house.person(
        firm, Role.AGENT, Role.MANAGER, Role.FIRM_ADMIN, Role.ASSOCIATION, team_id=team, number="R-1"
    )
    course = house.course(reader)
    client = house.client(reader)
    today = house.noon.date()
    facts = CohortFacts("Intake", reader.id, today, today, (course,), "")
    group = house.act(reader, make_cohort, facts=facts)
    house.act(reader, add_people, cohort_id=group.id, whom=Whom(team_id=team))
    rule = house.act(reader, make_rule, facts=RuleFacts(course, None, team, None, 10))
    house.act(reader, switch_on, rule_id=rule.id)
    for number in range(more):
        someone = house.person(firm, team_id=team)
        house.team(firm, f"Team {number}", lead=someone, parent=team)
        house.firm(f"Firm {number}")
        house.act(reader, add_people, cohort_id=group.id, whom=Whom(who=someone.name))
        house.act(reader, record_act, act="person changed", subject=str(reader.id), detail={"name": "R"})
    ids = {"person": reader.id, "team": team, "course": course, "cohort": group.id, "rule": rule.id}
    return Crowd(app, client, ids)


@pytest.fixture(scope="module")
def few_and_many(
    database_maker: SqliteMaker | PostgresqlMaker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Crowd, Crowd]]:
    """The same firm twice, alone and with a dozen more of everything: made once, for the pages only look."""
    with ExitStack() as stack:
        apps = [
            stack.enter_context(an_app(database_maker, tmp_path_factory.mktemp(name)))
            for name in ("few", "many")
        ]
        yield crowd(apps[0], 0), crowd(apps[1], 12)


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    "path",
    [
        "/board",
        "/people",
        "/people?sort=hired&role=agent&q=person",
        "/people.csv",
        "/people/{person}",
        "/teams",
        "/teams/{team}",
        "/firms",
        "/audit",
        "/audit.csv",
        "/today",
        "/review",
        "/review/aside",
        "/courses",
        "/path",
        "/path/evidence",
        "/board/people/{person}",
        "/board/people/{person}/ledger",
        "/ratings",
        "/openings",
        "/openings.csv",
        "/interviews",
        "/appeals",
        "/fairness",
        "/me/groups",
        "/me/passport",
        "/reports",
        "/board.csv",
        "/people/import",
        "/people/invitations",
        "/jobs",
        "/floor-pcs",
        "/team",
        "/team?standing=stuck",
        "/team.csv",
        "/team-today",
        "/my-work",
        "/team/goals",
        "/time",
        "/me/time",
        "/me/goal",
        "/me/messages",
        "/path/notes",
        "/pipeline",
        "/framework",
        "/framework/draft/effect",
        "/figures",
        "/figures/import",
        "/figures/targets",
        "/assignments",
        "/assignments.csv",
        "/team/{person}",
        "/cohorts",
        "/cohorts/{cohort}",
        "/cohorts/{cohort}?standing=stuck&sort=moved",
        "/cohorts/{cohort}/people",
        "/cohorts/{cohort}/people.csv",
        "/enrolment-rules",
        "/enrolment-rules/{rule}",
        "/courses/{course}",
        "/courses/{course}/terms",
        "/days",
        "/studio",
        "/studio/{course}",
        "/studio/{course}/lessons/hello",
        "/studio/{course}/lessons/hello/preview",
        "/studio/{course}/media",
        "/studio/{course}/history",
        "/studio/{course}/history/1",
        "/studio/{course}/publish",
        "/studio/{course}/people",
        "/studio/{course}/people?q=person",
        "/studio/rules",
        "/studio/reviews",
        "/studio/{course}/review",
        "/studio/{course}/questions",
        "/studio/{course}/questions/t01-q1",
        "/studio/{course}/questions/analysis",
        "/studio/{course}/questions/calibration",
        "/studio/{course}/questions/t01-q1/score-again",
        "/scored-again",
        "/marking/sittings",
        "/ratings/calibration",
        "/licences",
        "/marking",
        "/cuts",
        "/sittings",
        "/sittings/new",
        "/studio/{course}/assessments",
        "/studio/{course}/assessments/final",
    ],
)
def test_a_page_costs_the_same_number_of_statements_for_few_and_for_many(
    few_and_many: tuple[Crowd, Crowd], path: str, record_property: Callable[[str, object], None]
) -> None:
    def cost(one: Crowd) -> int:
        asked = path.format(**one.ids)
        one.client.get(asked)  # what is found out once and kept, is kept by now
        return counted(one.app, one.client, asked)

    few, many = map(cost, few_and_many)
    record_property(f"statements {path}", many)
    assert few == many
    assert many <= (28 if path == COMPOSED else 17 if path in OF_ONE_THING else 12)


@pytest.mark.sqlite_is_enough
def test_a_lesson_page_is_at_most_fourteen_kilobytes(house: House) -> None:
    course_id = house.course(folder=C05)
    phone = house.client(house.person(house.firm()))
    for lesson in sorted((C05 / "lessons").glob("*.md")):
        page = phone.get(f"/courses/{course_id}/lessons/{lesson.stem}").get_data()
        assert len(brotli.compress(page, quality=5)) <= 14 * 1024, lesson.stem
