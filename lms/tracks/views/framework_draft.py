"""The draft of the framework: its forms, what it would change for people, and publishing it."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.errors import Invalid, NotFound
from lms.foundation.numbers import whole_number
from lms.tracks.forms.framework import (
    KIND_LABELS,
    CompetencyForm,
    NeedForm,
    ProfileForm,
    PublishForm,
    RevisionForm,
    RungForm,
    TakeOutForm,
    TrackForm,
    profile_form,
)
from lms.tracks.framework_files import shipped_framework
from lms.tracks.pages.framework_effect import coming_page, count_page, effect_page
from lms.tracks.policy import TrackPermission
from lms.tracks.rules.differences import PART_WORDS
from lms.tracks.rules.layers import FIRM, OWN, SHARED, is_own
from lms.tracks.services import framework as services
from lms.tracks.views.room import as_seen, room
from lms.web import actor, answered, now, session

EDIT = TrackPermission.EDIT_FRAMEWORK


def editing() -> services.Editing:
    """The layer that the reader edits, as of today."""
    return services.see_draft(session(), actor=actor(), day=as_seen(now()))


@room.get("/framework/draft", allow=EDIT)
def framework_draft() -> ResponseReturnValue:
    """What the draft changes, what keeps it from being published, and where to change more."""
    return render_template("tracks/framework_draft.html", **_overview(TakeOutForm()))


def _overview(form: RevisionForm) -> dict[str, Any]:
    page = editing()
    return {"page": page, "form": form, "parts": PART_WORDS, "own": OWN, "revision": page.revision}


def _entry(page: services.Editing, part: str) -> Mapping[str, Any] | None:
    """The entry that the address names; None for a new one. Raises NotFound."""
    key = request.args.get("key", "")
    if not key:
        return None
    if key not in page.now[part]:
        raise NotFound("There is no such entry.")
    return page.now[part][key]


def _show(
    template: str, form: RevisionForm, page: services.Editing, entry: Mapping[str, Any] | None, **more: Any
) -> str:
    """`theirs`: it is the association's, and a firm only adds to it."""
    theirs = page.layer == FIRM and entry is not None and not is_own(entry["key"])
    return render_template(
        f"tracks/{template}.html", form=form, page=page, entry=entry, theirs=theirs, own=OWN, **more
    )


def _save(
    part: str,
    form: RevisionForm,
    given: Callable[[], Mapping[str, Any]],
    entry: Mapping[str, Any] | None,
    show: Callable[[], str],
) -> ResponseReturnValue:
    """Keep what a form says of an entry, and go back to the draft."""

    def act() -> object:
        whole = dict(given())
        if entry is not None:
            whole["key"] = entry["key"]
        return services.save_entry(
            session(),
            actor=actor(),
            part=part,
            whole=whole,
            revision=form.seen(),
            now=now(),
            new=entry is None,
        )

    def done(_draft: object) -> ResponseReturnValue:
        flash(_("Kept in the draft. Nobody is measured by it until it is published."), "good")
        return redirect(url_for("tracks.framework_draft"))

    return answered(form, act=act, done=done, page=show)


@room.get("/framework/draft/competency", allow=EDIT)
def edit_competency() -> ResponseReturnValue:
    """The form of a competency."""
    page, form = editing(), CompetencyForm()
    entry = _entry(page, "competencies")
    if entry is not None:
        form.fill(entry)
    form.revision.data = page.revision
    return _show("framework_edit_competency", form, page, entry)


@room.post("/framework/draft/competency", allow=EDIT)
def save_competency() -> ResponseReturnValue:
    """Keep it."""
    form, page = CompetencyForm(), editing()
    entry = _entry(page, "competencies")
    return _save(
        "competencies",
        form,
        form.given,
        entry,
        lambda: _show("framework_edit_competency", form, editing(), entry),
    )


def _profile_form(page: services.Editing, entry: Mapping[str, Any] | None) -> ProfileForm:
    theirs = page.layer == FIRM and entry is not None and not is_own(entry["key"])
    least = page.below["profiles"][entry["key"]]["levels"] if theirs and entry is not None else {}
    return profile_form(page.now, least)


