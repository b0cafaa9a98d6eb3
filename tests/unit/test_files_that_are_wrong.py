"""What is brought in is hostile until read: a sentence each, the rest taken, nothing run, nothing lost."""

import base64
import io
import re
import resource
import stat
import struct
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from lms.foundation.errors import Invalid
from lms.interop.formats.reading import read_file, read_path

GOOD = b"::Good::Which? {=a#x ~b#x ~c#x}\n"


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    """An archive of these and a good question."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("good.gift", GOOD)
        for name, content in entries:
            archive.writestr(name, content)
    return made.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    """An entry that is a link."""
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def png(wide: int, high: int) -> bytes:
    """The head of a picture of that size."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + b"IHDR"
        + struct.pack(">IIBBBBB", wide, high, 8, 6, 0, 0, 0)
    )


def told(content: bytes, name: str = "x") -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(Invalid) as caught:
        read_file(name, content)
    return str(caught.value)


PEAK = "print(int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0]) // 1024)"
"""Prints the megabytes that this program needed at most; `ru_maxrss` would hold those of the program that started it."""


MEASURED = (
    "import sys; from pathlib import Path\n"
    "from lms.foundation.errors import Invalid; from lms.interop.formats.reading import read_path\n"
    "try: print(*read_path(Path(sys.argv[1])).remarks)\nexcept Invalid as error: print(error)\n" + PEAK
)
"""Reads a file, prints what is said of it as a whole, and the memory that took."""


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("../../etc/evil.md", "leads out"),
        ("/etc/evil.md", "top of a disk"),
        ("C:/evil.md", "top of a disk"),
        ("GOOD.GIFT", "capital letters"),
        ("good.gift", "Another file has this name"),
        ("a\\b.md", "cannot have"),
    ],
)
def test_a_name_that_leads_astray_is_named_and_the_rest_is_taken(name: str, word: str) -> None:
    found = read_file("x.zip", zipped((name, b"# evil")))
    assert found.counts["taken"] == 1
    assert not found.pages
    assert any(word in str(remark) for remark in found.remarks)


def test_a_link_in_an_archive_or_a_folder_is_named_and_not_followed(tmp_path: Path) -> None:
    found = read_file("x.zip", zipped((link("lesson.md"), b"/etc/passwd")))
    assert found.counts["taken"] == 1
    assert any("a link" in str(remark) for remark in found.remarks)
    (tmp_path / "good.gift").write_bytes(GOOD)
    (tmp_path / "passwd.md").symlink_to("/etc/passwd")
    found = read_path(tmp_path)
    assert found.counts == {
        "taken": 1,
        "changed": 0,
        "skipped": 0,
        "questions": 1,
        "lessons": 0,
        "pictures": 0,
    }
    assert any("a link" in str(remark) for remark in found.remarks)


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    found = read_file("x.zip", zipped(("bomb.md", b"0" * 30_000_000)))
    assert found.counts["taken"] == 1
    assert any("far more" in str(remark) for remark in found.remarks)


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
def test_a_gzip_bomb_stops_at_its_bound() -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for number in range(11):
            entry = tarfile.TarInfo(f"files/{number}")
            entry.size = 39_000_000
            archive.addfile(entry, io.BytesIO(b"0" * entry.size))
    assert "unpacks to more than" in told(made.getvalue(), "x.mbz")


