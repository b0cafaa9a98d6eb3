"""What a panel sees: its questions, its own ratings, and from the second round on how the judges differ."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from lms.assessments.gates import FEWEST_BORDERLINE, FEWEST_GRADED
from lms.assessments.kinds import kind_of
from lms.assessments.queries.cutting import (
    PanelLine,
    Sitter,
    find_cut_panel,
    list_cut_items,
    list_cut_panels,
    list_grades,
    list_judges,
    list_ratings,
    list_sitters,
)
from lms.assessments.services.cutting import cuts_of
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound


@dataclass(frozen=True)
class CutQuestion:
    """A question of a panel: as it is asked, with its answer, what this judge gave, and how the judges differed before."""

    position: int
    stem: str
    answer: Sequence[str]
    own: float | None
    before: tuple[float, float, float] | None
    """Mean, lowest and highest of the round before; none in the first."""


@dataclass(frozen=True)
class CutPage:
    """A panel for one reader."""

    line: PanelLine
    judges: Mapping[uuid.UUID, str]
    questions: Sequence[CutQuestion]
    cuts: Mapping[str, Any]
    done: int
    """Judges who have rated every question in this round."""
    judge_cuts: Sequence[tuple[str, float]]
    sitters: Sequence[Sitter]
    own_grades: Mapping[uuid.UUID, int]
    is_judge: bool
    is_lead: bool
    fewest_borderline: int = FEWEST_BORDERLINE
    fewest_graded: int = FEWEST_GRADED


def cut_page(session: Session, *, actor: Actor, panel_id: uuid.UUID) -> CutPage:
    """For who is on the panel or opened it. Others' ratings are shown once a round is over. Raises NotFound."""
    line = find_cut_panel(session, actor=actor, panel_id=panel_id)
    judges = list_judges(session, actor=actor, panel_id=panel_id) if line else {}
    if line is None or not (actor.person_id in judges or line.panel.opened_by_id == actor.person_id):
        raise NotFound("There is no such panel.")
    panel = line.panel
    ratings = list_ratings(session, actor=actor, panel_id=panel_id)
    own: dict[int, float] = {}
    for one in ratings:  # by round: the latest of one's own stands in the form
        if one.judge_id == actor.person_id:
            own[one.position] = one.share
    now_cuts = cuts_of(session, actor=actor, line=line)
    before = (
        cuts_of(session, actor=actor, line=line, round=panel.round - 1)["angoff"] if panel.round > 1 else None
    )
    is_lead = panel.opened_by_id == actor.person_id
    shown = now_cuts["angoff"] if panel.closed_at is not None else before
    return CutPage(
        line,
        judges,
        [
            CutQuestion(
                position,
                str(version.document.get("stem", "")),
                _answer(version.document),
                own.get(position),
                shown["per_question"].get(position) if shown else None,
            )
            for position, version in list_cut_items(session, actor=actor, panel_id=panel_id)
        ],
        now_cuts,
        now_cuts["angoff"]["n"] if now_cuts["angoff"] else 0,
        [(judges[uuid.UUID(judge)], cut) for judge, cut in (shown["judges"] if shown else {}).items()],
        [
            one
            for one in list_sitters(session, actor=actor, assessment_id=panel.assessment_id)
            if one.person_id != actor.person_id
        ],
        {
            one.person_id: one.grade
            for one in list_grades(session, actor=actor, panel_id=panel_id)
            if one.judge_id == actor.person_id
        },
        actor.person_id in judges,
        is_lead,
    )


def _answer(document: Mapping[str, Any]) -> list[str]:
    """The right options of a question of choices, so that a judge need not solve it; nothing for other kinds."""
    if kind_of(document) is None or not isinstance(document.get("options"), list):
        return []
    return [str(one.get("text", "")) for one in document["options"] if one.get("correct") is True]


def cut_panels_page(session: Session, *, actor: Actor) -> Sequence[PanelLine]:
    """The panels the reader opened or sits on, the latest first."""
    return list_cut_panels(session, actor=actor, assessment_id=None)
