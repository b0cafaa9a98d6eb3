import json
from pathlib import Path

import pytest

from lms.foundation.errors import Invalid
from lms.tracks.fairness import adverse_impact, fisher_exact

CASES = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "psychometrics" / "adverse_impact_reference.json").read_text()
)["cases"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['sel_A']}of{case['n_A']}")
def test_adverse_impact_is_as_published(case: dict[str, float]) -> None:
    found = adverse_impact((case["sel_A"], case["n_A"]), (case["sel_B"], case["n_B"]))
    assert found.flagged == case["flag_4_5"]
    ours = (
        found.rate_reference, found.rate_group, found.impact_ratio, found.z, found.z_p, found.fisher_p,
        found.ratio, found.cohens_h, found.shortfall,
    )  # fmt: skip
    names = (
        "rate_A", "rate_B", "impact_ratio", "two_sd_z", "z_p_two_sided", "fisher_p",
        "ratio_B_over_A", "cohens_h", "shortfall_B",
    )  # fmt: skip
    assert ours == pytest.approx([case[name] for name in names], abs=1e-6)
    assert found.ratio_ci95 == pytest.approx(case["ratio_ci95"], abs=1e-6)


def test_one_more_person_is_said_to_change_the_flag() -> None:
    small = adverse_impact((3, 10), (2, 12)).one_more
    assert small.ratio == pytest.approx((3 / 12) / (3 / 10))
    assert (small.flagged, small.changes_flag) == (False, True)
    large = adverse_impact((48, 80), (21, 50)).one_more
    assert (large.flagged, large.changes_flag) == (True, False)


def test_exactly_four_fifths_is_no_flag() -> None:
    assert not adverse_impact((48, 80), (24, 50)).flagged
    assert adverse_impact((480, 800), (239, 500)).flagged


def test_nobody_and_everybody_selected_are_answered_without_a_made_up_ratio() -> None:
    nobody = adverse_impact((0, 10), (0, 5))
    assert (nobody.ratio, nobody.impact_ratio, nobody.z, nobody.flagged) == (None, None, None, False)
    everybody = adverse_impact((10, 10), (5, 5))
    assert (everybody.ratio, everybody.flagged, everybody.fisher_p) == (1.0, False, pytest.approx(1.0))
    assert everybody.one_more.ratio is None
    none_of_group = adverse_impact((10, 10), (0, 5))
    assert (none_of_group.ratio, none_of_group.ratio_ci95, none_of_group.flagged) == (0.0, None, True)


@pytest.mark.parametrize(("first", "second"), [((1, 0), (1, 2)), ((3, 2), (1, 2)), ((-1, 2), (1, 2))])
def test_impossible_counts_are_refused(first: tuple[int, int], second: tuple[int, int]) -> None:
    with pytest.raises(Invalid):
        adverse_impact(first, second)


def test_fisher_s_tea_lady() -> None:
    assert fisher_exact((3, 4), (1, 4)) == pytest.approx(34 / 70)
