"""Every number that course C06 states is worked out here a second time, by other code than the product's."""

import math
import re
from pathlib import Path

COURSE = Path(__file__).parents[2] / "seed_courses" / "C06-numbers-that-run-the-floor"
SEEDS = range(1, 41)
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
    return f"{shown(share * 100, decimals)} %"


# Reading numbers out of text --------------------------------------------------------------------------------------

NUMBER = r"\d+(?:\.\d+)?(?: %)?"
UNIT = r"(?: (?:calls|s|min|agents|mails|erlangs))?"
TERM = rf"\(*{NUMBER}{UNIT}\)*"
EQUATION = re.compile(rf"(?<![\d.])({TERM}(?: [×/+−] {TERM})+) = ({NUMBER})")
STATED = re.compile(r"[\d)%] = \d|(?:s|calls|min) = \d")


def plain(text: str) -> str:
    """One line, without emphasis and without the commas in thousands."""
    text = re.sub(r"\*|`", "", text)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", re.sub(r"\s+", " ", text))


def prose(name: str) -> str:
    """A lesson's cards as plain text; its numeric checks are left out, because they are tested as questions."""
    body = (COURSE / "lessons" / f"{name}.md").read_text().split("---\n", 2)[2]
    return plain(re.sub(r"::: check\nkey: [a-z-]+\nkind: numeric\n.*?\n:::\n", "", body, flags=re.DOTALL))


def value_of(sum_as_written: str) -> float:
    """Work out `100 calls × 180 s` or `100 % − 30 %`; the pattern lets nothing through but numbers and signs."""
    text = re.sub(r"(\d+(?:\.\d+)?) %", r"(\1/100)", sum_as_written)
    text = re.sub(r"[a-z]+", "", text).replace("×", "*").replace("−", "-")
    return float(eval(text, {"__builtins__": {}}))


def wrong_equations(text: str, slack: float = 0.0) -> list[str]:
    """The equations in a text whose right side is not the left side, rounded as printed."""
    found = []
    for match in EQUATION.finditer(text):
        left, right = match[1], match[2]
        share = right.endswith(" %")
        number = right.removesuffix(" %")
        decimals = len(number.partition(".")[2])
        value = value_of(left) * (100 if share else 1)
        if abs(value - float(number)) > 0.5 * 10**-decimals + slack * abs(value) + 1e-9:
            found.append(match[0])
    return found


def test_the_reader_of_equations_sees_a_wrong_one():
    assert (
        wrong_equations("100 calls × 180 s = 18000 s and 18000 / 25200 = 71 % and 100 % − 30 % = 70 %") == []
    )
    assert wrong_equations("14 / 0.70 = 20, but 14 × 1.3 = 18.3") == ["14 × 1.3 = 18.3"]
    assert wrong_equations("0.2105 / (1 − (2 / 3) × (1 − 0.2105)) = 0.445") != []


def test_the_second_calculation_agrees_with_the_classic_worked_example():
    load = 360 * 240 / HALF_HOUR
    assert (load, pct(load / 55, 1)) == (48, "87.3 %")
    assert pct(waiting(55, load), 1) == "23.9 %"
    assert shown(mean_wait(55, load, 240), 1) == "8.2"
    assert pct(level(55, load, 15, 240), 1) == "84.6 %"
