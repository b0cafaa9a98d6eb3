"""Drafts: started, saved by several people, taken back, copied, published."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from lms.courses import queries, services
from lms.courses.models import CourseVersion
from lms.courses.packages import read_folder
from lms.courses.services import drafts
from lms.courses.services.drafts import Changes, Draft, Stale
from lms.courses.services.reviewing import ask_for_review
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.storage import FolderStorage
from tests.house import SAMPLE_COURSE, House, Someone

T = TypeVar("T")
LESSON = "---\ntitle: First\nminutes: 4\n---\n\n## Hook {#hook}\n\nThe phone rings.\n"


@pytest.fixture
def trainer(house: House) -> Someone:
    return house.person(house.firm(), Role.TRAINER, name="Tania Trainer")


@pytest.fixture
def storage(app: Flask) -> FolderStorage:
    return app.extensions["storage"]


def does(house: House, someone: Someone, act: Callable[[Session], T]) -> T:
    with house.writing(someone.firm_id) as session:
        return act(session)


def start(house: House, someone: Someone, title: str = "Storm day") -> uuid.UUID:
    return does(
        house,
        someone,
        lambda session: (
            drafts.start_course(
                session, actor=house.actor(someone), title=title, language="en", now=house.noon
            ).id
        ),
    )


def see(house: House, someone: Someone, course_id: uuid.UUID) -> Draft:
    return does(
        house,
        someone,
        lambda session: drafts.open_draft(session, actor=house.actor(someone), course_id=course_id),
    )


def save(
    house: House,
    someone: Someone,
    course_id: uuid.UUID,
    revision: int,
    storage: FolderStorage,
    **changes: object,
) -> Draft:
    return does(
        house,
        someone,
        lambda session: drafts.save_draft(
            session,
            actor=house.actor(someone),
            course_id=course_id,
            revision=revision,
            changes=Changes(**changes),  # type: ignore[arg-type]
            storage=storage,
            now=house.noon,
        ),
    )


def test_a_started_course_is_a_draft_that_only_its_organisation_sees(house: House, trainer: Someone) -> None:
    course_id = start(house, trainer, "  Storm   day: ¡qué hacer! ")
    draft = see(house, trainer, course_id)
    assert draft.course.key == "storm-day-que-hacer"
    assert draft.revision == 1
    assert "title: 'Storm day: ¡qué hacer!'" in draft.files["course.yaml"]
    neighbour = house.person(house.firm("Other"), Role.TRAINER)
    with pytest.raises(NotFound):
        see(house, neighbour, course_id)
    agent = house.person(trainer.firm_id, Role.AGENT)
    with pytest.raises(NotAllowed):
        see(house, agent, course_id)


def test_two_courses_of_one_title_get_two_keys(house: House, trainer: Someone) -> None:
    keys = [see(house, trainer, start(house, trainer)).course.key for _ in range(3)]
    assert keys == ["storm-day", "storm-day-2", "storm-day-3"]


def test_two_people_on_two_lessons_never_meet(house: House, trainer: Someone, storage: FolderStorage) -> None:
    course_id, other = start(house, trainer), house.person(trainer.firm_id, Role.TRAINER)
    save(house, trainer, course_id, 1, storage, files={"lessons/one.md": LESSON})
    after = save(house, other, course_id, 1, storage, files={"lessons/two.md": LESSON})
    assert after.revision == 3
    assert {"lessons/one.md", "lessons/two.md"} <= set(after.files)


def test_a_stale_save_of_one_lesson_is_shown_the_other_text_and_changes_nothing(
    house: House, trainer: Someone, storage: FolderStorage
) -> None:
    course_id, other = start(house, trainer), house.person(trainer.firm_id, Role.TRAINER)
    save(house, trainer, course_id, 1, storage, files={"lessons/one.md": LESSON})
    with pytest.raises(Stale) as stale:
        save(
            house,
            other,
            course_id,
            1,
            storage,
            files={"lessons/one.md": "mine", "lessons/two.md": "mine too"},
        )
    assert stale.value.theirs == {"lessons/one.md": LESSON}
    assert stale.value.revision == 2
    assert set(see(house, trainer, course_id).files) == {"course.yaml", "lessons/one.md"}


def test_a_save_that_comes_twice_counts_once(house: House, trainer: Someone, storage: FolderStorage) -> None:
    course_id = start(house, trainer)
    once = save(house, trainer, course_id, 1, storage, files={"lessons/one.md": LESSON})
    again = save(house, trainer, course_id, 1, storage, files={"lessons/one.md": LESSON})
    assert (again.revision, again.files) == (once.revision, once.files)


@pytest.mark.parametrize(
    "changes",
    [
        {"files": {"../../etc/passwd": "x"}},
        {"files": {"lessons/a.exe": "x"}},
        {"files": {"COURSE.yaml": "x"}},
        {"files": {"media/a.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>"}},
        {"media": {"lessons/a.md": b"x"}},
        {"media": {"media/a.png": b"this is no picture"}},
        {"files": {"lessons/a.md": "x" * 1_100_000}},
        {"files": {"lessons/a.md": "zero \x00"}},
    ],
    ids=["out", "kind", "capitals", "text as media", "media as text", "no picture", "long", "zero"],
)
def test_what_is_no_part_of_a_course_is_refused_and_nothing_is_saved(
    house: House, trainer: Someone, storage: FolderStorage, changes: dict[str, dict[str, object]]
) -> None:
    course_id = start(house, trainer)
    together = {
        "files": {"lessons/good.md": LESSON, **changes.get("files", {})},
        "media": changes.get("media", {}),
    }
    with pytest.raises(Invalid) as refused:
        save(house, trainer, course_id, 1, storage, **together)
    assert refused.value.problems
    assert see(house, trainer, course_id).revision == 1


def test_going_back_is_a_change_that_can_be_taken_back(
    house: House, trainer: Someone, storage: FolderStorage
) -> None:
    course_id = start(house, trainer)
    save(house, trainer, course_id, 1, storage, files={"lessons/one.md": "first"})
    save(house, trainer, course_id, 2, storage, files={"lessons/one.md": None, "lessons/two.md": "second"})

    def back(session: Session, revision: int, to: int) -> Draft:
        actor = house.actor(trainer)
        return drafts.go_back(
            session, actor=actor, course_id=course_id, revision=revision, to=to, now=house.noon
        )

    earlier = does(house, trainer, lambda session: back(session, 3, 2))
    assert earlier.revision == 4
    assert earlier.files["lessons/one.md"] == "first"
    assert "lessons/two.md" not in earlier.files
    later = does(house, trainer, lambda session: back(session, 4, 3))
    assert later.files["lessons/two.md"] == "second"
    assert "lessons/one.md" not in later.files


def test_a_published_draft_is_what_was_looked_at(
    house: House, trainer: Someone, storage: FolderStorage
) -> None:
    package = read_folder(SAMPLE_COURSE)
    course_id = start(house, trainer)
    files = dict(package.files)
    files["course.yaml"] = files["course.yaml"].replace(f"key: {package.course['key']}", "key: storm-day")

    def publish(session: Session, revision: int) -> CourseVersion:
        version, _new = services.publish_draft(
            session,
            actor=house.actor(trainer),
            course_id=course_id,
            revision=revision,
            note="The first",
            storage=storage,
            now=house.noon + timedelta(hours=1),
        )
        return version

    with pytest.raises(Invalid) as unready:
        does(house, trainer, lambda session: publish(session, 1))
    assert unready.value.problems
    save(house, trainer, course_id, 1, storage, files=files, media=dict(package.media))
    with pytest.raises(Stale):
        does(house, trainer, lambda session: publish(session, 1))
    version = does(house, trainer, lambda session: publish(session, 2))
    assert version.number == 1
    draft = see(house, trainer, course_id)
    assert draft.revision == 2, "the draft already is what was published"
    assert draft.course.live_version_id == version.id


def test_a_copy_to_adapt_remembers_its_origin_and_is_the_firms_own(
    house: House, trainer: Someone, storage: FolderStorage
) -> None:
    house.firm("Association", association=True)
    origin_id = house.course()
    with pytest.raises(NotAllowed):
        save(house, trainer, origin_id, 1, storage, files={"lessons/one.md": LESSON})
    with house.writing(trainer.firm_id) as session:
        actor = house.actor(trainer)
        copy = drafts.copy_to_adapt(session, actor=actor, course_id=origin_id, now=house.noon)
        origin = queries.find_course(session, actor=actor, course_id=origin_id)
        assert origin is not None
        assert copy.origin_version_id == origin.live_version_id
        copy_id = copy.id
    assert see(house, trainer, copy_id).files == read_folder(SAMPLE_COURSE).files
    with pytest.raises(Conflict):
        does(
            house,
            trainer,
            lambda session: drafts.copy_to_adapt(
                session, actor=house.actor(trainer), course_id=origin_id, now=house.noon
            ),
        )


def typing(
    house: House, someone: Someone, course_id: uuid.UUID, word: str, storage: FolderStorage, seconds: int
) -> Draft:
    """Somebody's page saves the lesson by itself, so many seconds after noon."""
    revision = see(house, someone, course_id).revision
    return does(
        house,
        someone,
        lambda session: drafts.save_draft(
            session,
            actor=house.actor(someone),
            course_id=course_id,
            revision=revision,
            changes=Changes({"lessons/first.md": f"{LESSON}\n{word}\n"}),
            storage=storage,
            now=house.noon + timedelta(seconds=seconds),
            typed=True,
        ),
    )


