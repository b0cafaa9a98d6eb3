"""Verbs of a second person's look at a draft: asked for, said, answered; and what publishing waits for."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses.models import CourseVersion, ReviewComment, ReviewRequest
from lms.courses.policy import CoursePermission
from lms.courses.queries import reviewing as queries
from lms.courses.queries.people import Stood
from lms.courses.rules.reviewing import Asked, ReviewState, draft_hash, review_state
from lms.courses.services.drafts import Draft, Stale, open_draft, see_draft
from lms.courses.services.people import stand
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.ids import new_id
from lms.foundation.words import N_
from lms.people.services.audit import record_act

LONGEST_COMMENT = 2000
LONGEST_NOTE = 500

REFUSED: Mapping[ReviewState, str] = {
    ReviewState.NONE: N_("Your firm asks that a second person approves a course first. Ask for a review."),
    ReviewState.WAITING: N_("This waits for a review. It can be published when somebody has approved it."),
    ReviewState.MOVED: N_(
        "The draft changed after it was sent for review. Ask again, for the draft as it is now."
    ),
    ReviewState.CHANGES: N_("The reviewer asked for changes. Make them, and ask for a review again."),
    ReviewState.VOID: N_("The draft changed after it was approved. Ask for a review of what is new."),
    ReviewState.OWN: N_("Whoever approved it made some of the changes. Ask somebody else for a review."),
}


def ask_for_review(
    session: Session, *, actor: Actor, course_id: uuid.UUID, revision: int, note: str, now: datetime
) -> ReviewRequest:
    """Send a draft as it was looked at to a second person; a request that waits is withdrawn for it.

    Raises NotFound, NotAllowed, Invalid (no note), Stale (somebody saved since).
    """
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    if not note.strip() or len(note) > LONGEST_NOTE:
        raise Invalid("Say in a sentence what the reviewer should look at.")
    if revision != draft.revision:
        raise Stale({}, draft.revision)
    latest = queries.find_latest(session, actor=actor, course_id=course_id)
    if latest is not None and latest.answer is None:
        _answer(latest, actor, "withdrawn", "", now)
    row = ReviewRequest(
        firm_id=actor.firm_id,
        id=new_id(),
        course_id=course_id,
        revision=draft.revision,
        hash=draft_hash(draft.files, draft.media),
        note=note.strip(),
        asked_by_id=actor.person_id,
        asked_at=now,
        answer_note="",
    )
    session.add(row)
    _log(session, actor, N_("review asked for"), draft, row, now)
    return row


def withdraw_review(
    session: Session, *, actor: Actor, course_id: uuid.UUID, review_id: uuid.UUID, now: datetime
) -> None:
    """Take a request back that nobody has answered. Raises NotFound, NotAllowed, Conflict (answered already)."""
    draft = open_draft(session, actor=actor, course_id=course_id, lock=True)
    row = _waiting(session, actor, course_id, review_id)
    _answer(row, actor, "withdrawn", "", now)
    _log(session, actor, N_("review withdrawn"), draft, row, now)


def answer_review(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    review_id: uuid.UUID,
    approved: bool,
    note: str,
    now: datetime,
) -> ReviewRequest:
    """Approve a draft as it was sent, or ask for changes.

    Raises NotFound, NotAllowed (one of the changes is the actor's own), Conflict (answered already, or the draft moved
    on), Invalid (changes without a word about which).
    """
    stood = stand(session, actor=actor, course_id=course_id, permission=CoursePermission.REVIEW)
    draft = see_draft(session, actor=actor, course_id=course_id, permission=CoursePermission.REVIEW)
    row = _waiting(session, actor, course_id, review_id)
    if actor.person_id in queries.list_changers(session, actor=actor, course_id=stood.course.id):
        raise NotAllowed("You made some of these changes yourself. Somebody else must look at them.")
    if row.hash != draft_hash(draft.files, draft.media):
        raise Conflict(
            "The draft changed after it was sent to you. Its author must send it again; your comments stay."
        )
    if not approved and not note.strip():
        raise Invalid("Say in a sentence what should change.")
    _answer(row, actor, "approved" if approved else "changes", note.strip()[:LONGEST_NOTE], now)
    _log(session, actor, N_("draft approved") if approved else N_("changes asked for"), draft, row, now)
    return row


def _waiting(session: Session, actor: Actor, course_id: uuid.UUID, review_id: uuid.UUID) -> ReviewRequest:
    row = queries.find_request(session, actor=actor, course_id=course_id, review_id=review_id)
    if row is None:
        raise NotFound("There is no such request.")
    if row.answer is not None:
        raise Conflict("This request was answered or withdrawn already.")
    return row


def _answer(row: ReviewRequest, actor: Actor, answer: str, note: str, now: datetime) -> None:
    row.answer, row.answer_note, row.answered_by_id, row.answered_at = answer, note, actor.person_id, now


def _log(session: Session, actor: Actor, act: str, draft: Draft, row: ReviewRequest, now: datetime) -> None:
    record_act(
        session,
        actor=actor,
        act=act,
        subject=draft.course.key,
        now=now,
        detail={
            "course": str(draft.course.id),
            "revision": row.revision,
            "hash": row.hash,
            "note": row.answer_note or row.note,
        },
    )


def comment(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    review_id: uuid.UUID,
    place: str,
    text: str,
    now: datetime,
) -> ReviewComment:
    """Say something of a file of the draft, or of one of its cards (`path#card`). Raises NotFound, NotAllowed, Invalid."""
    draft = see_draft(session, actor=actor, course_id=course_id, permission=CoursePermission.REVIEW)
    if queries.find_request(session, actor=actor, course_id=course_id, review_id=review_id) is None:
        raise NotFound("There is no such request.")
    path, _, card = place.partition("#")
    if path not in draft.files and path not in draft.media:
        raise Invalid("Choose what you write about.")
    if not text.strip() or len(text) > LONGEST_COMMENT:
        raise Invalid("Write what you think of it, in %(most)s characters at most.", most=LONGEST_COMMENT)
    row = ReviewComment(
        firm_id=actor.firm_id,
        id=new_id(),
        request_id=review_id,
        course_id=course_id,
        path=path,
        card=card[:80],
        text=text.strip(),
        written_by_id=actor.person_id,
        written_at=now,
    )
    session.add(row)
    return row


def settle_comment(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    comment_id: uuid.UUID,
    settled: bool,
    now: datetime,
) -> None:
    """Say that a comment is settled, or that it is not after all. Raises NotFound, NotAllowed."""
    stand(session, actor=actor, course_id=course_id, permission=CoursePermission.REVIEW)
    row = queries.find_comment(session, actor=actor, course_id=course_id, comment_id=comment_id)
    if row is None:
        raise NotFound("There is no such comment.")
    if settled != (row.resolved_at is not None):
        row.resolved_at, row.resolved_by_id = (now, actor.person_id) if settled else (None, None)


def standing_of_review(
    session: Session, *, actor: Actor, course_id: uuid.UUID, hash_now: str
) -> tuple[ReviewState, ReviewRequest | None]:
    """Where the review of a draft with this fingerprint stands, and the request that says so."""
    latest = queries.find_latest(session, actor=actor, course_id=course_id)
    if latest is not None and latest.version_id is not None and latest.hash != hash_now:
        latest = None  # that round ended with a version; what is new needs one of its own
    asked = Asked(latest.hash, latest.answer, latest.answered_by_id) if latest else None
    changers: frozenset[uuid.UUID] = frozenset()
    if latest is not None and latest.answer == "approved":
        changers = queries.list_changers(session, actor=actor, course_id=course_id)
    return review_state(asked, hash_now=hash_now, changers=changers), latest


def approval_for(session: Session, *, actor: Actor, stood: Stood, draft: Draft) -> ReviewRequest | None:
    """The approval that a draft is published on; none where the firm asks for none and there is none.

    Raises Invalid with what is missing when the firm asks for a second person.
    """
    hash_now = draft_hash(draft.files, draft.media)
    state, latest = standing_of_review(session, actor=actor, course_id=stood.course.id, hash_now=hash_now)
    if state is ReviewState.APPROVED:
        return latest
    if stood.reviewed:
        raise Invalid(REFUSED[state])
    return None


def published_on(approval: ReviewRequest | None, version: CourseVersion) -> None:
    """Remember which version was published on an approval."""
    if approval is not None:
        approval.version_id = version.id
