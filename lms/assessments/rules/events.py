"""What the rooms above are asked and told."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lms.foundation.actor import Actor


@dataclass(frozen=True)
class AttemptAsked:
    """Somebody looks at an assessment, or begins it: a room above answers with the moment since which attempts count.

    It raises Conflict when they may not begin yet.
    """

    actor: Actor
    course_id: uuid.UUID
    begins: bool


@dataclass(frozen=True)
class GroupsHeld:
    """Item analysis asks for groups: a room above answers with (what it is, the group of each person by firm and id).

    Only of firms that may hold them, and of people who said theirs for this. `firm_id` none: of every firm.
    """

    firm_id: uuid.UUID | None


@dataclass(frozen=True)
class AssessmentGraded:
    """An attempt was handed in and scored: the event that becomes evidence."""

    firm_id: uuid.UUID
    person_id: uuid.UUID
    attempt_id: uuid.UUID
    course_id: uuid.UUID
    assessment_key: str
    title: str
    purpose: str
    score: float
    error: float
    pass_mark: float
    passed: bool
    questions: int
    evidence: tuple[tuple[str, int], ...]
    at: datetime
    revision: int = 0
    """How often it was judged again: each time takes the place of the one before."""
    forms: int = 1
    """How many forms it was decided on."""
    accuracy: Mapping[str, Any] | None = None
    """How far a decision of a gate can be trusted, as `assessments/gates.py` works it out."""
