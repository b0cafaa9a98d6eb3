"""Every number that course C13 works out is worked out here a second time; and its bank asks for no figure of the law."""

import re
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C13-managing-people-in-belize"

# Reading numbers out of text --------------------------------------------------------------------------------------

NUMBER = r"\d+(?:\.\d+)?(?:%)?"
UNIT = r"(?: (?:people|min|hours))?"
TERM = rf"\(*{NUMBER}{UNIT}\)*"
EQUATION = re.compile(rf"(?<![\d.])({TERM}(?: [×/+−] {TERM})+) = ({NUMBER})")


def plain(text: str) -> str:
    """One line, without emphasis and without the commas in thousands."""
    text = re.sub(r"\*|`", "", text)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", re.sub(r"\s+", " ", text))


def prose(name: str) -> str:
    """A lesson as plain text, without its numeric checks: those are tested as questions."""
    body = (COURSE / "lessons" / f"{name}.md").read_text().split("---\n", 2)[2]
    return plain(re.sub(r"::: check\nkey: [a-z-]+\nkind: numeric\n.*?\n:::\n", "", body, flags=re.DOTALL))


def value_of(sum_as_written: str) -> float:
    """Work out `12 people × 10 min`; the pattern lets nothing through but numbers, signs and units."""
    text = re.sub(r"[a-z]+", "", re.sub(r"(\d+(?:\.\d+)?)%", r"(\1/100)", sum_as_written))
    return float(eval(text.replace("×", "*").replace("−", "-"), {"__builtins__": {}}))


def wrong_equations(text: str) -> list[str]:
    """What a text states as equal and is not, rounded as printed."""
    found = []
    for match in EQUATION.finditer(text):
        number = match[2].removesuffix("%")
        value = value_of(match[1]) * (100 if match[2].endswith("%") else 1)
        if abs(value - float(number)) > 0.5 * 10 ** -len(number.partition(".")[2]) + 1e-9:
            found.append(match[0])
    return found


def test_the_reader_of_equations_sees_a_wrong_one() -> None:
    assert wrong_equations("12 people × 10 min = 120 min and 9 / 20 = 45% and 20 / 30 = 0.67") == []
    assert wrong_equations("9 / 20 = 46%") == ["9 / 20 = 46%"]


# Applied to the course ----------------------------------------------------------------------------------------------

PACKAGE = read_folder(COURSE)
NUMERIC = numeric_questions(PACKAGE)


def ratio(part: int, whole: int, other_part: int, other_whole: int) -> float:
    return float(Fraction(part, whole) / Fraction(other_part, other_whole))


ANSWERS: dict[str, Callable[..., float]] = {
    "times-as-often": lambda a, b: ratio(b, 20, a, 25),
    "hours-each": lambda seats, people: sum([8] * seats) / people,
    "c13-like-003": lambda a, b: float(Fraction(b, 25) - Fraction(a, 20)) * 100,
    "c13-like-004": lambda w, m: ratio(w, 40, m, 20),
    "c13-like-011": lambda w: ratio(w + 1, 30, 9, 30),
    "c13-hard-007": lambda seats, hours, people: sum([hours] * seats) / people,
}


def test_every_sum_in_the_lessons_and_in_the_explanations_is_right() -> None:
    found = 0
    for path in sorted((COURSE / "lessons").glob("*.md")):
        text = prose(path.stem)
        found += len(EQUATION.findall(text))
        assert wrong_equations(text) == [], path.name
    assert wrong_equations(plain((COURSE / "questions" / "bank.yaml").read_text())) == []
    assert found >= 13


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key], rel=1e-9)


def test_the_numbers_stated_in_words_are_right() -> None:
    promotion = prose("promotion-without-favourites")
    assert 0.42 > 2 * 0.19
    assert "more than twice as closely as a free chat" in promotion
    assert round(ratio(6, 30, 6, 20), 2) == 0.67
    assert round(ratio(7, 30, 6, 20), 2) == 0.78
    assert ratio(3, 12, 3, 12) == 1
    assert round(ratio(2, 12, 3, 12), 2) == 0.67
    assert 12 * 10 == 2 * 60
    assert "Ten minutes for twelve people is two hours" in prose("hours-breaks-pay")
    assert sum(map(int, re.findall(r"\((\d)\)", prose("team-load-and-wellbeing")))) == 7


def test_the_bars_of_the_picture_are_as_long_as_their_numbers() -> None:
    drawing = (COURSE / "media" / "what-tells.svg").read_text()
    bars = [int(width) for width in re.findall(r'<rect x="16" y="\d+" width="(\d+)" height="28"', drawing)]
    shown = [float(number) for number in re.findall(r">(0\.\d\d)</text>", drawing)]
    assert shown == [0.42, 0.19, 0.07]
    assert [round(bar / 600, 2) for bar in bars] == shown


def test_no_question_asks_for_a_figure_of_the_law() -> None:
    """The figures wait for a Belizean lawyer: the lesson shows them with their source, and nobody is marked on them."""
    figures = re.compile(
        r"\b45 h|\b9 h|1\.5 times|BZ\$|\b[1248] weeks?'? notice|section \d+ of the act", re.IGNORECASE
    )
    for one in (*PACKAGE.questions, *PACKAGE.checks):
        asked = [one.document["stem"], *(option["text"] for option in one.document.get("options", ()))]
        assert not any(figures.search(text) for text in asked), one.document["key"]
    edges = prose("hours-breaks-pay")
    assert "This is not legal advice" in edges
    assert edges.index("not legal advice") < edges.index("BZ$")
