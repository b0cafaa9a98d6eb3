"""The door for facts that a device kept: one answer for each, whatever comes, and only for the person whose they are."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from bench.offline import build
from lms.assessments.models import Attempt, Response
from lms.assessments.services import start_attempt
from lms.foundation.actor import Role
from lms.learning.models import CardFact, SyncedFact
from lms.people.models import SignIn
from tests.house import House, Someone

MINUTE = timedelta(minutes=1)


@dataclass
class Phone:
    """Ana's phone, and what it says to the door."""

    house: House
    ana: Someone
    client: FlaskClient
    course_id: uuid.UUID
    version_id: uuid.UUID
    attempt_id: uuid.UUID

    def send(self, *facts: object, person: uuid.UUID | None = None, **said: Any) -> TestResponse:
        return self.client.post(
            "/sync",
            data=json.dumps({"format": 1, "facts": facts, **said}),
            content_type="application/json",
            headers={"X-Person": str(person or self.ana.id), "X-Partial": "1"},
        )

    def told(self, *facts: object, **said: Any) -> list[tuple[str, str, str | None]]:
        reply = self.send(*facts, **said)
        assert reply.status_code == 200, reply.get_data(as_text=True)
        return [(one["result"], one["first"], one["because"]) for one in reply.get_json()["facts"]]

    def card(self, card: str = "hook", **said: Any) -> dict[str, Any]:
        return fact(
            "card",
            course=str(self.course_id),
            version=str(self.version_id),
            lesson="hello",
            card=card,
            **said,
        )

    def answer(self, position: int, value: str, order: int = 1, **said: Any) -> dict[str, Any]:
        return fact(
            "response",
            attempt=str(self.attempt_id),
            position=position,
            order=order,
            fields=[["answer", value]],
            **said,
        )

    def hand_in(self, *answers: Mapping[str, Any]) -> dict[str, Any]:
        return fact("submit", attempt=str(self.attempt_id), order=99, answers=[one["id"] for one in answers])

    def start(self) -> str:
        """Begin the attempt; the seal of its pack."""
        house = self.house
        house.act(
            self.ana,
            start_attempt,
            assessment_id=house.assessment(self.course_id),
            attempt_id=self.attempt_id,
        )
        return self.seal()

    def seal(self) -> str:
        page = self.client.get(f"/attempts/{self.attempt_id}").get_data(as_text=True)
        return page.split('data-pack="', 1)[1].split('"', 1)[0]

    def later(self, gone: timedelta) -> None:
        self.house.app.config["NOW"] = self.house.noon + gone

    def rows(self, what: Any) -> list[Any]:
        with self.house.writing(self.ana.firm_id) as session:
            return list(session.scalars(select(what).where(what.firm_id == self.ana.firm_id)))


def fact(kind: str, **said: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "kind": kind, "device_at": "2026-03-02T12:00:00-06:00", **said}


@pytest.fixture
def phone(house: House) -> Phone:
    world = build(house)
    world.show(world.versions[0])
    ana = house.person(house.firm(), name="Ana Chi")
    return Phone(house, ana, house.client(ana), world.course_id, world.versions[0], uuid.uuid4())


def test_a_fact_sent_twice_counts_once_and_gets_its_first_result(phone: Phone) -> None:
    card = phone.card()
    assert phone.told(card) == [("counted", "counted", None)]
    assert phone.told(card, card) == [("had", "counted", None)] * 2
    assert len(phone.rows(CardFact)) == 1


def test_a_fact_that_came_by_its_form_first_is_already_had(phone: Phone) -> None:
    card = phone.card()
    phone.client.post(
        f"/courses/{phone.course_id}/lessons/hello/cards", data={"card": "hook", "fact_id": card["id"]}
    )
    assert phone.told(card) == [("had", "counted", None)]
    assert len(phone.rows(CardFact)) == 1


