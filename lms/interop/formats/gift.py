"""GIFT, Moodle's text format for questions: https://docs.moodle.org/en/GIFT_format."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from lms.foundation.words import N_
from lms.interop.formats import making, texts
from lms.interop.formats.contract import Account, Found, Gathering, Json, Skip
from lms.interop.formats.making import Choice, Number, Typed
from lms.interop.formats.pictures import Files, no_files

NAME = "gift"
_SIGNS = "\\:#={}~"
_HELD = {sign: chr(0xF0000 + number) for number, sign in enumerate(_SIGNS)}
_NEW_LINE = chr(0xF0100)
_FREED = {ord(held): sign for sign, held in _HELD.items()} | {ord(_NEW_LINE): "\n"}
_ESCAPE = re.compile(r"\\([\\:#={}~n])")
_FORMAT = re.compile(r"\s*\[(html|moodle|plain|markdown)\]", re.IGNORECASE)
_WEIGHT = re.compile(r"\s*%(-?\d{1,3}(?:[.,]\d+)?)%")
_CATEGORY = re.compile(r"\s*\$CATEGORY:\s*(.*)")
_TAGGED = re.compile(r"\[(id|tag):((?:[^\]\\]|\\.)*)\]")
_TITLED = re.compile(r"\s*::[^:\s][^:]*::")
_TRUE, _FALSE = ("T", "TRUE"), ("F", "FALSE")


@dataclass
class Entry:
    """One question of a file as text: where it starts, and what the comments above it say of it."""

    line: int
    lines: list[str] = field(default_factory=list)
    ident: str = ""
    tags: list[str] = field(default_factory=list)
    group: str = ""

    @property
    def text(self) -> str:
        """The text, control characters that were escaped held apart."""
        return _held("\n".join(self.lines)).strip()


_TAGS = re.compile(r"</?[A-Za-z][^<>{}]*>")


def _held(text: str) -> str:
    """The text with escaped signs held apart, and those inside an HTML tag, which people forget to escape."""
    whole = _escapes_held(text)
    return _TAGS.sub(lambda found: found[0].translate({ord(sign): _HELD[sign] for sign in "=~#"}), whole)


def _escapes_held(text: str) -> str:
    return _ESCAPE.sub(lambda found: _NEW_LINE if found[1] == "n" else _HELD[found[1]], text)


def freed(text: str) -> str:
    """The text with its escaped characters as they are meant."""
    return text.translate(_FREED)


def looks_like(text: str) -> bool:
    """Whether a text is GIFT: a braced answer, a named question or a category."""
    start = text[:200_000]
    if re.search(r"(?m)^\s*(::|\$CATEGORY:)", start):
        return True
    return any(
        re.match(r"\s*([=~#]|T\b|F\b|TRUE\b|FALSE\b|$)", braced[1].strip())
        for braced in re.finditer(r"(?<!\\)\{([^{}]*)(?<!\\)\}", start)
    )


def entries(text: str) -> Iterator[Entry]:
    """The questions of a file, parted by empty lines; comments and categories read on the way."""
    entry, group = Entry(1), ""
    ident, tags = "", []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        bare = line.strip().lstrip("\ufeff")
        if bare.startswith("//"):
            for name, value in _TAGGED.findall(bare):
                if name == "id":
                    ident = freed(_held(value)).strip()
                else:
                    tags.append(freed(_held(value)).strip())
            continue
        category = _CATEGORY.match(bare) if not entry.lines else None
        if category:
            group = freed(_held(category[1])).strip()
            continue
        if bare:
            if not entry.lines:
                entry = Entry(number, [], ident, tags, group)
                ident, tags = "", []
            entry.lines.append(line)
        elif entry.lines:
            yield entry
            entry = Entry(number)
    if entry.lines:
        yield entry


def _whole(found: Sequence[Entry]) -> Iterator[Entry]:
    """Entries with those put together that an empty line inside the braces had parted."""
    place = 0
    while place < len(found):
        entry = found[place]
        place += 1
        if entry.text.count("{") > entry.text.count("}") and place < len(found):
            follows = found[place].text
            closing, opening = follows.find("}"), follows.find("{")
            if closing >= 0 and (opening < 0 or closing < opening):
                entry.lines += ["", *found[place].lines]
                place += 1
        yield from _parted(entry)


def _parted(entry: Entry) -> Iterator[Entry]:
    """An entry as the questions that it holds, when the empty lines between them were forgotten.

    A line that begins with a title begins a question, so that a bracket left open costs no other question than its own.
    """
    begun, opened, ended = 0, 0, False
    last = max((number for number, line in enumerate(entry.lines) if "{" in _held(line)), default=-1)
    for number, line in enumerate(entry.lines):
        held = _held(line)
        titled = number > begun and _TITLED.match(held) is not None
        if titled or (ended and number <= last):
            opened = 0
            yield Entry(entry.line + begun, entry.lines[begun:number], entry.ident, entry.tags, entry.group)
            entry.ident, begun = "", number
        opened += held.count("{") - held.count("}")
        ended = opened == 0 and held.rstrip().endswith("}")
    yield Entry(entry.line + begun, entry.lines[begun:], entry.ident, entry.tags, entry.group)


def read(text: str, files: Files = no_files) -> Found:
    """Everything in a GIFT text."""
    gathering = Gathering(NAME)
    for entry in _whole(list(entries(text))):
        _Reading(entry, files).into(gathering)
        if gathering.full:
            break
    return gathering.found()


class _Reading:
    """One question while it is read."""

    def __init__(self, entry: Entry, files: Files) -> None:
        self.entry, self.files = entry, files
        text = entry.text
        self.title = ""
        if text.startswith("::") and (end := text.find("::", 2)) > 0:
            self.title, text = freed(text[2:end]).strip(), text[end + 2 :].strip()
        self.body = text
        self.format = "moodle"

    def into(self, gathering: Gathering) -> None:
        """Take the question, or say why not."""
        start, end = self.body.find("{"), self.body.find("}")
        told = _HELD["{"] + _HELD["}"]
        shown = freed(self.body if start < 0 else self.body[:start]).strip(told)
        gathering.take(
            f"line {self.entry.line}",
            lambda account: self._document(account, start, end),
            kind=_kind(self.body[start + 1 : end] if 0 <= start < end else None if start == end else "?"),
            title=self.title or re.sub(r"<[^<>]*>", " ", self._format_of(shown, "")[1]),
            key=self.entry.ident,
            group=self.entry.group,
        )

    def _document(self, account: Account, start: int, end: int) -> Json:
        if start < 0 and end < 0:
            raise Skip(N_("This is a text without a question. Put it into a lesson."))
        if start < 0 or end < 0:
            raise Skip(
                N_(
                    "A curly bracket is missing: the answers stand between { and }. Write \\{ for a bracket in the text."
                )
            )
        if end < start or "{" in self.body[start + 1 : end]:
            raise Skip(N_("The curly brackets do not match. Write \\{ for a bracket in the text."))
        answers, before, after = self.body[start + 1 : end].strip(), self.body[:start], self.body[end + 1 :]
        if "{" in after or "}" in after:
            raise Skip(N_("There are two answer parts in it. Leave an empty line between questions."))
        stem_text = before + ("_____" + after if after.strip() else "")
        self.format = self._format_of(stem_text, self.format)[0]
        general = ""
        if (mark := answers.rfind("####")) >= 0:
            general, answers = answers[mark + 4 :], answers[:mark].strip()
        stem = self._text(stem_text, account)
        document = self._by_kind(stem, answers, account)
        tags = [*self.entry.tags, *category_tags(self.entry.group)]
        return making.with_rest(document, explanation=self._text(general, account), tags=tags)

    def _by_kind(self, stem: str, answers: str, account: Account) -> Json:
        kind = _kind(answers)
        if kind == "essay":
            return making.extended(stem, "", account)
        if kind == "numerical":
            return making.numeric(stem, self._numbers(answers[1:], account), account)
        if kind == "multichoice":
            return self._choice(stem, answers, account)
        if kind == "match":
            return self._pairs(stem, answers, account)
        if kind == "truefalse":
            said, *whys = answers.split("#", 2)
            right = said.strip().upper() in _TRUE
            wrong_why, right_why = (*(self._text(why, account) for why in whys), "", "")[:2]
            names = ("true", "false") if right else ("false", "true")
            return making.truefalse(stem, right, {names[0]: right_why, names[1]: wrong_why})
        typed = []
        for part in self._parts(answers, "="):
            share, rest = _weight(part, 1.0)
            words, _, why = rest.partition("#")
            typed.append(Typed(self._bare(words), self._text(why, account), share))
        return making.short(stem, typed, account)

    def _choice(self, stem: str, answers: str, account: Account) -> Json:
        choices = []
        for mark, part in _marked(answers):
            share, rest = (1.0, part) if mark == "=" else _weight(part, 0.0)
            if mark == "=":
                weight, rest = _weight(part, 1.0)
                share = weight
            words, _, why = rest.partition("#")
            if not words.strip() and not why.strip():
                continue
            if abs(share) > 1:
                account.changed(N_("A share of %(share)s%% was read as 100%%."), share=making.percent(share))
                share = 1.0 if share > 0 else -1.0
            choices.append(Choice(self._text(words, account), self._text(why, account), share))
        return making.choice(stem, choices, account, several="=" not in answers)

    def _pairs(self, stem: str, answers: str, account: Account) -> Json:
        pairs = []
        for part in self._parts(answers, "="):
            left, arrow, right = part.partition("->")
            if not arrow:
                raise Skip(N_("A pair is written “=this -> that”; one has no arrow."))
            pairs.append((self._text(left, account), self._text(right.partition("#")[0], account)))
        return making.matching(stem, pairs, account)

    def _numbers(self, answers: str, account: Account) -> list[Number]:
        found = []
        for mark, part in _marked(answers):
            share, rest = _weight(part, 0.0 if mark == "~" else 1.0)
            words, _, why = rest.partition("#")
            said = self._text(why, account)
            words = words.strip()
            if words in ("", "*"):
                if said:
                    account.changed(
                        N_("What is said to any other answer has no place here: “%(why)s”"), why=said
                    )
                continue
            low, dots, high = words.partition("..")
            if dots:
                found.append(making.between(making.number(low), making.number(high), said, share))
                continue
            value, _, tolerance = freed(words).partition(":")
            found.append(Number(making.number(value), abs(making.number(tolerance or "0")), said, share))
        return found

    def _parts(self, answers: str, mark: str) -> list[str]:
        first, *others = answers.split(mark)
        return [part.strip() for part in ([first] if first.strip() else []) + others if part.strip()]

    def _format_of(self, text: str, default: str) -> tuple[str, str]:
        found = _FORMAT.match(text)
        return (found[1].lower(), text[found.end() :]) if found else (default, text)

    def _bare(self, words: str) -> str:
        """Typed words: no format, no markup."""
        return freed(self._format_of(words, "plain")[1]).strip()

    def _text(self, words: str, account: Account) -> str:
        """A text in the format that it says, or in the question's."""
        kind, rest = self._format_of(words, self.format)
        if kind in ("moodle", "plain"):
            rest = " ".join(line.strip(" \t") for line in rest.split("\n"))
        whole = freed(rest).strip()
        if kind == "html":
            return texts.html(whole, account, self.files)
        if kind == "markdown":
            return texts.markdown(whole, account, self.files)
        return texts.plain(whole, account) if kind == "plain" else texts.loose(whole, account, self.files)


