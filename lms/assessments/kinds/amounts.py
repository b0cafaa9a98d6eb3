"""Numbers as people type them, and as a page shows them."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite

LONGEST = 40
"""The most characters a typed number may have, its unit included."""

_MINUS = str.maketrans(dict.fromkeys("−‐‑‒–—﹣－", "-"))
_SHAPE = re.compile(
    r"(?P<before>[^\d.,+-]*)(?P<sign>[+-]?) ?(?P<digits>[.,]?\d(?:[\d., ']*[\d.,])?)(?P<after>[^\d]*)", re.ASCII
)
# How the digits may be written: the shape, what only groups them, what marks the decimals. The first that fits counts.
_FORMS = tuple((re.compile(shape, re.ASCII), group, point) for shape, group, point in (
    (r"\d+\.?|\d*\.\d+", "", "."),  # 1234.5
    (r"[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?", ",", "."),  # 1,234.5
    (r"\d{1,3}(?: \d{3})+(?:\.\d+)?", " ", "."),  # 1 234.5
    (r"\d{1,3}(?: \d{3})+,\d+", " ", ","),  # 1 234,5
    (r"\d{1,3}(?:'\d{3})+(?:\.\d+)?", "'", "."),  # 1'234.5
    (r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}", ".", ","),  # 1.234,5
    (r"\d*,\d+", "", ","),  # 83,3
))


def read_amount(text: str) -> tuple[float, str] | None:
    """The number in a text and the unit beside it ("" when there is none); None when it cannot be read."""
    text = " ".join(unicodedata.normalize("NFKC", text.translate(_MINUS)).replace("’", "'").split())
    shape = _SHAPE.fullmatch(text)
    if len(text) > LONGEST or shape is None:
        return None
    number = _number(shape["digits"])
    before, after = shape["before"].strip(), shape["after"].strip()
    if number is None or (before and after):
        return None
    return (-number if shape["sign"] == "-" else number) + 0.0, before or after


def _number(digits: str) -> float | None:
    for shape, group, point in _FORMS:
        if shape.fullmatch(digits):
            number = float((digits.replace(group, "") if group else digits).replace(point, "."))
            return number if isfinite(number) else None
    return None


def rounded(value: float, decimals: int = 0) -> float:
    """Rounded as people round, halves away from nought."""
    return float(_rounded(value, decimals))


def shown(value: float, decimals: int | None = None) -> str:
    """The number as a page shows it, 1,234.50; without `decimals` at most four, and no noughts at the end."""
    if decimals is not None:
        return f"{_rounded(value, decimals):,f}"
    text = f"{_rounded(value, 4):,f}"
    return text.rstrip("0").rstrip(".")


def _rounded(value: float, decimals: int) -> Decimal:
    step = Decimal(1).scaleb(-decimals)
    exact = Decimal(repr(value))
    if exact.adjusted() > 20:  # far beyond what decimals could change, and beyond what quantize can hold
        return exact
    return exact.quantize(step, ROUND_HALF_UP) + 0  # + 0 turns -0 into 0
