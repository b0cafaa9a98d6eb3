"""Forty people came in by a file: invitations for all of them in one go."""

import csv
import io
import re

from lms.foundation.actor import Role
from tests.house import House

NEW = "quiet river under seven stars"
FILE = "employee_number,name,team\n901,Ana Chi,Billing\n902,Rudy Cal,Billing\n903,Marva Bowen,Chat\n"


def test_people_of_a_file_get_their_invitations_in_one_go_and_each_code_opens(house: House) -> None:
    firm, other = house.firm("Jabiru Voice"), house.firm("Abalone Calls")
    admin = house.person(firm, Role.FIRM_ADMIN, name="Paula Gentle")
    strangers = house.client(house.person(other, Role.FIRM_ADMIN))
    strangers.post(
        strangers.post("/people/import", data={"file": (io.BytesIO(FILE.encode()), "a.csv")}).location
    )
    client = house.client(admin)
    assert "Nobody waits for an invitation" in client.get("/people/invitations").text
    preview = client.post("/people/import", data={"file": (io.BytesIO(FILE.encode()), "a.csv")}).location
    assert 'href="/people/invitations"' in client.post(preview, follow_redirects=True).text

    def asked() -> list[str]:
        return re.findall(r'name="person" value="([^"]+)" checked', client.get("/people/invitations").text)

    ticked = asked()
    assert len(ticked) == 3
    assert client.post("/people/invitations", data={"person": []}).status_code == 422
    theirs = re.findall(r'name="person" value="([^"]+)"', strangers.get("/people/invitations").text)
    assert client.post("/people/invitations", data={"person": theirs}).status_code == 409

    made = client.post("/people/invitations", data={"person": ticked[:1], "do": "page"})
    assert made.headers["Cache-Control"] == "no-store"
    assert "Marva Bowen" in made.text
    assert "Rudy Cal" not in made.text
    assert asked() == ticked[1:]

    sent = client.post("/people/invitations", data={"person": ticked, "do": "csv"})
    assert sent.headers["Cache-Control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(sent.get_data(as_text=True).lstrip("\ufeff"))))
    assert [row["name"] for row in rows] == ["Rudy Cal", "Ana Chi", "Marva Bowen"]
    assert len({row["code"] for row in rows}) == 3
    newcomer = house.client()
    welcome = rows[0]["address"].split("localhost", 1)[1]
    came = newcomer.post(welcome, data={"password": NEW})
    assert came.status_code == 302
    assert "Rudy Cal" not in client.get("/people/invitations").text
    assert client.get("/audit?act=invitation+made").text.count("Marva Bowen") == 2


def test_only_an_administrator_makes_invitations(house: House) -> None:
    firm = house.firm()
    for role in (Role.MANAGER, Role.TRAINER, Role.AGENT):
        client = house.client(house.person(firm, role))
        assert client.get("/people/invitations").status_code in (403, 404)
        assert client.post("/people/invitations", data={}).status_code in (403, 404)
