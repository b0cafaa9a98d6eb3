"""The people room as an administrator, a lead and a newcomer meet it: forms, lists, files."""

import csv
import io
import re
from datetime import date

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms.foundation.actor import Role
from lms.people.models import Employment
from tests.house import House, Someone

NEW = "quiet river under seven stars"


def text(reply: TestResponse) -> str:
    """A page's words."""
    page = re.sub(r"<[^>]+>", " ", reply.get_data(as_text=True))
    return " ".join(page.replace("&#39;", "'").replace("&gt;", ">").split())


def shown_mark(client: FlaskClient, path: str) -> str:
    """The mark a form carries."""
    found = re.search(r'name="seen"[^>]* value="(\w+)"', client.get(path).get_data(as_text=True))
    assert found is not None, path
    return found[1]


def rows(reply: TestResponse) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(reply.get_data(as_text=True).lstrip("\ufeff"))))


def secret(reply: TestResponse) -> str:
    """The code on the page that shows it once."""
    found = re.search(r"/welcome/(\w+)", reply.get_data(as_text=True))
    assert found is not None
    return found[1]


@pytest.fixture
def admin(house: House) -> Someone:
    """The administrator of a firm with a team."""
    return house.person(house.firm(), Role.FIRM_ADMIN, name="Paula Gentle")


def test_a_newcomer_from_the_form_to_the_first_page_and_out_again(house: House, admin: Someone) -> None:
    desk, phone = house.client(admin), house.client()
    team = house.team(admin.firm_id, "Billing")
    typed = {
        "name": " Ana  Chi ",
        "employee_number": "A-7",
        "job_role": "agent",
        "started_on": "2026-03-02",
        "team": "",
    }
    added = desk.post("/people/add", data={**typed, "roles": ["agent"], "team": str(team)})
    assert added.status_code == 302
    person = added.location
    page = text(desk.get(person))
    for word in (
        "Ana Chi is added",
        "A-7",
        "Billing",
        "Not invited yet",
        "Added a person",
        "First day: 2 Mar",
    ):
        assert word.replace("2 Mar", "Mar 2") in page, word

    made = desk.post(f"{person}/link")
    assert made.headers["Cache-Control"] == "no-store"
    code = secret(made)
    assert "Invited" in text(desk.get(person))
    assert code not in desk.get(person).get_data(as_text=True)

    typed_code = f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()
    assert phone.post("/code", data={"code": typed_code}).location == f"/welcome/{code}"
    entered = phone.post(f"/welcome/{code}", data={"password": NEW})
    assert entered.location == "/"
    assert phone.get("/").location == "/today"
    assert "Signs in here" in text(desk.get(person))

    seen = shown_mark(desk, f"{person}/leave")
    left = desk.post(f"{person}/leave", data={"last_day": "2026-03-02", "seen": seen})
    assert left.location == person
    assert phone.get("/today").status_code == 302
    refused = house.client().post("/sign-in", data={"name": "A-7", "firm": "toucan-connect", "password": NEW})
    assert refused.status_code == 422
    assert "Last day: from none to" in text(desk.get(person))


def test_a_refused_form_keeps_what_was_typed_and_says_why(house: House, admin: Someone) -> None:
    desk = house.client(admin)
    house.person(admin.firm_id, name="Ben Usher", number="B-1")
    typed = {
        "name": "Ana Chi",
        "employee_number": "B-1",
        "email": "ana@example.bz",
        "job_role": "agent",
        "started_on": "2026-03-02",
        "team": "",
        "roles": ["trainer"],
    }
    taken = desk.post("/people/add", data=typed)
    assert taken.status_code == 409
    page = taken.get_data(as_text=True)
    assert "Ben Usher has employee number B-1" in page
    for kept in ('value="Ana Chi"', 'value="B-1"', 'value="ana@example.bz"'):
        assert kept in page, kept
    assert re.search(r'<input checked[^>]*value="trainer"', page)
    for wrong, why in (
        ({"name": ""}, "Type the name"),
        ({"email": "not an address"}, "Write the e-mail as"),
        ({"email": "", "employee_number": ""}, "Give an employee number or an e-mail"),
        ({"roles": []}, "Choose at least one role"),
        ({"started_on": "soon"}, "Not a valid date"),
        ({"team": "not-a-team"}, "Not a valid choice"),
    ):
        reply = desk.post("/people/add", data={**typed, "employee_number": "N-1", **wrong})
        assert reply.status_code == 422, wrong
        assert why in text(reply), wrong


