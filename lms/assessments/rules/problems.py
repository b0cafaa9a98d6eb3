"""What stops a blueprint, as sentences with the remedy."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from lms.assessments.rules.blueprints import FEEDBACK, PURPOSES, Blueprint, read_blueprint
from lms.assessments.rules.drawing import draw_first, draw_questions
from lms.foundation.text import nearest

MOST_QUESTIONS = 500
GATE_MINIMUM = 30
"""A promotion gate draws at least this many: at 30 items 89 % of decisions are right, at 5 items 76 %."""

_BLUEPRINT_KEYS = frozenset(
    (
        "key",
        "title",
        "purpose",
        "intro",
        "draws",
        "shuffle",
        "time_limit_minutes",
        "attempts",
        "feedback",
        "pass_mark",
        "evidence",
        "offline",
        "markers",
        "forms",
        "adaptive",
    )
)
_INNER_KEYS: Mapping[str, tuple[str, ...]] = {
    "shuffle": ("questions", "options"),
    "attempts": ("allowed", "gap_hours"),
    "adaptive": ("stop_se", "shortest", "exposure"),
}
_DRAW_KEYS = frozenset(
    (
        "count",
        "competency",
        "objective",
        "thinking",
        "kind",
        "level",
        "tags",
        "difficulty",
        "critical",
        "course",
    )
)


def blueprint_problems(
    document: Mapping[str, Any], bank: Sequence[Mapping[str, Any]]
) -> tuple[tuple[str, str], ...]:
    """Everything that stops a blueprint, as (where, sentence with the remedy)."""
    found = [
        (name, f"We do not know “{name}”. {nearest(str(name), _BLUEPRINT_KEYS)}")
        for name in document
        if name not in _BLUEPRINT_KEYS
    ]
    found += [
        (name, f"Add “{name}”.") for name in ("key", "title", "draws", "pass_mark") if name not in document
    ]
    draws = document.get("draws")
    if not isinstance(draws, Sequence) or isinstance(draws, str) or not draws:
        return (*found, ("draws", "Add at least one draw, such as {count: 5}."))
    for number, draw in enumerate(draws):
        found += draw_problems(f"draws.{number}", draw)
    mark = document.get("pass_mark", 0.5)
    if not isinstance(mark, int | float) or isinstance(mark, bool) or not 0 < mark <= 1:
        found.append(("pass_mark", "The pass mark is a share: more than 0 and at most 1, such as 0.75."))
    for name, known in (("purpose", PURPOSES), ("feedback", FEEDBACK)):
        if document.get(name, known[0]) not in known:
            found.append((name, f"Choose one of {', '.join(known)}."))
    found += _misshapen(document)
    if found:
        return tuple(found)
    blueprint = read_blueprint(document)
    if blueprint.purpose == "gate" and blueprint.length < GATE_MINIMUM:
        found.append(
            ("draws", f"A gate draws {GATE_MINIMUM} questions or more; this one draws {blueprint.length}.")
        )
    if blueprint.forms > 1 and blueprint.purpose != "gate":
        found.append(("forms", "Only a gate has a second form: say purpose: gate, or leave forms out."))
    if blueprint.adaptive:
        found += _not_adaptive(blueprint)
    found += _impossible(blueprint, bank)
    return tuple(found)


def _not_adaptive(blueprint: Blueprint) -> Iterator[tuple[str, str]]:
    """What cannot go with a test that adapts."""
    if blueprint.purpose == "gate":
        yield "adaptive", "A gate asks everybody a fixed form. Leave adaptive out, or say purpose: course."
    if blueprint.offline:
        yield (
            "adaptive",
            "The next question is chosen by the server, so it cannot be taken without a network.",
        )
    if blueprint.adaptive and blueprint.adaptive.shortest > blueprint.length:
        yield (
            "adaptive",
            "The shortest test is longer than the draws together. Ask for more, or for fewer first.",
        )


def _misshapen(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What has not the shape it must have, as (where, sentence with the remedy)."""
    for name, most in (("key", 80), ("title", 200)):
        value = document.get(name, name)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= most:
            yield name, f"Write “{name}” as a text, of {most} characters at most."
    key = document.get("key")
    if isinstance(key, str) and not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", key):
        yield "key", "A key is small letters and digits, joined by hyphens."
    for name, known in _INNER_KEYS.items():
        inner = document.get(name)
        for part in inner if isinstance(inner, Mapping) else ():
            if part not in known:
                yield f"{name}.{part}", f"We do not know “{part}” here. {nearest(str(part), known)}"
    if not isinstance(document.get("intro", ""), str):
        yield "intro", "Write “intro” as a text."
    if not isinstance(document.get("offline", False), bool):
        yield "offline", "Write offline: true or offline: false."
    if not _is_count(document.get("markers", 1), most=2):
        yield "markers", "An answer is marked by one person or by two: write 1 or 2."
    if not _is_count(document.get("forms", 1), most=2):
        yield "forms", "Write forms: 2 for a second form near the pass mark, or leave it out."
    adaptive = document.get("adaptive")
    if adaptive is not None and not (
        isinstance(adaptive, Mapping)
        and _is_between(adaptive.get("stop_se", 0.4), 0.2, 1)
        and _is_count(adaptive.get("shortest", 10), most=MOST_QUESTIONS)
        and _is_between(adaptive.get("exposure", 0.3), 0.05, 1)
    ):
        yield "adaptive", "Write it as {stop_se: 0.4, shortest: 10, exposure: 0.3}."
    limit = document.get("time_limit_minutes")
    if limit is not None and not _is_count(limit, most=24 * 60):
        yield "time_limit_minutes", "The time limit is a whole number of minutes, at most a day."
    shuffle, attempts = (_given(document, name, {}) for name in ("shuffle", "attempts"))
    if not isinstance(shuffle, Mapping) or not all(isinstance(one, bool) for one in shuffle.values()):
        yield "shuffle", "Write it as {questions: true, options: true}."
    if (
        not isinstance(attempts, Mapping)
        or not _is_count(attempts.get("allowed", 1), most=1000)
        or not _is_count(_given(attempts, "gap_hours", 0), least=0, most=24 * 365)
    ):
        yield "attempts", "Write it as {allowed: 3, gap_hours: 24}."
    evidence = _given(document, "evidence", [])
    for number, entry in enumerate(evidence if isinstance(evidence, list | tuple) else [evidence]):
        if not (
            isinstance(entry, Mapping)
            and isinstance(entry.get("competency"), str)
            and _is_count(entry.get("level"), most=5)
            and set(entry) <= {"competency", "level"}
        ):
            yield f"evidence.{number}", "Write it as {competency: B4, level: 2}, with a level from 1 to 5."


