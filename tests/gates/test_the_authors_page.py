"""The page for authors is true, in both languages: the course that it makes can be checked, loaded and given back."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask

from lms.courses.cli import courses
from tests.unit.test_what_authors_get_wrong import problems

DOCS = Path(__file__).parents[2] / "docs"
both = pytest.mark.parametrize(
    "page", [DOCS / "authors.md", DOCS / "authors.es.md"], ids=lambda one: one.name
)


def files(page: Path) -> Mapping[str, str]:
    """The files of the course that the page makes."""
    found = r"^`([a-z/-]+\.(?:yaml|md))`\n\n```\w+\n(.*?)^```$"
    return dict(re.findall(found, page.read_text(), re.DOTALL | re.M))


def made(page: Path, folder: Path) -> Path:
    """The course of the page, in its folder."""
    for name, text in files(page).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


@both
def test_the_page_makes_a_course_of_two_lessons(page: Path, tmp_path: Path) -> None:
    names = sorted(files(page))
    assert [name for name in names if not name.startswith("lessons/")] == [
        "assessments/final.yaml",
        "course.yaml",
        "questions/bank.yaml",
    ]
    assert len(names) == 5
    told = list(map(str, problems(made(page, tmp_path / "course"))))
    assert len(told) == 1, told
    assert "(advice) The bank has 2 questions." in told[0]


@both
def test_the_commands_of_the_page_load_it_and_give_it_back(page: Path, app: Flask, tmp_path: Path) -> None:
    (named,) = re.findall(r"`(H01-\w+)/`", page.read_text())
    folder, run = made(page, tmp_path / named), app.test_cli_runner()
    said = re.findall(r"^lms courses (\w+) ([\w-]+)(?: (\w+))? +#", page.read_text(), re.M)
    assert [(verb, what) for verb, what, _ in said] == [("check", named), ("load", named), ("export", "H01")]
    for verb, what, into in said:
        places = [str(tmp_path / what) if what == named else what, *([str(tmp_path / into)] if into else [])]
        done = run.invoke(courses, [verb, *places])
        assert done.exit_code == 0, done.output
    copy = tmp_path / said[-1][2]
    for name, text in files(page).items():
        assert (copy / name).read_text() == (folder / name).read_text() == text


@both
def test_the_line_the_page_quotes_is_where_a_turn_would_be_wrong(page: Path, tmp_path: Path) -> None:
    folder = made(page, tmp_path / "course")
    name, line = re.findall(r"`(lessons/[a-z-]+\.md):(\d+): Write a turn as", page.read_text())[0]
    path = folder / name
    path.write_text(re.sub(r"^[\w ]+ \(customer\): ", "", path.read_text(), flags=re.M))
    found = [one for one in problems(folder) if "Write a turn as" in one.message]
    assert [(one.file, one.line) for one in found] == [(name, int(line))]
