"""Invitations and resets: taken up once, and what they do ends at the firm's own door."""

import re
import uuid
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.people import queries
from lms.people.models import AuditEntry, Employment, OneTimeLink, Person, SignIn
from lms.people.rules import INVITATION_LASTS, RESET_LASTS, NewPerson
from lms.people.services import employments, links, me, sign_in
from tests.house import PASSWORD, House, Someone

OWN, NEW, OTHER = PASSWORD, "quiet river under seven stars", "slow lantern over blue hole"


def add(house: House, by: Someone, email: str | None, starts: date = date(2026, 3, 2)) -> Someone:
    """Add somebody with an e-mail; they have accepted nothing yet."""
    new = NewPerson(
        "Ana Chi", f"A-{uuid.uuid4().hex[:4]}", email, "agent", None, frozenset({Role.AGENT}), starts
    )
    person_id = house.act(by, employments.add_person, new=new)
    return Someone(person_id, by.firm_id, "Ana Chi", email or "")


def link(house: House, by: Someone, who: Someone) -> str:
    """The code of a link for somebody."""
    made: links.MadeLink = house.act(by, links.make_link, person_id=who.id)
    return made.code


def use(house: House, code: str, password: str = NEW, later: timedelta = timedelta()) -> links.Entered:
    with house.writing() as session:
        return links.use_link(session, token=code, password=password, user_agent="", now=house.noon + later)


def opens(house: House, who: Someone, password: str) -> list[str]:
    """The firms that an e-mail and a password open."""
    with house.writing() as session:
        try:
            proved = sign_in.prove(session, name=who.email, firm_key="", password=password, now=house.noon)
        except Invalid:
            return []
    return [place.firm_name for place in proved.workplaces]


def sign_ins(house: House, who: Someone) -> list[tuple[uuid.UUID, bool]]:
    """Where a person is signed in, and whether only there."""
    with house.writing() as session:
        rows = session.execute(
            select(SignIn.firm_id, SignIn.only_here).where(
                SignIn.person_id == who.id, SignIn.ended_at.is_(None)
            )
        ).all()
    return [(row.firm_id, row.only_here) for row in rows]


# One link


def test_an_invitation_sets_the_first_password_and_works_once(house: House) -> None:
    firm = house.firm("One")
    admin = house.person(firm, Role.FIRM_ADMIN)
    ana = add(house, admin, "ana@example.bz")
    assert opens(house, ana, NEW) == []
    code = link(house, admin, ana)
    assert use(house, code).token
    assert opens(house, ana, NEW) == ["One"]
    with pytest.raises(NotFound, match="used already or is too old"):
        use(house, code)
    with house.writing(firm) as session:
        said = session.scalars(
            select(AuditEntry.act).where(AuditEntry.firm_id == firm).order_by(AuditEntry.number)
        ).all()
        kept = session.scalars(select(OneTimeLink.token_hash)).all()
    assert said == ["person added", "invitation made", "invitation taken up"]
    assert code not in kept


