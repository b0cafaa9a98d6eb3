"""A person's own PIN for the shared devices of their firm."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.policy import Door
from lms.people.forms.floor import NewPinForm
from lms.people.queries import find_employment
from lms.people.queries.floor import find_pin_set_at
from lms.people.services import pins as services
from lms.people.views.room import on_own_device, room
from lms.web import actor, answered, now, session


def _page(form: NewPinForm) -> str:
    me = find_employment(session(), actor=actor(), person_id=actor().person_id)
    return render_template(
        "people/pin.html",
        form=form,
        since=find_pin_set_at(session(), actor=actor()),
        number=me.employee_number if me else None,
    )


@room.get("/me/pin", allow=Door.SIGNED_IN)
def pin() -> ResponseReturnValue:
    """My PIN: whether there is one, and the form for another."""
    on_own_device()
    return _page(NewPinForm())


@room.post("/me/pin", allow=Door.SIGNED_IN, endpoint="set_pin")
def set_pin() -> ResponseReturnValue:
    """Set it."""
    on_own_device()
    form = NewPinForm()

    def done(_nothing: None) -> ResponseReturnValue:
        flash(
            _("Your PIN is set. It works on the shared PCs of your firm, with your employee number."), "good"
        )
        return redirect(url_for("people.me"))

    return answered(
        form,
        act=lambda: services.set_pin(session(), actor=actor(), pin=form.given(), now=now()),
        done=done,
        page=lambda: _page(form),
    )


@room.post("/me/pin/drop", allow=Door.SIGNED_IN)
def drop_pin() -> ResponseReturnValue:
    """Take it away."""
    on_own_device()
    services.drop_pin(session(), actor=actor(), now=now())
    flash(_("Your PIN is taken away."), "good")
    return redirect(url_for("people.me"))
