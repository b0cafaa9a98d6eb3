"""A file that is brought in: kept as it was, taken into the draft once, by whoever may edit the draft."""

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from lms.courses.services.drafts import Changes, Draft, open_draft, save_draft
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.yaml import read_yaml
from lms.interop.models import ImportFile
from lms.interop.services import keep_import, see_import, take_import
from tests.house import House, Someone

GIFT = b"""::One::Which? {=a#x ~b#x ~c#x}

::Two::Is it so? {T}

::Open::Read this first.
"""
PAGE = b"# A page\n\nSome words.\n"


@pytest.fixture
def firm(house: House) -> uuid.UUID:
    return house.firm()


@pytest.fixture
def trainer(house: House, firm: uuid.UUID) -> Someone:
    return house.person(firm, Role.TRAINER)


@pytest.fixture
def course_id(house: House, trainer: Someone) -> uuid.UUID:
    return house.course(trainer)


def keep(house: House, by: Someone, course_id: uuid.UUID, content: bytes = GIFT, name: str = "q.gift") -> Any:
    return house.act(
        by,
        keep_import,
        course_id=course_id,
        file_name=name,
        content=content,
        storage=house.app.extensions["storage"],
    )


def take(house: House, by: Someone, course_id: uuid.UUID, row: ImportFile, left: tuple[str, ...] = ()) -> int:
    _row, count = house.act(
        by,
        take_import,
        course_id=course_id,
        bring_id=row.id,
        left=left,
        storage=house.app.extensions["storage"],
    )
    return int(count)


def draft_of(house: House, by: Someone, course_id: uuid.UUID) -> Draft:
    actor = house.actor(by)
    with house.writing(by.firm_id) as session:
        return open_draft(session, actor=actor, course_id=course_id)


def test_the_original_is_kept_and_its_questions_go_into_a_bank_of_their_own(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    row = keep(house, trainer, course_id)
    assert house.app.extensions["storage"].get(row.stored) == GIFT
    assert (row.format, row.counts["taken"], row.counts["skipped"]) == ("gift", 2, 1)
    before = draft_of(house, trainer, course_id)
    assert take(house, trainer, course_id, row) == 2
    after = draft_of(house, trainer, course_id)
    assert after.revision == before.revision + 1
    (new,) = set(after.files) - set(before.files)
    assert new == f"questions/imported-{row.stored[:8]}.yaml"
    assert [one["stem"] for one in read_yaml(after.files[new])] == ["Which?", "Is it so?"]
    assert all(after.files[name] == text for name, text in before.files.items())


def test_a_second_import_of_the_same_file_adds_nothing(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    row = keep(house, trainer, course_id)
    take(house, trainer, course_id, row)
    again = keep(house, trainer, course_id, name="another name.gift")
    assert again.id == row.id
    before = draft_of(house, trainer, course_id)
    with pytest.raises(Conflict, match="Nothing in it is new"):
        take(house, trainer, course_id, again)
    after = draft_of(house, trainer, course_id)
    assert (after.revision, after.files) == (before.revision, before.files)


def test_a_file_with_some_of_the_same_questions_adds_only_the_others(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    take(house, trainer, course_id, keep(house, trainer, course_id))
    more = GIFT + b"\n::Three::And this? {F}\n"
    assert take(house, trainer, course_id, keep(house, trainer, course_id, more)) == 1


def test_a_question_that_was_mended_since_is_not_brought_in_again(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    row = keep(house, trainer, course_id)
    take(house, trainer, course_id, row)
    draft = draft_of(house, trainer, course_id)
    path = f"questions/imported-{row.stored[:8]}.yaml"
    house.act(
        trainer,
        save_draft,
        course_id=course_id,
        revision=draft.revision,
        changes=Changes(files={path: draft.files[path].replace("Which?", "Which of these?")}),
        storage=house.app.extensions["storage"],
    )
    more = GIFT + b"\n::Three::And this? {F}\n"
    assert take(house, trainer, course_id, keep(house, trainer, course_id, more)) == 1


def test_what_is_left_is_not_taken_and_can_be_taken_later(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    row = keep(house, trainer, course_id)
    assert take(house, trainer, course_id, row, left=("line 1",)) == 1
    actor = house.actor(trainer)
    with house.writing(trainer.firm_id) as session:
        seen = see_import(
            session,
            actor=actor,
            course_id=course_id,
            bring_id=row.id,
            storage=house.app.extensions["storage"],
        )
        assert seen.there == {"line 3"}
    assert take(house, trainer, course_id, row) == 1


def test_a_lesson_comes_into_a_module_of_its_own(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    take(house, trainer, course_id, keep(house, trainer, course_id, PAGE, "page.md"))
    draft = draft_of(house, trainer, course_id)
    assert "## A page {#a-page}" in draft.files["lessons/a-page.md"]
    module = read_yaml(draft.files["course.yaml"])["modules"][-1]
    assert (module["key"], module["lessons"]) == ("imported", ["a-page"])


def test_a_key_that_another_question_has_is_not_taken_from_it(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    one = b"// [id:q-1]\n::A::This? {T}\n"
    two = b"// [id:q-1]\n::B::That? {T}\n"
    take(house, trainer, course_id, keep(house, trainer, course_id, one))
    take(house, trainer, course_id, keep(house, trainer, course_id, two))
    files = draft_of(house, trainer, course_id).files
    keys = [one["key"] for name in sorted(files) if "imported" in name for one in read_yaml(files[name])]
    assert sorted(keys) == ["q-1", "q-1-2"]


def test_a_file_that_we_do_not_read_is_not_kept(house: House, trainer: Someone, course_id: uuid.UUID) -> None:
    with pytest.raises(Invalid, match="PDF"):
        keep(house, trainer, course_id, b"%PDF-1.7")
    with house.writing(trainer.firm_id) as session:
        assert session.scalars(select(ImportFile).where(ImportFile.firm_id == trainer.firm_id)).all() == []


def test_only_who_may_edit_the_draft_brings_files_in(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    row = keep(house, trainer, course_id)
    agent = house.person(trainer.firm_id)
    stranger = house.person(house.firm("Other Firm"), Role.TRAINER)
    with pytest.raises(NotAllowed):
        keep(house, agent, course_id)
    with pytest.raises(NotAllowed):
        take(house, agent, course_id, row)
    for act in (lambda: keep(house, stranger, course_id), lambda: take(house, stranger, course_id, row)):
        with pytest.raises(NotFound):
            act()
    shared = house.course()
    with pytest.raises(NotAllowed):
        keep(house, trainer, shared)


def test_a_file_of_one_course_is_not_found_at_another(
    house: House, trainer: Someone, course_id: uuid.UUID
) -> None:
    row = keep(house, trainer, course_id)
    with pytest.raises(NotFound):
        take(house, trainer, uuid.uuid4(), row)
