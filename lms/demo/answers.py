"""How a simulated person answers a question: rightly, or as people do."""

import random
import uuid
from collections.abc import Mapping
from typing import Any

from lms.assessments.kinds.contract import by_ref

Fields = dict[str, list[str]]


def right_fields(kind: Any, question: Any, variant: Mapping[str, Any]) -> Fields:
    """What a form posts when a question is answered rightly."""
    key = kind.answer(question, variant)
    match kind.NAME:
        case "single" | "multiple" | "truefalse" | "hotspot":
            return {"answer": key["right"]}
        case "matching" | "labels":
            return {f"answer-{left}": [right] for left, right in key["pairs"].items()}
        case "ordering":
            return {f"answer-{ref}": [str(place)] for ref, place in key["places"].items()}
        case "cloze":
            said = {}
            for number, text in key["gaps"].items():
                options = question.gaps[int(number) - 1].options
                order = variant["orders"][int(number) - 1]
                letters = {options[place]: ref for ref, place in by_ref(order).items()} if options else {}
                said[f"answer-{number}"] = [letters.get(text, text)]
            return said
        case "triage":
            return {
                f"answer-{ref}-{field}": [text]
                for ref, chosen in key["tickets"].items()
                for field, text in chosen.items()
            }
        case "matrix" | "sjt" | "spreadsheet":
            said = key[{"matrix": "rows", "sjt": "picks", "spreadsheet": "cells"}[kind.NAME]]
            return {f"answer-{name}": [value] for name, value in said.items()}
        case "upload":
            return {"answer": [str(uuid.UUID(int=0))]}
        case "simulation":
            *path, last = key["path"]
            return {"answer-path": [".".join(path)], "answer": [last]}
        case _:
            return {"answer": key["right"][:1]}


def wrong_fields(kind: Any, question: Any, variant: Mapping[str, Any], chance: random.Random) -> Fields:
    """A wrong answer, or none at all where there is no wrong option to choose."""
    right = right_fields(kind, question, variant)
    if kind.NAME in ("single", "multiple", "truefalse", "hotspot"):
        refs = sorted(set(kind.answer(question, variant)["why"]) - set(right["answer"]))
        return {"answer": [chance.choice(refs)]} if refs else {}
    if kind.NAME in ("matching", "ordering"):
        names, values = list(right), [one for value in right.values() for one in value]
        return {name: [value] for name, value in zip(names, values[1:] + values[:1], strict=True)}
    if kind.NAME == "simulation":  # hung up after the first words
        return {"answer": [kind.answer(question, variant)["path"][0]]}
    return {"answer": ["0"]} if kind.NAME == "numeric" else {}
