"""What the pages for writing questions show. Their readers own the course and may see every key."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.bank.alike import alike
from lms.assessments.bank.differences import Difference, differences
from lms.assessments.bank.drafted import Drafted, Entry, media_problems, question_problems
from lms.assessments.bank.draws import Use, uses
from lms.assessments.kinds import asked as shown_now
from lms.assessments.kinds import kind_of
from lms.assessments.kinds.arithmetic import BadExpression
from lms.assessments.kinds.contract import BadAnswer, Mark, Raw, Unreadable
from lms.assessments.queries import Told
from lms.assessments.services.writing import mark_of, open_bank
from lms.courses.queries import CompetenciesNamed
from lms.courses.rules.placing import Place, authored, nowhere, placed
from lms.courses.services.drafts import Draft
from lms.foundation.actor import Actor
from lms.foundation.events import ask

SAMPLES = (1, 2, 3)


@dataclass(frozen=True)
class Desk:
    """A course's draft on the desk of whoever writes it; competencies by key, with their names."""

    draft: Draft
    bank: Drafted
    competencies: Mapping[str, str]

    @property
    def course_id(self) -> uuid.UUID:
        """The course's id."""
        return self.draft.course.id


def open_desk(session: Session, *, actor: Actor, course_id: uuid.UUID) -> Desk:
    """Raises NotFound, NotAllowed (another organisation's course)."""
    draft, bank = open_bank(session, actor=actor, course_id=course_id)
    keys = tuple(bank.competencies)
    names = dict(ask(session, CompetenciesNamed(keys)))
    return Desk(draft, bank, {key: names.get(key, "") for key in keys})


@dataclass(frozen=True)
class PartTold:
    """What an answer's marking says of one part: which, in the question's words; right or not; why."""

    about: str
    right: bool
    why: str


@dataclass(frozen=True)
class Sample:
    """A question with one person's numbers: as it is asked, its answer, the worked solution."""

    stem: str
    answer: str
    solution: str


@dataclass(frozen=True)
class Preview:
    """A question as the learner would see it, and what an answer that was tried is worth.

    `asked` is none while the question cannot be read; `refused` is why an answer could not be.
    """

    seed: int
    asked: Mapping[str, Any] | None = None
    given: Mapping[str, Any] | None = None
    mark: Mark | None = None
    answer: Mapping[str, Any] | None = None
    parts: Sequence[PartTold] = ()
    refused: BadAnswer | None = None
    samples: Sequence[Sample] = ()
    broken: str = ""


def preview_of(
    document: Mapping[str, Any],
    *,
    seed: int,
    raw: Raw,
    tried: bool,
    place: Callable[[str], Place | None] = nowhere,
) -> Preview:
    """Show a question and try an answer on it, by the very functions that ask and mark learners.

    `place`: where the file stands that it is about.
    """
    try:
        kind = kind_of(document)
        question = kind.read({"key": "new", **placed(document, place)})
    except Unreadable:
        return Preview(seed)
    try:
        variant = kind.vary(question, seed)
        asked = kind.ask(question, variant)
        samples = _samples(kind, question) if document.get("parameters") else ()
        try:
            given = kind.given(question, variant, raw)
            asked = shown_now(kind, question, variant, given)
        except BadAnswer as error:
            return Preview(seed, asked, refused=error if tried else None, samples=samples)
        if not tried:
            return Preview(seed, asked, given, samples=samples)
        mark = kind.mark(question, variant, given)
        answer = kind.answer(question, variant)
    except BadExpression as error:  # numbers for which an expression cannot be worked out
        return Preview(seed, broken=str(error))
    about = _about(asked)
    parts = [PartTold(part.about or about.get(part.ref, ""), part.right, part.why) for part in mark.parts]
    return Preview(seed, asked, given, mark, answer, parts, samples=samples)


def _samples(kind: Any, question: Any) -> list[Sample]:
    found = []
    for seed in SAMPLES:
        variant = kind.vary(question, seed)
        key = kind.answer(question, variant)
        found.append(Sample(kind.ask(question, variant)["stem"], key["right"][0], key["solution"]))
    return found


def _about(asked: Mapping[str, Any]) -> dict[str, str]:
    """What each part of an answer is about, in the question's words."""
    named = (*asked.get("options", ()), *asked.get("rows", ()), *asked.get("items", ()))
    gaps = [piece["gap"] for piece in asked.get("pieces", ()) if "gap" in piece]
    return {one["ref"]: one["text"] for one in named} | {gap: gap for gap in gaps}


@dataclass(frozen=True)
class QuestionPage:
    """One question on the desk. `problems` as (where, sentence); `changes` since the version `against`."""

    desk: Desk
    entry: Entry | None
    problems: Sequence[tuple[str, str]]
    used: Sequence[Use]
    twins: Sequence[tuple[Entry, float]]
    versions: Sequence[Told]
    against: Told | None
    changes: Sequence[Difference]

    @property
    def mark(self) -> str:
        """The mark of the question as it is now."""
        return mark_of(self.entry)


def question_page(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    key: str | None,
    document: Mapping[str, Any] | None = None,
    against: int | None = None,
) -> QuestionPage:
    """A question of the draft, or a new one, with `document` in its place while it is not saved.

    Raises NotFound, NotAllowed.
    """
    desk = open_desk(session, actor=actor, course_id=course_id)
    entry = desk.bank.question(key) if key else None
    shown = document if document is not None else entry.document if entry else None
    others = [one for one in desk.bank.questions if one is not entry]
    versions = queries.list_question_versions(session, course_id=course_id, key=key) if key else ()
    live = next((one for one in versions if one.live), None)
    compared = next((one for one in versions if one.number == against), live)
    return QuestionPage(
        desk,
        entry,
        (
            *question_problems({"key": "new", **shown}, desk.bank.objectives),
            *media_problems(shown, desk.draft.media),
        )
        if shown
        else (),
        uses(shown, [one.document for one in desk.bank.assessments], desk.bank.bank) if shown else (),
        _twins(shown, others) if shown else (),
        versions,
        compared,
        differences(authored(compared.document), shown) if compared and shown else (),
    )


def _twins(shown: Mapping[str, Any], others: Sequence[Entry]) -> list[tuple[Entry, float]]:
    pairs = alike([shown, *(one.document for one in others)])
    return [(others[pair.other - 1], pair.share) for pair in pairs if pair.one == 0]
