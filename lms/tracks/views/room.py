"""The room itself, and what its pages share: words, the day they are about, the rung."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import to_user_timezone

from lms.foundation.errors import Invalid
from lms.people.queries import is_id
from lms.tracks.framework_files import shipped_framework
from lms.tracks.rules import KIND_WORDS, Reason, State
from lms.tracks.rules.routing import KIND_OF_ACT
from lms.web import Room, now
from lms.web.language import shown

room = Room("tracks", __name__)


@room.app_context_processor
def words() -> dict[str, object]:
    """What the pages need to put rules' values into words."""
    return {
        "shown": shown,
        "say": said,
        "heading": lambda cell: heading(cell.key, cell.kind),
        "heading_of": heading,
        "kind_words": {kind: _(words) for kind, words in KIND_WORDS.items()},
        "way_kinds": {kind: _(words) for kind, words in KIND_OF_ACT.items()},
        "state_words": {
            State.MET: _("Met"),
            State.BORDERLINE: _("Borderline"),
            State.NOT_YET: _("Not yet"),
            State.STALE: _("Stale"),
            State.NO_EVIDENCE: _("No evidence"),
            "contested": _("Contested"),
        },
        "competency_names": {one["key"]: one["name"] for one in shipped_framework()["competencies"]},
        "course_titles": {one["key"]: one["title"] for one in shipped_framework()["courses"]},
        "entry_words": {
            "counts": (_("Counts"), "good"),
            "contested": (_("Set aside"), "warn"),
            "stale": (_("Too old or expired"), "quiet"),
            "unsure": (_("Too close to call"), "warn"),
            "failed": (_("Does not speak for a level"), "quiet"),
            "informs": (_("Informs: no licence"), "quiet"),
            "superseded": (_("Superseded"), "quiet"),
            "withdrawn": (_("Withdrawn"), "quiet"),
        },
        "outcome_words": {
            "completed": _("Completed"),
            "passed": _("Passed"),
            "failed": _("Not passed"),
            "rated": _("Shown"),
        },
    }


def said(reason: Reason, names: Mapping[str, str] | None = None) -> str:
    """A reason in the reader's words; `names`: what people are called, by the text of their id."""

    def show(value: Any) -> str:
        if isinstance(value, str) and names is not None and value in names:
            return names[value]
        if isinstance(value, str) and is_id(value):
            return str(_("a colleague"))
        return shown(value)

    return reason.words(_, show)


def as_seen(moment: datetime) -> date:
    """The day it is where the firm is."""
    seen: date = to_user_timezone(moment).date()
    return seen


def heading(key: str, kind: str) -> str:
    """What a requirement is called in a narrow column: a course by its key."""
    if key.endswith("-experience"):
        return str(_("Experience"))
    words = {
        "tenure": _("Time"),
        "competencies": _("Competencies"),
        "assessment": _("Assessment"),
        "kpi": _("KPI"),
        "attestation": _("Attestation"),
    }
    return str(words.get(kind, key))


def day() -> date:
    """The day the page is about: what the address says, else today where the firm is."""
    asked = request.args.get("as_of", "")
    if not asked:
        return as_seen(now())
    try:
        return date.fromisoformat(asked)
    except ValueError:
        raise Invalid("Write the date as 2026-03-01.") from None


def chosen_rung() -> str:
    """The rung the page is about."""
    return request.args.get("rung", "S1")
