"""HTML as a small tree, whatever state it is in: nothing is fetched, nothing is run, depth and number are bounded."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_BLOCK_NAMES = (
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr html li main nav ol p pre section summary table tbody td tfoot th"
    " thead tr ul"
)
BLOCKS = frozenset(_BLOCK_NAMES.split())
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    ]
)
_CLOSES = {
    "li": ("li",),
    "p": ("p",),
    "tr": ("tr", "td", "th"),
    "td": ("td", "th"),
    "th": ("td", "th"),
    "dt": ("dt", "dd"),
    "dd": ("dt", "dd"),
    "option": ("option",),
}
_STOPS = frozenset(("ul", "ol", "table", "dl", "div", "blockquote"))
DEEPEST = 60
MOST_NODES = 200_000


@dataclass
class Node:
    """An element: its tag, its attributes, and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node | str"] = field(default_factory=list)

    def words(self, *, raw: bool = False) -> str:
        """The words inside; without what is never shown."""
        if self.tag in ("script", "style", "noscript", "template"):
            return ""
        if self.tag == "br":
            return "\n"
        return "".join(child if isinstance(child, str) else child.words(raw=raw) for child in self.children)

    def holds(self, tags: Collection[str]) -> bool:
        """Whether one of these tags is anywhere inside."""
        return any(
            isinstance(child, Node) and (child.tag in tags or child.holds(tags)) for child in self.children
        )

    def find(self, tag: str, *, stop: str = "") -> Iterator["Node"]:
        """The elements of that tag inside, in order; not inside another `stop`."""
        for child in self.children:
            if isinstance(child, Node):
                if child.tag == tag:
                    yield child
                if child.tag != stop:
                    yield from child.find(tag, stop=stop)


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("body")
        self.open: list[Node] = [self.root]
        self.count = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.count += 1
        if self.count > MOST_NODES:
            return
        for closed in _CLOSES.get(tag, ()):
            self._close(closed, until=_STOPS if closed != "p" else BLOCKS - {"p"})
        node = Node(tag, {name.lower(): value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in _VOID and len(self.open) < DEEPEST:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        self._close(tag)

    def _close(self, tag: str, until: Collection[str] = ()) -> None:
        for place in range(len(self.open) - 1, 0, -1):
            if self.open[place].tag == tag:
                del self.open[place:]
                return
            if self.open[place].tag in until:
                return

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def tree_of(text: str) -> Node:
    """The tree of an HTML text. Never raises for what is in it."""
    builder = _Builder()
    builder.feed(text)
    builder.close()
    return builder.root
