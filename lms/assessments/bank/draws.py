"""Draws over a bank: which questions a draw can pick, how many are left for it, what the paper should come to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.assessments.rules import MOST_QUESTIONS, Draw, draw_problems

Document = Mapping[str, Any]


@dataclass(frozen=True)
class Use:
    """A draw that can pick a question: of which assessment, and which of its draws, counted from 1."""

    assessment: str
    title: str
    draw: int
    count: int
    fitting: int


def readable_draws(document: Document) -> list[tuple[int, Draw]]:
    """The draws of an assessment that can be read, each with its place in the list."""
    said = document.get("draws")
    return [
        (at, Draw(draw["count"], {name: value for name, value in draw.items() if name != "count"}))
        for at, draw in enumerate(said if isinstance(said, list) else ())
        if not draw_problems("", draw)
    ]


def uses(question: Document, assessments: Sequence[Document], bank: Sequence[Document]) -> list[Use]:
    """Every draw of these assessments that can pick a question."""
    return [
        Use(
            str(document.get("key")),
            str(document.get("title") or document.get("key")),
            at + 1,
            draw.count,
            sum(draw.takes(one) for one in bank),
        )
        for document in assessments
        for at, draw in readable_draws(document)
        if draw.takes(question) and document.get("key")
    ]


def drawable(assessments: Sequence[Document], bank: Sequence[Document]) -> list[int]:
    """For each question, how many draws can pick it."""
    draws = [draw for document in assessments for _at, draw in readable_draws(document)]
    return [sum(draw.takes(question) for draw in draws) for question in bank]


@dataclass(frozen=True)
class Fit:
    """How a draw stands: how many questions fit it, and how many of them are left once the earlier draws took theirs."""

    wanted: int
    fitting: int
    left: int

    @property
    def possible(self) -> bool:
        """Whether it can have what it wants."""
        return self.left >= self.wanted


def fits(draws: Sequence[Draw], bank: Sequence[Document]) -> list[Fit]:
    """How each draw stands after those before it.

    The earlier draws take theirs in the way that leaves most for this one: a matching of places to questions (Kuhn's
    augmenting paths), grown draw by draw. What an impossible draw could not have, the later ones may.
    """
    candidates: list[list[int]] = []
    taken: dict[int, int] = {}

    def find_place(place: int, tried: set[int]) -> bool:
        for question in candidates[place]:
            if question in tried:
                continue
            tried.add(question)
            if question not in taken or find_place(taken[question], tried):
                taken[question] = place
                return True
        return False

    found = []
    for draw in draws:
        fitting = [at for at, question in enumerate(bank) if draw.takes(question)]
        got, kept = 0, dict(taken)
        for _place in range(min(len(fitting), MOST_QUESTIONS)):
            candidates.append(fitting)
            if not find_place(len(candidates) - 1, set()):
                break
            got += 1
            if got == draw.count:
                kept = dict(taken)
        taken.clear()
        taken.update(kept)
        found.append(Fit(draw.count, len(fitting), got))
    return found


@dataclass(frozen=True)
class Expected:
    """What a just-competent person is expected to score: the mean of the difficulties, of how many questions that say one."""

    score: float
    judged: int
    fitting: int


def expected_score(draws: Sequence[Draw], bank: Sequence[Document]) -> Expected | None:
    """The Angoff expectation of a paper: each draw's mean difficulty, weighted by how many it draws.

    None when no fitting question says its difficulty, or some draw has none that does.
    """
    total = judged = fitting = 0
    score = 0.0
    for draw in draws:
        there = [question for question in bank if draw.takes(question)]
        shares = [
            question["difficulty"]
            for question in there
            if isinstance(question.get("difficulty"), int | float) and 0 <= question["difficulty"] <= 1
        ]
        if not shares:
            return None
        score += draw.count * sum(shares) / len(shares)
        total, judged, fitting = total + draw.count, judged + len(shares), fitting + len(there)
    return Expected(score / total, judged, fitting) if total else None
