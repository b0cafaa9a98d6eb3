"""Rating on a form: the list of forms, one rater at once (also from a phone that was offline), and panels."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import new_id
from lms.tracks import queries
from lms.tracks.forms.rating import PanelForm, SubjectForm, marks_form
from lms.tracks.framework_files import find_form, latest_forms
from lms.tracks.policy import TrackPermission
from lms.tracks.services import rating
from lms.tracks.views.paths import recording_page
from lms.tracks.views.room import as_seen, chosen_rung, day, room
from lms.web import actor, answered, now, session, wants_part
from lms.web.device import fact_id
from lms.web.language import in_words

RECORD = TrackPermission.RECORD


def _form(form_key: str, raters: range) -> Mapping[str, Any]:
    found = find_form(form_key)
    if found is None or found["raters"] not in raters:
        raise NotFound("There is no such form.")
    return found


ALONE, SEVERAL = range(1, 2), range(2, 100)


@room.get("/board/people/<uuid:person_id>/rate", allow=RECORD)
def rating_forms(person_id: uuid.UUID) -> ResponseReturnValue:
    """The forms a person can be rated on: those that the rung asks for by name, then the others."""
    page = recording_page(person_id)
    asked = {key for need in page.needs for part in need.get("parts", ()) for key in part.get("forms", ())}
    forms = sorted(latest_forms(), key=lambda one: one["key"] not in asked)
    return render_template("tracks/forms.html", page=page, forms=forms)


def _filled(person_id: uuid.UUID, found: Mapping[str, Any], **values: Any) -> tuple[Any, Any]:
    page = recording_page(person_id)
    form = marks_form(found, SubjectForm)(**values)
    form.offer(found, page.rung["key"], page.needs)
    return page, form


def _rate_page(page: Any, form: Any, found: Mapping[str, Any], evidence_id: uuid.UUID) -> str:
    return render_template("tracks/rate.html", page=page, form=form, found=found, evidence_id=evidence_id)


@room.get("/board/people/<uuid:person_id>/rate/<form_key>", allow=RECORD)
def rate(person_id: uuid.UUID, form_key: str) -> ResponseReturnValue:
    """The form, for one rater."""
    found = _form(form_key, ALONE)
    page, form = _filled(person_id, found, on=day())
    return _rate_page(page, form, found, new_id())


@room.post("/board/people/<uuid:person_id>/rate/<form_key>", allow=RECORD, endpoint="put_rating")
def put_rating(person_id: uuid.UUID, form_key: str) -> ResponseReturnValue:
    """Record it; a phone that sends it again after a lost reply gets the first one's answer."""
    found, id_ = _form(form_key, ALONE), fact_id("evidence_id")
    page, form = _filled(person_id, found)
    goal = "tracks.person" if page.may_see_person else "tracks.rating_forms"
    back = url_for(goal, person_id=person_id, rung=chosen_rung())

    def act() -> object:
        return rating.record_rating(
            session(),
            actor=actor(),
            about=form.about(person_id, found),
            marks=form.marks(),
            note=form.note.data or "",
            now=now(),
            evidence_id=id_,
        )

    if wants_part():
        return _put_part(form, act, back)

    def done(_row: object) -> ResponseReturnValue:
        flash(_("Recorded."), "good")
        return redirect(back)

    return answered(form, act=act, done=done, page=lambda: _rate_page(page, form, found, id_))


def _put_part(form: Any, act: Any, back: str) -> ResponseReturnValue:
    if not form.validate():
        return jsonify(error=str(next(iter(form.errors.values()))[0])), 422
    try:
        act()
    except (Invalid, Conflict) as error:
        session().rollback()
        return jsonify(error=in_words(error)), 409 if isinstance(error, Conflict) else 422
    return jsonify(saved=True, goal=back)


# Several raters


def _calling(person_id: uuid.UUID, found: Mapping[str, Any], **values: Any) -> tuple[Any, PanelForm]:
    page, form = recording_page(person_id), PanelForm(**values)
    form.offer(found, page.rung["key"], page.needs)
    raters = queries.list_raters(session(), actor=actor(), today=as_seen(now()))
    form.raters.choices = [(str(one.person_id), one.name) for one in raters if one.person_id != person_id]
    return page, form


def _call_page(page: Any, form: PanelForm, found: Mapping[str, Any], panel_id: uuid.UUID) -> str:
    return render_template("tracks/panel_call.html", page=page, form=form, found=found, panel_id=panel_id)


@room.get("/board/people/<uuid:person_id>/panel/<form_key>", allow=RECORD)
def calling_panel(person_id: uuid.UUID, form_key: str) -> ResponseReturnValue:
    """The form that asks several people to rate the same thing."""
    found = _form(form_key, SEVERAL)
    page, form = _calling(person_id, found, on=day())
    return _call_page(page, form, found, new_id())


@room.post("/board/people/<uuid:person_id>/panel/<form_key>", allow=RECORD)
def call_panel(person_id: uuid.UUID, form_key: str) -> ResponseReturnValue:
    """Ask them."""
    found, id_ = _form(form_key, SEVERAL), fact_id("panel_id")
    page, form = _calling(person_id, found)

    def done(_panel: object) -> ResponseReturnValue:
        flash(_("Asked. Each finds it under “My ratings”, and rates alone."), "good")
        return redirect(url_for("tracks.panel", panel_id=id_))

    return answered(
        form,
        act=lambda: rating.call_panel(
            session(),
            actor=actor(),
            about=form.about(person_id, found),
            raters=form.chosen(),
            now=now(),
            panel_id=id_,
        ),
        done=done,
        page=lambda: _call_page(page, form, found, id_),
    )


@room.get("/ratings", allow=TrackPermission.RATE)
def own_panels() -> ResponseReturnValue:
    """What I am asked to rate."""
    lines = queries.list_own_panels(session(), actor=actor())
    names = {one["key"]: one["name"] for one in latest_forms()}
    return render_template("tracks/panels.html", lines=lines, form_names=names)


def _panel_page(panel_id: uuid.UUID, form: Any = None) -> str:
    seen = rating.see_panel(session(), actor=actor(), panel_id=panel_id)
    waits = seen.mine is not None and seen.mine.rated_at is None
    return render_template(
        "tracks/panel.html", seen=seen, form=form or (marks_form(seen.form)() if waits else None)
    )


@room.get("/ratings/<uuid:panel_id>", allow=TrackPermission.RATE)
def panel(panel_id: uuid.UUID) -> ResponseReturnValue:
    """A panel: my marks to hand in, or all of them once everybody has."""
    return _panel_page(panel_id)


@room.post("/ratings/<uuid:panel_id>", allow=TrackPermission.RATE, endpoint="hand_in")
def hand_in(panel_id: uuid.UUID) -> ResponseReturnValue:
    """Hand my marks in."""
    form = marks_form(rating.see_panel(session(), actor=actor(), panel_id=panel_id).form)()

    def done(_panel: object) -> ResponseReturnValue:
        flash(_("Handed in. You see the others' marks when all are in."), "good")
        return redirect(url_for("tracks.panel", panel_id=panel_id))

    return answered(
        form,
        act=lambda: rating.hand_in(
            session(),
            actor=actor(),
            panel_id=panel_id,
            marks=form.marks(),
            note=form.note.data or "",
            now=now(),
        ),
        done=done,
        page=lambda: _panel_page(panel_id, form),
    )
