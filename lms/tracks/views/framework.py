"""The framework to read: the index, a competency, a profile, a rung, the versions and what is different between two."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.actor import Role
from lms.foundation.errors import NotFound
from lms.foundation.numbers import whole_number
from lms.tracks.forms.framework import WithdrawForm
from lms.tracks.pages import framework as pages
from lms.tracks.policy import TrackPermission
from lms.tracks.rules.differences import PART_WORDS
from lms.tracks.rules.layers import FIRM
from lms.tracks.services import framework as services
from lms.tracks.services.framework import layer_of
from lms.tracks.views.room import as_seen, day, room
from lms.web import actor, answered, now, session


@room.get("/framework", allow=TrackPermission.FRAMEWORK)
def framework_index() -> ResponseReturnValue:
    """Everything that is asked of anybody, with a search."""
    asked = request.args.get("by", "")
    page = pages.index_page(
        session(),
        actor=actor(),
        as_of=day(),
        q=request.args.get("q", ""),
        layer=asked if asked in ("firm", "shared") else "",
    )
    return render_template("tracks/framework.html", page=page)


@room.get("/framework/competencies/<entry_key>", allow=TrackPermission.FRAMEWORK)
def framework_competency(entry_key: str) -> ResponseReturnValue:
    """A competency: what each of its five levels looks like, and who asks for it."""
    page = pages.competency_page(session(), actor=actor(), key=entry_key, as_of=day())
    return render_template("tracks/framework_competency.html", page=page)


@room.get("/framework/profiles/<entry_key>", allow=TrackPermission.FRAMEWORK)
def framework_profile(entry_key: str) -> ResponseReturnValue:
    """A role profile: which competency at which level."""
    page = pages.profile_page(session(), actor=actor(), key=entry_key, as_of=day())
    return render_template("tracks/framework_profile.html", page=page)


@room.get("/framework/rungs/<entry_key>", allow=TrackPermission.FRAMEWORK)
def framework_rung(entry_key: str) -> ResponseReturnValue:
    """A rung: everything it asks for."""
    page = pages.rung_page(session(), actor=actor(), key=entry_key, as_of=day())
    return render_template("tracks/framework_rung.html", page=page)


@room.get("/framework/versions", allow=TrackPermission.FRAMEWORK)
def framework_versions() -> ResponseReturnValue:
    """The versions of both layers, and the differences between two."""
    return _versions(WithdrawForm())


def _versions(form: WithdrawForm) -> str:
    page = pages.versions_page(
        session(),
        actor=actor(),
        today=as_seen(now()),
        layer=request.args.get("layer", ""),
        earlier=_number("from"),
        later=_number("to"),
    )
    edits_firm = actor().has(Role.FIRM_ADMIN) and layer_of(actor()) == FIRM
    return render_template(
        "tracks/framework_versions.html",
        page=page,
        parts=PART_WORDS,
        edits_firm=edits_firm,
        form=form,
        today=as_seen(now()),
    )


@room.post("/framework/versions/<int:number>/withdraw", allow=TrackPermission.EDIT_FRAMEWORK)
def withdraw_version(number: int) -> ResponseReturnValue:
    """Withdraw the newest version of the reader's layer before its first day."""
    form = WithdrawForm()

    def done(_version: object) -> ResponseReturnValue:
        flash(_("Version %(number)s is withdrawn: it will measure nobody.", number=number), "good")
        return redirect(url_for("tracks.framework_versions"))

    return answered(
        form,
        act=lambda: services.withdraw_version(
            session(), actor=actor(), number=number, note=form.note.data or "", now=now()
        ),
        done=done,
        page=lambda: _versions(form),
    )


def _number(name: str) -> int | None:
    said = request.args.get(name, "")
    if not said:
        return None
    number = whole_number(said, None, digits=8)
    if number is None:
        raise NotFound("There is no such version.")
    return number
