"""The framework in layers: what ships, what the association published over it, what a firm added on top.

A layer's version is a document with the entries that the layer has: `competencies`, `profiles`, `tracks`, `rungs`. The
association's entries stand whole, in place of what ships or beside it. A firm's entries only ask for more: for what is
shared they hold the higher levels, the added requirements and the `tighter` numbers; what is the firm's own stands whole,
under a key that begins with `X-`. Composed, every version of every entry stands beside the others with the day it came
into force, as in the files that ship.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.foundation.words import N_
from lms.tracks.rules.framework import as_it_stood

OWN = "X-"
"""How a firm's own keys begin: nothing shared ever takes one away."""
PARTS = ("competencies", "profiles", "tracks", "rungs")
SHARED, FIRM = "shared", "firm"
TIGHTER = {"months": max, "raters": max, "at_least": max, "within_months": min}
"""The numbers of a shared requirement that a firm may make stricter (and say so in its words), and which of two is it."""

Entry = Mapping[str, Any]
Flat = dict[str, dict[str, dict[str, Any]]]
"""The entries of one day, by part and key; a rung names its track."""


@dataclass(frozen=True)
class LayerVersion:
    """One published version of a layer. Written once."""

    number: int
    starts_on: date
    document: Mapping[str, Any]


def is_own(key: str) -> bool:
    """Whether a key is a firm's own."""
    return key.startswith(OWN)


def entries(document: Mapping[str, Any], part: str) -> dict[str, dict[str, Any]]:
    """The entries of one part of a layer, by key."""
    return {one["key"]: one for one in document.get(part, ())}


def in_force_on(versions: Iterable[LayerVersion], day: date) -> LayerVersion | None:
    """The version of a layer that was in force on a day: of those that had begun, the one that was published last.

    A version that was withdrawn before its day has a later one that began sooner: it is never in force.
    """
    return max((one for one in versions if one.starts_on <= day), key=lambda one: one.number, default=None)


def flat(framework: Mapping[str, Any]) -> Flat:
    """A framework as it stood on a day, as entries by key."""
    rungs = {
        rung["key"]: {**rung, "track": track["key"]}
        for track in framework["tracks"]
        for rung in track["rungs"]
    }
    return {
        "competencies": {one["key"]: one for one in framework["competencies"]},
        "profiles": {one["key"]: one for one in framework["profiles"]},
        "tracks": {
            one["key"]: {name: value for name, value in one.items() if name != "rungs"}
            for one in framework["tracks"]
        },
        "rungs": rungs,
    }


def with_shared(base: Flat, document: Mapping[str, Any]) -> Flat:
    """The association's entries over what ships."""
    made = {part: dict(base[part]) for part in PARTS}
    for part in PARTS:
        for key, one in entries(document, part).items():
            made[part][key] = _whole(part, one, SHARED)
    return made | {"rungs": _placed(base["rungs"], made["rungs"])}


def with_firm(base: Flat, document: Mapping[str, Any]) -> Flat:
    """A firm's entries on top of what is shared: more, or stricter, and never less."""
    made = {part: dict(base[part]) for part in PARTS}
    for part in PARTS:
        for key, one in entries(document, part).items():
            if is_own(key):
                made[part][key] = _whole(part, one, FIRM)
            elif part == "profiles" and key in base[part]:
                made[part][key] = _raised(base[part][key], one)
            elif part == "rungs" and key in base[part]:
                made[part][key] = _tightened(base[part][key], one)
    return made | {"rungs": _placed(base["rungs"], made["rungs"])}


def _whole(part: str, one: Entry, layer: str) -> dict[str, Any]:
    made = {**one, "by": layer}
    if part == "competencies":
        said = {int(level): words for level, words in one["anchors"].items()}
        made["anchors"] = dict(sorted(said.items()))
    if part == "profiles":  # a database may keep the keys of a document in another order
        made["levels"] = dict(sorted(one["levels"].items()))
    return made


def _raised(base: Entry, one: Entry) -> dict[str, Any]:
    levels = dict(base["levels"])
    for key, level in one["levels"].items():
        levels[key] = max(level, levels.get(key, 0))
    return {**base, "levels": dict(sorted(levels.items()))} | (
        {"by": FIRM} if levels != base["levels"] else {}
    )


