"""The page for authors is true: the course that it makes step by step can be checked, loaded and given back."""

import re
from pathlib import Path

from flask import Flask

from lms.courses.cli import courses
from tests.unit.test_what_authors_get_wrong import problems

PAGE = Path(__file__).parents[2] / "docs" / "authors.md"
FILES = dict(
    re.findall(r"^`([a-z/-]+\.(?:yaml|md))`\n\n```\w+\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.M)
)


def made(folder: Path) -> Path:
    """The course of the page, as files."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_page_makes_a_course_of_two_lessons(tmp_path: Path) -> None:
    assert sorted(FILES) == [
        "assessments/final.yaml",
        "course.yaml",
        "lessons/ask-first.md",
        "lessons/come-back.md",
        "questions/bank.yaml",
    ]
    told = list(map(str, problems(made(tmp_path / "H01-hold"))))
    assert len(told) == 1, told
    assert "(advice) The bank has 2 questions." in told[0]


def test_the_commands_of_the_page_load_it_and_give_it_back(app: Flask, tmp_path: Path) -> None:
    folder, run = made(tmp_path / "H01-hold"), app.test_cli_runner()
    for said in re.findall(r"^lms courses (\w+ [\w-]+(?: [\w-]+)?) +#", PAGE.read_text(), re.M):
        args = [str(tmp_path / one) if one in ("H01-hold", "copy") else one for one in said.split()]
        done = run.invoke(courses, args)
        assert done.exit_code == 0, done.output
    assert {name: (tmp_path / "copy" / name).read_text() for name in FILES} == FILES
    assert {name: (folder / name).read_text() for name in FILES} == FILES


def test_the_line_the_page_quotes_is_where_a_turn_would_be_wrong(tmp_path: Path) -> None:
    folder = made(tmp_path / "H01-hold")
    name, line = re.findall(r"`(lessons/[a-z-]+\.md):(\d+): Write a turn as", PAGE.read_text())[0]
    path = folder / name
    path.write_text(path.read_text().replace("Mr Lund (customer): Sure.", "Sure."))
    found = [one for one in problems(folder) if "Write a turn as" in one.message]
    assert [(one.file, one.line) for one in found] == [(name, int(line))]
