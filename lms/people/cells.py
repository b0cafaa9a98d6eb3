"""What may stand in a cell of a file of people: texts, e-mails, roles, days."""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date

from lms.foundation.actor import Role
from lms.people.rules import sort_name

LONGEST = {"employee_number": 40, "name": 160, "email": 254, "team": 120, "job_role": 60}
ROLE_WORDS = tuple(role.value for role in Role if role is not Role.ASSOCIATION)
FIRST_YEAR, LAST_YEAR = 1900, 2100
_RUNS = frozenset("=+-@\t\r＝＋－＠")
"""What a spreadsheet takes for the start of a formula (OWASP, CSV injection), and the wide twins of it."""
_FILLERS = frozenset("\u115f\u1160\u2800\u3164\uffa0\ufffd")
"""Letters that show nothing, and the mark of a letter that was lost."""
_EMAIL = re.compile(
    r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
    r"(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+"
)
_SLASHED = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


class Unfit(ValueError):
    """A cell or a row that cannot be taken: an English template and its values, translated at the edge."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


def tidy(cell: str) -> str:
    """The cell without spaces around it or doubled in it, letters put together; our own guard against formulas taken off."""
    text = unicodedata.normalize("NFC", cell)
    if not text.isascii():
        text = "".join(" " if unicodedata.category(letter) == "Zs" else letter for letter in text)
    text = text.strip(" ")
    if text[:1] == "'" and text[1:2] in _RUNS:
        text = text[1:]
    return re.sub(" {2,}", " ", text) if "  " in text else text


def read_text(column: str, cell: str, known: str = "") -> str:
    """The text of a cell. What is known already stands, whatever it is. Raises Unfit."""
    text = tidy(cell)
    if text == tidy(known):
        return known
    refuse_what_tools_spoil(column, cell, text)
    if hidden := next((letter for letter in text if not letter.isprintable() or letter in _FILLERS), ""):
        raise Unfit(
            "%(column)s holds a character that cannot be seen or kept (%(code)s). Type it again.",
            column=column,
            code=f"U+{ord(hidden):04X} {unicodedata.name(hidden, '')}".strip(),
        )
    if len(text) > LONGEST[column] or (column == "name" and len(sort_name(text)) > LONGEST[column]):
        raise Unfit("%(column)s is longer than %(most)s characters.", column=column, most=LONGEST[column])
    return text


def refuse_what_tools_spoil(column: str, cell: str, text: str) -> None:
    """A spreadsheet would run the cell as a formula, or has opened it in a wrong encoding. `text`: the cell tidied. Raises Unfit."""
    if cell[:1] in _RUNS or text[:1] in _RUNS:
        raise Unfit(
            "%(column)s starts with “%(sign)s”, which a spreadsheet would run as a formula. Take it out.",
            column=column,
            sign=text[:1].strip() or "tab",
        )
    if meant := _misread(text):
        raise Unfit(
            "%(column)s reads “%(text)s”, which looks like “%(meant)s” opened in a wrong encoding. Save the file as CSV UTF-8.",
            column=column,
            text=shown(text),
            meant=shown(meant),
        )


def read_name(cell: str, known: str = "") -> str:
    """A person's name. Raises Unfit."""
    name = read_text("name", cell, known)
    if not name:
        raise Unfit("name is empty.")
    if name != known and not any(letter.isalpha() for letter in name):
        raise Unfit("name “%(name)s” holds no letter.", name=shown(name))
    return name


def read_number(cell: str, known: str = "") -> str:
    """An employee number: a text, with its zeros. Raises Unfit."""
    number = read_text("employee_number", cell, known)
    if number != known and re.fullmatch(r"\d(?:[.,]\d+)?E\+?\d+", number, re.IGNORECASE):
        raise Unfit(
            "employee_number “%(number)s” was shortened by a spreadsheet. Format the column as text and type it again.",
            number=number,
        )
    return number


def loose(number: str) -> str:
    """An employee number as it looks after a spreadsheet dropped its zeros and somebody its capitals."""
    return number.casefold().lstrip("0") or "0"


def read_email(cell: str, known: str = "") -> str:
    """An e-mail in small letters, or nothing. Raises Unfit."""
    if tidy(cell).lower() == known:
        return known
    text = read_text("email", cell).lower()
    if text and not _EMAIL.fullmatch(text):
        raise Unfit("“%(text)s” is not an e-mail.", text=shown(text))
    return text


def read_roles(cell: str) -> frozenset[str]:
    """Roles, parted by bars, commas or spaces. Raises Unfit for a word that is none."""
    words = frozenset(word for word in re.split(r"[|,;\s]+", tidy(cell).casefold().replace("-", "_")) if word)
    unknown = sorted(words - frozenset(Role))
    if unknown:
        raise Unfit(
            "“%(word)s” is not a role. Use: %(roles)s.", word=shown(unknown[0]), roles=", ".join(ROLE_WORDS)
        )
    return words


def day_first(cells: Iterable[str]) -> bool | None:
    """How a file writes days with slashes: True day first, False month first, None when nothing in it tells, or both do."""
    day = month = False
    for cell in cells:
        if found := _SLASHED.fullmatch(cell.strip()):
            day |= int(found.group(1)) > 12
            month |= int(found.group(2)) > 12
    return None if day == month else day


def read_day(column: str, cell: str, first: bool | None) -> date | None:
    """A day as 2026-03-05; with slashes when the file shows which part is the day. Raises Unfit."""
    text = tidy(cell)
    if not text:
        return None
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
            day = date.fromisoformat(text)
        elif found := _SLASHED.fullmatch(text):
            one, two, year = (int(part) for part in found.groups())
            if first is None and one != two:
                raise Unfit(
                    "%(column)s “%(text)s” can be read in two ways. Write the day as 2026-03-05.",
                    column=column,
                    text=text,
                )
            day = date(year, two, one) if first else date(year, one, two)
        else:
            raise ValueError
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValueError
    except Unfit:
        raise
    except ValueError:
        raise Unfit(
            "%(column)s “%(text)s” is not a day. Write it as 2026-03-05.", column=column, text=shown(text)
        ) from None
    return day


def shown(text: str, most: int = 40) -> str:
    """A piece of somebody's file, safe and short enough to stand in a sentence."""
    plain = "".join(letter if letter.isprintable() else "·" for letter in text[:most])
    return plain + ("…" if len(text) > most else "")


def _misread(text: str) -> str:
    """What a text was before UTF-8 was read as Windows-1252, or nothing."""
    if text.isascii():
        return ""
    try:
        before = text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return ""
    return before if before != text else ""
