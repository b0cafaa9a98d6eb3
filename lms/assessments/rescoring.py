"""Scoring everybody again: what a question that was wrong is worth now, and what that means for an attempt.

Pure rules. Whoever passed keeps the pass unless it is chosen in so many words to take passes away: an attempt that would
no longer pass stays as it was, to the last point.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from lms.assessments.kinds import MARKED_BY_PEOPLE, kind_of
from lms.assessments.kinds.carrying import carries, carry
from lms.assessments.kinds.contract import Json
from lms.assessments.kinds.single import Question
from lms.assessments.rules import Outcome, judge_sums
from lms.foundation.words import N_

CHOICES = ("single", "multiple", "truefalse")
"""Kinds whose key is letters, so that another one can be ticked. Other kinds take the key of a version that was corrected."""


class Change(StrEnum):
    """What is changed for everybody; `undo` takes the decision before it back."""

    KEY = "key"
    ALL = "all"
    DROP = "drop"
    UNDO = "undo"


@dataclass(frozen=True)
class Rule:
    """How a version of a question is scored instead of by its own key.

    `right`: the letters of a corrected key; of other kinds `by` is the version whose key counts, `number` its number and
    `key` its document.
    """

    change: Change
    right: frozenset[str] = frozenset()
    by: uuid.UUID | None = None
    number: int = 0
    key: Mapping[str, Any] | None = field(default=None, hash=False)


def letters_of(document: Mapping[str, Any]) -> tuple[str, ...]:
    """A letter for each option in its author's order, or the two words of a true-or-false question; else nothing."""
    if document.get("kind") == "truefalse":
        return ("true", "false")
    if document.get("kind") not in CHOICES:
        return ()
    return tuple(chr(65 + at) for at in range(len(document.get("options") or ())))


def right_now(document: Mapping[str, Any]) -> frozenset[str]:
    """The letters that the question's own key has."""
    if document.get("kind") == "truefalse":
        return frozenset({"true" if document.get("answer") is True else "false"})
    letters = letters_of(document)
    options = document.get("options") or () if letters else ()
    return frozenset(
        letter for letter, one in zip(letters, options, strict=True) if one.get("correct") is True
    )


def rule_problem(rule: Rule, document: Mapping[str, Any]) -> str | None:
    """Why a question cannot be scored so, in a sentence, or None."""
    if document.get("kind") in MARKED_BY_PEOPLE:
        return N_("People mark these answers. Mark them again one by one, with a reason.")
    if rule.change is not Change.KEY:
        return None
    letters = frozenset(letters_of(document))
    if not letters:
        return _other_version_problem(rule, document)
    if not rule.right or not rule.right <= letters:
        return N_("Choose what is right.")
    if rule.right == right_now(document):
        return N_("That is the key it has. Choose another, or give everybody the mark.")
    return None


def _other_version_problem(rule: Rule, document: Mapping[str, Any]) -> str | None:
    if rule.key is None:
        return N_("Correct the question in its editor and publish it first. Then choose that version.")
    if not carries(document, rule.key):
        return N_(
            "That version shows something else than people were asked, so its key cannot score what they answered."
            " Give everybody the mark, or drop it."
        )
    return None


@dataclass(frozen=True)
class Keyed:
    """A question with the key that counts now, and a variant and an answer as that question reads them."""

    question: Any
    variant: Json
    given: Json | None


def keyed(
    rule: Rule | None,
    document: Mapping[str, Any],
    variant: Mapping[str, Any],
    given: Mapping[str, Any] | None,
) -> Keyed:
    """What somebody was asked, with the key that counts for people now.

    Where a corrected version cannot read what this person was shown (numbers of their own that it does not allow), the
    question's own key stands for them.
    """
    own = Keyed(kind_of(document).read(document), dict(variant), dict(given) if given else None)
    if rule is None or rule.change is not Change.KEY:
        return own
    if rule.key is not None:
        moved = carry(document, rule.key, variant, given)
        return own if moved is None else Keyed(*moved)
    if not isinstance(own.question, Question):
        return own
    letters = letters_of(document)
    options = (
        replace(one, correct=letter in rule.right)
        for letter, one in zip(letters, own.question.options, strict=True)
    )
    return replace(own, question=replace(own.question, options=tuple(options)))


