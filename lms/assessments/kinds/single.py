"""Single choice: one of three to six options is right."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import (
    BadAnswer,
    Json,
    Mark,
    Notes,
    Part,
    Raw,
    by_ref,
    one,
    refs,
    shuffled,
)

NAME = "single"


@dataclass(frozen=True)
class Choice:
    """One option."""

    text: str
    why: str
    correct: bool


@dataclass(frozen=True)
class Question:
    """A question with options."""

    stem: str
    options: tuple[Choice, ...]
    explanation: str
    shuffle: bool
    marking: str = "all"


def read_options(notes: Notes, *, least: int = 3) -> tuple[Choice, ...]:
    """The options of a document; every one needs its text and its why."""
    entries = notes.entries("options", ("text", "why"), least=least, most=6, optional=("correct",))
    notes.different("options", entries, "text")
    for number, entry in enumerate(entries):
        if not isinstance(entry.get("correct", False), bool):
            notes.add(f"options.{number}.correct", "Write correct: true or correct: false, without quotes.")
    return tuple(
        Choice(str(entry.get("text", "")), str(entry.get("why", "")), entry.get("correct") is True)
        for entry in entries
    )


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("options",))
    options = read_options(notes)
    if options and sum(option.correct for option in options) != 1:
        notes.add("options", "Mark exactly one option with “correct: true”.")
    notes.close()
    return Question(document["stem"], options, document.get("explanation", ""), document.get("shuffle", True))


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order of the options."""
    return {"order": shuffled(len(question.options), seed, shuffle=shuffle and question.shuffle)}


def ask(question: Question, variant: Json) -> Json:
    """Stem and options, each under a letter."""
    order = variant["order"]
    return {
        "kind": NAME,
        "stem": question.stem,
        "options": [
            {"ref": ref, "text": question.options[place].text} for ref, place in by_ref(order).items()
        ],
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The letter that was chosen."""
    ref = one(raw, "answer")
    if ref and ref not in refs(variant["order"]):
        raise BadAnswer("That option is not in this question.")
    return {"ref": ref} if ref else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """1 for the right option."""
    if not given:
        return Mark(0.0)
    option = question.options[by_ref(variant["order"])[given["ref"]]]
    return Mark(float(option.correct), (Part(given["ref"], option.correct, option.why),))


def answer(question: Question, variant: Json) -> Json:
    """The right letter, and the why of every option."""
    letters = by_ref(variant["order"])
    return {
        "right": [ref for ref, place in letters.items() if question.options[place].correct],
        "why": {ref: question.options[place].why for ref, place in letters.items()},
        "explanation": question.explanation,
    }
