"""Question kinds, by name. A new kind is one module here and its template."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.kinds import cloze, matching, multiple, numeric, ordering, short, single, truefalse
from lms.assessments.kinds.contract import Kind, Problem, Unreadable

KINDS: dict[str, Kind] = {
    kind.NAME: kind for kind in (single, multiple, truefalse, numeric, short, matching, ordering, cloze)
}


def kind_of(document: Mapping[str, Any]) -> Kind:
    """The kind of a question's document. Raises Unreadable when there is no such kind."""
    kind = KINDS.get(str(document.get("kind")))
    if kind is None:
        raise Unreadable([Problem("kind", f"Choose one of {', '.join(KINDS)}.")])
    return kind
