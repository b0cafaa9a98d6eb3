"""A trainer sets a date for publishing: the very draft they looked at is published then, as them, or nothing is."""

import re
import uuid
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.courses.models import Course, CourseVersion
from lms.courses.services.drafts import Changes, open_draft, save_draft
from lms.foundation.actor import Role
from lms.people.models import AuditEntry, Employment
from tests.house import House, Someone

TOMORROW = "2026-03-03T06:30"
"""In Belize, which is six hours behind UTC."""


@pytest.fixture
def trainer(house: House) -> Someone:
    return house.person(house.firm(), Role.TRAINER, name="Marta Cob")


@pytest.fixture
def course_id(house: House, trainer: Someone) -> uuid.UUID:
    course_id = house.course(trainer)
    change(house, trainer, course_id, "Hey.")
    return course_id


def change(house: House, by: Someone, course_id: uuid.UUID, word: str) -> int:
    """The draft says something else; its revision."""
    actor = house.actor(by)
    with house.writing(by.firm_id) as session:
        draft = open_draft(session, actor=actor, course_id=course_id)
        text = re.sub(r"H\w+\.", word, draft.files["lessons/hello.md"], count=1)
        return save_draft(
            session,
            actor=actor,
            course_id=course_id,
            revision=draft.revision,
            changes=Changes({"lessons/hello.md": text}),
            storage=house.app.extensions["storage"],
            now=house.noon,
        ).revision


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', page)
    assert found, name
    return found[1]


def schedule(
    client: FlaskClient, course_id: uuid.UUID, at: str = TOMORROW, note: str = "A greeting.", **more: str
) -> TestResponse:
    page = client.get(f"/studio/{course_id}/publish").text
    form = {"revision": hidden(page, "revision"), "order": hidden(page, "order"), "note": note, "at": at}
    return client.post(f"/studio/{course_id}/publish/schedule", data=form | more, follow_redirects=True)


def live(house: House, by: Someone, course_id: uuid.UUID) -> CourseVersion:
    with house.writing(by.firm_id) as session:
        return session.scalars(
            select(CourseVersion)
            .join(Course, Course.live_version_id == CourseVersion.id)
            .where(Course.id == course_id)
        ).one()


def acts(house: House, by: Someone) -> list[tuple[str, str]]:
    with house.writing(by.firm_id) as session:
        rows = session.execute(
            select(AuditEntry.act, AuditEntry.by_name)
            .where(AuditEntry.firm_id == by.firm_id, AuditEntry.act.like("%publish%"))
            .order_by(AuditEntry.number)
        )
        return [(row.act, row.by_name) for row in rows]


def at(house: House, hours: float) -> int:
    """Let the time come, and the work be done."""
    house.app.config["NOW"] = house.noon + timedelta(hours=hours)
    return house.work()


