"""A question shown as a form and sent back untouched is the same question, for every kind; and what a form can do."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, FieldList, FormField, RadioField, SelectMultipleField
from wtforms.fields.core import Field

from lms.assessments.bank import plans
from lms.assessments.bank.sheets import SHEETS, arranged, place, rows_of, show, with_every_gap, write
from lms.assessments.forms.questions import FORMS, filled_in, form_of
from lms.assessments.kinds import KINDS, kind_of
from lms.assessments.kinds.contract import Unreadable
from lms.foundation.yaml import read_yaml, write_yaml

SEEDS = Path(__file__).parents[2] / "seed_courses"
BANKS = sorted(SEEDS.glob("*/questions/*.yaml"))
APP = Flask("forms")
APP.config.update(SECRET_KEY="x" * 20)


@cache
def bank_of(path: Path) -> list[dict[str, Any]]:
    """The questions of a seed course's file, read once a run."""
    found: list[dict[str, Any]] = read_yaml(path.read_text())
    return found


def sent(form: Any) -> Iterator[tuple[str, str]]:
    """What a browser sends for a form that nobody touched: lines end as HTTP has them, unticked boxes are not sent."""
    for field in form:
        yield from _sent(field)


def _sent(field: Field) -> Iterator[tuple[str, str]]:
    if isinstance(field, FieldList):
        for entry in field.entries:
            yield from _sent(entry)
    elif isinstance(field, FormField):
        yield from sent(field.form)
    elif isinstance(field, BooleanField):
        if field.data:
            yield field.name, "y"
    elif isinstance(field, SelectMultipleField):
        yield from ((field.name, value) for value in field.data or ())
    elif isinstance(field, RadioField):
        if field.data:
            yield field.name, field.data
    else:
        yield field.name, str(field.data or "").replace("\n", "\r\n")


def travelled(document: dict[str, Any], base: dict[str, Any] | None = None) -> dict[str, Any]:
    """Document → sheet → form → what a browser sends → sheet → document."""
    kind = document["kind"]
    with APP.test_request_context("/"):
        form = form_of(kind, show(document), seen="m")
        sheet, seen = filled_in(kind, MultiDict(list(sent(form))))
    assert seen == "m"
    return write(kind, sheet, document if base is None else base)


@pytest.mark.parametrize("path", BANKS, ids=lambda path: path.parts[-3])
def test_every_question_of_a_seed_course_comes_back_the_same(path: Path) -> None:
    bank = bank_of(path)
    assert len(bank) > 30 or path.name != "bank.yaml"
    for document in bank:
        assert travelled(document) == document, document["key"]
        assert list(travelled(document)) == list(document), "names keep their order"


@pytest.mark.parametrize("path", BANKS, ids=lambda path: path.parts[-3])
def test_a_seed_question_typed_afresh_is_the_same_question_to_whoever_answers(path: Path) -> None:
    for document in bank_of(path):
        fresh = {"key": document["key"], **travelled(document, base={})}
        assert fresh.get("critical", False) == document.get("critical", False)
        assert kind_of(fresh).read(fresh) == kind_of(document).read(
            {**document, "stem": document["stem"].strip()}
        ), document["key"]
        assert read_yaml(write_yaml([fresh])) == [fresh]


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
def test_the_seeds_hold_every_kind() -> None:
    kinds = {document["kind"] for path in BANKS for document in bank_of(path)}
    assert kinds == set(KINDS) == set(FORMS) == set(SHEETS)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=12)
