"""Every sum that course C02 states is worked out here a second time, by other code than the product's."""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C02-empathy-and-de-escalation"
PACKAGE = read_folder(COURSE)
NUMERIC = numeric_questions(PACKAGE)


def credit(bill: float, days: float) -> Fraction:
    """A day's price, taken as often as the service was away."""
    return sum((Fraction(int(bill), 30) for _day in range(int(days))), Fraction(0))


ANSWERS: dict[str, Callable[..., Fraction]] = {
    "days-credit": credit,
    "c02-pay-001": credit,
    "c02-pay-002": lambda limit, bill, days: max(Fraction(0), credit(bill, days) - int(limit)),
}


def prose(name: str) -> str:
    """A lesson on one line, without emphasis."""
    return re.sub(r"\s+", " ", (COURSE / "lessons" / f"{name}.md").read_text().replace("*", ""))


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key], decimals=2, abs=1e-9)


def test_the_worked_credit_and_the_ninety_seconds_are_right() -> None:
    limits = prose("authority-and-limits")
    assert credit(66, 1) == Fraction("2.20")
    assert credit(66, 9) == Fraction("19.80")
    for said in ("66 / 30 = 2.20", "9 × 2.20 = 19.80 dollars", "limit is 25"):
        assert said in limits
    assert credit(66, 9) < 25 < 60
    reset = prose("reset-in-90-seconds")
    parts = [int(part) for part in re.findall(r": (\d+) s\b", reset)]
    assert (parts, sum(parts)) == ([20, 15, 10, 30, 15], 90)
    assert " + ".join(map(str, parts)) + " = 90 s" in reset
    picture = (COURSE / "media" / "ninety.svg").read_text()
    assert [int(part) for part in re.findall(r">(\d+)</text>", picture)] == parts
