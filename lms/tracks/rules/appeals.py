"""Appeals: what may be re-rated, and how a rating is made blind. Pure."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lms.foundation.words import N_

GROUND_WORDS: Mapping[str, str] = {
    "evidence": N_("A rating of my work is wrong"),
    "interview": N_("My interview was rated wrongly"),
    "process": N_("It was not done as it should be"),
}
OUTCOME_WORDS: Mapping[str, str] = {
    "upheld": N_("The decision stands"),
    "changed": N_("The appeal is right: the decision is to be changed"),
    "sent_back": N_("Sent back: it is to be decided again"),
}
SOMEBODY = "▒▒▒"
"""What stands where a name was."""
RATED_BY_EYE = frozenset(("observed", "work_sample", "attestation", "interview", "panel"))
"""Kinds that somebody rated by an anchor, and that somebody else can rate again from what is written."""


def can_be_rated_again(row: Mapping[str, Any]) -> bool:
    """Whether a frozen row of the ledger is a person's rating of a competency."""
    return bool(row.get("rater_id") and row.get("competency") and row.get("kind") in RATED_BY_EYE)


def without_names(text: str, names: Iterable[str]) -> str:
    """The text with each name, and each part of a name of three letters or more, made unreadable.

    What else gives somebody away (a queue, a day) stays: a reader who knows the floor may still guess.
    """
    whole = {one.strip() for one in names if one.strip()}
    parts = whole | {part for one in whole for part in re.findall(r"\w+", one) if len(part) >= 3}
    for one in sorted(parts, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(one)}(?!\w)", SOMEBODY, text, flags=re.IGNORECASE)
    return text
