"""What every reply shares: static files, headers, errors told, facts from devices, the doors of one's own pages."""

import csv
import io
import os
import re
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from flask import Flask, get_template_attribute

from lms.app import create_app
from lms.assessments.kinds import kind_of
from lms.assessments.kinds.contract import Mark
from lms.foundation.actor import Role
from lms.foundation.errors import Invalid
from lms.foundation.policy import Door
from lms.people.rules import SIGN_IN_LASTS
from lms.settings import Settings, read_settings
from lms.web import Room, csv_reply, navigation
from lms.web.assets import asset
from lms.web.device import answers, device_time, fact_id, sequence
from lms.web.errors import tell
from lms.web.language import local_percent
from tests.house import PASSWORD, House


def test_a_static_file_is_kept_for_a_year_and_comes_small_to_who_can_read_it(house: House) -> None:
    client, address = house.client(), asset("js/kit.js")
    plain = client.get(address)
    small = client.get(address, headers={"Accept-Encoding": "gzip, br"})
    assert brotli.decompress(small.data) == plain.data
    assert len(small.data) < len(plain.data) / 2
    assert small.headers["Content-Encoding"] == "br"
    assert "Content-Encoding" not in plain.headers
    for reply in (plain, small):
        assert reply.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        # Were it the cookie too, a sign-in would fetch everything again.
        assert reply.headers["Vary"] == "Accept-Encoding"
        assert "Set-Cookie" not in reply.headers
        assert reply.headers["Content-Type"] == "text/javascript"


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("name", ["js/none.js", "../app.py", "js/%2e%2e/%2e%2e/app.py", "js", ""])
def test_nothing_but_static_files_is_given_out(house: House, name: str) -> None:
    reply = house.client().get(f"/static/abc/{name}")
    assert reply.status_code == 404
    assert b"create_app" not in reply.data


def test_an_encrypted_connection_stays_encrypted(house: House) -> None:
    client = house.client()
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers
    secure = client.get("/sign-in", base_url="https://localhost")
    assert secure.headers["Strict-Transport-Security"] == "max-age=31536000"


def test_cookies_are_bound_to_the_host_where_they_can_be(settings: Settings, house: House) -> None:
    ana = house.person(house.firm())
    app = create_app(replace(settings, secure_cookies=True))
    app.config.update(NOW=house.noon, WTF_CSRF_ENABLED=False)
    typed = {"name": ana.email, "password": PASSWORD}
    [brief] = [
        one
        for one in app.test_client().post("/sign-in", data=typed).headers.getlist("Set-Cookie")
        if "ladder" in one
    ]
    assert "Max-Age" not in brief  # it goes with the browser
    reply = app.test_client().post("/sign-in", data={**typed, "remember": "y"})
    [cookie] = [one for one in reply.headers.getlist("Set-Cookie") if "ladder" in one]
    assert cookie.startswith("__Host-ladder=")
    for mark in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
        assert mark in cookie
    assert "Domain" not in cookie
    lasts = re.search(r"Max-Age=(\d+)", cookie)
    assert lasts is not None
    assert int(lasts[1]) > SIGN_IN_LASTS.total_seconds()  # a dead one says whose words arrived too late


def test_a_wrong_method_names_the_right_ones(house: House) -> None:
    reply = house.client().post("/today")
    assert reply.status_code == 405
    assert "GET" in reply.headers["Allow"]


def test_a_defect_of_ours_is_a_calm_page_and_changes_nothing(app: Flask, house: House) -> None:
    room = Room("broken", __name__)

    @room.get("/broken", allow=Door.PUBLIC)
    def broken() -> str:
        raise ZeroDivisionError("a secret of the inside")

    app.register_blueprint(room)
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    reply = app.test_client().get("/broken")
    assert reply.status_code == 500
    assert b"Something broke on our side" in reply.data
    assert b"secret" not in reply.data
    part = app.test_client().get("/broken", headers={"X-Partial": "1"})
    assert part.json == {"error": "What was saved is safe. Try again in a minute.", "status": 500}


def test_what_is_too_big_is_refused_in_words(app: Flask, house: House) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    reply = house.client().post("/code", data={"code": "x" * 1000})
    assert reply.status_code == 413
    assert b"Send a smaller file." in reply.data


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 418])
def test_every_error_says_what_to_do_on_a_page_and_to_a_script(app: Flask, status: int) -> None:
    with app.test_request_context("/"):
        page = tell(status)
        assert page.status_code == status
        assert page.get_data(as_text=True).count("<h1>") == 1
    with app.test_request_context("/", headers={"Accept": "application/json"}):
        part = tell(status, "Do this.")
        assert (part.status_code, part.json) == (status, {"error": "Do this.", "status": status})


