"""What would make a course better to learn from: advice, which never stops publishing."""

from collections.abc import Iterator, Mapping
from math import ceil
from statistics import mean
from typing import Any

from lms.courses.rules.blocks import Block, Problem
from lms.courses.rules.lessons import Card, Lesson
from lms.foundation.text import reading_grade, words
from lms.foundation.words import N_
from lms.foundation.yaml import line_of

WORDS_A_MINUTE = 200
SECONDS_A_CHECK: Mapping[str, int] = {
    "numeric": 60,
    "matching": 30,
    "ordering": 30,
    "cloze": 30,
    "multiple": 30,
}
SECONDS_OTHERWISE = 20
LONGEST_LESSON = 6
CARDS = (5, 9)
MOST_WORDS_A_CARD = 130
MOST_WORDS_OF_DIALOGUE = 160
FEWEST_CHECKS = 2
HIGHEST_GRADE = 9.0
LARGEST_DRAWING = 12 * 1024
LARGEST_PICTURE = 150 * 1024
LARGEST_SOUND = 500 * 1024
CLOSING = ("do this on", "haz esto", "haga esto")

_UNNAMED = {
    "objectives": N_("Name the lesson's objectives, by their keys in course.yaml."),
    "sources": N_("Name the lesson's sources, by their keys in course.yaml."),
}


def lesson_words(lesson: Lesson) -> int:
    """How many words a lesson has to read: its text, its checks, and one explanation of each."""
    return sum(_block_words(block) for card in lesson.cards for block in card.blocks)


def minutes_estimate(lesson: Lesson) -> int:
    """Minutes at 200 words a minute, with time to think for each check, and a minute for a sum; at least one."""
    seconds = sum(
        SECONDS_A_CHECK.get(str(block.question.get("kind")), SECONDS_OTHERWISE)
        for card in lesson.cards
        for block in card.blocks
        if block.kind == "check"
    )
    return max(1, ceil(lesson_words(lesson) / WORDS_A_MINUTE + seconds / 60 - 0.5))


def lesson_grade(lesson: Lesson) -> float:
    """The reading grade of a lesson's own words."""
    return reading_grade(
        "\n".join(
            block.body
            for card in lesson.cards
            for block in card.blocks
            if block.kind not in ("check", "picture")
        )
    )


def _block_words(block: Block) -> int:
    if block.kind == "picture":
        return len(words(block.title))
    if block.kind == "check":
        return _check_words(block.question)
    title = "" if block.kind == "callout" else block.title
    return len(words(f"{title} {block.body}"))


def _check_words(question: Mapping[str, Any]) -> int:
    lists = [question.get(name) for name in ("options", "pairs", "items")]
    parts = [part for one in lists if isinstance(one, list) for part in one if isinstance(part, Mapping)]
    asked = [question.get(name) for name in ("stem", "text")]
    asked += [part.get(name) for part in parts for name in ("text", "left", "right")]
    why = question.get("why")
    told = [part.get("why") for part in parts] + list(why.values() if isinstance(why, Mapping) else ())
    answers = [len(words(str(one))) for one in told if one] or [len(words(str(question.get("explanation"))))]
    return sum(len(words(str(one))) for one in asked if one) + round(mean(answers))


