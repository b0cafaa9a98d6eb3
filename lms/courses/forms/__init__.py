"""Shapes of input for the courses room."""

from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length


class UploadForm(FlaskForm):
    """A course as a zip archive."""

    package = FileField(
        _("Zip file of the course"),
        [FileRequired(_("Choose a file."))],
        render_kw={"accept": ".zip,application/zip"},
    )

    def given(self) -> tuple[str, bytes]:
        """The file's name and its bytes."""
        return self.package.data.filename or "course.zip", self.package.data.read()


class PublishForm(FlaskForm):
    """What is new in a version."""

    note = TextAreaField(
        _("What is new?"),
        [InputRequired(_("Say in a sentence what is new.")), Length(max=500)],
        render_kw={"rows": 3, "maxlength": 500},
    )

    def given(self) -> str:
        """The change note."""
        return self.note.data or ""
