"""The studio as a trainer uses it, without a script: blank course, lessons, pictures, two texts, history, publishing."""

import io
import re
import uuid

import pytest
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from lms.courses.services.drafts import open_draft
from lms.foundation.actor import Role
from lms.foundation.yaml import read_yaml
from tests.house import House, Someone

BODY = "## Two in the morning {#hook}\n\nThe lights go out.\n\n## Do this on your next call {#next-call}\n\n1. Breathe.\n"


@pytest.fixture
def trainer(house: House) -> Someone:
    return house.person(house.firm(), Role.TRAINER, name="Tania Coc")


def begun(client: FlaskClient) -> str:
    """A new course with one lesson; the address of the course."""
    address = client.post("/studio", data={"title": "Storm day", "language": "en"}).location
    step(client, address, "add-lesson", module="module-1", title="Hello")
    return str(address)


def step(client: FlaskClient, address: str, do: str, **fields: str) -> TestResponse:
    return client.post(f"{address}/outline", data={"do": do, **fields})


def revision(client: FlaskClient, address: str) -> str:
    page = client.get(address).get_data(as_text=True)
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found is not None
    return found[1]


def saved(
    client: FlaskClient, address: str, body: str, at: str | None = None, **more: object
) -> TestResponse:
    data = {"revision": at or revision(client, address), "title": "Hello", "minutes": "4", "body": body}
    return client.post(address, data=data | more)


def text(reply: TestResponse) -> str:
    return reply.get_data(as_text=True)


