"""Every number that course C06 states is worked out here a second time, by other code than the product's."""

import math
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C06-numbers-that-run-the-floor"
HALF_HOUR = 1800


# The second calculation -------------------------------------------------------------------------------------------


def waiting(agents: int, load: float) -> float:
    """Erlang C in its textbook form, with factorials (the product uses the recursion)."""
    top = load**agents / math.factorial(agents) * agents / (agents - load)
    return top / (sum(load**k / math.factorial(k) for k in range(agents)) + top)


def blocking(agents: int, load: float) -> float:
    """Erlang B, with factorials."""
    terms = [load**k / math.factorial(k) for k in range(agents + 1)]
    return terms[-1] / sum(terms)


def level(agents: int, load: float, seconds: float = 20, aht: float = 180) -> float:
    return 1 - waiting(agents, load) * math.exp(-(agents - load) * seconds / aht)


def mean_wait(agents: int, load: float, aht: float = 180) -> float:
    return waiting(agents, load) * aht / (agents - load)


def fewest(load: float, share: float = 0.8) -> int:
    return next(n for n in range(int(load) + 1, 1000) if level(n, load) >= share)


def scheduled(base: float, shrinkage: float) -> int:
    return math.ceil(base / (1 - shrinkage) - 1e-9)


def wape(forecast: list[float], actual: list[float]) -> float:
    return sum(abs(f - a) for f, a in zip(forecast, actual, strict=True)) / sum(actual)


def shown(value: float, decimals: int = 0) -> str:
    """Halves away from zero, as people round."""
    factor = 10**decimals
    return f"{math.floor(value * factor + 0.5 + 1e-9) / factor:.{decimals}f}"


def pct(share: float, decimals: int = 0) -> str:
    return f"{shown(share * 100, decimals)}%"


# Reading numbers out of text --------------------------------------------------------------------------------------

NUMBER = r"\d+(?:\.\d+)?(?:%)?"
UNIT = r"(?: (?:calls|s|min|agents|mails|erlangs))?"
TERM = rf"\(*{NUMBER}{UNIT}\)*"
EQUATION = re.compile(rf"(?<![\d.])({TERM}(?: [×/+−] {TERM})+) = ({NUMBER})")


def plain(text: str) -> str:
    """One line, without emphasis and without the commas in thousands."""
    text = re.sub(r"\*|`", "", text)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", re.sub(r"\s+", " ", text))


def prose(name: str) -> str:
    """A lesson's cards as plain text; its numeric checks are left out, because they are tested as questions."""
    body = (COURSE / "lessons" / f"{name}.md").read_text().split("---\n", 2)[2]
    return plain(re.sub(r"::: check\nkey: [a-z-]+\nkind: numeric\n.*?\n:::\n", "", body, flags=re.DOTALL))


def value_of(sum_as_written: str) -> float:
    """Work out `100 calls × 180 s` or `100% − 30%`; the pattern lets nothing through but numbers and signs."""
    text = re.sub(r"(\d+(?:\.\d+)?)%", r"(\1/100)", sum_as_written)
    text = re.sub(r"[a-z]+", "", text).replace("×", "*").replace("−", "-")
    return float(eval(text, {"__builtins__": {}}))


def wrong_equations(text: str, slack: float = 0.0) -> list[str]:
    """The equations in a text whose right side is not the left side, rounded as printed."""
    found = []
    for match in EQUATION.finditer(text):
        left, right = match[1], match[2]
        share = right.endswith("%")
        number = right.removesuffix("%")
        decimals = len(number.partition(".")[2])
        value = value_of(left) * (100 if share else 1)
        if abs(value - float(number)) > 0.5 * 10**-decimals + slack * abs(value) + 1e-9:
            found.append(match[0])
    return found


def test_the_reader_of_equations_sees_a_wrong_one():
    assert wrong_equations("100 calls × 180 s = 18000 s and 18000 / 25200 = 71% and 100% − 30% = 70%") == []
    assert wrong_equations("14 / 0.70 = 20, but 14 × 1.3 = 18.3") == ["14 × 1.3 = 18.3"]
    assert wrong_equations("0.2105 / (1 − (2 / 3) × (1 − 0.2105)) = 0.445") != []


def test_the_second_calculation_agrees_with_the_classic_worked_example():
    load = 360 * 240 / HALF_HOUR
    assert (load, pct(load / 55, 1)) == (48, "87.3%")
    assert pct(waiting(55, load), 1) == "23.9%"
    assert shown(mean_wait(55, load, 240), 1) == "8.2"
    assert pct(level(55, load, 15, 240), 1) == "84.6%"


# Applied to the course ----------------------------------------------------------------------------------------------

