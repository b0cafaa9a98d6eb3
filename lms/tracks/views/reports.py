"""Lists to hand out: the board, a person's ledger, the pipeline, figures; as files at once. `planned.py` has them on a date."""

import uuid

from flask import request
from flask.typing import ResponseReturnValue

from lms.tracks.pages.asked import Asked
from lms.tracks.pages.lists import LISTS
from lms.tracks.policy import TrackPermission
from lms.tracks.views.ledger import looked
from lms.tracks.views.room import room
from lms.web import actor, now, session
from lms.web.reports import report_reply


def _reply(name: str, form: str, **more: str) -> ResponseReturnValue:
    asked = Asked(session(), actor(), {**request.args, **more}, now())
    return report_reply(LISTS[name](asked), form)


@room.get("/board/report.<form>", allow=TrackPermission.BOARD)
def board_report(form: str) -> ResponseReturnValue:
    """The board as a file."""
    return _reply("board", form)


@room.get("/board/people/<uuid:person_id>/facts.<form>", allow=TrackPermission.SEE_PERSON)
def ledger_report(person_id: uuid.UUID, form: str) -> ResponseReturnValue:
    """Everything that is recorded about a person, as a file."""
    reply = _reply("facts", form, person=str(person_id))
    looked(person_id)
    return reply


@room.get("/pipeline/report.<form>", allow=TrackPermission.PIPELINE)
def pipeline_report(form: str) -> ResponseReturnValue:
    """The pipeline as a file."""
    return _reply("pipeline", form)


@room.get("/figures/report.<form>", allow=TrackPermission.KPI_SEE)
def figures_report(form: str) -> ResponseReturnValue:
    """The list of figures as a file."""
    return _reply("figures", form)
