"""Extended text: a few sentences to a page, marked by people. Until then the answer waits and is worth nothing yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import KEY, LONGEST_KEY, BadAnswer, Json, Mark, Notes, Raw, is_words, one

NAME = "extended"
LONGEST = 8000
MOST_WORDS = 1000
MOST_CRITERIA = 12
MOST_POINTS = 10
PLAIN_POINTS = 2
"""What a thing to look for is worth where there is no rubric: not there, partly, wholly."""


@dataclass(frozen=True)
class Criterion:
    """A line of the rubric: from 0 to `points`; `anchors` say what each number of points looks like, from 0 up."""

    key: str
    text: str
    points: int
    anchors: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """What a marker looks for, by which rubric, and between how many words the text should be."""

    stem: str
    look_for: tuple[str, ...]
    least: int
    most: int
    explanation: str
    rubric: tuple[Criterion, ...] = ()

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """What is marked: the lines of the rubric; without one, each thing to look for."""
        return criteria_of(self.rubric, self.look_for)


def criteria_of(rubric: tuple[Criterion, ...], look_for: tuple[str, ...]) -> tuple[Criterion, ...]:
    """What is marked: the lines of the rubric; without one, each thing to look for."""
    return rubric or tuple(
        Criterion(f"look-{number}", text, PLAIN_POINTS) for number, text in enumerate(look_for, start=1)
    )


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("look_for", "least", "most", "rubric"))
    look_for = read_look_for(notes)
    bounds = {"least": document.get("least", 0), "most": document.get("most", 300)}
    for name, value in bounds.items():
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_WORDS:
            notes.add(name, f"Write a whole number of words, {MOST_WORDS} at most.")
    if not notes.found and bounds["least"] >= bounds["most"]:
        notes.add("most", "“most” is more than “least”.")
    rubric = read_rubric(notes)
    notes.close()
    return Question(
        document["stem"],
        look_for,
        bounds["least"],
        bounds["most"],
        document.get("explanation", ""),
        rubric,
    )


def read_look_for(notes: Notes) -> tuple[str, ...]:
    """What a marker looks for."""
    said = notes.document.get("look_for")
    if isinstance(said, list) and 1 <= len(said) <= MOST_CRITERIA and all(is_words(text) for text in said):
        return tuple(str(text) for text in said)
    notes.add("look_for", f"Write 1 to {MOST_CRITERIA} things a marker looks for.")
    return ()


def read_rubric(notes: Notes) -> tuple[Criterion, ...]:
    """The lines of the rubric; none when there is none."""
    if notes.document.get("rubric") is None:
        return ()
    entries = notes.entries(
        "rubric", ("key", "text"), least=1, most=MOST_CRITERIA, optional=("points", "anchors")
    )
    notes.different("rubric", entries, "key")
    found = []
    for number, entry in enumerate(entries):
        points, anchors = entry.get("points"), entry.get("anchors", [])
        if not isinstance(points, int) or isinstance(points, bool) or not 1 <= points <= MOST_POINTS:
            notes.add(f"rubric.{number}.points", f"The points are a whole number from 1 to {MOST_POINTS}.")
            continue
        if not isinstance(anchors, list) or not all(is_words(one) for one in anchors):
            notes.add(f"rubric.{number}.anchors", "Write the anchors as a list of texts.")
            continue
        if anchors and len(anchors) != points + 1:
            notes.add(
                f"rubric.{number}.anchors",
                f"Write an anchor for each number of points, from 0 to {points}: {points + 1} of them.",
            )
        key = entry.get("key")
        if not isinstance(key, str) or len(key) > LONGEST_KEY or not KEY.fullmatch(key):
            notes.add(f"rubric.{number}.key", "A key is small letters and digits, joined by hyphens.")
        found.append(
            Criterion(str(entry.get("key")), str(entry.get("text")), points, tuple(map(str, anchors)))
        )
    return tuple(found)


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
