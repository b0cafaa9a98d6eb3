"""Structured interviews: the same questions for everybody, each interviewer alone."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act
from lms.tracks.models import Interview
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import promotion as queries
from lms.tracks.queries.promotion import Line
from lms.tracks.rules.openings import Stage
from lms.tracks.services.openings import hold_line

LEAST_NOTE = 15
"""Letters of a note: what was said, so that somebody else could score it again."""
INTERVIEWING = (Stage.OPEN, Stage.OVERDUE)


def check_interviewer(actor: Actor, line: Line, person: Employment | None) -> Employment:
    """Whether the actor may interview this candidate. Raises NotFound, NotAllowed, Conflict (too late)."""
    if person is None or person.person_id not in line.candidates:
        raise NotFound("There is no such candidate.")
    require(POLICY, actor, TrackPermission.INTERVIEW, person)
    if actor.person_id in line.candidates:
        raise Conflict("You are a candidate here yourself: you interview nobody.")
    if line.stage not in INTERVIEWING:
        raise Conflict("This opening is closed: nobody is interviewed any more.")
    return person


def record_interview(
    session: Session,
    *,
    actor: Actor,
    opening_id: uuid.UUID,
    person_id: uuid.UUID,
    answers: Sequence[tuple[int, str]],
    now: datetime,
) -> Interview:
    """Keep what the actor heard and gave, one (score, note) a question; it is never changed.

    Raises NotFound, NotAllowed, Invalid, Conflict (given already, or too late).
    """
    line = hold_line(session, actor=actor, opening_id=opening_id, now=now)
    person = people.find_employment(session, actor=actor, person_id=person_id)
    person = check_interviewer(actor, line, person)
    given = queries.list_interviews(session, actor=actor, opening_id=opening_id)
    if any((one.person_id, one.interviewer_id) == (person_id, actor.person_id) for one in given):
        raise Conflict("You gave your scores already. They stay as you gave them.")
    if len(answers) != len(line.opening.questions["questions"]):
        raise Invalid("The questions have changed since this page was opened. Open it again.")
    if any(not 1 <= score <= 5 for score, _note in answers):
        raise Invalid("Give every answer a score from 1 to 5.")
    if any(len(note.strip()) < LEAST_NOTE for _score, note in answers):
        raise Invalid("Note what was said at every question, so that somebody else could score it again.")
    row = Interview(
        firm_id=actor.firm_id,
        id=new_id(),
        opening_id=opening_id,
        person_id=person_id,
        interviewer_id=actor.person_id,
        answers={"answers": [{"score": score, "note": note.strip()} for score, note in answers]},
        at=now,
    )
    session.add(row)
    session.flush()  # the log names the row
    about = {"name": person.name, "title": line.opening.title}
    record_act(session, actor=actor, act="interview scored", subject=str(opening_id), detail=about, now=now)
    return row
