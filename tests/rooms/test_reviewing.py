"""A second person looks first: asked, said, approved; what publishing waits for, and what makes an approval void."""

import io
import uuid
from typing import Any

import pytest
from flask import Flask

from lms.courses import queries
from lms.courses.archives import write_archive
from lms.courses.packages import read_folder
from lms.courses.policy import CoursePermission
from lms.courses.rules.reviewing import Asked, ReviewState, draft_hash, review_state
from lms.courses.services import drafts, publish_draft
from lms.courses.services.drafts import Changes, Draft, Stale
from lms.courses.services.people import put_on_course, set_policy
from lms.courses.services.reviewing import (
    answer_review,
    ask_for_review,
    comment,
    settle_comment,
    withdraw_review,
)
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.house import SAMPLE_COURSE, House, Someone

HELLO = "lessons/hello.md"


class World:
    """A firm that asks for a review, a live course of Ana's, and who could look at it."""

    def __init__(self, house: House, app: Flask) -> None:
        self.house, self.firm, self.storage = house, house.firm(), app.extensions["storage"]
        self.author = house.person(self.firm, Role.TRAINER, name="Ana Author")
        self.other = house.person(self.firm, Role.TRAINER, name="Otto Other")
        self.reviewer = house.person(self.firm, Role.ASSESSOR, name="Rita Reviewer")
        self.admin = house.person(self.firm, Role.FIRM_ADMIN, name="Adela Admin")
        self.course = house.course(self.author)
        house.act(self.admin, set_policy, only_named=False, reviewed=True)
        house.act(
            self.author, put_on_course, course_id=self.course, person_id=self.reviewer.id, role="reviewer"
        )

    def draft(self) -> Draft:
        with self.house.writing(self.firm) as session:
            return drafts.see_draft(
                session,
                actor=self.house.actor(self.author),
                course_id=self.course,
                permission=CoursePermission.SEE_DRAFT,
            )

    def change(self, by: Someone, word: str) -> None:
        draft = self.draft()
        text = draft.files[HELLO].replace("Hi.", f"Hi {word}.", 1) + f"\n{word}\n"
        self.act(
            by,
            drafts.save_draft,
            revision=draft.revision,
            changes=Changes({HELLO: text}),
            storage=self.storage,
        )

    def act(self, by: Someone, service: Any, **more: Any) -> Any:
        return self.house.act(by, service, course_id=self.course, **more)

    def ask(self, by: Someone | None = None) -> uuid.UUID:
        row = self.act(
            by or self.author, ask_for_review, revision=self.draft().revision, note="Look at the greeting"
        )
        found: uuid.UUID = row.id
        return found

    def answer(self, by: Someone, review_id: uuid.UUID, *, approved: bool = True, note: str = "") -> None:
        self.act(by, answer_review, review_id=review_id, approved=approved, note=note)

    def publish(self) -> int:
        version, _new = self.act(
            self.author,
            publish_draft,
            revision=self.draft().revision,
            note="A better greeting",
            storage=self.storage,
        )
        return int(version.number)


@pytest.fixture
def world(house: House, app: Flask) -> World:
    return World(house, app)


def test_publishing_waits_for_an_approval_of_exactly_this_draft(world: World) -> None:
    world.change(world.author, "Keisha")
    with pytest.raises(Invalid, match="a second person approves a course first"):
        world.publish()
    review = world.ask()
    with pytest.raises(Invalid, match="waits for a review"):
        world.publish()
    world.answer(world.reviewer, review)
    assert world.publish() == 2
    with world.house.writing(world.firm) as session:
        versions = queries.list_versions(
            session, actor=world.house.actor(world.author), course_id=world.course
        )
        assert [(one.number, one.reviewer) for one in versions] == [(2, "Rita Reviewer"), (1, None)]
    world.change(world.author, "Tamika")
    with pytest.raises(Invalid, match="a second person approves a course first"):
        world.publish()


