"""What a phone is told to keep, and that nothing personal or secret is in it."""

import json
import re
import uuid

from bench.offline import build
from lms.assessments.services import start_attempt
from lms.foundation.actor import Role
from lms.learning.services import enrol
from tests.house import C05, House


def test_a_course_is_kept_lesson_by_lesson_under_marks_that_never_change(house: House) -> None:
    course_id = house.course(folder=C05)
    firm = house.firm()
    ana, ben = house.client(house.person(firm, name="Ana Chi")), house.client(house.person(firm))
    told = ana.get(f"/courses/{course_id}/pack").get_json()
    lessons = [one for one in told["files"] if one["kind"] == "lesson"]
    assert (told["format"], len(lessons)) == (1, len(list((C05 / "lessons").glob("*.md"))))
    assert {one["hash"] for one in lessons}.isdisjoint(
        one["hash"] for one in ben.get(f"/courses/{course_id}/pack").get_json()["files"]
    )
    for one in lessons:
        copy = ana.get(one["url"])
        page = copy.get_data(as_text=True)
        assert copy.headers["Cache-Control"] == "no-store"
        assert "data-copy" in page
        assert re.findall(r'name="csrf_token" value="([^"]+)"', page) == []
        ana.post(f"{one['path']}/cards", data={"card": re.findall(r'data-card="([^"]+)"', page)[0]})
        assert ana.get(one["url"]).get_data(as_text=True) == page
        assert ben.get(one["url"]).status_code == 404
    assert ana.get(lessons[0]["url"].replace(lessons[0]["hash"], "0" * 16)).status_code == 404


def test_the_next_three_lessons_are_those_of_ones_own_courses_that_are_not_done(house: House) -> None:
    course_id = house.course(folder=C05)
    agent = house.person(house.firm())
    phone = house.client(agent)
    assert [one["kind"] for one in phone.get("/packs/next").get_json()["files"]] == ["review"]
    house.act(agent, enrol, course_id=course_id)
    paths = [
        one["path"]
        for one in phone.get(f"/courses/{course_id}/pack").get_json()["files"]
        if one["kind"] == "lesson"
    ]

    def next_ones() -> list[str]:
        files = phone.get("/packs/next").get_json()["files"]
        return [one["path"] for one in files if one["kind"] == "lesson"]

    assert next_ones() == paths[:3]
    for card in re.findall(r'data-card="([^"]+)"', phone.get(paths[0]).get_data(as_text=True)):
        phone.post(f"{paths[0]}/cards", data={"card": card})
    assert next_ones() == paths[1:4]


def test_only_an_assessment_that_allows_it_is_its_own_pack(house: House) -> None:
    world = build(house)
    plain = house.course(folder=C05)
    agent = house.person(house.firm())
    phone = house.client(agent)
    pages = []
    for course_id in (world.course_id, plain):
        attempt = house.act(
            agent,
            start_attempt,
            assessment_id=house.assessment(course_id),
            attempt_id=uuid.uuid4(),
        )
        pages.append(phone.get(f"/attempts/{attempt.id}"))
    assert ["X-Keep" in page.headers for page in pages] == [True, False]
    assert [b"data-pack=" in page.data for page in pages] == [True, False]
    assert b"SECRET-KEY" not in pages[0].data


def test_the_worker_is_sent_again_only_when_it_is_another_and_its_shell_is_there(house: House) -> None:
    anybody = house.client()
    first = anybody.get("/sw.js", headers={"Accept-Encoding": "identity"})
    assert first.headers["Content-Type"].startswith("text/javascript")
    again = anybody.get(
        "/sw.js", headers={"If-None-Match": first.headers["ETag"], "Accept-Encoding": "identity"}
    )
    assert (again.status_code, again.data) == (304, b"")
    shell = json.loads(re.findall(r"const SHELL = (\[.*?\]);", first.get_data(as_text=True))[0])
    assert all(anybody.get(path).status_code == 200 for path in shell)
    inside = json.loads(re.findall(r"const INSIDE = (\{.*?\});\n", first.get_data(as_text=True))[0])
    assert len(inside) > 5
    for path, text in inside.items():
        assert anybody.get(path, headers={"Accept-Encoding": "identity"}).get_data(as_text=True) == text
    manifest = json.loads(anybody.get("/manifest.webmanifest").data)
    assert manifest["start_url"] == "/"
    assert {one["purpose"] for one in manifest["icons"]} == {"any", "maskable"}
    assert all(anybody.get(one["src"]).status_code == 200 for one in manifest["icons"])


def test_an_agents_icon_opens_today_at_once_and_a_managers_the_start(house: House) -> None:
    firm = house.firm()
    for role, start in ((Role.AGENT, "/today"), (Role.MANAGER, "/")):
        client = house.client(house.person(firm, role))
        page = client.get("/me").get_data(as_text=True)
        manifest = json.loads(client.get(re.findall(r'rel="manifest" href="([^"]+)"', page)[0]).data)
        assert (manifest["id"], manifest["start_url"]) == ("/", start)


def test_the_page_without_a_network_names_nobody_and_pages_of_a_person_are_not_stored(house: House) -> None:
    ana = house.person(house.firm(), name="Ana Chi")
    phone = house.client(ana)
    for path in ("/today", "/me", "/me/phone"):
        assert phone.get(path).headers["Cache-Control"] == "no-store"
    page = phone.get("/offline").get_data(as_text=True)
    assert "Ana" not in page
    assert str(ana.id) not in page
    assert "data-store" not in page
