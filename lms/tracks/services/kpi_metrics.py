"""A firm's own figures by name, and the targets of its queues."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.policy import require
from lms.people.services.audit import record_act
from lms.tracks.kpi.metrics import BUILT_IN, Better, Shape
from lms.tracks.models.kpi import KpiMetric, KpiTarget
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries import kpi as queries


@dataclass(frozen=True)
class NewMetric:
    """A metric that a firm names itself."""

    name: str
    unit: str
    shape: str
    better: str
    counted: str
    most: float
    least: int


def name_metric(session: Session, *, actor: Actor, new: NewMetric, now: datetime) -> KpiMetric:
    """Name a metric of the firm's own. Raises NotAllowed, Invalid, Conflict (there is one of that name)."""
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    key = "-".join("".join(c if c.isalnum() else " " for c in new.name.lower()).split())[:40]
    if not key or new.shape not in list(Shape) or new.better not in list(Better) or new.least < 1:
        raise Invalid(
            "Give the metric a name, its kind, which way is good, and from how many it can be told."
        )
    if "%" in new.name + new.counted:
        raise Invalid("Write the name without a per cent sign; the unit has its own place.")
    if new.most <= 0:
        raise Invalid("The most a score can be is more than nothing.")
    known = queries.list_metrics(session, actor=actor)
    if key in known or key in {one.key for one in BUILT_IN}:
        raise Conflict("There is a metric of that name already.")
    made = KpiMetric(
        firm_id=actor.firm_id,
        key=key,
        name=new.name.strip()[:80],
        unit=new.unit.strip()[:20] or ("%" if new.shape == Shape.RATE else ""),
        shape=new.shape,
        better=new.better,
        counted=new.counted.strip()[:40] or "n",
        most=new.most,
        least=new.least,
        made_by_id=actor.person_id,
        made_at=now,
    )
    session.add(made)
    record_act(session, actor=actor, act="metric named", subject=key, detail={"name": made.name}, now=now)
    return made


def set_target(
    session: Session,
    *,
    actor: Actor,
    queue: str,
    metric: str,
    value: float,
    from_on: date,
    now: datetime,
) -> KpiTarget:
    """Say what a queue is asked to reach from a day on. Earlier targets stay for earlier days. Raises Invalid."""
    require(POLICY, actor, TrackPermission.KPI_IMPORT)
    known = queries.list_metrics(session, actor=actor).get(metric)
    if known is None or known.better is Better.NEITHER:
        raise Invalid(
            "Choose a metric that can be better or worse. Handle time has no target here: shorter is not better."
        )
    if not queue.strip() or len(queue) > 80:
        raise Invalid("Say which queue.")
    if not 0 <= value <= (known.most if known.shape is not Shape.AMOUNT else 1e9):
        raise Invalid("The target lies between 0 and %(most)s.", most=f"{known.most:g}")
    made = KpiTarget(
        firm_id=actor.firm_id,
        queue=queue.strip(),
        metric=metric,
        value=value,
        from_on=from_on,
        set_by_id=actor.person_id,
        set_at=now,
    )
    session.add(made)
    about = {"queue": made.queue, "value": value, "from": from_on.isoformat()}
    record_act(session, actor=actor, act="target set", subject=metric, detail=about, now=now)
    return made
