"""The course format's JSON Schema says what `lms courses check` says, and what the document says."""

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lms.assessments.kinds import Unreadable, kind_of
from lms.assessments.rules import blueprint_problems
from lms.courses.packages import read_folder
from lms.courses.rules import Lesson, course_problems, parse_lesson
from lms.foundation.yaml import read_yaml
from tests.house import SAMPLE_COURSE

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "lms" / "courses" / "course-format.schema.json").read_text())
FORMAT = (ROOT / "docs" / "course-format.md").read_text()
COURSES = [
    SAMPLE_COURSE,
    *sorted(path.parent for path in (ROOT / "seed_courses").glob("*/course.yaml") if "-es-" not in str(path)),
]
ABSENT = object()


def plain(document: Any) -> Any:
    """A document as JSON has it: YAML's `true:` is a name there."""
    return json.loads(json.dumps(document))


@cache
def validator(part: str) -> Draft202012Validator:
    """The schema of one kind of file."""
    return Draft202012Validator({"$defs": SCHEMA["$defs"], "$ref": f"#/$defs/{part}"})


def schema_takes(part: str, document: Any) -> bool:
    """Whether the schema takes a document."""
    return bool(validator(part).is_valid(plain(document)))


def front_matter(text: str) -> Any:
    """The head of a lesson."""
    return read_yaml(text.split("---\n")[1])


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("folder", COURSES, ids=lambda path: path.name)
def test_every_file_of_the_courses_that_ship_is_as_the_schema_says(folder: Path) -> None:
    package = read_folder(folder)
    seen = [("course", "course.yaml", package.course)]
    seen += [
        ("frontMatter", name, front_matter(text)) for name, text in package.files.items() if ".md" in name
    ]
    seen += [("check", one.file, one.document) for one in package.checks]
    seen += [
        ("bank", name, read_yaml(text))
        for name, text in package.files.items()
        if name.startswith("questions/")
    ]
    seen += [("assessment", one.file, one.document) for one in package.assessments]
    for part, name, document in seen:
        assert [error.message for error in validator(part).iter_errors(plain(document))] == [], name


# One good document of each shape, for the check and the schema to disagree about --------------------------------


def question(kind: str, **more: Any) -> dict[str, Any]:
    """A good question with every common field."""
    return {
        "key": "q-1",
        "kind": kind,
        "stem": "What now?",
        "objective": "greet",
        "competency": "B4",
        "level": 2,
        "thinking": "apply",
        "difficulty": 0.5,
        "critical": False,
        "tags": ["a"],
        "explanation": "So.",
        "shuffle": True,
        **more,
    }


