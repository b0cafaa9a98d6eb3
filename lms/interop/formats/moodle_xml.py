"""Moodle XML, the format in which Moodle gives a question bank away: https://docs.moodle.org/en/Moodle_XML_format."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from lms.foundation.words import N_
from lms.interop.formats import making, places, texts
from lms.interop.formats.calculated import calculated
from lms.interop.formats.contract import Account, Found, Gathering, Json, Skip
from lms.interop.formats.embedded import embedded
from lms.interop.formats.gift import category_tags
from lms.interop.formats.making import Choice, Gap, Number, Typed
from lms.interop.formats.xml import line_of, read_each, words_in

NAME = "moodle-xml"
_UNUSUAL = (
    "Your answer is correct.",
    "Your answer is partially correct.",
    "Your answer is incorrect.",
    "That answer is correct.",
    "That answer is partially correct.",
    "That answer is incorrect.",
)
"""What Moodle fills in by itself: nobody wrote it for the question."""


def read(content: bytes) -> Found:
    """Everything in a Moodle XML file. Raises Invalid when it is not one."""
    gathering = Gathering(NAME)
    group = ""
    for place, question in enumerate(read_each(content, "question"), start=1):
        if question.get("type") == "category":
            group = words_in(question, "category/text")
            continue
        take(question, gathering, group, f"question {place}, line {line_of(question)}")
        if gathering.full:
            break
    return gathering.found()


def take(question: Element, gathering: Gathering, group: str, ref: str) -> None:
    """Take one `<question>`."""
    kind = question.get("type", "")
    name = words_in(question, "name/text") or words_in(question, "name")
    gathering.take(
        ref,
        lambda account: _Reading(question, account, name).document(group),
        kind=kind or "unknown",
        title=name,
        key=words_in(question, "idnumber"),
        group=group,
    )


class _Reading:
    """One question while it is read."""

    def __init__(self, question: Element, account: Account, name: str) -> None:
        self.question, self.account, self.name = question, account, name

    def document(self, group: str) -> Json:
        """The question in our form. Raises Skip."""
        kind = self.question.get("type", "")
        if kind in _SKIPPED:
            raise Skip(_SKIPPED[kind])
        if kind not in _READERS:
            raise Skip(N_("We have no such kind of question: “%(kind)s”."), kind=kind or "?")
        made = _READERS[kind](self)
        self._look_at_the_rest(kind)
        tags = [words_in(tag, "text") or words_in(tag) for tag in self.question.findall("tags/tag")]
        return making.with_rest(
            made,
            explanation=self.text(self.question.find("generalfeedback")),
            tags=[tag for tag in tags if tag] + category_tags(group),
            shuffle=self.flag("shuffleanswers", True),
        )

    def _look_at_the_rest(self, kind: str) -> None:
        """Name what comes with a question and has no place here."""
        grade = words_in(self.question, "defaultgrade")
        if kind not in ("cloze", "multianswer") and grade and making.number(grade) not in (0, 1):
            self.account.changed(
                N_("It counted %(marks)s marks; here every question counts the same."),
                marks=f"{making.number(grade):g}",
            )
        if self.flag("hidden", False):
            self.account.changed(N_("It was hidden in Moodle."))
        if any(words_in(hint, "text") for hint in self.question.findall("hint")):
            self.account.changed(N_("Its hints have no place here."))
        for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"):
            said = self.text(self.question.find(name))
            if said and said not in _UNUSUAL:
                self.account.changed(
                    N_("What is said to a whole answer has no place here: “%(why)s”"), why=said
                )

    def flag(self, name: str, otherwise: bool) -> bool:
        """A yes or no of the question."""
        said = words_in(self.question, name).lower()
        return said in ("1", "true", "yes") if said else otherwise

    def text(self, holder: Element | None) -> str:
        """A text with its format and its own files."""
        if holder is None:
            return ""
        there = holder.find("text")
        raw = (there.text if there is not None else holder.text) or ""
        if not raw.strip():
            return ""
        return self.words(raw, holder.get("format", ""), holder)

    def words(self, raw: str, form: str, holder: Element) -> str:
        """Words in a format, with the files of their element."""

        def files(name: str) -> bytes | None:
            wanted = unquote(name).removeprefix("@@PLUGINFILE@@/").lstrip("/")
            for file in (*holder.findall("file"), *self.question.findall("image_base64")):
                said = (file.get("path", "/") + file.get("name", "")).lstrip("/")
                if wanted in (said, file.get("name")) and file.get("encoding", "base64") == "base64":
                    try:
                        return base64.b64decode("".join((file.text or "").split()), validate=True)
                    except (binascii.Error, ValueError):
                        return b"damaged"
            return None

        if form == "html":
            return texts.html(raw, self.account, files)
        if form == "markdown":
            return texts.markdown(raw, self.account, files)
        if form == "plain_text":
            return texts.plain(raw, self.account)
        return texts.loose(raw, self.account, files)

    @property
    def stem(self) -> str:
        """What is asked, with the picture that old files keep beside it."""
        asked = self.text(self.question.find("questiontext"))
        old = self.question.find("image_base64")
        if old is not None and (old.text or "").strip():
            name = PurePosixPath(words_in(self.question, "image")).name or "picture"
            shown = texts.html(
                f'<img src="data:image/x;base64,{"".join((old.text or "").split())}" alt="">', self.account
            )
            asked = f"{asked}\n\n{shown}" if shown else asked
            if not shown:
                self.account.changed(N_("The picture “%(name)s” is not in the file."), name=name)
        return asked

    def answers(self) -> list[tuple[str, float, str, Element]]:
        """The answers: as written, what share they give, what is said to who gave them."""
        found = []
        for answer in self.question.findall("answer"):
            raw = words_in(answer, "text") if answer.find("text") is not None else (answer.text or "").strip()
            share = float(making.number(answer.get("fraction") or words_in(answer, "fraction") or "0")) / 100
            found.append((raw, share, self.text(answer.find("feedback")), answer))
        return found

    def choice(self, *, together: bool = False) -> Json:
        """Multiple choice, single or several."""
        options = [
            Choice(self.text(answer), why, share)
            for raw, share, why, answer in self.answers()
            if raw or why or answer.find("file") is not None
        ]
        several = together or not self.flag("single", True)
        return making.choice(self.stem, options, self.account, several=several, together=together)

    def truefalse(self) -> Json:
        """True or false."""
        why, right = {}, None
        for raw, share, said, _answer in self.answers():
            name = "true" if raw.strip().lower() in ("true", "1") else "false"
            why[name] = said
            if share > 0:
                right = name == "true"
        if right is None:
            raise Skip(N_("No answer is marked as right."))
        return making.truefalse(self.stem, right, why)

    def short(self) -> Json:
        """A few typed words."""
        typed = [Typed(texts.visible(raw, self.account), why, share) for raw, share, why, _ in self.answers()]
        return making.short(self.stem, typed, self.account, case=self.flag("usecase", False))

    def numerical(self) -> Json:
        """A number with a tolerance and units."""
        numbers = []
        for raw, share, why, answer in self.answers():
            if raw == "*":
                if why:
                    self.account.changed(
                        N_("What is said to any other answer has no place here: “%(why)s”"), why=why
                    )
                continue
            tolerance = words_in(answer, "tolerance") or words_in(self.question, "tolerance") or "0"
            numbers.append(Number(making.number(raw), abs(making.number(tolerance)), why, share))
        unit, units = self.units()
        return making.numeric(self.stem, numbers, self.account, unit=unit, units=units)

    def units(self) -> tuple[str, dict[str, float]]:
        """The unit of the answer, and others with their factor to it."""
        unit, units = "", {}
        for one in self.question.findall("units/unit"):
            name, factor = words_in(one, "unit_name"), making.number(words_in(one, "multiplier") or "1")
            if not name or not factor:
                continue
            if factor == 1 and not unit:
                unit = name
            else:
                units[name] = float(1 / factor)
        if words_in(self.question, "unitgradingtype") in ("1", "2"):
            self.account.changed(N_("A wrong or missing unit took marks away; here the number alone counts."))
        return unit, units

    def matching(self) -> Json:
        """Pairs."""
        pairs = []
        for pair in self.question.findall("subquestion"):
            right = pair.find("answer")
            said = (
                words_in(right, "text")
                if right is not None and right.find("text") is not None
                else words_in(right)
            )
            pairs.append((self.text(pair), texts.loose(said, self.account)))
        return making.matching(self.stem, pairs, self.account)

    def ordering(self) -> Json:
        """Things in their order."""
        found = self.answers()
        if all(share > 0 for _raw, share, _why, _answer in found):
            found.sort(key=lambda one: one[1])
        grading = words_in(self.question, "gradingtype").upper()
        each = grading not in ("ALL_OR_NOTHING", "-1", "")
        if each and grading not in ("RELATIVE_NEXT_EXCLUDE_LAST", "1"):
            self.account.changed(
                N_("Marks were given in another way; here each pair of neighbours in order counts.")
            )
        if words_in(self.question, "selecttype").upper() not in ("", "ALL", "0"):
            self.account.changed(N_("It showed some of the things at random; here all are shown."))
        return making.ordering(self.stem, [self.text(answer) for *_rest, answer in found], each=each)

    def essay(self) -> Json:
        """An answer in one's own words, with what its marker is told."""
        if words_in(self.question, "responseformat") == "noinline":
            types = words_in(self.question, "filetypeslist").replace(",", " ").replace(";", " ").split()
            return making.upload(self.stem, self.text(self.question.find("graderinfo")), types, self.account)
        if self.text(self.question.find("responsetemplate")):
            self.account.changed(N_("The text that an answer began with has no place here."))
        if words_in(self.question, "attachments") not in ("", "0"):
            self.account.changed(N_("Files sent with an answer have no place here."))
        bounds = {
            name: int(making.number(words_in(self.question, name) or "0"))
            for name in ("minwordlimit", "maxwordlimit")
        }
        return making.extended(
            self.stem,
            self.text(self.question.find("graderinfo")),
            self.account,
            least=bounds["minwordlimit"],
            most=bounds["maxwordlimit"] or None,
        )

    def gaps_with_words(self, tag: str) -> Json:
        """A text whose gaps [[1]] are filled from a list: drag words into text, or select missing words."""
        words = [
            (texts.loose(words_in(one, "text"), self.account), words_in(one, "group") or "1")
            for one in self.question.findall(tag)
        ]
        holder = self.question.find("questiontext")
        raw = words_in(holder, "text")
        gaps: dict[str, Gap] = {}

        def key(number: int) -> str | None:
            if not 1 <= number <= len(words):
                return None
            right, group = words[number - 1]
            name = f"g{len(gaps) + 1}"
            gaps[name] = Gap([right], [word for word, one in words if one == group])
            return name

        text = embedded_words(
            raw,
            key,
            lambda shown: self.words(
                shown, self._form(holder), holder if holder is not None else self.question
            ),
        )
        return making.cloze(*making.apart(text, self.name), gaps)

    def _form(self, holder: Element | None) -> str:
        return holder.get("format", "") if holder is not None else ""

    def cloze(self) -> Json:
        """A text with answers embedded in it."""
        holder = self.question.find("questiontext")
        form = self._form(holder)
        raw = words_in(holder, "text")
        text, gaps = embedded(
            raw,
            self.account,
            lambda shown: self.words(shown, form, holder if holder is not None else self.question),
        )
        return making.cloze(*making.apart(text, self.name), gaps)

    def calculated(self) -> Json:
        """A formula with numbers drawn for each person."""
        unit, units = self.units()
        return calculated(self.question, self.stem, self.answers(), self.account, unit=unit, units=units)

    def picture(self) -> places.Canvas:
        """The picture that markers are dragged to. Raises Skip."""
        file = self.question.find("file")
        content = None
        if file is not None and file.get("encoding", "base64") == "base64":
            try:
                content = base64.b64decode("".join((file.text or "").split()), validate=True)
            except (binascii.Error, ValueError):
                content = b"damaged"
        name = file.get("name", "picture") if file is not None else ""
        return places.canvas(name, content, self.account, said=("", ""), shows="")

    def drags(self) -> dict[str, str]:
        """What is dragged, by its number."""
        found = {}
        for at, one in enumerate(self.question.findall("drag"), start=1):
            text = texts.loose(words_in(one, "text"), self.account)
            if not text.strip():
                raise Skip(N_("Its labels are pictures without words. Give each its words first."))
            found[words_in(one, "no") or str(at)] = text
        return found

    def markers(self) -> Json:
        """Markers dragged to regions of a picture."""
        picture, drags = self.picture(), self.drags()
        zones = []
        for drop in self.question.findall("drop"):
            shape = words_in(drop, "shape").lower()
            numbers = places.pixels(words_in(drop, "coords"))
            if shape == "circle" and len(numbers) == len("xyr"):
                shape, numbers = "ellipse", list(places.box("circle", numbers)[1])
            elif shape == "rectangle" and len(numbers) == len("xywh"):
                left, top, width, height = numbers
                shape, numbers = "rect", [left, top, left + width, top + height]
            elif shape == "polygon":
                shape = "poly"
            else:
                raise Skip(N_("A place in its picture cannot be read."))
            zones.append((places.region(picture, shape, numbers), drags.get(words_in(drop, "choice"), "")))
        return self._labelled(picture, zones, drags)

    def images(self) -> Json:
        """Labels dragged onto points of a picture; Moodle says where each begins, not how large it is."""
        picture, drags = self.picture(), self.drags()
        self.account.changed(
            N_(
                "Moodle tells where a place begins and not how large it is: here each is a fifth of the picture wide and a tenth high. Look at them."
            )
        )
        zones = []
        for drop in self.question.findall("drop"):
            left = float(making.number(words_in(drop, "xleft") or "0"))
            top = float(making.number(words_in(drop, "ytop") or "0"))
            left, top = min(left, picture.width * 0.8), min(top, picture.height * 0.9)
            numbers = [left, top, left + picture.width * 0.2, top + picture.height * 0.1]
            zones.append((places.region(picture, "rect", numbers), drags.get(words_in(drop, "choice"), "")))
        return self._labelled(picture, zones, drags)

    def _labelled(
        self, picture: places.Canvas, zones: Sequence[tuple[Json, str]], drags: Mapping[str, str]
    ) -> Json:
        if any(not label for _where, label in zones):
            self.account.changed(N_("A place without its label was left out."))
        used = {label for _where, label in zones}
        return places.labels(
            self.stem,
            picture,
            [("", where, label) for where, label in zones if label],
            [label for label in drags.values() if label not in used],
        )


