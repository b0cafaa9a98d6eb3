"""A file of figures, read whole: every row is taken whole or skipped with its reasons, and nothing is guessed."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lms.foundation.errors import Invalid
from lms.people.cells import day_first, shown
from lms.tracks.kpi.clashes import refuse_disagreeing, refuse_overlapping
from lms.tracks.kpi.mapping import Mapping_, places_of, plain_name
from lms.tracks.kpi.metrics import Metric
from lms.tracks.kpi.opening import Table
from lms.tracks.kpi.rows import Line, Rows, Who

MOST_ROWS = 200_000
STRANGERS = 0.5
"""A file in which more than this share of the rows is about nobody here is another firm's, and nothing of it is taken."""


@dataclass
class Reading:
    """A whole file, read against the firm's people."""

    lines: list[Line]
    unread: tuple[str, ...]
    first: bool | None = None
    shares: frozenset[str] = field(default_factory=frozenset)


def read_lines(
    table: Table,
    mapping: Mapping_,
    *,
    people: Mapping[str, Who],
    metrics: Mapping[str, Metric],
    today: date,
) -> Reading:
    """Every row of the file. Raises Invalid when the file as a whole cannot be taken."""
    places = places_of(mapping, table.header)
    unknown = [name for name in mapping.metrics if name not in metrics]
    if unknown:
        raise Invalid("There is no metric “%(name)s”. Name it first.", name=unknown[0])
    first, shares = _scan(table, mapping, places)
    reader = Rows(table, mapping, places, people, metrics, today, first, shares)
    lines: list[Line] = []
    for number, cells in table.body():
        if len(lines) == MOST_ROWS:
            raise Invalid("The file has more than %(most)s rows. Split it by month.", most=MOST_ROWS)
        lines.append(reader.line(number, cells))
    if not lines:
        raise Invalid("The file names its columns, but there is nothing under them.")
    if len(lines) >= 10 and reader.strangers > STRANGERS * len(lines):
        raise Invalid(
            "%(strangers)s of %(rows)s rows are about people who are not in this firm. This looks like another firm's file,"
            " or another tool's numbers: nothing of it was taken.",
            strangers=reader.strangers,
            rows=len(lines),
        )
    refuse_disagreeing(lines)
    refuse_overlapping(lines)
    used = {table.header[place] for place in places.values()}
    unread = tuple(shown(name) for name in table.header if name and name not in used)
    return Reading(lines, unread, first, shares)


def _scan(table: Table, mapping: Mapping_, places: Mapping[str, int]) -> tuple[bool | None, frozenset[str]]:
    """How the file writes days with slashes, and in which columns (or for which metrics) percentages are shares of 1."""
    days = [places[role] for role in ("period", "starts_on", "ends_on") if role in places]
    rates = {role: place for role, place in places.items() if role.endswith(".value") or role == "value"}
    most: dict[str, float] = {}
    slashed: set[str] = set()
    for _number, cells in table.body():
        slashed.update(cells[place] for place in days if place < len(cells) and "/" in cells[place])
        for role, place in rates.items():
            if place >= len(cells) or not re.fullmatch(r"\s*\d*[.,]?\d+\s*", cells[place]):
                continue
            name = role.partition(".")[0]
            if role == "value":
                at = places.get("metric")
                name = (
                    plain_name(cells[at])
                    if at is not None and at < len(cells)
                    else mapping.always.get("metric", "")
                )
            value = float(cells[place].replace(",", "."))
            most[name] = max(most.get(name, 0.0), value)
    return day_first(slashed), frozenset(name for name, value in most.items() if 0 < value <= 1)
