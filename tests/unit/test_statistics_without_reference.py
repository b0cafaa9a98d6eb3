"""Statistics checked against their definition, another implementation, or a simulation whose truth is known."""

import json
import random

import numpy as np
import pytest
import scipy.stats

from lms.assessments.statistics import (
    adaptive,
    agreement,
    calibration,
    classification,
    dif,
    irt,
    linking,
)
from lms.assessments.statistics import distributions as ours
from lms.assessments.statistics.classical import alpha, alpha_interval, item_analysis, omega
from lms.assessments.statistics.responses import Responses, read_key, read_responses
from lms.assessments.statistics.scoring import Bank, read_bank
from lms.foundation.errors import Invalid

near = pytest.approx


def test_distributions_are_scipy_s() -> None:
    for x in (0.001, 0.3, 1, 3.84, 12, 80):
        for df in (1, 2, 5, 30):
            assert ours.chi2_sf(x, df) == near(scipy.stats.chi2.sf(x, df), rel=1e-9)
            assert ours.f_sf(x, df, 7) == near(scipy.stats.f.sf(x, df, 7), rel=1e-9)
            assert ours.t_two_sided(x, df) == near(2 * scipy.stats.t.sf(x, df), rel=1e-9)
    for p in (0.025, 0.5, 0.9, 0.975):
        assert ours.f_quantile(p, 5, 15) == near(scipy.stats.f.ppf(p, 5, 15), rel=1e-8)
        assert ours.normal_quantile(p) == near(scipy.stats.norm.ppf(p), abs=1e-9)
    assert ours.t_quantile(0.975, 9) == near(scipy.stats.t.ppf(0.975, 9), rel=1e-8)
    for count in range(12):
        assert ours.binomial_at_least(count, 10, 0.3) == near(
            scipy.stats.binom.sf(count - 1, 10, 0.3), abs=1e-12
        )
    assert ours.wilson(9, 10) == near(scipy.stats.binomtest(9, 10).proportion_ci(method="wilson"), abs=1e-9)


def answers(persons: int, items: int, seed: int, *, guess: float = 0.0) -> tuple[Bank, Responses, np.ndarray]:
    dice = np.random.default_rng(seed)
    a, b = dice.lognormal(0.1, 0.25, items), dice.normal(0, 1, items)
    c = np.full(items, guess)
    names = tuple(f"i{at}" for at in range(items))
    bank = Bank(names, a, b, c, content=tuple("AB"[at % 2] for at in range(items)))
    theta = dice.normal(size=persons)
    theta = (
        (theta - theta.mean()) / theta.std() if persons > 100 else theta
    )  # else the sample's own mean is in b
    right = dice.random((persons, items)) < bank.probability(theta)
    return bank, Responses(names, right.astype(int).tolist()), theta


@pytest.mark.parametrize(("persons", "a_error", "b_error"), [(500, 0.20, 0.25), (2000, 0.10, 0.13)])
def test_two_parameters_are_recovered_without_bias(persons: int, a_error: float, b_error: float) -> None:
    bank, responses, _theta = answers(persons, 40, 7)
    found = irt.fit(responses, model="2pl")
    for letter, truth, limit in (("a", bank.a, a_error), ("b", bank.b, b_error)):
        gaps = np.array([row[letter] for row in found.items]) - truth
        assert np.sqrt(np.mean(gaps**2)) < limit
        assert abs(gaps.mean()) < limit / 2
        errors = np.array([row[f"se_{letter}"] for row in found.items])
        assert np.mean(np.abs(gaps) < 2.5 * errors) > 0.9


def test_blanks_at_random_do_not_bend_a_fit() -> None:
    bank, responses, _theta = answers(3000, 25, 8)
    dice = random.Random(8)
    holed = [[None if dice.random() < 0.3 else mark for mark in row] for row in responses.marks]
    found = irt.fit(Responses(responses.items, holed), model="2pl")
    assert found.converged
    assert np.sqrt(np.mean((np.array([row["b"] for row in found.items]) - bank.b) ** 2)) < 0.15


def test_a_slope_that_runs_away_is_stopped_and_said() -> None:
    _bank, responses, _theta = answers(12, 5, 2)
    found = irt.fit(responses, model="2pl")
    assert any("ran away" in note for note in found.notes)
    assert all(row["a"] is None or abs(row["a"]) <= irt.STEEPEST for row in found.items)


