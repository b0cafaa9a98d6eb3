"""Typed words, made safe to keep and fair to compare."""

import re
import unicodedata
from collections.abc import Collection

IGNORABLE = ("case", "accents", "punctuation", "spaces")
"""What a comparison may look past."""
LONGEST = 200
"""The most letters an answer may have."""

# The typists' hyphens, apostrophes and quotation marks that NFKC leaves apart.
_PLAIN = str.maketrans({
    **dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("‘’‚‛′ʼ`´", "'"), **dict.fromkeys("“”„‟″«»", '"'), "⁄": "/",
})
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[.,](?=\d)")
_KEPT_POINT = {".": "\ue000", ",": "\ue001"}


def cleaned(text: str) -> str:
    """Text that any database can hold: NFC, spaces evened out, no control, invisible or broken characters."""
    kept = (" " if letter.isspace() else letter for letter in unicodedata.normalize("NFC", text))
    visible = "".join(letter for letter in kept if unicodedata.category(letter) not in ("Cc", "Cf", "Cs"))
    return unicodedata.normalize("NFC", " ".join(visible.split()))


def tidied(text: str, ignore: Collection[str] = IGNORABLE) -> str:
    """The text as it is compared: typists' variants made one, and what `ignore` names taken out."""
    text = _compatible(cleaned(text))
    if "case" in ignore:
        text = _compatible(text.casefold())
    if "accents" in ignore:
        text = _without_accents(text)
    if "punctuation" in ignore:
        text = _without_punctuation(text)
    return "".join(text.split()) if "spaces" in ignore else " ".join(text.split())


def _compatible(text: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).translate(_PLAIN))


def _without_accents(text: str) -> str:
    letters = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(one for one in letters if unicodedata.category(one) != "Mn"))


def _without_punctuation(text: str) -> str:
    """Apostrophes close up (don't = dont), other marks part words (call-back = call back), 3.5 stays 3.5."""
    held = _BETWEEN_DIGITS.sub(lambda found: _KEPT_POINT[found[0]], text.replace("'", ""))
    parted = "".join(" " if unicodedata.category(one).startswith("P") else one for one in held)
    for point, keeper in _KEPT_POINT.items():
        parted = parted.replace(keeper, point)
    return parted
