"""The form of a decision on an origin's change."""

import uuid

from flask import request
from flask_wtf import FlaskForm

from lms.courses.forms.studio import number
from lms.courses.services.upstream import Decision
from lms.foundation.errors import NotFound
from lms.people.queries import is_id


class DecisionForm(FlaskForm):
    """What becomes of one file; `do` is the button that was pressed."""

    def given(self) -> Decision:
        """The decision. Raises NotFound (no such version)."""
        sent = request.form
        version = sent.get("version", "")
        if not is_id(version):
            raise NotFound("There is no such version.")
        return Decision(
            sent.get("path", "")[:200],
            sent.get("do", "")[:20],
            uuid.UUID(version),
            number(sent.get("revision")),
            sent.get("text", "")[:1_000_000],
        )
