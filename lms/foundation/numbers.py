"""Numbers as an address, a form or a file writes them."""

from typing import TypeVar

N = TypeVar("N", bound=int | None)


def whole_number(text: str, otherwise: N, *, digits: int = 9) -> int | N:
    """The number that a text is: plain digits from 0 to 9, so many at most and nothing else. Any other text: `otherwise`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else otherwise
