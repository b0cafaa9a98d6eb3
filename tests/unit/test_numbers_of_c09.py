"""Every number that course C09 states is worked out here a second time, by other code than the product's."""

import re
from collections.abc import Callable
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C09-find-the-cause"

# The second calculation -------------------------------------------------------------------------------------------


def step(share: float, n: int) -> float:
    """One standard error of a share: the spread of n yes-or-no contacts, over n."""
    return float((n * share * (1 - share)) ** 0.5 / n)


def limits(share: float, n: int) -> tuple[float, float]:
    """Lower and upper limit of a p-chart in per cent."""
    return (max(0.0, share - 3 * step(share, n)) * 100, (share + 3 * step(share, n)) * 100)


def pct(part: float, whole: float) -> float:
    return float(Fraction(part).limit_denominator(10**6) / Fraction(whole).limit_denominator(10**6) * 100)


# Reading numbers out of text --------------------------------------------------------------------------------------

NUMBER = r"\d+(?:\.\d+)?(?:%)?"
TERM = rf"\(*{NUMBER}\)*"
EQUATION = re.compile(rf"(?<![\d.])({TERM}(?: [×/+−] {TERM})+) = ({NUMBER})")
OF = re.compile(r"(\d+) of (\d+) = (\d+(?:\.\d+)?)%")
ROOT = re.compile(r"= (0\.\d+), and its square root is (0\.\d+)")


def plain(text: str) -> str:
    """One line, without emphasis and without the commas in thousands."""
    text = re.sub(r"\*|`", "", text)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", re.sub(r"\s+", " ", text))


def lesson(name: str) -> str:
    return (COURSE / "lessons" / f"{name}.md").read_text().split("---\n", 2)[2]


def prose(name: str) -> str:
    """A lesson as plain text, without its numeric checks: those are tested as questions."""
    return plain(
        re.sub(r"::: check\nkey: [a-z-]+\nkind: numeric\n.*?\n:::\n", "", lesson(name), flags=re.DOTALL)
    )


def value_of(sum_as_written: str) -> float:
    """Work out `0.15 × 0.85`; the pattern lets nothing through but numbers and signs."""
    text = re.sub(r"(\d+(?:\.\d+)?)%", r"(\1/100)", sum_as_written)
    return float(eval(text.replace("×", "*").replace("−", "-"), {"__builtins__": {}}))


def off(value: float, printed: str, slack: float) -> bool:
    decimals = len(printed.partition(".")[2])
    return bool(abs(value - float(printed)) > 0.5 * 10**-decimals + slack * abs(value) + 1e-9)


def wrong_equations(text: str, slack: float = 0.001) -> list[str]:
    """What a text states as equal and is not, rounded as printed."""
    found = []
    for match in EQUATION.finditer(text):
        number = match[2].removesuffix("%")
        if off(value_of(match[1]) * (100 if match[2].endswith("%") else 1), number, slack):
            found.append(match[0])
    found += [m[0] for m in OF.finditer(text) if off(pct(int(m[1]), int(m[2])), m[3], slack)]
    found += [m[0] for m in ROOT.finditer(text) if off(float(m[1]) ** 0.5, m[2], 0.005)]
    return found


def test_the_reader_of_equations_sees_a_wrong_one() -> None:
    assert wrong_equations("310 + 160 = 470 and 470 / 600 = 78% and 169 of 900 = 18.8%") == []
    assert wrong_equations("470 / 600 = 79%") == ["470 / 600 = 79%"]
    assert wrong_equations("60 of 300 = 21.0%") == ["60 of 300 = 21.0%"]
    assert wrong_equations("x = 0.001275, and its square root is 0.0457") != []


# Applied to the course ----------------------------------------------------------------------------------------------

PACKAGE = read_folder(COURSE)
NUMERIC = numeric_questions(PACKAGE)
ANSWERS: dict[str, Callable[..., float]] = {
    "rise-in-points": lambda early, late: pct(late, 1000) - pct(early, 2000),
    "top-two-share": lambda one, two: list(accumulate([one, two]))[-1] / sum([one, two, 60, 30, 10]) * 100,
    "gap-in-points": lambda has, lacks: pct(has, 800) - pct(lacks, 500),
    "upper-limit": lambda share, n: limits(share / 100, n)[1],
    "c09-frame-003": lambda early, late: pct(late, 2000) - pct(early, 3000),
    "c09-frame-004": lambda open, closed: pct(open, closed) / 100,
    "c09-few-001": lambda one, two: pct(one + two, sum([one, two, 50, 30, 20])),
    "c09-few-005": lambda a, b, c: pct(sum([30] * c), sum([4] * a + [10] * b + [30] * c)),
    "c09-few-011": lambda one, three: pct(
        list(accumulate([one, 150, three, 50, 20]))[2], sum([one, 150, three, 50, 20])
    ),
    "c09-cause-004": lambda has, lacks: pct(lacks, 400) - pct(has, 600),
    "c09-noise-002": lambda share, n: limits(share / 100, n)[0],
    "c09-noise-010": lambda rep: limits(rep / 4000, 400)[1],
}


def test_every_sum_in_the_lessons_and_in_the_explanations_is_right() -> None:
    found = 0
    for path in sorted((COURSE / "lessons").glob("*.md")):
        text = prose(path.stem)
        found += sum(len(pattern.findall(text)) for pattern in (EQUATION, OF, ROOT))
        assert wrong_equations(text) == [], path.name
    assert wrong_equations(plain((COURSE / "questions" / "bank.yaml").read_text())) == []
    assert found > 30


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key], rel=1e-6)


