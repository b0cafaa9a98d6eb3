"""What whoever sets a firm's exposure limit sees: the limit, and the questions that rest now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments.exposure import USUAL
from lms.assessments.queries.exposing import PAGE, Rested, find_exposure_policy, list_at_rest
from lms.courses.policy import POLICY, CoursePermission
from lms.foundation.actor import Actor
from lms.foundation.policy import require


@dataclass(frozen=True)
class ExposurePage:
    """The limit of the reader's firm, when it was last changed, and the questions at rest, the most asked first."""

    people: int
    changed_at: datetime | None
    rested: Sequence[Rested]
    most: int = PAGE


def exposure_page(session: Session, *, actor: Actor, now: datetime) -> ExposurePage:
    """Raises NotAllowed."""
    require(POLICY, actor, CoursePermission.SET_POLICY)
    row = find_exposure_policy(session, firm_id=actor.firm_id)
    people = row.people if row else USUAL
    rested = list_at_rest(session, actor=actor, limit=people, now=now)
    return ExposurePage(people, row.changed_at if row else None, rested)
