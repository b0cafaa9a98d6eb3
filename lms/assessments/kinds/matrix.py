"""A matrix: one of the same few columns for each statement."""

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
    is_words,
    one,
    refs,
    shuffled,
)

NAME = "matrix"


@dataclass(frozen=True)
class Question:
    """Columns, and statements of (text, column, why)."""

    stem: str
    columns: tuple[str, ...]
    statements: tuple[tuple[str, str, str], ...]
    explanation: str
    shuffle: bool


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("columns", "statements"))
    said = document.get("columns")
    good = isinstance(said, list) and 2 <= len(said) <= 5 and all(is_words(text) for text in said)
    columns = tuple(str(text) for text in said) if good and isinstance(said, list) else ()
    if not good or len(set(columns)) < len(columns):
        notes.add("columns", "Write 2 to 5 different columns.")
    entries = notes.entries("statements", ("text", "answer", "why"), least=3, most=10)
    notes.different("statements", entries, "text")
    for number, entry in enumerate(entries):
        if is_words(entry.get("answer")) and str(entry["answer"]) not in columns:
            notes.add(f"statements.{number}.answer", "The answer must be one of the columns.")
    notes.close()
    return Question(
        document["stem"],
        columns,
        tuple((str(one["text"]), str(one["answer"]), str(one["why"])) for one in entries),
        document.get("explanation", ""),
        document.get("shuffle", True),
    )


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order of the statements; the columns keep theirs."""
    return {"order": shuffled(len(question.statements), seed, shuffle=shuffle and question.shuffle)}


def ask(question: Question, variant: Json) -> Json:
    """Statements as rows, columns as the choices of each."""
    letters = refs(range(len(question.columns)))
    return {
        "kind": NAME,
        "stem": question.stem,
        "rows": [
            {"ref": ref, "text": question.statements[place][0]}
            for ref, place in by_ref(variant["order"]).items()
        ],
        "choices": [{"ref": ref, "text": text} for ref, text in zip(letters, question.columns, strict=True)],
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """A column for some or all statements, from fields `answer-a`, `answer-b` …"""
    chosen = {ref: value for ref in by_ref(variant["order"]) if (value := one(raw, f"answer-{ref}"))}
    if any(value not in refs(range(len(question.columns))) for value in chosen.values()):
        raise BadAnswer("That choice is not in this question.")
    return {"rows": chosen} if chosen else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """The share of statements that are right."""
    if not given:
        return Mark(0.0)
    right = answer(question, variant)["rows"]
    parts = tuple(
        Part(
            ref,
            given["rows"].get(ref) == right[ref],
            question.statements[place][2],
            about=question.statements[place][0],
        )
        for ref, place in by_ref(variant["order"]).items()
    )
    return Mark(sum(part.right for part in parts) / len(parts), parts)


def answer(question: Question, variant: Json) -> Json:
    """The right column of each statement."""
    letters = by_ref(variant["order"])
    columns = dict(zip(question.columns, refs(range(len(question.columns))), strict=True))
    return {
        "rows": {ref: columns[question.statements[place][1]] for ref, place in letters.items()},
        "right": [f"{question.statements[p][0]} → {question.statements[p][1]}" for p in letters.values()],
        "why": {ref: question.statements[place][2] for ref, place in letters.items()},
        "explanation": question.explanation,
    }
