"""Hotspot: find one or several places on a picture. Each place has a name, so that a list says the same without a pointer."""

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
from lms.assessments.kinds.media import PICTURES, Medium, read_medium
from lms.assessments.kinds.shapes import Shape, read_shape

NAME = "hotspot"
LEAST, MOST = 2, 12


@dataclass(frozen=True)
class Region:
    """A place on the picture, its name, and what to tell a person who chose it."""

    name: str
    shape: Shape
    correct: bool
    why: str


@dataclass(frozen=True)
class Question:
    """A picture, what it shows in words, and its places."""

    stem: str
    picture: Medium
    shows: str
    regions: tuple[Region, ...]
    explanation: str
    shuffle: bool

    @property
    def several(self) -> bool:
        """Whether more than one place is right."""
        return sum(region.correct for region in self.regions) > 1


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("picture", "shows", "regions"))
    picture = read_medium(notes, "picture", PICTURES)
    shows = notes.need("shows", str, "Say what the picture shows, for whoever cannot see it.")
    entries = notes.entries(
        "regions", ("name", "why"), least=LEAST, most=MOST, optional=("shape", "at", "correct")
    )
    notes.different("regions", entries, "name")
    regions = []
    for number, entry in enumerate(entries):
        shape = read_shape(notes, f"regions.{number}", entry)
        if not isinstance(entry.get("correct", False), bool):
            notes.add(f"regions.{number}.correct", "Write correct: true or correct: false, without quotes.")
        regions.append(
            Region(str(entry.get("name")), shape, entry.get("correct") is True, str(entry.get("why")))
        )
    if regions and not 0 < sum(region.correct for region in regions) < len(regions):
        notes.add("regions", "Mark one or more regions with “correct: true”, and leave at least one without.")
    notes.close()
    return Question(
        document["stem"],
        picture,
        shows,
        tuple(regions),
        document.get("explanation", ""),
        document.get("shuffle", True),
    )


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order of the list, which numbers the places."""
    return {"order": shuffled(len(question.regions), seed, shuffle=shuffle and question.shuffle)}


def ask(question: Question, variant: Json) -> Json:
    """The picture, and each place under a letter with its name and its shape."""
    return {
        "kind": NAME,
        "stem": question.stem,
        "picture": question.picture.shown,
        "shows": question.shows,
        "several": question.several,
        "options": [
            {
                "ref": ref,
                "text": question.regions[place].name,
                "area": question.regions[place].shape.drawn,
            }
            for ref, place in by_ref(variant["order"]).items()
        ],
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The letters that were chosen."""
    if not question.several:
        chosen = [ref] if (ref := one(raw, "answer")) else []
    else:
        chosen = sorted({ref for ref in raw.get("answer", ()) if is_words(ref)})
    if not set(chosen) <= set(refs(variant["order"])):
        raise BadAnswer("That place is not in this question.")
    return {"refs": chosen} if chosen else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """The right places less the wrong ones, as a share of all that are right; never below 0."""
    if not given:
        return Mark(0.0)
    letters = by_ref(variant["order"])
    chosen = [question.regions[letters[ref]] for ref in given["refs"]]
    right = sum(region.correct for region in chosen)
    score = max(0, 2 * right - len(chosen)) / sum(region.correct for region in question.regions)
    parts = (
        Part(ref, region.correct, region.why, about=region.name)
        for ref, region in zip(given["refs"], chosen, strict=True)
    )
    return Mark(score, tuple(parts))


def answer(question: Question, variant: Json) -> Json:
    """The right places, and the why of every one."""
    letters = by_ref(variant["order"])
    return {
        "right": [ref for ref, place in letters.items() if question.regions[place].correct],
        "why": {ref: question.regions[place].why for ref, place in letters.items()},
        "explanation": question.explanation,
    }
