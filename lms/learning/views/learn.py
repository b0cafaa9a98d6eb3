"""Today, a course's page, the lesson player, and the facts it sends."""

import uuid
from datetime import time
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lms.foundation.numbers import whole_number
from lms.learning import pages, services
from lms.learning.forms import id_or_none
from lms.learning.pages.media import with_sizes
from lms.learning.pages.today import Choice
from lms.learning.policy import LearningPermission
from lms.learning.rules.composing import BREAKS, minutes_left
from lms.learning.views.room import room, size_words
from lms.web import actor, now, session, wants_part
from lms.web.device import answers, device_time, fact_id
from lms.web.language import reader_language
from lms.web.request import signed_in
from lms.web.saving import saves_data


@room.get("/today", allow=LearningPermission.LEARN)
def today() -> ResponseReturnValue:
    """What fits the minutes there are, and what is due."""
    page = pages.today_page(session(), actor=actor(), choice=_choice(), now=now(), reader=reader_language())
    return render_template("learning/today.html", page=page, breaks=BREAKS)


def _choice() -> Choice:
    """How long somebody has got, and whether they want something else or a bit less, from the address."""

    def number(name: str) -> int:
        return whole_number(request.args.get(name, ""), 0, digits=4)

    minutes, until = number("minutes"), request.args.get("until", "")[:5]
    left = None
    if until:
        try:
            here = now().astimezone(ZoneInfo(signed_in().time_zone))
            left = minutes_left(time.fromisoformat(until), here)
        except ValueError:
            until = ""
    usual = minutes if minutes in BREAKS else BREAKS[1]
    return Choice(
        left or usual,
        number("other"),
        less=request.args.get("less") == "1",
        until=until,
        far=bool(until) and left is None,
    )


@room.get("/courses/<uuid:course_id>", allow=LearningPermission.LEARN)
def course(course_id: uuid.UUID) -> ResponseReturnValue:
    """A course: its lessons, how far I am, its assessment."""
    page = pages.course_page(session(), actor=actor(), course_id=course_id, now=now())
    return render_template("learning/course.html", page=page)


@room.get("/courses/<uuid:course_id>/lessons/<lesson_key>", allow=LearningPermission.LEARN)
def lesson(course_id: uuid.UUID, lesson_key: str) -> ResponseReturnValue:
    """The player, at the card where I left off."""
    page = with_sizes(
        session(),
        pages.lesson_page(session(), actor=actor(), course_id=course_id, lesson_key=lesson_key),
        words=size_words,
        saves_data=saves_data(),
    )
    return render_template("learning/lesson.html", page=page)


@room.post("/courses/<uuid:course_id>/lessons/<lesson_key>/cards", allow=LearningPermission.LEARN)
def finish_card(course_id: uuid.UUID, lesson_key: str) -> ResponseReturnValue:
    """A card was finished."""
    fact = services.FinishedCard(
        fact_id(),
        course_id,
        lesson_key,
        request.form.get("card", ""),
        device_time(),
        id_or_none(request.args.get("version")),
    )
    place = services.finish_card(session(), actor=actor(), fact=fact, now=now())
    if wants_part():
        return {"saved": True, "card": place.card_key, "lesson_done": place.lesson_done}
    if place.lesson_done and place.card_key in ("", fact.card_key):
        return redirect(url_for("learning.course", course_id=course_id))
    return redirect(
        url_for("learning.lesson", course_id=course_id, lesson_key=lesson_key) + f"#card-{place.card_key}"
    )


@room.post(
    "/courses/<uuid:course_id>/lessons/<lesson_key>/checks/<check_key>",
    allow=LearningPermission.LEARN,
    words=pages.check_in_words,
)
def answer_check(course_id: uuid.UUID, lesson_key: str, check_key: str) -> ResponseReturnValue:
    """A check question was answered: explain it at once."""
    checked = services.answer_check(
        session(),
        actor=actor(),
        course_id=course_id,
        lesson_key=lesson_key,
        check_key=check_key,
        answer_id=fact_id(),
        raw=answers(),
        now=now(),
        version_id=id_or_none(request.args.get("version")),
    )
    if wants_part():
        return render_template("learning/_checked.html", checked=checked, language=checked.language)
    return redirect(
        url_for("learning.lesson", course_id=course_id, lesson_key=lesson_key)
        + f"#card-{request.form.get('card', '')}"
    )
