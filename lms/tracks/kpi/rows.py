"""A row of a file of figures by itself: it is taken whole or skipped with its reasons, and nothing is guessed."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from lms.foundation.ids import derived_id
from lms.people.cells import Unfit, loose, shown, tidy
from lms.tracks.kpi.cells import (
    MOST_DAYS,
    is_a_total,
    read_amount,
    read_count,
    read_one_day,
    read_period,
    read_seconds,
    read_words,
)
from lms.tracks.kpi.mapping import Mapping_, plain_name
from lms.tracks.kpi.metrics import Metric, Shape, tally_of
from lms.tracks.kpi.opening import Table

T = TypeVar("T")


class Fact(NamedTuple):
    """One figure of one person in one place and period, as sums."""

    person_id: uuid.UUID
    queue: str
    shift: str
    metric: str
    starts_on: date
    ends_on: date
    total: float
    n: int
    squares: float | None

    def subject(self, firm_id: uuid.UUID) -> uuid.UUID:
        """What the figure is about: the same for ever, whatever its value."""
        return derived_id(
            firm_id, "kpi", self.person_id, self.queue, self.shift, self.metric, self.starts_on, self.ends_on
        )


@dataclass(slots=True)
class Line:
    """One row of the file: what it says, or why it is skipped. `status`: filled in by whoever knows the past."""

    number: int
    person: str
    facts: tuple[Fact, ...] = ()
    reasons: tuple[Unfit, ...] = ()
    status: str = "skipped"


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody of the firm."""

    person_id: uuid.UUID
    number: str
    started_on: date
    ended_on: date | None


