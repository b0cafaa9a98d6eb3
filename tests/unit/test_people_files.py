"""A file of people: what is read, in which encodings, and the sentence for each that cannot be."""

import codecs
import contextlib
import io
import uuid
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lms.foundation.errors import Invalid
from lms.people.cells import (
    Unfit,
    day_first,
    read_day,
    read_email,
    read_name,
    read_number,
    read_roles,
    read_text,
)
from lms.people.files import LONGEST_LINE, MOST_BYTES, MOST_ROWS, read_bounded, read_sheet
from lms.people.matching import Details, Kind, Known, Plan, match, page_of

TODAY = date(2026, 3, 2)
PLAIN = "employee_number,name,team\nA-1,María Núñez,Billing\n"


def sentence(content: bytes) -> str:
    """What is said of a file that is not taken."""
    with pytest.raises(Invalid) as caught:
        read_sheet(content)
    return str(caught.value)


def plan(text: str, *known: Known, teams: tuple[str, ...] = ("Billing",)) -> Plan:
    """A file held against a firm."""
    return match(read_sheet(text.encode()), known, teams, today=TODAY)


def someone(
    number: str = "A-1", name: str = "Ana Chi", email: str = "ana@example.bz", **more: object
) -> Known:
    """Somebody who is here already."""
    start = date(2025, 1, 6)
    details = Details(number, name, email, "Billing", "agent", frozenset({"agent"}), start, start, None)
    return Known(uuid.uuid4(), replace(details, **more))  # type: ignore[arg-type]


def whys(found: Plan) -> dict[int, str]:
    """Each refused row's reasons."""
    return {one.row.number: " ".join(map(str, one.reasons)) for one in found.of(Kind.REFUSED)}


