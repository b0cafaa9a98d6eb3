"""A form that arrives after the sign-in ended, without JavaScript: nothing typed is lost, nothing foreign gets in."""

import html
import re
import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from lms.assessments.models import Response
from lms.assessments.services import start_attempt
from lms.foundation.actor import Role
from lms.people.models import SignIn
from lms.people.rules import SIGN_IN_LASTS
from lms.people.views.kept import MOST_CHARACTERS, Kept, open_kept
from lms.tracks import services as tracks
from lms.tracks.models import Contest, EvidenceRow
from lms.tracks.rules import EvidenceKind
from tests.house import PASSWORD, House, Someone

OURS = {"Origin": "http://localhost"}
THEIRS = {"Origin": "https://elsewhere.example"}
Fields = list[tuple[str, str]]


def inputs(page: str) -> Fields:
    """The hidden fields of a page's form, as a browser would send them."""
    found = []
    for tag in re.findall(r"<input[^>]*>", page):
        if 'type="hidden"' in tag and 'name="' in tag:
            value = re.search(r'value="([^"]*)"', tag)
            found.append((re.search(r'name="([^"]*)"', tag)[1], html.unescape(value[1]) if value else ""))  # type: ignore[index]
    return found


def post(client: FlaskClient, address: str, fields: Fields, headers: dict[str, str] = OURS) -> TestResponse:
    data: dict[str, list[str]] = {}
    for name, value in fields:
        data.setdefault(name, []).append(value)
    return client.post(address, data=data, headers=headers)


@dataclass(frozen=True)
class Late:
    """Ana in the middle of an attempt; her page is open, filled in, not sent."""

    house: House
    ana: Someone
    client: FlaskClient
    attempt_id: uuid.UUID
    fields: Fields
    right: dict[int, dict[str, list[str]]]

    @property
    def address(self) -> str:
        return f"/attempts/{self.attempt_id}/responses/1"

    def end(self) -> None:
        """End every sign-in of hers on the server, as a change of password elsewhere does."""
        with self.house.writing() as session:
            session.execute(
                update(SignIn).where(SignIn.person_id == self.ana.id).values(ended_at=self.house.noon)
            )

    def answers(self) -> list[Response]:
        with self.house.writing(self.ana.firm_id) as session:
            return list(session.scalars(select(Response).where(Response.firm_id == self.ana.firm_id)))

    def sign_in(self, page: str, someone: Someone, password: str = PASSWORD) -> TestResponse:
        """Fill the sign-in form that stands on the page."""
        who = [("name", someone.email), ("password", password), ("firm", "")]
        return post(self.client, "/sign-in", [*inputs(page), *who])


@pytest.fixture
def late(app: Flask, house: House) -> Late:
    app.config["WTF_CSRF_ENABLED"] = True
    course_id = house.course()
    ana = house.person(house.firm(), name="Ana Chi")
    attempt_id = uuid.uuid4()
    house.act(ana, start_attempt, assessment_id=house.assessment(course_id), attempt_id=attempt_id)
    client = house.client(ana)
    page = client.get(f"/attempts/{attempt_id}").get_data(as_text=True)
    form = re.search(r'<form class="question.*?</form>', page, re.S)[0]  # type: ignore[index]
    right = house.right_answers(ana, attempt_id)
    typed = [(name, value) for name, values in right[1].items() for value in values]
    return Late(house, ana, client, attempt_id, [*inputs(form), *typed, ("flagged", "1")], right)


def test_an_answer_whose_sign_in_ended_is_sent_after_it_by_a_button(late: Late) -> None:
    late.end()
    asked = post(late.client, late.address, late.fields)
    page = asked.get_data(as_text=True)
    assert asked.status_code == 401
    assert "What you typed is kept on this page." in page
    assert 'action="/sign-in"' in page
    wrong = late.sign_in(page, late.ana, "not the password")
    assert wrong.status_code == 422
    assert "What you typed is kept on this page." in wrong.get_data(as_text=True)
    inside = late.sign_in(wrong.get_data(as_text=True), late.ana)
    shown = inside.get_data(as_text=True)
    assert inside.status_code == 200
    assert "Your answer is here" in shown
    assert f'action="{late.address}"' in shown
    assert late.answers() == []  # nothing is sent unseen
    assert PASSWORD not in shown
    sent = post(late.client, late.address, inputs(shown))
    assert sent.status_code == 302
    [kept] = late.answers()
    assert str(kept.id) in dict(late.fields)["response_id"]
    assert kept.score == 1
    assert post(late.client, late.address, inputs(shown)).status_code == 302
    assert len(late.answers()) == 1  # a second tap is the same answer


