"""Half a year of invented figures of every agent, brought in by the same service that a real file goes through."""

import csv
import io
import random
import uuid
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from lms.demo.acts import BELIZE
from lms.demo.people import Life, World
from lms.foundation.actor import Role
from lms.foundation.storage import Storage
from lms.tracks.kpi.judging import last_day
from lms.tracks.rules import months_before
from lms.tracks.services.kpi import take_file
from lms.tracks.services.kpi_metrics import set_target
from lms.tracks.services.kpi_planning import plan_file

MONTHS = 6
HEADER = (
    "Agent ID,Queue,Shift,Month,On leave,AHT,AHT SD,Calls,QA score,Evaluations,QA SD,Critical errors,Adherence,"
    "Shifts worked,Positives,Surveys,Resolved"
)


def bring_figures(session: Session, world: World, *, seed: int, as_of: date, storage: Storage) -> int:
    """Write a firm's targets and figures; how many rows were taken."""
    actor = world.actor(world.with_role(Role.MANAGER)[0])
    now = datetime.combine(as_of, time(17), BELIZE)
    names = {team: label for team, label, _parent in world.teams}
    queues = sorted({names[life.team_id] for life in world.lives if life.job == "agent" and life.team_id})
    for queue in queues:
        for metric, value in (("qa", 84.0), ("adherence", 91.0)):
            set_target(
                session,
                actor=actor,
                queue=queue,
                metric=metric,
                value=value,
                from_on=months_before(as_of.replace(day=1), 24),
                now=now,
            )
    content = _file(world, names, seed, as_of).encode()
    plan = plan_file(
        session, actor=actor, content=content, source="Simulated quality tool", pairs=(), now=now
    )
    take_file(
        session,
        actor=actor,
        file_name="simulated-figures.csv",
        content=content,
        plan=plan,
        storage=storage,
        now=now,
    )
    return plan.counts["taken"]


def _file(world: World, names: dict[uuid.UUID, str], seed: int, as_of: date) -> str:
    text = io.StringIO()
    text.write(HEADER + "\r\n")
    writer = csv.writer(text)
    months = [months_before(as_of.replace(day=1), back) for back in range(MONTHS, 0, -1)]
    for place, life in enumerate(world.lives):
        if life.job != "agent" or life.team_id is None:
            continue
        chance = random.Random(f"{seed}:figures:{life.person_id}")  # noqa: S311  (a simulation)
        skill, pace = chance.gauss(0, 1), chance.gauss(330, 35)
        for month in months:
            if last_day(month) < life.started_on or (life.ended_on and month > life.ended_on):
                continue
            writer.writerow(
                [
                    f"{world.number + 1}{place:04d}",
                    *_month(names[life.team_id], life, month, skill, pace, chance),
                ]
            )
    return text.getvalue()


def _month(
    queue: str, life: Life, month: date, skill: float, pace: float, chance: random.Random
) -> list[object]:
    calls, reviewed, asked = chance.randint(380, 720), chance.randint(3, 6), chance.randint(35, 80)
    quality = min(99.0, max(55.0, chance.gauss(88 + 4 * skill, 3)))
    satisfied = min(0.97, max(0.4, 0.8 + 0.05 * skill + chance.gauss(0, 0.03)))
    solved = min(0.95, max(0.4, 0.74 + 0.04 * skill + chance.gauss(0, 0.03)))
    shift = "Night" if "Night" in queue or life.person_id.int % 5 == 0 else "Day"
    away = "yes" if chance.random() < 0.015 else ""
    return [
        queue,
        shift,
        f"{month:%Y-%m}",
        away,
        round(max(150.0, pace + chance.gauss(0, 12)), 1),
        round(pace * 0.6, 1),
        calls,
        round(quality, 1),
        reviewed,
        round(chance.uniform(5, 11), 1),
        int(chance.random() < 0.03),
        round(min(99.0, chance.gauss(94 + skill, 1.5)), 1),
        chance.randint(17, 22),
        round(asked * satisfied),
        asked,
        round(calls * solved),
    ]
