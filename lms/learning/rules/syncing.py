"""Facts that a device kept and sends later: how a batch is read, and what can become of each of them."""

import enum
import json
import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lms.foundation.ids import derived_id

FORMAT = 1
"""The number of the pack format this program writes and reads."""
MOST_FACTS = 100
MOST_BYTES = 256 * 1024
MOST_KEPT = 48_000
"""How many characters of a fact that does not count are kept for a person to read."""
ABOUT_OTHERS = ("submit", "felt")
"""Kinds that speak of earlier facts: a hand-in of its answers, a word on how well an answer was known."""
LONGEST_NAME = 80
LONGEST_VALUE = 2_000
MOST_FIELDS = 100


class Result(enum.StrEnum):
    """What the server says of one fact."""

    COUNTED = "counted"
    HAD = "had"
    KEPT = "kept"


class BadBatch(ValueError):
    """What came is no batch of facts."""


class BadFact(ValueError):
    """A fact lacks what its kind needs."""


@dataclass(frozen=True)
class Fact:
    """One fact of a batch. `told` is the id as the device wrote it, `text` the whole as it came."""

    id: uuid.UUID
    told: str
    kind: str
    format: int
    said: Mapping[str, Any]
    text: str
    device_at: datetime | None = None
    elapsed_ms: int | None = None
    wall_ms: int | None = None

    def an_id(self, name: str) -> uuid.UUID:
        """An id the fact must name. Raises BadFact."""
        found = _uuid(self.said.get(name))
        if found is None:
            raise BadFact(name)
        return found

    def a_key(self, name: str) -> str:
        """A key the fact must name. Raises BadFact."""
        value = self.said.get(name)
        if not isinstance(value, str) or not 0 < len(value) <= LONGEST_NAME:
            raise BadFact(name)
        return clean(value)

    def a_number(self, name: str, *, most: int) -> int:
        """A whole number from 0 that the fact must give; a larger one is the largest. Raises BadFact."""
        value = self.said.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise BadFact(name)
        return min(value, most)

    def ids(self, name: str) -> tuple[uuid.UUID, ...]:
        """A list of ids, empty when there is none. Raises BadFact."""
        value = self.said.get(name, [])
        found = [_uuid(one) for one in value] if isinstance(value, list) else [None]
        if len(found) > 1000 or not all(found):
            raise BadFact(name)
        return tuple(one for one in found if one is not None)

    def fields(self) -> dict[str, list[str]]:
        """The fields of an answer, as a form would have sent them. Raises BadFact."""
        value = self.said.get("fields", [])
        if not isinstance(value, list) or len(value) > MOST_FIELDS:
            raise BadFact("fields")
        found: dict[str, list[str]] = {}
        for pair in value:
            if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(one, str) for one in pair):
                raise BadFact("fields")
            name, text = clean(pair[0]), clean(pair[1])
            if len(name) > LONGEST_NAME or len(text) > LONGEST_VALUE:
                raise BadFact("fields")
            if name.startswith("answer"):
                found.setdefault(name, []).append(text)
        return found


@dataclass(frozen=True)
class Verdict:
    """What became of a fact. `first` is the first result when this is a repeat; `because` a key of the reason."""

    id: str
    result: Result
    first: Result
    because: str | None = None
    sentence: str = ""
    """More than the reason says, when the answer could not be read: an English template, with its values."""
    values: Mapping[str, object] = field(default_factory=dict)


def clean(text: str) -> str:
    """A text that every database of ours can hold: no NUL, no half of a surrogate pair."""
    return re.sub("[\ud800-\udfff]", "\ufffd", text.replace("\0", ""))


def read_batch(body: bytes) -> list[Fact]:
    """The facts of a posted batch, in its order. Raises BadBatch when it is none at all.

    A fact that is not as it should be is read all the same, so that it can be kept: its id is then one made of its words.
    """
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise BadBatch("It is not JSON.") from None
    facts = document.get("facts") if isinstance(document, Mapping) else None
    if not isinstance(facts, list) or len(facts) > MOST_FACTS:
        raise BadBatch("It holds no list of facts, or too many.")
    number = document.get("format")
    return [_fact(one, number if isinstance(number, int) else 0) for one in facts]


def _fact(one: object, number: int) -> Fact:
    said: Mapping[str, Any] = one if isinstance(one, Mapping) else {}
    text = clean(json.dumps(one, ensure_ascii=True))[:MOST_KEPT]
    told, kind = said.get("id"), said.get("kind")
    return Fact(
        id=_uuid(told) or derived_id("fact", text),
        told=clean(told)[:LONGEST_NAME] if isinstance(told, str) else "",
        kind=clean(kind)[:20] if isinstance(kind, str) and _uuid(told) else "",
        format=number,
        said=said,
        text=text,
        device_at=_moment(said.get("device_at")),
        elapsed_ms=_milliseconds(said.get("elapsed_ms")),
        wall_ms=_milliseconds(said.get("wall_ms")),
    )


def _uuid(value: object) -> uuid.UUID | None:
    if not isinstance(value, str) or not re.fullmatch(
        r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", value
    ):
        return None
    return uuid.UUID(value)


def _moment(value: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _milliseconds(value: object) -> int | None:
    """Within a hundred years either way; what is beyond that no clock says."""
    most = int(timedelta(days=36_525).total_seconds() * 1000)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > most:
        return None
    return value


def in_order(facts: Sequence[Fact]) -> Iterator[Fact]:
    """The facts of a batch in the order they are taken: as they came, and what is about other facts after them."""
    yield from (fact for fact in facts if fact.kind not in ABOUT_OTHERS)
    yield from (fact for fact in facts if fact.kind in ABOUT_OTHERS)