def test_a_long_adaptive_test_is_what_a_plain_loop_does() -> None:
    bank, responses, _theta = answers(40, 60, 3)
    found = adaptive.simulate(bank, responses, adaptive.Plan(stop_se=0.4))
    grid = np.linspace(-4, 4, 33)
    edges = np.ones(33)
    edges[[0, -1]] = 0.5
    for person, row in zip(found, responses.marks, strict=True):
        mass, theta, sd, asked = np.exp(-(grid**2) / 2), 0.0, 9.0, []
        while sd > 0.4 and len(asked) < 60:
            p = 1 / (1 + np.exp(-bank.a * (theta - bank.b)))
            information = bank.a**2 * p * (1 - p)
            information[asked] = -1
            item = int(information.argmax())
            asked.append(item)
            right = 1 / (1 + np.exp(-bank.a[item] * (grid - bank.b[item])))
            mass = mass * (right if row[item] else 1 - right)
            weight = mass * edges / (mass * edges).sum()
            theta = float(weight @ grid)
            sd = float(np.sqrt(weight @ (grid - theta) ** 2))
        assert person["sequence"] == [bank.names[item] for item in asked]
        assert (person["theta"], person["se"]) == near((theta, sd), abs=1e-9)
        assert person["stopped"] == ("se" if sd <= 0.4 else "bank")


def test_adaptive_tests_are_as_short_and_as_exact_as_their_standard_error_says() -> None:
    bank, responses, theta = answers(600, 120, 4)
    found = adaptive.simulate(bank, responses, adaptive.Plan(stop_se=0.35))
    error = np.array([one["theta"] for one in found]) - theta
    assert np.sqrt(np.mean(error**2)) < 0.40
    assert 12 < np.mean([one["n"] for one in found]) < 25


def test_exposure_falls_and_content_keeps_to_its_shares() -> None:
    bank, responses, _theta = answers(400, 80, 5)
    plain = adaptive.Plan(stop_se=0, longest=20)
    spread = adaptive.Plan(stop_se=0, longest=20, randomesque=5, quotas={"A": 0.75, "B": 0.25})
    first, second = (adaptive.simulate(bank, responses, plan) for plan in (plain, spread))
    assert max(adaptive.exposure(first, bank).values()) == 1
    seen = [sorted(adaptive.exposure(found, bank).values()) for found in (first, second)]
    assert sum(share > 0 for share in seen[1]) > sum(share > 0 for share in seen[0])
    assert seen[1][-1] < 0.97
    assert second == adaptive.simulate(bank, responses, spread)
    for one in second:
        assert sum(int(name[1:]) % 2 == 0 for name in one["sequence"]) == 15


def test_the_next_item_is_never_one_already_asked_and_none_is_left_at_the_end() -> None:
    bank, _responses, _theta = answers(5, 6, 6)
    plan, asked = adaptive.Plan(stop_se=0), []
    while (item := adaptive.next_item(bank, 0.3, asked, plan)) is not None:
        assert item not in asked
        asked.append(item)
    assert len(asked) == 6


def test_an_item_that_too_many_have_seen_rests_until_nothing_else_is_left() -> None:
    bank, _responses, _theta = answers(5, 6, 6)
    plan = adaptive.Plan(stop_se=0)
    best = adaptive.next_item(bank, 0.0, [], plan)
    assert best is not None
    barred = (best,)
    other = adaptive.next_item(bank, 0.0, [], plan, barred=barred)
    assert other not in (None, best)
    rest = [at for at in range(6) if at != best]
    assert adaptive.next_item(bank, 0.0, rest, plan, barred=barred) == best


def test_a_plan_that_cannot_be_is_refused_with_every_reason() -> None:
    bank, responses, _theta = answers(5, 6, 6)
    with pytest.raises(Invalid) as refused:
        adaptive.simulate(bank, responses, adaptive.Plan(0.3, longest=2, shortest=5, quotas={"Z": 1.0}))
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize("method", linking.METHODS)
def test_linking_finds_the_scale_that_items_were_moved_by(method: str) -> None:
    bank, _responses, _theta = answers(5, 20, 9, guess=0.2)
    base = {name: (float(a), float(b), 0.2) for name, a, b in zip(bank.names, bank.a, bank.b, strict=True)}
    new = {name: (a * 1.2, (b - 0.3) / 1.2, c) for name, (a, b, c) in base.items()}
    found = linking.link(base, new, method)
    assert (found["A"], found["B"]) == near((1.2, 0.3), abs=1e-6)
    assert linking.moved(new["i3"], found["A"], found["B"]) == near(base["i3"], abs=1e-6)