def test_a_stale_form_shows_both_and_the_second_sending_counts(house: House, admin: Someone) -> None:
    ana = house.person(admin.firm_id, name="Ana Chi", number="A-7")
    first, second = house.client(admin), house.client(admin)
    path = f"/people/{ana.id}/edit"
    facts = {"employee_number": "A-7", "job_role": "agent", "started_on": "2025-01-06", "time_factor": "1.0"}
    seen = shown_mark(second, path)
    first.post(path, data={**facts, "name": "Ana Pott", "seen": shown_mark(first, path)})
    stale = second.post(path, data={**facts, "name": "Ana Usher", "time_factor": "1.5", "seen": seen})
    assert stale.status_code == 409
    page = text(stale)
    assert "You typed Ana Usher Now it is Ana Pott" in page
    assert "You typed Half as much more Now it is None" in page
    assert 'value="Ana Usher"' in stale.get_data(as_text=True)
    fresh = re.search(r'name="seen"[^>]* value="(\w+)"', stale.get_data(as_text=True))
    assert fresh is not None
    assert fresh[1] != seen
    done = second.post(path, data={**facts, "name": "Ana Usher", "seen": fresh[1]})
    assert done.status_code == 302
    assert "from Ana Pott to Ana Usher" in text(second.get(f"/people/{ana.id}"))


def test_stale_team_and_role_forms_show_both_too(house: House, admin: Someone) -> None:
    ana, team = house.person(admin.firm_id, name="Ana Chi"), house.team(admin.firm_id, "Billing")
    desk = house.client(admin)
    for path, data, words in (
        ("team", {"team": ""}, "You typed none Now it is Billing"),
        ("roles", {"roles": ["manager"]}, "You typed Manager Now it is Agent"),
    ):
        where = f"/people/{ana.id}/{path}"
        seen = shown_mark(desk, where)
        other = {"team": str(team), "seen": shown_mark(desk, f"/people/{ana.id}/team")}
        if path == "roles":
            other["team"] = ""
        assert desk.post(f"/people/{ana.id}/team", data=other).status_code == 302
        reply = desk.post(where, data={**data, "seen": seen})
        assert reply.status_code == 409
        assert words in text(reply), path


def test_filters_stay_in_the_address_and_the_file_honours_them(house: House, admin: Someone) -> None:
    firm = admin.firm_id
    team = house.team(firm, "Billing")
    house.person(firm, name="Ana Chi", number="A-7", team_id=team)
    house.person(firm, Role.TRAINER, name="Ben Usher", number="=1+1")
    desk = house.client(admin)
    page = desk.get(f"/people?team={team}&role=agent&sort=hired").get_data(as_text=True)
    assert f"/people.csv?team={team}&amp;role=agent&amp;sort=hired" in page
    assert "Ana Chi" in page
    assert "Ben Usher" not in page
    assert [row["name"] for row in rows(desk.get(f"/people.csv?team={team}"))] == ["Ana Chi"]
    everybody = rows(desk.get("/people.csv"))
    assert [row["name"] for row in everybody] == ["Ana Chi", "Paula Gentle", "Ben Usher"]
    assert everybody[2]["employee_number"] == "'=1+1"
    assert everybody[2]["roles"] == "trainer"
    assert rows(desk.get("/people.csv?left=1")) == []
    assert "Nobody found" in text(desk.get("/people?q=zzz"))
    assert "Add a person" in text(desk.get("/people"))
    for address in ("team=x", "role=king", "after=~~", "sort=salary"):
        assert desk.get(f"/people?{address}").status_code == 200


