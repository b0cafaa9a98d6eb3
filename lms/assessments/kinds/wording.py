"""When two typed answers are the same, by tidy-up rules the author chose; and what a form says, in words."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

NOT_SAID = ("answer-path", "answer-again", "answer-plays")
"""Fields of an answer that its page fills in, not its person."""
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


def in_words(ask: Mapping[str, Any], raw: Mapping[str, list[str]]) -> list[tuple[str, str]]:
    """The fields of a form in the words of the question: what each is about (nothing when there is one), what it says."""
    about = {one["ref"]: one["text"] for one in (*ask.get("rows", ()), *ask.get("items", ()))}
    offered = {one["ref"]: one["text"] for one in (*ask.get("options", ()), *ask.get("choices", ()))}
    gaps = {
        piece["gap"]: {one["ref"]: one["text"] for one in piece["options"]}
        for piece in ask.get("pieces", ())
        if "gap" in piece
    }
    said = []
    for name, values in raw.items():
        part = name.removeprefix("answer").removeprefix("-")
        texts = gaps.get(part, offered)
        if name.startswith("answer") and name not in NOT_SAID and any(values):
            said.append((about.get(part, part), " · ".join(texts.get(one, one) for one in values if one)))
    return said
