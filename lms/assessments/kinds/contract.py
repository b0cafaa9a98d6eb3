"""What every kind of question offers, and the values that pass between it and the rest of the house."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

Document = Mapping[str, Any]
"""A question as its author wrote it: the mapping read from YAML or JSON."""
Variant = dict[str, Any]
"""What makes one person's question theirs: the order of the options, their own numbers. JSON."""
Given = dict[str, Any]
"""An answer in the small form that is kept. JSON, never empty: a blank answer is None."""
Shown = dict[str, Any]
"""What a template needs to show a question, or its key. JSON."""


@dataclass(frozen=True)
class Problem:
    """Something an author should change: where it is (`options.2.why`), and a sentence with the remedy."""

    where: str
    message: str


class Unreadable(ValueError):
    """The document is not a question of this kind; `problems` holds every reason at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{problem.where}: {problem.message}" for problem in self.problems))


class BadAnswer(ValueError):
    """What was sent is no answer to this question; `sentence` is an English template, `values` go into it."""

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence % values if values else sentence)
        self.sentence = sentence
        self.values = values


@dataclass(frozen=True)
class Part:
    """The judgement of one part of an answer, and what to tell the person about it."""

    ref: str
    right: bool
    why: str


@dataclass(frozen=True)
class Mark:
    """What an answer is worth, from 0 to 1, with feedback for each part. A blank answer has no parts."""

    score: float
    parts: tuple[Part, ...]


BLANK = Mark(0.0, ())


@dataclass(frozen=True)
class Question:
    """What questions of every kind have in common. `explanation` stands after the answer and may be empty."""

    key: str
    stem: str
    explanation: str


Q = TypeVar("Q", bound=Question)


class Kind(Protocol[Q]):
    """A kind of question: a module with these names. It keeps no state and knows no framework."""

    @property
    def NAME(self) -> str:
        """The `kind` of its documents."""

    def read(self, document: Document, /) -> Q:
        """The question of a document. Raises Unreadable with every problem at once."""

    def vary(self, question: Q, seed: int, *, shuffle: bool = True) -> Variant:
        """What this seed's person sees; the same seed gives the same variant for ever."""

    def ask(self, question: Q, variant: Variant) -> Shown:
        """All a learner may see before answering, and never anything of the key.

        `fields` lists the form fields to answer with: `{name, many, values}`, where `values` is None for typed text.
        """

    def given(self, question: Q, variant: Variant, raw: Mapping[str, Any]) -> Given | None:
        """The answer in a form post, as it is kept; None when nothing was answered. Raises BadAnswer."""

    def mark(self, question: Q, variant: Variant, given: Given | None) -> Mark:
        """What an answer is worth, and why."""

    def answer(self, question: Q, variant: Variant) -> Shown:
        """The key in full, for the page that looks back."""


def is_blank(given: Given | None) -> bool:
    """Whether nothing was answered."""
    return not given


def field(name: str, values: Sequence[str] | None = None, *, many: bool = False) -> dict[str, Any]:
    """One form field of `ask`'s `fields`: the values it may take, or None for typed text."""
    return {"name": name, "many": many, "values": None if values is None else list(values)}
