"""What leaves the firm with a person, and what came with them: their own pages, their office's, and two public addresses."""

import uuid

from flask import Response, flash, jsonify, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.foundation.policy import Door
from lms.tracks.forms.passports import SHOWN_AT_FIRST, BringForm, LeavingForm
from lms.tracks.pages.passports import passport_page, taken_page
from lms.tracks.policy import TrackPermission
from lms.tracks.queries.passports import is_revoked
from lms.tracks.rules.passport import PARTS
from lms.tracks.services import passports as services
from lms.tracks.services.taking import take_in
from lms.tracks.views.room import room
from lms.web import actor, answered, now, session
from lms.web.language import once_a_language
from lms.web.request import keys

OWN, OTHERS = TrackPermission.OWN_PASSPORT, TrackPermission.PASSPORTS


@room.app_context_processor
@once_a_language
def passport_words() -> dict[str, object]:
    """What each part is called."""
    return {"part_words": {key: _(words) for key, (words, _kinds) in PARTS.items()}}


def _key_at() -> str:
    return url_for("tracks.passport_key", _external=True)


def _handed_out(made: services.Made) -> Response:
    reply = make_response(made.content)
    reply.headers["Content-Type"] = "application/json; charset=utf-8"
    reply.headers["Content-Disposition"] = f'attachment; filename="{made.file_name}"'
    reply.headers["Cache-Control"] = "private, no-store"
    return reply


def _mine(leaving: LeavingForm | None = None, bring: BringForm | None = None) -> str:
    page = passport_page(session(), actor=actor(), person_id=actor().person_id, now=now())
    leaving = leaving or LeavingForm(parts=SHOWN_AT_FIRST)
    leaving.offer(page.ready)
    return render_template("tracks/my_passport.html", page=page, leaving=leaving, bring=bring or BringForm())


@room.get("/me/passport", allow=OWN)
def my_passport() -> ResponseReturnValue:
    """What leaves the firm about me, on my word."""
    return _mine()


@room.post("/me/passport", allow=OWN)
def make_my_passport() -> ResponseReturnValue:
    """Make my passport: the file comes at once."""
    form = LeavingForm()
    return answered(
        form,
        act=lambda: services.make_own(
            session(), actor=actor(), wanted=form.given(), keys=keys(), key_at=_key_at(), now=now()
        ),
        done=_handed_out,
        page=lambda: _mine(leaving=form),
    )


@room.post("/me/passport/consents", allow=OWN)
def give_consent() -> ResponseReturnValue:
    """Let the firm make it for me."""
    form = LeavingForm()

    def done(_consent: object) -> ResponseReturnValue:
        flash(_("Your firm may now make this for you. You can take it back here."), "good")
        return redirect(url_for("tracks.my_passport"))

    return answered(
        form,
        act=lambda: services.give_consent(session(), actor=actor(), wanted=form.given(), now=now()),
        done=done,
        page=lambda: _mine(leaving=form),
    )


@room.post("/me/passport/consents/<uuid:consent_id>/withdraw", allow=OWN)
def withdraw_consent(consent_id: uuid.UUID) -> ResponseReturnValue:
    """Take it back."""
    services.withdraw_consent(session(), actor=actor(), consent_id=consent_id, now=now())
    flash(_("Taken back. Nothing leaves on it any more."), "good")
    return redirect(url_for("tracks.my_passport"))


@room.post("/passports/<uuid:passport_id>/revoke", allow=OWN)
def revoke_passport(passport_id: uuid.UUID) -> ResponseReturnValue:
    """Revoke a passport: mine, or somebody's for whom I do it."""
    found = services.revoke(session(), actor=actor(), passport_id=passport_id, now=now())
    flash(_("Revoked. It is refused wherever it is looked up."), "good")
    if found.person_id == actor().person_id:
        return redirect(url_for("tracks.my_passport"))
    return redirect(url_for("tracks.passports_of", person_id=found.person_id))


@room.post("/me/passport/bring", allow=OWN)
def bring_my_passport() -> ResponseReturnValue:
    """Take in the passport I bring from another firm."""
    form = BringForm()
    return answered(
        form,
        act=lambda: take_in(
            session(),
            actor=actor(),
            person_id=actor().person_id,
            brought=form.given(),
            keys=keys(),
            now=now(),
        ),
        done=lambda taken: redirect(url_for("tracks.passport_taken", taken_id=taken.id)),
        page=lambda: _mine(bring=form),
    )


def _theirs(person_id: uuid.UUID, form: BringForm | None = None) -> str:
    page = passport_page(session(), actor=actor(), person_id=person_id, now=now())
    return render_template("tracks/passports_of.html", page=page, bring=form or BringForm())


@room.get("/people/<uuid:person_id>/passport", allow=OTHERS)
def passports_of(person_id: uuid.UUID) -> ResponseReturnValue:
    """What a person let leave, and what they brought."""
    return _theirs(person_id)


@room.post("/people/<uuid:person_id>/passport", allow=OTHERS)
def bring_passport(person_id: uuid.UUID) -> ResponseReturnValue:
    """Take in the passport that a person brings."""
    form = BringForm()
    return answered(
        form,
        act=lambda: take_in(
            session(), actor=actor(), person_id=person_id, brought=form.given(), keys=keys(), now=now()
        ),
        done=lambda taken: redirect(url_for("tracks.passport_taken", taken_id=taken.id)),
        page=lambda: _theirs(person_id, form),
    )


@room.post("/consents/<uuid:consent_id>/passport", allow=OTHERS)
def make_passport_for(consent_id: uuid.UUID) -> ResponseReturnValue:
    """Make somebody's passport on their consent."""
    return _handed_out(
        services.make_for(
            session(), actor=actor(), consent_id=consent_id, keys=keys(), key_at=_key_at(), now=now()
        )
    )


@room.get("/passports/taken/<uuid:taken_id>", allow=OWN)
def passport_taken(taken_id: uuid.UUID) -> ResponseReturnValue:
    """What became of each row of a passport."""
    return render_template(
        "tracks/passport_taken.html", page=taken_page(session(), actor=actor(), taken_id=taken_id)
    )


@room.get("/passport-key", allow=Door.PUBLIC)
def passport_key() -> ResponseReturnValue:
    """The key with which anybody can check a passport of this Ladder."""
    own = keys().own()
    return jsonify(algorithm="Ed25519", id=own.id, key=own.text)


@room.get("/passports/<uuid:passport_id>/revoked", allow=Door.PUBLIC)
def passport_revoked(passport_id: uuid.UUID) -> ResponseReturnValue:
    """Whether a passport was revoked: for the firm it is brought to. Of one that never was, the same is told as of one that stands."""
    return jsonify(revoked=is_revoked(session(), passport_id=passport_id))
