"""Signing in and out, and the links and codes that help a person in."""

import uuid
from collections.abc import Sequence
from datetime import date
from urllib.parse import urlsplit

from flask import flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_login import current_user

from lms.foundation import wall
from lms.foundation.actor import Actor, Role
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Invalid
from lms.foundation.policy import Door
from lms.foundation.words import LANGUAGES
from lms.people.forms import CodeForm, NewPasswordForm, SignInForm
from lms.people.queries import find_actor
from lms.people.services import links
from lms.people.services import sign_in as services
from lms.people.views.kept import Kept, open_kept, send_page
from lms.people.views.room import forget_token, keep_token, room, shown_once
from lms.people.views.shared import floor_device, leave_nothing, off_the_floor
from lms.web import answered, now, session
from lms.web.language import keep_language, kept_language
from lms.web.limits import limiter
from lms.web.request import signed_in


def own_address(address: str) -> str:
    """An address on this site to go on to, or the start: never somebody else's site."""
    parts = urlsplit(address)
    safe = (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    )
    return address if safe and "\n" not in address and "\r" not in address else url_for("people.home")


def first_page(person: Actor) -> str:
    """Each to their own first page."""
    if person.has(Role.AGENT):
        return url_for("learning.today")
    if person.has(Role.MANAGER) or person.leads:
        return url_for("tracks.board")
    if person.has(Role.ASSOCIATION):
        return url_for("people.firms")
    if person.has(Role.FIRM_ADMIN):
        return url_for("people.directory")
    return url_for("courses.studio") if person.has(Role.TRAINER) else url_for("courses.catalogue")


def goes_on_to(address: str, *, person_id: uuid.UUID, places: Sequence[services.Workplace]) -> str:
    """Where somebody goes who has just come in: straight there, since each stop on the way is a round trip more."""
    if len(places) > 1:
        return url_for("people.workplaces")
    asked = own_address(address)
    if asked != url_for("people.home"):
        return asked
    wall.leave(session())  # of another firm, when another is signed in on the device
    wall.enter(session(), places[0].firm_id)
    person = find_actor(session(), firm_id=places[0].firm_id, person_id=person_id, now=now())
    return first_page(person) if person else asked


@room.get("/", allow=Door.PUBLIC)
def home() -> ResponseReturnValue:
    """The start, which sends each on to their first page."""
    if not current_user.is_authenticated:
        return redirect(url_for("people.sign_in"))
    return redirect(first_page(signed_in().actor))


@room.get("/sign-in", allow=Door.PUBLIC)
def sign_in() -> ResponseReturnValue:
    """The sign-in page."""
    if current_user.is_authenticated:
        return redirect(own_address(request.args.get("next", "")))
    if floor_device() is not None:  # nobody types a password there
        return redirect(url_for("people.floor", next=request.args.get("next")))
    return render_template("people/sign_in.html", form=SignInForm(next=request.args.get("next", "")))


@room.post("/sign-in", allow=Door.PUBLIC, late=True, endpoint="enter")
@limiter.limit(
    "10 per minute; 60 per hour", key_func=lambda: f"name:{request.form.get('name', '').strip().lower()}"
)
@limiter.limit("300 per minute")
def enter() -> ResponseReturnValue:
    """Prove who it is (slowly, without holding the database), then sign the device in."""
    form = SignInForm()
    if floor_device() is not None:
        return redirect(url_for("people.floor"))

    def act() -> tuple[str, Kept | None, str]:
        proved = services.prove(session(), now=now(), **form.given())
        session().rollback()
        begin_writing(session())
        kept = open_kept(form.kept.data, person_id=proved.person_id)
        there = [place for place in proved.workplaces if kept and str(place.firm_id) == kept.firm_id]
        place = (there or proved.workplaces)[0]
        agent = request.headers.get("User-Agent", "")
        token = services.open_sign_in(
            session(),
            person_id=proved.person_id,
            firm_id=place.firm_id,
            user_agent=agent,
            now=now(),
            language=kept_language(),
            only_here=proved.only_here,
            way=services.Way("password", remembered=bool(form.remember.data)),
        )
        target = goes_on_to(form.next.data or "", person_id=proved.person_id, places=proved.workplaces)
        return token, kept if there else None, target

    def done(result: tuple[str, Kept | None, str]) -> ResponseReturnValue:
        token, kept, target = result
        stays = bool(form.remember.data)
        if kept:
            return keep_token(make_response(send_page(kept)), token, remembered=stays)
        return keep_token(make_response(redirect(target)), token, remembered=stays)

    return answered(form, act=act, done=done, page=lambda: render_template("people/sign_in.html", form=form))


