"""A bank as a whole: what a test-wise person would use against it, and what it lacks. Advice, as pure functions."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

WANTED = ("level", "thinking", "difficulty")
"""What a question of a bank says besides objective and competency, so that a draw can choose by it."""
ENOUGH = 30
FEWEST_TO_JUDGE = 8
MOST_LONGEST = 0.4
MOST_IN_ONE_PLACE = 0.45
FEWEST_TRUEFALSE = 3
Question = Mapping[str, Any]


def right_place(question: Question) -> tuple[int, list[int]] | None:
    """Where the right option of a single choice stands, and how long each option is; None when it cannot be said."""
    options = question.get("options")
    if question.get("kind") != "single" or not isinstance(options, list):
        return None
    if not all(isinstance(option, Mapping) for option in options):
        return None
    right = [place for place, option in enumerate(options) if option.get("correct") is True]
    return (right[0], [len(str(option.get("text", ""))) for option in options]) if len(right) == 1 else None


def share_longest(questions: Sequence[Question]) -> float:
    """In what share of the single choices the right option is the longest."""
    seen = [found for question in questions if (found := right_place(question))]
    longest = sum(lengths[at] > max(lengths[:at] + lengths[at + 1 :]) for at, lengths in seen)
    return longest / len(seen) if seen else 0.0


def places(questions: Sequence[Question]) -> Counter[int]:
    """How often the right option stands in each place, as authored."""
    return Counter(found[0] for question in questions if (found := right_place(question)))


def bank_advice(questions: Sequence[Question]) -> Iterator[tuple[int, str, str]]:
    """What would make a bank better, as (which question, which part of it, sentence with the remedy)."""
    if not questions:
        return
    if len(questions) < ENOUGH:
        yield (
            0,
            "",
            f"The bank has {len(questions)} questions. Write {ENOUGH} or more, so that a second try is another test.",
        )
    singles = [number for number, question in enumerate(questions) if right_place(question)]
    if len(singles) >= FEWEST_TO_JUDGE:
        share = share_longest(questions)
        if share > MOST_LONGEST:
            yield (
                singles[0],
                "",
                f"The right option is the longest in {share:.0%} of the single choices, and people notice. "
                "Lengthen some wrong ones, or shorten the right.",
            )
        place, most = places(questions).most_common(1)[0]
        if most > MOST_IN_ONE_PLACE * len(singles):
            yield (
                singles[0],
                "",
                f"The right option is number {place + 1} in {most} of {len(singles)} single choices. "
                "Move some of them.",
            )
    yield from _one_way(questions)
    yield from _asked_twice(questions)
    for number, question in enumerate(questions):
        yield from ((number, where, words) for where, words in _without_why(question))
        for name in WANTED:
            if name not in question:
                yield number, "key", f"Add “{name}”, so that a draw can choose by it."


def _one_way(questions: Sequence[Question]) -> Iterator[tuple[int, str, str]]:
    said = [
        (number, question.get("answer"))
        for number, question in enumerate(questions)
        if question.get("kind") == "truefalse"
    ]
    if len(said) >= FEWEST_TRUEFALSE and len({answer for _number, answer in said}) == 1:
        yield (
            said[0][0],
            "answer",
            f"All {len(said)} true-or-false questions have the same answer. Turn some of them round.",
        )


def _asked_twice(questions: Sequence[Question]) -> Iterator[tuple[int, str, str]]:
    seen: dict[str, Any] = {}
    for number, question in enumerate(questions):
        asked = " ".join(f"{question.get('stem')} {question.get('text', '')}".casefold().split())
        if asked in seen:
            yield number, "stem", f"“{seen[asked]}” asks the same. Ask something else, or drop one."
        seen.setdefault(asked, question.get("key"))


def _without_why(question: Question) -> Iterator[tuple[str, str]]:
    for name in ("pairs", "items", "gaps"):
        parts = question.get(name)
        named = parts.items() if isinstance(parts, Mapping) else enumerate(parts or ())
        for key, part in named:
            if isinstance(part, Mapping) and not part.get("why"):
                yield f"{name}.{key}", "Say why, for whoever gets this part wrong: add “why”."
