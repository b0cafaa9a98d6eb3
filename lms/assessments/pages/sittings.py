"""Notes on the sittings of an assessment at the actor's firm, for a manager to judge."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.assessments.pages.analysis import letter_of, seconds_of
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.queries.analysis import Line, list_first_attempts
from lms.assessments.queries.rescoring import list_employed
from lms.assessments.queries.sittings import SatHere, list_sat_here, list_versions
from lms.assessments.sittings import ENOUGH, Alike, Quick, Sat, alike_answers, quick_answers
from lms.foundation.actor import Actor
from lms.foundation.policy import require

MOST_SITTINGS = 200
"""The latest sittings that are held beside one another: twenty thousand pairs, in half a second."""


@dataclass(frozen=True)
class SittingsPage:
    """The notes on one assessment. `people`: how many sittings were read; `names` by the text of the person's id."""

    sat: Sequence[SatHere]
    chosen: SatHere | None
    people: int
    quick: Sequence[Quick]
    alike: Sequence[Alike]
    names: Mapping[str, str]

    @property
    def enough(self) -> bool:
        """Whether there are enough sittings to say what is usual."""
        return self.people >= ENOUGH


def sittings_page(session: Session, *, actor: Actor, assessment_id: uuid.UUID | None = None) -> SittingsPage:
    """First attempts of people of the firm; gates first. A fixed number of statements. Raises NotAllowed."""
    require(POLICY, actor, AssessmentPermission.MARK_AGAIN, actor)
    sat = list_sat_here(session, actor=actor)
    chosen = next((one for one in sat if one.id == assessment_id), sat[0] if sat else None)
    if chosen is None:
        return SittingsPage(sat, None, 0, (), (), {})
    by_attempt: dict[uuid.UUID, list[Line]] = {}
    for line in list_first_attempts(session, assessment_id=chosen.id, firm_id=actor.firm_id):
        by_attempt.setdefault(line.attempt_id, []).append(line)
    latest = list(by_attempt.values())[-MOST_SITTINGS:]
    kinds = list_versions(session, version_ids={line.version_id for lines in latest for line in lines})
    sittings = [_sitting(lines, kinds) for lines in latest]
    quick, alike = quick_answers(sittings), alike_answers(sittings)
    named = {one.person for one in quick} | {name for one in alike for name in (one.one, one.other)}
    people = list_employed(session, firm_id=actor.firm_id, person_ids=[uuid.UUID(one) for one in named])
    names = {str(person_id): name for person_id, name in people.items()}
    return SittingsPage(sat, chosen, len(sittings), quick, alike, names)


def _sitting(lines: Sequence[Line], kinds: Mapping[uuid.UUID, str]) -> Sat:
    took = seconds_of(lines)
    answered = [line for line in lines if line.given is not None]
    return Sat(
        str(lines[0].who[1]),
        {str(line.version_id): letter_of(kinds.get(line.version_id, ""), line) or "" for line in answered},
        {str(line.version_id): line.score >= 1 - 1e-9 for line in answered},
        {str(version_id): seconds for version_id, seconds in took.items()},
    )
