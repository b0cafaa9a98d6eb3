"""The contract every format keeps: bytes in, items out, each with what became of it.

A format is a module that reads (`read(source) -> Found`) and perhaps writes (`write(bank) -> bytes`). Nothing here knows a
framework or a database; nothing in a file is run, fetched or unpacked to disk.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from lms.assessments.kinds import kind_of
from lms.assessments.kinds.contract import Unreadable
from lms.foundation.words import N_

TAKEN, CHANGED, SKIPPED = "taken", "changed", "skipped"
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_KEY = 80
LONGEST_TITLE = 120
MOST_ITEMS = 20_000
Json = dict[str, Any]


_watching: ContextVar[Callable[[], None] | None] = ContextVar("watching", default=None)


@contextmanager
def watched(look: Callable[[int], None]) -> Iterator[None]:
    """While a file is read inside this, say after each question how many were looked at so far."""
    count = 0

    def one_more() -> None:
        nonlocal count
        count += 1
        look(count)

    token = _watching.set(one_more)
    try:
        yield
    finally:
        _watching.reset(token)


class Reason:
    """Why something was changed or skipped: an English template and its values, translated at the edge."""

    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = sentence
        self.values = {name: shortened(value) for name, value in values.items()}

    def __str__(self) -> str:
        return self.sentence % self.values if self.values else self.sentence

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Reason) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


class Skip(Exception):
    """An item cannot be taken; the reason says why. The rest of the file goes on."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.reason = Reason(sentence, **values)


@dataclass(frozen=True)
class Item:
    """A question as a file had it. `ref` says where; `question` is our package form, or None when it was skipped.

    `mend` is what the question still lacks before a course with it can be published: nothing was invented to fill it.
    """

    ref: str
    kind: str
    title: str
    status: str
    reasons: tuple[Reason, ...] = ()
    question: Json | None = None
    mend: tuple[str, ...] = ()
    group: str = ""

    def as_json(self) -> Json:
        """As the report prints it."""
        return {
            "ref": self.ref,
            "kind": self.kind,
            "title": self.title,
            "status": self.status,
            "reasons": [str(reason) for reason in self.reasons],
            "question": self.question,
            "mend": list(self.mend),
            **({"category": self.group} if self.group else {}),
        }


@dataclass(frozen=True)
class Page:
    """A text as a file had it, as a lesson of ours: `text` is the lesson's whole file."""

    ref: str
    key: str
    title: str
    status: str
    reasons: tuple[Reason, ...] = ()
    text: str = ""

    def as_json(self) -> Json:
        """As the report prints it."""
        return {
            "ref": self.ref,
            "key": self.key,
            "title": self.title,
            "status": self.status,
            "reasons": [str(reason) for reason in self.reasons],
            "text": self.text,
        }


