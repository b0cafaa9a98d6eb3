"""How far decisions at each pass mark of a course can be trusted, for whoever writes it."""

import uuid
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.assessments.gates import Accuracy, accuracy_of
from lms.assessments.queries import list_assessment_ids
from lms.assessments.queries.sitting import list_first_scores
from lms.foundation.actor import Actor, Role
from lms.foundation.wall import beyond_the_wall
from lms.people.models import Firm


@dataclass(frozen=True)
class Trust:
    """Accuracy at one pass mark, and how many people have sat the assessment."""

    accuracy: Accuracy
    people: int


def list_trust(
    session: Session, *, actor: Actor, course_id: uuid.UUID, plans: Mapping[str, tuple[int, float | None]]
) -> dict[str, Trust]:
    """By key, for assessments that draw so many questions and pass from such a share on. Three statements.

    From the own firm's first attempts; the association's, pooled over firms. One that cannot be passed yet is left out.
    """
    pooled = session.get_one(Firm, actor.firm_id).is_association and actor.has(Role.ASSOCIATION)
    ids = list_assessment_ids(session, course_id=course_id)
    with beyond_the_wall(session, "accuracy pooled over firms") if pooled else nullcontext():
        scores = list_first_scores(
            session, firm_id=None if pooled else actor.firm_id, assessment_ids=list(ids.values())
        )
    found = {}
    for key, (length, mark) in plans.items():
        if length < 1 or mark is None or not 0 < mark <= 1:
            continue
        sat = scores.get(ids[key], ()) if key in ids else ()
        found[key] = Trust(accuracy_of(sat, questions=length, cut=mark), len(sat))
    return found
