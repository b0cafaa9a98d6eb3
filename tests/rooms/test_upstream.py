"""A copied course and its origin that moved on: what is shown, taken, put together, left, and not asked again."""

import re
import uuid
from collections.abc import Mapping

import pytest
from flask import Flask

from lms.courses.packages import read_folder, understand
from lms.courses.rules.upstream import CLASH, CLEAN, MERGED, upstream_change
from lms.courses.services import drafts, publish_package
from lms.courses.services.drafts import Changes, Draft, Stale
from lms.courses.services.upstream import (
    Decision,
    Moved,
    ask_again,
    decide_upstream,
    moved_origin,
    take_clean,
)
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.house import ASSOCIATION, SAMPLE_COURSE, House, Someone

HELLO, BANK, FINAL, WAVE = (
    "lessons/hello.md",
    "questions/bank.yaml",
    "assessments/final.yaml",
    "media/wave.svg",
)


class World:
    """A firm with a copy of the association's course, and the association that publishes more."""

    def __init__(self, house: House, app: Flask) -> None:
        self.house, self.storage = house, app.extensions["storage"]
        self.origin = house.course()
        self.association = house.person(ASSOCIATION, Role.TRAINER, Role.ASSOCIATION, name="Asa Association")
        self.trainer = house.person(house.firm(), Role.TRAINER, name="Tania Trainer")
        self.copy: uuid.UUID = house.act(self.trainer, drafts.copy_to_adapt, course_id=self.origin).id
        whole = read_folder(SAMPLE_COURSE)
        self.files, self.media = dict(whole.files), dict(whole.media)

    def upstream(self, files: Mapping[str, str | None], media: Mapping[str, bytes] | None = None) -> None:
        """The association publishes another version."""
        self.files = {**self.files, **{path: text for path, text in files.items() if text is not None}}
        for path, text in files.items():
            if text is None:
                del self.files[path]
        self.media |= media or {}
        self.house.act(
            self.association,
            publish_package,
            package=understand(self.files, self.media, []),
            storage=self.storage,
            note="The greeting is shorter",
        )

    def mine(self, path: str, text: str) -> None:
        """The trainer changes a file of the copy."""
        self.house.act(
            self.trainer,
            drafts.save_draft,
            course_id=self.copy,
            revision=self.draft().revision,
            changes=Changes({path: text}),
            storage=self.storage,
        )

    def draft(self) -> Draft:
        with self.house.writing(self.trainer.firm_id) as session:
            return drafts.open_draft(session, actor=self.house.actor(self.trainer), course_id=self.copy)

    def moved(self) -> Moved:
        with self.house.writing(self.trainer.firm_id) as session:
            actor = self.house.actor(self.trainer)
            draft = drafts.open_draft(session, actor=actor, course_id=self.copy)
            found = moved_origin(session, actor=actor, draft=draft)
        assert found is not None
        return found

    def sorts(self) -> dict[str, str]:
        return {one.path: one.sort for one in self.moved().changes}

    def decide(self, path: str, choice: str, text: str = "", by: Someone | None = None) -> Draft:
        decision = Decision(path, choice, self.moved().origin.version_id, self.draft().revision, text)
        found: Draft = self.house.act(
            by or self.trainer,
            decide_upstream,
            course_id=self.copy,
            decision=decision,
            storage=self.storage,
        )
        return found


@pytest.fixture
def world(house: House, app: Flask) -> World:
    return World(house, app)


def changed(world: World, old: str = "Hi.", new: str = "Hey.") -> str:
    assert old in world.files[HELLO]
    return world.files[HELLO].replace(old, new, 1)


def test_a_fresh_copy_has_nothing_to_decide(world: World) -> None:
    assert world.sorts() == {}


def test_what_i_have_not_changed_is_taken_as_it_is_and_undone_by_the_history(world: World) -> None:
    world.upstream({HELLO: changed(world)})
    assert world.sorts() == {HELLO: CLEAN}
    before = world.draft()
    world.decide(HELLO, "take")
    assert "Hey." in world.draft().files[HELLO]
    assert world.sorts() == {}
    world.house.act(
        world.trainer,
        drafts.go_back,
        course_id=world.copy,
        revision=world.draft().revision,
        to=before.revision,
    )
    assert world.draft().files == before.files
    assert world.sorts() == {}