PLAIN = WORDS.map(str.strip).filter(bool)
SCALAR = st.one_of(PLAIN, st.integers(-99, 99), st.floats(-9, 9).map(lambda value: round(value, 2)))
ROW = st.fixed_dictionaries({"text": SCALAR, "why": PLAIN}, optional={"correct": st.booleans()})
COMMON: dict[str, Any] = {
    "objective": PLAIN,
    "competency": PLAIN,
    "level": st.integers(1, 5),
    "thinking": st.sampled_from(["know", "apply", "judge"]),
    "difficulty": st.integers(5, 95).map(lambda share: share / 100),
    "critical": st.booleans(),
    "tags": st.lists(PLAIN.filter(lambda tag: "," not in tag), max_size=3),
    "explanation": WORDS,
    "unheard-of": st.integers(),
}
CHOICE = st.fixed_dictionaries(
    {"text": SCALAR, "to": PLAIN, "why": PLAIN},
    optional={"mood": SCALAR, "scores": st.dictionaries(PLAIN, SCALAR, max_size=2), "when": PLAIN},
)
AT = st.lists(st.integers(0, 100) | st.floats(0, 100).map(lambda one: round(one, 2)), max_size=6)
SHAPE = st.sampled_from(["rectangle", "ellipse", "polygon"])
OWN: dict[str, Any] = {
    "single": {"options": st.lists(ROW.map(lambda row: {**row, "correct": False}), max_size=5)},
    "multiple": {"options": st.lists(ROW, max_size=7), "marking": st.sampled_from(["all", "each"])},
    "truefalse": {"answer": st.booleans(), "why": st.fixed_dictionaries({True: PLAIN, False: PLAIN})},
    "numeric": {
        "parameters": st.dictionaries(
            st.sampled_from("abc"),
            st.fixed_dictionaries({"from": st.integers(), "to": st.integers()}, optional={"step": SCALAR}),
        ),
        "answer": SCALAR,
        "tolerance": st.floats(0, 9),
        "units": st.dictionaries(PLAIN, st.integers(1, 99), max_size=2),
        "mistakes": st.lists(st.fixed_dictionaries({"value": SCALAR, "why": PLAIN}), max_size=3),
    },
    "short": {
        "accepted": st.lists(SCALAR, min_size=1, max_size=4),
        "ignore": st.lists(st.sampled_from(["case", "accents", "punctuation", "spaces"]), unique=True),
    },
    "matching": {
        "pairs": st.lists(st.fixed_dictionaries({"left": SCALAR, "right": SCALAR}), max_size=9),
        "extra": st.lists(PLAIN, max_size=2),
    },
    "ordering": {"items": st.lists(ROW.map(lambda row: {"text": row["text"]}), max_size=8)},
    "cloze": {
        "text": WORDS,
        "gaps": st.dictionaries(
            st.sampled_from(["one", "two"]),
            st.one_of(
                st.fixed_dictionaries({"accepted": st.lists(PLAIN, min_size=1, max_size=2)}),
                st.fixed_dictionaries({"options": st.lists(PLAIN, min_size=1, max_size=3), "answer": PLAIN}),
            ),
            min_size=1,
        ),
    },
    "simulation": {
        "channel": st.sampled_from(["voice", "chat"]),
        "mood": SCALAR,
        "facts": st.dictionaries(st.sampled_from(["order", "phone"]), SCALAR, min_size=1),
        "criteria": st.lists(
            st.fixed_dictionaries({"key": PLAIN, "text": PLAIN}, optional={"points": SCALAR}), min_size=1
        ),
        "nodes": st.lists(
            st.fixed_dictionaries(
                {"key": PLAIN, "says": SCALAR, "choices": st.lists(CHOICE, min_size=1, max_size=3)},
                optional={"seconds": SCALAR, "end": PLAIN},
            ),
            min_size=1,
            max_size=4,
        ),
    },
    "triage": {
        "priorities": st.lists(PLAIN, min_size=1, max_size=3),
        "tickets": st.lists(
            st.fixed_dictionaries({"text": SCALAR, "queue": SCALAR}, optional={"why": PLAIN}), max_size=4
        ),
    },
    "matrix": {
        "columns": st.lists(SCALAR, min_size=1, max_size=3),
        "statements": st.lists(st.fixed_dictionaries({"text": SCALAR, "answer": SCALAR}), max_size=4),
    },
    "sjt": {
        "options": st.lists(
            st.fixed_dictionaries({"text": SCALAR}, optional={"value": SCALAR, "why": PLAIN}), max_size=5
        ),
        "pick": st.sampled_from(["both", "best"]),
    },
    "spreadsheet": {
        "table": WORDS,
        "cells": st.dictionaries(
            st.sampled_from(["one", "two"]),
            st.fixed_dictionaries({"answer": SCALAR}, optional={"tolerance": SCALAR, "why": PLAIN}),
            min_size=1,
        ),
    },
    "extended": {
        "look_for": st.lists(SCALAR, min_size=1, max_size=3),
        "least": SCALAR,
        "most": SCALAR,
        "rubric": st.lists(
            st.fixed_dictionaries(
                {"key": PLAIN, "text": PLAIN, "points": SCALAR},
                optional={"anchors": st.lists(PLAIN, min_size=1, max_size=3)},
            ),
            max_size=2,
        ),
    },
    "upload": {
        "types": st.lists(st.sampled_from(["csv", "docx", "jpg", "pdf"]), min_size=1, unique=True).map(
            lambda types: sorted(types, key=["pdf", "docx", "csv", "jpg"].index)
        ),
        "megabytes": SCALAR,
        "look_for": st.lists(SCALAR, min_size=1, max_size=3),
    },
    "dictation": {
        "sound": st.sampled_from(["media/a.opus", "media/b.mp3"]),
        "text": WORDS,
        "plays": SCALAR,
        "variants": st.lists(
            st.fixed_dictionaries({"text": SCALAR, "also": st.lists(PLAIN, min_size=1, max_size=2)}),
            max_size=2,
        ),
    },
    "hotspot": {
        "picture": st.sampled_from(["media/a.svg", "x"]),
        "shows": WORDS,
        "regions": st.lists(
            st.fixed_dictionaries(
                {"name": SCALAR, "at": AT}, optional={"correct": st.booleans(), "why": PLAIN}
            ),
            max_size=3,
        ),
    },
    "labels": {
        "picture": st.just("media/a.svg"),
        "zones": st.lists(
            st.fixed_dictionaries({"name": SCALAR, "at": AT, "label": SCALAR}, optional={"shape": SHAPE}),
            max_size=3,
        ),
        "extra": st.lists(PLAIN, max_size=2),
    },
    "typing": {"text": WORDS, "goal": SCALAR, "accuracy": st.sampled_from([0.9, 0.95, 1, "x"])},
}


