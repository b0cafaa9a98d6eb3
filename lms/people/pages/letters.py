"""The room's letters, in the language of who reads them."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict
from lms.foundation.jobs import JobKind, Run
from lms.foundation.post import Letter
from lms.foundation.words import N_
from lms.people.services import mail_codes as services


def send_code(session: Session, run: Run) -> Mapping[str, Any]:
    """Send a sign-in code. Done twice it sends two letters, and only the later code works.

    Raises Conflict when no mail server is set.
    """
    ask_id = uuid.UUID(str(run.arguments["ask_id"]))
    to = services.find_addressee(session, ask_id=ask_id, firm_id=run.actor.firm_id, now=run.now)
    if to is None:
        return {"sent": False}
    if run.post is None:
        raise Conflict("No mail server is set, so no code was sent.")
    code = services.new_code()
    with force_locale(to.language):
        letter = Letter(
            to.email,
            _("Your code for Ladder"),
            "\n\n".join(
                (
                    _("Your code for signing in to Ladder is %(code)s.", code=code),
                    _("It works once, for ten minutes, in the browser that asked for it."),
                    _(
                        "Nobody from Ladder or your firm asks you for it. If you did not want to sign in, you need do nothing."
                    ),
                )
            )
            + "\n",
        )
    session.rollback()  # a mail server takes its time; the database waits for nobody
    run.post.send(letter)
    begin_writing(session)
    services.keep_code(session, ask_id=ask_id, code=code)
    return {"sent": True}


MAILING = JobKind(services.MAILING, N_("Mailing a sign-in code"), send_code)