def test_a_draft_is_published_at_its_time_as_who_set_it(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    client = house.client(trainer)
    told = schedule(client, course_id).text
    assert "It will be published on Mar 3, 2026, 6:30\u202fAM." in told
    assert "The date was set by Marta Cob." in told
    assert "Publish on a date instead" not in told
    for page in ("/studio", f"/studio/{course_id}", f"/studio/{course_id}/publish"):
        assert "To be published on" in client.get(page).text, page
    assert at(house, 18) == 0
    assert live(house, trainer, course_id).number == 1
    assert at(house, 19) == 1
    version = live(house, trainer, course_id)
    assert (version.number, version.note, version.author_id) == (2, "A greeting.", trainer.id)
    assert version.published_at == house.noon + timedelta(hours=19)
    assert "Hey." in version.document["files"]["lessons/hello.md"]
    assert acts(house, trainer) == [
        ("publishing scheduled", "Marta Cob"),
        ("course published", "Marta Cob"),
    ]
    assert "To be published on" not in client.get("/studio").text


def test_a_draft_that_moved_on_is_not_published_and_that_is_said_before_and_after(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    client = house.client(trainer)
    schedule(client, course_id)
    change(house, trainer, course_id, "Hello.")
    assert "It will not be published as it is now" in client.get(f"/studio/{course_id}/publish").text
    assert at(house, 19) == 1
    assert live(house, trainer, course_id).number == 1
    page = client.get(f"/studio/{course_id}/publish").text
    assert "It was not published on Mar 3, 2026" in page
    assert "The draft was changed after the date was set" in page
    assert "Not published on its date" in client.get(f"/studio/{course_id}").text

    house.app.config["NOW"] = house.noon + timedelta(hours=20)
    assert "It will be published on" in schedule(client, course_id, "2026-03-05T08:00").text
    assert at(house, 72) == 1
    assert live(house, trainer, course_id).number == 2
    assert "It was not published" not in client.get(f"/studio/{course_id}/publish").text


def test_a_date_can_be_taken_back(house: House, trainer: Someone, course_id: uuid.UUID) -> None:
    client = house.client(trainer)
    page = schedule(client, course_id).text
    address = f"/studio/{course_id}/publish/cancel"
    assert client.post(address, data={"job": str(uuid.uuid4())}).status_code == 404
    done = client.post(address, data={"job": hidden(page, "job")}, follow_redirects=True).text
    assert "The date is taken back." in done
    assert "To be published on" not in done
    assert client.post(address, data={"job": hidden(page, "job")}).status_code == 404
    assert at(house, 19) == 0
    assert live(house, trainer, course_id).number == 1
    assert [act for act, _by in acts(house, trainer)] == ["publishing scheduled", "publishing cancelled"]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"at": ""}, "Choose a date and a time."),
        ({"at": "soon"}, "Choose a date and a time."),
        ({"at": "2026-03-02T11:00"}, "Choose a moment that is still to come"),
        ({"at": "2036-03-02T11:00"}, "a year from now at most"),
        ({"note": " "}, "Say in a sentence what is new."),
        ({"revision": "1"}, "Somebody changed this since you opened it."),
    ],
)
def test_what_is_no_date_is_said_and_no_date_is_set(
    house: House, trainer: Someone, course_id: uuid.UUID, sent: dict[str, str], words: str
) -> None:
    client = house.client(trainer)
    reply = schedule(client, course_id, **sent)
    assert reply.status_code in (409, 422)
    assert words in reply.text
    assert at(house, 24 * 30) == 0


def test_a_draft_with_problems_gets_no_date_and_a_second_date_is_refused(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    client = house.client(trainer)
    page = client.get(f"/studio/{course_id}/publish").text
    schedule(client, course_id)
    form = {"revision": hidden(page, "revision"), "note": "x", "at": TOMORROW}
    again = client.post(f"/studio/{course_id}/publish/schedule", data=form)
    assert again.status_code == 409
    assert "There is a date for this course already." in again.text

    actor, storage = house.actor(trainer), house.app.extensions["storage"]
    with house.writing(trainer.firm_id) as session:
        draft = open_draft(session, actor=actor, course_id=course_id)
        save_draft(
            session,
            actor=actor,
            course_id=course_id,
            revision=draft.revision,
            changes=Changes({"lessons/hello.md": "nothing"}),
            storage=storage,
            now=house.noon,
        )
    page = client.get(f"/studio/{course_id}/publish").text
    client.post(f"/studio/{course_id}/publish/cancel", data={"job": hidden(page, "job")})
    form["revision"] = hidden(client.get(f"/studio/{course_id}").text, "revision")
    bad = client.post(f"/studio/{course_id}/publish/schedule", data=form)
    assert bad.status_code == 422
    assert "This course has problems. No date was set." in bad.text
    assert at(house, 19) == 0


def test_who_no_longer_may_publish_does_not_publish_by_a_date(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    schedule(house.client(trainer), course_id)
    with house.writing(trainer.firm_id) as session:
        session.scalars(
            select(Employment).where(
                Employment.firm_id == trainer.firm_id, Employment.person_id == trainer.id
            )
        ).one().ended_on = datetime(2026, 3, 2).date()
    assert at(house, 19) == 1
    assert live(house, trainer, course_id).number == 1
    other = house.person(trainer.firm_id, Role.TRAINER)
    assert "can no longer sign in here" in house.client(other).get(f"/studio/{course_id}/publish").text


def test_only_the_courses_own_trainers_set_and_take_back_dates(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    job = hidden(schedule(house.client(trainer), course_id).text, "job")
    agent = house.person(trainer.firm_id)
    stranger = house.person(house.firm("Other Firm"), Role.TRAINER)
    form = {"revision": "2", "note": "x", "at": TOMORROW, "job": job}
    for act in ("schedule", "cancel"):
        address = f"/studio/{course_id}/publish/{act}"
        assert house.client(agent).post(address, data=form).status_code == 403
        assert house.client(stranger).post(address, data=form).status_code == 404
    assert at(house, 19) == 1
