"""What authors get wrong in a whole course: each is told with its file, its line and what to do about it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from lms.assessments.services import package_problems
from lms.courses.packages import read_folder
from lms.courses.rules import Problem
from lms.courses.services import PackageRead
from lms.tracks.services import package_problems as framework_problems
from tests.house import SAMPLE_COURSE

Spoil = Callable[[Path], object]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The sample course, to be spoilt."""
    return shutil.copytree(SAMPLE_COURSE, tmp_path / "course")


def problems(folder: Path) -> list[Problem]:
    """Everything that `lms courses check` says of a folder."""
    read = PackageRead(package := read_folder(folder))
    return [*package.problems, *package_problems(Session(), read), *framework_problems(Session(), read)]


def change(name: str, old: str, new: str) -> Spoil:
    """Replace the first place of a text in a file."""

    def spoil(folder: Path) -> None:
        before = (folder / name).read_text()
        assert old in before
        (folder / name).write_text(before.replace(old, new, 1))

    return spoil


def put(name: str, content: bytes) -> Spoil:
    """Write a file."""

    def spoil(folder: Path) -> None:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)

    return spoil


COURSE, LESSON, BANK = "course.yaml", "lessons/hello.md", "questions/bank.yaml"
FINAL = "assessments/final.yaml"
STOPPING = {
    "a tab": (
        change(COURSE, "  - {id", "\t- {id"),
        COURSE,
        9,
        "This is not YAML: found character '\\t' that cannot start any token. Indent with spaces, not with a tab.",
    ),
    "a wrong indentation": (
        change(BANK, "  objective: greet", " objective: greet"),
        BANK,
        4,
        "This is not YAML: expected <block end>, but found '<block mapping start>'. Look at the spaces before this "
        "line and the one above: what belongs together starts in one column.",
    ),
    "a colon in a title": (
        change(COURSE, "Say hello", "Say: hello"),
        COURSE,
        3,
        "This is not YAML: mapping values are not allowed here. Put quotes round text with a colon or a brace in it.",
    ),
    "a name twice": (
        change(COURSE, "language: en", "language: en\nlanguage: es"),
        COURSE,
        5,
        "“language” is written twice. Keep one.",
    ),
    "a bomb of references": (
        change(COURSE, "audience: Tests.", "audience: &a [x]\nsummary: *a"),
        COURSE,
        7,
        "Write the value again in full: “*” references are not taken.",
    ),
    "a misspelt name": (
        change(COURSE, "audience:", "audiense:"),
        COURSE,
        6,
        "We do not know “audiense” here. Did you mean “audience”?",
    ),
    "a competency that the framework has not": (
        change(COURSE, "id: B4", "id: Z9"),
        COURSE,
        9,
        "The framework has no competency “Z9”. They are A1 to F4: see the list.",
    ),
    "a question on a competency that the framework has not": (
        change(BANK, "competency: B4", "competency: B9"),
        BANK,
        5,
        "The framework has no competency “B9”. They are A1 to F4: see the list.",
    ),
    "evidence of a competency that the framework has not": (
        change(FINAL, "competency: B4", "competency: b4"),
        FINAL,
        9,
        "The framework has no competency “b4”. They are A1 to F4: see the list.",
    ),
    "a lesson listed twice": (
        change(COURSE, "[hello]", "[hello, hello]"),
        COURSE,
        15,
        "“hello” is in the modules twice. Keep one.",
    ),
    "a lesson that is not there": (
        change(COURSE, "[hello]", "[hello, goodbye]"),
        COURSE,
        15,
        "There is no file lessons/goodbye.md. Write it, or take “goodbye” out of its module.",
    ),
    "an assessment that is not there": (
        change(COURSE, "assessment: final", "assessment: last"),
        COURSE,
        16,
        "There is no assessment “last” in assessments/. Write it, or take it out here.",
    ),
    "an objective of a lesson that the course has not": (
        change(LESSON, "[greet]", "[greets]"),
        LESSON,
        4,
        "course.yaml has no objective “greets”. Add it there, or correct the key.",
    ),
    "an objective of a question that the course has not": (
        change(BANK, "objective: greet", "objective: smile"),
        BANK,
        4,
        "Name one of the course's objectives.",
    ),
    "a misspelt correct": (
        change(BANK, "correct: true", "corect: true"),
        BANK,
        11,
        "We do not know “corect” here. Did you mean “correct”?",
    ),
    "no option that is right": (
        change(BANK, ", correct: true", ""),
        BANK,
        10,
        "Mark exactly one option with “correct: true”.",
    ),
    "a right option in quotes": (
        change(BANK, "correct: true", "correct: 'true'"),
        BANK,
        11,
        "Write correct: true or correct: false, without quotes.",
    ),
    "an option without its why": (
        change(BANK, ", why: SECRET-KEY-1 wrong", ""),
        BANK,
        12,
        "Fill in “why”.",
    ),
    "two options that say the same": (
        change(BANK, "text: Silence 1", "text: balance 1"),
        BANK,
        13,
        "Two options say the same. Make each one different.",
    ),
    "two questions with one key": (
        change(BANK, "key: t01-q2", "key: t01-q1"),
        BANK,
        14,
        "Two questions have the key “t01-q1”. Give each its own.",
    ),
    "a key with capital letters": (
        change(BANK, "key: t01-q1", "key: T01_q1"),
        BANK,
        1,
        "A key is small letters and digits, joined by hyphens.",
    ),
    "a level out of range": (
        change(BANK, "level: 2", "level: 9"),
        BANK,
        6,
        "The level is a whole number from 1 to 5.",
    ),
    "a wrong option in a check": (
        change(LESSON, "    why: Too soon.\n", ""),
        LESSON,
        34,
        "Fill in “why”.",
    ),
    "a draw of more than the bank holds": (
        change(FINAL, "count: 4", "count: 9"),
        FINAL,
        5,
        "This draw wants 9 questions and 6 fit. Write more, or ask for fewer.",
    ),
    "a pass mark of 75": (
        change(FINAL, "pass_mark: 0.5", "pass_mark: 75"),
        FINAL,
        6,
        "The pass mark is a share: more than 0 and at most 1, such as 0.75.",
    ),
    "a gate with too few": (
        change(FINAL, "purpose: course", "purpose: gate"),
        FINAL,
        4,
        "A gate draws 30 questions or more; this one draws 4.",
    ),
    "a misspelt draw": (
        change(FINAL, "objective: greet", "objectve: greet"),
        FINAL,
        5,
        "A draw cannot choose by “objectve”. Did you mean “objective”?",
    ),
    "a picture without words": (
        change(LESSON, "![A wave]", "![]"),
        LESSON,
        12,
        "Say what the picture shows, between the square brackets.",
    ),
    "a picture that is not there": (
        change(LESSON, "wave.svg", "waves.svg"),
        LESSON,
        12,
        "There is no media/waves.svg. Add the file, or correct the name.",
    ),
    "a picture outside the folder": (
        change(LESSON, "media/wave.svg", "../../etc/wave.svg"),
        LESSON,
        12,
        "There is no ../../etc/wave.svg. Add the file, or correct the name.",
    ),
    "an unclosed block": (
        change(LESSON, "Greet first.\n:::", "Greet first."),
        LESSON,
        14,
        "This block is not closed. Add a line with ::: after it.",
    ),
    "a block in a block": (
        change(LESSON, "Greet first.\n:::", "Greet first.\n::: steps\n1. x\n:::\n:::"),
        LESSON,
        16,
        "A block starts here inside the block of line 14. Close that one first, with ::: alone.",
    ),
    "a block that nobody knows": (
        change(LESSON, "::: callout rule", "::: note"),
        LESSON,
        14,
        "We do not know the block “note”. Use one of callout, steps, dialogue, reveal, worked, audio, check.",
    ),
    "a drawing with a script": (
        put("media/wave.svg", b"<svg>\n<script>x()</script></svg>"),
        "media/wave.svg",
        1,
        "A drawing may only draw: take out script, on line 2.",
    ),
    "a drawing whose style fetches": (
        put("media/wave.svg", b"<svg><style>@import 'https://x.example/a.css';</style></svg>"),
        "media/wave.svg",
        1,
        "A drawing may only draw: take out what its style fetches from outside, on line 1.",
    ),
    "a drawing with a style sheet of somebody else": (
        put("media/wave.svg", b"<?xml-stylesheet href='https://x.example'?>\n<svg/>"),
        "media/wave.svg",
        1,
        "A drawing may only draw: take out <?xml-stylesheet?>, on line 1.",
    ),
    "a page named as a drawing": (
        put("media/wave.svg", b"<html/>"),
        "media/wave.svg",
        1,
        "This is not an svg file, whatever its name says.",
    ),
    "a sound that is none": (
        put("media/a.mp3", b"MZ"),
        "media/a.mp3",
        1,
        "This is not a mp3 file, whatever its name says.",
    ),
    "a text of two megabytes": (
        put("lessons/long.md", b"x\n" * 1024 * 1024),
        "lessons/long.md",
        1,
        "This text is too long: 1 MB is the most. Split it into several files.",
    ),
}