@dataclass(frozen=True)
class Scored:
    """What an answer is worth, and whether its question counts at all."""

    score: float
    left_out: bool = False


def scored_by(
    rule: Rule | None,
    document: Mapping[str, Any],
    variant: Mapping[str, Any],
    given: Mapping[str, Any] | None,
) -> Scored:
    """What an answer is worth by a rule; by the question's own key where there is none."""
    if rule is not None and rule.change is Change.ALL:
        return Scored(1.0)
    now = keyed(rule, document, variant, given)
    mark = kind_of(document).mark(now.question, now.variant, now.given)
    return Scored(mark.score, rule is not None and rule.change is Change.DROP)


@dataclass(frozen=True)
class Mine:
    """The question as one attempt asked it, and what it is worth there now."""

    position: int
    score: float | None
    left_out: bool
    variant: Mapping[str, Any]
    given: Mapping[str, Any] | None


@dataclass(frozen=True)
class Sitting:
    """An attempt that was handed in: what its other questions came to, and the question itself."""

    firm_id: uuid.UUID
    attempt_id: uuid.UUID
    person_id: uuid.UUID
    pass_mark: float
    score: float
    passed: bool
    waiting: bool
    points: float
    count: int
    missed: bool
    mine: tuple[Mine, ...]


@dataclass(frozen=True)
class Again:
    """What scoring again means for an attempt. `kept`: it would no longer pass, and stays as it was."""

    sitting: Sitting
    outcome: Outcome
    questions: int
    scores: Mapping[int, Scored]
    kept: bool

    @property
    def passed(self) -> bool:
        """Whether it passes afterwards."""
        return self.kept or (self.outcome.passed and not self.sitting.waiting)

    @property
    def difference(self) -> float:
        """By how much the score moves, were it not kept."""
        return self.outcome.score - self.sitting.score


def score_again(
    sitting: Sitting, rule: Rule | None, document: Mapping[str, Any], *, takes_passes: bool
) -> Again | None:
    """What an attempt comes to by a rule; None when nothing of it changes."""
    scores = {one.position: scored_by(rule, document, one.variant, one.given) for one in sitting.mine}
    before = {one.position: Scored(one.score or 0.0, one.left_out) for one in sitting.mine}
    if scores == before:
        return None
    counted = [one.score for one in scores.values() if not one.left_out]
    missed = sitting.missed or (bool(document.get("critical")) and any(one < 1 for one in counted))
    questions = sitting.count + len(counted)
    outcome = judge_sums(sitting.points + sum(counted), questions, missed=missed, pass_mark=sitting.pass_mark)
    kept = sitting.passed and not outcome.passed and not takes_passes
    return Again(sitting, outcome, questions, scores, kept)


@dataclass(frozen=True)
class Tally:
    """How many attempts a rescoring looks at, and what it means for them."""

    attempts: int = 0
    up: int = 0
    down: int = 0
    now_pass: int = 0
    no_longer: int = 0
    kept: int = 0


def tally(attempts: int, agains: Sequence[Again]) -> Tally:
    """The counts of what changes among so many attempts."""
    moved = [one for one in agains if not one.kept]
    return Tally(
        attempts,
        up=sum(one.difference > 1e-9 for one in moved),
        down=sum(one.difference < -1e-9 for one in moved),
        now_pass=sum(one.passed and not one.sitting.passed for one in moved),
        no_longer=sum(one.sitting.passed and not one.passed for one in moved),
        kept=sum(one.kept for one in agains),
    )


def in_order(letters: Sequence[str], chosen: Collection[str]) -> str:
    """Some letters, as a sentence names them."""
    return ", ".join(letter for letter in letters if letter in chosen)
