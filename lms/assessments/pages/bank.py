"""The bank's page: a course's questions, searched and filtered, with what would make the bank better."""

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from lms.assessments.bank import bank_advice
from lms.assessments.bank.alike import Alike, alike
from lms.assessments.bank.drafted import Entry, question_problems
from lms.assessments.bank.draws import drawable
from lms.assessments.bank.search import PAGE, Wanted, counted, tags_of
from lms.assessments.pages.questions import Desk, open_desk
from lms.foundation.actor import Actor

MOST_PAIRS = 8


@dataclass(frozen=True)
class Line:
    """A question in the list: how many problems it has, how many draws can pick it, whether another is like it.

    `twice`: an earlier question has its key, so its own page would be that one's.
    """

    entry: Entry
    problems: int
    advice: Sequence[str]
    draws: int
    like: bool
    twice: bool


@dataclass(frozen=True)
class BankPage:
    """A page of the bank."""

    desk: Desk
    wanted: Wanted
    lines: Sequence[Line]
    count: int
    last: int
    counts: Mapping[tuple[str, str], int]
    objectives: Mapping[str, str]
    advice: Sequence[str]
    pairs: Sequence[tuple[Entry, Entry, float]]
    tags: Sequence[str]

    @property
    def total(self) -> int:
        """How many questions the bank has."""
        return len(self.desk.bank.questions)


def bank_page(session: Session, *, actor: Actor, course_id: uuid.UUID, wanted: Wanted) -> BankPage:
    """Raises NotFound, NotAllowed."""
    desk = open_desk(session, actor=actor, course_id=course_id)
    entries, bank = desk.bank.questions, desk.bank.bank
    keys = Counter(entry.key for entry in entries)
    problems = [
        len(question_problems(one, desk.bank.objectives)) + (keys[entry.key] > 1)
        for entry, one in zip(entries, bank, strict=True)
    ]
    sound = [number for number, found in enumerate(problems) if not found]
    general: list[str] = []
    advice: dict[int, list[str]] = {}
    for number, where, sentence in bank_advice([bank[at] for at in sound]):
        if where:
            advice.setdefault(sound[number], []).append(sentence)
        else:
            general.append(sentence)
    pairs = alike(bank)
    draws = drawable([one.document for one in desk.bank.assessments], bank)
    like = {at for pair in pairs for at in (pair.one, pair.other)}
    lines = [
        Line(
            entry,
            problems[at],
            advice.get(at, ()),
            draws[at],
            at in like,
            entry is not desk.bank.question(entry.key),
        )
        for at, entry in enumerate(entries)
        if wanted.takes(entry.document)
    ]
    lines = [line for line in lines if _special(line, wanted.special)]
    last = max(1, -(-len(lines) // PAGE))
    page = min(max(1, wanted.page), last)
    named = {key for key, _thinking in counted(bank)} - {""}
    return BankPage(
        desk,
        replace(wanted, page=page),
        lines[(page - 1) * PAGE : page * PAGE],
        len(lines),
        last,
        counted(bank),
        desk.bank.objectives | {key: key for key in sorted(named - set(desk.bank.objectives))},
        general,
        _named(pairs[:MOST_PAIRS], entries),
        sorted({tag for one in bank for tag in tags_of(one)}),
    )


def _special(line: Line, special: str) -> bool:
    return {
        "problems": bool(line.problems),
        "advice": bool(line.advice),
        "alike": line.like,
        "unused": not line.draws,
    }.get(special, True)


def _named(pairs: Sequence[Alike], entries: Sequence[Entry]) -> list[tuple[Entry, Entry, float]]:
    return [(entries[pair.one], entries[pair.other], pair.share) for pair in pairs]
