"""Ordering: put three to seven things into their order, by a number for each."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lms.assessments.kinds.contract import BadAnswer, Json, Mark, Notes, Part, Raw, by_ref, one, shuffled
from lms.foundation.numbers import whole_number

NAME = "ordering"


@dataclass(frozen=True)
class Question:
    """Things of (text, why) in the right order."""

    stem: str
    items: tuple[tuple[str, str], ...]
    marking: str
    explanation: str


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("items", "marking"))
    items = [
        (str(entry.get("text", "")), str(entry.get("why", "")))
        for entry in notes.entries("items", ("text",), least=3, most=7, optional=("why",))
    ]
    if document.get("marking", "all") not in ("all", "each"):
        notes.add("marking", "Choose all or each.")
    notes.close()
    return Question(
        document["stem"], tuple(items), document.get("marking", "all"), document.get("explanation", "")
    )


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order in which the things are shown: never the right one."""
    order = shuffled(len(question.items), seed, shuffle=True)
    return {"order": order if order != sorted(order) else [*order[1:], order[0]]}


def ask(question: Question, variant: Json) -> Json:
    """The things under letters, and how many places there are."""
    return {
        "kind": NAME,
        "stem": question.stem,
        "places": len(question.items),
        "items": [{"ref": ref, "text": question.items[p][0]} for ref, p in by_ref(variant["order"]).items()],
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """A place for some or all things, from fields `answer-a`, `answer-b` …"""
    places = {
        ref: whole_number(value, 0)
        for ref in by_ref(variant["order"])
        if (value := one(raw, f"answer-{ref}"))
    }
    if any(not 1 <= place <= len(question.items) for place in places.values()):
        raise BadAnswer("Number the steps from 1 to %(last)s.", last=len(question.items))
    return {"places": places} if places else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """All or nothing; or, marked by each, the share of neighbours in order."""
    if not given:
        return Mark(0.0)
    letters, places = by_ref(variant["order"]), given["places"]
    parts = tuple(
        Part(ref, places.get(ref) == place + 1, question.items[place][1]) for ref, place in letters.items()
    )
    if question.marking == "all":
        return Mark(float(all(part.right for part in parts)), parts)
    said = [places.get(ref) for ref, _place in sorted(letters.items(), key=lambda pair: pair[1])]
    good = sum(one is not None and two is not None and one < two for one, two in pairwise(said))
    return Mark(good / (len(said) - 1), parts)


def answer(question: Question, variant: Json) -> Json:
    """The right place of each thing."""
    letters = by_ref(variant["order"])
    return {
        "places": {ref: place + 1 for ref, place in letters.items()},
        "right": [text for text, _why in question.items],
        "why": {ref: question.items[place][1] for ref, place in letters.items()},
        "explanation": question.explanation,
    }
