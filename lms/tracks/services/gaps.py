"""What Today asks: the courses that stand between a person and the next rung of the first track."""

from sqlalchemy.orm import Session

from lms.learning.queries.gaps import GapAsked, GapLine
from lms.people import queries as people
from lms.tracks import queries
from lms.tracks.framework_files import find_rung
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules import place_on, standing
from lms.tracks.rules.explaining import State
from lms.tracks.services.standings import facts_of


def list_gaps(session: Session, question: GapAsked) -> list[GapLine]:
    """The courses that are missing for the rung next to the reader's, in the rung's order. Nothing at the top."""
    actor = question.actor
    person = people.find_own_job(session, actor=actor)
    if person is None:
        return []
    today = people.find_today(session, actor=actor, now=question.now)
    framework = framework_of(session, actor=actor, on=today)
    ledger = queries.list_ledger(session, actor=actor, person_id=actor.person_id)
    facts = facts_of(person, queries.list_protected(session, actor=actor, person_id=actor.person_id))
    place = place_on(framework["tracks"][0], framework, ledger, facts, today, job_role=person.job_role)
    found = find_rung(framework, place.next or "")
    if found is None:
        return []
    stand = standing(found[1], framework, ledger, facts, today, explain=False)
    return [
        GapLine(cell.key, found[1]["name"])
        for cell in stand.cells
        if cell.kind == "course" and cell.state is not State.MET
    ]
