"""The facts that courses teach: what a course may say of them, what is due, and where each of ours is from."""

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lms.cli import main
from lms.courses.packages import Package, read_folder, understand
from lms.courses.rules.facts import Fact, facts_of, facts_page
from lms.courses.services import course_folders
from lms.foundation.yaml import read_yaml
from tests.house import SAMPLE_COURSE

ROOT = Path(__file__).parents[2]
PACKAGES = {
    str(package.course["key"]): package
    for folder in course_folders(ROOT / "seed_courses")
    if not (package := read_folder(folder)).course.get("translation_of")
}
FACTS = {f"{key}/{one.key}": one for key, package in PACKAGES.items() for one in facts_of(package.course)}
COPY = read_yaml((ROOT / "tests" / "data" / "facts.yaml").read_text())
LIST = {one["id"]: one for one in COPY["list"]}
NUMBER = re.compile(r"\d[\d.,]*\d|\d")
NAMES = re.compile(r"24495-1:2023|43-4051|FAQ 1210|RFC \d+|169\.254|AA23-320A|3\.3\.1")


def numbers(text: str) -> set[float]:
    """The numbers that a text states, but for those in names of standards, versions and addresses of machines."""
    plain = NAMES.sub("", re.sub(r"(?<![\d.])\.(?=\d)", "0.", text))
    return {float(one.replace(",", "")) for one in NUMBER.findall(plain) if one.count(".") <= 1}


def rounded(values: set[float]) -> set[float]:
    """These numbers, and what each is when it is rounded to a whole one; a share also as its percent."""
    return values | {float(round(one)) for one in values}


def with_facts(text: str) -> Package:
    """The sample course with these facts."""
    whole = read_folder(SAMPLE_COURSE)
    return understand(
        dict(whole.files) | {"course.yaml": whole.files["course.yaml"] + f"facts:\n{text}\n"}, whole.media, []
    )


def test_a_fact_has_a_source_lessons_that_name_it_and_a_day_to_look_again() -> None:
    sound = with_facts(
        "- {key: one, text: It is so, source: pack, lessons: [hello], look_again: '2027-05-26'}"
    )
    assert [str(one) for one in sound.problems if not one.advice] == []
    (one,) = facts_of(sound.course)
    assert (one.course, one.key, one.lessons, one.look_again) == ("T01", "one", ("hello",), date(2027, 5, 26))
    assert not one.is_due(date(2027, 5, 25))
    assert one.is_due(date(2027, 5, 26))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("{key: one, text: T, source: nowhere, lessons: [hello], look_again: '2027-05-26'}", "no source"),
        ("{key: one, text: T, source: pack, look_again: '2027-05-26'}", "Name the lessons"),
        ("{key: one, text: T, source: pack, lessons: [gone], look_again: '2027-05-26'}", "does not name"),
        ("{key: one, text: T, source: pack, lessons: [hello], look_again: soon}", "Write the day"),
        ("{key: one, text: T, source: pack, lessons: [hello], look_again: 2027}", "Write the day"),
        ("{key: one, text: T}", "Give each entry"),
        ("{key: one, text: T, source: pack, lessons: [hello], tag: V}", "We do not know"),
    ],
)
def test_what_is_wrong_in_a_fact_is_told_with_its_line(wrong: str, told: str) -> None:
    package = with_facts(f"- {wrong}")
    line = package.files["course.yaml"].splitlines().index(f"- {wrong}") + 1
    stopping = [one for one in package.problems if not one.advice]
    assert [(one.line, told in str(one.message)) for one in stopping] == [(line, True)], stopping


def test_every_fact_is_traced_to_what_the_courses_were_written_from() -> None:
    assert set(COPY["traced"]) | set(COPY["own"]) == set(FACTS)
    assert not set(COPY["traced"]) & set(COPY["own"])
    assert set(COPY["traced"].values()) <= set(LIST)


@pytest.mark.parametrize("name", sorted(COPY["traced"]))
def test_a_fact_says_no_number_and_no_certainty_that_its_origin_does_not_have(name: str) -> None:
    fact, origin = FACTS[name], LIST[COPY["traced"][name]]
    assert fact.tag in origin["tags"], "we are as sure as whoever read the source, and no surer"
    if origin["text"].endswith("of the course"):
        return
    known = rounded(numbers(origin["text"]))
    assert {one for one in numbers(fact.text) if one not in known} <= {0.0}, name


@pytest.mark.parametrize("name", sorted(FACTS))
def test_the_numbers_of_a_fact_stand_in_its_lessons(name: str) -> None:
    fact = FACTS[name]
    files = PACKAGES[fact.course].files
    said = numbers(" ".join(files[f"lessons/{key}.md"] for key in fact.lessons))
    assert numbers(fact.text) <= said, numbers(fact.text) - said


def test_the_command_lists_what_is_due(tmp_path: Path) -> None:
    for key in ("C04", "C14"):
        folder = next(
            one
            for one in course_folders(ROOT / "seed_courses")
            if one.name.startswith(key) and "-es-" not in one.name
        )
        shutil.copytree(folder, tmp_path / key)
    run = CliRunner()
    asked = ["courses", "check", str(tmp_path), "--facts", "--json", "--due-by"]
    early = json.loads(run.invoke(main, [*asked, "2026-12-01"]).output)
    later: Any = json.loads(run.invoke(main, [*asked, "2027-03-01"]).output)
    assert (early["due"], early["facts"]) == ([], sum(one.course in ("C04", "C14") for one in FACTS.values()))
    assert [(one["course"], one["key"], one["tag"]) for one in later["due"]] == [("C04", "belize-act", "V")]
    refused = run.invoke(main, ["courses", "check", str(tmp_path), "--due-by", "2027-03-01"])
    assert refused.exit_code != 0


def test_the_page_of_facts_says_what_the_courses_say() -> None:
    """`lms courses facts seed_courses > docs/facts.md` writes it."""
    assert (ROOT / "docs" / "facts.md").read_text() == facts_page(list(FACTS.values()))


def test_what_was_computed_here_is_never_due() -> None:
    one = Fact("C06", "sum", "2 + 2 = 4", "C", "Sums", ("hello",), None)
    assert not one.is_due(date(2100, 1, 1))