def test_a_code_is_taken_however_it_is_typed(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    code = link(house, admin, house.person(firm))
    with house.writing() as session:
        for typed in (
            code.lower(),
            f" {code[:4]}-{code[4:8]} {code[8:]} ",
            code.replace("0", "o").replace("1", "l"),
        ):
            links.check_code(session, code=typed, now=house.noon)
        with pytest.raises(Invalid, match="Check each letter"):
            links.check_code(session, code="made up", now=house.noon)


def test_a_link_dies_with_age_with_the_next_one_and_with_another_that_was_used(house: House) -> None:
    firm = house.firm()
    admin, person = house.person(firm, Role.FIRM_ADMIN), house.person(firm)
    ana = add(house, admin, "ana@example.bz")
    first, second = link(house, admin, person), link(house, admin, person)
    invitation = link(house, admin, ana)
    for code, later in ((first, timedelta()), (second, RESET_LASTS), (invitation, INVITATION_LASTS)):
        with pytest.raises(NotFound):
            use(house, code, later=later)
    assert use(house, second, later=RESET_LASTS - timedelta(seconds=1)).token
    assert use(house, invitation, later=INVITATION_LASTS - timedelta(seconds=1)).token


def test_a_bad_password_leaves_the_link_good(house: House) -> None:
    firm = house.firm()
    admin, person = house.person(firm, Role.FIRM_ADMIN), house.person(firm, name="Guadalupe Fernandez")
    code = link(house, admin, person)
    for password in ("too short", "aaaaaaaaaaaaaaaaaaaa", person.email, "Guadalupe Fernandez"):
        with pytest.raises(Invalid):
            use(house, code, password)
    assert use(house, code).token


def test_two_who_use_one_link_at_once_are_told_apart(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    firm = house.firm()
    code = link(house, house.person(firm, Role.FIRM_ADMIN), house.person(firm))
    with house.writing() as session:
        found = links.find_link(session, token=code, now=house.noon)
    use(house, code)
    monkeypatch.setattr(links, "find_link", lambda *_args, **_said: found)
    with pytest.raises(Conflict, match="just used"):
        use(house, code)


def test_a_reset_signs_out_here_when_it_is_made_and_replaces_the_password(house: House) -> None:
    firm = house.firm("One")
    admin, person = house.person(firm, Role.FIRM_ADMIN), house.person(firm)
    house.client(person)
    code = link(house, admin, person)
    assert sign_ins(house, person) == []
    use(house, code)
    assert (opens(house, person, NEW), opens(house, person, OWN)) == (["One"], [])


def test_whoever_starts_later_keeps_the_password_and_comes_in_on_the_day(house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN)
    ana = add(house, admin, "ana@example.bz", date(2026, 3, 9))
    assert use(house, link(house, admin, ana)) == links.Entered(None, date(2026, 3, 9))
    assert sign_ins(house, ana) == []


def test_a_link_of_a_person_who_left_or_of_a_closed_firm_is_dead(house: House) -> None:
    firm = house.firm()
    admin, person = house.person(firm, Role.FIRM_ADMIN), house.person(firm)
    code = link(house, admin, person)
    with house.writing(firm) as session:
        session.get_one(Employment, (firm, person.id)).locked_at = house.noon
    with pytest.raises(NotFound):
        use(house, code)


# Two firms, one person


def test_a_known_person_goes_on_with_the_password_they_have(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    person, admin = house.person(one), house.person(two, Role.FIRM_ADMIN)
    joined = add(house, admin, person.email)
    assert joined.id == person.id
    assert opens(house, person, OWN) == ["One"], "nothing before the person's yes"
    use(house, link(house, admin, joined), OWN)
    assert opens(house, person, OWN) == ["One", "Two"]
    assert sign_ins(house, person) == [(two, False)]


def test_a_new_password_by_one_firms_link_opens_that_firm_only(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    person, admin = house.person(one), house.person(two, Role.FIRM_ADMIN)
    house.client(person)
    joined = add(house, admin, person.email)
    use(house, link(house, admin, joined), NEW)
    assert opens(house, person, OWN) == ["One"]
    assert opens(house, person, NEW) == ["Two"]
    assert sorted(sign_ins(house, person)) == sorted([(one, False), (two, True)])
    actor = house.actor(joined)
    with house.writing(two) as session:
        places = sign_in.workplaces(session, actor=actor, now=house.noon, only_here=True)
        devices = queries.list_sign_ins(session, actor=actor, now=house.noon, only_here=True)
        own = queries.list_sign_ins(session, actor=actor, now=house.noon)
    assert [place.firm_name for place in places] == ["Two"]
    assert [device.firm_id for device in devices] == [two]
    assert [device.firm_id for device in own] == [one], "nor does the own password's sign-in see that one"
    with pytest.raises(NotFound):
        house.act(joined, sign_in.switch_firm, sign_in_id=devices[0].id, firm_id=one, only_here=True)


def test_one_firms_reset_of_a_person_of_two_firms_leaves_the_other_firm_alone(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    admin, person = house.person(one, Role.FIRM_ADMIN), house.person(one)
    elsewhere = house.person(two, at=person)
    house.clients([person, elsewhere])
    use(house, link(house, admin, person), NEW)
    assert opens(house, person, OWN) == ["Two"]
    assert opens(house, person, NEW) == ["One"]
    assert sorted(sign_ins(house, person)) == sorted([(one, True), (two, False)])


def test_a_reset_never_tells_whether_a_guess_was_the_persons_own_password(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    admin, person = house.person(one, Role.FIRM_ADMIN), house.person(one)
    house.person(two, at=person)
    use(house, link(house, admin, person), OWN)
    assert sign_ins(house, person) == [(one, True)], "a right guess opens no more than a wrong one"


def test_an_invitation_that_another_firm_squats_on_never_keeps_a_person_out(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    squatter, admin = house.person(one, Role.FIRM_ADMIN), house.person(two, Role.FIRM_ADMIN)
    taken = add(house, squatter, "ana@example.bz")
    use(house, link(house, squatter, taken), OTHER)  # the administrator uses it, not the person
    ana = add(house, admin, "ana@example.bz")
    use(house, link(house, admin, ana), NEW)
    assert opens(house, ana, NEW) == ["Two"]
    assert opens(house, ana, OTHER) == ["One"]


def test_neither_the_administrator_nor_the_holder_of_a_link_can_tell_who_is_known(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    known, admin = house.person(one), house.person(two, Role.FIRM_ADMIN)
    with house.writing() as session:
        session.get_one(Person, known.id).language = "es"
    pages = []
    for email in (known.email, "nobody@example.bz"):
        who = add(house, admin, email)
        desk = house.client(admin)
        hide = {str(who.id): "#", email: "@", who.name: "N"}
        told = [
            desk.get(f"/people/{who.id}"),
            desk.get(f"/people?q={email}"),
            desk.get(f"/people/{who.id}/edit"),
        ]
        code = link(house, admin, who)
        phone = house.client()
        told += [phone.get(f"/welcome/{code}"), phone.post(f"/welcome/{code}", data={"password": "short"})]
        told.append(phone.post(f"/welcome/{code}", data={"password": NEW}))
        told += [
            phone.get("/me"),
            phone.get("/me/firms"),
            phone.get("/me/devices"),
            desk.get(f"/people/{who.id}"),
        ]
        told.append(phone.post("/me/password", data={"old": NEW, "password": OTHER}))
        told.append(house.client().post("/sign-in", data={"name": email, "password": OTHER}))
        texts = []
        with house.writing(two) as session:
            number = session.scalars(
                select(Employment.employee_number).where(
                    Employment.firm_id == two, Employment.person_id == who.id
                )
            ).one()
            device = session.scalars(
                select(SignIn.id).where(SignIn.person_id == who.id, SignIn.firm_id == two)
            ).first()
        hide |= {code: "C", str(number): "K", str(device): "D"}
        for reply in told:
            text = f"{reply.status_code} {reply.headers.get('Location', '')} {reply.get_data(as_text=True)}"
            for secret, sign in hide.items():
                text = text.replace(secret, sign)
            text = re.sub(r'name="(csrf_token|seen)"[^>]* value="[^"]*"|data-store="[^"]*"', "", text)
            texts.append(text)
        pages.append(texts)
    for shown_known, shown_unknown in zip(*pages, strict=True):
        assert shown_known == shown_unknown


def test_a_language_chosen_behind_one_firms_password_stays_there(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    person, admin = house.person(one), house.person(two, Role.FIRM_ADMIN)
    joined = add(house, admin, person.email)
    token = use(house, link(house, admin, joined), NEW).token or ""
    with house.writing() as session:
        arrival = queries.find_arrival(session, token=token, now=house.noon)
        assert arrival is not None
        assert arrival.only_here
    house.act(
        joined,
        lambda session, actor, now: me.choose_language(
            session, actor=actor, language="es", only_on=arrival.sign_in_id
        ),
    )
    with house.writing() as session:
        again = queries.find_arrival(session, token=token, now=house.noon)
        assert again is not None
        assert (again.language, session.get_one(Person, person.id).language) == ("es", None)


def test_a_password_of_one_firm_is_changed_by_itself(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    person, admin = house.person(one), house.person(two, Role.FIRM_ADMIN)
    house.client(person)
    joined = add(house, admin, person.email)
    token = use(house, link(house, admin, joined), NEW).token or ""
    with house.writing() as session:
        arrival = queries.find_arrival(session, token=token, now=house.noon)
    assert arrival is not None

    def change(old: str) -> None:
        house.act(
            joined,
            sign_in.change_password,
            old=old,
            new=OTHER,
            sign_in_id=arrival.sign_in_id,
            only_here=True,
        )

    with pytest.raises(Invalid):
        change(OWN)
    change(NEW)
    assert (opens(house, person, OTHER), opens(house, person, OWN)) == (["Two"], ["One"])
    assert sorted(sign_ins(house, person)) == sorted([(one, False), (two, True)])


def test_one_firm_neither_makes_nor_ends_another_firms_links(house: House) -> None:
    one, two = house.firm("One"), house.firm("Two")
    first, second = house.person(one, Role.FIRM_ADMIN), house.person(two, Role.FIRM_ADMIN)
    ana, also = add(house, first, "ana@example.bz"), add(house, second, "ana@example.bz")
    stranger = house.person(two)
    waits = link(house, first, ana)
    link(house, second, also)
    with house.writing() as session:
        assert links.find_link(session, token=waits, now=house.noon)
    with pytest.raises(NotFound):
        link(house, first, stranger)
