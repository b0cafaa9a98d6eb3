"""Whoever fills in a form is told what to do in the form's own words, never in those of the files."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel

from lms.assessments.bank import bank_advice, plans
from lms.assessments.bank.drafted import question_problems
from lms.assessments.bank.sheets import SHEETS, rows_of, show, write
from lms.assessments.rules import blueprint_problems
from lms.assessments.views.told import in_a_form
from lms.foundation.yaml import read_yaml

BANKS = sorted((Path(__file__).parents[2] / "seed_courses").glob("*/questions/*.yaml"))
OF_FILES = re.compile(
    r"“(?:stem|why|text|correct|accepted|options|answer|gaps|units|extra)\b|: (?:true|false)|\{(?!answer\})"
)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    app = Flask("told")
    Babel(app)
    with app.test_request_context("/"):
        yield


@cache
def everything() -> list[dict[str, Any]]:
    """The questions of all seed courses, read once a run."""
    return [one for path in BANKS for one in read_yaml(path.read_text())]


def broken(kind: str) -> Iterator[dict[str, Any]]:
    """Sheets of a seed question with one field emptied or filled with nonsense, as a person can do."""
    sheet = show(next(one for one in everything() if one["kind"] == kind))
    lists = {rows.name: rows for rows in rows_of(kind)}
    yield {name: ([] if name in lists else "") for name in sheet}
    for name, value in sheet.items():
        if name in lists:
            yield {**sheet, name: [*value, *value]}
            yield {**sheet, name: value[:1]}
            for field in lists[name].fields:
                for nonsense in ("", "no / 0 sense"):
                    yield {**sheet, name: [{**row, field: nonsense} for row in value]}
        elif isinstance(value, str):
            yield from ({**sheet, name: nonsense} for nonsense in ("", "no / 0 sense", "-3", "1 / 0"))


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
@pytest.mark.parametrize("kind", sorted(SHEETS))
def test_about_a_question(kind: str) -> None:
    told = {
        message
        for sheet in broken(kind)
        for _where, message in question_problems({"key": "k", **write(kind, sheet, {})}, {"greet"})
    }
    assert len(told) > 4
    odd = {one: in_a_form(one) for one in told if OF_FILES.search(in_a_form(one))}
    assert odd == {}


def test_about_an_assessment_and_a_bank() -> None:
    sheet = plans.fresh()
    told = {
        message
        for change in (
            {"title": "", "pass_mark": "", "draws": []},
            {"pass_mark": "often", "time_limit": "long", "allowed": "-1", "gap_hours": "x"},
            {"draws": [{"count": "no", "least": "x", "most": "y"}], "evidence": [{"level": "9"}]},
            {"purpose": "gate"},
            {"draws": [{"count": "5"}, {"count": "7"}]},
        )
        for _where, message in blueprint_problems(
            {"key": "k", **plans.write({**sheet, **change}, {})}, [{"stem": str(n)} for n in range(9)]
        )
    }
    single = {"kind": "single", "stem": "x", "options": [{"text": "long", "correct": True}, {"text": "b"}]}
    told |= {
        words for _n, _where, words in bank_advice([single] * 9 + [{"kind": "truefalse", "answer": True}] * 3)
    }
    told |= {words for _n, _where, words in bank_advice([{"kind": "ordering", "items": [{"text": "a"}]}])}
    assert len(told) > 12
    assert {one: in_a_form(one) for one in told if OF_FILES.search(in_a_form(one))} == {}


def test_what_is_not_known_is_shown_as_it_is() -> None:
    assert in_a_form("Something quite new: {x}.") == "Something quite new: {x}."


def test_a_small_bank_is_counted_as_what_it_counts() -> None:
    told = next(iter(bank_advice([{"kind": "ordering", "items": [{"text": "a"}]}])))[2]
    assert in_a_form(told).startswith("Questions without a problem: 1. Write 30 or more")
