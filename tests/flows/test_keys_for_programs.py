"""Keys with which another program of a firm sends figures: made, shown once, used, and of no use to anybody else."""

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from lms.foundation.actor import Role
from lms.people.models import AuditEntry, Employment
from lms.people.services.api_keys import make_key
from lms.tracks.models.kpi import KpiFact
from tests.figures import make
from tests.house import House

pytestmark = pytest.mark.sqlite_is_enough

WHERE = "/api/figures?source=Quality&map=fcr.n%3DFCR%20contacts"


def facts(house: House, firm: object) -> int:
    """How many figures a firm has."""
    with house.writing(firm) as session:  # type: ignore[arg-type]
        return session.scalar(select(func.count()).select_from(KpiFact).where(KpiFact.firm_id == firm)) or 0


def test_a_key_is_shown_once_brings_figures_in_and_ends(app: Flask, house: House) -> None:
    firm = house.firm()
    admin = house.person(firm, Role.FIRM_ADMIN, name="Ada Admin")
    for person in range(4):
        house.person(firm, number=f"{person + 1:05}")
    desk, program = house.client(admin), app.test_client()
    made = desk.post("/keys", data={"name": " Quality  tool "})
    found = re.search(r"ladder_[\w-]{43}", made.get_data(as_text=True))
    assert found
    assert made.headers["Cache-Control"] == "no-store"
    secret = found[0]
    assert secret not in desk.get("/keys").get_data(as_text=True)
    assert desk.post("/keys", data={"name": "Quality tool"}).status_code == 409
    assert desk.post("/keys", data={"name": " "}).status_code == 422
    with house.writing(firm) as session:
        kept = session.scalars(
            select(AuditEntry).where(AuditEntry.firm_id == firm, AuditEntry.act == "key made")
        ).one()
    assert secret not in str(vars(kept))

    body = make(40, 4, every=10).text.encode()
    sent = {"data": body, "headers": {"Authorization": f"Bearer {secret}"}}
    told = program.post(f"{WHERE}&dry_run=1", **sent)
    assert told.status_code == 200, told.get_data(as_text=True)
    assert told.json["written"] is False
    assert facts(house, firm) == 0
    first = program.post(WHERE, **sent)
    assert first.json["written"] is True
    assert first.json["counts"] == told.json["counts"]
    assert first.json["counts"]["taken"] > 0
    assert first.json["counts"]["skipped"] > 0
    assert all(row["why"] for row in first.json["rows"] if row["status"] == "skipped")
    stands = facts(house, firm)
    again = program.post(WHERE, **sent)
    assert (again.json["written"], facts(house, firm)) == (False, stands)
    assert "not yet" not in desk.get("/keys").get_data(as_text=True)

    wrong = program.post(WHERE, data=b"\x00\x01", headers=sent["headers"])
    assert (wrong.status_code, wrong.json["status"]) == (422, 422)
    assert wrong.json["error"]
    big = program.post(WHERE, data=b"a" * (2 * 1024 * 1024 + 1), headers=sent["headers"])
    assert big.json["error"] == "Send at most 2 MB at a time."
    pieces = program.post(
        WHERE,
        input_stream=io.BytesIO(body + b"," * (2 * 1024 * 1024)),
        environ_overrides={"wsgi.input_terminated": True, "CONTENT_LENGTH": ""},
        headers=sent["headers"],
    )
    assert pieces.json["error"] == big.json["error"], "half a file is no file"
    (key_id,) = re.findall(r"/keys/([\w-]+)/end", desk.get("/keys").get_data(as_text=True))
    assert desk.post(f"/keys/{key_id}/end").status_code == 302
    assert program.post(WHERE, **sent).status_code == 401
    assert desk.post(f"/keys/{key_id}/end").status_code == 404


def test_a_key_opens_nothing_else_for_nobody_else_and_not_longer_than_its_maker_works_here(
    app: Flask, house: House
) -> None:
    ours, theirs = house.firm(), house.firm("Maya")
    admin, other = house.person(ours, Role.FIRM_ADMIN), house.person(theirs, Role.FIRM_ADMIN)
    secret = house.act(admin, make_key, name="Tool")
    program, body = app.test_client(), make(8, 4).text.encode()
    headers = {"Authorization": f"Bearer {secret}"}
    for path in ("/people", "/figures", "/board", "/keys", "/me"):
        assert program.get(path, headers=headers).status_code in (302, 401), path
    refused = [
        program.post(WHERE, data=body, headers=one)
        for one in ({}, {"Authorization": secret}, {"Authorization": "Bearer ladder_" + "x" * 43})
    ]
    assert {(one.status_code, one.get_data()) for one in refused} == {(401, refused[0].get_data())}
    assert house.client(other).post(WHERE, data=body).status_code == 401, "a sign-in is no key"
    for role in (Role.AGENT, Role.TRAINER, Role.ASSESSOR, Role.MANAGER):
        reader = house.client(house.person(ours, role))
        assert reader.get("/keys").status_code == 403
        assert reader.post("/keys", data={"name": "Mine"}).status_code == 403
    for person in range(4):
        house.person(theirs, number=f"{person + 1:05}")
    about_theirs = program.post(WHERE, data=body, headers=headers)
    assert about_theirs.status_code == 422, "nobody of those numbers works at the key's firm"
    assert about_theirs.json["error"] == "Nothing in the file could be taken."
    assert facts(house, ours) == facts(house, theirs) == 0
    with house.writing(ours) as session:
        session.execute(
            update(Employment)
            .where(Employment.firm_id == ours, Employment.person_id == admin.id)
            .values(ended_on=house.noon.date() - timedelta(days=1))
        )
    assert program.post(WHERE, data=body, headers=headers).status_code == 401
    second = house.client(house.person(ours, Role.FIRM_ADMIN))
    assert "who made it has left" in second.get("/keys").get_data(as_text=True)
