"""Cloze: a text with gaps, typed or chosen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.assessments.kinds.contract import BadAnswer, Json, Mark, Notes, Part, Raw, by_ref, one, shuffled
from lms.assessments.kinds.wording import tidy

NAME = "cloze"
GAP = re.compile(r"\[\[([a-z0-9-]+)\]\]")


@dataclass(frozen=True)
class Gap:
    """One gap: what is accepted, and what can be chosen when it is not typed."""

    key: str
    accepted: tuple[str, ...]
    options: tuple[str, ...]
    why: str


@dataclass(frozen=True)
class Question:
    """A text and its gaps, in the order of the text."""

    stem: str
    text: str
    gaps: tuple[Gap, ...]
    explanation: str


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("text", "gaps"))
    text = notes.need("text", str, "Write the text with its gaps: Ask, give the [[reason]].")
    gaps = notes.need("gaps", dict, "Describe every gap under “gaps”.")
    keys = GAP.findall(text) if isinstance(text, str) else []
    found = []
    for key in keys:
        gap = _read_gap(notes, key, (gaps or {}).get(key) if isinstance(gaps, dict) else None)
        if gap:
            found.append(gap)
    if isinstance(text, str) and not keys:
        notes.add("text", "Put at least one gap into the text: [[reason]].")
    for key in set(gaps if isinstance(gaps, dict) else ()) - set(keys):
        notes.add(f"gaps.{key}", f"The text has no gap [[{key}]].")
    notes.close()
    return Question(document["stem"], document["text"], tuple(found), document.get("explanation", ""))


def _read_gap(notes: Notes, key: str, entry: object) -> Gap | None:
    if not isinstance(entry, Mapping):
        notes.add(f"gaps.{key}", f"Say what fits the gap [[{key}]].")
        return None
    if not all(isinstance(entry.get(name), list | None) for name in ("options", "accepted")):
        notes.add(f"gaps.{key}", "Write “options” and “accepted” as lists.")
        return None
    notes.only(f"gaps.{key}", entry, ("accepted", "options", "answer", "why"))
    notes.why(f"gaps.{key}", entry)
    options = tuple(str(option) for option in entry.get("options") or ())
    accepted = tuple(str(form) for form in entry.get("accepted") or ()) or (
        (str(entry["answer"]),) if "answer" in entry else ()
    )
    if not accepted:
        notes.add(f"gaps.{key}", "Give “accepted” words, or “options” and the right “answer”.")
    if options and not set(accepted) <= set(options):
        notes.add(f"gaps.{key}.answer", "The answer must be one of the options.")
    return Gap(key, accepted, options, str(entry.get("why", "")))


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order of each gap's options."""
    return {
        "orders": [
            shuffled(len(gap.options), seed + number, shuffle=shuffle)
            for number, gap in enumerate(question.gaps)
        ]
    }


def ask(question: Question, variant: Json) -> Json:
    """The text in pieces: words, and gaps by number (never by the author's key, which may tell)."""
    pieces: list[Json] = []
    number = 0
    for place, part in enumerate(GAP.split(question.text)):
        if place % 2 == 0:
            pieces.append({"text": part})
            continue
        gap, order = question.gaps[number], variant["orders"][number]
        number += 1
        pieces.append(
            {
                "gap": str(number),
                "options": [{"ref": ref, "text": gap.options[at]} for ref, at in by_ref(order).items()],
            }
        )
    return {"kind": NAME, "stem": question.stem, "pieces": pieces}


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """What stands in some or all gaps, from fields `answer-1`, `answer-2` …"""
    filled: Json = {}
    for number, (gap, order) in enumerate(zip(question.gaps, variant["orders"], strict=True), start=1):
        value = one(raw, f"answer-{number}")
        if value and gap.options:
            letters = by_ref(order)
            if value not in letters:
                raise BadAnswer("That choice is not in this question.")
            value = gap.options[letters[value]]
        if value:
            filled[str(number)] = value
    return {"gaps": filled} if filled else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """The share of gaps that are right."""
    if not given:
        return Mark(0.0)
    parts = tuple(
        Part(
            str(number),
            str(number) in given["gaps"]
            and tidy(given["gaps"][str(number)]) in {tidy(form) for form in gap.accepted},
            gap.why,
        )
        for number, gap in enumerate(question.gaps, start=1)
    )
    return Mark(sum(part.right for part in parts) / len(parts), parts)


def answer(question: Question, variant: Json) -> Json:
    """What fits each gap."""
    numbered = {str(number): gap for number, gap in enumerate(question.gaps, start=1)}
    return {
        "gaps": {number: gap.accepted[0] for number, gap in numbered.items()},
        "right": [gap.accepted[0] for gap in question.gaps],
        "why": {number: gap.why for number, gap in numbered.items()},
        "explanation": question.explanation,
    }
