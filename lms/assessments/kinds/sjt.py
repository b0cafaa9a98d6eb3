"""Situational judgement: the best and the worst thing to do, by what experts weighed each of them."""

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
    is_number,
    one,
    refs,
    shuffled,
)

NAME = "sjt"
PICKS = {"both": ("best", "worst"), "best": ("best",)}


@dataclass(frozen=True)
class Act:
    """Something one could do; `value`: the experts' weight, from 0 to 1."""

    text: str
    value: float
    why: str


@dataclass(frozen=True)
class Question:
    """A situation, what one could do, and what is to be picked: the best, or the best and the worst."""

    stem: str
    acts: tuple[Act, ...]
    picks: tuple[str, ...]
    explanation: str
    shuffle: bool


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("options", "pick"))
    entries = notes.entries("options", ("text", "why"), least=3, most=6, optional=("value",))
    notes.different("options", entries, "text")
    for number, entry in enumerate(entries):
        if not (is_number(entry.get("value")) and 0 <= entry["value"] <= 1):
            notes.add(
                f"options.{number}.value", "The experts' weight is a number from 0 (worst) to 1 (best)."
            )
    pick = document.get("pick", "both")
    if pick not in ("both", "best"):
        notes.add("pick", "Choose both or best.")
    values: list[Any] = [entry.get("value") for entry in entries]
    if entries and all(is_number(value) for value in values):
        for extreme in (max, min):
            if values.count(extreme(values)) != 1:
                notes.add("options", "Exactly one option has the highest weight, and one the lowest.")
                break
    notes.close()
    return Question(
        document["stem"],
        tuple(Act(str(one["text"]), float(one["value"]), str(one["why"])) for one in entries),
        PICKS[pick],
        document.get("explanation", ""),
        document.get("shuffle", True),
    )


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order of the options."""
    return {"order": shuffled(len(question.acts), seed, shuffle=shuffle and question.shuffle)}


def ask(question: Question, variant: Json) -> Json:
    """The options under letters, and what is to be picked."""
    return {
        "kind": NAME,
        "stem": question.stem,
        "picks": list(question.picks),
        "options": [
            {"ref": ref, "text": question.acts[place].text} for ref, place in by_ref(variant["order"]).items()
        ],
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """The letters of fields `answer-best` and `answer-worst`."""
    chosen = {pick: value for pick in question.picks if (value := one(raw, f"answer-{pick}"))}
    if any(value not in refs(variant["order"]) for value in chosen.values()):
        raise BadAnswer("That option is not in this question.")
    if len(set(chosen.values())) < len(chosen):
        raise BadAnswer("The best and the worst cannot be the same.")
    return {"picks": chosen} if chosen else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """The mean over the picks: the weight of the best, and what the worst lacks, each between the lowest and the highest."""
    if not given:
        return Mark(0.0)
    values = [act.value for act in question.acts]
    lowest, highest = min(values), max(values)
    parts = []
    for pick in question.picks:
        ref = given["picks"].get(pick)
        if ref is None:
            parts.append(Part(pick, right=False, share=0.0))
            continue
        act = question.acts[by_ref(variant["order"])[ref]]
        above = (act.value - lowest) / (highest - lowest)
        share = above if pick == "best" else 1 - above
        parts.append(Part(pick, share == 1, act.why, about=act.text, share=share))
    return Mark(sum(part.share or 0 for part in parts) / len(parts), tuple(parts))


def answer(question: Question, variant: Json) -> Json:
    """The best and the worst, and the why and weight of every option."""
    letters = by_ref(variant["order"])
    ranked = sorted(letters, key=lambda ref: -question.acts[letters[ref]].value)
    picks = {"best": ranked[0], "worst": ranked[-1]}
    return {
        "picks": {pick: picks[pick] for pick in question.picks},
        "right": [question.acts[letters[picks[pick]]].text for pick in question.picks],
        "ranked": [
            {
                "text": question.acts[letters[ref]].text,
                "value": question.acts[letters[ref]].value,
                "why": question.acts[letters[ref]].why,
            }
            for ref in ranked
        ],
        "why": {ref: question.acts[place].why for ref, place in letters.items()},
        "explanation": question.explanation,
    }
