"""The room itself, and the words its pages share."""

from flask import request
from flask_babel import gettext as _

from lms.foundation.errors import Invalid
from lms.learning.rules import Standing
from lms.web import Room, actor
from lms.web.device import store_name
from lms.web.language import once_a_language
from lms.web.room import SignInNeeded

room = Room("learning", __name__)


def check_own_worker() -> None:
    """Refuse what a page of another site sends: it cannot name the person in a header without asking first, and we never
    say yes. The door has looked whose name it is. Raises Invalid, SignInNeeded (the same person, at another firm).
    """
    if (
        "X-Person" not in request.headers
        or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    ):
        raise Invalid("That was not sent by this page. Reload it and try again.")
    if request.headers.get("X-Store", mine := store_name(actor())) != mine:
        raise SignInNeeded


def kept_words() -> dict[str, str]:
    """Why something that a device sent is kept and not counted, by its key."""
    return {
        "after_submit": _("It came after the assessment was handed in."),
        "after_deadline": _("It was given after the time was up."),
        "clock_unlikely": _("The time the phone tells for it cannot be."),
        "clocks_disagree": _("The two clocks of the phone do not agree on whether there was time left."),
        "answers_missing": _("It waits for answers that have not come yet."),
        "answered_before": _("The same question had been answered before, perhaps on another device."),
        "answer_not_counted": _("The answer it speaks of did not count."),
        "older_version": _("It belongs to an earlier version of the course."),
        "not_found": _("What it belongs to is no longer there."),
        "not_allowed": _("It needs another role."),
        "id_taken": _("Its number already belongs to something else."),
        "unreadable": _("It could not be read."),
        "unknown_kind": _("This version of Ladder does not know what it is."),
        "newer_format": _("It was written by a newer version of Ladder."),
    }


def size_words(picture: str, kilobytes: int) -> str:
    """What a picture that waits for a tap says, and under a sound (no picture's text) its size."""
    if not picture:
        return str(_("%(num)s KB, fetched when you play it", num=kilobytes))
    return str(_("Show the picture: %(about)s (%(num)s KB)", about=picture, num=kilobytes))


@room.app_context_processor
@once_a_language
def words() -> dict[str, object]:
    """What the pages need to put the rules' values into words and tones."""
    return {
        "standing_words": {
            Standing.OVERDUE: (_("Overdue"), "bad"),
            Standing.STUCK: (_("Stuck"), "warn"),
            Standing.UNDER_WAY: (_("Under way"), "info"),
            Standing.FINISHED: (_("Finished"), "good"),
            Standing.NOT_BEGUN: (_("Not begun"), "quiet"),
        },
        "cohort_words": {
            "open": (_("Open"), "info"),
            "over": (_("Last day passed"), "warn"),
            "closed": (_("Closed"), "quiet"),
        },
        "rule_state_words": {
            "draft": (_("Not on yet"), "warn"),
            "on": (_("On"), "good"),
            "paused": (_("Paused"), "info"),
            "ended": (_("Ended"), "quiet"),
        },
        "kept_words": kept_words(),
        "assignment_words": {
            "open": (_("Open"), "info"),
            "overdue": (_("Overdue"), "bad"),
            "done": (_("Done"), "good"),
            "withdrawn": (_("Withdrawn"), "quiet"),
        },
    }
