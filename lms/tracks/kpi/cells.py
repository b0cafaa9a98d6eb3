"""What may stand in a cell of a file of figures: numbers as tools write them, periods, names of queues."""

import re
import unicodedata
from datetime import date, timedelta

from lms.people.cells import Unfit, read_day, refuse_what_tools_spoil, shown, tidy
from lms.tracks.kpi.judging import last_day

LONGEST_NAME = 80
FIRST_YEAR = 2000
MOST_DAYS = 92
"""A period is a day, a week, a month or a quarter."""
_ERRORS = re.compile(
    r"#(DIV/0!|N/?A|REF!|NAME\?|VALUE!|NUM!|NULL!|¡DIV/0!|¡REF!|¿NOMBRE\?|¡VALOR!)", re.IGNORECASE
)
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january ene enero",
            "feb february febrero",
            "mar march marzo",
            "apr april abr abril",
            "may mayo",
            "jun june junio",
            "jul july julio",
            "aug august ago agosto",
            "sep sept september septiembre",
            "oct october octubre",
            "nov november noviembre",
            "dec december dic diciembre",
        ),
        1,
    )
    for name in names.split()
}
_EXCEL_ZERO = date(1899, 12, 30)
_TOTALS = frozenset(
    [
        "total",
        "totals",
        "grandtotal",
        "average",
        "overall",
        "subtotal",
        "promedio",
        "totalgeneral",
        "teamtotal",
        "teamaverage",
        "sum",
    ]
)


def is_a_total(cell: str) -> bool:
    """Whether a row sums up others: tools put one beneath their lists."""
    bare = unicodedata.normalize("NFKD", cell).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]", "", bare) in _TOTALS


def read_words(column: str, cell: str) -> str:
    """The name of a queue or a shift. Raises Unfit."""
    text = tidy(cell)
    if not text:
        raise Unfit("%(column)s is empty.", column=column)
    _refuse_errors(column, text)
    refuse_what_tools_spoil(column, cell, text)
    if hidden := next((letter for letter in text if not letter.isprintable()), ""):
        raise Unfit(
            "%(column)s holds a character that cannot be seen or kept (%(code)s). Type it again.",
            column=column,
            code=f"U+{ord(hidden):04X}",
        )
    if len(text) > LONGEST_NAME:
        raise Unfit("%(column)s is longer than %(most)s characters.", column=column, most=LONGEST_NAME)
    return text


def read_amount(column: str, cell: str, *, whole: bool = False) -> tuple[float, bool, int]:
    """A number, whether it was written with a percent sign, and with how many decimals. Raises Unfit."""
    text = tidy(cell).replace(" ", "")
    if not text:
        raise Unfit("%(column)s is empty.", column=column)
    _refuse_errors(column, text)
    if text[:1] in "=@+＝＠＋":
        raise Unfit(
            "%(column)s “%(text)s” is a formula, not its value. Save the file as values.",
            column=column,
            text=shown(text),
        )
    percent = text.endswith("%")
    bare = text.rstrip("%")
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        if bare.count(",") == 1 and "." not in bare and not whole:
            raise Unfit(
                "%(column)s “%(text)s” can be read in two ways. Write it with a point and without thousands.",
                column=column,
                text=shown(text),
            )
        bare = bare.replace(",", "")
    elif re.fullmatch(r"-?\d{1,3}(\.\d{3})+,\d+", bare):
        bare = bare.replace(".", "").replace(",", ".")
    elif re.fullmatch(r"-?\d+,\d+", bare):
        bare = bare.replace(",", ".")
    if not re.fullmatch(r"-?(\d+(\.\d*)?|\.\d+)(E[+-]?\d{1,2})?", bare, re.IGNORECASE) or len(bare) > 40:
        raise Unfit("%(column)s “%(text)s” is not a number.", column=column, text=shown(text))
    value = float(bare)
    if value < 0:
        raise Unfit("%(column)s “%(text)s” is less than nothing.", column=column, text=shown(text))
    if value > 1e12:
        raise Unfit("%(column)s “%(text)s” is too large to be true.", column=column, text=shown(text))
    return value, percent, len(bare.partition(".")[2])