def rows(house: House, someone: Someone, course_id: uuid.UUID) -> list[tuple[int, str | None, str | None]]:
    with house.writing(someone.firm_id) as session:
        found = queries.list_draft_changes(session, actor=house.actor(someone), course_id=course_id, after=0)
        return [
            (one.revision, (one.before or "")[-3:].strip(), (one.after or "")[-3:].strip())
            for one in found
            if one.path == "lessons/first.md"
        ]


def test_saves_while_somebody_types_are_one_row_and_nothing_is_lost(
    house: House, trainer: Someone, storage: FolderStorage
) -> None:
    course_id = start(house, trainer)
    save(house, trainer, course_id, 1, storage, files={"lessons/first.md": LESSON})
    for number in range(5):
        typing(house, trainer, course_id, f"w{number}", storage, number * 2)
    assert [row[0] for row in rows(house, trainer, course_id)] == [2, 7]
    assert rows(house, trainer, course_id)[1][2] == "w4"
    draft = see(house, trainer, course_id)
    assert draft.revision == 7
    back = does(
        house,
        trainer,
        lambda session: drafts.go_back(
            session, actor=house.actor(trainer), course_id=course_id, revision=7, to=2, now=house.noon
        ),
    )
    assert back.files["lessons/first.md"] == LESSON


