"""Shapes of input for the interop room."""

import uuid
from collections.abc import Collection

from flask import request
from flask_babel import lazy_gettext as _
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField

from lms.foundation.ids import new_id
from lms.people.queries import is_id


class BringForm(FlaskForm):
    """A file of another system."""

    file = FileField(_("File"), [FileRequired(_("Choose a file."))])
    order = HiddenField()
    """The id of what is asked for, minted with the page: sent twice, it is read once."""

    def order_id(self) -> uuid.UUID:
        """The order's id; a new one where the page has none."""
        sent = self.order.data or ""
        return uuid.UUID(sent) if is_id(sent) else new_id()

    def given(self) -> tuple[str, bytes]:
        """The file's name and its bytes."""
        return self.file.data.filename or "file", self.file.data.read()


class TakeForm(FlaskForm):
    """Which of the things in a file are taken: boxes `take`, each with the place of a thing in the report."""

    def given(self, refs: Collection[str]) -> set[str]:
        """The refs that are left: those whose box is not checked."""
        return set(refs) - set(request.form.getlist("take"))
