"""Moodle's embedded answers: `{1:MULTICHOICE:=right#why~wrong#why}` inside a text (the kind “Cloze”)."""

import html as entities
import re
from collections.abc import Callable
from dataclasses import dataclass

from lms.foundation.words import N_
from lms.interop.formats import making, texts
from lms.interop.formats.contract import Account, Skip
from lms.interop.formats.making import Gap

_START = re.compile(r"\{\s*(\d*)\s*:\s*([A-Z_]+)\s*:")
_CHOSEN = re.compile(r"(MULTICHOICE|MC)(_?[HV])?(_?S)?")
_SEVERAL = re.compile(r"(MULTIRESPONSE|MR)(_?H)?(_?S)?")
_TYPED = ("SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC")
_NUMBER = ("NUMERICAL", "NM")
_ESCAPED = re.compile(r"\\([}#~/\"\\{=])")


@dataclass(frozen=True)
class _Answer:
    text: str
    share: float
    why: str


def embedded(raw: str, account: Account, convert: Callable[[str], str]) -> tuple[str, dict[str, Gap]]:
    """A text with Moodle's gaps as a text with ours, and the gaps. `convert` brings the words through their format."""
    gaps: dict[str, Gap] = {}
    weights: list[int] = []
    held: list[str] = []
    place = 0
    while found := _START.search(raw, place):
        end = _end_of(raw, found.end())
        if end is None:
            raise Skip(
                N_("A gap is not closed: } is missing after “%(start)s”."), start=raw[found.start() :][:40]
            )
        key = f"g{len(gaps) + 1}"
        gaps[key] = _gap(found[2], raw[found.end() : end], account)
        weights.append(int(found[1][:4] or 1))
        held += [raw[place : found.start()], f"\U000f0200{len(gaps)}\U000f0201"]
        place = end + 1
    held.append(raw[place:])
    if len(set(weights)) > 1:
        account.changed(N_("The gaps counted differently; here each counts the same."))
    text = re.sub("\U000f0200(\\d+)\U000f0201", r"[[g\1]]", convert("".join(held)))
    return text, gaps


def _end_of(raw: str, start: int) -> int | None:
    """Where the gap that starts here ends: the next } that is not escaped."""
    place = start
    while place < len(raw):
        if raw[place] == "\\":
            place += 2
            continue
        if raw[place] == "}":
            return place
        place += 1
    return None


def _gap(kind: str, inside: str, account: Account) -> Gap:
    if _SEVERAL.fullmatch(kind):
        raise Skip(N_("A gap with several right choices at once; here a gap has one."))
    answers = [_answer(part, account) for part in re.split(r"(?<!\\)~", inside) if part.strip()]
    best = max((answer.share for answer in answers), default=0)
    if best <= 0:
        raise Skip(N_("No answer is marked as right."))
    right = [answer for answer in answers if answer.share >= best - 0.0001]
    for answer in answers:
        if answer not in right and answer.share > 0:
            account.changed(
                N_("“%(text)s” gave %(share)s%%; here it gives nothing."),
                text=answer.text,
                share=making.percent(answer.share),
            )
    why = _why(answers, right, account)
    if any(answer.why for answer in right):
        account.changed(N_("What is said to a right answer in a gap has no place here."))
    if _CHOSEN.fullmatch(kind):
        if len(right) > 1:
            account.changed(N_("A gap has several right choices; here the first counts."))
        return Gap([right[0].text], [answer.text for answer in answers], why)
    if kind in _NUMBER:
        return _number(right, account, why)
    if kind not in _TYPED:
        raise Skip(N_("We have no such kind of gap: “%(kind)s”."), kind=kind)
    if kind.endswith("C"):
        account.changed(N_("Capitals counted in a gap; here they do not."))
    if any(answer.text == "*" for answer in right):
        raise Skip(N_("It takes any answer: that is an open question, and nobody would mark it here."))
    return Gap([_plain(answer.text) for answer in right], (), why)


def _answer(part: str, account: Account) -> _Answer:
    words, _, why = re.split(r"(?<!\\)#", part, maxsplit=1)[0], "", ""
    if (mark := re.search(r"(?<!\\)#", part)) is not None:
        words, why = part[: mark.start()], part[mark.end() :]
    words = words.strip()
    share = 0.0
    if found := re.match(r"%(-?\d{1,3}(?:[.,]\d+)?)%", words):
        share, words = float(found[1].replace(",", ".")) / 100, words[found.end() :]
    elif words.startswith("="):
        share, words = 1.0, words[1:]
    return _Answer(_shown(words, account), share, _shown(why, account))


def _shown(words: str, account: Account) -> str:
    plain = _ESCAPED.sub(r"\1", words).strip()
    return (
        texts.loose(plain, account)
        if texts.has_markup(plain)
        else texts.visible(entities.unescape(plain), account)
    )


def _plain(words: str) -> str:
    return " ".join(re.sub(r"(?<!\\)\*", " ", words).replace("\\*", "*").split()) or words


def _why(answers: list[_Answer], right: list[_Answer], account: Account) -> str:
    """What is said to who gets the gap wrong, when all that is said is one thing."""
    said = {answer.why for answer in answers if answer not in right and answer.why}
    if len(said) == 1:
        return said.pop()
    if said:
        account.changed(N_("A gap had its own word for each wrong answer; here it has one: write it."))
    return ""


def _number(right: list[_Answer], account: Account, why: str) -> Gap:
    accepted = []
    for answer in right:
        value, _, tolerance = answer.text.partition(":")
        accepted.append(f"{making.number(value):f}")
        if tolerance.strip() and making.number(tolerance):
            account.changed(
                N_("A number in a gap had a tolerance (%(text)s); here it is exact."), text=answer.text
            )
    return Gap(accepted, (), why)
