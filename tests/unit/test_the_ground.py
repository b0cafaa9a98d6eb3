"""The ground: ids, moments, errors, events, permissions, storage, safe text; names and passwords."""

import uuid
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from lms.foundation import events
from lms.foundation.actor import Actor, Role
from lms.foundation.db import UtcDateTime
from lms.foundation.errors import Invalid, NotAllowed, NotFound
from lms.foundation.ids import derived_id, new_id
from lms.foundation.numbers import whole_number
from lms.foundation.policy import Permission, Permissions, about_actor, has_role, require
from lms.foundation.remembering import Remembered
from lms.foundation.storage import FolderStorage
from lms.foundation.tables import rows_of_sheet
from lms.foundation.text import is_safe_address, plain_text, reading_grade, safe_html, safe_inline, words
from lms.people.policy import is_themself, leads_a_team, leads_them
from lms.people.rules import audit_hash, device_name, folded, password_problem, sort_name, token_hash

NOON = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)


def test_ids_are_version_seven_unlike_each_other_and_in_the_order_of_time() -> None:
    made = [new_id() for _ in range(200)]
    assert len(set(made)) == 200
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    stamps = [one.int >> 80 for one in made]
    assert stamps == sorted(stamps)


def test_a_derived_id_is_the_same_for_the_same_parts_and_no_other() -> None:
    assert derived_id("a", 1) == derived_id("a", "1")
    assert len({derived_id("a", "b"), derived_id("ab"), derived_id("b", "a"), derived_id("a", "b", "")}) == 4


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_a_moment_goes_in_and_comes_out_in_utc(dialect: Any) -> None:
    column = UtcDateTime()
    belize = NOON.astimezone(timezone(timedelta(hours=-6)))
    kept = column.process_bind_param(belize, dialect)
    assert column.process_result_value(kept, dialect) == NOON
    assert column.process_bind_param(None, dialect) is None
    assert column.process_result_value(None, dialect) is None
    with pytest.raises(ValueError, match="time zone"):
        column.process_bind_param(NOON.replace(tzinfo=None), dialect)


def test_an_error_is_a_sentence_with_its_values() -> None:
    assert str(NotFound("There is no %(name)s.", name="C99")) == "There is no C99."
    assert str(NotFound("100 % sure.")) == "100 % sure."
    assert Invalid("Look.", ["a", "b"]).problems == ("a", "b")


def test_a_process_remembers_so_many_things_and_what_it_was_told_longest_ago_goes() -> None:
    figures: Remembered[str, int] = Remembered(2)
    figures.tell({"a": 1, "b": 2})
    figures.tell({"a": 3})
    figures.tell({"c": 4})
    assert [figures.get(key) for key in "abc"] == [3, None, 4]


@pytest.mark.parametrize("text", ["", "-1", "+1", " 1", "1.0", "1_000", "٣", "³", "1234"])
def test_a_whole_number_is_plain_digits_and_not_too_many(text: str) -> None:
    assert whole_number("012", None, digits=3) == 12
    assert whole_number(text, None, digits=3) is None


@pytest.mark.parametrize("at", ["²", "9" * 5000, "1"])
def test_a_cell_that_names_no_shared_string_is_empty_and_the_next_is_read(at: str) -> None:
    parts = {
        "xl/worksheets/sheet1.xml": f'<worksheet><sheetData><row r="{at}"><c t="s"><v>{at}</v></c>'
        '<c t="s"><v>0</v></c></row></sheetData></worksheet>',
        "xl/sharedStrings.xml": "<sst><si><t>Ana</t></si></sst>",
    }
    read = list(rows_of_sheet(list(parts), lambda name: parts[name].encode() if name in parts else None))
    assert [cells for _number, cells in read] == [["", "Ana"]]


# Events


@pytest.fixture
def wiring() -> Any:
    """The listeners as they were, afterwards."""
    before = dict(events._listeners)
    yield
    events.connect(before)


def test_listeners_hear_in_order_and_answers_are_gathered(wiring: None) -> None:
    heard: list[str] = []
    session = Session()
    events.connect(
        {
            str: (
                lambda _session, event: heard.append(f"1 {event}"),
                lambda _session, event: heard.append("2"),
            ),
            int: (lambda _session, asked: [asked], lambda _session, asked: [asked + 1, asked + 2]),
        }
    )
    events.emit(session, "hello")
    events.emit(session, 1.5)
    assert heard == ["1 hello", "2"]
    assert list(events.ask(session, 1)) == [1, 2, 3]
    assert list(events.ask(session, 1.5)) == []
    events.connect({})
    events.emit(session, "hello")
    assert len(heard) == 2


