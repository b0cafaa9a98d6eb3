"""Shapes of input for the interop room."""

from collections.abc import Collection

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired


class BringForm(FlaskForm):
    """A file of another system."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])

    def given(self) -> tuple[str, bytes]:
        """The file's name and its bytes."""
        return self.file.data.filename or "file", self.file.data.read()


class TakeForm(FlaskForm):
    """Which of the things in a file are taken: boxes `take`, each with the place of a thing in the report."""

    def given(self, refs: Collection[str]) -> set[str]:
        """The refs that are left: those whose box is not checked."""
        return set(refs) - set(request.form.getlist("take"))
