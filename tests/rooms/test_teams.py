"""Teams: added, renamed, hung under one another, led by somebody who works here, removed when empty."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, LadderError, NotAllowed, NotFound
from lms.people import queries
from lms.people.models import AuditEntry, Employment, Team
from lms.people.rules import TeamFacts
from lms.people.services import teams
from tests.house import House, Someone

TODAY = date(2026, 3, 2)
BILLING = TeamFacts("Billing", None, "")


def row(house: House, firm: uuid.UUID, team_id: uuid.UUID) -> Team | None:
    with house.writing(firm) as session:
        return session.scalars(select(Team).where(Team.firm_id == firm, Team.id == team_id)).one_or_none()


def mark(house: House, firm: uuid.UUID, team_id: uuid.UUID) -> str:
    found = row(house, firm, team_id)
    assert found is not None
    return teams.mark_of_team(found)


def edit(house: House, by: Someone, team_id: uuid.UUID, facts: TeamFacts) -> None:
    house.act(by, teams.edit_team, team_id=team_id, facts=facts, seen=mark(house, by.firm_id, team_id))


def add(house: House, by: Someone, facts: TeamFacts) -> uuid.UUID:
    team_id: uuid.UUID = house.act(by, teams.add_team, facts=facts)
    return team_id


def log(house: House, firm: uuid.UUID) -> list[tuple[str, dict[str, Any]]]:
    with house.writing(firm) as session:
        rows = session.execute(
            select(AuditEntry.act, AuditEntry.detail)
            .where(AuditEntry.firm_id == firm)
            .order_by(AuditEntry.number)
        ).all()
    return [(one.act, one.detail) for one in rows]


def test_a_team_is_added_changed_and_removed_and_the_log_says_from_what_to_what(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    ana = house.person(firm, name="Ana Chi", number="A-7")
    floor = add(house, admin, TeamFacts("Floor", None, ""))
    billing = add(house, admin, TeamFacts("Billing", floor, "A-7"))
    found = row(house, firm, billing)
    assert found is not None
    assert (found.parent_id, found.lead_id) == (floor, ana.id)
    edit(house, admin, billing, TeamFacts("Accounts", None, "ana  CHI"))
    edit(house, admin, billing, TeamFacts("Accounts", None, "Ana Chi"))
    house.act(admin, teams.remove_team, team_id=billing)
    assert row(house, firm, billing) is None
    assert [act for act, _detail in log(house, firm)] == [
        "team added",
        "team added",
        "team changed",
        "team removed",
    ]
    assert log(house, firm)[2][1]["changed"] == {"name": ["Billing", "Accounts"], "parent": ["Floor", None]}


def test_a_lead_works_here_and_is_one_person(house: House) -> None:
    firm, other = house.firm("One"), house.firm("Two")
    admin = house.person(firm, Role.FIRM_ADMIN)
    house.person(firm, name="Ana Chi", number="A-7")
    house.person(firm, name="Ana Chi", number="A-8")
    gone = house.person(firm, name="Carla Pott")
    house.person(other, name="Stranger Elsewhere", number="S-1")
    with house.writing(firm) as session:
        session.get_one(Employment, (firm, gone.id)).ended_on = date(2026, 3, 1)
    for typed in ("Nobody", "Stranger Elsewhere", "S-1", "Carla Pott"):
        with pytest.raises(Invalid, match="Nobody who works here"):
            add(house, admin, replace(BILLING, lead=typed))
    with pytest.raises(Invalid, match="More than one person"):
        add(house, admin, replace(BILLING, lead="Ana Chi"))
    assert add(house, admin, replace(BILLING, lead="A-8"))


def test_teams_never_hang_in_a_circle(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    top = add(house, admin, TeamFacts("Top", None, ""))
    middle = add(house, admin, TeamFacts("Middle", top, ""))
    low = add(house, admin, TeamFacts("Low", middle, ""))
    for parent in (top, middle, low):
        with pytest.raises(Invalid, match="under itself"):
            edit(house, admin, top, TeamFacts("Top", parent, ""))
    edit(house, admin, low, TeamFacts("Low", top, ""))
    with pytest.raises(NotFound):
        edit(house, admin, low, TeamFacts("Low", house.team(house.firm("Two")), ""))


def test_a_name_is_one_teams_and_a_stale_form_is_told(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    billing, travel = add(house, admin, BILLING), add(house, admin, TeamFacts("Travel", None, ""))
    with pytest.raises(Conflict, match="called BILLING already"):
        add(house, admin, TeamFacts("BILLING", None, ""))
    with pytest.raises(Conflict, match="called billing already"):
        edit(house, admin, travel, TeamFacts("billing", None, ""))
    old = mark(house, firm, billing)
    edit(house, admin, billing, TeamFacts("billing", None, ""))
    with pytest.raises(Conflict, match="meanwhile"):
        house.act(admin, teams.edit_team, team_id=billing, facts=BILLING, seen=old)


def test_a_team_with_people_even_past_ones_or_teams_stays(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    top = house.team(firm, "Top")
    full = house.team(firm, "Full", parent=top)
    gone = house.person(firm, team_id=full)
    with house.writing(firm) as session:
        session.get_one(Employment, (firm, gone.id)).ended_on = date(2026, 3, 1)
    for team_id in (top, full):
        with pytest.raises(Conflict, match="Move them first"):
            house.act(admin, teams.remove_team, team_id=team_id)


def test_the_list_shows_paths_leads_and_counts_and_a_lead_only_their_own(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    lead, deputy = house.person(firm, name="Lead One"), house.person(firm, name="Deputy Two")
    floor = house.team(firm, "Floor", lead=lead)
    billing = house.team(firm, "Billing", lead=deputy, parent=floor)
    house.team(firm, "Apart")
    house.person(firm, team_id=billing)
    gone = house.person(firm, team_id=billing)
    with house.writing(firm) as session:
        session.get_one(Employment, (firm, gone.id)).ended_on = date(2026, 3, 1)

    def seen(who: Someone, text: str = "") -> list[tuple[str, str | None, int, int]]:
        actor = house.actor(who)
        with house.writing(firm) as session:
            lines = queries.list_team_lines(session, actor=actor, today=TODAY, text=text)
        return [(" > ".join(one.path), one.lead, one.people, one.teams) for one in lines]

    assert seen(admin) == [
        ("Apart", None, 0, 0),
        ("Floor", "Lead One", 0, 1),
        ("Floor > Billing", "Deputy Two", 1, 0),
    ]
    assert seen(admin, "deputy") == [("Floor > Billing", "Deputy Two", 1, 0)]
    assert [path for path, *_rest in seen(lead)] == ["Floor", "Floor > Billing"]
    assert [path for path, *_rest in seen(deputy)] == ["Floor > Billing"]
    assert house.client(lead).get(f"/teams/{billing}").status_code == 200
    assert house.client(deputy).get(f"/teams/{floor}").status_code == 403
    assert house.client(house.person(firm)).get("/teams").status_code == 403


def test_nobody_but_a_firms_own_administrator_changes_its_teams(house: House) -> None:
    firm, other = house.firm("One"), house.firm("Two")
    lead = house.person(firm)
    team_id = house.team(firm, lead=lead)
    seen = mark(house, firm, team_id)
    deeds: tuple[tuple[Callable[..., Any], dict[str, Any]], ...] = (
        (teams.edit_team, {"facts": replace(BILLING, name="Mine"), "seen": seen}),
        (teams.remove_team, {}),
    )
    neighbours: list[tuple[Someone, type[LadderError]]] = [
        (house.person(firm, role), NotAllowed) for role in Role if role is not Role.FIRM_ADMIN
    ]
    neighbours += [(lead, NotAllowed), (house.person(other, Role.FIRM_ADMIN), NotFound)]
    for neighbour, told in neighbours:
        for service, said in deeds:
            with pytest.raises(told):
                house.act(neighbour, service, team_id=team_id, **said)
        if told is NotAllowed:
            with pytest.raises(NotAllowed):
                add(house, neighbour, replace(BILLING, name="Mine"))
    assert mark(house, firm, team_id) == seen