# Permissions


class Doing(Permission):
    """Permissions of this test."""

    EDIT = "test:thing:edit"
    SEE = "test:thing:see"


class Thing:
    """A subject."""

    def __init__(self, person_id: uuid.UUID | None = None, team_id: uuid.UUID | None = None) -> None:
        self.person_id, self.team_id = person_id, team_id


def actor(*roles: Role, leads: frozenset[uuid.UUID] = frozenset()) -> Actor:
    """Somebody."""
    return Actor(uuid.UUID(int=1), uuid.UUID(int=2), "Ana", frozenset(roles), leads)


TABLE = {Doing.EDIT: [[has_role(Role.TRAINER), is_themself], [has_role(Role.MANAGER)]], Doing.SEE: []}


@pytest.mark.parametrize(
    ("who", "own", "allowed", "could"),
    [
        (actor(Role.TRAINER), True, True, True),
        (actor(Role.TRAINER), False, False, True),
        (actor(Role.MANAGER), False, True, True),
        (actor(Role.AGENT), True, False, False),
        (actor(), True, False, False),
    ],
)
def test_any_row_of_the_table_allows_and_all_of_the_row_must_hold(
    who: Actor, own: bool, allowed: bool, could: bool
) -> None:
    permissions = Permissions(TABLE)
    subject = Thing(who.person_id if own else uuid.UUID(int=9))
    assert permissions.allows(who, Doing.EDIT, subject) is allowed
    assert permissions.could(who, Doing.EDIT) is could
    assert not permissions.allows(who, Doing.SEE, subject)
    if allowed:
        require(TABLE, who, Doing.EDIT, subject)
    else:
        with pytest.raises(NotAllowed):
            require(TABLE, who, Doing.EDIT, subject)


def test_a_permission_nobody_wrote_a_row_for_is_a_defect_that_shows() -> None:
    with pytest.raises(KeyError):
        Permissions({}).could(actor(), Doing.EDIT)


def test_a_lead_is_whoever_leads_the_subjects_team() -> None:
    team = uuid.UUID(int=5)
    lead = actor(leads=frozenset({team}))
    assert (leads_a_team(lead, None), leads_a_team(actor(), None)) == (True, False)
    assert leads_them(lead, Thing(team_id=team))
    assert not leads_them(lead, Thing(team_id=uuid.UUID(int=6)))
    assert not leads_them(lead, Thing())
    assert not is_themself(lead, None)
    assert getattr(about_actor(lambda _actor, _subject: True), "about_actor", False)


# Storage