def test_an_approval_is_void_when_the_draft_moves_and_holds_again_when_it_is_as_it_was(world: World) -> None:
    world.change(world.author, "Keisha")
    world.answer(world.reviewer, world.ask())
    approved = world.draft().revision
    world.change(world.author, "Tamika")
    with pytest.raises(Invalid, match="changed after it was approved"):
        world.publish()
    world.act(world.author, drafts.go_back, revision=world.draft().revision, to=approved)
    assert world.publish() == 2


def test_whoever_made_a_change_does_not_approve_it(world: World) -> None:
    world.change(world.other, "Keisha")
    review = world.ask(world.author)
    with pytest.raises(NotAllowed, match="some of these changes yourself"):
        world.answer(world.other, review)
    world.answer(world.author, review)
    assert world.publish() == 2


def test_an_approver_who_then_changed_something_does_not_count(world: World) -> None:
    world.change(world.author, "Keisha")
    world.answer(world.other, world.ask())
    there = world.draft().revision
    world.change(world.other, "Tamika")
    world.act(world.other, drafts.go_back, revision=world.draft().revision, to=there)
    with pytest.raises(Invalid, match="made some of the changes"):
        world.publish()


def test_a_draft_that_moved_is_not_approved_and_is_sent_again(world: World) -> None:
    world.change(world.author, "Keisha")
    first = world.ask()
    world.change(world.author, "Tamika")
    with pytest.raises(Conflict, match="changed after it was sent"):
        world.answer(world.reviewer, first)
    with pytest.raises(Invalid, match="changed after it was sent for review"):
        world.publish()
    second = world.ask()
    with pytest.raises(Conflict, match="answered or withdrawn already"):
        world.answer(world.reviewer, first)
    world.answer(world.reviewer, second)
    assert world.publish() == 2


def test_changes_asked_for_need_a_word_and_stop_publishing(world: World) -> None:
    world.change(world.author, "Keisha")
    review = world.ask()
    with pytest.raises(Invalid, match="Say in a sentence what should change"):
        world.answer(world.reviewer, review, approved=False)
    world.answer(world.reviewer, review, approved=False, note="Too long")
    with pytest.raises(Invalid, match="asked for changes"):
        world.publish()


def test_a_request_is_of_what_was_looked_at_and_can_be_taken_back(world: World) -> None:
    world.change(world.author, "Keisha")
    with pytest.raises(Stale):
        world.act(world.author, ask_for_review, revision=1, note="x")
    with pytest.raises(Invalid):
        world.act(world.author, ask_for_review, revision=world.draft().revision, note=" ")
    review = world.ask()
    world.act(world.author, withdraw_review, review_id=review)
    with pytest.raises(Invalid, match="a second person approves a course first"):
        world.publish()
    with pytest.raises(NotAllowed):
        world.act(world.reviewer, ask_for_review, revision=world.draft().revision, note="x")


def test_comments_hang_on_a_place_until_they_are_settled(world: World) -> None:
    review = world.ask()
    with pytest.raises(Invalid, match="Choose what"):
        world.act(world.reviewer, comment, review_id=review, place="lessons/none.md", text="x")
    with pytest.raises(Invalid):
        world.act(world.reviewer, comment, review_id=review, place=HELLO, text="  ")
    with pytest.raises(NotFound):
        world.act(world.reviewer, comment, review_id=uuid.uuid4(), place=HELLO, text="x")
    said = world.act(world.reviewer, comment, review_id=review, place=f"{HELLO}#hook", text="Too long")
    assert (said.path, said.card) == (HELLO, "hook")
    world.act(world.author, settle_comment, comment_id=said.id, settled=True)
    client = world.house.client(world.author)
    page = client.get(f"/studio/{world.course}/review").get_data(as_text=True)
    assert "settled by Ana Author" in page
    assert "Too long" in page


def test_where_the_firm_asks_for_none_a_course_is_published_as_before(world: World) -> None:
    world.house.act(world.admin, set_policy, only_named=False, reviewed=False)
    world.change(world.author, "Keisha")
    assert world.publish() == 2


def test_the_associations_files_are_loaded_without_a_review(house: House, world: World) -> None:
    """`lms courses load` is the operator's: what firms ask of their authors does not touch it."""
    course = house.course()
    assert course != world.course


