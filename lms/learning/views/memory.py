"""Review: a question, its explanation, how well it was known, the next one."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import Invalid
from lms.foundation.numbers import whole_number
from lms.learning.pages import memory as pages
from lms.learning.policy import LearningPermission
from lms.learning.queries.memory import list_put_aside
from lms.learning.rules.memory import MOST_REVIEWS
from lms.learning.services import memory as services
from lms.learning.views.room import room
from lms.web import actor, now, session
from lms.web.device import answers, device_time, fact_id
from lms.web.language import in_words


def _until() -> int | None:
    """How many of today's reviews this session ends at, from the address."""
    until = whole_number(request.args.get("until", ""), None, digits=4)
    return None if until is None else min(until, MOST_REVIEWS)


@room.get("/review", allow=LearningPermission.LEARN)
def review() -> ResponseReturnValue:
    """The next card that is due."""
    return _review()


def _review(problem: str = "") -> str:
    page = pages.review_page(session(), actor=actor(), until=_until(), now=now())
    return render_template("learning/review.html", page=page, until=_until(), problem=problem)


@room.post("/review/cards/<uuid:card_id>", allow=LearningPermission.LEARN)
def answer_card(card_id: uuid.UUID) -> ResponseReturnValue:
    """A card was answered."""
    answered = services.Answered(
        fact_id(),
        card_id,
        whole_number(request.form.get("nth", ""), 0, digits=6),
        answers(),
        device_time(),
    )
    try:
        kept = services.answer_card(session(), actor=actor(), answered=answered, now=now())
    except Invalid as error:
        session().rollback()
        return _review(in_words(error)), 422
    return redirect(url_for("learning.answered_card", answer_id=kept.log.id, until=_until()))


@room.get("/review/answers/<uuid:answer_id>", allow=LearningPermission.LEARN)
def answered_card(answer_id: uuid.UUID) -> ResponseReturnValue:
    """What was answered, explained."""
    page = pages.answered_page(session(), actor=actor(), answer_id=answer_id, until=_until(), now=now())
    return render_template("learning/reviewed.html", page=page, until=_until())


@room.post("/review/answers/<uuid:answer_id>", allow=LearningPermission.LEARN)
def say_how_well(answer_id: uuid.UUID) -> ResponseReturnValue:
    """How well it was known."""
    services.say_how_well(
        session(),
        actor=actor(),
        word_id=fact_id(),
        answer_id=answer_id,
        felt=request.form.get("felt", ""),
        now=now(),
    )
    return redirect(url_for("learning.review", until=_until()))


@room.post("/review/cards/<uuid:card_id>/aside", allow=LearningPermission.LEARN)
def put_card_aside(card_id: uuid.UUID) -> ResponseReturnValue:
    """Not now, never again, or back."""
    how = request.form.get("how", "")
    services.put_aside(session(), actor=actor(), card_id=card_id, how=how, now=now())
    if how == "back":
        flash(_("The question will come back."), "good")
        return redirect(url_for("learning.cards_aside"))
    flash(
        _("It comes back tomorrow at the earliest.")
        if how == "later"
        else _("You will not be asked that again.")
    )
    return redirect(url_for("learning.review", until=_until()))


@room.get("/review/aside", allow=LearningPermission.LEARN)
def cards_aside() -> ResponseReturnValue:
    """The questions I do not want to be asked."""
    return render_template("learning/aside.html", cards=list_put_aside(session(), actor=actor()))