def embedded_words(raw: str, key: Callable[[int], str | None], convert: Callable[[str], str]) -> str:
    """A text with [[1]] gaps, through its format, with our own gaps in it."""
    import re

    names: list[str] = []

    def hold(found: re.Match[str]) -> str:
        name = key(int(found[1]))
        if name is None:
            return found[0]
        names.append(name)
        return f"\U000f0200{len(names) - 1}\U000f0201"

    held = re.sub(r"\[\[(\d{1,3})\]\]", hold, raw)
    return re.sub("\U000f0200(\\d+)\U000f0201", lambda found: f"[[{names[int(found[1])]}]]", convert(held))


_READERS: Mapping[str, Callable[[_Reading], Json]] = {
    "multichoice": _Reading.choice,
    "multichoiceset": lambda reading: reading.choice(together=True),
    "truefalse": _Reading.truefalse,
    "shortanswer": _Reading.short,
    "numerical": _Reading.numerical,
    "matching": _Reading.matching,
    "match": _Reading.matching,
    "ordering": _Reading.ordering,
    "essay": _Reading.essay,
    "ddwtos": lambda reading: reading.gaps_with_words("dragbox"),
    "gapselect": lambda reading: reading.gaps_with_words("selectoption"),
    "ddmarker": _Reading.markers,
    "ddimageortext": _Reading.images,
    "cloze": _Reading.cloze,
    "multianswer": _Reading.cloze,
    "calculated": _Reading.calculated,
    "calculatedsimple": _Reading.calculated,
}
_SKIPPED: Mapping[str, str] = {
    "description": N_("This is a text without a question. Put it into a lesson."),
    "calculatedmulti": N_("Its options are sums of their own; write it as a question with numbers."),
    "random": N_("It draws another question at random: an assessment's draw does that."),
    "randomsamatch": N_("It draws another question at random: an assessment's draw does that."),
}
