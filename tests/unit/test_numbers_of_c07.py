"""Every number that course C07 states is worked out here a second time, by other code than the product's."""

import math
import re
from collections.abc import Callable
from itertools import product
from pathlib import Path
from statistics import NormalDist

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C07-quality-and-calibration"
PACKAGE = read_folder(COURSE)
NUMERIC = numeric_questions(PACKAGE)


# The second calculation -------------------------------------------------------------------------------------------


def kappa(both_yes: float, only_a: float, only_b: float, both_no: float) -> float:
    """Cohen's kappa from the calls themselves: pairs of marks, and the agreement of independent pairs."""
    boxes = {("y", "y"): both_yes, ("y", "n"): only_a, ("n", "y"): only_b, ("n", "n"): both_no}
    calls = [pair for pair, count in boxes.items() for _call in range(int(count))]
    seen = sum(a == b for a, b in calls) / len(calls)
    luck = sum(a == b for (a, _), (_, b) in product(calls, calls)) / len(calls) ** 2
    return (seen - luck) / (1 - luck)


def some_fault(clean: float, calls: float) -> float:
    """At least one fault, summed over how many there may be (binomial)."""
    n, p = int(calls), 1 - clean
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(1, n + 1))


def t_upper(df: int, share: float = 0.975) -> float:
    """The quantile of Student's t, by bisection on its density summed with Simpson's rule."""
    scale = math.gamma((df + 1) / 2) / (math.sqrt(df * math.pi) * math.gamma(df / 2))

    def below(x: float) -> float:
        steps = 2000
        h = x / steps
        density: list[float] = [scale * (1 + (i * h) ** 2 / df) ** (-(df + 1) / 2) for i in range(steps + 1)]
        return 0.5 + h / 3 * (density[0] + 4 * sum(density[1:-1:2]) + 2 * sum(density[2:-1:2]) + density[-1])

    low, high = 0.0, 20.0
    for _round in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < share else (low, middle)
    return (low + high) / 2


def swing(calls: int, spread: float = 10) -> float:
    return t_upper(calls - 1) * spread / math.sqrt(calls)


def reliability(calls: float, single: float = 0.3) -> float:
    """Of a mean: the true variance over the true and what is left of the error."""
    return single / (single + (1 - single) / calls)


ANSWERS: dict[str, Callable[..., float]] = {
    "share-free": lambda n, bad: 100 - bad / n * 100,
    "lines-alike": lambda lines, same: 100 * same / lines,
    "kappa-yes-no": lambda a, b, c, d: kappa(a, b, c, d),
    "one-fault-odds": lambda clean, n: some_fault(clean / 100, n) * 100,
    "failed-good": lambda good, wrong: 100 * wrong / good,
    "c07-crit-003": lambda n, bad: 100 - bad / n * 100,
    "c07-crit-004": lambda free, n: n - n * free / 100,
    "c07-agr-004": lambda a, b, c, d: kappa(a, b, c, d),
    "c07-agr-005": lambda agreed, luck: (agreed / 100 - luck / 100) / (1 - luck / 100),
    "c07-agr-006": lambda a, b: (1 - a / 100 - b / 100 + 2 * a * b / 10_000) * 100,
    "c07-agr-013": lambda a, b: 2 * (a - b),
    "c07-sam-001": lambda clean, n: some_fault(clean / 100, n) * 100,
    "c07-sam-002": lambda faulty, n: (1 - some_fault(1 - faulty / 100, n)) * 100,
    "c07-sam-003": lambda sd: swing(5, sd),
    "c07-sam-004": lambda n: reliability(n),
}


def prose(name: str) -> str:
    """A lesson on one line, without emphasis and without its checks."""
    text = (COURSE / "lessons" / f"{name}.md").read_text()
    text = re.sub(r"::: check\n.*?\n:::\n", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", text.replace("*", ""))


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key], rel=3e-4)


def test_every_sum_written_in_the_lessons_is_right() -> None:
    pattern = re.compile(r"([\d.()]+(?: [×/+−] [\d.()]+)+) = (−?[\d.]+\d)(%)?")
    found = 0
    for path in sorted((COURSE / "lessons").glob("*.md")):
        for left, right, share in pattern.findall(prose(path.stem)):
            said = float(right.replace("−", "-"))
            value = float(eval(left.replace("×", "*").replace("−", "-"), {"__builtins__": {}}))
            value *= 100 if share else 1
            decimals = len(right.partition(".")[2])
            assert abs(value - said) <= 0.5 * 10**-decimals + 1e-9, (path.stem, left, right)
            found += 1
    assert found >= 20


def test_the_numbers_of_agreement_are_right() -> None:
    text = prose("agreement-by-numbers")
    assert kappa(20, 5, 10, 15) == pytest.approx(0.40)
    assert f"{kappa(48, 1, 1, 0):.2f}".replace("-", "−") == "−0.02"
    assert "= −0.02" in text
    seen, luck, calls = 0.7, 0.5, 50
    error = math.sqrt(seen * (1 - seen) / calls) / (1 - luck)
    reach = NormalDist().inv_cdf(0.975) * error
    assert (round(0.4 - reach, 2), round(0.4 + reach, 2)) == (0.15, 0.65)
    assert "from about 0.15 to 0.65" in text
    table = (COURSE / "lessons" / "calibrate-blind.md").read_text()
    rows = re.findall(r"^\| ([\d, ]+) \| (\d) each \| (\d) each \|$", table, re.MULTILINE)
    marks = {int(line): (int(a), int(b)) for lines, a, b in rows for line in lines.split(", ")}
    assert sorted(marks) == list(range(1, 11))
    assert [sum(both) for both in zip(*marks.values(), strict=True)] == [14, 14]
    assert sorted(line for line, (a, b) in marks.items() if a == b) == [1, 4, 5, 8, 9, 10]
    assert {abs(a - b) for a, b in marks.values() if a != b} == {2}


def test_the_numbers_of_small_samples_are_right() -> None:
    text = prose("what-a-small-sample-can-say")
    assert (round(some_fault(0.9, 5) * 100), round(1 - some_fault(0.7, 5), 3)) == (41, 0.168)
    rows = re.findall(r"\| (\d+) \| ± ([\d.]+) \|", text)
    assert [int(calls) for calls, _reach in rows] == [5, 10, 20, 40]
    assert all(f"{swing(int(calls)):.1f}" == reach for calls, reach in rows)
    assert (f"{t_upper(4):.3f}", f"{t_upper(8) * 10 * math.sqrt(2 / 5):.1f}") == ("2.776", "14.6")
    assert 1 / 3 < swing(20) / swing(5) < 0.4
    may, june = (78 - 12.4, 78 + 12.4), 92 - 12.4
    assert [f"{end:.1f}" for end in (*may, june)] == ["65.6", "90.4", "79.6"]
    for said in ("2.776 × 10 / √5 = 12.4", "by 14.6 points", "0.168"):
        assert said in text
    assert [f"{reliability(n):.2f}"[1:] for n in (5, 8, 12)] == [".68", ".77", ".84"]
    assert "the mean of 5 has .68, of 8 .77, of 12 .84" in text


def test_the_numbers_of_the_machine_are_right() -> None:
    text = prose("ai-auto-scoring")
    for said, top, all_of in (("90%", 45, 50), ("72%", 36, 50), ("81%", 81, 100), ("22.5%", 9, 40)):
        assert f"{top / all_of * 100:g}%" == said
        assert said in text