def test_an_uploaded_file_goes_through_the_draft(world: World) -> None:
    packed = read_folder(SAMPLE_COURSE)
    files = {**packed.files, HELLO: packed.files[HELLO].replace("Hi.", "Hey.")}
    archive = write_archive(files, packed.media.__getitem__, sorted(packed.media))
    client = world.house.client(world.author)
    sent = client.post("/courses/upload", data={"package": (io.BytesIO(archive), "c.zip")})
    assert sent.status_code == 302, sent.get_data(as_text=True)
    assert "A second person approves it first" in client.get(sent.location).get_data(as_text=True)
    refused = client.post(sent.location, data={"note": "x"})
    assert refused.status_code == 422
    assert client.post(sent.location + "/draft").location == f"/studio/{world.course}/review"
    assert world.draft().files[HELLO] == files[HELLO]
    world.answer(world.reviewer, world.ask())
    assert world.publish() == 2


def test_a_reviewer_reads_says_and_approves_with_plain_forms(world: World) -> None:
    world.change(world.author, "Keisha")
    author, reviewer = world.house.client(world.author), world.house.client(world.reviewer)
    address = f"/studio/{world.course}/review"
    assert "Ask for a review" in author.get(f"/studio/{world.course}/publish").get_data(as_text=True)
    revision = world.draft().revision
    assert author.post(address, data={"revision": revision, "note": "The greeting"}).status_code == 302
    assert "Reviews (1)" in world.house.client(world.other).get("/studio").get_data(as_text=True)
    assert "Reviews (1)" not in author.get("/studio").get_data(as_text=True)
    assert "Nothing waits for you" in author.get("/studio/reviews").get_data(as_text=True)
    assert "The greeting" in reviewer.get("/studio/reviews").get_data(as_text=True)
    page = reviewer.get(address).get_data(as_text=True)
    assert "Keisha" in page
    assert f"/studio/{world.course}/lessons/hello/preview?review=1" in page
    preview = reviewer.get(f"/studio/{world.course}/lessons/hello/preview?review=1")
    assert preview.status_code == 200
    assert address in preview.get_data(as_text=True)
    assert reviewer.get(f"/studio/{world.course}/files/media/wave.svg").status_code == 200
    assert reviewer.get(f"/studio/{world.course}/lessons/hello").status_code == 403
    acts = [line.split('"')[0] for line in page.split('action="')[1:] if "/answer" in line.split('"')[0]]
    answered = reviewer.post(acts[0], data={"do": "approve"})
    assert answered.status_code == 302
    assert "Approved as it is" in author.get(address).get_data(as_text=True)
    done = author.post(f"/studio/{world.course}/publish", data={"revision": revision, "note": "Better"})
    assert done.status_code == 302
    assert "reviewed by Rita Reviewer" in author.get(done.location).get_data(as_text=True)


def test_a_trainer_of_another_firm_finds_no_review(world: World) -> None:
    review = world.ask()
    neighbour = world.house.person(world.house.firm("Other"), Role.TRAINER)
    agent = world.house.person(world.firm)
    for service, more in (
        (answer_review, {"review_id": review, "approved": True, "note": ""}),
        (comment, {"review_id": review, "place": HELLO, "text": "x"}),
        (withdraw_review, {"review_id": review}),
    ):
        with pytest.raises(NotFound):
            world.act(neighbour, service, **more)
        with pytest.raises(NotAllowed):
            world.act(agent, service, **more)


def test_the_states_of_a_review() -> None:
    me, you = uuid.uuid4(), uuid.uuid4()
    for asked, state in (
        (None, ReviewState.NONE),
        (Asked("h", "withdrawn", me), ReviewState.NONE),
        (Asked("h", None, None), ReviewState.WAITING),
        (Asked("g", None, None), ReviewState.MOVED),
        (Asked("g", "changes", you), ReviewState.CHANGES),
        (Asked("g", "approved", you), ReviewState.VOID),
        (Asked("h", "approved", me), ReviewState.OWN),
        (Asked("h", "approved", you), ReviewState.APPROVED),
    ):
        assert review_state(asked, hash_now="h", changers={me}) is state
    assert draft_hash({"a": "1"}, {}) != draft_hash({}, {"a": "1"})
