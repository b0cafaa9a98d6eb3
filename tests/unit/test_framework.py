"""The framework that ships: whole, without holes, and with versions that follow one another."""

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from lms.tracks.framework_files import (
    find_rung,
    framework_on,
    latest_forms,
    needs_of_form,
    parts_of_exam,
    shipped_framework,
)
from lms.tracks.rules import EvidenceKind
from tests.house import ROOT

SHIPPED = shipped_framework()
RUNGS = [rung for track in SHIPPED["tracks"] for rung in track["rungs"]]
NEEDS = [(rung, need) for rung in RUNGS for need in rung["requirements"]]
PROFILES = {one["key"] for one in SHIPPED["profiles"]}
COMPETENCIES = {one["key"] for one in SHIPPED["competencies"]}
COURSES = {one["key"] for one in SHIPPED["courses"]}
KINDS = {"tenure", "competencies", "course", "assessment", "kpi", "attestation"}


def keys(items: Iterable[Mapping[str, Any]]) -> list[str]:
    """The keys of a list."""
    return [one["key"] for one in items]


def test_there_are_five_levels_and_each_competency_says_what_each_looks_like() -> None:
    assert [one["level"] for one in SHIPPED["levels"]] == [1, 2, 3, 4, 5]
    for one in SHIPPED["competencies"]:
        assert sorted(map(int, one["anchors"])) == [1, 2, 3, 4, 5], one["key"]
        assert all(one["anchors"].values()), one["key"]


def test_no_key_stands_twice() -> None:
    for part in ("competencies", "courses", "tracks"):
        assert len(set(keys(SHIPPED[part]))) == len(SHIPPED[part]), part
    for rung in RUNGS:
        found = keys(rung["requirements"])
        assert len(set(found)) == len(found), rung["key"]
    of_track = {one["key"]: track["key"] for track in SHIPPED["tracks"] for one in track["rungs"]}
    for track in SHIPPED["tracks"]:
        assert {of_track[one["key"]] for one in track["rungs"]} == {track["key"]}


@pytest.mark.parametrize("versions", [SHIPPED["profiles"], RUNGS], ids=["profiles", "rungs"])
def test_versions_count_from_one_and_each_begins_after_the_one_before(versions: list[dict[str, Any]]) -> None:
    for key in set(keys(versions)):
        mine = sorted((one for one in versions if one["key"] == key), key=lambda one: one["version"])
        assert [one["version"] for one in mine] == list(range(1, len(mine) + 1)), key
        assert "from" not in mine[0], f"the first version of {key} was always so"
        begins = [date.min, *(date.fromisoformat(one["from"]) for one in mine[1:])]
        assert all(one < other for one, other in pairwise(begins)), key


def test_what_profiles_ask_for_is_a_competency_at_one_of_the_levels() -> None:
    for one in SHIPPED["profiles"]:
        assert one["name"]
        assert set(one["levels"]) <= COMPETENCIES, one["key"]
        assert set(one["levels"].values()) <= {1, 2, 3, 4, 5}, one["key"]


def test_every_rung_that_asks_for_competencies_names_a_profile_that_exists() -> None:
    for rung in RUNGS:
        asks = "competencies" in {need["kind"] for need in rung["requirements"]}
        assert asks == ("profile" in rung), rung["key"]
        assert rung.get("profile") in {*PROFILES, None}, rung["key"]


def test_every_requirement_is_of_a_known_kind_and_says_what_its_kind_needs() -> None:
    for rung, need in NEEDS:
        where = f"{rung['key']}: {need['key']}"
        assert need["kind"] in KINDS, where
        assert need["text"], where
        if need["kind"] == "tenure":
            assert need["months"] > 0, where
            assert need["since"] in ("role", "firm"), where
        if need["kind"] == "course":
            branches = need.get("any_of") or [[need["course"]]]
            assert {key for branch in branches for key in branch} <= COURSES, where
        if need["kind"] == "attestation":
            assert need["raters"] >= 1, where


PARTS = [part for _rung, need in NEEDS for part in need.get("parts", ())]


def test_every_rung_has_an_assessment_whose_parts_are_exams_or_forms_that_ship() -> None:
    forms = {one["key"]: one for one in latest_forms()}
    for rung in RUNGS:
        asked = [need for need in rung["requirements"] if need["kind"] == "assessment"]
        assert [len(need["parts"]) >= 2 for need in asked] == [True], rung["key"]
    for part in PARTS:
        assert part["text"], part["key"]
        assert ("exams" in part) != ("forms" in part), part["key"]
        assert set(part.get("forms", ())) <= set(forms), part["key"]
    texts: dict[str, set[str]] = {}
    for part in PARTS:
        texts.setdefault(part["key"], set()).add(part["text"])
    assert all(len(said) == 1 for said in texts.values())
    assert not set(texts) & {need["key"] for _rung, need in NEEDS}


def test_a_form_is_for_the_part_that_names_it_and_never_for_the_whole() -> None:
    framework = framework_on(date(2026, 3, 2))
    found = find_rung(framework, "S2")
    assert found is not None
    asked = [one["key"] for one in needs_of_form(found[1]["requirements"], "in-tray")]
    assert asked == ["S2-experience", "S2-in-tray", "S2-attestation"]
    assert parts_of_exam(framework, "C08", "gate-s2") == ["S2-exam"]
    assert parts_of_exam(framework, "C08", "final") == []
    assert parts_of_exam(framework, "C14", "gate-m1") == ["M1-exam"], "S4 and M1 ask for it, once"


def test_a_requirement_that_two_rungs_share_by_its_key_is_the_same_requirement() -> None:
    seen: dict[str, dict[str, Any]] = {}
    for rung, need in NEEDS:
        if need["kind"] in ("assessment", "kpi", "attestation"):
            assert seen.setdefault(need["key"], need) == need, f"{rung['key']}: {need['key']}"
    assert not set(seen) & (COMPETENCIES | COURSES | {kind.value for kind in EvidenceKind})


def test_a_rung_is_found_on_a_day_and_one_that_is_not_there_is_not() -> None:
    framework = framework_on(date(2026, 3, 2))
    assert {find_rung(framework, rung["key"]) is not None for rung in RUNGS} == {True}
    assert find_rung(framework, "no such rung") is None


def test_a_course_takes_the_minutes_its_lessons_take() -> None:
    """The route and the catalogue name the same minutes."""
    taken = {
        key: sum(
            int(line.removeprefix("minutes: "))
            for lesson in (ROOT / "seed_courses").glob(f"{key}-*/lessons/*.md")
            if "-es-" not in lesson.parts[-3]
            for line in lesson.read_text(encoding="utf-8").splitlines()[:12]
            if line.startswith("minutes: ")
        )
        for key in COURSES
    }
    assert {one["key"]: one["minutes"] for one in SHIPPED["courses"]} == taken