def _kind(answers: str | None) -> str:
    """The kind of question that an answer part makes, by its signs."""
    if answers is None or answers == "?":
        return "description" if answers is None else "unknown"
    general = answers.rfind("####")
    bare = (answers[:general] if general >= 0 else answers).strip()
    if not bare:
        return "essay"
    if bare.startswith("#"):
        return "numerical"
    if "~" in bare:
        return "multichoice"
    if "=" in bare and "->" in bare:
        return "match"
    return "truefalse" if bare.partition("#")[0].strip().upper() in (*_TRUE, *_FALSE) else "shortanswer"


def _marked(answers: str) -> Iterator[tuple[str, str]]:
    """The answers with the sign before each; what stands before the first sign has none."""
    parts = re.split(r"([~=])", answers)
    if parts[0].strip():
        yield "", parts[0].strip()
    for place in range(1, len(parts), 2):
        if parts[place + 1].strip():
            yield parts[place], parts[place + 1].strip()


def _weight(part: str, otherwise: float) -> tuple[float, str]:
    found = _WEIGHT.match(part)
    if not found:
        return otherwise, part
    return float(found[1].replace(",", ".")) / 100, part[found.end() :]


def category_tags(group: str) -> list[str]:
    """The innermost name of a category as a tag; none for those that every system makes by itself."""
    last = group.replace("//", "\0").split("/")[-1].replace("\0", "/").strip()
    plain = last.casefold()
    return (
        []
        if not last or plain in ("top", "$course$", "$system$") or plain.startswith("default for")
        else [last[:60]]
    )
