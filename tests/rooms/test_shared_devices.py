"""Shared devices of the floor: who registers one, what a PIN opens, how guessing is slowed, what a phone says yes to."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.people import queries
from lms.people.models import AuditEntry, Employment, Pin, SignIn
from lms.people.pins import CLAIM_LASTS, REQUEST_LASTS, SHARED_SIGN_IN_LASTS, WRONG_BEFORE_GONE
from lms.people.queries.floor import (
    FloorDevice,
    Policy,
    find_floor_device,
    list_shared_devices,
    list_team_here,
)
from lms.people.services import by_phone, floor, pins, sign_in
from tests.house import House, Someone

PIN = "740268"


@dataclass
class Floor:
    """A firm with a shared device, an administrator, and Ana who has a PIN."""

    house: House
    firm: uuid.UUID
    admin: Someone
    ana: Someone
    secret: str

    def device(self) -> FloorDevice:
        with self.house.writing() as session:
            found = find_floor_device(session, secret=self.secret)
        assert found is not None
        return found

    def sits(self) -> str:
        """Ana sits down at the device; her token."""
        way = sign_in.Way("pin", remembered=False, device=self.device())
        with self.house.writing(self.firm) as session:
            return sign_in.open_sign_in(
                session,
                person_id=self.ana.id,
                firm_id=self.firm,
                user_agent="",
                now=self.house.noon,
                way=way,
            )

    def enters(self, number: str, pin: str, later: timedelta = timedelta()) -> uuid.UUID:
        """Try to sign in at the device, as the page does: count, look, forget."""
        device, now = self.device(), self.house.noon + later
        with self.house.writing(self.firm) as session:
            tried = pins.count_try(session, device=device, number=number, person_id=None, now=now)
        who = pins.check_pin(tried, pin)
        with self.house.writing(self.firm) as session:
            pins.forget_wrong_tries(session, device=device, person_id=who)
        return who

    def wrong(self, number: str, pin: str, later: timedelta = timedelta()) -> str:
        with pytest.raises(Invalid) as caught:
            self.enters(number, pin, later)
        return str(caught.value)


def build(house: House, name: str = "Toucan Connect") -> Floor:
    firm = house.firm(name)
    admin = house.person(firm, Role.FIRM_ADMIN, name="Ada Admin")
    ana = house.person(firm, name="Ana Chi", number="A-7")
    house.act(ana, pins.set_pin, pin=PIN)
    secret = house.act(admin, floor.register_device, name="Row C 4", team_id=None)
    return Floor(house, firm, admin, ana, secret)


# Registering


def test_administrators_managers_and_leads_register_and_a_lead_only_for_a_team_of_theirs(
    house: House,
) -> None:
    firm = house.firm()
    lead = house.person(firm)
    team, other = house.team(firm, "Night", lead=lead), house.team(firm, "Day")
    manager, agent = house.person(firm, Role.MANAGER), house.person(firm)
    house.act(manager, floor.register_device, name="One", team_id=None)
    house.act(lead, floor.register_device, name="Two", team_id=team)
    for who, team_id in ((lead, other), (lead, None), (agent, team)):
        with pytest.raises(NotAllowed):
            house.act(who, floor.register_device, name="Three", team_id=team_id)
    with pytest.raises(Conflict):
        house.act(manager, floor.register_device, name="Two", team_id=None)
    with pytest.raises(NotFound):
        house.act(manager, floor.register_device, name="Four", team_id=house.team(house.firm("Else")))
    for who, names in ((manager, ["One", "Two"]), (lead, ["Two"])):
        with house.writing(firm) as session:
            lines = list_shared_devices(session, actor=house.actor(who))
        assert [line.name for line in lines] == names


def test_a_revoked_device_opens_nothing_and_who_sits_there_is_out(house: House) -> None:
    here, neighbour = build(house), build(house, "Quetzal")
    token = here.sits()
    device_id = here.device().id
    for who, error in ((neighbour.admin, NotFound), (here.ana, NotAllowed)):
        with pytest.raises(error):
            house.act(who, floor.revoke_device, device_id=device_id)
    house.act(here.admin, floor.revoke_device, device_id=device_id)
    with house.writing() as session:
        assert find_floor_device(session, secret=here.secret) is None
        assert queries.find_arrival(session, token=token, now=house.noon) is None
        assert find_floor_device(session, secret=neighbour.secret) is not None
    with house.writing(here.firm) as session:
        acts = session.scalars(
            select(AuditEntry.act).where(AuditEntry.firm_id == here.firm).order_by(AuditEntry.number)
        ).all()
    assert acts == ["PIN set", "shared device registered", "shared device revoked"]


# PINs


def test_a_pin_opens_its_firms_devices_and_every_refusal_sounds_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, other = build(house), build(house, "Quetzal")
    gone, bare = house.person(here.firm, number="A-8"), house.person(here.firm, number="A-9")
    theirs = house.person(other.firm, number="Q-1")
    house.act(gone, pins.set_pin, pin=PIN)
    house.act(theirs, pins.set_pin, pin=PIN)
    with house.writing(here.firm) as session:
        session.execute(
            update(Employment)
            .where(Employment.firm_id == here.firm, Employment.person_id == gone.id)
            .values(locked_at=house.noon)
        )
    assert here.enters("A-7", PIN) == here.ana.id
    worked: list[bool] = []
    is_right = pins.is_right
    monkeypatch.setattr(pins, "is_right", lambda kept, pin: worked.append(True) or is_right(kept, pin))
    said = {
        here.wrong("A-7", "740269"),
        here.wrong("A-8", PIN),
        here.wrong("A-9", PIN),
        here.wrong("Q-1", PIN),
        here.wrong("nobody", PIN),
        here.wrong("", ""),
    }
    assert len(said) == 1
    assert len(worked) == 6
    assert bare


def test_a_guesser_waits_ever_longer_and_in_the_end_the_pin_is_closed(house: House) -> None:
    here, later = build(house), timedelta()
    for _once in range(3):
        here.wrong("A-7", "740269", later)
    here.wrong("A-7", PIN, later + timedelta(seconds=29))  # the right one too: it has to wait
    assert here.enters("A-7", PIN, later + timedelta(seconds=31)) == here.ana.id
    for _once in range(WRONG_BEFORE_GONE):
        later += timedelta(hours=2)
        here.wrong("A-7", "740269", later)
    here.wrong("A-7", PIN, later + timedelta(days=3))
    with house.writing(here.firm) as session:
        acts = session.scalars(
            select(AuditEntry.act).where(AuditEntry.firm_id == here.firm).order_by(AuditEntry.number)
        ).all()
        assert (
            session.scalars(select(Pin.wrong_pins).where(Pin.firm_id == here.firm)).one() == WRONG_BEFORE_GONE
        )
    assert acts[-1] == "PIN closed after too many wrong tries"
    house.act(here.ana, pins.set_pin, pin="281940", now=house.noon + later)
    assert here.enters("A-7", "281940", later + timedelta(days=3)) == here.ana.id


def test_a_device_waits_when_many_numbers_are_tried_and_ones_own_pin_does_not_set_it_back(
    house: House,
) -> None:
    here = build(house)
    for number in range(10):
        here.wrong(f"X-{number}", PIN)
    assert here.enters("A-7", PIN) == here.ana.id
    for number in range(10):
        here.wrong(f"Y-{number}", PIN)
    here.wrong("A-7", PIN, timedelta(seconds=59))
    assert here.enters("A-7", PIN, timedelta(seconds=61)) == here.ana.id


def test_a_pin_needs_a_number_and_can_be_taken_away(house: House) -> None:
    here = build(house)
    with pytest.raises(Conflict):
        house.act(house.person(here.firm), pins.set_pin, pin=PIN)
    with pytest.raises(Invalid):
        house.act(here.ana, pins.set_pin, pin="123456")
    house.act(here.ana, pins.drop_pin)
    here.wrong("A-7", PIN)


def test_a_shared_sign_in_locks_when_nobody_is_there_and_opens_one_firm(house: House) -> None:
    here = build(house)
    second = house.firm("Second")
    house.person(second, at=here.ana)
    house.act(here.admin, floor.decide_policy, decided=Policy(3, False, False))

    def came(later: timedelta) -> queries.Arrival | None:
        with house.writing() as session:
            return queries.find_arrival(session, token=token, now=house.noon + later)

    token = here.sits()
    arrival = came(timedelta(minutes=2, seconds=59))
    assert arrival is not None
    assert arrival.only_here
    assert came(timedelta(minutes=3)) is None
    with house.writing() as session:
        session.execute(
            update(SignIn)
            .where(SignIn.id == arrival.sign_in_id)
            .values(last_seen_at=house.noon + SHARED_SIGN_IN_LASTS)
        )
    assert came(SHARED_SIGN_IN_LASTS) is None
    assert len(house.act(here.ana, sign_in.workplaces, only_here=True)) == 1


# The firm's rules


def test_only_an_administrator_decides_and_names_are_shown_for_the_devices_team_alone(house: House) -> None:
    firm = house.firm()
    lead = house.person(firm, name="Lena Lead")
    team = house.team(firm, "Night", lead=lead)
    below, other = house.team(firm, "Late Night", parent=team), house.team(firm, "Day")
    ben = house.person(firm, name="Ben Tzul", team_id=below)
    house.person(firm, name="Cara Day", team_id=other)
    left = house.person(firm, name="Lou Left", team_id=team)
    with house.writing(firm) as session:
        session.execute(
            update(Employment)
            .where(Employment.firm_id == firm, Employment.person_id == left.id)
            .values(ended_on=house.noon.date() - timedelta(days=1))
        )
    secret = house.act(lead, floor.register_device, name="Row", team_id=team)
    with house.writing() as session:
        device = find_floor_device(session, secret=secret)
    assert device is not None
    assert not device.policy.team_list
    with house.writing(firm) as session:
        assert list_team_here(session, device=device, today=house.noon.date()) == [(ben.id, "Ben Tzul")]
    for who in (lead, house.person(firm, Role.MANAGER)):
        with pytest.raises(NotAllowed):
            house.act(who, floor.decide_policy, decided=Policy(5, True, False))
    with pytest.raises(Invalid):
        house.act(house.person(firm, Role.FIRM_ADMIN), floor.decide_policy, decided=Policy(31, True, False))


# A phone


def asked(here: Floor, later: timedelta = timedelta()) -> str:
    device = here.device()
    with here.house.writing(here.firm) as session:
        return by_phone.ask(session, device=device, now=here.house.noon + later)


def claims(here: Floor, token: str, later: timedelta = timedelta()) -> uuid.UUID:
    device = here.device()
    with here.house.writing(here.firm) as session:
        return by_phone.claim(session, device=device, token=token, now=here.house.noon + later)


def test_a_phone_says_yes_once_and_the_device_goes_in_once(house: House) -> None:
    here = build(house)
    token = asked(here)
    with pytest.raises(NotFound):
        claims(here, token)
    told = house.act(here.ana, by_phone.asking, token=token)
    assert told.device_name == "Row C 4"
    house.act(here.ana, by_phone.approve, token=token)
    assert claims(here, token) == here.ana.id
    with pytest.raises(NotFound):
        claims(here, token)
    with pytest.raises(NotFound):
        house.act(here.ana, by_phone.approve, token=token)


def test_a_code_that_is_used_late_foreign_or_made_up_gets_one_sentence(house: House) -> None:
    here, other = build(house), build(house, "Quetzal")
    token, late = asked(here), REQUEST_LASTS
    deeds: list[Callable[[], object]] = [
        lambda: house.act(other.ana, by_phone.approve, token=token),
        lambda: house.act(here.ana, by_phone.approve, token="made-up"),
        lambda: house.act(here.ana, by_phone.approve, token=token, now=house.noon + late),
        lambda: claims(other, token),
    ]
    said = set()
    for deed in deeds:
        with pytest.raises(NotFound) as caught:
            deed()
        said.add(str(caught.value))
    house.act(here.ana, by_phone.approve, token=token)
    with pytest.raises(NotFound) as caught:
        claims(here, token, CLAIM_LASTS)
    assert said == {str(caught.value)}
    newer = asked(here)
    with pytest.raises(NotFound):
        claims(here, token)
    house.act(here.ana, by_phone.approve, token=newer)
    house.act(here.admin, floor.revoke_device, device_id=here.device().id)
    with house.writing() as session:
        assert find_floor_device(session, secret=here.secret) is None
