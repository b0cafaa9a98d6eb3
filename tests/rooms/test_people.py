"""People of a firm: found, added, changed, moved, given roles, leaving, coming back; and who may not."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from lms.assessments.models import Attempt
from lms.assessments.services import start_attempt
from lms.foundation.actor import Actor, Role
from lms.foundation.errors import Conflict, Invalid, LadderError, NotAllowed, NotFound
from lms.foundation.policy import Permissions
from lms.people import queries
from lms.people.models import AuditEntry, Employment, EmploymentRole, OneTimeLink, Person, SignIn, Team
from lms.people.policy import POLICY, PeoplePermission
from lms.people.rules import NewPerson, PersonFacts
from lms.people.services import employments, leaving, links, sign_in
from lms.people.services.audit import first_broken_entry
from tests.house import C05, House, Someone

TODAY = date(2026, 3, 2)
ANA = NewPerson("Ana Chi", "A-7", "ana@example.bz", "agent", None, frozenset({Role.AGENT}), TODAY)
FACTS = PersonFacts("Ana Maria Chi", "A-8", "senior-agent", TODAY, 1.5)


def employment(house: House, firm_id: uuid.UUID, person_id: uuid.UUID) -> Employment | None:
    """The row, with its roles loaded."""
    actor = Actor(person_id, firm_id, "", frozenset())
    with house.writing(firm_id) as session:
        return queries.find_employment(session, actor=actor, person_id=person_id)


def there(house: House, someone: Someone) -> Employment:
    """The row of somebody who has one."""
    found = employment(house, someone.firm_id, someone.id)
    assert found is not None
    return found


def mark(house: House, someone: Someone) -> str:
    """What a form about them would carry."""
    return employments.mark_of_person(there(house, someone))


def roles_of(house: House, someone: Someone) -> set[str]:
    return {one.role for one in there(house, someone).roles}


def acts(house: House, firm_id: uuid.UUID) -> list[str]:
    """What the firm's log holds, in order."""
    with house.writing(firm_id) as session:
        assert first_broken_entry(session, firm_id=firm_id) is None
        return list(
            session.scalars(
                select(AuditEntry.act).where(AuditEntry.firm_id == firm_id).order_by(AuditEntry.number)
            )
        )


def last_detail(house: House, firm_id: uuid.UUID) -> dict[str, Any]:
    with house.writing(firm_id) as session:
        return session.scalars(
            select(AuditEntry.detail)
            .where(AuditEntry.firm_id == firm_id)
            .order_by(AuditEntry.number.desc())
            .limit(1)
        ).one()


def signed_in_here(house: House, someone: Someone) -> int:
    with house.writing() as session:
        return len(
            session.scalars(
                select(SignIn).where(
                    SignIn.person_id == someone.id,
                    SignIn.firm_id == someone.firm_id,
                    SignIn.ended_at.is_(None),
                )
            ).all()
        )


def give_roles(house: House, by: Someone, to: Someone, *roles: Role) -> None:
    house.act(
        by,
        employments.change_roles,
        person_id=to.id,
        roles=frozenset(roles),
        seen=mark(house, to),
    )


def leave(house: House, by: Someone, who: Someone, last_day: date = TODAY) -> None:
    house.act(by, leaving.end_employment, person_id=who.id, last_day=last_day, seen=mark(house, who))


# The directory


def found_by(house: House, reader: Someone, **asked: Any) -> list[str]:
    actor = house.actor(reader)
    with house.writing(reader.firm_id) as session:
        who = queries.Who(**asked)
        page = queries.list_people(session, actor=actor, who=who, today=TODAY)
        assert queries.count_people(session, actor=actor, who=who, today=TODAY) >= len(page.people)
        rows = queries.list_everybody(session, actor=actor, who=replace(who, after=""), today=TODAY)
        if not who.after:
            assert [row.name for row in rows][: queries.PAGE] == [one.name for one in page.people]
        return [one.name for one in page.people]


