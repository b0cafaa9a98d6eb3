"""People from a file: what is written, what is not, who is signed out, and what it costs."""

import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from lms.foundation.actor import Role
from lms.foundation.errors import Invalid, NotAllowed, NotFound
from lms.people import queries
from lms.people.matching import Kind, Plan
from lms.people.models import AuditEntry, Employment, EmploymentRole, PeopleImport, Person, SignIn, Team
from lms.people.services import importing
from lms.people.services.audit import first_broken_entry
from lms.web.request import db
from tests.gates.test_the_wall_between_firms import footprint
from tests.house import House, Someone

HEADER = "employee_number,name,email,team,job_role,roles,started_on,ended_on\n"


def keep(house: House, admin: Someone, text: str | bytes) -> uuid.UUID:
    """Send a file in; its id."""
    content = text.encode() if isinstance(text, str) else text
    kept = house.act(
        admin,
        importing.keep_file,
        file_name="p.csv",
        content=content,
        storage=house.app.extensions["storage"],
    )
    found: uuid.UUID = kept.id
    return found


def see(house: House, admin: Someone, import_id: uuid.UUID) -> Plan:
    """What a file would do."""
    found = house.act(
        admin, importing.see_import, import_id=import_id, storage=house.app.extensions["storage"]
    )
    plan: Plan = found.plan
    return plan


def take(house: House, admin: Someone, import_id: uuid.UUID, *, skip: bool = False) -> importing.Taken:
    """Say yes to a file."""
    taken: importing.Taken = house.act(
        admin,
        importing.apply_import,
        import_id=import_id,
        skip_refused=skip,
        storage=house.app.extensions["storage"],
    )
    return taken


def bring(house: House, admin: Someone, text: str) -> PeopleImport:
    """Send a file in and say yes."""
    return take(house, admin, keep(house, admin, text)).file


def employed(house: House, firm: uuid.UUID, number: str) -> Any:
    """A person of the firm as the tables hold them."""
    with house.writing(firm) as session:
        return session.execute(
            select(
                Employment.person_id,
                Employment.name,
                Person.email,
                Team.name.label("team"),
                Employment.ended_on,
            )
            .join(Person, Person.id == Employment.person_id)
            .outerjoin(Team, (Team.firm_id == Employment.firm_id) & (Team.id == Employment.team_id))
            .where(Employment.firm_id == firm, Employment.employee_number == number)
        ).one_or_none()


def roles_of(house: House, firm: uuid.UUID, person_id: uuid.UUID) -> set[str]:
    """What a person may do at a firm."""
    with house.writing(firm) as session:
        return set(
            session.scalars(
                select(EmploymentRole.role).where(
                    EmploymentRole.firm_id == firm, EmploymentRole.person_id == person_id
                )
            )
        )


def signed_in_at(house: House, someone: Someone, firm: uuid.UUID) -> bool:
    """Whether any device of theirs is signed in there."""
    with house.writing() as session:
        return bool(
            session.scalar(
                select(func.count(SignIn.id)).where(
                    SignIn.person_id == someone.id, SignIn.firm_id == firm, SignIn.ended_at.is_(None)
                )
            )
        )


