"""The page of figures finds what was planted, leaves sound questions alone, and tells nobody of another firm's people."""

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from lms.assessments.models import Attempt
from lms.assessments.pages.analysis import analysis_page
from lms.assessments.rules import GroupsHeld
from lms.assessments.verdicts import Kind
from lms.foundation.actor import Role
from lms.tracks.models import SelfDeclared
from lms.tracks.services.groups import declare_groups, settle_promotions, tell_groups
from tests.gates.test_the_pages import counted
from tests.house import ASSOCIATION, SAMPLE_COURSE, House, Someone
from tests.sat import DEAD, LEAKED, WRONG_KEY, Sitting, sit, trainers_page, write_course


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_course(tmp_path / SAMPLE_COURSE.name, 40)


def analysed(house: House, trainer: Someone, course_id: uuid.UUID) -> Any:
    return house.act(
        trainer,
        lambda session, *, actor, now: analysis_page(
            session, actor=actor, course_id=course_id, assessment_key="sat", only="", now=now
        ),
    )


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
def test_planted_faults_are_found_and_sound_questions_left_alone(
    app: Flask, house: House, folder: Path
) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, folder)
    few = counted(app, house.client(trainer), f"/studio/{course_id}/questions/analysis")
    sit(house, firm, course_id, Sitting(people=20, seed=9))
    early = analysed(house, trainer, course_id)
    assert early.people == 20
    assert all(not row.verdicts and row.rest is None for row in early.rows)
    page = trainers_page(house, trainer, course_id)
    assert "Not enough data yet for a verdict: 20 of 100." in page
    some = counted(app, house.client(trainer), f"/studio/{course_id}/questions/analysis")

    sit(house, firm, course_id, Sitting(people=300, seed=1))
    found = {row.key: {one.kind for one in row.verdicts} for row in analysed(house, trainer, course_id).rows}
    assert Kind.KEY in found[WRONG_KEY]
    assert Kind.DEAD in found[DEAD]
    assert Kind.LEAKED in found[LEAKED]
    sound = [
        kinds - {Kind.EASY, Kind.HARD}
        for key, kinds in found.items()
        if key.startswith("sat-") and key > LEAKED
    ]
    assert len(sound) == 37
    assert sum(bool(kinds) for kinds in sound) <= 37 / 20
    page = trainers_page(house, trainer, course_id, "?only=flagged")
    assert "more strong than weak people chose B" in page
    assert "It may have leaked" in page
    assert "Sitter" not in page
    assert counted(app, house.client(trainer), f"/studio/{course_id}/questions/analysis") == some
    assert some <= few + 5, "an empty page reads less"

    rows = house.client(trainer).get(f"/studio/{course_id}/questions/analysis.csv").get_data(as_text=True)
    line = next(one for one in rows.splitlines() if one.startswith(WRONG_KEY))
    assert ",320," in line
    assert "The key may be wrong" in line


def test_the_association_sees_all_firms_together_and_no_small_cell(house: House, folder: Path) -> None:
    course_id = house.course(folder=folder)
    author = house.person(ASSOCIATION, Role.ASSOCIATION)
    ours, theirs = house.firm("Ours"), house.firm("Theirs")
    sit(house, ours, course_id, Sitting(people=60, seed=3))
    assert analysed(house, author, course_id).people == 60
    sit(house, theirs, course_id, Sitting(people=60, seed=4))
    page = analysed(house, author, course_id)
    assert (page.people, page.pooled) == (120, True)
    text = trainers_page(house, author, course_id)
    assert "Ours" not in text
    assert "Theirs" not in text
    assert "&lt;5" in text, "few people who chose an option are not counted out"


def test_a_handful_of_people_of_other_firms_is_no_figure(house: House, folder: Path) -> None:
    course_id = house.course(folder=folder)
    author = house.person(ASSOCIATION, Role.ASSOCIATION)
    sit(house, house.firm("Ours"), course_id, Sitting(people=4, seed=3))
    assert all(row.facility is None for row in analysed(house, author, course_id).rows)


