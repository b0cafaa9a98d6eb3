"""Labels: put each label on its place on a picture, by dragging or from a list beside each place."""

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
    shuffled,
)
from lms.assessments.kinds.media import PICTURES, Medium, read_medium
from lms.assessments.kinds.shapes import Shape, read_shape

NAME = "labels"
LEAST, MOST = 2, 12


@dataclass(frozen=True)
class Zone:
    """A place on the picture, told in words that do not give its label away; the label that belongs there; why."""

    name: str
    shape: Shape
    label: str
    why: str


@dataclass(frozen=True)
class Question:
    """A picture, what it shows in words, its places, and labels that belong nowhere."""

    stem: str
    picture: Medium
    shows: str
    zones: tuple[Zone, ...]
    extra: tuple[str, ...]
    explanation: str

    @property
    def choices(self) -> list[str]:
        """Every different label, in authored order."""
        return list(dict.fromkeys([zone.label for zone in self.zones] + list(self.extra)))


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("picture", "shows", "zones", "extra"))
    picture = read_medium(notes, "picture", PICTURES)
    shows = notes.need("shows", str, "Say what the picture shows, for whoever cannot see it.")
    entries = notes.entries(
        "zones", ("name", "label"), least=LEAST, most=MOST, optional=("shape", "at", "why")
    )
    notes.different("zones", entries, "name")
    zones = tuple(
        Zone(
            str(entry.get("name")),
            read_shape(notes, f"zones.{number}", entry),
            str(entry.get("label")),
            str(entry.get("why", "")),
        )
        for number, entry in enumerate(entries)
    )
    extra = notes.some("extra", list)
    if not all(is_words(text) for text in extra):
        notes.add("extra", "Write “extra” as a list of texts.")
    if entries and len({zone.label for zone in zones} | set(map(str, extra))) < LEAST:
        notes.add("zones", "Write at least two different labels.")
    notes.close()
    return Question(
        document["stem"], picture, shows, zones, tuple(map(str, extra)), document.get("explanation", "")
    )


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order of the labels; the places keep theirs, as they stand on the picture."""
    return {"order": shuffled(len(question.choices), seed, shuffle=True)}


def ask(question: Question, variant: Json) -> Json:
    """The picture, the places as rows, the labels as the choices of each."""
    places = range(len(question.zones))
    return {
        "kind": NAME,
        "stem": question.stem,
        "picture": question.picture.shown,
        "shows": question.shows,
        "rows": [
            {"ref": ref, "text": question.zones[place].name, "area": question.zones[place].shape.drawn}
            for ref, place in by_ref(places).items()
        ],
        "choices": [
            {"ref": ref, "text": question.choices[place]} for ref, place in by_ref(variant["order"]).items()
        ],
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """A label for some or all places, from fields `answer-a`, `answer-b` …"""
    known = by_ref(variant["order"])
    rows = by_ref(range(len(question.zones)))
    chosen = {ref: value for ref in rows if (value := one(raw, f"answer-{ref}"))}
    if not set(chosen.values()) <= set(known):
        raise BadAnswer("That choice is not in this question.")
    return {"pairs": chosen} if chosen else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """The share of places that have their label."""
    if not given:
        return Mark(0.0)
    letters = by_ref(variant["order"])
    parts = []
    for ref, place in by_ref(range(len(question.zones))).items():
        zone, said = question.zones[place], given["pairs"].get(ref)
        right = said is not None and question.choices[letters[said]] == zone.label
        parts.append(Part(ref, right, zone.why, about=zone.name))
    return Mark(sum(part.right for part in parts) / len(parts), tuple(parts))


def answer(question: Question, variant: Json) -> Json:
    """The label of each place."""
    letters = {question.choices[place]: ref for ref, place in by_ref(variant["order"]).items()}
    rows = by_ref(range(len(question.zones)))
    return {
        "pairs": {ref: letters[question.zones[place].label] for ref, place in rows.items()},
        "right": [f"{zone.name} → {zone.label}" for zone in question.zones],
        "why": {ref: question.zones[place].why for ref, place in rows.items()},
        "explanation": question.explanation,
    }
