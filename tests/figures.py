"""Files of figures with every fault we know of, made by a rule, so that a test and a measurement read the same."""

from collections.abc import Callable
from dataclasses import dataclass, field

HEADER = [
    "Agent ID",
    "Queue",
    "Shift",
    "Period",
    "Leave",
    "AHT",
    "Calls",
    "QA score",
    "Evaluations",
    "QA SD",
    "Surveys",
    "Positives",
    "FCR",
    "FCR contacts",
    "Adherence",
    "Shifts",
    "Remark",
]
PAIRS = ("fcr.n=FCR contacts",)
PLACES = {name: place for place, name in enumerate(HEADER)}
QUEUES = ("Billing", "Travel", "Cards", "Chat")
SHIFTS = ("Day", "Night")
MONTHS = [f"2025-{month:02}" for month in range(1, 13)]


def number(person: int) -> str:
    """A person's employee number: a text, with its zeros."""
    return f"{person + 1:05}"


def good(row: int, people: int) -> list[str]:
    """The so manyth row of a file without faults."""
    person, turn = row % people, row // people
    month, place = turn % 12, turn // 12
    calls, evaluations = 200 + (row * 37) % 300, 4 + row % 5
    return [
        number(person),
        QUEUES[place % 4],
        SHIFTS[place // 4 % 2] + ("" if place < 8 else f" {place // 8}"),
        MONTHS[month],
        "",
        str(240 + (row * 13) % 180),
        str(calls),
        f"{78 + (row * 7) % 21}.5",
        str(evaluations),
        "8.5",
        str(40 + row % 20),
        str(30 + row % 10),
        "80%",
        str(100),
        f"{88 + row % 11}",
        "20",
        "",
    ]


Spoil = Callable[[list[str]], None]


def put(**cells: str) -> Spoil:
    """A fault that is one wrong cell or some."""
    names = {name.lower().replace(" ", "_"): place for name, place in PLACES.items()}

    def spoil(row: list[str]) -> None:
        for name, cell in cells.items():
            row[names[name]] = cell

    return spoil


def too_many(row: list[str]) -> None:
    """A cell more than the header names."""
    row.append("who am I")


def too_few(row: list[str]) -> None:
    """A row that ends early."""
    del row[6:]


def nothing(row: list[str]) -> None:
    """A row of a person without a figure."""
    row[5:16] = [""] * 11


FAULTS: dict[str, tuple[Spoil, str]] = {
    "a stranger": (put(agent_id="77777"), "Nobody here has employee number 77777"),
    "nobody": (put(agent_id=""), "Agent ID is empty"),
    "a number shortened by a spreadsheet": (put(agent_id="1E+05"), "was shortened by a spreadsheet"),
    "zeros dropped": (put(agent_id="1"), "somebody has 00001"),
    "before the first day": (put(period="2019-05"), "before the person's first day"),
    "no period": (put(period=""), "Period is empty"),
    "a period in words": (put(period="soon"), "is not a day"),
    "a thirteenth month": (put(period="2025-13"), "is no month, week, quarter or day"),
    "a fifty-fourth week": (put(period="2025-W54"), "is no month, week, quarter or day"),
    "a day read in two ways": (put(period="03/04/2025"), "can be read in two ways"),
    "a period that is not over": (put(period="2031-01"), "is not over yet"),
    "a period of another age": (put(period="1998-01"), "is before the year 2000"),
    "an error for a period": (put(period="#REF!"), "the spreadsheet's error #REF!"),
    "no queue": (put(queue=" "), "Queue is empty"),
    "a queue that would run": (put(queue='=HYPERLINK("x")'), "would run as a formula"),
    "a queue misread": (put(queue="FacturaciÃ³n"), "opened in a wrong encoding"),
    "a queue with a hidden letter": (put(queue="Bill\u200bing"), "cannot be seen or kept (U+200B)"),
    "a queue without end": (put(queue="q" * 90), "longer than 80 characters"),
    "no shift": (put(shift=""), "Shift is empty"),
    "an error for a shift": (put(shift="#N/A"), "the spreadsheet's error #N/A"),
    "on leave": (put(leave="maternity"), "was on leave"),
    "words for a number": (put(aht="fast"), "AHT “fast” is not a number"),
    "less than nothing": (put(aht="-240"), "is less than nothing"),
    "thousands or decimals": (put(aht="1,234"), "can be read in two ways"),
    "a formula for a number": (put(aht="=A1/B1"), "is a formula, not its value"),
    "minutes for seconds": (put(aht="4.5"), "Is it in another unit?"),
    "milliseconds for seconds": (put(aht="240000"), "Is it in another unit?"),
    "a time that is none": (put(aht="5:75"), "is not a time"),
    "a division by nothing": (put(aht="#DIV/0!"), "the spreadsheet's error #DIV/0!"),
    "without end": (put(aht="Infinity"), "is not a number"),
    "too large to be true": (put(aht="1E+30"), "too large to be true"),
    "nothing counted": (put(calls=""), "Calls is empty"),
    "half a call": (put(calls="12.5"), "is not a whole number"),
    "no calls": (put(calls="0"), "nothing was counted"),
    "fewer than no calls": (put(calls="-3"), "is less than nothing"),
    "many calls": (put(calls="many"), "is not a number"),
    "a share of calls": (put(calls="50%"), "is not a whole number"),
    "a score above the most": (put(qa_score="104"), "above the most there can be"),
    "a spread of one": (put(evaluations="1", qa_sd="8"), "one value alone has no spread"),
    "more positives than answers": (put(positives="99", surveys="60"), "more than there are"),
    "half a positive": (put(positives="3.5"), "is not a whole number"),
    "a share among percentages": (put(adherence="0.93"), "reads like a share of 1"),
    "a percentage of no whole number": (put(fcr="80%", fcr_contacts="7"), "is no whole number"),
    "more than all the time": (put(adherence="130"), "above the most there can be"),
    "a cell too many": (too_many, "The row has 18 cells and the header 17"),
    "cells missing": (too_few, "cells and the header 17"),
    "a row of sums": (put(agent_id="Grand Total"), "sums up others"),
    "no figures": (nothing, "The row has no figures"),
}
"""What is wrong with a row by itself, and what the report says of it."""
BETWEEN_ROWS = ("the same again", "another value for the same", "a week inside a month")


@dataclass
class Made:
    """A file, and what each of its lines must come to: words of the reason, by line; lines not named are taken."""

    text: str
    rows: int
    expected: dict[int, str] = field(default_factory=dict)
    kinds: dict[str, list[int]] = field(default_factory=dict)


def written(row: list[str]) -> str:
    """A row as a line."""
    return ",".join(
        f'"{cell.replace(chr(34), chr(34) * 2)}"' if "," in cell or '"' in cell else cell for cell in row
    )


def make(rows: int, people: int, every: int = 20) -> Made:
    """A file of so many rows about so many people, in which every so manyth row has one of the faults in turn."""
    made = Made("", rows)
    lines = [written(HEADER)]
    kinds = [*FAULTS, *BETWEEN_ROWS]
    turn = 0
    for row in range(rows):
        line = row + 2
        cells = good(row, people)
        if row % every == every - 1:
            kind = kinds[turn % len(kinds)]
            turn += 1
            made.kinds.setdefault(kind, []).append(line)
            if kind in FAULTS:
                spoil, why = FAULTS[kind]
                spoil(cells)
                made.expected[line] = why
            elif kind == "the same again":
                cells = good(row - 3, people)
                made.expected[line] = f"says the same as row {line - 3}"
            elif kind == "another value for the same":
                cells = good(row - 5, people)
                cells[PLACES["AHT"]] = "999"
                made.expected[line] = made.expected[line - 5] = "say different things"
            else:
                cells = good(row - 7, people)
                cells[PLACES["Period"]] = f"{cells[PLACES['Period']]}-12"
                made.expected[line] = "overlaps"
        lines.append(written(cells))
    made.text = "\r\n".join(lines) + "\r\n"
    return made
