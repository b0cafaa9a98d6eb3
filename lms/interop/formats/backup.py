"""A Moodle course backup (.mbz): its question bank and its pages, books and labels. People's data in it is never read."""

import base64
import gzip
import io
import tarfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, SubElement

from lms.foundation.errors import Invalid
from lms.foundation.words import N_
from lms.interop.formats import lessons, moodle_xml
from lms.interop.formats.archive import Archive, say_refused
from lms.interop.formats.contract import Found, Gathering
from lms.interop.formats.xml import inside, read_xml, words_in

NAME = "moodle-backup"
MOST_UNPACKED = 400 * 1024 * 1024
MOST_KEPT = 48 * 1024 * 1024
MOST_AN_XML = 40 * 1024 * 1024
MOST_A_FILE = 10 * 1024 * 1024
MOST_MEMBERS = 20_000
_FORMATS = {"0": "moodle_auto_format", "1": "html", "2": "plain_text", "4": "markdown"}


class _Bounded(io.RawIOBase):
    """A stream that says stop when it has given more than it may."""

    def __init__(self, stream: gzip.GzipFile) -> None:
        self.stream, self.given = stream, 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        part = self.stream.read(size if 0 <= size <= 1 << 20 else 1 << 20)
        self.given += len(part)
        if self.given > MOST_UNPACKED:
            raise Invalid("This unpacks to more than %(most)s MB.", most=MOST_UNPACKED // 1024 // 1024)
        return part


class Tar:
    """The texts and small files of a .tar.gz, read as a stream."""

    def __init__(self, content: bytes) -> None:
        self.refused: list[tuple[str, str]] = []
        self._files: dict[str, bytes] = {}
        try:
            self._read(content)
        except (tarfile.TarError, EOFError, OSError, zlib.error, ValueError):
            if not self._files:
                raise Invalid("This is not a whole archive. Make it again.") from None
            self.refused.append(("(archive)", "The rest of the archive is damaged."))

    def _read(self, content: bytes) -> None:
        kept = 0
        stream = _Bounded(gzip.GzipFile(fileobj=io.BytesIO(content)))
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for count, member in enumerate(archive):
                name = member.name.removeprefix("./")
                if count >= MOST_MEMBERS:
                    self.refused.append(("(archive)", f"An archive holds at most {MOST_MEMBERS} files."))
                    return
                if not member.isfile():
                    if not member.isdir():
                        self.refused.append((name[:200], "This is a link or a device, not a file."))
                    continue
                if name.startswith("/") or ".." in name.split("/"):
                    self.refused.append((name[:200], "This name leads out of the archive."))
                elif member.size > _most(name) or kept + member.size > MOST_KEPT:
                    self.refused.append(
                        (
                            name[:200],
                            "This is too big: 10 MB a file, 40 MB an XML and 48 MB together are the most.",
                        )
                    )
                elif (file := archive.extractfile(member)) is not None:
                    self._files[name] = file.read(member.size)
                    kept += member.size

    @property
    def names(self) -> list[str]:
        """The names of the files that can be read."""
        return list(self._files)

    def get(self, name: str) -> bytes | None:
        """A file, or None."""
        return self._files.get(name)


def _most(name: str) -> int:
    return MOST_AN_XML if name.endswith(".xml") else MOST_A_FILE


def is_backup(archive: Archive) -> bool:
    """Whether an archive is a Moodle backup."""
    return "moodle_backup.xml" in archive.names


def read(archive: Archive) -> Found:
    """The texts and questions of a backup."""
    gathering = Gathering(NAME)
    say_refused(archive, gathering)
    stored = _stored(archive)
    for name in sorted(archive.names, key=_place):
        try:
            _take_text(archive, name, stored, gathering)
        except Invalid as error:
            gathering.remark(N_("%(name)s was not read. %(problem)s"), name=name, problem=str(error))
    content = archive.get("questions.xml")
    if content:
        _take_questions(read_xml(content), archive, stored, gathering)
    gathering.remark(N_("Only texts and questions were read: no people, no marks, no settings."))
    return gathering.found()


Stored = dict[tuple[str, str], dict[str, str]]
"""By component and item: each file's name and where its content is."""


def _place(name: str) -> tuple[int, int, str]:
    parts = name.split("/")
    number = "".join(letter for letter in parts[1] if letter.isdigit()) if len(parts) > 1 else ""
    return (0 if parts[0] == "sections" else 1, int(number[:9] or 0), name)


def _stored(archive: Archive) -> Stored:
    content = archive.get("files.xml")
    found: Stored = {}
    for one in read_xml(content).iter("file") if content else ():
        mark, name = words_in(one, "contenthash"), words_in(one, "filename")
        if name and name != "." and len(mark) == 40:
            for key in (
                (words_in(one, "component"), words_in(one, "itemid")),
                ("context", words_in(one, "contextid")),
            ):
                found.setdefault(key, {})[name] = f"files/{mark[:2]}/{mark}"
    return found


def _take_text(archive: Archive, name: str, stored: Stored, gathering: Gathering) -> None:
    last = name.rpartition("/")[2]
    if last not in ("page.xml", "book.xml", "label.xml", "section.xml", "url.xml", "lesson.xml"):
        return
    root = read_xml(archive.get(name) or b"")
    names = stored.get(("context", root.get("contextid", "")), {})

    def files(wanted: str) -> bytes | None:
        plain = wanted.removeprefix("@@PLUGINFILE@@/").rpartition("/")[2]
        return archive.get(names[plain]) if plain in names else None

    title = words_in(root, ".//name")
    if last == "page.xml":
        lessons.take_html(gathering, name, words_in(root, ".//content"), title=title, files=files)
    elif last in ("book.xml", "lesson.xml"):
        wanted = "chapter" if last == "book.xml" else "page"
        for chapter in root.iter(wanted):
            text = words_in(chapter, "content") or words_in(chapter, "contents")
            if text:
                lessons.take_html(
                    gathering,
                    f"{name}, {wanted} {chapter.get('id', '')}",
                    text,
                    title=words_in(chapter, "title"),
                    files=files,
                )
    elif last == "section.xml":
        summary = words_in(root, "summary")
        if summary:
            lessons.take_html(gathering, name, summary, title=words_in(root, "name"), files=files)
    elif words := words_in(root, ".//intro"):
        lessons.take_html(gathering, name, words, title=title, files=files)


def _take_questions(root: Element, archive: Archive, stored: Stored, gathering: Gathering) -> None:
    parts = {one.get("id", ""): one for one in inside(root, "question") if one.find("qtype") is not None}
    for category in root.iter("question_category"):
        group = words_in(category, "name")
        latest = {}
        for entry in category.iter("question_bank_entry"):
            versions = [one for one in inside(entry, "question") if one.find("qtype") is not None]
            latest[id(entry)] = versions[-1] if versions else None
        asked = [one for one in latest.values() if one is not None] or [
            one for one in inside(category, "question") if one.find("qtype") is not None
        ]
        for question in asked:
            if words_in(question, "parent") not in ("", "0", "$@NULL@$"):
                continue
            made = _as_moodle_xml(question, parts, archive, stored)
            moodle_xml.take(made, gathering, group, f"questions.xml, question {question.get('id', '')}")


def _as_moodle_xml(question: Element, parts: dict[str, Element], archive: Archive, stored: Stored) -> Element:
    """A question of a backup as the element that Moodle XML has for it."""
    kind = words_in(question, "qtype")
    made = Element("question", {"type": kind})
    _say(made, "name", words_in(question, "name"))
    asked = words_in(question, "questiontext")
    if kind == "multianswer":
        asked = _with_gaps(asked, question, parts)
    holder = _say(made, "questiontext", asked, _FORMATS.get(words_in(question, "questiontextformat"), "html"))
    for name, path in stored.get(("question", question.get("id", "")), {}).items():
        content = archive.get(path)
        if content is not None:
            file = SubElement(holder, "file", {"name": name, "path": "/", "encoding": "base64"})
            file.text = base64.b64encode(content).decode()
    _say(made, "generalfeedback", words_in(question, "generalfeedback"), "html")
    SubElement(made, "defaultgrade").text = words_in(question, "defaultmark") or "1"
    for name in ("single", "shuffleanswers", "usecase"):
        found = next(inside(question, name), None)
        if found is not None and found.text:
            SubElement(made, name).text = found.text
    tolerances = {
        words_in(one, "answer"): words_in(one, "tolerance")
        for one in inside(question, "numerical_record", "calculated_record")
    }
    for answer in inside(question, "answer"):
        if answer.find("answertext") is None:
            continue
        share = _share(words_in(answer, "fraction"))
        one = _say(
            made, "answer", words_in(answer, "answertext"), _FORMATS.get(words_in(answer, "answerformat"), "")
        )
        one.set("fraction", f"{share:g}")
        _say(
            one,
            "feedback",
            words_in(answer, "feedback"),
            _FORMATS.get(words_in(answer, "feedbackformat"), "html"),
        )
        if tolerance := tolerances.get(answer.get("id", "")):
            SubElement(one, "tolerance").text = tolerance
    for pair in inside(question, "match"):
        sub = _say(made, "subquestion", words_in(pair, "questiontext"), "html")
        _say(sub, "answer", words_in(pair, "answertext"))
    units = list(inside(question, "numerical_unit"))
    if units:
        holder = SubElement(made, "units")
        for unit in units:
            one = SubElement(holder, "unit")
            SubElement(one, "multiplier").text = words_in(unit, "multiplier")
            SubElement(one, "unit_name").text = words_in(unit, "unit")
    definitions = list(inside(question, "dataset_definition"))
    if definitions:
        SubElement(made, "dataset_definitions").extend(_definition(one) for one in definitions)
    tags = SubElement(made, "tags")
    for tag in inside(question, "tag"):
        _say(tags, "tag", words_in(tag, "rawname") or words_in(tag, "name"))
    return made


def _definition(one: Element) -> Element:
    made = Element("dataset_definition")
    _say(made, "name", words_in(one, "name"))
    low, high, places = ([*words_in(one, "options").split(":")[1:], "", "", ""])[:3]
    for name, said in (("minimum", low), ("maximum", high), ("decimals", places)):
        if said:
            _say(made, name, said)
    SubElement(made, "dataset_items").extend(inside(one, "dataset_item"))
    return made


def _with_gaps(asked: str, question: Element, parts: dict[str, Element]) -> str:
    """A text with {#1} for its parts, with the parts written into it."""
    sequence = words_in(next(inside(question, "sequence"), None)).split(",")
    for number, name in enumerate(sequence, start=1):
        part = parts.get(name.strip())
        if part is None:
            continue
        kind = {"multichoice": "MULTICHOICE", "shortanswer": "SHORTANSWER", "numerical": "NUMERICAL"}.get(
            words_in(part, "qtype"), "ESSAY"
        )
        answers = "~".join(_answers(part))
        asked = asked.replace(f"{{#{number}}}", f"{{1:{kind}:{answers}}}")
    return asked


def _answers(part: Element) -> Iterator[str]:
    tolerances = {
        words_in(one, "answer"): words_in(one, "tolerance") for one in inside(part, "numerical_record")
    }
    for answer in inside(part, "answer"):
        if answer.find("answertext") is None:
            continue
        share = _share(words_in(answer, "fraction"))
        words = _escaped(words_in(answer, "answertext"))
        if tolerance := tolerances.get(answer.get("id", "")):
            words += f":{tolerance}"
        why = _escaped(words_in(answer, "feedback"))
        yield f"%{share:g}%{words}{'#' + why if why else ''}"


def _share(text: str) -> float:
    """A fraction as a percentage; nothing for one that is no number."""
    try:
        share = float(text) * 100
    except ValueError:
        return 0.0
    return share if -100 <= share <= 100 else 0.0


def _escaped(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "}#~\\" else letter for letter in text)


def _say(parent: Element, tag: str, text: str, form: str = "") -> Element:
    made = SubElement(parent, tag, {"format": form} if form else {})
    SubElement(made, "text").text = text
    return made
