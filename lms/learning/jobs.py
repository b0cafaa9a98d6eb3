"""Work of this room in the background: telling somebody's phone what they chose to be told."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.foundation.carrier import Answer, Came
from lms.foundation.engine import begin_writing
from lms.foundation.jobs import JobKind, Run
from lms.foundation.push import Browser
from lms.foundation.words import N_
from lms.learning.pages.messages import something_to_say
from lms.learning.queries import messages as queries
from lms.learning.queries.calendar import find_day
from lms.learning.rules.messages import Say, end_of_window, in_window, may_disturb, stands_for, window_of
from lms.learning.services import messages as services
from lms.people.queries import find_language
from lms.web.language import WRITTEN_AS

WAITS = timedelta(minutes=10)


def words_of(say: Say, language: str) -> bytes:
    """What stands on the phone. A locked screen is read by others: no firm, no person, no course, no result."""
    with force_locale(WRITTEN_AS.get(language, "en")):
        text = {
            Say.CARDS: _("Some questions are ready to come back. Whenever it suits you."),
            Say.GOAL: _("You wanted a word about your week. Whenever it suits you."),
            Say.BOTH: _(
                "Some questions are ready, and you wanted a word about your week. Whenever it suits you."
            ),
        }[say]
        said = {"title": "Ladder", "body": text, "stop": _("Stop these messages"), "lang": language}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def send_message(session: Session, run: Run) -> Mapping[str, Any]:
    """Look whether there is something to say, say it, and order the next look. Nothing is sent when the moment has passed.

    Done twice (the program stopped between sending and noting it) the phone shows one message: the second takes the first's place.
    """
    actor, now = run.actor, run.now
    row = queries.find_wish(session, actor=actor)
    browsers = [
        (one.sign_in_id, Browser(one.endpoint, one.p256dh, one.auth))
        for one in queries.list_browsers(session, actor=actor, now=now)
    ]
    answers: dict[Any, Answer] = {}
    found = something_to_say(session, actor=actor, now=now)
    peace = queries.find_peace(session, actor=actor, day=find_day(session, actor=actor, now=now))
    looked, over = found.today, now
    if row is not None:
        wish = queries.wish_of(row)
        looked = window_of(now, wish=wish, peace=peace) or found.today
        over = end_of_window(now, wish=wish, peace=peace)
        if (
            run.push is not None
            and found.say is not Say.NOTHING
            and in_window(now, wish=wish, peace=peace, sent_on=row.sent_on)
            and may_disturb(now, wish=wish, peace=peace, sent_on=row.sent_on)
        ):
            message = words_of(found.say, find_language(session, actor=actor))
            stands = stands_for(now, wish=wish, peace=peace)
            session.rollback()  # a service takes its time; the database waits for nobody
            for sign_in_id, browser in browsers:
                answers[sign_in_id] = run.push.send(browser, message, stands=stands, now=now)
    begin_writing(session)
    taken = any(one.came is Came.TAKEN for one in answers.values())
    gone = [sign_in_id for sign_in_id, one in answers.items() if one.came is Came.GONE]
    waits = [one.wait for one in answers.values() if one.came is Came.LATER]
    services.note_sent(
        session,
        actor=actor,
        said=found.say if taken else Say.NOTHING,
        day=looked,
        monday=found.monday,
        gone=gone,
    )
    services.forget_signed_out(session, actor=actor, now=now)
    tries = int(run.arguments.get("tries", 0)) + 1
    again = bool(waits) and not taken and tries < services.MOST_TRIES
    services.order_next(
        session,
        actor=actor,
        now=now,
        tries=tries if again else 0,
        not_before=now + max(WAITS, *waits) if again else over,
    )
    return {"taken": taken, "gone": len(gone), "later": len(waits)}


SENDING = JobKind(queries.SEND, N_("Telling a phone what its owner chose"), send_message)