def test_what_is_left_is_not_asked_again_until_it_changes_again(world: World) -> None:
    world.upstream({HELLO: changed(world)})
    world.decide(HELLO, "leave")
    assert world.sorts() == {}
    world.upstream({BANK: world.files[BANK] + "\n"})
    assert world.sorts() == {BANK: CLEAN}
    world.upstream({HELLO: changed(world, "Hey.", "Good day.")})
    found = world.moved().of(HELLO)
    assert found is not None
    assert "Hey." in str(found.base)
    world.decide(HELLO, "leave")
    world.house.act(world.trainer, _again, course_id=world.copy, path=HELLO)
    found = world.moved().of(HELLO)
    assert found is not None
    assert "Hi." in str(found.base)


def _again(session: object, *, actor: object, course_id: uuid.UUID, path: str, now: object) -> None:
    ask_again(session, actor=actor, course_id=course_id, path=path)  # type: ignore[arg-type]


def test_changes_in_different_places_are_put_together(world: World) -> None:
    world.mine(HELLO, world.files[HELLO] + "\n## Ours {#ours}\n\nOn our floor.\n")
    world.upstream({HELLO: changed(world)})
    assert world.sorts() == {HELLO: MERGED}
    world.decide(HELLO, "both")
    text = world.draft().files[HELLO]
    assert "Hey." in text
    assert "On our floor." in text


def test_changes_of_one_place_show_both_and_i_choose(world: World) -> None:
    world.mine(HELLO, changed(world, "Hi.", "Good morning."))
    world.upstream({HELLO: changed(world)})
    found = world.moved().of(HELLO)
    assert found is not None
    assert found.sort == CLASH
    assert "Good morning." in str(found.both)
    assert "Hey." in str(found.both)
    world.decide(HELLO, "both", text=changed(world, "Hey.", "Good morning, hey."))
    assert "Good morning, hey." in world.draft().files[HELLO]
    assert world.sorts() == {}


def test_theirs_instead_of_mine(world: World) -> None:
    world.mine(HELLO, changed(world, "Hi.", "Good morning."))
    world.upstream({HELLO: changed(world)})
    world.decide(HELLO, "take")
    assert world.draft().files[HELLO] == world.files[HELLO]


def test_a_new_lesson_comes_with_its_picture_and_the_outline_that_has_it(world: World) -> None:
    lesson = world.files[HELLO].replace("title: ", "title: New ", 1)
    lesson = re.sub(r"key: t01-[a-z0-9-]+", lambda found: found[0] + "-b", lesson)
    lesson = lesson.replace("media/wave.svg", "media/wave-2.svg")
    course = re.sub(r"lessons: \[", "lessons: [fresh, ", world.files["course.yaml"], count=1)
    assert course != world.files["course.yaml"]
    world.mine("course.yaml", world.files["course.yaml"].replace("title: ", "title: Our ", 1))
    world.upstream(
        {"lessons/fresh.md": lesson, "course.yaml": course},
        {"media/wave-2.svg": world.media[WAVE]},
    )
    assert world.sorts() == {
        "course.yaml": MERGED,
        "lessons/fresh.md": CLEAN,
        "media/wave-2.svg": CLEAN,
    }
    world.decide("lessons/fresh.md", "take")
    assert "media/wave-2.svg" in world.draft().media
    world.decide("course.yaml", "both")
    assert "fresh" in world.draft().files["course.yaml"]
    assert "title: Our " in world.draft().files["course.yaml"]
    assert world.sorts() == {}


def test_questions_and_blueprints_too_and_all_that_is_clean_at_once(world: World) -> None:
    world.upstream({BANK: world.files[BANK] + "\n", FINAL: world.files[FINAL] + "\n", HELLO: changed(world)})
    assert set(world.sorts().values()) == {CLEAN}
    before = world.draft().revision
    world.house.act(
        world.trainer,
        take_clean,
        course_id=world.copy,
        version_id=world.moved().origin.version_id,
        revision=before,
        storage=world.storage,
    )
    assert world.draft().revision == before + 1
    assert world.sorts() == {}
    assert world.draft().files[HELLO] == world.files[HELLO]


