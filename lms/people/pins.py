"""What a PIN may be, how long whoever guesses has to wait, and when a device's token is renewed. Pure."""

import enum
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise

from lms.foundation.words import N_

WRONG_BEFORE_WAITING = 3
WRONG_BEFORE_GONE = 10
"""After so many wrong tries in a row a PIN opens nothing more, until its owner sets another from their own sign-in."""
DEVICE_WRONG_BEFORE_WAITING = 20
"""A shift of forty types its PINs on one PC: typing errors must not close it, a guesser must not get far."""
DEVICE_FORGETS = timedelta(hours=1)
LONGEST_WAIT = timedelta(hours=1)
SHARED_SIGN_IN_LASTS = timedelta(hours=10)
SHORT_SIGN_IN_LASTS = timedelta(hours=12)
"""A sign-in that was not asked to stay: a working day."""
IDLE_MINUTES = 5
REQUEST_LASTS = timedelta(minutes=2)
CLAIM_LASTS = timedelta(seconds=60)
"""How long after the phone's yes the PC may still go in: whoever comes to it later must not."""
MAIL_CODE_LASTS = timedelta(minutes=10)
MAIL_CODE_TRIES = 5
MAIL_CODES_AN_HOUR = 5
MOST_WRONG_MAIL_CODES = 100
"""NIST SP 800-63B-4, 3.2.2: at most a hundred wrong tries in a row."""
CHALLENGE_LASTS = timedelta(minutes=5)
RENEWED_AFTER = timedelta(hours=24)
GRACE = timedelta(minutes=2)
"""Requests that were under way while a token was renewed still carry the one before."""

_TRIED_FIRST = """
    112233 121314 123321 123654 131313 142536 147258 147852 159357 159753 192837 258369 321654 420420 456123
    456654 520520 654456 696969 741852 753159 753951 789456 789987 987456 951753 963852 102030 010203 112358
    314159 271828 246810 135790 135791 098765 567890 007007 111222 222333 333444 444555 555666 666777 777888
    888999 000001 100000 200000 101010 123123 123456
"""
_OFTEN = frozenset(_TRIED_FIRST.split())


def pin_problem(pin: str, *, own: Iterable[str | None] = ()) -> str | None:
    """Why these digits cannot be a PIN, in one sentence, or None. `own`: numbers that others know the person by."""
    if not re.fullmatch(r"[0-9]{6}", pin):
        return N_("A PIN is six digits.")
    steps = {(int(right) - int(left)) % 10 for left, right in pairwise(pin)}
    repeats = pin in (pin[:1] * 6, pin[:2] * 3, pin[:3] * 2)
    pairs = all(pin[place] == pin[place + 1] for place in (0, 2, 4))
    if len(set(pin)) < 3 or steps <= {1} or steps <= {9} or repeats or pairs or pin in _OFTEN:
        return N_("That PIN is one of the first that somebody would try. Choose another.")
    if _is_a_day(pin):
        return N_("That PIN looks like a date, such as a birthday. Choose another.")
    digits = ["".join(re.findall(r"[0-9]", number or "")) for number in own]
    if any(number and (number in pin or pin in number) for number in digits if len(number) > 3):
        return N_("Do not use your employee number as the PIN.")
    return None


def _is_a_day(pin: str) -> bool:
    """Whether it reads as a day of the last hundred years, day or month first, or as a year and month."""
    one, two, three = int(pin[:2]), int(pin[2:4]), int(pin[4:])
    day_first, month_first = 1 <= one <= 31 and 1 <= two <= 12, 1 <= one <= 12 and 1 <= two <= 31
    year_first = pin[:2] in ("19", "20") and 1 <= three <= 12
    year_last = pin[2:4] in ("19", "20") and 1 <= one <= 12
    return day_first or month_first or year_first or year_last


def wait_of_person(wrong: int) -> timedelta:
    """How long a person's PIN waits after so many wrong tries in a row: half a minute, then twice as long each time."""
    over = wrong - WRONG_BEFORE_WAITING
    return timedelta() if over < 0 else min(timedelta(seconds=30) * 2 ** min(over, 12), LONGEST_WAIT)


def wait_of_device(wrong: int) -> timedelta:
    """How long a shared device waits after so many wrong tries within an hour of one another."""
    over = wrong - DEVICE_WRONG_BEFORE_WAITING
    return timedelta() if over < 0 else min(timedelta(minutes=1) * 2 ** min(over, 12), LONGEST_WAIT)


class Renewal(enum.Enum):
    """What happens to a device's token after a request."""

    NOTHING = "nothing"
    SEEN = "seen"
    """The newest token came for the first time: the one before opens nothing from now on."""
    DUE = "due"


def renewal(
    *,
    by_previous: bool,
    since: datetime,
    confirmed: bool,
    renewed: bool,
    now: datetime,
) -> Renewal:
    """What a request by a remembered device leads to. `since`: when its newest token was made.

    `by_previous` and not `confirmed`: the reply with the newest token was lost on the way, so it is made once more.
    """
    if by_previous:
        return Renewal.DUE if not confirmed and now - since >= GRACE else Renewal.NOTHING
    if renewed and not confirmed:
        return Renewal.SEEN
    return Renewal.DUE if now - since >= RENEWED_AFTER else Renewal.NOTHING
