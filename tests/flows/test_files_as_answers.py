"""A file as an answer: whole or not at all, under the firm's wall, saved and never opened, marked without a name."""

import hashlib
import io
import shutil
import uuid
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.assessments.models import AnswerFile, Assessment, Response
from lms.assessments.services import start_attempt, submit_attempt
from lms.assessments.services.filing import MOST_FILES
from lms.foundation.actor import Role
from tests.house import SAMPLE_COURSE, House, Someone

PICTURE = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 80 60'><rect width='80' height='60'/></svg>"
QUESTIONS = """
- key: report
  kind: upload
  stem: Hand in your report.
  objective: greet
  competency: B4
  level: 2
  thinking: apply
  difficulty: 0.5
  types: [pdf, txt]
  megabytes: 1
  look_for: [A date]
- key: desk
  kind: hotspot
  stem: Where is the pen?
  objective: greet
  competency: B4
  level: 2
  thinking: know
  difficulty: 0.5
  picture: media/the-pen-is-left.svg
  shows: A desk.
  regions:
    - {name: Left, at: [0, 0, 50, 100], correct: true, why: It is there.}
    - {name: Right, at: [50, 0, 50, 100], why: It is on the left.}
"""
PLAN = """
key: papers
title: Papers
draws: [{count: 1, kind: upload}, {count: 1, kind: hotspot}]
shuffle: {questions: false}
pass_mark: 0.5
"""
PDF = b"%PDF-1.7\nJuan wrote this"


class World:
    """An agent in an attempt whose questions are a file and a place on a picture; somebody who marks; another firm."""

    def __init__(self, house: House, folder: Path) -> None:
        self.house = house
        shutil.copytree(SAMPLE_COURSE, folder)
        (folder / "questions" / "papers.yaml").write_text(QUESTIONS)
        (folder / "assessments" / "papers.yaml").write_text(PLAN)
        (folder / "media").mkdir(exist_ok=True)
        (folder / "media" / "the-pen-is-left.svg").write_text(PICTURE)
        course_id = house.course(folder=folder)
        self.firm = house.firm()
        self.agent = house.person(self.firm, name="Juan Writer")
        self.marker = house.person(self.firm, Role.ASSESSOR)
        self.stranger = house.person(house.firm("Jabiru Voice"), Role.ASSESSOR)
        with house.writing() as session:
            self.assessment_id = session.scalar(
                select(Assessment.id).where(Assessment.course_id == course_id, Assessment.key == "papers")
            )
        self.attempt_id = uuid.uuid4()
        house.act(self.agent, start_attempt, assessment_id=self.assessment_id, attempt_id=self.attempt_id)

    def send(
        self, content: bytes, name: str = "Juan.pdf", who: Someone | None = None, **more: str
    ) -> tuple[int, str]:
        """Send a file; the status, and what the page says."""
        reply = self.house.client(who or self.agent).post(
            f"/attempts/{self.attempt_id}/files/{self.place}",
            data={"file": (io.BytesIO(content), name), "order": "1", **more},
            headers={"X-Partial": "1"},
        )
        return reply.status_code, reply.get_data(as_text=True)

    @property
    def place(self) -> int:
        """Which question asks for the file."""
        page = self.house.client(self.agent).get(f"/attempts/{self.attempt_id}").get_data(as_text=True)
        return 1 if f"/attempts/{self.attempt_id}/files/1" in page else 2

    def files(self) -> list[AnswerFile]:
        """Every file that was kept."""
        with self.house.writing(self.firm) as session:
            rows = session.scalars(
                select(AnswerFile).where(AnswerFile.firm_id == self.firm).order_by(AnswerFile.arrived_at)
            ).all()
            session.expunge_all()
            return list(rows)


@pytest.fixture
def world(house: House, tmp_path: Path) -> World:
    return World(house, tmp_path / SAMPLE_COURSE.name)


def test_a_file_is_kept_once_marked_without_a_name_and_only_saved(world: World) -> None:
    same = str(uuid.uuid4())
    assert world.send(PDF, "año 报告.pdf", response_id=same)[0] == 200
    assert world.send(PDF, response_id=same)[0] == 200, "its reply was lost, and it was sent again"
    (row,) = world.files()
    page = world.house.client(world.agent).get(f"/attempts/{world.attempt_id}").get_data(as_text=True)
    assert "Sent: año 报告.pdf" in page
    own = world.house.client(world.agent).get(f"/attempts/{world.attempt_id}/files/{row.id}")
    assert own.get_data() == PDF
    assert own.headers["Content-Disposition"].startswith("attachment")
    assert own.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in own.headers["Content-Security-Policy"]
    to_mark = f"/marking/{world.attempt_id}/{row.position}"
    assert world.house.client(world.marker).get(f"{to_mark}/file").status_code == 404, "not handed in yet"

    world.house.act(world.agent, submit_attempt, attempt_id=world.attempt_id)
    script = world.house.client(world.marker).get(to_mark).get_data(as_text=True)
    assert f"{to_mark}/file" in script
    saved = world.house.client(world.marker).get(f"{to_mark}/file")
    assert saved.get_data() == PDF
    assert "Juan" not in script + saved.headers["Content-Disposition"]
    marks = {"points-look-1": "2", "note": "Clear."}
    assert world.house.client(world.marker).post(to_mark, data=marks).status_code == 302
    result = (
        world.house.client(world.agent).get(f"/attempts/{world.attempt_id}/result").get_data(as_text=True)
    )
    assert "Clear." in result


