"""Bring what you have, as a trainer on the page and as an operator on the command line."""

import io
import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from flask.testing import FlaskClient

from lms.cli import main
from lms.courses.services.drafts import open_draft, start_course
from lms.foundation.actor import Role
from tests.house import C05, House, Someone

FIXTURES = Path(__file__).parents[1] / "fixtures" / "interop"


@pytest.fixture
def trainer(house: House) -> Someone:
    return house.person(house.firm(), Role.TRAINER)


def brought(house: House, client: FlaskClient, start: str, name: str, content: bytes) -> str:
    """Send a file and have it read; the address of its report."""
    sent = client.post(start, data={"file": (io.BytesIO(content), name)})
    assert sent.status_code == 302
    assert "It begins in a moment." in client.get(sent.location).text
    assert house.work() == 1
    read = client.get(sent.location)
    assert read.status_code == 302
    return str(read.location)


def test_a_trainer_sends_a_file_looks_takes_some_of_it_and_sees_what_became_of_it(
    house: House, trainer: Someone
) -> None:
    course_id = house.course(trainer)
    client = house.client(trainer)
    start = f"/courses/{course_id}/import"
    assert "Bring what you have" in client.get(start).text
    content = (FIXTURES / "shapes.gift").read_bytes()
    report = brought(house, client, start, "shapes.gift", content)
    page = client.get(report).text
    for words in (
        "With a change",
        "Skipped",
        "Put it into a lesson",
        "One right option",
        "gave 50%; here it gives nothing",
    ):
        assert words in page
    assert page.count('name="take"') == 11
    refs = [part.split('"')[0] for part in page.split('name="take" value="')[1:]]
    done = client.post(report, data={"take": refs[:3]}, follow_redirects=True)
    assert "3 things are in the draft now." in done.text
    assert done.text.count('name="take"') == 8
    assert "shapes.gift" in client.get(start).text
    actor = house.actor(trainer)
    with house.writing(trainer.firm_id) as session:
        files = open_draft(session, actor=actor, course_id=course_id).files
    assert sum("imported-" in name for name in files) == 1


def test_a_draft_that_was_never_published_leads_to_bringing_and_back(house: House, trainer: Someone) -> None:
    course = house.act(trainer, start_course, title="Storm day calls", language="en")
    client = house.client(trainer)
    start = f"/courses/{course.id}/import"
    for page in (f"/studio/{course.id}", f"/studio/{course.id}/questions"):
        assert f'href="{start}"' in client.get(page).text
    opened = client.get(start).text
    assert "into the draft of Storm day calls." in opened
    assert f'href="/studio/{course.id}"' in opened
    report = brought(house, client, start, "shapes.gift", (FIXTURES / "shapes.gift").read_bytes())
    looked = client.get(report).text
    assert f'href="/studio/{course.id}"' in looked
    assert f'href="/studio/{course.id}/questions"' not in looked
    first = looked.split('name="take" value="')[1].split('"')[0]
    done = client.post(report, data={"take": [first]}, follow_redirects=True).text
    assert f'href="/studio/{course.id}/questions"' in done


def test_a_file_that_we_do_not_read_is_said_on_the_page_and_nothing_is_taken_twice(
    house: House, trainer: Someone
) -> None:
    course_id = house.course(trainer)
    client = house.client(trainer)
    start = f"/courses/{course_id}/import"
    refused = client.post(start, data={"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")})
    house.work()
    for page in (refused.location, start):
        assert "looks like a PDF" in client.get(page).text
    assert 'http-equiv="refresh"' not in client.get(refused.location).text
    assert client.post(start, data={}).status_code == 422
    assert client.post(start, data={"file": (io.BytesIO(b"  "), "a.gift")}).status_code == 422
    report = brought(house, client, start, "a.gift", b"::A::Is it? {T}")
    assert client.post(report, data={"take": "line 1"}).status_code == 302
    again = client.post(report, data={"take": "line 1"})
    assert again.status_code == 409
    assert "Nothing in it is new" in again.text


