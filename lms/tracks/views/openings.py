"""Openings: the list, one opening, making and changing it, who is put forward, and interviews."""

import uuid
from collections.abc import Callable

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import NotFound
from lms.people.queries import list_teams
from lms.tracks.forms.promotion import (
    DecidersForm,
    NominateForm,
    OpeningForm,
    ReasonForm,
    interview_form,
    opening_form,
)
from lms.tracks.pages import promotion
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.queries.promotion import find_opening, list_in_roles
from lms.tracks.rules.openings import STAGE_WORDS, USUAL_QUESTIONS, Question, Stage, working_days_after
from lms.tracks.services import interviews, openings
from lms.tracks.views.room import as_seen, room
from lms.web import actor, answered, csv_reply, now, session
from lms.web.language import once_a_language


@room.app_context_processor
@once_a_language
def promotion_words() -> dict[str, object]:
    """What the pages about openings need to put values into words."""
    return {"stage_words": {one: _(words) for one, words in STAGE_WORDS.items()}}


def _asked_list() -> promotion.OpeningsPage:
    return promotion.openings_page(
        session(),
        actor=actor(),
        q=request.args.get("q", "")[:160],
        stage=request.args.get("stage", ""),
        rung=request.args.get("rung", ""),
        today=as_seen(now()),
    )


@room.get("/openings", allow=TrackPermission.OPENINGS, endpoint="openings")
def list_of_openings() -> ResponseReturnValue:
    """The firm's openings, with search and filters."""
    return render_template(
        "tracks/openings.html",
        page=_asked_list(),
        stages=Stage,
        framework=framework_of(session(), actor=actor(), on=as_seen(now())),
        today=as_seen(now()),
    )


@room.get("/openings.csv", allow=TrackPermission.OPENINGS)
def openings_csv() -> ResponseReturnValue:
    """The same list as a file."""
    page = _asked_list()
    return csv_reply(
        "openings.csv",
        ["title", "rung", "places", "opens_on", "closes_on", "state", "candidates", "decides", "approves"],
        (
            [
                one.opening.title,
                one.opening.rung,
                one.opening.places,
                one.opening.opens_on,
                one.opening.closes_on,
                one.stage.value,
                len(one.candidates),
                page.names.get(str(one.opening.decider_id), ""),
                page.names.get(str(one.opening.second_id), ""),
            ]
            for one in page.lines
        ),
    )


def _offered(form: OpeningForm) -> OpeningForm:
    today = as_seen(now())
    form.offer(
        framework_of(session(), actor=actor(), on=today),
        [(one.id, one.name) for one in list_teams(session(), actor=actor())],
        list_in_roles(session(), actor=actor(), roles=openings.DECIDERS, today=today),
        list_in_roles(session(), actor=actor(), roles=openings.SECONDS, today=today),
    )
    return form


@room.get("/openings/new", allow=TrackPermission.EDIT_OPENING)
def new_opening() -> ResponseReturnValue:
    """The form for a new opening, with questions to begin from."""
    today = as_seen(now())
    usual = tuple(Question(_(one.text), _(one.low), _(one.middle), _(one.high)) for one in USUAL_QUESTIONS)
    form = opening_form(
        usual,
        places=1,
        opens_on=today,
        closes_on=working_days_after(today, 10),
        decider=str(actor().person_id),
    )
    return render_template("tracks/opening_form.html", form=_offered(form), opening=None)


@room.post("/openings/new", allow=TrackPermission.EDIT_OPENING)
def make_opening() -> ResponseReturnValue:
    """Open it."""
    form = _offered(opening_form())

    def done(made: object) -> ResponseReturnValue:
        flash(_("The opening is made. People see it on My path from its first day."), "good")
        return redirect(url_for("tracks.opening", opening_id=made.id))  # type: ignore[attr-defined]

    return answered(
        form,
        act=lambda: openings.create_opening(session(), actor=actor(), facts=form.given(), now=now()),
        done=done,
        page=lambda: render_template("tracks/opening_form.html", form=_offered(form), opening=None),
    )


def _which() -> str:
    asked = request.args.get("show", "ready")
    return asked if asked in ("ready", "step", "all") else "ready"


def _opening_page(opening_id: uuid.UUID, form: NominateForm) -> str:
    sort = "hired" if request.args.get("sort") == "hired" else "name"
    page = promotion.opening_page(
        session(),
        actor=actor(),
        opening_id=opening_id,
        which=_which(),
        q=request.args.get("q", "")[:160],
        sort=sort,
        today=as_seen(now()),
    )
    return render_template(
        "tracks/opening.html", page=page, form=form, which=_which(), sort=sort, stages=Stage
    )


