"""Enrolment by rule: write one, look at whom it catches, switch it on, pause it, end it. All of it is in the log."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.learning.models import EnrolmentRule
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import ruling
from lms.people import queries as people
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import hold_firm

LONGEST = 730


@dataclass(frozen=True)
class RuleFacts:
    """Everyone with a job role, in a team, hired since a day (any of the three) must take a course within some days."""

    course_id: uuid.UUID
    job_role: str | None
    team_id: uuid.UUID | None
    hired_from: date | None
    within_days: int


def make_rule(session: Session, *, actor: Actor, facts: RuleFacts, now: datetime) -> EnrolmentRule:
    """Write a rule that does nothing yet. Raises NotAllowed, NotFound, Invalid, Conflict (there is the same one)."""
    require(POLICY, actor, LearningPermission.RUN)
    course = courses.find_course(session, actor=actor, course_id=facts.course_id)
    if course is None or course.live_version_id is None:
        raise NotFound("There is no such course.")
    if facts.team_id and people.find_team(session, actor=actor, team_id=facts.team_id) is None:
        raise NotFound("There is no such team or person.")
    if facts.job_role and facts.job_role not in people.list_job_roles(session, actor=actor):
        raise Invalid("Nobody here has that job role. Choose one from the list.")
    if not 1 <= facts.within_days <= LONGEST:
        raise Invalid("Give people 1 to %(most)s days.", most=LONGEST)
    hold_firm(session, actor)
    rule = EnrolmentRule(
        firm_id=actor.firm_id,
        course_id=facts.course_id,
        job_role=facts.job_role or None,
        team_id=facts.team_id,
        hired_from=facts.hired_from,
        within_days=facts.within_days,
        made_by_id=actor.person_id,
        made_at=now,
    )
    if ruling.has_same(session, actor=actor, rule=rule):
        raise Conflict("There is a rule for these people and this course already.")
    session.add(rule)
    session.flush()  # the log names the row
    _log(session, actor, N_("rule written"), rule, course.key, now)
    return rule


def switch_on(session: Session, *, actor: Actor, rule_id: uuid.UUID, now: datetime) -> EnrolmentRule:
    """Let a rule work from today, or go on after a pause: then nobody's day moves. Raises NotFound, NotAllowed, Conflict."""
    rule, key = _standing(session, actor, rule_id)
    if rule.from_on is None:
        rule.from_on = people.find_today(session, actor=actor, now=now)
        _log(session, actor, N_("rule switched on"), rule, key, now)
    elif rule.paused_at is not None:
        rule.paused_at = None
        _log(session, actor, N_("rule goes on"), rule, key, now)
    else:
        raise Conflict("This rule is on already.")
    return rule


def pause(session: Session, *, actor: Actor, rule_id: uuid.UUID, now: datetime) -> EnrolmentRule:
    """Let a rule ask nothing of anybody for a while. Raises NotFound, NotAllowed, Conflict (it is not on)."""
    rule, key = _standing(session, actor, rule_id)
    if rule.from_on is None or rule.paused_at is not None:
        raise Conflict("This rule is not on.")
    rule.paused_at = now
    _log(session, actor, N_("rule paused"), rule, key, now)
    return rule


def end_rule(session: Session, *, actor: Actor, rule_id: uuid.UUID, now: datetime) -> None:
    """End a rule for good; one that was never on is taken out. What people learnt stays. Raises NotFound, NotAllowed, Conflict."""
    rule, key = _standing(session, actor, rule_id)
    _log(session, actor, N_("rule ended"), rule, key, now)
    if rule.from_on is None:
        session.delete(rule)
    else:
        rule.ended_at = now


def _standing(session: Session, actor: Actor, rule_id: uuid.UUID) -> tuple[EnrolmentRule, str]:
    require(POLICY, actor, LearningPermission.RUN)
    rule = ruling.find_rule(session, actor=actor, rule_id=rule_id)
    if rule is None:
        raise NotFound("There is no such rule.")
    if rule.ended_at is not None:
        raise Conflict("This rule has ended. Write a new one.")
    course = courses.find_course(session, actor=actor, course_id=rule.course_id)
    return rule, course.key if course else ""


def _log(session: Session, actor: Actor, act: str, rule: EnrolmentRule, key: str, now: datetime) -> None:
    detail = {
        "rule": str(rule.id),
        "job_role": rule.job_role or "",
        "team": str(rule.team_id or ""),
        "hired_from": str(rule.hired_from or ""),
        "within_days": rule.within_days,
    }
    record_act(session, actor=actor, act=act, subject=key, detail=detail, now=now)