def test_a_file_that_is_too_big_is_refused_unread(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, start, word in (
        ("big.zip", b"PK\x03\x04", "more than 64 MB. Split it"),
        ("big.xml", b"<quiz>", "more than 64 MB. Split it"),
        ("big.md", b"# A page\n", "more than 64 MB. Split it"),
        ("big.gift", b"", "more than 10 MB of text. Split it"),
    ):
        path = tmp_path / name
        with path.open("wb") as file:
            file.write(start)
            file.truncate(500 * 1024 * 1024)
        with pytest.raises(Invalid, match=word):
            read_path(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_ten_million_lines_are_refused_in_a_moment_and_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "long.gift"
    path.write_bytes(b"\n" * 10_000_000)
    with pytest.raises(Invalid, match="empty"):
        read_path(path)
    path = path.with_suffix(".md")
    path.write_bytes(b"a\n" * 4_000_000)
    begun = time.monotonic()
    with pytest.raises(Invalid, match="400,000 lines"):
        read_path(path)
    assert time.monotonic() - begun < 5


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
@pytest.mark.parametrize(
    ("name", "start", "part", "place"),
    [
        ("a.csv", "question,option a,option b,correct\n", "Which is {n}?,{n},other,a\n", "row 20002"),
    ],
)
def test_of_more_questions_than_are_taken_the_first_are_and_the_place_to_split_is_named(
    name: str, start: str, part: str, place: str
) -> None:
    found = read_file(name, (start + "".join(part.format(n=n) for n in range(20_050))).encode())
    assert found.counts["questions"] == 20_000
    assert any("20000 questions" in str(one) and f"from {place} on" in str(one) for one in found.remarks)


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_text_that_is_too_long_is_read_up_to_a_whole_question(tmp_path: Path, codec: str) -> None:
    words = "ñandú " * 4_000
    path = tmp_path / "a.gift"
    text = "".join(f"::Q{n}::{words} {n}? {{=a#x ~b#x ~c#x}}\n\n" for n in range(3_000))
    with path.open("w", encoding=codec) as file:
        file.write(text)
    assert path.stat().st_size > 64 * 1024 * 1024
    found = read_path(path)
    (said,) = (str(one) for one in found.remarks)
    line = int(said.split("up to line ")[1].split(",")[0])
    last = found.items[-1]
    assert found.counts["taken"] == len(found.items) > 200
    assert last.title == f"Q{len(found.items) - 1}"
    assert line == 2 * len(found.items), "the next line is the first of the rest"
    assert last.question is not None
    assert "ñandú" in last.question["stem"]


def test_a_table_that_is_too_long_is_read_up_to_a_whole_row() -> None:
    row = 'Which is {n}?,"one\n""two""",other,a\n'
    long = row.replace("one", "one " * 5_000)
    text = "question,option a,option b,correct\n" + "".join(long.format(n=n) for n in range(900))
    found = read_file("a.csv", text.encode())
    assert found.counts["taken"] == len(found.items) > 400
    assert "up to line" in str(found.remarks[0])
    assert '\\n"two"' in str(found.items[-1].question)
    assert "never closed" in told(b'question,correct\n"' + b"x,y\n" * 3_000_000, "a.csv")


def test_a_tag_without_end_or_with_attributes_without_end_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    for root, content, word in (
        (b"quiz", b"".join(b' a%d="x"' % n for n in range(300_000)), "single tag"),
        (
            b"questestinterop",
            b"".join(b'/><b a="1" b="2" c="3" d="4"' for _ in range(100_000)),
            "300000 parts",
        ),
        (b"quiz", b' a="' + b"x" * 5_000_000 + b'"', "single tag"),
    ):
        path.write_bytes(b"<%b><question" % root + content + b"/></%b>" % root)
        said = subprocess.run(
            [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True
        )
        sentence, megabytes = said.stdout.strip().split("\n")
        assert word in sentence
        assert int(megabytes) < 200


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
def test_the_largest_xml_stays_under_300_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "many.xml"
    part = b"<question type='truefalse'><questiontext><text>x</text></questiontext></question>"
    path.write_bytes(b"<quiz>" + part * 450_000 + b"</quiz>")
    said = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True
    )
    sentence, megabytes = said.stdout.strip().split("\n")
    assert "more than 20000 questions" in sentence
    assert "from question 20001, line 1 on" in sentence
    assert int(megabytes) < 300
    path.write_bytes(path.read_bytes().replace(b"quiz>", b"questestinterop>"))
    said = subprocess.run(
        [sys.executable, "-c", MEASURED, str(path)], capture_output=True, text=True, check=True
    )
    sentence, megabytes = said.stdout.strip().split("\n")
    assert "more than 300000 parts. Split it" in sentence
    assert int(megabytes) < 300


def test_a_page_of_more_tags_than_are_read_is_skipped_with_the_reason() -> None:
    (page,) = read_file("long.html", b"<html>" + b"<p><b>x" * 100_001).pages
    assert page.status == "skipped"
    assert "more than 200000 tags. Split it" in str(page.reasons[0])


def test_a_question_of_xml_with_too_many_parts_is_refused() -> None:
    content = b"<quiz><question type='truefalse'>" + b"<a/>" * 300_001 + b"</question></quiz>"
    assert "300000 parts" in told(content)


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE quiz [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><quiz>&b;</quiz>',
        b'<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz>&x;</quiz>',
        b'<!DOCTYPE quiz [<!ENTITY % x SYSTEM "http://example.org/x.dtd"> %x;]><quiz/>',
    ],
)
def test_xml_with_entities_is_refused_and_fetches_nothing(document: bytes) -> None:
    assert "entities" in told(document, "x.xml")


def test_xml_that_is_nested_without_end_or_cut_off_is_refused() -> None:
    assert "nested" in told(b"<quiz>" + b"<a>" * 300 + b"</a>" * 300 + b"</quiz>")
    assert "line 2" in told(b"<quiz>\n<question")
    assert "only names others" in told(b"<manifest/>")
    assert "do not read" in told(b"<rss/>")


def test_an_outside_doctype_and_the_names_of_html_are_no_obstacle() -> None:
    text = (
        '<!DOCTYPE questestinterop SYSTEM "ims_qtiasiv1p2.dtd"><questestinterop><item ident="i"><presentation>'
        "<material><mattext>Caf&eacute;&nbsp;open?</mattext></material></presentation></item></questestinterop>"
    )
    (item,) = read_file("x.xml", text.encode()).items
    assert "text without a question" in str(item.reasons[0])


@pytest.mark.parametrize(
    ("html", "gone"),
    [
        ("<script>steal()</script>Which?", "steal"),
        ("<style>p{}</style>Which?", "p{}"),
        ('<p onclick="steal()">Which?</p>', "steal"),
        ('<a href="javascript:steal()">Which?</a>', "steal"),
        ('<a href=" jAvaScript:steal()">Which?</a>', "steal"),
        ('<img src="data:text/html,steal" alt="">Which?', "steal"),
        ('<iframe src="https://example.org/steal"></iframe>Which?', "<iframe"),
        ('<svg onload="steal()"></svg>Which?', "steal"),
        ('<img src=x onerror="steal()">Which?', "steal"),
        ("<p>Which?<!-- steal --></p>", "steal"),
    ],
)
def test_nothing_that_runs_comes_through_any_field(html: str, gone: str) -> None:
    quoted = html.replace("&", "&amp;").replace("<", "&lt;")
    text = (
        f'<quiz><question type="multichoice"><name><text>{quoted}</text></name><questiontext format="html"><text>{quoted}</text>'
        f"</questiontext><generalfeedback format='html'><text>{quoted}</text></generalfeedback><single>true</single>"
        f'<answer fraction="100" format="html"><text>{quoted}a</text><feedback format="html"><text>{quoted}</text></feedback></answer>'
        f'<answer fraction="0" format="html"><text>b</text></answer></question></quiz>'
    )
    (item,) = read_file("x.xml", text.encode()).items
    assert item.question is not None
    assert "Which?" in item.question["stem"]
    assert gone not in str({name: value for name, value in item.question.items() if name != "key"})


def test_characters_that_hide_or_turn_the_text_are_taken_out_and_said() -> None:
    (item,) = read_file("x.gift", "Wh\u200bich \u202egnorw\u202c? {=a#x ~b#x ~c#x}".encode()).items
    assert item.question is not None
    assert item.question["stem"] == "Which gnorw?"
    assert "cannot be seen" in str(item.reasons[0])
    (right,) = read_file("x.gift", "ما هذا؟ {=نعم#x ~لا#x ~ربما#x}".encode()).items
    assert right.status == "taken"


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.png", b"not a picture at all", "not a picture"),
        ("a.png", png(60_000, 10), "60000 × 10"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>', "only draw"),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>', "only draw"),
        ("a.gif", b"GIF89a" + b"\0" * 20, "not a picture that we take"),
    ],
)
def test_a_picture_that_is_none_is_left_out_and_its_question_stays(
    name: str, content: bytes, word: str
) -> None:
    html = f'Q <img src="{name}" alt="words">? {{=a#x ~b#x ~c#x}}'.replace("=", "\\=").replace("{\\=", "{=")
    found = read_file("x.zip", zipped(("p.gift", html.encode()), (name, content)))
    item = next(one for one in found.items if one.title != "Good")
    assert item.question is not None
    assert word in str(item.reasons[0])
    assert not found.media
    assert "words" in item.question["stem"]


