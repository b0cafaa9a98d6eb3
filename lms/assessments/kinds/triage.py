"""Triage: each ticket gets a priority from impact and urgency, a queue, and a first action."""

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

NAME = "triage"
LISTS = (("priority", "priorities"), ("queue", "queues"), ("action", "actions"))
NEAR = 0.5
"""What a priority next to the right one is worth."""


@dataclass(frozen=True)
class Ticket:
    """What came in, what it touches and how soon, and what is right: a priority, a queue, a first action."""

    text: str
    right: tuple[str, str, str]
    impact: str
    urgency: str
    why: str


@dataclass(frozen=True)
class Question:
    """Tickets, and what can be chosen for each: priorities (the highest first), queues, actions."""

    stem: str
    tickets: tuple[Ticket, ...]
    offered: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    explanation: str


def read(document: Mapping[str, Any]) -> Question:
    """Raises Unreadable."""
    notes = Notes(document, known=("tickets", *(name for _one, name in LISTS)))
    offered = []
    for _field, name in LISTS:
        said = document.get(name)
        good = isinstance(said, list) and 2 <= len(said) <= 8 and all(is_words(text) for text in said)
        texts = tuple(str(text) for text in said) if good and isinstance(said, list) else ()
        if not good or len(set(texts)) < len(texts):
            notes.add(name, f"Write 2 to 8 different {name}.")
        offered.append(texts)
    entries = notes.entries(
        "tickets",
        ("text", "priority", "queue", "action"),
        least=3,
        most=15,
        optional=("impact", "urgency", "why"),
    )
    tickets = []
    for number, entry in enumerate(entries):
        for (field, name), texts in zip(LISTS, offered, strict=True):
            if is_words(entry.get(field)) and str(entry[field]) not in texts:
                notes.add(f"tickets.{number}.{field}", f"Choose one of the {name}.")
        for field in ("impact", "urgency"):
            if field in entry and not is_words(entry[field]):
                notes.add(f"tickets.{number}.{field}", f"Write “{field}” as a text, or leave it out.")
        right = (str(entry.get("priority")), str(entry.get("queue")), str(entry.get("action")))
        said_of = (str(entry.get(name, "")) for name in ("impact", "urgency", "why"))
        tickets.append(Ticket(str(entry.get("text")), right, *said_of))
    notes.close()
    return Question(
        document["stem"],
        tuple(tickets),
        (offered[0], offered[1], offered[2]),
        document.get("explanation", ""),
    )


def vary(question: Question, seed: int, *, shuffle: bool = True) -> Json:
    """The order of the tickets; what can be chosen stays as it stands on a desk."""
    return {"order": shuffled(len(question.tickets), seed, shuffle=shuffle)}


def ask(question: Question, variant: Json) -> Json:
    """Tickets as rows, and three lists to choose from."""
    return {
        "kind": NAME,
        "stem": question.stem,
        "rows": [
            {"ref": ref, "text": question.tickets[place].text}
            for ref, place in by_ref(variant["order"]).items()
        ],
        "lists": [
            {"name": field, "texts": list(texts)}
            for (field, _name), texts in zip(LISTS, question.offered, strict=True)
        ],
    }


def given(question: Question, variant: Json, raw: Raw) -> Json | None:
    """What was chosen, from fields `answer-a-priority`, `answer-a-queue`, `answer-a-action` …"""
    chosen: dict[str, dict[str, str]] = {}
    for ref in by_ref(variant["order"]):
        for (field, _name), texts in zip(LISTS, question.offered, strict=True):
            value = one(raw, f"answer-{ref}-{field}")
            if value and value not in texts:
                raise BadAnswer("That choice is not in this question.")
            if value:
                chosen.setdefault(ref, {})[field] = value
    return {"tickets": chosen} if chosen else None


def mark(question: Question, variant: Json, given: Json | None) -> Mark:
    """The mean over tickets of priority, queue and action; a priority next to the right one is worth half."""
    if not given:
        return Mark(0.0)
    parts = []
    for ref, place in by_ref(variant["order"]).items():
        ticket, chosen = question.tickets[place], given["tickets"].get(ref, {})
        got = [
            float(chosen.get(field) == right) for (field, _n), right in zip(LISTS, ticket.right, strict=True)
        ]
        ladder = question.offered[0]
        if not got[0] and chosen.get("priority") in ladder:
            away = abs(ladder.index(chosen["priority"]) - ladder.index(ticket.right[0]))
            got[0] = NEAR if away == 1 else 0.0
        share = sum(got) / len(got)
        parts.append(Part(ref, share == 1, _why(ticket), about=ticket.text, share=share))
    return Mark(sum(part.share or 0 for part in parts) / len(parts), tuple(parts))


def _why(ticket: Ticket) -> str:
    weighed = " × ".join(filter(None, (ticket.impact, ticket.urgency)))
    return " ".join(filter(None, (f"{' · '.join(ticket.right)}.", weighed and f"({weighed})", ticket.why)))


def answer(question: Question, variant: Json) -> Json:
    """What is right for each ticket."""
    letters = by_ref(variant["order"])
    return {
        "tickets": {
            ref: dict(zip((field for field, _n in LISTS), question.tickets[place].right, strict=True))
            for ref, place in letters.items()
        },
        "right": [
            f"{question.tickets[p].text} → {' · '.join(question.tickets[p].right)}" for p in letters.values()
        ],
        "why": {ref: question.tickets[place].why for ref, place in letters.items()},
        "explanation": question.explanation,
    }
