"""Places on a picture, labels on it, and files: what is a place, what a choice is worth, what a file is."""

import io
import re
import zipfile
from typing import Any

import pytest

from lms.assessments.kinds import KINDS, upload
from lms.assessments.kinds.contract import BadAnswer, Unreadable
from tests.unit.test_kinds import document


def marked(kind: str, said: dict[str, list[str]], **fields: Any) -> Any:
    """The mark of a form, nothing shuffled."""
    module = KINDS[kind]
    question = module.read(document(kind, **fields))
    variant = module.vary(question, 1, shuffle=False)
    return module.mark(question, variant, module.given(question, variant, said))


def refused(kind: str, **fields: Any) -> set[str]:
    """Where the check finds something."""
    with pytest.raises(Unreadable) as caught:
        KINDS[kind].read(document(kind, **fields))
    return {problem.where for problem in caught.value.problems}


def test_a_wrong_place_takes_back_what_a_right_one_earned() -> None:
    assert marked("hotspot", {"answer": ["b", "c"]}).score == 1
    assert marked("hotspot", {"answer": ["b"]}).score == 0.5
    assert marked("hotspot", {"answer": ["b", "c", "a"]}).score == 0.5
    assert marked("hotspot", {"answer": ["a", "b", "c", "d"]}).score == 0
    assert marked("hotspot", {"answer": ["a"]}).score == 0


def test_one_right_place_is_one_choice() -> None:
    regions = [{**one, "correct": at == 1} for at, one in enumerate(document("hotspot")["regions"])]
    assert marked("hotspot", {"answer": ["b"]}, regions=regions).score == 1
    with pytest.raises(BadAnswer):
        marked("hotspot", {"answer": ["a", "b"]}, regions=regions)


def test_labels_are_marked_by_place() -> None:
    module = KINDS["labels"]
    question = module.read(document("labels"))
    variant = {"order": [0, 1, 2]}
    said = module.given(question, variant, {"answer-a": ["a"], "answer-b": ["a"], "answer-c": ["a"]})
    assert module.mark(question, variant, said).score == pytest.approx(2 / 3)  # one label fits two places


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": [0, 0, 10]},
        {"at": [95, 0, 10, 10]},
        {"at": [0, 0, 0, 10]},
        {"at": [-1, 0, 10, 10]},
        {"at": "0 0 10 10"},
        {"at": [0, 0, 10, "10"]},
        {"shape": "polygon", "at": [0, 0, 10, 10]},
        {"shape": "polygon", "at": [0, 0, 10, 10, 5]},
    ],
)
def test_a_place_lies_within_the_picture(wrong: dict[str, Any]) -> None:
    regions = document("hotspot")["regions"]
    assert refused("hotspot", regions=[{**regions[0], **wrong}, *regions[1:]]) == {"regions.0.at"}


def test_a_page_is_given_shapes_to_draw_and_never_the_files_name() -> None:
    module = KINDS["labels"]
    place = {
        "path": "media/SECRET.png",
        "address": "/courses/media/00.png",
        "bytes": 9,
        "width": 80,
        "height": 60,
    }
    corners = {"shape": "polygon", "at": [10, 20, 40, 20, 25, 50]}
    zones = [{**document("labels")["zones"][0], **corners}, document("labels")["zones"][1]]
    question = module.read(document("labels", picture=place, zones=zones))
    shown = module.ask(question, module.vary(question, 1))
    assert shown["picture"] == {"address": "/courses/media/00.png", "bytes": 9, "width": 80, "height": 60}
    assert shown["rows"][0]["area"] == {
        "shape": "polygon",
        "left": 10,
        "top": 20,
        "width": 30,
        "height": 30,
        "corners": "10,20 40,20 25,50",
    }
    assert "SECRET" not in str(shown)


# Files ------------------------------------------------------------------------------------------------------------


def office(*names: str) -> bytes:
    """An office document with these parts, the same at every time: its bytes name a test."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "x")
    return made.getvalue()


EVERY = upload.read(
    {**document("upload", types=list(upload.TYPES)), "look_for": ["x"], "megabytes": 1, "explanation": ""}
)
SHEET = office("[Content_Types].xml", "xl/workbook.xml")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7 x", "pdf"),
        ("a.JPEG", b"\xff\xd8\xff\xe0", "jpg"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "png"),
        ("a.b.csv", "día,1\n".encode(), "csv"),
        ("a.xlsx", SHEET, "xlsx"),
        ("a.docx", office("[Content_Types].xml", "word/document.xml"), "docx"),
    ],
)
def test_a_file_is_what_its_bytes_say(name: str, content: bytes, kind: str) -> None:
    assert upload.file_type(name, content, EVERY) == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", b"MZ\x90", "no %\\(type"),
        ("a.exe", b"MZ\x90", "not taken"),
        ("pdf", b"%PDF-", "not taken"),
        ("a.csv", b"a\x00b", "no %\\(type"),
        ("a.txt", b"\xff\xfe\x00", "no %\\(type"),
        ("a.docx", SHEET, "no %\\(type"),
        ("a.xlsx", SHEET[:60], "no %\\(type"),
        ("a.xlsx", office("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), "no %\\(type"),
        ("a.pdf", b"%PDF-" + b"x" * upload.MEGABYTE, "too big"),
    ],
)
def test_what_is_no_such_file_is_refused_with_a_sentence(name: str, content: bytes, why: str) -> None:
    with pytest.raises(BadAnswer) as caught:
        upload.file_type(name, content, EVERY)
    assert re.search(why, caught.value.sentence)


def test_only_the_types_the_author_named_are_taken() -> None:
    with pytest.raises(BadAnswer):
        upload.file_type("a.png", b"\x89PNG\r\n\x1a\n", upload.read(document("upload")))
