"""Firms, for the association: added, changed, closed, opened; and nobody inside them is ever shown."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.people import queries
from lms.people.models import AuditEntry, EmploymentRole, Firm
from lms.people.rules import NewAdministrator, NewFirm
from lms.people.services import firms, links, sign_in
from tests.house import PASSWORD, House, Someone

NEW = NewFirm("blue-hole", "Blue Hole Support", "America/Belize", "es")
PAULA = NewAdministrator("Paula Gentle", "paula@example.bz", None)


def chief(house: House) -> Someone:
    """The association's administrator."""
    return house.person(house.firm("Association", association=True), Role.ASSOCIATION, name="Chief")


def add(house: House, by: Someone) -> tuple[uuid.UUID, str]:
    """A new firm's id and its administrator's code."""
    firm_id, made = house.act(by, firms.add_firm, new=NEW, first=PAULA)
    return firm_id, made.code


def line(house: House, firm_id: uuid.UUID) -> queries.FirmLine:
    with house.writing() as session:
        found = queries.find_firm_line(session, firm_id=firm_id, today=house.noon.date())
    assert found is not None
    return found


def log(house: House, firm_id: uuid.UUID) -> list[str]:
    with house.writing(firm_id) as session:
        return list(
            session.scalars(
                select(AuditEntry.act).where(AuditEntry.firm_id == firm_id).order_by(AuditEntry.number)
            )
        )


def test_a_firm_is_added_with_an_administrator_who_takes_up_the_invitation(house: House) -> None:
    by = chief(house)
    firm_id, code = add(house, by)
    assert (line(house, firm_id).people, line(house, firm_id).administrators) == (1, 0)
    with house.writing() as session:
        links.use_link(
            session, token=code, password="quiet river under seven stars", user_agent="", now=house.noon
        )
    assert line(house, firm_id).administrators == 1
    with house.writing(firm_id) as session:
        given = session.scalars(select(EmploymentRole.role).where(EmploymentRole.firm_id == firm_id)).all()
    assert given == ["firm_admin"]
    assert log(house, by.firm_id) == ["firm added"]
    assert log(house, firm_id) == ["administrator invited", "invitation taken up"]


def test_a_key_or_a_name_means_one_firm(house: House) -> None:
    by = chief(house)
    firm_id, _code = add(house, by)
    house.firm("Toucan Connect")
    for key, name in (
        ("blue-hole", "New"),
        ("new", "BLUE hole support"),
        ("new", "Blue-Hole"),
        ("toucan-connect", "X"),
    ):
        with pytest.raises(Conflict, match="key or name"):
            house.act(by, firms.add_firm, new=NewFirm(key, name, "America/Belize", "en"), first=PAULA)
    with pytest.raises(Conflict):
        house.act(by, firms.edit_firm, firm_id=firm_id, name="toucan connect", time_zone="UTC", language="en")


def test_a_firm_is_renamed_and_the_log_says_from_what(house: House) -> None:
    by = chief(house)
    firm_id, _code = add(house, by)
    said = {"name": "Blue Hole", "time_zone": "America/Belize", "language": "en"}
    for _twice in range(2):
        house.act(by, firms.edit_firm, firm_id=firm_id, **said)
    assert (line(house, firm_id).name, line(house, firm_id).language) == ("Blue Hole", "en")
    assert log(house, by.firm_id) == ["firm added", "firm changed"]


def test_nobody_enters_a_closed_firm_and_everybody_the_opened_one(house: House) -> None:
    by, firm = chief(house), house.firm()
    ana, admin = house.person(firm), house.person(firm, Role.FIRM_ADMIN)
    code = house.act(admin, links.make_link, person_id=ana.id).code
    client = house.client(ana)

    def enters() -> bool:
        with house.writing() as session:
            try:
                sign_in.prove(session, name=ana.email, firm_key="", password=PASSWORD, now=house.noon)
            except Invalid:
                return False
        return True

    assert (enters(), client.get("/me").status_code) == (True, 200)
    house.act(by, firms.close_firm, firm_id=firm)
    assert (enters(), client.get("/me").status_code) == (False, 302)
    with house.writing() as session, pytest.raises(NotFound):
        links.find_link(session, token=code, now=house.noon)
    with pytest.raises(Conflict, match="closed already"):
        house.act(by, firms.close_firm, firm_id=firm)
    house.act(by, firms.reopen_firm, firm_id=firm)
    assert (enters(), client.get("/me").status_code) == (True, 302), "old devices sign in again"
    with pytest.raises(Conflict, match="is open"):
        house.act(by, firms.reopen_firm, firm_id=firm)
    with pytest.raises(Invalid, match="stays open"):
        house.act(by, firms.close_firm, firm_id=by.firm_id)


