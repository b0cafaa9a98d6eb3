"""What kinds, states and requirements are called in the reader's language: on pages and on lists that are handed out."""

from collections.abc import Mapping

from flask_babel import gettext as _

from lms.tracks.kpi.metrics import BUILT_IN
from lms.tracks.rules import KIND_WORDS, Evidence, State
from lms.web.language import shown

SHIPPED = {one.key: one for one in BUILT_IN}


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


def fact_title(one: Evidence) -> str:
    """What a fact is called: a KPI period in the reader's language, where it was judged on metrics that ship alone."""
    if not _is_in_words(one):
        return shown(one.title)
    months = _("%(from)s to %(until)s", **{"from": f"{one.since:%Y-%m}", "until": f"{one.on:%Y-%m}"})
    figures = ", ".join(
        f"{_(SHIPPED[part['metric']].name)} {part['value']:.1f} (n = {part['n']})"
        for part in one.parts
        if part["value"] is not None
    )
    return f"{months}: {figures}"


def fact_example(one: Evidence) -> str:
    """What was said with a fact; of a KPI period the reasons, in the reader's language."""
    if not _is_in_words(one):
        return one.example
    return " ".join(
        f"{_(SHIPPED[part['metric']].name)}: {_(part['sentence']) % part['values']}" for part in one.parts
    )


def _is_in_words(one: Evidence) -> bool:
    """Whether all that a KPI period says can be said again; after a correction more was added in words."""
    shipped = one.since is not None and all(part["metric"] in SHIPPED for part in one.parts)
    return bool(one.parts) and shipped and not one.example.endswith("can no longer be said.")