def _tightened(base: Entry, one: Entry) -> dict[str, Any]:
    tighter: Mapping[str, Mapping[str, int]] = one.get("tighter", {})
    needs = []
    for need in base["requirements"]:
        stricter = {
            name: value
            for name, value in tighter.get(need["key"], {}).items()
            if name in TIGHTER and TIGHTER[name](value, need.get(name, value)) != need.get(name)
        }
        said = tighter.get(need["key"], {}).get("text", need["text"])
        needs.append({**need, **stricter, "text": said, "by": FIRM} if stricter else need)
    there = {need["key"] for need in needs}
    needs += [{**need, "by": FIRM} for need in one.get("requirements", ()) if need["key"] not in there]
    return {**base, "requirements": needs} | ({"by": FIRM} if needs != base["requirements"] else {})


def _placed(before: Mapping[str, Entry], after: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The rungs in their order: a new one stands after the rung it names, or at the end."""
    order = list(before)
    for key, one in after.items():
        if key not in before:
            place = order.index(one["after"]) + 1 if one.get("after") in order else len(order)
            order.insert(place, key)
    return {key: after[key] for key in order}


def unflat(shipped: Mapping[str, Any], made: Flat) -> dict[str, Any]:
    """Entries of one day as a framework again; what was never published has version 0."""
    return {
        **shipped,
        "competencies": list(made["competencies"].values()),
        "profiles": [{"version": 0, **one} for one in made["profiles"].values()],
        "tracks": [
            {
                **track,
                "rungs": [
                    {"version": 0, **_plain(rung)} for rung in made["rungs"].values() if rung["track"] == key
                ],
            }
            for key, track in made["tracks"].items()
        ],
    }


def _plain(rung: Entry) -> dict[str, Any]:
    return {name: value for name, value in rung.items() if name not in ("track", "after")}


def on_day(
    shipped: Mapping[str, Any],
    shared: Mapping[str, Any] | None,
    firm: Mapping[str, Any] | None,
    day: date,
) -> Flat:
    """What ships as it stood on a day, under one document of each layer."""
    made = flat(as_it_stood(shipped, day))
    if shared is not None:
        made = with_shared(made, shared)
    return with_firm(made, firm) if firm is not None else made


def composed(
    shipped: Mapping[str, Any], shared: Sequence[LayerVersion], firm: Sequence[LayerVersion] = ()
) -> Mapping[str, Any]:
    """Every version of every entry, numbered from 1 in the order they came into force, with the day of each but the first.

    An entry that is there no more ends with a version that is `gone`. Without layers it is what ships, untouched.
    """
    if not shared and not firm:
        return shipped
    days = _days(shipped, shared, firm)
    found: dict[str, dict[str, list[dict[str, Any]]]] = {part: {} for part in PARTS}
    made: Flat = {part: {} for part in PARTS}
    for day in days:
        one, other = in_force_on(shared, day), in_force_on(firm, day)
        made = on_day(shipped, one.document if one else None, other.document if other else None, day)
        for part in PARTS:
            _note(found[part], made[part], day)
    order = [*made["rungs"], *(key for key in found["rungs"] if key not in made["rungs"])]
    rungs = [rung for key in order for rung in found["rungs"][key]]
    return {
        **shipped,
        "competencies": [one for versions in found["competencies"].values() for one in versions],
        "profiles": [one for versions in found["profiles"].values() for one in versions],
        "tracks": [
            {
                **{name: value for name, value in versions[-1].items() if name not in ("version", "from")},
                "rungs": [_plain(one) for one in rungs if one["track"] == key],
            }
            for key, versions in found["tracks"].items()
        ],
    }


def _days(
    shipped: Mapping[str, Any], shared: Sequence[LayerVersion], firm: Sequence[LayerVersion]
) -> list[date]:
    """The days on which anything may change, the first of all days before them."""
    dated = [*shipped["profiles"], *(rung for track in shipped["tracks"] for rung in track["rungs"])]
    days = {date.fromisoformat(one["from"]) for one in dated if "from" in one}
    return sorted({date.min, *days, *(one.starts_on for one in shared), *(one.starts_on for one in firm)})


def _note(known: dict[str, list[dict[str, Any]]], made: Mapping[str, Entry], day: date) -> None:
    """Add a version of each entry that is not what it was, and an end to each that is gone."""
    for key, one in made.items():
        versions = known.setdefault(key, [])
        said = _said(one)
        if versions and _said(versions[-1]) == said:
            continue
        begins = {} if day == date.min else {"from": day.isoformat()}
        number = len(versions) + 1
        counted = {"version": number} if number > 1 or "version" in one or "anchors" not in one else {}
        versions.append({**said, **counted, **begins})
    for key, versions in known.items():
        if key not in made and not versions[-1].get("gone"):
            gone = {**versions[-1], "version": len(versions) + 1, "from": day.isoformat(), "gone": True}
            versions.append(gone)


def _said(version: Entry) -> dict[str, Any]:
    return {name: value for name, value in version.items() if name not in ("version", "from")}


def as_layer(
    part: str, whole: Entry, below: Flat, layer: str
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """What a layer must hold so that an entry reads as it is asked to; None when it reads so already. And why it cannot."""
    key = whole["key"]
    base = below[part].get(key)
    said = {name: value for name, value in whole.items() if name not in ("by", "version", "from")}
    if base is not None and _meaning(base) == _meaning(said):
        return None, ()
    if layer == SHARED or is_own(key) or base is None:
        return said, ()
    if part == "profiles":
        return _as_higher(said, base)
    if part == "rungs":
        return _as_stricter(said, base)
    return None, _not_yours(key)


def reads_the_same(one: Entry, other: Entry) -> bool:
    """Whether two entries say the same, wherever they are from."""
    return _meaning(one) == _meaning(other)


def _not_yours(key: str) -> tuple[str, ...]:
    return (N_("%(key)s is the association's: a firm cannot change its words.", key=key),)


def _meaning(one: Entry) -> dict[str, Any]:
    """An entry without what says where it is from; anchors by the text of their level, requirements without marks."""
    made = {name: value for name, value in one.items() if name not in ("by", "version", "from", "after")}
    made = {name: value for name, value in made.items() if value not in (None, "")}
    if "anchors" in made:
        made["anchors"] = {str(level): words for level, words in made["anchors"].items()}
    if "requirements" in made:
        made["requirements"] = [unmarked(need) for need in made["requirements"]]
    return made


def unmarked(need: Entry) -> dict[str, Any]:
    """A requirement without the mark of the layer it is from."""
    return {name: value for name, value in need.items() if name != "by"}


def _as_higher(said: Entry, base: Entry) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    key = base["key"]
    found = list(_not_yours(key)) if said.get("name", base["name"]) != base["name"] else []
    found += [
        N_(
            "%(key)s: the shared framework asks for level %(base)s of %(competency)s. A firm can ask for more, not for less.",
            key=key,
            base=level,
            competency=competency,
        )
        for competency, level in base["levels"].items()
        if not isinstance(said["levels"].get(competency), int) or said["levels"][competency] < level
    ]
    raised = {one: level for one, level in said["levels"].items() if level != base["levels"].get(one)}
    return {"key": key, "levels": raised}, tuple(found)


def _as_stricter(said: Entry, base: Entry) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    key, found = base["key"], []
    wanted = {need["key"]: unmarked(need) for need in said["requirements"]}
    there = {need["key"]: unmarked(need) for need in base["requirements"]}
    tighter: dict[str, dict[str, Any]] = {}
    for each, need in there.items():
        other = wanted.get(each)
        if other is None:
            found.append(N_("%(key)s is asked for by the shared framework and stays.", key=f"{key}/{each}"))
            continue
        plain = [
            {name: value for name, value in one.items() if name not in (*TIGHTER, "text")}
            for one in (need, other)
        ]
        numbers = {name: other.get(name, 0) for name in TIGHTER if other.get(name) != need.get(name)}
        reworded = need["text"] != other.get("text")
        if plain[0] != plain[1] or (reworded and not numbers):
            found += _not_yours(f"{key}/{each}")
        if any(
            not isinstance(value, int) or (name in need and TIGHTER[name](value, need[name]) != value)
            for name, value in numbers.items()
        ):
            found.append(
                N_(
                    "%(key)s: the shared framework is stricter. A firm can ask for more, not for less.",
                    key=f"{key}/{each}",
                )
            )
        if numbers:
            tighter[each] = {**numbers, "text": other["text"]} if reworded else numbers
    added = [need for each, need in wanted.items() if each not in there]
    if any(said.get(name) != base.get(name) for name in ("name", "profile", "track")):
        found += _not_yours(key)
    made: dict[str, Any] = {"key": key, "requirements": added}
    return made | ({"tighter": tighter} if tighter else {}), tuple(found)
