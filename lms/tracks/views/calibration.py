"""Gold contacts: an assessor's rounds, one contact to rate blind, a round that is over; licences and own contacts of a firm."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import NotFound
from lms.foundation.ids import new_id
from lms.tracks.forms.calibration import gold_in, gold_marks_form, new_gold_form
from lms.tracks.framework_files import find_form, latest_forms
from lms.tracks.pages import calibration as pages
from lms.tracks.policy import TrackPermission
from lms.tracks.rules.calibration import Interval
from lms.tracks.services import calibration as services
from lms.tracks.views.room import room
from lms.web import actor, answered, now, session
from lms.web.device import fact_id
from lms.web.replies import csv_reply

RATE = TrackPermission.RATE


def _form(form_key: str) -> Mapping[str, Any]:
    found = find_form(form_key)
    if found is None:
        raise NotFound("There is no such form.")
    return found


@room.get("/ratings/calibration", allow=RATE)
def calibration() -> ResponseReturnValue:
    """Where I stand with the gold contacts of each form."""
    return render_template(
        "tracks/calibration.html", page=pages.calibration_page(session(), actor=actor(), now=now())
    )


def _gold(form_key: str, contact_key: str, form: Any = None) -> str:
    page = pages.gold_page(session(), actor=actor(), form_key=form_key, contact=contact_key, now=now())
    return render_template("tracks/gold.html", page=page, form=form or gold_marks_form(page.form)())


@room.get("/ratings/calibration/<form_key>/<contact_key>", allow=RATE)
def gold(form_key: str, contact_key: str) -> ResponseReturnValue:
    """One gold contact, blind."""
    return _gold(form_key, contact_key)


@room.post("/ratings/calibration/<form_key>/<contact_key>", allow=RATE, endpoint="rate_gold")
def rate_gold(form_key: str, contact_key: str) -> ResponseReturnValue:
    """Keep my marks, and on to the next contact."""
    form = gold_marks_form(_form(form_key))()

    def done(kept: Any) -> ResponseReturnValue:
        row, licence = kept
        _found, _contacts, place = services.standing_in(
            session(), actor=actor(), form_key=form_key, now=now()
        )
        if place.number == row.round and place.left:
            return redirect(url_for("tracks.gold", form_key=form_key, contact_key=place.left[0]))
        if licence is not None:
            flash(_("The round is done, and it earned the licence."), "good")
        return redirect(url_for("tracks.calibration_round", form_key=form_key, number=row.round))

    return answered(
        form,
        act=lambda: services.rate_gold(
            session(), actor=actor(), form_key=form_key, contact=contact_key, marks=form.marks(), now=now()
        ),
        done=done,
        page=lambda: _gold(form_key, contact_key, form),
    )


@room.get("/ratings/calibration/<form_key>/rounds/<int(max=9999):number>", allow=RATE)
def calibration_round(form_key: str, number: int) -> ResponseReturnValue:
    """A round that is over: my marks beside the agreed ones, with the reasons."""
    page = pages.round_page(session(), actor=actor(), form_key=form_key, number=number, now=now())
    return render_template("tracks/calibration_round.html", page=page)


def _licences() -> pages.LicencesPage:
    return pages.licences_page(session(), actor=actor(), now=now(), only=request.args.get("only", "")[:20])


@room.get("/licences", allow=TrackPermission.LICENCES)
def licences() -> ResponseReturnValue:
    """Who holds a licence, how severe each is, and the firm's own gold contacts."""
    return render_template("tracks/licences.html", page=_licences(), forms=latest_forms())


@room.get("/licences.csv", allow=TrackPermission.LICENCES)
def licences_csv() -> ResponseReturnValue:
    """The same, for a spreadsheet."""
    header = (
        "name",
        "form",
        "licence_until",
        "contacts",
        "icc",
        "icc_low",
        "icc_high",
        "severity",
        "severity_low",
        "severity_high",
        "severity_n",
    )

    def cells(one: Interval) -> list[str]:
        return ["" if each is None else f"{each:.3f}" for each in (one.value, one.low, one.high)]

    rows = [
        [
            one.name,
            one.form["name"],
            one.licence.expires_on if one.licence else "",
            one.rated,
            *cells(one.found.icc if one.found else Interval(0)),
            *cells(one.severity),
            one.severity.n,
        ]
        for one in _licences().shown
    ]
    return csv_reply(f"licences-{now().date()}.csv", header, rows)


def _new_gold(form_key: str, gold_id: uuid.UUID, form: Any = None) -> str:
    found = _form(form_key)
    return render_template(
        "tracks/gold_new.html", form=form or new_gold_form(found)(), found=found, gold_id=gold_id
    )


@room.get("/licences/contacts/<form_key>/new", allow=TrackPermission.LICENCES)
def new_gold(form_key: str) -> ResponseReturnValue:
    """A gold contact of the firm's own."""
    return _new_gold(form_key, new_id())


@room.post("/licences/contacts/<form_key>/new", allow=TrackPermission.LICENCES, endpoint="add_gold")
def add_gold(form_key: str) -> ResponseReturnValue:
    """Keep it."""
    form, id_ = new_gold_form(_form(form_key))(), fact_id("gold_id")

    def done(_row: object) -> ResponseReturnValue:
        flash(_("Kept. Assessors meet it in their next round."), "good")
        return redirect(url_for("tracks.licences"))

    return answered(
        form,
        act=lambda: services.write_gold(
            session(), actor=actor(), new=gold_in(form, form_key, id_), now=now()
        ),
        done=done,
        page=lambda: _new_gold(form_key, id_, form),
    )


@room.post("/licences/contacts/<uuid:gold_id>/retire", allow=TrackPermission.LICENCES)
def retire_gold(gold_id: uuid.UUID) -> ResponseReturnValue:
    """Take a gold contact out of use."""
    services.retire_gold(session(), actor=actor(), gold_id=gold_id, now=now())
    flash(_("It is no longer used. What was rated stays."), "good")
    return redirect(url_for("tracks.licences"))
