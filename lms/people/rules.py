"""Rules about people that need no database: names, passwords, tokens, the audit chain."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

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