@pytest.mark.parametrize(
    ("change", "because"),
    [
        ({"course": str(uuid.uuid4())}, "not_found"),
        ({"card": "gone"}, "not_found"),
        ({"card": 7}, "unreadable"),
        ({"kind": "review"}, "unknown_kind"),
        ({"kind": None}, "unreadable"),
        ({"id": "x\0y\ud800"}, "unreadable"),
    ],
)
def test_what_cannot_count_is_kept_whole_with_its_reason(
    phone: Phone, change: dict[str, Any], because: str
) -> None:
    odd = phone.card() | change
    assert phone.told(odd, phone.card()) == [("kept", "kept", because), ("counted", "counted", None)]
    assert phone.told(odd) == [("had", "kept", because)]
    [kept] = [row for row in phone.rows(SyncedFact) if row.result == "kept"]
    assert "hello" in kept.said


def test_what_a_newer_program_wrote_is_kept(phone: Phone) -> None:
    assert phone.told(phone.card(), format=2) == [("kept", "kept", "newer_format")]


def test_an_id_of_somebody_elses_is_neither_taken_nor_told(phone: Phone) -> None:
    ben = phone.house.person(phone.ana.firm_id)
    card = phone.card()
    phone.told(card)
    theirs = Phone(phone.house, ben, phone.house.client(ben), phone.course_id, phone.version_id, uuid.uuid4())
    assert theirs.told(card) == [("kept", "kept", "id_taken")]
    phone.start()
    assert theirs.told(phone.answer(1, "a")) == [("kept", "kept", "not_found")]


def test_a_hand_in_waits_for_the_answers_it_names(phone: Phone) -> None:
    phone.start()
    right = phone.house.right_answers(phone.ana, phone.attempt_id)
    answers = [phone.answer(position, raw["answer"][0]) for position, raw in right.items()]
    last = phone.hand_in(*answers)
    assert phone.told(last, answers[0]) == [("kept", "kept", "answers_missing"), ("counted", "counted", None)]
    assert phone.told(last) == [("had", "kept", "answers_missing")]
    assert phone.rows(Attempt)[0].submitted_at is None
    assert {one[0] for one in phone.told(*answers[1:])} == {"counted"}
    assert phone.rows(Attempt)[0].score == 1
    assert phone.told(last) == [("had", "counted", None)]
    assert phone.told(phone.answer(1, "a", order=500)) == [("kept", "kept", "after_submit")]


def test_answers_given_in_time_without_a_network_count_the_next_day(phone: Phone) -> None:
    pack, right = phone.start(), phone.house.right_answers(phone.ana, phone.attempt_id)
    value = right[1]["answer"][0]
    phone.later(timedelta(days=1))
    told = phone.told(
        phone.answer(1, value, pack=pack, elapsed_ms=9 * 60_000, wall_ms=9 * 60_000),
        phone.answer(2, "a", pack=pack, elapsed_ms=11 * 60_000, wall_ms=11 * 60_000),
        phone.answer(3, "a", pack=pack, elapsed_ms=9 * 60_000, wall_ms=50 * 60_000),
        phone.answer(3, "b", pack=pack, elapsed_ms=9 * 60_000, wall_ms=-50 * 60_000),
        phone.answer(3, "c", pack=pack, elapsed_ms=3 * 86_400_000, wall_ms=3 * 86_400_000),
        phone.answer(4, "a", pack=pack[:-3] + "abc", elapsed_ms=60_000, wall_ms=60_000),
        phone.answer(4, "a"),
    )
    assert [because for _result, _first, because in told] == [
        None,
        "after_deadline",
        "clocks_disagree",
        "clocks_disagree",
        "clock_unlikely",
        "after_deadline",
        "after_deadline",
    ]
    assert phone.told(phone.hand_in()) == [("counted", "counted", None)]
    assert phone.rows(Attempt)[0].score == 0.25
    assert len(phone.rows(Response)) == 7


