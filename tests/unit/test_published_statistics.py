"""Our numbers beside published ones: the data and their sources are in tests/fixtures/psychometrics."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lms.assessments.statistics import agreement, cuts, irt, itemfit, scoring
from lms.assessments.statistics.classical import item_analysis
from lms.assessments.statistics.classification import number_right
from lms.assessments.statistics.dif import mantel_haenszel
from lms.assessments.statistics.responses import Responses, read_responses
from lms.assessments.statistics.tables import read_graded, read_judgements

HERE = Path(__file__).parents[1] / "fixtures" / "psychometrics"


def document(name: str) -> Any:
    return json.loads((HERE / name).read_text())


def lsat6() -> Responses:
    return read_responses((HERE / "lsat6_responses.csv").read_text())


LSAT6 = document("lsat6_irt.json")
MODELS = (
    ("rasch", None, "rasch_a1_theta_var_free"),
    ("rasch", 1.0, "rasch_disc1_theta_var1"),
    ("1pl", None, "onePL_common_a_theta_var1"),
    ("2pl", None, "twoPL"),
    ("3pl", None, "threePL_MAP_prior_logitnormal"),
)


def test_the_item_analysis_of_bock_and_lieberman() -> None:
    found = item_analysis(lsat6())
    near = pytest.approx
    assert [row["facility"] for row in found["items"]] == near([0.924, 0.709, 0.553, 0.763, 0.870], abs=1e-4)
    assert [row["item_rest"] for row in found["items"]] == near(
        [0.1128, 0.1532, 0.1728, 0.1444, 0.1216], abs=1e-4
    )
    assert (found["alpha"], found["kr21"]) == (near(0.2950, abs=1e-4), near(0.1964, abs=1e-4))
    assert found["sem"] == near(0.869, abs=1e-4)


@pytest.mark.parametrize(("model", "sd", "name"), MODELS)
def test_models_of_lsat6_with_their_standard_errors(model: str, sd: float | None, name: str) -> None:
    known, found = LSAT6[name], irt.fit(lsat6(), model=model, sd=sd)
    assert found.converged
    assert found.loglik == pytest.approx(known["logLik"], abs=1e-3)
    assert found.sd**2 == pytest.approx(known.get("latent_var", 1), abs=2e-3)
    for letter in ("a", "b", "c"):
        assert [row[letter] for row in found.items] == pytest.approx(known[letter], abs=2e-3)
    for letter in ("se_a", "se_b"):
        for row, error in zip(found.items, known.get(letter, ()), strict=False):
            assert row[letter] == (None if error is None else pytest.approx(error, abs=2e-3))


@pytest.mark.parametrize("method", ["EAP", "MAP", "ML", "WLE"])
def test_abilities_of_every_pattern_of_lsat6(method: str) -> None:
    known = LSAT6["scores_2PL"][method]
    found = scoring.score(bank_of("2pl"), patterns(known), method.lower())
    assert len(found) == 32
    for ours, theirs in zip(found, known, strict=True):
        for name in ("theta", "se"):
            assert ours[name] == (None if theirs[name] is None else pytest.approx(theirs[name], abs=1e-3)), (
                theirs
            )


def test_abilities_under_a_common_slope_and_under_rasch_are_the_same_persons() -> None:
    known = LSAT6["scores_1PL"]["EAP"]
    common = scoring.score(bank_of("1pl"), patterns(known), "eap")
    rasch = irt.fit(lsat6(), model="rasch")
    same = scoring.score(bank_of("rasch"), patterns(known), "eap")
    for ours, theirs, other in zip(common, known, same, strict=True):
        assert (ours["theta"], ours["se"]) == pytest.approx((theirs["theta"], theirs["se"]), abs=1e-3)
        assert other["theta"] / rasch.sd == pytest.approx(ours["theta"], abs=1e-6)


def test_information_and_item_fit_of_lsat6() -> None:
    bank = bank_of("2pl")
    for row in LSAT6["test_information_2PL"]:
        assert bank.information(np.array([row["theta"]])).sum() == pytest.approx(row["info"], abs=1e-4)
    found = itemfit.s_x2(irt.fit(lsat6(), model="2pl"), lsat6())
    for row in LSAT6["itemfit_2PL"]:
        ours = found[row["item"]]
        assert ours["df_s_x2"] == row["df.S_X2"]
        assert (ours["s_x2"], ours["p_s_x2"]) == pytest.approx((row["S_X2"], row["p.S_X2"]), abs=1e-4)


@pytest.mark.parametrize(("model", "name"), [("1pl", "M2_1PL"), ("rasch", "M2_1PL"), ("2pl", "M2_2PL")])
def test_the_fit_of_whole_models_of_lsat6(model: str, name: str) -> None:
    known, found = LSAT6[name], itemfit.m2(irt.fit(lsat6(), model=model), lsat6())
    assert found["df_m2"] == known["df"]
    assert [found["m2"], found["p_m2"], found["rmsea"]] == pytest.approx(
        [known["M2"], known["p"], known["RMSEA"]], abs=1e-3
    )


LSAT7 = {
    "00000": 12, "00001": 19, "00010": 1, "00011": 7, "00100": 3, "00101": 19, "00110": 3, "00111": 17,
    "01000": 10, "01001": 5, "01010": 3, "01011": 7, "01100": 7, "01101": 23, "01110": 8, "01111": 28,
    "10000": 7, "10001": 39, "10010": 11, "10011": 34, "10100": 14, "10101": 51, "10110": 15, "10111": 90,
    "11000": 6, "11001": 25, "11010": 7, "11011": 35, "11100": 18, "11101": 136, "11110": 32, "11111": 308,
}  # fmt: skip
"""Bock & Lieberman 1970, section 7 of the Law School Admission Test: how many gave each pattern."""


def test_lsat7_in_slopes_and_intercepts_as_mirt_s_manual_prints_them() -> None:
    marks = [[int(mark) for mark in pattern] for pattern, many in LSAT7.items() for _one in range(many)]
    found = irt.fit(Responses(tuple("12345"), marks), model="2pl")
    assert len(marks) == 1000
    assert found.loglik == pytest.approx(-2658.805, abs=1e-3)
    assert [row["a"] for row in found.items] == pytest.approx([0.988, 1.081, 1.706, 0.765, 0.736], abs=2e-3)
    intercepts = [-row["a"] * row["b"] for row in found.items]
    assert intercepts == pytest.approx([1.856, 0.808, 1.804, 0.486, 1.855], abs=2e-3)


def test_the_expected_sum_scores_of_lsat6() -> None:
    bank = bank_of("2pl")
    theta, weights = scoring.prior_grid(bank, points=121, reach=6)
    chances = bank.probability(theta)
    expected = 1000 * sum(
        w * np.array(number_right(p)) for w, p in zip(weights, chances.tolist(), strict=True)
    )
    assert expected.tolist() == pytest.approx([row["expected"] for row in LSAT6["EAPsum_2PL"]], abs=1e-3)


@pytest.mark.parametrize("letter", ["a", "b", "c"])
def test_three_parameters_with_a_prior_come_close_to_the_truth(letter: str) -> None:
    known = document("sim3pl_reference.json")
    found = [row[letter] for row in simulated_fit().items]
    error = np.sqrt(np.mean((np.array(found) - known["true"][letter]) ** 2))
    assert error <= {"a": 0.13, "b": 0.13, "c": 0.05}[letter]
    assert found == pytest.approx(known["mirt_3PL_prior_logit_c_N_m1.5_0.5"][letter], abs=2e-3)
    assert error == pytest.approx(known["recovery_3PL"][f"rmse_{letter}"], abs=1e-4)


def test_abilities_of_the_simulation_come_as_close_as_theirs() -> None:
    known = document("sim3pl_reference.json")["recovery_3PL"]
    bank = scoring.read_bank(json.dumps({"items": list(simulated_fit().items)}))
    people = scoring.score(bank, simulated(), "eap")
    theta, se = (np.array([one[name] for one in people]) for name in ("theta", "se"))
    truth = np.loadtxt(HERE / "sim3pl_theta.csv", skiprows=1)
    assert np.corrcoef(theta, truth)[0, 1] == pytest.approx(known["cor_theta_eap"], abs=1e-4)
    assert np.sqrt(np.mean((theta - truth) ** 2)) == pytest.approx(known["rmse_theta"], abs=1e-4)
    assert se.mean() == pytest.approx(known["mean_se"], abs=1e-4)
    assert np.mean(np.abs(theta - truth) < 1.96 * se) == pytest.approx(known["coverage95"], abs=1e-3)


def test_two_parameters_of_the_simulation() -> None:
    known = document("sim3pl_reference.json")["mirt_2PL"]
    found = irt.fit(simulated(), model="2pl")
    for letter in "ab":
        assert [row[letter] for row in found.items] == pytest.approx(known[letter], abs=2e-3)
    assert found.loglik == pytest.approx(known["logLik"], abs=1e-3)


def test_kappa_and_weighted_kappa() -> None:
    known = document("kappa.json")
    two = agreement.kappa(known["two_by_two"]["table"])
    assert (two["kappa"], two["variance"]) == pytest.approx(
        (known["two_by_two"]["kappa"], known["two_by_two"]["var"]), abs=1e-6
    )
    cohen = known["cohen1968_psych_example"]
    plain = agreement.kappa(cohen["table"], n=cohen["n"])
    weighted = agreement.kappa(cohen["table"], cohen["disagreement_weights"], n=cohen["n"])
    assert plain["kappa"] == pytest.approx(cohen["kappa"], abs=1e-6)
    assert weighted["kappa"] == pytest.approx(cohen["weighted_kappa"], abs=1e-6)


def test_the_six_intraclass_correlations_of_shrout_and_fleiss() -> None:
    known = document("icc_shrout_fleiss.json")
    found = agreement.intraclass(known["data"])
    assert found["icc"] == pytest.approx(0.28976378, abs=1e-6)
    for row in known["results"]:
        ours = found["all"][row["type"]]
        assert (ours["df1"], ours["df2"]) == (row["df1"], row["df2"])
        assert [ours["icc"], ours["f"], ours["p"], *ours["ci95"]] == pytest.approx(
            [row[name] for name in ("ICC", "F", "p", "lower bound", "upper bound")], abs=1e-6
        )


@pytest.mark.parametrize("level", agreement.LEVELS)
def test_krippendorff_s_example_with_missing_ratings(level: str) -> None:
    known = document("krippendorff.json")
    units = list(zip(*known["data"], strict=True))
    assert agreement.krippendorff(units, level)["alpha"] == pytest.approx(known["alpha"][level], abs=1e-6)


def test_mantel_and_haenszel_on_berkeley_s_admissions() -> None:
    known = document("mh_ucb.json")
    cells = {(row["Dept"], row["Gender"], row["Admit"]): row["Freq"] for row in known["table"]}
    strata = [
        tuple(
            cells[dept, gender, admit] for gender in ("Male", "Female") for admit in ("Admitted", "Rejected")
        )
        for dept in "ABCDEF"
    ]
    found = mantel_haenszel([(a, b, c, d) for a, b, c, d in strata])
    assert [found.chi2, found.p, found.odds_ratio, found.chi2_uncorrected] == pytest.approx(
        [known[name] for name in ("chisq_cc", "p", "common_or", "chisq_nocc")], abs=1e-6
    )
    assert found.interval() == pytest.approx(known["ci95"], abs=1e-6)


def test_cut_scores() -> None:
    known = document("cutscore_reference.json")
    _items, ratings, scale = read_judgements((HERE / "angoff_ratings.csv").read_text())
    found, theirs = cuts.angoff(ratings), known["angoff"]
    assert scale == "share"
    assert found["judge_sums"] == pytest.approx(theirs["judge_sums"], abs=1e-6)
    assert [found["cut_raw"], found["cut_pct"], found["sd_judges"], found["se_cut"]] == pytest.approx(
        [theirs[name] for name in ("cut_raw", "cut_pct", "sd_judges", "se_cut_simple_sd_over_sqrtJ")],
        abs=1e-6,
    )
    assert found["variance_components"] == pytest.approx(theirs["variance_components"], abs=1e-6)

    scores, grades = read_graded((HERE / "borderline_scores.csv").read_text())
    group = cuts.borderline_group([one for one, grade in zip(scores, grades, strict=True) if grade == "1"])
    assert {name: group[name] for name in known["borderline_group"]} == pytest.approx(
        known["borderline_group"], abs=1e-6
    )
    line, theirs = (
        cuts.borderline_regression(scores, list(map(float, grades))),
        known["borderline_regression"],
    )
    assert [line[name] for name in ("slope", "intercept", "r", "r2", "cut", "se_cut")] == pytest.approx(
        [theirs[name] for name in ("slope", "intercept", "r", "r2", "cut_at_grade_1", "se_of_cut")], abs=1e-6
    )


def simulated() -> Responses:
    return read_responses((HERE / "sim3pl_responses.csv").read_text())


_FITS: dict[str, irt.Fit] = {}


def simulated_fit() -> irt.Fit:
    if "3pl" not in _FITS:
        _FITS["3pl"] = irt.fit(simulated(), model="3pl")
    return _FITS["3pl"]


def bank_of(model: str) -> scoring.Bank:
    found = irt.fit(lsat6(), model=model)
    return scoring.read_bank(json.dumps({"items": list(found.items), "sd": found.sd}))


def patterns(rows: list[dict[str, Any]]) -> Responses:
    return Responses(lsat6().items, [[int(mark) for mark in row["pattern"]] for row in rows])


def test_the_fixtures_are_the_published_sizes() -> None:
    with (HERE / "lsat6_responses.csv").open() as file:
        assert len(list(csv.reader(file))) == 1001