def test_the_association_lets_nobody_into_a_firm_that_looks_after_itself(house: House) -> None:
    by = chief(house)
    firm_id, first = add(house, by)
    again = house.act(by, firms.invite_administrator, firm_id=firm_id, who=PAULA)
    with house.writing() as session:
        with pytest.raises(NotFound):
            links.find_link(session, token=first, now=house.noon)
        links.use_link(
            session, token=again.code, password="quiet river under seven stars", user_agent="", now=house.noon
        )
    spy = NewAdministrator("Chief", by.email, None)
    with pytest.raises(Conflict, match="has an administrator"):
        house.act(by, firms.invite_administrator, firm_id=firm_id, who=spy)
    assert line(house, firm_id).people == 1


def test_an_invited_administrator_takes_nobodys_number_or_place(house: House) -> None:
    by, firm = chief(house), house.firm()
    ana = house.person(firm, number="A-7")
    for who in (
        NewAdministrator("Spy", "spy@example.bz", "A-7"),
        NewAdministrator("Ana", ana.email, None),
    ):
        with pytest.raises(Conflict, match="another e-mail"):
            house.act(by, firms.invite_administrator, firm_id=firm, who=who)


def test_the_association_sees_counts_and_never_a_name_or_a_number(house: House) -> None:
    by = chief(house)
    firm = house.firm("Toucan Connect")
    house.person(firm, Role.FIRM_ADMIN, name="Zyxwo Administrator", number="Zyxwo-1")
    ana = house.person(firm, name="Zyxwo Agent", number="Zyxwo-2", team_id=house.team(firm, "Zyxwo Team"))
    client = house.client(by)
    for path in ("", f"/{firm}", f"/{firm}/administrator", f"/{firm}/close", "?q=toucan"):
        page = client.get(f"/firms{path}")
        assert page.status_code == 200
        assert b"Toucan Connect" in page.data
        assert b"Zyxwo" not in page.data
        assert ana.email.encode() not in page.data
    assert b"No such firm" in client.get("/firms?q=zzz").data
    assert client.get(f"/people/{ana.id}").status_code == 404
    assert client.get("/").location == "/firms"
    assert line(house, firm).people == 2


def test_a_firm_that_is_not_there_is_not_found(house: House) -> None:
    client = house.client(chief(house))
    for method, path in (
        ("get", ""),
        ("post", ""),
        ("get", "/close"),
        ("post", "/close"),
        ("post", "/reopen"),
        ("get", "/administrator"),
        ("post", "/administrator"),
    ):
        reply = getattr(client, method)(f"/firms/{uuid.uuid4()}{path}")
        assert reply.status_code == 404, path


def test_nobody_but_the_association_touches_firms(house: House) -> None:
    firm = house.firm()
    deeds: tuple[tuple[Callable[..., Any], dict[str, Any]], ...] = (
        (firms.add_firm, {"new": NEW, "first": PAULA}),
        (firms.edit_firm, {"firm_id": firm, "name": "X", "time_zone": "UTC", "language": "en"}),
        (firms.close_firm, {"firm_id": firm}),
        (firms.reopen_firm, {"firm_id": firm}),
        (firms.invite_administrator, {"firm_id": firm, "who": PAULA}),
    )
    for role in Role:
        if role is Role.ASSOCIATION:
            continue
        neighbour = house.person(firm, role)
        assert house.client(neighbour).get("/firms").status_code == 403
        for service, said in deeds:
            with pytest.raises(NotAllowed):
                house.act(neighbour, service, **said)
    with house.writing() as session:
        assert len(session.scalars(select(Firm)).all()) == 1
