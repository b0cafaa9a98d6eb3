"""Every number that course C14 states is worked out here a second time, by other code than the product's."""

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from lms.courses.packages import read_folder
from tests.worked_out import agrees, numeric_questions

COURSE = Path(__file__).parents[2] / "seed_courses" / "C14-client-reviews-and-margin"
PACKAGE = read_folder(COURSE)
NUMERIC = numeric_questions(PACKAGE)
WEEKS = Decimal("4.33")


# The second calculation, in decimals ------------------------------------------------------------------------------


def dec(value: float) -> Decimal:
    return Decimal(str(value))


def billed(paid: Decimal, loss: float) -> Decimal:
    """What is left of the paid hours when the lost ones are taken off."""
    return paid - paid * dec(loss) / 100


def margin(paid: float, loss: float, rate: float, cost: float) -> Decimal:
    """One hundred, less the cents of each earned dollar that go into pay."""
    earned = billed(dec(paid), loss) * dec(rate)
    return 100 - 100 * dec(paid) * dec(cost) / earned


def bill(forecast: float, share: float, price: float, handled: float) -> Decimal:
    floor = dec(forecast) * dec(share) / 100
    return dec(price) * (dec(handled) if dec(handled) > floor else floor)


def credit(bill: float, rate: float, level: float, cap: int = 10) -> Decimal:
    """Point by point under 80, until the cap stops it."""
    taken = Decimal(0)
    for _point in range(80 - int(level)):
        taken = min(Decimal(cap), taken + dec(rate))
    return dec(bill) * taken / 100


def saved(share: float, calls: float, cost: float, fee: float) -> Decimal:
    return dec(calls) * dec(share) / 100 * dec(cost) - dec(fee)


ANSWERS: dict[str, Callable[..., Decimal]] = {
    "minimum-bill": bill,
    "billable-hours": lambda agents, week, loss: billed(dec(agents) * dec(week) * WEEKS, loss),
    "gross-margin": margin,
    "attrition-cost": lambda leavers, **parts: sum(map(dec, parts.values()), Decimal(0)) * dec(leavers),
    "service-credit": credit,
    "calls-avoided": saved,
    "c14-earn-004": bill,
    "c14-earn-005": lambda cents, calls: dec(calls) / 2 * dec(cents) / 100,
    "c14-earn-007": lambda agents, loss: billed(dec(agents) * 45 * WEEKS, loss),
    "c14-earn-008": lambda agents, rate: (
        (billed(dec(agents) * 45 * WEEKS, 20) - billed(dec(agents) * 45 * WEEKS, 21)) * dec(rate)
    ),
    "c14-mar-001": margin,
    "c14-mar-003": lambda cost, loss: 1000 * dec(cost) / billed(Decimal(1000), loss),
    "c14-mar-004": lambda cost, rate: 100 - 100 * (dec(cost) + dec(cost) / 2) / dec(rate),
    "c14-mar-008": lambda min, agents: sum([dec(min) / 60 * dec(agents)] * 22, Decimal(0)),
    "c14-mar-009": lambda leavers, **parts: sum(map(dec, parts.values()), Decimal(0)) * dec(leavers),
    "c14-mar-010": lambda cost, kept: sum([Decimal(1800)] * int(kept), Decimal(0)) - dec(cost),
    "c14-rev-008": saved,
    "c14-rev-009": lambda gain, calls: dec(gain) / 2 - dec(calls) - dec(calls),
    "c14-bad-005": credit,
    "c14-bad-006": lambda bill, level, real: credit(bill, 2, level, 100) - credit(bill, 2, real, 100),
}


def prose(name: str) -> str:
    """A lesson on one line, without emphasis, its checks, and the commas in thousands."""
    text = (COURSE / "lessons" / f"{name}.md").read_text()
    text = re.sub(r"::: check\n.*?\n:::\n", "", text, flags=re.DOTALL)
    return re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", re.sub(r"\s+", " ", text.replace("*", "")))


