"""Extended text: a few sentences to a page, marked by people. Until then the answer waits and is worth nothing yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import BadAnswer, Json, Mark, Notes, Raw, is_words, one

NAME = "extended"
LONGEST = 8000
MOST_WORDS = 1000


@dataclass(frozen=True)
class Question:
    """What a marker looks for, and between how many words the text should be."""

    stem: str
    look_for: tuple[str, ...]
    least: int
    most: int
    explanation: str


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("look_for", "least", "most"))
    said = document.get("look_for")
    if not (isinstance(said, list) and 1 <= len(said) <= 12 and all(is_words(text) for text in said)):
        notes.add("look_for", "Write 1 to 12 things a marker looks for.")
    bounds = {"least": document.get("least", 0), "most": document.get("most", 300)}
    for name, value in bounds.items():
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_WORDS:
            notes.add(name, f"Write a whole number of words, {MOST_WORDS} at most.")
    if not notes.found and bounds["least"] >= bounds["most"]:
        notes.add("most", "“most” is more than “least”.")
    notes.close()
    return Question(
        document["stem"],
        tuple(str(text) for text in said or ()),
        bounds["least"],
        bounds["most"],
        document.get("explanation", ""),
    )


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """Nothing varies."""
    return {}


def ask(question: Question, variant: Json) -> Json:
    """The stem, and how long the text should be."""
    return {"kind": NAME, "stem": question.stem, "least": question.least, "most": question.most}


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The text as typed. A text that is still too short is kept: it is under way."""
    text = one(raw, "answer", most=LONGEST).replace("\r\n", "\n")
    if len(text.split()) > question.most:
        raise BadAnswer("That is too long: keep it under %(most)s words.", most=question.most)
    return {"text": text} if text else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """Nothing yet: a person marks it."""
    return Mark(0.0, waiting=bool(given))


def answer(question: Question, variant: Json) -> Json:
    """What a marker looks for."""
    return {"right": list(question.look_for), "why": {}, "explanation": question.explanation}