def test_what_is_no_such_file_is_refused_in_a_sentence_and_the_earlier_one_stands(world: World) -> None:
    assert world.send(PDF)[0] == 200
    for content, name, said in (
        (b"MZ\x90", "Juan.pdf", "is no pdf"),
        (b"MZ\x90", "Juan.exe", "Send one of these: pdf, txt."),
        (b"", "Juan.pdf", "empty"),
        (b"%PDF-" + b"x" * 1024 * 1024, "Juan.pdf", "1 MB are the most"),
    ):
        status, page = world.send(content, name)
        assert (status, said in page) == (422, True), (name, page)
    (row,) = world.files()
    assert row.size == len(PDF)
    with world.house.writing(world.firm) as session:
        rows = session.scalars(select(Response).where(Response.firm_id == world.firm)).all()
        assert [one.given for one in rows] == [{"file": str(row.id)}]


def test_a_question_takes_so_many_files_and_no_more(world: World) -> None:
    place = world.place
    client = world.house.client(world.agent)
    replies = [
        client.post(
            f"/attempts/{world.attempt_id}/files/{place}",
            data={"file": (io.BytesIO(PDF), "x.pdf"), "order": str(number)},
            headers={"X-Partial": "1"},
        )
        for number in range(MOST_FILES + 1)
    ]
    assert [reply.status_code for reply in replies] == [200] * MOST_FILES + [409]
    assert "The last one stands." in replies[-1].get_json()["error"]


def test_nobody_else_sends_or_sees_a_file_and_an_answer_names_no_file_that_is_not_there(world: World) -> None:
    assert world.send(PDF)[0] == 200
    (row,) = world.files()
    neighbour = world.house.person(world.firm)
    for who in (neighbour, world.stranger, world.marker):
        assert world.send(PDF, who=who)[0] in (403, 404)
        own = world.house.client(who).get(f"/attempts/{world.attempt_id}/files/{row.id}")
        assert own.status_code == 404
    world.house.act(world.agent, submit_attempt, attempt_id=world.attempt_id)
    to_mark = f"/marking/{world.attempt_id}/{row.position}/file"
    assert world.house.client(world.stranger).get(to_mark).status_code == 404
    assert world.house.client(neighbour).get(to_mark).status_code == 403
    assert len(world.files()) == 1
    other = uuid.uuid4()
    world.house.act(neighbour, start_attempt, assessment_id=world.assessment_id, attempt_id=other)
    named = world.house.client(neighbour).post(
        f"/attempts/{other}/responses/{row.position}",
        data={"answer": str(row.id), "order": "1"},
        headers={"X-Partial": "1"},
    )
    assert named.status_code == 422


def test_a_picture_has_an_address_that_tells_nothing_and_stays_in_the_firm(world: World) -> None:
    page = world.house.client(world.agent).get(f"/attempts/{world.attempt_id}").get_data(as_text=True)
    assert "the-pen-is-left" not in page
    address = page.split('<img src="/courses/media/')[1].split('"')[0]
    shown = world.house.client(world.agent).get(f"/courses/media/{address}")
    assert (shown.get_data(as_text=True), shown.headers["Content-Type"]) == (PICTURE, "image/svg+xml")
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    for worse in (address.replace(".svg", ".html"), "0" * 64 + ".svg", "..%2f..%2fetc.svg"):
        assert world.house.client(world.agent).get(f"/courses/media/{worse}").status_code == 404


def test_a_firms_own_picture_is_not_found_at_another_firm(house: House, tmp_path: Path) -> None:
    folder = tmp_path / SAMPLE_COURSE.name
    shutil.copytree(SAMPLE_COURSE, folder)
    (folder / "questions" / "papers.yaml").write_text(QUESTIONS)
    (folder / "media").mkdir(exist_ok=True)
    (folder / "media" / "the-pen-is-left.svg").write_text(PICTURE)
    firm = house.firm()
    house.course(house.person(firm, Role.TRAINER), folder)
    stored = hashlib.sha256(PICTURE.encode()).hexdigest()
    assert house.client(house.person(firm)).get(f"/courses/media/{stored}.svg").status_code == 200
    stranger = house.person(house.firm("Jabiru Voice"))
    assert house.client(stranger).get(f"/courses/media/{stored}.svg").status_code == 404
