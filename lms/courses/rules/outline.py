"""A course's outline: modules and their lessons in order, and every way to rearrange them. A mapping in, a new one out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Course = Mapping[str, Any]


@dataclass(frozen=True)
class Module:
    """A module as the outline shows it. `key` names it in the outline: its own key, or its place when it has none."""

    key: str
    title: str
    lessons: tuple[str, ...]


def modules_of(course: Course) -> tuple[Module, ...]:
    """The modules of a course in order; what has not the shape of one is left out."""
    said = course.get("modules")
    return tuple(
        Module(
            str(one.get("key") or f"at-{number}"),
            str(one.get("title") or ""),
            tuple(str(key) for key in one.get("lessons") or ())
            if isinstance(one.get("lessons") or [], list)
            else (),
        )
        for number, one in enumerate(said if isinstance(said, list) else (), start=1)
        if isinstance(one, Mapping)
    )


def lesson_keys(course: Course) -> tuple[str, ...]:
    """The keys of a course's lessons, in order."""
    return tuple(key for module in modules_of(course) for key in module.lessons)


def module_with(course: Course, lesson: str) -> Module | None:
    """The module a lesson is in."""
    return next((one for one in modules_of(course) if lesson in one.lessons), None)


def find_module(course: Course, key: str) -> Module | None:
    """A module by its key."""
    return next((one for one in modules_of(course) if one.key == key), None)


def free_key(wanted: str, taken: Sequence[str]) -> str:
    """The key, with a number behind it when it is taken."""
    return next(
        one
        for one in (wanted, *(f"{wanted[:76]}-{number}" for number in range(2, len(taken) + 3)))
        if one not in taken
    )


def add_module(course: Course, title: str, *, key: str) -> dict[str, Any]:
    """The course with one more module, empty, at its end."""
    known = [one.key for one in modules_of(course)]
    return _with(course, (*modules_of(course), Module(free_key(key, known), title, ())))


def rename_module(course: Course, key: str, title: str) -> dict[str, Any]:
    """The course with a module's title changed; its key stays."""
    return _with(
        course, tuple(replace(one, title=title) if one.key == key else one for one in modules_of(course))
    )


def remove_module(course: Course, key: str) -> dict[str, Any]:
    """The course without a module and what stands in it."""
    return _with(course, tuple(one for one in modules_of(course) if one.key != key))


def move_module(course: Course, key: str, by: int) -> dict[str, Any]:
    """The course with a module so many places further down, or up when negative; at an end it stays."""
    modules = list(modules_of(course))
    at = next((number for number, one in enumerate(modules) if one.key == key), None)
    if at is not None:
        module = modules.pop(at)
        modules.insert(max(0, at + by), module)
    return _with(course, tuple(modules))


def add_lesson(course: Course, lesson: str, *, module: str, after: str = "") -> dict[str, Any]:
    """The course with a lesson at the end of a module, or after another lesson of it."""
    there = find_module(course, module)
    lessons = there.lessons if there else ()
    place = lessons.index(after) + 1 if after in lessons else len(lessons)
    return place_lesson(course, lesson, module=module, place=place)


def remove_lesson(course: Course, lesson: str) -> dict[str, Any]:
    """The course without a lesson."""
    return _with(course, _without(course, lesson))


def place_lesson(course: Course, lesson: str, *, module: str, place: int) -> dict[str, Any]:
    """The course with a lesson at a place (from 0) of a module, wherever it stood before."""
    modules = _without(course, lesson)
    return _with(
        course,
        tuple(
            replace(
                one,
                lessons=(*one.lessons[: max(0, place)], lesson, *one.lessons[max(0, place) :]),
            )
            if one.key == module
            else one
            for one in modules
        ),
    )


def move_lesson(course: Course, lesson: str, by: int) -> dict[str, Any]:
    """The course with a lesson one place further down (`by` 1) or up (-1); past an end it goes on in the next module."""
    modules = modules_of(course)
    at = next((number for number, one in enumerate(modules) if lesson in one.lessons), None)
    if at is None:
        return dict(course)
    place = modules[at].lessons.index(lesson) + by
    if 0 <= place < len(modules[at].lessons):
        return place_lesson(course, lesson, module=modules[at].key, place=place)
    if not 0 <= at + by < len(modules):
        return dict(course)
    neighbour = modules[at + by]
    return place_lesson(course, lesson, module=neighbour.key, place=0 if by > 0 else len(neighbour.lessons))


def _without(course: Course, lesson: str) -> tuple[Module, ...]:
    return tuple(
        replace(one, lessons=tuple(key for key in one.lessons if key != lesson)) for one in modules_of(course)
    )


def _with(course: Course, modules: Sequence[Module]) -> dict[str, Any]:
    """The course with these modules, everything else as it was."""
    return dict(course) | {
        "modules": [{"key": one.key, "title": one.title, "lessons": list(one.lessons)} for one in modules]
    }
