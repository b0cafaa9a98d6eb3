"""Calibrating by itself: once a night, only where it tells something new, as whoever turned it on."""

import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select

from lms.assessments.models import Calibration
from lms.assessments.services.calibrating_nightly import CALIBRATE, is_due, next_night
from lms.foundation.actor import Role
from lms.foundation.jobs import Job, JobState
from lms.operations.working import Worker
from lms.people.models import EmploymentRole
from tests.house import ASSOCIATION, SAMPLE_COURSE, House, Someone
from tests.sat import Sitting, sit, write_course

BELIZE = ZoneInfo("America/Belize")


@pytest.mark.no_database
def test_a_night_is_the_firm_s_own_and_a_calibration_waits_for_a_tenth_more_people() -> None:
    evening, after = datetime(2026, 3, 2, 5, tzinfo=UTC), datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert next_night(BELIZE, evening) == datetime(2026, 3, 2, 8, tzinfo=UTC), "two at night in Belize"
    assert next_night(BELIZE, after) == datetime(2026, 3, 3, 8, tzinfo=UTC), "never the same night twice"
    assert (is_due(None, 99), is_due(None, 100)) == (False, True)
    assert (is_due(110, 24), is_due(110, 25), is_due(1000, 99), is_due(1000, 100)) == (
        False,
        True,
        False,
        True,
    )


class Nights:
    """A firm, a trainer, and a course whose test people sit."""

    def __init__(self, house: House, course_id: uuid.UUID, owner: Someone) -> None:
        self.house, self.course_id, self.owner = house, course_id, owner
        self.path = f"/studio/{self.course_id}/questions/calibration"

    def turn(self, do: str) -> str:
        reply = self.house.client(self.owner).post(
            f"{self.path}/nights", data={"do": do}, follow_redirects=True
        )
        assert reply.status_code == 200
        return reply.get_data(as_text=True)

    def page(self) -> str:
        return self.house.client(self.owner).get(self.path).get_data(as_text=True)

    def night(self) -> int:
        """Let a day go by, do what is due, and say how many jobs that was."""
        self.house.app.config["NOW"] += timedelta(days=1)
        self.house.noon += timedelta(days=1)
        return Worker(self.house.app).run_due()

    def jobs(self) -> list[Job]:
        with self.house.writing(self.owner.firm_id) as session:
            mine = select(Job).where(Job.firm_id == self.owner.firm_id, Job.kind == CALIBRATE)
            return list(session.scalars(mine.order_by(Job.not_before)))

    def calibrations(self) -> list[tuple[int, int, bool]]:
        with self.house.writing(self.owner.firm_id) as session:
            rows = session.scalars(select(Calibration).order_by(Calibration.number)).all()
            assert all(row.made_by_id == self.owner.id for row in rows)
            return [(row.number, row.people, row.pooled) for row in rows]


def test_each_night_what_is_worth_it_is_calibrated_once_and_it_can_be_turned_off(
    house: House, tmp_path: Path
) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, write_course(tmp_path / SAMPLE_COURSE.name, 6))
    course = Nights(house, course_id, trainer)
    assert "Calibrate each night" in course.page()
    assert "Turned on by" in course.turn("start")
    course.turn("start")
    assert len(course.jobs()) == 1, "turned on twice, it is on once"
    sit(house, firm, course.course_id, Sitting(people=99, faults=False))
    assert course.night() == 1
    assert course.calibrations() == []
    assert "nothing to calibrate. 1 course has not enough new answers yet." in course.page()
    sit(house, firm, course.course_id, Sitting(people=11, faults=False, seed=2))
    for _night in range(2):
        assert course.night() == 1
        assert course.calibrations() == [(1, 110, False)], "the same answers are not calibrated again"
    sit(house, firm, course.course_id, Sitting(people=30, faults=False, seed=3))
    assert course.night() == 1
    assert course.calibrations() == [(1, 110, False), (2, 140, False)]
    assert "calibrated T01." in course.page()

    stranger = house.client(house.person(house.firm("Elsewhere"), Role.TRAINER))
    assert stranger.post(f"{course.path}/nights", data={"do": "stop"}).status_code == 404
    agent = house.client(house.person(firm))
    assert agent.post(f"{course.path}/nights", data={"do": "stop"}).status_code == 403
    course.turn("stop")
    assert course.night() == 0
    course.turn("start")
    assert [one.state for one in course.jobs()][-2:] == [JobState.CANCELLED, JobState.QUEUED]

    with house.writing(firm) as session:
        session.execute(
            delete(EmploymentRole).where(
                EmploymentRole.firm_id == firm, EmploymentRole.person_id == course.owner.id
            )
        )
    assert course.night() == 1
    last = course.jobs()[-1]
    assert (last.state, last.error["sentence"][:22]) == (JobState.FAILED, "Whoever turned this on")
    course.owner = house.person(firm, Role.TRAINER)
    assert "Whoever turned this on may no longer edit any course here" in course.page()


def test_the_association_s_nights_pool_the_firms(house: House, tmp_path: Path) -> None:
    course_id = house.course(folder=write_course(tmp_path / SAMPLE_COURSE.name, 6))
    course = Nights(house, course_id, house.person(ASSOCIATION, Role.ASSOCIATION, Role.TRAINER))
    for seed, name in enumerate(("One", "Two")):
        sit(house, house.firm(name), course.course_id, Sitting(people=60, faults=False, seed=seed))
    course.turn("start")
    assert course.night() == 1
    assert course.calibrations() == [(1, 120, True)]