def test_the_seal_of_a_pack_is_of_one_persons_attempt_and_holds_no_question(phone: Phone) -> None:
    from lms.assessments.services.packing import open_pack

    pack = phone.start()
    opening = {"seal": pack, "attempt_id": phone.attempt_id, "secret": "t" * 40}

    def opened(someone: Someone, **change: Any) -> Any:
        return phone.house.act(
            someone, lambda session, actor, now: open_pack(session, actor=actor, **(opening | change))
        )

    assert opened(phone.ana) == phone.house.noon
    assert opened(phone.house.person(phone.ana.firm_id)) is None
    assert opened(phone.ana, attempt_id=uuid.uuid4()) is None
    assert opened(phone.ana, secret="another secret") is None
    assert len(pack) < 400


def test_a_sign_in_that_ended_and_somebody_elses_get_nothing_in(phone: Phone) -> None:
    card = phone.card()
    ben = phone.house.person(phone.ana.firm_id)
    phone.client = phone.house.client(ben)
    assert phone.send(card).status_code == 401
    phone.client = phone.house.client(phone.ana)
    with phone.house.writing() as session:
        session.execute(
            update(SignIn).where(SignIn.person_id == phone.ana.id).values(ended_at=phone.house.noon)
        )
    reply = phone.send(card)
    assert (reply.status_code, reply.is_json) == (401, True)
    assert phone.rows(SyncedFact) == phone.rows(CardFact) == []
    phone.client = phone.house.client(phone.ana)
    assert phone.told(card) == [("counted", "counted", None)]


def test_the_door_takes_batches_of_its_own_pages_only(phone: Phone) -> None:
    def post(data: str | bytes, **headers: str) -> int:
        return phone.client.post(
            "/sync", data=data, headers={"X-Partial": "1", "X-Person": str(phone.ana.id), **headers}
        ).status_code

    whole = json.dumps({"format": 1, "facts": []})
    assert post(whole) == 200
    assert post(whole, **{"X-Store": "of another firm"}) == 401
    assert post(whole, **{"Sec-Fetch-Site": "cross-site"}) == 422
    assert phone.client.post("/sync", data=whole).status_code == 422
    for bad in ("", "x", "[" * 100_000, "{}", json.dumps({"facts": [1] * 101}), b"\xff"):
        assert post(bad) == 422
    assert post(b" " * (256 * 1024 + 1)) == 413


def test_trainers_read_what_was_kept_and_a_lead_only_of_their_team(phone: Phone) -> None:
    phone.start()
    phone.told(phone.card("gone"))
    phone.later(timedelta(days=1))
    phone.told(phone.answer(2, "a"))
    firm = phone.ana.firm_id
    page = phone.house.client(phone.house.person(firm, Role.TRAINER)).get("/team/kept").get_data(as_text=True)
    assert page.count("Ana Chi") == 2
    assert "It was given after the time was up." in page
    assert "What it belongs to is no longer there." in page
    lead = phone.house.person(firm, Role.ASSESSOR)
    phone.house.team(firm, lead=lead)
    reply = phone.house.client(lead).get("/team/kept")
    assert (reply.status_code, b"Ana Chi" in reply.data) == (200, False)
    assert phone.house.client(phone.house.person(firm)).get("/team/kept").status_code == 403


def test_the_hand_in_that_is_whole_settles_the_one_that_still_waits(phone: Phone) -> None:
    phone.start()
    lost, here = phone.answer(1, "a"), phone.answer(2, "a")
    first = phone.hand_in(lost) | {"id": str(uuid.UUID(int=1))}  # looked at before the other
    second = phone.hand_in(here)
    assert {because for _result, _first, because in phone.told(first, second)} == {"answers_missing"}
    phone.told(here)
    assert [row for row in phone.rows(SyncedFact) if row.result == "kept"] == []
    assert phone.told(first, second) == [("had", "counted", None)] * 2
