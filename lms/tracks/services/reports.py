"""Reports on a date: planning one, ending it, keeping what was made, deleting it when its time is over."""

import base64
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.foundation import job_queue
from lms.foundation.actor import Actor
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import derived_id, new_id
from lms.foundation.jobs import JobKind, JobState, Order, Run, enqueue
from lms.foundation.policy import require
from lms.foundation.words import N_
from lms.people import queries as people
from lms.people.services.audit import record_act
from lms.tracks.models.reports import ReportFile, ReportPlan
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import reports as queries
from lms.tracks.rules.reports import FILTERS, MOST_PLANS, When, next_run


@dataclass(frozen=True)
class NewPlan:
    """What is asked for. `title` and `said`: the list and its filters in words."""

    list: str
    form: str
    filters: Mapping[str, str]
    when: When
    keep_weeks: int
    title: str
    said: Sequence[str]


@dataclass(frozen=True)
class Written:
    """What one making came to: a file with its name, or an error in words."""

    name: str = ""
    content: bytes = b""
    title: str = ""
    above: Sequence[str] = ()
    error: Mapping[str, Any] | None = None


def plan_report(
    session: Session, *, actor: Actor, new: NewPlan, plan_id: uuid.UUID, now: datetime
) -> ReportPlan:
    """Have a list made each week or month; sent twice, it is planned once. Raises NotAllowed, Invalid, Conflict (too many)."""
    require(POLICY, actor, TrackPermission.REPORTS)
    kept = queries.find_plan(session, actor=actor, plan_id=plan_id)
    if kept is not None:
        return kept
    if new.list not in FILTERS or not new.when.is_sound or not 1 <= new.keep_weeks <= 52:
        raise Invalid("Choose a list, a day, an hour and how long to keep it.")
    if queries.count_plans(session, actor=actor) >= MOST_PLANS:
        raise Conflict("You have %(most)s reports already. End one first.", most=MOST_PLANS)
    zone = people.find_zone(session, firm_id=actor.firm_id)
    plan = ReportPlan(
        firm_id=actor.firm_id,
        id=plan_id,
        person_id=actor.person_id,
        list=new.list,
        form=new.form,
        filters={name: new.filters[name][:120] for name in FILTERS[new.list] if new.filters.get(name)},
        title=new.title[:200],
        said={"lines": list(new.said)},
        monthly=new.when.monthly,
        day=new.when.day,
        hour=new.when.hour,
        keep_weeks=new.keep_weeks,
        made_at=now,
        next_at=next_run(new.when, zone, now),
    )
    session.add(plan)
    session.flush()  # the order is about it
    _order(session, actor, plan, now)
    detail = {"title": plan.title, "filters": plan.filters}
    record_act(session, actor=actor, act=N_("report planned"), subject=str(plan.id), detail=detail, now=now)
    return plan


def order_id(plan: ReportPlan) -> uuid.UUID:
    """The id of the job that makes a plan's next report."""
    return derived_id(plan.firm_id, "report", plan.id, plan.next_at.isoformat())


def _order(session: Session, actor: Actor, plan: ReportPlan, now: datetime) -> None:
    order = Order(
        order_id(plan),
        queries.WRITE,
        plan.title,
        {"plan_id": str(plan.id)},
        about_id=plan.id,
        at=plan.next_at,
    )
    enqueue(session, order, actor=actor, now=now)


def end_plan(session: Session, *, actor: Actor, plan_id: uuid.UUID, now: datetime) -> ReportPlan:
    """Make no more of it; what was made stays as long as it was to. Raises NotFound, Conflict (ended already)."""
    require(POLICY, actor, TrackPermission.REPORTS)
    plan = _own_plan(session, actor, plan_id)
    waiting = queries.find_order(session, actor=actor, job_id=order_id(plan))
    if waiting is not None and waiting.state == JobState.QUEUED:
        job_queue.cancel(session, firm_id=actor.firm_id, job_id=waiting.id, now=now)
    plan.ended_at = now
    record_act(
        session,
        actor=actor,
        act=N_("report ended"),
        subject=str(plan.id),
        detail={"title": plan.title},
        now=now,
    )
    return plan


