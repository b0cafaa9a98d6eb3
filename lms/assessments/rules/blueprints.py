"""An assessment as a plan: what it draws, how long, how often, what a pass is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from lms.assessments.kinds import WORK_SAMPLES

PURPOSES = ("lesson", "course", "gate")
FEEDBACK = ("after_each", "after_submit", "after_pass", "never")


@dataclass(frozen=True)
class Draw:
    """How many questions to take, and from which."""

    count: int
    fits: Mapping[str, Any]

    def takes(self, question: Mapping[str, Any]) -> bool:
        """Whether a question document answers to this draw; a work sample must be asked for by its kind."""
        if question.get("kind") in WORK_SAMPLES and "kind" not in self.fits:
            return False
        if question.get("course") != self.fits.get("course"):
            return False
        for name, wanted in self.fits.items():
            if name == "tags":
                said = question.get("tags")
                if not all(isinstance(said, list | tuple) and tag in said for tag in wanted):
                    return False
            elif name == "difficulty":
                share = question.get("difficulty", 0.5)
                if not isinstance(share, int | float) or not wanted[0] <= share <= wanted[1]:
                    return False
            elif name == "critical":
                if bool(question.get("critical")) != wanted:
                    return False
            elif question.get(name) != wanted:
                return False
        return True


FEWEST_CALIBRATED = 60
"""Calibrated questions under which a test does not adapt: so small a bank is better used as a fixed form."""


@dataclass(frozen=True)
class Adaptive:
    """How a test adapts: each next question is chosen by the answers so far.

    It ends at `stop_se` (of ability, whose SD is 1) once `shortest` questions are answered, or when the draws are used up.
    No question is asked of more than the share `exposure` of people while others are left.
    """

    stop_se: float = 0.4
    shortest: int = 10
    exposure: float = 0.3


@dataclass(frozen=True)
class Blueprint:
    """An assessment as a plan: what it draws, how long, how often, what a pass is."""

    key: str
    title: str
    purpose: str
    intro: str
    draws: tuple[Draw, ...]
    shuffle_questions: bool
    shuffle_options: bool
    time_limit: timedelta | None
    attempts_allowed: int | None
    gap: timedelta
    feedback: str
    pass_mark: float
    evidence: tuple[tuple[str, int], ...]
    offline: bool = False
    """Whether an attempt may be answered without a network and sent later."""
    markers: int = 1
    """How many people mark an answer that people mark, each alone."""
    forms: int = 1
    """Two: whoever is within one standard error of the pass mark is asked other questions, and both decide together."""
    adaptive: Adaptive | None = None
    """Then the draws say the shares of content, and their sum is the longest the test can be."""

    @property
    def length(self) -> int:
        """How many questions an attempt has."""
        return sum(draw.count for draw in self.draws)

    @property
    def supervised(self) -> bool:
        """Whether it begins only with a sitting code that a supervisor made."""
        return self.purpose == "gate"

    @property
    def borrows_from(self) -> frozenset[str]:
        """The keys of other courses that it draws questions from."""
        return frozenset(draw.fits["course"] for draw in self.draws if "course" in draw.fits)


def lent(document: Mapping[str, Any], course: str) -> dict[str, Any]:
    """A question as another course's assessment sees it: only a draw that names its course takes it."""
    return {**document, "course": course}


def read_blueprint(document: Mapping[str, Any]) -> Blueprint:
    """The blueprint of a document that has no problems."""
    shuffle = document.get("shuffle") or {}
    attempts = document.get("attempts") or {}
    limit = document.get("time_limit_minutes")
    return Blueprint(
        key=document["key"],
        title=document["title"],
        purpose=document.get("purpose", "course"),
        intro=document.get("intro", ""),
        draws=tuple(
            Draw(draw["count"], {name: value for name, value in draw.items() if name != "count"})
            for draw in document["draws"]
        ),
        shuffle_questions=shuffle.get("questions", True),
        shuffle_options=shuffle.get("options", True),
        time_limit=timedelta(minutes=limit) if limit else None,
        attempts_allowed=attempts.get("allowed"),
        gap=timedelta(hours=attempts.get("gap_hours") or 0),
        feedback=document.get("feedback", "after_submit"),
        pass_mark=document["pass_mark"],
        evidence=tuple((entry["competency"], entry["level"]) for entry in document.get("evidence") or ()),
        offline=document.get("offline", False),
        markers=document.get("markers", 1),
        forms=document.get("forms", 1),
        adaptive=Adaptive(**document["adaptive"]) if isinstance(document.get("adaptive"), Mapping) else None,
    )
