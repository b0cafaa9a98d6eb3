"""Gates as rules: parallel forms, what a decision is worth, codes."""

import itertools
import math
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessments.gates import (
    ENOUGH,
    LETTERS,
    accuracy_of,
    both_forms,
    code_state,
    modelled_accuracy,
    must_wait,
    new_code,
    read_accuracy,
    sureness,
    tidy_code,
)
from lms.assessments.rules import (
    MOST_APART,
    Outcome,
    blueprint_problems,
    difficulty_gap,
    draw_first,
    draw_second,
    is_borderline,
    read_blueprint,
)
from lms.assessments.statistics import adaptive, choosing, scoring
from lms.assessments.statistics.matching import Alike, match_form, unlike

pytestmark = pytest.mark.no_database
NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def bank_of(size: int, seed: int) -> list[dict[str, Any]]:
    dice = random.Random(seed)
    return [
        {
            "key": f"q{at}",
            "kind": "single",
            "competency": ("A1", "B4")[at % 2],
            "objective": "xyz"[at % 3],
            "thinking": ("know", "apply")[at // 2 % 2],
            "difficulty": round(dice.uniform(0.3, 0.95), 2),
            "critical": at % 12 == 0,
        }
        for at in range(size)
    ]


def plan(**more: Any) -> dict[str, Any]:
    return {
        "key": "gate",
        "title": "Gate",
        "purpose": "gate",
        "draws": [{"count": 18, "competency": "A1"}, {"count": 12, "competency": "B4", "thinking": "apply"}],
        "pass_mark": 0.75,
        "forms": 2,
    } | more


@given(st.integers(0, 10_000))
def test_a_second_form_shares_no_question_and_is_as_hard_with_the_same_content(seed: int) -> None:
    bank, blueprint = bank_of(120, seed % 7), read_blueprint(plan())
    first = draw_first(blueprint, bank, seed=seed)
    assert first is not None
    second = draw_second(blueprint, bank, first=first, seed=seed)
    assert second is not None
    assert not set(first) & set(second)
    assert len(set(second)) == 30
    for name in ("competency", "thinking"):
        counts = [sorted(str(bank[at][name]) for at in form) for form in (first, second)]
        if name == "competency":
            assert counts[0] == counts[1]
    assert abs(difficulty_gap(bank, first, second)) <= MOST_APART
    assert draw_second(blueprint, bank, first=first, seed=seed) == second


def test_a_bank_without_a_second_form_is_refused_in_words() -> None:
    small = [one | {"difficulty": 0.5} for one in bank_of(62, 1)]
    assert [where for where, _said in blueprint_problems(plan(), small)] == ["forms"]
    steep = [
        one | {"difficulty": 0.9 if at < 60 else 0.4, "critical": False}
        for at, one in enumerate(bank_of(120, 1))
    ]
    draws = [{"count": 30, "difficulty": [0.8, 1.0]}]
    assert not blueprint_problems(plan(draws=draws), steep)
    mixed = [one | {"difficulty": 0.9 if at < 32 else 0.4} for at, one in enumerate(bank_of(64, 1))]
    assert [w for w, _s in blueprint_problems(plan(draws=[{"count": 32}]), mixed)] in ([], ["forms"])
    course = plan(purpose="course")
    assert [where for where, _said in blueprint_problems(course, bank_of(120, 1))] == ["forms"]


def test_twins_are_assigned_at_the_least_cost() -> None:
    dice = random.Random(4)
    for _round in range(40):
        bank = [Alike((dice.choice("ab"), dice.choice("cd")), dice.choice((0.3, 0.6, 0.9))) for _ in range(9)]
        wanted, pool = bank[:4], range(4, 9)
        chosen = match_form(wanted, [list(pool)] * 4, bank)
        assert chosen is not None

        def content(form: Any, wanted: list[Alike] = wanted, bank: list[Alike] = bank) -> int:
            return sum(unlike(one, bank[at]) for one, at in zip(wanted, form, strict=True))

        assert content(chosen) == min(content(form) for form in itertools.permutations(pool, 4))
    assert match_form(bank[:4], [[4, 5, 6]] * 4, bank) is None


def test_the_model_gives_the_shares_that_the_design_was_computed_with() -> None:
    for questions, right, false_pass in (
        (5, 0.76, 0.18),
        (20, 0.86, 0.11),
        (40, 0.90, 0.07),
        (60, 0.92, 0.05),
    ):
        said = modelled_accuracy(questions, 0.75)
        assert said.accuracy == pytest.approx(right, abs=0.03)
        assert said.false_pass == pytest.approx(false_pass, abs=0.03)
        assert said.accuracy + said.false_pass + said.false_fail == pytest.approx(1)
        assert said.modelled
        assert said.interval is None


def test_accuracy_comes_from_answers_once_there_are_enough_and_finds_the_truth() -> None:
    dice = random.Random(11)
    true = [dice.betavariate(0.7 * 6, 0.3 * 6) for _person in range(600)]
    scores = [sum(dice.random() < one for _q in range(40)) / 40 for one in true]
    assert accuracy_of(scores[: ENOUGH - 1], questions=40, cut=0.75).modelled
    said = accuracy_of(scores, questions=40, cut=0.75)
    right = sum((one >= 0.75) == (score >= 0.75) for one, score in zip(true, scores, strict=True)) / 600
    assert said.people == 600
    assert said.interval is not None
    assert said.interval[0] - 0.02 <= right <= said.interval[1] + 0.02
    both = accuracy_of(scores, questions=40, cut=0.75, forms=2)
    assert both.questions == 80
    assert both.accuracy > said.accuracy
    assert read_accuracy(said.document()) == said
    assert accuracy_of([0.75] * 200, questions=40, cut=0.75).modelled


def test_two_forms_are_one_longer_test_and_what_must_be_right_must_be_right_in_both() -> None:
    right, wrong = [1.0] * 30 + [0.0] * 10, [1.0] * 28 + [0.0] * 12
    no = [False] * 40
    outcome = both_forms(right, wrong, (no, no), pass_mark=0.725)
    assert (outcome.score, outcome.passed) == (0.725, True)
    assert outcome.error == pytest.approx(math.sqrt(0.725 * 0.275 / 79))
    must = [*no[:-1], True]
    assert not both_forms(right, wrong, (no, must), pass_mark=0.5).passed


def test_within_one_standard_error_is_borderline_and_a_missed_must_is_not() -> None:
    assert is_borderline(Outcome(0.70, 0.07, passed=False, critical_missed=False), 0.75)
    assert is_borderline(Outcome(0.82, 0.07, passed=True, critical_missed=False), 0.75)
    assert not is_borderline(Outcome(0.60, 0.07, passed=False, critical_missed=False), 0.75)
    assert not is_borderline(Outcome(0.74, 0.07, passed=False, critical_missed=True), 0.75)
    assert sureness(Outcome(0.75, 0.07, passed=True, critical_missed=False), 0.75) == 0.5
    assert sureness(Outcome(0.82, 0.07, passed=True, critical_missed=False), 0.75) == pytest.approx(
        0.841, abs=0.001
    )


def test_a_code_is_read_as_people_type_it_and_opens_in_its_window_only() -> None:
    assert tidy_code(" k7r-q2m ") == "K7RQ2M"
    assert {*new_code()} <= {*LETTERS}
    window = {"opens_at": NOON, "closes_at": NOON + timedelta(hours=1)}
    states = [
        code_state(**window, revoked=revoked, now=NOON + timedelta(minutes=after))
        for after, revoked in ((-1, False), (0, False), (60, False), (61, False), (5, True))
    ]
    assert states == ["coming", "open", "open", "over", "revoked"]
    wrong = [NOON - timedelta(minutes=minute) for minute in (1, 2, 3, 4, 20)]
    assert must_wait(wrong, now=NOON) is None
    assert must_wait([*wrong, NOON], now=NOON) == NOON + timedelta(minutes=11)


def test_pages_choose_and_score_as_the_statistics_of_files_do() -> None:
    numpy = pytest.importorskip("numpy")
    dice = random.Random(3)
    items = [(dice.uniform(0.6, 1.8), dice.gauss(0, 1), 0.0) for _item in range(60)]
    names = tuple(map(str, range(60)))
    a, b, c = (numpy.array([one[at] for one in items]) for at in range(3))
    bank = scoring.Bank(names, a, b, c, content=("",) * 60)
    mine = [choosing.Calibrated(one, 0) for one in items]
    asked: list[int] = []
    answers: list[tuple[tuple[float, float, float], bool]] = []
    for _turn in range(25):
        theta, se = choosing.ability(answers)
        right, answered = numpy.zeros((1, 60)), numpy.zeros((1, 60))
        for at, (_item, got) in zip(asked, answers, strict=True):
            right[0, at], answered[0, at] = float(got), 1.0
        theirs, error = adaptive.ability(bank, right, answered)
        assert theta == pytest.approx(float(theirs[0]), abs=1e-9)
        assert se == pytest.approx(float(error[0]), abs=1e-9)
        plan = adaptive.Plan(stop_se=0.3, randomesque=5)
        chance = dice.random()
        chosen = choosing.next_question(mine, theta, asked, shares={0: 1.0}, chance=chance)
        assert chosen is not None
        assert chosen == adaptive.next_item(bank, theta, asked, plan, chance=chance)
        asked.append(chosen)
        answers.append((items[chosen], dice.random() < choosing.right(items[chosen], 0.8)))
    share, error_of_share = choosing.expected_share(items, 0.8, 0.3)
    step = 1e-5
    slope = (choosing.expected_share(items, 0.8 + step, 0.3)[0] - share) / step
    assert error_of_share == pytest.approx(slope * 0.3, rel=1e-3)


def test_content_is_balanced_and_tired_questions_rest() -> None:
    bank = [choosing.Calibrated((1.0 + at / 100, 0.0, 0.0), at % 2) for at in range(20)]
    asked: list[int] = []
    for _turn in range(8):
        chosen = choosing.next_question(bank, 0.0, asked, shares={0: 3.0, 1: 1.0})
        assert chosen is not None
        asked.append(chosen)
    assert [sum(bank[at].area == area for at in asked) for area in (0, 1)] == [6, 2]
    best = choosing.next_question(bank, 0.0, [], shares={0: 1.0})
    assert best is not None
    assert choosing.next_question(bank, 0.0, [], shares={0: 1.0}, barred={best}) != best
    assert choosing.next_question(bank[:1], 0.0, [], shares={0: 1.0}, barred={0}) == 0
    assert choosing.next_question(bank[:1], 0.0, [0], shares={0: 1.0}) is None


@pytest.mark.parametrize(
    "more",
    [
        {"adaptive": {"stop_se": 0.05}},
        {"adaptive": {"shortest": 0}},
        {"adaptive": {"stop": 0.4}},
        {"adaptive": {"shortest": 31}},
        {"adaptive": {}, "purpose": "gate"},
        {"adaptive": {}, "offline": True},
        {"adaptive": True},
    ],
)
def test_a_plan_that_adapts_wrongly_is_told(more: dict[str, Any]) -> None:
    document = plan(purpose="course", forms=1) | more
    found = {where.split(".")[0] for where, _said in blueprint_problems(document, bank_of(120, 1))}
    assert found == {"adaptive"}
    assert not blueprint_problems(
        document | {"adaptive": {"stop_se": 0.3}, "offline": False, "purpose": "course"}, bank_of(120, 1)
    )
