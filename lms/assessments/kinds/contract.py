"""The contract every question kind keeps: read, vary, ask, given, mark, answer.

A kind is a module. Documents come in as the course format says; what a learner may see goes out through `ask`, which
never holds the key.
"""

import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeGuard, TypeVar, runtime_checkable

from lms.foundation.text import nearest

Raw = Mapping[str, Sequence[str]]
Json = dict[str, Any]
T = TypeVar("T", list[Any], dict[Any, Any])

COMMON = frozenset(
    (
        "key",
        "kind",
        "stem",
        "objective",
        "competency",
        "level",
        "thinking",
        "difficulty",
        "critical",
        "tags",
        "explanation",
        "shuffle",
    )
)
THINKING = ("know", "apply", "judge")
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_KEY = 80
LARGEST = 1e15
"""Up to here, whole numbers and their halves are exact in every language that reads our documents."""


@dataclass(frozen=True)
class Problem:
    """What is wrong in a question's document: a dotted path, and a sentence with the remedy."""

    where: str
    message: str


class Unreadable(ValueError):
    """A question's document cannot be taken; `problems` has every reason."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.where}: {problem.message}" for problem in problems))
        self.problems = tuple(problems)


class BadAnswer(ValueError):
    """An answer cannot be read; the sentence says why, as an English template and its values."""

    def __init__(self, sentence: str, **values: Any) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True)
class Part:
    """Feedback on one part of an answer. `about`: its words; `share`: from 0 to 1 where a part can be partly right."""

    ref: str
    right: bool
    why: str = ""
    about: str = ""
    share: float | None = None


@dataclass(frozen=True)
class Mark:
    """What an answer is worth, from 0 to 1, with feedback per part. `waiting`: nothing yet, because people mark it."""

    score: float
    parts: tuple[Part, ...] = ()
    waiting: bool = False


class Kind(Protocol):
    """What a kind's module offers. `question` is what `read` returned."""

    NAME: str

    def read(self, document: Mapping[str, Any]) -> Any:
        """The question of a document. Raises Unreadable with all problems."""

    def vary(self, question: Any, seed: int, *, shuffle: bool = True) -> Json:
        """What is one person's own: the order of options, the numbers. The same for a seed, for ever."""

    def ask(self, question: Any, variant: Json) -> Json:
        """All that a learner may see: never the key."""

    def given(self, question: Any, variant: Json, raw: Raw) -> Json | None:
        """The answer of a posted form, or None when nothing was answered. Raises BadAnswer."""

    def mark(self, question: Any, variant: Json, given: Json | None) -> Mark:
        """What the answer is worth."""

    def answer(self, question: Any, variant: Json) -> Json:
        """The key and the explanations, for the review."""


@runtime_checkable
class Stepwise(Kind, Protocol):
    """A kind that is answered step by step: each answer holds all the steps so far."""

    def ask_after(self, question: Any, variant: Json, given: Json | None) -> Json:
        """As `ask`, at the step that the answer so far has led to. Raises BadAnswer."""

    def goes_on(self, earlier: Json, later: Json) -> bool:
        """Whether an answer goes on from an earlier one."""


def is_stepwise(kind: Kind) -> TypeGuard[Stepwise]:
    """Whether a kind is answered step by step: asked by name, since asking a protocol costs a tenth of an answer."""
    return hasattr(kind, "ask_after") and hasattr(kind, "goes_on")


