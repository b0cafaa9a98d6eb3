"""Question kinds, by name. A new kind is one module here and its template."""

from collections.abc import Mapping
from typing import Any

from lms.assessments.kinds import (
    cloze,
    dictation,
    extended,
    hotspot,
    labels,
    matching,
    matrix,
    multiple,
    numeric,
    ordering,
    short,
    simulation,
    single,
    sjt,
    spreadsheet,
    triage,
    truefalse,
    typed_copy,
    upload,
)
from lms.assessments.kinds.contract import Json, Kind, Problem, Unreadable, is_stepwise

KINDS: dict[str, Kind] = {
    kind.NAME: kind
    for kind in (
        single,
        multiple,
        truefalse,
        numeric,
        short,
        matching,
        ordering,
        cloze,
        simulation,
        triage,
        matrix,
        sjt,
        spreadsheet,
        typed_copy,
        extended,
        dictation,
        hotspot,
        labels,
        upload,
    )
}

WORK_SAMPLES = ("simulation", "triage", "spreadsheet", "typing", "extended", "dictation", "upload")
"""Kinds that take minutes, not seconds: a draw takes them only where it names the kind."""

MARKED_BY_PEOPLE = ("extended", "upload")
"""Kinds whose answers wait for a marker."""


def kind_of(document: Mapping[str, Any]) -> Kind:
    """The kind of a question's document. Raises Unreadable when there is no such kind."""
    kind = KINDS.get(str(document.get("kind")))
    if kind is None:
        raise Unreadable([Problem("kind", f"Choose one of {', '.join(KINDS)}.")])
    return kind


def asked(kind: Kind, question: Any, variant: Json, given: Json | None) -> Json:
    """What may be shown now; of a kind that goes step by step, the step that the answer so far has led to."""
    if is_stepwise(kind):
        return kind.ask_after(question, variant, given)
    return kind.ask(question, variant)
