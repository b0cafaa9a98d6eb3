"""Every number that course C08 states is worked out here a second time, by other code than the product's."""

import math
import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C08-coaching-that-changes-calls"
SEEDS = range(1, 201)
NUMBER = r"\d+(?:\.\d+)?"
EQUATION = re.compile(rf"(?<![\d.])({NUMBER}(?: [×/−+] {NUMBER})+) = ({NUMBER}(?:%)?)")


def plain(text: str) -> str:
    """One line, without emphasis."""
    return re.sub(r"\s+", " ", text.replace("*", ""))


def lesson(name: str) -> str:
    return plain((COURSE / "lessons" / f"{name}.md").read_text())


def value_of(sum_as_written: str) -> Fraction:
    """Work out `12 × 20` or `360 − 240` exactly; the signs of one sum are all of one kind."""
    numbers = [Fraction(one) for one in re.findall(NUMBER, sum_as_written)]
    total = numbers[0]
    for sign, number in zip(re.findall(r"[×/−+]", sum_as_written), numbers[1:], strict=True):
        total = {"×": total * number, "/": total / number, "−": total - number, "+": total + number}[sign]
    return total


def wrong_equations(text: str) -> list[str]:
    """The equations in a text whose right side is not the left side, rounded as printed."""
    found = []
    for match in EQUATION.finditer(text):
        said = match[2].removesuffix("%")
        value = value_of(match[1]) * (100 if match[2].endswith("%") else 1)
        if abs(value - Fraction(said)) > Fraction(1, 2) / 10 ** len(said.partition(".")[2]):
            found.append(match[0])
    return found


PACKAGE = read_folder(COURSE)
NUMERIC = numeric_questions(PACKAGE)
ANSWERS: dict[str, Callable[..., float]] = {
    "by-luck": lambda share: math.prod([share] * 3) / 100**2,
    "left-for-need": lambda total, people, floor: total - sum([floor] * people),
    "c08-fol-003": lambda share: math.prod([share] * 2) / 100,
    "c08-fair-001": lambda total, people, floor: total - sum([floor] * people),
    "c08-fair-002": lambda few, minutes: minutes / 4,
}


def test_the_reader_of_equations_sees_a_wrong_one() -> None:
    assert wrong_equations("12 × 20 = 240, 360 − 240 = 120 and 190 / 360 = 53%") == []
    assert wrong_equations("190 / 360 = 52% and 0.5 × 0.5 = 0.4") == ["190 / 360 = 52%", "0.5 × 0.5 = 0.4"]


def test_every_equation_in_the_lessons_and_the_bank_is_right() -> None:
    texts = [path.read_text() for path in sorted(COURSE.glob("lessons/*.md"))]
    found = sum(len(EQUATION.findall(plain(text))) for text in texts)
    texts.append((COURSE / "questions" / "bank.yaml").read_text())
    assert [wrong for text in texts for wrong in wrong_equations(plain(text))] == []
    assert found == 7


def test_the_size_of_the_effect_is_read_rightly() -> None:
    text = lesson("why-feedback-fails")
    assert f"about {NormalDist().cdf(0.41) * 100:.0f} in 100" in text
    assert f"A third of 607 is {607 / 3:.0f}." in text


def test_the_minutes_of_a_talk_are_ten() -> None:
    rows = re.findall(
        r"\| \*\*(?:Goal|Reality|Options|Will)\*\* \|[^|]*\| (\d+) \|",
        (COURSE / "lessons" / "grow.md").read_text(),
    )
    assert sum(map(int, rows)) == 10
    assert re.findall(r"(\d) min<", (COURSE / "media" / "grow-clock.svg").read_text()) == rows


def test_the_chances_of_three_in_three() -> None:
    text = lesson("follow-up")
    all_done = Fraction(1, 2) ** 3
    assert all_done == Fraction(1, 8)
    assert "That is 1 in 8." in text
    assert all_done * (1 - Fraction(1, 2)) ** 3 == Fraction(1, 64)
    assert "That is 1 in 64" in text


def test_the_minutes_of_the_team_add_up() -> None:
    text = lesson("fair-share")
    assert "360 minutes in six weeks" in text
    assert 190 + 80 + 0 <= 360
    heights = [
        float(height)
        for width, height in re.findall(
            r'width="(\d+)" height="([\d.]+)" rx="3" fill="#0b5f78"',
            (COURSE / "media" / "floor-line.svg").read_text(),
        )
        if width == "18"
    ]
    minutes = [height / 2.6 for height in heights]
    assert len(minutes) == 12
    assert round(sum(minutes)) == 360
    assert round(min(minutes)) == 20


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_two_hundred_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key], seeds=SEEDS)
