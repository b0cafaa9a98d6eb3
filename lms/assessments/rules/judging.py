"""What an attempt comes to, and whether its key may be seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True)
class Outcome:
    """What an attempt came to."""

    score: float
    error: float
    passed: bool
    critical_missed: bool


def is_borderline(outcome: Outcome, pass_mark: float) -> bool:
    """Whether a score lies within one standard error of the pass mark, and so is neither a sure pass nor a sure fail."""
    return not outcome.critical_missed and abs(outcome.score - pass_mark) <= outcome.error + 1e-9


def judge(scores: Sequence[float], critical: Sequence[bool], *, pass_mark: float) -> Outcome:
    """Score an attempt: the mean of its questions' scores, and whether it passes.

    `error` is the standard error of the score under the binomial error model, sqrt(p(1 - p) / (n - 1))
    (Lord 1957), in the unit of the score. A critical question that is not wholly right fails the attempt.
    """
    missed = any(must and got < 1 for got, must in zip(scores, critical, strict=True))
    return judge_sums(sum(scores), len(scores), missed=missed, pass_mark=pass_mark)


def judge_sums(points: float, count: int, *, missed: bool, pass_mark: float) -> Outcome:
    """The same from the points of so many questions. `missed`: whether one that must be right was not."""
    score = min(1.0, points / count) if count else 0.0
    error = sqrt(score * (1 - score) / (count - 1)) if count > 1 else 0.5
    return Outcome(score, error, score + 1e-9 >= pass_mark and not missed, missed)


def may_see_key(feedback: str, *, submitted: bool, passed: bool | None) -> bool:
    """Whether the review may show the key now."""
    return submitted and (
        feedback in ("after_each", "after_submit") or (feedback == "after_pass" and bool(passed))
    )
