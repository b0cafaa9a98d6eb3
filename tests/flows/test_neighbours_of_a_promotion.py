"""Every address of promotion, tried by who must not: another firm's manager, a former manager, a trainer and an agent."""

import uuid

import pytest
from flask import Flask
from sqlalchemy import update

from lms.foundation.actor import Role
from lms.foundation.policy import Permission
from lms.people.models import EmploymentRole
from tests.gates.test_the_wall_between_firms import address, ask, build, routes
from tests.house import House

FOR_EVERYBODY_HERE = {
    "tracks.consider_me",
    "tracks.withdraw",
    "tracks.passport_revoked",
}
"""With an id, and open to everybody of the firm on purpose: openings are; whether a passport was revoked is public."""


@pytest.mark.sqlite_is_enough
def test_no_neighbour_gets_anything_at_any_address(app: Flask, house: House) -> None:
    world = build(house, "Zyxwo")
    firm = world.firm_id
    former = house.person(firm, Role.MANAGER, name="Former Manager")
    browser = house.client(former)
    assert browser.get("/board").status_code == 200
    with house.writing(firm) as session:
        session.execute(
            update(EmploymentRole)
            .where(EmploymentRole.firm_id == firm, EmploymentRole.person_id == former.id)
            .values(role=Role.AGENT)
        )
    agent, trainer = house.person(firm, name="Neighbour"), house.person(firm, Role.TRAINER, name="Neighbour")
    stranger = house.person(house.firm("Maya"), Role.MANAGER, name="Stranger")
    readers = {
        "former manager": (former, browser),
        "agent": (agent, house.client(agent)),
        "trainer": (trainer, house.client(trainer)),
        "another firm's manager": (stranger, house.client(stranger)),
    }
    actors = {name: house.actor(one) for name, (one, _client) in readers.items()}
    permissions, tried, open_doors = app.extensions["permissions"], 0, []
    for rule, method in routes(app):
        if not rule.endpoint.startswith("tracks."):
            continue
        allow = getattr(app.view_functions[rule.endpoint], "allow", None)
        for name, (_one, client) in readers.items():
            if rule.endpoint in FOR_EVERYBODY_HERE and name != "another firm's manager":
                continue
            closed = isinstance(allow, Permission) and not permissions.could(actors[name], allow)
            about_one = bool(set(rule.arguments) & set(world.ids))
            if not closed and not about_one:
                continue  # their own pages, or a firm's own lists
            reply = ask(client, method, address(rule, world.ids, str(uuid.uuid4())))
            tried += 1
            wanted = (403,) if closed else (403, 404)
            if reply.status_code not in wanted and rule.endpoint != "tracks.passport_revoked":
                open_doors.append(f"{name}: {method} {rule}: {reply.status_code}")
            if name == "another firm's manager":
                assert b"Zyxwo" not in reply.get_data(), rule
    assert open_doors == []
    assert tried > 300
