"""The room itself, and what its pages share: words, the day they are about, the rung."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from flask import g, request
from flask_babel import gettext as _
from flask_babel import to_user_timezone

from lms.foundation.errors import Invalid
from lms.people.queries import is_id
from lms.tracks.framework_files import shipped_framework
from lms.tracks.pages.wording import (
    fact_example,
    fact_title,
    heading,
    kind_words,
    outcome_words,
    state_words,
)
from lms.tracks.queries.framework import whole_framework
from lms.tracks.rules import Reason
from lms.tracks.rules.routing import KIND_OF_ACT
from lms.web import Room, actor, now, session
from lms.web.language import kept, once_a_language, shown, told

room = Room("tracks", __name__)


@room.app_context_processor
@once_a_language
def words() -> dict[str, object]:
    """What the pages need to put rules' values into words."""
    return {
        "shown": shown,
        "say": said,
        "in_words": told,
        "heading": lambda cell: heading(cell.key, cell.kind),
        "heading_of": heading,
        "fact_title": fact_title,
        "fact_example": fact_example,
        "kind_words": kind_words(),
        "way_kinds": {kind: _(words) for kind, words in KIND_OF_ACT.items()},
        "state_words": state_words(),
        "competency_names": CompetencyNames(),
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
        "outcome_words": outcome_words(),
    }


class CompetencyNames(Mapping[str, str]):
    """What competencies are called that the reader's firm has or had; read when a page first asks."""

    def _names(self) -> Mapping[str, str]:
        if "competency_names" not in g:
            whole = whole_framework(session(), actor=actor())
            g.competency_names = {one["key"]: str(one["name"]) for one in whole["competencies"]}
        found: Mapping[str, str] = g.competency_names
        return found

    def __getitem__(self, key: str) -> str:
        return self._names()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())


def said(reason: Reason, names: Mapping[str, str] | None = None) -> str:
    """A reason in the reader's words; `names`: what people are called, by the text of their id."""

    def show(value: Any) -> str:
        if isinstance(value, str) and names is not None and value in names:
            return names[value]
        if isinstance(value, str) and is_id(value):
            return str(_("a colleague"))
        return shown(value)

    return reason.words(lambda sentence: kept(sentence, {})[0], show)


def as_seen(moment: datetime) -> date:
    """The day it is where the firm is."""
    seen: date = to_user_timezone(moment).date()
    return seen


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