@room.get("/openings/<uuid:opening_id>", allow=TrackPermission.OPENINGS)
def opening(opening_id: uuid.UUID) -> ResponseReturnValue:
    """One opening: candidates, who is ready, who is one step away, records."""
    return _opening_page(opening_id, NominateForm(who=request.args.get("who", "")[:160]))


@room.get("/openings/<uuid:opening_id>/edit", allow=TrackPermission.EDIT_OPENING)
def edit_opening(opening_id: uuid.UUID) -> ResponseReturnValue:
    """The form to change it."""
    found = find_opening(session(), actor=actor(), opening_id=opening_id)
    if found is None:
        raise NotFound("There is no such opening.")
    form = opening_form(
        tuple(Question(**one) for one in found.questions["questions"]),
        title=found.title,
        rung=found.rung,
        team=str(found.team_id or ""),
        places=found.places,
        opens_on=found.opens_on,
        closes_on=found.closes_on,
        decider=str(found.decider_id),
        second=str(found.second_id),
        note=found.note,
    )
    return render_template("tracks/opening_form.html", form=_offered(form), opening=found)


@room.post("/openings/<uuid:opening_id>/edit", allow=TrackPermission.EDIT_OPENING)
def change_opening(opening_id: uuid.UUID) -> ResponseReturnValue:
    """Change it."""
    found = find_opening(session(), actor=actor(), opening_id=opening_id)
    if found is None:
        raise NotFound("There is no such opening.")
    form = _offered(opening_form())

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("tracks.opening", opening_id=opening_id))

    return answered(
        form,
        act=lambda: openings.edit_opening(
            session(), actor=actor(), opening_id=opening_id, facts=form.given(), now=now()
        ),
        done=done,
        page=lambda: render_template(
            "tracks/opening_form.html",
            form=_offered(form),
            opening=find_opening(session(), actor=actor(), opening_id=opening_id),
        ),
    )


@room.post("/openings/<uuid:opening_id>/close", allow=TrackPermission.EDIT_OPENING)
def close_opening(opening_id: uuid.UUID) -> ResponseReturnValue:
    """Close it: the scores open to those who decide."""
    openings.close_opening(session(), actor=actor(), opening_id=opening_id, now=now())
    flash(_("Closed. The scores are open now, and it can be decided."), "good")
    return redirect(url_for("tracks.opening", opening_id=opening_id))


@room.get("/openings/<uuid:opening_id>/cancel", allow=TrackPermission.EDIT_OPENING)
def cancelling(opening_id: uuid.UUID) -> ResponseReturnValue:
    """The question before an opening is cancelled."""
    return _cancel_page(opening_id, ReasonForm())


def _cancel_page(opening_id: uuid.UUID, form: ReasonForm) -> str:
    found = find_opening(session(), actor=actor(), opening_id=opening_id)
    if found is None:
        raise NotFound("There is no such opening.")
    return render_template("tracks/opening_cancel.html", opening=found, form=form)


@room.post("/openings/<uuid:opening_id>/cancel", allow=TrackPermission.EDIT_OPENING)
def cancel_opening(opening_id: uuid.UUID) -> ResponseReturnValue:
    """Cancel it."""
    form = ReasonForm()

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Cancelled. The candidates read why."), "good")
        return redirect(url_for("tracks.opening", opening_id=opening_id))

    _cancel_page(opening_id, form)  # not found is told before what is wrong with the form
    return answered(
        form,
        act=lambda: openings.cancel_opening(
            session(), actor=actor(), opening_id=opening_id, reason=form.reason.data or "", now=now()
        ),
        done=done,
        page=lambda: _cancel_page(opening_id, form),
    )


def _deciders(opening_id: uuid.UUID, **values: str) -> tuple[DecidersForm, Callable[[], str]]:
    found = find_opening(session(), actor=actor(), opening_id=opening_id)
    if found is None:
        raise NotFound("There is no such opening.")
    form, today = DecidersForm(**values), as_seen(now())
    form.offer(
        list_in_roles(session(), actor=actor(), roles=openings.DECIDERS, today=today),
        list_in_roles(session(), actor=actor(), roles=openings.SECONDS, today=today),
    )
    return form, lambda: render_template("tracks/opening_deciders.html", opening=found, form=form)