PACKAGE = read_folder(COURSE)
NUMERIC = numeric_questions(PACKAGE)
ANSWERS: dict[str, Callable[..., float]] = {
    "c06-aht-001": lambda calls, talk, hold, acw: sum((talk, hold, acw)) / calls,
    "c06-aht-002": lambda few, many, slow, fast: sum([slow] * few + [fast] * many) / (few + many),
    "c06-aht-003": lambda people, again, aht: sum([aht] * people + [aht] * again) / 60 / 60,
    "c06-occ-001": lambda calls, aht, agents: calls * aht / HALF_HOUR / agents * 100,
    "c06-occ-002": lambda paid, logged, handling: handling / paid * 100,
    "c06-shr-001": lambda base, loss: scheduled(base, loss / 100),
    "c06-shr-002": lambda coach, learn: (15 + 15 + coach + learn) / (8 * 60) * 100,
    "c06-sl-001": lambda offered, within, late: within / offered * 100,
    "c06-sl-002": lambda offered, gone, short: (gone - short) / (offered - short) * 100,
    "c06-sl-003": lambda all, none, wait: sum([0] * none + [wait] * (all - none)) / all,
    "c06-cliff-002": lambda load: 2 / (fewest(load) - load) * 100,
    "c06-size-001": lambda calls, aht: calls * aht / HALF_HOUR,
    "c06-size-002": lambda load, loss: scheduled(fewest(load), loss / 100),
    "c06-size-003": lambda load: blocking(2, load),
    "c06-size-004": lambda load, spare: waiting(load + spare, load) * 100,
    "c06-size-005": lambda load, spare, aht: mean_wait(load + spare, load, aht),
    "c06-size-006": lambda load, spare, aht: level(load + spare, load, 20, aht) * 100,
    "c06-size-007": lambda calls, aht: next(n for n in range(1000) if n * HALF_HOUR > calls * aht),
    "c06-size-008": lambda load: 2 * fewest(load) - fewest(2 * load),
    "c06-lim-004": lambda mails, secs, agents: mails * secs / (agents * 60 * 60),
    "c06-int-001": lambda plan, one, two, three, four: (
        wape([plan] * 4, [plan - one, plan + two, plan + three, plan - four]) * 100
    ),
    "c06-int-002": lambda plan, late: (1 - late / plan) * 100,
    "aht-from-parts": lambda calls, talk, hold, acw: sum((talk, hold, acw)) / calls,
    "fourth-agent": lambda: blocking(4, 2),
    "wape-three": lambda one, two, three: wape([120] * 3, [one, two, three]) * 100,
    "occupancy-now": lambda calls, aht, agents: calls * aht / HALF_HOUR / agents * 100,
    "service-level": lambda offered, within, late: within / offered * 100,
    "headcount": lambda base, loss: scheduled(base, loss / 100),
    "cap": lambda load, cap: math.ceil(load / (cap / 100) - 1e-9),
}


def test_every_sum_in_the_lessons_and_in_the_explanations_is_right() -> None:
    found = 0
    for path in sorted((COURSE / "lessons").glob("*.md")):
        text = prose(path.stem)
        found += len(EQUATION.findall(text))
        assert wrong_equations(text, slack=0.002) == [], path.name
    bank = plain((COURSE / "questions" / "bank.yaml").read_text())
    assert wrong_equations(bank, slack=0.002) == []
    assert found > 50


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key], rel=2e-4)


def rows(name: str) -> list[list[str]]:
    """The rows of a lesson's tables that begin with a number."""
    text = (COURSE / "lessons" / f"{name}.md").read_text()
    cells = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in text.split("\n")]
    return [row for row in cells if len(row) > 1 and re.fullmatch(r"\d+(%)?", row[0])]


def test_every_table_of_the_lessons_is_right() -> None:
    cliff = rows("erlang-c-by-hand")
    assert len(cliff) == 5
    for agents, occupancy, within, wait in cliff:
        n = int(agents)
        assert (pct(10 / n), pct(level(n, 10), 1), f"{shown(mean_wait(n, 10))} s") == (
            occupancy,
            within,
            wait,
        )
    sizes = rows("why-big-is-easier")
    assert len(sizes) == 5
    for load, agents, spare, busy in sizes:
        n = fewest(int(load))
        assert (str(n), str(n - int(load)), pct(int(load) / n)) == (agents, spare, busy)
    for agents, busy in rows("occupancy-and-utilisation"):
        assert pct(10 / int(agents)) == busy
    for loss, plus, over, short in rows("shrinkage"):
        share = float(loss.removesuffix("%")) / 100
        added, needed = round(100 * (1 + share)), scheduled(100, share)
        assert (str(added), str(needed), str(needed - added)) == (plus, over, short)


def test_the_numbers_stated_in_words_are_right() -> None:
    big, erlang = prose("why-big-is-easier"), prose("erlang-c-by-hand")
    assert (pct(level(8, 5), 1), pct(level(14, 10), 1), pct(level(14, 11), 1)) == (
        "88.0%",
        "88.8%",
        "78.3%",
    )
    for said in ("88.0% within 20 s apart, 88.8% together", "from 88.8% to 78.3%", "80 / 0.85 = 94.1"):
        assert said in big
    assert f"**{pct(level(12, 10))}**".replace("*", "") in erlang
    assert shown((level(14, 10) - level(13, 10)) * 100) == "9"
    assert shown((level(14, 10) - level(12, 10)) * 100) == "25"
    fourth = NUMERIC["fourth-agent"].solution
    assert f"C = {waiting(4, 2):.3f}" in fourth
    assert pct(level(4, 2), 1) in fourth
