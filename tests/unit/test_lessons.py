"""How a lesson's text is read, and what course.yaml must say."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lms.courses.rendering import picture_size, render_lesson
from lms.courses.rules import (
    Lesson,
    Problem,
    course_problems,
    lesson_words,
    minutes_estimate,
    parse_lesson,
    turns,
)

HEAD = "---\ntitle: Hello\nminutes: 4\nobjectives: [greet]\nsources: [pack]\n---\n"
CHECK = "::: check\nkey: c\nkind: truefalse\nstem: Yes?\nanswer: true\nwhy: {true: a, false: b}\n:::\n"
WHOLE = (
    HEAD
    + "\n## One {#one}\n\nSome **words** here.\n\n"
    + '![A wave](media/wave.svg "Its caption")\n'
    + "::: callout rule\nGreet first.\n:::\n"
    + "::: steps\n1. Say hello.\n2. Listen.\n:::\n"
    + "## Two {#two}\n"
    + "::: dialogue Voices\nMarisol (agent): Good *morning*.\nAnn (customer): Hi.\n\n> Short.\n:::\n"
    + "::: reveal What next?\nA secret.\n:::\n"
    + "::: worked By hand\n2 + 2 = 4\n:::\n"
    + "::: audio media/hello.opus A greeting\nGood morning.\n:::\n"
    + CHECK
    + "After it.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"
)


def read(text: str) -> tuple[Lesson, list[tuple[int, str]]]:
    """A lesson, and its problems as (line, sentence)."""
    lesson, problems = parse_lesson("hello", "lessons/hello.md", text)
    return lesson, [(problem.line, problem.message) for problem in problems]


def test_a_whole_lesson_is_read_with_every_kind_of_block() -> None:
    lesson, problems = read(WHOLE)
    assert problems == []
    assert (lesson.title, lesson.minutes, lesson.objectives, lesson.sources) == (
        "Hello",
        4,
        ("greet",),
        ("pack",),
    )
    assert [(card.key, card.title, [block.kind for block in card.blocks]) for card in lesson.cards] == [
        ("one", "One", ["text", "picture", "callout", "steps"]),
        ("two", "Two", ["dialogue", "reveal", "worked", "audio", "check", "text"]),
    ]
    blocks = {block.kind: block for card in lesson.cards for block in card.blocks}
    assert (blocks["picture"].body, blocks["picture"].title) == ("A wave", "Its caption")
    assert (blocks["audio"].path, blocks["audio"].title) == ("media/hello.opus", "A greeting")
    assert blocks["check"].question["key"] == "c"
    assert WHOLE.split("\n")[blocks["callout"].line - 1] == "::: callout rule"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Hello", 1, "front matter between two lines"),
        ("---\ntitle: x\n", 1, "front matter between two lines"),
        ("---\n- a\n---\n## A {#a}\nx", 2, "title: …"),
        ("---\ntitle: a\ntitle: b\n---\n## A {#a}\nx", 3, "twice"),
        (HEAD.replace("title: Hello", "title: [a]") + "## A {#a}\nx", 2, "Give the lesson a title"),
        (HEAD.replace("Hello", "x" * 201) + "## A {#a}\nx", 2, "Give the lesson a title"),
        (HEAD.replace("4", "31") + "## A {#a}\nx", 3, "1 to 30"),
        (HEAD.replace("4", "true") + "## A {#a}\nx", 3, "1 to 30"),
        (HEAD.replace("[greet]", "greet") + "## A {#a}\nx", 4, "Write “objectives” as a list"),
        (HEAD.replace("sources", "source") + "## A {#a}\nx", 5, "Did you mean “sources”?"),
        (HEAD + "## A {#a}\n", 7, "This card is empty"),
        (HEAD + "## A {#a}\nx\n:::\n", 9, "This ::: closes no block"),
        (HEAD + "## A {#a}\n::: reveal x\n::: steps\n1. y\n:::\n:::\n", 9, "inside the block of line 8"),
        (HEAD + "## A {#a}\n::: steps\n- y\n:::\n", 8, "as a numbered list"),
        (HEAD + "## A {#a}\n::: callout tip\n\n:::\n", 8, "This callout block is empty"),
        (HEAD + "## A {#a}\nSee ![a wave](media/x.svg) here.", 8, "stands alone on its line"),
        (HEAD + "## A {#a}\n::: callout tip\n![a wave](media/x.svg)\n:::", 9, "stands alone on its line"),
        (HEAD + "## A {#a}\n![a wave](media/my wave.svg)", 8, "stands alone on its line"),
        (HEAD + "## A {#a}\n![a wave](media/x.mp3)", 8, "A picture is svg, png"),
        (HEAD + "## A {#a}\n::: audio media/x.svg A\nx\n:::", 8, "Name the sound's file"),
        (HEAD + "## A {#a}\nRead [this](http://x.example).", 8, "A link starts with https://"),
        (HEAD + "## A {#a}\nA <b>bold</b> word.", 8, "No HTML here"),
        (HEAD.replace("minutes", "5") + "## A {#a}\nx", 3, "We do not know “5”"),
        (HEAD.replace("sources", "colour") + "## A {#a}\nx", 5, "We do not know “colour”"),
        (HEAD, 7, "at least one card"),
        (HEAD + "Early words.\n## A {#a}\nx", 7, "under a card"),
        (HEAD + "## A\nx", 7, "End the card's heading in its key"),
        (HEAD + "##\nx", 7, "End the card's heading in its key"),
        (HEAD + "## A {#A b}\nx", 7, "End the card's heading in its key"),
        (HEAD + "## A {#" + "a" * 81 + "}\nx", 7, "End the card's heading in its key"),
        (HEAD + "## A {#a}\nx\n## B {#a}\nx", 9, "Two cards have the key “a”"),
        (HEAD + "## A {#a}\n" + CHECK + CHECK, 7, "one check question at most"),
        (HEAD + "## A {#a}\n![ ](media/x.svg)", 8, "Say what the picture shows"),
        (HEAD + "## A {#a}\n::: steps\n1. x", 8, "not closed"),
        (HEAD + "## A {#a}\n::: video x\n:::", 8, "We do not know the block “video”"),
        (HEAD + "## A {#a}\n::: callout hint\nx\n:::", 8, "Say which callout"),
        (HEAD + "## A {#a}\n::: reveal\nx\n:::", 8, "Give the reveal block a title"),
        (HEAD + "## A {#a}\n::: dialogue\nAna (boss): x\n:::", 9, "Write a turn as"),
        (HEAD + "## A {#a}\n::: dialogue\nfree words\n:::", 9, "Write a turn as"),
        (HEAD + "## A {#a}\n::: audio media/x.opus A\n:::", 8, "transcript"),
        (HEAD + "## A {#a}\n::: check\n- a\n:::", 8, "Write the check as a question"),
        (HEAD + "## A {#a}\n::: check\nkey: a\nkey: b\n:::", 10, "twice"),
    ],
)
def test_a_problem_is_told_with_its_line_and_its_remedy(text: str, line: int, words: str) -> None:
    problems = read(text)[1]
    assert any(at == line and words in said for at, said in problems), problems


PIECES = some.lists(
    some.sampled_from(
        [
            "---\n",
            "title: x\n",
            "minutes: 3\n",
            "## A {#a}\n",
            "##\n",
            ":::\n",
            "::: check\n",
            "::: dialogue x\n",
            "::: audio\n",
            "::: callout tip\n",
            "![a](b)\n",
            "Ana (agent): x\n",
            "> y\n",
            "words\n",
            "\n",
            "5: x\n",
            "[x\n",
        ]
    ),
    max_size=14,
).map("".join)


@settings(max_examples=150, deadline=None)
@given(PIECES | PIECES.map(HEAD.__add__))
def test_any_text_is_read_and_what_has_no_problem_can_be_drawn(text: str) -> None:
    lesson, problems = parse_lesson("a", "lessons/a.md", text)
    assert all(1 <= problem.line <= text.count("\n") + 2 for problem in problems)
    if not problems:
        drawn = render_lesson(lesson, language="en", media_address=str, sizes={})
        assert len(drawn) == len(lesson.cards)


# Drawing


def drawn(text: str, language: str = "en", **sizes: tuple[int, int]) -> str:
    """A lesson as HTML."""
    cards = render_lesson(
        read(text)[0],
        language=language,
        media_address=lambda path: f"/m/{path}",
        sizes={"media/wave.svg": (120, 80)} if not sizes else {},
    )
    return "".join(part.get("html", "") for card in cards for part in card["parts"])


def test_every_block_is_drawn_and_a_check_stays_data() -> None:
    html = drawn(WHOLE)
    for piece in (
        "<strong>words</strong>",
        '<img src="/m/media/wave.svg" alt="A wave" width="120" height="80"',
        "<figcaption>Its caption</figcaption>",
        '<aside class="callout callout--rule"><p class="callout__name">The rule</p>',
        '<ol class="steps">',
        '<p class="turn turn--agent"><b class="turn__name">Marisol</b> Good <em>morning</em>.</p>',
        '<b class="visually-hidden">Coach: </b>Short.',
        '<div class="dialogue" role="group" aria-label="Voices">',
        "<summary>What next?</summary>",
        '<section class="worked"><h3>By hand</h3>',
        'src="/m/media/hello.opus"',
        '<div class="wide"><table>',
    ):
        assert piece in html
    card = render_lesson(read(WHOLE)[0], language="en", media_address=str, sizes={})[1]
    assert [part["check"]["key"] for part in card["parts"] if "check" in part] == ["c"]


def test_a_course_in_spanish_names_its_blocks_in_spanish_and_another_language_in_english() -> None:
    assert "La regla" in drawn(WHOLE, "es")
    assert "The rule" in drawn(WHOLE, "de")


def test_a_picture_without_a_size_or_a_caption_and_a_dialogue_without_a_title_say_nothing_of_them() -> None:
    html = drawn(HEAD + "## A {#a}\n![x](media/other.svg)\n::: dialogue\nAna (agent): x\n:::\n")
    assert "width=" not in html
    assert "figcaption" not in html
    assert "aria-label" not in html


@pytest.mark.parametrize(
    "attack",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](data:text/html,x)",
        '<a href="vbscript:x">y</a>',
        "<svg onload=alert(1)>",
        "[x](//evil.example)",
    ],
)
def test_no_text_of_an_author_becomes_a_program(attack: str) -> None:
    places = (
        f"\n{attack}\n",
        f"![{attack.replace(']', '').replace('[', '')}](media/x.svg)",
        f"::: callout tip\n{attack}\n:::",
        f"::: reveal {attack}\n{attack}\n:::",
        f"::: dialogue {attack}\n{attack.split('(')[0]} (agent): {attack}\n:::",
        f"::: worked {attack}\n{attack}\n:::",
        f"::: audio media/x.opus {attack}\n{attack}\n:::",
    )
    for place in places:
        html = drawn(HEAD + "## A {#a}\n" + place + "\n")
        for tag in ("<script", "<svg", "<img src=x"):
            assert tag not in html
        assert not re.search("<a [^>]*href", html)


def test_the_size_of_a_drawing_is_read_from_its_view_box() -> None:
    assert picture_size("media/a.svg", b'<svg viewBox="0 0 120.4 80">') == (120, 80)
    assert picture_size("media/a.svg", b'<svg viewBox="0 0 1.2.3 80">') == (0, 0)
    assert picture_size("media/a.svg", b"<svg>") == (0, 0)
    assert picture_size("media/a.png", b'viewBox="0 0 1 1"') == (0, 0)


def test_a_dialogue_is_turns_and_notes() -> None:
    said = list(turns("Ana (agent): Hi: you\n\nnonsense\n> Warm."))
    assert [(turn.name, turn.role, turn.words) for turn in said] == [
        ("Ana", "agent", "Hi: you"),
        ("", "note", "Warm."),
    ]


def test_minutes_are_words_at_reading_speed_and_checks_at_twenty_seconds() -> None:
    assert minutes_estimate(read(HEAD + "## A {#a}\nx")[0]) == 1
    long = read(HEAD + "## A {#a}\n" + "word " * 1000)[0]
    assert lesson_words(long) == 1000
    assert minutes_estimate(long) == 5


# course.yaml


def course(**changes: Any) -> dict[str, Any]:
    """A course.yaml with no problem."""
    said = {
        "format": 1,
        "key": "T01",
        "title": "Hello",
        "language": "en",
        "summary": "Short.",
        "tracks": ["supervisory"],
        "competencies": [{"id": "B4", "level": 2}],
        "objectives": [{"key": "greet", "text": "Greet"}],
        "modules": [{"key": "one", "title": "Only", "lessons": ["hello"]}],
        "completion": {"lessons": "all", "assessment": "final"},
        "sources": [{"key": "pack", "text": "The pack", "tag": "J"}],
    }
    return {name: value for name, value in (said | changes).items() if value is not ...}


TEXT = "\n".join(f"{name}: x" for name in course())


def complaints(said: dict[str, Any], lessons: dict[str, Lesson] | None = None) -> list[Problem]:
    """What is wrong with a course."""
    known = {"hello": read(WHOLE)[0]} if lessons is None else lessons
    return course_problems(said, TEXT, known, ["final"])


def test_a_whole_course_has_no_problem_with_or_without_what_may_be_left_out() -> None:
    assert complaints(course()) == []
    bare = course(tracks=..., completion={"lessons": 1}, modules=[{"lessons": ["hello"]}])
    assert complaints(bare) == []


@pytest.mark.parametrize(
    ("changes", "line", "words"),
    [
        ({"colour": "blue"}, 1, "We do not know “colour”"),
        ({5: "blue"}, 1, "We do not know “5”"),
        ({"title": ...}, 1, "Add “title”"),
        ({"modules": []}, 1, "Add “modules”"),
        ({"format": 2}, 1, "format: 1"),
        ({"key": "a b"}, 2, "letters, digits and hyphens"),
        ({"key": "a" * 81}, 2, "letters, digits and hyphens"),
        ({"title": ["x"]}, 3, "Write “title” as a text"),
        ({"title": "x" * 201}, 3, "200 characters"),
        ({"summary": 5}, 5, "Write “summary” as a text"),
        ({"language": "klingon"}, 4, "one of en, es"),
        ({"tracks": ["circus"]}, 6, "“circus” is not a track"),
        ({"tracks": "supervisory"}, 6, "as a list"),
        ({"competencies": ["B4"]}, 7, "its id and level"),
        ({"competencies": "B4"}, 7, "as a list"),
        ({"objectives": [5]}, 8, "its key and text"),
        ({"modules": [{"lessons": "hello"}]}, 9, "lessons"),
        ({"modules": [{"lessons": [5]}]}, 9, "Name the module's lessons"),
        ({"modules": [{"lessons": ["hello"], "title": "x" * 201}]}, 9, "200 characters"),
        ({"modules": [{"lessons": ["hello", "hello"]}]}, 9, "twice"),
        ({"modules": [{"lessons": ["hello", "bye"]}]}, 9, "There is no file lessons/bye.md"),
        ({"completion": "all"}, 10, "what completes"),
        ({"completion": {"lessons": "some"}}, 10, "“all” or a number"),
        ({"completion": {"assessment": "gone"}}, 10, "There is no assessment “gone”"),
        ({"sources": [{"key": "pack", "text": "x", "tag": "Z"}]}, 11, "its tag"),
        ({"sources": []}, 5, "no source “pack”"),
        ({"objectives": [{"key": "other", "text": "x"}]}, 4, "no objective “greet”"),
        ({"key": 5}, 2, "Write “key” as a text"),
        ({"audience": 5}, 1, "Write “audience” as a text"),
        ({"objectvies": []}, 1, "Did you mean “objectives”?"),
        ({"competencies": [{"id": "B4", "level": 6}]}, 7, "from 1 to 5"),
        ({"competencies": [{"id": "B4", "level": True}]}, 7, "from 1 to 5"),
        ({"competencies": [{"id": "B4", "level": 2}] * 2}, 7, "in “competencies” twice"),
        ({"objectives": [{"key": "greet", "text": "x"}] * 2}, 8, "in “objectives” twice"),
        ({"objectives": [{"key": "Greet!", "text": "x"}]}, 8, "small letters and digits"),
        ({"objectives": [{"key": "greet", "txt": "x", "text": "x"}]}, 8, "Did you mean “text”?"),
        ({"modules": [{"lessons": ["helo"]}]}, 9, "Did you mean “hello”?"),
        ({"completion": {"assesment": "final"}}, 10, "Did you mean “assessment”?"),
        ({"completion": {"lessons": True}}, 10, "“all” or a number"),
        ({"completion": {"assessment": ["final"]}}, 10, "Name the assessment by its key"),
    ],
)
def test_what_course_yaml_must_say_is_told(changes: dict[Any, Any], line: int, words: str) -> None:
    found = complaints(
        course(**{str(k): v for k, v in changes.items()}) if 5 not in changes else course() | changes
    )
    assert any(problem.line == line and words in problem.message for problem in found), found


def test_a_lesson_that_no_module_has_is_told_of_in_its_own_file() -> None:
    lesson = read(HEAD.replace("objectives: [greet]\nsources: [pack]\n", "") + "## A {#a}\nx")[0]
    (found,) = complaints(course(), {"hello": lesson, "spare": lesson})
    assert (
        str(found) == "lessons/spare.md:1: No module has this lesson. Add its key to a module in course.yaml."
    )


def test_advice_says_that_it_is_advice() -> None:
    assert str(Problem("a.md", 2, "Shorter.", advice=True)) == "a.md:2: (advice) Shorter."


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=4),
    lambda inside: (
        some.lists(inside, max_size=3)
        | some.dictionaries(some.sampled_from(["key", "id", "lessons", "text"]), inside, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(name=some.sampled_from(sorted(course())), value=ANYTHING)
def test_whatever_stands_in_course_yaml_its_problems_are_told(name: str, value: Any) -> None:
    assert all(isinstance(problem, Problem) for problem in complaints(course() | {name: value}))