def test_what_cannot_be_decided_says_why(world: World) -> None:
    world.upstream({HELLO: changed(world)})
    seen, revision = world.moved().origin.version_id, world.draft().revision
    with pytest.raises(Invalid, match="Choose what"):
        world.decide(HELLO, "throw")
    with pytest.raises(Conflict, match="decided already"):
        world.decide(BANK, "take")
    world.mine(HELLO, changed(world, "Hey.", "Mine."))
    with pytest.raises(Stale):
        world.house.act(
            world.trainer,
            decide_upstream,
            course_id=world.copy,
            decision=Decision(HELLO, "take", seen, revision),
            storage=world.storage,
        )
    world.upstream({HELLO: changed(world, "Hey.", "Once more.")})
    with pytest.raises(Conflict, match="newer version"):
        world.house.act(
            world.trainer,
            decide_upstream,
            course_id=world.copy,
            decision=Decision(HELLO, "take", seen, revision),
            storage=world.storage,
        )


def test_neighbours_decide_nothing(world: World) -> None:
    world.upstream({HELLO: changed(world)})
    agent = world.house.person(world.trainer.firm_id)
    neighbour = world.house.person(world.house.firm("Other"), Role.TRAINER)
    with pytest.raises(NotAllowed):
        world.decide(HELLO, "take", by=agent)
    with pytest.raises(NotFound):
        world.decide(HELLO, "take", by=neighbour)


def test_the_page_shows_it_word_by_word_and_takes_it_with_a_plain_form(world: World) -> None:
    client, address = world.house.client(world.trainer), f"/studio/{world.copy}"
    assert "Nothing new there waits for you." in client.get(address).get_data(as_text=True)
    world.upstream({HELLO: changed(world)})
    page = client.get(address).get_data(as_text=True)
    assert "published version 2 of what you copied" in page
    assert "1 lesson changed there" in page
    page = client.get(f"{address}/upstream").get_data(as_text=True)
    assert "</span>Hey</ins>" in page
    fields = dict(re.findall(r'name="(version|revision|path)" value="([^"]+)"', page))
    assert client.post(f"{address}/upstream", data={**fields, "do": "leave"}).status_code == 302
    page = client.get(f"{address}/upstream").get_data(as_text=True)
    assert "Nothing waits" in page
    assert "Ask me again" in page
    assert client.post(f"{address}/upstream/again", data={"path": HELLO}).status_code == 302
    assert client.post(f"{address}/upstream", data={**fields, "do": "take"}).status_code == 302
    assert "Hey." in world.draft().files[HELLO]
    assert client.post(f"{address}/upstream", data={**fields, "do": "take"}).status_code == 409


def test_what_three_texts_mean() -> None:
    for base, mine, theirs, sort in (
        ("a\n", "a\n", "a\n", None),
        ("a\n", "b\n", "b\n", None),
        ("a\n", "b\n", "a\n", None),
        ("a\n", "a\n", "b\n", CLEAN),
        ("a\n", "a\n", None, CLEAN),
        (None, None, "b\n", CLEAN),
        ("a\n", "c\n", "b\n", CLASH),
        ("a\n", None, "b\n", CLASH),
        ("a\n", "c\n", None, CLASH),
        (None, "c\n", "b\n", CLASH),
        ("a\nb\nc\n", "A\nb\nc\n", "a\nb\nC\n", MERGED),
    ):
        found = upstream_change("lessons/x.md", base, mine, theirs)
        assert (found.sort if found else None) == sort, (base, mine, theirs)
    broken = upstream_change(
        "questions/q.yaml", "a: 1\nb: 2\nc: 3\n", "a: [1\nb: 2\nc: 3\n", "a: 1\nb: 2\nc: 4\n"
    )
    assert broken is not None
    assert broken.sort == CLASH