OPTIONS = [
    {"text": "One", "why": "Yes.", "correct": True},
    {"text": "Two", "why": "No."},
    {"text": "Three", "why": "No.", "correct": False},
]
QUESTIONS = {
    "single": question("single", options=OPTIONS),
    "multiple": question("multiple", options=OPTIONS, marking="each"),
    "truefalse": question("truefalse", answer=True, why={"true": "Yes.", "false": "No."}),
    "numeric": question(
        "numeric",
        parameters={"calls": {"from": 1, "to": 9, "step": 2}},
        require="calls > 0",
        answer="calls * 2",
        tolerance=1,
        decimals=0,
        unit="s",
        units={"min": 60},
        solution="{calls} × 2 = {answer}",
        mistakes=[{"value": "calls", "why": "Twice."}],
    ),
    "short": question(
        "short", accepted=["yes", "yeah"], ignore=["case"], mistakes=[{"text": "no", "why": "Yes."}]
    ),
    "matching": question(
        "matching",
        pairs=[{"left": str(n), "right": f"r{n}", "why": "So."} for n in range(3)],
        extra=["r9"],
    ),
    "ordering": question(
        "ordering", items=[{"text": f"t{n}", "why": "So."} for n in range(3)], marking="each"
    ),
    "cloze": question(
        "cloze",
        text="The [[a]] and the [[b]].",
        gaps={
            "a": {"accepted": ["x"], "why": "So."},
            "b": {"options": ["y", "z"], "answer": "y", "why": "So."},
        },
    ),
    "simulation": question(
        "simulation",
        channel="chat",
        mood=3,
        facts={"order": "Order 1"},
        criteria=[{"key": "greet", "section": "Customer", "text": "Greets", "points": 5, "critical": True}],
        nodes=[
            {
                "key": "opening",
                "who": "Ann",
                "says": "Hello?",
                "seconds": 30,
                "late": "Still there?",
                "choices": [
                    {
                        "text": "Hi.",
                        "to": "bye",
                        "why": "So.",
                        "when": "mood >= 2, not warned",
                        "mood": 1,
                        "learns": ["order"],
                        "sets": ["warned"],
                        "scores": {"greet": 1},
                    },
                    {"text": "Hm.", "to": "bye", "why": "So.", "scores": {"greet": 0}},
                ],
            },
            {"key": "bye", "says": "Bye.", "end": "It ended."},
        ],
    ),
    "triage": question(
        "triage",
        priorities=["P1", "P2", "P3"],
        queues=["Network", "Desk"],
        actions=["Call a bridge", "Reply"],
        tickets=[
            {
                "text": f"Ticket {n}",
                "impact": "all",
                "urgency": "now",
                "priority": "P2",
                "queue": "Desk",
                "action": "Reply",
                "why": "So.",
            }
            for n in range(3)
        ],
    ),
    "matrix": question(
        "matrix",
        columns=["Yes", "No"],
        statements=[{"text": f"Line {n}", "answer": "Yes", "why": "So."} for n in range(3)],
    ),
    "sjt": question(
        "sjt", options=[{"text": f"Act {n}", "value": n / 2, "why": "So."} for n in range(3)], pick="both"
    ),
    "spreadsheet": question(
        "spreadsheet",
        table="Agent | Calls\nAna | 40\nTotal | [[total]]",
        cells={"total": {"answer": 41337, "tolerance": 0.5, "why": "So."}},
    ),
    "typing": question(
        "typing", text="The quick brown fox jumps over the lazy dog while it rains.", goal=35, accuracy=0.9
    ),
    "extended": question(
        "extended",
        look_for=["A date"],
        least=5,
        most=200,
        rubric=[{"key": "date", "text": "A date", "points": 1, "anchors": ["None", "There"]}],
    ),
    "upload": question(
        "upload",
        types=["pdf", "xlsx"],
        megabytes=5,
        look_for=["A date"],
        rubric=[{"key": "date", "text": "A date", "points": 1, "anchors": ["None", "There"]}],
    ),
    "dictation": question(
        "dictation",
        sound="media/call.opus",
        text="It is 12 May.",
        plays=2,
        variants=[{"text": "12 May", "also": ["12th of May"]}],
    ),
    "hotspot": question(
        "hotspot",
        picture="media/desk.svg",
        shows="A desk.",
        regions=[
            {"name": "Left", "shape": "ellipse", "at": [0, 0, 10, 10], "correct": True, "why": "So."},
            {"name": "Right", "at": [50, 50, 10, 10], "correct": False, "why": "So."},
        ],
    ),
    "labels": question(
        "labels",
        picture="media/desk.svg",
        shows="A desk.",
        zones=[
            {"name": "Left", "shape": "polygon", "at": [0, 0, 10, 10, 20, 0], "label": "Pen", "why": "So."},
            {"name": "Right", "at": [50, 50, 10, 10], "label": "Cup", "why": "So."},
        ],
        extra=["Cat"],
    ),
}
COURSE = {
    "format": 1,
    "key": "T01",
    "title": "Hello",
    "language": "en",
    "summary": "Short.",
    "audience": "All.",
    "tracks": ["supervisory"],
    "competencies": [{"id": "B4", "level": 2}],
    "objectives": [{"key": "greet", "text": "Greet"}],
    "modules": [{"key": "one", "title": "Only", "lessons": ["hello"]}],
    "completion": {"lessons": "all", "assessment": "final"},
    "sources": [{"key": "pack", "text": "The pack", "tag": "J"}],
}
HEAD = {"title": "Hello", "minutes": 4, "objectives": ["greet"], "sources": ["pack"]}
PLAN = {
    "key": "final",
    "title": "Final",
    "purpose": "course",
    "intro": "Go.",
    "draws": [
        {
            "count": 1,
            "competency": "B4",
            "objective": "greet",
            "thinking": "apply",
            "kind": "single",
            "level": 2,
            "tags": ["a"],
            "difficulty": [0.3, 0.9],
            "critical": False,
        }
    ],
    "shuffle": {"questions": True, "options": True},
    "time_limit_minutes": 10,
    "attempts": {"allowed": 3, "gap_hours": 1},
    "feedback": "never",
    "pass_mark": 0.5,
    "evidence": [{"competency": "B4", "level": 2}],
}
GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "course": ("course", COURSE),
    "front matter": ("frontMatter", HEAD),
    "assessment": ("assessment", PLAN),
    **{kind: ("check", one) for kind, one in QUESTIONS.items()},
}


def check_takes(part: str, document: Any) -> bool:
    """Whether `lms courses check` takes it, in a course where all else is well."""
    if part == "check":
        try:
            kind_of(document).read(document)
        except Unreadable:
            return False
        return True
    if part == "assessment":
        return not blueprint_problems(document, [QUESTIONS["single"]])
    if part == "frontMatter":
        written = "\n".join(f"{name}: {json.dumps(value)}" for name, value in document.items())
        return not parse_lesson("a", "lessons/a.md", f"---\n{written}\n---\n## A {{#a}}\nx\n")[1]
    return not course_problems(document, "", {"hello": lesson_of()}, ["final"])


def lesson_of() -> Lesson:
    """A lesson that asks nothing of course.yaml."""
    return parse_lesson("hello", "lessons/hello.md", "---\ntitle: x\nminutes: 1\n---\n## A {#a}\nx\n")[0]


