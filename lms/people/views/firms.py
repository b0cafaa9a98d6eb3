"""Firms, for the association: a name, a door, a count. Never a person."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from lms.foundation.errors import NotFound
from lms.people import queries
from lms.people.forms.firms import AdministratorForm, FirmForm, NewFirmForm
from lms.people.policy import PeoplePermission
from lms.people.services import firms as services
from lms.people.services.links import MadeLink
from lms.people.views.room import room, shown_once, today
from lms.web import actor, answered, now, session

FIRMS = PeoplePermission.FIRMS
PAGE = 50


@room.get("/firms", allow=FIRMS)
def firms() -> ResponseReturnValue:
    """All firms with how many people work there."""
    text, after = request.args.get("q", "")[:100], request.args.get("after", "")[:160]
    found = queries.list_firm_lines(session(), today=today(), text=text, after=after, limit=PAGE)
    more = found[PAGE - 1].name if len(found) > PAGE else ""
    return render_template("people/firms.html", firms=found[:PAGE], text=text, more=more)


def find_line(firm_id: uuid.UUID) -> queries.FirmLine:
    """A firm and its counts."""
    found = queries.find_firm_line(session(), firm_id=firm_id, today=today())
    if found is None:
        raise NotFound("There is no such firm.")
    return found


def _made(firm_id: uuid.UUID, made: MadeLink) -> ResponseReturnValue:
    back = url_for("people.firm", firm_id=firm_id)
    return shown_once(render_template("people/link.html", made=made, back=back))


@room.get("/firms/add", allow=FIRMS)
def new_firm() -> ResponseReturnValue:
    """The form for a new firm and its first administrator."""
    return render_template("people/firm_add.html", form=NewFirmForm(time_zone="America/Belize"))


@room.post("/firms/add", allow=FIRMS)
def add_firm() -> ResponseReturnValue:
    """Add the firm; its administrator's invitation is shown this once."""
    form = NewFirmForm()
    return answered(
        form,
        act=lambda: services.add_firm(
            session(), actor=actor(), new=form.given(), first=form.administrator(), now=now()
        ),
        done=lambda came: _made(*came),
        page=lambda: render_template("people/firm_add.html", form=form),
    )


def _page(firm_id: uuid.UUID, form: FirmForm) -> str:
    return render_template("people/firm.html", firm=find_line(firm_id), form=form)


@room.get("/firms/<uuid:firm_id>", allow=FIRMS)
def firm(firm_id: uuid.UUID) -> ResponseReturnValue:
    """One firm: its name, its door, its count."""
    return _page(firm_id, FirmForm(obj=find_line(firm_id)))


@room.post("/firms/<uuid:firm_id>", allow=FIRMS)
def change_firm(firm_id: uuid.UUID) -> ResponseReturnValue:
    """Rename it."""
    find_line(firm_id)
    form = FirmForm()

    def done(_nothing: None) -> ResponseReturnValue:
        flash(_("Saved."), "good")
        return redirect(url_for("people.firm", firm_id=firm_id))

    return answered(
        form,
        act=lambda: services.edit_firm(
            session(),
            actor=actor(),
            firm_id=firm_id,
            name=form.name.data or "",
            time_zone=form.time_zone.data,
            language=form.language.data,
            now=now(),
        ),
        done=done,
        page=lambda: _page(firm_id, form),
    )


@room.get("/firms/<uuid:firm_id>/administrator", allow=FIRMS)
def new_administrator(firm_id: uuid.UUID) -> ResponseReturnValue:
    """The form for an administrator of a firm that has none."""
    return render_template(
        "people/firm_administrator.html", firm=find_line(firm_id), form=AdministratorForm()
    )


@room.post("/firms/<uuid:firm_id>/administrator", allow=FIRMS)
def invite_administrator(firm_id: uuid.UUID) -> ResponseReturnValue:
    """Invite them; the invitation is shown this once."""
    found, form = find_line(firm_id), AdministratorForm()
    return answered(
        form,
        act=lambda: services.invite_administrator(
            session(), actor=actor(), firm_id=firm_id, who=form.administrator(), now=now()
        ),
        done=lambda made: _made(firm_id, made),
        page=lambda: render_template("people/firm_administrator.html", firm=found, form=form),
    )


@room.get("/firms/<uuid:firm_id>/close", allow=FIRMS)
def closing_firm(firm_id: uuid.UUID) -> ResponseReturnValue:
    """The last question before a firm is closed."""
    return render_template("people/firm_close.html", firm=find_line(firm_id), form=FlaskForm())


@room.post("/firms/<uuid:firm_id>/close", allow=FIRMS)
def close_firm(firm_id: uuid.UUID) -> ResponseReturnValue:
    """Close it."""
    services.close_firm(session(), actor=actor(), firm_id=firm_id, now=now())
    flash(_("The firm is closed. Everybody there is signed out."), "good")
    return redirect(url_for("people.firm", firm_id=firm_id))


@room.post("/firms/<uuid:firm_id>/reopen", allow=FIRMS)
def reopen_firm(firm_id: uuid.UUID) -> ResponseReturnValue:
    """Open it again."""
    services.reopen_firm(session(), actor=actor(), firm_id=firm_id, now=now())
    flash(_("The firm is open again."), "good")
    return redirect(url_for("people.firm", firm_id=firm_id))
