"""Signing in: what is proved, what a device holds, how a person gets back in, and how guessing is slowed."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.app import create_app
from lms.foundation.actor import Role
from lms.foundation.errors import Invalid, NotFound
from lms.people import queries
from lms.people.models import AuditEntry, Employment, Person, SignIn
from lms.people.rules import SIGN_IN_LASTS
from lms.people.services import me, sign_in
from lms.people.services.audit import first_broken_entry, record_act
from lms.settings import Settings
from lms.web.limits import limiter
from lms.web.request import db
from tests.house import PASSWORD, House, Someone

NEW = "quiet river under seven stars"


def prove(house: House, name: str, password: str = PASSWORD, firm: str = "", days: int = 0) -> sign_in.Proved:
    """Try to sign in, some days after noon."""
    with house.writing() as session:
        return sign_in.prove(
            session, name=name, firm_key=firm, password=password, now=house.noon + timedelta(days=days)
        )


def open_device(house: House, person: Someone, firm_id: uuid.UUID | None = None) -> str:
    """Sign a device in; its token."""
    with house.writing() as session:
        return sign_in.open_sign_in(
            session,
            person_id=person.id,
            firm_id=firm_id or person.firm_id,
            user_agent="Mozilla/5.0 (Linux; Android 14) Chrome/120",
            now=house.noon,
        )


def arrives(house: House, token: str, later: timedelta = timedelta()) -> queries.Arrival | None:
    """Where a token leads."""
    with house.writing() as session:
        return queries.find_arrival(session, token=token, now=house.noon + later)


# Proving


def test_a_person_signs_in_by_email_or_by_number_and_firm(house: House) -> None:
    firm = house.firm("Toucan Connect")
    person = house.person(firm, number="A-7")
    for proved in (
        prove(house, person.email),
        prove(house, person.email.upper()),
        prove(house, "A-7", firm="toucan-connect"),
        prove(house, person.email, firm="toucan-connect"),
    ):
        assert proved.person_id == person.id
        assert [place.firm_name for place in proved.workplaces] == ["Toucan Connect"]


def test_every_failure_is_told_in_the_same_words_and_with_the_same_work(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm, other = house.firm("One"), house.firm("Two")
    person = house.person(firm, number="A-7")
    bare = house.person(firm)
    with house.writing() as session:
        session.get_one(Person, bare.id).password_hash = None
    worked: list[str] = []
    verify = sign_in._hasher.verify

    class Counting:
        """The hasher, counting."""

        def verify(self, kept: str, password: str) -> bool:
            worked.append(kept[:9])
            return bool(verify(kept, password))

    monkeypatch.setattr(sign_in, "_hasher", Counting())
    deeds: tuple[Callable[[], Any], ...] = (
        lambda: prove(house, person.email, "wrong password entirely"),
        lambda: prove(house, "nobody@example.bz"),
        lambda: prove(house, "A-7"),
        lambda: prove(house, "A-7", firm="no-such-firm"),
        lambda: prove(house, "A-7", firm="two"),
        lambda: prove(house, person.email, firm="two"),
        lambda: prove(house, bare.email),
    )
    said = set()
    for deed in deeds:
        with pytest.raises(Invalid) as caught:
            deed()
        said.add(str(caught.value))
    assert other
    assert len(said) == 1
    assert worked == ["$argon2id"] * sign_in.LEAST_WORK * len(deeds)


def test_whoever_has_left_or_not_begun_cannot_enter_that_firm(house: House) -> None:
    leaver, newcomer = (
        house.person(house.firm("One")),
        house.person(house.firm("Two"), started_on=date(2026, 3, 9)),
    )
    with house.writing(leaver.firm_id) as session:
        session.get_one(Employment, (leaver.firm_id, leaver.id)).ended_on = date(2026, 3, 2)
    assert prove(house, leaver.email).person_id == leaver.id
    for name, days in ((leaver.email, 1), (newcomer.email, 6)):
        with pytest.raises(Invalid):
            prove(house, name, days=days)
    assert prove(house, newcomer.email, days=7).workplaces


def test_a_person_of_two_firms_chooses_and_switches_and_enters_no_third(house: House) -> None:
    one, two, third = house.firm("One"), house.firm("Two"), house.firm("Three")
    person = house.person(one)
    house.person(two, at=person)
    assert [place.firm_name for place in prove(house, person.email).workplaces] == ["One", "Two"]
    token = open_device(house, person)
    arrival = arrives(house, token)
    assert arrival is not None
    house.act(person, sign_in.switch_firm, sign_in_id=arrival.sign_in_id, firm_id=two)
    switched = arrives(house, token)
    assert switched is not None
    assert switched.firm_id == two
    with pytest.raises(NotFound):
        house.act(person, sign_in.switch_firm, sign_in_id=arrival.sign_in_id, firm_id=third)
    assert len(house.act(person, sign_in.workplaces)) == 2


# Devices


def test_a_token_leads_in_until_it_ends_and_only_its_hash_is_kept(house: House) -> None:
    person = house.person(house.firm())
    token = open_device(house, person)
    arrival = arrives(house, token)
    assert arrival is not None
    assert arrival.person_id == person.id
    assert arrives(house, token, SIGN_IN_LASTS - timedelta(seconds=1))
    assert arrives(house, token, SIGN_IN_LASTS) is None
    assert arrives(house, token + "x") is None
    with house.writing() as session:
        kept = session.scalars(select(SignIn)).one()
    assert token not in str(vars(kept))
    assert kept.device == "Chrome · Android"


def test_a_person_ends_their_own_devices_only_and_once(house: House) -> None:
    firm = house.firm()
    person, other = house.person(firm), house.person(firm, Role.FIRM_ADMIN)
    token = open_device(house, person)
    arrival = arrives(house, token)
    assert arrival is not None
    with pytest.raises(NotFound):
        house.act(other, sign_in.end_sign_in, sign_in_id=arrival.sign_in_id)
    house.act(person, sign_in.end_sign_in, sign_in_id=arrival.sign_in_id)
    assert arrives(house, token) is None
    with pytest.raises(NotFound):
        house.act(person, sign_in.end_sign_in, sign_in_id=arrival.sign_in_id)


def test_everything_or_one_firm_or_all_but_one_device_is_signed_out(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    person = house.person(one)
    house.person(two, at=person)
    here, there, kept = (
        open_device(house, person),
        open_device(house, person, two),
        open_device(house, person),
    )
    arrival = arrives(house, kept)
    assert arrival is not None

    def end(**which: Any) -> list[bool]:
        with house.writing() as session:
            sign_in.end_all_sign_ins(session, person_id=person.id, now=house.noon, **which)
        return [arrives(house, token) is not None for token in (here, there, kept)]

    assert end(firm_id=two) == [True, False, True]
    assert end(but=arrival.sign_in_id) == [False, False, True]
    assert end() == [False, False, False]


# Passwords


def test_a_changed_password_needs_the_old_one_and_leaves_only_this_device(house: House) -> None:
    person = house.person(house.firm())
    here, there = open_device(house, person), open_device(house, person)
    arrival = arrives(house, here)
    assert arrival is not None

    def change(old: str, new: str = NEW) -> None:
        house.act(person, sign_in.change_password, old=old, new=new, sign_in_id=arrival.sign_in_id)

    for old, new in (("wrong", NEW), (PASSWORD, "short")):
        with pytest.raises(Invalid):
            change(old, new)
    assert arrives(house, there)
    change(PASSWORD)
    assert [arrives(house, token) is not None for token in (here, there)] == [True, False]
    assert prove(house, person.email, NEW)


def test_a_language_is_english_or_spanish(house: House) -> None:
    person = house.person(house.firm())

    def choose(language: str) -> None:
        house.act(
            person, lambda session, actor, now: me.choose_language(session, actor=actor, language=language)
        )

    choose("es")
    with house.writing() as session:
        assert session.get_one(Person, person.id).language == "es"
    with pytest.raises(Invalid):
        choose("klingon")


# Guessing


def test_guessing_one_name_is_slowed_and_other_names_are_not(settings: Settings, house: House) -> None:
    app = create_app(replace(settings, testing=False))
    app.config.update(NOW=house.noon, WTF_CSRF_ENABLED=False)
    client = app.test_client()

    def guess(name: str) -> int:
        return client.post("/sign-in", data={"name": name, "password": "x", "firm_key": ""}).status_code

    limiter.reset()
    try:
        assert [guess("Ana@Example.bz") for _ in range(10)] == [422] * 10
        assert guess(" ana@example.bz ") == 429
        assert guess("ben@example.bz") == 422
    finally:
        limiter.reset()
        limiter.enabled = False
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


# The log


def test_the_log_is_a_chain_and_a_link_that_was_changed_is_found(house: House) -> None:
    person = house.person(house.firm())
    assert person.firm_id
    for number in range(3):
        house.act(person, record_act, act=f"act {number}", subject="x" * 300, detail={"é": number})

    def broken() -> int | None:
        with house.writing(person.firm_id) as session:
            return first_broken_entry(session, firm_id=person.firm_id)

    def change(number: int, **said: Any) -> None:
        with house.writing(person.firm_id) as session:
            row = session.get_one(AuditEntry, (person.firm_id, number))
            for name, value in said.items():
                setattr(row, name, value)

    assert broken() is None
    change(3, act="another")
    assert broken() == 3
    change(2, detail={"é": 9})
    assert broken() == 2
    with house.writing(person.firm_id) as session:
        session.delete(session.get_one(AuditEntry, (person.firm_id, 1)))
    assert broken() == 2