def lesson_advice(lesson: Lesson, *, language: str) -> Iterator[Problem]:
    """What an editor would say about one lesson."""
    file = f"lessons/{lesson.key}.md"
    cards = lesson.cards
    if not cards:
        return

    def say(line: int, message: str) -> Problem:
        return Problem(file, line, message, advice=True)

    if cards[0].key != "hook":
        yield say(cards[0].line, N_("Begin with a moment from the floor, in a card that ends in {#hook}."))
    if not cards[-1].title.lower().startswith(CLOSING):
        closing = "Do this on your next call" if language == "en" else "Haz esto en tu próxima llamada"
        yield say(
            cards[-1].line,
            N_("Close with something to do: a last card named “%(closing)s”.", closing=closing),
        )
    if not CARDS[0] <= len(cards) <= CARDS[1]:
        yield say(
            cards[0].line,
            N_(
                "This lesson has %(count)s cards. %(fewest)s to %(most)s read best.",
                count=len(cards),
                fewest=CARDS[0],
                most=CARDS[1],
            ),
        )
    for card in cards:
        yield from _card_advice(card, say_at=say)
    checks = sum(block.kind == "check" for card in cards for block in card.blocks)
    if checks < FEWEST_CHECKS:
        yield say(
            2,
            N_(
                "Add check questions: a lesson has %(fewest)s or more, and this one %(checks)s.",
                fewest=FEWEST_CHECKS,
                checks=checks,
            ),
        )
    needed = minutes_estimate(lesson)
    if needed > LONGEST_LESSON:
        yield say(
            lesson.line("minutes"),
            N_(
                "This lesson takes about %(needed)s min. Split it: %(most)s are the most for a break.",
                needed=needed,
                most=LONGEST_LESSON,
            ),
        )
    if abs(needed - lesson.minutes) > 1:
        yield say(
            lesson.line("minutes"),
            N_("At 200 words a minute this takes about %(needed)s min. Say so.", needed=needed),
        )
    for name, one in (("objectives", lesson.objectives), ("sources", lesson.sources)):
        if not one:
            yield say(2, _UNNAMED[name])
    grade = lesson_grade(lesson)
    if language == "en" and grade > HIGHEST_GRADE:
        yield say(
            2,
            N_(
                "This reads like school grade %(grade)s. Use shorter sentences and shorter words.",
                grade=f"{grade:.0f}",
            ),
        )


def _card_advice(card: Card, *, say_at: Any) -> Iterator[Problem]:
    count = sum(_block_words(block) for block in card.blocks if block.kind != "check")
    talks = any(block.kind == "dialogue" for block in card.blocks)
    most = MOST_WORDS_OF_DIALOGUE if talks else MOST_WORDS_A_CARD
    if count > most:
        yield say_at(
            card.line,
            N_(
                "This card has %(count)s words; a screen of a phone takes %(most)s. Split it.",
                count=count,
                most=most,
            ),
        )


def course_advice(
    course: Mapping[str, Any], text: str, lessons: Mapping[str, Lesson], tested: set[str]
) -> Iterator[Problem]:
    """What an editor would say about the whole. `tested`: the objectives that questions ask for."""
    taught = {key for lesson in lessons.values() for key in lesson.objectives}
    cited = {key for lesson in lessons.values() for key in lesson.sources}
    for number, entry in enumerate(course["objectives"]):
        where = line_of(text, f"objectives.{number}")
        if entry["key"] not in taught:
            yield Problem(
                "course.yaml",
                where,
                N_("No lesson has the objective “%(key)s”.", key=entry["key"]),
                advice=True,
            )
        if tested and entry["key"] not in tested:
            yield Problem(
                "course.yaml",
                where,
                N_("No question asks for the objective “%(key)s”.", key=entry["key"]),
                advice=True,
            )
    for number, entry in enumerate(course.get("sources") or ()):
        if entry["key"] not in cited:
            yield Problem(
                "course.yaml",
                line_of(text, f"sources.{number}"),
                N_(
                    "No lesson leans on the source “%(key)s”. Name it there, or take it out.",
                    key=entry["key"],
                ),
                advice=True,
            )


def media_advice(name: str, content: bytes, *, shown: bool) -> Iterator[Problem]:
    """What an editor would say about a picture or a sound."""
    drawing, sound = name.endswith(".svg"), name.endswith((".opus", ".mp3"))
    most = LARGEST_DRAWING if drawing else LARGEST_SOUND if sound else LARGEST_PICTURE
    if len(content) > most:
        yield Problem(
            name,
            1,
            N_(
                "This has %(size)s KB. Keep it under %(most)s KB: data costs money.",
                size=ceil(len(content) / 1024),
                most=most // 1024,
            ),
            advice=True,
        )
    if drawing and b"viewBox" not in content[:2000]:
        yield Problem(
            name,
            1,
            N_("Give the drawing a viewBox, so that the page does not jump when it comes."),
            advice=True,
        )
    if not shown:
        yield Problem(name, 1, N_("No lesson shows this. Show it, or take it out."), advice=True)
