"""Gates: what a decision that opens a promotion rests on, and how far it can be trusted. Pure rules."""

import math
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from lms.assessments.rules import Outcome, judge
from lms.assessments.statistics.classical import kr21
from lms.assessments.statistics.classification import beta_binomial, livingston_lewis
from lms.assessments.statistics.cuts import angoff, borderline_group, borderline_regression
from lms.assessments.statistics.distributions import normal_cdf, t_quantile
from lms.foundation.errors import Invalid

ENOUGH = 100
"""People whose first attempts are in, before accuracy is worked out from answers."""
GROUPS = 10
"""Groups of people, each left out once, for the standard error of accuracy (grouped jackknife)."""
MODEL_MEAN, MODEL_CONCENTRATION = 0.70, 5.45
"""The true scores of the stated model: a beta with mean 0.70 and KR-21 of 0.88 at 40 questions. It gives the shares of
right decisions at 5 to 60 questions that the design was computed with (a 2PL population) within three points."""

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
"""What a code is made of: nothing that looks or sounds like something else on a whiteboard."""
CODE_LENGTH = 6
MOST_WRONG, WRONG_WITHIN = 5, timedelta(minutes=15)
LONGEST_WINDOW = timedelta(hours=12)

FEWEST_BORDERLINE, FEWEST_GRADED = 10, 30
"""People under whom the borderline group, and the regression on grades, say nothing."""
FEWEST_JUDGES = 2
"""Judges under whom a cut has no standard error, and is not taken."""

ONE_FORM, BOTH_FORMS, DECLINED, CLOSED = "one_form", "both_forms", "declined", "closed"
"""By which part of the rule a gate was decided: a clear first form; both together; the first alone because the person
wanted no second, or because a supervisor closed it."""


OTHERS = ("consistency", "false_pass", "false_fail")


@dataclass(frozen=True)
class Accuracy:
    """How often decisions at a pass mark are right (`accuracy`), and would be repeated on other questions (`consistency`).

    `people`: whose answers it is worked out from; 0: the stated model. `error`: standard error of the accuracy;
    `errors`: of the others, by name.
    """

    people: int
    questions: int
    cut: float
    accuracy: float
    consistency: float
    false_pass: float
    false_fail: float
    error: float | None = None
    reliability: float | None = None
    errors: Mapping[str, float] = field(default_factory=dict)

    @property
    def modelled(self) -> bool:
        """Whether nobody's answers stand behind it."""
        return not self.people

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval of the accuracy; none for the model, which has no sampling error to tell."""
        return None if self.error is None else _between(self.accuracy, self.error)

    @property
    def intervals(self) -> Mapping[str, tuple[float, float]]:
        """The 95 % intervals of consistency, false passes and false fails by name; empty where there are none."""
        return {name: _between(getattr(self, name), error) for name, error in self.errors.items()}

    def document(self) -> dict[str, Any]:
        """For the record: what was shown when it was decided."""
        return asdict(self)


def accuracy_of(scores: Sequence[float], *, questions: int, cut: float, forms: int = 1) -> Accuracy:
    """Accuracy at a cut (a share) of a form of so many questions, or of two such forms together.

    From first attempts' scores at one form (shares) when enough people sat it: Livingston & Lewis (1995) with KR-21, which
    holds whatever questions each person drew; for two forms the beta of true scores that the mean and KR-21 say. Else
    from the model.
    """
    found = _from_answers(scores, questions, cut, forms) if len(scores) >= ENOUGH else None
    if found is None:
        return modelled_accuracy(questions * forms, cut)
    left_out = [
        one
        for group in range(GROUPS)
        if (
            one := _from_answers(
                [score for at, score in enumerate(scores) if at % GROUPS != group], questions, cut, forms
            )
        )
    ]
    if len(left_out) < GROUPS:
        return found
    errors = {name: _jackknife([getattr(one, name) for one in left_out]) for name in OTHERS}
    return replace(found, error=_jackknife([one.accuracy for one in left_out]), errors=errors)


def _jackknife(values: Sequence[float]) -> float:
    """The standard error of a figure from its values with a tenth of the people left out each time."""
    mean = math.fsum(values) / len(values)
    return math.sqrt((len(values) - 1) / len(values) * math.fsum((one - mean) ** 2 for one in values))


def _between(share: float, error: float) -> tuple[float, float]:
    return max(0.0, share - 1.96 * error), min(1.0, share + 1.96 * error)


def modelled_accuracy(questions: int, cut: float) -> Accuracy:
    """Accuracy of a test that too few people sat, from the stated model."""
    said = beta_binomial(questions, cut, mean=MODEL_MEAN, concentration=MODEL_CONCENTRATION)
    return Accuracy(
        0, questions, cut, said["accuracy"], said["consistency"], said["false_pass"], said["false_fail"]
    )


def _from_answers(scores: Sequence[float], questions: int, cut: float, forms: int) -> Accuracy | None:
    points = [min(1.0, max(0.0, score)) * questions for score in scores]
    mean = math.fsum(points) / len(points)
    variance = math.fsum((one - mean) ** 2 for one in points) / (len(points) - 1)
    reliability = kr21(questions, mean, variance) if variance > 0 else None
    if reliability is None or not 0 < reliability < 1:
        return None
    try:
        if forms == 1:
            said = livingston_lewis(points, cut=cut * questions, reliability=reliability, high=questions)
        else:
            concentration = questions * (1 - reliability) / reliability
            said = beta_binomial(questions * forms, cut, mean=mean / questions, concentration=concentration)
            reliability = forms * reliability / (1 + (forms - 1) * reliability)
    except (
        Invalid
    ):  # these scores fit no distribution of true scores: the model is said instead, and called so
        return None
    return Accuracy(
        len(points),
        questions * forms,
        cut,
        said["accuracy"],
        said["consistency"],
        said["false_pass"],
        said["false_fail"],
        None,
        reliability,
    )


def sureness(outcome: Outcome, pass_mark: float) -> float:
    """The chance, in [0.5, 1], that the person's true score lies on the side of the mark that was decided (normal error)."""
    if outcome.critical_missed:
        return 1.0
    if outcome.error <= 0:
        return 1.0 if outcome.score != pass_mark else 0.5
    return normal_cdf(abs(outcome.score - pass_mark) / outcome.error)