def test_a_word_document_keeps_its_lists_and_quotes() -> None:
    para = '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr></w:pPr><w:r><w:t>“{}” — said</w:t></w:r></w:p>'
    document = (
        '<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:t>Title</w:t></w:r></w:p>'
        + para.format("one")
        + para.format("two")
        + "</w:body></w:document>"
    )
    styles = '<w:styles xmlns:w="w"><w:style w:styleId="H"><w:name w:val="heading 1"/></w:style></w:styles>'
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("word/document.xml", document)
        archive.writestr("word/styles.xml", styles)
    (page,) = read_file("x.docx", made.getvalue()).pages
    assert page.title == "Title"
    assert "- “one” — said\n- “two” — said" in page.text


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"\x89PNG\r\n\x1a\n",
        b"{\\rtf1",
        b"\0\1\2\3" * 50,
        b"PK\x03\x04junk",
        b"\x1f\x8bjunk",
        b"   ",
        b"just words",
    ],
)
def test_what_is_none_of_our_formats_gets_a_sentence(content: bytes) -> None:
    assert re.match(r"[A-Z].*\.$", told(content))


@pytest.mark.parametrize("seed", range(40))
def test_a_damaged_file_gives_a_report_or_a_sentence_and_never_a_traceback(seed: int) -> None:
    import random

    chance = random.Random(seed)
    folder = Path(__file__).parents[1] / "fixtures" / "interop"
    path = chance.choice([one for one in sorted(folder.rglob("*")) if one.is_file()])
    content = bytearray(path.read_bytes())
    for _ in range(chance.randrange(1, 12)):
        place = chance.randrange(len(content))
        content[place : place + chance.randrange(1, 30)] = bytes(
            chance.choices(b"{}<>=~#%:[]&;\"'\\\n\0\xff9", k=chance.randrange(0, 9))
        )
    try:
        read_file(path.name, bytes(content))
    except Invalid:
        return