def test_buttons_show_only_to_those_who_may(house: House, admin: Someone) -> None:
    ana = house.person(admin.firm_id, name="Ana Chi")
    for role, sees in ((Role.FIRM_ADMIN, True), (Role.MANAGER, False), (Role.TRAINER, False)):
        client = house.client(house.person(admin.firm_id, role))
        listed, page = text(client.get("/people")), text(client.get(f"/people/{ana.id}"))
        for button in ("Add a person", "Import a file"):
            assert (button in listed) is sees, (role, button)
        for button in ("Edit", "Give a last day", "Signing in", "What was done"):
            assert (button in page) is sees, (role, button)
        assert ("Add a team" in text(client.get("/teams"))) is sees
        assert client.get("/people/add").status_code == (200 if sees else 403)
    assert b'href="/people/import"' in house.client(admin).get("/people").data


def test_teams_by_their_forms(house: House, admin: Someone) -> None:
    desk = house.client(admin)
    house.person(admin.firm_id, name="Ana Chi", number="A-7")
    assert "No teams yet" in text(desk.get("/teams"))
    floor = desk.post("/teams/add", data={"name": "Floor", "parent": "", "lead": ""}).location
    above = floor.rsplit("/", 1)[1]
    billing = desk.post("/teams/add", data={"name": "Billing", "parent": above, "lead": "A-7"}).location
    assert "Floor > Billing" in text(desk.get(billing))
    refused = desk.post("/teams/add", data={"name": "Travel", "parent": above, "lead": "Nobody Here"})
    assert refused.status_code == 422
    assert 'value="Travel"' in refused.get_data(as_text=True)
    seen = shown_mark(desk, f"{billing}/edit")
    data = {"name": "Accounts", "parent": above, "lead": "Ana Chi", "seen": seen}
    assert desk.post(f"{billing}/edit", data=data).status_code == 302
    stale = desk.post(f"{billing}/edit", data={**data, "name": "Money"})
    assert stale.status_code == 409
    assert "You typed Money Now it is Accounts" in text(stale)
    kept = desk.post(f"{floor}/remove")
    assert kept.status_code == 409
    assert "Move them first" in text(kept)
    assert desk.post(f"{billing}/remove").location == "/teams"
    assert "Accounts" not in desk.get("/teams?q=acc").get_data(as_text=True).split("<tbody>")[-1]