def test_people_are_found_by_name_number_email_team_role_and_whether_they_left(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, name="Paula Gentle", started_on=date(2020, 1, 1))
    team = house.team(firm, "Billing")
    ana = house.person(firm, name="Ana María Chi", number="A-7", team_id=team, started_on=date(2025, 5, 5))
    house.person(firm, Role.TRAINER, name="Ben_100% Usher", started_on=date(2021, 1, 1))
    gone = house.person(firm, name="Carla Pott")
    with house.writing(firm) as session:
        session.get_one(Employment, (firm, gone.id)).ended_on = date(2026, 3, 1)
    assert found_by(house, admin) == ["Ana María Chi", "Paula Gentle", "Ben_100% Usher"]
    assert found_by(house, admin, sort="hired")[0] == "Paula Gentle"
    assert found_by(house, admin, left=True) == ["Carla Pott"]
    for text in ("maria", "CHI ana", "a-7", ana.email.upper(), "  chi "):
        assert found_by(house, admin, text=text) == ["Ana María Chi"], text
    assert found_by(house, admin, text="_100%") == ["Ben_100% Usher"]
    assert found_by(house, admin, text="%") == ["Ben_100% Usher"]
    assert found_by(house, admin, team=team) == ["Ana María Chi"]
    assert found_by(house, admin, role=Role.TRAINER) == ["Ben_100% Usher"]
    assert found_by(house, admin, role=Role.TRAINER, team=team) == []


