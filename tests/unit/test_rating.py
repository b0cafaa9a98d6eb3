"""Rating on a form: points, what does not apply, what fails the whole, and several raters together."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lms.tracks.framework_files import latest_forms, shipped_framework
from lms.tracks.rules import EvidenceKind
from lms.tracks.rules.rating import SCALES, choices_of, items_of, marks_problem, rate, together

FORM: dict[str, Any] = {
    "scale": "shown",
    "pass_mark": 0.5,
    "sections": [
        {"key": "a", "items": [{"key": "x", "text": "X"}, {"key": "y", "text": "Y"}]},
        {"key": "b", "items": [{"key": "safe", "text": "Safe", "critical": True}]},
    ],
}


@pytest.mark.parametrize(
    ("marks", "score", "passed"),
    [
        ({"x": "3", "y": "3", "safe": "3"}, 1, True),
        ({"x": "0", "y": "0", "safe": "3"}, 1 / 3, False),
        ({"x": "na", "y": "2", "safe": "1"}, 0.5, True),
        ({"x": "3", "y": "3", "safe": "0"}, 2 / 3, False),
    ],
)
def test_a_score_is_the_share_of_points_among_what_applied_and_a_critical_error_fails_it(
    marks: dict[str, str], score: float, passed: bool
) -> None:
    assert marks_problem(FORM, marks) is None
    found = rate(FORM, marks)
    assert (found.score, found.passed) == (pytest.approx(score), passed)
    assert found.critical == (("Safe",) if marks["safe"] == "0" else ())


@pytest.mark.parametrize(
    "marks",
    [
        {"x": "3", "y": "3"},
        {"x": "3", "y": "3", "safe": "na"},
        {"x": "4", "y": "3", "safe": "3"},
        {"x": "3", "y": "3", "safe": "3", "z": "1"},
        {},
    ],
)
def test_marks_that_are_not_whole_or_not_for_this_form_are_told(marks: dict[str, str]) -> None:
    assert str(marks_problem(FORM, marks)).endswith(".")


def test_a_line_with_anchors_says_what_each_choice_looks_like_there() -> None:
    form = {**FORM, "scale": "rubric"}
    assert choices_of(form, {"key": "x"}) == list(SCALES["rubric"])
    assert choices_of(form, {"key": "x", "anchors": ["Never", "Once", "Each time"]}) == [
        ("0", "Never"),
        ("1", "Once"),
        ("2", "Each time"),
    ]


MARKS = some.fixed_dictionaries(
    {"x": some.sampled_from("0123"), "y": some.sampled_from("0123"), "safe": some.sampled_from("0123")}
)


@given(some.lists(MARKS, min_size=1, max_size=5), some.randoms())
def test_together_does_not_depend_on_who_comes_first_and_no_critical_error_is_averaged_away(
    every: list[dict[str, str]], chance: Any
) -> None:
    ratings = [rate(FORM, marks) for marks in every]
    joint = together(FORM, ratings)
    chance.shuffle(ratings)
    again = together(FORM, ratings)
    assert again.mean == pytest.approx(joint.mean)
    assert (again.apart, again.passed) == (joint.apart, joint.passed)
    assert min(one.score for one in ratings) <= joint.mean + 1e-9
    if any(one.critical for one in ratings):
        assert not joint.passed


def test_the_forms_that_ship_are_whole_and_their_versions_follow_one_another() -> None:
    forms, competencies = (
        shipped_framework()["forms"],
        {one["key"] for one in shipped_framework()["competencies"]},
    )
    assert {one["key"] for one in latest_forms()} >= {
        "call-scorecard",
        "grow-coaching",
        "work-sample",
        "structured-interview",
        "panel",
    }
    for key in {one["key"] for one in forms}:
        mine = [one["version"] for one in forms if one["key"] == key]
        assert mine == list(range(1, len(mine) + 1)), key
    for one in forms:
        items = items_of(one)
        keys = [item["key"] for item in items]
        assert len(keys) == len(set(keys)), one["key"]
        assert set(one["about"]) <= competencies, one["key"]
        assert one["scale"] in SCALES
        assert one["kind"] in set(EvidenceKind)
        assert 0 < one["pass_mark"] < 1
        assert all(len(choices_of(one, item)) == len(SCALES[one["scale"]]) for item in items), one["key"]
        if one["scale"] == "rubric":
            assert all(len(set(item["anchors"])) == 3 for item in items), one["key"]
    assert any(item.get("critical") for item in items_of(forms[0])), "a call can be failed by one thing"


def test_every_line_that_has_levels_says_what_each_level_looks_like_and_none_rates_a_person() -> None:
    labels = re.compile(
        r"\b(potential|attitude|personality|material|natural|caring|kind|nice)\b", re.IGNORECASE
    )
    for one in latest_forms():
        for item in items_of(one):
            if one["scale"] != "done":
                assert item.get("anchors"), (one["key"], item["key"])
                assert len(set(item["anchors"])) == len(SCALES[one["scale"]]), (one["key"], item["key"])
            said = [item["text"], *item.get("anchors", [])]
            assert [words for words in said if labels.search(words)] == [], (one["key"], item["key"])
