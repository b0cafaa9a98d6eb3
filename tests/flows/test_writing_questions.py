"""A trainer writes questions of a course's draft with plain forms, as a browser without scripts does."""

import html
import re
import uuid
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from lms.assessments.bank.drafted import drafted
from lms.assessments.bank.plans import ROWS
from lms.assessments.bank.sheets import SHEETS, rows_of
from lms.courses.services import drafts
from lms.courses.services.drafts import Changes
from lms.foundation.actor import Role
from lms.foundation.yaml import read_yaml
from lms.people.models import SignIn
from lms.people.views.kept import MOST_FIELDS
from tests.house import C05, PASSWORD, SAMPLE_COURSE, House, Someone

SINGLE = {
    "kind": "single",
    "q-stem": "What do you say first?",
    "q-options-0-text": "Your name",
    "q-options-0-why": "Right: people first.",
    "q-options-1-text": "The price",
    "q-options-1-why": "Too early.",
    "q-options-2-text": "Nothing",
    "q-options-2-why": "They hang up.",
    "q-right": "0",
    "q-objective": "greet",
    "q-competency": "B4",
    "q-level": "2",
    "q-thinking": "apply",
    "q-difficulty": "65",
    "q-tags": "opening, first",
}


@pytest.fixture
def trainer(house: House) -> Someone:
    return house.person(house.firm(), Role.TRAINER, name="Tania Trainer")


@pytest.fixture
def course(house: House, trainer: Someone) -> uuid.UUID:
    return house.course(trainer)


@pytest.fixture
def desk(house: House, trainer: Someone) -> FlaskClient:
    return house.client(trainer)


def files(house: House, someone: Someone, course_id: uuid.UUID) -> dict[str, str]:
    return dict(house.act(someone, _open, course_id=course_id).files)


def _open(session: Any, *, actor: Any, course_id: uuid.UUID, now: Any) -> Any:
    return drafts.open_draft(session, actor=actor, course_id=course_id)


def bank(house: House, someone: Someone, course_id: uuid.UUID) -> list[dict[str, Any]]:
    return [dict(one) for one in drafted(files(house, someone, course_id)).bank]


def fields(page: str) -> dict[str, str]:
    """The hidden marks a form of the page carries."""
    return dict(re.findall(r'name="(q-seen)"[^>]*value="([^"]*)"', page))


def test_the_bank_lists_finds_and_pages(house: House, trainer: Someone, desk: FlaskClient) -> None:
    course_id = house.course(trainer, folder=C05)
    page = desk.get(f"/studio/{course_id}/questions").get_data(as_text=True)
    assert page.count('name="key"') == 25
    assert "page=2" in page
    second = desk.get(f"/studio/{course_id}/questions?page=3").get_data(as_text=True)
    assert 0 < second.count('name="key"') < 25
    found = desk.get(f"/studio/{course_id}/questions?q=marisol+BELMOPAN&kind=single").get_data(as_text=True)
    assert found.count('name="key"') == 1
    assert "c05-push-001" in found
    none = desk.get(f"/studio/{course_id}/questions?q=zzzz").get_data(as_text=True)
    assert "No question fits" in none
    problems = desk.get(f"/studio/{course_id}/questions?special=problems").get_data(as_text=True)
    assert "No question fits" in problems


