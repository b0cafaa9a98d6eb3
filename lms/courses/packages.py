"""A course as a folder of files: reading it with every problem at once, and writing it back byte for byte."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from lms.courses.rules import KEY, Lesson, Problem, course_problems, parse_lesson
from lms.courses.rules.advice import course_advice, lesson_advice, media_advice
from lms.courses.rules.media import media_problem
from lms.courses.rules.placing import media_of
from lms.foundation.words import N_
from lms.foundation.yaml import BadYaml, line_of, read_yaml

MOST_FILES = 2_000
MOST_BYTES = 100 * 1024 * 1024
MOST_BYTES_A_FILE = 20 * 1024 * 1024
MOST_BYTES_A_TEXT = 1024 * 1024
LITTER = {".DS_Store", "Thumbs.db", "desktop.ini", ".git", ".gitignore", ".gitattributes"}
"""What systems leave in a folder: no part of a course, and nobody's mistake."""
_PLACES = (
    re.compile(r"course\.yaml"),
    re.compile(r"lessons/[\w -]{1,100}\.md"),
    re.compile(r"(questions|assessments)/[\w -]{1,100}\.yaml"),
    re.compile(r"media/[\w -][\w. -]{0,100}"),
)


@dataclass(frozen=True)
class Located:
    """A document of another room, and where it stands: `line(path)` finds the line of a part of it."""

    document: Mapping[str, Any]
    file: str
    text: str
    root: str = ""
    offset: int = 0

    def line(self, path: str) -> int:
        """The line of a dotted path inside the document."""
        whole = ".".join(part for part in (self.root, path) if part)
        return line_of(self.text, whole) + self.offset


