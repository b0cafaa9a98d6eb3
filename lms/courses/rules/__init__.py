"""What a course is: its parts, how its texts are read, what stops it from being published, what would make it better."""

from lms.courses.rules.advice import lesson_words, minutes_estimate
from lms.courses.rules.blocks import BLOCKS, CALLOUTS, SPEAKERS, Block, Problem, Turn, turns
from lms.courses.rules.course_file import (
    LANGUAGES,
    TRACKS,
    count_questions,
    course_problems,
    prerequisite_problems,
)
from lms.courses.rules.lessons import KEY, Card, Lesson, key_from, parse_lesson
from lms.courses.rules.translating import Outline, translation_problems

__all__ = [
    "BLOCKS",
    "CALLOUTS",
    "KEY",
    "LANGUAGES",
    "SPEAKERS",
    "TRACKS",
    "Block",
    "Card",
    "Lesson",
    "Outline",
    "Problem",
    "Turn",
    "count_questions",
    "course_problems",
    "key_from",
    "lesson_words",
    "minutes_estimate",
    "parse_lesson",
    "prerequisite_problems",
    "translation_problems",
    "turns",
]
