"""The parts of questions and assessments in the reader's language."""

from collections.abc import Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from lms.foundation.numbers import whole_number

KINDS = {
    "single": _l("One right option"),
    "multiple": _l("Several right options"),
    "truefalse": _l("True or false"),
    "numeric": _l("A number"),
    "short": _l("A few words"),
    "matching": _l("Matching"),
    "ordering": _l("Putting in order"),
    "cloze": _l("Text with gaps"),
    "simulation": _l("Simulated call or chat"),
    "triage": _l("Ticket triage"),
    "matrix": _l("Matrix"),
    "sjt": _l("Best and worst in a situation"),
    "spreadsheet": _l("Spreadsheet"),
    "typing": _l("Typing test"),
    "extended": _l("Text that people mark"),
    "dictation": _l("Dictation"),
    "hotspot": _l("Places on a picture"),
    "labels": _l("Labels on a picture"),
    "upload": _l("File that people mark"),
}
KINDS_FOR = {
    "single": _l("Three to six options, one is right. Good for “what would you do?”"),
    "multiple": _l("Three to six options, one or more are right."),
    "truefalse": _l("A statement. Quick to write, easy to guess."),
    "numeric": _l("A sum with its own numbers for each person."),
    "short": _l("The person types a word or two."),
    "matching": _l("Three to eight things, each to what fits it."),
    "ordering": _l("Three to seven steps, put in their order."),
    "cloze": _l("A sentence with words to type or to choose."),
    "simulation": _l("A customer answers what the agent chooses; a rubric marks the path."),
    "triage": _l("Tickets, each to its priority, queue and first action, with marks for each part."),
    "matrix": _l("Three to ten statements, each to one of the same columns."),
    "sjt": _l("A situation: the best and the worst thing to do, as experts weighed them."),
    "spreadsheet": _l("A table with cells to fill in."),
    "typing": _l("A text to copy: speed and accuracy count, corrections cost only time."),
    "extended": _l("A few sentences to a page. The attempt waits until a person has marked it."),
    "dictation": _l("A recording to write down, marked word by word."),
    "hotspot": _l("A picture: which place on it? A list of the places does the same."),
    "labels": _l("A picture, and labels to put on it by dragging or from a list."),
    "upload": _l(
        "A document, a spreadsheet or a picture to hand in. The attempt waits until a person has marked it."
    ),
}
THINKING = {"know": _l("Know"), "apply": _l("Apply"), "judge": _l("Judge")}
PARTS = {
    "stem": _l("What is asked"),
    "options": _l("Option"),
    "pairs": _l("Pair"),
    "items": _l("Step"),
    "mistakes": _l("Known mistake"),
    "parameters": _l("Parameter"),
    "units": _l("Other unit"),
    "gaps": _l("Gap"),
    "text": _l("Words"),
    "why": _l("Why"),
    "correct": _l("Right"),
    "left": _l("Left side"),
    "right": _l("What fits it"),
    "extra": _l("More right-hand sides"),
    "accepted": _l("Accepted answers"),
    "ignore": _l("What does not matter"),
    "answer": _l("Answer"),
    "tolerance": _l("May be off by"),
    "decimals": _l("Decimals shown"),
    "unit": _l("Unit"),
    "require": _l("Only combinations where"),
    "solution": _l("Worked solution"),
    "explanation": _l("Explanation"),
    "objective": _l("Objective"),
    "competency": _l("Competency"),
    "level": _l("Level"),
    "thinking": _l("Thinking"),
    "difficulty": _l("Difficulty"),
    "critical": _l("Must be right"),
    "tags": _l("Tags"),
    "kind": _l("Kind"),
    "shuffle": _l("Mixed order"),
    "keep_order": _l("Keep the order"),
    "marking": _l("Marks"),
    "tickets": _l("Ticket"),
    "priorities": _l("Priorities"),
    "priority": _l("Right priority"),
    "queues": _l("Queues"),
    "queue": _l("Right queue"),
    "actions": _l("First actions"),
    "action": _l("Right first action"),
    "impact": _l("Impact"),
    "urgency": _l("Urgency"),
    "columns": _l("Columns"),
    "statements": _l("Statement"),
    "value": _l("Weight"),
    "pick": _l("What is to be picked"),
    "table": _l("Table"),
    "cells": _l("Cell"),
    "goal": _l("Net words a minute"),
    "accuracy": _l("Accuracy"),
    "look_for": _l("What a marker looks for"),
    "rubric": _l("Line of the rubric"),
    "anchors": _l("Anchors"),
    "least": _l("Words at least"),
    "most": _l("Words at most"),
    "types": _l("Types of file"),
    "megabytes": _l("Megabytes at most"),
    "sound": _l("Recording"),
    "plays": _l("How often it may be heard"),
    "variants": _l("Other way to write it"),
    "also": _l("Is as right"),
    "picture": _l("Picture"),
    "shows": _l("What the picture shows"),
    "regions": _l("Place"),
    "zones": _l("Place"),
    "name": _l("Name"),
    "shape": _l("Shape of the place"),
    "at": _l("Where"),
    "label": _l("Its label"),
    "channel": _l("Channel"),
    "mood": _l("Mood"),
    "facts": _l("Facts"),
    "criteria": _l("Line of the rubric"),
    "section": _l("Section"),
    "points": _l("Points"),
    "nodes": _l("Moment"),
    "choices": _l("Choice"),
    "says": _l("What the customer says"),
    "who": _l("Who speaks"),
    "seconds": _l("Seconds they wait"),
    "late": _l("What they say when nobody answers"),
    "end": _l("How it ended"),
    "scores": _l("Scores"),
    "learns": _l("Facts it brings"),
    "sets": _l("Marks it sets"),
    "when": _l("Only offered when"),
    "why_true": _l("Why, for “True”"),
    "why_false": _l("Why, for “False”"),
    "key": _l("Key"),
    "from": _l("From"),
    "to": _l("To"),
    "step": _l("In steps of"),
    "title": _l("Title"),
    "purpose": _l("Purpose"),
    "intro": _l("Introduction"),
    "draws": _l("Draw"),
    "count": _l("How many"),
    "pass_mark": _l("Pass mark"),
    "time_limit_minutes": _l("Time limit in minutes"),
    "attempts": _l("Attempts"),
    "allowed": _l("Allowed"),
    "gap_hours": _l("Hours between"),
    "feedback": _l("What is shown after"),
    "evidence": _l("Evidence"),
    "questions": _l("Questions"),
    "forms": _l("Second form"),
    "adaptive": _l("A test that adapts"),
    "stop_se": _l("Ends at a standard error of"),
    "shortest": _l("Questions at least"),
    "exposure": _l("Share of people who see a question"),
}


def part_words(where: str) -> str:
    """A dotted path of a document in words: `options.0.why` is “Option 1: Why”."""
    said: list[str] = []
    for part in where.replace("-", ".").split("."):
        number = whole_number(part, None)
        if number is not None:
            said[-1:] = [f"{said[-1]} {number + 1}"] if said else [str(number + 1)]
        else:
            said.append(str(PARTS.get(part, part)))
    return ": ".join(said)


def form_words(raw: Mapping[str, list[str]], prefix: str) -> list[tuple[str, str]]:
    """The fields of a form about a question or an assessment, with what they say, for whoever sends them again."""
    return [
        (part_words(name.removeprefix(prefix)), " · ".join(filter(None, values)))
        for name, values in raw.items()
        if name.startswith(prefix) and name != f"{prefix}seen" and any(value.strip() for value in values)
    ]


def kind_words(kind: str) -> str:
    """The name of a kind."""
    return str(KINDS.get(kind, kind)) or _("Not said")
