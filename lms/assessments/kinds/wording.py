"""When two typed answers are the same: tidy-up rules, chosen by the author."""

import re
import unicodedata
from collections.abc import Collection

RULES = ("case", "accents", "punctuation", "spaces")
_HIDDEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")


def tidy(text: str, ignore: Collection[str] = RULES) -> str:
    """The text with what the author does not care about taken away."""
    text = unicodedata.normalize("NFKC", _HIDDEN.sub("", text)).replace("’", "'").replace("‘", "'")
    text = re.sub(r"[“”]", '"', text)
    if "case" in ignore:
        text = text.casefold()
    if "accents" in ignore:
        decomposed = unicodedata.normalize("NFD", text)
        text = unicodedata.normalize("NFC", "".join(c for c in decomposed if not unicodedata.combining(c)))
    if "punctuation" in ignore:
        bare = "".join(" " if unicodedata.category(c).startswith("P") else c for c in text)
        text = bare if bare.strip() else text  # an answer that is all punctuation is about punctuation
    text = " ".join(text.split())
    return text.replace(" ", "") if "spaces" in ignore else text
