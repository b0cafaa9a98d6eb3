"""A framework in the words of 1EdTech CASE: a CFDocument, its CFItems and their CFAssociations; as JSON, and the items as a CSV.

Every entry is an item. What CASE has no word for stands in `details`, so that a framework goes out and comes back the
same. A file is hostile until it is read: what is wrong is told row by row, and nothing of it is run or followed.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from lms.foundation.errors import Invalid
from lms.foundation.ids import derived_id
from lms.foundation.numbers import whole_number
from lms.foundation.tables import decoded, rows_of_csv
from lms.foundation.words import N_
from lms.tracks.rules.layers import Flat, unmarked

VERSION = "1.0"
LARGEST = 4_000_000
MOST_ITEMS = 5_000
COLUMNS = (
    "identifier",
    "CFItemType",
    "humanCodingScheme",
    "fullStatement",
    "isChildOf",
    "sequenceNumber",
    "level",
    "notes",
    "details",
)
COMPETENCY, ANCHOR, PROFILE, ASKED, TRACK, RUNG, NEED = (
    "Competency",
    "Anchor",
    "Role profile",
    "Asked level",
    "Track",
    "Rung",
    "Requirement",
)
TYPES = (COMPETENCY, ANCHOR, PROFILE, ASKED, TRACK, RUNG, NEED)
INSIDE = {ANCHOR: COMPETENCY, ASKED: PROFILE, RUNG: TRACK, NEED: RUNG}
"""What an item of a type stands in."""
PART_OF = {COMPETENCY: "competencies", PROFILE: "profiles", TRACK: "tracks", RUNG: "rungs"}


@dataclass(frozen=True)
class Item:
    """One CFItem. `line`: where it stood in a file, from 1; 0 when it comes from us."""

    kind: str
    code: str
    statement: str
    parent: str = ""
    sequence: int = 0
    level: int | None = None
    notes: str = ""
    details: Mapping[str, Any] | None = None
    line: int = 0

    @property
    def identifier(self) -> str:
        """The same UUID for the same thing, for ever."""
        return str(derived_id("case", self.kind, self.parent if self.kind in INSIDE else "", self.code))


def items_of(made: Flat) -> list[Item]:
    """The items of a framework, parents before what stands in them."""
    return list(_items(made))


def _items(made: Flat) -> Iterator[Item]:
    for place, (key, one) in enumerate(made["competencies"].items(), start=1):
        details = {name: one[name] for name in ("anchored_in", "gate_months") if one.get(name)}
        yield Item(COMPETENCY, key, one["name"], sequence=place, notes=one["group"], details=details or None)
        for level in range(1, 6):
            words = one["anchors"][level]
            yield Item(ANCHOR, f"{key}.{level}", words, parent=key, sequence=level, level=level)
    for place, (key, one) in enumerate(made["profiles"].items(), start=1):
        yield Item(PROFILE, key, one["name"], sequence=place)
        for at, (competency, level) in enumerate(one["levels"].items(), start=1):
            name = made["competencies"].get(competency, {"name": competency})["name"]
            yield Item(ASKED, competency, name, parent=key, sequence=at, level=level)
    for place, (key, one) in enumerate(made["tracks"].items(), start=1):
        yield Item(TRACK, key, one["name"], sequence=place, notes=one.get("why", ""))
    for place, (key, one) in enumerate(made["rungs"].items(), start=1):
        measured = {"profile": one["profile"]} if one.get("profile") else None
        yield Item(RUNG, key, one["name"], parent=one["track"], sequence=place, details=measured)
        for at, need in enumerate(one["requirements"], start=1):
            rest = {name: value for name, value in unmarked(need).items() if name not in ("key", "text")}
            yield Item(NEED, need["key"], need["text"], parent=key, sequence=at, details=rest)


def as_csv(items: Sequence[Item]) -> str:
    """The items as a CSV. A cell that a spreadsheet would run is held down by an apostrophe, and freed on the way in."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for one in items:
        details = json.dumps(one.details, ensure_ascii=False, sort_keys=True) if one.details else ""
        cells = (
            one.identifier,
            one.kind,
            one.code,
            one.statement,
            one.parent,
            one.sequence,
            "" if one.level is None else one.level,
            one.notes,
            details,
        )
        writer.writerow([_held(str(cell)) for cell in cells])
    return text.getvalue()


RISKY = ("=", "+", "-", "@", "\t", "\r", "'")


def _held(cell: str) -> str:
    return "'" + cell if cell.startswith(RISKY) else cell