def planted(persons: int, *, shift: float, seed: int, slope: float = 1.2) -> tuple[Responses, list[str]]:
    dice = np.random.default_rng(seed)
    group = np.arange(persons) % 2
    theta = dice.normal(size=persons) - 0.5 * group
    b = np.linspace(-1.5, 1.5, 25)
    moved = np.where((np.arange(25) == 12)[None, :] & (group[:, None] == 1), shift, 0.0)
    right = dice.random((persons, 25)) < 1 / (1 + np.exp(-slope * (theta[:, None] - b - moved)))
    return Responses(tuple(f"i{at}" for at in range(25)), right.astype(int).tolist()), list(map(str, group))


@pytest.mark.parametrize("method", dif.METHODS)
def test_an_item_harder_for_one_group_is_found_and_the_groups_difference_alone_is_not(method: str) -> None:
    responses, group = planted(2000, shift=1.0, seed=1)
    found = dif.analyse(responses, group, "1", method=method, purify=True)
    assert found["settled"]
    assert "i12" not in found["anchor"]
    bad = found["items"][12]
    assert bad["p"] < 1e-6
    assert bad["delta"] < -1.5
    if method == "mh":
        assert bad["class"] == "C"
    others = [row for row in found["items"] if row["item"] != "i12"]
    assert sum(row["class"] == "C" for row in others) == 0
    assert sum(row["p"] < 0.05 for row in others) <= 4


def test_ets_classes_need_both_size_and_certainty() -> None:
    assert dif.ets_class(-2.0, 0.3, 0.0001) == "C"
    assert dif.ets_class(-2.0, 0.7, 0.004) == "B"
    assert dif.ets_class(1.2, 0.3, 0.0001) == "B"
    assert dif.ets_class(2.0, 1.2, 0.09) == "A"
    assert dif.ets_class(0.9, 0.1, 0.0001) == "A"


def test_livingston_and_lewis_foretell_what_two_forms_do() -> None:
    dice = np.random.default_rng(12)
    true = 0.25 + 0.5 * dice.beta(5, 3, 20_000)
    first, second = dice.binomial(40, true), dice.binomial(40, true)
    reliability = float(np.corrcoef(first, second)[0, 1])
    found = classification.livingston_lewis(first.tolist(), cut=24, reliability=reliability, high=40)
    assert found["accuracy"] == near(np.mean((true >= 0.6) == (first >= 24)), abs=0.015)
    assert found["false_pass"] == near(np.mean((true < 0.6) & (first >= 24)), abs=0.015)
    assert found["consistency"] == near(np.mean((first >= 24) == (second >= 24)), abs=0.015)
    assert found["effective_length"] == near(40, abs=3)


def test_lee_and_rudner_foretell_what_simulated_people_do() -> None:
    bank, responses, theta = answers(20_000, 30, 13)
    items = [(float(a), float(b), 0.0) for a, b in zip(bank.a, bank.b, strict=True)]
    scores = np.array(responses.marks).sum(axis=1)
    expected = bank.probability(theta).sum(axis=1)
    found = classification.lee(items, cut=18)
    assert found["accuracy"] == near(np.mean((expected >= 18) == (scores >= 18)), abs=0.01)
    assert found["false_fail"] == near(np.mean((expected >= 18) & (scores < 18)), abs=0.01)
    rough = classification.rudner(items, theta_cut=found["theta_cut"])
    assert rough["accuracy"] == near(found["accuracy"], abs=0.03)


def test_number_right_is_the_binomial_when_items_are_alike() -> None:
    assert classification.number_right([0.3] * 8) == near(scipy.stats.binom.pmf(range(9), 8, 0.3).tolist())


def test_omega_is_alpha_for_items_that_share_one_factor_equally() -> None:
    same = [[1.0 if i == j else 0.4 for j in range(6)] for i in range(6)]
    assert omega(same) == near(alpha(same), abs=1e-8)
    loadings = [0.9, 0.8, 0.7, 0.5, 0.4]
    uneven = [[1.0 if i == j else x * y for j, y in enumerate(loadings)] for i, x in enumerate(loadings)]
    total = sum(loadings) ** 2
    assert omega(uneven) == near(total / (total + sum(1 - x * x for x in loadings)), abs=1e-6)
    low, high = alpha_interval(0.295, 1000, 5) or (0, 0)
    assert (low, high) == near((0.2235, 0.3618), abs=1e-3)


def test_d_of_the_upper_and_lower_groups_does_not_hang_on_the_order_of_the_file() -> None:
    _bank, responses, _theta = answers(101, 6, 14)
    backwards = Responses(responses.items, list(reversed(responses.marks)))
    forwards = [row["upper_lower_d"] for row in item_analysis(responses)["items"]]
    assert forwards == near([row["upper_lower_d"] for row in item_analysis(backwards)["items"]])
    assert all(one > 0 for one in forwards)


