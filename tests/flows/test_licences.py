"""Gold contacts are rated blind; a round earns a licence; a firm that asks for licences counts ratings by it."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed
from lms.tracks.framework_files import shipped_gold
from lms.tracks.models import EvidenceRow, GoldRating, RaterLicence
from lms.tracks.services.calibration import NewGold, rate_gold, write_gold
from lms.tracks.services.groups import settle_promotions
from lms.tracks.services.rating import Subject, record_rating
from tests.house import House, Someone

FORM = "call-scorecard"
GOLD = [one for one in shipped_gold() if one.form == FORM]


def settle(house: House, admin: Someone, since: date | None) -> None:
    house.act(admin, settle_promotions, appeal_days=10, holds_groups=False, licences_from=since)


def rate_all(house: House, assessor: Someone, *, mild: bool = False, at: datetime | None = None) -> Any:
    licence = None
    for one in GOLD:
        marks = {key: "1" if mild and value == "0" else value for key, value in one.marks.items()}
        when = {"now": at} if at else {}
        _row, licence = house.act(assessor, rate_gold, form_key=FORM, contact=one.key, marks=marks, **when)
    return licence


def seen(house: House, assessor: Someone, agent: Someone, at: datetime | None = None) -> EvidenceRow:
    when = {"now": at} if at else {}
    about = Subject(agent.id, FORM, (at or house.noon).date(), "A1", 2)
    row: EvidenceRow = house.act(
        assessor, record_rating, about=about, marks=GOLD[0].marks, note="One call.", **when
    )
    return row


def test_a_round_is_blind_until_it_is_done_and_earns_a_licence(house: House) -> None:
    firm = house.firm()
    assessor = house.person(firm, Role.ASSESSOR)
    client = house.client(assessor)
    assert "0 of 10 contacts rated" in client.get("/ratings/calibration").text
    address = f"/ratings/calibration/{FORM}/{GOLD[0].key}"
    page = client.get(address).text
    assert GOLD[0].title in page
    assert all(why not in page for why in GOLD[0].why.values()), "nothing of what was agreed"
    assert client.post(address, data={"mark_greet": "1"}).status_code == 422
    for one in GOLD:
        at = f"/ratings/calibration/{FORM}/{one.key}"
        reply = client.post(at, data={f"mark_{key}": value for key, value in one.marks.items()})
        assert reply.status_code == 302
        if one is GOLD[0]:
            assert client.post(at, data={f"mark_{key}": "1" for key in one.marks}).status_code == 302
            assert client.get(f"/ratings/calibration/{FORM}/rounds/1").status_code == 404
            assert client.get(at).status_code == 409
    result = client.get(f"/ratings/calibration/{FORM}/rounds/1").text
    assert "Licence until" in result
    assert "1.00" in result, "the first marks of a contact counted"
    assert "n = 10" in result
    assert "The next round opens on" in client.get("/ratings/calibration").text
    with pytest.raises(Conflict):
        _too_early(house, assessor)


def _too_early(house: House, assessor: Someone) -> None:
    manager = house.person(assessor.firm_id, Role.MANAGER)
    new = NewGold(
        uuid.uuid4(), FORM, "A new one", "", "Agent: Hello\nCaller: Hi", "", GOLD[0].marks, "Agreed by three."
    )
    house.act(manager, write_gold, new=new)
    house.act(assessor, rate_gold, form_key=FORM, contact=str(new.id), marks=new.marks)


def test_without_a_licence_a_rating_informs_where_the_firm_asks_for_one(house: House) -> None:
    firm = house.firm()
    admin, assessor = house.person(firm, Role.FIRM_ADMIN), house.person(firm, Role.ASSESSOR)
    agent, manager = house.person(firm), house.person(firm, Role.MANAGER)
    assert "information" not in seen(house, assessor, agent).detail, "a firm that asks for none loses nothing"
    with pytest.raises(Invalid):
        settle(house, admin, house.noon.date() - timedelta(days=1))
    tomorrow = house.noon + timedelta(days=1)
    settle(house, admin, tomorrow.date())
    assert "information" not in seen(house, assessor, agent).detail
    assert seen(house, assessor, agent, tomorrow).detail["information"] is True
    assert rate_all(house, assessor, mild=True) is None, "who sees no fault earns no licence"
    assert seen(house, assessor, agent, tomorrow).detail["information"] is True
    later = house.noon + timedelta(days=8)
    licence = rate_all(house, assessor, at=later)
    assert licence is not None
    assert licence.expires_on > later.date() + timedelta(days=170)
    assert "information" not in seen(house, assessor, agent, later).detail
    after = datetime.combine(licence.expires_on, house.noon.timetz()) + timedelta(days=1)
    assert seen(house, assessor, agent, after).detail["information"] is True
    with house.writing(firm) as session:
        assert len(session.scalars(select(RaterLicence).where(RaterLicence.firm_id == firm)).all()) == 1
    page = house.client(manager).get("/licences").text
    assert assessor.name in page
    assert "n = 20" in page
    assert "not enough data yet" in page, "who rated nothing is no figure"
    assert "Informs" in house.client(manager).get(f"/board/people/{agent.id}/ledger?as_of=2026-12-01").text


def test_a_licence_and_what_it_came_from_are_written_once(house: House) -> None:
    assessor = house.person(house.firm(), Role.ASSESSOR)
    assert rate_all(house, assessor) is not None
    for model in (GoldRating, RaterLicence):
        for act in (update(model).values(round=9), delete(model)):
            with pytest.raises(DBAPIError), house.writing(assessor.firm_id) as session:
                session.execute(act.where(model.firm_id == assessor.firm_id))


def test_only_who_looks_after_choices_sees_licences_and_writes_gold(app: Flask, house: House) -> None:
    firm, other = house.firm(), house.firm("Other")
    assessor, manager = house.person(firm, Role.ASSESSOR), house.person(firm, Role.MANAGER)
    stranger = house.person(other, Role.MANAGER)
    client = house.client(manager)
    data = {"gold_id": uuid.uuid4(), "heading": "Ours", "call": "Agent: Hello\nCaller: Hi", "why": "Agreed."}
    data |= {f"mark_{key}": value for key, value in GOLD[0].marks.items()}
    address = f"/licences/contacts/{FORM}/new"
    assert house.client(assessor).get(address).status_code == 403
    assert client.get(address).status_code == 200
    for _twice in range(2):
        assert client.post(address, data=data).status_code == 302
    page = client.get("/licences").text
    assert page.count(">Ours<") == 1
    retire = f"/licences/contacts/{data['gold_id']}/retire"
    assert house.client(stranger).post(retire).status_code == 404
    assert ">Ours<" not in house.client(stranger).get("/licences").text
    assert house.client(stranger).get(f"/ratings/calibration/{FORM}/{data['gold_id']}").status_code == 404
    assert house.client(assessor).get(f"/ratings/calibration/{FORM}/{data['gold_id']}").status_code == 200
    for role in (Role.AGENT, Role.ASSESSOR):
        assert house.client(house.person(firm, role)).get("/licences").status_code == 403
    assert client.post(retire).status_code == 302
    assert house.client(assessor).get(f"/ratings/calibration/{FORM}/{data['gold_id']}").status_code == 404
    with pytest.raises(NotAllowed):
        house.act(house.person(firm), rate_gold, form_key=FORM, contact=GOLD[0].key, marks=GOLD[0].marks)