def test_the_same_bytes_are_kept_once_under_their_hash(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "files")
    assert storage.names() == []
    name = storage.put(b"hello")
    assert storage.put(b"hello") == name
    assert (storage.get(name), storage.names()) == (b"hello", [name])
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 64, "0" * 63 + "/", "Z" * 64])
def test_what_is_not_there_or_no_name_of_ours_is_not_found(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        FolderStorage(tmp_path).get(name)


# Text


@pytest.mark.parametrize(
    ("address", "safe"),
    [
        ("https://example.bz/a", True),
        ("mailto:ana@example.bz", True),
        ("#section", True),
        ("http://example.bz", False),
        ("javascript:alert(1)", False),
        ("java\nscript:alert(1)", False),
        ("data:text/html,x", False),
        ("//example.bz", False),
        ("https:///example.bz", False),
        ("https://exa mple", False),
        ("https://a\\b", False),
        ("/relative", False),
    ],
)
def test_a_link_leads_to_safe_places_only(address: str, safe: bool) -> None:
    assert is_safe_address(address) is safe


def test_markdown_becomes_plain_safe_html() -> None:
    assert safe_html("**a** [b](https://x.bz)") == (
        '<p><strong>a</strong> <a href="https://x.bz" rel="noopener noreferrer nofollow">b</a></p>\n'
    )
    assert safe_inline("*a*\u202e\u200b") == "<em>a</em>"
    assert 'align="right"' in safe_html("| a |\n|--:|\n| 1 |\n")
    assert plain_text("**a** <b> & R&D\n\n- c") == "a <b> & R&D c", (
        "no HTML: a page escapes it where it shows it"
    )


def test_a_number_and_its_short_unit_stay_on_one_line() -> None:
    for said in ("19 %", "4 p.m.", "7 h", "12 min", "30 s", "48 ms"):
        assert safe_inline(f"at {said}!") == f"at {said.replace(' ', chr(0xA0))}!"
    assert safe_inline("12 minutes, 7 hours, % 5, a % b") == "12 minutes, 7 hours, % 5, a % b"
    assert plain_text("19 %") == "19 %"
    assert safe_inline("19 %", as_written=True) == "19 %"
    assert safe_html("19 %", as_written=True) == "<p>19 %</p>\n"


def test_a_sum_breaks_before_a_sign_and_code_is_left_alone() -> None:
    def held(text: str) -> str:
        return safe_inline(text).replace("\N{NO-BREAK SPACE}", "_")

    assert held("100 calls × 180 s = 18,000 s") == "100 calls ×_180_s =_18,000_s"
    assert held("18,000 / 25,200 = **71%**") == "18,000_/_25,200 =_<strong>71%</strong>"
    assert held("12 − 3 + (a / b)") == "12 −_3 +_(a /_b)"
    assert held("`n = 3 / 4` and 3 / 4") == "<code>n = 3 / 4</code> and 3_/_4"
    assert safe_html("+ one\n+ two") == "<ul>\n<li>one</li>\n<li>two</li>\n</ul>\n"


@settings(max_examples=100, deadline=None)
@given(some.text(alphabet="<>/=\"'()[]!`*_&;:# \nahrefscriptonljvd", max_size=60))
def test_no_text_makes_a_tag_that_is_not_on_the_list(text: str) -> None:
    html = safe_html(text).lower()
    for tag in ("<script", "<img", "<svg", "<iframe", "<style", "<form", "<input", "<object"):
        assert tag not in html


def test_words_and_the_grade_of_a_text() -> None:
    assert words("It's 24 o'clock, déjà vu") == ["It's", "24", "o'clock", "déjà", "vu"]
    assert reading_grade("") == reading_grade("12 34") == 0.0
    whole = "The caller who rings at noon has waited for an answer since the morning."
    assert reading_grade(whole.replace(" has", "\nhas")) == reading_grade(whole)
    assert reading_grade("- Hold\n- Ask\n- Tell") < reading_grade("Hold ask tell")
    easy = reading_grade("The cat sat. The dog ran.")
    hard = reading_grade(
        "Organisational responsibilities necessitate considerable administrative deliberation."
    )
    assert easy < 3 < hard


# Names, passwords, devices, the chain


def test_names_are_sorted_by_family_name_without_accents() -> None:
    assert folded("  José   NÚÑEZ ") == "jose nunez"
    assert sort_name("José María Núñez") == "nunez jose maria"
    assert sort_name("Ana") == "ana"


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("short", "at least 15"),
        ("x" * 201, "at most 200"),
        ("aaaaaaaaaaaaaaaaaaaa", "attackers try first"),
        ("ana.chi@example.bz", "your own name"),
    ],
)
def test_a_password_that_cannot_be_taken_says_why(password: str, words: str) -> None:
    assert words in str(password_problem(password, own_words=("ana.chi@example.bz", "ana")))


def test_a_long_password_of_unrelated_words_is_taken() -> None:
    assert password_problem("purple mango bicycle rain", own_words=("ana",)) is None


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone) Version/17 Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux) Firefox/121", "Firefox · Linux"),
        ("curl/8", "Unknown device"),
        ("", "Unknown device"),
    ],
)
def test_a_device_is_named_in_words(agent: str, name: str) -> None:
    assert device_name(agent) == name


def test_the_hash_of_an_entry_covers_every_part_of_it() -> None:
    whole: dict[str, Any] = {
        "number": 1,
        "at": NOON,
        "by": "a",
        "act": "b",
        "subject": "c",
        "detail": {"d": 1},
    }
    changes = [
        {"number": 2},
        {"at": NOON + timedelta(microseconds=1)},
        {"by": "x"},
        {"act": "x"},
        {"subject": "x"},
        {"detail": {}},
    ]
    hashes = {
        audit_hash("", **whole),
        audit_hash("before", **whole),
        *(audit_hash("", **whole | one) for one in changes),
    }
    assert len(hashes) == 8
    belize = NOON.astimezone(timezone(timedelta(hours=-6)))
    assert audit_hash("", **whole) == audit_hash("", **whole | {"at": belize})
    assert len(token_hash("x")) == 64
