"""Matching: each left-hand side to its right-hand side, chosen from a list."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import BadAnswer, Json, Mark, Notes, Part, Raw, by_ref, one, shuffled

NAME = "matching"


@dataclass(frozen=True)
class Question:
    """Pairs of (left, right, why), and right-hand sides that fit nothing."""

    stem: str
    pairs: tuple[tuple[str, str, str], ...]
    extra: tuple[str, ...]
    explanation: str

    @property
    def choices(self) -> list[str]:
        """Every different right-hand side, in authored order."""
        return list(dict.fromkeys([right for _left, right, _why in self.pairs] + list(self.extra)))


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("pairs", "extra"))
    pairs = [
        (str(entry.get("left", "")), str(entry.get("right", "")), str(entry.get("why", "")))
        for entry in notes.entries("pairs", ("left", "right"), least=3, most=8, optional=("why",))
    ]
    if len({left for left, _right, _why in pairs}) < len(pairs):
        notes.add("pairs", "Two left-hand sides are the same. Make each one different.")
    said = notes.some("extra", list)
    if not all(isinstance(text, str | int | float) for text in said):
        notes.add("extra", "Write “extra” as a list of texts.")
    extra = tuple(str(text) for text in said)
    notes.close()
    return Question(document["stem"], tuple(pairs), extra, document.get("explanation", ""))


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order of both sides."""
    return {
        "left": shuffled(len(question.pairs), seed, shuffle=shuffle),
        "right": shuffled(len(question.choices), seed + 1_000_003, shuffle=True),
    }


def ask(question: Question, variant: Json) -> Json:
    """Left-hand sides as rows, right-hand sides as the choices of each."""
    return {
        "kind": NAME,
        "stem": question.stem,
        "rows": [
            {"ref": ref, "text": question.pairs[place][0]} for ref, place in by_ref(variant["left"]).items()
        ],
        "choices": [
            {"ref": ref, "text": question.choices[place]} for ref, place in by_ref(variant["right"]).items()
        ],
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """A choice for some or all rows, from fields `answer-a`, `answer-b` …"""
    chosen = {ref: value for ref in by_ref(variant["left"]) if (value := one(raw, f"answer-{ref}"))}
    if any(value not in by_ref(variant["right"]) for value in chosen.values()):
        raise BadAnswer("That choice is not in this question.")
    return {"pairs": chosen} if chosen else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """The share of rows that are right."""
    if not given:
        return Mark(0.0)
    right = _right(question, variant)
    parts = tuple(
        Part(ref, given["pairs"].get(ref) == right[ref], question.pairs[place][2])
        for ref, place in by_ref(variant["left"]).items()
    )
    return Mark(sum(part.right for part in parts) / len(parts), parts)


def _right(question: Question, variant: Json) -> dict[str, str]:
    letters = {question.choices[place]: ref for ref, place in by_ref(variant["right"]).items()}
    return {ref: letters[question.pairs[place][1]] for ref, place in by_ref(variant["left"]).items()}


def answer(question: Question, variant: Json) -> Json:
    """The right choice of each row."""
    left = by_ref(variant["left"])
    return {
        "pairs": _right(question, variant),
        "right": [f"{question.pairs[p][0]} → {question.pairs[p][1]}" for p in left.values()],
        "why": {ref: question.pairs[place][2] for ref, place in left.items()},
        "explanation": question.explanation,
    }
