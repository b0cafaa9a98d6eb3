"""Editing a draft: the outline as it is now, settings field by field, lessons beside each other, pictures, taking back."""

import io
import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from PIL import Image

from lms.courses.pages import history as history_pages
from lms.courses.pages import lesson as lesson_pages
from lms.courses.pages import publishing as publishing_pages
from lms.courses.pages import studio as pages
from lms.courses.queries import studio
from lms.courses.rules.lesson_text import Head
from lms.courses.rules.settings import Settings, settings_of
from lms.courses.services import drafts, editing, media, publish_draft
from lms.courses.services.drafts import Changes, Draft, Stale
from lms.courses.services.editing import LessonEdit, Step, course_of
from lms.courses.services.media import Medium
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.storage import FolderStorage
from lms.learning.services import enrol
from tests.house import House, Someone


@pytest.fixture
def trainer(house: House) -> Someone:
    return house.person(house.firm(), Role.TRAINER, name="Tania Trainer")


@pytest.fixture
def storage(app: Flask) -> FolderStorage:
    return app.extensions["storage"]


@pytest.fixture
def course_id(house: House, trainer: Someone) -> uuid.UUID:
    return house.act(trainer, drafts.start_course, title="Storm day", language="en").id


def see(house: House, someone: Someone, course_id: uuid.UUID) -> Draft:
    def look(session: Any, *, actor: Any, now: Any) -> Draft:
        return drafts.open_draft(session, actor=actor, course_id=course_id)

    return house.act(someone, look)


def step(house: House, someone: Someone, course_id: uuid.UUID, act: str, **rest: Any) -> editing.Done:
    storage = house.app.extensions["storage"]
    return house.act(
        someone, editing.change_outline, course_id=course_id, step=Step(act, **rest), storage=storage
    )


def lessons(house: House, someone: Someone, course_id: uuid.UUID) -> list[list[str]]:
    return [one["lessons"] for one in course_of(see(house, someone, course_id))["modules"]]


def edit(house: House, someone: Someone, course_id: uuid.UUID, key: str, revision: int, body: str) -> Draft:
    return house.act(
        someone,
        editing.save_lesson,
        course_id=course_id,
        edit=LessonEdit(key, revision, Head("Hello", 4), body),
        storage=house.app.extensions["storage"],
    )


def picture(colour: str = "red") -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (1600, 900), colour).save(kept, "PNG")
    return kept.getvalue()


def test_the_studio_says_what_is_missing_without_naming_files_or_keys(
    house: House, trainer: Someone, course_id: uuid.UUID, storage: FolderStorage
) -> None:
    def told() -> list[str]:
        found = house.act(trainer, seen).problems
        return [str(one.message) for one in found]

    def seen(session: Any, *, actor: Any, now: Any) -> pages.EditorPage:
        return pages.editor_page(session, actor=actor, course_id=course_id, storage=storage)

    blank = told()
    assert "Say in a sentence or two what the course is about." in blank
    assert "Write at least one objective: what somebody can do after it." in blank
    assert "Choose at least one competency that the course builds." in blank
    step(house, trainer, course_id, "add-lesson", module="module-1", title="The lights go out")
    course = course_of(see(house, trainer, course_id)) | {
        "summary": "What to say.",
        "competencies": [{"id": "B4", "level": 2}],
        "objectives": [{"key": "say-it", "text": "Say what is known"}],
    }
    revision = see(house, trainer, course_id).revision
    changes = Changes({"course.yaml": json.dumps(course)})
    house.act(
        trainer, drafts.save_draft, course_id=course_id, revision=revision, changes=changes, storage=storage
    )
    advised = told()
    assert "No lesson has the objective “Say what is known”." in advised
    assert "Tick the objectives of this lesson, above its text." in advised
    assert not [one for one in blank + advised if "course.yaml" in one or "Add “" in one]


