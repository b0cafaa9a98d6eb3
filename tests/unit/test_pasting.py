"""What is copied from Word, Google Docs and the web becomes the text of our cards, and nothing else comes along."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from lms.courses.rules.lessons import parse_lesson
from lms.courses.rules.pasting import LONGEST_PASTE, from_html, plain
from lms.foundation.text import safe_html

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name=Generator content="Microsoft Word 15">
<style><!-- p.MsoNormal {margin:0cm} --></style><!--[if gte mso 9]><xml><w:WordDocument/></xml><![endif]--></head>
<body lang=EN-GB><!--StartFragment-->
<h1>Calm a caller<o:p></o:p></h1>
<p class=MsoNormal>He said \u201cI\u2019m <b style='mso-bidi-font-weight:normal'>angry</b>\u201d\u2026<o:p></o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol;mso-list:Ignore'>\u00b7<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;&nbsp; </span>
</span><![endif]>Breathe<o:p></o:p></p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><![if !supportLists]><span
style='mso-list:Ignore'>o<span>&nbsp;</span></span><![endif]>twice</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.<span>&nbsp;</span></span>Greet</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>2.<span>&nbsp;</span></span>Listen</p>
<!--EndFragment--></body></html>"""


def test_words_headings_lists_and_quotes_become_ours() -> None:
    assert from_html(WORD) == (
        "## Calm a caller {#calm-a-caller}\n\n"
        'He said "I\'m **angry**"\u2026\n\n'
        "- Breathe\n   - twice\n1. Greet\n2. Listen\n"
    )


def test_a_google_document_is_not_bold_from_end_to_end() -> None:
    html = (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-7f"><p dir="ltr"><span style="font-weight:400">'
        'Plain and </span><span style="font-weight:700">bold </span><span style="font-style:italic">leaning</span></p>'
        '<ul><li dir="ltr"><p>first</p></li><li><p>second</p><ol><li>inner</li></ol></li></ul></b>'
    )
    assert from_html(html) == "Plain and **bold** *leaning*\n\n- first\n- second\n   1. inner\n"


def test_a_table_becomes_a_table_and_links_stay_when_they_are_safe() -> None:
    assert from_html("<table><tr><th>A</th><th>B</th></tr><tr><td><p>1 | 2</p></td></tr></table>") == (
        "| A | B |\n| --- | --- |\n| 1 \\| 2 |  |\n"
    )
    assert from_html('<p><a href="https://example.bz/a">here</a> <a href="http://x.bz">there</a></p>') == (
        "[here](https://example.bz/a) there\n"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<p onclick=alert(1)>x</p>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
        "<svg><script>alert(1)</script></svg>",
        "<style>@import url(//evil)</style>",
        "<iframe src=//evil></iframe>",
        "<object data=//evil>x</object>",
        "<p>\u202eevil\u202c\u200b</p>",
        "<b><i><b></p></b><table><tr><td>",
    ],
)
def test_nothing_that_runs_leads_away_or_hides_comes_along(html: str) -> None:
    text = from_html(html)
    for sign in (
        "alert",
        "evil\u202c",
        "script",
        "javascript",
        "data:",
        "onclick",
        "onerror",
        "\u202e",
        "\u200b",
        "<",
    ):
        assert sign not in text, text


def test_a_tag_that_was_only_words_is_shown_as_words() -> None:
    assert "<script" not in safe_html(from_html("<![if !supportLists]><<<!-- <b><script"))
    assert "<script" not in safe_html(from_html("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"))


def test_words_that_look_like_our_blocks_stay_words() -> None:
    text = from_html("<p>::: check</p><p># a</p><p>- b</p><p>1. c</p><p>*d* `e` [f](g)</p><p>&gt; h</p>")
    assert text == "\\::: check\n\n\\# a\n\n\\- b\n\n1\\. c\n\n\\*d\\* \\`e\\` \\[f\\]\\(g)\n\n\\> h\n"
    lesson, problems = parse_lesson(
        "a", "a.md", f"---\ntitle: A\nminutes: 4\n---\n\n## A {{#hook}}\n\n{text}"
    )
    assert problems == []
    assert [block.kind for block in lesson.cards[0].blocks] == ["text"]


def test_plain_words_are_what_a_keyboard_types() -> None:
    assert plain("\u201cA\u00a0b\u201d \u2018c\u2019 d\u00ade\u200bf\ufeff") == "\"A b\" 'c' def"


@given(some.text("<>/pbliau ='\"&;#x1", max_size=200))
@settings(max_examples=200, deadline=None)
def test_whatever_is_pasted_is_read_to_its_end(html: str) -> None:
    assert "\x01" not in from_html(html)


def test_a_very_long_paste_is_read_in_a_bounded_time() -> None:
    assert len(from_html("<p>word " * 200_000)) <= LONGEST_PASTE * 2
    assert from_html("<b>" * 100_000 + "x").count("x") == 1
