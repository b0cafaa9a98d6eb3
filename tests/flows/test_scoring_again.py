"""A question with a wrong key is scored again for everybody: looked at first, with a reason, on record, and taken back."""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.assessments.models import Attempt, AttemptQuestion, Question, Rescored, Rescoring
from lms.assessments.rescoring import Change, Rule
from lms.assessments.services import rescoring
from lms.assessments.services.rescoring import Wish, decide_rescoring, take_rescoring_back
from lms.foundation.actor import Role
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.ids import new_id
from lms.people.models import Employment, EmploymentRole
from lms.tracks.models import Contest, EvidenceRow
from tests.gates.test_the_pages import counted
from tests.house import ASSOCIATION, SAMPLE_COURSE, House, Someone
from tests.sat import WRONG_KEY, Sitting, sit, write_course

AWAY = f"/questions/{WRONG_KEY}/score-again"
SOUND = "sat-05"
AWAY_SOUND = f"/questions/{SOUND}/score-again"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = write_course(tmp_path / SAMPLE_COURSE.name, 40)
    plan = path / "assessments" / "sat.yaml"
    plan.write_text(plan.read_text() + "evidence: [{competency: B4, level: 3}]\n")
    return path


def version_of(house: House, course_id: uuid.UUID, key: str = WRONG_KEY) -> uuid.UUID:
    with house.writing() as session:
        found = session.scalar(
            select(Question.live_version_id).where(Question.course_id == course_id, Question.key == key)
        )
    assert found is not None
    return found


def results(house: House, firm: uuid.UUID) -> dict[uuid.UUID, tuple[float, bool, int]]:
    with house.writing(firm) as session:
        return {
            row.id: (round(row.score or 0, 6), bool(row.passed), row.revision)
            for row in session.scalars(select(Attempt).where(Attempt.firm_id == firm))
        }


def wish(version_id: uuid.UUID, change: Change = Change.KEY, right: str = "B", **more: Any) -> Wish:
    letters = frozenset(right) if change is Change.KEY else frozenset()
    return Wish(
        more.pop("id", None) or new_id(), version_id, Rule(change, letters), "The key said A.", **more
    )


def test_everybody_is_scored_again_and_whoever_passed_keeps_the_pass(
    app: Flask, house: House, folder: Path
) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, folder)
    sit(house, firm, course_id, Sitting(people=120, seed=5))
    version_id, before = version_of(house, course_id, SOUND), results(house, firm)
    client = house.client(trainer)
    page = client.get(f"/studio/{course_id}{AWAY_SOUND}?version={version_id}&change=key&right=B").text
    assert "120 attempts were asked this." in page
    assert "</svg>keeps pass and result" in page, "somebody chose A, passed by it, and would not pass now"
    assert results(house, firm) == before, "a look changes nothing"

    once = wish(version_id)
    with pytest.raises(Invalid):
        house.act(
            trainer, decide_rescoring, course_id=course_id, wish=Wish(new_id(), version_id, once.rule, " ")
        )
    for _twice in range(2):
        house.act(trainer, decide_rescoring, course_id=course_id, wish=once)
    after = results(house, firm)
    with house.writing(firm) as session:
        records = {
            row.attempt_id: row for row in session.scalars(select(Rescored).where(Rescored.firm_id == firm))
        }
        ledger = session.scalars(select(EvidenceRow).where(EvidenceRow.firm_id == firm)).all()
    assert all(after[one][1] for one in before if before[one][1]), "nobody who passed loses it"
    kept = [one for one, row in records.items() if row.kept]
    assert kept
    assert all(after[one] == before[one] for one in kept), (
        "who keeps the pass keeps the result to the last point"
    )
    assert all(after[one] == before[one] for one in before if one not in records)
    assert all(after[one][2] == 1 for one in records if one not in kept)
    assert len(ledger) == sum(not row.kept for row in records.values())
    moved = next(one for one in records if after[one][0] > before[one][0])
    assert round(after[moved][0] - before[moved][0], 4) == 1 / 40

    with pytest.raises(Conflict):
        house.act(trainer, decide_rescoring, course_id=course_id, wish=wish(version_id))
    back = wish(version_id, Change.UNDO, takes_passes=True)
    for _twice in range(2):
        house.act(trainer, take_rescoring_back, course_id=course_id, rescoring_id=once.id, wish=back)
    assert {one: said[:2] for one, said in results(house, firm).items()} == {
        one: said[:2] for one, said in before.items()
    }
    with house.writing(firm) as session:
        rows = session.scalars(select(EvidenceRow).where(EvidenceRow.firm_id == firm)).all()
        assert len(rows) == 2 * len(ledger), "what was said before is kept, and superseded"
        assert sum(row.supersedes_id is not None for row in rows) == len(ledger)
        assert session.scalar(select(func.count(Rescoring.id))) == 2
    page = client.get(f"/studio/{course_id}{AWAY_SOUND}").text
    assert "Taken back" in page
    assert "Another answer is right: B" in page