def both_forms(
    first: Sequence[float],
    second: Sequence[float],
    critical: tuple[Sequence[bool], Sequence[bool]],
    *,
    pass_mark: float,
) -> Outcome:
    """The rule for two forms: the points of all questions together against the same mark, as one longer test.

    A question that must be right fails the whole wherever it was missed.
    """
    return judge([*first, *second], [*critical[0], *critical[1]], pass_mark=pass_mark)


def new_code() -> str:
    """A code to write on a whiteboard, such as K7RQ2M."""
    return "".join(secrets.choice(LETTERS) for _letter in range(CODE_LENGTH))


def tidy_code(typed: str) -> str:
    """A code as it is kept: capitals, without the spaces and dashes that people write between."""
    return "".join(one for one in typed.upper() if one.isalnum())[:20]


def code_state(*, opens_at: datetime, closes_at: datetime, revoked: bool, now: datetime) -> str:
    """Whether a code opens anything: `revoked`, `coming`, `open` or `over`."""
    if revoked:
        return "revoked"
    if now < opens_at:
        return "coming"
    return "open" if now <= closes_at else "over"


def must_wait(wrong: Sequence[datetime], *, now: datetime) -> datetime | None:
    """Until when a person who typed wrong codes at these moments must wait; none: they may try."""
    lately = sorted(at for at in wrong if at > now - WRONG_WITHIN)
    return lately[-MOST_WRONG] + WRONG_WITHIN if len(lately) >= MOST_WRONG else None


def read_accuracy(document: Mapping[str, Any]) -> Accuracy:
    """What `Accuracy.document` wrote."""
    return Accuracy(**document)


def angoff_of(
    ratings: Mapping[tuple[str, int], float], judges: Sequence[str], positions: Sequence[int]
) -> dict[str, Any] | None:
    """Angoff's cut from the ratings of one round by (judge, question), of the judges who rated every question; none
    while nobody has. `cut` and `se` are shares of the paper; `per_question`: mean and range over judges."""
    whole = [judge for judge in judges if all((judge, at) in ratings for at in positions)]
    if not whole or not positions:
        return None
    said = angoff([[ratings[judge, at] for at in positions] for judge in whole])
    count = len(positions)
    return {
        "n": len(whole),
        "cut": said["cut"] / count,
        "se": None if said["se_cut"] is None else said["se_cut"] / count,
        "judges": {judge: total / count for judge, total in zip(whole, said["judge_sums"], strict=True)},
        "per_question": {
            at: (
                said["item_means"][place],
                min(ratings[judge, at] for judge in whole),
                max(ratings[judge, at] for judge in whole),
            )
            for place, at in enumerate(positions)
        },
    }


def cut_between(method: str, cut: float, se: float | None, n: int) -> tuple[float, float] | None:
    """The 95 % interval of a cut (Student's t over judges, or over people), within 0 and 1; none of a single judge."""
    free = n - (2 if method == "borderline-regression" else 1)
    if se is None or free < 1:
        return None
    half = t_quantile(0.975, free) * se
    return max(0.0, cut - half), min(1.0, cut + half)


def borderline_cuts(
    grades: Mapping[str, Sequence[int]], scores: Mapping[str, float]
) -> dict[str, dict[str, Any] | None]:
    """The cut of the borderline group and of the regression on grades, as shares; none where there is not enough.

    A person's grade is the mean of the judges' (0 below, 1 borderline, 2 above); the group are those nearest to 1. The
    group needs ten people, the regression thirty with two different grades.
    """
    mean = {person: sum(given) / len(given) for person, given in grades.items() if given and person in scores}
    group = [scores[person] for person, grade in mean.items() if abs(grade - 1) < 0.5]
    found: dict[str, dict[str, Any] | None] = {"borderline-group": None, "borderline-regression": None}
    if len(group) >= FEWEST_BORDERLINE:
        said = borderline_group(group)
        found["borderline-group"] = {"n": said["n"], "cut": said["cut"], "se": said["se_cut"]}
    if len(mean) >= FEWEST_GRADED and len(set(mean.values())) > 1:
        said = borderline_regression([scores[person] for person in mean], list(mean.values()))
        found["borderline-regression"] = {"n": said["n"], "cut": said["cut"], "se": said["se_cut"]}
    return found
