"""What the bank's page knows of questions: which are alike, what changed, which draws can pick them, how draws stand."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessments.bank import plans
from lms.assessments.bank.alike import alike, asked_words
from lms.assessments.bank.differences import compared, differences
from lms.assessments.bank.drafted import drafted
from lms.assessments.bank.draws import drawable, expected_score, fits, readable_draws, uses
from lms.assessments.bank.search import Wanted
from lms.assessments.rules import Blueprint, Draw, blueprint_problems, draw_questions, read_blueprint
from lms.foundation.yaml import read_yaml

SEEDS = sorted((Path(__file__).parents[2] / "seed_courses").glob("*"))


def asks(stem: str, **more: Any) -> dict[str, Any]:
    return {"kind": "short", "stem": stem, **more}


def test_the_same_words_in_another_dress_are_alike() -> None:
    bank = [
        asks("What do you say to a caller who is angry?"),
        asks("Who signs the shift report?"),
        asks("what do you SAY to a caller, who is angry"),
        asks("What do you say first to a caller who is very angry?"),
    ]
    found = {(pair.one, pair.other): pair.share for pair in alike(bank)}
    assert found[0, 2] == 1.0
    assert round(found[0, 3], 2) == round(10 / 12, 2)
    assert all(1 not in pair for pair in found)


def test_one_sentence_over_different_steps_is_not_alike() -> None:
    one = asks("Put these in order.", items=[{"text": "Greet"}, {"text": "Verify the caller"}])
    two = asks("Put these in order.", items=[{"text": "Hold"}, {"text": "Ring the number on record"}])
    assert not alike([one, two])
    assert alike([one, dict(one)])


@given(st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=7).map(" ".join), max_size=9))
def test_no_pair_is_missed_by_comparing_only_what_shares_a_rare_word(stems: list[str]) -> None:
    bank = [asks(stem) for stem in stems]
    said = [asked_words(one) for one in bank]
    every = {
        (one, other)
        for other in range(len(bank))
        for one in range(other)
        if said[one] | said[other] and len(said[one] & said[other]) / len(said[one] | said[other]) >= 0.8
    }
    assert {(pair.one, pair.other) for pair in alike(bank)} == every


def test_a_changed_word_is_the_only_thing_marked() -> None:
    assert list(compared("Ring the number now", "Ring the manager now")) == [
        ("same", "Ring the "),
        ("gone", "number"),
        ("new", "manager"),
        ("same", " now"),
    ]
    before = {"stem": "One", "options": [{"text": "A", "correct": True}, {"text": "B"}], "tags": ["x"]}
    after = {"stem": "One", "options": [{"text": "A"}, {"text": "C"}], "tags": ["x", "y"], "level": 2}
    assert [one.where for one in differences(before, after)] == [
        "options.1.text",
        "tags",
        "level",
        "options.0.correct",
    ]
    assert differences(before, before) == []


def kinds(**counts: int) -> list[dict[str, Any]]:
    return [asks(f"{name} {n}", objective=name) for name, count in counts.items() for n in range(count)]


def draw(count: int, **fitting: Any) -> Draw:
    return Draw(count, fitting)


def test_an_earlier_draw_takes_what_leaves_most_for_the_next() -> None:
    bank = [asks("both", objective="a", tags=["t"]), *kinds(a=3), asks("t", objective="b", tags=["t"])]
    found = fits([draw(3, objective="a"), draw(2, tags=["t"]), draw(1)], bank)
    assert [(one.fitting, one.left, one.possible) for one in found] == [
        (4, 4, True),
        (2, 2, True),
        (5, 0, False),
    ]


def test_what_an_impossible_draw_cannot_have_stays_for_the_others() -> None:
    found = fits([draw(9, objective="a"), draw(2, objective="a")], kinds(a=3))
    assert [(one.left, one.possible) for one in found] == [(3, False), (3, True)]


BANKS = st.lists(
    st.fixed_dictionaries({"objective": st.sampled_from("ab"), "thinking": st.sampled_from("kj")}), max_size=8
)
FITS = st.fixed_dictionaries(
    {}, optional={"objective": st.sampled_from("ab"), "thinking": st.sampled_from("kj")}
)


@given(BANKS, st.lists(st.tuples(st.integers(1, 3), FITS), min_size=1, max_size=4))
def test_the_draws_stand_exactly_when_a_paper_can_be_drawn(
    bank: list[dict[str, Any]], rows: list[tuple[int, dict[str, Any]]]
) -> None:
    draws = tuple(Draw(count, fitting) for count, fitting in rows)
    base = read_blueprint({"key": "k", "title": "T", "draws": [{"count": 1}], "pass_mark": 0.5})
    plan = Blueprint(**{**vars(base), "draws": draws})
    assert all(one.possible for one in fits(draws, bank)) == (draw_questions(plan, bank, seed=1) is not None)


def test_a_just_competent_person_is_expected_to_score_the_mean_of_the_draws() -> None:
    bank = [asks("1", objective="a", difficulty=0.5), asks("2", objective="a", difficulty=0.7)]
    bank += [asks("3", objective="b", difficulty=0.9), asks("4", objective="b")]
    found = expected_score([draw(2, objective="a"), draw(1, objective="b")], bank)
    assert found is not None
    assert found.score == pytest.approx((2 * 0.6 + 0.9) / 3)
    assert (found.judged, found.fitting) == (3, 4)
    assert expected_score([draw(1, objective="c")], bank) is None
    assert expected_score([], bank) is None


def test_a_question_names_the_draws_that_can_pick_it() -> None:
    bank = kinds(a=2, b=1)
    plan = {
        "key": "final",
        "title": "Final",
        "draws": [{"count": 1, "objective": "b"}, {"count": 1}, {"count": "x"}],
    }
    assert [(use.draw, use.fitting) for use in uses(bank[0], [plan], bank)] == [(2, 3)]
    assert drawable([plan], bank) == [1, 1, 2]
    assert len(readable_draws({"draws": "all"})) == 0


@pytest.mark.parametrize(
    "odd",
    [{"tags": None}, {"tags": 7}, {"tags": [["x"]]}, {"difficulty": "often"}, {"difficulty": None}],
    ids=str,
)
def test_a_question_of_odd_shape_fits_no_draw_and_breaks_none(odd: dict[str, Any]) -> None:
    assert not draw(1, tags=["x"], difficulty=[0.1, 0.9]).takes({"stem": "x", **odd})


def test_what_is_searched_for_is_found_whatever_the_accents() -> None:
    one = asks("¿Qué dice María?", objective="greet", level=2, tags=["saludo"], options=[{"text": "Adiós"}])
    for wanted in (
        Wanted(text="maria que"),
        Wanted(text="adios"),
        Wanted(level="2", tag="saludo", objective="greet", kind="short"),
    ):
        assert wanted.takes(one)
    for wanted in (Wanted(text="pedro"), Wanted(level="3"), Wanted(tag="x"), Wanted(kind="single")):
        assert not wanted.takes(one)


@pytest.mark.parametrize("folder", SEEDS, ids=lambda folder: folder.name)
def test_an_assessment_shown_as_a_sheet_comes_back_the_same(folder: Path) -> None:
    bank = [one for path in (folder / "questions").glob("*.yaml") for one in read_yaml(path.read_text())]
    for path in (folder / "assessments").glob("*.yaml"):
        document = read_yaml(path.read_text())
        sheet = plans.show(document)
        assert plans.write(sheet, document) == document
        assert list(plans.write(sheet, document)) == list(document)
        fresh = {"key": document["key"], **plans.write(sheet, {})}
        assert not blueprint_problems(fresh, bank)
        assert read_blueprint(fresh) == read_blueprint({**document, "intro": document["intro"].strip()})


DRAWN = st.fixed_dictionaries(
    {"count": st.integers(-1, 9)},
    optional={
        "objective": st.text(min_size=1, max_size=4).map(str.strip).filter(bool),
        "level": st.integers(1, 5),
        "tags": st.lists(st.sampled_from(["x", "y z"]), min_size=1, max_size=2),
        "difficulty": st.tuples(st.integers(0, 50), st.integers(51, 100)).map(
            lambda s: [s[0] / 100, s[1] / 100]
        ),
        "critical": st.booleans(),
    },
)


@given(
    st.fixed_dictionaries(
        {"title": st.sampled_from(["One", "Two words"]), "draws": st.lists(DRAWN, min_size=1, max_size=4)},
        optional={
            "purpose": st.sampled_from(["lesson", "course", "gate", "odd"]),
            "shuffle": st.dictionaries(st.sampled_from(["questions", "options"]), st.booleans()),
            "attempts": st.dictionaries(st.sampled_from(["allowed", "gap_hours"]), st.integers(0, 9)),
            "pass_mark": st.integers(1, 100).map(lambda share: share / 100),
            "time_limit_minutes": st.integers(1, 90),
            "evidence": st.lists(
                st.fixed_dictionaries({"competency": st.just("B4"), "level": st.integers(1, 5)})
            ),
            "feedback": st.sampled_from(["never", "after_submit"]),
            "forms": st.sampled_from([1, 2, 3]),
            "adaptive": st.dictionaries(
                st.sampled_from(["stop_se", "shortest", "exposure"]), st.sampled_from([0.5, 3, 20])
            ),
        },
    )
)
def test_whatever_an_assessment_says_nothing_changes_untouched(document: dict[str, Any]) -> None:
    assert plans.write(plans.show(document), document) == document


def test_a_sentence_about_an_assessment_stands_beside_its_field() -> None:
    sheet = {"draws": [{"count": ""}, {"count": "3"}, {"count": "4"}], "evidence": [{"level": "2"}]}
    assert plans.place(sheet, "draws.1") == "draws-2-count"
    assert plans.place(sheet, "draws.0.difficulty") == "draws-1-least"
    assert plans.place(sheet, "evidence.0") == "evidence-0-competency"
    assert plans.place(sheet, "attempts") == "allowed"
    assert plans.place(sheet, "draws") == "draws"


def test_a_draft_says_what_it_can_and_names_what_it_cannot_read() -> None:
    read = drafted(
        {
            "course.yaml": "title: T\nobjectives: [{key: a, text: A}, 7]\ncompletion: {assessment: final}\n",
            "questions/a.yaml": "- key: one\n- 7\n- key: two\n",
            "questions/b.yaml": "- key: [x\n",
            "questions/c.yaml": "key: x\n",
            "assessments/final.yaml": "key: final\n",
            "lessons/a.md": "::: check\nkey: seen\nkind: single\n:::\n",
        }
    )
    assert [(entry.key, entry.at) for entry in read.questions] == [("one", 0), ("two", 2)]
    assert [problem.file for problem in read.unread] == ["questions/b.yaml", "questions/c.yaml"]
    assert (read.objectives, read.completed_by, read.check_keys) == ({"a": "A"}, "final", {"seen"})
