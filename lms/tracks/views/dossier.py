"""The dossier of a person for a rung: to print, and as a PDF. The person sees the same."""

import uuid

from flask import make_response, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.utils import secure_filename

from lms.tracks.pages.dossier import DossierPage, Part, dossier_page, head_of, parts
from lms.tracks.policy import TrackPermission
from lms.tracks.views.ledger import looked
from lms.tracks.views.room import chosen_rung, day, room, said
from lms.web import actor, now, session
from lms.web.language import local_datetime

SEE = TrackPermission.SEE_PERSON


def _found(person_id: uuid.UUID) -> tuple[DossierPage, list[Part], str]:
    page = dossier_page(session(), actor=actor(), person_id=person_id, rung=chosen_rung(), as_of=day())
    looked(person_id)
    found = parts(page.dossier, head_of(page.path), lambda reason: said(reason, page.names), _)
    printed = _("Printed by %(name)s on %(at)s.", name=actor().name, at=local_datetime(now()))
    return page, found, printed


@room.get("/board/people/<uuid:person_id>/dossier", allow=SEE)
def dossier(person_id: uuid.UUID) -> ResponseReturnValue:
    """The dossier as a page that prints on one sheet."""
    page, found, printed = _found(person_id)
    return render_template(
        "tracks/dossier.html", page=page, parts=found, printed=printed, rung=chosen_rung(), as_of=day()
    )


@room.get("/board/people/<uuid:person_id>/dossier.pdf", allow=SEE)
def dossier_pdf(person_id: uuid.UUID) -> ResponseReturnValue:
    """The same as a file."""
    from lms.tracks.pages.dossier_pdf import pdf  # slow to start with: it reads fpdf2

    page, found, printed = _found(person_id)
    reply = make_response(pdf(found, printed, now()))
    reply.headers["Content-Type"] = "application/pdf"
    name = secure_filename(f"{page.path.person.name} {chosen_rung()} {day()}.pdf")
    reply.headers.set("Content-Disposition", "attachment", filename=name)
    reply.headers["Cache-Control"] = "private, no-store"
    return reply