def test_the_first_look_says_what_the_studio_is_for(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    page = text(client.get("/studio"))
    assert "No course of your own yet" in page
    assert "Give it a title." in text(client.post("/studio", data={"title": "", "language": "en"}))
    begun(client)
    assert "Storm day" in text(client.get("/studio"))
    assert "Storm day" in text(client.get("/studio?q=STÓRM"))
    assert "No course fits" in text(client.get("/studio?q=calm"))


def test_the_studio_is_in_the_rail_of_trainers_and_of_nobody_else(house: House, trainer: Someone) -> None:
    for page in ("/studio", "/courses"):
        assert 'href="/studio"' in text(house.client(trainer).get(page))
    manager = house.client(house.person(trainer.firm_id, Role.MANAGER))
    for page in ("/board", "/courses"):
        assert 'href="/studio"' not in text(manager.get(page))
    assert manager.get("/studio").status_code == 403
    assert manager.post("/studio", data={"title": "x", "language": "en"}).status_code == 403
    assert manager.post("/studio/paste", data={"html": "<p>x</p>"}).status_code == 403


def test_a_neighbours_course_is_not_there(house: House, trainer: Someone) -> None:
    address = begun(house.client(trainer))
    neighbour = house.client(house.person(house.firm("Other"), Role.TRAINER))
    random = f"/studio/{uuid.uuid4()}"
    for rest in (
        "",
        "/lessons/hello",
        "/lessons/hello/preview",
        "/media",
        "/history",
        "/history/1",
        "/publish",
        "/copy",
    ):
        theirs, nobodys = neighbour.get(address + rest), neighbour.get(random + rest)
        assert (theirs.status_code, nobodys.status_code) == (404, 404), rest
        assert theirs.data == nobodys.data
    for rest in (
        "",
        "/outline",
        "/lessons/hello",
        "/lessons/hello/media",
        "/media",
        "/history",
        "/take-back",
        "/publish",
    ):
        reply = neighbour.post(
            address + rest, data={"do": "add-module", "title": "Mine", "revision": "1", "note": "x"}
        )
        assert reply.status_code == 404, rest


def test_an_association_course_is_read_only_and_can_be_copied_once(house: House, trainer: Someone) -> None:
    shared = house.course()
    client = house.client(trainer)
    assert "Copy to adapt" in text(client.get("/studio"))
    assert client.get(f"/studio/{shared}").location.endswith(f"/studio/{shared}/copy")
    assert (
        client.post(f"/studio/{shared}/outline", data={"do": "add-module", "title": "x"}).status_code == 403
    )
    copy = client.post(f"/studio/{shared}/copy").location
    assert "Say hello" in text(client.get(copy))
    assert "Open your copy" in text(client.get(f"/studio/{shared}/copy"))
    assert client.post(f"/studio/{shared}/copy").status_code == 409


def test_the_outline_is_rearranged_by_buttons_and_a_removal_is_undone(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    address = begun(client)
    step(client, address, "add-lesson", module="module-1", title="Goodbye")
    moved = step(client, address, "lesson-up", key="goodbye")
    assert moved.location.endswith("#in-goodbye-lesson-up"), "the focus stays on the button"
    page = text(client.get(address))
    assert page.index('data-lesson="goodbye"') < page.index('data-lesson="hello"')
    gone = step(client, address, "remove-lesson", key="goodbye")
    page = text(client.get(gone.location))
    assert 'data-lesson="goodbye"' not in page
    undo = re.search(r'name="saved" value="(\d+)"', page)
    assert undo is not None
    client.post(f"{address}/take-back", data={"saved": undo[1]})
    assert 'data-lesson="goodbye"' in text(client.get(address))
    assert "no longer in the course" in text(client.get(step(client, address, "lesson-up", key="x").location))


def test_settings_are_saved_and_a_clash_keeps_what_was_typed(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    address = begun(client)
    at = revision(client, address)
    data = {
        "revision": at,
        "title": "Storm day",
        "language": "en",
        "summary": "What to say.",
        "tracks": ["technical"],
        "competency-0-id": "B4",
        "competency-0-level": "2",
        "objective-0-text": "Greet the caller",
        "source-0-text": "A pack",
        "source-0-tag": "J",
        "assessment": "",
    }
    assert client.post(address, data=data).status_code == 302
    page = text(client.get(address))
    assert 'value="Greet the caller"' in page
    assert '<option value="B4" selected>' in page
    clash = client.post(address, data=data | {"summary": "Another."})
    assert clash.status_code == 409
    assert "Tania Coc changed the same fields" in text(clash)
    assert "Another.</textarea>" in text(clash)
    assert re.search(r"<del>.*?What to say", text(clash)), "what is saved now stands beside it"
    assert client.post(address, data=data | {"title": " "}).status_code == 422


def test_a_lesson_is_saved_by_a_plain_form_and_by_the_pages_script(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    lesson = begun(client) + "/lessons/hello"
    assert saved(client, lesson, BODY).status_code == 302
    assert "The lights go out." in text(client.get(lesson))
    told = client.post(
        lesson,
        data={
            "revision": revision(client, lesson),
            "title": "Hello",
            "minutes": "4",
            "body": BODY + "\n![](x.png)\n",
        },
        headers={"X-Partial": "1"},
    )
    assert told.json is not None
    assert told.json["saved"] is True
    assert "line 9" in told.json["panel"]
    assert revision(client, lesson) == str(told.json["revision"])
    wrong = client.post(
        lesson, data={"revision": "1", "title": "x", "minutes": "99", "body": ""}, headers={"X-Partial": "1"}
    )
    assert wrong.status_code == 422
    assert wrong.json is not None
    assert wrong.json["error"] == "Type a whole number from 1 to 30."


def test_a_stale_save_shows_both_texts_and_either_can_be_kept(house: House, trainer: Someone) -> None:
    mine = house.client(trainer)
    theirs = house.client(house.person(trainer.firm_id, Role.TRAINER, name="Omar Pech"))
    lesson = begun(mine) + "/lessons/hello"
    saved(mine, lesson, BODY)
    at = revision(mine, lesson)
    saved(theirs, lesson, BODY.replace("Breathe.", "Breathe twice."))
    refused = mine.post(
        lesson,
        data={"revision": at, "title": "Hello", "minutes": "4", "body": BODY.replace("lights", "fans")},
        headers={"X-Partial": "1"},
    )
    assert refused.status_code == 409
    assert refused.json is not None
    assert refused.json["stale"] is True
    both = saved(mine, lesson, BODY.replace("lights", "fans"), at=at)
    assert both.status_code == 409
    page = text(both)
    assert "Omar Pech saved this lesson while you were writing" in page
    assert "<del>" in page
    assert "<ins>" in page
    together = re.search(r'<textarea id="body"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    assert together is not None
    assert "The fans go out." in together[1]
    assert "Breathe twice." in together[1]
    fresh = re.findall(r'name="revision" value="(\d+)"', page)
    assert saved(mine, lesson, together[1], at=fresh[-1]).status_code == 302


def test_the_preview_is_the_real_player_and_keeps_nothing(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    lesson = begun(client) + "/lessons/hello"
    check = (
        "::: check\nkey: k-1\nkind: single\nstem: First?\noptions:\n"
        "  - {text: Greet, correct: true, why: People first.}\n  - {text: Shout, why: No.}\n  - {text: Wait, why: No.}\n:::\n"
    )
    saved(client, lesson, f"{BODY}\n{check}")
    page = client.get(lesson + "/preview")
    assert "js/player.js" in text(page)
    assert "lesson-card" in text(page)
    assert "People first." not in text(page)
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in client.get(lesson).headers["Content-Security-Policy"]
    part = {"X-Partial": "1"}
    told = client.post(lesson + "/preview/checks/k-1", data={"answer": "a"}, headers=part)
    assert told.status_code == 200
    assert "People first." in text(told)
    assert client.post(lesson + "/preview/checks/k-1", headers=part).status_code == 422
    assert client.post(lesson + "/preview/checks/none", headers=part).status_code == 404
    done = client.post(lesson + "/preview", data={"card": "next-call"}, headers=part)
    assert done.json == {"saved": True, "card": "hook", "lesson_done": True}
    saved(
        client,
        lesson,
        BODY.replace("{#hook}", "{#hook}\n\n::: callout nonsense\nx\n:::\n\n::: check\n: x\n:::\n"),
    )
    assert client.get(lesson + "/preview").status_code == 200, "a half-written text can be looked at"


def picture() -> tuple[io.BytesIO, str]:
    kept = io.BytesIO()
    Image.new("RGB", (1600, 900), "teal").save(kept, "PNG")
    kept.seek(0)
    return kept, "Storm wall.png"


def test_a_picture_needs_its_words_and_stands_at_the_end_of_a_card(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    address = begun(client)
    lesson = address + "/lessons/hello"
    saved(client, lesson, BODY)
    wordless = client.post(lesson + "/media", data={"medium": picture(), "words": "", "card": "hook"})
    assert wordless.status_code == 422
    assert "cannot see it" in text(wordless)
    put = client.post(lesson + "/media", data={"medium": picture(), "words": "A wall board", "card": "hook"})
    assert put.status_code == 302
    assert "![A wall board](media/storm-wall.webp)" in text(client.get(lesson))
    shown = client.get(f"{address}/files/media/storm-wall.webp")
    assert shown.mimetype == "image/webp"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    again = client.get(
        f"{address}/files/media/storm-wall.webp", headers={"If-None-Match": shown.headers["ETag"]}
    )
    assert again.status_code == 304
    assert client.get(f"{address}/files/media/none.webp").status_code == 404
    assert "storm-wall.webp" in text(client.get(address + "/media"))
    kept = client.post(address + "/media", data={"path": "media/storm-wall.webp"}, follow_redirects=True)
    assert "A lesson shows this" in text(kept)
    saved(client, lesson, BODY)
    gone = client.post(address + "/media", data={"path": "media/storm-wall.webp"}, follow_redirects=True)
    assert "No picture and no sound yet" in text(gone)


def test_what_was_copied_from_word_comes_back_as_our_text(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    html = "<h1>Calm</h1><p class=MsoNormal>He is <b>angry</b>.</p><script>alert(1)</script>"
    reply = client.post("/studio/paste", data={"html": html})
    assert reply.json == {"text": "## Calm {#calm}\n\nHe is **angry**.\n"}
    assert client.post("/studio/paste", data={"html": "x" * 500_001}).status_code == 422


def test_the_history_leads_back_and_forth(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    address = begun(client)
    lesson = address + "/lessons/hello"
    saved(client, lesson, BODY)
    at = revision(client, lesson)
    saved(client, lesson, "## Gone {#hook}\n\nAll of it.\n")
    assert "Tania Coc" in text(client.get(address + "/history"))
    changed = text(client.get(f"{address}/history/{int(at) + 1}"))
    assert "<del>" in changed
    client.post(address + "/history", data={"revision": int(at) + 1, "to": at})
    assert "The lights go out." in text(client.get(lesson))
    client.post(address + "/history", data={"revision": int(at) + 2, "to": int(at) + 1})
    assert "All of it." in text(client.get(lesson))
    stale = client.post(address + "/history", data={"revision": "1", "to": "1"}, follow_redirects=True)
    assert "Somebody saved while you looked" in text(stale)
    assert client.get(f"{address}/history/99").status_code == 404


def test_a_draft_is_published_when_nothing_stops_it_and_as_it_was_looked_at(
    house: House, trainer: Someone
) -> None:
    course_id = house.course(trainer)
    client = house.client(trainer)
    address = f"/studio/{course_id}"
    assert "This is what is live already" in text(client.get(address + "/publish"))
    lesson = address + "/lessons/hello"
    body = re.search(r'<textarea id="body"[^>]*>\n(.*?)</textarea>', text(client.get(lesson)), re.DOTALL)
    assert body is not None
    words = body[1].replace("&gt;", ">").replace("&#34;", '"').replace("&#39;", "'")
    sent = {"objectives": ["greet"], "sources": ["pack"]}
    saved(client, lesson, words.replace("Greet first.", "Greet at once."), **sent)
    page = text(client.get(address + "/publish"))
    assert "What changed since version 1" in page
    assert re.search(r"<del>.*?first</del>", page)
    at = revision(client, address + "/publish")
    saved(client, lesson, words.replace("Greet first.", "Greet now."), **sent)
    stale = client.post(address + "/publish", data={"revision": at, "note": "Sooner"})
    assert stale.status_code == 409
    at = revision(client, address + "/publish")
    assert client.post(address + "/publish", data={"revision": at, "note": ""}).status_code == 422
    done = client.post(address + "/publish", data={"revision": at, "note": "Sooner"}, follow_redirects=True)
    assert "Published as version 2." in text(done)


def test_a_new_course_says_what_stops_it(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    address = begun(client)
    page = text(client.get(address + "/publish"))
    assert "to put right first" in page
    assert f'href="{address}#summary"' in page
    refused = client.post(address + "/publish", data={"revision": revision(client, address), "note": "x"})
    assert refused.status_code == 422
    assert "Nothing was published" in text(refused)


def test_what_stops_a_question_is_told_in_the_words_of_its_form(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    address = begun(client)
    new = {"kind": "truefalse", "do": "save", "q-stem": "A time is a promise."}
    assert client.post(f"{address}/questions/new", data=new).status_code == 302
    for page in (address, f"{address}/publish"):
        said = text(client.get(page))
        assert "Choose true or false." in said
        assert "answer: true" not in said


def test_a_translation_starts_from_the_original_and_is_found_again(house: House, trainer: Someone) -> None:
    client = house.client(trainer)
    address = begun(client)
    saved(client, f"{address}/lessons/hello", BODY)
    assert "Start a translation (Español)" in text(client.get(address))
    started = client.post(f"{address}/translate")
    twin = started.location
    page = text(client.get(twin))
    assert "still the original" in page
    assert "Start a translation" not in page
    assert client.post(f"{twin}/translate").status_code == 422
    assert "Two in the morning" in text(client.get(f"{twin}/lessons/hello"))
    assert f'href="{twin}"' in text(client.get(address))
    assert client.post(f"{address}/translate").status_code == 409
    with house.writing(trainer.firm_id) as session:
        course_id = uuid.UUID(twin.rpartition("/")[2])
        files = open_draft(session, actor=house.actor(trainer), course_id=course_id).files
    said = read_yaml(files["course.yaml"])
    assert (said["key"], said["language"], said["translation_of"]) == ("storm-day-ES", "es", "storm-day")
