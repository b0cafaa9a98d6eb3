"""A test that adapts: refused uncalibrated, one answer for good, the same question after a break, stopped at its error."""

import uuid
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.assessments import pages, queries, services
from lms.assessments.models import (
    AdaptiveRun,
    Assessment,
    Attempt,
    AttemptQuestion,
    Calibration,
    CalibrationItem,
)
from lms.assessments.services.calibrating import calibrate
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotFound
from tests.house import House, Someone
from tests.sat import Sitting, sit, write_course

pytestmark = pytest.mark.sqlite_is_enough
PLAN = """
key: adapts
title: The test that adapts
draws: [{count: 30, tags: [sat]}]
adaptive: {stop_se: 0.55, shortest: 8}
pass_mark: 0.6
"""


class Adapting:
    """A firm's own course whose bank many people have sat, and an agent before a test that adapts."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        write_course(folder, 64)
        (folder / "assessments" / "adapts.yaml").write_text(PLAN)
        self.firm = house.firm()
        self.trainer = house.person(self.firm, Role.TRAINER)
        self.agent = house.person(self.firm)
        self.course_id = house.course(self.trainer, folder=folder)
        with house.writing() as session:
            found = session.scalar(
                select(Assessment.id).where(
                    Assessment.course_id == self.course_id, Assessment.key == "adapts"
                )
            )
        assert found is not None
        self.test = found

    def calibrate(self) -> Calibration:
        made: Calibration = self.house.act(self.trainer, calibrate, course_id=self.course_id)
        return made

    def start(self, who: Someone | None = None, seed: int = 3) -> Attempt:
        began: Attempt = self.house.act(
            who or self.agent,
            services.start_attempt,
            assessment_id=self.test,
            attempt_id=uuid.uuid4(),
            seed=seed,
        )
        return began

    def commit(self, attempt: Attempt, position: int, *, right: bool, id: uuid.UUID | None = None) -> Attempt:
        said = self.house.right_answers(self.agent, attempt.id)[position]["answer"][0]
        answer = said if right else ("b" if said == "a" else "a")
        given = services.Given(id or uuid.uuid4(), attempt.id, position, {"answer": [answer]}, position, None)
        done: Attempt = self.house.act(self.agent, services.commit_answer, given=given)
        return done

    def asked(self, attempt: Attempt) -> list[uuid.UUID]:
        with self.house.writing(self.firm) as session:
            return list(
                session.scalars(
                    select(AttemptQuestion.question_version_id)
                    .where(AttemptQuestion.firm_id == self.firm, AttemptQuestion.attempt_id == attempt.id)
                    .order_by(AttemptQuestion.position)
                )
            )


def test_without_calibration_it_is_refused_in_words_and_with_it_needs_no_script(
    house: House, tmp_path: Path
) -> None:
    world = Adapting(house, tmp_path / "course")
    with pytest.raises(Conflict, match="not calibrated yet"):
        world.start()
    door = house.act(world.agent, pages.door_page, assessment_id=world.test)
    assert door.refused is not None
    assert "not calibrated yet" in door.refused.sentence
    with pytest.raises(Invalid, match="Not enough data yet"):
        world.calibrate()
    sit(house, world.firm, world.course_id, Sitting(people=99, questions=64, faults=False))
    with pytest.raises(Invalid, match="Not enough data yet"):
        world.calibrate()
    stranger = house.person(house.firm("Elsewhere"), Role.TRAINER)
    with pytest.raises(NotFound):
        house.act(stranger, calibrate, course_id=world.course_id)

    sit(house, world.firm, world.course_id, Sitting(people=11, questions=64, faults=False, seed=2))
    posted = house.client(world.trainer).post(f"/studio/{world.course_id}/questions/calibration")
    assert posted.status_code == 302
    client = house.client(world.agent)
    began = client.post(f"/assessments/{world.test}/attempts", follow_redirects=True)
    assert "Question 1, of 30 at most" in began.get_data(as_text=True)
    attempt = began.request.path
    missing = client.post(f"{attempt}/commit/1", data={})
    assert missing.status_code == 422
    assert "no way back" in missing.get_data(as_text=True)
    after = client.post(f"{attempt}/commit/1", data={"answer": "a"}, follow_redirects=True)
    assert "Question 2, of 30 at most" in after.get_data(as_text=True)


def test_it_asks_by_the_answers_takes_none_back_and_stops_at_its_error(house: House, tmp_path: Path) -> None:
    world = Adapting(house, tmp_path / "course")
    sit(house, world.firm, world.course_id, Sitting(people=110, questions=64, faults=False))
    made = world.calibrate()
    assert (made.number, made.model, made.people, made.pooled) == (1, "rasch", 110, False)
    with house.writing(world.firm) as session:
        items = session.scalars(
            select(CalibrationItem).where(CalibrationItem.calibration_id == made.id)
        ).all()
    assert len(items) == 64
    assert {one.n for one in items} == {110}
    hard = {one.question_version_id: one.b for one in items}

    attempt = world.start()
    assert len(world.asked(attempt)) == 1
    blank = services.Given(uuid.uuid4(), attempt.id, 1, {}, 1, None)
    with pytest.raises(Invalid, match="no way back"):
        house.act(world.agent, services.commit_answer, given=blank)
    first = uuid.uuid4()
    world.commit(attempt, 1, right=True, id=first)
    world.commit(attempt, 1, right=True, id=first)
    world.commit(attempt, 1, right=False)
    kept = house.act(
        world.agent,
        lambda session, actor, now: queries.list_kept(session, actor=actor, attempt_id=attempt.id),
    )
    assert [one.kept_because for one in kept] == ["taken_back"]
    again = world.start()
    assert again.id == attempt.id
    shown = house.act(world.agent, pages.attempt_page, attempt_id=attempt.id)
    assert len(world.asked(attempt)) == len(shown.questions) == 2, "the same second question waits"

    position, done = 2, attempt
    while done.submitted_at is None:
        done = world.commit(attempt, position, right=position % 3 != 0)
        position += 1
    asked = world.asked(attempt)
    with house.writing(world.firm) as session:
        run = session.scalars(select(AdaptiveRun).where(AdaptiveRun.firm_id == world.firm)).one()
    assert run.stopped == "se"
    assert run.se <= 0.55
    assert len(asked) == len(set(asked)) == run.answered < 30
    assert abs(sum(hard[one] for one in asked[4:]) / len(asked[4:]) - run.theta) < 1.0
    page = house.act(world.agent, pages.result_page, attempt_id=attempt.id)
    assert page.run.stopped == "se"
    assert 0 < done.score < 1
    told = house.client(world.agent).get(f"/attempts/{attempt.id}/result").get_data(as_text=True)
    assert "known closely enough" in told
    studio = house.client(world.trainer).get(f"/studio/{world.course_id}/questions/calibration")
    assert "64 questions of the newest" in studio.get_data(as_text=True)
