"""The framework as it ships: three files, read into one document."""

from functools import cache
from pathlib import Path
from typing import Any

from lms.courses.queries import CompetenciesNamed
from lms.foundation.yaml import read_yaml

FOLDER = Path(__file__).parent / "framework"


@cache
def shipped_framework() -> dict[str, Any]:
    """Levels, competencies, profiles, courses and tracks."""
    levels = read_yaml((FOLDER / "competencies.yaml").read_text())
    return {
        **levels,
        "profiles": read_yaml((FOLDER / "profiles.yaml").read_text()),
        **read_yaml((FOLDER / "tracks.yaml").read_text()),
    }


def find_rung(framework: dict[str, Any], key: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """A rung by its key, with its track."""
    for track in framework["tracks"]:
        for rung in track["rungs"]:
            if rung["key"] == key:
                return track, rung
    return None


def name_competencies(_session: object, question: CompetenciesNamed) -> list[tuple[str, str]]:
    """The catalogue asks what competencies are called."""
    return [
        (one["key"], one["name"])
        for one in shipped_framework()["competencies"]
        if one["key"] in question.keys
    ]
