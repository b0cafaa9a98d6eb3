"""A person's line against their queue's band, as places in a picture. Told in full by the table beneath it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lms.tracks.kpi.metrics import Band, Interval, Metric, Shape, Tally, interval, shown_value

WIDTH, HEIGHT, EDGE = 320, 112, 10


@dataclass(frozen=True)
class Mark:
    """One period of a strip: the value with its interval and n, or that it is too few to say; and the queue's band."""

    starts_on: date
    ends_on: date
    n: int
    value: float | None
    between: Interval | None
    band: Band | None
    left_out: bool = False
    corrected: bool = False


def mark(
    metric: Metric,
    tally: Tally,
    days: tuple[date, date],
    usual: Band | None,
    *,
    left_out: bool = False,
    corrected: bool = False,
) -> Mark:
    """A period as it may be shown: no value under the floor, none for a period of leave."""
    if left_out or tally.n < metric.least:
        return Mark(*days, tally.n, None, None, usual, left_out, corrected)
    return Mark(*days, tally.n, shown_value(metric, tally), interval(metric, tally), usual, False, corrected)


@dataclass(frozen=True)
class Picture:
    """Places in a picture of WIDTH by HEIGHT."""

    bands: tuple[tuple[float, float, float, float], ...]
    whiskers: tuple[tuple[float, float, float], ...]
    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    gaps: tuple[float, ...]
    low: str
    high: str


def picture(metric: Metric, marks: Sequence[Mark]) -> Picture | None:
    """The picture of some marks; None when there is nothing to draw."""
    numbers = [
        number
        for one in marks
        for number in (
            *((one.between.low, one.between.high) if one.between else ()),
            *((one.band.low, one.band.high) if one.band else ()),
        )
    ]
    if not numbers:
        return None
    low, high = min(numbers), max(numbers)
    room = (high - low) * 0.08 or 1.0
    top = metric.most if metric.shape is not Shape.AMOUNT else high + room
    low, high = max(0.0, low - room), min(top, high + room)
    step = (WIDTH - 2 * EDGE) / max(len(marks), 1)

    def across(place: int) -> float:
        return round(EDGE + step * (place + 0.5), 1)

    def up(value: float) -> float:
        share = (value - low) / (high - low) if high > low else 0.5
        return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)

    bands, whiskers, dots, gaps = [], [], [], []
    lines: list[list[str]] = [[]]
    for place, one in enumerate(marks):
        x = across(place)
        if one.band:
            y = up(one.band.high)
            bands.append(
                (round(x - step / 2, 1), y, round(step, 1), max(1.0, round(up(one.band.low) - y, 1)))
            )
        if one.value is None or one.between is None:
            gaps.append(x)
            lines.append([])
            continue
        whiskers.append((x, up(one.between.low), up(one.between.high)))
        dots.append((x, up(one.value)))
        lines[-1].append(f"{x},{up(one.value)}")
    return Picture(
        tuple(bands),
        tuple(whiskers),
        tuple(" ".join(part) for part in lines if len(part) > 1),
        tuple(dots),
        tuple(gaps),
        f"{low:.0f}",
        f"{high:.0f}",
    )
