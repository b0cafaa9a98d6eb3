"""Triage, matrix, best and worst, spreadsheet, typing: partial credit as the document says it."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lms.assessments.kinds import KINDS, WORK_SAMPLES
from lms.assessments.kinds.contract import BadAnswer, Unreadable
from lms.assessments.kinds.typed_copy import errors_left, speed
from lms.assessments.rules import Draw
from tests.unit.test_kinds import document

TEXT = "The quick brown fox jumps over the lazy dog while it rains."


def marked(kind: str, said: dict[str, str], **fields: Any) -> Any:
    """The mark of a form, nothing shuffled."""
    module = KINDS[kind]
    question = module.read(document(kind, **fields))
    variant = module.vary(question, 1, shuffle=False)
    raw = {name: [value] for name, value in said.items()}
    return module.mark(question, variant, module.given(question, variant, raw))


def refused(kind: str, **fields: Any) -> str:
    """What the check says."""
    with pytest.raises(Unreadable) as caught:
        KINDS[kind].read(document(kind, **fields))
    return " ".join(f"{one.where}: {one.message}" for one in caught.value.problems)


def test_a_priority_next_to_the_right_one_is_worth_half_of_its_third() -> None:
    right = {"answer-a-priority": "P2", "answer-a-queue": "Desk", "answer-a-action": "Reply"}
    assert marked("triage", right).score == pytest.approx(1 / 3)
    assert marked("triage", right | {"answer-a-priority": "P1"}).parts[0].share == pytest.approx(2.5 / 3)
    far = {"priorities": ["P1", "P2", "P3", "P4"]}
    assert marked("triage", right | {"answer-a-priority": "P4"}, **far).parts[0].share == pytest.approx(2 / 3)
    with pytest.raises(BadAnswer):
        marked("triage", {"answer-a-queue": "Kitchen"})
    tickets = [{"text": "x", "priority": "P9", "queue": "Desk", "action": "Reply"}] * 3
    assert "Choose one of the priorities" in refused("triage", tickets=tickets)


def test_a_matrix_is_marked_by_statement() -> None:
    assert marked("matrix", {"answer-a": "a", "answer-b": "a", "answer-c": "b"}).score == pytest.approx(2 / 3)
    assert "one of the columns" in refused(
        "matrix", statements=[{"text": str(n), "answer": "Maybe", "why": "x"} for n in range(3)]
    )


def test_second_best_earns_its_weight_and_the_worst_is_what_lacks_most() -> None:
    assert marked("sjt", {"answer-best": "c", "answer-worst": "a"}).score == 1
    assert marked("sjt", {"answer-best": "b", "answer-worst": "a"}).score == 0.75
    assert marked("sjt", {"answer-best": "a", "answer-worst": "c"}).score == 0
    assert marked("sjt", {"answer-best": "c"}).score == 0.5
    with pytest.raises(BadAnswer, match="cannot be the same"):
        marked("sjt", {"answer-best": "c", "answer-worst": "c"})
    tied = [{"text": str(n), "value": 1, "why": "x"} for n in range(3)]
    assert "highest weight" in refused("sjt", options=tied)


def test_a_cell_is_its_number_within_its_tolerance_however_it_is_typed() -> None:
    for typed, score in (("41,337", 1), ("41337.5", 1), ("41 337", 1), ("41338", 0), ("=6*7", None)):
        if score is None:
            with pytest.raises(BadAnswer):
                marked("spreadsheet", {"answer-B3": typed})
        else:
            assert marked("spreadsheet", {"answer-B3": typed}).score == score, typed
    assert "no cell" in refused("spreadsheet", cells={"total": {"answer": 1}, "other": {"answer": 1}})
    assert "rows of the same" in refused("spreadsheet", table="a | b\n[[total]]")


# Typing -----------------------------------------------------------------------------------------------------------


def test_the_speeds_are_those_of_the_formulas() -> None:
    found = speed(TEXT, TEXT, 30)
    assert found.gross == pytest.approx((len(TEXT) - 1) / 5 / 0.5)
    assert (found.net, found.accuracy, found.errors) == (found.gross, 1, 0)
    slips = speed(TEXT, TEXT.replace("quick", "quikc").replace("lazy", "lzy"), 60)
    assert slips.errors == 3  # two letters changed, one left out
    assert slips.net == pytest.approx((len(TEXT) - 2) / 5 - 3)


def test_full_marks_are_the_goal_and_below_the_accuracy_nothing_counts() -> None:
    at_goal = {"answer": TEXT, "answer-seconds": str((len(TEXT) - 1) / 5 / 35 * 60)[:7]}
    assert marked("typing", at_goal).score == pytest.approx(1, abs=1e-4)
    assert marked("typing", at_goal | {"answer-seconds": "60"}).score == pytest.approx(11.6 / 35)
    careless = at_goal | {"answer": TEXT.replace("o", "p").replace("e", "w")}
    assert marked("typing", careless).score == 0
    with pytest.raises(BadAnswer, match="faster than anybody"):
        marked("typing", {"answer": TEXT, "answer-seconds": "1"})


def test_a_fast_beginning_is_no_whole_copy() -> None:
    half = TEXT[: len(TEXT) // 2]
    assert marked("typing", {"answer": half, "answer-seconds": "5"}).score == pytest.approx(
        len(half) / len(TEXT)
    )


def test_without_a_clock_what_stands_exact_is_the_score() -> None:
    assert marked("typing", {"answer": TEXT}).score == 1
    assert marked("typing", {"answer": TEXT[:30]}).score == pytest.approx(30 / len(TEXT), abs=0.02)
    told = {part.ref for part in marked("typing", {"answer": TEXT}).parts}
    assert "net" not in told


def test_corrections_are_told_and_cost_nothing() -> None:
    clean = marked("typing", {"answer": TEXT, "answer-seconds": "60"})
    mended = marked("typing", {"answer": TEXT, "answer-seconds": "60", "answer-corrections": "9"})
    assert mended.score == clean.score
    assert next(part.about for part in mended.parts if part.ref == "corrections") == "9"


@given(st.text("ab c", max_size=40), st.text("ab c", max_size=40))
@settings(deadline=None)
def test_errors_left_are_the_least_distance_to_a_beginning_of_the_text(text: str, typed: str) -> None:
    def distance(one: str, other: str) -> int:
        row = list(range(len(other) + 1))
        for i, a in enumerate(one, 1):
            last, row[0] = row[0], i
            for j, b in enumerate(other, 1):
                last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (a != b))
        return row[-1]

    assert errors_left(text, typed) == min(distance(text[:end], typed) for end in range(len(text) + 1))


def test_a_draw_takes_a_work_sample_only_where_it_names_the_kind() -> None:
    for kind in WORK_SAMPLES:
        said = {"kind": kind, "competency": "B4", "tags": ["x"]}
        assert not Draw(1, {"competency": "B4"}).takes(said)
        assert not Draw(1, {"tags": ["x"]}).takes(said)
        assert Draw(1, {"competency": "B4", "kind": kind}).takes(said)
