"""A ledger and a role profile as files, so that anybody can ask the rule again, on any machine, without our database.

A ledger is a JSON list of facts, or one JSON object a line; a profile is `{key, name, version, levels: {A1: 2}}`, as
JSON or YAML. Names are those of `rules.Evidence`; `docs/readiness.md` explains each.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from typing import Any

from lms.foundation.errors import Invalid
from lms.foundation.text import nearest
from lms.foundation.yaml import BadYaml, read_yaml
from lms.tracks.rules import Contested, Evidence, EvidenceKind, ProfileUsed

OUTCOMES = ("passed", "failed", "rated", "completed")
CONTEST_OUTCOMES = ("upheld", "withdrawn")
_KNOWN = tuple(field.name for field in fields(Evidence))
_CONTEST = tuple(field.name for field in fields(Contested))
_TEXTS = ("competency", "requirement", "rater", "supersedes", "title", "example")
_NUMBERS = ("score", "error", "pass_mark")


@dataclass(frozen=True)
class Profile:
    """A role profile from a file: which competency at which level."""

    used: ProfileUsed
    levels: Mapping[str, int]


class _Bad(ValueError):
    """What is wrong with one fact."""


def read_ledger(text: str) -> list[Evidence]:
    """The facts of a ledger. Raises Invalid with a sentence for every fact that cannot be taken."""
    found, problems, seen = [], [], set()
    for number, entry in enumerate(_entries(text), start=1):
        try:
            one = _fact(entry)
            if one.id in seen:
                raise _Bad(f"the id “{one.id}” stands twice")
            seen.add(one.id)
            found.append(one)
        except _Bad as error:
            problems.append(f"Fact {number}: {error}.")
    if problems:
        raise Invalid("This ledger cannot be read. Nothing was worked out.", problems)
    return found


def _entries(text: str) -> Sequence[Any]:
    text = text.removeprefix("\ufeff").strip()
    try:
        if text.startswith("["):
            entries: Sequence[Any] = json.loads(text)
        else:
            entries = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (json.JSONDecodeError, RecursionError) as error:
        raise Invalid("This ledger is not JSON: %(why)s.", why=str(error)) from None
    return entries


def _fact(entry: Any) -> Evidence:
    if not isinstance(entry, Mapping):
        raise _Bad("write it as an object")
    for name in entry:
        if name not in _KNOWN:
            raise _Bad(f"we do not know “{name}”. {nearest(str(name), _KNOWN)}".rstrip("."))
    on = _day(entry, "on")
    if on is None:
        raise _Bad("it needs “on”, the day of the fact, such as 2026-03-01")
    texts = {name: _text(entry, name) for name in _TEXTS}
    numbers = {name: _number(entry, name) for name in _NUMBERS}
    level = entry.get("level")
    if level is not None and (isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= 5):
        raise _Bad("“level” is a whole number from 1 to 5")
    return Evidence(
        id=_needed(entry, "id"),
        kind=EvidenceKind(_one_of(entry, "kind", tuple(EvidenceKind))),
        on=on,
        recorded_at=_moment(entry, "recorded_at") or datetime.combine(on, time(), UTC),
        outcome=_one_of(entry, "outcome", OUTCOMES),
        level=level,
        expires_on=_day(entry, "expires_on"),
        contests=tuple(_contests(entry)),
        competency=texts["competency"],
        requirement=texts["requirement"],
        rater=texts["rater"],
        supersedes=texts["supersedes"],
        title=texts["title"] or "",
        example=texts["example"] or "",
        **numbers,
    )


def _contests(entry: Mapping[str, Any]) -> Iterator[Contested]:
    contests = entry.get("contests") or []
    if not isinstance(contests, list) or not all(isinstance(one, Mapping) for one in contests):
        raise _Bad("“contests” is a list of objects")
    for one in contests:
        if unknown := [name for name in one if name not in _CONTEST]:
            raise _Bad(f"a contest has no “{unknown[0]}”")
        at, resolved = _moment(one, "at"), _moment(one, "resolved_at")
        if at is None:
            raise _Bad("a contest needs “at”")
        outcome = _one_of(one, "outcome", CONTEST_OUTCOMES) if one.get("outcome") else None
        if (resolved is None) != (outcome is None):
            raise _Bad("a contest has “resolved_at” and “outcome”, or neither")
        yield Contested(at, resolved, outcome, _text(one, "reason") or "", _text(one, "answer") or "")


def _text(entry: Mapping[str, Any], name: str) -> str | None:
    value = entry.get(name)
    if value is not None and not isinstance(value, str):
        raise _Bad(f"“{name}” is a text")
    return value or None


def _needed(entry: Mapping[str, Any], name: str) -> str:
    value = _text(entry, name)
    if value is None:
        raise _Bad(f"it needs “{name}”")
    return value


def _one_of(entry: Mapping[str, Any], name: str, allowed: Sequence[str]) -> str:
    value = _needed(entry, name)
    if value not in allowed:
        raise _Bad(f"“{name}” is one of {', '.join(allowed)}")
    return value


def _number(entry: Mapping[str, Any], name: str) -> float | None:
    value = entry.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _Bad(f"“{name}” is a share from 0 to 1")
    return float(value)


def _day(entry: Mapping[str, Any], name: str) -> date | None:
    value = _text(entry, name)
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise _Bad(f"“{name}” is a day such as 2026-03-01") from None


def _moment(entry: Mapping[str, Any], name: str) -> datetime | None:
    """A moment, or a day that stands for its beginning. One without a zone is in UTC."""
    value = _text(entry, name)
    try:
        found = datetime.fromisoformat(value) if value else None
    except ValueError:
        raise _Bad(f"“{name}” is a moment such as 2026-03-01T10:00:00+00:00") from None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def read_profile(text: str, competencies: Sequence[Mapping[str, Any]]) -> Profile:
    """A role profile. Raises Invalid when it is none, or asks for a competency that there is not."""
    try:
        said = read_yaml(text.removeprefix("\ufeff"))
    except BadYaml as error:
        raise Invalid(
            "This profile cannot be read: line %(line)s. %(why)s", line=error.line, why=error.sentence
        ) from None
    if not isinstance(said, Mapping) or not isinstance(said.get("levels"), Mapping) or not said["levels"]:
        raise Invalid("A profile is {key, name, version, levels: {A1: 2}}.")
    known = {one["key"] for one in competencies}
    for key, level in said["levels"].items():
        if key not in known:
            raise Invalid(
                "There is no competency “%(key)s”. %(remedy)s", key=key, remedy=nearest(str(key), known)
            )
        if isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= 5:
            raise Invalid("The level of %(key)s is a whole number from 1 to 5.", key=key)
    version = said.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int):
        raise Invalid("The version of a profile is a whole number.")
    used = ProfileUsed(str(said.get("key", "")), str(said.get("name", "")), version)
    return Profile(used, dict(said["levels"]))
