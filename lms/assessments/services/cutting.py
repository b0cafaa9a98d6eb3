"""Setting a pass mark with a panel: open it, rate in rounds, grade people, and take the cut into the draft."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lms.assessments.gates import FEWEST_JUDGES, angoff_of, borderline_cuts
from lms.assessments.models import CutGrade, CutItem, CutJudge, CutPanel, CutRating
from lms.assessments.policy import POLICY, AssessmentPermission
from lms.assessments.queries import find_open_assessment, list_assessment_ids
from lms.assessments.queries.cutting import (
    PanelLine,
    find_cut_panel,
    list_cut_items,
    list_grades,
    list_judges,
    list_ratings,
    list_sitters,
)
from lms.assessments.queries.live import list_live_questions
from lms.assessments.rules import draw_first, read_blueprint
from lms.assessments.services.writing import Edit, mark_of, open_bank, save_assessment
from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotAllowed, NotFound
from lms.foundation.policy import require
from lms.foundation.storage import Storage
from lms.foundation.words import N_
from lms.people.services.audit import record_act
from lms.people.services.firm_keeps import find_by_name_or_number

MOST_JUDGES = 20
METHODS = ("angoff", "borderline-group", "borderline-regression")


def open_cut_panel(
    session: Session,
    *,
    actor: Actor,
    course_id: uuid.UUID,
    key: str,
    names: tuple[str, ...],
    now: datetime,
) -> CutPanel:
    """Open a panel on a live assessment, for the people of these lines. They look at one form that it could draw.

    Raises NotFound, NotAllowed (who may not write the course), Invalid (nobody, or nobody's name), Conflict (not live).
    """
    open_bank(session, actor=actor, course_id=course_id)
    assessment_id = list_assessment_ids(session, course_id=course_id).get(key)
    opened = (
        find_open_assessment(session, actor=actor, assessment_id=assessment_id) if assessment_id else None
    )
    if opened is None:
        raise Conflict("A panel looks at what is published. Publish this assessment first.")
    if not names or len(names) > MOST_JUDGES:
        raise Invalid("Name the people on the panel: one to twenty, a line each.")
    judges = {}
    for typed in names:
        person = find_by_name_or_number(session, actor=actor, typed=typed, now=now)
        judges[person.person_id] = person.name
    live = list_live_questions(session, course_id=course_id)
    chosen = draw_first(
        read_blueprint(opened.version.document),
        [version.document for version in live],
        seed=opened.id.int % 2**31,
    )
    if chosen is None:
        raise Conflict("This assessment has too few questions just now. Tell your trainer.")
    panel = CutPanel(
        firm_id=actor.firm_id,
        assessment_id=opened.id,
        assessment_version_id=opened.version.id,
        round=1,
        opened_by_id=actor.person_id,
        opened_at=now,
    )
    session.add(panel)
    session.flush()  # its people and questions point at it
    session.add_all(
        CutJudge(firm_id=actor.firm_id, panel_id=panel.id, person_id=person_id) for person_id in judges
    )
    session.add_all(
        CutItem(
            firm_id=actor.firm_id,
            panel_id=panel.id,
            position=position,
            question_version_id=live[at].id,
        )
        for position, at in enumerate(chosen, start=1)
    )
    _log(session, actor, N_("cut panel opened"), panel, now, judges=", ".join(judges.values()))
    return panel


def rate_cut(
    session: Session, *, actor: Actor, panel_id: uuid.UUID, shares: Mapping[int, float | None], now: datetime
) -> int:
    """Keep a judge's ratings of this round, by question; how many there are now. Those left empty are taken out.

    Raises NotFound (also for who is not on the panel), Conflict (closed), Invalid (a rating out of range).
    """
    line = _mine(session, actor, panel_id)
    positions = {position for position, _version in list_cut_items(session, actor=actor, panel_id=panel_id)}
    if not set(shares) <= positions or not all(s is None or 0 <= s <= 1 for s in shares.values()):
        raise Invalid("A rating is a number from 0 to 100.")
    session.execute(
        delete(CutRating).where(
            CutRating.firm_id == actor.firm_id,
            CutRating.panel_id == panel_id,
            CutRating.round == line.panel.round,
            CutRating.judge_id == actor.person_id,
        )
    )
    given = {position: share for position, share in shares.items() if share is not None}
    session.add_all(
        CutRating(
            firm_id=actor.firm_id,
            panel_id=panel_id,
            round=line.panel.round,
            judge_id=actor.person_id,
            position=position,
            share=share,
            at=now,
        )
        for position, share in given.items()
    )
    return len(given)


def grade_people(
    session: Session, *, actor: Actor, panel_id: uuid.UUID, grades: Mapping[uuid.UUID, int], now: datetime
) -> int:
    """Keep what a judge says of people who sat the test. Raises NotFound, Conflict (closed), Invalid (not one of them)."""
    line = _mine(session, actor, panel_id)
    sat = {
        one.person_id for one in list_sitters(session, actor=actor, assessment_id=line.panel.assessment_id)
    }
    if not set(grades) <= sat or not all(grade in (0, 1, 2) for grade in grades.values()):
        raise Invalid("Choose below, borderline or above, for people who have sat it.")
    if actor.person_id in grades:
        raise Invalid("Nobody grades themself.")
    session.execute(
        delete(CutGrade).where(
            CutGrade.firm_id == actor.firm_id,
            CutGrade.panel_id == panel_id,
            CutGrade.judge_id == actor.person_id,
        )
    )
    session.add_all(
        CutGrade(
            firm_id=actor.firm_id,
            panel_id=panel_id,
            judge_id=actor.person_id,
            person_id=person_id,
            grade=grade,
            at=now,
        )
        for person_id, grade in grades.items()
    )
    return len(grades)


def next_round(session: Session, *, actor: Actor, panel_id: uuid.UUID, now: datetime) -> CutPanel:
    """Show the judges how they differ and let them rate again. Raises NotFound, NotAllowed, Conflict (nobody is done)."""
    line = _own(session, actor, panel_id)
    if cuts_of(session, actor=actor, line=line)["angoff"] is None:
        raise Conflict("Nobody has rated every question in this round yet.")
    line.panel.round += 1
    _log(session, actor, N_("cut panel in another round"), line.panel, now, round=line.panel.round)
    return line.panel


@dataclass(frozen=True)
class Taken:
    """A cut that was taken: as a share, rounded to a whole percent, and the course whose draft has it now."""

    cut: float
    course_id: uuid.UUID
    key: str


def take_cut(
    session: Session,
    *,
    actor: Actor,
    panel_id: uuid.UUID,
    method: str,
    storage: Storage,
    now: datetime,
) -> Taken:
    """Close a panel with the cut of one of its methods, and put it into the course's draft as the pass mark.

    Raises NotFound, NotAllowed, Conflict (closed, or not enough data), Invalid (the draft's assessment has problems).
    """
    line = _own(session, actor, panel_id)
    said = cuts_of(session, actor=actor, line=line).get(method) if method in METHODS else None
    if said is None or (method == "angoff" and said["n"] < FEWEST_JUDGES):
        raise Conflict("There is not enough data for this cut yet.")
    cut = min(1.0, max(0.01, round(said["cut"], 2)))
    panel = line.panel
    panel.method, panel.cut, panel.se, panel.n = method, cut, said["se"], said["n"]
    panel.closed_at, panel.closed_by_id = now, actor.person_id
    _draft, bank = open_bank(session, actor=actor, course_id=line.course_id)
    entry = bank.assessment(line.key)
    if entry is None:
        raise Conflict("This assessment is no longer in the draft of the course.")
    save_assessment(
        session,
        actor=actor,
        course_id=line.course_id,
        edit=Edit({**entry.document, "pass_mark": cut}, line.key, mark_of(entry)),
        completes=None,
        storage=storage,
        now=now,
    )
    _log(session, actor, N_("cut taken"), panel, now, method=method, cut=cut, se=said["se"], n=said["n"])
    return Taken(cut, line.course_id, line.key)


def cuts_of(session: Session, *, actor: Actor, line: PanelLine, round: int | None = None) -> dict[str, Any]:
    """The cut of each method as it stands, none where there is not enough; Angoff's of a round, the last unless said."""
    panel = line.panel
    judges = [str(one) for one in list_judges(session, actor=actor, panel_id=panel.id)]
    positions = [position for position, _v in list_cut_items(session, actor=actor, panel_id=panel.id)]
    ratings = {
        (str(one.judge_id), one.position): one.share
        for one in list_ratings(session, actor=actor, panel_id=panel.id)
        if one.round == (round or panel.round)
    }
    grades: dict[str, list[int]] = {}
    for one in list_grades(session, actor=actor, panel_id=panel.id):
        grades.setdefault(str(one.person_id), []).append(one.grade)
    scores = {
        str(one.person_id): one.score
        for one in list_sitters(session, actor=actor, assessment_id=panel.assessment_id)
    }
    return {"angoff": angoff_of(ratings, judges, positions), **borderline_cuts(grades, scores)}


def _mine(session: Session, actor: Actor, panel_id: uuid.UUID) -> PanelLine:
    require(POLICY, actor, AssessmentPermission.JUDGE)
    line = find_cut_panel(session, actor=actor, panel_id=panel_id, for_update=True)
    if line is None or actor.person_id not in list_judges(session, actor=actor, panel_id=panel_id):
        raise NotFound("There is no such panel.")
    return _still_open(line)


def _own(session: Session, actor: Actor, panel_id: uuid.UUID) -> PanelLine:
    line = find_cut_panel(session, actor=actor, panel_id=panel_id, for_update=True)
    if line is None:
        raise NotFound("There is no such panel.")
    if line.panel.opened_by_id != actor.person_id:
        raise NotAllowed("Whoever opened the panel leads it.")
    return _still_open(line)


def _still_open(line: PanelLine) -> PanelLine:
    if line.panel.closed_at is not None:
        raise Conflict("This panel is closed; its cut is taken.")
    return line


def _log(session: Session, actor: Actor, act: str, panel: CutPanel, now: datetime, **detail: Any) -> None:
    record_act(session, actor=actor, act=act, subject=str(panel.id), now=now, detail=detail)