# Encodings, separators, headers


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("cp1252", "Windows-1252"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_file_is_read_in_every_usual_encoding_separator_and_line_end(
    encoding: str, told: str, separator: str, ends: str
) -> None:
    sheet = read_sheet(PLAIN.replace(",", separator).replace("\n", ends).encode(encoding))
    assert (sheet.encoding, sheet.separator) == (told, separator)
    assert [dict(row.cells) for row in sheet.rows] == [
        {"employee_number": "A-1", "name": "María Núñez", "team": "Billing"}
    ]


def test_big_endian_utf_16_is_read_too() -> None:
    assert read_sheet(codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be")).rows[0].cells["name"] == "María Núñez"


def test_columns_are_known_in_any_order_case_and_in_spanish() -> None:
    sheet = read_sheet(
        "NOMBRE COMPLETO;Número de empleado;Correo electrónico;Fecha de ingreso;Shoe\nA;1;a@b.bz;;9".encode()
    )
    assert sheet.columns == {"name", "employee_number", "email", "started_on"}
    assert sheet.unread == ("Shoe",)


def test_blank_lines_trailing_columns_quotes_and_excels_own_first_line_do_no_harm() -> None:
    text = 'sep=;\r\nemployee_number;name;ended_on;;\r\n\r\n1;"Chi; Ana";;;\r\n;;;;\r\n2;Ben\r\n'
    sheet = read_sheet(text.encode())
    assert [(row.number, row.cells["name"], row.unfit) for row in sheet.rows] == [
        (3, "Chi; Ana", None),
        (5, "Ben", None),
    ]


def test_a_ragged_row_is_refused_by_its_number_and_the_others_are_read() -> None:
    sheet = read_sheet(b"employee_number,name,team\n1,Chi, Ana,Billing\n2,Ben\n3,Eva,Sales\n")
    assert [(row.number, row.unfit is None) for row in sheet.rows] == [(2, False), (3, False), (4, True)]
    assert "4 cells and the header 3" in str(sheet.rows[0].unfit)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty"),
        (b" \r\n\n", "The file is empty"),
        (b"\xef\xbb\xbf", "The file is empty"),
        (b",,,\n;;\n", "The file is empty"),
        (b"employee_number,name\n", "there is nobody under them"),
        (b"employee_number,name\n,\n\n", "there is nobody under them"),
        (
            b"name,team\nAna,Billing\n",
            "no column employee_number. The first row must name the columns; it reads: name | team",
        ),
        (b"foo\nbar\n", "no column employee_number, name"),
        (b"number,No.,name\n1,2,Ana\n", "Two columns are read as employee_number"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "looks like a PNG picture"),
        (b"%PDF-1.7\n...", "looks like a PDF"),
        (b"PK\x03\x04....xl/workbook.xml", "looks like an Excel workbook"),
        (b"PK\x03\x04....word", "looks like a ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "looks like an old Excel"),
        (b"<!DOCTYPE html><table>", "looks like a web page"),
        (b"employee_number,name\n1,An\0a\n", "NUL bytes"),
        (PLAIN.encode("utf-16-le"), "UTF-16 without its mark"),
        (
            "employee_number,name\n1,María\n".encode() + "2,José\n".encode("cp1252"),
            "mixes two encodings: line 3",
        ),
        (b"\xef\xbb\xbfemployee_number,name\n1,Mar\xeda\n", "marked as UTF-8, but it is not on line 2"),
        (b"employee_number,name\n1,\x81\n", "Line 2 is neither"),
        (b'employee_number,name\n1,"Ana\n2,Ben\n', "quotation marks in row 2"),
        (b"employee_number,name\n1," + b"a" * LONGEST_LINE, "Line 2 is longer than"),
        (b"employee_number,name\n" + b"1,a\n" * (MOST_ROWS + 1), "more than 20000 people"),
        (b"a" * (MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_a_file_that_is_no_list_of_people_gets_its_sentence(content: bytes, said: str) -> None:
    assert said in sentence(content)


class Endless(io.RawIOBase):
    """A stream of 200 MB that knows how much of it was read."""

    read_so_far = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0, "never all of it"
        self.read_so_far += size
        return b"a" * size


def test_a_file_of_any_size_is_never_read_beyond_the_ceiling() -> None:
    stream = Endless()
    with pytest.raises(Invalid, match="larger than 5 MB"):
        read_bounded(stream)  # type: ignore[arg-type]
    assert stream.read_so_far == MOST_BYTES + 1


@given(st.binary(max_size=400))
@example(b"\xff\xfe\x00\xd8")
@example(b"\x00\x00\xfe\xff\x00\x00\x00\x00")
def test_no_bytes_do_worse_than_a_sentence(content: bytes) -> None:
    for start in (b"", b"employee_number,name\n", b"employee_number;name;email;roles;started_on\n1;"):
        with contextlib.suppress(Invalid):
            match(read_sheet(start + content), [someone()], ["Billing"], today=TODAY)


@given(st.lists(st.text(max_size=12), min_size=8, max_size=8))
def test_no_cell_does_worse_than_a_refusal(cells: list[str]) -> None:
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    header = "employee_number,name,email,team,job_role,roles,started_on,ended_on\n"
    try:
        found = match(read_sheet((header + quoted).encode("utf-8", "surrogatepass")), [], [], today=TODAY)
    except Invalid:
        return
    for one in found.verdicts:
        assert one.after is None or one.after.name[:1] not in ("=", "+", "-", "@", "\t", "\r")


# Cells


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "＝"])
def test_what_a_spreadsheet_would_run_is_refused(sign: str) -> None:
    with pytest.raises(Unfit, match="formula"):
        read_text("name", f"{sign}1+1")
    with pytest.raises(Unfit, match="formula"):
        read_text("team", f" '{sign}cmd")


def test_what_is_known_already_stands_even_with_our_own_guard_before_it() -> None:
    assert read_text("team", "'-Night-", "-Night-") == "-Night-"


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\x07", "\n", "\xad", "\u3164", "\ufffd"])
def test_characters_that_cannot_be_seen_are_refused_by_name(hidden: str) -> None:
    with pytest.raises(Unfit, match=f"U\\+{ord(hidden):04X}"):
        read_text("name", f"An{hidden}a")


def test_a_name_read_in_the_wrong_encoding_is_recognised() -> None:
    with pytest.raises(Unfit, match="looks like “María”"):
        read_name("María".encode().decode("cp1252"))
    assert read_name("JOÃO Núñez") == "JOÃO Núñez"


def test_texts_are_tidied_and_have_a_length() -> None:
    assert read_name("  Ana\u00a0  Chi ") == "Ana Chi"
    assert read_name("Nu\u0301n\u0303ez") == "Núñez"
    for column, cell in (
        ("name", "a" * 161),
        ("name", "\ufdfa" * 30),
        ("team", "t" * 121),
        ("job_role", "j" * 61),
    ):
        with pytest.raises(Unfit, match="longer than"):
            read_text(column, cell)
    with pytest.raises(Unfit, match="no letter"):
        read_name("12 34")


def test_a_number_a_spreadsheet_shortened_is_refused() -> None:
    with pytest.raises(Unfit, match="shortened"):
        read_number("1.23457E+12")
    assert read_number("007") == "007"


@pytest.mark.parametrize(
    "wrong", ["ana", "ana@", "@example.bz", "a b@example.bz", "ana@example", "añá@example.bz", "a@b..bz"]
)
def test_what_is_no_email_is_refused(wrong: str) -> None:
    with pytest.raises(Unfit):
        read_email(wrong)
    assert read_email(" Ana@Example.BZ ") == "ana@example.bz"


@pytest.mark.parametrize(
    "cell", ["agent|firm_admin", "Agent, Firm-Admin", "agent firm_admin", "agent;firm_admin"]
)
def test_roles_are_parted_by_bars_commas_or_spaces(cell: str) -> None:
    assert read_roles(cell) == {"agent", "firm_admin"}
    with pytest.raises(Unfit, match="“boss” is not a role"):
        read_roles("agent|boss")


def test_days_with_slashes_are_read_only_when_the_file_shows_which_part_is_the_day() -> None:
    assert day_first(["13/03/2026", "05/03/2026"]) is True
    assert day_first(["3/13/2026"]) is False
    assert day_first(["05/03/2026"]) is None
    assert day_first(["13/03/2026", "03/13/2026"]) is None
    assert read_day("started_on", "05/03/2026", True) == date(2026, 3, 5)
    assert read_day("started_on", "05/03/2026", False) == date(2026, 5, 3)
    assert read_day("started_on", "2026-03-05", None) == date(2026, 3, 5)
    for wrong, said in (
        ("05/03/2026", "two ways"),
        ("2026-02-30", "not a day"),
        ("45678", "not a day"),
        ("1/1/0001", "not a day"),
    ):
        with pytest.raises(Unfit, match=said):
            read_day("started_on", wrong, None)


# Rows against a firm


def test_every_row_is_new_changed_same_or_refused() -> None:
    found = plan(
        "employee_number,name,team,roles\nA-1,Ana Chi,Sales,agent|trainer\nA-2,Ben Ek,Billing,agent\nA-3,Eva,,boss\nA-4,Ivo,,\n",
        someone(),
        someone("A-2", "Ben Ek", "ben@example.bz"),
    )
    assert [one.kind.value for one in found.verdicts] == ["changed", "same", "refused", "new"]
    assert [(one.column, one.before, one.after) for one in found.verdicts[0].changes] == [
        ("team", "Billing", "Sales"),
        ("roles", "agent", "agent, trainer"),
    ]
    assert found.new_teams == ("Sales",)
    assert found.counts == {Kind.NEW: 1, Kind.CHANGED: 1, Kind.SAME: 1, Kind.REFUSED: 1}


def test_a_number_in_two_rows_refuses_both_and_names_both() -> None:
    found = whys(plan("number,name\nA-1,Ana\nB-1,Ben\na-1,Eva\nA-1,Ivo\n"))
    assert set(found) == {2, 4, 5}
    assert all("rows 2, 4, 5" in why for why in found.values())


def test_an_email_in_two_rows_refuses_both() -> None:
    found = whys(plan("number,name,email\n1,Ana,x@example.bz\n2,Ben,X@example.bz\n3,Eva,y@example.bz\n"))
    assert set(found) == {2, 3}
    assert "x@example.bz stands in the file more than once: rows 2, 3" in found[2]


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    why = whys(plan("number,name,email,roles,started_on\n,=1+1,nobody,boss,soon\n"))[2]
    for word in ("employee_number is empty", "formula", "not an e-mail", "not a role", "not a day"):
        assert word in why


def test_an_end_before_the_start_is_refused_even_when_the_start_is_not_in_the_file() -> None:
    assert (
        "before started_on 2025-01-06"
        in whys(plan("number,name,ended_on\nA-1,Ana Chi,2024-12-31\n", someone()))[2]
    )


def test_a_number_that_lost_its_zeros_is_not_a_new_person() -> None:
    assert "somebody has 0071" in whys(plan("number,name\n71,Ana Chi\n", someone("0071")))[2]
    assert plan("number,name\n0071,Ana Chi\n", someone("0071")).counts[Kind.SAME] == 1


def test_the_email_of_somebody_here_is_never_changed_by_a_file() -> None:
    ana = someone()
    assert (
        "does not change the e-mail"
        in whys(plan("number,name,email\nA-1,Ana Chi,other@example.bz\n", ana))[2]
    )
    none = someone(email="")
    assert (
        "does not change the e-mail" in whys(plan("number,name,email\nA-1,Ana Chi,new@example.bz\n", none))[2]
    )
    assert plan("number,name,email\nA-1,Ana Chi,\n", ana).counts[Kind.SAME] == 1
    assert (
        "A-1 Ana Chi, who is here already"
        in whys(plan("number,name,email\nB-9,Ana,ana@example.bz\n", ana))[2]
    )


def test_somebody_without_a_number_is_found_by_email_and_given_one() -> None:
    ana = someone("")
    assert plan("number,name,email\n,Ana Chi,ana@example.bz\n", ana).counts[Kind.SAME] == 1
    found = plan("number,name,email\nA-9,Ana Chi,ana@example.bz\n", ana)
    assert [change.column for one in found.of(Kind.CHANGED) for change in one.changes] == ["employee_number"]


def test_empty_cells_and_missing_columns_leave_things_but_team_and_end_are_emptied() -> None:
    ana = someone(ended_on=date(2026, 2, 1), job_role="team lead")
    found = plan("number,name,email,team,job_role,roles,started_on,ended_on\nA-1,Ana Chi,,,,,,\n", ana)
    assert [(one.column, one.after) for one in found.verdicts[0].changes] == [("team", ""), ("ended_on", "")]
    assert plan("number,name\nA-1,Ana Chi\n", ana).counts[Kind.SAME] == 1


def test_one_spelling_of_a_new_team_is_kept_and_a_known_team_is_found_in_any_case() -> None:
    found = plan("number,name,team\n1,Ana,Night Shift\n2,Ben,night shift\n3,Eva,BILLING\n")
    assert found.new_teams == ("Night Shift",)
    assert [one.after.team for one in found.verdicts if one.after] == [
        "Night Shift",
        "Night Shift",
        "Billing",
    ]


def test_a_new_job_role_counts_from_today() -> None:
    found = plan("number,name,job_role\nA-1,Ana Chi,team lead\n", someone())
    assert ("role_started_on", "2025-01-06", "2026-03-02") in [
        (one.column, one.before, one.after) for one in found.verdicts[0].changes
    ]


@pytest.mark.parametrize(
    "row", ["A-1,Ana Chi,agent,", "A-1,Ana Chi,firm_admin,2026-03-01", "A-1,Ana Chi,firm_admin,2026-12-31"]
)
def test_the_last_administrator_is_not_taken_away(row: str) -> None:
    ana = someone(roles=frozenset({"firm_admin"}))
    text = f"number,name,roles,ended_on\n{row}\nN-1,New,firm_admin,\n"
    assert set(whys(plan(text, ana))) == {2}
    other = someone("A-2", "Ben Ek", "ben@example.bz")
    assert whys(plan(text + "A-2,Ben Ek,firm_admin,\n", ana, other)) == {}
    assert (
        whys(plan(text, ana, replace(other, details=replace(other.details, roles=frozenset({"firm_admin"})))))
        == {}
    )


def test_the_role_of_the_association_is_neither_given_nor_taken() -> None:
    assert "association" in whys(plan("number,name,roles\nB-1,Ben,association\n"))[2]
    ana = someone(roles=frozenset({"association", "trainer"}))
    assert "association" in whys(plan("number,name,roles\nA-1,Ana Chi,trainer\n", ana))[2]
    assert plan("number,name,roles\nA-1,Ana Chi,trainer|association\n", ana).counts[Kind.SAME] == 1


def test_pages_of_rows_join_without_a_gap() -> None:
    found = plan("number,name\n" + "".join(f"{n},Ana Chi\n" for n in range(10, 130)))
    after: int | None = 0
    seen: list[int] = []
    while after is not None:
        page = page_of(found, kind=None, after=after)
        seen += [one.row.number for one in page.verdicts]
        after = page.later
    assert seen == list(range(2, 122))
    assert page.earlier == 51
    assert page_of(found, kind=Kind.REFUSED, after=0).verdicts == []