def _given(document: Mapping[str, Any], name: str, otherwise: Any) -> Any:
    """The value of a name; what stands for it when it is left out or left empty."""
    value = document.get(name)
    return otherwise if value is None else value


def _is_between(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most


def _is_count(value: object, *, most: int, least: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def draw_problems(where: str, draw: object) -> list[tuple[str, str]]:
    """What is wrong in one draw, as (where, sentence with the remedy)."""
    if not isinstance(draw, Mapping):
        return [(where, "A draw looks like {count: 5, thinking: apply}.")]
    found = [
        (f"{where}.{name}", f"A draw cannot choose by “{name}”. {nearest(str(name), _DRAW_KEYS)}")
        for name in draw
        if name not in _DRAW_KEYS
    ]
    count = draw.get("count")
    if not _is_count(count, most=MOST_QUESTIONS):
        found.append((f"{where}.count", f"Say how many to draw: a whole number from 1 to {MOST_QUESTIONS}."))
    span = draw.get("difficulty", (0, 1))
    if (
        not isinstance(span, list | tuple)
        or len(span) != 2
        or not all(isinstance(end, int | float) and not isinstance(end, bool) for end in span)
    ):
        found.append((f"{where}.difficulty", "Write the difficulty as from and to: [0.3, 0.6]."))
    if not isinstance(draw.get("critical", True), bool):
        found.append((f"{where}.critical", "Write critical: true or critical: false."))
    if not isinstance(draw.get("course", "C01"), str):
        found.append((f"{where}.course", "Write the course as its key, such as C08."))
    tags = draw.get("tags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        found.append((f"{where}.tags", "Write the tags as a list of words."))
    return found


def _impossible(blueprint: Blueprint, bank: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    found = []
    there = {question["course"] for question in bank if "course" in question}
    own = [draw for draw in blueprint.draws if draw.fits.get("course") in {None, *there}]
    for number, draw in enumerate(blueprint.draws):
        if draw not in own:  # another course's bank, which is not at hand here
            continue
        fitting = sum(draw.takes(question) for question in bank)
        if fitting < draw.count:
            found.append(
                (
                    f"draws.{number}",
                    f"This draw wants {draw.count} questions and {fitting} fit. Write more, or ask for fewer.",
                )
            )
    here = replace(blueprint, draws=tuple(own))
    if not found and draw_questions(here, bank, seed=0) is None:
        found.append(("draws", "The draws compete for the same questions. Write more, or ask for fewer."))
    if not found and blueprint.forms > 1 and draw_first(here, bank, seed=0) is None:
        found.append(
            (
                "forms",
                "The bank has no second form as hard as the first, without its questions."
                " Write more questions for each draw.",
            )
        )
    return found