@room.get("/openings/<uuid:opening_id>/deciders", allow=TrackPermission.EDIT_OPENING)
def deciders(opening_id: uuid.UUID) -> ResponseReturnValue:
    """The form to name somebody in the place of who left."""
    _form, page = _deciders(opening_id)
    return page()


@room.post("/openings/<uuid:opening_id>/deciders", allow=TrackPermission.EDIT_OPENING)
def replace_deciders(opening_id: uuid.UUID) -> ResponseReturnValue:
    """Name them."""
    form, page = _deciders(opening_id)

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("tracks.opening", opening_id=opening_id))

    def act() -> object:
        decider_id, second_id = form.given()
        return openings.replace_deciders(
            session(),
            actor=actor(),
            opening_id=opening_id,
            decider_id=decider_id,
            second_id=second_id,
            now=now(),
        )

    return answered(form, act=act, done=done, page=page)


@room.post("/openings/<uuid:opening_id>/nominate", allow=TrackPermission.EDIT_OPENING)
def nominate(opening_id: uuid.UUID) -> ResponseReturnValue:
    """Put somebody forward."""
    form = NominateForm()
    if find_opening(session(), actor=actor(), opening_id=opening_id) is None:
        raise NotFound("There is no such opening.")

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Put forward. They read who did it, and why."), "good")
        return redirect(url_for("tracks.opening", opening_id=opening_id))

    return answered(
        form,
        act=lambda: openings.nominate(
            session(),
            actor=actor(),
            opening_id=opening_id,
            who=form.who.data or "",
            reason=form.reason.data or "",
            now=now(),
        ),
        done=done,
        page=lambda: _opening_page(opening_id, form),
    )


@room.post("/path/openings/<uuid:opening_id>/consider", allow=TrackPermission.OWN_PATH)
def consider_me(opening_id: uuid.UUID) -> ResponseReturnValue:
    """Ask to be considered."""
    openings.put_oneself_forward(session(), actor=actor(), opening_id=opening_id, now=now())
    flash(_("You are a candidate. You can withdraw until it is decided."), "good")
    return redirect(url_for("tracks.my_path", _anchor="openings"))


@room.post("/path/openings/<uuid:opening_id>/withdraw", allow=TrackPermission.OWN_PATH)
def withdraw(opening_id: uuid.UUID) -> ResponseReturnValue:
    """Stop being a candidate."""
    openings.withdraw(session(), actor=actor(), opening_id=opening_id, now=now())
    flash(_("You are no longer a candidate."), "good")
    return redirect(url_for("tracks.my_path", _anchor="openings"))


@room.get("/interviews", allow=TrackPermission.INTERVIEW, endpoint="interviews")
def list_of_interviews() -> ResponseReturnValue:
    """Whom I can interview."""
    page = promotion.interviews_page(session(), actor=actor(), today=as_seen(now()))
    return render_template("tracks/interviews.html", page=page)


def _interview_page(opening_id: uuid.UUID, person_id: uuid.UUID) -> promotion.InterviewPage:
    return promotion.interview_page(
        session(), actor=actor(), opening_id=opening_id, person_id=person_id, today=as_seen(now())
    )


@room.get("/openings/<uuid:opening_id>/interviews/<uuid:person_id>", allow=TrackPermission.INTERVIEW)
def interview(opening_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    """One candidate's interview: my scores first, then what others gave."""
    page = _interview_page(opening_id, person_id)
    form = interview_form(len(page.opening.questions["questions"]))
    return render_template("tracks/interview.html", page=page, form=form)


@room.post("/openings/<uuid:opening_id>/interviews/<uuid:person_id>", allow=TrackPermission.INTERVIEW)
def keep_interview(opening_id: uuid.UUID, person_id: uuid.UUID) -> ResponseReturnValue:
    """Keep my scores."""
    page = _interview_page(opening_id, person_id)
    form = interview_form(len(page.opening.questions["questions"]))

    def done(_made: object) -> ResponseReturnValue:
        flash(_("Kept. Now you see what others gave."), "good")
        return redirect(url_for("tracks.interview", opening_id=opening_id, person_id=person_id))

    return answered(
        form,
        act=lambda: interviews.record_interview(
            session(),
            actor=actor(),
            opening_id=opening_id,
            person_id=person_id,
            answers=form.given(),
            now=now(),
        ),
        done=done,
        page=lambda: render_template(
            "tracks/interview.html", page=_interview_page(opening_id, person_id), form=form
        ),
    )