@room.get("/framework/draft/profile", allow=EDIT)
def edit_profile() -> ResponseReturnValue:
    """The form of a role profile."""
    page = editing()
    entry = _entry(page, "profiles")
    form = _profile_form(page, entry)
    if entry is not None:
        form.fill(entry)
    form.revision.data = page.revision
    return _show("framework_edit_profile", form, page, entry)


@room.post("/framework/draft/profile", allow=EDIT)
def save_profile() -> ResponseReturnValue:
    """Keep it."""
    page = editing()
    entry = _entry(page, "profiles")
    form = _profile_form(page, entry)
    return _save(
        "profiles", form, form.given, entry, lambda: _show("framework_edit_profile", form, editing(), entry)
    )


@room.get("/framework/draft/track", allow=EDIT)
def edit_track() -> ResponseReturnValue:
    """The form of a track."""
    page, form = editing(), TrackForm()
    entry = _entry(page, "tracks")
    if entry is not None:
        form.fill(entry)
    form.revision.data = page.revision
    return _show("framework_edit_track", form, page, entry)


@room.post("/framework/draft/track", allow=EDIT)
def save_track() -> ResponseReturnValue:
    """Keep it."""
    form, page = TrackForm(), editing()
    entry = _entry(page, "tracks")
    return _save(
        "tracks", form, form.given, entry, lambda: _show("framework_edit_track", form, editing(), entry)
    )


def _rung_form(page: services.Editing) -> RungForm:
    form = RungForm()
    form.offer(page.now)
    return form


@room.get("/framework/draft/rung", allow=EDIT)
def edit_rung() -> ResponseReturnValue:
    """The form of a rung, and its requirements."""
    page = editing()
    form, entry = _rung_form(page), _entry(page, "rungs")
    if entry is not None:
        form.fill(entry)
    form.revision.data = page.revision
    return _show("framework_edit_rung", form, page, entry, out=TakeOutForm())


@room.post("/framework/draft/rung", allow=EDIT)
def save_rung() -> ResponseReturnValue:
    """Keep it."""
    page = editing()
    form, entry = _rung_form(page), _entry(page, "rungs")
    return _save(
        "rungs",
        form,
        lambda: form.given(entry),
        entry,
        lambda: _show("framework_edit_rung", form, editing(), entry, out=TakeOutForm()),
    )


def _need_at(
    page: services.Editing,
) -> tuple[Mapping[str, Any], Mapping[str, Any] | None, NeedForm, bool]:
    """The rung, its requirement that the address names (none: a new one), the form, and whether it is the association's."""
    rung = page.now["rungs"].get(request.args.get("rung", ""))
    if rung is None:
        raise NotFound("There is no such rung.")
    key = request.args.get("key", "")
    need = next((one for one in rung["requirements"] if one["key"] == key), None)
    if key and need is None:
        raise NotFound("There is no such requirement.")
    base = page.below["rungs"].get(rung["key"], {"requirements": ()})
    theirs = page.layer == FIRM and bool(key) and key in {one["key"] for one in base["requirements"]}
    form = NeedForm()
    asked = {one["kind"] for one in rung["requirements"]}
    kinds = [one for one in KIND_LABELS if need or one != "competencies" or "competencies" not in asked]
    form.offer(shipped_framework()["courses"], kinds)
    return rung, need, form, theirs


@room.get("/framework/draft/requirement", allow=EDIT)
def edit_need() -> ResponseReturnValue:
    """The form of one requirement of a rung."""
    page = editing()
    rung, need, form, theirs = _need_at(page)
    if need is not None:
        form.fill(need)
    form.revision.data = page.revision
    return render_template(
        "tracks/framework_edit_need.html", form=form, page=page, rung=rung, need=need, theirs=theirs, own=OWN
    )


@room.post("/framework/draft/requirement", allow=EDIT)
def save_need() -> ResponseReturnValue:
    """Keep it."""
    page = editing()
    rung, need, form, theirs = _need_at(page)

    def done(_draft: object) -> ResponseReturnValue:
        flash(_("Kept in the draft. Nobody is measured by it until it is published."), "good")
        return redirect(url_for("tracks.edit_rung", key=rung["key"]))

    return answered(
        form,
        act=lambda: services.save_need(
            session(),
            actor=actor(),
            rung=rung["key"],
            need=form.given(need),
            old_key=need["key"] if need else None,
            revision=form.seen(),
            now=now(),
        ),
        done=done,
        page=lambda: render_template(
            "tracks/framework_edit_need.html",
            form=form,
            page=editing(),
            rung=rung,
            need=need,
            theirs=theirs,
            own=OWN,
        ),
    )