class Notes:
    """Gathers the problems of one document, so that an author hears of all of them at once."""

    def __init__(self, document: Mapping[str, Any], *, known: Sequence[str]) -> None:
        self.document = document
        self.found: list[Problem] = []
        for name in document:
            if name not in COMMON and name not in known:
                remedy = nearest(str(name), (*sorted(COMMON), *known))
                self.add(str(name), f"We do not know “{name}” in this kind of question. {remedy}")
        key = self.need("key", str, "Give the question a key.")
        if len(str(key)) > LONGEST_KEY:
            self.add("key", f"Keep the key under {LONGEST_KEY} characters.")
        elif isinstance(key, str) and key.strip() and not KEY.fullmatch(key):
            self.add("key", "A key is small letters and digits, joined by hyphens.")
        if "level" in document and not (is_number(document["level"]) and document["level"] in range(1, 6)):
            self.add("level", "The level is a whole number from 1 to 5.")
        for name, kind in (("explanation", str), ("shuffle", bool), ("critical", bool)):
            if name in document and not isinstance(document[name], kind):
                self.add(name, f"Write “{name}” as {'a text' if kind is str else 'true or false'}.")
        tags = self.some("tags", list)
        if not all(isinstance(tag, str) for tag in tags):
            self.add("tags", "Write the tags as a list of words.")
        self.need("stem", str, "Say what is asked, under “stem”.")
        if document.get("thinking", "know") not in THINKING:
            self.add("thinking", "Choose know, apply or judge.")
        difficulty = document.get("difficulty", 0.5)
        if not is_number(difficulty) or not 0.05 <= difficulty <= 0.95:
            self.add("difficulty", "The difficulty is a share between 0.05 and 0.95.")

    def add(self, where: str, message: str) -> None:
        """Note a problem."""
        self.found.append(Problem(where, message))

    def need(self, name: str, kind: type, message: str) -> Any:
        """The value of that name, or a note that it is missing or of the wrong type."""
        value = self.document.get(name)
        if not isinstance(value, kind) or (isinstance(value, str) and not value.strip()):
            self.add(name, message)
        return value

    def some(self, name: str, kind: type[T]) -> T:
        """The value of that name, or an empty one when it is not there; notes that it is of the wrong type."""
        value = self.document.get(name)
        if value is None:
            return kind()
        if isinstance(value, kind):
            return value
        self.add(name, f"Write “{name}” as {'a list' if kind is list else 'names with their values'}.")
        return kind()

    def entries(
        self, name: str, fields: Sequence[str], *, least: int, most: int, optional: Sequence[str] = ()
    ) -> list[Mapping[str, Any]]:
        """A list of small maps with these text fields; notes what is missing, unknown or too many."""
        value = self.document.get(name)
        if not isinstance(value, list) or not least <= len(value) <= most:
            self.add(name, f"Write {least} to {most} {name}.")
            return []
        good = []
        for number, entry in enumerate(value):
            if not isinstance(entry, Mapping):
                self.add(f"{name}.{number}", f"Write it as {{{', '.join(fields)}}}.")
                continue
            for field in fields:
                if not is_words(entry.get(field)):
                    self.add(f"{name}.{number}.{field}", f"Fill in “{field}”.")
            self.only(f"{name}.{number}", entry, (*fields, *optional))
            if "why" not in fields:
                self.why(f"{name}.{number}", entry)
            good.append(entry)
        return good

    def only(self, where: str, entry: Mapping[str, Any], known: Sequence[str]) -> None:
        """Note each name of a small map that we do not know: a misspelt “correct” is a lost key."""
        for name in entry:
            if name not in known:
                self.add(f"{where}.{name}", f"We do not know “{name}” here. {nearest(str(name), known)}")

    def why(self, where: str, entry: Mapping[str, Any]) -> None:
        """Note an explanation that says nothing."""
        if "why" in entry and not is_words(entry["why"]):
            self.add(f"{where}.why", "Write “why” as a text, or leave it out.")

    def different(self, name: str, entries: Sequence[Mapping[str, Any]], field: str) -> None:
        """Note entries that say the same."""
        said = [str(entry.get(field)).strip().casefold() for entry in entries]
        for number, text in enumerate(said):
            if text in said[:number]:
                self.add(f"{name}.{number}.{field}", f"Two {name} say the same. Make each one different.")

    def close(self) -> None:
        """Raise Unreadable when anything was found."""
        if self.found:
            raise Unreadable(self.found)


def is_number(value: object) -> bool:
    """Whether a value of a document is a number one can work with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def is_words(value: object) -> bool:
    """Whether a value can be shown as a text: words, or a number that YAML read as one."""
    return isinstance(value, str | int | float) and bool(str(value).strip())


def shuffled(count: int, seed: int, *, shuffle: bool) -> list[int]:
    """An order of `count` things. Fisher–Yates on Python's Mersenne Twister, whose stream for a seed does not change."""
    order = list(range(count))
    if shuffle:
        random.Random(seed).shuffle(order)  # noqa: S311  (an order of options guards nothing)
    return order


def one(raw: Raw, name: str, *, most: int = 500) -> str:
    """The single value of a field; empty when it was not sent. Raises BadAnswer when it was sent twice."""
    values = list(raw.get(name, ()))
    if len(values) > 1:
        raise BadAnswer("Choose one answer only.")
    value = values[0].replace("\x00", "").strip() if values else ""
    if len(value) > most:
        raise BadAnswer("That answer is too long: keep it under %(most)s characters.", most=most)
    return value


def refs(order: Sequence[int]) -> list[str]:
    """Letters for the things in the order they are shown, so that a ref says nothing of the authored order."""
    return [chr(97 + place) for place in range(len(order))]


def by_ref(order: Sequence[int]) -> dict[str, int]:
    """Which authored thing each letter stands for."""
    return dict(zip(refs(order), order, strict=True))