def read_count(column: str, cell: str) -> int:
    """A whole number from 1 on. Raises Unfit."""
    value, percent, _decimals = read_amount(column, cell, whole=True)
    if percent or value != int(value):
        raise Unfit("%(column)s “%(text)s” is not a whole number.", column=column, text=shown(cell))
    if value == 0:
        raise Unfit("%(column)s is 0: nothing was counted, so there is nothing to say.", column=column)
    return int(value)


def read_seconds(column: str, cell: str) -> float:
    """Seconds, or minutes and hours parted by colons. Raises Unfit."""
    text = tidy(cell)
    if found := re.fullmatch(r"(?:(\d{1,3}):)?(\d{1,3}):(\d{2}(?:\.\d+)?)", text):
        hours, minutes, seconds = (float(part or 0) for part in found.groups())
        if seconds >= 60 or (found[1] and minutes >= 60):
            raise Unfit("%(column)s “%(text)s” is not a time.", column=column, text=shown(text))
        return hours * 3600 + minutes * 60 + seconds
    return read_amount(column, text)[0]


def read_period(column: str, cell: str, first: bool | None) -> tuple[date, date]:
    """The first and last day of a month, a week, a quarter or a day. Raises Unfit."""
    text = tidy(cell)
    if not text:
        raise Unfit("%(column)s is empty.", column=column)
    _refuse_errors(column, text)
    low = text.lower()
    if (found := re.fullmatch(r"(\d{4})-(\d{1,2})|(\d{4})(\d{2})", low)) and not re.fullmatch(r"\d{5}", low):
        return _month(column, text, int(found[1] or found[3]), int(found[2] or found[4]))
    if found := re.fullmatch(r"(\d{1,2})/(\d{4})", low):
        return _month(column, text, int(found[2]), int(found[1]))
    if found := re.fullmatch(r"([a-zñ]+)\.?[\s/-]+(?:de\s+)?(\d{4})", low):
        return _month(column, text, int(found[2]), _MONTHS.get(found[1], 0))
    if found := re.fullmatch(r"(\d{4})-?q([1-4])|q([1-4])[\s-]?(\d{4})", low):
        year, quarter = int(found[1] or found[4]), int(found[2] or found[3])
        start, _end = _month(column, text, year, 3 * quarter - 2)
        return start, last_day(start + timedelta(days=80))
    if found := re.fullmatch(r"(\d{4})-?w(\d{1,2})", low):
        try:
            start = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        except ValueError:
            raise _no_period(column, text) from None
        return _plausible(column, text, start, start + timedelta(days=6))
    if re.fullmatch(r"[34]\d{4}(\.0+)?|5[0-4]\d{3}(\.0+)?", low):
        day = _EXCEL_ZERO + timedelta(days=int(float(low)))
        return _plausible(column, text, day, day)
    one = read_day(column, re.sub(r"[T ]0?0:00(:00)?$", "", text), first)
    if one is None:
        raise _no_period(column, text)
    return _plausible(column, text, one, one)


def read_one_day(column: str, cell: str, first: bool | None) -> date:
    """A day. Raises Unfit."""
    start, end = read_period(column, cell, first)
    if start != end:
        raise Unfit(
            "%(column)s “%(text)s” is not a day. Write it as 2026-03-05.", column=column, text=shown(cell)
        )
    return start


def _month(column: str, text: str, year: int, month: int) -> tuple[date, date]:
    try:
        start = date(year, month, 1)
    except ValueError:
        raise _no_period(column, text) from None
    return _plausible(column, text, start, last_day(start))


def _plausible(column: str, text: str, start: date, end: date) -> tuple[date, date]:
    if start.year < FIRST_YEAR:
        raise Unfit(
            "%(column)s “%(text)s” is before the year %(year)s.", column=column, text=text, year=FIRST_YEAR
        )
    return start, end


def _no_period(column: str, text: str) -> Unfit:
    return Unfit(
        "%(column)s “%(text)s” is no month, week, quarter or day. Write it as 2026-03, 2026-W10, 2026-Q1 or 2026-03-05.",
        column=column,
        text=shown(text),
    )


def _refuse_errors(column: str, text: str) -> None:
    if _ERRORS.fullmatch(text):
        raise Unfit(
            "%(column)s holds the spreadsheet's error %(text)s instead of a value.",
            column=column,
            text=shown(text),
        )
