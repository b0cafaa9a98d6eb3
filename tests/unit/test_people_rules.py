"""Rules about people that need no database."""

import uuid
from datetime import UTC, date, datetime

from lms.people.rules import (
    CODE_LETTERS,
    changes,
    day_at,
    mark_of,
    plain_code,
    shown_code,
    team_paths,
    would_circle,
)

A, B, C = (uuid.UUID(int=number) for number in (1, 2, 3))


def test_a_code_is_read_back_from_how_people_write_it() -> None:
    code = "01ABCDEFGHJK"
    assert shown_code(code) == "01AB-CDEF-GHJK"
    for typed in ("01AB-CDEF-GHJK", "o1ab cdef ghjk", " OIABCDEFGHJK", "olab-cdef-ghjk"):
        assert plain_code(typed) == code, typed
    assert plain_code(CODE_LETTERS) == CODE_LETTERS


def test_a_day_is_the_firms_own() -> None:
    late = datetime(2026, 3, 3, 4, 0, tzinfo=UTC)
    assert day_at("America/Belize", late) == date(2026, 3, 2)
    assert day_at("UTC", late) == date(2026, 3, 3)


def test_a_path_runs_from_the_top_and_a_circle_is_cut() -> None:
    tree = {A: ("Floor", None), B: ("Billing", A), C: ("Night", B)}
    assert team_paths(tree)[C] == ("Floor", "Billing", "Night")
    assert team_paths({A: ("One", B), B: ("Two", A)})[A] == ("Two", "One")
    assert team_paths({A: ("One", uuid.UUID(int=9))})[A] == ("One",)


def test_a_team_may_not_hang_under_itself_at_any_depth() -> None:
    parents = {A: None, B: A, C: B}
    assert would_circle(A, A, parents)
    assert would_circle(A, C, parents)
    assert not would_circle(C, A, parents)
    assert not would_circle(A, None, parents)
    assert not would_circle(A, B, {B: C, C: B}), "a circle that is there already is not followed for ever"


def test_a_mark_changes_with_any_value_and_changes_say_was_and_is() -> None:
    assert mark_of("a", None) == mark_of("a", None)
    assert mark_of("a", "b") != mark_of("ab", "")
    assert changes({"x": 1, "y": 2}, {"x": 1, "y": 3}) == {"y": [2, 3]}
