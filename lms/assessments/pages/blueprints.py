"""What the pages for writing assessments show: how the draws stand, what a paper would be."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments import queries
from lms.assessments.bank.drafted import Entry
from lms.assessments.bank.draws import Expected, Fit, expected_score, fits, readable_draws
from lms.assessments.kinds import kind_of
from lms.assessments.kinds.arithmetic import BadExpression
from lms.assessments.kinds.contract import Unreadable
from lms.assessments.pages.questions import Desk, open_desk
from lms.assessments.pages.trusting import Trust, list_trust
from lms.assessments.rules import Blueprint, blueprint_problems, draw_questions, read_blueprint
from lms.assessments.services.writing import mark_of
from lms.courses.rules.placing import placed
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, NotFound


@dataclass(frozen=True)
class Standing:
    """How an assessment stands over the bank: each readable draw by its place, and what is expected of it."""

    fits: Mapping[int, Fit]
    length: int
    expected: Expected | None
    pass_mark: float | None

    @property
    def gap(self) -> float | None:
        """The pass mark less what a just-competent person is expected to score."""
        if self.expected is None or self.pass_mark is None:
            return None
        return self.pass_mark - self.expected.score


@dataclass(frozen=True)
class BlueprintLine:
    """An assessment in the list."""

    entry: Entry
    questions: int
    problems: int
    completes: bool
    trust: Trust | None


@dataclass(frozen=True)
class BlueprintsPage:
    """The assessments of a draft."""

    desk: Desk
    lines: Sequence[BlueprintLine]


@dataclass(frozen=True)
class BlueprintPage:
    """One assessment on the desk."""

    desk: Desk
    entry: Entry | None
    problems: Sequence[tuple[str, str]]
    standing: Standing
    trust: Trust | None = None

    @property
    def mark(self) -> str:
        """The mark of the assessment as it is now."""
        return mark_of(self.entry)


def borrowed_by(session: Session, actor: Actor, document: Mapping[str, Any]) -> list[Entry]:
    """The live questions of the other courses that an assessment draws from."""
    courses = {draw.fits["course"] for _at, draw in readable_draws(document) if "course" in draw.fits}
    return [Entry(one.document, "") for one in queries.list_lent(session, actor=actor, courses=courses)]


def standing_of(document: Mapping[str, Any], bank: Sequence[Mapping[str, Any]]) -> Standing:
    """How an assessment stands over a bank."""
    read = readable_draws(document)
    draws = [draw for _at, draw in read]
    share = document.get("pass_mark")
    return Standing(
        {at: fit for (at, _draw), fit in zip(read, fits(draws, bank), strict=True)},
        sum(draw.count for draw in draws),
        expected_score(draws, bank),
        float(share) if isinstance(share, int | float) and not isinstance(share, bool) else None,
    )


def blueprints_page(session: Session, *, actor: Actor, course_id: uuid.UUID) -> BlueprintsPage:
    """Raises NotFound, NotAllowed."""
    desk = open_desk(session, actor=actor, course_id=course_id)
    bank = desk.bank.bank
    plans = {entry.key: _plan(entry.document) for entry in desk.bank.assessments}
    trust = list_trust(session, actor=actor, course_id=course_id, plans=plans)
    return BlueprintsPage(
        desk,
        [
            BlueprintLine(
                entry,
                sum(draw.count for _at, draw in readable_draws(entry.document)),
                len(blueprint_problems(entry.document, bank)),
                entry.key == desk.bank.completed_by,
                trust.get(entry.key),
            )
            for entry in desk.bank.assessments
        ],
    )


def blueprint_page(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    key: str | None,
    document: Mapping[str, Any] | None = None,
) -> BlueprintPage:
    """An assessment of the draft, or a new one, with `document` in its place while it is not saved.

    Raises NotFound, NotAllowed.
    """
    desk = open_desk(session, actor=actor, course_id=course_id)
    entry = desk.bank.assessment(key) if key else None
    shown = document if document is not None else entry.document if entry else {}
    bank = [*desk.bank.bank, *(one.document for one in borrowed_by(session, actor, shown))]
    trust = list_trust(session, actor=actor, course_id=course_id, plans={key or "": _plan(shown)})
    return BlueprintPage(
        desk,
        entry,
        blueprint_problems({"key": "new", **shown}, bank),
        standing_of(shown, bank),
        trust.get(key or ""),
    )


def _plan(document: Mapping[str, Any]) -> tuple[int, float | None]:
    """How many questions an assessment draws, and the share that passes, as far as they can be read.

    A test that adapts has no one accuracy: each result says its own.
    """
    mark = document.get("pass_mark")
    if not isinstance(mark, int | float) or isinstance(mark, bool) or document.get("adaptive"):
        return 0, None
    return sum(draw.count for _at, draw in readable_draws(document)), float(mark)


@dataclass(frozen=True)
class PaperPage:
    """A paper drawn as for one person; nothing of it is kept."""

    desk: Desk
    entry: Entry
    blueprint: Blueprint
    seed: int
    questions: Sequence[tuple[Entry, Mapping[str, Any]]]


def paper_page(session: Session, *, actor: Actor, course_id: uuid.UUID, key: str, seed: int) -> PaperPage:
    """Draw a paper of an assessment of the draft, as `start_attempt` would. Raises NotFound, NotAllowed, Conflict."""
    desk = open_desk(session, actor=actor, course_id=course_id)
    entry = desk.bank.assessment(key)
    if entry is None:
        raise NotFound("There is no such assessment.")
    sound: list[tuple[Entry, Any, Any]] = []
    for one in (*desk.bank.questions, *borrowed_by(session, actor, entry.document)):
        try:
            kind = kind_of(one.document)
            sound.append((one, kind, kind.read(placed(one.document, desk.draft.place))))
        except Unreadable:  # its own page says what is wrong with it
            continue
    bank = [one.document for one, _kind, _question in sound]
    if blueprint_problems(entry.document, bank):
        raise Conflict("This assessment cannot be drawn yet. Put right what its page shows first.")
    blueprint = read_blueprint(entry.document)
    drawn = []
    for position, at in enumerate(draw_questions(blueprint, bank, seed=seed) or (), start=1):
        one, kind, question = sound[at]
        try:
            variant = kind.vary(question, seed + position, shuffle=blueprint.shuffle_options)
            drawn.append((one, kind.ask(question, variant)))
        except BadExpression as error:
            raise Conflict(
                "The question “%(key)s” cannot be worked out: %(why)s", key=one.key, why=str(error)
            ) from None
    return PaperPage(desk, entry, blueprint, seed, drawn)
