"""Files of other systems: every kind that they have comes in as the same question, or is named with the reason."""

from pathlib import Path
from typing import Any

import pytest

from lms.assessments.kinds import kind_of
from lms.interop.formats import gift, qti2
from lms.interop.formats.contract import CHANGED, SKIPPED, TAKEN, Found, Gathering, Item
from lms.interop.formats.reading import read_file, read_path
from lms.interop.formats.xml import read_xml

FIXTURES = Path(__file__).parents[1] / "fixtures" / "interop"


def named(found: Found, title: str) -> Item:
    """The one item of that title."""
    return next(item for item in found.items if item.title == title)


def asked(found: Found, title: str) -> dict[str, Any]:
    """The question of that title."""
    question = named(found, title).question
    assert question is not None
    return question


def one(text: str) -> Item:
    """The only question of a GIFT text."""
    (item,) = gift.read(text).items
    return item


@pytest.mark.parametrize(
    ("name", "form", "taken", "changed", "skipped"),
    [
        ("documentation.gift", "gift", 23, 7, 0),
        ("shapes.gift", "gift", 6, 5, 4),
        ("strict.aiken.txt", "aiken", 2, 0, 0),
        ("loose.aiken.txt", "aiken", 2, 0, 3),
        ("all-kinds.moodle.xml", "moodle-xml", 8, 4, 5),
        ("qti21", "qti-2.1", 9, 7, 2),
        ("qti30", "qti-3.0", 4, 0, 1),
        ("canvas.qti12.xml", "qti-1.2", 10, 0, 2),
        ("cartridge", "common-cartridge", 1, 0, 0),
        ("table.csv", "csv", 6, 0, 1),
    ],
)
def test_every_fixture_is_counted(name: str, form: str, taken: int, changed: int, skipped: int) -> None:
    found = read_path(FIXTURES / name)
    assert found.format == form
    counts = found.counts
    assert (counts["taken"], counts["changed"], counts["skipped"]) == (taken, changed, skipped)


@pytest.mark.parametrize("path", sorted(FIXTURES.iterdir()), ids=lambda path: path.name)
def test_what_is_taken_says_no_change_and_what_is_not_says_why(path: Path) -> None:
    found = read_path(path)
    keys = [item.question["key"] for item in found.items if item.question]
    assert len(set(keys)) == len(keys)
    for item in found.items:
        assert bool(item.reasons) == (item.status != TAKEN)
        assert (item.question is None) == (item.status == SKIPPED)
        if item.question is not None and not item.mend:
            kind_of(item.question).read(item.question)
        assert "<script" not in str(item.question)
        assert "javascript:" not in str(item.question)


def test_nothing_is_invented_for_an_option_without_an_explanation() -> None:
    item = one("Which? {=a#yes ~b ~c}")
    assert item.status == TAKEN
    assert item.question is not None
    assert item.question["options"] == [
        {"text": "a", "correct": True, "why": "yes"},
        {"text": "b"},
        {"text": "c"},
    ]
    assert len(item.mend) == 2


def test_gift_reads_ranges_tolerances_and_shares_as_they_are_meant() -> None:
    assert one("n? {#3.141..3.143}").question == {
        "key": one("n? {#3.141..3.143}").question["key"],  # type: ignore[index]
        "kind": "numeric",
        "stem": "n?",
        "answer": 3.142,
        "tolerance": 0.001,
        "decimals": 3,
    }
    fair = one("Two? {~%50%a#x ~%50%b#x ~%-50%c#x ~%-50%d#x}")
    assert fair.status == TAKEN
    assert fair.question is not None
    assert fair.question["marking"] == "each"
    assert one("Two? {~%40%a ~%50%b ~%-45%c}").status == CHANGED


def test_gift_takes_the_text_after_the_answers_as_a_missing_word() -> None:
    assert asked(read_path(FIXTURES / "documentation.gift"), "The greeting")["stem"] == (
        "The first minute is for the _____."
    )


def test_gift_keeps_what_is_escaped_and_names_tags_and_category() -> None:
    found = read_path(FIXTURES / "shapes.gift")
    assert asked(found, "Escaped: a name")["stem"] == "What does {x} mean in [#1]?"
    assert [option["text"] for option in asked(found, "Escaped: a name")["options"]] == [
        "a name: x",
        "a = sign",
        "a ~ sign",
    ]
    typed = asked(found, "Typed")
    assert (typed["key"], typed["tags"]) == ("notes-typed", ["notes", "wrap-up", "Opening"])
    assert named(found, "Screens").group == "$course$/top/Calls/Opening"


def test_gift_that_is_broken_loses_only_what_is_broken() -> None:
    found = read_path(FIXTURES / "shapes.gift")
    assert named(found, "Broken").status == SKIPPED
    assert "bracket is missing" in str(named(found, "Broken").reasons[0])
    assert named(found, "Blank line").status == TAKEN


