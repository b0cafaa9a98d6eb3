"""Gates under a supervisor's eye: codes that open them, made, used and taken back."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments.gates import (
    LONGEST_WINDOW,
    WRONG_WITHIN,
    must_wait,
    new_code,
    tidy_code,
)
from lms.assessments.models import Attempt, SittingCode, SittingCodePerson, WrongCode
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.queries import find_open_assessment
from lms.assessments.queries.sitting import (
    find_code,
    find_usable_code,
    has_code,
    list_gates,
    list_wrong_codes,
)
from lms.assessments.services.taking import start_attempt
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import find_by_name_or_number, hold_firm

MOST_NAMED = 60


@dataclass(frozen=True)
class CodeFacts:
    """A code as it is wanted: which gate, for a team or for the people of these lines, from when to when, where."""

    assessment_id: uuid.UUID
    team_id: uuid.UUID | None
    names: tuple[str, ...]
    opens_at: datetime
    closes_at: datetime
    place: str = ""


def make_code(session: Session, *, actor: Actor, facts: CodeFacts, now: datetime) -> SittingCode:
    """Make a sitting code; whoever makes it is the supervisor of who sits with it.

    Raises NotAllowed, NotFound (the gate or the team), Invalid (the window, or nobody is named).
    """
    require(POLICY, actor, AssessmentPermission.SUPERVISE)
    gate = next((one for one in list_gates(session, actor=actor) if one.id == facts.assessment_id), None)
    if gate is None:
        raise NotFound("There is no such assessment.")
    if facts.closes_at <= max(now, facts.opens_at) or facts.closes_at - facts.opens_at > LONGEST_WINDOW:
        raise Invalid("A code is good for some time from now on, and for twelve hours at most.")
    if bool(facts.names) == (facts.team_id is not None):
        raise Invalid("Choose a team, or name people; not both.")
    if facts.team_id is not None and people.find_team(session, actor=actor, team_id=facts.team_id) is None:
        raise NotFound("There is no such team or person.")
    named = _named(session, actor, facts, now)
    hold_firm(session, actor)
    code = new_code()
    while has_code(session, actor=actor, code=code):
        code = new_code()
    made = SittingCode(
        firm_id=actor.firm_id,
        code=code,
        assessment_id=gate.id,
        team_id=facts.team_id,
        place=facts.place.strip()[:120],
        opens_at=facts.opens_at,
        closes_at=facts.closes_at,
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(made)
    session.flush()  # its people and the log name the row
    session.add_all(
        SittingCodePerson(firm_id=actor.firm_id, code_id=made.id, person_id=person_id) for person_id in named
    )
    detail = {
        "title": gate.version.title,
        "people": ", ".join(named.values()) or None,
        "from": facts.opens_at.isoformat(timespec="minutes"),
        "until": facts.closes_at.isoformat(timespec="minutes"),
    }
    record_act(session, actor=actor, act="sitting code made", subject=str(made.id), now=now, detail=detail)
    return made


def _named(session: Session, actor: Actor, facts: CodeFacts, now: datetime) -> dict[uuid.UUID, str]:
    if len(facts.names) > MOST_NAMED:
        raise Invalid("Name %(most)s people at most; a team can be larger.", most=MOST_NAMED)
    found: dict[uuid.UUID, str] = {}
    problems: list[str] = []
    for typed in facts.names:
        try:
            person: Employment = find_by_name_or_number(session, actor=actor, typed=typed, now=now)
        except Invalid as error:
            problems.append(str(error))
            continue
        if person.person_id == actor.person_id:
            problems.append(N_("Nobody makes the code for their own gate."))
        found[person.person_id] = person.name
    if problems:
        raise Invalid(problems[0], problems)
    return found


def revoke_code(session: Session, *, actor: Actor, code_id: uuid.UUID, now: datetime) -> SittingCode:
    """Take a code back: nobody begins with it any more; who began goes on. Raises NotAllowed, NotFound, Conflict."""
    require(POLICY, actor, AssessmentPermission.SUPERVISE)
    found = find_code(session, actor=actor, code_id=code_id)
    if found is None:
        raise NotFound("There is no such code.")
    if found.revoked_at is not None or found.closes_at < now:
        raise Conflict("This code opens nothing any more.")
    found.revoked_at, found.revoked_by_id = now, actor.person_id
    record_act(session, actor=actor, act="sitting code revoked", subject=str(code_id), now=now)
    return found


def begin_supervised(
    session: Session,
    *,
    actor: Actor,
    assessment_id: uuid.UUID,
    attempt_id: uuid.UUID,
    typed: str,
    now: datetime,
    seed: int | None = None,
) -> Attempt | None:
    """Begin an attempt with the code that was typed; none when it opens nothing for this person, which is kept.

    Whatever needs no code begins without one, and what is under way goes on. Raises what `start_attempt` raises, and
    Conflict after too many wrong codes.
    """
    if (
        not tidy_code(typed)
        or find_open_assessment(session, actor=actor, assessment_id=assessment_id) is None
    ):
        return start_attempt(
            session, actor=actor, assessment_id=assessment_id, attempt_id=attempt_id, now=now, seed=seed
        )
    hold_firm(session, actor)
    wrong = list_wrong_codes(session, actor=actor, now=now, within=WRONG_WITHIN)
    if must_wait(wrong, now=now) is not None:
        raise Conflict(
            "Too many wrong codes. Wait a quarter of an hour, and ask your supervisor for the code."
        )
    code = find_usable_code(session, actor=actor, assessment_id=assessment_id, code=tidy_code(typed), now=now)
    if code is None or code.made_by_id == actor.person_id:
        session.add(
            WrongCode(firm_id=actor.firm_id, person_id=actor.person_id, assessment_id=assessment_id, at=now)
        )
        return None
    return start_attempt(
        session,
        actor=actor,
        assessment_id=assessment_id,
        attempt_id=attempt_id,
        now=now,
        seed=seed,
        code=code,
    )
