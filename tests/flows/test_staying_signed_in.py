"""A device that stays signed in: asked for, renewed once a day, never longer than thirty days, ended when its key is stolen."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from lms.people.models import AuditEntry
from lms.people.rules import SIGN_IN_LASTS
from tests.house import PASSWORD, House, Someone


def enter(house: House, ana: Someone, **more: str) -> FlaskClient:
    client = house.client()
    client.post("/sign-in", data={"name": ana.email, "password": PASSWORD, **more})
    return client


def held(client: FlaskClient) -> str:
    cookie = client.get_cookie("ladder")
    assert cookie is not None
    return cookie.value


def with_key(house: House, key: str) -> FlaskClient:
    client = house.client()
    client.set_cookie("ladder", key)
    return client


def test_a_sign_in_lasts_a_working_day_or_thirty_days_as_the_person_says(app: Flask, house: House) -> None:
    ana = house.person(house.firm())
    short, long = enter(house, ana), enter(house, ana, remember="y")
    app.config["NOW"] = house.noon + timedelta(hours=12)
    assert short.get("/me").status_code == 302
    for day in range(1, 30):
        app.config["NOW"] = house.noon + timedelta(days=day)
        assert long.get("/me").status_code == 200
    app.config["NOW"] = house.noon + SIGN_IN_LASTS
    assert long.get("/me").status_code == 302


def test_a_key_is_renewed_once_a_day_and_the_old_one_ends_the_sign_in_when_it_comes_back(
    app: Flask, house: House
) -> None:
    ana = house.person(house.firm(), name="Ana Chi")
    client = enter(house, ana, remember="y")
    first = held(client)
    client.get("/me")
    assert held(client) == first
    app.config["NOW"] = house.noon + timedelta(days=1)
    client.get("/me")
    second = held(client)
    assert second != first
    assert with_key(house, first).get("/me").status_code == 200  # it was under way, or the reply was lost
    client.get("/me")
    app.config["NOW"] = house.noon + timedelta(days=1, minutes=1)
    assert with_key(house, first).get("/me").status_code == 200
    app.config["NOW"] = house.noon + timedelta(days=1, minutes=3)
    assert with_key(house, first).get("/me").status_code == 302
    assert client.get("/me").status_code == 302  # two held it: neither goes in
    with house.writing(ana.firm_id) as session:
        acts = session.scalars(select(AuditEntry.act).where(AuditEntry.firm_id == ana.firm_id)).all()
    assert acts == ["signed out because an old key of the device was used"]


def test_a_phone_that_never_got_the_reply_goes_on_with_its_old_key(app: Flask, house: House) -> None:
    ana = house.person(house.firm())
    first = held(enter(house, ana, remember="y"))
    for hours in (24, 25, 49):
        app.config["NOW"] = house.noon + timedelta(hours=hours)
        lost = with_key(house, first)
        assert lost.get("/me").status_code == 200  # each reply with a new key is lost again
        assert held(lost) != first
    client = with_key(house, held(lost))
    assert client.get("/me").status_code == 200
    app.config["NOW"] = house.noon + timedelta(hours=50)
    assert client.get("/me").status_code == 200
    assert with_key(house, first).get("/me").status_code == 302


def test_a_device_that_signs_out_gets_no_new_key(app: Flask, house: House) -> None:
    client = enter(house, house.person(house.firm()), remember="y")
    app.config["NOW"] = house.noon + timedelta(days=2)
    assert client.post("/sign-out").status_code == 302
    assert client.get_cookie("ladder") is None
