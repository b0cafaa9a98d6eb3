"""What was copied from Word, Google Docs or a web page, as the text of our cards. Nothing of its looks or scripts stays."""

import re
import unicodedata
from collections.abc import Mapping
from functools import partial
from html.parser import HTMLParser

from lms.courses.rules.lesson_text import card_key
from lms.foundation.text import is_safe_address

LONGEST_PASTE = 500_000
_SILENT = frozenset(
    ("script", "style", "head", "title", "noscript", "template", "svg", "math", "object", "iframe")
)
_BLOCKS = frozenset(
    (
        "p",
        "div",
        "section",
        "article",
        "header",
        "footer",
        "main",
        "aside",
        "figure",
        "figcaption",
        "dl",
        "dt",
        "dd",
    )
)
_EMPTY = frozenset(
    ("br", "hr", "img", "meta", "link", "input", "wbr", "col", "area", "base", "embed", "source")
)
_LIST_LEVEL = re.compile(r"mso-list:[^;]*\blevel(\d+)", re.IGNORECASE)
_IGNORED = re.compile(r"mso-list:\s*ignore", re.IGNORECASE)
_NUMBERED = re.compile(r"^\(?(\d{1,3}|[a-z]|[ivxlc]{1,6})[.)]", re.IGNORECASE)
_PLAIN: Mapping[str, str] = {
    "\u2018": "'",
    "\u2019": "'",
    "\u201a": "'",
    "\u201b": "'",
    "\u201c": '"',
    "\u201d": '"',
    "\u201e": '"',
    "\u00a0": " ",
    "\u202f": " ",
    "\u2028": " ",
    "\u2029": " ",
    "\u00ad": "",
}
_HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]")


def from_html(html: str) -> str:
    """The text of our cards for a piece of HTML: headings, lists, tables, links, bold and italic; the rest is words."""
    reader = _Reader()
    reader.feed(html[:LONGEST_PASTE])
    reader.close()
    return reader.text()


def plain(text: str) -> str:
    """Words as a keyboard types them: straight quotes, plain spaces, nothing that cannot be seen."""
    whole = "".join(_PLAIN.get(letter, letter) for letter in unicodedata.normalize("NFC", text))
    return _HIDDEN.sub("", whole)


