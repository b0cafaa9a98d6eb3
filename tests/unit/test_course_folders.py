"""A course as a folder: what is taken, what is refused and why, and that nothing is lost on the way through."""

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lms.courses import packages
from lms.courses.packages import Package, media_problem, read_folder, understand, write_folder
from tests.house import SAMPLE_COURSE

SHIPPED = sorted(path.parent for path in (Path(__file__).parents[2] / "seed_courses").glob("*/course.yaml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample course, to be spoilt."""
    return shutil.copytree(SAMPLE_COURSE, tmp_path / "course")


def told(folder: Path) -> list[tuple[str, int, str]]:
    """The problems of a folder."""
    return [(problem.file, problem.line, problem.message) for problem in read_folder(folder).problems]


def write(package: Package, target: Path) -> int:
    """A package as a folder again."""
    return write_folder(package.files, package.media.__getitem__, sorted(package.media), target)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("course", [SAMPLE_COURSE, *SHIPPED], ids=lambda path: path.name)
def test_a_course_read_and_written_is_the_same_byte_for_byte(course: Path, tmp_path: Path) -> None:
    count = write(read_folder(course), tmp_path / "again")
    assert contents(tmp_path / "again") == contents(course)
    assert count == len(contents(course))


def test_the_sample_course_has_no_problem_and_everything_in_it_is_found() -> None:
    package = read_folder(SAMPLE_COURSE)
    assert [problem for problem in package.problems if not problem.advice] == []
    assert list(package.lessons) == ["hello"]
    assert (len(package.questions), len(package.checks), len(package.assessments)) == (6, 1, 1)
    assert package.document["key"] == "T01"
    assert set(package.document["files"]) == set(package.files)


def test_every_document_knows_its_lines() -> None:
    package = read_folder(SAMPLE_COURSE)
    bank = package.files["questions/bank.yaml"].split("\n")
    lesson = package.files["lessons/hello.md"].split("\n")
    second, check, plan = package.questions[1], package.checks[0], package.assessments[0]
    assert "t01-q2" in bank[second.line("key") - 1]
    assert "Balance 2" in bank[second.line("options.1.text") - 1]
    assert "t01-check" in lesson[check.line("key") - 1]
    assert "Too soon" in lesson[check.line("options.1.why") - 1]
    assert plan.line("draws.0.count") == 5


@pytest.mark.parametrize(
    ("name", "content", "line", "words"),
    [
        ("notes.txt", b"x", 1, "do not know what this file is for"),
        ("lessons/deep/a.md", b"x", 1, "do not know what this file is for"),
        ("media/.hidden.svg", b"<svg/>", 1, "do not know what this file is for"),
        ("lessons/Bad_Key.md", b"x", 1, "A lesson's file name is its key"),
        ("lessons/latin.md", b"a\nb\xe9\n", 2, "not UTF-8"),
        ("lessons/nul.md", b"a\x00", 1, "not a text"),
        ("questions/more.yaml", b"key: x\n", 1, "as a list of questions"),
        ("questions/more.yaml", b"- a\n", 1, "as a list of questions"),
        ("questions/more.yaml", b"- {key: x\n", 2, "not YAML"),
        ("assessments/more.yaml", b"- a\n", 1, "name: value"),
        ("assessments/more.yaml", b"a: [\n", 2, "not YAML"),
        ("course.yaml", b"a: 1\na: 2\n", 2, "twice"),
        ("media/a.exe", b"MZ", 1, "Pictures and sounds are svg"),
        ("media/a.png", b"MZ", 1, "not a png file"),
        ("media/a.svg", b"<svg", 1, "not whole"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named_with_a_remedy(
    folder: Path, name: str, content: bytes, line: int, words: str
) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)
    assert any(file == name and at == line and words in said for file, at, said in told(folder)), told(folder)


def test_a_folder_without_course_yaml_says_so(folder: Path) -> None:
    (folder / "course.yaml").unlink()
    assert ("course.yaml", 1, "There is no course.yaml. A course starts with it.") in told(folder)


def test_a_picture_that_is_not_there_is_told_where_it_is_shown(folder: Path) -> None:
    (folder / "media" / "wave.svg").unlink()
    assert ("lessons/hello.md", 12, "There is no media/wave.svg. Add the file, or correct the name.") in told(
        folder
    )


def test_two_files_whose_names_differ_in_capital_letters_only_are_told_of(folder: Path) -> None:
    (folder / "media" / "WAVE.svg").write_text("<svg/>")
    assert any("capital letters" in said for _file, _line, said in told(folder))


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.svg").write_text("<svg>secret</svg>")
    (folder / "media" / "link.svg").symlink_to(tmp_path / "secret.svg")
    package = read_folder(folder)
    assert "media/link.svg" not in package.media
    assert any("link to another place" in problem.message for problem in package.problems)


def test_lines_of_another_system_are_tidied_with_advice_only(folder: Path) -> None:
    path = folder / "lessons" / "hello.md"
    before = path.read_bytes()
    path.write_bytes(b"\xef\xbb\xbf" + before.replace(b"\n", b"\r\n"))
    package = read_folder(folder)
    assert all(problem.advice for problem in package.problems)
    assert any("we tidied that" in problem.message for problem in package.problems)
    assert package.files["lessons/hello.md"].encode() == before


def test_a_course_too_big_or_of_too_many_files_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "MOST_BYTES_A_FILE", 1000)
    assert any("too big" in said for _file, _line, said in told(folder))
    monkeypatch.setattr(packages, "MOST_FILES", 3)
    assert any("at most 3 files" in said for _file, _line, said in told(folder))


@pytest.mark.parametrize(
    "name", ["../out.svg", "media/../../out", "/etc/passwd", "media/a/b.svg", "other.txt"]
)
def test_nothing_is_ever_written_outside_the_places_of_a_course(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a file of a course"):
        write_folder({}, lambda _name: b"x", [name], tmp_path / "course")
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    "drawing",
    [
        "<svg><script>x</script></svg>",
        '<svg onload="x"/>',
        '<svg><a href="https://x.example"/></svg>',
        '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><use xlink:href="https://x.example"/></svg>',
        '<svg><rect fill="url(https://x.example)"/></svg>',
        "<svg><foreignObject/></svg>",
        "<svg><animate/></svg>",
        '<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>',
    ],
)
def test_a_drawing_may_only_draw(drawing: str) -> None:
    assert "may only draw" in str(media_problem("media/a.svg", drawing.encode()))


def test_a_drawing_may_point_into_itself_and_sounds_and_pictures_are_what_they_say() -> None:
    drawing = b'<svg><defs><g id="a"/></defs><use href="#a"/><rect fill="url(#b)"/></svg>'
    assert media_problem("media/a.svg", drawing) is None
    assert media_problem("media/a.png", b"\x89PNG....") is None
    assert media_problem("media/a.avif", b"\0\0\0 ftypavif") is None
    assert media_problem("media/a.mp3", b"ID3\4") is None


@settings(max_examples=60, deadline=None)
@given(
    some.dictionaries(
        some.sampled_from(["course.yaml", "lessons/a.md", "questions/a.yaml", "assessments/a.yaml"]),
        some.lists(
            some.sampled_from(
                [
                    "key: a\n",
                    "- key: b\n",
                    "  kind: single\n",
                    "draws:\n",
                    "---\n",
                    "## A {#a}\n",
                    "::: check\n",
                    ":::\n",
                    "x",
                ]
            )
        ).map("".join),
    )
)
def test_whatever_the_files_say_reading_them_never_fails(files: dict[str, str]) -> None:
    package = understand(files, {}, [])
    assert all(problem.line >= 1 for problem in package.problems)
