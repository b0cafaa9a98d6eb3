"""What a supervisor of gates sees: codes, who sat, which gates there are and how far their decisions can be trusted."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.assessments.gates import ENOUGH, Accuracy, accuracy_of, code_state
from lms.assessments.queries.sitting import (
    PAGE,
    CodeLine,
    Gate,
    Sat,
    find_code_line,
    list_codes,
    list_first_scores,
    list_gates,
    list_named,
    list_sat,
)
from lms.assessments.rules import Blueprint, read_blueprint
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.people import queries as people
from lms.people.models import Team


@dataclass(frozen=True)
class GateLine:
    """A gate with what its pass mark is worth at this firm."""

    gate: Gate
    blueprint: Blueprint
    people: int
    accuracy: Accuracy
    both: Accuracy | None
    """Of two forms together, where there is a second one."""


@dataclass(frozen=True)
class CodesPage:
    """The codes of the firm, its undecided people, its gates."""

    lines: Sequence[CodeLine]
    over: bool
    page: int
    undecided: Sequence[Sat]
    gates: Sequence[GateLine]
    now: datetime
    enough: int = ENOUGH

    @property
    def more(self) -> bool:
        """Whether there may be another page."""
        return len(self.lines) == PAGE

    def state(self, line: CodeLine) -> str:
        """Whether a code opens anything."""
        return code_state(
            opens_at=line.opens_at,
            closes_at=line.closes_at,
            revoked=line.revoked_at is not None,
            now=self.now,
        )


def codes_page(session: Session, *, actor: Actor, over: bool, page: int, now: datetime) -> CodesPage:
    """A fixed number of statements, whatever the number of codes and gates."""
    gates = list_gates(session, actor=actor)
    scores = list_first_scores(session, firm_id=actor.firm_id, assessment_ids=[one.id for one in gates])
    return CodesPage(
        list_codes(session, actor=actor, now=now, over=over, page=page),
        over,
        page,
        list_sat(session, actor=actor, undecided=True),
        [gate_line(one, scores.get(one.id, ())) for one in gates],
        now,
    )


def gate_line(gate: Gate, scores: Sequence[float]) -> GateLine:
    """A gate with its accuracy, from the first attempts' scores at it."""
    blueprint = read_blueprint(gate.version.document)
    length, cut = blueprint.length, blueprint.pass_mark
    both = accuracy_of(scores, questions=length, cut=cut, forms=2) if blueprint.forms > 1 else None
    return GateLine(gate, blueprint, len(scores), accuracy_of(scores, questions=length, cut=cut), both)


@dataclass(frozen=True)
class CodePage:
    """One code: whom it is for, who sat with it."""

    line: CodeLine
    state: str
    named: Sequence[str]
    sat: Sequence[Sat]


def code_page(session: Session, *, actor: Actor, code_id: uuid.UUID, now: datetime) -> CodePage:
    """Raises NotFound."""
    line = find_code_line(session, actor=actor, code_id=code_id)
    if line is None:
        raise NotFound("There is no such code.")
    return CodePage(
        line,
        code_state(
            opens_at=line.opens_at, closes_at=line.closes_at, revoked=line.revoked_at is not None, now=now
        ),
        list_named(session, actor=actor, code_id=code_id),
        list_sat(session, actor=actor, code_id=code_id),
    )


@dataclass(frozen=True)
class NewCodePage:
    """What a code can be made for."""

    gates: Sequence[Gate]
    teams: Sequence[Team]


def new_code_page(session: Session, *, actor: Actor) -> NewCodePage:
    """The gates and the teams of the firm."""
    return NewCodePage(list_gates(session, actor=actor), people.list_teams(session, actor=actor))