def shown(value: Decimal, decimals: int = 0) -> str:
    return str(value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def test_every_question_with_a_number_is_worked_out_here() -> None:
    assert set(NUMERIC) == set(ANSWERS)


@pytest.mark.parametrize("key", NUMERIC)
def test_the_answer_and_the_known_mistakes_of_a_question_for_forty_people(key: str) -> None:
    agrees(NUMERIC[key], ANSWERS[key], rel=1e-9, abs=1e-9)


UNIT = r"(?: (?:h|min|calls|agents|days|weeks|points|leavers))?"
TERM = rf"[(]*[\d.]+{UNIT}(?:%)?[)]*"
EQUATION = re.compile(rf"({TERM}(?: [×/+−] {TERM})+) = (?:about )?(−?\d[\d.]*\d|\d)(%)?")


def value_of(left: str) -> float:
    """Work out a sum as written; the pattern lets nothing through but numbers, units and signs."""
    left = re.sub(r"([\d.]+)%", r"(\1/100)", left)
    return float(eval(re.sub(r"[a-z]+", "", left).replace("×", "*").replace("−", "-"), {"__builtins__": {}}))


def wrong_sums(text: str, slack: float) -> tuple[int, list[str]]:
    found = EQUATION.findall(text)
    wrong = []
    for left, right, share in found:
        value = value_of(left) * (100 if share else 1)
        decimals = len(right.partition(".")[2])
        if abs(value - float(right.replace("−", "-"))) > 0.5 * 10**-decimals + slack * abs(value) + 1e-9:
            wrong.append(f"{left} = {right}{share}")
    return len(found), wrong


def test_every_sum_written_in_the_lessons_is_right() -> None:
    """Hours are rounded in print and whole in the sums: a slack of one in ten thousand."""
    assert wrong_sums("100 × 2 h = 201", 0.0001)[1] == ["100 × 2 h = 201"]
    count = 0
    for path in sorted((COURSE / "lessons").glob("*.md")):
        found, wrong = wrong_sums(prose(path.stem), 0.0001)
        count += found
        assert wrong == [], path.name
    assert count >= 35


def test_the_may_and_june_of_the_lessons_are_right() -> None:
    paid = 100 * 45 * WEEKS
    may, june = billed(paid, 22), billed(paid, 27)
    point = paid / 100
    assert (shown(paid), shown(may), shown(june), shown(point)) == ("19485", "15198", "14224", "195")
    assert (shown(may * 14), shown(june * 14), shown(paid * Decimal("7.5"))) == ("212776", "199137", "146138")
    assert (shown(margin(19485, 22, 14, 7.5), 1), shown(margin(19485, 27, 14, 7.5), 1)) == ("31.3", "26.6")
    assert (shown(paid - may), shown(may - june), shown(point * 14)) == ("4287", "974", "2728")
    assert shown((may - june) * 14) == "13640"
    assert shown((may * 14 - paid * Decimal("7.5")) / (paid * Decimal("7.5")) * 100, 1) == "45.6"
    assert shown(ANSWERS["c14-mar-003"](7.5, 22), 2) == "9.62"
    assert shown(ANSWERS["c14-mar-004"](7.5, 14), 1) == "19.6"
    assert abs((paid - may) * 14 - 60_000) < 100
    text = prose("billable-time") + prose("margin")
    for said in (
        "4287 hours",
        "billed 974 fewer",
        "195 hours, or 2728 dollars",
        "13640",
        "45.6%",
        "9.62",
        "26.6%",
    ):
        assert said in text
    for name, numbers in (
        ("two-months-margin", ("212,776", "199,137", "146,138", "31.3%", "26.6%")),
        ("paid-and-billable", ("19,485", "15,198", "4,287", "22%")),
        ("one-leaver", ("1,800", "250", "720", "180", "650", "108,000")),
    ):
        picture = (COURSE / "media" / f"{name}.svg").read_text()
        assert all(number in picture for number in numbers), name


def test_the_credits_the_leavers_and_the_gains_of_the_lessons_are_right() -> None:
    assert (shown(credit(212_776, 2, 76)), shown(credit(212_776, 2, 78))) == ("17022", "8511")
    assert (credit(100, 2, 73), credit(100, 2, 73, 100)) == (Decimal(10), Decimal(14))
    assert (250 + 720 + 180 + 650, 10 * 1800 - 20_000) == (1800, -2000)
    assert saved(100, 900, 4.5, 300) == 3750
    assert abs(saved(50, 900, 4.5, 300) - 1700) < 50
    assert (900 - 380) * Decimal("4.5") == 2340
    assert saved(100, 900, 4.5, 300) / 2 - 900 * Decimal("1.8") == 255
    growing, credits = prose("growing-the-account"), prose("service-credits-and-recovery")
    assert all(said in growing for said in ("520, so 2340 dollars", "255 dollars", "1620 dollars", "4050"))
    assert all(said in credits for said in ("17022 dollars", "8511 dollars", "7 × 2% = 14%"))
