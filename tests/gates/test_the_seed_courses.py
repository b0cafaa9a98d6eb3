"""The courses that ship keep the standard that `lms courses check` advises, and a stricter one where it is written here."""

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from lms.assessments.bank import ENOUGH, places, share_longest
from lms.assessments.bank.draws import expected_score
from lms.assessments.rules import Blueprint, blueprint_problems, draw_questions, lent, read_blueprint
from lms.assessments.services import package_problems
from lms.courses.cli import courses
from lms.courses.models import Course
from lms.courses.packages import Package, read_folder, write_folder
from lms.courses.rules import Lesson, Outline, minutes_estimate, translation_problems
from lms.courses.rules.advice import lesson_grade
from lms.courses.services import PackageRead, course_folders, outline
from lms.courses.services.describing import describe
from lms.foundation.text import reading_grade, safe_html
from lms.foundation.yaml import read_yaml
from lms.tracks.framework_files import shipped_framework
from lms.tracks.services import package_problems as framework_problems
from tests.house import House, read_once

ROOT = Path(__file__).parents[2]


class Shelf(Mapping[str, Package]):
    """The courses that ship by the names of their folders, each read when a test asks for it: gathering tests reads none."""

    def __init__(self) -> None:
        self.folders = {
            path.parent.name: path.parent for path in (ROOT / "seed_courses").glob("*/course.yaml")
        }

    def __getitem__(self, name: str) -> Package:
        return read_once(self.folders[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self.folders)

    def __len__(self) -> int:
        return len(self.folders)


COURSES = Shelf()
LESSONS = [
    f"{name}/{path.stem}" for name, folder in COURSES.folders.items() for path in folder.glob("lessons/*.md")
]
GRADE = {"C06-numbers-that-run-the-floor": 9.0}
DISTRICTS = {
    "Corozal": ("Corozal",),
    "Orange Walk": ("Orange Walk",),
    "Belize": ("Belize City", "Ladyville", "San Pedro"),
    "Cayo": ("San Ignacio", "Belmopan"),
    "Stann Creek": ("Dangriga",),
    "Toledo": ("Punta Gorda",),
}
TRANSLATIONS = {name for name in COURSES if "-es-" in name}
"""The Flesch–Kincaid grade is made for English: of these it says nothing, and their originals keep it."""
FOR_BOTH = "C05-social-engineering"
"""The one course that goes through the product on PostgreSQL too: another differs in words alone."""


def named(names: Iterable[str], mark: pytest.MarkDecorator, *, but: str = "") -> pytest.MarkDecorator:
    """A test for each of these names, marked; one of them left as it is."""
    return pytest.mark.parametrize(
        "name", [name if name == but else pytest.param(name, marks=mark, id=name) for name in sorted(names)]
    )


each_course = named(COURSES, pytest.mark.no_database)
each_lesson = named(LESSONS, pytest.mark.no_database)


def lesson_of(name: str) -> Lesson:
    """A lesson by its course and its key."""
    course, key = name.split("/")
    return COURSES[course].lessons[key]


@cache
def known() -> dict[str, Outline]:
    """What the courses say of themselves, by their keys."""
    return {str(package.course["key"]): outline(package) for package in COURSES.values()}


def documents(package: Package) -> list[Any]:
    """The questions of a bank."""
    return [one.document for one in package.questions]


def told_to_a_learner(question: Any) -> list[str]:
    """Every explanation of a question."""
    parts = [part for name in ("options", "pairs", "items", "mistakes") for part in question.get(name) or ()]
    parts += list((question.get("gaps") or {}).values())
    return [str(part.get("why") or "") for part in parts] + [
        str(one) for one in (question.get("why") or {}).values()
    ]


@each_course
def test_the_check_has_nothing_to_say_not_even_advice(name: str) -> None:
    read = PackageRead(package := COURSES[name])
    found = [*package.problems, *package_problems(None, read), *framework_problems(None, read)]  # type: ignore[arg-type]
    text = package.files["course.yaml"]
    found += translation_problems(package.course, text, outline(package), known())
    assert list(map(str, found)) == []


@each_lesson
def test_a_lesson_fits_a_break_and_says_so(name: str) -> None:
    lesson = lesson_of(name)
    assert 4 <= lesson.minutes <= 6
    assert lesson.minutes == minutes_estimate(lesson)
    if name.split("/")[0] not in TRANSLATIONS:
        assert lesson_grade(lesson) <= GRADE.get(name.split("/")[0], 8.0)
    kinds = Counter(block.kind for card in lesson.cards for block in card.blocks)
    assert kinds["dialogue"] + kinds["worked"] >= 1
    assert 2 <= kinds["check"] <= 3
    closing = r"Do this on your next (call|shift)$|Haz esto en tu próxim(a llamada|o turno)$"
    assert re.match(closing, lesson.cards[-1].title)


@each_lesson
def test_every_table_fits_the_width_of_a_phone(name: str) -> None:
    for card in lesson_of(name).cards:
        for block in card.blocks:
            for table in re.findall("<table>.*?</table>", safe_html(block.body), re.DOTALL):
                assert least_width(table) <= PHONE, (card.key, table)


PHONE, LETTER, GAP = 328, 9, 12
"""Pixels: a card's inside on a phone, a letter of a table there, the space after a column."""


def least_width(table: str) -> int:
    """How narrow a table can become: the longest word of each column, which is not broken."""
    rows = [re.findall("<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in table.split("</tr>")]
    cells = [[re.sub("<[^>]+>", "", cell) for cell in row] for row in rows if row]
    columns = zip(*cells, strict=True)
    return sum(
        max(len(word) for cell in column for word in [*cell.split(" "), ""]) * LETTER + GAP
        for column in columns
    )


@each_course
def test_a_bank_is_enough_for_a_second_try_and_covers_all_that_is_taught(name: str) -> None:
    package, bank = COURSES[name], documents(COURSES[name])
    assert len(bank) >= ENOUGH
    asked = Counter(question["objective"] for question in bank)
    assert min(asked[entry["key"]] for entry in package.course["objectives"]) >= 6
    assert {question["competency"] for question in bank} == {
        entry["id"] for entry in package.course["competencies"]
    }
    assert Counter(question["thinking"] for question in bank).keys() == {"know", "apply", "judge"}
    hard = [question["difficulty"] for question in bank]
    assert (min(hard) < 0.6, max(hard) > 0.8) == (True, True)
    if name not in TRANSLATIONS:
        assert reading_grade("\n".join(str(question["stem"]) for question in bank)) <= GRADE.get(name, 8.0)


@each_course
def test_a_bank_gives_nothing_away_by_place_length_or_habit(name: str) -> None:
    bank = documents(COURSES[name])
    assert share_longest(bank) <= 0.3
    where = places(bank)
    total = sum(where.values())
    assert all(0.15 * total <= where[place] <= 0.4 * total for place in range(4)), where
    said = Counter(question["answer"] for question in bank if question["kind"] == "truefalse")
    assert set(said) == {True, False}


@each_course
def test_every_wrong_answer_that_can_be_chosen_is_explained(name: str) -> None:
    package = COURSES[name]
    for one in (*package.questions, *package.checks):
        assert all(why.strip() for why in told_to_a_learner(one.document)), one.document["key"]


@each_course
def test_the_six_districts_are_all_there(name: str) -> None:
    text = "\n".join(package_text for package_text in COURSES[name].files.values())
    for district, towns in DISTRICTS.items():
        assert any(town in text for town in towns), district


@each_course
def test_people_of_the_same_first_name_do_not_meet_in_one_lesson_under_two_roles(name: str) -> None:
    for key, lesson in COURSES[name].lessons.items():
        roles: dict[str, set[str]] = {}
        for card in lesson.cards:
            for block in card.blocks:
                for who, role in re.findall(r"^([^():\n]+) \((\w+)\):", block.body, re.MULTILINE):
                    roles.setdefault(who, set()).add(role)
        assert all(len(said) == 1 for said in roles.values()), (key, roles)


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
@named(COURSES, pytest.mark.sqlite_is_enough, but=FOR_BOTH)
def test_a_course_goes_through_the_product_fits_a_phone_and_comes_back_byte_for_byte(
    name: str, app: Flask, house: House, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    source, out = ROOT / "seed_courses" / name, tmp_path / "out"
    run = app.test_cli_runner()
    if name in TRANSLATIONS:
        original = COURSES[name].course["translation_of"]
        first = next(path for path, one in COURSES.items() if one.course["key"] == original)
        assert run.invoke(courses, args=["load", str(ROOT / "seed_courses" / first)]).exit_code == 0
    assert run.invoke(courses, args=["load", str(source)]).exit_code == 0
    key = COURSES[name].course["key"]
    assert run.invoke(courses, args=["export", key, str(out)]).exit_code == 0
    assert contents(out) == contents(source)
    again = run.invoke(courses, args=["load", str(out)])
    assert "(as it was)" in again.output
    wire, stored = kept_on_a_phone(house, str(key))
    record_property(f"{key} kept on a phone", f"{wire} bytes on the wire, {stored} stored")
    assert 0 < wire <= SHARE
    assert 0 < stored <= 300 * 1024


WHOLE = 4 * 1024 * 1024
SHARE = WHOLE // len(COURSES)
"""Bytes on the wire of a course that is kept on a phone: within 300 KB, and together within those of the whole catalogue."""


def kept_on_a_phone(house: House, key: str) -> tuple[int, int]:
    """What a phone fetches when it is told to keep a course, with heads and compressed, and what it puts on its shelf."""
    with house.writing() as session:
        course_id = session.scalar(select(Course.id).where(Course.key == key))
    phone = house.client(house.person(house.firm()))

    def fetch(path: str, encoding: str) -> TestResponse:
        reply = phone.get(path, headers={"Accept-Encoding": encoding})
        assert reply.status_code == 200, path
        return reply

    told = f"/courses/{course_id}/pack"
    files = fetch(told, "identity").get_json()["files"]
    paths = [one["url"] for one in files]
    sent = [fetch(path, "br") for path in (told, *paths)]
    assert sum(one["kind"] == "lesson" for one in files) >= 6
    wire = sum(len(one.data) + len(str(one.headers)) + len(one.status) + 12 for one in sent)
    return wire, sum(len(fetch(path, "identity").data) for path in paths)


ODD = """---
title: 'Ünïcode · “quotes” – ñ, ɟ'
minutes: 4
objectives: [greet]
sources: [pack]
---

## Trailing spaces and a tab\t {#hook}

Two spaces at the end make a break:  \nkept. Kriol: “Weh di go aan?” Q'eqchi', garífuna, 日本, 👋🏽.\u00a0End.

![A wave — in words](media/wave.svg)
![A dot](media/dot.png "With a caption: “so”")

::: callout belize
A note, `code`, [a link](https://example.com).
:::

::: steps
1. One
2. Two
:::

## Each other kind {#rest}

::: dialogue A talk
Ana (agent): Héllo: yes.
> Warm.
Ben (chat): ok
:::

::: reveal What then?
> A quote

| a | b |
|---|---|
| 1 | 2 |
:::

::: worked 2 + 2
1. 2 + 2 = **4**
:::

::: audio media/hello.opus A greeting
Good morning.
:::

::: check
key: odd-check
kind: truefalse
stem: |-
  Yes?
answer: yes
why: {true: 'y', false: 'n'}
:::

## Do this on your next call {#next-call}

No line end after this"""
_THREE = "options: [{text: a, why: b, correct: true}, {text: c, why: d}, {text: e, why: f}]"
KINDS = {
    "single": _THREE,
    "multiple": f"marking: each, {_THREE}",
    "truefalse": "answer: false, why: {true: y, false: n}",
    "numeric": "parameters: {n: {from: 1, to: 3}}, answer: n * 2",
    "short": "accepted: [ñandú]",
    "matching": "pairs: [{left: a, right: b}, {left: c, right: d}, {left: e, right: f}]",
    "ordering": "items: [{text: a}, {text: b}, {text: c}]",
    "cloze": "text: 'The [[a]].', gaps: {a: {accepted: [b]}}",
}
BANK = "# A comment, kept\n" + "\n".join(
    f"- {{key: k-{kind}, kind: {kind}, stem: '{kind}?  ', objective: greet, competency: B4, {body}}}"
    for kind, body in KINDS.items()
)


def test_a_course_of_every_block_kind_and_odd_but_legal_text_comes_back_byte_for_byte(
    app: Flask, tmp_path: Path
) -> None:
    source, out = tmp_path / "odd", tmp_path / "out"
    shutil.copytree(ROOT / "tests" / "data" / "course", source)
    (source / "lessons" / "hello.md").write_bytes(ODD.encode())
    (source / "questions" / "kinds.yaml").write_bytes(BANK.encode())
    (source / "media" / "dot.png").write_bytes(b"\x89PNG\r\n\x1a\n\r\n\0")
    (source / "media" / "hello.opus").write_bytes(b"OggS\r\n\0\xff")
    read = PackageRead(package := read_folder(source))
    assert [one for one in (*package.problems, *package_problems(None, read)) if not one.advice] == []  # type: ignore[arg-type]
    run = app.test_cli_runner()
    loaded = run.invoke(courses, args=["load", str(source)])
    assert loaded.exit_code == 0, loaded.output
    assert run.invoke(courses, args=["export", "T01", str(out)]).exit_code == 0
    assert contents(out) == contents(source)
    assert (
        write_folder(package.files, package.media.__getitem__, sorted(package.media), tmp_path / "third") == 8
    )
    assert contents(tmp_path / "third") == contents(source)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


LETTERS = 11.5
"""Pixels of the smallest letters of a drawing on a phone 360 wide, where it has 326 of them."""
HOUSE = {
    "fill": {"#f4ead7", "#fff", "#ffffff", "#b9d9e0", "#de8038", "#c4631c", "#0b5f78", "#0e4a5c", "#17313b"},
    "stroke": {"#f4ead7", "#fff", "#c4631c", "#0b5f78", "#17313b"},
}
"""The colours of a drawing: words on them were measured at 4.5 to 1 in both themes (bench.sheet measures it again)."""
GLARING = {"#f4ead7", "#fff", "#ffffff", "#b9d9e0", "#de8038"}
"""Those that would glare on a dark page: a drawing's style says what they are there."""


def smallest_letters(drawing: bytes) -> float:
    """How high they are on a phone, in pixels; a drawing must say how wide it is."""
    root = ElementTree.fromstring(drawing)
    width = float(root.get("viewBox", "").split()[2])

    def sizes(part: ElementTree.Element, inherited: float) -> Iterator[float]:
        own = float(part.get("font-size", inherited))
        if part.tag.endswith(("}text", "}tspan")):
            yield own
        for inner in part:
            yield from sizes(inner, own)

    return min(sizes(root, 16), default=16) * 326 / width


@each_course
def test_every_drawing_is_small_and_has_colours_for_a_dark_page(name: str) -> None:
    for path, content in COURSES[name].media.items():
        if path.endswith(".opus"):
            assert len(content) <= 40 * 1024, path
            continue
        assert len(content) <= 4 * 1024, path
        assert b"@media (prefers-color-scheme: dark)" in content, path
        letters = smallest_letters(content)
        assert letters >= LETTERS, f"{path}: letters of {letters:.1f} pixels on a phone"
        before, style, after = re.split("</?style>", content.decode())
        for what, colour in re.findall(r'(fill|stroke)="(#\w+)"', before + after):
            assert colour in HOUSE[what], (path, colour)
            assert what == "stroke" or colour not in GLARING or f'[fill="{colour}"]' in style, (path, colour)
    for key, lesson in COURSES[name].lessons.items():
        for block in (block for card in lesson.cards for block in card.blocks if block.kind == "picture"):
            assert len(block.body.split()) >= 20, (
                f"{key}: the words of {block.path} should teach what it shows"
            )


ORIGINALS = {name.partition("-")[0]: name for name in COURSES if name not in TRANSLATIONS}
"""The folders of the courses that are no translation, by the courses' keys."""
GATES = {
    f"{key}:{document['key']}": document
    for key, name in ORIGINALS.items()
    for path in COURSES.folders[name].glob("assessments/*.yaml")
    if (document := read_yaml(path.read_text())).get("purpose") == "gate"
}


@pytest.mark.no_database
def test_a_folder_is_named_by_its_course_and_a_translation_by_its_language() -> None:
    for key, name in ORIGINALS.items():
        assert COURSES[name].course["key"] == key
    assert {name for name, one in COURSES.items() if one.course.get("translation_of")} == TRANSLATIONS
    lessons = {f"{name}/{key}" for name, package in COURSES.items() for key in package.lessons}
    assert set(LESSONS) == lessons


def borrowed_bank(course: str, blueprint: Blueprint) -> list[Any]:
    """The questions that a gate of this course can draw: its own, and those of the courses it names."""
    lent_to = [
        lent(one, key) for key in sorted(blueprint.borrows_from) for one in documents(COURSES[ORIGINALS[key]])
    ]
    return documents(COURSES[ORIGINALS[course]]) + lent_to


@pytest.mark.no_database
def test_every_exam_that_a_rung_asks_for_is_a_gate_that_ships_and_every_gate_is_asked_for() -> None:
    asked = {
        exam
        for track in shipped_framework()["tracks"]
        for rung in track["rungs"]
        for need in rung["requirements"]
        for part in need.get("parts", ())
        for exam in part.get("exams", ())
    }
    assert asked == set(GATES)


@pytest.mark.no_database
@pytest.mark.parametrize("name", sorted(GATES))
def test_a_gate_has_two_papers_without_a_question_in_common_that_ask_for_as_much(name: str) -> None:
    blueprint = read_blueprint(GATES[name])
    bank = borrowed_bank(name.partition(":")[0], blueprint)
    assert blueprint_problems(GATES[name], bank) == ()
    assert blueprint.feedback == "never", "a paper that shows its key is read to the next person"
    apart = []
    for seed in range(20):
        first = draw_questions(blueprint, bank, seed=seed)
        assert first is not None
        others = [one for at, one in enumerate(bank) if at not in first]
        second = draw_questions(blueprint, others, seed=seed)
        assert second is not None, "nobody could be given a second form"
        papers = [[bank[at] for at in first], [others[at] for at in second]]
        content = [
            Counter((one.get("course"), one["competency"], bool(one.get("critical"))) for one in paper)
            for paper in papers
        ]
        assert content[0] == content[1]
        hard = [sum(one["difficulty"] for one in paper) / len(paper) for paper in papers]
        assert abs(hard[0] - hard[1]) <= 0.08
        apart.append(hard[0] - hard[1])
    assert abs(sum(apart)) / len(apart) <= 0.02, "no first form is easier than its second"


@pytest.mark.no_database
@pytest.mark.parametrize("name", sorted(GATES))
def test_a_gate_passes_who_can_just_do_it_and_speaks_only_for_what_it_asks(name: str) -> None:
    blueprint = read_blueprint(GATES[name])
    bank = borrowed_bank(name.partition(":")[0], blueprint)
    expected = expected_score(blueprint.draws, bank)
    assert expected is not None
    assert abs(blueprint.pass_mark - expected.score) <= 0.01, "the pass mark is the Angoff expectation"
    asked: dict[str, list[tuple[int, list[int]]]] = {}
    for draw in blueprint.draws:
        levels = [one["level"] for one in bank if draw.takes(one)]
        asked.setdefault(draw.fits["competency"], []).append((draw.count, levels))
    for competency, level in blueprint.evidence:
        parts = asked[competency]
        count = sum(number for number, _levels in parts)
        high = sum(number * sum(one >= level for one in levels) / len(levels) for number, levels in parts)
        assert count >= 4, f"{competency}: too few questions to say anything"
        assert high >= count / 2, f"{competency}: asked below level {level}"


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
@pytest.mark.no_database
def test_the_page_of_the_curriculum_says_what_the_courses_hold() -> None:
    """`lms courses describe seed_courses > docs/curriculum.md` writes it."""
    packages = [COURSES[path.name] for path in course_folders(ROOT / "seed_courses")]
    assert (ROOT / "docs" / "curriculum.md").read_text() == describe(packages)
    originals = [package for package in packages if not package.course.get("translation_of")]
    assert len(originals) == 14
    assert sum(len(package.lessons) for package in originals) == 94