def test_severity_is_recovered_though_nobody_marks_everything() -> None:
    dice = random.Random(15)
    strict = {"A": 0.6, "B": 0.0, "C": -0.2, "D": -0.4}
    ratings = []
    for contact in range(300):
        level = dice.gauss(70, 5)
        ratings += [
            (contact, rater, level - strict[rater] + dice.gauss(0, 0.3)) for rater in dice.sample("ABCD", 2)
        ]
    found = calibration.severity(ratings)
    for row in found["raters"]:
        assert row["severity"] == near(strict[row["rater"]], abs=4 * row["se"])
        assert row["se"] < 0.05
    assert found["residual_sd"] == near(0.3, abs=0.05)
    assert sum(row["severity"] for row in found["raters"]) == near(0, abs=1e-9)


def test_assessors_who_share_no_contact_cannot_be_compared() -> None:
    with pytest.raises(Invalid, match="share no contact"):
        calibration.severity([(1, "A", 1.0), (1, "B", 2.0), (2, "C", 1.0), (2, "D", 2.0)])
    with pytest.raises(Invalid, match="two assessors or more"):
        calibration.severity([(1, "A", 1.0), (2, "B", 2.0)])


def test_drift_is_a_regression_on_time() -> None:
    when, gaps = [0.0, 1, 2, 3, 4, 5], [0.1, 0.0, 0.4, 0.5, 0.7, 0.6]
    known = scipy.stats.linregress(when, gaps)
    found = calibration.drift(when, gaps)
    assert (found["slope"], found["se"], found["p"]) == near((known.slope, known.stderr, known.pvalue))


def test_fleiss_on_his_own_example_of_psychiatric_diagnoses() -> None:
    """Fleiss 1971, as worked in many textbooks: 10 subjects, 14 raters, 5 categories, kappa .210."""
    counts = (
        (0, 0, 0, 0, 14), (0, 2, 6, 4, 2), (0, 0, 3, 5, 6), (0, 3, 9, 2, 0), (2, 2, 8, 1, 1),
        (7, 7, 0, 0, 0), (3, 2, 6, 3, 0), (2, 5, 3, 2, 2), (6, 5, 2, 1, 0), (0, 2, 2, 3, 7),
    )  # fmt: skip
    units = [[category for category, many in enumerate(row) for _one in range(many)] for row in counts]
    assert agreement.fleiss(units, range(5)) == near(0.210, abs=5e-4)


@pytest.mark.parametrize(
    "rows",
    [
        [[1.0, 2], [2, 1]],
        [[1.0, 1], [1, 1]],
        [[1.0, 2], [1, 2]],
        [[1.0, 1, 1], [0, 0, 0]],
        [[0.0, 1, 0], [1, 0, 0]],
    ],
)
def test_ratings_that_leave_nothing_to_divide_by_have_no_interval_rather_than_an_error(
    rows: list[list[float]],
) -> None:
    found = agreement.intraclass(rows)
    json.dumps(found, allow_nan=False)
    assert set(found["all"]) == {"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[]", "must be a list"),
        ("{", "not a JSON document"),
        ('[{"item": "x", "a": 1}]', "cannot be used"),
        ('[{"item": "x", "b": 0}, {"item": "x", "b": 0}]', "cannot be used"),
        ('[{"item": "x", "b": 0, "c": 1}]', "cannot be used"),
        ('[{"item": "x", "b": null}]', "None of the items"),
        ('{"items": [{"item": "x", "b": 0}], "sd": 0}', "cannot be used"),
    ],
)
def test_items_that_cannot_be_used_are_refused(text: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_bank(text)


def test_a_bare_list_of_difficulties_is_a_rasch_bank() -> None:
    bank = read_bank(json.dumps([{"item": "x", "b": 0.5}, {"item": "y", "b": None}]))
    assert (bank.names, bank.a.tolist(), bank.c.tolist(), bank.sd) == (("x",), [1.0], [0.0], 1.0)


def test_keys_are_read_in_every_form() -> None:
    items = ("q1", "q2", "q10")
    for text in ("ABC", "A,B,C", "A;B;C", "A\nB\nC\n", "q2,B\nq10,C\nq1,A", "q1,q2,q10\nA,B,C"):
        assert read_key(text, items) == ("A", "B", "C"), text
    assert read_key("1,4,10", items) == ("1", "4", "10")
    with pytest.raises(Invalid):
        read_key("A,,C", items)


def test_a_table_from_r_with_row_names_and_na_is_read() -> None:
    found = read_responses('"","a","b"\n"1",1,NA\n"2",0,1\n')
    assert found.items == ("a", "b")
    assert [list(row) for row in found.marks] == [[1, None], [0, 1]]