def test_moodle_keeps_pictures_feedback_tags_and_the_order_of_answers() -> None:
    found = read_path(FIXTURES / "all-kinds.moodle.xml")
    board = asked(found, "One of three")
    ((path, content),) = found.media.items()
    assert board["stem"] == f"What is on the **board**?\n\n![A dot]({path})"
    assert content.startswith(b"\x89PNG")
    assert board["key"] == "board-1"
    assert board["explanation"] == "The board shows the queue."
    assert board["tags"] == ["board", "Calls"]
    assert board["options"][1] == {"text": "The menu", "why": "That is next door."}
    assert asked(found, "Some of four")["shuffle"] is False


def test_moodle_gaps_become_gaps_of_ours() -> None:
    found = read_path(FIXTURES / "all-kinds.moodle.xml")
    gaps = asked(found, "Gaps")
    assert gaps["stem"] == "Fill in what is missing."
    assert gaps["text"] == "Give the [[g1]] and the [[g2]], within [[g3]] seconds."
    assert gaps["gaps"]["g1"] == {"accepted": ["reason"], "why": "Say why you call."}
    assert gaps["gaps"]["g2"] == {"options": ["time", "price", "mood"], "answer": "time"}
    assert asked(found, "Drag")["gaps"]["g2"]["answer"] == "cold"
    assert asked(found, "Select")["gaps"]["g1"] == {"options": ["nine", "two"], "answer": "two"}


def test_moodle_sums_become_numbers_of_ones_own() -> None:
    question = asked(read_path(FIXTURES / "all-kinds.moodle.xml"), "Sum")
    assert question["answer"] == "calls*aht"
    assert question["parameters"]["aht"] == {"from": 180, "to": 300, "step": 1}
    assert question["tolerance"] == 1


def test_a_package_keeps_the_order_of_its_test_and_its_pictures() -> None:
    threes = read_path(FIXTURES / "qti30")
    assert [item.title for item in threes.items] == ["Order", "Choice", "Entry", "Essay", "Program"]
    twos = read_path(FIXTURES / "qti21")
    assert asked(twos, "Left at the desk")["stem"].startswith("Look at the sign.\n\n![A sign](media/sign-")
    assert asked(twos, "True or false")["why"] == {"true": "That is right.", "false": "Look at the tariff."}
    assert asked(twos, "A sum")["tolerance"] == 10


def test_an_items_marking_is_tried_out_not_guessed() -> None:
    found = read_path(FIXTURES / "canvas.qti12.xml")
    assert "marking" not in asked(found, "Answers")
    assert asked(found, "Choice")["options"][1] == {"text": "stock", "why": "Not there."}
    assert asked(found, "Short")["accepted"] == ["four", "4"]
    assert asked(found, "Number")["tolerance"] == 5
    assert asked(found, "Blanks")["gaps"]["g1"] == {"accepted": ["reason", "Reason"]}
    assert asked(found, "Match")["extra"] == ["none"]


def test_a_cartridge_brings_its_pages_and_links_as_lessons() -> None:
    found = read_path(FIXTURES / "cartridge")
    assert [page.title for page in found.pages] == ["Welcome to the floor", "The tariff"]
    assert "- plug it in\n- test it" in found.pages[0].text
    assert "track()" not in found.pages[0].text
    assert "[The tariff](https://example.org/tariff)" in found.pages[1].text


def test_a_markdown_file_becomes_a_lesson_with_cards_and_pictures() -> None:
    (page,) = read_path(FIXTURES / "markdown").pages
    assert page.status == TAKEN
    for words in (
        "title: The first hour",
        "## Listen {#listen}",
        "1. Put on the headset",
        "![The board](media/",
    ):
        assert words in page.text


def test_a_table_is_read_whatever_its_separator_and_encoding() -> None:
    text = "Question\tA\tB\tC\tAnswer\n¿Cuánto?\t1\t2\t3\tc\n"
    for codec in ("utf-8", "utf-16", "cp1252", "utf-8-sig"):
        (item,) = read_file("q.tsv", text.encode(codec)).items
        assert item.question is not None
        assert item.question["stem"] == "¿Cuánto?"
        assert item.question["options"][2] == {"text": "3", "correct": True}


def test_a_template_for_all_or_nothing_stays_all_or_nothing() -> None:
    gathering = Gathering("qti-2.1")
    root = read_xml(
        (FIXTURES / "qti21/items/choice-multiple.xml").read_bytes().replace(b"map_response", b"match_correct")
    )
    qti2.take(root, gathering, "x")
    (item,) = gathering.items
    assert item.status == TAKEN
    assert item.question is not None
    assert "marking" not in item.question


