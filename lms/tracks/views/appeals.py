"""Appeals: the list, one appeal and its answer, and the blind page for whoever rates again."""

import uuid

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.tracks.forms.promotion import AppealAnswerForm, RerateForm, rerate_form
from lms.tracks.pages import appeals as pages
from lms.tracks.policy import TrackPermission
from lms.tracks.rules.appeals import GROUND_WORDS, OUTCOME_WORDS
from lms.tracks.services import appeals as services
from lms.tracks.views.room import as_seen, room
from lms.web import actor, answered, now, session
from lms.web.language import once_a_language


@room.app_context_processor
@once_a_language
def appeal_words() -> dict[str, object]:
    """What the pages about appeals need to put values into words."""
    return {
        "ground_words": {key: _(words) for key, words in GROUND_WORDS.items()},
        "appeal_words": {key: _(words) for key, words in OUTCOME_WORDS.items()},
    }


@room.get("/appeals", allow=TrackPermission.APPEALS, endpoint="appeals")
def list_of_appeals() -> ResponseReturnValue:
    """Appeals with their clock; for an assessor, those that wait to be rated, without names."""
    page = pages.appeals_page(session(), actor=actor(), today=as_seen(now()))
    return render_template("tracks/appeals.html", page=page, today=as_seen(now()))


def _page(appeal_id: uuid.UUID) -> pages.AppealPage:
    return pages.appeal_page(session(), actor=actor(), appeal_id=appeal_id)


@room.get("/appeals/<uuid:appeal_id>", allow=TrackPermission.ANSWER_APPEAL)
def appeal(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """One appeal: what the person says, both ratings, the answer."""
    return render_template("tracks/appeal.html", page=_page(appeal_id), form=AppealAnswerForm())


@room.post("/appeals/<uuid:appeal_id>", allow=TrackPermission.ANSWER_APPEAL)
def answer_appeal(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Answer it."""
    _page(appeal_id)
    form = AppealAnswerForm()

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Answered. The person reads it on My path."), "good")
        return redirect(url_for("tracks.appeal", appeal_id=appeal_id))

    return answered(
        form,
        act=lambda: services.answer_appeal(
            session(),
            actor=actor(),
            appeal_id=appeal_id,
            outcome=form.outcome.data or "",
            reason=form.reason.data or "",
            now=now(),
        ),
        done=done,
        page=lambda: render_template("tracks/appeal.html", page=_page(appeal_id), form=form),
    )


def _blind(appeal_id: uuid.UUID) -> tuple[pages.BlindPage, RerateForm]:
    page = pages.blind_page(session(), actor=actor(), appeal_id=appeal_id)
    return page, rerate_form(None if page.ground == "evidence" else len(page.answers))


@room.get("/appeals/<uuid:appeal_id>/rate", allow=TrackPermission.RERATE)
def rate_again(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """The work and the anchors: not whose it is, nor what was given."""
    page, form = _blind(appeal_id)
    return render_template("tracks/rate_again.html", page=page, form=form)


@room.post("/appeals/<uuid:appeal_id>/rate", allow=TrackPermission.RERATE)
def keep_rating(appeal_id: uuid.UUID) -> ResponseReturnValue:
    """Keep the blind rating."""
    _shown, form = _blind(appeal_id)

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Kept, beside the first rating. Thank you."), "good")
        return redirect(url_for("tracks.appeals"))

    return answered(
        form,
        act=lambda: services.rate_again(
            session(),
            actor=actor(),
            appeal_id=appeal_id,
            level=form.level_given(),
            scores=form.scores_given(),
            reason=form.reason.data or "",
            now=now(),
        ),
        done=done,
        page=lambda: render_template("tracks/rate_again.html", page=_blind(appeal_id)[0], form=form),
    )
