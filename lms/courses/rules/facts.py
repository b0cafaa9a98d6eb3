"""The facts that a course teaches: what is said, where it is from, in which lessons, and when to look at it again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.courses.rules.lessons import Lesson, texts_only
from lms.foundation.words import N_

LOOKED_UP = ("V", "K")
"""Tags of sources that can change behind our back: what is from them is looked at again."""


@dataclass(frozen=True)
class Fact:
    """A fact of a course. `tag` and `told`: how sure its source is, and the source in words."""

    course: str
    key: str
    text: str
    tag: str
    told: str
    lessons: tuple[str, ...]
    look_again: date | None

    def is_due(self, by: date) -> bool:
        """Whether it should be looked at again by a day."""
        return self.look_again is not None and self.look_again <= by


def facts_of(course: Mapping[str, Any]) -> list[Fact]:
    """The facts of a course.yaml without problems, in its order."""
    sources = {one["key"]: one for one in course.get("sources") or ()}
    return [
        Fact(
            str(course["key"]),
            one["key"],
            one["text"],
            sources[one["source"]]["tag"],
            sources[one["source"]]["text"],
            tuple(one.get("lessons") or ()),
            date.fromisoformat(one["look_again"]) if "look_again" in one else None,
        )
        for one in course.get("facts") or ()
    ]


def fact_problems(course: Mapping[str, Any], lessons: Mapping[str, Lesson]) -> Iterator[tuple[str, str]]:
    """What is wrong in the facts of a course of the right shape, as (path, sentence with the remedy)."""
    tags = {one.get("key"): one.get("tag") for one in course.get("sources") or ()}
    for number, one in enumerate(course.get("facts") or ()):
        where, source = f"facts.{number}", one["source"]
        if source not in tags:
            yield (
                f"{where}.source",
                N_("course.yaml has no source “%(key)s”. Add it there, or correct the key.", key=source),
            )
            continue
        there = one.get("lessons")
        if not there or not texts_only(there):
            yield where, N_("Name the lessons that teach this fact: lessons: [the-hook].")
        else:
            for key in there:
                if key not in lessons or source not in lessons[key].sources:
                    yield (
                        f"{where}.lessons",
                        N_(
                            "The lesson “%(lesson)s” does not name the source “%(source)s” of this fact.",
                            lesson=key,
                            source=source,
                        ),
                    )
        if "look_again" not in one:
            if tags[source] in LOOKED_UP:
                yield where, N_("Say when to look at this fact again: look_again: '2027-05-26'.")
        elif not _is_day(one["look_again"]):
            yield f"{where}.look_again", N_("Write the day as '2027-05-26', in quotes.")


def _is_day(value: object) -> bool:
    try:
        date.fromisoformat(value) if isinstance(value, str) else date.fromisoformat("")
    except ValueError:
        return False
    return True


def facts_page(facts: list[Fact]) -> str:
    """Every fact as a page of Markdown, course by course."""
    lines = [FACTS_HEAD]
    for course in dict.fromkeys(one.course for one in facts):
        lines += [f"\n## {course}\n", "| Fact | Tag | From | Look again | Lessons |", "|---|---|---|---|---|"]
        for one in facts:
            if one.course == course:
                cells = (
                    one.text,
                    one.tag,
                    one.told,
                    one.look_again.isoformat() if one.look_again else "",
                    ", ".join(one.lessons),
                )
                lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines) + "\n"


FACTS_HEAD = """# The facts we teach

Made by `lms courses facts seed_courses`; do not write here by hand. Each fact has its source and how sure we are of it: `V`
read and verified, `C` computed here, `K` established and not re-opened, `J` a judgement of ours. “Look again” is the day by
which somebody should open the source again; `lms courses check seed_courses --facts` lists those that are due. What was
computed here is tested with every change and needs no date."""