def test_a_route_without_a_door_does_not_start() -> None:
    room = Room("doorless", __name__)
    with pytest.raises(TypeError, match="allow"):
        room.get("/open")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="must be a permission or a door"):
        room.get("/open", allow="everybody")  # type: ignore[arg-type]


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("cell", "told"),
    [
        ("=1+1", "'=1+1"),
        ("+SUM(A1)", "'+SUM(A1)"),
        ("-2+3", "'-2+3"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("\r=x", "'\r=x"),
        ("-12.5", "-12.5"),
        (-3, "-3"),
        (None, ""),
        ("José", "José"),
    ],
)
def test_no_cell_of_a_file_can_run_as_a_formula(app: Flask, cell: object, told: str) -> None:
    with app.test_request_context("/"):
        text = csv_reply("x.csv", ["a"], [[cell]]).get_data().decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["a"], [told]]


def test_a_percentage_is_written_as_its_language_writes_it(app: Flask) -> None:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert [local_percent(0.745), local_percent(0.71, 1), local_percent(12.5)] == [
            "75%",
            "71.0%",
            "1,250%",
        ]
    with app.test_request_context("/", headers={"Accept-Language": "es"}):
        assert [local_percent(0.745), local_percent(0.71, 1)] == [
            "75\N{NO-BREAK SPACE}%",
            "71.0\N{NO-BREAK SPACE}%",
        ]


@pytest.mark.no_database
def test_a_right_answer_in_percent_is_written_as_the_courses_language_writes_it(app: Flask) -> None:
    kind = kind_of({"kind": "numeric"})
    tags = {"key": "q", "objective": "greet", "competency": "B4", "level": 3, "difficulty": 0.5}
    question = kind.read({"kind": "numeric", "stem": "How much?", "answer": "83", "unit": "%"} | tags)
    variant = kind.vary(question, 1)
    asked, key = kind.ask(question, variant), kind.answer(question, variant)
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        review = get_template_attribute("assessments/kinds.html", "review")
        right = get_template_attribute("learning/_right_answer.html", "right_answer")
        for language, written in (("es", "<li>83\N{NO-BREAK SPACE}%</li>"), ("en", "<li>83%</li>")):
            assert written in review(asked, {}, key, Mark(0.0), language)
            assert written in right(asked, key, language)


