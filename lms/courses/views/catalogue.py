"""The catalogue, media, and courses as archives: out, and in."""

import mimetypes
import uuid
from pathlib import PurePosixPath

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from lms.courses import pages, queries, services
from lms.courses.forms import PublishForm, UploadForm
from lms.courses.models import CourseUpload, CourseVersion
from lms.courses.policy import CoursePermission
from lms.courses.queries import Wanted
from lms.courses.rules.media import MEDIA
from lms.courses.views.room import room
from lms.foundation.errors import NotFound
from lms.foundation.numbers import whole_number
from lms.foundation.policy import Door
from lms.web import actor, answered, now, session, storage
from lms.web.language import reader_language


def asked() -> Wanted:
    """What the address asks the catalogue for."""
    return Wanted(
        text=request.args.get("q", "")[:100].strip(),
        track=request.args.get("track", "")[:80],
        competency=request.args.get("competency", "")[:80],
        language=request.args.get("language", "")[:8],
        at_most=whole_number(request.args.get("minutes", ""), None, digits=6),
        after=request.args.get("after", "")[:80],
        reader=reader_language(),
    )


@room.get("/courses", allow=CoursePermission.SEE)
def catalogue() -> ResponseReturnValue:
    """All live courses, searched and filtered by what the address says."""
    page = pages.catalogue_page(session(), actor=actor(), wanted=asked(), now=now())
    return render_template("courses/catalogue.html", page=page, wanted=page.wanted, lengths=pages.LENGTHS)


@room.get("/courses/media/<uuid:version_id>/<path:path>", allow=Door.SIGNED_IN)
def media(version_id: uuid.UUID, path: str) -> Response:
    """A picture or a sound of a version: never changes, so it is kept for ever, and can run nothing."""
    row = queries.find_media(session(), actor=actor(), version_id=version_id, path=path)
    if row is None:
        raise NotFound("There is no such file.")
    return _for_ever(row.stored, path)


@room.get("/courses/media/<name>", allow=Door.SIGNED_IN)
def medium(name: str) -> Response:
    """The picture or the sound of a question, by its hash; as `media`."""
    stored, suffix = PurePosixPath(name).stem, PurePosixPath(name).suffix
    if suffix not in MEDIA or not queries.has_media_stored(session(), actor=actor(), stored=stored):
        raise NotFound("There is no such file.")
    return _for_ever(stored, name)


def _for_ever(stored: str, name: str) -> Response:
    reply = make_response(storage().get(stored))
    reply.headers["Content-Type"] = mimetypes.guess_type(name)[0] or "application/octet-stream"
    reply.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    reply.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return reply


@room.get("/courses/<uuid:course_id>/versions/<uuid:version_id>/package.zip", allow=CoursePermission.EXPORT)
def package(course_id: uuid.UUID, version_id: uuid.UUID) -> Response:
    """A version as the files it was published from."""
    name, content = services.export_version(
        session(), actor=actor(), course_id=course_id, version_id=version_id, storage=storage()
    )
    reply = make_response(content)
    reply.headers["Content-Type"] = "application/zip"
    reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply


@room.get("/courses/upload", allow=CoursePermission.PUBLISH)
def upload() -> ResponseReturnValue:
    """Where a course of one's own comes in."""
    return render_template("courses/upload.html", form=UploadForm())


@room.post("/courses/upload", allow=CoursePermission.PUBLISH, late=True)
def keep() -> ResponseReturnValue:
    """Read an archive: its problems at once, or a look at it before it is published."""
    form = UploadForm()

    def act() -> CourseUpload:
        name, content = form.given()
        return services.keep_upload(
            session(), actor=actor(), file_name=name, content=content, storage=storage(), now=now()
        )

    return answered(
        form,
        act=act,
        done=lambda kept: redirect(url_for("courses.preview", upload_id=kept.id)),
        page=lambda: render_template("courses/upload.html", form=form),
    )


@room.get("/courses/uploads/<uuid:upload_id>", allow=CoursePermission.PUBLISH)
def preview(upload_id: uuid.UUID) -> ResponseReturnValue:
    """What would be published, and what it would change."""
    seen = services.see_upload(session(), actor=actor(), upload_id=upload_id, storage=storage())
    return render_template("courses/preview.html", seen=seen, form=PublishForm())


@room.post("/courses/uploads/<uuid:upload_id>", allow=CoursePermission.PUBLISH, late=True)
def publish(upload_id: uuid.UUID) -> ResponseReturnValue:
    """Publish it."""
    form = PublishForm()

    def done(version: CourseVersion) -> ResponseReturnValue:
        flash(_("Published as version %(number)s.", number=version.number), "good")
        return redirect(url_for("learning.versions", course_id=version.course_id))

    def page() -> str:
        seen = services.see_upload(session(), actor=actor(), upload_id=upload_id, storage=storage())
        return render_template("courses/preview.html", seen=seen, form=form)

    return answered(
        form,
        act=lambda: services.publish_upload(
            session(), actor=actor(), upload_id=upload_id, note=form.given(), storage=storage(), now=now()
        ),
        done=done,
        page=page,
    )
