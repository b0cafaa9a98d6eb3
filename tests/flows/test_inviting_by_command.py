"""`lms invite` lets the first administrator of a new house in, and one who is locked out."""

import json

from flask import Flask
from flask.testing import FlaskCliRunner

from lms.foundation.actor import Role
from lms.operations.letting_in import invite
from tests.house import House

NEW = "quiet river under seven stars"


def code(runner: FlaskCliRunner, *words: str) -> str:
    """The code a run of the command prints."""
    result = runner.invoke(invite, [*words, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    printed: str = json.loads(result.output)["code"]
    return printed


def test_a_new_house_gets_its_association_administrator_who_adds_firms(app: Flask, house: House) -> None:
    app.config.pop("NOW")  # the command reads the clock itself
    made = code(app.test_cli_runner(), "rosa@example.bz", "--name", "Rosa Pott")
    client = app.test_client()
    assert client.post(f"/welcome/{made}", data={"password": NEW}).location == "/"
    assert client.get("/").location == "/firms"
    assert client.get("/people").status_code == 200


def test_a_locked_out_administrator_gets_a_reset_and_their_firm_can_read_it(app: Flask, house: House) -> None:
    app.config.pop("NOW")
    admin = house.person(house.firm("Toucan Connect"), Role.FIRM_ADMIN, name="Paula Gentle")
    made = code(app.test_cli_runner(), admin.email.upper(), "--firm", "toucan-connect")
    client = app.test_client()
    client.post(f"/welcome/{made}", data={"password": NEW})
    log = client.get("/audit").get_data(as_text=True)
    assert "Invited an administrator" in log
    assert "By the association" in log


def test_a_firm_that_is_not_there_and_an_email_that_is_none_are_told(app: Flask) -> None:
    runner = app.test_cli_runner()
    for words, why in ((("rosa@example.bz", "--firm", "nowhere"), "nowhere"), (("rosa",), "rosa")):
        result = runner.invoke(invite, list(words))
        assert result.exit_code == 1
        assert why in str(result.exception)
