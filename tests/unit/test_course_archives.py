"""Archives of courses: what is whole comes back byte for byte; what is hostile is named and never read."""

import io
import stat
import struct
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.courses import archives
from lms.courses.archives import read_archive, write_archive
from lms.courses.packages import Package, read_folder, write_folder
from lms.courses.rules import count_questions
from tests.house import C05, SAMPLE_COURSE


def packed(package: Package) -> bytes:
    """A package as an archive."""
    return write_archive(package.files, package.media.__getitem__, sorted(package.media))


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """An archive of the sample course and these entries."""
    made = io.BytesIO(packed(read_folder(SAMPLE_COURSE)))
    with zipfile.ZipFile(made, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(name, content)
    return made.getvalue()


def told(content: bytes) -> list[tuple[str, str]]:
    """What is wrong with an archive."""
    return [(one.file, one.message) for one in read_archive(content).problems if not one.advice]


@pytest.mark.parametrize("folder", [SAMPLE_COURSE, C05])
def test_a_course_comes_back_as_it_was_and_its_archive_is_always_the_same(
    folder: Path, tmp_path: Path
) -> None:
    package = read_folder(folder)
    content = packed(package)
    assert read_archive(content) == package
    assert packed(read_archive(content)) == content
    write_folder(package.files, package.media.__getitem__, sorted(package.media), tmp_path / "out")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            assert (tmp_path / "out" / name).read_bytes() == archive.read(name)


def test_an_archive_of_the_folder_itself_is_read_as_well(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for path in sorted(SAMPLE_COURSE.rglob("*")):
            archive.write(path, f"My course/{path.relative_to(SAMPLE_COURSE)}")
        archive.writestr("__MACOSX/._x", b"junk")
        archive.writestr("My course/.DS_Store", b"junk")
    package = read_archive(made.getvalue())
    assert package.files == read_folder(SAMPLE_COURSE).files
    assert [(one.advice, one.file) for one in package.problems if "MACOSX" in one.file] == [
        (True, "__MACOSX/._x")
    ]


def test_an_entry_without_a_name_never_breaks_the_reader() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(zipfile.ZipInfo("x"), b"something")
    nameless = made.getvalue()
    at = nameless.rfind(b"PK\x01\x02")
    nameless = nameless[: at + 28] + b"\x00\x00" + nameless[at + 30 :]
    assert read_archive(nameless).problems
    assert read_archive(made.getvalue()).problems


def link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def named(name: str) -> zipfile.ZipInfo:
    """An entry with a name that the library would have cut short."""
    entry = zipfile.ZipInfo("x")
    entry.filename = name
    return entry


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("../outside.md", "leads out of"),
        ("lessons/../../outside.md", "leads out of"),
        ("lessons//double.md", "leads out of"),
        ("./lessons/dot.md", "leads out of"),
        ("/etc/passwd", "top of a disk"),
        ("C:/windows.md", "top of a disk"),
        ("lessons\\back.md", "cannot have"),
        ("lessons/new\nline.md", "cannot have"),
        (named("lessons/nul\0.md"), "cannot have"),
        (link("lessons/link.md"), "link or a device"),
        ("lessons/HELLO.md", "but for capital letters"),
        ("Course.yaml", "but for capital letters"),
        ("notes.txt", "do not know what this file is for"),
        ("media/run.exe", "Pictures and sounds are"),
        ("media/fake.png", "not a png file"),
    ],
)
def test_a_name_or_a_file_that_a_course_cannot_have_is_named_with_its_remedy(
    name: str | zipfile.ZipInfo, sentence: str
) -> None:
    problems = told(zipped((name, b"x")))
    assert any(sentence in message for _file, message in problems), problems
    assert all(file.isprintable() for file, _message in problems)


def test_a_file_that_is_in_it_twice_is_refused() -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        content = zipped(("lessons/hello.md", b"another"))
    assert told(content) == [("lessons/hello.md", "This file is in the archive twice. Keep one.")]


def test_what_unpacks_to_far_more_than_it_is_is_never_unpacked() -> None:
    bomb = zipped(("media/bomb.svg", b"\0" * (15 * 1024 * 1024)))
    assert len(bomb) < 64 * 1024
    assert told(bomb) == [("media/bomb.svg", "This unpacks to far more than it is. Put the real file here.")]


def test_an_entry_that_holds_more_than_it_says_is_refused() -> None:
    content = bytearray(zipped(("media/more.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")))
    place = content.rfind(b"PK\x01\x02")
    assert content[place:].find(b"media/more.svg") == 46
    content[place + 24 : place + 28] = struct.pack("<L", 5)
    assert told(bytes(content)) == [("media/more.svg", "This file is damaged. Make the archive again.")]


def test_too_big_a_file_too_many_bytes_and_too_many_files_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = zipped()
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        sizes = [one.file_size for one in archive.infolist()]
    monkeypatch.setattr(archives, "MOST_BYTES_A_FILE", max(sizes) - 1)
    assert next(message[:15] for _file, message in told(whole)) == "This is too big"
    monkeypatch.setattr(archives, "MOST_BYTES_A_FILE", max(sizes))
    monkeypatch.setattr(archives, "MOST_BYTES", sum(sizes) - 1)
    assert any(message.startswith("This is too big") for _file, message in told(whole))
    monkeypatch.setattr(archives, "MOST_BYTES", sum(sizes))
    assert told(whole) == []
    monkeypatch.setattr(archives, "MOST_FILES", len(sizes) - 1)
    assert told(whole)[0] == ("(archive)", f"A course holds at most {len(sizes) - 1} files.")


def test_a_table_of_contents_that_lies_about_its_length_is_refused_before_it_is_read() -> None:
    content = bytearray(zipped())
    place = content.rfind(b"PK\x05\x06")
    content[place + 12 : place + 16] = struct.pack("<L", 900 * 1024 * 1024)
    assert "very big files" in told(bytes(content))[0][1]


def test_a_locked_archive_and_an_unusual_packing_are_refused() -> None:
    content = bytearray(zipped(("lessons/locked.md", b"secret")))
    place = content.rfind(b"PK\x01\x02")
    content[place + 8] |= 1
    assert (
        "lessons/locked.md",
        "This file is locked with a password. Make the archive without one.",
    ) in told(bytes(content))
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("course.yaml", "format: 1")
    assert "packed in a way" in told(made.getvalue())[0][1]


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip", b"PK\x05\x06", b"%PDF-1.7" * 100])
def test_what_is_no_archive_is_told_so(content: bytes) -> None:
    assert told(content)[0][0] == "(archive)"
    assert read_archive(content).files == {}


@given(st.data())
def test_a_damaged_archive_never_breaks_the_reader(data: st.DataObject) -> None:
    content = bytearray(zipped())
    for _time in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(0, len(content)))
    read_archive(bytes(content[:cut]))
    read_archive(bytes(content))


@pytest.mark.parametrize("folder", [SAMPLE_COURSE, C05])
def test_questions_are_counted_from_the_texts_as_the_reader_reads_them(folder: Path) -> None:
    package = read_folder(folder)
    assert count_questions(package.files) == len(package.questions) > 0
