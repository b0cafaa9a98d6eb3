"""Work of this room in the background: making the lists that were planned."""

import uuid
from typing import Any

from flask_babel import force_locale
from sqlalchemy.orm import Session

from lms.foundation.engine import begin_writing
from lms.foundation.errors import Invalid, NotFound
from lms.foundation.jobs import JobKind, Run, in_words
from lms.foundation.words import N_
from lms.people.queries import find_language
from lms.tracks.pages.asked import Asked
from lms.tracks.pages.lists import LISTS
from lms.tracks.queries.reports import WRITE
from lms.tracks.services import reports as services
from lms.tracks.services.looking import note_look
from lms.web.language import WRITTEN_AS
from lms.web.reports import written


def write_report(session: Session, run: Run) -> dict[str, Any]:
    """Make a planned report as whoever planned it, who must still be allowed to. A list that is gone is told in its place."""
    plan = services.plan_to_run(session, run=run)
    if plan is None:
        return {"ended": True}
    plan_id = plan.id
    made: services.Written
    language = find_language(session, actor=run.actor)
    with force_locale(WRITTEN_AS.get(language, "en")):
        try:
            report = LISTS[plan.list](Asked(session, run.actor, plan.filters, run.now))
            name = f"{report.name}.{plan.form}"
            made = services.Written(name, written(report, plan.form), report.title, report.above)
        except (NotFound, Invalid) as error:
            made = services.Written(error=in_words(error))
    begin_writing(session)
    if plan.list == "facts" and not made.error:
        note_look(session, actor=run.actor, person_id=uuid.UUID(plan.filters["person"]), now=run.now)
    row = services.keep_report(session, actor=run.actor, plan_id=plan_id, written=made, now=run.now)
    return {"report_id": str(row.id), "bytes": row.size}


WRITING = JobKind(WRITE, N_("Making a report"), write_report)