def test_what_will_be_sent_is_shown_in_the_words_of_the_question(late: Late) -> None:
    late.end()
    asked = post(late.client, late.address, late.fields).get_data(as_text=True)
    shown = late.sign_in(asked, late.ana).get_data(as_text=True)
    words = re.search(r'<div class="card">.*?<input', shown, re.S)[0]  # type: ignore[index]
    page = late.client.get(f"/attempts/{late.attempt_id}").get_data(as_text=True)
    stem = re.search(r"<legend>(.*?)</legend>", page, re.S)[1]  # type: ignore[index]
    assert stem in words
    [chosen] = re.findall(rf'value="{late.right[1]["answer"][0]}"[^>]*><span>(.*?)</span>', page)[:1]
    assert f"<b>{chosen}</b>" in words


def test_somebody_else_who_signs_in_on_the_device_neither_sees_nor_sends_it(late: Late) -> None:
    other = late.house.person(late.ana.firm_id, name="Ben Tzul")
    late.end()
    asked = post(late.client, late.address, late.fields).get_data(as_text=True)
    inside = late.sign_in(asked, other)
    assert inside.status_code == 302
    assert "kept" not in inside.get_data(as_text=True)
    assert late.answers() == []


def test_it_also_waits_for_a_sign_in_that_is_simply_too_old(app: Flask, late: Late) -> None:
    app.config["NOW"] = late.house.noon + SIGN_IN_LASTS + timedelta(days=1)
    asked = post(late.client, late.address, late.fields)
    assert asked.status_code == 401
    assert "Your answer is here" in late.sign_in(asked.get_data(as_text=True), late.ana).get_data(
        as_text=True
    )


def test_who_signed_out_left_and_nothing_of_theirs_is_kept(late: Late) -> None:
    late.client.delete_cookie("ladder")
    page = post(late.client, late.address, late.fields).get_data(as_text=True)
    assert "kept" not in page
    assert "Nothing was sent." in page


def test_a_person_of_two_firms_comes_back_to_the_firm_the_answer_belongs_to(late: Late) -> None:
    late.house.person(late.house.firm("Abalone Calls"), at=late.ana)  # first by name
    late.end()
    asked = post(late.client, late.address, late.fields).get_data(as_text=True)
    shown = late.sign_in(asked, late.ana).get_data(as_text=True)
    assert post(late.client, late.address, inputs(shown)).status_code == 302
    assert len(late.answers()) == 1


def test_a_page_that_was_open_too_long_keeps_what_was_typed(late: Late) -> None:
    late.client.delete_cookie("form")  # the browser was closed; the sign-in lasts
    stale = post(late.client, late.address, late.fields)
    shown = stale.get_data(as_text=True)
    assert stale.status_code == 400
    assert "Your answer is here" in shown
    assert late.answers() == []
    assert post(late.client, late.address, inputs(shown)).status_code == 302
    assert len(late.answers()) == 1


def test_both_may_be_gone(late: Late) -> None:
    late.client.delete_cookie("form")
    late.end()
    asked = post(late.client, late.address, late.fields)
    assert asked.status_code == 401
    shown = late.sign_in(asked.get_data(as_text=True), late.ana).get_data(as_text=True)
    assert post(late.client, late.address, inputs(shown)).status_code == 302
    assert len(late.answers()) == 1


