"""Word documents: paragraphs, headings, lists, tables, links and pictures of a .docx, as the HTML that they stand for."""

import posixpath
import re
from html import escape
from xml.etree.ElementTree import Element

from lms.foundation.errors import Invalid
from lms.foundation.numbers import whole_number
from lms.foundation.words import N_
from lms.interop.formats import aiken, gift, lessons
from lms.interop.formats.archive import Archive, say_refused
from lms.interop.formats.contract import Found, Gathering
from lms.interop.formats.xml import read_xml, words_in

NAME = "docx"


def is_document(archive: Archive) -> bool:
    """Whether an archive is a Word document."""
    return "word/document.xml" in archive.names


def read(archive: Archive, title: str) -> Found:
    """The document as a lesson; or as questions, when it is GIFT or Aiken typed in Word. Raises Invalid."""
    content = archive.get("word/document.xml")
    if content is None:
        raise Invalid("The document cannot be read. Save it again as .docx.")
    document = _Document(archive, read_xml(content))
    gathering = Gathering(NAME)
    plain = document.plain()
    for reader in (gift, aiken):
        if reader.looks_like(plain):
            found = reader.read(plain)
            return Found(NAME, found.items, found.pages, found.media, found.remarks)
    say_refused(archive, gathering)
    html = document.html()
    if document.tracked:
        gathering.remark(N_("Text that was struck out under “track changes” was left out."))
    if document.notes:
        gathering.remark(N_("Comments and footnotes were left out."))
    lessons.take_html(
        gathering, "document", html, title=document.title, otherwise=title, files=document.picture
    )
    return gathering.found()


