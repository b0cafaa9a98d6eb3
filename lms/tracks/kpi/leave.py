"""Leave, as whoever keeps it answers: a period of which half or more was leave says nothing about a person's work."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class LeaveAsked:
    """When were these people of a firm on leave? Everybody's when no person is named."""

    firm_id: uuid.UUID
    person_ids: Collection[uuid.UUID] | None = None


@dataclass(frozen=True)
class Leave:
    """Days on which a person was away, both ends included; open when nobody knows its end."""

    person_id: uuid.UUID
    starts_on: date
    ends_on: date | None


Leaves = Mapping[uuid.UUID, Sequence[Leave]]


def is_left_out(leaves: Sequence[Leave], start: date, end: date) -> bool:
    """Whether half or more of a period's days were leave."""
    away = sum(max(0, (min(end, one.ends_on or end) - max(start, one.starts_on)).days + 1) for one in leaves)
    return bool(away) and 2 * away >= (end - start).days + 1
