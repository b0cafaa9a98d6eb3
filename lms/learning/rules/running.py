"""How a firm runs its courses, as pure functions: whom a rule catches, quiet hours, what expires, how soon something is due."""

import calendar
import enum
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

NUDGE_STANDS = timedelta(days=14)
NUDGE_AGAIN = timedelta(hours=20)
"""Between two requests to one person about one course: once a working day is a reminder, more is a nuisance."""
SOON = (1, 7)
"""A course that is due in so many days or fewer is said to be."""


@dataclass(frozen=True)
class Terms:
    """A firm's policy for running courses; what stands here holds while a firm has written none."""

    skip_weekends: bool = False
    skip_holidays: bool = True
    reminders: str = "app"
    quiet_from: int = 21
    quiet_to: int = 6
    retake_days: int = 30
    retention: int = 90
    reviews_a_day: int = 20
    paid: str = "required"

    @property
    def reminds(self) -> bool:
        """Whether people are told how soon something is due."""
        return self.reminders == "app"


class Soon(enum.StrEnum):
    """How soon something is due."""

    OVERDUE = "overdue"
    TODAY = "today"
    TOMORROW = "tomorrow"
    THIS_WEEK = "this-week"
    LATER = "later"


def how_soon(due_on: date | None, today: date) -> Soon:
    """How soon a day is; one without a date is later than any."""
    if due_on is None:
        return Soon.LATER
    days = (due_on - today).days
    if days < 0:
        return Soon.OVERDUE
    if days <= SOON[0]:
        return Soon.TOMORROW if days else Soon.TODAY
    return Soon.THIS_WEEK if days <= SOON[1] else Soon.LATER


def after_quiet(moment: datetime, zone: ZoneInfo, quiet_from: int, quiet_to: int) -> datetime:
    """The moment itself, or the end of the quiet hours that it falls into. Hours are of the firm's clock; equal: none are quiet."""
    local = moment.astimezone(zone)
    hour = local.hour
    over_midnight = quiet_from > quiet_to
    quiet = (hour >= quiet_from or hour < quiet_to) if over_midnight else quiet_from <= hour < quiet_to
    if not quiet:
        return moment
    end = local.replace(hour=quiet_to, minute=0, second=0, microsecond=0)
    return end + timedelta(days=1) if end <= local else end


def expires_on(completed_on: date, valid_months: int) -> date | None:
    """The day a completion is good until, none for ever (0 months). The 31st of a shorter month is its last day."""
    if not valid_months:
        return None
    years, month = divmod(completed_on.month - 1 + valid_months, 12)
    year, month = completed_on.year + years, month + 1
    return date(year, month, min(completed_on.day, calendar.monthrange(year, month)[1]))


@dataclass(frozen=True)
class Facts:
    """What an enrolment rule looks at in a person."""

    job_role: str
    team_id: uuid.UUID | None
    started_on: date
    role_started_on: date
    team_joined_on: date | None
    ended_on: date | None = None


@dataclass(frozen=True)
class Catch:
    """Everyone with a job role, in a team, hired since a day: any of the three, all that are said."""

    job_role: str | None = None
    team_id: uuid.UUID | None = None
    hired_from: date | None = None


def catches(rule: Catch, person: Facts, today: date) -> bool:
    """Whether a rule is about a person who works here today."""
    return (
        person.started_on <= today
        and (person.ended_on is None or person.ended_on >= today)
        and (rule.job_role is None or person.job_role == rule.job_role)
        and (rule.team_id is None or person.team_id == rule.team_id)
        and (rule.hired_from is None or person.started_on >= rule.hired_from)
    )


def caught_since(rule: Catch, person: Facts) -> date:
    """Since when everything a rule asks for is true of a person it catches."""
    days = [person.started_on]
    if rule.job_role is not None:
        days.append(person.role_started_on)
    if rule.team_id is not None:
        days.append(person.team_joined_on or person.started_on)
    return max(days)


def find_circle(needs: Mapping[str, Collection[str]], start: str) -> tuple[str, ...]:
    """The courses of a circle that a course would come after itself by, from it and back to it; empty when there is none."""
    seen: set[str] = set()
    paths: list[tuple[str, ...]] = [(start,)]
    while paths:
        path = paths.pop()
        for need in sorted(needs.get(path[-1], ())):
            if need == start:
                return (*path, start)
            if need not in seen:
                seen.add(need)
                paths.append((*path, need))
    return ()


def still_asked(
    *, asked_at: datetime, shown_from: datetime, moved_at: datetime | None, now: datetime
) -> bool:
    """Whether a trainer's request stands: shown by now, not two weeks old, and nothing was done in the course since."""
    return shown_from <= now < shown_from + NUDGE_STANDS and (moved_at is None or moved_at < asked_at)


def row_texts(pasted: str, *, most: int) -> tuple[str, ...]:
    """The employee numbers of pasted text, one a line or apart by commas, semicolons or tabs; the first `most`."""
    parts: Iterable[str] = (
        part.strip()
        for line in pasted.splitlines()
        for part in line.replace(";", ",").replace("\t", ",").split(",")
    )
    return tuple(part for part in parts if part)[:most]
