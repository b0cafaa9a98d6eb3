"""A question that too many people of a firm were asked lately rests; the firm says how many that is."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.assessments.models import Assessment, AttemptQuestion, Question, QuestionVersion
from lms.assessments.queries.exposing import count_people_lately
from lms.assessments.services import exposing, start_attempt
from lms.assessments.services.exposing import set_exposure
from lms.foundation.actor import Role
from lms.foundation.errors import Invalid, NotAllowed
from lms.people.models import AuditEntry
from tests.house import SAMPLE_COURSE, House, Someone
from tests.sat import write_course

DRAWN, BANK, LIMIT = 4, 10, 5


@pytest.fixture
def course_id(house: House, tmp_path: Path) -> uuid.UUID:
    folder = write_course(tmp_path / SAMPLE_COURSE.name, BANK)
    plan = folder / "assessments" / "sat.yaml"
    plan.write_text(plan.read_text().replace(f"count: {BANK}", f"count: {DRAWN}"))
    return house.course(folder=folder)


def asked(house: House, who: Someone, course_id: uuid.UUID, *, seed: int, after: timedelta) -> set[str]:
    """Somebody begins the test; the keys of what they are asked."""
    with house.writing() as session:
        test = session.scalars(
            select(Assessment.id).where(Assessment.course_id == course_id, Assessment.key == "sat")
        ).one()
    begun = house.act(
        who,
        start_attempt,
        assessment_id=test,
        attempt_id=uuid.uuid4(),
        seed=seed,
        now=house.noon + after,
    )
    with house.writing(who.firm_id) as session:
        return set(
            session.scalars(
                select(Question.key)
                .join(QuestionVersion, QuestionVersion.question_id == Question.id)
                .join(AttemptQuestion, AttemptQuestion.question_version_id == QuestionVersion.id)
                .where(AttemptQuestion.firm_id == who.firm_id, AttemptQuestion.attempt_id == begun.id)
            )
        )


def test_what_many_were_asked_lately_rests_in_that_firm_for_four_weeks(
    house: House, course_id: uuid.UUID
) -> None:
    ours, theirs = house.firm("Ours"), house.firm("Theirs")
    admin = house.person(ours, Role.FIRM_ADMIN)
    house.act(admin, set_exposure, people=LIMIT)
    first = {
        frozenset(asked(house, house.person(ours), course_id, seed=7, after=timedelta()))
        for _ in range(LIMIT)
    }
    assert len(first) == 1, "the same seed asks the same, until it rests"
    seen = next(iter(first))
    later = timedelta(days=1)
    assert not seen & asked(house, house.person(ours), course_id, seed=7, after=later)
    assert asked(house, house.person(theirs), course_id, seed=7, after=later) == seen, "another firm's own"
    page = house.client(admin).get("/studio/rules/exposure").text
    assert page.count("Say hello · 5 people were asked it in four weeks") == DRAWN
    weeks = timedelta(days=28, minutes=1)
    assert asked(house, house.person(ours), course_id, seed=7, after=weeks) == seen, "it is long ago"
    for _seed in range(LIMIT - 1):  # with the one above the four others rest too, and two of ten are left
        asked(house, house.person(ours), course_id, seed=7, after=later)
    worn = asked(house, house.person(ours), course_id, seed=7, after=later)
    assert len(worn) == DRAWN, "a bank that is used up still makes a test"
    fresh = {f"sat-{at:02}" for at in range(1, BANK + 1)}
    assert len(worn & (fresh - seen)) >= 2


def test_in_a_large_firm_it_is_counted_once_a_minute(
    house: House, course_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else every beginning of a break of thousands would count all the beginnings before it."""
    firm = house.firm()
    house.act(house.person(firm, Role.FIRM_ADMIN), set_exposure, people=LIMIT)
    monkeypatch.setattr(exposing, "MANY", LIMIT)
    counted: list[object] = []

    def count(*values: object, **named: object) -> object:
        counted.append(named["now"])
        return count_people_lately(*values, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(exposing, "count_people_lately", count)
    for _ in range(LIMIT):
        asked(house, house.person(firm), course_id, seed=7, after=timedelta())
    assert len(counted) == LIMIT, "few people: each time"
    for seconds in (0, 1, 59, 60, 61):
        asked(house, house.person(firm), course_id, seed=7, after=timedelta(seconds=seconds))
    assert counted[LIMIT:] == [house.noon, house.noon + timedelta(seconds=60)]


def test_only_an_administrator_sets_the_limit_within_reason_and_on_record(
    house: House, course_id: uuid.UUID
) -> None:
    firm = house.firm()
    admin, trainer = house.person(firm, Role.FIRM_ADMIN), house.person(firm, Role.TRAINER)
    with pytest.raises(NotAllowed):
        house.act(trainer, set_exposure, people=20)
    with pytest.raises(Invalid, match="from 5 to 5000"):
        house.act(admin, set_exposure, people=4)
    client = house.client(admin)
    assert "None: no question was asked" in client.get("/studio/rules/exposure").text
    assert "from 5 to 5000" in client.post("/studio/rules/exposure", data={"people": "4"}).text
    assert client.post("/studio/rules/exposure", data={"people": "20"}).status_code == 302
    assert 'value="20"' in client.get("/studio/rules/exposure").text
    assert house.client(trainer).get("/studio/rules/exposure").status_code == 403
    neighbour = house.person(house.firm("Other"), Role.FIRM_ADMIN)
    assert 'value="50"' in house.client(neighbour).get("/studio/rules/exposure").text
    with house.writing(firm) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.firm_id == firm)).all()
    assert acts.count("exposure limit set") == 1