def test_what_blackboard_says_to_a_right_and_a_wrong_answer_goes_to_the_options() -> None:
    def said(words: str) -> str:
        return f'<material><mat_extension><mat_formattedtext type="HTML">{words}</mat_formattedtext></mat_extension></material>'

    labels = "".join(
        f'<flow_label class="Block"><response_label ident="{name}"><flow_mat>{said(name.upper())}</flow_mat></response_label></flow_label>'
        for name in ("a", "b", "c")
    )
    text = (
        "<questestinterop><assessment><section><item><itemmetadata><bbmd_questiontype>Multiple Choice</bbmd_questiontype></itemmetadata>"
        f'<presentation><flow class="Block"><flow class="QUESTION_BLOCK">{said("Which?")}</flow><flow class="RESPONSE_BLOCK">'
        f'<response_lid ident="response" rcardinality="Single"><render_choice shuffle="Yes">{labels}</render_choice></response_lid></flow></flow>'
        '</presentation><resprocessing><outcomes><decvar varname="SCORE" maxvalue="1.0"/></outcomes><respcondition title="correct"><conditionvar>'
        '<varequal respident="response">b</varequal></conditionvar><setvar variablename="SCORE" action="Set">SCORE.max</setvar>'
        '<displayfeedback linkrefid="correct"/></respcondition><respcondition title="incorrect"><conditionvar><other/></conditionvar>'
        '<setvar variablename="SCORE" action="Set">0.0</setvar><displayfeedback linkrefid="incorrect"/></respcondition></resprocessing>'
        f'<itemfeedback ident="correct"><flow_mat>{said("Right.")}</flow_mat></itemfeedback>'
        f'<itemfeedback ident="incorrect"><flow_mat>{said("Look again.")}</flow_mat></itemfeedback></item></section></assessment></questestinterop>'
    )
    (item,) = read_file("pool.dat", text.encode()).items
    assert item.status == TAKEN
    assert item.question is not None
    assert item.question["stem"] == "Which?"
    assert item.question["options"] == [
        {"text": "A", "why": "Look again."},
        {"text": "B", "correct": True, "why": "Right."},
        {"text": "C", "why": "Look again."},
    ]


def test_aiken_as_people_type_it() -> None:
    text = (
        "At 9 A.M. who\nopens?\nA)the lead\nB)the agent\nI. Newton\nANSWER: b\n\n"
        "No end\nA) x\nB) y\n\nNext\nA) x\nB) y\nANSWER: A"
    )
    found = read_file("a.txt", text.encode())
    assert [item.status for item in found.items] == [TAKEN, SKIPPED, TAKEN]
    assert [option["text"] for option in found.items[0].question["options"]] == [
        "the lead",
        "the agent",
        "Newton",
    ]  # type: ignore[index]


def test_gift_without_empty_lines_between_its_questions_is_read_all_the_same() -> None:
    found = gift.read("Q1 {\n=a#x\n~b#x\n~c#x\n}\nQ2? {T}\n::Q3::The {=sky =air}\nis blue.\n")
    assert [(item.ref, item.status) for item in found.items] == [
        ("line 1", TAKEN),
        ("line 6", TAKEN),
        ("line 7", TAKEN),
    ]
    assert asked(found, "Q3")["stem"] == "The _____ is blue."


def test_an_answer_in_ones_own_words_keeps_what_its_marker_is_told_and_invents_nothing() -> None:
    essay = (
        '<quiz><question type="essay"><name><text>Reply</text></name><questiontext format="html"><text>Write it.</text>'
        "</questiontext><graderinfo format='html'><text><![CDATA[<ul><li>The answer first</li><li>Her name</li></ul>]]></text>"
        "</graderinfo><minwordlimit>30</minwordlimit><maxwordlimit>120</maxwordlimit><attachments>1</attachments>"
        "</question></quiz>"
    )
    (item,) = read_file("x.xml", essay.encode()).items
    assert item.question is not None
    assert item.question["look_for"] == ["The answer first", "Her name"]
    assert (item.question["least"], item.question["most"]) == (30, 120)
    assert [str(one) for one in item.reasons] == ["Files sent with an answer have no place here."]
    assert item.mend == ()
    plain = one("::Open::Tell us. {}")
    assert plain.question is not None
    assert "look_for" not in plain.question
    assert "a marker looks for" in plain.mend[0]


def test_a_file_that_is_asked_for_is_asked_for_here_in_the_types_we_take() -> None:
    sheet = (
        '<quiz><question type="essay"><name><text>Sheet</text></name><questiontext format="html"><text>Send it.</text>'
        "</questiontext><responseformat>noinline</responseformat><filetypeslist>{types}</filetypeslist></question></quiz>"
    )
    (item,) = read_file("x.xml", sheet.replace("{types}", ".xlsx,.ods").encode()).items
    assert item.question is not None
    assert (item.question["kind"], item.question["types"]) == ("upload", ["xlsx"])
    assert [str(one) for one in item.reasons] == ["Files of these types are not taken here: ods."]
    (refused,) = read_file("x.xml", sheet.replace("{types}", ".exe").encode()).items
    assert (refused.status, refused.question) == (SKIPPED, None)
