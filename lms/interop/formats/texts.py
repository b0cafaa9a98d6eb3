"""Texts of other systems as our Markdown: plain words, HTML and Markdown. Nothing that runs comes through."""

import base64
import binascii
import html as entities
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from markdown_it import MarkdownIt

from lms.foundation.numbers import whole_number
from lms.foundation.text import is_safe_address
from lms.foundation.words import N_
from lms.interop.formats.contract import Account, shortened
from lms.interop.formats.pictures import Files, keep_picture, no_files
from lms.interop.formats.trees import BLOCKS, Node, tree_of

LONGEST_LOOKED_AT = 20_000
"""Longer texts are escaped without looking whether they need it: rendering them twice would take too long."""
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u200e\u200f\u2060\ufeff\u00ad\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_SPECIAL = re.compile(r"([\\`*_\[\]<>~&])")
_TAG = re.compile(
    r"</?(?:a|abbr|article|audio|b|big|blockquote|body|br|caption|center|cite|code|dd|del|details|dfn|div|dl|dt|em|embed"
    r"|figcaption|figure|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|ins|kbd|li|link|main|mark|math"
    r"|meta|nav|object|ol|option|p|pre|q|s|samp|script|section|select|small|source|span|strike|strong|style|sub|summary"
    r"|sup|svg|table|tbody|td|textarea|tfoot|th|thead|title|tr|tt|u|ul|var|video)(?:\s[^<>]*)?/?>|<!--",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(!?)\[((?:[^\[\]\\]|\\.)*)\]\(\s{0,9}<?([^)\s>]*)>?(?:\s{1,9}(?:\"[^\"]*\"|'[^']*'))?\s{0,9}\)"
)
_FORMULA = re.compile(r"\\\(.+?\\\)|\\\[.+?\\\]|\$\$.+?\$\$", re.DOTALL)
_RAISED = str.maketrans("0123456789+-=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_STYLED = re.compile(r"(?<![-\w])(color|background|background-color|text-decoration)\s*:", re.IGNORECASE)


@dataclass(frozen=True)
class Piece:
    """A block of a text: `kind` is text, heading or picture; a heading has a level, a picture its path."""

    kind: str
    text: str
    level: int = 0
    path: str = ""


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    return MarkdownIt("js-default", {"html": False, "linkify": False, "typographer": False})


def _seen(markdown: str) -> str:
    """What a reader sees of a line of Markdown, as plain words."""
    shown = re.sub(r"<br\s*/?>", "\n", _reader().renderInline(markdown))
    return " ".join(entities.unescape(re.sub(r"<[^>]+>", "", shown)).split())


def visible(text: str, account: Account) -> str:
    """The text without characters that are there but cannot be seen, or that turn the reading direction."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if _HIDDEN.search(plain):
        account.changed(N_("Characters that cannot be seen were taken out."))
        plain = _HIDDEN.sub("", plain)
    return plain


def escaped(text: str) -> str:
    """Plain words as Markdown that shows just them."""
    if not _SPECIAL.search(text):
        return text
    plain = len(text) <= LONGEST_LOOKED_AT and _seen(text) == " ".join(text.split())
    return text if plain else _SPECIAL.sub(r"\\\1", text)


def plain(text: str, account: Account) -> str:
    """Plain words as Markdown; a formula stays as it was typed."""
    shown = visible(text, account).replace("\u00a0", " ").strip()
    _look_for_formulas(shown, account)
    return escaped(shown)


def _look_for_formulas(text: str, account: Account) -> None:
    if _FORMULA.search(text[:LONGEST_LOOKED_AT]):
        account.changed(N_("A formula is shown as it was typed (TeX): we do not draw formulas."))


def has_markup(text: str) -> bool:
    """Whether words hold HTML: tags that we know, or entities."""
    return bool(_TAG.search(text)) or bool(re.search(r"&(#\d+|#x[0-9a-f]+|[a-z]+\d*);", text, re.IGNORECASE))


def loose(text: str, account: Account, files: Files = no_files) -> str:
    """Words that may hold some HTML, as Moodle's automatic format has them: lines stay lines."""
    if not has_markup(text):
        return plain(text, account)
    blocks = re.search(r"<(p|div|br|ul|ol|table|h[1-6])\b", text, re.IGNORECASE)
    return html(text if blocks else text.replace("\n", "<br>"), account, files)


def markdown(text: str, account: Account, files: Files = no_files) -> str:
    """Markdown of another system: its links and pictures looked at, its HTML taken out."""
    shown = visible(text, account).strip()
    if _TAG.search(shown):
        account.changed(N_("HTML inside the Markdown was taken out."))
        shown = "".join(
            node if isinstance(node, str) else node.words(raw=True) for node in tree_of(shown).children
        ).strip()
    _look_for_formulas(shown, account)

    def link(found: re.Match[str]) -> str:
        if found[1]:
            return _picture(found[2], found[3], account, files) or found[2]
        return found[0] if is_safe_address(found[3]) else _without_link(found[2], found[3], account)

    return _LINK.sub(link, shown)


def _without_link(text: str, address: str, account: Account) -> str:
    """The words of a link that cannot stay; a web address is kept as words."""
    if re.match(r"(?i)\s*(https?:)?//", address):
        account.changed(N_("A link became words: links start with https:// (%(address)s)."), address=address)
        return text if address in text else f"{text} ({escaped(shortened_address(address))})"
    account.changed(
        N_("A link was left out: it leads nowhere from here (%(address)s)."), address=address[:60]
    )
    return text


def shortened_address(address: str) -> str:
    """An address without what cannot be shown."""
    return str(shortened(address, 300))


def _picture(alt: str, source: str, account: Account, files: Files) -> str | None:
    """A picture of a text as Markdown, or None when it did not come along."""
    content = _content_of(source, account, files)
    path = (
        keep_picture(unquote(source) if len(source) < 500 else "picture", content, account)
        if content
        else None
    )
    if path is None:
        return None
    words = " ".join(alt.replace("[", "(").replace("]", ")").split())
    if not words:
        account.changed(
            N_("The picture %(path)s came without words for who cannot see it: write them."), path=path
        )
    return f"![{words}]({path})"


def _content_of(source: str, account: Account, files: Files) -> bytes | None:
    if inline := re.match(r"data:image/[\w.+-]+;base64,", source, re.IGNORECASE):
        try:
            return base64.b64decode("".join(source[inline.end() :].split()), validate=True)
        except (binascii.Error, ValueError):
            account.changed(N_("A picture inside the text is damaged and was left out."))
            return None
    if source.strip().lower().startswith(("data:", "javascript:", "vbscript:")):
        account.changed(N_("A picture was left out: its address is no picture's."))
        return None
    found = files(unquote(source))
    if found is None:
        outside = re.match(r"(?i)(https?:)?//", source)
        account.changed(
            N_("The picture “%(name)s” is on another machine and was not fetched.")
            if outside
            else N_("The picture “%(name)s” is not in the file."),
            name=source or "?",
        )
    return found


def html(text: str, account: Account, files: Files = no_files) -> str:
    """HTML as our Markdown, blocks parted by an empty line."""
    return "\n\n".join(piece.text for piece in pieces(text, account, files, lesson=False)).strip()


def pieces(text: str, account: Account, files: Files = no_files, *, lesson: bool = True) -> list[Piece]:
    """HTML as blocks of Markdown. In a lesson, a picture is a block of its own and headings keep their level."""
    root = tree_of(visible(text, account))
    writer = Writer(account, files, lesson=lesson)
    wrote = writer.blocks(root)
    if not any(_SPECIAL.search(piece.text) for piece in wrote):
        return wrote
    _look_for_formulas(root.words(), account)
    bare = Writer(Account(), files, lesson=lesson, escape=False).blocks(root)
    if len(bare) != len(wrote):
        return wrote
    return [one if same(one.text, two.text) else two for one, two in zip(bare, wrote, strict=True)]


class Writer:
    """Writes a tree of HTML as Markdown."""

    def __init__(
        self, account: Account, files: Files = no_files, *, lesson: bool = False, escape: bool = True
    ) -> None:
        self.account, self.files, self.lesson, self.escape = account, files, lesson, escape

    def blocks(self, node: Node) -> list[Piece]:
        """The blocks inside a node."""
        made: list[Piece] = []
        inline: list[Node | str] = []

        def close() -> None:
            made.extend(self._paragraph(inline))
            inline.clear()

        for child in node.children:
            if isinstance(child, str) or child.tag not in BLOCKS:
                if isinstance(child, Node) and child.holds(BLOCKS):
                    close()
                    self._look(child)
                    made.extend(self.blocks(child))
                else:
                    inline.append(child)
                continue
            close()
            self._look(child)
            made.extend(self._block(child))
        close()
        return made

    def _paragraph(self, inline: Sequence[Node | str]) -> list[Piece]:
        words = self.inline(inline)
        words = re.sub(r"[ \t]*\n[ \t]*", "  \n", re.sub(r"[ \t]+", " ", words).strip())
        words = re.sub(r"(  \n){3,}", "  \n  \n", words).strip()
        if not words:
            return []
        if not self.lesson:
            return [Piece("text", words)]
        made = []
        for part in re.split(r"(!\[[^\]]*\]\(media/[^)\s]+\))", words):
            if found := re.fullmatch(r"!\[([^\]]*)\]\((media/[^)\s]+)\)", part):
                made.append(Piece("picture", part, path=found[2]))
            elif part.strip():
                made.append(Piece("text", at_line_start(part.strip())))
        return made

    def _block(self, node: Node) -> list[Piece]:
        tag = node.tag
        if tag in ("h1", "h2", "h3", "h4", "h5", "h6"):
            words = " ".join(self.inline(node.children).split())
            if not words:
                return []
            if self.lesson:
                return [Piece("heading", re.sub(r"!\[[^\]]*\]\([^)]*\)", "", words).strip("* "), int(tag[1]))]
            return [Piece("text", words if words.startswith("**") else f"**{words}**")]
        if tag in ("ul", "ol"):
            words = self._list(node, 0)
            return [Piece("text", words)] if words else []
        if tag == "table":
            words = self._table(node)
            return [Piece("text", words)] if words else []
        if tag == "blockquote":
            inner = "\n\n".join(piece.text for piece in self.blocks(node))
            return (
                [Piece("text", "\n".join(f"> {line}".rstrip() for line in inner.split("\n")))]
                if inner
                else []
            )
        if tag == "pre":
            words = node.words(raw=True).strip("\n")
            if not words.strip():
                return []
            fence = "```" if "```" not in words else "````"
            return [
                Piece("text", f"{fence}\n{words}\n{fence}" if self.lesson else _code(" ".join(words.split())))
            ]
        if tag == "hr":
            return [Piece("text", "---")] if self.lesson else []
        return self.blocks(node)

    def _list(self, node: Node, depth: int) -> str:
        lines = []
        number = whole_number(node.attributes.get("start", "1"), 1, digits=6)
        for child in node.children:
            if isinstance(child, str):
                continue
            if child.tag in ("ul", "ol"):
                lines.append(self._list(child, depth + 1))
                continue
            mark = f"{number}. " if node.tag == "ol" else "- "
            own = [one for one in child.children if isinstance(one, str) or one.tag not in ("ul", "ol")]
            words = " ".join(
                piece.text.replace("\n", " ") for piece in self.blocks(Node("li", {}, list(own)))
            )
            words = " ".join(words.split())
            if words:
                number += 1
                lines.append("   " * depth + mark + words)
            lines += [
                self._list(one, depth + 1)
                for one in child.children
                if isinstance(one, Node) and one.tag in ("ul", "ol")
            ]
        return "\n".join(line for line in lines if line)

    def _table(self, node: Node) -> str:
        rows = [
            [
                " ".join(" ".join(piece.text for piece in self.blocks(cell)).split()).replace("|", "\\|")
                for cell in row.children
                if isinstance(cell, Node) and cell.tag in ("td", "th")
            ]
            for row in node.find("tr", stop="table")
        ]
        rows = [row for row in rows if any(row)]
        if not rows:
            return ""
        wide = min(max(len(row) for row in rows), 40)
        filled = [(row + [""] * wide)[:wide] for row in rows]
        lines = [f"| {' | '.join(row)} |" for row in filled]
        return "\n".join((lines[0], "|" + " --- |" * wide, *lines[1:]))

    def inline(self, children: Sequence[Node | str]) -> str:
        """Words and small marks in one run."""
        return "".join(
            self._words(child) if isinstance(child, str) else self._mark(child) for child in children
        )

    def _words(self, text: str) -> str:
        words = re.sub(r"[ \t\n\f\r\u00a0]+", " ", text)
        return _SPECIAL.sub(r"\\\1", words) if self.escape else words

    def _look(self, node: Node) -> None:
        """Note what a tag carries that does not come along."""
        if any(name.startswith("on") for name in node.attributes):
            self.account.changed(N_("A script was left out: nothing in a course runs."))
        if node.tag in ("u", "font", "mark", "big", "small") or _STYLED.search(
            node.attributes.get("style", "")
        ):
            self.account.changed(N_("Colours, sizes and underlining were left out."))

    def _mark(self, node: Node) -> str:
        self._look(node)
        tag = node.tag
        if tag == "br":
            return "\n"
        if tag == "img":
            source = node.attributes.get("src", "")
            shown = _picture(node.attributes.get("alt", ""), source, self.account, self.files)
            return shown if shown is not None else self._words(node.attributes.get("alt", ""))
        if tag in ("script", "style", "noscript", "template", "head", "title"):
            if tag == "script":
                self.account.changed(N_("A script was left out: nothing in a course runs."))
            return ""
        if tag in ("iframe", "video", "audio", "object", "embed", "svg", "math", "canvas", "applet"):
            return self._other(node)
        inside = self.inline(node.children)
        if tag in ("b", "strong"):
            return _wrapped(inside, "**")
        if tag in ("i", "em", "cite", "var"):
            return _wrapped(inside, "*")
        if tag in ("s", "del", "strike"):
            return _wrapped(inside, "~~")
        if tag in ("code", "tt", "kbd", "samp"):
            return _code(node.words())
        if tag == "q":
            return f"“{inside}”"
        if tag in ("sub", "sup"):
            return self._raised(node)
        if tag == "a":
            return self._link(node, inside)
        return inside

    def _other(self, node: Node) -> str:
        if node.tag == "math":
            self.account.changed(N_("A formula was turned into plain words: look at it."))
            return self._words(node.words())
        address = node.attributes.get("src") or node.attributes.get("data") or ""
        for child in node.find("source"):
            address = address or child.attributes.get("src", "")
        self.account.changed(
            N_("%(what)s could not come along (%(address)s)."),
            what={"svg": "A drawing inside the text"}.get(node.tag, f"<{node.tag}>"),
            address=shortened(address, 120) or "-",
        )
        return ""

    def _raised(self, node: Node) -> str:
        words = " ".join(node.words().split())
        table, mark = (_RAISED, "^") if node.tag == "sup" else (_LOWERED, "_")
        if not words:
            return ""
        if all(ord(letter) in table for letter in words):
            return words.translate(table)
        self.account.changed(N_("Raised or lowered letters became “^” or “_”."))
        return self._words(f"{mark}{words}" if len(words) == 1 else f"{mark}({words})")

    def _link(self, node: Node, inside: str) -> str:
        address = node.attributes.get("href", "").strip()
        if not address or not inside.strip() or re.match(r"#", address):
            return inside
        if not is_safe_address(address) or re.search(r"[()<>]", address):
            return _without_link(inside, address, self.account)
        if "![" in inside:
            return inside
        return f"[{inside.strip()}]({address})"


def at_line_start(text: str) -> str:
    """Words that would start a heading, a list or a block of ours, made to be just words."""
    lines = []
    for line in text.split("\n"):
        line = re.sub(r"^(\s*)([#>+-])(?=\s|#|$)", r"\1\\\2", line)
        line = re.sub(r"^(\s*\d{1,9})([.)])(?=\s)", r"\1\\\2", line)
        lines.append(re.sub(r"^(\s*)(:::|---|===|```|~~~)", r"\1\\\2", line))
    return "\n".join(lines)


def _wrapped(inside: str, mark: str) -> str:
    """Words between marks, with the space around them outside."""
    words = inside.strip()
    if not words or "\n" in words or words.startswith(("*", "~")) or words.endswith(("*", "~")):
        return inside
    before, after = inside[: len(inside) - len(inside.lstrip())], inside[len(inside.rstrip()) :]
    return f"{before}{mark}{words}{mark}{after}"


def _code(words: str) -> str:
    shown = " ".join(words.split())
    if not shown:
        return ""
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def same(one: str, two: str) -> bool:
    """Whether two Markdown texts are shown alike."""
    if one == two or max(len(one), len(two)) > LONGEST_LOOKED_AT:
        return one == two
    return bool(_reader().render(one) == _reader().render(two))
