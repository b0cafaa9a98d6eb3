"""The room itself, and the words its pages share."""

from flask_babel import gettext as _

from lms.learning.rules import Standing
from lms.web import Room

room = Room("learning", __name__)


@room.app_context_processor
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
        "assignment_words": {
            "open": (_("Open"), "info"),
            "overdue": (_("Overdue"), "bad"),
            "done": (_("Done"), "good"),
            "withdrawn": (_("Withdrawn"), "quiet"),
        },
    }
