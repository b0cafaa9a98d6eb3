"""Data for work samples: figures of an invented floor, another for each number, with the answers an assessor needs.

The same number gives the same figures for ever, so two people can be given different data and one of them the same again.
Nothing here is real, and nothing is a market price.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

Row = tuple[Any, ...]
FIRST_DAY = date(2026, 3, 2)
MINUTE = "%Y-%m-%d %H:%M"
WEEKS, INTERVALS = 7, 24
"""Weeks of calls (the last is held back), and half hours in a day, from 8:00."""
BY_DAY = (1.25, 1.1, 1.0, 0.95, 1.05, 0.6, 0.4)
REASONS = (
    ("bill not understood", 0.34),
    ("late delivery", 0.21),
    ("sign-in", 0.15),
    ("refund asked twice", 0.11),
    ("wrong item", 0.08),
    ("address change", 0.06),
    ("other", 0.05),
)
TARGETS = {"P1": (15, 120), "P2": (60, 240), "P3": (240, 1440)}
"""Minutes to the first response and to the solution, pauses left out."""
PRIORITY = {("high", "high"): "P1", ("high", "low"): "P2", ("low", "high"): "P2", ("low", "low"): "P3"}


@dataclass(frozen=True)
class Table:
    """A table of a sample: its name, the names of its columns, its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Sample:
    """What a person is given, what is held back, and what is right."""

    given: tuple[Table, ...]
    database: tuple[Table, ...]
    held_back: tuple[Table, ...]
    answers: dict[str, Any]


def make_sample(number: int) -> Sample:
    """All data of one sitting. `number`: which of the invented floors."""
    dice = random.Random(f"work sample {number}")  # noqa: S311  (invents figures, guards nothing)
    calls, odd = _calls(dice)
    reasons = _reasons(dice)
    months, margin = _months(dice)
    tickets, breached = _tickets(dice)
    database, asked = _contacts(dice)
    last = FIRST_DAY + timedelta(weeks=WEEKS - 1)
    seen = tuple(row for row in calls.rows if row[0] < last.isoformat())
    kept = tuple(row for row in calls.rows if row[0] >= last.isoformat())
    return Sample(
        (Table("calls", calls.columns, seen), reasons, months, tickets),
        database,
        (Table("calls-week-7", calls.columns, kept),),
        {
            "forecast": {"odd_days": odd, "week_7": sum(row[2] for row in kept)},
            "contact_reasons": _pareto(reasons.rows),
            "margin": margin,
            "tickets": breached,
            "sql": asked,
        },
    )


def _calls(dice: random.Random) -> tuple[Table, list[str]]:
    """Calls and handle time by half hour, with two odd days among the weeks that are given."""
    base, climb = dice.randint(28, 44), dice.uniform(1.0, 1.02)
    storm, outage = dice.sample(range(7, 7 * (WEEKS - 1)), 2)
    rows: list[Row] = []
    for day in range(7 * WEEKS):
        on = FIRST_DAY + timedelta(days=day)
        odd = 0.25 if day == storm else 1.9 if day == outage else 1.0
        for half in range(INTERVALS):
            hump = 1 - abs(half - INTERVALS * 0.42) / INTERVALS
            mean = base * BY_DAY[day % 7] * hump * climb ** (day / 7) * odd
            count = max(0, round(dice.gauss(mean, mean**0.5)))
            clock = f"{8 + half // 2:02}:{30 * (half % 2):02}"
            rows.append((on.isoformat(), clock, count, dice.randint(225, 275)))
    odd_days = sorted((FIRST_DAY + timedelta(days=day)).isoformat() for day in (storm, outage))
    return Table("calls", ("day", "from", "calls", "aht_s"), tuple(rows)), odd_days


def _reasons(dice: random.Random) -> Table:
    names, weights = zip(*REASONS, strict=True)
    rows = []
    for at in range(1, 601):
        reason = dice.choices(names, weights)[0]
        again = dice.random() < (0.42 if reason == "bill not understood" else 0.12)
        on = FIRST_DAY + timedelta(days=dice.randrange(28))
        rows.append((at, on.isoformat(), reason, "yes" if again else "no"))
    return Table("contact-reasons", ("contact", "day", "reason", "came_back"), tuple(rows))


def _pareto(rows: Sequence[Row]) -> dict[str, Any]:
    """The reasons of contacts that came back, the most first, with the share so far in per cent."""
    counted = Counter(reason for _at, _on, reason, again in rows if again == "yes")
    total, so_far, lines = counted.total(), 0, []
    for reason, number in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
        so_far += number
        lines.append([reason, number, round(100 * so_far / total, 1)])
    return {"came_back": total, "lines": lines}


