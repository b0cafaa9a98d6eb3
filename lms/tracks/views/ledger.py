"""A person's ledger, seen by whoever may; that they looked is noted."""

import uuid

from flask import render_template, request
from flask.typing import ResponseReturnValue

from lms.tracks import queries
from lms.tracks.pages.ledger import LedgerPage, ledger_page
from lms.tracks.policy import TrackPermission
from lms.tracks.rules import EvidenceKind
from lms.tracks.services.looking import note_look
from lms.tracks.views.room import as_seen, day, room
from lms.web import actor, csv_reply, leave_behind, now, session

SEE = TrackPermission.SEE_PERSON


def looked(person_id: uuid.UUID) -> None:
    """Note that the actor looks at this person, unless it is themself or noted today already."""
    who, at = actor(), now()
    if who.person_id != person_id and not queries.has_looked(
        session(), actor=who, person_id=person_id, today=as_seen(at)
    ):
        leave_behind(lambda current: note_look(current, actor=who, person_id=person_id, now=at))


def _page(person_id: uuid.UUID) -> LedgerPage:
    asked = request.args.get("kind", "")
    kind = asked if asked in set(EvidenceKind) else ""
    page = ledger_page(session(), actor=actor(), person_id=person_id, as_of=day(), kind=kind)
    looked(person_id)
    return page


@room.get("/board/people/<uuid:person_id>/ledger", allow=SEE)
def ledger(person_id: uuid.UUID) -> ResponseReturnValue:
    """Every fact that was recorded by a day, with what it is worth then."""
    return render_template(
        "tracks/ledger.html", page=_page(person_id), kind=request.args.get("kind", ""), today=as_seen(now())
    )


@room.get("/board/people/<uuid:person_id>/ledger.csv", allow=SEE)
def ledger_csv(person_id: uuid.UUID) -> ResponseReturnValue:
    """The same as a file."""
    page = _page(person_id)
    head = ["on", "kind", "title", "competency", "level", "requirement", "outcome", "score", "rated_by"]
    return csv_reply(
        f"ledger-{page.as_of}.csv",
        [*head, "form", "counts", "counts_until", "expires_on", "recorded_at", "id"],
        (
            [
                one.fact.on,
                one.fact.kind.value,
                one.fact.title,
                one.fact.competency,
                one.fact.level,
                one.fact.requirement,
                one.fact.outcome,
                one.fact.score,
                page.names.get(one.fact.rater, "") if one.fact.rater else one.fact.form or "Ladder",
                one.fact.form,
                one.standing,
                one.until,
                one.fact.expires_on,
                one.fact.recorded_at.isoformat(),
                one.fact.id,
            ]
            for one in page.entries
        ),
    )