WRONG = (ABSENT, "", "  ", "no-such", 0, 7, -3, 1.5, True, None, [], {}, ["x"], {"x": 1}, "x" * 201)


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything inside a document."""
    if path:
        yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inside in parts:
        yield from places(inside, (*path, key))


def spoilt(document: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    """A copy with another value at a path, or without it."""
    copied = copy.deepcopy(document)
    inside = copied
    for step in path[:-1]:
        inside = inside[step]
    if wrong is ABSENT:
        del inside[path[-1]]
    else:
        inside[path[-1]] = wrong
    return copied


FREE = re.compile(  # what only the check can know: names of other things, expressions, and what fits what
    r"^(course: (modules\.0\.lessons|completion\.(assessment|lessons)|objectives|sources)"
    r"|assessment: draws\.0\.(count|competency|objective|level|tags|critical|difficulty|thinking|kind)"
    r"|numeric: (answer|require|solution|parameters|mistakes)"
    r"|cloze: (gaps|text)|simulation: (nodes|criteria|facts)|triage: (tickets|priorities|queues|actions)"
    r"|matrix: (columns|statements)|sjt: options|spreadsheet: (table|cells)|typing: text|extended: (least|most|rubric)|upload: rubric"
    r"|dictation: (sound|text|variants)|(hotspot|labels): (picture|regions|zones)"
    r"|short: accepted|matching: pairs|(single|multiple): options)"
)


@pytest.mark.parametrize("name", GOOD)
def test_both_take_the_good_document_and_refuse_a_name_that_nobody_knows(name: str) -> None:
    part, good = GOOD[name]
    assert (schema_takes(part, good), check_takes(part, good)) == (True, True)
    for path in [(), *places(good)]:
        inside: Any = good
        for step in path:
            inside = inside[step]
        # the names of gaps, of parameters and of units are the author's own
        if isinstance(inside, dict) and path not in (
            ("gaps",),
            ("parameters",),
            ("units",),
            ("facts",),
            ("cells",),
        ):
            worse = spoilt(good, (*path, "colour"), "blue")
            assert (schema_takes(part, worse), check_takes(part, worse)) == (False, False), path


@pytest.mark.parametrize("name", GOOD)
def test_whatever_is_put_in_the_place_of_whatever_both_say_the_same(name: str) -> None:
    part, good = GOOD[name]
    apart = []
    for path in places(good):
        for wrong in WRONG:
            worse = spoilt(good, path, wrong)
            schema, check = schema_takes(part, worse), check_takes(part, worse)
            where = f"{name}: {'.'.join(map(str, path))}"
            if schema != check and not (schema and FREE.match(where)):
                apart.append((where, "absent" if wrong is ABSENT else wrong, "schema" if schema else "check"))
    assert apart == []


# The document -------------------------------------------------------------------------------------------------------

AUTHORS_OWN = {"calls", "aht", "agents", "reason", "time", "min", "https", "true", "false"}
AUTHORS_OWN |= {"calm", "claim", "verify", "total"}


def examples(language: str) -> list[str]:
    """The examples of the document."""
    return re.findall(rf"```{language}\n(.*?)```", FORMAT, re.DOTALL)


def named_in_the_document() -> set[str]:
    """Every name that stands before a colon or in braces, in an example or in code."""
    code = "\n".join([*examples("yaml"), *examples("markdown"), *re.findall(r"`([^`\n]+)`", FORMAT)])
    code = re.sub(r"'[^'\n]*'|#[^\n]*", "''", code)
    names = set(re.findall(r"(?:^|[\s{,(-])([a-z_]+):", code, re.MULTILINE))
    for inside in re.findall(r"\{([a-z, ]+)\}", code):
        names |= {name.strip() for name in inside.split(",")}
    return names - AUTHORS_OWN


def properties(schema: Any) -> set[str]:
    """Every name that the schema knows."""
    if isinstance(schema, list):
        return set().union(*(properties(one) for one in schema))
    if not isinstance(schema, dict):
        return set()
    here = set(schema["properties"]) if isinstance(schema.get("properties"), dict) else set()
    return here.union(*(properties(one) for one in schema.values()))


def test_every_field_the_document_names_is_in_the_schema_and_the_other_way_round() -> None:
    known = properties(SCHEMA["$defs"]) - AUTHORS_OWN
    assert len(known) > 60
    assert named_in_the_document() - known == set()
    words = set(re.findall(r"[a-z_]+", FORMAT))
    assert known - words == set()


def test_the_examples_of_the_document_are_as_the_schema_says() -> None:
    course, common, _numeric, *_more, assessment = examples("yaml")
    assert schema_takes("course", read_yaml(course))
    assert schema_takes("assessment", read_yaml(assessment))
    (asked,) = read_yaml(common.replace("`", ""))
    kind = {"kind": "single", "options": OPTIONS}
    assert [error.message for error in validator("check").iter_errors({**asked, **kind})] == []
    (check,) = re.findall(r"::: check\n(.*?):::", FORMAT, re.DOTALL)
    assert check_takes("check", read_yaml(check))
    assert schema_takes("check", {**read_yaml(check)})
    assert schema_takes("frontMatter", front_matter(examples("markdown")[0]))
