"""Questions of other systems as questions of ours: shares, tolerances and wildcards, with every change named."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from lms.assessments.kinds.contract import LARGEST
from lms.assessments.kinds.extended import MOST_CRITERIA, MOST_WORDS
from lms.assessments.kinds.numeric import MOST_DECIMALS
from lms.assessments.kinds.upload import TYPES
from lms.foundation.words import N_
from lms.interop.formats.contract import Account, Json, Skip

NEAR = 0.011
"""Shares are written in round percentages: a third is 33.333, or 33."""
_TRUTHS: Mapping[str, bool] = {
    "true": True,
    "false": False,
    "verdadero": True,
    "falso": False,
}


@dataclass(frozen=True)
class Choice:
    """An option: its text, what is said to who chose it, and the share of the mark it gives (1 is all, below 0 takes away)."""

    text: str
    why: str = ""
    share: float = 0.0


@dataclass(frozen=True)
class Typed:
    """A typed answer: `share` of the mark for it."""

    text: str
    why: str = ""
    share: float = 1.0


@dataclass(frozen=True)
class Number:
    """A number that gives a share of the mark, within a tolerance."""

    value: Decimal
    tolerance: Decimal = Decimal(0)
    why: str = ""
    share: float = 1.0


def percent(share: float) -> str:
    """A share as the number before a percent sign, which stands in the sentence: each language sets it its own way."""
    return f"{round(share * 100, 2):g}"


def number(text: str) -> Decimal:
    """A number as a file writes it. Raises Skip."""
    plain = text.strip().replace("\u2212", "-")
    if re.fullmatch(r"[+-]?\d+,\d+", plain):
        plain = plain.replace(",", ".")
    try:
        value = Decimal(plain)
    except InvalidOperation:
        raise Skip(N_("“%(text)s” is not a number."), text=text) from None
    if not value.is_finite() or abs(value) > Decimal(LARGEST):
        raise Skip(N_("“%(text)s” is not a number of a usual size."), text=text)
    return value


def as_number(value: Decimal) -> int | float:
    """A number as a document holds it."""
    return int(value) if value == value.to_integral_value() else float(value)


def said(why: str) -> Json:
    """An explanation where there is one; none is invented."""
    return {"why": why} if why.strip() else {}


def choice(
    stem: str, options: Sequence[Choice], account: Account, *, several: bool, together: bool = False
) -> Json:
    """A choice. `several`: more than one may be chosen; `together`: only all right ones and no other count."""
    if not options:
        raise Skip(N_("There are no answers to choose from."))
    if max(option.share for option in options) <= 0:
        raise Skip(N_("No answer is marked as right."))
    if several:
        return _several(stem, options, account, together=together)
    best = max(option.share for option in options)
    right = [option for option in options if option.share >= best - 0.0001]
    if best < 1 - 0.0001:
        account.changed(
            N_("The best answer gave %(share)s%%; here the right one gives all."), share=percent(best)
        )
    if len(right) > 1:
        account.changed(N_("Several answers are right by themselves; a single choice has one: choose it."))
    for option in options:
        if option not in right and option.share > 0:
            account.changed(
                N_("“%(text)s” gave %(share)s%%; here it gives nothing."),
                text=option.text,
                share=percent(option.share),
            )
    if any(option.share < 0 for option in options):
        account.changed(N_("Wrong answers took marks away; here they give none."))
    truths = [_TRUTHS.get(option.text.strip().strip("*").casefold()) for option in options]
    if len(right) == 1 and sorted(map(str, truths)) == ["False", "True"]:
        answer = truths[options.index(right[0])]
        return truefalse(
            stem, bool(answer), {str(t).lower(): o.why for t, o in zip(truths, options, strict=True)}
        )
    return {"kind": "single", "stem": stem, "options": _options(options, right)}


def _options(options: Sequence[Choice], right: Sequence[Choice]) -> list[Json]:
    return [
        {"text": option.text, **({"correct": True} if option in right else {}), **said(option.why)}
        for option in options
    ]


def _several(stem: str, options: Sequence[Choice], account: Account, *, together: bool) -> Json:
    right = [option for option in options if option.share > 0]
    document = {"kind": "multiple", "stem": stem, "options": _options(options, right)}
    if together:
        return document
    fair = 1 / len(right)
    total = sum(option.share for option in right)
    if abs(total - 1) > NEAR * len(right):
        account.changed(
            N_("The shares of the right answers add up to %(total)s%%, not to 100%%; here they are equal."),
            total=percent(total),
        )
    elif any(abs(option.share - fair) > NEAR for option in right):
        account.changed(N_("The right answers had different shares; here they are equal."))
    wrong = sorted({round(option.share, 4) for option in options if option not in right})
    if any(abs(share + fair) > NEAR for share in wrong):
        account.changed(
            N_("A wrong answer took %(was)s%% away; here it takes %(now)s%%."),
            was=" / ".join(percent(abs(share)) for share in wrong),
            now=percent(fair),
        )
    return {**document, "marking": "each"}


def truefalse(stem: str, answer: bool, why: Mapping[str, str]) -> Json:
    """True or false, with what is said to who chose which."""
    return {
        "kind": "truefalse",
        "stem": stem,
        "answer": answer,
        "why": {"true": why.get("true", ""), "false": why.get("false", "")},
    }


def short(stem: str, answers: Sequence[Typed], account: Account, *, case: bool = False) -> Json:
    """A few typed words. `case`: capitals count. A star stands for any words, as Moodle has it."""
    best = max((answer.share for answer in answers), default=0)
    if best <= 0:
        raise Skip(N_("No answer is marked as right."))
    if best < 1 - 0.0001:
        account.changed(
            N_("The best answer gave %(share)s%%; here the right one gives all."), share=percent(best)
        )
    accepted: list[str] = []
    mistakes: list[Json] = []
    for answer in answers:
        text = _without_stars(answer, account)
        if answer.share >= best - 0.0001:
            if not text:
                raise Skip(
                    N_("It takes any answer: that is an open question, and nobody would mark it here.")
                )
            accepted.append(text)
            if answer.why.strip():
                account.changed(
                    N_("What is said to a right answer has no place here: “%(why)s”"), why=answer.why
                )
            continue
        if answer.share > 0:
            account.changed(
                N_("“%(text)s” gave %(share)s%%; here it gives nothing."),
                text=text or "*",
                share=percent(answer.share),
            )
        if not text and answer.why.strip():
            account.changed(
                N_("What is said to any other answer has no place here: “%(why)s”"), why=answer.why
            )
        elif answer.why.strip():
            mistakes.append({"text": text, "why": answer.why})
    return {
        "kind": "short",
        "stem": stem,
        "accepted": list(dict.fromkeys(accepted)),
        "ignore": [] if case else ["case"],
        **({"mistakes": mistakes} if mistakes else {}),
    }


def _without_stars(answer: Typed, account: Account) -> str:
    """The words without the stars that stand for any words; empty when there is nothing else."""
    text = " ".join(answer.text.split())
    bare = re.sub(r"(?<!\\)\*", " ", text)
    if bare != text and bare.strip():
        account.changed(
            N_("“%(text)s” accepts any words at the star; here only “%(words)s” is accepted."),
            text=text,
            words=" ".join(bare.split()),
        )
    return " ".join(bare.replace("\\*", "*").split())


def numeric(
    stem: str,
    answers: Sequence[Number],
    account: Account,
    *,
    unit: str = "",
    units: Mapping[str, float] | None = None,
) -> Json:
    """A number within a tolerance."""
    best = max((answer.share for answer in answers), default=0)
    if best <= 0:
        raise Skip(N_("No answer is marked as right."))
    if best < 1 - 0.0001:
        account.changed(
            N_("The best answer gave %(share)s%%; here the right one gives all."), share=percent(best)
        )
    right = [answer for answer in answers if answer.share >= best - 0.0001]
    merged = _merged(right)
    if merged is None:
        if any(answer.tolerance for answer in right) or unit:
            raise Skip(N_("Several numbers that lie apart are right; here a question has one."))
        account.changed(N_("Several numbers are right: it became a question with a few typed words."))
        document = short(stem, [Typed(f"{one.value:f}", one.why) for one in right], account)
        return {**document, "ignore": []}
    mistakes = []
    for answer in answers:
        if answer in right:
            if answer.why.strip():
                account.changed(
                    N_("What is said to a right answer has no place here: “%(why)s”"), why=answer.why
                )
            continue
        near = abs(answer.value - merged.value) <= merged.tolerance
        if answer.share > 0:
            account.changed(
                N_("“%(text)s” gave %(share)s%%; here it gives nothing."),
                text=f"{answer.value:f} ± {answer.tolerance:f}" if answer.tolerance else f"{answer.value:f}",
                share=percent(answer.share),
            )
        if answer.why.strip() and not near:
            mistakes.append({"value": as_number(answer.value), "why": answer.why})
            if answer.tolerance != merged.tolerance:
                account.changed(N_("Known mistakes have the tolerance of the answer here."))
        elif answer.why.strip():
            account.changed(
                N_("What is said to a nearly right answer has no place here: “%(why)s”"), why=answer.why
            )
    decimals = max(0, -int(merged.value.normalize().as_tuple().exponent))
    if decimals > MOST_DECIMALS:
        account.changed(N_("The answer is shown with %(most)s decimals."), most=MOST_DECIMALS)
    return {
        "kind": "numeric",
        "stem": without_braces(stem, account),
        "answer": as_number(merged.value),
        "tolerance": as_number(merged.tolerance),
        **({"decimals": min(decimals, MOST_DECIMALS)} if decimals else {}),
        **({"unit": unit} if unit else {}),
        **({"units": dict(units)} if units else {}),
        **({"mistakes": mistakes} if mistakes else {}),
    }


def _merged(right: Sequence[Number]) -> Number | None:
    """Right numbers as one number with a tolerance, where their ranges touch; None when they lie apart."""
    spans = sorted((one.value - one.tolerance, one.value + one.tolerance) for one in right)
    low, high = spans[0]
    for start, end in spans[1:]:
        if start > high:
            return None
        high = max(high, end)
    if len(set(spans)) == 1:
        return right[0]
    return Number((low + high) / 2, (high - low) / 2)


def between(low: Decimal, high: Decimal, why: str = "", share: float = 1.0) -> Number:
    """A range as a number and a tolerance."""
    if low > high:
        low, high = high, low
    return Number((low + high) / 2, (high - low) / 2, why, share)


def without_braces(text: str, account: Account) -> str:
    """Words of a question with numbers: braces hold sums there, so other people's braces become round."""
    if not re.search(r"\{[^{}]+\}", text):
        return text
    account.changed(N_("Curly brackets became round ones: in a question with numbers they hold sums."))
    return text.replace("{", "(").replace("}", ")")


