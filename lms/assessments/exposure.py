"""Exposure: a question that too many people of a firm were asked lately rests, so that nobody meets it who was told of it.

Pure rules. Lately is four weeks. A question at rest is asked only where the draws cannot be met without it; then the one
that fewest have seen comes first.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta

from lms.foundation.words import N_

LATELY = timedelta(days=28)
USUAL = 50
"""People of a firm who may be asked a question in four weeks, until the firm says another number."""
LEAST, MOST = 5, 5000


def limit_problem(people: int) -> str | None:
    """Why a firm cannot choose this limit, in a sentence, or None."""
    if not LEAST <= people <= MOST:
        return N_("Choose a number of people from %(least)s to %(most)s.")
    return None


def at_rest(bank: Sequence[uuid.UUID], lately: Mapping[uuid.UUID, int], *, limit: int) -> dict[int, int]:
    """The places in a bank of the questions that rest, with how many people were asked each lately."""
    return {at: seen for at, one in enumerate(bank) if (seen := lately.get(one, 0)) >= limit}