@dataclass(frozen=True)
class Found:
    """Everything a file held. `remarks`: what is to be said of the file as a whole."""

    format: str
    items: tuple[Item, ...] = ()
    pages: tuple[Page, ...] = ()
    media: Mapping[str, bytes] = field(default_factory=dict)
    remarks: tuple[Reason, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many questions were taken, changed and skipped; how many lessons and pictures came along."""
        stati = [item.status for item in self.items]
        return {
            **{status: stati.count(status) for status in (TAKEN, CHANGED, SKIPPED)},
            "questions": len(stati),
            "lessons": sum(page.status != SKIPPED for page in self.pages),
            "pictures": len(self.media),
        }

    def as_json(self) -> Json:
        """The report as one object."""
        return {
            "format": self.format,
            "questions": [item.as_json() for item in self.items],
            "lessons": [page.as_json() for page in self.pages],
            "media": [{"path": path, "bytes": len(content)} for path, content in sorted(self.media.items())],
            "remarks": [str(reason) for reason in self.remarks],
            "counts": self.counts,
        }


@dataclass
class Account:
    """What becomes of one item while it is read: the changes it needs, the pictures that come with it."""

    media: dict[str, bytes] = field(default_factory=dict)
    reasons: list[Reason] = field(default_factory=list)

    def changed(self, sentence: str, **values: object) -> None:
        """Note a change, once."""
        reason = Reason(sentence, **values)
        if reason not in self.reasons:
            self.reasons.append(reason)


@dataclass
class Keys:
    """Keys that are taken; a key that is asked for again gets a number behind it."""

    taken: set[str] = field(default_factory=set)
    last: dict[str, int] = field(default_factory=dict)

    def free(self, key: str) -> str:
        """The key itself when nothing has it, else the next one like it; it is taken from now on."""
        base = key[: LONGEST_KEY - 6].rstrip("-")
        while key in self.taken:
            self.last[base] = self.last.get(base, 1) + 1
            key = f"{base}-{self.last[base]}"
        self.taken.add(key)
        return key


@dataclass
class Gathering:
    """The items of one file as they come, each tried on its own: one that fails stops none of the others."""

    format: str
    items: list[Item] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    media: dict[str, bytes] = field(default_factory=dict)
    remarks: list[Reason] = field(default_factory=list)
    keys: Keys = field(default_factory=Keys)
    full: bool = False

    def take(
        self,
        ref: str,
        make: Callable[[Account], Json],
        *,
        kind: str,
        title: str = "",
        key: str = "",
        group: str = "",
    ) -> None:
        """Try one question: `make` returns its document without a key, or raises Skip."""
        if len(self.items) >= MOST_ITEMS:
            self.leave_the_rest(ref)
            return
        if (one_more := _watching.get()) is not None:
            one_more()
        account = Account()
        shown = titled(title)
        try:
            document = make(account)
            shown = shown or titled(str(document.get("stem", "")))
            question = {"key": self._key(key, shown, document), **document}
            mend = lacks(question)
        except Skip as skip:
            self.items.append(Item(ref, kind, shown, SKIPPED, (skip.reason, *account.reasons), group=group))
            return
        self.media.update(account.media)
        status = CHANGED if account.reasons else TAKEN
        self.items.append(
            Item(ref, question["kind"], shown, status, tuple(account.reasons), question, mend, group)
        )

    def leave_the_rest(self, ref: str) -> None:
        """Say, once, that there are more questions than are taken, and from where on they were left."""
        if not self.full:
            self.full = True
            self.remark(
                N_(
                    "The file has more than %(most)s questions. The rest was left, from %(place)s on: split the file there."
                ),
                most=MOST_ITEMS,
                place=ref,
            )

    def skip(self, ref: str, sentence: str, *, kind: str, title: str = "", **values: object) -> None:
        """Note something that is not taken, and why."""
        self.items.append(Item(ref, kind, titled(title), SKIPPED, (Reason(sentence, **values),)))

    def remark(self, sentence: str, **values: object) -> None:
        """Say something of the file as a whole, once."""
        reason = Reason(sentence, **values)
        if reason not in self.remarks:
            self.remarks.append(reason)

    def found(self) -> Found:
        """What was gathered."""
        if any("](media/" in str(item.question) for item in self.items):
            self.remark(
                N_(
                    "Pictures came along. A question shows a picture's words, not the picture: show it in a lesson."
                )
            )
        return Found(self.format, tuple(self.items), tuple(self.pages), dict(self.media), tuple(self.remarks))

    def _key(self, wanted: str, title: str, document: Json) -> str:
        """The file's own key where it is one of ours; else one that the same question always gets."""
        key = wanted if KEY.fullmatch(wanted) and len(wanted) <= LONGEST_KEY else ""
        if not key:
            key = f"{slug(wanted or title)[:50].strip('-') or 'question'}-{digest(document)[:8]}"
        return self.keys.free(key)


def lacks(question: Mapping[str, Any]) -> tuple[str, ...]:
    """What the question's kind still misses in it, in its own words. Raises Skip when that is not for an author to mend."""
    kind = kind_of(question)
    try:
        kind.read(question)
    except Unreadable as error:
        return tuple(f"{problem.where}: {problem.message}" for problem in error.problems)
    except (ValueError, TypeError, KeyError, OverflowError):
        raise Skip(N_("This question does not hold together. Look at it in its own system.")) from None
    return ()


def shortened(value: object, most: int = 160) -> object:
    """A piece of somebody's file, safe and short enough to stand in a sentence."""
    if not isinstance(value, str):
        return value
    plain = " ".join("".join(c if c.isprintable() else " " for c in value[: most * 4]).split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def slug(text: str) -> str:
    """A text as a key: small letters, digits, hyphens."""
    plain = unicodedata.normalize("NFKD", text[:400]).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


def digest(document: Mapping[str, Any]) -> str:
    """The same words for the same question, whatever its key, its tags and where it stands."""
    said = {name: value for name, value in document.items() if name not in ("key", "tags")}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def titled(text: str) -> str:
    """A text short enough to be a title, on one line."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text[:1000]).split())
    return plain if len(plain) <= LONGEST_TITLE else plain[: LONGEST_TITLE - 1] + "…"


def joined(parts: Sequence[Found], format_name: str) -> Found:
    """Several files' finds as one; keys are made different."""
    keys = Keys()
    items: list[Item] = []
    media: dict[str, bytes] = {}
    for part in parts:
        media.update(part.media)
        for item in part.items:
            if item.question is None:
                items.append(item)
                continue
            key = keys.free(str(item.question["key"]))
            items.append(replace(item, question={**item.question, "key": key}))
    return Found(
        format_name,
        tuple(items),
        tuple(page for part in parts for page in part.pages),
        media,
        tuple(dict.fromkeys(reason for part in parts for reason in part.remarks)),
    )


def each(entries: Sequence[Any]) -> Iterator[tuple[int, Any]]:
    """Things counted from one, as people count."""
    yield from enumerate(entries, start=1)