class _Document:
    """A document while it is read."""

    def __init__(self, archive: Archive, root: Element) -> None:
        self.archive, self.root = archive, root
        self.body = root.find("body")
        self.links = self._links()
        self.styles = self._styles()
        self.numbered = self._numbered()
        self.tracked = next(root.iter("del"), None) is not None
        self.notes = any(
            next(root.iter(tag), None) is not None
            for tag in ("commentReference", "footnoteReference", "endnoteReference")
        )
        self.title = ""

    def _links(self) -> dict[str, str]:
        content = self.archive.get("word/_rels/document.xml.rels")
        return {one.get("Id", ""): one.get("Target", "") for one in read_xml(content)} if content else {}

    def _styles(self) -> dict[str, str]:
        content = self.archive.get("word/styles.xml")
        if not content:
            return {}
        found = {}
        for style in read_xml(content).iter("style"):
            name = style.find("name")
            found[style.get("styleId", "")] = (name.get("val", "") if name is not None else "").lower()
        return found

    def _numbered(self) -> dict[tuple[str, str], str]:
        """For each list and level its form: `bullet`, `decimal` …"""
        content = self.archive.get("word/numbering.xml")
        if not content:
            return {}
        root = read_xml(content)
        forms = {
            (one.get("abstractNumId", ""), level.get("ilvl", "")): form.get("val", "")
            for one in root.findall("abstractNum")
            for level in one.findall("lvl")
            if (form := level.find("numFmt")) is not None
        }
        found = {}
        for number in root.findall("num"):
            abstract = number.find("abstractNumId")
            for (name, level), kind in forms.items():
                if abstract is not None and abstract.get("val") == name:
                    found[number.get("numId", ""), level] = kind
        return found

    def picture(self, name: str) -> bytes | None:
        """A picture by its relation or its path."""
        target = self.links.get(name, name)
        return self.archive.get(
            posixpath.normpath(posixpath.join("word", target.lstrip("/")))
        ) or self.archive.get(target.lstrip("/"))

    def plain(self) -> str:
        """The words, a paragraph a line."""
        if self.body is None:
            return ""
        return "\n".join(
            "".join(
                "\n" if part.tag == "br" else part.text or ""
                for part in one.iter()
                if part.tag in ("t", "br")
            )
            for one in self.body.iter("p")
        )

    def html(self) -> str:
        """The document as HTML."""
        wrote = "".join(self._block(one) for one in self.body) if self.body is not None else ""
        return re.sub(r"</(ul|ol)><\1>", "", wrote)  # Word writes each point as a paragraph of its own

    def _block(self, element: Element) -> str:
        if element.tag == "p":
            return self._paragraph(element)
        if element.tag == "tbl":
            rows = (
                "<tr>"
                + "".join(
                    f"<td>{''.join(self._block(one) for one in cell)}</td>" for cell in row.findall("tc")
                )
                + "</tr>"
                for row in element.findall("tr")
            )
            return f"<table>{''.join(rows)}</table>"
        if element.tag in ("sdt", "sdtContent", "ins", "smartTag", "customXml"):
            return "".join(self._block(one) for one in element)
        return ""

    def _paragraph(self, paragraph: Element) -> str:
        style = _value(paragraph, "pPr/pStyle")
        name = self.styles.get(style, style).lower()
        inside = "".join(self._run(one) for one in paragraph)
        if not re.sub(r"<(?!img)[^>]+>", "", inside).strip():
            return ""
        if name == "title":
            self.title = self.title or " ".join(re.sub(r"<[^>]+>", "", inside).split())
            return ""
        if found := re.fullmatch(r"(?:heading|t[ií]tulo|encabezado) ?([1-6])", name):
            return f"<h{found[1]}>{re.sub('</?b>', '', inside)}</h{found[1]}>"
        number = _value(paragraph, "pPr/numPr/numId")
        if (number and number != "0") or name.startswith(("list bullet", "list number")):
            level = min(whole_number(_value(paragraph, "pPr/numPr/ilvl"), 0, digits=3), 8)
            form = self.numbered.get((number, str(level)), "decimal" if "number" in name else "bullet")
            tag = "ul" if form in ("bullet", "none", "") else "ol"
            return f"{f'<{tag}><li>' * (level + 1)}{inside}{f'</li></{tag}>' * (level + 1)}"
        return f"<blockquote><p>{inside}</p></blockquote>" if "quote" in name else f"<p>{inside}</p>"

    def _run(self, element: Element) -> str:
        if element.tag == "r":
            words = "".join(self._piece(one) for one in element)
            marks = element.find("rPr")
            if not words.strip() or marks is None:
                return words
            for tag, mark in (("b", "b"), ("i", "i"), ("strike", "s")):
                there = marks.find(tag)
                if there is not None and there.get("val", "1") not in ("0", "false"):
                    words = f"<{mark}>{words}</{mark}>"
            raised = _value(element, "rPr/vertAlign")
            return (
                f"<{raised[:3]}>{words}</{raised[:3]}>" if raised in ("superscript", "subscript") else words
            )
        if element.tag == "hyperlink":
            inside = "".join(self._run(one) for one in element)
            target = self.links.get(element.get("id", ""), "")
            return f'<a href="{escape(target)}">{inside}</a>' if target else inside
        if element.tag in ("ins", "sdt", "sdtContent", "smartTag", "fldSimple"):
            return "".join(self._run(one) for one in element)
        if element.tag in ("oMath", "oMathPara"):
            return f"<math>{escape(words_in(element))}</math>"
        return ""

    def _piece(self, part: Element) -> str:
        if part.tag == "t":
            return escape(part.text or "")
        if part.tag in ("br", "cr"):
            return "<br>"
        if part.tag == "tab":
            return " "
        if part.tag in ("drawing", "pict", "object", "AlternateContent"):
            blip = next((one for one in part.iter() if one.tag in ("blip", "imagedata")), None)
            words = next((one for one in part.iter("docPr")), None)
            if blip is None:
                return ""
            name = blip.get("embed") or blip.get("id") or blip.get("link") or ""
            alt = words.get("descr", "") if words is not None else ""
            return f'<img src="{escape(self.links.get(name, name))}" alt="{escape(alt)}">'
        return ""


def _value(element: Element, path: str) -> str:
    found = element.find(path)
    return found.get("val", "") if found is not None else ""
