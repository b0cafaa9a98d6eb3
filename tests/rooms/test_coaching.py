"""The team's day and coaching notes, in a real session: who sees them, what is kept, what waits."""

import uuid
from datetime import date, timedelta

import pytest

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.events import _listeners
from lms.tracks.kpi.leave import Leave, LeaveAsked
from lms.tracks.pages.team_today import TeamToday, team_today
from lms.tracks.services.coaching import NewNote, write_note
from tests.house import House, Someone


class Crew:
    """A lead with a team of two, and somebody of another team."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.firm = house.firm()
        self.lead = house.person(self.firm, Role.AGENT, name="Lea", job_role="team lead")
        self.team = house.team(self.firm, "Billing", lead=self.lead)
        self.ana = house.person(self.firm, name="Ana", team_id=self.team)
        self.ben = house.person(self.firm, name="Ben", team_id=self.team)
        self.other = house.person(self.firm, name="Olga", team_id=house.team(self.firm, "Travel"))
        self.today = house.noon.date()

    def note(self, by: Someone, about: Someone, text: str = "Ask, then wait.", **more: object):  # type: ignore[no-untyped-def]
        days = more.pop("days", 0)
        note = NewNote(
            text, self.today + timedelta(days=days) if days is not None else None, more.pop("follows", None)
        )  # type: ignore[arg-type, operator]
        return self.house.act(by, write_note, person_id=about.id, note=note, **more)

    def day(self, who: Someone) -> TeamToday:
        found: TeamToday = self.house.act(who, team_today)
        return found


def test_a_note_waits_for_its_day_and_is_followed_up_once(house: House) -> None:
    crew = Crew(house)
    first = crew.note(crew.lead, crew.ana)
    assert [one.person for one in crew.day(crew.lead).notes] == ["Ana"]
    crew.note(crew.lead, crew.ana, "She waits now.", follows=first.id, days=None)
    assert crew.day(crew.lead).notes == []
    with pytest.raises(Conflict):
        crew.note(crew.lead, crew.ana, "Again.", follows=first.id)
    page = house.client(crew.ana).get("/path/notes").get_data(as_text=True)
    assert "Ask, then wait." in page
    assert "She waits now." in page, "the person reads every note"


def test_a_note_sent_twice_is_kept_once(house: House) -> None:
    crew = Crew(house)
    note_id = uuid.uuid4()
    crew.note(crew.lead, crew.ana, note_id=note_id)
    crew.note(crew.lead, crew.ana, note_id=note_id)
    assert len(crew.day(crew.lead).notes) == 1


def test_only_their_lead_or_a_manager_writes_and_nobody_about_themself(house: House) -> None:
    crew = Crew(house)
    for by, about in ((crew.lead, crew.other), (crew.ana, crew.ben), (crew.lead, crew.lead)):
        with pytest.raises(NotAllowed):
            crew.note(by, about)
    stranger = house.person(house.firm("Blue Hole"), Role.MANAGER)
    with pytest.raises(NotFound):
        crew.note(stranger, crew.ana)
    with pytest.raises(Invalid):
        crew.note(crew.lead, crew.ana, "  ")
    with pytest.raises(Invalid):
        crew.note(crew.lead, crew.ana, days=-1)
    with pytest.raises(NotAllowed):
        crew.day(crew.ana)


def test_the_day_names_who_was_not_seen_and_who_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    crew = Crew(house)
    back = Leave(crew.ana.id, date(2026, 1, 5), crew.today - timedelta(days=3))
    away = Leave(crew.ben.id, date(2026, 2, 1), None)
    monkeypatch.setitem(_listeners, LeaveAsked, (lambda _session, _asked: [back, away],))
    day = crew.day(crew.lead)
    assert [name for _id, name, _leave in day.back] == ["Ana"]
    assert [one.name for one in day.unseen] == ["Ana"], "who is away is left in peace"
    assert day.people == 2, "other teams are not here"


def test_the_pages_show_it_and_take_a_note(house: House) -> None:
    crew = Crew(house)
    client = house.client(crew.lead)
    assert "Due for an observation" in client.get("/team-today").get_data(as_text=True)
    address = f"/team-today/{crew.ana.id}/notes"
    assert client.post(address, data={"text": ""}).status_code == 422
    reply = client.post(address, data={"text": "One thing.", "note_id": str(uuid.uuid4())})
    assert reply.status_code == 302
    assert "One thing." in client.get(address).get_data(as_text=True)
    ana = house.client(crew.ana)
    assert ana.get(address).status_code == 403
    way = 'href="/team-today"'
    assert way in client.get("/today").get_data(as_text=True), "a lead who learns lands on Today"
    assert way not in ana.get("/today").get_data(as_text=True)