@given(st.data())
def test_whatever_a_document_says_nothing_changes_untouched(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(OWN)))
    document = {"key": "k", "kind": kind} | data.draw(
        st.fixed_dictionaries({"stem": WORDS, **OWN[kind]}, optional=COMMON)
    )
    document = {name: value for name, value in document.items() if name == "tags" or value not in ([], {})}
    document.pop("tags", None) if document.get("tags") == [] else None
    assert travelled(document) == document


@given(st.data())
def test_a_document_of_any_shape_can_be_shown(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(sorted(OWN)))
    odd = st.recursive(
        st.none() | st.booleans() | st.integers() | WORDS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
        max_leaves=6,
    )
    names = ["stem", *OWN[kind], "tags", "level", "explanation", "difficulty", "shuffle", "ignore"]
    document = {"key": "k", "kind": kind, **data.draw(st.dictionaries(st.sampled_from(names), odd))}
    travelled(document)


def problems(document: dict[str, Any]) -> set[str]:
    """Where the kind's own reading finds something wrong."""
    try:
        kind_of(document).read(document)
    except Unreadable as error:
        return {problem.where for problem in error.problems}
    return set()


def test_a_sentence_stands_beside_the_row_it_is_about() -> None:
    sheet = {
        "stem": "What?",
        "options": [
            {"text": "", "why": "", "correct": False},
            {"text": "One", "why": "Because", "correct": True},
            {"text": "", "why": "", "correct": False},
            {"text": "Two", "why": "", "correct": False},
            {"text": "Three", "why": "No", "correct": False},
        ],
    }
    document = {"key": "k", **write("single", sheet, {})}
    assert problems(document) == {"options.1.why"}
    assert place("single", sheet, "options.1.why") == "options-3-why"
    assert place("single", sheet, "options") == "options"
    assert place("truefalse", {}, "why.false") == "why_false"
    numbers = {"parameters": [{"name": ""}, {"name": "calls", "from": "x"}]}
    assert place("numeric", numbers, "parameters.calls") == "parameters-1-from"
    gaps = {"gaps": [{"key": "reason", "right": "x"}]}
    assert place("cloze", gaps, "gaps.reason.answer") == "gaps-0-right"
    moments = {"nodes": [{"key": "m"}], "choices": [{"node": "m", "text": "Hi"}]}
    assert place("simulation", moments, "nodes.0.choices.0.why") == "choices-0-why"


