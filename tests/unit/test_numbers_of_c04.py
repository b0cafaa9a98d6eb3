"""Every number that course C04 states is worked out here a second time, by other code than the product's."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C04-protect-data-and-cards"
PACKAGE = read_folder(COURSE)
NUMERIC = numeric_questions(PACKAGE)
FRIDAY, MONDAY = datetime(2026, 5, 15), datetime(2026, 5, 18)


def late_pauses(calls: float, late: float, days: float) -> float:
    """Added payment by payment: each carries its hundredths of a late pause."""
    return sum(round(late) for _payment in range(round(calls * days))) / 100


def silent_hours(hour: float, morning: float) -> float:
    """From Friday afternoon to Monday morning, by the calendar."""
    return (
        MONDAY.replace(hour=round(morning)) - FRIDAY.replace(hour=12 + round(hour))
    ).total_seconds() / 3600


ANSWERS: dict[str, Callable[..., float]] = {
    "missed-pauses": lambda calls, late: late_pauses(calls, late, 5),
    "c04-min-006": late_pauses,
    "c04-slip-008": silent_hours,
}


def lesson(name: str) -> str:
    """A lesson's words on one line, without emphasis."""
    return re.sub(r"\s+", " ", PACKAGE.files[f"lessons/{name}.md"].replace("*", ""))


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key])


def test_the_missed_pauses_of_a_year_are_counted_right() -> None:
    text = lesson("recordings-and-payments")
    day, week, year = (late_pauses(200, 1, days) for days in (1, 5, 5 * 50))
    assert f"200 / 100 = {day:.0f} codes" in text
    assert f"{day:.0f} × 5 = {week:.0f}" in text
    assert f"{week:.0f} × 50 = {year:.0f} codes" in text


def test_the_weekend_of_the_letter_is_as_long_as_the_calendar_says() -> None:
    text = lesson("when-it-goes-wrong")
    assert (FRIDAY.strftime("%A"), MONDAY.strftime("%A")) == ("Friday", "Monday")
    minutes = round((MONDAY.replace(hour=9) - FRIDAY.replace(hour=16, minute=48)).total_seconds() / 60)
    said = f"{minutes // 60} h {minutes % 60} min"
    assert said in text
    assert said in PACKAGE.media["media/weekend.svg"].decode()
    assert f"{minutes // 60} hours in which nobody could act" in text