def test_a_question_is_written_saved_shown_and_changed(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    assert "One right option" in desk.get(f"/studio/{course}/questions/new").get_data(as_text=True)
    before = files(house, trainer, course)["questions/bank.yaml"]
    made = desk.post(f"/studio/{course}/questions/new?kind=single", data=SINGLE)
    assert made.status_code == 302, made.get_data(as_text=True)
    assert made.location.endswith("/what-do-you-say-first")
    after = files(house, trainer, course)["questions/bank.yaml"]
    assert after.startswith(before), "the others stay byte for byte"
    assert read_yaml(after)[-1] == {
        "key": "what-do-you-say-first",
        "kind": "single",
        "stem": "What do you say first?",
        "options": [
            {"text": "Your name", "why": "Right: people first.", "correct": True},
            {"text": "The price", "why": "Too early."},
            {"text": "Nothing", "why": "They hang up."},
        ],
        "objective": "greet",
        "competency": "B4",
        "level": 2,
        "thinking": "apply",
        "difficulty": 0.65,
        "tags": ["opening", "first"],
    }
    page = desk.get(made.location).get_data(as_text=True)
    assert "People first" not in page
    assert "Your name" in page
    assert "to put right" not in page
    marked = desk.post(made.location, data={**SINGLE, **fields(page), "q-stem": "What *first*, for R&D?"})
    assert marked.status_code == 302
    page = desk.get(made.location).get_data(as_text=True)
    assert "<title>What first, for R&amp;D?" in page, "a heading has a question's words, not its marks"
    assert "What first, for R&amp;D?</span>" in desk.get(f"/studio/{course}/questions").get_data(as_text=True)
    changed = desk.post(made.location, data={**SINGLE, **fields(page), "q-right": "2"})
    assert changed.status_code == 302
    assert (
        read_yaml(files(house, trainer, course)["questions/bank.yaml"])[-1]["options"][2]["correct"] is True
    )
    again = desk.post(f"/studio/{course}/questions/new?kind=single", data={**SINGLE, "q-right": "2"})
    assert again.location == made.location, "the same new question sent twice is kept once"
    other = desk.post(f"/studio/{course}/questions/new?kind=single", data={**SINGLE, "q-level": "3"})
    assert other.location.endswith("/what-do-you-say-first-2")


def test_an_empty_question_is_not_saved_and_an_unfinished_one_is_with_what_is_missing(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    count = len(bank(house, trainer, course))
    empty = desk.post(f"/studio/{course}/questions/new?kind=single", data={**SINGLE, "q-stem": " "})
    assert empty.status_code == 422
    assert "Your name" in empty.get_data(as_text=True), "nothing typed is lost"
    assert len(bank(house, trainer, course)) == count
    half = {**SINGLE, "q-options-1-why": "", "q-right": "", "q-difficulty": "often"}
    made = desk.post(f"/studio/{course}/questions/new?kind=single", data=half)
    page = desk.get(made.location).get_data(as_text=True)
    assert "3 things to put right" in page
    assert 'href="#q-options-1-why"' in page
    assert 'href="#q-difficulty"' in page
    assert "Choose the one option that is right." in page
    listed = desk.get(f"/studio/{course}/questions?special=problems").get_data(as_text=True)
    assert "3 problems" in listed


def test_rows_are_added_moved_and_taken_out_and_nothing_is_saved(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    address = f"/studio/{course}/questions/new?kind=single"
    count = len(bank(house, trainer, course))
    page = desk.post(address, data={**SINGLE, "do": "add:options"}).get_data(as_text=True)
    assert 'name="q-options-3-text"' in page
    page = desk.post(address, data={**SINGLE, "do": "down:options:0"}).get_data(as_text=True)
    assert re.search(r'name="q-options-1-text"[^>]*>\s*Your name', page)
    assert re.search(r'name="q-right" value="1" checked', page), "the right one stays right"
    page = desk.post(address, data={**SINGLE, "do": "drop:options:1"}).get_data(as_text=True)
    assert "The price" not in page
    assert len(bank(house, trainer, course)) == count


def test_an_answer_is_tried_by_the_marking_learners_get(course: uuid.UUID, desk: FlaskClient) -> None:
    address = f"/studio/{course}/questions/new?kind=short"
    form = {
        "kind": "short",
        "q-stem": "What do you offer?",
        "q-accepted": "call back\ncallback",
        "q-mistakes-0-text": "refund",
        "q-mistakes-0-why": "That costs money.",
        "do": "try",
    }
    for rule in ("case", "punctuation", "spaces"):
        form |= {f"q-ignore-{rule}": rule}
    right = desk.post(address, data={**form, "q-ignore": ["case", "spaces"], "answer": "CALL BACK"})
    assert "100%" in right.get_data(as_text=True).replace(" ", "")
    wrong = desk.post(address, data={**form, "q-ignore": ["case"], "answer": "refund"}).get_data(as_text=True)
    assert "That costs money." in wrong
    assert ">0%" in wrong.replace(" ", "")
    part = desk.post(address, data={**form, "answer": "refund"}, headers={"X-Partial": "1"})
    assert b"<html" not in part.data
    assert b"That costs money." in part.data


def test_a_number_shows_three_peoples_numbers_with_their_answers(
    course: uuid.UUID, desk: FlaskClient
) -> None:
    page = desk.post(
        f"/studio/{course}/questions/new?kind=numeric",
        data={
            "kind": "numeric",
            "q-stem": "{calls} calls of {aht} s: how many seconds of work?",
            "q-parameters-0-name": "calls",
            "q-parameters-0-from": "2",
            "q-parameters-0-to": "9",
            "q-parameters-0-step": "1",
            "q-parameters-1-name": "aht",
            "q-parameters-1-from": "100",
            "q-parameters-1-to": "300",
            "q-parameters-1-step": "10",
            "q-answer": "calls * aht",
            "do": "preview",
        },
    ).get_data(as_text=True)
    shown = re.findall(r"(\d+) calls of (\d+)\ss: how many seconds of work\?</p><p><b>([\d,]+)</b>", page)
    assert len(shown) == 3
    assert all(int(calls) * int(aht) == int(answer.replace(",", "")) for calls, aht, answer in shown)


def test_two_people_on_one_question_see_both_and_lose_nothing(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    address = f"/studio/{course}/questions/t01-q1"
    mine = fields(desk.get(address).get_data(as_text=True))
    other = house.client(house.person(trainer.firm_id, Role.TRAINER))
    theirs = fields(other.get(address).get_data(as_text=True))
    assert other.post(address, data={**SINGLE, **theirs, "q-stem": "Theirs entirely?"}).status_code == 302
    stale = desk.post(address, data={**SINGLE, **mine, "q-stem": "Mine of course?"})
    page = stale.get_data(as_text=True)
    assert stale.status_code == 409
    assert "Theirs" in page
    assert "Mine of course?" in page
    assert bank(house, trainer, course)[0]["stem"] == "Theirs entirely?"
    assert desk.post(address, data={**SINGLE, **fields(page), "q-stem": "Mine of course?"}).status_code == 302
    assert bank(house, trainer, course)[0]["stem"] == "Mine of course?"


def test_two_people_on_two_questions_of_one_file_never_meet(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    seen = {
        key: fields(desk.get(f"/studio/{course}/questions/{key}").get_data(as_text=True))
        for key in ("t01-q1", "t01-q2")
    }
    for key, mark in seen.items():
        data = {**SINGLE, **mark, "q-stem": f"New words of {key}"}
        assert desk.post(f"/studio/{course}/questions/{key}", data=data).status_code == 302
    assert [one["stem"] for one in bank(house, trainer, course)][:2] == [
        "New words of t01-q1",
        "New words of t01-q2",
    ]


def test_a_question_somebody_deleted_can_be_put_back(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    address = f"/studio/{course}/questions/t01-q3"
    mark = fields(desk.get(address).get_data(as_text=True))
    assert "Delete it from the draft?" in desk.get(f"{address}/delete").get_data(as_text=True)
    gone = desk.post(f"{address}/delete")
    assert desk.get(address).status_code == 404
    stale = desk.post(address, data={**SINGLE, **mark})
    assert stale.status_code == 409
    assert "Somebody deleted this" in stale.get_data(as_text=True)
    page = desk.get(gone.location).get_data(as_text=True)
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision
    desk.post(f"/studio/{course}/questions/undo", data={"revision": revision[1]})
    assert desk.get(address).status_code == 200
    assert (
        files(house, trainer, course)["questions/bank.yaml"]
        == (SAMPLE_COURSE / "questions" / "bank.yaml").read_text()
    )


def test_a_key_that_an_earlier_version_used_is_never_given_again(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient, app: Flask
) -> None:
    made = desk.post(f"/studio/{course}/questions/new?kind=single", data=SINGLE)
    house.act(
        trainer,
        _publish,
        course_id=course,
        storage=app.extensions["storage"],
    )
    desk.post(f"{made.location}/delete")
    house.act(trainer, _publish, course_id=course, storage=app.extensions["storage"])
    again = desk.post(f"/studio/{course}/questions/new?kind=single", data=SINGLE)
    assert again.location.endswith("/what-do-you-say-first-2")


def _publish(session: Any, *, actor: Any, course_id: uuid.UUID, storage: Any, now: Any) -> None:
    from lms.courses.services import publish_draft

    draft = drafts.open_draft(session, actor=actor, course_id=course_id)
    publish_draft(
        session,
        actor=actor,
        course_id=course_id,
        revision=draft.revision,
        note="More",
        storage=storage,
        now=now,
    )


def test_what_the_live_version_said_is_shown_word_by_word(course: uuid.UUID, desk: FlaskClient) -> None:
    address = f"/studio/{course}/questions/t01-q1"
    page = desk.get(address).get_data(as_text=True)
    assert "The draft says the same as version 1." in page
    data = {**SINGLE, **fields(page), "q-stem": "Question 1: what comes last?"}
    desk.post(address, data=data)
    page = desk.get(address).get_data(as_text=True)
    assert re.search(r"<del>.*first\?</del><ins>.*last\?</ins>", page)


def test_a_copy_is_a_new_question_that_begins_as_the_old_one(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    page = desk.get(f"/studio/{course}/questions/new?from=t01-q2").get_data(as_text=True)
    assert "Question 2: what comes first?" in page
    assert desk.get(f"/studio/{course}/questions/new?from=nothing").status_code == 404


def test_several_are_changed_at_once_and_taken_back(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    address = f"/studio/{course}/questions"
    before = files(house, trainer, course)
    data = {"key": ["t01-q1", "t01-q4"], "thinking": "judge", "difficulty": "70", "add_tags": "hard, new"}
    none = desk.post(address, data={**data, "key": [], "do": "change"})
    assert none.status_code == 422
    assert "Tick the questions first." in none.get_data(as_text=True)
    assert desk.post(address, data={"key": "t01-q1", "do": "change"}).status_code == 422
    assert desk.post(address, data={**data, "difficulty": "700", "do": "change"}).status_code == 422
    assert desk.post(address, data={**data, "objective": "nobody's", "do": "change"}).status_code == 422
    done = desk.post(address, data={**data, "do": "change"})
    now = {one["key"]: one for one in bank(house, trainer, course)}
    assert (now["t01-q4"]["thinking"], now["t01-q4"]["difficulty"]) == ("judge", 0.7)
    assert now["t01-q1"]["tags"] == ["hard", "new"]
    assert now["t01-q2"]["thinking"] == "know"
    desk.post(address, data={"key": ["t01-q1"], "drop_tags": "hard", "do": "change"})
    assert {one["key"]: one for one in bank(house, trainer, course)}["t01-q1"]["tags"] == ["new"]
    revision = re.search(r"changed=(\d+)", done.location)
    assert revision
    desk.post(f"{address}/undo", data={"revision": revision[1]})
    assert files(house, trainer, course) != before, (
        "somebody changed the file since: nothing of theirs is undone"
    )


def test_several_are_deleted_after_a_question(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    address, data = f"/studio/{course}/questions", {"key": ["t01-q1", "t01-q6"], "do": "delete"}
    assert "Delete 2 questions" in desk.post(address, data=data).get_data(as_text=True)
    assert len(bank(house, trainer, course)) == 6
    desk.post(address, data={**data, "sure": "1"})
    assert [one["key"] for one in bank(house, trainer, course)] == ["t01-q2", "t01-q3", "t01-q4", "t01-q5"]


def test_a_file_that_cannot_be_read_is_told_and_left_alone(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient, app: Flask
) -> None:
    house.act(
        trainer,
        drafts.save_draft,
        course_id=course,
        revision=1,
        changes=Changes(files={"questions/bank.yaml": "- key: [a\n"}),
        storage=app.extensions["storage"],
    )
    assert "cannot be read" in desk.get(f"/studio/{course}/questions").get_data(as_text=True)
    refused = desk.post(f"/studio/{course}/questions/new?kind=single", data=SINGLE)
    assert refused.status_code == 422
    assert "Your name" in refused.get_data(as_text=True)
    assert files(house, trainer, course)["questions/bank.yaml"] == "- key: [a\n"


PATHS = (
    "questions",
    "questions/new?kind=single",
    "questions/t01-q1",
    "questions/t01-q1/delete",
    "questions/t01-q1?against=1",
    "assessments",
    "assessments/new",
    "assessments/final",
    "assessments/final/paper",
    "assessments/final/delete",
)


def test_only_authors_of_the_owning_organisation_see_any_of_it(
    house: House, trainer: Someone, course: uuid.UUID
) -> None:
    theirs = house.firm("Neighbour")
    outside = house.client(house.person(theirs, Role.TRAINER))
    agent = house.client(house.person(trainer.firm_id, Role.AGENT, Role.MANAGER, Role.FIRM_ADMIN))
    shared = house.course()
    own = house.client(trainer)
    before = files(house, trainer, course)
    for path in PATHS:
        assert own.get(f"/studio/{course}/{path}").status_code == 200, path
        random = outside.get(f"/studio/{uuid.uuid4()}/{path}")
        neighbour = outside.get(f"/studio/{course}/{path}")
        assert (neighbour.status_code, neighbour.data) == (404, random.data), path
        assert b"SECRET-KEY" not in neighbour.data
        assert agent.get(f"/studio/{course}/{path}").status_code == 403, path
        assert own.get(f"/studio/{shared}/{path}").status_code == 403, "the association's is read-only"
    for path in ("questions", "questions/new?kind=single", "questions/t01-q1", "questions/t01-q1/delete"):
        for client, course_id, status in ((outside, course, 404), (agent, course, 403), (own, shared, 403)):
            for act in ("save", "preview", "try", "delete"):
                reply = client.post(
                    f"/studio/{course_id}/{path}",
                    data={**SINGLE, "do": act, "key": "t01-q1", "sure": "1", "q-seen": "x", "answer": "a"},
                )
                assert reply.status_code == status, (path, act)
                assert b"SECRET-KEY" not in reply.data
    assert files(house, trainer, course) == before


def test_a_question_that_arrives_after_the_sign_in_ended_is_kept_and_sent(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient
) -> None:
    ours = {"Origin": "http://localhost"}
    with house.writing() as session:
        session.execute(update(SignIn).where(SignIn.person_id == trainer.id).values(ended_at=house.noon))
    address = f"/studio/{course}/questions/new?kind=single"
    late = desk.post(address, data={**SINGLE, "do": "save"}, headers=ours)
    assert late.status_code == 401
    kept = re.search(r'name="kept"[^>]*value="([^"]+)"', late.get_data(as_text=True))
    assert kept
    signed = {"name": trainer.email, "password": PASSWORD, "firm": "", "kept": kept[1]}
    shown = desk.post("/sign-in", data=signed, headers=ours).get_data(as_text=True)
    assert "Option 1: Words" in shown
    assert "Your name" in shown
    again = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown)
    sent = desk.post(address, data={name: html.unescape(value) for name, value in again}, headers=ours)
    assert sent.location.endswith("/what-do-you-say-first")
    assert bank(house, trainer, course)[-1]["options"][0]["correct"] is True


def test_the_largest_form_an_editor_makes_is_small_enough_to_be_kept() -> None:
    for rows in (ROWS, *(rows_of(kind) for kind in SHEETS)):
        assert 40 + sum(one.most * len(one.fields) for one in rows) < MOST_FIELDS


ODD = """
- kind: single
  stem: No key
- key: [a]
  kind: [single]
  stem: [List, of, words]
  objective: {a: 1}
  thinking: [know]
  level: [2]
  tags: {x: 1}
  options: text
- key: Odd Key/with signs
- key: twice
  kind: numeric
  stem: One {1/0}
  parameters: [1]
  answer: 1 / 0
- key: twice
  kind: cloze
  stem: 7
  text: [[a]]
  gaps: {a: [1], b: {options: x, answer: {}}}
- key: alone
  kind: unheard-of
  stem: What?
- key: broken
  kind: numeric
  stem: '{n} of what?'
  parameters: {n: {from: 0, to: 1}}
  answer: 1 / n
  objective: greet
  competency: B4
- key: bare
  kind: matching
"""


def test_a_draft_of_any_shape_is_shown_and_breaks_no_page(
    house: House, trainer: Someone, course: uuid.UUID, desk: FlaskClient, app: Flask
) -> None:
    house.act(
        trainer,
        drafts.save_draft,
        course_id=course,
        revision=1,
        changes=Changes(
            files={
                "questions/bank.yaml": ODD,
                "assessments/final.yaml": "title: [x]\ndraws: {count: 1}\nshuffle: 3\nattempts: [1]\n",
                "assessments/odd one.yaml": "key: new\npurpose: [a]\ndraws: [{count: 1}, 7, {tags: x}]\npass_mark: many\nevidence: x\n",
                "assessments/broken.yaml": "key: broken\ntitle: B\ndraws: [{count: 1, kind: numeric}]\npass_mark: 0.5\n",
            }
        ),
        storage=app.extensions["storage"],
    )
    page = desk.get(f"/studio/{course}/questions").get_data(as_text=True)
    assert page.count("correct it in questions/bank.yaml") == 4
    for path, status in {
        "questions?special=problems": 200,
        "questions?special=alike": 200,
        "questions/twice": 200,
        "questions/broken": 200,
        "questions/bare": 200,
        "questions/alone": 422,
        "questions/new?from=twice": 200,
        "assessments": 200,
        "assessments/final": 200,
        "assessments/broken": 200,
        "assessments/final/paper": 409,
    }.items():
        assert desk.get(f"/studio/{course}/{path}").status_code == status, path
    for seed in range(1, 6):
        assert desk.get(f"/studio/{course}/assessments/broken/paper?seed={seed}").status_code in (200, 409)
        tried = {"kind": "numeric", "do": "try", "seed": seed, "answer": "1"}
        assert desk.post(f"/studio/{course}/questions/broken", data=tried).status_code == 200
    made = desk.post(f"/studio/{course}/questions/new?kind=short", data={"q-stem": "New"})
    assert made.location.endswith("/new-2"), "an address has this word already"
