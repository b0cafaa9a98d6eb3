"""True or false."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.kinds import single
from lms.assessments.kinds.contract import BadAnswer, Json, Mark, Notes, Part, Raw, one

NAME = "truefalse"
REFS = ("true", "false")


def read(document: Mapping[str, Any]) -> single.Question:
    """A single choice between true and false. Raises Unreadable."""
    notes = Notes(document, known=("answer", "why"))
    right = document.get("answer")
    if not isinstance(right, bool):
        notes.add("answer", "Write answer: true or answer: false.")
    notes.need("why", dict, "Explain both: why: {true: …, false: …}.")
    why = {str(name).lower(): text for name, text in notes.some("why", dict).items()}
    notes.only("why", why, REFS)
    for ref in REFS:
        if not isinstance(why.get(ref), str):
            notes.add(f"why.{ref}", f"Say what to tell a person who chose “{ref}”.")
    notes.close()
    options = tuple(single.Choice(ref, why[ref], (ref == "true") == right) for ref in REFS)
    return single.Question(document["stem"], options, document.get("explanation", ""), shuffle=False)


def vary(question: single.Question, seed: int, *, shuffle: bool = True) -> Json:
    """Nothing varies."""
    return {}


def ask(question: single.Question, variant: Json) -> Json:
    """The statement; the page writes the two words."""
    return {"kind": NAME, "stem": question.stem, "options": [{"ref": ref, "text": ref} for ref in REFS]}


def given(question: single.Question, variant: Json, raw: Raw) -> Json | None:
    """`true` or `false`."""
    ref = one(raw, "answer")
    if ref and ref not in REFS:
        raise BadAnswer("Choose true or false.")
    return {"ref": ref} if ref else None


def mark(question: single.Question, variant: Json, given: Json | None) -> Mark:
    """1 for the right one."""
    if not given:
        return Mark(0.0)
    option = question.options[REFS.index(given["ref"])]
    return Mark(float(option.correct), (Part(given["ref"], option.correct, option.why),))


def answer(question: single.Question, variant: Json) -> Json:
    """Which is right, and both explanations."""
    pairs = dict(zip(REFS, question.options, strict=True))
    return {
        "right": [ref for ref, option in pairs.items() if option.correct],
        "why": {ref: option.why for ref, option in pairs.items()},
        "explanation": question.explanation,
    }
