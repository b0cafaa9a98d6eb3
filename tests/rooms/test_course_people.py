"""Who is on a course: authors and reviewers, what a firm lets others do, and the neighbours who must not."""

import itertools
import uuid
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.courses.models import Course, CoursePerson
from lms.courses.policy import POLICY, CoursePermission
from lms.courses.queries import people as queries
from lms.courses.services import drafts, publish_draft
from lms.courses.services.drafts import Changes
from lms.courses.services.people import put_on_course, set_policy, take_off_course
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.policy import Permissions
from lms.people.models import AuditEntry, Employment
from lms.web.request import db
from tests.house import House, Someone


class World:
    """A firm that lets named authors edit and nobody else, and a course of its author."""

    def __init__(self, house: House) -> None:
        self.house, self.firm = house, house.firm()
        self.author = house.person(self.firm, Role.TRAINER, name="Ana Author")
        self.other = house.person(self.firm, Role.TRAINER, name="Otto Other")
        self.lead = house.person(self.firm, Role.ASSESSOR, name="Rita Reviewer")
        self.agent = house.person(self.firm, name="Abel Agent")
        self.admin = house.person(self.firm, Role.FIRM_ADMIN, name="Adela Admin")
        self.neighbour = house.person(house.firm("Other"), Role.TRAINER, name="Nora Neighbour")
        self.course: uuid.UUID = house.act(
            self.author, drafts.start_course, title="Storm day", language="en"
        ).id
        house.act(self.admin, set_policy, only_named=True, reviewed=False)

    def put(self, by: Someone, who: Someone, role: str) -> CoursePerson:
        row: CoursePerson = self.house.act(
            by, put_on_course, course_id=self.course, person_id=who.id, role=role
        )
        return row

    def off(self, by: Someone, who: Someone) -> None:
        self.house.act(by, take_off_course, course_id=self.course, person_id=who.id)

    def edit(self, by: Someone) -> None:
        with self.house.writing(by.firm_id) as session:
            actor = self.house.actor(by)
            drafts.open_draft(session, actor=actor, course_id=self.course)

    def roles(self) -> dict[str, str]:
        with self.house.writing(self.firm) as session:
            found = queries.list_on_course(
                session,
                actor=self.house.actor(self.admin),
                course_id=self.course,
                today=self.house.noon.date(),
            )
            return {one.name: one.role for one in found}

    def acts(self) -> list[str]:
        with self.house.writing(self.firm) as session:
            return list(
                session.scalars(
                    select(AuditEntry.act).where(AuditEntry.firm_id == self.firm).order_by(AuditEntry.number)
                )
            )


@pytest.fixture
def world(house: House) -> World:
    return World(house)


def test_whoever_begins_a_course_is_its_lead_author(world: World) -> None:
    assert world.roles() == {"Ana Author": "lead"}
    world.edit(world.author)


def test_where_only_the_named_may_edit_another_trainer_may_not(world: World) -> None:
    with pytest.raises(NotAllowed, match="Only the people named on this course"):
        world.edit(world.other)
    world.house.act(world.admin, set_policy, only_named=False, reviewed=False)
    world.edit(world.other)


def test_a_co_author_may_edit_and_publish_and_a_reviewer_may_only_read(app: Flask, world: World) -> None:
    house = world.house
    world.put(world.author, world.other, "author")
    world.edit(world.other)
    world.put(world.author, world.lead, "reviewer")
    with house.writing(world.firm) as session:
        actor = house.actor(world.lead)
        seen = drafts.see_draft(
            session, actor=actor, course_id=world.course, permission=CoursePermission.SEE_DRAFT
        )
        assert "Storm day" in seen.files["course.yaml"]
    for forbidden in (
        lambda: world.edit(world.lead),
        lambda: house.act(
            world.lead,
            drafts.save_draft,
            course_id=world.course,
            revision=1,
            changes=Changes({"lessons/x.md": "x"}),
            storage=app.extensions["storage"],
        ),
        lambda: house.act(
            world.lead,
            publish_draft,
            course_id=world.course,
            revision=1,
            note="x",
            storage=app.extensions["storage"],
        ),
        lambda: world.put(world.lead, world.other, "author"),
        lambda: world.off(world.lead, world.author),
    ):
        with pytest.raises(NotAllowed):
            forbidden()


def test_another_firms_trainer_finds_nothing_and_nobody(world: World) -> None:
    for act in (
        lambda: world.edit(world.neighbour),
        lambda: world.put(world.neighbour, world.neighbour, "author"),
        lambda: world.off(world.neighbour, world.author),
        lambda: world.put(world.author, world.neighbour, "author"),
        lambda: world.put(world.author, world.agent, "reviewer"),
    ):
        with pytest.raises(NotFound):
            act()
    assert world.roles() == {"Ana Author": "lead"}


def test_only_trainers_become_authors(world: World) -> None:
    with pytest.raises(Invalid, match="Rita Reviewer is not a trainer"):
        world.put(world.author, world.lead, "author")
    with pytest.raises(Invalid, match="Choose what"):
        world.put(world.author, world.other, "king")


