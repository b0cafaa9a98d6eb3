"""Decision records: making one, reading one as a page or a PDF, the second approver, and what a person was told."""

import uuid

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import NotFound
from lms.tracks.forms.promotion import AppealForm, ApproveForm, DecideForm, decide_form
from lms.tracks.pages import own_openings, promotion
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.promotion import find_decision
from lms.tracks.rules.openings import Stage, working_days_after
from lms.tracks.services import appeals, deciding
from lms.tracks.views.room import as_seen, room
from lms.web import actor, answered, now, session
from lms.web.language import shown

REVIEW_AFTER = 65
"""Working days until a decision is looked at again, unless somebody says otherwise: about three months."""


def _decide_page(opening_id: uuid.UUID) -> promotion.DecidePage:
    return promotion.decide_page(session(), actor=actor(), opening_id=opening_id, today=as_seen(now()))


def _decide_form(page: promotion.DecidePage, **values: object) -> DecideForm:
    return decide_form({one.person.person_id: one.person.name for one in page.considered}, **values)


@room.get("/openings/<uuid:opening_id>/decide", allow=TrackPermission.DECIDE, endpoint="decide")
def deciding_page(opening_id: uuid.UUID) -> ResponseReturnValue:
    """The candidates with evidence and interviews, and the form to decide."""
    page = _decide_page(opening_id)
    form = _decide_form(page, review_on=working_days_after(as_seen(now()), REVIEW_AFTER))
    return render_template("tracks/decide.html", page=page, form=form)


@room.post("/openings/<uuid:opening_id>/decide", allow=TrackPermission.DECIDE, endpoint="keep_decision")
def keep_decision(opening_id: uuid.UUID) -> ResponseReturnValue:
    """Record the decision."""
    form = _decide_form(_decide_page(opening_id))

    def done(made: object) -> ResponseReturnValue:
        flash(_("Recorded and frozen. It waits for the second approver."), "good")
        return redirect(url_for("tracks.decision", decision_id=made.id))  # type: ignore[attr-defined]

    return answered(
        form,
        act=lambda: deciding.decide(
            session(), actor=actor(), opening_id=opening_id, said=form.given(), now=now()
        ),
        done=done,
        page=lambda: render_template("tracks/decide.html", page=_decide_page(opening_id), form=form),
    )


def _decision_page(decision_id: uuid.UUID) -> promotion.DecisionPage:
    return promotion.decision_page(session(), actor=actor(), decision_id=decision_id, today=as_seen(now()))


@room.get("/decisions/<uuid:decision_id>", allow=TrackPermission.OPENINGS)
def decision(decision_id: uuid.UUID) -> ResponseReturnValue:
    """One record with everything it was decided on."""
    page = _decision_page(decision_id)
    return render_template("tracks/decision.html", page=page, form=ApproveForm(), stages=Stage)


@room.get("/decisions/<uuid:decision_id>.pdf", allow=TrackPermission.OPENINGS)
def decision_pdf(decision_id: uuid.UUID) -> ResponseReturnValue:
    """The same record as a PDF."""
    from lms.tracks.views.decision_pdf import write_pdf  # slow to start with: it reads fpdf2

    page = _decision_page(decision_id)
    reply = make_response(write_pdf(page))
    reply.headers["Content-Type"] = "application/pdf"
    reply.headers["Content-Disposition"] = f'attachment; filename="decision-{decision_id}.pdf"'
    return reply


@room.post("/decisions/<uuid:decision_id>/answer", allow=TrackPermission.APPROVE)
def answer_decision(decision_id: uuid.UUID) -> ResponseReturnValue:
    """The second approver approves it or sends it back."""
    form = ApproveForm()
    if find_decision(session(), actor=actor(), decision_id=decision_id) is None:
        raise NotFound("There is no such decision.")

    def done(made: object) -> ResponseReturnValue:
        approved = made.outcome == "approved"  # type: ignore[attr-defined]
        flash(
            _("Approved. Each candidate reads what they are told on My path.")
            if approved
            else _("Sent back to whoever decides."),
            "good",
        )
        return redirect(url_for("tracks.decision", decision_id=decision_id))

    return answered(
        form,
        act=lambda: deciding.answer_decision(
            session(),
            actor=actor(),
            decision_id=decision_id,
            outcome=form.outcome.data or "",
            reason=form.reason.data or "",
            conflict=form.declared(),
            now=now(),
        ),
        done=done,
        page=lambda: render_template(
            "tracks/decision.html", page=_decision_page(decision_id), form=form, stages=Stage
        ),
    )


def _own_page(decision_id: uuid.UUID) -> own_openings.OwnDecision:
    return own_openings.own_decision(session(), actor=actor(), decision_id=decision_id, today=as_seen(now()))


def _appeal_form(page: own_openings.OwnDecision) -> AppealForm:
    form = AppealForm()
    form.offer(
        [
            (one["id"], f"{one['competency']} · {shown(one['detail'].get('title', ''))} · {one['on']}")
            for one in page.rated
        ],
        interviewed=page.interviewed,
    )
    if not form.is_submitted() and request.args.get("evidence"):
        form.ground.data, form.evidence.data = "evidence", request.args["evidence"]
    return form


@room.get("/path/decisions/<uuid:decision_id>", allow=TrackPermission.OWN_PATH)
def my_decision(decision_id: uuid.UUID) -> ResponseReturnValue:
    """What I was told, and how I can appeal."""
    page = _own_page(decision_id)
    return render_template("tracks/my_decision.html", page=page, form=_appeal_form(page))


@room.post("/path/decisions/<uuid:decision_id>/appeal", allow=TrackPermission.APPEAL)
def make_appeal(decision_id: uuid.UUID) -> ResponseReturnValue:
    """Appeal."""
    form = _appeal_form(_own_page(decision_id))

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Your appeal is in. Somebody who did not decide answers it."), "good")
        return redirect(url_for("tracks.my_decision", decision_id=decision_id))

    return answered(
        form,
        act=lambda: appeals.make_appeal(
            session(),
            actor=actor(),
            decision_id=decision_id,
            ground=form.ground.data or "",
            evidence_id=form.evidence_id(),
            reason=form.reason.data or "",
            now=now(),
        ),
        done=done,
        page=lambda: render_template("tracks/my_decision.html", page=_own_page(decision_id), form=form),
    )
