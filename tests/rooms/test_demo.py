"""The demo: invented firms whose year looks like life, the same for the same seed."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.assessments.models import Attempt
from lms.demo.cli import build
from lms.demo.people import ACCOUNTS, PASSWORD
from lms.foundation.ids import derived_id
from lms.foundation.wall import beyond_the_wall
from lms.learning.models import Enrolment
from lms.operations.doctor import examine
from lms.people.models import Employment
from lms.tracks.models import Contest, EvidenceRow
from lms.web.request import db
from tests.conftest import NOON
from tests.house import C05, House

AS_OF = date(2026, 3, 2)


def whole(app: Flask) -> dict[str, object]:
    """What was built: counts, and every fact's id, person, level and outcome."""
    with app.app_context():
        session = db.session()
        session.rollback()
        with beyond_the_wall(session, "a test counts"):
            facts = session.execute(
                select(
                    EvidenceRow.id, EvidenceRow.person_id, EvidenceRow.level, EvidenceRow.outcome
                ).order_by(EvidenceRow.id)
            ).all()
            found = {
                "facts": [tuple(map(str, row)) for row in facts],
                "people": session.scalar(select(func.count(Employment.person_id))),
                "left": session.scalar(
                    select(func.count(Employment.person_id)).where(Employment.ended_on.is_not(None))
                ),
                "failed": session.scalar(select(func.count(Attempt.id)).where(Attempt.passed.is_(False))),
                "passed": session.scalar(select(func.count(Attempt.id)).where(Attempt.passed.is_(True))),
                "contested": session.scalar(select(func.count(Contest.evidence_id))),
                "enrolled": session.scalar(select(func.count(Enrolment.course_id))),
            }
        session.rollback()
        return found


@pytest.fixture
def demo(app: Flask, house: House) -> Flask:
    house.course(folder=C05)
    with app.app_context():
        build(db.session(), people=60, seed=1, as_of=AS_OF)
    return app


def test_the_year_looks_like_life(demo: Flask) -> None:
    found = whole(demo)
    assert found["people"] == 60
    assert found["left"]
    assert found["passed"]
    assert found["failed"]
    assert len(found["facts"]) > 50  # type: ignore[arg-type]


def test_the_demo_agent_has_everything_still_to_learn(demo: Flask) -> None:
    with demo.app_context():
        session = db.session()
        session.rollback()
        with beyond_the_wall(session, "a test counts"):
            count = session.scalar(
                select(func.count(Enrolment.course_id)).where(
                    Enrolment.person_id == derived_id("demo", "account", ACCOUNTS[0][0])
                )
            )
        session.rollback()
    assert count == 0


def test_every_demo_account_can_sign_in_and_is_told_that_the_data_are_simulated(demo: Flask) -> None:
    for email, *_rest in ACCOUNTS:
        client = demo.test_client()
        reply = client.post("/sign-in", data={"name": email, "password": PASSWORD})
        assert reply.status_code == 302
        page = client.get("/me").get_data(as_text=True)
        assert "imulated" in page


def test_the_doctor_finds_nothing_wrong_with_it(demo: Flask) -> None:
    with demo.app_context():
        findings = list(examine(demo.extensions["settings"], now=NOON))
    assert [one for one in findings if not one.well and one.check not in ("configuration", "clock")] == []