@dataclass(frozen=True)
class Package:
    """Everything of one course's folder. `files` are the texts as they are; `media` the bytes."""

    files: Mapping[str, str]
    media: Mapping[str, bytes]
    course: Mapping[str, Any] = field(default_factory=dict)
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    questions: tuple[Located, ...] = ()
    checks: tuple[Located, ...] = ()
    assessments: tuple[Located, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """The one document that a version holds: what course.yaml says, and every text as it was written."""
        return {**self.course, "files": dict(self.files)}


def read_folder(folder: Path) -> Package:
    """Read a course's folder. Never raises for what is in it: `problems` says it all."""
    files: dict[str, str] = {}
    media: dict[str, bytes] = {}
    found: list[Problem] = []
    total = 0
    there = (path for path in folder.rglob("*") if not LITTER & set(path.relative_to(folder).parts))
    for count, path in enumerate(sorted(there)):
        name = path.relative_to(folder).as_posix()
        if count >= MOST_FILES:
            found.append(Problem(name, 1, N_("A course holds at most %(most)s files.", most=MOST_FILES)))
            break
        if path.is_symlink():
            found.append(Problem(name, 1, N_("This is a link to another place. Put the file itself here.")))
        elif path.is_file():
            size = path.stat().st_size
            total += size
            if size > MOST_BYTES_A_FILE or total > MOST_BYTES:
                found.append(
                    Problem(name, 1, N_("This is too big: 20 MB a file and 100 MB a course are the most."))
                )
            else:
                sort_file(name, path.read_bytes(), files, media, found)
    return understand(files, media, found)


def sort_file(
    name: str, content: bytes, files: dict[str, str], media: dict[str, bytes], found: list[Problem]
) -> None:
    """Put a file of a package where it belongs, or say what is wrong with it."""
    if any(name.casefold() == other.casefold() for other in (*files, *media)):
        found.append(Problem(name, 1, N_("Another file has this name but for capital letters. Rename one.")))
    elif not any(place.fullmatch(name) for place in _PLACES):
        found.append(Problem(name, 1, N_("We do not know what this file is for. See the course format.")))
    elif name.startswith("media/"):
        media[name] = content
        if problem := media_problem(name, content):
            found.append(Problem(name, 1, problem))
    elif len(content) > MOST_BYTES_A_TEXT:
        found.append(
            Problem(name, 1, N_("This text is too long: 1 MB is the most. Split it into several files."))
        )
    else:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content[: error.start].count(b"\n") + 1
            found.append(Problem(name, line, N_("This is not UTF-8. Save the file as UTF-8 and try again.")))
            return
        if "\x00" in text:
            found.append(Problem(name, 1, N_("This is not a text. Save the file as UTF-8 and try again.")))
            return
        if content.startswith(b"\xef\xbb\xbf") or "\r" in text:
            found.append(
                Problem(
                    name,
                    1,
                    N_("Lines end in \\n and the file starts without a byte-order mark; we tidied that."),
                    advice=True,
                )
            )
        files[name] = text.replace("\r\n", "\n").replace("\r", "\n")


def understand(files: Mapping[str, str], media: Mapping[str, bytes], found: list[Problem]) -> Package:
    """Read the texts of a package, gathering every problem."""
    course = _mapping("course.yaml", files, found) if "course.yaml" in files else {}
    if "course.yaml" not in files:
        found.append(Problem("course.yaml", 1, N_("There is no course.yaml. A course starts with it.")))
    lessons: dict[str, Lesson] = {}
    checks: list[Located] = []
    for name in sorted(name for name in files if name.startswith("lessons/")):
        lesson, asked = understand_lesson(name, files[name], media, found)
        lessons[lesson.key] = lesson
        checks += asked
    questions = [
        one
        for name in sorted(files)
        if name.startswith("questions/")
        for one in _list(name, files[name], found)
    ]
    assessments = [
        Located(document, name, files[name])
        for name in sorted(files)
        if name.startswith("assessments/") and (document := _mapping(name, files, found))
    ]
    if course:
        keys = [str(one.document.get("key")) for one in assessments]
        found += course_problems(course, files["course.yaml"], lessons, keys)
        if not any(not problem.advice for problem in found):
            found += _advice(files, media, course, lessons, questions)
    return Package(
        files, media, course, lessons, tuple(questions), tuple(checks), tuple(assessments), tuple(found)
    )


def understand_lesson(
    name: str, text: str, media: Collection[str], found: list[Problem]
) -> tuple[Lesson, list[Located]]:
    """Read one lesson's file, gathering its problems: the lesson, and its check questions. `media`: the paths there are."""
    key = PurePosixPath(name).stem
    if not KEY.fullmatch(key):
        found.append(
            Problem(name, 1, N_("A lesson's file name is its key: small letters, digits and hyphens."))
        )
    lesson, problems = parse_lesson(key, name, text)
    found += problems
    checks = []
    for block in (block for card in lesson.cards for block in card.blocks):
        if block.kind == "check":
            checks.append(Located(block.question, name, block.body, offset=block.line))
        if block.kind in ("picture", "audio") and block.path not in media:
            found.append(
                Problem(
                    name,
                    block.line,
                    N_("There is no %(path)s. Add the file, or correct the name.", path=block.path),
                )
            )
    return lesson, checks


def _advice(
    files: Mapping[str, str],
    media: Mapping[str, bytes],
    course: Mapping[str, Any],
    lessons: Mapping[str, Lesson],
    questions: list[Located],
) -> Iterator[Problem]:
    """What an editor would say of a course that can be read."""
    for lesson in lessons.values():
        yield from lesson_advice(lesson, language=course["language"])
    tested = {str(one.document.get("objective")) for one in questions}
    yield from course_advice(course, files["course.yaml"], lessons, tested)
    shown = {
        block.path
        for lesson in lessons.values()
        for card in lesson.cards
        for block in card.blocks
        if block.path
    }
    asked = [one.document for one in questions]
    asked += [
        block.question
        for lesson in lessons.values()
        for card in lesson.cards
        for block in card.blocks
        if block.kind == "check"
    ]
    shown |= {path for document in asked for path in media_of(document)}
    for name, content in media.items():
        yield from media_advice(name, content, shown=name in shown)


def _mapping(name: str, files: Mapping[str, str], found: list[Problem]) -> Mapping[str, Any]:
    try:
        value = read_yaml(files[name])
    except BadYaml as error:
        found.append(Problem(name, error.line, error.sentence))
        return {}
    if not isinstance(value, dict):
        found.append(Problem(name, 1, N_("Write this file as “name: value” lines.")))
        return {}
    return value


def _list(name: str, text: str, found: list[Problem]) -> list[Located]:
    try:
        value = read_yaml(text)
    except BadYaml as error:
        found.append(Problem(name, error.line, error.sentence))
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        found.append(
            Problem(name, 1, N_("Write this file as a list of questions, each starting with “- key: …”."))
        )
        return []
    return [Located(one, name, text, root=str(number)) for number, one in enumerate(value)]


def write_folder(
    files: Mapping[str, str], media: Callable[[str], bytes], paths: list[str], folder: Path
) -> int:
    """Write a package's files under a new or empty folder; returns how many. Never outside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*files, *paths):
        if not any(place.fullmatch(name) for place in _PLACES) or ".." in name:
            raise ValueError(f"{name} is not a file of a course")
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(files[name].encode() if name in files else media(name))
    return len(files) + len(paths)
