"""An administrator sends a file in, looks, says yes, and reads what was done."""

import csv
import io
import uuid

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.foundation.actor import Role
from tests.gates.test_the_pages import counted
from tests.house import House
from tests.rooms.test_people_import import employed

FILE = """number,name,team,roles
7,Ana Maria Chi,Night,agent
8,Ben Ek,,agent
9,Eva <b>Cal</b>,Night,agent
10,=cmd(),Night,agent
"""


def send(client: FlaskClient, content: str | bytes = FILE, name: str = "people.csv") -> TestResponse:
    """Choose a file and press the button."""
    stream = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return client.post("/people/import", data={"file": (stream, name)})


def test_from_the_file_to_the_report(house: House) -> None:
    firm = house.firm()
    house.person(firm, number="7", name="Ana Chi")
    house.person(firm, number="8", name="Ben Ek")
    desk = house.client(house.person(firm, Role.FIRM_ADMIN))
    assert "Look at it" in desk.get("/people/import").get_data(as_text=True)

    sent = send(desk)
    assert sent.status_code == 302
    preview = desk.get(sent.location).get_data(as_text=True)
    for words in (
        "Nothing has been changed yet",
        "1 team will be made",
        "<del>Ana Chi</del> → <ins>Ana Maria Chi</ins>",
        "Eva &lt;b&gt;Cal&lt;/b&gt;",
        "which a spreadsheet would run as a formula",
        "1 row is refused",
        "Take 2 people in, leave 1 row out",
    ):
        assert words in preview
    assert employed(house, firm, "9") is None

    only = desk.get(f"{sent.location}?kind=changed").get_data(as_text=True)
    assert "Ana Maria Chi" in only
    assert "Ben Ek" not in only

    refused = desk.get(f"{sent.location}/refused.csv")
    rows = list(csv.reader(io.StringIO(refused.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0] == ["row", "why", "employee_number", "name", "team", "roles"]
    assert rows[1][0] == "5"
    assert rows[1][3] == "'=cmd()"

    stopped = desk.post(sent.location, data={"refused": "stop"})
    assert stopped.status_code == 422
    assert "so nothing was changed" in stopped.get_data(as_text=True)
    assert employed(house, firm, "9") is None

    done = desk.post(sent.location, data={"refused": "skip"}, follow_redirects=True).get_data(as_text=True)
    assert "What this file did" in done
    assert "Rows that were left out" in done
    assert employed(house, firm, "9").name == "Eva <b>Cal</b>"

    again = desk.post(sent.location, data={"refused": "skip"}, follow_redirects=True).get_data(as_text=True)
    assert "taken already" in again
    assert "people.csv" in desk.get("/people/import").get_data(as_text=True)
    assert "There is nothing to do" in desk.get(send(desk, FILE.rsplit("10,", 1)[0]).location).get_data(
        as_text=True
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b"%PDF-1.7", "looks like a PDF"),
        (b"a" * (5 * 1024 * 1024 + 1), "larger than 5 MB"),
        (b"name\nAna\n", "There is no column employee_number"),
    ],
)
def test_a_file_that_cannot_be_read_gets_its_sentence_on_the_same_page(
    house: House, content: bytes, said: str
) -> None:
    desk = house.client(house.person(house.firm(), Role.FIRM_ADMIN))
    reply = send(desk, content)
    assert reply.status_code == 422
    assert said in reply.get_data(as_text=True)
    assert "Waits for your yes" not in desk.get("/people/import").get_data(as_text=True)


def test_without_a_file_the_page_asks_for_one(house: House) -> None:
    desk = house.client(house.person(house.firm(), Role.FIRM_ADMIN))
    reply = desk.post("/people/import", data={})
    assert reply.status_code == 422
    assert "Choose a file." in reply.get_data(as_text=True)


class Unread(io.RawIOBase):
    """A body nobody may read to its end."""

    so_far = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self.so_far += len(buffer)
        assert self.so_far < 30 * 1024 * 1024
        buffer[:] = b"a" * len(buffer)
        return len(buffer)


def test_two_hundred_megabytes_are_turned_away_at_the_door(house: House) -> None:
    desk = house.client(house.person(house.firm(), Role.FIRM_ADMIN))
    body = Unread()
    reply = desk.post(
        "/people/import",
        environ_overrides={
            "wsgi.input": body,
            "CONTENT_LENGTH": str(200 * 1024 * 1024),
            "CONTENT_TYPE": "multipart/form-data; boundary=x",
        },
    )
    assert reply.status_code == 413
    assert "too big" in reply.get_data(as_text=True)
    assert body.so_far < 1024 * 1024


@pytest.mark.parametrize("role", [Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER, Role.ASSOCIATION])
def test_nobody_but_the_firms_administrator_may_look_or_send(house: House, role: Role) -> None:
    firm = house.firm()
    where = send(house.client(house.person(firm, Role.FIRM_ADMIN))).location
    other = house.client(house.person(firm, role))
    for path in ("/people/import", where, f"{where}/refused.csv"):
        assert other.get(path).status_code == 403
    assert send(other).status_code == 403
    assert other.post(where, data={"refused": "skip"}).status_code == 403
    assert employed(house, firm, "9") is None


def test_another_firms_file_is_not_found_like_any_other(house: House) -> None:
    theirs = send(house.client(house.person(house.firm("Theirs"), Role.FIRM_ADMIN))).location
    ours = house.client(house.person(house.firm("Ours"), Role.FIRM_ADMIN))
    for path in (theirs, f"/people/imports/{uuid.uuid4()}"):
        assert ours.get(path).status_code == 404
        assert ours.get(f"{path}/refused.csv").status_code == 404
        assert ours.post(path, data={"refused": "skip"}).status_code == 404


def test_rows_come_fifty_a_page_and_what_is_asked_in_the_address_is_never_trusted(house: House) -> None:
    desk = house.client(house.person(house.firm(), Role.FIRM_ADMIN))
    where = send(desk, "number,name\n" + "".join(f"{n},Person {n} end\n" for n in range(100, 220))).location
    first = desk.get(f"{where}?kind=new").get_data(as_text=True)
    assert "Person 149 end" in first
    assert "Person 150 end" not in first
    assert "kind=new&amp;after=51" in first
    assert "Person 150 end" in desk.get(f"{where}?kind=new&after=51").get_data(as_text=True)
    for odd in ("kind=nonsense", "after=-1", "after=٣", "after=99999999999999999999", "kind=same"):
        assert desk.get(f"{where}?{odd}").status_code == 200


def test_a_preview_costs_the_same_statements_for_few_and_for_many(app: Flask, house: House) -> None:
    firm = house.firm()
    desk = house.client(house.person(firm, Role.FIRM_ADMIN))
    few = send(desk, "number,name\n1,Ana\n").location
    many = send(desk, "number,name,team\n" + "".join(f"{n},Ana,T{n}\n" for n in range(300))).location
    desk.get(few)
    cost = counted(app, desk, few)
    assert counted(app, desk, many) == cost
    for number in range(8):
        house.person(firm, number=str(number))
    assert counted(app, desk, many) == cost <= 9
