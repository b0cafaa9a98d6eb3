"""What those who look after people see of facts that came and do not count."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.learning.pages.team import close_door
from lms.learning.policy import LearningPermission
from lms.learning.queries import syncing as queries
from lms.learning.queries.syncing import KeptLine
from lms.learning.rules.syncing import clean

SHOWN = 300
MACHINE = (
    "id",
    "kind",
    "pack",
    "elapsed_ms",
    "wall_ms",
    "device_at",
    "order",
    "answers",
    "attempt",
    "course",
    "version",
)


@dataclass(frozen=True)
class KeptRow:
    """One line of the list, and what was said in it, in the words there are."""

    line: KeptLine
    words: str


@dataclass(frozen=True)
class KeptPage:
    """The list, latest first."""

    rows: Sequence[KeptRow]


def kept_page(session: Session, *, actor: Actor) -> KeptPage:
    """What came from the people the actor looks after and does not count. Raises NotAllowed."""
    close_door(actor, LearningPermission.SEE_TEAM)
    return KeptPage([KeptRow(line, _words(line)) for line in queries.list_kept(session, actor=actor)])


def _words(line: KeptLine) -> str:
    """What a person gave, flattened into one line."""
    if line.given is not None:
        return ", ".join(_texts(line.given))[:SHOWN]
    try:
        said = json.loads(line.said)
    except (ValueError, RecursionError):
        return line.said[:SHOWN]
    if isinstance(said, Mapping):
        said = {name: value for name, value in said.items() if name not in MACHINE}
    return ", ".join(_texts(said))[:SHOWN]


def _texts(value: Any, depth: int = 0) -> list[str]:
    if depth > 5:
        return []
    if isinstance(value, Mapping):
        return [text for one in value.values() for text in _texts(one, depth + 1)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one, depth + 1)]
    return [clean(str(value))] if value not in (None, "", False, True) else []
