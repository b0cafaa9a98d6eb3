"""What is wrong with a layer of the framework, all of it at once and in words. Nothing that passes here can break readiness."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules.evidence import EvidenceKind
from lms.tracks.rules.layers import (
    OWN,
    PARTS,
    SHARED,
    TIGHTER,
    Flat,
    entries,
    is_own,
    with_firm,
    with_shared,
)

KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}")
NEED_KEY = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,39}")
KINDS = ("tenure", "competencies", "course", "assessment", "kpi", "attestation")
RECORDED = ("assessment", "kpi", "attestation")
"""Kinds of requirement that evidence names by their key."""
NUMBERS = {"months": 240, "raters": 5, "at_least": 10_000, "within_months": 120, "lessons": 60}
"""The numbers a requirement may carry, and the most each may be; the least is 1."""
NUMBERS_OF: Mapping[str, tuple[str, ...]] = {
    "tenure": ("months",),
    "competencies": (),
    "course": ("within_months", "lessons"),
    "assessment": (),
    "kpi": ("at_least",),
    "attestation": ("raters",),
}
MOST = {"competencies": 120, "profiles": 60, "tracks": 12, "rungs": 80}
MOST_NEEDS = 40
LONGEST_NAME, LONGEST_TEXT = 160, 600


def layer_problems(
    document: Mapping[str, Any], below: Flat, courses: Iterable[str], layer: str, before: Mapping[str, Any]
) -> tuple[str, ...]:
    """Everything that keeps a layer from being published.

    `below`: what it lies on, on the day it begins; `courses`: their keys; `before`: the layer's published version.
    """
    firm = layer != SHARED
    known = _Known(document, below, frozenset(courses), firm)
    found = list(_counts(document))
    for one in document.get("competencies", ()):
        found += _key(one, known, "competencies") + _competency(one)
    for one in document.get("profiles", ()):
        found += _key(one, known, "profiles") + _profile(one, known)
    for one in document.get("tracks", ()):
        found += _key(one, known, "tracks") + _texts(one, "name")
    for one in document.get("rungs", ()):
        found += _key(one, known, "rungs") + _rung(one, known)
    if not firm:
        found += _taken_out(document, before, below)
    if not found:
        found += _two_meanings(with_firm(below, document) if firm else with_shared(below, document))
    return tuple(dict.fromkeys(found))


class _Known:
    """What a layer may name."""

    def __init__(self, document: Mapping[str, Any], below: Flat, courses: frozenset[str], firm: bool) -> None:
        self.below, self.courses, self.firm = below, courses, firm
        self.keys = {part: {*below[part], *entries(document, part)} for part in PARTS}


def _counts(document: Mapping[str, Any]) -> Iterator[str]:
    for part in PARTS:
        keys = [one["key"] for one in document.get(part, ())]
        if len(keys) > MOST[part]:
            yield N_("That is more than a framework can hold: at most %(most)s of a kind.", most=MOST[part])
        for key in {key for key in keys if keys.count(key) > 1}:
            yield N_("The key %(key)s stands twice.", key=key)


def _key(one: Mapping[str, Any], known: _Known, part: str) -> list[str]:
    key = one["key"]
    if key not in known.below[part] and not KEY.fullmatch(key):
        return [
            N_("“%(key)s” cannot be a key: at most 20 letters, digits and hyphens, a letter first.", key=key)
        ]
    if (
        known.firm
        and not is_own(key)
        and (part in ("competencies", "tracks") or key not in known.below[part])
    ):
        return [N_("The key of what is your firm's own begins with %(own)s: %(key)s.", own=OWN, key=key)]
    if not known.firm and is_own(key):
        return [N_("Keys that begin with %(own)s are the firms' own: %(key)s.", own=OWN, key=key)]
    if part == "competencies" and key in known.courses:
        return [N_("%(key)s is a course already.", key=key)]
    return []


def _texts(one: Mapping[str, Any], *names: str, longest: int = LONGEST_NAME) -> list[str]:
    found = []
    for name in names:
        text = one.get(name)
        if not isinstance(text, str) or not text.strip():
            found.append(N_("%(key)s: a text is missing.", key=one["key"]))
        elif len(text) > longest:
            found.append(N_("%(key)s: a text is longer than %(most)s letters.", key=one["key"], most=longest))
    return found


def _competency(one: Mapping[str, Any]) -> list[str]:
    found = _texts(one, "name", "group")
    anchors = one.get("anchors")
    said = {str(level): words for level, words in anchors.items()} if isinstance(anchors, Mapping) else {}
    if sorted(said) != ["1", "2", "3", "4", "5"] or not all(
        isinstance(words, str) and words.strip() for words in said.values()
    ):
        found.append(N_("%(key)s: say for each of the five levels what it looks like.", key=one["key"]))
    elif any(len(words) > LONGEST_TEXT for words in said.values()):
        found.append(
            N_("%(key)s: a text is longer than %(most)s letters.", key=one["key"], most=LONGEST_TEXT)
        )
    months = one.get("gate_months")
    if months is not None and not _whole(months, 120):
        found.append(N_("%(key)s: months are a whole number from 1 to 120.", key=one["key"]))
    return found


def _whole(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= most


def _profile(one: Mapping[str, Any], known: _Known) -> list[str]:
    key, levels = one["key"], one.get("levels")
    partly = known.firm and not is_own(key)
    found = [] if partly else _texts(one, "name")
    if not isinstance(levels, Mapping) or not levels:
        return [*found, N_("The profile %(key)s asks for no competency.", key=key)]
    for competency, level in levels.items():
        if competency not in known.keys["competencies"]:
            found.append(
                N_(
                    "The profile %(key)s names %(competency)s, which is no competency.",
                    key=key,
                    competency=competency,
                )
            )
        elif not _whole(level, 5):
            found.append(N_("%(key)s: a level is a whole number from 1 to 5.", key=key))
    return found


def _rung(one: Mapping[str, Any], known: _Known) -> list[str]:
    key = one["key"]
    partly = known.firm and not is_own(key)
    found = [] if partly else _texts(one, "name")
    needs = one.get("requirements", [])
    if len(needs) > MOST_NEEDS:
        found.append(N_("The rung %(key)s asks for more than %(most)s things.", key=key, most=MOST_NEEDS))
    keys = [need["key"] for need in needs]
    for twice in {each for each in keys if keys.count(each) > 1}:
        found.append(N_("The key %(key)s stands twice.", key=f"{key}/{twice}"))
    for need in needs:
        found += _need(key, need, known, partly)
    if partly:
        found += _tighter(one, known)
        return found
    if one.get("track") not in known.keys["tracks"]:
        found.append(N_("The rung %(key)s stands on no track.", key=key))
    asks = any(need["kind"] == "competencies" for need in needs)
    if asks != bool(one.get("profile")) or (asks and one["profile"] not in known.keys["profiles"]):
        found.append(
            N_("The rung %(key)s: a role profile and the requirement “competencies” go together.", key=key)
        )
    if not needs:
        found.append(N_("The rung %(key)s asks for nothing.", key=key))
    return found


def _need(rung: str, need: Mapping[str, Any], known: _Known, partly: bool) -> list[str]:
    where, kind = f"{rung}/{need['key']}", need["kind"]
    if kind not in KINDS:
        return [N_("%(key)s: “%(kind)s” is no kind of requirement.", key=where, kind=kind)]
    found = _texts({**need, "key": where}, "text", longest=LONGEST_TEXT)
    if not NEED_KEY.fullmatch(need["key"]):
        found.append(
            N_(
                "“%(key)s” cannot be a key: at most 40 letters, digits and hyphens, a letter first.",
                key=where,
            )
        )
    for name, value in need.items():
        if name in NUMBERS and not _whole(value, NUMBERS[name]):
            found.append(
                N_(
                    "%(key)s: a number here is a whole one from 1 to %(most)s.",
                    key=where,
                    most=NUMBERS[name],
                )
            )
    for name in ("months",) if kind == "tenure" else ("raters",) if kind == "attestation" else ():
        if name not in need:
            found.append(N_("%(key)s: its number is missing.", key=where))
    if kind == "tenure" and need.get("since") not in ("role", "firm"):
        found.append(N_("%(key)s: time counts since the role or since the firm.", key=where))
    if kind == "course":
        branches = need.get("any_of") or [[need.get("course")]]
        if any(key not in known.courses for branch in branches for key in branch):
            found.append(N_("%(key)s names a course that the framework does not have.", key=where))
        if known.firm and "any_of" not in need and need["key"] != need.get("course"):
            found.append(N_("%(key)s: a course is required under its own key.", key=where))
    if kind == "competencies" and (partly or need["key"] != "competencies"):
        found.append(N_("%(key)s: the competencies are asked for once, by the role profile.", key=where))
    if kind in RECORDED and (
        need["key"] in known.keys["competencies"]
        or need["key"] in known.courses
        or need["key"] in set(EvidenceKind)
    ):
        found.append(N_("%(key)s: this key is taken.", key=where))
    if known.firm and kind in ("tenure", *RECORDED) and not is_own(need["key"]):
        found.append(
            N_("The key of what is your firm's own begins with %(own)s: %(key)s.", own=OWN, key=where)
        )
    if not known.firm and is_own(need["key"]):
        found.append(N_("Keys that begin with %(own)s are the firms' own: %(key)s.", own=OWN, key=where))
    if known.firm and "measures" in need:
        found.append(
            N_("%(key)s: what figures answer by themselves is set in the shared framework.", key=where)
        )
    return found


def _tighter(one: Mapping[str, Any], known: _Known) -> list[str]:
    """What became stricter below, or is not asked there any more, does no harm: the stricter holds."""
    found = []
    shared = known.below["rungs"].get(one["key"], {"requirements": ()})
    base = {need["key"]: need for need in shared["requirements"]}
    for key, numbers in one.get("tighter", {}).items():
        where = f"{one['key']}/{key}"
        if "text" in numbers:
            found += _texts({"key": where, "text": numbers["text"]}, "text", longest=LONGEST_TEXT)
        for name, value in numbers.items():
            if name == "text":
                continue
            if name not in TIGHTER or (key in base and name not in NUMBERS_OF.get(base[key]["kind"], ())):
                found.append(N_("%(key)s: there is nothing to tighten.", key=where))
            elif not _whole(value, NUMBERS[name]):
                found.append(
                    N_(
                        "%(key)s: a number here is a whole one from 1 to %(most)s.",
                        key=where,
                        most=NUMBERS[name],
                    )
                )
    return found


def _two_meanings(made: Flat) -> list[str]:
    """Evidence names a requirement by its key: under one key stands one requirement, wherever it is asked for."""
    seen: dict[str, tuple[str, str]] = {}
    return [
        N_("%(key)s is asked for by two rungs and means two things. Give one another key.", key=need["key"])
        for rung in made["rungs"].values()
        for need in rung["requirements"]
        if need["kind"] in RECORDED
        and seen.setdefault(need["key"], (need["kind"], need["text"])) != (need["kind"], need["text"])
    ]


def _taken_out(document: Mapping[str, Any], before: Mapping[str, Any], below: Flat) -> list[str]:
    """Firms build on what the association published: it is changed, but never taken away from under them."""
    return [
        N_("%(key)s was published to the firms and cannot be taken out. Change it instead.", key=key)
        for part in PARTS
        for key in entries(before, part)
        if key not in entries(document, part) and key not in below[part]
    ]
