"""The questions of a course whose answer is a number, for tests that work the answer out a second time by code of their own."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from lms.assessments.kinds import numeric
from lms.assessments.kinds.arithmetic import evaluate
from lms.courses.packages import Package


def numeric_questions(package: Package) -> dict[str, numeric.Question]:
    """The questions and checks of a course whose answer is a number, by key."""
    return {
        one.document["key"]: numeric.read(one.document)
        for one in (*package.questions, *package.checks)
        if one.document["kind"] == "numeric"
    }


def agrees(
    question: numeric.Question,
    worked_out: Callable[..., float],
    *,
    seeds: Iterable[int] = range(1, 41),
    decimals: int = 4,
    **closeness: float,
) -> None:
    """For whoever is asked: the answer is what the test works out, is marked as right, and no known mistake comes near it."""
    for seed in seeds:
        values: dict[str, Any] = numeric.vary(question, seed)["values"]
        mine, right = float(worked_out(**values)), evaluate(question.answer, values)
        assert mine == pytest.approx(right, **closeness), values
        given = numeric.given(question, {"values": values}, {"answer": [f"{mine:.{decimals}f}"]})
        assert numeric.mark(question, {"values": values}, given).score == 1.0
        for wrong, _why in question.mistakes:
            assert abs(evaluate(wrong, values) - right) > question.tolerance, (wrong, values)
