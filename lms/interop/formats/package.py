"""Archives of several files: QTI packages, Common Cartridges, a course of ours, and folders of Markdown, HTML and questions."""

import posixpath
import re
from collections.abc import Iterator
from functools import partial
from html import unescape
from xml.etree.ElementTree import Element

from lms.courses.rules.lessons import KEY
from lms.foundation.errors import Invalid
from lms.foundation.tables import decoded
from lms.foundation.words import N_
from lms.foundation.yaml import BadYaml, read_yaml
from lms.interop.formats import aiken, gift, lessons, moodle_xml, qti1, qti2, table
from lms.interop.formats.archive import Archive, beside, say_refused
from lms.interop.formats.contract import Found, Gathering, Json, joined
from lms.interop.formats.xml import inside, read_xml, root_of, words_in

MARKDOWN, HTML, LADDER, CARTRIDGE = "markdown", "html", "ladder", "common-cartridge"
MANIFEST = "imsmanifest.xml"
_ITEMS = ("assessmentItem", "qti-assessment-item")
_TESTS = ("assessmentTest", "qti-assessment-test")
_TEXTS = (".html", ".htm", ".md")
_QUESTIONS_OF_CANVAS = "non_cc_assessments/"


def version_of(root: Element) -> str:
    """Which QTI an item is written in."""
    space = f"{root.get('xmlns', '')} {root.get('schemaLocation', '')}".lower()
    if root.tag.startswith("qti-") or "v3p0" in space:
        return "qti-3.0"
    return next((f"qti-2.{n}" for n in (2, 1, 0) if f"v2p{n}" in space), "qti-2.1")


def read(archive: Archive) -> Found:
    """Everything in an archive. Raises Invalid when there is nothing in it that we read."""
    manifest = next((name for name in archive.names if posixpath.basename(name).lower() == MANIFEST), None)
    gathering = Gathering(_format_of(archive, manifest))
    say_refused(archive, gathering)
    parts: list[Found] = []
    for name, title in _in_order(archive, manifest, gathering):
        _take(archive, name, title, gathering, parts)
    own = gathering.found()
    if not own.items and not own.pages and not any(part.items or part.pages for part in parts):
        raise Invalid(
            "There is nothing in the archive that we can read: no questions, no Markdown, no HTML.",
            [str(remark) for remark in own.remarks],
        )
    found = joined([own, *parts], own.format)
    kinds = {part.format for part in parts if part.items}
    if found.format == "qti":
        return joined([found], kinds.pop() if len(kinds) == 1 else "qti")
    if found.format == MARKDOWN and not found.pages and len(kinds) == 1:
        return joined([found], kinds.pop())
    return found


def _format_of(archive: Archive, manifest: str | None) -> str:
    if any(posixpath.basename(name) == "course.yaml" for name in archive.names):
        return LADDER
    if manifest is None:
        pages = [
            name for name in archive.names if name.lower().endswith((".md", ".markdown", ".html", ".htm"))
        ]
        return HTML if pages and all(name.lower().endswith((".html", ".htm")) for name in pages) else MARKDOWN
    content = archive.get(manifest) or b""
    return (
        CARTRIDGE
        if b"imsccv1p" in content or b"imscc_" in content or b"Common Cartridge" in content
        else "qti"
    )


def _in_order(archive: Archive, manifest: str | None, gathering: Gathering) -> Iterator[tuple[str, str]]:
    """The files to read with their titles: as a test or the manifest orders them, then the rest."""
    named: dict[str, str] = {}
    if manifest is not None:
        try:
            named = _named(archive, manifest, gathering)
        except Invalid as error:
            gathering.remark(
                N_("The manifest cannot be read (%(problem)s): files are read by their names."),
                problem=str(error),
            )
    yield from named.items()
    for name in archive.names if manifest is None or not named else _left(archive, named):
        if name not in named:
            yield name, ""


def _left(archive: Archive, named: dict[str, str]) -> list[str]:
    """What a manifest leaves out and Canvas keeps its full questions in."""
    return [name for name in archive.names if name.startswith(_QUESTIONS_OF_CANVAS) and name not in named]


def _named(archive: Archive, manifest: str, gathering: Gathering) -> dict[str, str]:
    root = read_xml(archive.get(manifest) or b"")
    folder = posixpath.dirname(manifest)
    resources = {one.get("identifier", ""): one for one in inside(root, "resource")}
    titles: dict[str, str] = {}
    for item in inside(root, "item"):
        ref = item.get("identifierref", "")
        if ref:
            titles.setdefault(ref, words_in(item, "title"))
    names: dict[str, str] = {}
    full = any(name.startswith(_QUESTIONS_OF_CANVAS) for name in archive.names)
    for ref in (*titles, *(one for one in resources if one not in titles)):
        resource = resources.get(ref)
        if resource is None:
            continue
        kind = resource.get("type", "").lower()
        path = resource.get("href") or next((one.get("href", "") for one in resource.findall("file")), "")
        name = posixpath.normpath(posixpath.join(folder, path.split("?")[0])) if path else ""
        if name not in archive.names:
            if path and not path.startswith("http"):
                gathering.remark(N_("The manifest names “%(name)s”, which is not in the archive."), name=path)
            continue
        if (
            "imsqti" in kind
            and "assessment" in kind
            and full
            and any(other.startswith(_QUESTIONS_OF_CANVAS) and ref in other for other in archive.names)
        ):
            continue  # Canvas keeps the same questions beside it, with all they say
        if "imsqti_test" in kind or root_of(archive.get(name) or b"") in _TESTS:
            for item_name in _of_test(archive, name):
                names.setdefault(item_name, "")
            gathering.remark(
                N_("The test's order, sections and time limit were not taken: make an assessment of it.")
            )
            continue
        if ("webcontent" in kind or "learning-application-resource" in kind) and not name.lower().endswith(
            _TEXTS
        ):
            continue
        names.setdefault(name, titles.get(ref, ""))
    return names


