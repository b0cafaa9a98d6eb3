"""Signing in with a code by e-mail, where the operator has set a mail server."""

from flask import current_app, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from lms.foundation.engine import begin_writing
from lms.foundation.errors import NotFound
from lms.foundation.policy import Door
from lms.people.forms.mail import MailAskForm, MailCodeForm
from lms.people.services import mail_codes as services
from lms.people.services.sign_in import Way, open_sign_in
from lms.people.views.room import keep_token, room, shown_once
from lms.people.views.shared import floor_device
from lms.people.views.sign_in import goes_on_to
from lms.web import answered, now, session
from lms.web.language import kept_language
from lms.web.limits import limiter


@room.app_context_processor
def about_mail() -> dict[str, object]:
    """For the templates: whether letters can be sent at all."""
    return {"mail_is_set": current_app.extensions["post"] is not None}


def _open_here() -> None:
    """Raise NotFound where no letters are sent, and on a shared device."""
    if current_app.extensions["post"] is None or floor_device() is not None:
        raise NotFound


def _typed() -> str:
    return f"mail:{request.form.get('email', '').strip().lower()}"


@room.get("/sign-in/mail", allow=Door.PUBLIC)
def by_mail() -> ResponseReturnValue:
    """Where a code is asked for."""
    _open_here()
    if current_user.is_authenticated:
        return redirect(url_for("people.home"))
    return render_template("people/by_mail.html", form=MailAskForm(next=request.args.get("next", "")))


@room.post("/sign-in/mail", allow=Door.PUBLIC, endpoint="ask_by_mail")
@limiter.limit("3 per 10 minutes; 10 per day", key_func=_typed)
@limiter.limit("30 per minute; 200 per hour")
def ask_by_mail() -> ResponseReturnValue:
    """Have a code sent, or not: the reply is the same."""
    _open_here()
    form = MailAskForm()
    return answered(
        form,
        act=lambda: services.ask_for_code(session(), email=form.given(), now=now()),
        done=lambda token: redirect(url_for("people.mail_code", token=token, next=form.next.data or None)),
        page=lambda: render_template("people/by_mail.html", form=form),
    )


def _page(form: MailCodeForm, token: str) -> str:
    return render_template("people/mail_code.html", form=form, token=token)


@room.get("/sign-in/mail/<token>", allow=Door.PUBLIC)
def mail_code(token: str) -> ResponseReturnValue:
    """Where the code is typed, in the browser that asked."""
    _open_here()
    if current_user.is_authenticated:
        return redirect(url_for("people.home"))
    return shown_once(_page(MailCodeForm(next=request.args.get("next", "")), token))


@room.post("/sign-in/mail/<token>", allow=Door.PUBLIC, late=True, endpoint="enter_by_mail")
@limiter.limit("30 per minute; 200 per hour")
def enter_by_mail(token: str) -> ResponseReturnValue:
    """Count the try, look at the code (slowly, without holding the database), then sign in."""
    _open_here()
    if current_user.is_authenticated:
        return redirect(url_for("people.home"))
    form = MailCodeForm()

    def act() -> tuple[str, str]:
        begin_writing(session())
        tried = services.count_code_try(session(), token=token, now=now())
        session().commit()  # it counts, whatever comes
        services.check_mail_code(tried, form.given())
        begin_writing(session())
        proved = services.use_mail_code(session(), tried=tried, now=now())
        key = open_sign_in(
            session(),
            person_id=proved.person_id,
            firm_id=proved.workplaces[0].firm_id,
            user_agent=request.headers.get("User-Agent", ""),
            now=now(),
            language=kept_language(),
            way=Way("mail", remembered=bool(form.remember.data)),
        )
        return key, goes_on_to(form.next.data or "", person_id=proved.person_id, places=proved.workplaces)

    def done(came: tuple[str, str]) -> ResponseReturnValue:
        key, target = came
        return keep_token(make_response(redirect(target)), key, remembered=bool(form.remember.data))

    return answered(form, act=act, done=done, page=lambda: _page(form, token))