def _months(dice: random.Random) -> tuple[Table, dict[str, Any]]:
    """Two months of an account, and the gross margin of each: billed hours at the rate, less paid hours at their cost."""
    rate, cost, paid = dice.randint(13, 16), dice.choice((7.5, 8.0, 8.5)), dice.randrange(9_000, 15_000, 500)
    loss = dice.randint(20, 24)
    rows, answers = [], {}
    for name, paid_hours, share in (("April", paid, loss), ("May", paid + 500, loss + dice.randint(2, 4))):
        billed = paid_hours * (100 - share) / 100
        rows.append((name, paid_hours, share, rate, cost))
        revenue, labour = billed * rate, paid_hours * cost
        answers[name] = {
            "billed_hours": round(billed, 1),
            "revenue": round(revenue, 2),
            "labour": round(labour, 2),
            "margin_percent": round(100 * (revenue - labour) / revenue, 1),
        }
    columns = ("month", "paid_hours", "non_billable_percent", "rate", "cost_per_paid_hour")
    return Table("account", columns, tuple(rows)), answers


def _tickets(dice: random.Random) -> tuple[Table, dict[str, Any]]:
    """A log of tickets, and how many of each priority kept their two promises."""
    rows = []
    kept: dict[str, Counter[str]] = defaultdict(Counter)
    for at in range(1, 121):
        impact, urgency = dice.choices(("high", "low"), (1, 2))[0], dice.choices(("high", "low"), (1, 2))[0]
        priority = PRIORITY[impact, urgency]
        reply, solve = TARGETS[priority]
        opened = datetime(2026, 3, 2, 8, tzinfo=UTC) + timedelta(minutes=dice.randrange(0, 5 * 24 * 60))
        answered = round(reply * dice.uniform(0.2, 1.25))
        paused = dice.choice((0, 0, 0, 30, 60))
        solved = answered + round(solve * dice.uniform(0.3, 1.15)) + paused
        rows.append(
            (
                f"T{at:03}",
                opened.strftime(MINUTE),
                impact,
                urgency,
                (opened + timedelta(minutes=answered)).strftime(MINUTE),
                (opened + timedelta(minutes=solved)).strftime(MINUTE),
                paused,
            )
        )
        kept[priority]["all"] += 1
        kept[priority]["response_kept"] += answered <= reply
        kept[priority]["solution_kept"] += solved - paused <= solve
    columns = ("ticket", "opened", "impact", "urgency", "first_response", "solved", "paused_min")
    return Table("tickets", columns, tuple(rows)), {key: dict(kept[key]) for key in sorted(kept)}


def _contacts(dice: random.Random) -> tuple[tuple[Table, ...], dict[str, Any]]:
    """The tables of a small database, with what lies in wait: several tags a contact, days at the edge of a month, no answers."""
    contacts, tags, surveys = [], [], []
    for at in range(1, 901):
        when = datetime(2026, 2, 27, tzinfo=UTC) + timedelta(minutes=dice.randrange(0, 36 * 24 * 60))
        contacts.append(
            (
                at,
                when.strftime("%Y-%m-%d %H:%M:00"),
                dice.choice(("billing", "travel", "orders")),
                dice.randint(90, 700),
            )
        )
        for name in dice.sample(("refund", "late", "damaged"), dice.choices((0, 1, 2), (2, 5, 3))[0]):
            tags.append((at, name))
        if dice.random() < 0.4:
            surveys.append((at, dice.choice((1, 2, 3, 4, 5, None, None))))
    march = [one for one in contacts if "2026-03-01" <= one[1] < "2026-04-01"]
    by_queue: dict[str, list[int]] = defaultdict(list)
    for _at, _when, queue, seconds in march:
        by_queue[queue].append(seconds)
    with_tag = {at for at, _name in tags}
    scores = [score for _at, score in surveys if score is not None]
    asked = {
        "march_by_queue": {
            queue: {"n": len(all_), "aht": round(sum(all_) / len(all_), 1)}
            for queue, all_ in sorted(by_queue.items())
        },
        "march_without_tag": sum(one[0] not in with_tag for one in march),
        "march_refund_contacts": len(
            {at for at, name in tags if name == "refund"} & {one[0] for one in march}
        ),
        "surveys_sent": len(surveys),
        "surveys_answered": len(scores),
        "mean_score": round(sum(scores) / len(scores), 2),
    }
    return (
        Table("contact", ("id", "ts", "queue", "handle_s"), tuple(contacts)),
        Table("tag", ("contact_id", "name"), tuple(tags)),
        Table("survey", ("contact_id", "score"), tuple(surveys)),
    ), asked