@pytest.mark.parametrize("sort", ["name", "hired"])
def test_pages_by_key_show_everybody_once(house: House, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    monkeypatch.setattr("lms.people.queries.directory.PAGE", 3)
    firm = house.firm()
    reader = house.person(firm, Role.MANAGER)
    for number in range(7):
        house.person(firm, name=f"Same Name{number % 2}", started_on=date(2025, 1, 1 + number % 2))
    actor, after, seen = house.actor(reader), "", []
    with house.writing(firm) as session:
        while True:
            page = queries.list_people(
                session, actor=actor, who=queries.Who(sort=sort, after=after), today=TODAY
            )
            seen += [one.person_id for one in page.people]
            after = page.more
            if not after:
                break
        garbled = queries.Who(sort="hired", after=f"not-a-day~{uuid.uuid4()}")
        assert queries.list_people(session, actor=actor, who=garbled, today=TODAY).people
    assert len(seen) == len(set(seen)) == 8


def test_the_list_and_the_page_agree_on_whom_each_reader_may_see(house: House) -> None:
    firm, other = house.firm("One"), house.firm("Two")
    lead, deputy = house.person(firm, name="Lead"), house.person(firm, name="Deputy")
    floor = house.team(firm, "Floor", lead=lead)
    billing = house.team(firm, "Billing", lead=deputy, parent=floor)
    apart = house.team(firm, "Apart")
    people = [
        lead,
        deputy,
        house.person(firm, team_id=floor),
        house.person(firm, team_id=billing),
        house.person(firm, team_id=apart),
        house.person(firm),
        *(house.person(firm, role) for role in Role if role is not Role.AGENT),
    ]
    house.person(other, Role.FIRM_ADMIN)
    rules, narrow = Permissions(POLICY), 0
    for reader in people:
        actor = house.actor(reader)
        with house.writing(firm) as session:
            page = queries.list_people(session, actor=actor, who=queries.Who(), today=TODAY)
            listed = {one.person_id for one in page.people}
            rows = [queries.find_employment(session, actor=actor, person_id=one.id) for one in people]
        seen = {row.person_id for row in rows if row and rules.allows(actor, PeoplePermission.SEE, row)}
        assert listed == seen, reader.name
        narrow += 1 < len(seen) < len(people)
    assert narrow == 2, "a lead and a deputy see part of the firm"


# Adding


def add(house: House, by: Someone, **said: Any) -> Someone:
    new = replace(ANA, **said)
    person_id = house.act(by, employments.add_person, new=new)
    return Someone(person_id, by.firm_id, new.name, new.email or "")


def test_a_person_is_added_with_team_and_roles_and_cannot_enter_before_accepting(house: House) -> None:
    firm = house.firm()
    admin, team = house.person(firm, Role.FIRM_ADMIN), house.team(firm)
    ana = add(house, admin, team_id=team, roles=frozenset({Role.AGENT, Role.TRAINER}))
    row = there(house, ana)
    assert (row.name, row.sort_name, row.employee_number, row.team_id) == ("Ana Chi", "chi ana", "A-7", team)
    assert row.person.email == "ana@example.bz"
    assert row.accepted is False
    assert roles_of(house, ana) == {"agent", "trainer"}
    assert acts(house, firm) == ["person added"]
    assert last_detail(house, firm)["team"] == "Billing"
    with house.writing(firm) as session:
        assert queries.find_actor(session, firm_id=firm, person_id=ana.id, now=house.noon) is None


def test_a_number_and_an_email_are_one_persons_at_a_firm_and_free_at_another(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    admin, other = house.person(one, Role.FIRM_ADMIN), house.person(two, Role.FIRM_ADMIN)
    ana = add(house, admin)
    with pytest.raises(Conflict, match="Ana Chi has employee number A-7"):
        add(house, admin, email="ben@example.bz", name="Ben")
    with pytest.raises(Conflict, match="Ana Chi has that e-mail here"):
        add(house, admin, employee_number="B-1", name="Ben")
    with pytest.raises(Invalid, match="at least one role"):
        add(house, admin, employee_number="B-1", email=None, roles=frozenset())
    with pytest.raises(NotFound):
        add(house, admin, employee_number="B-1", email=None, team_id=house.team(two))
    assert add(house, other).id == ana.id, "one human, two employments"
    assert acts(house, one) == ["person added"]


def test_only_the_association_gives_its_role(house: House) -> None:
    firm, above = house.firm(), house.firm("Association", association=True)
    admin = house.person(firm, Role.FIRM_ADMIN)
    ana = add(house, admin, roles=frozenset({Role.AGENT, Role.ASSOCIATION}))
    assert roles_of(house, ana) == {"agent"}
    with pytest.raises(Invalid):
        add(house, admin, email=None, employee_number="B", roles=frozenset({Role.ASSOCIATION}))
    chief = house.person(above, Role.FIRM_ADMIN, Role.ASSOCIATION)
    clerk = house.person(above, Role.FIRM_ADMIN)
    give_roles(house, chief, clerk, Role.FIRM_ADMIN, Role.ASSOCIATION)
    assert "association" in roles_of(house, clerk)


# Changing


def test_an_edit_writes_what_changed_and_a_new_job_begins_today(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    ana = house.person(firm, name="Ana Chi", number="A-7", started_on=date(2025, 1, 6))
    facts = replace(FACTS, started_on=date(2025, 1, 6))
    house.act(admin, employments.edit_person, person_id=ana.id, facts=facts, seen=mark(house, ana))
    row = there(house, ana)
    assert (row.name, row.employee_number, row.time_factor) == ("Ana Maria Chi", "A-8", 1.5)
    assert (row.started_on, row.role_started_on) == (date(2025, 1, 6), TODAY)
    assert last_detail(house, firm)["changed"]["time_factor"] == [1.0, 1.5]
    house.act(admin, employments.edit_person, person_id=ana.id, facts=facts, seen=mark(house, ana))
    assert acts(house, firm) == ["person changed"], "the same again is no act"
    moved = replace(facts, started_on=date(2026, 4, 1))
    house.act(admin, employments.edit_person, person_id=ana.id, facts=moved, seen=mark(house, ana))
    assert there(house, ana).role_started_on == date(2026, 4, 1)
    with pytest.raises(Invalid, match="how much extra time"):
        house.act(
            admin,
            employments.edit_person,
            person_id=ana.id,
            facts=replace(facts, time_factor=3.0),
            seen=mark(house, ana),
        )


def test_a_right_first_day_corrects_the_job_too(house: House) -> None:
    firm = house.firm()
    admin, ana = house.person(firm, Role.FIRM_ADMIN), house.person(firm, name="Ana Chi", number="A-7")
    facts = PersonFacts("Ana Chi", "A-7", "agent", date(2024, 2, 1), 1.0)
    house.act(admin, employments.edit_person, person_id=ana.id, facts=facts, seen=mark(house, ana))
    assert there(house, ana).role_started_on == date(2024, 2, 1)


def test_extra_time_that_a_firm_grants_lengthens_its_attempts_only(house: House) -> None:
    course_id = house.course(folder=C05)
    assessment_id = house.assessment(course_id)
    one, two = house.firm("One"), house.firm("Two")
    slow = house.person(one)
    also = house.person(two, at=slow)
    with house.writing(one) as session:
        session.get_one(Employment, (one, slow.id)).time_factor = 2.0
    lasts = {}
    for who in (slow, also):
        attempt_id = uuid.uuid4()
        house.act(who, start_attempt, assessment_id=assessment_id, attempt_id=attempt_id)
        with house.writing(who.firm_id) as session:
            row = session.scalars(
                select(Attempt).where(Attempt.firm_id == who.firm_id, Attempt.id == attempt_id)
            ).one()
            lasts[who.firm_id] = row.deadline_at - row.started_at if row.deadline_at else timedelta()
    assert lasts[two] > timedelta()
    assert lasts[one] == 2 * lasts[two]


def test_two_administrators_at_once_are_told_and_nothing_is_lost(house: House) -> None:
    firm = house.firm()
    admin, ana = house.person(firm, Role.FIRM_ADMIN), house.person(firm, name="Ana Chi", number="A-7")
    team, shown = house.team(firm), mark(house, ana)
    house.act(admin, employments.move_person, person_id=ana.id, team_id=team, seen=shown)
    deeds: tuple[tuple[Callable[..., Any], dict[str, Any]], ...] = (
        (employments.edit_person, {"facts": FACTS}),
        (employments.move_person, {"team_id": None}),
        (employments.change_roles, {"roles": frozenset({Role.TRAINER})}),
        (leaving.end_employment, {"last_day": TODAY}),
        (leaving.take_back, {"again_from": None}),
    )
    for service, said in deeds:
        with pytest.raises(Conflict, match="changed Ana Chi meanwhile"):
            house.act(admin, service, person_id=ana.id, seen=shown, **said)
    assert acts(house, firm) == ["person moved"]


def test_changed_roles_sign_the_person_out_here_and_nowhere_else(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    admin, ana = house.person(one, Role.FIRM_ADMIN), house.person(one)
    elsewhere = house.person(two, at=ana)
    house.clients([ana, elsewhere])
    give_roles(house, admin, ana, Role.AGENT)
    assert (signed_in_here(house, ana), acts(house, one)) == (1, []), "the same roles are no change"
    give_roles(house, admin, ana, Role.AGENT, Role.ASSESSOR)
    assert (signed_in_here(house, ana), signed_in_here(house, elsewhere)) == (0, 1)
    assert roles_of(house, ana) == {"agent", "assessor"}
    assert last_detail(house, one)["changed"] == {"roles": [["agent"], ["agent", "assessor"]]}


# Leaving and coming back


def test_a_person_who_leaves_today_is_signed_out_here_at_once_and_cannot_come_in(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    admin, ana = house.person(one, Role.FIRM_ADMIN), house.person(one, name="Ana Chi")
    elsewhere = house.person(two, at=ana)
    team = house.team(one, "Billing", lead=ana)
    client = house.client(ana)
    house.client(elsewhere)
    house.act(admin, links.make_link, person_id=ana.id)
    house.clients([ana])
    leave(house, admin, ana)
    assert (signed_in_here(house, ana), signed_in_here(house, elsewhere)) == (0, 1)
    assert client.get("/today").status_code == 302
    with house.writing(one) as session:
        assert queries.find_actor(session, firm_id=one, person_id=ana.id, now=house.noon) is None
        assert not session.scalars(select(OneTimeLink).where(OneTimeLink.used_at.is_(None))).all()
        assert session.scalars(select(Team).where(Team.firm_id == one, Team.id == team)).one().lead_id is None
        places = sign_in.workplaces(session, actor=Actor(ana.id, two, "", frozenset()), now=house.noon)
    assert [place.firm_name for place in places] == ["Two"]
    assert last_detail(house, one)["teams_led"] == ["Billing"]
    with pytest.raises(Conflict, match="has left already"):
        leave(house, admin, ana)
    with pytest.raises(Conflict, match="Take them back first"):
        house.act(admin, links.make_link, person_id=ana.id)


def test_a_last_day_to_come_lets_a_person_work_until_it_is_over(house: House) -> None:
    firm = house.firm()
    admin, ana = house.person(firm, Role.FIRM_ADMIN), house.person(firm)
    house.client(ana)
    leave(house, admin, ana, date(2026, 3, 4))
    assert signed_in_here(house, ana) == 1
    with house.writing(firm) as session:
        # Six in the evening of the last day in Belize is midnight in Greenwich: the shift goes on.
        for hours, here in ((0, True), (54, True), (59, True), (60, False)):
            now = house.noon + timedelta(hours=hours)
            found = queries.find_actor(session, firm_id=firm, person_id=ana.id, now=now)
            assert (found is not None) is here, hours


def test_a_last_day_is_neither_over_nor_before_the_first(house: House) -> None:
    firm = house.firm()
    admin, ana = house.person(firm, Role.FIRM_ADMIN), house.person(firm)
    late = house.person(firm, started_on=date(2026, 5, 1))
    with pytest.raises(Invalid, match="today or later"):
        leave(house, admin, ana, date(2026, 3, 1))
    with pytest.raises(Invalid, match="before the first"):
        leave(house, admin, late, date(2026, 4, 1))


def test_a_leaver_is_taken_back_as_if_they_never_left_or_from_a_new_day(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    ana, ben = house.person(firm), house.person(firm)
    for who in (ana, ben):
        leave(house, admin, who)

    def back(who: Someone, day: date | None) -> None:
        house.act(admin, leaving.take_back, person_id=who.id, again_from=day, seen=mark(house, who))

    with pytest.raises(Invalid, match="on or after the day they left"):
        back(ben, date(2026, 3, 1))
    back(ana, None)
    back(ben, TODAY)
    assert there(house, ana).started_on == date(2025, 1, 6)
    assert (there(house, ben).started_on, there(house, ben).role_started_on) == (TODAY, TODAY)
    assert house.actor(ana).person_id == ana.id
    with pytest.raises(Conflict, match="works here"):
        back(ana, None)


def test_the_last_administrator_keeps_the_role_and_the_job(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, name="Paula Gentle")
    leaving_too = house.person(firm, Role.FIRM_ADMIN)
    add(house, admin, roles=frozenset({Role.FIRM_ADMIN}))  # never came in: cannot look after anything
    leave(house, admin, leaving_too, date(2026, 3, 9))
    with pytest.raises(Conflict, match="Paula Gentle is the last one"):
        give_roles(house, admin, admin, Role.MANAGER)
    with pytest.raises(Conflict, match="Make somebody else an administrator first"):
        leave(house, admin, admin)
    house.person(firm, Role.FIRM_ADMIN)
    give_roles(house, admin, admin, Role.MANAGER)
    assert roles_of(house, admin) == {"manager"}


def test_an_entry_nobody_used_is_taken_out_and_its_email_is_free_again(house: House) -> None:
    firm = house.firm()
    admin, used = house.person(firm, Role.FIRM_ADMIN), house.person(firm)
    ana = add(house, admin)
    house.act(admin, links.make_link, person_id=ana.id)
    house.act(admin, employments.withdraw_person, person_id=ana.id)
    assert employment(house, firm, ana.id) is None
    with house.writing() as session:
        assert session.get(Person, ana.id) is None
        assert session.scalars(select(OneTimeLink)).all() == []
    assert add(house, admin).id != ana.id
    with pytest.raises(Conflict, match="has used Ladder here"):
        house.act(admin, employments.withdraw_person, person_id=used.id)


def test_an_entry_that_leads_a_team_or_has_a_home_elsewhere_keeps_what_others_hold(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    admin, theirs = house.person(one, Role.FIRM_ADMIN), house.person(two)
    ana = add(house, admin)
    house.team(one, lead=ana)
    with pytest.raises(Conflict, match="or they lead a team"):
        house.act(admin, employments.withdraw_person, person_id=ana.id)
    both = add(house, admin, email=theirs.email, employee_number="B-2")
    house.act(admin, employments.withdraw_person, person_id=both.id)
    assert employment(house, two, theirs.id) is not None
    with house.writing() as session:
        assert session.get(Person, theirs.id) is not None


# The neighbour


def test_nobody_but_a_firms_own_administrator_changes_its_people(house: House) -> None:
    firm, other = house.firm("One"), house.firm("Two")
    house.person(firm, Role.FIRM_ADMIN)
    lead = house.person(firm)
    team = house.team(firm, lead=lead)
    ana = house.person(firm, team_id=team)
    seen = mark(house, ana)
    deeds: tuple[tuple[Callable[..., Any], dict[str, Any]], ...] = (
        (employments.edit_person, {"facts": FACTS, "seen": seen}),
        (employments.move_person, {"team_id": None, "seen": seen}),
        (employments.change_roles, {"roles": frozenset({Role.MANAGER}), "seen": seen}),
        (employments.withdraw_person, {}),
        (leaving.end_employment, {"last_day": TODAY, "seen": seen}),
        (leaving.take_back, {"again_from": None, "seen": seen}),
        (links.make_link, {}),
    )
    neighbours: list[tuple[Someone, type[LadderError]]] = [
        (house.person(firm, role), NotAllowed) for role in Role if role is not Role.FIRM_ADMIN
    ]
    neighbours += [(lead, NotAllowed), (ana, NotAllowed), (house.person(other, Role.FIRM_ADMIN), NotFound)]
    for neighbour, told in neighbours:
        for service, said in deeds:
            with pytest.raises(told):
                house.act(neighbour, service, person_id=ana.id, **said)
        if told is NotAllowed:
            with pytest.raises(NotAllowed):
                house.act(neighbour, employments.add_person, new=ANA)
    assert mark(house, ana) == seen
    assert acts(house, firm) == []
    with house.writing(firm) as session:
        given = session.scalars(
            select(EmploymentRole.role).where(
                EmploymentRole.firm_id == firm, EmploymentRole.person_id == ana.id
            )
        ).all()
    assert given == ["agent"]
