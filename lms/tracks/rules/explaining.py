"""What the rule answers with: states, cells and the reasons below them, and all of it as plain values."""

import enum
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, is_dataclass
from datetime import date, datetime
from typing import Any


class State(enum.StrEnum):
    """Where a person stands on one thing."""

    MET = "met"
    BORDERLINE = "borderline"
    NOT_YET = "not_yet"
    STALE = "stale"
    NO_EVIDENCE = "no_evidence"


def plainly(value: Any) -> str:
    """A value of a sentence as text, several in a row."""
    return " · ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class Reason:
    """One step of an explanation: an English sentence with its values, the evidence behind it, and what stands below."""

    sentence: str
    values: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    below: tuple["Reason", ...] = ()

    def words(self, translate: Callable[[str], str] = str, show: Callable[[Any], str] = plainly) -> str:
        """The sentence, in the reader's language; `show` writes its values, such as days, in it too."""
        sentence = translate(self.sentence)
        return sentence % {name: show(one) for name, one in self.values.items()} if self.values else sentence


@dataclass(frozen=True)
class Cell:
    """Where a person stands on one requirement or competency, and why."""

    key: str
    kind: str
    text: str
    state: State
    reason: Reason
    evidence: tuple[str, ...] = ()
    minutes: int | None = None
    contested: bool = False
    required: int | None = None
    held: int | None = None


@dataclass(frozen=True)
class ProfileUsed:
    """The version of a role profile that a person was held against."""

    key: str
    name: str
    version: int


@dataclass(frozen=True)
class Standing:
    """A person against one rung as of a date: cells only, no total and no rank."""

    rung: str
    rung_version: int
    profile: ProfileUsed | None
    as_of: date
    rule: int
    cells: tuple[Cell, ...]
    competencies: tuple[Cell, ...]

    @property
    def met(self) -> int:
        """How many requirements are met."""
        return sum(cell.state is State.MET for cell in self.cells)


def plain(value: Any) -> Any:
    """A value of this module as JSON has it: names in a steady order, days and ids as texts."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(one) for key, one in sorted(value.items())}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, frozenset | set):
        return sorted(plain(one) for one in value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, date | uuid.UUID):
        return str(value)
    return value


def as_json(stand: Standing) -> dict[str, Any]:
    """A standing as plain values in a steady order, the same for the same ledger on any machine."""
    found: dict[str, Any] = plain(stand)
    return found