def test_a_person_is_told_in_the_app_and_their_firm_sees_names(house: House, folder: Path) -> None:
    course_id = house.course(folder=folder)
    author = house.person(ASSOCIATION, Role.ASSOCIATION)
    ours, theirs = house.firm("Ours"), house.firm("Theirs")
    sit(house, ours, course_id, Sitting(people=120, seed=5))
    sit(house, theirs, course_id, Sitting(people=30, seed=6))
    version_id = version_of(house, course_id)
    client = house.client(author)
    page = client.get(f"/studio/{course_id}{AWAY}?version={version_id}&change=key&right=B").text
    assert "150 attempts were asked this." in page
    assert "Sitter" not in page
    assert "Counts only: the people are named to their own firm." in page
    form = {"id": new_id(), "version": version_id, "change": "key", "right": "B", "reason": "The key said A."}
    assert client.post(f"/studio/{course_id}{AWAY}", data=form).status_code == 302
    manager, other = house.person(ours, Role.MANAGER), house.person(theirs, Role.TRAINER)
    mine, their_page = house.client(manager).get("/scored-again"), house.client(other).get("/scored-again")
    assert "Sitter" in mine.text
    assert "The key said A." in mine.text
    assert mine.text.count("Sitter") != their_page.text.count("Sitter") or mine.text != their_page.text
    assert "Sitter" in house.client(manager).get("/scored-again.csv").text
    assert house.client(house.person(ours)).get("/scored-again").status_code == 403

    with house.writing(ours) as session:
        risen = session.scalars(
            select(Rescored).where(Rescored.firm_id == ours, Rescored.passed, ~Rescored.was_passed)
        ).first()
        assert risen is not None, "somebody passes by the corrected key"
        name = session.scalars(
            select(Employment.name).where(Employment.firm_id == ours, Employment.person_id == risen.person_id)
        ).one()
        session.add(EmploymentRole(firm_id=ours, person_id=risen.person_id, role=Role.AGENT))
    person = house.client(Someone(risen.person_id, ours, name, ""))
    today = person.get("/today").text
    assert "you have passed" in today
    assert "The key said A." in today
    result = person.get(f"/attempts/{risen.attempt_id}/result").text
    assert "A question of this test was looked at again" in result
    assert person.post("/scored-again/read").status_code == 302
    assert "looked at again" not in person.get("/today").text


def test_what_was_withdrawn_does_not_come_back_by_scoring_again(house: House, folder: Path) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, folder)
    sit(house, firm, course_id, Sitting(people=20, seed=7))
    first = wish(version_of(house, course_id))
    house.act(trainer, decide_rescoring, course_id=course_id, wish=first)
    with house.writing(firm) as session:
        rows = session.scalars(select(EvidenceRow).where(EvidenceRow.firm_id == firm)).all()
        gone = rows[0]
        session.add(
            Contest(
                firm_id=firm,
                evidence_id=gone.id,
                by_id=gone.person_id,
                reason="Not mine.",
                at=house.noon,
                resolved_at=house.noon,
                resolved_by_id=trainer.id,
                outcome="withdrawn",
                answer="Right.",
            )
        )
    back = wish(first.version_id, Change.UNDO, takes_passes=True)
    house.act(trainer, take_rescoring_back, course_id=course_id, rescoring_id=first.id, wish=back)
    house.act(trainer, decide_rescoring, course_id=course_id, wish=wish(first.version_id, Change.ALL))
    with house.writing(firm) as session:
        after = session.scalars(select(EvidenceRow).where(EvidenceRow.firm_id == firm)).all()
    assert [row.id for row in after if row.person_id == gone.person_id] == [gone.id]
    assert len(after) > len(rows)


