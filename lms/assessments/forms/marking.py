"""The points a marker gives. The fields depend on the rubric, so they are read by name."""

from collections.abc import Mapping, Sequence

from lms.assessments.kinds.extended import Criterion
from lms.assessments.services.marking import Marks

PREFIX = "points-"


def filled_in(raw: Mapping[str, str], criteria: Sequence[Criterion]) -> Marks:
    """What was chosen; none for a line where nothing was, or what no such form sends."""
    points: dict[str, int | None] = {}
    for one in criteria:
        said = raw.get(PREFIX + one.key, "")
        points[one.key] = int(said) if said.isascii() and said.isdigit() and len(said) <= 2 else None
    return Marks(points, raw.get("note", "").strip(), raw.get("reason", "").strip())
