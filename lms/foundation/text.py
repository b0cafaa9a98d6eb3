"""Markdown to safe HTML, once, at publishing: two sanitisers in a row, one allow-list."""

import html
import re
import unicodedata
from collections.abc import Collection
from difflib import get_close_matches
from functools import cache, lru_cache

import bleach
import nh3
from markdown_it import MarkdownIt

from lms.foundation.words import N_

TAGS = frozenset(
    (
        "a",
        "b",
        "blockquote",
        "br",
        "code",
        "del",
        "em",
        "h3",
        "h4",
        "hr",
        "i",
        "li",
        "ol",
        "p",
        "pre",
        "s",
        "strong",
        "sub",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "ul",
    )
)
INLINE_TAGS = frozenset(("a", "b", "br", "code", "del", "em", "i", "s", "strong", "sub", "sup"))
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
_ADDRESS = re.compile(r"(https://[^/\s\\]|mailto:[^\s]+@|#[\w-]*$)", re.IGNORECASE)
_PICTURE = re.compile(r"!\[([^\[\]]*)\]\(media/[^)\s]*\)")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=%|[ap]\.m\.|(?:h|s|ms|min)\b)")
_WITHIN_A_TERM = re.compile(r"(?<=\d) ([×÷/]) (?=\d)")
_AFTER_SIGN = re.compile(r"(?<=\S )([=≈±+−×÷/]) (?=[\w({\[*$€])")
_CODE = re.compile(r"(`[^`]*`)")
_HIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\u200b\u2060\ufeff\u202a-\u202e\u2066-\u2069]")


def is_safe_address(address: str) -> bool:
    """Whether a link may lead there: https, mail, or a place on the same page; never a script, data or another scheme."""
    return bool(_ADDRESS.match(address)) and not re.search(r"[\x00-\x20\\]", address)


def safe_html(markdown: str, *, as_written: bool = False) -> str:
    """Block Markdown as HTML that cannot run anything. `as_written`: for other systems, with every space as it is."""
    return _clean(_blocks().render(_visible(markdown, as_written)), TAGS)


@lru_cache(maxsize=8192)
def safe_inline(markdown: str, *, as_written: bool = False) -> str:
    """Inline Markdown as HTML that cannot run anything; no paragraphs, and a picture's words in its place.

    The same texts are shown again and again (the stems and options of a course), so what was cleaned is remembered.
    """
    from markupsafe import Markup

    shown = _PICTURE.sub(r"(\1)", _visible(markdown, as_written))
    return Markup(_clean(_blocks().renderInline(shown), INLINE_TAGS))  # noqa: S704  (just cleaned)


@cache
def _blocks() -> MarkdownIt:
    return MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False}).disable("image")


def _visible(markdown: str, as_written: bool) -> str:
    """The text without characters that are there but cannot be seen, or that turn the reading direction.

    A number stays on the line of its short unit: 19 %, 4 p.m., 7 h, 12 min, 30 s, 48 ms. A sum breaks before a sign, and
    not within 3 / 4. Code is left as it is: people copy it.
    """
    seen = _HIDDEN.sub("", markdown)
    if as_written:
        return seen
    return "".join(part if part.startswith("`") else _held(part) for part in _CODE.split(seen))


def _held(text: str) -> str:
    held = _BEFORE_UNIT.sub("\N{NO-BREAK SPACE}", text)
    held = _WITHIN_A_TERM.sub("\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}", held)
    return _AFTER_SIGN.sub("\\1\N{NO-BREAK SPACE}", held)


def _may_stay(tag: str, name: str, value: str) -> bool:
    return name in ATTRIBUTES.get(tag, ()) and (name != "href" or is_safe_address(value))


def _clean(html: str, tags: frozenset[str]) -> str:
    html = (
        html.replace(' style="text-align:left"', ' align="left"')
        .replace(' style="text-align:right"', ' align="right"')
        .replace(' style="text-align:center"', ' align="center"')
    )
    once: str = bleach.clean(html, tags=tags, attributes=_may_stay, protocols={"https", "mailto"}, strip=True)
    twice: str = nh3.clean(
        once,
        tags=set(tags),
        attributes={tag: names for tag, names in ATTRIBUTES.items() if tag in tags},
        url_schemes={"https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return twice.replace("&nbsp;", "\N{NO-BREAK SPACE}")  # XML knows no such name


def plain_text(markdown: str) -> str:
    """What a reader sees of Markdown, as plain words: no HTML, so it is escaped where it is shown."""
    bare = re.sub(r"<[^>]+>", " ", nh3.clean(safe_html(markdown, as_written=True), tags={"p"}))
    return " ".join(html.unescape(bare).split())


def words(text: str) -> list[str]:
    """The words of a text; numbers count as words."""
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text)


_SENTENCE_END = re.compile(r"""[.!?]+["'”’)*_]*(?=\s|$)|\n\s*\n|\n(?=\s*(?:[-*>|#]|\d+[.)]|:::))|\|""")


def reading_grade(text: str) -> float:
    """The Flesch–Kincaid grade: 0.39 words/sentence + 11.8 syllables/word - 15.59 (Kincaid et al. 1975).

    A sentence ends at its full stop, or where its paragraph, list item or table cell does; a line that is only wrapped
    goes on.
    """
    found = [word for word in words(text) if not word[0].isdigit()]
    sentences = [part for part in _SENTENCE_END.split(text) if re.search(r"[^\W\d_]", part)]
    if not found or not sentences:
        return 0.0
    syllables = sum(_syllables(word) for word in found)
    return 0.39 * len(found) / len(sentences) + 11.8 * syllables / len(found) - 15.59


def _syllables(word: str) -> int:
    """Groups of vowels, less a silent e; at least one."""
    plain = word.lower()
    count = len(re.findall(r"[aeiouyáéíóú]+", plain))
    if plain.endswith("e") and not plain.endswith(("le", "ee")) and count > 1:
        count -= 1
    return max(count, 1)


def nearest(word: str, known: Collection[str]) -> str:
    """The remedy for a name that we do not know: the name that was probably meant, or to take it out."""
    close = get_close_matches(word, known, n=1, cutoff=0.75)
    return N_("Did you mean “%(close)s”?", close=close[0]) if close else N_("Take it out.", word=word)


_TYPED = str.maketrans(
    {"–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "→": ">", "≥": ">=", "≤": "<="}
    | {"\u202f": " "}
)


def latin(text: str) -> str:
    """The text in the letters that a PDF's built-in fonts have (ISO 8859-1).

    Typographic signs become typed ones; another letter loses its accent, and only then becomes a question mark.
    """
    return "".join(_in_latin(letter) for letter in text.translate(_TYPED))


def _in_latin(letter: str) -> str:
    if letter <= "\xff":
        return letter
    return unicodedata.normalize("NFKD", letter).encode("latin-1", "ignore").decode("latin-1") or "?"