@room.post("/language", allow=Door.PUBLIC, endpoint="speak")
def speak() -> ResponseReturnValue:
    """Choose a language before signing in; the device keeps it."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        raise Invalid("Choose English or Spanish.")
    return keep_language(make_response(redirect(own_address(request.form.get("next", "")))), language)


@room.post("/sign-out", allow=Door.SIGNED_IN)
def sign_out() -> ResponseReturnValue:
    """End this device's sign-in at once."""
    user = signed_in()
    services.end_sign_in(session(), actor=user.actor, sign_in_id=user.sign_in_id, now=now())
    flash(_("You are signed out."), "good")
    reply = forget_token(make_response(redirect(url_for("people.sign_in"))))
    return leave_nothing(reply) if user.shared_device_id else reply


@room.get("/code", allow=Door.PUBLIC)
def code() -> ResponseReturnValue:
    """Where a person types the code an administrator gave them."""
    off_the_floor()
    return render_template("people/code.html", form=CodeForm())


@room.post("/code", allow=Door.PUBLIC, endpoint="use_code")
@limiter.limit("30 per minute; 300 per hour")
def use_code() -> ResponseReturnValue:
    """On from the code to the new password. A class of newcomers sits behind one address: the limit leaves them room."""
    off_the_floor()
    form = CodeForm()
    return answered(
        form,
        act=lambda: links.check_code(session(), code=form.given(), now=now()),
        done=lambda _nothing: redirect(url_for("people.link", token=form.given())),
        page=lambda: render_template("people/code.html", form=form),
    )


@room.get("/welcome/<token>", allow=Door.PUBLIC)
@limiter.limit("60 per minute; 600 per hour")
def link(token: str) -> ResponseReturnValue:
    """The page behind an invitation or a reset link: the same for everybody."""
    off_the_floor()
    found = links.find_link(session(), token=token, now=now())
    return shown_once(_welcome(NewPasswordForm(), found.purpose, token))


@room.post("/welcome/<token>", allow=Door.PUBLIC, endpoint="use_link")
@limiter.limit("60 per minute; 600 per hour")
def use_link(token: str) -> ResponseReturnValue:
    """Set the password the link was made for and sign in."""
    off_the_floor()
    form = NewPasswordForm()
    purpose = links.find_link(session(), token=token, now=now()).purpose
    agent = request.headers.get("User-Agent", "")

    def done(came: links.Entered) -> ResponseReturnValue:
        if came.token is None:
            flash(
                _("Your password is kept. You can sign in from %(day)s.", day=local(came.starts_on)), "good"
            )
            return redirect(url_for("people.sign_in"))
        return keep_token(make_response(redirect(url_for("people.home"))), came.token)

    return answered(
        form,
        act=lambda: links.use_link(
            session(), token=token, password=form.given(), user_agent=agent, now=now()
        ),
        done=done,
        page=lambda: _welcome(form, purpose, token),
    )


def local(day: date) -> str:
    """A day in the reader's words."""
    return str(format_date(day, "medium"))


def _welcome(form: NewPasswordForm, purpose: str, token: str) -> str:
    return render_template("people/new_password.html", form=form, purpose=purpose, token=token)
