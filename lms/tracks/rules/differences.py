"""Two frameworks side by side: what is different, in sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules.explaining import Reason
from lms.tracks.rules.layers import Flat

PART_WORDS: Mapping[str, str] = {
    "competencies": N_("Competencies"),
    "profiles": N_("Role profiles"),
    "tracks": N_("Tracks"),
    "rungs": N_("Rungs"),
}
NUMBER_WORDS: Mapping[str, str] = {
    "months": N_("months"),
    "raters": N_("raters"),
    "at_least": N_("smallest count"),
    "within_months": N_("not older than (months)"),
    "lessons": N_("lessons"),
}
NOTHING = "–"


@dataclass(frozen=True)
class Difference:
    """What is different about one entry: its part, key and name, and a sentence for each change."""

    part: str
    key: str
    name: str
    change: str
    """`new`, `gone` or `changed`."""
    sentences: tuple[Reason, ...] = field(default=())


def differences(before: Flat, after: Flat) -> tuple[Difference, ...]:
    """Every entry that is not the same, in the order of the parts and of the entries."""
    return tuple(
        one
        for part in PART_WORDS
        for key in dict.fromkeys((*before[part], *after[part]))
        if (one := _difference(part, key, before[part].get(key), after[part].get(key))) is not None
    )


def _difference(
    part: str, key: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Difference | None:
    if after is None:
        return Difference(part, key, str((before or {})["name"]), "gone")
    if before is None:
        return Difference(part, key, str(after["name"]), "new", tuple(_new(part, after)))
    found = tuple(_SAID[part](before, after))
    return Difference(part, key, str(after["name"]), "changed", found) if found else None


def _new(part: str, after: Mapping[str, Any]) -> Iterator[Reason]:
    if part == "competencies":
        for level in range(1, 6):
            values = {"level": level, "after": after["anchors"][level]}
            yield Reason(N_("Level %(level)s: “%(after)s”."), values)
    elif part == "profiles":
        yield from _levels({}, after["levels"])
    elif part == "rungs":
        yield from _needs((), after["requirements"])


def _text(before: Mapping[str, Any], after: Mapping[str, Any], name: str, sentence: str) -> Iterator[Reason]:
    one, other = before.get(name) or NOTHING, after.get(name) or NOTHING
    if one != other:
        yield Reason(sentence, {"before": one, "after": other})


NAME = N_("Called “%(after)s” instead of “%(before)s”.")


def _competency(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    yield from _text(before, after, "name", NAME)
    yield from _text(before, after, "group", N_("In the area “%(after)s” instead of “%(before)s”."))
    yield from _text(before, after, "anchored_in", N_("Anchored in “%(after)s” instead of “%(before)s”."))
    for level in range(1, 6):
        one, other = before["anchors"][level], after["anchors"][level]
        if one != other:
            values = {"level": level, "before": one, "after": other}
            yield Reason(N_("Level %(level)s: “%(after)s” instead of “%(before)s”."), values)
    yield from _text(
        before,
        after,
        "gate_months",
        N_("A gate, shown again every %(after)s months; before: %(before)s."),
    )


def _levels(before: Mapping[str, int], after: Mapping[str, int]) -> Iterator[Reason]:
    for key in dict.fromkeys((*before, *after)):
        one, other = before.get(key), after.get(key)
        values = {"key": key, "before": one, "after": other}
        if one is None:
            yield Reason(N_("Also asks for %(key)s at level %(after)s."), values)
        elif other is None:
            yield Reason(N_("No longer asks for %(key)s; it was level %(before)s."), values)
        elif one != other:
            yield Reason(N_("Asks for %(key)s at level %(after)s instead of %(before)s."), values)


def _profile(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    yield from _text(before, after, "name", NAME)
    yield from _levels(before["levels"], after["levels"])


def _track(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    yield from _text(before, after, "name", NAME)
    yield from _text(before, after, "why", N_("Its why is “%(after)s” instead of “%(before)s”."))


def _rung(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    yield from _text(before, after, "name", NAME)
    yield from _text(before, after, "track", N_("On the track %(after)s instead of %(before)s."))
    yield from _text(before, after, "profile", N_("Measured by the profile %(after)s instead of %(before)s."))
    yield from _needs(before["requirements"], after["requirements"])


def _needs(before: Any, after: Any) -> Iterator[Reason]:
    earlier, later = {one["key"]: one for one in before}, {one["key"]: one for one in after}
    for key in dict.fromkeys((*earlier, *later)):
        one, other = earlier.get(key), later.get(key)
        if one is None and other is not None:
            yield Reason(N_("Also asks for %(key)s: “%(after)s”."), {"key": key, "after": other["text"]})
        elif other is None and one is not None:
            values = {"key": key, "before": one["text"]}
            yield Reason(N_("No longer asks for %(key)s: “%(before)s”."), values)
        elif one is not None and other is not None:
            yield from _need(key, one, other)


def _need(key: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Reason]:
    if before["text"] != after["text"]:
        values = {"key": key, "before": before["text"], "after": after["text"]}
        yield Reason(N_("%(key)s: “%(after)s” instead of “%(before)s”."), values)
    for name, words in NUMBER_WORDS.items():
        one, other = before.get(name), after.get(name)
        if one != other:
            values = {
                "key": key,
                "what": words,
                "before": NOTHING if one is None else one,
                "after": NOTHING if other is None else other,
            }
            yield Reason(N_("%(key)s, %(what)s: %(after)s instead of %(before)s."), values)
    rest = [
        {name: value for name, value in one.items() if name not in (*NUMBER_WORDS, "text", "by", "key")}
        for one in (before, after)
    ]
    if rest[0] != rest[1]:
        yield Reason(N_("%(key)s: how it is shown or measured is another."), {"key": key})


_SAID = {"competencies": _competency, "profiles": _profile, "tracks": _track, "rungs": _rung}
