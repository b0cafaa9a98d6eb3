"""What figures can say: sums, intervals against published methods, bands, periods and numbers as tools write them."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2, t

from lms.people.cells import Unfit
from lms.tracks.kpi.cells import read_amount, read_period, read_seconds
from lms.tracks.kpi.metrics import (
    BUILT_IN,
    EXPONENTIAL,
    STUDENT,
    WILSON,
    Tally,
    band,
    interval,
    pooled,
    shown_value,
    tally_of,
)

METRICS = {one.key: one for one in BUILT_IN}


def test_a_team_is_the_ratio_of_sums_and_never_the_mean_of_means() -> None:
    ana, ben = tally_of(300, 10), tally_of(200, 90)
    assert shown_value(METRICS["aht"], pooled([ana, ben])) == 210


@given(st.lists(st.tuples(st.floats(5, 4000), st.integers(1, 900)), min_size=1, max_size=8), st.randoms())
def test_sums_do_not_care_for_order(parts: list[tuple[float, int]], chance: object) -> None:
    tallies = [tally_of(mean, n, 3.0) for mean, n in parts]
    mixed = sorted(tallies, key=lambda _one: chance.random())  # type: ignore[attr-defined]
    assert pooled(mixed).mean == pytest.approx(pooled(tallies).mean)
    assert pooled(mixed).n == sum(n for _mean, n in parts)


@pytest.mark.parametrize("n", [30, 45, 120, 900])
def test_handle_time_has_the_exact_exponential_interval(n: int) -> None:
    found = interval(METRICS["aht"], Tally(300 * n, n, None))
    assert found.source == EXPONENTIAL
    assert found.low == pytest.approx(2 * 300 * n / chi2.ppf(0.975, 2 * n), rel=2e-3)
    assert found.high == pytest.approx(2 * 300 * n / chi2.ppf(0.025, 2 * n), rel=2e-3)


def test_with_a_deviation_the_interval_is_students_and_pools_rightly() -> None:
    five = interval(METRICS["qa"], tally_of(80, 5, 10.0))
    assert five.source == STUDENT
    assert five.high - 80 == pytest.approx(
        t.ppf(0.975, 4) * 10 / 5**0.5
    )  # about 12 points: the domain pack, C07
    values = [70.0, 80, 90, 95, 60, 88, 91]
    one = Tally(sum(values[:3]), 3, sum(v * v for v in values[:3]))
    other = Tally(sum(values[3:]), 4, sum(v * v for v in values[3:]))
    whole = interval(METRICS["qa"], Tally(sum(values), 7, sum(v * v for v in values)))
    assert interval(METRICS["qa"], one + other) == whole


def test_a_rate_has_wilsons_interval() -> None:
    found = interval(METRICS["csat"], Tally(8, 10, None))
    assert found.source == WILSON
    assert (found.low, found.high) == pytest.approx((49.02, 94.33), abs=0.01)  # Newcombe 1998, method 3


@given(st.floats(0, 100), st.integers(1, 500))
def test_the_interval_of_a_score_holds_its_value_and_stays_in_its_range(mean: float, n: int) -> None:
    found = interval(METRICS["qa"], tally_of(mean, n))
    assert 0 <= found.low <= mean + 1e-6
    assert mean - 1e-6 <= found.high <= 100 + 1e-9


def test_a_band_needs_people_with_enough_to_say() -> None:
    seven = [tally_of(80 + one, 40) for one in range(7)]
    assert band(METRICS["qa"], seven) is None
    assert band(METRICS["qa"], [*seven, tally_of(99, 5)]) is None, "five evaluations do not count"
    eight = band(METRICS["qa"], [*seven, tally_of(87, 40)])
    assert eight is not None
    assert (eight.low, eight.middle, eight.high, eight.people) == pytest.approx((81.75, 83.5, 85.25, 8))


@pytest.mark.parametrize(
    ("cell", "start", "end"),
    [
        ("2026-03", "2026-03-01", "2026-03-31"),
        ("202602", "2026-02-01", "2026-02-28"),
        ("Feb 2024", "2024-02-01", "2024-02-29"),
        ("marzo de 2026", "2026-03-01", "2026-03-31"),
        ("3/2026", "2026-03-01", "2026-03-31"),
        ("2026-Q2", "2026-04-01", "2026-06-30"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2026-03-05", "2026-03-05", "2026-03-05"),
        ("46081", "2026-02-28", "2026-02-28"),
        ("2026-03-05 00:00:00", "2026-03-05", "2026-03-05"),
    ],
)
def test_periods_are_read_as_tools_write_them(cell: str, start: str, end: str) -> None:
    assert read_period("Month", cell, None) == (date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("1,234.5", 1234.5),
        ("1.234,5", 1234.5),
        ("0,85", 0.85),
        ("85 %", 85),
        ("1,234,567", 1234567),
        (" 12 ", 12),
    ],
)
def test_numbers_are_read_as_tools_write_them(cell: str, value: float) -> None:
    assert read_amount("x", cell)[0] == value


@pytest.mark.parametrize(
    ("cell", "seconds"), [("5:10", 310), ("0:05:10", 310), ("310.5", 310.5), ("1:00:00", 3600)]
)
def test_handle_times_may_have_colons(cell: str, seconds: float) -> None:
    assert read_seconds("AHT", cell) == seconds


@given(st.text(max_size=12))
def test_whatever_stands_in_a_cell_is_read_or_refused_with_a_sentence(cell: str) -> None:
    for reading in (
        lambda: read_amount("x", cell),
        lambda: read_period("x", cell, None),
        lambda: read_seconds("x", cell),
    ):
        with suppress(Unfit):
            reading()
