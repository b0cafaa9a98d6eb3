"""Rows of a file of figures against each other: two that disagree, and a period inside another."""

from datetime import date
from itertools import accumulate

from lms.people.cells import Unfit
from lms.tracks.kpi.rows import Fact, Line


def refuse_disagreeing(lines: list[Line]) -> None:
    """Two rows about one thing: the same is taken once; of different ones neither is, for nobody can tell which is right."""
    seen: dict[int, int] = {}
    wrong: dict[int, set[int]] = {}
    for at, line in enumerate(lines):
        repeated: list[int] = []
        for fact in line.facts:
            before = lines[seen.setdefault(hash(fact[:6]), at)]
            if before is line:
                continue
            there = next((one for one in before.facts if one[:6] == fact[:6]), None)
            if there == fact:
                repeated.append(before.number)
            elif there is not None:
                wrong.setdefault(at, set()).add(before.number)
                wrong.setdefault(seen[hash(fact[:6])], set()).add(line.number)
        if repeated and len(repeated) == len(line.facts) and at not in wrong:
            line.reasons = (Unfit("The row says the same as row %(row)s.", row=repeated[0]),)
            line.facts = ()
    for at, others in wrong.items():
        lines[at].facts = ()
        lines[at].reasons = (
            Unfit(
                "The row and row %(rows)s say different things of one person, queue, shift, metric and period. Neither is taken.",
                rows=", ".join(str(one) for one in sorted(others)[:8]),
            ),
        )


def refuse_overlapping(lines: list[Line]) -> None:
    """A week inside a month would be counted twice: what overlaps an earlier row's period is skipped."""
    spans = sorted({fact[4:6] for line in lines for fact in line.facts})
    reach = [date.min, *accumulate((one[1] for one in spans), max)]
    if not any(one[0] <= before for one, before in zip(spans, reach, strict=False)):
        return
    taken: dict[tuple[object, ...], list[tuple[date, date]]] = {}
    for line in lines:
        for fact in line.facts:
            there = taken.setdefault(fact[:4], [])
            for start, end in there:
                if fact.starts_on <= end and fact.ends_on >= start and (start, end) != fact[4:6]:
                    line.reasons = (overlap(fact, start, end),)
        if line.reasons:
            line.facts = ()
        for fact in line.facts:
            taken[fact[:4]].append((fact.starts_on, fact.ends_on))


def overlap(fact: Fact, start: date, end: date) -> Unfit:
    """Why a figure that overlaps another period is skipped."""
    return Unfit(
        "The period %(from)s to %(to)s overlaps %(start)s to %(end)s, which is known already: it would be counted twice.",
        **{"from": fact.starts_on, "to": fact.ends_on, "start": start, "end": end},
    )
