"""Dictation: type what you hear. The word error rate makes the score; see `hearing` for the formula and its source."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import BadAnswer, Json, Mark, Notes, Part, Raw, is_words, one
from lms.assessments.kinds.hearing import compare, occurs, words_of
from lms.assessments.kinds.media import SOUNDS, Medium, read_medium
from lms.foundation.numbers import whole_number

NAME = "dictation"
LONGEST = 1000
MOST_WORDS = 150
MOST_PLAYS = 20
MOST_VARIANTS = 30
MOST_WORDS_A_VARIANT = 40


@dataclass(frozen=True)
class Question:
    """A recording and what is said in it. `plays`: how often it may be heard, 0 for as often as one likes."""

    stem: str
    sound: Medium
    text: str
    variants: Mapping[str, tuple[str, ...]]
    plays: int
    explanation: str


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("sound", "text", "variants", "plays"))
    sound = read_medium(notes, "sound", SOUNDS)
    text = notes.need("text", str, "Write what is said in the recording.")
    if isinstance(text, str) and (len(text) > LONGEST or not 1 <= len(words_of(text)) <= MOST_WORDS):
        notes.add("text", f"What is said has 1 to {MOST_WORDS} words.")
    plays = document.get("plays", 0)
    if not isinstance(plays, int) or isinstance(plays, bool) or not 0 <= plays <= MOST_PLAYS:
        notes.add("plays", f"Write how often it may be heard, {MOST_PLAYS} at most; 0 sets no limit.")
    variants = _variants(notes, text if isinstance(text, str) else "")
    notes.close()
    return Question(document["stem"], sound, text, variants, plays, document.get("explanation", ""))


def _variants(notes: Notes, said: str) -> dict[str, tuple[str, ...]]:
    """Other ways to write a part of what is said, by that part."""
    found: dict[str, tuple[str, ...]] = {}
    entries = notes.some("variants", list)
    if len(entries) > MOST_VARIANTS:
        notes.add("variants", f"Write at most {MOST_VARIANTS} variants.")
    for number, entry in enumerate(entries[:MOST_VARIANTS]):
        where = f"variants.{number}"
        if not isinstance(entry, Mapping):
            notes.add(where, "Write it as {text, also}.")
            continue
        notes.only(where, entry, ("text", "also"))
        also = entry.get("also")
        if not (isinstance(also, list) and also and all(is_words(other) for other in also)):
            notes.add(f"{where}.also", "Write the other ways as a list of texts.")
            continue
        if not is_words(entry.get("text")) or (said and not occurs(str(entry["text"]), said)):
            notes.add(f"{where}.text", "Write a part of what is said, word by word.")
            continue
        if any(len(words_of(str(other))) > MOST_WORDS_A_VARIANT for other in also):
            notes.add(f"{where}.also", f"Keep each way under {MOST_WORDS_A_VARIANT} words.")
        found[str(entry["text"])] = tuple(str(other) for other in also)
    return found


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """Nothing varies."""
    return {}


def ask(question: Question, variant: Json) -> Json:
    """The recording, and how often it may be heard."""
    return {"kind": NAME, "stem": question.stem, "sound": question.sound.shown, "plays": question.plays}


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """What was typed, and how often the page says it was played."""
    text = one(raw, "answer", most=2 * LONGEST).replace("\r\n", "\n")
    plays = whole_number(one(raw, "answer-plays", most=4) or "0", None)
    if plays is None:
        raise BadAnswer("We could not read how often it was played. Load the page again.")
    return {"text": text, "plays": plays} if text else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """1 - the word error rate, at least 0; a part for each word, wrong ones with what was typed."""
    if not given:
        return Mark(0.0)
    heard = compare(question.text, given["text"], question.variants)
    parts = tuple(Part("word", word.right, about=word.said, why=word.typed) for word in heard.aligned)
    return Mark(max(0.0, 1 - heard.rate), parts)


def answer(question: Question, variant: Json) -> Json:
    """What is said."""
    return {"right": [question.text], "why": {}, "explanation": question.explanation}
