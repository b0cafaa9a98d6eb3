"""Multiple response: one or more of three to six options are right."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.kinds import single
from lms.assessments.kinds.contract import BadAnswer, Json, Mark, Notes, Part, Raw, by_ref
from lms.assessments.kinds.single import Question, answer, vary

NAME = "multiple"

__all__ = ["NAME", "answer", "ask", "given", "mark", "read", "vary"]


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("options", "marking"))
    options = single.read_options(notes)
    if options and not any(option.correct for option in options):
        notes.add("options", "Mark at least one option with “correct: true”.")
    marking = document.get("marking", "all")
    if marking not in ("all", "each"):
        notes.add("marking", "Choose all or each.")
    notes.close()
    return Question(
        document["stem"], options, document.get("explanation", ""), document.get("shuffle", True), marking
    )


def ask(question: Question, variant: Json) -> Json:
    """Stem and options, each under a letter; several may be chosen."""
    return single.ask(question, variant) | {"kind": NAME}


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The letters that were chosen."""
    chosen = sorted(set(raw.get("answer", ())) - {""})
    if any(ref not in by_ref(variant["order"]) for ref in chosen):
        raise BadAnswer("That option is not in this question.")
    return {"refs": chosen} if chosen else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """All or nothing; or, marked by each, right choices less wrong ones, as a share of the right options."""
    if not given:
        return Mark(0.0)
    letters = by_ref(variant["order"])
    options = {ref: question.options[place] for ref, place in letters.items()}
    parts = tuple(
        Part(ref, option.correct == (ref in given["refs"]), option.why) for ref, option in options.items()
    )
    right = {ref for ref, option in options.items() if option.correct}
    chosen = set(given["refs"])
    if question.marking == "all":
        return Mark(float(chosen == right), parts)
    return Mark(max(0.0, (len(chosen & right) - len(chosen - right)) / len(right)), parts)
