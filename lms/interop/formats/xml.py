"""XML as a tree, hostile until read: no entities, nothing from outside, depth and number bounded."""

import html.entities
import re
from collections.abc import Iterator
from typing import Protocol
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from lms.foundation.errors import Invalid
from lms.interop.formats.trees import Node

MOST_BYTES = 40 * 1024 * 1024
MOST_ELEMENTS = 300_000
DEEPEST = 200
MOST_BYTES_A_TAG = 1024 * 1024
_PIECE = 256 * 1024
_BEFORE_THE_ROOT = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^>\[]*(\[.*?\]\s*)?>", re.DOTALL)
_NAMED = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30});")


def read_xml(content: bytes) -> Element:
    """The root of an XML text; names without their namespaces, `line` in each element's attribute `:line`. Raises Invalid."""
    builder = TreeBuilder()
    for _piece in _fed(_looked_through(content), builder, most=MOST_ELEMENTS):
        pass
    return builder.close()


def read_each(content: bytes, name: str) -> Iterator[Element]:
    """Each element of that name, outermost ones, in order; each is forgotten before the next, so that a long file needs little.

    The whole text is looked through first. Raises Invalid before the first, or where one alone has too many parts.
    """
    taking = _Each(name)
    for _piece in _fed(_looked_through(content), taking, most=0):
        yield from taking.whole
        taking.whole.clear()


class _Builder(Protocol):
    """What is told of an XML text as it is read."""

    def start(self, tag: str, attrs: dict[str, str], /) -> object: ...
    def end(self, tag: str, /) -> object: ...
    def data(self, data: str, /) -> object: ...


class _Nothing:
    """Keeps nothing: for looking a text through."""

    def start(self, tag: str, attrs: dict[str, str], /) -> None:
        """Nothing."""

    def end(self, tag: str, /) -> None:
        """Nothing."""

    def data(self, data: str, /) -> None:
        """Nothing."""


class _Each:
    """Keeps the elements of one name, each as a tree of its own."""

    def __init__(self, name: str) -> None:
        self.name, self.whole = name, list[Element]()
        self.builder: TreeBuilder | None = None
        self.depth = self.count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> None:
        """An element begins."""
        if self.builder is None:
            if tag != self.name:
                return
            self.builder, self.depth, self.count = TreeBuilder(), 0, 0
        self.depth, self.count = self.depth + 1, self.count + 1 + len(attrs)
        if self.count > MOST_ELEMENTS:
            raise Invalid("The file has more than %(most)s parts. Split it.", most=MOST_ELEMENTS)
        self.builder.start(tag, attrs)

    def end(self, tag: str, /) -> None:
        """An element ends."""
        if self.builder is None:
            return
        self.builder.end(tag)
        self.depth -= 1
        if not self.depth:
            self.whole.append(self.builder.close())
            self.builder = None

    def data(self, data: str, /) -> None:
        """Words inside."""
        if self.builder is not None:
            self.builder.data(data)


def _looked_through(content: bytes) -> bytes:
    """The text, when it is whole XML and not too much; with the letters that only HTML has names for as XML writes them."""
    if len(content) > MOST_BYTES:
        raise Invalid("The file has more than %(most)s MB. Split it.", most=MOST_BYTES // 1024 // 1024)
    try:
        return _passed(content)
    except expat.ExpatError as error:
        if error.code == expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]:
            try:
                return _passed(_NAMED.sub(_letter, content))
            except expat.ExpatError as still:
                error = still
        raise Invalid(
            "This is not whole XML: %(problem)s, on line %(line)s.",
            problem=expat.errors.messages[error.code],
            line=error.lineno,
        ) from None
    except (ValueError, LookupError, UnicodeError):
        raise Invalid(
            "The file says that it is in an encoding that we do not know. Save it as UTF-8."
        ) from None


def _passed(content: bytes) -> bytes:
    for _piece in _fed(content, _Nothing(), most=0):
        pass
    return content


def _letter(found: re.Match[bytes]) -> bytes:
    """A letter that HTML has a name for, as XML writes it."""
    letter = html.entities.html5.get(f"{found[1].decode()};", "")
    return "".join(f"&#{ord(one)};" for one in letter).encode() or b"&amp;" + found[1] + b";"


def _fed(content: bytes, builder: _Builder, *, most: int) -> Iterator[None]:
    """Read a text piece by piece into a builder, no more than `most` parts of it; 0 for any number."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    depth = count = given = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count, given
        depth, count, given = depth + 1, count + 1, given + len(attributes)
        if depth > DEEPEST:
            raise Invalid("The XML is nested more than %(most)s deep.", most=DEEPEST)
        if most and max(count, given) > most:
            raise Invalid("The file has more than %(most)s parts. Split it.", most=most)
        plain = {key.rpartition(":")[2]: value for key, value in attributes.items()}
        builder.start(name.rpartition(":")[2], {**plain, ":line": str(parser.CurrentLineNumber)})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition(":")[2])

    def entity(*_any: object) -> None:
        raise Invalid("The XML brings entities of its own, which can hide a bomb. Save it without a DTD.")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler = entity
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    view = memoryview(content)
    for place in range(0, len(content), _PIECE):
        parser.Parse(view[place : place + _PIECE], False)
        if place + _PIECE - parser.CurrentByteIndex > MOST_BYTES_A_TAG:
            raise Invalid(
                "A single tag of the XML, near line %(line)s, has more than %(most)s MB.",
                line=parser.CurrentLineNumber,
                most=MOST_BYTES_A_TAG // 1024 // 1024,
            )
        yield
    parser.Parse(b"", True)
    yield


def root_of(content: bytes) -> str:
    """The name of the outermost element, without its namespace; empty when there is none to be seen."""
    start = content[:65_536]
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        start = start.decode("utf-16", "ignore").encode()
    bare = re.sub(_BEFORE_THE_ROOT, b"", start)
    found = re.search(rb"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]", bare)
    return found[1].decode() if found else ""


def line_of(element: Element) -> str:
    """Where an element starts."""
    return element.get(":line", "1")


def words_in(element: Element | None, path: str = ".") -> str:
    """The words of the element at a path; empty when there is none."""
    there = element.find(path) if element is not None else None
    return "".join(there.itertext()).strip() if there is not None else ""


def inside(element: Element, *names: str) -> Iterator[Element]:
    """Every element of these names inside, in the order of the text."""
    yield from (one for one in element.iter() if one.tag in names)


def as_node(element: Element) -> Node:
    """An element as the tree that texts are written from."""
    attributes = {name.lower(): value for name, value in element.attrib.items() if name != ":line"}
    node = Node(str(element.tag).lower(), attributes, [element.text] if element.text else [])
    for child in element:
        node.children.append(as_node(child))
        if child.tail:
            node.children.append(child.tail)
    return node