def test_new_people_teams_roles_and_days_are_written_as_the_file_says(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    file = bring(
        house,
        admin,
        HEADER
        + "N-1,José Núñez,Jose@Example.bz,Night,team lead,agent|assessor,2025-03-01,\nN-2,Ana Chi,,,,,,2026-06-30\n",
    )
    assert (file.new_people, file.changed_people, file.same_people, file.refused_rows) == (2, 0, 0, 0)
    jose, ana = employed(house, firm, "N-1"), employed(house, firm, "N-2")
    assert (jose.name, jose.email, jose.team) == ("José Núñez", "jose@example.bz", "Night")
    assert roles_of(house, firm, jose.person_id) == {"agent", "assessor"}
    assert (ana.email, ana.team, ana.ended_on) == (None, None, date(2026, 6, 30))
    assert roles_of(house, firm, ana.person_id) == {"agent"}


def test_a_changed_person_is_changed_and_nobody_else_is(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, number="1")
    house.team(firm, "Billing")
    ana, ben = house.person(firm, number="7", name="Ana Chi"), house.person(firm, number="8", name="Ben Ek")
    file = bring(house, admin, "number,name,team,roles\n7,Ana Maria Chi,billing,agent|trainer\n")
    assert (file.new_people, file.changed_people) == (0, 1)
    assert (employed(house, firm, "7").name, employed(house, firm, "7").team) == ("Ana Maria Chi", "Billing")
    assert employed(house, firm, "7").person_id == ana.id
    assert roles_of(house, firm, ana.id) == {"agent", "trainer"}
    assert employed(house, firm, "8").name == "Ben Ek"
    assert roles_of(house, firm, ben.id) == {"agent"}


def test_the_export_sent_back_says_same_for_everybody(house: House) -> None:
    firm = house.firm()
    team = house.team(firm, "-Night, Ünder-")
    admin = house.person(firm, Role.FIRM_ADMIN, Role.MANAGER, Role.AGENT)  # without a number
    house.person(firm, Role.AGENT, Role.TRAINER, number="007", name="=Odd  Name", team_id=team)
    house.person(firm, number="+501", name="Ana", job_role="team lead")
    bring(house, admin, HEADER + "N-9,Left Long,,,,,2020-01-01,2021-01-01\n")
    for address, people in (("/people.csv", 3), ("/people.csv?left=1", 1)):
        plan = see(house, admin, keep(house, admin, house.client(admin).get(address).data))
        assert [(str(one.name), [str(why) for why in one.reasons]) for one in plan.of(Kind.REFUSED)] == []
        assert plan.counts == {Kind.NEW: 0, Kind.CHANGED: 0, Kind.SAME: people, Kind.REFUSED: 0}


def test_a_refused_row_stops_everything_unless_it_may_be_left_out(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    import_id = keep(house, admin, "number,name\n1,Ana\n2,=cmd()\n")
    before = footprint(house, firm)
    with pytest.raises(Invalid, match="nothing was changed"):
        take(house, admin, import_id)
    assert footprint(house, firm) == before
    file = take(house, admin, import_id, skip=True).file
    assert (file.new_people, file.refused_rows) == (1, 1)
    assert employed(house, firm, "1")
    assert not employed(house, firm, "2")


def test_a_file_taken_twice_does_nothing_the_second_time(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    import_id = keep(house, admin, "number,name\n1,Ana\n")
    assert not take(house, admin, import_id).already
    before = footprint(house, firm)
    assert take(house, admin, import_id).already
    assert footprint(house, firm) == before
    assert see(house, admin, import_id).counts[Kind.SAME] == 1


def test_what_was_changed_since_the_preview_is_counted_as_it_really_was(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    import_id = keep(house, admin, "number,name\n1,Ana\n2,Ben\n")
    assert see(house, admin, import_id).counts[Kind.NEW] == 2
    house.person(firm, number="1", name="Anna")
    house.person(firm, number="2", name="Ben")
    file = take(house, admin, import_id).file
    assert (file.new_people, file.changed_people, file.same_people) == (0, 1, 1)


def test_when_the_last_step_fails_nothing_of_the_file_is_there(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    import_id = keep(house, admin, "number,name,team\n1,Ana,Fresh\n")
    before = footprint(house, firm)

    def cut(*_all: object, **_more: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(importing, "record_acts", cut)
    with pytest.raises(ConnectionError):
        take(house, admin, import_id)
    with house.app.app_context():
        db.session.rollback()
    assert footprint(house, firm) == before


def test_only_an_administrator_brings_people_in(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    import_id = keep(house, admin, "number,name\n1,Ana\n")
    for role in (Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER):
        other = house.person(firm, role)
        for tried in (keep, see, take):
            with pytest.raises(NotAllowed):
                tried(house, other, "number,name\n1,Ana\n" if tried is keep else import_id)  # type: ignore[operator]


def test_a_file_that_was_taken_is_still_for_administrators_only(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    import_id = keep(house, admin, "number,name\n1,Ana\n")
    take(house, admin, import_id)
    with pytest.raises(NotAllowed):
        take(house, house.person(firm, Role.MANAGER), import_id)


def test_another_firms_file_is_not_there(house: House) -> None:
    ours, theirs = (house.person(house.firm(name), Role.FIRM_ADMIN) for name in ("Ours", "Theirs"))
    import_id = keep(house, theirs, "number,name\n1,Ana\n")
    for tried in (see, take):
        for wanted in (import_id, uuid.uuid4()):
            with pytest.raises(NotFound, match="There is no such file"):
                tried(house, ours, wanted)


def test_another_firms_numbers_are_unknown_here_and_its_people_untouched(house: House) -> None:
    ours, theirs = house.firm("Ours"), house.firm("Theirs")
    admin = house.person(ours, Role.FIRM_ADMIN)
    house.person(theirs, number="T-1", name="Tess")
    before = footprint(house, theirs)
    import_id = keep(house, admin, "number,name\nT-1,Somebody Else\n")
    assert see(house, admin, import_id).counts[Kind.NEW] == 1
    take(house, admin, import_id)
    assert employed(house, ours, "T-1").name == "Somebody Else"
    assert footprint(house, theirs) == before


def test_an_email_known_at_another_firm_looks_like_any_other(house: House) -> None:
    ours, theirs = house.firm("Ours"), house.firm("Theirs")
    admin = house.person(ours, Role.FIRM_ADMIN, number="1")
    tess = house.person(theirs, Role.FIRM_ADMIN, name="Tess Secret")
    before = footprint(house, theirs)
    import_id = keep(house, admin, f"number,name,email\n5,Tessa,{tess.email}\n6,Fresh,fresh@example.bz\n")
    plan = see(house, admin, import_id)
    assert [(one.kind, one.changes, one.reasons) for one in plan.verdicts] == [(Kind.NEW, (), ())] * 2
    file = take(house, admin, import_id).file
    assert (file.new_people, file.refused_rows) == (2, 0)
    assert employed(house, ours, "5").person_id == tess.id
    assert roles_of(house, ours, tess.id) == {"agent"}
    assert footprint(house, theirs) == before
    with house.writing(ours) as session:
        person = session.get(Person, tess.id)
        assert person is not None
        assert person.password_hash
        log = session.scalars(select(AuditEntry).where(AuditEntry.firm_id == ours)).all()
        shape = {tuple(sorted(one.detail)) for one in log if one.act == "person added by file"}
        assert shape == {("import", "name", "number", "row")}
    shown = house.client(admin).get("/people.csv").get_data(as_text=True)
    assert "Tess Secret" not in shown
    assert see(house, admin, keep(house, admin, shown)).counts[Kind.SAME] == 3


@pytest.mark.parametrize(
    ("cells", "out"),
    [
        ("agent,2026-03-02", True),
        ("agent,2025-12-31", True),
        ("agent|trainer,", True),
        ("agent,2026-03-03", False),
        ("agent,", False),
    ],
)
def test_whoever_leaves_or_gets_other_roles_is_signed_out_here_and_only_here(
    house: House, cells: str, out: bool
) -> None:
    ours, theirs = house.firm("Ours"), house.firm("Theirs")
    admin = house.person(ours, Role.FIRM_ADMIN)
    ana = house.person(ours, number="7", name="Ana")
    there = house.person(theirs, at=ana)
    other = house.person(ours, number="8", name="Ben")
    for one in (ana, there, other):
        house.client(one)
    bring(house, admin, f"number,name,roles,ended_on\n7,Ana Chi,{cells}\n")
    assert signed_in_at(house, ana, ours) is not out
    assert signed_in_at(house, ana, theirs)
    assert signed_in_at(house, other, ours)


def test_the_log_names_the_file_and_everybody_it_made_or_changed(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, name="Paula")
    house.person(firm, number="7", name="Ana")
    house.person(firm, number="8", name="Ben")
    bring(house, admin, "number,name\n7,Ana Chi\n8,Ben\n9,Eva\n")
    with house.writing(firm) as session:
        log = session.scalars(
            select(AuditEntry).where(AuditEntry.firm_id == firm).order_by(AuditEntry.number)
        ).all()
        assert [(one.act, one.detail.get("name", one.subject), one.by_name) for one in log] == [
            ("people imported", "p.csv", "Paula"),
            ("person changed by file", "Ana Chi", "Paula"),
            ("person added by file", "Eva", "Paula"),
        ]
        assert log[0].detail["new"] == 1
        assert log[0].detail["same"] == 1
        assert log[1].detail["changes"] == {"name": ["Ana", "Ana Chi"]}
        assert first_broken_entry(session, firm_id=firm) is None


def test_the_name_of_a_file_is_kept_without_what_cannot_be_seen(house: House) -> None:
    admin = house.person(house.firm(), Role.FIRM_ADMIN)
    kept = house.act(
        admin,
        importing.keep_file,
        file_name="a\u202e\nb" * 200 + ".csv",
        content=b"number,name\n1,Ana\n",
        storage=house.app.extensions["storage"],
    )
    assert len(kept.file_name) == 200
    assert kept.file_name.isprintable()
    assert kept.file_name.endswith(".csv")


def test_an_administrator_may_step_down_once_there_is_another(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, number="1", name="Paula")
    import_id = keep(house, admin, "number,name,roles\n1,Paula,agent\n")
    assert "without an administrator" in str(see(house, admin, import_id).verdicts[0].reasons[0])
    house.person(firm, Role.FIRM_ADMIN, number="2")
    assert take(house, admin, import_id).file.changed_people == 1
    with house.writing(firm) as session:
        later = house.noon + timedelta(minutes=1)
        found = queries.find_actor(session, firm_id=firm, person_id=admin.id, now=later)
    assert found is not None
    assert not found.has(Role.FIRM_ADMIN)


# Ten thousand


def many(count: int, word: str = "Person") -> str:
    """A file of many people."""
    return HEADER + "".join(
        f"N{n:05d},{word} Número {n},p{n}@example.bz,Team {n % 40},agent,agent,2025-01-06,\n"
        for n in range(count)
    )


def statements(app: Flask, act: Callable[[], object]) -> Counter[str]:
    """Which statements something costs, by their beginnings, and how many of each."""
    seen: Counter[str] = Counter()

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen[statement[:40]] += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
def test_ten_thousand_people_come_in_within_a_minute_and_are_all_the_same_after(
    app: Flask, house: House, record_property: Callable[[str, object], None]
) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    started = time.process_time()
    import_id = keep(house, admin, many(10_000))
    assert see(house, admin, import_id).counts[Kind.NEW] == 10_000
    record_property("preview of 10,000 new, s", time.process_time() - started)
    started = time.process_time()
    cost = statements(app, lambda: take(house, admin, import_id))
    record_property("10,000 new, s", took := time.process_time() - started)
    started = time.process_time()
    again = see(house, admin, keep(house, admin, many(10_000)))
    record_property("preview of 10,000 same, s", time.process_time() - started)
    assert again.counts == {Kind.NEW: 0, Kind.CHANGED: 0, Kind.SAME: 10_000, Kind.REFUSED: 0}
    assert took < 45
    assert cost.total() <= 9 * 10_000 / importing.BATCH, cost
    with house.writing(firm) as session:
        assert first_broken_entry(session, firm_id=firm) is None


def test_a_batch_costs_the_same_statements_for_few_people_as_for_many(app: Flask, house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    costs = []
    for count, word in ((3, "One"), (300, "One"), (3, "Two"), (300, "Three")):
        import_id = keep(
            house, admin, many(count, word).replace("N0", f"{count}N0").replace("@", f"{count}@")
        )
        costs.append(statements(app, lambda import_id=import_id: take(house, admin, import_id)))  # type: ignore[misc]
    assert costs[0] == costs[1]
    assert costs[2] == costs[3]
