"""What makes an assessment fair: blueprints, draws, judgements."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lms.assessments.rules import (
    GATE_MINIMUM,
    GRACE,
    Blueprint,
    Draw,
    blueprint_problems,
    draw_questions,
    judge,
    kept_because,
    lent,
    may_see_key,
    may_start,
    read_blueprint,
)

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
BANK = [
    {
        "key": f"q{number}",
        "kind": "single" if number % 2 else "numeric",
        "objective": "greet" if number < 4 else "close",
        "thinking": ("know", "apply", "judge")[number % 3],
        "difficulty": number / 10,
        "tags": ["hard", "long"] if number > 6 else ["hard"] if number > 4 else [],
        "critical": number == 2,
    }
    for number in range(1, 9)
]


def plan(**changes: Any) -> dict[str, Any]:
    """A blueprint with no problem."""
    said = {"key": "final", "title": "Final", "draws": [{"count": 3}], "pass_mark": 0.75}
    return {name: value for name, value in (said | changes).items() if value is not ...}


def blueprint(*draws: dict[str, Any], **changes: Any) -> Blueprint:
    """A blueprint with these draws."""
    return read_blueprint(plan(draws=list(draws) or [{"count": 3}], **changes))


def problems(**changes: Any) -> dict[str, str]:
    """What is wrong with a blueprint, by place."""
    return dict(blueprint_problems(plan(**changes), BANK))


# Blueprints


def test_a_blueprint_says_what_it_says_and_the_rest_has_its_default() -> None:
    bare = blueprint()
    assert (bare.purpose, bare.feedback, bare.time_limit, bare.attempts_allowed) == (
        "course",
        "after_submit",
        None,
        None,
    )
    assert (bare.shuffle_questions, bare.shuffle_options, bare.gap, bare.length) == (
        True,
        True,
        timedelta(),
        3,
    )
    full = blueprint(
        {"count": 2},
        {"count": 3, "objective": "greet"},
        time_limit_minutes=20,
        attempts={"allowed": 2, "gap_hours": 24},
        shuffle={"questions": False, "options": False},
        evidence=[{"competency": "B4", "level": 2}],
    )
    assert (full.length, full.time_limit, full.gap) == (5, timedelta(minutes=20), timedelta(days=1))
    assert (full.shuffle_questions, full.shuffle_options, full.evidence) == (False, False, (("B4", 2),))


def test_a_sound_blueprint_has_no_problem() -> None:
    assert problems() == {}
    assert (
        problems(
            purpose="lesson",
            feedback="never",
            intro="Hello",
            time_limit_minutes=5,
            shuffle={"questions": True},
            attempts={"allowed": 3, "gap_hours": 0},
            evidence=[{"competency": "B4", "level": 2}],
            draws=[{"count": 1, "critical": True}, {"count": 2, "tags": ["hard"], "difficulty": [0.5, 0.9]}],
        )
        == {}
    )


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"colour": "blue"}, "colour"),
        ({"title": ...}, "title"),
        ({"draws": ...}, "draws"),
        ({"draws": []}, "draws"),
        ({"draws": "all"}, "draws"),
        ({"draws": ["five"]}, "draws.0"),
        ({"draws": [{"count": 0}]}, "draws.0.count"),
        ({"draws": [{"count": True}]}, "draws.0.count"),
        ({"draws": [{"count": 10**9}]}, "draws.0.count"),
        ({"draws": [{"count": 1, "colour": "blue"}]}, "draws.0.colour"),
        ({"draws": [{"count": 1, "difficulty": 0.5}]}, "draws.0.difficulty"),
        ({"draws": [{"count": 1, "difficulty": ["a", "b"]}]}, "draws.0.difficulty"),
        ({"draws": [{"count": 1, "difficulty": [0.1]}]}, "draws.0.difficulty"),
        ({"draws": [{"count": 1, "tags": "hard"}]}, "draws.0.tags"),
        ({"draws": [{"count": 1, "tags": [["hard"]]}]}, "draws.0.tags"),
        ({"draws": [{"count": 9}]}, "draws.0"),
        ({"draws": [{"count": 8}, {"count": 1}]}, "draws"),
        ({"pass_mark": 0}, "pass_mark"),
        ({"pass_mark": 75}, "pass_mark"),
        ({"pass_mark": True}, "pass_mark"),
        ({"pass_mark": "high"}, "pass_mark"),
        ({"purpose": "fun"}, "purpose"),
        ({"feedback": "loud"}, "feedback"),
        ({"purpose": "gate"}, "draws"),
        ({"title": "x" * 201}, "title"),
        ({"title": " "}, "title"),
        ({"key": 5}, "key"),
        ({"intro": ["x"]}, "intro"),
        ({"time_limit_minutes": "ten"}, "time_limit_minutes"),
        ({"time_limit_minutes": 0}, "time_limit_minutes"),
        ({"shuffle": 5}, "shuffle"),
        ({"shuffle": {"questions": "yes"}}, "shuffle"),
        ({"attempts": 3}, "attempts"),
        ({"attempts": {"allowed": 0}}, "attempts"),
        ({"attempts": {"gap_hours": "a day"}}, "attempts"),
        ({"evidence": ["B4"]}, "evidence.0"),
        ({"evidence": 5}, "evidence.0"),
        ({"evidence": [{"competency": "B4", "level": 6}]}, "evidence.0"),
    ],
)
def test_what_stops_a_blueprint_is_told_where_it_is(changes: dict[str, Any], where: str) -> None:
    assert where in problems(**changes)


def test_a_gate_asks_enough_to_be_fair() -> None:
    bank = [{"key": f"q{number}"} for number in range(GATE_MINIMUM)]
    document = plan(purpose="gate", draws=[{"count": GATE_MINIMUM}])
    assert blueprint_problems(document, bank) == ()
    few = dict(blueprint_problems(document | {"draws": [{"count": GATE_MINIMUM - 1}]}, bank))
    assert "A gate draws 30 questions or more; this one draws 29." in few["draws"]


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=4),
    lambda inside: (
        some.lists(inside, max_size=3)
        | some.dictionaries(
            some.sampled_from(["count", "tags", "allowed", "gap_hours", "questions", "level"]), inside
        )
    ),
    max_leaves=5,
)
FIELDS = [*plan(), "purpose", "feedback", "intro", "shuffle", "attempts", "evidence", "time_limit_minutes"]


@settings(max_examples=200, deadline=None)
@given(name=some.sampled_from(FIELDS), value=ANYTHING)
def test_whatever_stands_in_a_blueprint_it_is_read_or_its_problems_are_told(name: str, value: Any) -> None:
    document = plan() | {name: value}
    if not blueprint_problems(document, BANK):
        assert read_blueprint(document).length >= 1


# Draws


@pytest.mark.parametrize(
    ("fits", "keys"),
    [
        ({}, "12345678"),
        ({"objective": "greet"}, "123"),
        ({"kind": "numeric", "thinking": "judge"}, "28"),
        ({"tags": ["hard"]}, "5678"),
        ({"tags": ["hard", "long"]}, "78"),
        ({"difficulty": [0.2, 0.4]}, "234"),
        ({"critical": True}, "2"),
        ({"critical": False, "objective": "greet"}, "13"),
        ({"competency": "B4"}, ""),
    ],
)
def test_a_draw_takes_what_fits_all_that_it_asks_for(fits: dict[str, Any], keys: str) -> None:
    assert "".join(one["key"][1] for one in BANK if Draw(1, fits).takes(one)) == keys


DRAWS = some.lists(
    some.fixed_dictionaries(
        {"count": some.integers(1, 4)},
        optional={
            "objective": some.sampled_from(["greet", "close"]),
            "thinking": some.sampled_from(["know", "apply", "judge"]),
            "tags": some.sampled_from([["hard"], ["hard", "long"]]),
        },
    ),
    min_size=1,
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(draws=DRAWS, seed=some.integers(0, 2**31))
def test_every_draw_gets_its_number_no_question_comes_twice_and_a_seed_chooses_for_ever(
    draws: list[dict[str, Any]], seed: int
) -> None:
    wanted = blueprint(*draws, shuffle={"questions": False})
    chosen = draw_questions(wanted, BANK, seed=seed)
    assert chosen == draw_questions(wanted, BANK, seed=seed)
    if chosen is None:
        return
    assert len(set(chosen)) == len(chosen) == wanted.length
    places = [draw for draw in wanted.draws for _ in range(draw.count)]
    assert all(place.takes(BANK[at]) for place, at in zip(places, chosen, strict=True))


def test_draws_that_compete_are_met_whenever_they_can_be() -> None:
    """The wide draw must leave the one question that the narrow draw can take."""
    wanted = blueprint({"count": 7}, {"count": 1, "critical": True})
    assert all(draw_questions(wanted, BANK, seed=seed) is not None for seed in range(30))
    assert draw_questions(blueprint({"count": 8}, {"count": 1, "critical": True}), BANK, seed=1) is None


def test_a_draw_from_another_course_takes_that_course_and_no_other_draw_does() -> None:
    both = [*BANK, *(lent(one, "C13") for one in BANK)]
    wanted = blueprint(
        {"count": 2, "course": "C13"}, {"count": 2, "course": "C13", "thinking": "judge"}, {"count": 3}
    )
    assert wanted.borrows_from == {"C13"}
    for seed in range(20):
        chosen = draw_questions(wanted, both, seed=seed)
        assert chosen is not None
        assert sum(at >= len(BANK) for at in chosen) == 4
    assert draw_questions(wanted, BANK, seed=1) is None, "without that course there is no paper"


def test_a_check_counts_another_courses_questions_only_where_they_are_at_hand() -> None:
    asks = plan(draws=[{"count": 3}, {"count": 50, "course": "C13"}])
    assert blueprint_problems(asks, BANK) == ()
    told = dict(blueprint_problems(asks, [*BANK, *(lent(one, "C13") for one in BANK)]))
    assert list(told) == ["draws.1"]
    assert list(dict(blueprint_problems(plan(draws=[{"count": 1, "course": 13}]), BANK))) == [
        "draws.0.course"
    ]


def test_another_seed_draws_other_questions_in_another_order() -> None:
    drawn = [draw_questions(blueprint({"count": 4}), BANK, seed=seed) for seed in range(20)]
    assert len({tuple(one or ()) for one in drawn}) > 10
    assert len({frozenset(one or ()) for one in drawn}) > 5


# Judgements


@pytest.mark.parametrize(
    ("scores", "critical", "score", "passed"),
    [
        ((1, 1, 1, 0), (), 0.75, True),
        ((1, 1, 0, 0), (), 0.5, False),
        ((1, 0.5, 0.75, 0.75), (), 0.75, True),
        ((1, 1, 1, 0), (3,), 0.75, False),
        ((1, 1, 1, 0.9), (3,), 0.975, False),
        ((1, 1, 1, 0), (0,), 0.75, True),
        ((), (), 0, False),
    ],
)
def test_a_pass_is_the_mark_reached_and_no_critical_question_missed(
    scores: tuple[float, ...], critical: tuple[int, ...], score: float, passed: bool
) -> None:
    outcome = judge(scores, [at in critical for at in range(len(scores))], pass_mark=0.75)
    assert (outcome.score, outcome.passed) == (pytest.approx(score), passed)
    assert outcome.critical_missed == (bool(critical) and not passed)


def test_the_error_of_a_score_shrinks_with_its_questions() -> None:
    assert judge([1, 1, 1, 0], [False] * 4, pass_mark=0.5).error == pytest.approx(0.25)
    assert judge([1, 1, 1, 0] * 10, [False] * 40, pass_mark=0.5).error == pytest.approx(0.0693, abs=0.0001)
    assert judge([1.0], [False], pass_mark=0.5).error == 0.5


@given(some.lists(some.floats(0, 1), min_size=1, max_size=40))
def test_a_score_is_a_share_and_its_error_at_most_a_half(scores: list[float]) -> None:
    outcome = judge(scores, [False] * len(scores), pass_mark=0.75)
    assert 0 <= outcome.score <= 1 + 1e-9
    assert 0 <= outcome.error <= 0.5


@pytest.mark.parametrize(
    ("feedback", "submitted", "passed", "shown"),
    [
        ("after_submit", False, None, False),
        ("after_submit", True, False, True),
        ("after_each", False, None, False),
        ("after_each", True, True, True),
        ("after_pass", True, False, False),
        ("after_pass", True, True, True),
        ("after_pass", True, None, False),
        ("never", True, True, False),
    ],
)
def test_the_key_is_shown_when_the_author_says_and_never_before_the_end(
    feedback: str, submitted: bool, passed: bool | None, shown: bool
) -> None:
    assert may_see_key(feedback, submitted=submitted, passed=passed) is shown


def test_attempts_are_counted_and_need_their_pause() -> None:
    free, counted = blueprint(), blueprint(attempts={"allowed": 2, "gap_hours": 24})
    first, second = (NOON - timedelta(hours=30), False), (NOON - timedelta(hours=5), False)
    assert may_start(free, [first, second], now=NOON) is None
    assert may_start(counted, [], now=NOON) is None
    assert may_start(counted, [first], now=NOON) is None
    too_soon = may_start(counted, [second], now=NOON)
    assert too_soon is not None
    assert too_soon.since == NOON + timedelta(hours=19)
    assert may_start(counted, [second], now=NOON + timedelta(hours=19)) is None
    used_up = may_start(counted, [first, second], now=NOON)
    assert used_up is not None
    assert used_up.since is None


@pytest.mark.parametrize(
    ("submitted", "deadline", "because"),
    [
        (None, None, None),
        (None, NOON, None),
        (None, NOON - GRACE, None),
        (None, NOON - GRACE - timedelta(seconds=1), "after_deadline"),
        (NOON, None, "after_submit"),
        (NOON, NOON - timedelta(days=1), "after_submit"),
    ],
)
def test_an_answer_counts_until_the_end_and_a_little_grace(
    submitted: datetime | None, deadline: datetime | None, because: str | None
) -> None:
    assert kept_because(submitted_at=submitted, deadline_at=deadline, now=NOON) == because


@settings(max_examples=50, deadline=None)
@given(seed=some.integers(0, 2**31), resting=some.sets(some.integers(0, len(BANK) - 1)))
def test_what_rests_is_drawn_only_where_nothing_else_fits(seed: int, resting: set[int]) -> None:
    wanted = blueprint({"count": 3})
    rested = {at: 50 + at for at in resting}
    chosen = draw_questions(wanted, BANK, seed=seed, rested=rested)
    assert chosen is not None
    fitting = {at for at, one in enumerate(BANK) if wanted.draws[0].takes(one)}
    fresh = fitting - resting
    assert len(set(chosen) & fresh) == min(3, len(fresh))
    least_seen = sorted(fitting & resting, key=lambda at: rested[at])[: 3 - min(3, len(fresh))]
    assert set(chosen) - fresh == set(least_seen)
    assert draw_questions(wanted, BANK, seed=seed, rested={}) == draw_questions(wanted, BANK, seed=seed)
