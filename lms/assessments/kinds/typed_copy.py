"""Typing: copy a text; speed and accuracy make the score.

A word is five keystrokes. Gross words a minute = (characters typed - 1) / 5 / minutes, because the clock starts with the
first key (Arif and Stuerzlinger, "Analysis of text entry performance metrics", 2009). Errors left in the text = the
minimum string distance between what was typed and the text as far as it was copied; accuracy = 1 - errors / characters
(Soukoreff and MacKenzie, "Metrics for text entry research", 2003). Net words a minute = gross - errors / minutes, the
rule of typing examinations: what was corrected costs time only. Corrections are counted and told, never marked.

Without a clock (no script, or a person who is to have no limit) accuracy alone makes the score: that is the alternative
for whoever types in another way.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import BadAnswer, Json, Mark, Notes, Part, Raw, is_number, one

NAME = "typing"
LONGEST = 1500
FASTEST = 25.0
"""Characters a second that nobody types; whoever sends more has pasted."""
SHORT = 40
"""Under so many characters a burst of keys is no proof of anything."""
BAND = 60
"""How far a copy may slip against its text before all that follows counts as errors."""


@dataclass(frozen=True)
class Question:
    """A text to copy, the net words a minute for full marks, and the accuracy below which nothing counts."""

    stem: str
    text: str
    goal: float
    accuracy: float
    explanation: str


@dataclass(frozen=True)
class Speed:
    """What a copy is: words a minute (none without a clock), accuracy from 0 to 1, errors left in it."""

    gross: float | None
    net: float | None
    accuracy: float
    errors: int


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("text", "goal", "accuracy"))
    text = notes.need("text", str, "Write the text to copy.")
    if isinstance(text, str) and not 40 <= len(" ".join(text.split())) <= LONGEST:
        notes.add("text", f"A text to copy has 40 to {LONGEST} characters.")
    goal = document.get("goal", 35)
    if not (is_number(goal) and 5 <= goal <= 120):
        notes.add("goal", "The goal is 5 to 120 net words a minute.")
    accuracy = document.get("accuracy", 0.9)
    if not (is_number(accuracy) and 0.5 <= accuracy <= 1):
        notes.add("accuracy", "The lowest accuracy is a share from 0.5 to 1.")
    notes.close()
    return Question(document["stem"], _plain(text), goal, accuracy, document.get("explanation", ""))


def _plain(text: str) -> str:
    return " ".join(text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"').split())


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """Nothing varies."""
    return {}


def ask(question: Question, variant: Json) -> Json:
    """The text to copy, and the goal."""
    return {
        "kind": NAME,
        "stem": question.stem,
        "text": question.text,
        "goal": question.goal,
        "accuracy": question.accuracy,
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The copy, and what the page counted: seconds from the first key to the last, and corrections."""
    text = _plain(one(raw, "answer", most=2 * LONGEST))
    if not text:
        return None
    seconds, corrections = _count(raw, "answer-seconds"), _count(raw, "answer-corrections")
    if seconds and len(text) >= SHORT and len(text) / seconds > FASTEST:
        raise BadAnswer(
            "That is faster than anybody types. Type the text; a copy that was pasted does not count."
        )
    return {"text": text, "seconds": seconds, "corrections": int(corrections)}


def _count(raw: Raw, name: str) -> float:
    value = one(raw, name)
    if not value:
        return 0.0
    if not value.replace(".", "", 1).isdecimal() or not value.isascii() or len(value) > 8:
        raise BadAnswer("We could not read the time. Load the page again.")
    return float(value)


def speed(text: str, typed: str, seconds: float) -> Speed:
    """How fast and how exactly a text was copied; see the head of this module for the formulas."""
    errors = errors_left(text, typed)
    accuracy = max(0.0, 1 - errors / len(typed)) if typed else 0.0
    if not seconds:
        return Speed(None, None, accuracy, errors)
    minutes = seconds / 60
    gross = max(0, len(typed) - 1) / 5 / minutes
    return Speed(gross, max(0.0, gross - errors / minutes), accuracy, errors)


def errors_left(text: str, typed: str) -> int:
    """The fewest insertions, deletions and changes between what was typed and the best beginning of the text."""
    far = len(text) + len(typed)
    before = {at: at for at in range(min(BAND, len(text)) + 1)}
    for row, letter in enumerate(typed, start=1):
        here: dict[int, int] = {}
        for at in range(max(0, row - BAND), min(len(text), row + BAND) + 1):
            costs = [before.get(at, far) + 1, here.get(at - 1, far) + 1]
            if at:
                costs.append(before.get(at - 1, far) + (text[at - 1] != letter))
            here[at] = min(costs)
        if not here:
            return len(typed)
        before = here
    return min(min(before.values()), len(typed))


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """Net words a minute over the goal, at most 1, times how far the copy goes; without a clock, the share that stands right."""
    if not given:
        return Mark(0.0)
    found = speed(question.text, given["text"], given.get("seconds") or 0)
    copied = min(1.0, max(0, len(given["text"]) - found.errors) / len(question.text))
    far = min(1.0, len(given["text"]) / len(question.text))
    reached = copied if found.net is None else min(1.0, found.net / question.goal) * far
    exact = found.accuracy + 1e-9 >= question.accuracy
    score = reached if exact else 0.0
    parts = [
        Part("accuracy", exact, about=f"{found.accuracy:.1%}", share=found.accuracy),
        Part("errors", not found.errors, about=str(found.errors)),
        Part("corrections", right=True, about=str(given.get("corrections") or 0)),
    ]
    if far < 1:
        parts.append(Part("copied", right=False, about=f"{far:.0%}", share=far))
    if found.gross is not None and found.net is not None:
        parts.insert(
            0,
            Part(
                "net",
                found.net >= question.goal,
                about=f"{found.net:.1f}",
                share=min(1.0, found.net / question.goal),
            ),
        )
        parts.insert(1, Part("gross", right=True, about=f"{found.gross:.1f}"))
    return Mark(score, tuple(parts) if score < 1 else tuple(part for part in parts if part.right))


def answer(question: Question, variant: Json) -> Json:
    """The text itself."""
    return {"right": [question.text], "why": {}, "explanation": question.explanation}