def rows(name: str) -> list[list[str]]:
    """The rows of a lesson's tables, as cells without emphasis and without the commas in thousands."""
    lines = [line for line in lesson(name).split("\n") if line.startswith("|") and "---" not in line]
    return [[plain(cell).strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_two_tables_of_the_pareto_add_up() -> None:
    table = [row for row in rows("pareto") if row[1].isdigit()]
    plainly = [row for row in table if len(row) == 3]
    running = list(accumulate(int(row[1]) for row in plainly))
    assert [row[2] for row in plainly] == [f"{100 * part / 600:.1f}%" for part in running]
    weighed = [row for row in table if len(row) == 4]
    for _reason, count, each, minutes in weighed[:-1]:
        assert int(count) * int(each) == int(minutes)
    assert int(weighed[-1][1]) == sum(int(row[1]) for row in weighed[:-1]) == running[-1] == 600
    assert int(weighed[-1][3]) == sum(int(row[3]) for row in weighed[:-1])
    assert [row[:2] for row in weighed[:-1]] == [row[:2] for row in plainly]


def test_the_three_cuts_are_of_the_same_contacts_as_the_problem() -> None:
    cuts = re.findall(r"\| (\d+) of (\d+) = [\d.]+% \| (\d+) of (\d+) = [\d.]+% \|", prose("check-the-cause"))
    assert len(cuts) == 5
    for with_it, of_with, without, of_without in cuts[:3]:
        assert (int(with_it) + int(without), int(of_with) + int(of_without)) == (2850, 15000)
    assert "2850 repeats of 15000 contacts" in prose("say-the-problem")
    assert "Three weeks since 2 May: 2850 repeats" in prose("say-the-problem")


def test_ten_agents_and_twelve_new_ones_fit_into_the_queue_that_they_work_in() -> None:
    """A week of billing, and what an agent in the small test takes of it."""
    queue = int(re.findall(r"2850 repeats of (\d+)", prose("say-the-problem"))[0]) / 3
    tried = int(re.findall(r"240 repeats of (\d+)", prose("small-test-then-spread"))[0]) / 2
    new = int(re.findall(r"600 of (\d+) = 20", prose("check-the-cause"))[0]) / 3
    assert tried < queue / 4
    assert new / 12 == pytest.approx(tried / 10, rel=0.1)


def test_the_team_that_is_better_on_both_queues_looks_worse_in_all() -> None:
    teams = {
        row[0]: [tuple(map(int, re.findall(r"\d+", cell)[:2])) for cell in row[1:]]
        for row in rows("check-the-cause")
        if row[0] in ("Coral", "Reef")
    }
    for billing, orders, together in teams.values():
        assert (billing[0] + orders[0], billing[1] + orders[1]) == together
    (coral_b, coral_o, coral), (reef_b, reef_o, reef) = teams["Coral"], teams["Reef"]
    assert pct(*coral_b) < pct(*reef_b)
    assert pct(*coral_o) < pct(*reef_o)
    assert pct(*coral) > pct(*reef)


def test_the_shares_of_the_two_birds_can_be_as_the_question_says() -> None:
    """Jabiru 19 and 9 make 17 with 80% billing; Toucan 20 and 10 make 13 with 30%."""
    assert pytest.approx(17) == 0.8 * 19 + 0.2 * 9
    assert pytest.approx(13) == 0.3 * 20 + 0.7 * 10


def test_the_limits_stated_in_words_are_right() -> None:
    charts = prose("control-charts")
    assert [round(one / 100, 4) for one in limits(0.15, 400)] == [0.0964, 0.2036]
    assert [round(one / 100, 4) for one in limits(0.15, 100)] == [0.0429, 0.2571]
    for said in ("So 9.6% to 20.4%", "From 4.3% to 25.7%", "about 18.6%; with 80 it is about 27.0%"):
        assert said in charts
    assert (round(limits(0.15, 900)[1], 1), round(limits(0.15, 80)[1], 1)) == (18.6, 27.0)
    assert limits(0.15, 900)[1] < 22 < limits(0.15, 80)[1]
    assert limits(0.15, 100)[1] > 24
    assert 0.5**8 == 1 / 256
    assert "1 in 256" in charts
    test = limits(0.19, 1600)
    assert [round(one / 100, 4) for one in test] == [0.1606, 0.2194]
    assert test[0] < 18 < test[1]
    assert "limits of 16.1% and 21.9%" in prose("small-test-then-spread")


def test_the_numbers_in_the_words_of_the_bank_are_right() -> None:
    assert [round(one, 6) for one in limits(0.10, 900)] == [7.0, 13.0]
    assert [round(step(0.2, n), 9) for n in (1600, 64)] == [0.01, 0.05]
    assert limits(0.2, 1600)[1] < 24
    assert limits(0.2, 64)[1] > 30
    assert [round(one, 6) for one in limits(0.2, 1600)] == [17.0, 23.0]
    assert 0.5**10 < 1 / 1000
    assert round(5 / 14 * 100) == 36
    assert round((14.7 - 14) / 14 * 100) == 5


def test_the_drawn_chart_shows_what_its_words_say() -> None:
    """The points of the picture, turned back into per cent: eleven inside, one outside, eight below the centre."""
    drawing = (COURSE / "media" / "control-chart.svg").read_text()
    heights = [float(y) for y in re.findall(r'<circle cx="[\d.]+" cy="([\d.]+)"', drawing)]
    centre, upper, lower = (float(y) for y in re.findall(r"M16 ([\d.]+) H268", drawing))
    assert len(heights) == 20
    assert all(upper < y < lower for y in heights[:11])
    assert heights[11] < upper
    assert all(centre < y < lower for y in heights[12:])
    assert not all(y > centre for y in heights[4:12])
    scale = (lower - upper) / (20.36 - 9.64)
    assert (centre - upper) / scale == pytest.approx(5.36, abs=0.02)