@pytest.mark.parametrize("number", ["²", "9" * 5000, "-1", "7"])
def test_a_sentence_about_no_row_there_is_stands_beside_the_list(number: str) -> None:
    sheet = {"options": [{"text": "One", "why": "Because", "correct": True}]}
    assert place("single", sheet, f"options.{number}.why") == "options"
    moments = {"nodes": [{"key": "m"}], "choices": [{"node": "m", "text": "Hi"}]}
    assert place("simulation", moments, f"nodes.{number}.choices.0.why") == "nodes"
    assert place("simulation", moments, f"nodes.0.choices.{number}.why") == "nodes-0-key"
    assert plans.place({"draws": [{"count": "1"}]}, f"draws.{number}.difficulty") == "draws"


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
def test_every_place_a_kind_complains_about_is_a_field_of_its_form() -> None:
    tried = set()
    for path in BANKS:
        for document in bank_of(path):
            kind, shape = document["kind"], frozenset(document)
            for name in shape - {"key", "kind"}:
                if (kind, shape, name) in tried:
                    continue
                tried.add((kind, shape, name))
                broken = {**document, name: {"odd": ["value"]}}
                sheet = show(broken)
                with APP.test_request_context("/"):
                    form = form_of(kind, sheet, seen="")
                for where in problems(broken) - {"key"}:
                    assert form.find(place(kind, sheet, where)) is not None, (kind, where)


def test_rows_are_added_moved_and_taken_out_by_buttons() -> None:
    sheet: dict[str, Any] = {"items": [{"text": text, "why": ""} for text in "abc"]}

    def now(act: str) -> str:
        return "".join(row["text"] or "-" for row in arranged("ordering", sheet, act)[0]["items"])

    assert now("up:items:1") == "bac"
    assert now("down:items:1") == "acb"
    assert now("up:items:0") == now("down:items:2") == now("up:items:99") == now("sideways:items:1") == "abc"
    assert now("drop:items:0") == "bc"
    assert now("add:items") == "abc-"
    assert now("add:options") == now("drop:items:x") == "abc"
    assert arranged("ordering", sheet, "down:items:0")[1] == "items-1-text", "the focus goes with the row"
    many = {"items": [{"text": "x", "why": ""}] * 7}
    assert len(arranged("ordering", many, "add:items")[0]["items"]) == rows_of("ordering")[0].most


def test_two_rows_of_one_name_are_both_kept() -> None:
    sheet = {
        "stem": "x",
        "parameters": [
            {"name": "calls", "from": "1", "to": "2"},
            {"name": "calls", "from": "3", "to": "4"},
            {"from": "5", "to": "6.5"},
        ],
    }
    assert write("numeric", sheet, {})["parameters"] == {
        "calls": {"from": 1, "to": 2},
        "calls-2": {"from": 3, "to": 4},
        "a": {"from": 5, "to": 6.5},
    }


def test_a_row_appears_for_each_gap_of_the_text() -> None:
    sheet = with_every_gap({"text": "Give the [[reason]] and the [[time]].", "gaps": [{"key": "time"}]})
    assert [row["key"] for row in sheet["gaps"]] == ["time", "reason"]


def test_a_percentage_is_a_share_and_what_is_none_is_kept_and_told() -> None:
    def typed(text: str) -> Any:
        return write("short", {"stem": "x", "difficulty": text}, {}).get("difficulty")

    assert (typed("65"), typed(" 84 % "), typed("62,5"), typed("")) == (0.65, 0.84, 0.625, None)
    assert typed("often") == "often"
    assert "difficulty" in problems({"key": "k", "kind": "short", "stem": "x", "difficulty": typed("often")})