def matching(
    stem: str, pairs: Sequence[tuple[str, str]], account: Account, *, extra: Sequence[str] = ()
) -> Json:
    """Pairs. A left-hand side that is empty makes its right-hand side one that fits nothing."""
    good = [(left, right) for left, right in pairs if left.strip() and right.strip()]
    rights = {right for _left, right in good}
    loose = [right for left, right in pairs if not left.strip() and right.strip()] + list(extra)
    left_over = list(dict.fromkeys(text for text in loose if text.strip() and text not in rights))
    if not good:
        raise Skip(N_("There are no pairs in it."))
    if any(left.strip() and not right.strip() for left, right in pairs):
        account.changed(N_("A left-hand side without its match was left out."))
    return {
        "kind": "matching",
        "stem": stem,
        "pairs": [{"left": left, "right": right} for left, right in good],
        **({"extra": left_over} if left_over else {}),
    }


def ordering(stem: str, items: Sequence[str], *, each: bool = False) -> Json:
    """Things in their right order."""
    if len(items) < 2:
        raise Skip(N_("There is nothing to put into an order."))
    return {
        "kind": "ordering",
        "stem": stem,
        "items": [{"text": text} for text in items],
        **({"marking": "each"} if each else {}),
    }


def extended(stem: str, look_for: str, account: Account, *, least: int = 0, most: int | None = None) -> Json:
    """An answer in one's own words. `look_for`: what the file tells a marker, Markdown; a list gives a thing a line.

    A file without a limit gets the longest that is allowed: none is invented.
    """
    if (most or 0) > MOST_WORDS or least >= (most or MOST_WORDS):
        account.changed(N_("Its limits of words became 0 to %(most)s."), most=MOST_WORDS)
        least, most = 0, MOST_WORDS
    return {
        "kind": "extended",
        "stem": stem,
        **_look_for(look_for),
        **({"least": least} if least else {}),
        "most": most or MOST_WORDS,
    }


