"""The framework as it ships: its files, read into one document."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from lms.foundation.errors import Invalid
from lms.foundation.yaml import read_yaml
from lms.tracks.rules import Rule, as_it_stood, read_rule, rule_on
from lms.tracks.rules.calibration import Gold, read_gold

FOLDER = Path(__file__).parent / "framework"


@cache
def shipped_framework() -> dict[str, Any]:
    """Levels, competencies, profiles, courses and tracks, with every version of each profile, rung and rule."""
    levels = read_yaml((FOLDER / "competencies.yaml").read_text())
    return {
        **levels,
        "profiles": read_yaml((FOLDER / "profiles.yaml").read_text()),
        "forms": read_yaml((FOLDER / "forms.yaml").read_text()),
        "rules": read_yaml((FOLDER / "rules.yaml").read_text()),
        **read_yaml((FOLDER / "tracks.yaml").read_text()),
    }


@cache
def shipped_acts() -> dict[str, Any]:
    """What can close a gap, and what it costs: see acts.yaml."""
    found: dict[str, Any] = read_yaml((FOLDER / "acts.yaml").read_text())
    return found


@cache
def shipped_gold() -> tuple[Gold, ...]:
    """The gold contacts that come with the framework: contacts whose ratings everybody is held against."""
    return tuple(read_gold(one) for one in read_yaml((FOLDER / "gold_contacts.yaml").read_text()))


@lru_cache(maxsize=64)
def framework_on(day: date) -> dict[str, Any]:
    """The framework as it was in force on a day."""
    return as_it_stood(shipped_framework(), day)


def shipped_rule(day: date, version: int | None = None) -> Rule:
    """The rule that was in force on a day, or the version that is asked for. Raises Invalid when there is none."""
    versions = shipped_framework()["rules"]
    if version is None:
        return rule_on(versions, day)
    for one in versions:
        if one["version"] == version:
            return read_rule(one)
    raise Invalid("There is no version %(version)s of the rule.", version=version)


def find_rung(framework: dict[str, Any], key: str) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """A rung by its key, with its track."""
    for track in framework["tracks"]:
        for rung in track["rungs"]:
            if rung["key"] == key:
                return track, rung
    return None


def find_requirement(framework: Mapping[str, Any], key: str | None) -> Mapping[str, Any] | None:
    """What evidence may be recorded for: a rung's assessment (or a part of it), KPI or attestation, or a course."""
    for need in _recorded(framework):
        if need["key"] == key:
            return need
    titles = {one["key"]: one["title"] for one in framework["courses"]}
    return {"key": key, "kind": "course", "text": titles[key]} if key in titles else None


def _recorded(framework: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for track in framework["tracks"]:
        for rung in track["rungs"]:
            for need in rung["requirements"]:
                if need["kind"] in ("assessment", "kpi", "attestation"):
                    yield need
                    yield from need.get("parts", ())


def parts_of_exam(framework: Mapping[str, Any], course: str, assessment: str) -> list[str]:
    """The parts of rungs' assessments that a pass of this course's assessment is for, each once."""
    name = f"{course}:{assessment}"
    return list(dict.fromkeys(one["key"] for one in _recorded(framework) if name in one.get("exams", ())))


def takes_form(need: Mapping[str, Any], form: str) -> bool:
    """Whether a requirement, or a part of one, is shown on this form. What has parts is shown part by part."""
    if "forms" in need or "exams" in need:
        return form in need.get("forms", ())
    return need.get("kind") in ("assessment", "attestation") and "parts" not in need


def needs_of_form(needs: Iterable[Mapping[str, Any]], form: str) -> list[Mapping[str, Any]]:
    """The requirements of a rung, and the parts of them, that are shown on this form."""
    every = [one for need in needs for one in (need, *need.get("parts", ()))]
    return [one for one in every if takes_form(one, form)]


def latest_forms() -> list[Mapping[str, Any]]:
    """The forms people rate on, each in the version that is offered now."""
    found: dict[str, Mapping[str, Any]] = {}
    for one in shipped_framework()["forms"]:
        if one["key"] not in found or found[one["key"]]["version"] < one["version"]:
            found[one["key"]] = one
    return list(found.values())


def find_form(key: str, version: int | None = None) -> Mapping[str, Any] | None:
    """A form in a version, or in the one that is offered now."""
    offered = latest_forms() if version is None else shipped_framework()["forms"]
    return next((one for one in offered if one["key"] == key and version in (None, one["version"])), None)