def test_only_who_may_edit_the_course_sees_how_its_questions_do(house: House, folder: Path) -> None:
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, folder)
    other = house.person(house.firm("Other"), Role.TRAINER)
    for end in ("", ".csv"):
        path = f"/studio/{course_id}/questions/analysis{end}"
        assert house.client(other).get(path).status_code == 404
        for role in (Role.AGENT, Role.ASSESSOR, Role.MANAGER):
            assert house.client(house.person(firm, role)).get(path).status_code == 403
        assert house.client(trainer).get(path).status_code == 200


def test_an_association_course_shows_a_trainer_of_a_firm_nothing(house: House, folder: Path) -> None:
    course_id = house.course(folder=folder)
    trainer = house.person(house.firm(), Role.TRAINER)
    path = f"/studio/{course_id}/questions/analysis"
    assert house.client(trainer).get(path).status_code in (403, 404)


def test_a_group_is_used_for_questions_only_where_the_firm_holds_it_and_the_person_said_so(
    house: House, folder: Path
) -> None:
    firm, other = house.firm(), house.firm("Other")
    admin, trainer = house.person(firm, Role.FIRM_ADMIN), house.person(firm, Role.TRAINER)
    agrees, does_not = house.person(firm), house.person(firm)
    their_admin, theirs = house.person(other, Role.FIRM_ADMIN), house.person(other)
    for one in (admin, their_admin):
        house.act(one, settle_promotions, appeal_days=10, holds_groups=True)
    said = {"first_language": "spanish", "gender": "", "age_band": "under_25"}
    house.act(agrees, declare_groups, said=said, for_questions=True)
    house.act(does_not, declare_groups, said=said)
    house.act(theirs, declare_groups, said=said, for_questions=True)

    def held() -> dict[str, Any]:
        return house.act(
            trainer, lambda session, *, actor, now: dict(tell_groups(session, GroupsHeld(actor.firm_id)))
        )

    assert held() == {"First language": {(firm, agrees.id): "Spanish"}, "Gender": {}}
    course_id = house.course(trainer, folder)
    sit(house, firm, course_id, Sitting(people=3, seed=3))
    page = trainers_page(house, trainer, course_id)
    assert "First language: not enough data yet." in page
    assert "Spanish" not in page, "how many of a small group there are is told to nobody"
    house.act(admin, settle_promotions, appeal_days=10, holds_groups=False)
    assert held() == {"First language": {}, "Gender": {}}


def test_how_a_question_treats_a_large_group_is_said_in_words_with_both_tests(
    house: House, tmp_path: Path
) -> None:
    firm = house.firm()
    admin, trainer = house.person(firm, Role.FIRM_ADMIN), house.person(firm, Role.TRAINER)
    house.act(admin, settle_promotions, appeal_days=10, holds_groups=True)
    course_id = house.course(trainer, write_course(tmp_path / SAMPLE_COURSE.name, 8))
    sit(house, firm, course_id, Sitting(people=230, seed=3, faults=False))
    with house.writing(firm) as session:
        people = session.scalars(
            select(Attempt.person_id).where(Attempt.firm_id == firm).order_by(Attempt.id)
        ).all()
        languages = ["spanish"] * 120 + ["kriol"] * 103 + ["maya"] * 7
        session.execute(
            insert(SelfDeclared),
            [
                {
                    "firm_id": firm,
                    "person_id": one,
                    "first_language": said,
                    "for_questions": True,
                    "declared_at": house.noon,
                }
                for one, said in zip(people, languages, strict=True)
            ],
        )
    page = trainers_page(house, trainer, course_id)
    told = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    assert "First language: Kriol (n = 103), Spanish (n = 120)." in told
    assert "Maya" not in told
    assert told.count("Spanish (First language): as hard as for others who do as well.") >= 6
    assert "120 people, 100 or more beside them · Mantel–Haenszel: difference" in told
    assert "Logistic regression: effect size 0." in told
    rows = house.client(trainer).get(f"/studio/{course_id}/questions/analysis.csv").get_data(as_text=True)
    assert "Kriol: n=103 others=100+ delta=" in rows