def test_a_pause_another_person_an_asked_save_and_a_version_end_the_row(
    house: House, trainer: Someone, storage: FolderStorage
) -> None:
    course_id = start(house, trainer)
    other = house.person(trainer.firm_id, Role.TRAINER)
    typing(house, trainer, course_id, "w1", storage, 0)
    typing(house, trainer, course_id, "w2", storage, 121)
    typing(house, other, course_id, "w3", storage, 122)
    typing(house, trainer, course_id, "w4", storage, 123)
    save(house, trainer, course_id, 5, storage, files={"lessons/first.md": LESSON})
    typing(house, trainer, course_id, "w6", storage, 124)
    house.act(trainer, ask_for_review, course_id=course_id, revision=7, note="Look")
    typing(house, trainer, course_id, "w7", storage, 125)
    for number in range(8):
        typing(house, trainer, course_id, f"x{number}", storage, 126 + 100 * number)
    assert [row[0] for row in rows(house, trainer, course_id)] == [2, 3, 4, 5, 6, 7, 14, 16]


def test_whoever_opened_the_lesson_between_two_of_those_saves_still_meets_both_texts(
    house: House, trainer: Someone, storage: FolderStorage
) -> None:
    course_id = start(house, trainer)
    other = house.person(trainer.firm_id, Role.TRAINER)
    opened = typing(house, trainer, course_id, "w1", storage, 0).revision
    typing(house, trainer, course_id, "w2", storage, 2)
    with pytest.raises(Stale) as met:
        save(house, other, course_id, opened, storage, files={"lessons/first.md": LESSON})
    assert "w2" in str(met.value.theirs["lessons/first.md"])