def test_the_last_author_stays_and_the_lead_passes_on(world: World) -> None:
    for act in (
        lambda: world.off(world.author, world.author),
        lambda: world.put(world.author, world.author, "reviewer"),
    ):
        with pytest.raises(Conflict, match="at least one author"):
            act()
    world.put(world.author, world.other, "author")
    world.off(world.author, world.author)
    assert world.roles() == {"Otto Other": "lead"}
    with pytest.raises(NotAllowed):
        world.edit(world.author)
    assert world.acts()[-2:] == ["person put on a course", "person taken off a course"]


def test_a_new_lead_leaves_the_one_of_before_an_author(world: World) -> None:
    world.put(world.author, world.other, "lead")
    assert world.roles() == {"Otto Other": "lead", "Ana Author": "author"}
    assert world.put(world.author, world.other, "lead").role == "lead"
    assert world.acts().count("person put on a course") == 1


def test_an_administrator_takes_over_when_the_author_has_left(world: World) -> None:
    house = world.house
    with house.writing(world.firm) as session:
        one = session.scalars(
            select(Employment).where(
                Employment.firm_id == world.firm, Employment.person_id == world.author.id
            )
        ).one()
        one.ended_on = house.noon.date() - timedelta(days=1)
    with pytest.raises(NotAllowed):
        world.put(world.other, world.other, "lead")
    with house.writing(world.firm) as session:
        admin = house.actor(world.admin)
        orphans = queries.list_orphans(session, actor=admin, today=house.noon.date())
        assert [one.id for one in orphans] == [world.course]
    world.put(world.admin, world.other, "lead")
    world.off(world.admin, world.author)
    assert world.roles() == {"Otto Other": "lead"}
    world.edit(world.other)


def test_only_an_administrator_sets_the_firms_rules(world: World) -> None:
    for one in (world.author, world.lead, world.agent):
        with pytest.raises(NotAllowed):
            world.house.act(one, set_policy, only_named=False, reviewed=False)
    assert world.acts().count("rules for authors set") == 1


def test_what_the_lists_narrow_to_is_what_the_permissions_allow(app: Flask, world: World) -> None:
    """The SQL twins of editing and reviewing agree with the table, for everybody, under both policies."""
    house, everybody = world.house, [world.author, world.other, world.lead, world.agent, world.admin]
    second = house.act(world.other, drafts.start_course, title="Second", language="en").id
    bare = house.act(world.other, drafts.start_course, title="Nobody's", language="en").id
    with house.writing(world.firm) as session:
        row = queries.find_on_course(
            session, actor=house.actor(world.other), course_id=bare, person_id=world.other.id
        )
        session.delete(row)
    house.course()
    world.put(world.author, world.lead, "reviewer")
    checked = 0
    for only_named, someone in itertools.product((True, False), [*everybody, world.neighbour]):
        house.act(world.admin, set_policy, only_named=only_named, reviewed=False)
        actor = house.actor(someone)
        with house.writing(someone.firm_id) as session:
            for twin, permissions in (
                (queries.may_edit, (CoursePermission.EDIT, CoursePermission.PUBLISH)),
                (queries.may_review, (CoursePermission.SEE_DRAFT, CoursePermission.REVIEW)),
            ):
                listed = set(session.scalars(select(Course.id).where(twin(actor))))
                for course_id in session.scalars(select(Course.id)).all():
                    stood = queries.find_stood(session, actor=actor, course_id=course_id)
                    for permission in permissions:
                        allowed = stood is not None and Permissions(POLICY).allows(
                            actor, permission, stood.standing
                        )
                        assert (course_id in listed) == allowed, (someone.name, only_named, permission)
                        checked += 1
    assert checked == 2 * 6 * 4 * 4
    assert second != bare
    with app.app_context():
        db.session().rollback()


def test_the_page_adds_and_takes_off_and_says_what_cannot_be(world: World) -> None:
    client, address = world.house.client(world.author), f"/studio/{world.course}/people"
    page = client.get(address + "?q=ótto").get_data(as_text=True)
    assert "Otto Other" in page
    assert "Rita Reviewer" not in page
    assert "Nobody fits" in client.get(address + "?q=zzz").get_data(as_text=True)
    assert client.post(address, data={"person": str(world.other.id), "do": "author"}).status_code == 302
    assert "Otto Other" in client.get(address).get_data(as_text=True)
    client.post(address, data={"person": str(world.other.id), "do": "off"})
    refused = client.post(address, data={"person": str(world.author.id), "do": "off"})
    assert refused.status_code == 409
    assert "A course keeps at least one author." in refused.get_data(as_text=True)
    listed = world.house.client(world.other)
    assert "only its authors may edit it" in listed.get("/studio").get_data(as_text=True)
    assert "Ana Author" in listed.get(address).get_data(as_text=True)
    assert listed.post(address, data={"person": str(world.other.id), "do": "lead"}).status_code == 403
    assert listed.get(f"/studio/{world.course}").status_code == 403


def test_the_rules_page_has_one_switch_for_each_rule(world: World) -> None:
    client = world.house.client(world.admin)
    assert client.post("/studio/rules", data={"editing": "any", "reviewed": "y"}).status_code == 302
    page = client.get("/studio/rules").get_data(as_text=True)
    assert "checked" in page
    assert world.house.client(world.author).get("/studio/rules").status_code == 403
    with world.house.writing(world.firm) as session:
        row = queries.find_policy(session, actor=world.house.actor(world.admin))
        assert row is not None
        assert (row.only_named, row.reviewed) == (False, True)