def test_a_fact_has_the_devices_id_and_one_of_ours_when_a_plain_form_sends_none(app: Flask) -> None:
    first, last = uuid.uuid4(), uuid.uuid4()
    with app.test_request_context("/", method="POST", data={"fact_id": [str(first), str(last)]}):
        assert fact_id() == last  # a script adds its own behind the form's
    with app.test_request_context("/", method="POST", data={}):
        assert fact_id() != fact_id()
    with (
        app.test_request_context("/", method="POST", data={"fact_id": "7"}),
        pytest.raises(Invalid, match="Reload"),
    ):
        fact_id()


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("sent", "heard"),
    [
        ("2026-03-02T12:00:00-06:00", datetime(2026, 3, 2, 18, tzinfo=UTC)),
        ("2026-03-02T12:00:00", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_devices_clock_is_heard_only_when_it_makes_sense(
    app: Flask, sent: str, heard: datetime | None
) -> None:
    with app.test_request_context("/", method="POST", data={"device_at": sent}):
        assert device_time() == heard


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("sent", "place"),
    [(["3"], 3), (["3", "9"], 9), ([], 0), (["-1"], 0), (["x"], 0), (["²"], 0), (["9" * 30], 2_000_000_000)],
)
def test_an_answers_place_is_a_number_or_none(app: Flask, sent: list[str], place: int) -> None:
    data = {"order": sent, "answer": ["a", "b"], "answer-1": "c", "other": "d"}
    with app.test_request_context("/", method="POST", data=data):
        assert sequence() == place
        assert answers() == {"answer": ["a", "b"], "answer-1": ["c"]}


@pytest.mark.parametrize(
    ("roles", "start"),
    [
        ([Role.AGENT], "/today"),
        ([Role.MANAGER], "/board"),
        ([Role.FIRM_ADMIN], "/people"),
        ([Role.TRAINER], "/my-work"),
        ([Role.ASSESSOR], "/my-work"),
        ([Role.TRAINER, Role.AGENT], "/today"),
        ([Role.TRAINER, Role.MANAGER], "/board"),
    ],
)
def test_each_to_their_own_first_page(house: House, roles: list[Role], start: str) -> None:
    client = house.client(house.person(house.firm(), *roles))
    assert client.get("/").location == start
    assert client.get("/sign-in").location == "/"
    assert client.get("/sign-in?next=/me").location == "/me"
    assert client.get("/sign-in?next=//elsewhere.example").location == "/"


def test_a_long_rail_folds_every_group_but_the_one_of_the_page(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = house.firm()
    rail = house.client(house.person(firm, Role.MANAGER)).get("/openings").get_data(as_text=True)
    groups = re.findall(r'<details class="rail__fold"( open)?>.*?</details>', rail, re.DOTALL)
    opened = re.findall(r'<details class="rail__fold" open>(.*?)</details>', rail, re.DOTALL)
    assert len(groups) >= 3
    assert len(opened) == 1
    assert 'href="/openings" aria-current="page"' in opened[0]
    monkeypatch.setattr(navigation, "MOST_AT_ONCE", 40)
    short = house.client(house.person(firm, Role.MANAGER)).get("/openings").get_data(as_text=True)
    assert "rail__fold" not in short


def test_a_sign_in_goes_straight_to_the_first_page_also_from_another_firms_page(house: House) -> None:
    agent = house.person(house.firm("Abalone Calls"))
    manager = house.person(house.firm("Jabiru Voice"), Role.MANAGER)
    client = house.client(agent)
    for who, next_page, start in (
        (manager, "", "/board"),
        (agent, "//elsewhere.example", "/today"),
        (agent, "/me", "/me"),
    ):
        sent = {"name": who.email, "password": PASSWORD, "next": next_page}
        assert client.post("/sign-in", data=sent).location == start


def test_a_person_of_two_firms_chooses_after_the_sign_in(house: House) -> None:
    ana = house.person(house.firm("Abalone Calls"))
    other = house.firm("Jabiru Voice")
    house.person(other, at=ana)
    client = house.client()
    reply = client.post("/sign-in", data={"name": ana.email, "password": PASSWORD, "next": "/me"})
    assert reply.location == "/me/firms"
    assert b"Jabiru Voice" in client.get("/me/firms").data
    assert client.post(f"/me/firms/{other}").location == "/"
    assert b"Jabiru Voice" in client.get("/me").data


def test_signing_out_ends_the_sign_in_and_takes_the_token_off_the_device(house: House) -> None:
    client = house.client(house.person(house.firm()))
    token = client.get_cookie("ladder")
    assert token is not None
    reply = client.post("/sign-out")
    assert reply.location == "/sign-in"
    assert client.get_cookie("ladder") is None
    client.set_cookie("ladder", token.value)
    assert client.get("/me").location.startswith("/sign-in")


def test_a_language_is_chosen_and_another_device_signed_out(house: House) -> None:
    ana = house.person(house.firm())
    here, there = house.client(ana), house.client(ana)
    assert here.post("/me/language", data={"language": "es"}).location == "/me"
    assert b'lang="es"' in here.get("/me").data
    assert here.post("/me/language", data={"language": "xx"}).status_code == 422
    page = here.get("/me/devices").get_data(as_text=True)
    ends = re.findall(r'action="(/me/devices/[^"]+/end)"', page)
    assert len(ends) == 2
    assert here.post(ends[0]).location == "/me/devices"
    assert sorted(one.get("/me").status_code for one in (here, there)) == [200, 302]


def test_a_changed_password_signs_the_other_devices_out_and_a_wrong_one_changes_nothing(house: House) -> None:
    ana = house.person(house.firm())
    here, there = house.client(ana), house.client(ana)
    new = "quiet river under seven stars"
    wrong = here.post("/me/password", data={"old": "not it at all, no", "password": new})
    assert wrong.status_code == 422
    assert there.get("/me").status_code == 200
    assert here.post("/me/password", data={"old": PASSWORD, "password": new}).location == "/me"
    assert here.get("/me").status_code == 200
    assert there.get("/me").status_code == 302


def test_two_first_starts_at_once_agree_on_one_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slower(_source: object, target: Path) -> None:
        target.write_text("the faster one's")
        raise FileExistsError

    monkeypatch.setattr(os, "link", slower)
    assert read_settings({"LADDER_HOME": str(tmp_path)}).secret_key == "the faster one's"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["secret_key"]


def test_settings_have_defaults_and_a_secret_that_stays(tmp_path: Path) -> None:
    first = read_settings({"LADDER_HOME": str(tmp_path / "new")})
    assert first.database == f"sqlite:///{tmp_path / 'new' / 'ladder.db'}"
    assert first.secure_cookies is True
    assert len(first.secret_key) == 64
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o777 == 0o600
    assert read_settings({"LADDER_HOME": str(tmp_path / "new")}) == first
    postgres = {"LADDER_HOME": str(tmp_path), "LADDER_DATABASE": "postgres://web@host/ladder"}
    assert read_settings(postgres).database == "postgresql+psycopg://web@host/ladder"
