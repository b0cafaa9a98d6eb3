"""Notes on sittings, for a manager to judge."""

import uuid

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.assessments.forms.rescoring import id_or_none
from lms.assessments.pages.sittings import MOST_SITTINGS, sittings_page
from lms.assessments.policy import AssessmentPermission
from lms.assessments.sittings import ENOUGH
from lms.assessments.views.room import room
from lms.web import actor, session


@room.get("/marking/sittings", allow=AssessmentPermission.MARK_AGAIN)
def sitting_notes() -> ResponseReturnValue:
    """What was unusual in the sittings of one assessment."""
    wanted: uuid.UUID | None = id_or_none(request.args.get("assessment", ""))
    page = sittings_page(session(), actor=actor(), assessment_id=wanted)
    return render_template(
        "assessments/sitting_notes.html",
        page=page,
        enough=ENOUGH,
        most=MOST_SITTINGS,
        crumbs=[
            {"label": _("Marking"), "href": url_for("assessments.marking")},
            {"label": _("Notes on sittings"), "href": ""},
        ],
    )
