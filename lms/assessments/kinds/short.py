"""A few typed words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import Json, Mark, Notes, Part, Raw, is_words, one
from lms.assessments.kinds.wording import RULES, tidy

NAME = "short"


@dataclass(frozen=True)
class Question:
    """Accepted forms, known mistakes, and what does not matter."""

    stem: str
    accepted: tuple[str, ...]
    ignore: tuple[str, ...]
    mistakes: tuple[tuple[str, str], ...]
    explanation: str


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("accepted", "ignore", "mistakes"))
    accepted = [str(form) for form in notes.some("accepted", list) if str(form).strip()]
    if not accepted:
        notes.add("accepted", "Give at least one accepted answer.")
    ignore = document.get("ignore", RULES)
    if not isinstance(ignore, list | tuple) or not all(rule in RULES for rule in ignore):
        notes.add("ignore", f"Choose from {', '.join(RULES)}.")
    mistakes = []
    for number, entry in enumerate(notes.some("mistakes", list)):
        if not isinstance(entry, Mapping) or not all(is_words(entry.get(name)) for name in ("text", "why")):
            notes.add(f"mistakes.{number}", "Write it as {text: …, why: …}.")
        else:
            notes.only(f"mistakes.{number}", entry, ("text", "why"))
            mistakes.append((str(entry["text"]), str(entry["why"])))
    notes.close()
    return Question(
        document["stem"], tuple(accepted), tuple(ignore), tuple(mistakes), document.get("explanation", "")
    )


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """Nothing varies."""
    return {}


def ask(question: Question, variant: Json) -> Json:
    """The stem only."""
    return {"kind": NAME, "stem": question.stem}


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The words as typed."""
    text = one(raw, "answer")
    return {"text": text} if text else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """1 when the tidied words are an accepted form."""
    if not given:
        return Mark(0.0)
    typed = tidy(given["text"], question.ignore)
    if typed in {tidy(form, question.ignore) for form in question.accepted}:
        return Mark(1.0, (Part("answer", right=True),))
    why = next((why for text, why in question.mistakes if tidy(text, question.ignore) == typed), "")
    return Mark(0.0, (Part("answer", right=False, why=why),))


def answer(question: Question, variant: Json) -> Json:
    """The accepted forms."""
    return {"right": list(question.accepted), "explanation": question.explanation, "why": {}}
