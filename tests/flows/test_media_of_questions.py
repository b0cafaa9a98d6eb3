"""A trainer brings a picture, chooses it in a question, sees it beside the form, and cannot lose it by mistake."""

import hashlib
import io
import shutil
import uuid
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms.courses.services.drafts import start_course
from lms.foundation.actor import Role
from tests.house import SAMPLE_COURSE, House

PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 60"><rect width="80" height="60"/></svg>'
FIELDS = {
    "q-stem": "Where is the pen?",
    "q-picture": "media/desk.svg",
    "q-shows": "A desk from above.",
    "q-regions-0-name": "Left",
    "q-regions-0-at": "0 0 50 100",
    "q-regions-0-correct": "y",
    "q-regions-0-why": "It is there.",
    "q-regions-1-name": "Right",
    "q-regions-1-shape": "polygon",
    "q-regions-1-at": "50 0, 100 0, 75 100",
    "q-regions-1-why": "It is on the left.",
}


@pytest.fixture
def studio(house: House) -> tuple[FlaskClient, uuid.UUID]:
    """A trainer's client, and a course of theirs."""
    trainer = house.person(house.firm(), Role.TRAINER)
    return house.client(trainer), house.act(trainer, start_course, title="Desks", language="en").id


def bring(client: FlaskClient, course_id: uuid.UUID, words: str = "A desk from above.") -> tuple[int, str]:
    """Send the picture; the status and the page that comes."""
    reply = client.post(
        f"/studio/{course_id}/media/new",
        data={"medium": (io.BytesIO(PICTURE), "desk.svg"), "words": words},
        follow_redirects=True,
    )
    return reply.status_code, reply.get_data(as_text=True)


def test_a_picture_is_brought_chosen_shown_and_kept_while_a_question_is_about_it(
    studio: tuple[FlaskClient, uuid.UUID],
) -> None:
    client, course_id = studio
    status, page = bring(client, course_id)
    assert (status, "media/desk.svg" in page) == (200, True)

    new = f"/studio/{course_id}/questions/new?kind=hotspot"
    assert '<option value="media/desk.svg">desk.svg</option>' in client.get(new).get_data(as_text=True)
    tried = client.post(new, data={**FIELDS, "do": "try", "answer": "a"}).get_data(as_text=True)
    assert f'src="/studio/{course_id}/files/media/desk.svg" alt="A desk from above."' in tried
    assert '<polygon points="50,0 100,0 75,100"' in tried
    assert "The review after it" in tried

    saved = client.post(new, data={**FIELDS, "do": "save"})
    assert saved.status_code == 302
    page = client.get(saved.headers["Location"]).get_data(as_text=True)
    assert 'value="50 0 100 0 75 100"' in page
    assert "There is no media" not in page
    media = client.get(f"/studio/{course_id}/media").get_data(as_text=True)
    assert "A question is about it" in media
    refused = client.post(
        f"/studio/{course_id}/media", data={"path": "media/desk.svg"}, follow_redirects=True
    )
    assert "Take it out of the question first." in refused.get_data(as_text=True)


CHECK = """
## Look {#look}

::: check
key: look-at-it
kind: hotspot
stem: Where is the pen?
picture: media/the-pen-is-left.svg
shows: A desk.
regions:
  - {name: Left, at: [0, 0, 50, 100], correct: true, why: It is there.}
  - {name: Right, at: [50, 0, 50, 100], why: It is on the left.}
:::
"""


def test_a_check_in_a_lesson_shows_its_picture_and_takes_it_along_on_a_phone(
    house: House, tmp_path: Path
) -> None:
    folder = tmp_path / SAMPLE_COURSE.name
    shutil.copytree(SAMPLE_COURSE, folder)
    lesson = folder / "lessons" / "hello.md"
    lesson.write_text(lesson.read_text() + CHECK)
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "the-pen-is-left.svg").write_bytes(PICTURE)
    course_id = house.course(folder=folder)
    client = house.client(house.person(house.firm()))
    address = f"/courses/media/{hashlib.sha256(PICTURE).hexdigest()}.svg"
    page = client.get(f"/courses/{course_id}/lessons/hello").get_data(as_text=True)
    assert f'<img src="{address}" alt="A desk." width="80" height="60"' in page
    assert "the-pen-is-left" not in page
    packed = client.get(f"/courses/{course_id}/pack", headers={"X-Partial": "1"}).get_json()["files"]
    assert address in [one["path"] for one in packed]
    answered = client.post(
        f"/courses/{course_id}/lessons/hello/checks/look-at-it",
        data={"answer": "a", "card": "look", "fact_id": str(uuid.uuid4())},
        headers={"X-Partial": "1"},
    )
    assert "It is" in answered.get_data(as_text=True)


def test_what_is_wrong_with_a_place_or_a_missing_file_is_said_beside_its_field(
    studio: tuple[FlaskClient, uuid.UUID],
) -> None:
    client, course_id = studio
    assert "Say what it shows" in bring(client, course_id, words="")[1]
    worse = {**FIELDS, "q-regions-0-at": "90 0 50 100"}
    saved = client.post(f"/studio/{course_id}/questions/new?kind=hotspot", data={**worse, "do": "save"})
    page = client.get(saved.headers["Location"]).get_data(as_text=True)
    assert "There is no media/desk.svg in this course. Choose another file." in page
    assert "The place must be wider and higher than 0 and end within the picture." in page
