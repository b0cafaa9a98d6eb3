"""What we write in another format comes back as the same question, for what that format can say."""

import re
from pathlib import Path
from typing import Any

import pytest

from lms.courses.packages import Package, read_folder
from lms.interop.formats.reading import read_file
from lms.interop.formats.writing import ENDINGS, write_markdown, write_questions

SEEDS = sorted(
    one for one in (Path(__file__).parents[2] / "seed_courses").iterdir() if "-es-" not in one.name
)
"""Translations have the kinds and shapes of their originals."""
FORMS = ("gift", "moodle-xml", "qti3", "csv")
ALWAYS_LOST = ("objective", "competency", "level", "thinking", "difficulty", "critical")
DEFAULTS = {
    "marking": "all",
    "shuffle": True,
    "explanation": "",
    "tags": [],
    "tolerance": 0,
    "extra": [],
    "mistakes": [],
}


def plainly(question: dict[str, Any], lost: set[str]) -> dict[str, Any]:
    """A question without what was said to be lost, defaults filled in, gaps by their order, lines joined."""
    said = {name: value for name, value in question.items() if name not in ALWAYS_LOST and name not in lost}
    for name, value in DEFAULTS.items():
        if name not in lost:
            said.setdefault(name, value)
    said.pop("ignore", None)
    if "decimals" not in question or said["kind"] == "numeric":
        said.pop("decimals", None)
    if said["kind"] == "truefalse":
        said["why"] = {str(name).lower(): text for name, text in said["why"].items()}
    if said["kind"] == "extended":
        said = {"least": 0, "most": 300, **said}
    if said["kind"] == "cloze":
        keys = re.findall(r"\[\[([a-z0-9-]+)\]\]", said["text"])
        said["gaps"] = [said["gaps"][key] for key in keys]
        said["text"] = re.sub(r"\[\[[a-z0-9-]+\]\]", "[[]]", said["text"])
    for name in ("pairs", "items", "gaps"):
        if "why" in lost and name in said:
            said[name] = [{part: text for part, text in one.items() if part != "why"} for one in said[name]]
    if said["kind"] in ("single", "multiple"):
        said["options"] = [{**one, "correct": one.get("correct") is True} for one in said["options"]]
    return dict(_joined(said))


def _joined(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _joined(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_joined(one) for one in value]
    return " ".join(value.split()) if isinstance(value, str) else value


def whole(folder: Path) -> tuple[Package, list[dict[str, Any]]]:
    """A seed course, and its questions."""
    package = read_folder(folder)
    return package, [dict(one.document) for one in package.questions]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("folder", SEEDS, ids=lambda folder: folder.name)
def test_every_seed_course_goes_out_and_comes_back(folder: Path, form: str) -> None:
    package, bank = whole(folder)
    written = write_questions(form, bank, package.media)
    told = {one.key: one for one in written.told}
    back = {
        item.question["key"]: item
        for item in read_file(f"x{ENDINGS[form]}", written.content).items
        if item.question
    }
    assert set(back) == {key for key, one in told.items() if one.status != "left out"}
    for question in bank:
        if question["key"] not in back:
            assert told[question["key"]].reasons
            continue
        lost = {
            name.strip()
            for reason in told[question["key"]].reasons
            for name in str(reason).removeprefix("Written without: ").rstrip(".").split(",")
        }
        returned = back[question["key"]].question
        assert returned is not None
        assert plainly(returned, lost) == plainly(question, lost)


@pytest.mark.parametrize("folder", SEEDS, ids=lambda folder: folder.name)
def test_a_folder_of_markdown_loses_nothing(folder: Path) -> None:
    package, bank = whole(folder)
    found = read_file("x.zip", write_markdown(package.files, package.media))
    assert found.format == "ladder"
    assert [item.question for item in found.items] == [{"key": one["key"], **one} for one in bank]
    assert {page.key: page.text for page in found.pages} == {
        name[len("lessons/") : -3]: text
        for name, text in package.files.items()
        if name.startswith("lessons/")
    }


@pytest.mark.parametrize("form", FORMS)
def test_a_picture_goes_out_and_comes_back_with_its_question(form: str) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0" + b"\0" * 8
    question = {
        "key": "q-1",
        "kind": "truefalse",
        "stem": "Is it so?\n\n![A dot](media/dot.png)",
        "answer": True,
        "why": {"true": "Yes.", "false": "No: look again."},
    }
    (item,) = read_file(
        f"x{ENDINGS[form]}", write_questions(form, [question], {"media/dot.png": picture}).content
    ).items
    assert item.question is not None
    if form in ("moodle-xml", "qti3"):
        assert "![A dot](media/dot-" in item.question["stem"]
    else:
        assert "not in the file" in str(item.reasons[0])