def test_the_crc_of_an_entry_is_looked_at() -> None:
    content = bytearray(zipped(("lesson.md", b"# A title\n\nwords " + zlib.compress(b"x"))))
    place = content.find(b"lesson.md") + len("lesson.md") + 4
    content[place] ^= 0xFF
    found = read_file("x.zip", bytes(content))
    assert found.counts["taken"] == 1


def test_the_largest_backup_and_the_largest_pictures_stay_under_300_megabytes(tmp_path: Path) -> None:
    picture = png(1, 1)
    with tarfile.open(tmp_path / "large.mbz", "w:gz", compresslevel=0) as archive:
        for name, content in [
            *((f"files/aa/{number}", picture + bytes([number]) * 9_000_000) for number in range(6)),
            ("moodle_backup.xml", b"<moodle_backup/>"),
        ]:
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    file = base64.b64encode(picture + b"\1" * 27_000_000).decode()
    (tmp_path / "large.xml").write_text(
        '<quiz><question type="truefalse"><questiontext format="html"><text>&lt;img src="@@PLUGINFILE@@/a.png"&gt;</text>'
        f'<file name="a.png" encoding="base64">{file}</file></questiontext></question></quiz>'
    )
    code = (
        "import sys; from pathlib import Path\n"
        "from lms.interop.formats.reading import read_path\n"
        "read_path(Path(sys.argv[1]))\n" + PEAK
    )
    for name in ("large.mbz", "large.xml"):
        said = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path / name)], capture_output=True, text=True, check=True
        )
        assert int(said.stdout) < 300


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
@pytest.mark.parametrize(
    "text",
    [
        "Q? {T}\n" * 15_000,
        "// [id:same]\nQ? {T}\n\n" * 10_000,
        "::A::" + "\\\\(" * 500_000 + " {T}",
        "[markdown][a](" + " " * 500_000 + " {T}",
        "[html]" + "<b>" * 100_000 + " {T}",
        "Q {" + "=" * 500_000 + "}",
    ],
    ids=("no empty lines", "one id", "formulas", "a link", "tags", "signs"),
)
def test_a_text_made_to_keep_us_busy_does_not(text: str) -> None:
    begun = time.monotonic()
    read_file("x.gift", text.encode())
    assert time.monotonic() - begun < 20


def test_a_word_list_of_a_thousand_levels_is_a_list() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr(
            "word/document.xml",
            '<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:numPr><w:ilvl w:val="999999999"/><w:numId w:val="1"/></w:numPr></w:pPr>'
            "<w:r><w:t>deep</w:t></w:r></w:p></w:body></w:document>",
        )
    (page,) = read_file("x.docx", made.getvalue()).pages
    assert "- deep" in page.text


def test_a_bracket_left_open_in_gift_costs_no_other_question_without_empty_lines_either() -> None:
    text = "::Sky:: What colour? {=blue ~red}\n::Open:: Broken {=a ~b\n::Sum:: 2 + 2? {#4}\n::True:: Is it? {T}\n"
    found = {item.title: item for item in read_file("a.gift", text.encode()).items}
    assert list(found) == ["Sky", "Open", "Sum", "True"]
    assert [one.title for one in found.values() if one.status == "skipped"] == ["Open"]
    assert [one.ref for one in found.values()] == ["line 1", "line 2", "line 3", "line 4"]


def test_gift_that_is_malformed_is_told_question_by_question_and_the_rest_is_taken() -> None:
    text = r"""::Open::Which? {=a#x ~b#y

::Sum::Which of them? {~%50%a#x ~%20%b#y ~%-100%c#z ~d#w}

::Far::Which? {~%250%a#x ~b#y ~c#z}

::Signs::Is \{it\} a\=b? {=c\:d\~e#x ~f#y ~g#z}

::Good::Which? {=a#x ~b#x ~c#x}
"""
    found = {item.title: item for item in read_file("a.gift", text.encode()).items}
    assert "bracket is missing" in str(found["Open"].reasons[0])
    assert "add up to 70%, not to 100%" in str(found["Sum"].reasons[0])
    assert "250% was read as 100%" in str(found["Far"].reasons[0])
    assert found["Signs"].question is not None
    assert found["Signs"].question["stem"] == "Is {it} a=b?"
    assert found["Signs"].question["options"][0]["text"] == "c:d~e"
    assert [item.status for item in found.values()] == ["skipped", "changed", "changed", "taken", "taken"]
