"""People from a file: send it in, look at what it would do, say yes, read what was done."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from lms.foundation.numbers import whole_number
from lms.people import queries
from lms.people.cells import Unfit
from lms.people.files import COLUMNS, MOST_BYTES, MOST_ROWS
from lms.people.forms import ApplyImportForm, ImportForm
from lms.people.matching import Kind, page_of
from lms.people.models import PeopleImport
from lms.people.policy import PeoplePermission
from lms.people.services import importing as services
from lms.people.views.room import room
from lms.web import actor, answered, csv_reply, now, session, storage

LABELS = {
    "employee_number": _("Employee number"),
    "name": _("Name"),
    "email": _("E-mail"),
    "team": _("Team"),
    "job_role": _("Job role"),
    "roles": _("Roles"),
    "started_on": _("Started on"),
    "role_started_on": _("In this job since"),
    "ended_on": _("Ended on"),
}


def told(reason: Unfit) -> str:
    """Why a row is refused, in the reader's language."""
    sentence = str(gettext(reason.sentence))
    return sentence % reason.values if reason.values else sentence


def asked_kind() -> Kind | None:
    """The kind of row in the address, if it is one."""
    asked = request.args.get("kind", "")
    return Kind(asked) if asked in set(Kind) else None


def asked_row() -> int:
    """The row in the address after which the page starts."""
    return whole_number(request.args.get("after", ""), 0)


def upload_page(form: ImportForm) -> str:
    """The page that asks for a file, with the last ones."""
    return render_template(
        "people/import.html",
        form=form,
        files=queries.list_imports(session(), actor=actor()),
        most_rows=MOST_ROWS,
        most_megabytes=MOST_BYTES // 1024 // 1024,
    )


def import_page(import_id: uuid.UUID, form: ApplyImportForm) -> str:
    """A file before or after the yes."""
    found = services.see_import(session(), actor=actor(), import_id=import_id, storage=storage(), now=now())
    kind = Kind.REFUSED if found.file.applied_at else asked_kind()
    return render_template(
        "people/import_report.html" if found.file.applied_at else "people/import_preview.html",
        file=found.file,
        plan=found.plan,
        page=page_of(found.plan, kind=kind, after=asked_row()),
        kind=kind,
        form=form,
        labels=LABELS,
        told=told,
    )


@room.get("/people/import", allow=PeoplePermission.IMPORT)
def new_import() -> ResponseReturnValue:
    """Choose a file."""
    return upload_page(ImportForm())


@room.post("/people/import", allow=PeoplePermission.IMPORT, endpoint="send_import")
def send_import() -> ResponseReturnValue:
    """Keep a file that can be read, and go on to what it would do."""
    form = ImportForm()

    def act() -> PeopleImport:
        name, content = form.given()
        return services.keep_file(
            session(), actor=actor(), file_name=name, content=content, storage=storage(), now=now()
        )

    def done(file: PeopleImport) -> ResponseReturnValue:
        return redirect(url_for("people.see_import", import_id=file.id))

    return answered(form, act=act, done=done, page=lambda: upload_page(form))


@room.get("/people/imports/<uuid:import_id>", allow=PeoplePermission.IMPORT)
def see_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """What the file would do; once it was taken, what it did."""
    return import_page(import_id, ApplyImportForm(formdata=None))


@room.post("/people/imports/<uuid:import_id>", allow=PeoplePermission.IMPORT, endpoint="apply_import")
def apply_import(import_id: uuid.UUID) -> ResponseReturnValue:
    """Take the file."""
    form = ApplyImportForm()

    def done(taken: services.Taken) -> ResponseReturnValue:
        if taken.already:
            flash(gettext("This file was taken already. Nothing was changed this time."), "info")
        else:
            flash(gettext("Done. What the file did is below."), "good")
        return redirect(url_for("people.see_import", import_id=import_id))

    return answered(
        form,
        done=done,
        page=lambda: import_page(import_id, form),
        act=lambda: services.apply_import(
            session(),
            actor=actor(),
            import_id=import_id,
            skip_refused=form.given(),
            storage=storage(),
            now=now(),
        ),
    )


@room.get("/people/imports/<uuid:import_id>/refused.csv", allow=PeoplePermission.IMPORT)
def refused_rows(import_id: uuid.UUID) -> ResponseReturnValue:
    """The refused rows as they were written, each with why: to be put right and sent in again."""
    found = services.see_import(session(), actor=actor(), import_id=import_id, storage=storage(), now=now())
    columns = [column for column in COLUMNS if column in found.plan.sheet.columns]
    return csv_reply(
        "refused.csv",
        ["row", "why", *columns],
        (
            [
                one.row.number,
                " ".join(told(reason) for reason in one.reasons),
                *(one.row.cells.get(column, "") for column in columns),
            ]
            for one in found.plan.of(Kind.REFUSED)
        ),
    )
