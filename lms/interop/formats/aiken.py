"""Aiken: a question on a line, lettered answers under it, ANSWER: and the letter. https://docs.moodle.org/en/Aiken_format."""

import re
from dataclasses import dataclass, field

from lms.foundation.words import N_
from lms.interop.formats import making, texts
from lms.interop.formats.contract import Account, Found, Gathering, Json, Skip
from lms.interop.formats.making import Choice
from lms.interop.formats.pictures import Files, no_files

NAME = "aiken"
_OPTION = re.compile(r"\s*\(?([A-Za-z])[.)](\s*)(\S.*)$")
_ANSWER = re.compile(r"\s*ANSWERS?\s*:\s*(.*)$", re.IGNORECASE)
_EXTRA = re.compile(r"\s*(FEEDBACK|EXPLANATION|TITLE)\s*:\s*(.*)$", re.IGNORECASE)


@dataclass
class _Entry:
    line: int
    stem: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    answer: str | None = None
    explanation: str = ""


def looks_like(text: str) -> bool:
    """Whether a text is Aiken: a lettered answer and an ANSWER line."""
    start = text[:200_000]
    return bool(re.search(r"(?im)^\s*ANSWERS?\s*:\s*\(?[A-Z]\b", start)) and bool(
        re.search(r"(?m)^\s*\(?[A-Za-z][.)]\s+\S", start)
    )


def read(text: str, files: Files = no_files) -> Found:
    """Everything in an Aiken text, strict or as people write it."""
    gathering = Gathering(NAME)
    entry = _Entry(1)
    for number, raw in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        line = raw.strip().lstrip("\ufeff")
        if found := _ANSWER.match(line):
            entry.answer = found[1].strip()
            _take(entry, gathering, files)
            last, entry = entry, _Entry(number + 1)
            _ = last
            continue
        if found := _EXTRA.match(line):
            entry.explanation = found[2].strip()
            continue
        if not line:
            continue
        if entry.stem and (option := _OPTION.match(line)) and _follows(entry, option):
            entry.options.append((option[1].upper(), option[3].strip()))
        elif entry.options:
            # Without an ANSWER line the question before is lost, and it must not take this one with it.
            _take(entry, gathering, files)
            entry = _Entry(number, [line])
        else:
            if not entry.stem:
                entry.line = number
            entry.stem.append(line)
    if entry.stem or entry.options:
        _take(entry, gathering, files)
    return gathering.found()


def _follows(entry: _Entry, option: re.Match[str]) -> bool:
    """Whether a line is the next answer: “I. Newton” under a question is not its ninth, “A.M.” is no answer at all."""
    following = option[1].upper() == chr(ord("A") + len(entry.options))
    return following or (bool(option[2]) and len(entry.options) > 0)


def _take(entry: _Entry, gathering: Gathering, files: Files) -> None:
    def document(account: Account) -> Json:
        if not entry.stem:
            raise Skip(N_("There is an ANSWER line without a question above it."))
        if entry.answer is None:
            raise Skip(N_("The line “ANSWER:” with a letter is missing."))
        if len(entry.options) < 2:
            raise Skip(N_("A question needs two answers or more, each on a line such as “A. …”."))
        letters = [letter for letter, _text in entry.options]
        if len(set(letters)) < len(letters):
            raise Skip(N_("Two answers have the same letter."))
        said = [one for one in re.split(r"[\s,;&]+|and", entry.answer.strip(" .()").upper()) if one]
        if not said or any(one not in letters for one in said):
            raise Skip(N_("“ANSWER: %(letter)s” names no answer of this question."), letter=entry.answer)
        several = len(set(said)) > 1
        share = 1 / len(set(said))
        options = [
            Choice(texts.loose(text, account, files), "", share if letter in said else 0.0)
            for letter, text in entry.options
        ]
        stem = texts.loose(" ".join(entry.stem), account, files)
        made = making.choice(stem, options, account, several=several, together=several)
        return making.with_rest(made, explanation=texts.loose(entry.explanation, account, files))

    gathering.take(f"line {entry.line}", document, kind="multichoice", title=" ".join(entry.stem))
