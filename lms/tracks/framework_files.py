"""The framework as it ships: three files, read into one document."""

from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lms.courses.queries import CompetenciesNamed
from lms.courses.queries.studio import FrameworkAsked
from lms.foundation.yaml import read_yaml
from lms.tracks.rules import as_it_stood

FOLDER = Path(__file__).parent / "framework"


@cache
def shipped_framework() -> dict[str, Any]:
    """Levels, competencies, profiles, courses and tracks, with every version of each profile and rung."""
    levels = read_yaml((FOLDER / "competencies.yaml").read_text())
    return {
        **levels,
        "profiles": read_yaml((FOLDER / "profiles.yaml").read_text()),
        **read_yaml((FOLDER / "tracks.yaml").read_text()),
    }


@cache
def shipped_acts() -> dict[str, Any]:
    """What can close a gap, and what it costs: see acts.yaml."""
    found: dict[str, Any] = read_yaml((FOLDER / "acts.yaml").read_text())
    return found


@lru_cache(maxsize=64)
def framework_on(day: date) -> dict[str, Any]:
    """The framework as it was in force on a day."""
    return as_it_stood(shipped_framework(), day)


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


def list_competencies(_session: object, _question: FrameworkAsked) -> list[tuple[str, str]]:
    """An author chooses what a course builds."""
    return [(one["key"], one["name"]) for one in shipped_framework()["competencies"]]


def find_requirement(framework: Mapping[str, Any], key: str | None) -> Mapping[str, Any] | None:
    """What evidence may be recorded for: a rung's assessment, KPI or attestation, or a course."""
    for track in framework["tracks"]:
        for rung in track["rungs"]:
            for need in rung["requirements"]:
                if need["key"] == key and need["kind"] in ("assessment", "kpi", "attestation"):
                    found: Mapping[str, Any] = need
                    return found
    titles = {one["key"]: one["title"] for one in framework["courses"]}
    return {"key": key, "kind": "course", "text": titles[key]} if key in titles else None
