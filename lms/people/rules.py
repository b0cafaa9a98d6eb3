"""Rules about people that need no database: names, passwords, tokens, the audit chain."""

import hashlib
import json
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lms.foundation.actor import Role
from lms.foundation.words import N_

PASSWORD_MIN = 15
"""NIST SP 800-63B-4: at least 15 characters when a password is the only factor; no composition rules, no forced change."""
PASSWORD_MAX = 200
SIGN_IN_LASTS = timedelta(days=30)
RESET_LASTS = timedelta(hours=24)
INVITATION_LASTS = timedelta(days=14)


def folded(text: str) -> str:
    """Lower case without accents: what names are sorted and searched by."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return " ".join("".join(letter for letter in plain if not unicodedata.combining(letter)).split())


def sort_name(name: str) -> str:
    """Family name first: the last word, then the rest."""
    words = folded(name).split()
    return " ".join(words[-1:] + words[:-1])


def day_at(time_zone: str, moment: datetime) -> date:
    """Which day it is there: a night shift's last day ends at its own midnight, not at Greenwich's."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: nothing that is mistaken for something else when read out."""
CODE_LENGTH = 12
"""Sixty bits: more than can be tried against the rate limits, few enough to read out and type on a phone."""


def plain_code(typed: str) -> str:
    """A code as it was made, from what a person typed: any case, dashes, spaces, O for 0, I or L for 1."""
    return "".join(typed.upper().replace("-", "").split()).translate(str.maketrans("OIL", "011"))


def shown_code(code: str) -> str:
    """A code in groups of four."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def token_hash(token: str) -> str:
    """What is kept of a secret token."""
    return hashlib.sha256(token.encode()).hexdigest()


@cache
def common_passwords() -> frozenset[str]:
    """The shipped blocklist."""
    return frozenset((Path(__file__).parent / "common_passwords.txt").read_text().split("\n"))


def password_problem(password: str, *, own_words: tuple[str, ...] = ()) -> str | None:
    """Why this password cannot be taken, in one sentence, or None."""
    plain = folded(password)
    if len(password) < PASSWORD_MIN:
        return N_("Use at least 15 characters. Four or five unrelated words are easy to remember.")
    if len(password) > PASSWORD_MAX:
        return N_("Use at most 200 characters.")
    if len(set(plain)) < 5 or plain in common_passwords() or plain.replace(" ", "") in common_passwords():
        return N_("That password is on the list that attackers try first. Choose another.")
    if any(len(word) > 3 and folded(word) == plain for word in own_words):
        return N_("Do not use your own name, number or e-mail as the password.")
    return None


def audit_hash(
    previous: str, *, number: int, at: datetime, by: str, act: str, subject: str, detail: Mapping[str, Any]
) -> str:
    """The hash of an entry of the audit chain, covering the hash before it."""
    words = [
        previous,
        number,
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        by,
        act,
        subject,
        detail,
    ]
    return hashlib.sha256(json.dumps(words, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def device_name(user_agent: str) -> str:
    """A browser's user-agent as words a person knows."""
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("Linux", "Linux"),
    )
    browsers = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
    system = next((name for mark, name in systems if mark in user_agent), "")
    browser = next((name for mark, name in browsers if mark in user_agent), "")
    return " · ".join(part for part in (browser, system) if part) or N_("Unknown device")


def team_paths(teams: Mapping[uuid.UUID, tuple[str, uuid.UUID | None]]) -> dict[uuid.UUID, tuple[str, ...]]:
    """Each team's names from the top down to itself. `teams`: name and parent by id; a circle is cut, never followed."""
    paths: dict[uuid.UUID, tuple[str, ...]] = {}
    for team in teams:
        names: list[str] = []
        seen: set[uuid.UUID] = set()
        here: uuid.UUID | None = team
        while here is not None and here in teams and here not in seen:
            seen.add(here)
            names.append(teams[here][0])
            here = teams[here][1]
        paths[team] = tuple(reversed(names))
    return paths


def would_circle(
    team: uuid.UUID, parent: uuid.UUID | None, parents: Mapping[uuid.UUID, uuid.UUID | None]
) -> bool:
    """Whether a team would hang under itself. `parents`: the parent of each team as it is now."""
    seen: set[uuid.UUID] = set()
    here = parent
    while here is not None and here not in seen:
        if here == team:
            return True
        seen.add(here)
        here = parents.get(here)
    return False


TIME_FACTORS = (1.0, 1.25, 1.5, 2.0)
BREAKS = (0, 10, 20, 30)
"""Minutes of break that a firm may grant in a timed assessment."""
"""Extra time a firm may grant: none, a quarter, a half, as long again."""


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be added to a firm."""

    name: str
    employee_number: str | None
    email: str | None
    job_role: str
    team_id: uuid.UUID | None
    roles: frozenset[Role]
    started_on: date


@dataclass(frozen=True)
class PersonFacts:
    """What a firm writes about a person, apart from team and roles."""

    name: str
    employee_number: str | None
    job_role: str
    started_on: date
    time_factor: float
    break_minutes: int = 0
    large_print: bool = False
    read_aloud: bool = False


@dataclass(frozen=True)
class TeamFacts:
    """A team as it should be. `lead`: an employee number or a name, as typed; empty for none."""

    name: str
    parent_id: uuid.UUID | None
    lead: str


@dataclass(frozen=True)
class TimeAway:
    """A time somebody is away: both days included, open while it has no last day."""

    since: date
    until: date | None
    protected: bool
    reason: str = ""


@dataclass(frozen=True)
class NewFirm:
    """A firm to be added."""

    key: str
    name: str
    time_zone: str
    language: str


@dataclass(frozen=True)
class NewAdministrator:
    """A firm's first administrator."""

    name: str
    email: str | None
    employee_number: str | None


def mark_of(*values: object) -> str:
    """A short mark of the values a form showed: another mark later means somebody changed them meanwhile."""
    return hashlib.sha256("\x1f".join(str(value) for value in values).encode()).hexdigest()[:16]


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs, as [was, is] by name; only values that JSON can hold."""
    return {name: [before[name], after[name]] for name in after if before[name] != after[name]}
