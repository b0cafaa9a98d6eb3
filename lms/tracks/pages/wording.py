"""What kinds, states and requirements are called in the reader's language: on pages and on lists that are handed out."""

from collections.abc import Mapping

from flask_babel import gettext as _

from lms.tracks.rules import KIND_WORDS, State


def kind_words() -> Mapping[str, str]:
    """What each kind of evidence is called."""
    return {kind: _(words) for kind, words in KIND_WORDS.items()}


def state_words() -> Mapping[str, str]:
    """What each state of a cell is called."""
    return {
        State.MET: _("Met"),
        State.BORDERLINE: _("Borderline"),
        State.NOT_YET: _("Not yet"),
        State.STALE: _("Stale"),
        State.NO_EVIDENCE: _("No evidence"),
        "contested": _("Contested"),
    }


def outcome_words() -> Mapping[str, str]:
    """How a fact went."""
    return {
        "completed": _("Completed"),
        "passed": _("Passed"),
        "failed": _("Not passed"),
        "rated": _("Shown"),
    }


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