def test_a_question_that_is_dropped_counts_no_more_and_many_are_done_in_the_background(
    house: House, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescoring, "MOST_AT_ONCE", 5)
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, folder)
    sit(house, firm, course_id, Sitting(people=20, seed=7))
    version_id, before = version_of(house, course_id), results(house, firm)
    row = house.act(trainer, decide_rescoring, course_id=course_id, wish=wish(version_id, Change.DROP))
    assert row.done_at is None
    assert results(house, firm) == before
    assert "under way in the background" in house.client(trainer).get(f"/studio/{course_id}{AWAY}").text
    assert house.work() == 1
    after = results(house, firm)
    with house.writing(firm) as session:
        left_out = session.scalars(
            select(AttemptQuestion).where(AttemptQuestion.firm_id == firm, AttemptQuestion.left_out)
        ).all()
    worth = {one.attempt_id: one.score or 0.0 for one in left_out}
    changed = [one for one in after if after[one][2]]
    assert changed
    for one in changed:
        assert after[one][0] == pytest.approx((before[one][0] * 40 - worth[one]) / 39, abs=1e-5)
    kept = {one for one in before if before[one][1] and not after[one][2]}
    assert set(worth) == set(changed)
    assert len(changed) + len(kept) == 20


def test_only_who_may_publish_the_course_scores_again(house: House, folder: Path) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, folder)
    sit(house, firm, course_id, Sitting(people=3, seed=8))
    version_id = version_of(house, course_id)
    form = {"id": new_id(), "version": version_id, "change": "all", "reason": "Mine now."}
    path = f"/studio/{course_id}{AWAY}"
    neighbour = house.client(house.person(house.firm("Other"), Role.TRAINER))
    assert neighbour.get(path).status_code == 404
    assert neighbour.post(path, data=form).status_code == 404
    for role in (Role.AGENT, Role.MANAGER, Role.ASSESSOR):
        client = house.client(house.person(firm, role))
        assert client.get(path).status_code == 403
        assert client.post(path, data=form).status_code == 403
    with house.writing(firm) as session:
        assert session.scalar(select(func.count(Rescoring.id))) == 0
    strange = form | {"version": uuid.uuid4()}
    assert house.client(trainer).post(path, data=strange).status_code == 404
    assert house.client(trainer).post(path, data=form | {"reason": " "}).status_code == 422
    assert house.client(trainer).post(path, data=form).status_code == 302
    with house.writing(firm) as session:
        decided = session.scalars(select(Rescoring)).one()
    undo = f"{path}/{decided.id}/undo"
    assert neighbour.post(undo, data=form).status_code == 404
    assert (
        house.client(trainer).post(f"{path}/{uuid.uuid4()}/undo", data=form | {"id": new_id()}).status_code
        == 404
    )


@pytest.mark.sqlite_is_enough
def test_looking_costs_the_same_for_few_and_for_many(app: Flask, house: House, folder: Path) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, folder)
    sit(house, firm, course_id, Sitting(people=3, seed=8))
    path = f"/studio/{course_id}{AWAY}?version={version_of(house, course_id)}&change=key&right=B"
    few = counted(app, house.client(trainer), path)
    sit(house, firm, course_id, Sitting(people=30, seed=9))
    assert counted(app, house.client(trainer), path) == few
    assert re.search(r"33 attempts", house.client(trainer).get(path).text)
