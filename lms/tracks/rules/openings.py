"""Openings: what they ask for, who is ready for consideration, who is one step away. Pure; nobody is ranked."""

import enum
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules import Cell, Standing, State

BORDERLINE_ALLOWED = 2
"""How many borderline cells still leave a person ready for consideration (domain pack 4.2; design judgement)."""
APPEAL_DAYS = 10
"""Working days to appeal, and again to answer, unless the firm settled otherwise."""
MOST_QUESTIONS = 8


class Stage(enum.StrEnum):
    """Where an opening is."""

    PLANNED = "planned"
    OPEN = "open"
    OVERDUE = "overdue"
    CLOSED = "closed"
    WAITING = "waiting"
    SENT_BACK = "sent_back"
    DECIDED = "decided"
    AGAIN = "again"
    CANCELLED = "cancelled"


STAGE_WORDS: Mapping[Stage, str] = {
    Stage.PLANNED: N_("Opens later"),
    Stage.OPEN: N_("Open"),
    Stage.OVERDUE: N_("Past its last day: close it"),
    Stage.CLOSED: N_("Closed, to be decided"),
    Stage.WAITING: N_("Waits for the second approver"),
    Stage.SENT_BACK: N_("Sent back to whoever decides"),
    Stage.DECIDED: N_("Decided"),
    Stage.AGAIN: N_("To be decided again, after an appeal"),
    Stage.CANCELLED: N_("Cancelled"),
}


@dataclass(frozen=True)
class Question:
    """One question that every candidate is asked, with what a 1, a 3 and a 5 sound like."""

    text: str
    low: str
    middle: str
    high: str


USUAL_QUESTIONS = (
    Question(
        N_(
            "Tell me about a time you helped a colleague get better at something. What did you do, step by step?"
        ),
        N_("No real case, or did the work for them."),
        N_("A real case: explained or showed it, and looked again once."),
        N_(
            "A real case: asked first, let them try, gave one thing to change, and saw the change in their work."
        ),
    ),
    Question(
        N_("A good agent arrives late three times in two weeks. What do you do, and in what order?"),
        N_("Ignores it, or punishes without asking."),
        N_("Talks in private and reminds of the rule."),
        N_("Asks in private first, keeps a dated note, agrees what changes, and treats everybody alike."),
    ),
    Question(
        N_(
            "Your queue is 20 calls over and two people are missing. What do you do in the first ten minutes?"
        ),
        N_("Takes calls and hopes, or only reports it."),
        N_("Moves breaks or people, and tells somebody."),
        N_("Looks at the numbers, moves what can move, tells those affected, and says when to look again."),
    ),
)
"""Questions offered for a new opening; a firm changes them as it likes before the first interview."""


@dataclass(frozen=True)
class OpeningFacts:
    """What an opening says."""

    title: str
    rung: str
    team_id: uuid.UUID | None
    places: int
    opens_on: date
    closes_on: date
    decider_id: uuid.UUID
    second_id: uuid.UUID
    questions: tuple[Question, ...]
    note: str = ""


def question_problems(questions: Sequence[Question]) -> tuple[str, ...]:
    """Why these cannot be asked, in sentences."""
    if not questions:
        return (N_("Write at least one question that everybody will be asked."),)
    if any(not all((one.text, one.low, one.middle, one.high)) for one in questions):
        return (
            N_("Each question needs words for a 1, a 3 and a 5, so that two people mean the same by them."),
        )
    if len({one.text.casefold() for one in questions}) < len(questions):
        return (N_("Two questions are the same."),)
    return ()


def pinned(
    framework: Mapping[str, Any],
    rung: str,
    rung_version: int,
    profile: str | None,
    profile_version: int | None,
) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """The framework with one version of a profile, in force always, and one version of a rung; None when they are unknown."""
    found = next(
        (
            one
            for track in framework["tracks"]
            for one in track["rungs"]
            if (one["key"], one["version"]) == (rung, rung_version)
        ),
        None,
    )
    profiles = [
        {name: value for name, value in one.items() if name != "from"}
        for one in framework["profiles"]
        if (one["key"], one["version"]) == (profile, profile_version)
    ]
    if found is None or (profile is not None and not profiles):
        return None
    return {**framework, "profiles": profiles}, dict(found)


def missing(stand: Standing, gates: Iterable[str]) -> tuple[Cell, ...]:
    """What stands between a person and being considered: each open requirement, each open competency.

    Up to two borderline cells are let through, but never a gate's.
    """
    closed = frozenset(gates)
    cells = [one for one in stand.cells if one.kind != "competencies"] + list(stand.competencies)
    let = [one for one in cells if one.state is State.BORDERLINE and one.key not in closed]
    if len(let) > BORDERLINE_ALLOWED:
        let = []
    return tuple(one for one in cells if one.state is not State.MET and one not in let)


def gates_of(framework: Mapping[str, Any]) -> frozenset[str]:
    """The competencies that must be met whatever else is: the framework marks them with `gate_months`."""
    return frozenset(one["key"] for one in framework["competencies"] if one.get("gate_months"))


@dataclass(frozen=True)
class Put:
    """One act of a person's candidacy, in the order of its number."""

    person_id: uuid.UUID
    number: int
    act: str
    by_id: uuid.UUID
    reason: str
    at: datetime


def candidates(puts: Iterable[Put]) -> dict[uuid.UUID, tuple[Put, ...]]:
    """Who is a candidate now, each with everything that put them there: the latest act of each person holds."""
    found: dict[uuid.UUID, list[Put]] = {}
    for one in sorted(puts, key=lambda put: put.number):
        found.setdefault(one.person_id, []).append(one)
    return {person: tuple(acts) for person, acts in found.items() if acts[-1].act == "nominated"}


@dataclass(frozen=True)
class Facts:
    """What decides the stage of an opening. `answer`: the second approver's to the latest decision;
    `appeals`: outcomes of the appeals against it."""

    opens_on: date
    closes_on: date
    closed: bool
    cancelled: bool
    decided: bool = False
    answer: str | None = None
    appeals: tuple[str, ...] = ()


def stage(facts: Facts, today: date) -> Stage:
    """Where an opening is on a day."""
    if facts.cancelled:
        return Stage.CANCELLED
    if facts.decided:
        if facts.answer is None:
            return Stage.WAITING
        if facts.answer == "sent_back":
            return Stage.SENT_BACK
        return Stage.AGAIN if set(facts.appeals) & {"changed", "sent_back"} else Stage.DECIDED
    if facts.closed:
        return Stage.CLOSED
    if today < facts.opens_on:
        return Stage.PLANNED
    return Stage.OPEN if today <= facts.closes_on else Stage.OVERDUE


def working_days_after(day: date, count: int) -> date:
    """The day some working days later: Monday to Friday; public holidays are not known here and count as working days."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
