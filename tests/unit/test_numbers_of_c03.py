"""Every number that course C03 states is worked out here a second time, by other code than the product's."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C03-written-support"
HOUR = 60
CLOSED = {"One": 6, "Two": 8, "Three": 9}
"""Chats closed in an hour, by how many were open at a time: the course's invented example."""
OPEN_MINUTES = {"One": 60, "Two": 112, "Three": 171}
DIVISION = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) / (\d+(?:\.\d+)?) = (\d+(?:\.\d+)?)")


def plain(text: str) -> str:
    """One line, without emphasis."""
    return re.sub(r"\s+", " ", text.replace("*", ""))


def wrong_divisions(text: str) -> list[str]:
    """The divisions in a text whose right side is not the left side, rounded as printed."""
    found = []
    for match in DIVISION.finditer(text):
        value, said = float(match[1]) / float(match[2]), match[3]
        if abs(value - float(said)) > 0.5 * 10 ** -len(said.partition(".")[2]) + 1e-9:
            found.append(match[0])
    return found


PACKAGE = read_folder(COURSE)
LESSON = plain((COURSE / "lessons" / "concurrency.md").read_text())
NUMERIC = numeric_questions(PACKAGE)
ANSWERS: dict[str, Callable[..., float]] = {
    "effective-time": lambda minutes, chats: sum([minutes / chats] * chats) / chats,
    "c03-chat-001": lambda minutes, chats: sum([minutes / chats] * chats) / chats,
    "c03-chat-002": lambda chats, opened: sum([opened / chats] * chats) / chats,
}


def test_the_reader_of_divisions_sees_a_wrong_one() -> None:
    assert wrong_divisions("60 / 9 = 6.7 and 60 / 8 = 7.5") == []
    assert wrong_divisions("60 / 9 = 6.6") == ["60 / 9 = 6.6"]


def test_every_division_in_the_lessons_and_the_bank_is_right() -> None:
    texts = [path.read_text() for path in sorted(COURSE.glob("lessons/*.md"))]
    texts.append((COURSE / "questions" / "bank.yaml").read_text())
    assert [wrong for text in texts for wrong in wrong_divisions(plain(text))] == []
    assert len(DIVISION.findall(LESSON)) == 6


def test_the_two_clocks_are_those_of_the_example() -> None:
    mine = {name: HOUR / chats for name, chats in CLOSED.items()}
    theirs = {name: OPEN_MINUTES[name] / chats for name, chats in CLOSED.items()}
    assert [round(value, 1) for value in mine.values()] == [10, 7.5, 6.7]
    assert list(theirs.values()) == [10, 14, 19]
    assert "fall from 10 to 7.5 to 6.7" in LESSON
    assert "rise from 10 to 14 to 19" in LESSON
    assert (
        f"you save {mine['One'] - mine['Two']} minutes, they give {theirs['Two'] - theirs['One']:.0f}"
        in LESSON
    )
    assert mine["Two"] - mine["Three"] < 1
    assert theirs["Three"] - theirs["Two"] == 5
    drawn = re.findall(r">([\d.]+)</text>", (COURSE / "media" / "two-clocks.svg").read_text())
    assert [float(one) for one in drawn] == [10, 10, 7.5, 14, 6.7, 19]


def test_an_example_hour_holds_no_more_open_minutes_than_windows() -> None:
    for windows, minutes in enumerate(OPEN_MINUTES.values(), start=1):
        assert minutes <= windows * HOUR


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key])