def start_again(session: Session, *, actor: Actor, plan_id: uuid.UUID, now: datetime) -> ReportPlan:
    """Go on with a plan whose last order ended badly, at its next day. Raises NotFound, Conflict (it goes on anyway)."""
    require(POLICY, actor, TrackPermission.REPORTS)
    plan = _own_plan(session, actor, plan_id)
    if order_id(plan) not in queries.list_stopped(session, actor=actor, ids=[order_id(plan)]):
        raise Conflict("It goes on already.")
    _go_on(session, actor, plan, now)
    return plan


def _own_plan(session: Session, actor: Actor, plan_id: uuid.UUID) -> ReportPlan:
    plan = queries.find_plan(session, actor=actor, plan_id=plan_id)
    if plan is None:
        raise NotFound("There is no such report.")
    if plan.ended_at is not None:
        raise Conflict("It was ended already.")
    return plan


def _go_on(session: Session, actor: Actor, plan: ReportPlan, now: datetime) -> None:
    zone = people.find_zone(session, firm_id=actor.firm_id)
    plan.next_at = next_run(When(plan.monthly, plan.day, plan.hour), zone, max(now, plan.next_at))
    _order(session, actor, plan, now)


def plan_to_run(session: Session, *, run: Run) -> ReportPlan | None:
    """The plan of an order, for whoever asked for it, who must still be allowed to; none when it was ended. Raises NotAllowed."""
    require(POLICY, run.actor, TrackPermission.REPORTS)
    plan = queries.find_plan(session, actor=run.actor, plan_id=uuid.UUID(run.arguments["plan_id"]))
    return None if plan is None or plan.ended_at is not None else plan


def keep_report(
    session: Session, *, actor: Actor, plan_id: uuid.UUID, written: Written, now: datetime
) -> ReportFile:
    """Keep what was made, order the next one, and the deleting of this one. Raises NotFound, Conflict (ended meanwhile)."""
    plan = _own_plan(session, actor, plan_id)
    made = ReportFile(
        firm_id=actor.firm_id,
        id=new_id(),
        plan_id=plan.id,
        person_id=actor.person_id,
        title=(written.title or plan.title)[:200],
        above={"lines": list(written.above or plan.said["lines"])},
        name=written.name[:120],
        content=None if written.error else base64.b64encode(written.content).decode(),
        size=len(written.content),
        made_at=now,
        keep_until=now + timedelta(weeks=plan.keep_weeks),
        error=dict(written.error or {}),
    )
    session.add(made)
    session.flush()  # the order to delete it is about it
    _delete_what_is_over(session, actor, now)
    _go_on(session, actor, plan, now)
    tidying = Order(
        derived_id(actor.firm_id, "tidy", made.id),
        queries.TIDY,
        made.title,
        {"report_id": str(made.id)},
        about_id=made.id,
        at=made.keep_until,
    )
    enqueue(session, tidying, actor=actor, now=now)
    return made


def open_report(session: Session, *, actor: Actor, report_id: uuid.UUID, now: datetime) -> ReportFile:
    """A file of one's own that is still kept. Raises NotAllowed, NotFound (also when its time is over)."""
    require(POLICY, actor, TrackPermission.REPORTS)
    found = queries.find_file(session, actor=actor, report_id=report_id)
    if found is None or found.content is None or found.keep_until <= now:
        raise NotFound("There is no such file, or its time is over.")
    return found


def mark_seen(session: Session, *, actor: Actor, report_id: uuid.UUID, now: datetime) -> None:
    """Note that a file was fetched for the first time."""
    found = queries.find_file(session, actor=actor, report_id=report_id)
    if found is not None and found.seen_at is None:
        found.seen_at = now


def tidy_report(session: Session, run: Run) -> dict[str, Any]:
    """Delete the files whose time is over; that there were some stays to be read."""
    begin_writing(session)
    return {"deleted": _delete_what_is_over(session, run.actor, run.now)}


def _delete_what_is_over(session: Session, actor: Actor, now: datetime) -> int:
    """The whole firm's: whoever has left no longer asks for theirs to be deleted."""
    done = session.execute(
        update(ReportFile)
        .where(
            ReportFile.firm_id == actor.firm_id,
            ReportFile.keep_until <= now,
            ReportFile.content.is_not(None),
        )
        .values(content=None)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


TIDYING = JobKind(queries.TIDY, N_("Deleting a report whose time is over"), tidy_report)
