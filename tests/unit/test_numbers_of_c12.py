"""Every number and every query that course C12 states is worked out here a second time: by fractions, and by SQLite."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from statistics import mean, median
from typing import Any

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C12-reports-people-can-trust"
SEEDS = range(1, 201)
NUMBER = r"\d+(?:\.\d+)?"
EQUATION = re.compile(
    rf"(?<![\d.])(\(*{NUMBER}\)*(?: [×/−+] \(*{NUMBER}\)*)+) = ({NUMBER}(?:%)?)(?!\d|\.\d|%| [×/−+])"
)


def plain(text: str) -> str:
    """One line, without emphasis and without the commas in thousands."""
    text = re.sub(r"\*\*", "", text)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", re.sub(r"\s+", " ", text))


def source(name: str) -> str:
    return (COURSE / "lessons" / f"{name}.md").read_text()


def value_of(sum_as_written: str) -> Fraction:
    """Work out `(50 + 190) / (100 + 200)` exactly; the pattern lets nothing through but numbers and signs."""
    text = re.sub(NUMBER, lambda one: f"Fraction('{one[0]}')", sum_as_written)
    value = eval(text.replace("×", "*").replace("−", "-"), {"__builtins__": {}, "Fraction": Fraction})
    assert isinstance(value, Fraction)
    return value


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


def together(*pairs: tuple[int, int]) -> float:
    """The mean over every single call, of (calls, seconds each)."""
    return mean(seconds for calls, seconds in pairs for _ in range(calls))


def joined(**tags: int) -> int:
    """How many rows come out of contact LEFT JOIN tag, asked of SQLite; `tags`: how many contacts have so many tags."""
    many = {"none": 0, "one": 1, "two": 2, "three": 3}
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE contact (id INTEGER)")
        base.execute("CREATE TABLE tag (contact_id INTEGER)")
        contact = 0
        for name, count in tags.items():
            for _ in range(count):
                contact += 1
                base.execute("INSERT INTO contact VALUES (?)", (contact,))
                base.executemany("INSERT INTO tag VALUES (?)", [(contact,)] * many[name])
        asked = "SELECT COUNT(*) FROM contact LEFT JOIN tag ON tag.contact_id = contact.id"
        return int(base.execute(asked).fetchone()[0])


ANSWERS: dict[str, Callable[..., float]] = {
    "extra-rows": lambda rows, distinct: len(range(distinct, rows)),
    "team-aht": lambda few, slow, many, fast: together((few, slow), (many, fast)),
    "between-rows": lambda: mean([300, 200]),
    "rows-after": joined,
    "median-of-five": lambda **calls: median(calls.values()),
    "gap": lambda source, **queues: source - sum(queues.values()),
    "c12-tab-003": lambda rows, distinct: len(range(distinct, rows)),
    "c12-avg-001": lambda few, slow, many, fast: together((few, slow), (many, fast)),
    "c12-avg-002": lambda a, b: mean([100] * a + [0] * (100 - a) + [100] * b + [0] * (300 - b)),
    "c12-look-005": lambda a, b, c, d: sum(
        seconds
        for day, queue, seconds in (
            ("2026-03-01", "billing", a),
            ("2026-03-09", "travel", b),
            ("2026-03-31", "billing", c),
            ("2026-04-01", "billing", d),
        )
        if queue == "billing" and "2026-03-01" <= day < "2026-04-01"
    ),
    "c12-sel-007": lambda a, b, c, d: mean([a, b, c]),
    "c12-join-002": joined,
    "c12-join-005": lambda a, b, c: mean(score for score in (a, None, b, None, c) if score is not None),
    "c12-mid-001": lambda **calls: median(calls.values()),
    "c12-mid-005": lambda happy, n: float((Fraction(happy, n) - Fraction(happy, n + 1)) * 100),
}


def test_the_reader_of_equations_sees_a_wrong_one() -> None:
    assert wrong_equations("(50 + 190) / (100 + 200) = 0.8, 4192 + 26 = 4218, 240 / 300 = 80%") == []
    assert wrong_equations("3 / 5 = 61% and 12 / 5 = 2.5") == ["3 / 5 = 61%", "12 / 5 = 2.5"]


def test_every_equation_in_the_lessons_and_the_bank_is_right() -> None:
    texts = [path.read_text() for path in sorted(COURSE.glob("lessons/*.md"))]
    found = sum(len(EQUATION.findall(plain(text))) for text in texts)
    texts.append((COURSE / "questions" / "bank.yaml").read_text())
    assert [wrong for text in texts for wrong in wrong_equations(plain(text))] == []
    assert found >= 20


def test_the_two_agents() -> None:
    text = plain(source("average-of-averages"))
    assert together((10, 300), (90, 200)) == 210
    assert "210 s" in text
    assert "The mean of the two means is 250." in text
    assert mean([300, 200]) == 250
    assert "Mean of the two: 72.5%" in text
    assert mean([50, 95]) == 72.5
    assert together((20, 240), (80, 300)) == 288
    assert together((50, 100), (50, 0), (190, 100), (10, 0)) == 80
    assert "(50 + 190) / (100 + 200) = 240 / 300 = 80%" in text


def test_the_sheet_that_doubled() -> None:
    drawn = re.findall(r">([\d,]+)</text>", (COURSE / "media" / "tidy.svg").read_text())
    pretty, total, tidy = [int(one) for one in drawn[:3]], int(drawn[3].replace(",", "")), drawn[4:]
    assert (sum(pretty), [int(one) for one in tidy]) == (total, pretty)
    text = source("tidy-table")
    assert f"system says {total:,}" in text
    assert f"client: {2 * total:,} contacts" in text


# The queries, run on the tables that the lessons show -----------------------------------------------------------------


def tables(name: str) -> list[list[list[str]]]:
    """The tables of a lesson, each as rows of cells, its head first."""
    found = re.findall(r"(?:^\|.*\|\n)+", source(name), re.MULTILINE)
    rows = [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in one.splitlines()] for one in found
    ]
    return [[row for row in one if not set("".join(row)) <= {"-", ":"}] for one in rows]


@pytest.fixture
def contacts() -> Iterator[sqlite3.Connection]:
    """The table with five rows, as the lesson prints it."""
    shown = next(
        one for one in tables("select-where-group-by") if one[0] == ["id", "ts", "queue", "handle_s"]
    )
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE contact (id INTEGER, ts TEXT, queue TEXT, handle_s INTEGER)")
        base.executemany("INSERT INTO contact VALUES (?, ?, ?, ?)", shown[1:])
        yield base


def the_query() -> str:
    block = re.search(r"::: worked Query:[^\n]*\n(.*?)\n:::", source("select-where-group-by"), re.DOTALL)
    assert block
    return " ".join(re.findall(r"`([^`]+)`", block[1]))


def test_the_query_gives_the_result_that_the_lesson_shows(contacts: sqlite3.Connection) -> None:
    shown = next(one for one in tables("select-where-group-by") if one[0] == ["queue", "n", "aht"])
    rows = contacts.execute(the_query() + " ORDER BY queue").fetchall()
    assert [[queue, str(n), f"{aht:g}"] for queue, n, aht in rows] == shown[1:]


def test_between_loses_the_last_day(contacts: sqlite3.Connection) -> None:
    half_open = "ts >= '2026-03-01' AND ts < '2026-04-01'"
    assert half_open in the_query()
    between = the_query().replace(half_open, "ts BETWEEN '2026-03-01' AND '2026-03-31'")
    assert contacts.execute(between + " ORDER BY queue").fetchone() == ("billing", 2, 250)


def test_whole_numbers_are_divided_without_the_rest(contacts: sqlite3.Connection) -> None:
    assert contacts.execute("SELECT 7 / 2, 7 * 1.0 / 2").fetchone() == (3, 3.5)


def test_sumifs_by_hand() -> None:
    rows = tables("lookups-and-sumifs")[1][1:]
    kept = [int(s) for day, queue, s in rows if queue == "billing" and "2026-03-01" <= day < "2026-04-01"]
    assert (kept, sum(kept)) == ([300, 420], 720)


def test_the_join_that_doubles_and_its_three_mends() -> None:
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE contact (id INTEGER, handle_s INTEGER)")
        base.execute("CREATE TABLE tag (contact_id INTEGER, name TEXT)")
        base.executemany("INSERT INTO contact VALUES (?, ?)", [(1, 300), (2, 200), (3, 100)])
        base.executemany("INSERT INTO tag VALUES (?, ?)", [(1, "refund"), (1, "late"), (2, "late")])

        def ask(query: str) -> Any:
            return base.execute(query).fetchone()

        left = "FROM contact LEFT JOIN tag ON tag.contact_id = contact.id"
        assert ask("SELECT COUNT(*), SUM(handle_s) FROM contact") == (3, 600)
        assert ask(f"SELECT COUNT(*), SUM(handle_s) {left}") == (4, 900)
        assert ask(f"SELECT COUNT(DISTINCT contact.id), SUM(handle_s) {left}") == (3, 900)
        first = re.search(r"`(SELECT contact_id, COUNT[^`]+)`", source("joins-that-lie"))
        assert first
        assert ask(
            f"SELECT COUNT(*), SUM(handle_s) FROM contact LEFT JOIN ({first[1]}) AS t ON t.contact_id = contact.id"
        ) == (3, 600)
        assert ask(f"SELECT COUNT(*) {left} WHERE tag.name = 'refund'") == (1,)
        assert ask(f"SELECT COUNT(*) {left} AND tag.name = 'refund'") == (3,)


def test_null_is_neither_zero_nor_equal_to_itself() -> None:
    with sqlite3.connect(":memory:") as base:
        base.execute("CREATE TABLE survey (score INTEGER)")
        base.executemany("INSERT INTO survey VALUES (?)", [(5,), (None,), (3,), (None,), (4,)])
        row = base.execute(
            "SELECT COUNT(*), COUNT(score), AVG(score), SUM(score) * 1.0 / COUNT(*) FROM survey"
        )
        assert row.fetchone() == (5, 3, 4, 2.4)
        assert base.execute("SELECT COUNT(*) FROM survey WHERE score = NULL").fetchone() == (0,)
        assert base.execute("SELECT COUNT(*) FROM survey WHERE score IS NULL").fetchone() == (2,)


def test_the_four_queries_to_choose_from_do_what_their_explanations_say(contacts: sqlite3.Connection) -> None:
    check = next(one.document for one in PACKAGE.checks if one.document["key"] == "which-query")
    right = next(option["text"].strip("`") for option in check["options"] if option.get("correct"))
    contacts.execute("ALTER TABLE contact ADD COLUMN agent TEXT")
    contacts.execute("UPDATE contact SET agent = CASE WHEN id % 2 THEN 'Ana' ELSE 'Ben' END")
    assert sorted(contacts.execute(right).fetchall()) == [
        ("billing", "Ana", 2),
        ("billing", "Ben", 1),
        ("travel", "Ana", 1),
        ("travel", "Ben", 1),
    ]


# The middle and the spread --------------------------------------------------------------------------------------------


def test_the_ten_calls() -> None:
    listed = re.search(r"1\. (120, [\d, ]+)\n", source("mean-median-spread"))
    assert listed
    calls = [int(one.replace(",", "")) for one in listed[1].split(", ")]
    assert calls == sorted(calls)
    assert (len(calls), sum(calls), mean(calls), median(calls), calls[8]) == (10, 3000, 300, 210, 300)
    assert sum(one < mean(calls) for one in calls) == 8
    assert sum(one <= calls[8] for one in calls) == 9
    heights = re.findall(r'width="19" height="([\d.]+)"', (COURSE / "media" / "ten-calls.svg").read_text())
    assert [float(one) / 0.155 for one in heights] == pytest.approx(calls, abs=0.4)


def test_one_more_unhappy_customer() -> None:
    assert (75 - 60, round(75 - 100 * 300 / 401, 1)) == (15, 0.2)
    assert "The first fell by 15 points, the second by 0.2" in plain(source("mean-median-spread"))


# The questions --------------------------------------------------------------------------------------------------------


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_many_people(key: str) -> None:
    def worked_out(**values: float) -> float:
        return ANSWERS[key](**{name: int(value) for name, value in values.items()})

    agrees(
        NUMERIC[key],
        worked_out,
        seeds=SEEDS if key not in ("rows-after", "c12-join-002") else range(1, 31),
    )