class Rows:
    """Reads rows one at a time."""

    def __init__(
        self,
        table: Table,
        mapping: Mapping_,
        places: Mapping[str, int],
        people: Mapping[str, Who],
        metrics: Mapping[str, Metric],
        today: date,
        first: bool | None,
        shares: frozenset[str],
    ) -> None:
        self.width = len(table.header)
        self.mapping, self.places, self.people, self.metrics = mapping, places, people, metrics
        self.by_name = {plain_name(name): one for one in metrics.values() for name in (one.key, one.name)}
        self.loosely = {loose(number): number for number in people}
        self.today, self.first, self.shares = today, first, shares
        self.strangers = 0
        self.names: dict[tuple[str, str], str] = {}
        self.periods: dict[str, tuple[date, date]] = {}

    def line(self, number: int, cells: Sequence[str]) -> Line:
        """One row by itself."""
        said = self.mapping.columns.get("person", "person")
        written = tidy(self._cell(cells, "person"))
        line = Line(number, shown(written))
        reasons: list[Unfit] = []
        if len(cells) < self.width and any(place >= len(cells) for place in self.places.values()):
            line.reasons = (self._ragged(cells),)
            return line
        if any(cell.strip() for cell in cells[self.width :]):
            line.reasons = (self._ragged(cells),)
            return line
        if is_a_total(written):
            line.reasons = (Unfit("This row sums up others; it is about nobody."),)
            return line
        who = self._tried(reasons, lambda: self._who(said, written))
        queue = self._tried(reasons, lambda: self._words(cells, "queue"))
        shift = self._tried(reasons, lambda: self._words(cells, "shift"))
        period = self._tried(reasons, lambda: self._period(cells))
        if who is not None and period is not None:
            self._tried(reasons, lambda: self._worked(who, period))
        self._tried(reasons, lambda: self._leave(cells))
        facts: list[Fact] = []
        for metric, parts in self._metrics(cells, reasons):
            sums = self._tried(reasons, lambda m=metric, p=parts: self._sums(cells, m, p))  # type: ignore[misc]
            if sums is not None and who and queue and shift and period:
                facts.append(Fact(who.person_id, queue, shift, metric.key, period[0], period[1], *sums))
        if not facts and not reasons:
            reasons.append(Unfit("The row has no figures."))
        line.reasons = tuple(reasons)
        line.facts = () if reasons else tuple(facts)
        return line

    def _tried(self, reasons: list[Unfit], reading: Callable[[], T]) -> T | None:
        try:
            return reading()
        except Unfit as reason:
            reasons.append(reason)
            return None

    def _cell(self, cells: Sequence[str], role: str) -> str:
        place = self.places.get(role)
        return cells[place] if place is not None and place < len(cells) else ""

    def _ragged(self, cells: Sequence[str]) -> Unfit:
        return Unfit(
            "The row has %(cells)s cells and the header %(columns)s. A text with a separator in it needs quotation marks round it.",
            cells=len(cells),
            columns=self.width,
        )

    def _who(self, column: str, written: str) -> Who:
        if not written:
            raise Unfit("%(column)s is empty.", column=column)
        found = self.people.get(written) or self.people.get(re.sub(r"\.0$", "", written))
        if found is not None:
            return found
        if re.fullmatch(r"\d(?:[.,]\d+)?E\+?\d+", written, re.IGNORECASE):
            raise Unfit(
                "%(column)s “%(number)s” was shortened by a spreadsheet. Format the column as text and type it again.",
                column=column,
                number=written,
            )
        there = self.loosely.get(loose(written))
        if there is not None:
            raise Unfit(
                "Nobody has employee number %(number)s, but somebody has %(there)s. Spreadsheets drop zeros: write it as it is.",
                number=shown(written),
                there=there,
            )
        self.strangers += 1
        raise Unfit("Nobody here has employee number %(number)s.", number=shown(written))

    def _words(self, cells: Sequence[str], role: str) -> str:
        cell = self.mapping.always[role] if role in self.mapping.always else self._cell(cells, role)
        known = self.names.get((role, cell))
        if known is None:
            known = self.names[role, cell] = read_words(self.mapping.columns.get(role, role), cell)
        return known

    def _period(self, cells: Sequence[str]) -> tuple[date, date]:
        columns = self.mapping.columns
        if "starts_on" in self.places and "ends_on" in self.places:
            start = read_one_day(columns["starts_on"], self._cell(cells, "starts_on"), self.first)
            end = read_one_day(columns["ends_on"], self._cell(cells, "ends_on"), self.first)
        else:
            cell = self.mapping.always.get("period") or self._cell(cells, "period")
            known = self.periods.get(cell)
            if known is None:
                known = self.periods[cell] = read_period(columns.get("period", "period"), cell, self.first)
            start, end = known
        if end < start:
            raise Unfit("The period ends on %(end)s, before it begins on %(start)s.", start=start, end=end)
        if (end - start).days + 1 > MOST_DAYS:
            raise Unfit("The period is longer than a quarter: %(start)s to %(end)s.", start=start, end=end)
        if end > self.today:
            raise Unfit("The period is not over yet: it ends on %(end)s.", end=end)
        return start, end

    def _worked(self, who: Who, period: tuple[date, date]) -> None:
        if period[1] < who.started_on:
            raise Unfit("The period is before the person's first day here, %(day)s.", day=who.started_on)
        if who.ended_on is not None and period[0] > who.ended_on:
            raise Unfit("The period is after the person's last day here, %(day)s.", day=who.ended_on)

    def _leave(self, cells: Sequence[str]) -> None:
        if "leave" in self.places and tidy(self._cell(cells, "leave")).casefold() not in (
            "",
            "0",
            "no",
            "n",
            "false",
            "-",
            "none",
        ):
            raise Unfit("The person was on leave: the period is left out.")

    def _metrics(
        self, cells: Sequence[str], reasons: list[Unfit]
    ) -> Iterator[tuple[Metric, Mapping[str, str]]]:
        """The metrics a row speaks of, each with the roles of its parts. A wide row's empty metric is simply not there."""
        if self.mapping.wide:
            for name in self.mapping.metrics:
                parts = {part: f"{name}.{part}" for part in ("value", "total", "n", "sd")}
                values = [self._cell(cells, parts[part]).strip() for part in ("value", "total")]
                shared_n = any(
                    role != parts["n"] and place == self.places[parts["n"]]
                    for role, place in self.places.items()
                )
                if any(values) or (self._cell(cells, parts["n"]).strip() and not shared_n):
                    yield self.metrics[name], parts
            return
        said = self.mapping.always.get("metric") or self._cell(cells, "metric")
        metric = self.by_name.get(plain_name(said))
        if metric is None:
            column = self.mapping.columns.get("metric", "metric")
            reasons.append(
                Unfit("%(column)s is empty.", column=column)
                if not said.strip()
                else Unfit("There is no metric “%(name)s”. Name it first, or leave it out.", name=shown(said))
            )
            return
        yield metric, {part: part for part in ("value", "n", "sd")}

    def _sums(
        self, cells: Sequence[str], metric: Metric, parts: Mapping[str, str]
    ) -> tuple[float, int, float | None]:
        columns = self.mapping.columns
        n_name = columns.get(parts["n"], "n")
        n = read_count(n_name, self._cell(cells, parts["n"]))
        total_role = parts.get("total", "")
        if total_role in self.places and (cell := self._cell(cells, total_role)).strip():
            name = columns[total_role]
            total = read_seconds(name, cell) if metric.shape is Shape.AMOUNT else read_amount(name, cell)[0]
            if metric.shape is Shape.RATE:
                if total != int(total):
                    raise Unfit("%(column)s “%(text)s” is not a whole number.", column=name, text=shown(cell))
                if total > n:
                    raise Unfit(
                        "%(column)s is %(total)s of %(n)s: more than there are.",
                        column=name,
                        total=int(total),
                        n=n,
                    )
                return total, n, None
            self._plausible(metric, total / n, name)
            return total, n, None
        name = columns.get(parts["value"], "value")
        cell = self._cell(cells, parts["value"])
        if metric.shape is Shape.AMOUNT:
            value = read_seconds(name, cell)
        else:
            value = self._percentage(metric, name, cell, n)
        self._plausible(metric, value, name)
        if metric.shape is Shape.RATE:
            return round(value * n / 100), n, None
        sums = tally_of(value, n, self._deviation(cells, parts, n))
        return sums.total, n, sums.squares

    def _percentage(self, metric: Metric, name: str, cell: str, n: int) -> float:
        """A score or a percentage. A column in which nothing is above 1 holds shares of 1, as spreadsheets keep them."""
        value, percent, decimals = read_amount(name, cell)
        if not percent and metric.unit == "%":
            if metric.key in self.shares or plain_name(metric.name) in self.shares:
                value, decimals = value * 100, max(0, decimals - 2)
            elif 0 < value <= 1:
                raise Unfit(
                    "%(column)s “%(text)s” reads like a share of 1, but other rows are in percent. Write it as they are.",
                    column=name,
                    text=shown(cell),
                )
        if value > metric.most:
            raise Unfit(
                "%(column)s “%(text)s” is above the most there can be, %(most)s.",
                column=name,
                text=shown(cell),
                most=f"{metric.most:g}",
            )
        if metric.shape is Shape.RATE:
            hits = value * n / 100
            if abs(hits - round(hits)) > n * 0.005 * 10.0**-decimals + 1e-6:
                raise Unfit(
                    "%(column)s: %(text)s%% of %(n)s is no whole number. One of the two is wrong.",
                    column=name,
                    text=f"{value:g}",
                    n=n,
                )
        return value

    def _deviation(self, cells: Sequence[str], parts: Mapping[str, str], n: int) -> float | None:
        role = parts["sd"]
        cell = self._cell(cells, role)
        if not cell.strip():
            return None
        name = self.mapping.columns[role]
        value = read_amount(name, cell)[0]
        if n == 1 and value > 0:
            raise Unfit("%(column)s: one value alone has no spread.", column=name)
        return value

    def _plausible(self, metric: Metric, value: float, name: str) -> None:
        if value > metric.longest or (metric.shape is Shape.AMOUNT and value < metric.shortest):
            raise Unfit(
                "%(column)s: %(value)s %(unit)s cannot be. Is it in another unit?",
                column=name,
                value=f"{value:g}",
                unit=metric.unit,
            )
        if metric.shape is Shape.SCORE and value > metric.most:
            raise Unfit(
                "%(column)s “%(text)s” is above the most there can be, %(most)s.",
                column=name,
                text=f"{value:g}",
                most=f"{metric.most:g}",
            )