@room.post("/framework/draft/out", allow=EDIT)
def take_out() -> ResponseReturnValue:
    """Take an entry of the draft back to how it was published, or a requirement off a rung."""
    form = TakeOutForm()

    def act() -> object:
        said: dict[str, Any] = {"actor": actor(), "revision": form.seen(), "now": now()}
        part, key, need = form.part.data or "", form.key.data or "", form.need.data or ""
        if need:
            return services.take_need_out(session(), rung=key, key=need, **said)
        act_of = services.take_out if request.form.get("whole") else services.take_back
        return act_of(session(), part=part, key=key, **said)

    def done(_draft: object) -> ResponseReturnValue:
        flash(_("The draft is changed."), "good")
        if form.need.data:
            return redirect(url_for("tracks.edit_rung", key=form.key.data))
        return redirect(url_for("tracks.framework_draft"))

    return answered(
        form,
        act=act,
        done=done,
        page=lambda: render_template("tracks/framework_draft.html", **_overview(form)),
    )


@room.post("/framework/draft/discard", allow=EDIT)
def discard_draft() -> ResponseReturnValue:
    """Throw the draft away."""
    form = TakeOutForm()

    def done(_none: object) -> ResponseReturnValue:
        flash(_("The draft is thrown away. What is published stays."), "good")
        return redirect(url_for("tracks.framework_draft"))

    return answered(
        form,
        act=lambda: services.discard_draft(session(), actor=actor(), revision=form.seen(), now=now()),
        done=done,
        page=lambda: render_template("tracks/framework_draft.html", **_overview(form)),
    )


def _starts_on() -> date:
    """The day the draft is looked at for: what the address says, else today."""
    asked = request.args.get("starts_on", "")
    try:
        return max(date.fromisoformat(asked), as_seen(now())) if asked else as_seen(now())
    except ValueError:
        raise Invalid("Write the date as 2026-03-01.") from None


@room.get("/framework/draft/effect", allow=EDIT)
def framework_effect() -> ResponseReturnValue:
    """Whom the draft would move: who, which cell, from what to what. The association is told a number, firm by firm."""
    starts_on = _starts_on()
    if services.layer_of(actor()) == SHARED:
        counts = count_page(
            session(), actor=actor(), starts_on=starts_on, firm_key=request.args.get("firm", "")
        )
        return render_template("tracks/framework_counts.html", page=counts, starts_on=starts_on)
    rung, shared = request.args.get("rung", ""), request.args.get("shared", "")
    if shared:
        number = whole_number(shared, None, digits=8)
        if number is None:
            raise NotFound("There is no such version.")
        coming = coming_page(session(), actor=actor(), number=number, rung=rung)
        starts_on = coming.editing.day
        return render_template("tracks/framework_effect.html", page=coming, starts_on=starts_on)
    page = effect_page(session(), actor=actor(), starts_on=starts_on, rung=rung)
    return render_template("tracks/framework_effect.html", page=page, starts_on=starts_on)


@room.get("/framework/draft/publish", allow=EDIT)
def publishing_framework() -> ResponseReturnValue:
    """The last look: what changes, why, and from when on."""
    page = editing()
    if page.draft is None:
        raise NotFound("There is no draft.")
    form = PublishForm(starts_on=_starts_on())
    form.revision.data = page.revision
    return render_template("tracks/framework_publish.html", page=page, form=form, parts=PART_WORDS)


@room.post("/framework/draft/publish", allow=EDIT)
def publish_framework() -> ResponseReturnValue:
    """Publish it."""
    form = PublishForm()

    def act() -> Any:
        note, starts_on = form.given()
        return services.publish_draft(
            session(), actor=actor(), note=note, starts_on=starts_on, revision=form.seen(), now=now()
        )

    def done(version: Any) -> ResponseReturnValue:
        flash(_("Version %(number)s is published.", number=version.number), "good")
        return redirect(url_for("tracks.framework_versions"))

    return answered(
        form,
        act=act,
        done=done,
        page=lambda: render_template(
            "tracks/framework_publish.html", page=editing(), form=form, parts=PART_WORDS
        ),
    )
