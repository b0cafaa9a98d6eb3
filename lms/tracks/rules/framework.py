"""Which version of a profile or a rung was in force on a day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any


def in_force(versions: Iterable[Mapping[str, Any]], key: str | None, as_of: date) -> Mapping[str, Any] | None:
    """The version of a profile or rung in force on a day: the latest that had begun. The first has no `from`."""
    begun = [one for one in versions if one["key"] == key and one.get("from", "") <= as_of.isoformat()]
    return max(begun, key=lambda one: str(one.get("from", "")), default=None)


def as_it_stood(framework: Mapping[str, Any], as_of: date) -> dict[str, Any]:
    """The framework on a day: of each competency, profile and rung the one version that was in force."""

    def current(versions: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        keys = dict.fromkeys(one["key"] for one in versions)
        found = [one for key in keys if (one := in_force(versions, key, as_of)) is not None]
        return [one for one in found if not one.get("gone")]

    tracks = [{**track, "rungs": current(track["rungs"])} for track in framework["tracks"]]
    return {
        **framework,
        "competencies": current(framework["competencies"]),
        "profiles": current(framework["profiles"]),
        "tracks": [track for track in tracks if track["rungs"]],
    }