FOREIGN: list[dict[str, str]] = [
    THEIRS,
    {"Origin": "null"},
    {"Referer": "https://elsewhere.example/localhost"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://localhost", "Sec-Fetch-Site": "same-site"},
    {},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize("ended", [True, False])
def test_nothing_is_kept_of_what_another_site_posts(late: Late, headers: dict[str, str], ended: bool) -> None:
    late.client.delete_cookie("form")
    if ended:
        late.end()
    planted = post(late.client, late.address, [("answer", "planted")], headers).get_data(as_text=True)
    assert "planted" not in planted
    assert 'name="kept"' not in planted
    assert "open too long" in planted


def test_a_seal_that_is_forged_old_or_leads_nowhere_opens_nothing(
    app: Flask, late: Late, monkeypatch: pytest.MonkeyPatch
) -> None:
    late.end()
    page = post(late.client, late.address, late.fields).get_data(as_text=True)
    sealed = dict(inputs(page))["kept"]
    forged = page.replace(sealed, sealed[:-4] + "AAAA")
    assert late.sign_in(forged, late.ana).status_code == 302
    kept = Kept(str(late.ana.id), str(late.ana.firm_id), late.address, [("answer", "a")])
    addresses = ("/no/such", f"https://x.example{late.address}", f"//x.example{late.address}", "/today")
    nowhere = [replace(kept, address=address) for address in addresses]
    with app.app_context():
        assert open_kept(kept.sealed(), person_id=late.ana.id) == kept
        assert open_kept(kept.sealed(), person_id=late.ana.firm_id) is None
        assert [open_kept(one.sealed(), person_id=late.ana.id) for one in nowhere] == [None] * 4
        old = kept.sealed()
        monkeypatch.setattr("lms.people.views.kept.KEPT_FOR", -1)
        assert open_kept(old, person_id=late.ana.id) is None


def test_secrets_files_floods_and_pages_with_nothing_typed_are_not_kept(late: Late) -> None:
    late.end()
    token = dict(late.fields)["csrf_token"]
    refused: list[tuple[str, Fields]] = [
        ("/me/password", [("old", "a secret"), ("password", "another secret")]),
        ("/me/language", [("language", "es"), ("password", "x")]),
        (late.address, [("answer", "x" * MOST_CHARACTERS)]),
        (late.address, [("answer", "x")] * 1200),
        (late.address, [("answer", " "), ("response_id", str(uuid.uuid4())), ("order", "3")]),
        (f"/attempts/{late.attempt_id}/submit", []),
        ("/sign-out", []),
    ]
    for address, fields in refused:
        reply = post(late.client, address, [("csrf_token", token), *fields])
        page = reply.get_data(as_text=True)
        assert reply.status_code == 401, address
        assert 'name="kept"' not in page, address
        assert "secret" not in page
        assert "Nothing was sent." in page


def test_what_was_typed_is_shown_as_text_and_never_run(late: Late) -> None:
    late.end()
    nasty = '"><script>alert(1)</script>'
    token = dict(late.fields)["csrf_token"]
    page = post(late.client, "/me/language", [("csrf_token", token), ("language", nasty)])
    shown = late.sign_in(page.get_data(as_text=True), late.ana).get_data(as_text=True)
    assert "<script" not in shown
    assert dict(inputs(shown))["language"] == nasty


def test_after_the_sign_in_one_comes_back_to_the_page_one_was_on(late: Late) -> None:
    late.end()
    token = dict(late.fields)["csrf_token"]
    page = late.client.post(
        f"/attempts/{late.attempt_id}/submit",
        data={"csrf_token": token},
        headers={"Referer": f"http://localhost/attempts/{late.attempt_id}"},
    ).get_data(as_text=True)
    assert late.sign_in(page, late.ana).location == f"/attempts/{late.attempt_id}"


def test_a_contest_keeps_its_reason_too(late: Late) -> None:
    lead = late.house.person(late.ana.firm_id, Role.ASSESSOR, Role.MANAGER)
    seen = tracks.Observation(late.ana.id, EvidenceKind.OBSERVED, "A1", 1, late.house.noon.date(), "Example.")
    row: EvidenceRow = late.house.act(lead, tracks.record_evidence, seen=seen)
    late.end()
    token = dict(late.fields)["csrf_token"]
    address = f"/path/evidence/{row.id}/contest"
    page = post(late.client, address, [("csrf_token", token), ("reason", "Not my call & not my day.")])
    shown = late.sign_in(page.get_data(as_text=True), late.ana).get_data(as_text=True)
    assert "Reason" in shown
    assert "<b>Not my call &amp; not my day.</b>" in shown
    post(late.client, address, inputs(shown))
    with late.house.writing(late.ana.firm_id) as session:
        said = session.scalars(select(Contest.reason).where(Contest.firm_id == late.ana.firm_id)).all()
    assert said == ["Not my call & not my day."]


def test_a_script_is_told_in_json_and_only_for_its_own_person(late: Late) -> None:
    """A page that stayed open sends nothing in the name of whoever signed in since."""
    part = {**OURS, "X-Partial": "1"}
    other = late.house.person(late.ana.firm_id)
    for person, status in ((other.id, 401), (late.ana.id, 200)):
        reply = post(late.client, late.address, late.fields, {**part, "X-Person": str(person)})
        assert reply.status_code == status
        assert reply.is_json
    late.end()
    assert post(late.client, late.address, late.fields, part).status_code == 401
    assert post(late.client, late.address, late.fields, {**OURS, "Accept": "application/json"}).is_json


def test_a_check_question_is_shown_in_words_as_well(late: Late) -> None:
    course_id = late.house.course()
    lesson = f"/courses/{course_id}/lessons/hello"
    page = late.client.get(lesson).get_data(as_text=True)
    form = re.search(r'<form class="check".*?</form>', page, re.S)[0]  # type: ignore[index]
    action = re.search(r'action="([^"]*)"', form)[1]  # type: ignore[index]
    choice = re.search(r'name="answer" value="([^"]*)"[^>]*><span>(.*?)</span>', form)
    assert choice is not None
    late.end()
    asked = post(late.client, action, [*inputs(form), ("answer", choice[1])]).get_data(as_text=True)
    shown = late.sign_in(asked, late.ana).get_data(as_text=True)
    assert f"<b>{choice[2].strip()}</b>" in shown


def test_an_attempt_that_is_gone_is_told_of_when_it_is_sent(late: Late) -> None:
    late.end()
    gone = replace(late, attempt_id=uuid.uuid4())
    asked = post(late.client, gone.address, late.fields).get_data(as_text=True)
    shown = late.sign_in(asked, late.ana).get_data(as_text=True)
    assert "Your answer" in shown
    assert post(late.client, gone.address, inputs(shown)).status_code == 404
