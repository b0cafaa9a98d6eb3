"""What a set of courses holds, as a page of Markdown: lessons with minutes and reading grade, banks by what they ask."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lms.courses.packages import Package
from lms.courses.rules.advice import lesson_grade
from lms.courses.services import lesson_order

HEAD = """# The curriculum

Made by `lms courses describe seed_courses`; do not write here by hand. Minutes are what each lesson says it takes. The grade
is Flesch–Kincaid over the lesson's prose: about the year of school that reads it with ease. It is made for English, so a
translation has none.
"""


def describe(packages: Sequence[Package]) -> str:
    """The page for some courses, in their order."""
    originals = [one for one in packages if not one.course.get("translation_of")]
    translations = [one for one in packages if one.course.get("translation_of")]
    parts = [HEAD, "\n".join(_overview(originals))]
    if translations:
        count, lessons = len(translations), sum(len(one.lessons) for one in translations)
        parts.append(f"\nTranslations, counted apart: {count} courses, {lessons} lessons.\n")
        parts.append("\n".join(_overview(translations)))
    if gates := list(_gates(originals)):
        parts.append(
            "\nGates ask about several courses. Each bank is deep enough for a second paper without a question of the first.\n"
        )
        parts.append("\n".join(_table(("Gate", "In", "Asks", "Questions", "Minutes", "Pass mark"), gates)))
    for package in originals:
        parts.append("\n".join(_course(package)))
    return "\n".join(parts) + "\n"


def _gates(packages: Sequence[Package]) -> Iterator[Sequence[object]]:
    for package in packages:
        own = str(package.course["key"])
        for one in (one.document for one in package.assessments):
            if one.get("purpose") == "gate":
                asks = Counter({own: 0})
                for draw in one["draws"]:
                    asks[str(draw.get("course", own))] += draw["count"]
                spread = ", ".join(f"{key} {number}" for key, number in sorted(asks.items()) if number)
                yield (
                    one["title"],
                    own,
                    spread,
                    asks.total(),
                    one.get("time_limit_minutes", ""),
                    f"{one['pass_mark']:.0%}",
                )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |"


def _overview(packages: Sequence[Package]) -> Iterator[str]:
    rows: list[tuple[object, ...]] = [
        (
            package.course["key"],
            package.course["title"],
            ", ".join(package.course.get("tracks") or ()),
            len(package.lessons),
            sum(lesson.minutes for lesson in package.lessons.values()),
            len(package.checks),
            len(package.questions),
            len(package.media),
        )
        for package in packages
    ]
    whole = ("", "**All**", "", *(sum(int(str(row[at])) for row in rows) for at in range(3, 8)))
    yield from _table(
        ("Key", "Course", "Tracks", "Lessons", "Minutes", "Checks", "Questions", "Pictures and sound"),
        [*rows, whole],
    )


def _course(package: Package) -> Iterator[str]:
    said = package.course
    yield f"\n## {said['key']} {said['title']}\n"
    lessons = [package.lessons[key] for key in lesson_order(said)]
    yield from _table(
        ("Lesson", "Minutes", "Cards", "Checks", "Grade"),
        [
            (
                lesson.title,
                lesson.minutes,
                len(lesson.cards),
                sum(block.kind == "check" for card in lesson.cards for block in card.blocks),
                f"{lesson_grade(lesson):.1f}",
            )
            for lesson in lessons
        ],
    )
    yield ""
    documents = [one.document for one in package.questions]
    objectives = {entry["key"]: entry["text"] for entry in said["objectives"]}
    by_objective = Counter(str(one.get("objective")) for one in documents)
    yield from _table(
        ("Objective", "Questions"), [(text, by_objective[key]) for key, text in objectives.items()]
    )
    yield ""
    yield from (f"- {words}" for words in _counts(documents))


def _counts(documents: Sequence[Mapping[str, object]]) -> Iterator[str]:
    for name, title in (("thinking", "Thinking"), ("level", "Level"), ("kind", "Kind")):
        found = Counter(str(one.get(name, "–")) for one in documents)
        yield f"{title}: " + ", ".join(f"{value} {count}" for value, count in sorted(found.items()))
