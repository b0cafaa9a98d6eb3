"""The room itself, and the words its pages share."""

from flask_babel import gettext as _

from lms.web import Room
from lms.web.language import once_a_language

room = Room("courses", __name__)


@room.app_context_processor
@once_a_language
def words() -> dict[str, object]:
    """What the studio's pages need to put the rules' values into words and tones."""
    return {
        "draft_words": {
            "draft": (_("Draft"), "quiet"),
            "changed": (_("Live, changed since"), "info"),
            "live": (_("Live"), "good"),
        },
        "change_words": {
            "came": (_("New"), "info"),
            "changed": (_("Changed"), "warn"),
            "went": (_("Taken out"), "bad"),
        },
        "course_role_words": {
            "lead": (_("Lead author"), "good"),
            "author": (_("Author"), "info"),
            "reviewer": (_("Reviewer"), "quiet"),
        },
        "review_words": {
            "none": (_("Not sent"), "quiet"),
            "waiting": (_("Waits for a review"), "info"),
            "moved": (_("Changed after it was sent"), "warn"),
            "changes": (_("Changes asked for"), "warn"),
            "approved": (_("Approved as it is"), "good"),
            "void": (_("Changed after it was approved"), "warn"),
            "own": (_("Approved by one of its authors"), "warn"),
        },
        "answer_words": {
            "": (_("Waits"), "info"),
            "approved": (_("Approved"), "good"),
            "changes": (_("Changes asked for"), "warn"),
            "withdrawn": (_("Taken back"), "quiet"),
        },
        "tag_words": {
            "V": _("Read and verified"),
            "C": _("Worked out here"),
            "K": _("Established literature"),
            "J": _("A design judgement"),
        },
        "setting_words": {
            "title": _("Title"),
            "summary": _("Summary"),
            "audience": _("For whom"),
            "language": _("Language"),
            "tracks": _("Tracks"),
            "competencies": _("Competencies"),
            "objectives": _("Objectives"),
            "sources": _("Sources"),
            "completion": _("What completes the course"),
            "modules": _("Modules"),
        },
        "track_words": {
            "supervisory": _("Supervisory"),
            "technical": _("Technical"),
            "managerial": _("Managerial"),
        },
    }