def upload(stem: str, look_for: str, types: Sequence[str], account: Account) -> Json:
    """A file to hand in. `types`: the endings or media types that the file takes; none is every type that we take."""
    plain = [re.sub(r"^[.*]+", "", one.strip().lower()) for one in types]
    known = [name for name, (media, _fits) in TYPES.items() if {name, media} & {*plain}]
    left = [one for one in plain if one and not any(one in (name, TYPES[name][0]) for name in known)]
    if left:
        account.changed(N_("Files of these types are not taken here: %(types)s."), types=", ".join(left))
    if left and not known:
        raise Skip(N_("It asks for a file of a type that is not taken here."))
    return {"kind": "upload", "stem": stem, "types": known or list(TYPES), **_look_for(look_for)}


def _look_for(told: str) -> Json:
    """What a marker looks for: each line of a list or each paragraph is a thing; nothing where nothing is said."""
    lines = [line for line in re.split(r"\n\s*\n|\n(?=\s*(?:[-*]|\d+[.)])\s)", told) if line.strip()]
    things = [re.sub(r"^(?:[-*]|\d+[.)])\s+", "", " ".join(line.split())) for line in lines]
    if len(things) > MOST_CRITERIA:
        things = [*things[: MOST_CRITERIA - 1], " ".join(things[MOST_CRITERIA - 1 :])]
    return {"look_for": things} if things else {}


