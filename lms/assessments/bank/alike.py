"""Questions of a bank that ask the same or nearly the same."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from lms.foundation.text import words

Question = Mapping[str, Any]
NEARLY = 0.8
"""From this share of common words on, two questions are shown as alike."""


@dataclass(frozen=True)
class Alike:
    """Two questions by their numbers, and what share of all their words they have in common."""

    one: int
    other: int
    share: float


def asked_words(question: Question) -> frozenset[str]:
    """The words a question asks with: the stem, and the things it is about where stems are alike by nature."""
    said = [question.get("stem"), question.get("text")]
    for name, field in (("pairs", "left"), ("items", "text")):
        parts = question.get(name)
        said += (
            [one.get(field) for one in parts if isinstance(one, Mapping)] if isinstance(parts, list) else []
        )
    return frozenset(word for text in said if text is not None for word in words(str(text).casefold()))


def alike(questions: Sequence[Question], *, least: float = NEARLY) -> list[Alike]:
    """Pairs whose sets of words have at least this much in common (Jaccard), the nearest first.

    Two sets that are so near share one of their rarest words, so only those that do are compared (prefix filtering).
    """
    asked = [asked_words(question) for question in questions]
    common = Counter(word for one in asked for word in one)
    seen: dict[str, list[int]] = defaultdict(list)
    found = []
    for number, said in enumerate(asked):
        rarest = sorted(said, key=lambda word: (common[word], word))
        prefix = rarest[: len(said) - ceil(least * len(said)) + 1]
        for other in sorted({other for word in prefix for other in seen[word]}):
            share = len(said & asked[other]) / len(said | asked[other])
            if share >= least:
                found.append(Alike(other, number, share))
        for word in prefix:
            seen[word].append(number)
    return sorted(found, key=lambda pair: (-pair.share, pair.one, pair.other))