def _freed(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(RISKY) else cell


def as_json(items: Sequence[Item], *, title: str, creator: str, day: str) -> dict[str, Any]:
    """A CFPackage: the document, its items, and who stands in what."""
    document = {
        "identifier": str(derived_id("case", "document", creator)),
        "title": title,
        "creator": creator,
        "version": day,
        "statusStartDate": day,
        "adoptionStatus": "Implemented",
        "language": "en",
        "caseVersion": VERSION,
    }
    known = {(one.kind, one.code): one for one in items if one.kind not in INSIDE or one.kind == RUNG}
    found: list[dict[str, Any]] = []
    ties: list[dict[str, Any]] = []
    for one in items:
        made: dict[str, Any] = {
            "identifier": one.identifier,
            "CFItemType": one.kind,
            "humanCodingScheme": one.code,
            "fullStatement": one.statement,
        }
        if one.notes:
            made["notes"] = one.notes
        more = {"level": one.level, "details": json.loads(json.dumps(one.details, sort_keys=True))}
        made |= (
            {"extensions": {name: value for name, value in more.items() if value}}
            if any(more.values())
            else {}
        )
        found.append(made)
        if one.kind in INSIDE:
            above = known[(INSIDE[one.kind], one.parent)]
            ties.append(_tie("isChildOf", one, above.identifier, above.statement))
        if one.kind == ASKED:
            named = known.get((COMPETENCY, one.code))
            if named:
                ties.append(_tie("isRelatedTo", one, named.identifier, named.statement))
    return {"CFDocument": document, "CFItems": found, "CFAssociations": ties}


def _tie(kind: str, one: Item, identifier: str, title: str) -> dict[str, Any]:
    return {
        "identifier": str(derived_id("case", kind, one.identifier, identifier)),
        "associationType": kind,
        "sequenceNumber": one.sequence,
        "originNodeURI": {"identifier": one.identifier, "title": one.statement},
        "destinationNodeURI": {"identifier": identifier, "title": title},
    }


def read_file(content: bytes) -> list[Item]:
    """The items of a file, JSON or CSV. Raises Invalid when it is neither."""
    if len(content) > LARGEST:
        raise Invalid("The file is larger than %(most)s MB.", most=LARGEST // 1_000_000)
    text = decoded(content).lstrip("\ufeff")
    if not text.strip():
        raise Invalid("The file is empty.")
    items = _of_json(text) if text.lstrip()[:1] in "{[" else _of_csv(text)
    if len(items) > MOST_ITEMS:
        raise Invalid("The file has more than %(most)s items.", most=MOST_ITEMS)
    if not items:
        raise Invalid("The file has no items.")
    return items


def _of_csv(text: str) -> list[Item]:
    rows = rows_of_csv(text, lambda cells: sum(cell.strip() in COLUMNS for cell in cells), strict=True)
    header: list[str] = []
    items: list[Item] = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = [cell.strip() for cell in cells]
            missing = [
                one for one in ("CFItemType", "humanCodingScheme", "fullStatement") if one not in header
            ]
            if missing:
                raise Invalid("The first row names no column %(name)s.", name=", ".join(missing))
            continue
        if len(items) >= MOST_ITEMS:
            raise Invalid("The file has more than %(most)s items.", most=MOST_ITEMS)
        said = {name: _freed(cell).strip() for name, cell in zip(header, cells, strict=False)}
        items.append(
            Item(
                said.get("CFItemType", ""),
                said.get("humanCodingScheme", ""),
                said.get("fullStatement", ""),
                said.get("isChildOf", ""),
                sequence=whole_number(said.get("sequenceNumber", ""), 0, digits=8),
                level=whole_number(said.get("level", ""), None, digits=8),
                notes=said.get("notes", ""),
                details=_details(said.get("details", ""), line),
                line=line,
            )
        )
    return items


def _details(text: str, line: int) -> Mapping[str, Any] | None:
    if not text:
        return None
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("Row %(line)s: `details` is not JSON.", line=line) from None
    if not isinstance(found, dict):
        raise Invalid("Row %(line)s: `details` is not JSON.", line=line)
    return found


def _of_json(text: str) -> list[Item]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise Invalid("The file is not whole JSON.") from None
    items = found.get("CFItems") if isinstance(found, dict) else None
    ties = found.get("CFAssociations", []) if isinstance(found, dict) else None
    if not _dicts(items) or not _dicts(ties):
        raise Invalid("The file is no CASE package: CFItems and CFAssociations are lists of objects.")
    assert isinstance(items, list)
    assert isinstance(ties, list)
    codes = {str(one.get("identifier")): str(one.get("humanCodingScheme", "")) for one in items}
    above: dict[str, tuple[str, int]] = {}
    for one in ties:
        if one.get("associationType") == "isChildOf":
            ends = [one.get(name) for name in ("originNodeURI", "destinationNodeURI")]
            names = [str(end.get("identifier")) if isinstance(end, dict) else "" for end in ends]
            place = one.get("sequenceNumber")
            above[names[0]] = (codes.get(names[1], ""), place if isinstance(place, int) else 0)
    made = []
    for line, one in enumerate(items, start=1):
        more = one.get("extensions") if isinstance(one.get("extensions"), dict) else {}
        level, details = more.get("level"), more.get("details")
        parent, place = above.get(str(one.get("identifier")), ("", 0))
        made.append(
            Item(
                _text(one, "CFItemType"),
                _text(one, "humanCodingScheme"),
                _text(one, "fullStatement"),
                parent,
                sequence=place,
                level=level if isinstance(level, int) and not isinstance(level, bool) else None,
                notes=_text(one, "notes"),
                details=details if isinstance(details, dict) else None,
                line=line,
            )
        )
    return made


def _dicts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _text(one: Mapping[str, Any], name: str) -> str:
    value = one.get(name, "")
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True)
class Read:
    """What a file says: entries by part and key with the item they began with, and what is wrong by line."""

    entries: Flat
    items: Mapping[tuple[str, str], Item]
    wrong: Mapping[int, str]


def understand(items: Sequence[Item]) -> Read:
    """Put items together into entries; what cannot be is told by the line of its item."""
    made: Flat = {part: {} for part in PART_OF.values()}
    first: dict[tuple[str, str], Item] = {}
    wrong: dict[int, str] = {}
    for one in sorted(
        items, key=lambda each: (TYPES.index(each.kind) if each.kind in TYPES else 99, each.line)
    ):
        problem = _take(one, made, first)
        if problem:
            wrong[one.line] = problem
    for key, entry in made["competencies"].items():
        if sorted(entry["anchors"]) != [1, 2, 3, 4, 5]:
            line = first[("competencies", key)].line
            wrong.setdefault(
                line, N_("%(key)s: say for each of the five levels what it looks like.", key=key)
            )
    return Read(made, first, wrong)


def _take(one: Item, made: Flat, first: dict[tuple[str, str], Item]) -> str:
    """Take an item into its entry; why it cannot be, or nothing."""
    if one.kind not in TYPES:
        return N_("“%(kind)s” is no type that Ladder knows.", kind=one.kind[:80])
    if not one.code or not one.statement:
        return N_("The code or the statement is missing.")
    if one.kind in PART_OF:
        part = PART_OF[one.kind]
        if one.code in made[part]:
            return N_("The key %(key)s stands twice.", key=one.code[:80])
        details = dict(one.details or {})
        entry: dict[str, Any] = {"key": one.code, "name": one.statement}
        if one.kind == COMPETENCY:
            entry |= {"group": one.notes, "anchors": {}}
            entry |= {name: details[name] for name in ("anchored_in", "gate_months") if details.get(name)}
        elif one.kind == PROFILE:
            entry["levels"] = {}
        elif one.kind == TRACK:
            entry["why"] = one.notes
        else:
            if one.parent not in made["tracks"]:
                return N_("It stands in “%(key)s”, which is not in the file.", key=one.parent[:80])
            entry |= {"track": one.parent, "requirements": []}
            entry |= {"profile": details["profile"]} if isinstance(details.get("profile"), str) else {}
            before = [key for key, rung in made["rungs"].items() if rung["track"] == one.parent]
            entry |= {"after": before[-1]} if before else {}
        made[part][one.code] = entry
        first[(part, one.code)] = one
        return ""
    above = made[PART_OF[INSIDE[one.kind]]].get(one.parent)
    if above is None:
        return N_("It stands in “%(key)s”, which is not in the file.", key=one.parent[:80])
    if one.kind == NEED:
        kind = (one.details or {}).get("kind")
        if not isinstance(kind, str):
            return N_("A requirement says its kind in `details`.")
        above["requirements"].append({**(one.details or {}), "key": one.code, "text": one.statement})
        return ""
    if one.level not in (1, 2, 3, 4, 5):
        return N_("A level is a whole number from 1 to 5.")
    place: dict[Any, Any] = above["anchors"] if one.kind == ANCHOR else above["levels"]
    key: Any = one.level if one.kind == ANCHOR else one.code
    if key in place:
        return N_("The key %(key)s stands twice.", key=one.code[:80])
    place[key] = one.statement if one.kind == ANCHOR else one.level
    return ""