def test_two_people_who_rearrange_one_outline_never_meet(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    other = house.person(trainer.firm_id, Role.TRAINER)
    step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello")
    step(house, other, course_id, "add-lesson", module="module-1", title="Goodbye")
    step(house, trainer, course_id, "lesson-down", key="hello")
    assert lessons(house, trainer, course_id) == [["goodbye", "hello"]]
    step(house, other, course_id, "remove-lesson", key="hello")
    with pytest.raises(Conflict, match="no longer"):
        step(house, trainer, course_id, "lesson-up", key="hello")


def test_a_key_is_never_given_twice_because_progress_hangs_on_it(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    assert step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello").key == "hello"
    step(house, trainer, course_id, "remove-lesson", key="hello")
    assert step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello").key == "hello-2"
    renamed = step(house, trainer, course_id, "rename-lesson", key="hello-2", title="Good morning")
    assert "title: Good morning" in renamed.draft.files["lessons/hello-2.md"]
    assert lessons(house, trainer, course_id) == [["hello-2"]]


def test_a_lesson_that_was_taken_out_comes_back_where_it_stood(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    for title in ("One", "Two", "Three"):
        step(house, trainer, course_id, "add-lesson", module="module-1", title=title)
    before = see(house, trainer, course_id)
    gone = step(house, trainer, course_id, "remove-lesson", key="two").draft
    assert "lessons/two.md" not in gone.files
    step_after = edit(house, trainer, course_id, "one", gone.revision, "## Hook {#hook}\n\nLater.\n")
    back = house.act(trainer, drafts.take_back, course_id=course_id, saved=gone.revision)
    assert back.files["lessons/two.md"] == before.files["lessons/two.md"]
    assert lessons(house, trainer, course_id) == [["one", "two", "three"]]
    assert back.files["lessons/one.md"] == step_after.files["lessons/one.md"], "other saves stay"


def test_what_was_changed_since_is_not_taken_back(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    gone = step(house, trainer, course_id, "add-module", title="Second").draft
    step(house, trainer, course_id, "add-module", title="Third")
    with pytest.raises(Stale):
        house.act(trainer, drafts.take_back, course_id=course_id, saved=gone.revision)
    with pytest.raises(Invalid):
        house.act(trainer, drafts.take_back, course_id=course_id, saved=99)


def test_a_module_with_lessons_is_not_taken_out_by_mistake(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello")
    with pytest.raises(Invalid, match="has lessons"):
        step(house, trainer, course_id, "remove-module", key="module-1")
    step(house, trainer, course_id, "add-module", title="Second")
    step(house, trainer, course_id, "move-lesson", key="hello", module="second")
    step(house, trainer, course_id, "remove-module", key="module-1")
    assert lessons(house, trainer, course_id) == [["hello"]]
    for bad in (
        {"act": "burn"},
        {"act": "add-module", "title": " "},
        {"act": "add-module", "title": "x" * 201},
    ):
        with pytest.raises(Invalid):
            step(house, trainer, course_id, **bad)


def test_nobody_edits_what_is_not_theirs(
    house: House, trainer: Someone, course_id: uuid.UUID, storage: FolderStorage
) -> None:
    step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello")
    neighbour = house.person(house.firm("Other"), Role.TRAINER)
    agent = house.person(trainer.firm_id, Role.AGENT)
    for someone, refusal in ((neighbour, NotFound), (agent, NotAllowed)):
        with pytest.raises(refusal):
            step(house, someone, course_id, "add-module", title="Mine now")
        with pytest.raises(refusal):
            edit(house, someone, course_id, "hello", 2, "mine")
        with pytest.raises(refusal):
            house.act(
                someone,
                media.keep_medium,
                course_id=course_id,
                medium=Medium("a.png", picture(), "x"),
                storage=storage,
            )
        with pytest.raises(refusal):
            house.act(someone, drafts.take_back, course_id=course_id, saved=1)
    assert see(house, trainer, course_id).revision == 2


def settings(house: House, trainer: Someone, course_id: uuid.UUID, **changed: Any) -> Settings:
    return replace(settings_of(course_of(see(house, trainer, course_id))), **changed)


def test_settings_that_two_people_change_in_different_fields_are_both_kept(
    house: House, trainer: Someone, course_id: uuid.UUID, storage: FolderStorage
) -> None:
    other = house.person(trainer.firm_id, Role.TRAINER)
    seen = see(house, trainer, course_id).revision
    mine = settings(house, trainer, course_id, summary="Mine")
    theirs = settings(house, trainer, course_id, audience="Theirs")
    save = {"course_id": course_id, "revision": seen, "storage": storage}
    house.act(other, editing.save_settings, settings=theirs, **save)
    house.act(trainer, editing.save_settings, settings=mine, **save)
    said = course_of(see(house, trainer, course_id))
    assert (said["summary"], said["audience"]) == ("Mine", "Theirs")
    clash = settings(house, trainer, course_id, audience="Mine too")
    with pytest.raises(Stale):
        house.act(trainer, editing.save_settings, settings=clash, **save)
    now = see(house, trainer, course_id).revision
    house.act(trainer, editing.save_settings, settings=clash, **save | {"revision": now})
    assert course_of(see(house, trainer, course_id))["audience"] == "Mine too"


def test_one_lesson_edited_by_two_shows_both_texts_and_puts_them_together(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    other = house.person(trainer.firm_id, Role.TRAINER, name="Omar Other")
    step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello")
    body = "## Hook {#hook}\n\nFirst.\n\n## Idea {#idea}\n\nSecond.\n"
    base = edit(house, trainer, course_id, "hello", 2, body).revision
    edit(house, other, course_id, "hello", base, body.replace("Second.", "Theirs."))
    mine = LessonEdit("hello", base, Head("Hello", 4), body.replace("First.", "Mine."))
    with pytest.raises(Stale):
        edit(house, trainer, course_id, "hello", base, mine.body)

    def compare(session: Any, *, actor: Any, now: Any) -> lesson_pages.ComparePage:
        return lesson_pages.compare_page(session, actor=actor, course_id=course_id, edit=mine)

    page = house.act(trainer, compare)
    assert page.head.saved_by == "Omar Other"
    assert page.mine.body == mine.body
    assert page.theirs is not None
    assert page.theirs.body == body.replace("Second.", "Theirs.")
    assert page.both.clashes == 0
    assert page.both_text.body == body.replace("First.", "Mine.").replace("Second.", "Theirs.")
    saved = edit(house, trainer, course_id, "hello", page.revision, page.both_text.body)
    assert "Mine." in saved.files["lessons/hello.md"]
    assert "Theirs." in saved.files["lessons/hello.md"]


def test_a_lesson_that_somebody_took_out_while_it_was_written_is_not_lost(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello")
    step(house, trainer, course_id, "remove-lesson", key="hello")
    with pytest.raises(Stale) as stale:
        edit(house, trainer, course_id, "hello", 2, "## Mine {#hook}\n\nText.\n")
    assert stale.value.theirs == {"lessons/hello.md": None}
    with pytest.raises(NotFound):
        edit(house, trainer, course_id, "never", 2, "x")
    kept = edit(house, trainer, course_id, "hello", 3, "## Mine {#hook}\n\nText.\n")
    assert "Text." in kept.files["lessons/hello.md"]

    def look(session: Any, *, actor: Any, now: Any) -> pages.EditorPage:
        storage = house.app.extensions["storage"]
        return pages.editor_page(session, actor=actor, course_id=course_id, storage=storage)

    assert [one.key for one in house.act(trainer, look).strays] == ["hello"]
    step(house, trainer, course_id, "move-lesson", key="hello", module="module-1")
    assert lessons(house, trainer, course_id) == [["hello"]]
    assert house.act(trainer, look).strays == []


def test_a_picture_comes_in_small_once_and_goes_only_when_no_lesson_shows_it(
    house: House, trainer: Someone, course_id: uuid.UUID, storage: FolderStorage
) -> None:
    step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello")
    medium = Medium("../Über uns (1).PNG", picture(), "A red [wall]\nof calls", 'The "wall"')
    where = {"course_id": course_id, "storage": storage}
    kept = house.act(trainer, media.put_into_lesson, lesson_key="hello", card="hook", medium=medium, **where)
    assert kept.path == "media/uber-uns-1.webp"
    assert kept.block == "![A red (wall) of calls](media/uber-uns-1.webp \"The 'wall'\")"
    assert storage.get(kept.draft.media[kept.path])[8:12] == b"WEBP"
    text = kept.draft.files["lessons/hello.md"]
    assert text.index(kept.block) < text.index("{#idea}")
    again = house.act(trainer, media.keep_medium, medium=medium, **where)
    assert again.path == kept.path, "the same picture is kept once"
    second = house.act(
        trainer, media.keep_medium, medium=Medium("uber uns 1.png", picture("blue"), "Blue"), **where
    )
    assert second.path == "media/uber-uns-1-2.webp"
    with pytest.raises(Conflict, match="lesson shows"):
        house.act(trainer, media.remove_medium, path=kept.path, **where)
    left = house.act(trainer, media.remove_medium, path=second.path, **where)
    assert set(left.media) == {kept.path}
    back = house.act(trainer, drafts.take_back, course_id=course_id, saved=left.revision)
    assert second.path in back.media


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.png", picture(), " "),
        ("a.mp3", b"ID3" + b"\0" * 50, ""),
        ("a.mp3", b"no sound", "said"),
        ("a.mp3", b"ID3" + b"\0" * (2 * 1024 * 1024), "said"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "x"),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='x'/>", "x"),
        ("a.exe", b"MZ", "x"),
        ("a.png", b"<html>", "x"),
    ],
    ids=["no words", "no transcript", "no sound", "too long", "script", "handler", "program", "page"],
)
def test_what_is_no_picture_or_says_nothing_is_refused_and_nothing_is_kept(
    house: House,
    trainer: Someone,
    course_id: uuid.UUID,
    storage: FolderStorage,
    name: str,
    content: bytes,
    words: str,
) -> None:
    with pytest.raises(Invalid):
        house.act(
            trainer,
            media.keep_medium,
            course_id=course_id,
            medium=Medium(name, content, words),
            storage=storage,
        )
    assert see(house, trainer, course_id).media == {}


def test_a_sound_stands_in_its_lesson_with_its_transcript(
    house: House, trainer: Someone, course_id: uuid.UUID, storage: FolderStorage
) -> None:
    step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello")
    kept = house.act(
        trainer,
        media.put_into_lesson,
        course_id=course_id,
        lesson_key="hello",
        card="idea",
        medium=Medium("Hold.mp3", b"ID3" + b"\0" * 50, "One moment.\n::: not a block", "Asking for a hold"),
        storage=storage,
    )
    assert kept.block == "::: audio media/hold.mp3 Asking for a hold\nOne moment.\n\\::: not a block\n:::"

    def panel(session: Any, *, actor: Any, now: Any) -> lesson_pages.LessonPanel:
        return lesson_pages.lesson_panel(
            session, actor=actor, course_id=course_id, lesson_key="hello", storage=storage
        )

    assert [one.message for one in house.act(trainer, panel).problems if not one.advice] == []


def test_every_problem_has_its_place(
    house: House, trainer: Someone, course_id: uuid.UUID, storage: FolderStorage
) -> None:
    step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello")
    files = {
        "questions/bank.yaml": "- key: q-1\n  kind: single\n  stem: One?\n- key: q-2\n  kind: nothing\n  stem: Two?\n",
        "assessments/final.yaml": "key: final\n",
    }
    draft = edit(house, trainer, course_id, "hello", 2, "## Hook {#hook}\n\nFine.\n\n![](media/gone.png)\n")
    house.act(
        trainer,
        drafts.save_draft,
        course_id=course_id,
        revision=draft.revision,
        changes=Changes(files),
        storage=storage,
    )

    def look(session: Any, *, actor: Any, now: Any) -> pages.EditorPage:
        return pages.editor_page(session, actor=actor, course_id=course_id, storage=storage)

    page = house.act(trainer, look)
    places = {(one.page, one.key, one.at) for one in page.problems}
    assert ("lesson", "hello", "5") in places, "the line of the text, not of the file"
    assert ("course", "course", "summary") in places
    assert ("course", "course", "objectives") in places
    assert {key for sort, key, _at in places if sort == "question"} == {"q-1", "q-2"}
    assert ("assessment", "final", "") in places
    assert page.modules[0].lessons[0].stopping == 2


def test_the_history_groups_saves_of_one_person_and_tells_what_changed(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    other = house.person(trainer.firm_id, Role.TRAINER, name="Omar Other")
    step(house, trainer, course_id, "add-lesson", module="module-1", title="Hello")
    revision = see(house, trainer, course_id).revision
    for words in ("One red word.", "One blue word."):
        revision = edit(
            house, other, course_id, "hello", revision, f"## Hook {{#hook}}\n\n{words}\n"
        ).revision

    def look(session: Any, *, actor: Any, now: Any) -> tuple[Any, Any]:
        return (
            history_pages.history_page(session, actor=actor, course_id=course_id, before=None),
            history_pages.saves_page(
                session, actor=actor, course_id=course_id, first=revision, last=revision
            ),
        )

    page, saves = house.act(trainer, look)
    assert [(one.saved_by, one.first, one.last) for one in page.entries] == [
        ("Omar Other", 3, 4),
        ("Tania Trainer", 1, 2),
    ]
    assert [(one.sort, one.text) for one in saves.files[0].pieces if one.sort in ("old", "new")] == [
        ("old", "red"),
        ("new", "blue"),
    ]
    neighbour = house.person(house.firm("Other"), Role.TRAINER)
    with pytest.raises(NotFound):
        house.act(neighbour, look)


def test_before_publishing_is_told_what_changed_and_who_is_under_way(
    house: House, trainer: Someone, storage: FolderStorage
) -> None:
    course_id = house.course(trainer)
    agent, done = house.person(trainer.firm_id), house.person(trainer.firm_id)
    house.act(agent, enrol, course_id=course_id)
    house.act(done, enrol, course_id=course_id)

    def look(session: Any, *, actor: Any, now: Any) -> publishing_pages.PublishPage:
        return publishing_pages.publish_page(
            session, actor=actor, course_id=course_id, storage=storage, now=now
        )

    assert house.act(trainer, look).same
    draft = see(house, trainer, course_id)
    text = draft.files["lessons/hello.md"]
    bank = draft.files["questions/bank.yaml"]
    house.act(
        trainer,
        drafts.save_draft,
        course_id=course_id,
        revision=draft.revision,
        changes=Changes(
            {
                "lessons/hello.md": text.replace("Greet first.", "Greet at once."),
                "questions/bank.yaml": bank.replace("what comes", "which comes", 1),
            }
        ),
        storage=storage,
    )
    step(house, trainer, course_id, "add-lesson", module="one", title="Second")
    page = house.act(trainer, look)
    assert not page.same
    assert [(one.key, one.change.sort) for one in page.lessons] == [("hello", "changed"), ("second", "came")]
    words = [one.text for one in page.lessons[0].change.pieces if one.sort in ("old", "new")]
    assert words == ["first", "at once"]
    assert [one.sort for one in page.questions] == ["changed"]
    assert page.under_way == [(1, 2)]
    version, new = house.act(
        trainer,
        publish_draft,
        course_id=course_id,
        revision=page.head.revision,
        note="A second lesson",
        storage=storage,
    )
    assert (version.number, new) == (2, True)
    assert house.act(trainer, look).under_way == [(1, 2)], "they stay on the version they began"


def test_a_drafts_past_is_read_by_its_own_organisation_only(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    step(house, trainer, course_id, "add-module", title="Second")

    def read(session: Any, *, actor: Any, now: Any) -> list[object]:
        one: dict[str, Any] = {"actor": actor, "course_id": course_id}
        return [
            studio.find_text_at(session, path="course.yaml", revision=1, current=None, **one),
            *studio.list_paths_ever(session, **one),
            *studio.list_saves(session, **one),
            *studio.list_changes_between(session, first=1, last=9, **one),
            *(course for course in studio.list_own_courses(session, actor=actor) if course.id == course_id),
        ]

    assert len(house.act(trainer, read)) == 7
    neighbour = house.person(house.firm("Other"), Role.TRAINER)
    assert house.act(neighbour, read) == [None]
