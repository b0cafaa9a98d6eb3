"""What is to be changed for everybody, as the address of the preview and the form behind it say it."""

import uuid
from collections.abc import Mapping, Sequence

from lms.assessments.rescoring import Change, Rule
from lms.assessments.services.rescoring import Wish
from lms.foundation.ids import new_id


def id_or_none(text: str) -> uuid.UUID | None:
    """An id, or none when it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def rule_in(said: Mapping[str, Sequence[str]]) -> Rule | None:
    """The rule that was chosen, or none while nothing was."""
    chosen = (said.get("change") or ("",))[0]
    if chosen not in (Change.KEY, Change.ALL, Change.DROP):
        return None
    if chosen != Change.KEY:
        return Rule(Change(chosen))
    letters = frozenset(one[:10] for one in said.get("right", ()))
    return Rule(Change.KEY, letters, by=None if letters else id_or_none((said.get("by") or ("",))[0]))


def wish_in(said: Mapping[str, Sequence[str]]) -> Wish:
    """A form as it was sent: the decision's id, the version, the rule, the reason."""

    def one(name: str) -> str:
        return (said.get(name) or ("",))[0]

    rule = rule_in(said) or Rule(Change.UNDO)
    return Wish(
        id_or_none(one("id")) or new_id(),
        id_or_none(one("version")) or uuid.UUID(int=0),
        rule,
        one("reason"),
        one("takes_passes") == "1",
    )