@dataclass(frozen=True)
class Gap:
    """A gap of a text: typed words that are accepted, or options and the right one."""

    accepted: Sequence[str]
    options: Sequence[str] = ()
    why: str = ""

    @property
    def document(self) -> Json:
        """As our package form has it."""
        if self.options:
            return {
                "options": list(dict.fromkeys(self.options)),
                "answer": self.accepted[0],
                **said(self.why),
            }
        return {"accepted": list(dict.fromkeys(self.accepted)), **said(self.why)}


def cloze(stem: str, text: str, gaps: Mapping[str, Gap]) -> Json:
    """A text with gaps, written `[[key]]` in it."""
    if not gaps:
        raise Skip(N_("There are no gaps in it."))
    return {
        "kind": "cloze",
        "stem": stem,
        "text": text,
        "gaps": {key: gap.document for key, gap in gaps.items()},
    }


def apart(text: str, title: str) -> tuple[str, str]:
    """What to do, and the text with the gaps: first paragraphs without a gap are what to do; else the question's name is."""
    parts = text.split("\n\n")
    first = next((place for place, part in enumerate(parts) if "[[" in part), 0)
    stem = "\n\n".join(parts[:first]).strip()
    return (stem, "\n\n".join(parts[first:])) if stem else (title, text)


def with_rest(
    document: Json, *, explanation: str = "", tags: Sequence[str] = (), shuffle: bool = True
) -> Json:
    """What every kind may carry besides."""
    return {
        **document,
        **({} if shuffle or document["kind"] not in ("single", "multiple") else {"shuffle": False}),
        **({"tags": list(dict.fromkeys(tags))} if tags else {}),
        **({"explanation": explanation} if explanation.strip() else {}),
    }
