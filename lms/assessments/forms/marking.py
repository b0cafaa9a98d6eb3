"""The points a marker gives. The fields depend on the rubric, so they are read by name."""

from collections.abc import Mapping, Sequence

from lms.assessments.kinds.extended import Criterion
from lms.assessments.services.marking import Marks
from lms.foundation.numbers import whole_number

PREFIX = "points-"


def filled_in(raw: Mapping[str, str], criteria: Sequence[Criterion]) -> Marks:
    """What was chosen; none for a line where nothing was, or what no such form sends."""
    points: dict[str, int | None] = {}
    for one in criteria:
        points[one.key] = whole_number(raw.get(PREFIX + one.key, ""), None, digits=2)
    return Marks(points, raw.get("note", "").strip(), raw.get("reason", "").strip())