def test_what_a_file_says_is_shown_as_words(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    start = f"/courses/{house.course(trainer)}/import"
    content = b"::<script>x()</script>::Is it <img src=x>? {T}"
    page = client.get(brought(house, client, start, "<b>.gift", content)).text
    assert "<script>x()" not in page
    assert "<b>.gift" not in page


def test_a_file_sent_twice_from_one_page_is_read_once_and_its_progress_survives_leaving(
    house: House, trainer: Someone
) -> None:
    client = house.client(trainer)
    start = f"/courses/{house.course(trainer)}/import"
    order = client.get(start).text.split('name="order" type="hidden" value="')[1].split('"')[0]
    sent = [
        client.post(start, data={"order": order, "file": (io.BytesIO(b"::A::Is it? {T}"), "a.gift")})
        for _ in range(2)
    ]
    assert sent[0].location == sent[1].location
    page = client.get(sent[0].location).text
    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    told = client.get(sent[0].location, headers={"X-Partial": "1"}).get_json()
    assert told == {"open": True, "state": "queued", "words": ""}
    assert sent[0].location in client.get(start).text, "there is a way back to it"
    assert house.work() == 1
    told = client.get(sent[0].location, headers={"X-Partial": "1"}).get_json()
    assert told == {"open": False, "state": "done", "words": ""}
    assert sent[0].location not in client.get(start).text


def test_how_far_a_file_is_is_the_courses_authors_alone(house: House, trainer: Someone) -> None:
    course_id = house.course(trainer)
    sent = house.client(trainer).post(
        f"/courses/{course_id}/import", data={"file": (io.BytesIO(b"::A::Is it? {T}"), "a.gift")}
    )
    other = house.act(trainer, start_course, title="Other", language="en").id
    elsewhere = sent.location.replace(str(course_id), str(other))
    assert house.client(trainer).get(elsewhere).status_code == 404
    assert house.client(house.person(trainer.firm_id)).get(sent.location).status_code == 403
    stranger = house.person(house.firm("Other Firm"), Role.TRAINER)
    assert house.client(stranger).get(sent.location).status_code == 404


def test_nobody_else_sees_the_page(house: House, trainer: Someone) -> None:
    course_id = house.course(trainer)
    agent = house.person(trainer.firm_id)
    stranger = house.person(house.firm("Other Firm"), Role.TRAINER)
    start = f"/courses/{course_id}/import"
    assert house.client(agent).get(start).status_code == 403
    there, nowhere = (
        house.client(stranger).get(start),
        house.client(stranger).get(f"/courses/{uuid.uuid4()}/import"),
    )
    assert there.status_code == nowhere.status_code == 404


Run = Callable[..., Result]


@pytest.fixture
def run(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Give the command line an order, in this test's house."""
    monkeypatch.setattr(main, "create_app", lambda *_: app)

    def run(*words: object) -> Result:
        return CliRunner().invoke(main, [str(word) for word in words])

    return run


def test_a_dry_run_prints_one_object_and_changes_nothing(run: Run) -> None:
    done = run("import", FIXTURES / "documentation.gift", "--dry-run", "--json")
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert report["format"] == "gift"
    assert report["counts"] == {
        "taken": 23,
        "changed": 7,
        "skipped": 0,
        "questions": 30,
        "lessons": 0,
        "pictures": 0,
    }
    first = report["questions"][0]
    assert {"ref", "kind", "title", "status", "reasons", "question"} <= set(first)
    assert first["question"]["options"][2] == {"text": "the agent who promised it", "correct": True}


def test_a_bad_file_is_exit_1_with_a_sentence_and_no_file_is_exit_2(run: Run, tmp_path: Path) -> None:
    bad = tmp_path / "a.pdf"
    bad.write_bytes(b"%PDF-1.7")
    done = run("import", bad, "--dry-run", "--json")
    assert done.exit_code == 1
    assert "looks like a PDF" in done.stderr
    assert json.loads(done.stdout)["questions"] == []
    assert run("import", bad).exit_code == 1
    assert run("import").exit_code == 2
    assert run("import", tmp_path / "not there").exit_code == 2


def test_an_import_goes_into_the_draft_once_and_an_export_comes_out(run: Run, tmp_path: Path) -> None:
    assert run("courses", "load", C05).exit_code == 0
    file = FIXTURES / "strict.aiken.txt"
    assert json.loads(run("import", file, "--course", "C05", "--json").stdout)["new"] == 2
    assert json.loads(run("import", file, "--course", "C05", "--json").stdout)["new"] == 0
    assert run("import", file, "--course", "C99").exit_code == 1
    first = json.loads(run("import", file, "--json").stdout)
    again = json.loads(run("import", file, "--json").stdout)
    assert (first["course"], first["new"], again["new"]) == ("strict-aiken", 2, 0)
    for form in ("gift", "moodle-xml", "qti3", "csv", "markdown"):
        out = tmp_path / form
        done = run("export", "C05", out, "--format", form, "--json")
        assert done.exit_code == 0, done.output
        told = json.loads(done.stdout)
        assert sum(told["counts"].values()) == len(told["questions"])
        report = json.loads(run("import", out, "--dry-run", "--json").stdout)
        assert report["counts"]["questions"] >= 37
    assert run("export", "C05", tmp_path / "csv", "--format", "csv").exit_code == 1