class _Reader(HTMLParser):
    """Gathers blocks of Markdown as the tags go by."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.line: list[str] = []
        self.silent = 0
        self.lists: list[list[int | None]] = []
        self.item: str | None = None
        self.heading = 0
        self.quote = 0
        self.marks: list[tuple[str, str]] = []
        self.link: list[str] = []
        self.rows: list[list[str]] | None = None
        self.bullet: list[str] | None = None
        self.word_level = 0
        self.cards: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag begins."""
        given = {name: value or "" for name, value in attrs}
        if tag in _SILENT:
            self.silent += 1
        if self.silent:
            return
        if tag == "br":
            self.line.append("\n")
        elif tag == "hr":
            self._end_block()
        elif re.fullmatch(r"h[1-6]", tag):
            self._end_block()
            self.heading = int(tag[1])
        elif tag in ("ul", "ol"):
            self._end_block()
            self.lists.append([1 if tag == "ol" else None])
        elif tag == "li":
            self._end_block()
            self.item = self._marker()
        elif tag == "blockquote":
            self._end_block()
            self.quote += 1
        elif tag == "table":
            self._end_block()
            self.rows = []
        elif tag == "tr" and self.rows is not None:
            self.rows.append([])
        elif tag in ("td", "th") and self.rows is not None:
            self.line = []
        elif tag in _BLOCKS and self.rows is None:
            self._begin_paragraph(given.get("style", ""))
        elif tag == "a":
            self.link.append(given.get("href", ""))
            self._mark(tag, "")
        if tag in ("b", "strong", "i", "em", "span") and tag not in _EMPTY:
            self._begin_mark(tag, given.get("style", ""))

    def _begin_paragraph(self, style: str) -> None:
        if self.item is None or self.line:
            self._end_block()
        if level := _LIST_LEVEL.search(style):
            self.word_level = int(level[1])
            self.bullet = []

    def _begin_mark(self, tag: str, style: str) -> None:
        said = ";" + re.sub(r"\s+", "", style).lower()
        sign = ""
        if _IGNORED.search(style):
            sign = "ignore"
        elif tag in ("b", "strong"):
            sign = "" if re.search(r";font-weight:(normal|400)", said) else "**"
        elif tag in ("i", "em"):
            sign = "" if ";font-style:normal" in said else "*"
        elif re.search(r";font-weight:(bold|[6-9]00)", said):
            sign = "**"
        elif ";font-style:italic" in said:
            sign = "*"
        self._mark(tag, sign if not (self.heading and sign != "ignore") else "")

    def _mark(self, tag: str, sign: str) -> None:
        self.marks.append((tag, sign))
        if sign in ("*", "**"):
            self.line.append(f"\x01{sign}")

    def handle_endtag(self, tag: str) -> None:
        """A tag ends."""
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
            return
        if self.silent:
            return
        if tag in ("b", "strong", "i", "em", "span", "a"):
            self._end_mark(tag)
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append(" ".join(self._words().split()).replace("|", "\\|"))
        elif tag == "table" and self.rows is not None:
            rows, self.rows = self.rows, None
            self._add(_table(rows))
        elif self.rows is not None:
            return
        elif tag in ("ul", "ol"):
            self._end_block()
            if self.lists:
                self.lists.pop()
        elif tag == "blockquote":
            self._end_block()
            self.quote = max(0, self.quote - 1)
        elif tag in _BLOCKS or tag == "li" or re.fullmatch(r"h[1-6]", tag):
            self._end_block()

    def _end_mark(self, tag: str) -> None:
        at = next((n for n in range(len(self.marks) - 1, -1, -1) if self.marks[n][0] == tag), None)
        if at is None:
            return
        sign = self.marks.pop(at)[1]
        if sign in ("*", "**"):
            self.line.append(f"\x02{sign}")
        if tag == "a" and self.link:
            self._end_link(self.link.pop())

    def _end_link(self, address: str) -> None:
        words = (
            self.line.pop().strip() if self.line and not self.line[-1].startswith(("\x01", "\x02")) else ""
        )
        good = (
            address.startswith("https://") and is_safe_address(address) and not re.search(r"[()\s]", address)
        )
        self.line.append(f"[{words}]({address})" if good and words else words)

    def handle_data(self, data: str) -> None:
        """Words."""
        if self.silent:
            return
        words = plain(data)
        if any(sign == "ignore" for _tag, sign in self.marks):
            if self.bullet is not None:
                self.bullet.append(words)
            return
        held = re.sub(r"([\\*`\[\]])", r"\\\1", words).replace("\\](", "\\]\\(")
        self.line.append(re.sub(r"\s+", " ", held))

    def _marker(self) -> str:
        if not self.lists:
            return "- "
        indent = "   " * (len(self.lists) - 1)
        counter = self.lists[-1][0]
        if counter is None:
            return f"{indent}- "
        self.lists[-1][0] = counter + 1
        return f"{indent}{counter}. "

    def _words(self) -> str:
        """The line so far, its marks put round words and not round spaces."""
        text = "".join(self.line)
        self.line = []
        for sign in ("**", "*"):
            opened, closed = re.escape(f"\x01{sign}"), re.escape(f"\x02{sign}")
            text = re.sub(
                f"{opened}(\\s*)((?:(?!{opened}).)*?)(\\s*){closed}(?!\\*)",
                partial(_marked, sign),
                text,
                flags=re.DOTALL,
            )
        text = re.sub(r"[\x01\x02]\*{1,2}", "", text).replace("****", "")
        return "\n".join(" ".join(one.split()) for one in text.split("\n")).strip()

    def _end_block(self) -> None:
        words = self._words()
        bullet, self.bullet = self.bullet, None
        heading, self.heading = self.heading, 0
        item, self.item = self.item, None
        if not words:
            self.item = item
            return
        if heading:
            self._add(self._headline(heading, " ".join(words.split())))
        elif bullet is not None:
            numbered = _NUMBERED.match("".join(bullet).strip())
            mark = "1. " if numbered else "- "
            self._add("   " * (self.word_level - 1) + mark + words.replace("\n", " "))
        elif item is not None:
            self._add(item + words.replace("\n", " "))
        else:
            lines = [_harmless(line) for line in words.split("\n") if line]
            self._add("\n".join(f"{'> ' if self.quote else ''}{line}" for line in lines))

    def _headline(self, level: int, words: str) -> str:
        if level > 2:
            return f"### {words}"
        key = card_key(words, self.cards)
        self.cards.append(key)
        return f"## {words} {{#{key}}}"

    def _add(self, block: str) -> None:
        if block:
            self.blocks.append(block)

    def text(self) -> str:
        """Everything that was read."""
        self._end_block()
        made = ""
        counts: dict[int, int] = {}
        last = ""
        for block in self.blocks:
            sort = _sort(block)
            if sort == "item" and block.lstrip().startswith("1. "):  # Word's numbers are only known in order
                indent = len(block) - len(block.lstrip())
                counts = {place: count for place, count in counts.items() if place <= indent}
                counts[indent] = counts.get(indent, 0) + 1
                block = f"{' ' * indent}{counts[indent]}. {block.lstrip()[3:]}"
            elif sort != "item":
                counts = {}
            made += (
                "" if not made else "\n" if sort == last and sort in ("item", "quote") else "\n\n"
            ) + block
            last = sort
        return made + "\n" if made else ""


def _marked(sign: str, match: re.Match[str]) -> str:
    return f"{match[1]}{sign}{match[2]}{sign}{match[3]}" if match[2].strip() else match[1] + match[3]


def _sort(block: str) -> str:
    if re.match(r" *(- |\d+\. )", block):
        return "item"
    return "quote" if block.startswith("> ") else "other"


def _harmless(line: str) -> str:
    """A line of words that our format would read as something else, held down by a backslash."""
    return re.sub(r"^(#{1,6} |> |:::|- |\+ |---)", r"\\\1", re.sub(r"^(\d+)\. ", r"\1\\. ", line))


def _table(rows: list[list[str]]) -> str:
    filled = [row for row in rows if any(row)]
    if not filled:
        return ""
    width = max(len(row) for row in filled)
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in filled]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])