def test_the_log_is_filtered_paged_both_ways_and_exported_in_words(
    house: House, admin: Someone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.people.queries.audit.PAGE", 2)
    desk = house.client(admin)
    for number in range(5):
        desk.post("/teams/add", data={"name": f"Team {number}", "parent": "", "lead": ""})
    ana = house.person(admin.firm_id, name="Ana Chi", number="A-7")
    where = f"/people/{ana.id}/roles"
    desk.post(where, data={"roles": ["agent", "trainer"], "seen": shown_mark(desk, where)})

    def named(address: str) -> list[str]:
        page = desk.get(address).get_data(as_text=True)
        return re.findall(r'data-label="About"><a[^>]*>([^<]+)<', page)

    def onward(address: str, word: str) -> str:
        page = desk.get(address).get_data(as_text=True)
        found = re.search(rf'href="(/audit\?[^"]+)">(?:<svg(?:(?!</svg>).)*</svg>)?\s*{word}', page, re.S)
        return found[1].replace("&amp;", "&") if found else ""

    assert named("/audit") == ["Ana Chi", "Team 4"]
    older = onward("/audit", "Earlier")
    assert named(older) == ["Team 3", "Team 2"]
    oldest = onward(older, "Earlier")
    assert named(oldest) == ["Team 1", "Team 0"]
    assert onward(oldest, "Earlier") == ""
    assert named(onward(oldest, "Later")) == ["Team 3", "Team 2"]
    assert onward("/audit", "Later") == ""
    assert "Roles: from Agent to Agent, Trainer" in text(desk.get("/audit?act=roles changed"))
    assert named("/audit?q=team 3") == ["Team 3"]
    assert named("/audit?from=2026-03-02&to=2026-03-02&q=ana") == ["Ana Chi"]
    assert named("/audit?to=2026-03-01") == named("/audit?from=2026-03-03") == []
    assert desk.get("/audit?before=x&after=999999999999999&from=soon").status_code == 200
    file = rows(desk.get("/audit.csv?q=ana"))
    assert [(row["by"], row["act"], row["about"], row["detail"]) for row in file] == [
        ("Paula Gentle", "Changed roles", "Ana Chi", "Roles: from Agent to Agent, Trainer")
    ]


def test_a_person_coming_back_and_an_entry_taken_out_by_their_forms(house: House, admin: Someone) -> None:
    desk = house.client(admin)
    ana = house.person(admin.firm_id, name="Ana Chi")
    with house.writing(admin.firm_id) as session:
        session.get_one(Employment, (admin.firm_id, ana.id)).ended_on = date(2026, 2, 1)
    page = f"/people/{ana.id}"
    assert "Take back" in text(desk.get(page))
    seen = shown_mark(desk, f"{page}/return")
    lacking = desk.post(f"{page}/return", data={"how": "again", "again_from": "", "seen": seen})
    assert lacking.status_code == 422
    assert "Give the new first day" in text(lacking)
    done = desk.post(f"{page}/return", data={"how": "again", "again_from": "2026-03-02", "seen": seen})
    assert done.status_code == 302
    assert "Give a last day" in text(desk.get(page))
    kept = desk.post(f"{page}/withdraw")
    assert kept.status_code == 409
    assert "has used Ladder here" in text(kept)
    typed = {
        "name": "Wrong",
        "employee_number": "W",
        "job_role": "agent",
        "started_on": "2026-03-02",
        "team": "",
    }
    wrong = desk.post("/people/add", data={**typed, "roles": ["agent"]}).location
    assert "Was this entry a mistake" in text(desk.get(f"{wrong}/withdraw"))
    assert desk.post(f"{wrong}/withdraw").location == "/people"
    assert desk.get(wrong).status_code == 404


def test_firms_by_their_forms(house: House) -> None:
    above = house.firm("Association", association=True)
    desk = house.client(house.person(above, Role.ASSOCIATION))
    typed = {
        "name": "Blue Hole",
        "key": "Blue Hole",
        "time_zone": "America/Belize",
        "language": "es",
        "admin_name": "Paula Gentle",
        "admin_email": "paula@example.bz",
    }
    refused = desk.post("/firms/add", data=typed)
    assert refused.status_code == 422
    assert "small letters, digits and dashes" in text(refused)
    made = desk.post("/firms/add", data={**typed, "key": "blue-hole"})
    assert made.headers["Cache-Control"] == "no-store"
    code = secret(made)
    assert desk.post("/firms/add", data={**typed, "key": "blue-hole"}).status_code == 409
    listed = text(desk.get("/firms"))
    assert "Blue Hole blue-hole 1 No administrator yet" in listed
    firm = re.search(r"/firms/[0-9a-f-]{36}", desk.get("/firms?q=hole").get_data(as_text=True))
    assert firm is not None
    saved = {"name": "Blue Hole Support", "time_zone": "America/Belize", "language": "en"}
    assert desk.post(firm[0], data=saved).status_code == 302
    again = desk.post(f"{firm[0]}/administrator", data=typed)
    assert secret(again) != code
    newcomer = house.client()
    assert newcomer.post(f"/welcome/{secret(again)}", data={"password": NEW}).location == "/"
    assert newcomer.get("/people").status_code == 200
    assert desk.post(f"{firm[0]}/close").status_code == 302
    assert newcomer.get("/people").status_code == 302
    assert "Open it again" in text(desk.get(firm[0]))
    assert desk.post(f"{firm[0]}/reopen").status_code == 302


def test_sign_in_and_code_pages_say_whom_to_ask(house: House) -> None:
    client = house.client()
    assert "Ask your firm's administrator for a code" in text(client.get("/sign-in"))
    assert "Ask your firm's administrator for a code" in text(client.get("/code"))
    wrong = client.post("/code", data={"code": "k7qf-m2xd"})
    assert wrong.status_code == 422
    assert 'value="k7qf-m2xd"' in wrong.get_data(as_text=True)
    assert client.get("/welcome/never").status_code == 404