@pytest.mark.parametrize("name", STOPPING)
def test_it_is_told_with_file_line_and_remedy_and_stops(folder: Path, name: str) -> None:
    spoil, file, line, sentence = STOPPING[name]
    spoil(folder)
    told = [(one.file, one.line, one.message) for one in problems(folder) if not one.advice]
    assert (file, line, sentence) in told, told


LONG = " word" * 200
ADVICE = {
    "no hook": (change(LESSON, "{#hook}", "{#start}"), LESSON, 8, "Begin with a moment from the floor"),
    "no close": (
        change(LESSON, "## Do this on your next call", "## The end"),
        LESSON,
        40,
        "Close with something to do",
    ),
    "few cards": (lambda _folder: None, LESSON, 8, "This lesson has 3 cards. 5 to 9 read best."),
    "few checks": (lambda _folder: None, LESSON, 2, "a lesson has 2 or more, and this one 1"),
    "a long card": (change(LESSON, "Greet first.", LONG), LESSON, 8, "a screen of a phone takes 130"),
    "minutes off": (change(LESSON, "minutes: 4", "minutes: 9"), LESSON, 3, "this takes about 1 min"),
    "a long lesson": (change(LESSON, "1. Say hello.", LONG * 7), LESSON, 3, "Split it: 6 are the most"),
    "hard words": (
        change(
            LESSON,
            "Greet first.",
            "Organisational communicational particularities necessitate consideration.",
        ),
        LESSON,
        2,
        "This reads like school grade",
    ),
    "no objective": (change(LESSON, "objectives: [greet]\n", ""), LESSON, 2, "Name the lesson's objectives"),
    "an objective nobody teaches": (
        change(LESSON, "objectives: [greet]\n", ""),
        COURSE,
        11,
        "No lesson has the objective “greet”.",
    ),
    "a source nobody uses": (
        change(LESSON, "sources: [pack]\n", ""),
        COURSE,
        18,
        "No lesson leans on the source “pack”.",
    ),
    "a heavy drawing": (
        put("media/wave.svg", b"<svg viewBox='0 0 1 1'><!--" + b"x" * 13_000 + b"--></svg>"),
        "media/wave.svg",
        1,
        "This has 13 KB. Keep it under 12 KB",
    ),
    "a drawing of no size": (
        put("media/wave.svg", b"<svg/>"),
        "media/wave.svg",
        1,
        "Give the drawing a viewBox",
    ),
    "a picture nobody shows": (put("media/a.svg", b"<svg/>"), "media/a.svg", 1, "No lesson shows this."),
    "HTML": (change(LESSON, "**hello**", "<b>hello</b>"), LESSON, 10, "No HTML here"),
    "a small bank": (lambda _folder: None, BANK, 1, "The bank has 6 questions. Write 30 or more"),
    "a question asked twice": (
        change(BANK, "Question 2", "Question 1"),
        BANK,
        16,
        "“t01-q1” asks the same.",
    ),
    "no difficulty": (change(BANK, "  difficulty: 0.6\n", ""), BANK, 1, "Add “difficulty”"),
    "line ends of another system": (
        lambda folder: (folder / LESSON).write_bytes((folder / LESSON).read_bytes().replace(b"\n", b"\r\n")),
        LESSON,
        1,
        "we tidied that",
    ),
}


@pytest.mark.parametrize("name", ADVICE)
def test_what_would_make_it_better_is_advice_and_stops_nothing(folder: Path, name: str) -> None:
    spoil, file, line, words = ADVICE[name]
    spoil(folder)
    told = problems(folder)
    assert [one for one in told if not one.advice] == []
    assert any(one.file == file and one.line == line and words in one.message for one in told), told


def test_a_link_to_a_folder_is_told_of_and_what_a_system_left_is_passed_over(
    folder: Path, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (folder / "questions" / "more").symlink_to(tmp_path / "elsewhere")
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text("x")
    assert [(one.file, one.message) for one in problems(folder) if not one.advice] == [
        ("questions/more", "This is a link to another place. Put the file itself here.")
    ]
