"""What is told when an answer is kept."""

import uuid

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_time

from lms.assessments.services import Kept
from lms.web import wants_part


def saved(kept: Kept, attempt_id: uuid.UUID, position: int) -> ResponseReturnValue:
    """For a page's script what became of the answer, for everybody else its question again."""
    if wants_part():
        return {
            "saved": True,
            "id": str(kept.id),
            "at": kept.at.isoformat(),
            "counted": kept.counted,
            "because": kept.because,
        }
    return redirect(
        url_for("assessments.attempt", attempt_id=attempt_id, saved=format_time(kept.at, "short"))
        + f"#question-{position}"
    )
