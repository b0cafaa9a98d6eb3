"""A ledger and a role profile as files, so that anybody can ask the rule again, on any machine, without our database.

A ledger is a JSON list of facts, or one JSON object a line, or `{facts, leave, rule}`; a profile is `{key, name, version, levels: {A1: 2}}`, as
JSON or YAML. Names are those of `rules.Evidence`; `docs/readiness.md` explains each.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

from lms.foundation.errors import Invalid
from lms.foundation.text import nearest
from lms.foundation.yaml import BadYaml, read_yaml
from lms.tracks.rules import Contested, Evidence, EvidenceKind, Leave, ProfileUsed, plain

OUTCOMES = ("passed", "failed", "rated", "completed")
CONTEST_OUTCOMES = ("upheld", "withdrawn")
_KNOWN = tuple(field.name for field in fields(Evidence))
_CONTEST = tuple(field.name for field in fields(Contested))
_LEAVE = tuple(field.name for field in fields(Leave))
Dated = TypeVar("Dated", Evidence, Leave)
_PARTS = ("facts", "leave", "rule")
_TEXTS = ("competency", "requirement", "rater", "supersedes", "title", "example", "form")
_NUMBERS = ("score", "error", "pass_mark")


@dataclass(frozen=True)
class Profile:
    """A role profile from a file: which competency at which level."""

    used: ProfileUsed
    levels: Mapping[str, int]


@dataclass(frozen=True)
class Ledger:
    """What a ledger file says: the facts, the person's protected leave, and the version of the rule it asks for."""

    facts: list[Evidence]
    leave: tuple[Leave, ...] = ()
    rule: int | None = None


class _Bad(ValueError):
    """What is wrong with one fact."""


def read_ledger(text: str) -> Ledger:
    """A ledger in any of its forms. Raises Invalid with a sentence for every entry that cannot be taken."""
    parts = _parts(text)
    problems: list[str] = []
    facts = _each(parts["facts"], _fact, "Fact", problems)
    leave = _each(parts.get("leave") or [], _leave, "Leave", problems)
    rule = parts.get("rule")
    if rule is not None and (isinstance(rule, bool) or not isinstance(rule, int) or rule < 1):
        problems.append("“rule” is the number of a version of the rule.")
    if problems:
        raise Invalid("This ledger cannot be read. Nothing was worked out.", problems)
    return Ledger(facts, tuple(leave), rule)


def _each(
    entries: Sequence[Any], read: Callable[[Any], Dated], called: str, problems: list[str]
) -> list[Dated]:
    found, seen = [], set()
    for number, entry in enumerate(entries, start=1):
        try:
            one = read(entry)
            if one.id in seen:
                raise _Bad(f"the id “{one.id}” stands twice")
            seen.add(one.id)
            found.append(one)
        except _Bad as error:
            problems.append(f"{called} {number}: {error}.")
    return found


def _parts(text: str) -> Mapping[str, Any]:
    """The parts of the file: of a list, or of a fact a line, only the facts."""
    text = text.removeprefix("\ufeff").strip()
    whole = _whole(text) if text.startswith("{") else None
    if whole is not None:
        if unknown := [name for name in whole if name not in _PARTS]:
            raise Invalid("A ledger has no part “%(name)s”.", name=unknown[0])
        if not isinstance(whole["facts"], list) or not isinstance(whole.get("leave") or [], list):
            raise Invalid("“facts” and “leave” of a ledger are lists.")
        return whole
    try:
        if text.startswith("["):
            return {"facts": json.loads(text)}
        return {"facts": [json.loads(line) for line in text.splitlines() if line.strip()]}
    except (json.JSONDecodeError, RecursionError) as error:
        raise Invalid("This ledger is not JSON: %(why)s.", why=str(error)) from None


def _whole(text: str) -> Mapping[str, Any] | None:
    """One object with `facts`; none when the text is a fact a line."""
    try:
        whole = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    return whole if "facts" in whole else None


def _leave(entry: Any) -> Leave:
    if not isinstance(entry, Mapping):
        raise _Bad("write it as an object")
    for name in entry:
        if name not in _LEAVE:
            raise _Bad(f"a leave has no “{name}”")
    since, until = _day(entry, "since"), _day(entry, "until")
    if since is None:
        raise _Bad("it needs “since”, its first day, such as 2026-03-01")
    if until is not None and until < since:
        raise _Bad("“until” is not before “since”")
    if not isinstance(entry.get("taken_back", False), bool):
        raise _Bad("“taken_back” is true or false")
    recorded = _moment(entry, "recorded_at") or datetime.combine(since, time(), UTC)
    superseded = _text(entry, "supersedes")
    return Leave(_needed(entry, "id"), since, until, recorded, superseded, bool(entry.get("taken_back")))


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
        form=texts["form"] or "",
        since=_day(entry, "since"),
        critical=_critical(entry),
        both_forms=_yes(entry, "both_forms"),
        score=numbers["score"],
        error=numbers["error"],
        pass_mark=numbers["pass_mark"],
        information=_yes(entry, "information"),
    )


def _yes(entry: Mapping[str, Any], name: str) -> bool:
    value = entry.get(name, False)
    if not isinstance(value, bool):
        raise _Bad(f"“{name}” is true or false")
    return value


def _critical(entry: Mapping[str, Any]) -> tuple[str, ...]:
    said = entry.get("critical") or []
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise _Bad("“critical” is a list of texts")
    return tuple(said)


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


def write_ledger(
    facts: Sequence[Evidence], leave: Sequence[Leave], names: Mapping[str, str], rule: int
) -> str:
    """A ledger as a file that `read_ledger` takes: ids are f0001, f0002, … by date, raters by name."""
    ordered = sorted(facts, key=lambda one: (one.on, one.recorded_at, one.id))
    called = {one.id: f"f{number:04}" for number, one in enumerate(ordered, start=1)}
    away = sorted(leave, key=lambda one: (one.since, one.recorded_at, one.id))
    called |= {one.id: f"l{number:04}" for number, one in enumerate(away, start=1)}
    said = {
        "facts": [_written(one, called, names) for one in ordered],
        "leave": [_written(one, called, names) for one in away],
        "rule": rule,
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _written(one: Evidence | Leave, called: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = plain(one)
    values["id"] = called[one.id]
    if values.get("supersedes"):
        values["supersedes"] = called.get(values["supersedes"], values["supersedes"])
    if values.get("rater"):
        values["rater"] = names.get(values["rater"], values["rater"])
    return {name: value for name, value in values.items() if value not in (None, "", [], False)}
