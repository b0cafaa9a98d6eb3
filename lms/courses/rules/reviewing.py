"""When a draft may be published under a firm's rule that a second person looks first."""

import hashlib
import json
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


def draft_hash(files: Mapping[str, str], media: Mapping[str, str]) -> str:
    """The fingerprint of every file of a draft: of its texts, and of the stored names of its media."""
    said = json.dumps([dict(files), dict(media)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Asked:
    """A request for review as far as it decides. `answer`: approved, changes, withdrawn or none yet."""

    hash: str
    answer: str | None
    answered_by_id: uuid.UUID | None


class ReviewState(StrEnum):
    """Where the review of a draft stands."""

    NONE = "none"
    WAITING = "waiting"
    MOVED = "moved"
    CHANGES = "changes"
    APPROVED = "approved"
    VOID = "void"
    OWN = "own"


def review_state(latest: Asked | None, *, hash_now: str, changers: Collection[uuid.UUID]) -> ReviewState:
    """Where the review stands by its latest request: an approval holds for exactly the files that were approved.

    `moved`: sent, and changed since; `void`: approved, and changed since; `own`: approved by somebody who made one of
    the changes.
    """
    if latest is None or latest.answer == "withdrawn":
        return ReviewState.NONE
    same = latest.hash == hash_now
    if latest.answer is None:
        return ReviewState.WAITING if same else ReviewState.MOVED
    if latest.answer == "changes":
        return ReviewState.CHANGES
    if not same:
        return ReviewState.VOID
    return ReviewState.OWN if latest.answered_by_id in changers else ReviewState.APPROVED
