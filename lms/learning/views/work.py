"""The first page of those who write courses and mark."""

from flask import render_template
from flask.typing import ResponseReturnValue

from lms.learning.pages.work import work_page
from lms.learning.policy import LearningPermission
from lms.learning.views.room import room
from lms.web import actor, now, session


@room.get("/my-work", allow=LearningPermission.WORK)
def work() -> ResponseReturnValue:
    """What waits for the reader, their drafts, their groups."""
    return render_template("learning/work.html", page=work_page(session(), actor=actor(), now=now()))