def _of_test(archive: Archive, name: str) -> list[str]:
    """The items of a test, in its order."""
    root = qti2.plainly(read_xml(archive.get(name) or b""))
    folder = posixpath.dirname(name)
    found = (
        posixpath.normpath(posixpath.join(folder, one.get("href", "")))
        for one in inside(root, "assessmentItemRef")
    )
    return [one for one in found if one in archive.names]


def _take(archive: Archive, name: str, title: str, gathering: Gathering, parts: list[Found]) -> None:
    """Read one file of an archive; one that fails is named, and the others go on."""
    content = archive.get(name)
    low = name.lower()
    if content is None:
        gathering.remark(N_("%(name)s is damaged and was not read."), name=name)
        return
    files = partial(beside, archive, name)
    try:
        if low.endswith((".xml", ".qti", ".dat")):
            _take_xml(name, title, content, archive, gathering, parts)
        elif low.endswith((".md", ".markdown")):
            key = posixpath.splitext(posixpath.basename(name))[0]
            lessons.take_markdown(
                gathering,
                name,
                decoded(content),
                title=title or key,
                files=files,
                key=key if KEY.fullmatch(key) else "",
            )
        elif low.endswith((".html", ".htm")):
            html = decoded(content)
            lessons.take_html(gathering, name, html, title=title or title_of(html), files=files)
        elif low.endswith((".yaml", ".yml")):
            _take_yaml(name, decoded(content), gathering)
        elif low.endswith((".gift", ".txt")):
            text = decoded(content)
            for reader in (gift, aiken):
                if reader.looks_like(text):
                    parts.append(reader.read(text, files))
                    break
        elif low.endswith(".csv"):
            parts.append(table.read_csv(content, files))
    except Invalid as error:
        gathering.remark(N_("%(name)s was not read. %(problem)s"), name=name, problem=str(error))


def title_of(html: str) -> str:
    """The title that a page gives itself."""
    found = re.search(r"(?is)<title[^>]*>(.*?)</title>", html[:20_000])
    return unescape(found[1]).strip() if found else ""


def _take_xml(
    name: str, title: str, content: bytes, archive: Archive, gathering: Gathering, parts: list[Found]
) -> None:
    root_name = root_of(content)
    if posixpath.basename(name).lower() == MANIFEST:
        return
    files = partial(beside, archive, name)
    if root_name in _ITEMS:
        root = read_xml(content)
        part = Gathering(version_of(root))
        qti2.take(root, part, name, files)
        parts.append(part.found())
    elif root_name == "questestinterop":
        parts.append(qti1.read(read_xml(content), files, where=name))
    elif root_name == "quiz":
        parts.append(moodle_xml.read(content))
    elif root_name == "webLink":
        root = read_xml(content)
        url = root.find("url")
        address = url.get("href", "") if url is not None else ""
        words = words_in(root, "title") or title or address
        lessons.take_html(
            gathering, name, f'<p><a href="{_quoted(address)}">{_quoted(words)}</a></p>', title=words
        )
    elif root_name == "topic":
        root = read_xml(content)
        lessons.take_html(
            gathering, name, words_in(root, "text"), title=words_in(root, "title") or title, files=files
        )
        gathering.remark(N_("Discussions came as their first text; there is no discussing here."))


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def _take_yaml(name: str, text: str, gathering: Gathering) -> None:
    """A list of questions in our own form; other YAML is the course's and stays where it is."""
    if "questions/" not in f"/{name}":
        return
    try:
        entries = read_yaml(text)
    except BadYaml as error:
        gathering.remark(N_("%(name)s was not read. %(problem)s"), name=name, problem=str(error))
        return
    for number, entry in enumerate(entries if isinstance(entries, list) else [], start=1):
        if not isinstance(entry, dict):
            gathering.skip(
                f"{name}, question {number}", N_("It is not written as “name: value” lines."), kind="unknown"
            )
            continue
        document: Json = {key: value for key, value in entry.items() if key != "key"}
        gathering.take(
            f"{name}, question {number}",
            lambda _account, document=document: document,  # type: ignore[misc]
            kind=str(entry.get("kind", "unknown")),
            key=str(entry.get("key", "")),
        )
