"""Decision records: what they must say, how they are frozen and hashed, and how their reasons are read again. Pure."""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules import Cell, ProfileUsed, Reason, Standing, State, plain

LEAST_LETTERS, LEAST_WORDS = 40, 6
"""The shortest reason that can say something about a person (design judgement): a sentence, not a click."""


def says_too_little(text: str) -> bool:
    """Whether a reason is too short, or the same word again and again."""
    words = re.findall(r"\w+", text.casefold())
    return len(text.strip()) < LEAST_LETTERS or len(set(words)) < LEAST_WORDS


@dataclass(frozen=True)
class Choice:
    """What is decided about one candidate, why, and what they are told."""

    person_id: uuid.UUID
    chosen: bool | None
    reason: str
    told: str


@dataclass(frozen=True)
class Conflict:
    """Whether somebody has a conflict of interest, declared: yes with words, or no. None: not answered."""

    has: bool | None
    words: str = ""

    @property
    def problem(self) -> str | None:
        """Why the declaration cannot be taken, or None."""
        if self.has is None:
            return N_("Say whether you have a conflict of interest: family, money, friendship, or a quarrel.")
        if self.has and not self.words.strip():
            return N_("Say in words what the conflict of interest is.")
        return None


@dataclass(frozen=True)
class Decided:
    """A decision as its decider gives it."""

    reason: str
    choices: tuple[Choice, ...]
    conflict: Conflict
    review_on: date | None
    correction: str = ""


def decision_problems(
    said: Decided, names: Mapping[uuid.UUID, str], places: int, today: date, *, corrects: bool
) -> tuple[tuple[str, Mapping[str, object]], ...]:
    """Everything that keeps a decision from being recorded: sentences with their values."""
    found: list[tuple[str, Mapping[str, object]]] = []
    if {one.person_id for one in said.choices} != set(names) or len(said.choices) != len(names):
        found.append((N_("The candidates have changed since this page was opened. Open it again."), {}))
    if says_too_little(said.reason):
        found.append((N_("Say in your own words why you decided so: a whole sentence or two."), {}))
    for one in said.choices:
        about = {"name": names.get(one.person_id, "")}
        if one.chosen is None:
            found.append((N_("Say whether %(name)s is chosen."), about))
        if says_too_little(one.reason):
            found.append(
                (
                    N_("Say in your own words why %(name)s is or is not chosen: a whole sentence or two."),
                    about,
                )
            )
        if says_too_little(one.told):
            found.append((N_("Write what %(name)s is told: a whole sentence or two."), about))
    reasons = [one.reason.strip().casefold() for one in said.choices if one.reason.strip()]
    if len(set(reasons)) < len(reasons):
        found.append((N_("Two candidates have the very same reason. Say what is true of each."), {}))
    if sum(bool(one.chosen) for one in said.choices) > places:
        found.append((N_("More people are chosen than there are places (%(places)s)."), {"places": places}))
    if said.conflict.problem:
        found.append((said.conflict.problem, {}))
    if said.review_on is None or said.review_on <= today:
        found.append((N_("Choose a day after today to look at this again."), {}))
    if corrects and says_too_little(said.correction):
        found.append((N_("Say in your own words why the earlier record is replaced."), {}))
    return tuple(found)


def canonical(document: Any) -> str:
    """A document as one text: the same content is the same text, whatever the order of its names."""
    return json.dumps(_bare(document), sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest(document: Any) -> str:
    """The SHA-256 of a document's canonical text, in hex."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def frozen(document: Any) -> Any:
    """A document as it is kept: days, moments and ids as texts, tuples as lists, sets in order."""
    return json.loads(canonical(document))


def _bare(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, Mapping):
        return {str(name): _bare(one) for name, one in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(_bare(one) for one in value)
    if isinstance(value, list | tuple):
        return [_bare(one) for one in value]
    return plain(value)


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def reason_again(document: Mapping[str, Any]) -> Reason:
    """A reason from what was kept of it: its days are days again, so that they are written in the reader's words."""
    return Reason(
        document["sentence"],
        {name: _value_again(one) for name, one in document["values"].items()},
        tuple(document["evidence"]),
        tuple(reason_again(one) for one in document["below"]),
    )


def _value_again(value: Any) -> Any:
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    return tuple(value) if isinstance(value, list) else value


def _cell_again(document: Mapping[str, Any]) -> Cell:
    said = {**document, "state": State(document["state"]), "reason": reason_again(document["reason"])}
    return Cell(**{**said, "evidence": tuple(document["evidence"])})


def standing_again(document: Mapping[str, Any]) -> Standing:
    """A standing from what was kept of it."""
    profile: Mapping[str, Any] | None = document["profile"]
    return Standing(
        document["rung"],
        document["rung_version"],
        ProfileUsed(**profile) if profile else None,
        date.fromisoformat(document["as_of"]),
        document["rule"],
        tuple(map(_cell_again, document["cells"])),
        tuple(map(_cell_again, document["competencies"])),
    )


def record_of(
    decision: Mapping[str, Any], choices: Sequence[Mapping[str, Any]], snapshot_hash: str
) -> Mapping[str, Any]:
    """What the hash of a whole record covers: everything that was said, and the hash of what it was decided on."""
    return {
        "decision": dict(decision),
        "candidates": sorted((dict(one) for one in choices), key=lambda one: str(one["person_id"])),
        "snapshot": snapshot_hash,
    }
