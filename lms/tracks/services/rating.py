"""Rating what was seen on a form: by one person at once, or by several who are alone until all have handed in."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Conflict, Invalid, NotFound
from lms.foundation.ids import derived_id, new_id
from lms.foundation.policy import require
from lms.people import queries as people
from lms.people.models import Employment
from lms.people.services.audit import record_act
from lms.tracks import queries
from lms.tracks.framework_files import find_form, find_requirement, takes_form
from lms.tracks.models import EvidenceRow, Panel, PanelSeat
from lms.tracks.policy import POLICY, TrackPermission
from lms.tracks.queries.framework import framework_of
from lms.tracks.rules import EvidenceKind
from lms.tracks.rules.rating import Rated, marks_problem, rate, together
from lms.tracks.services.calibration import without_licence


@dataclass(frozen=True)
class Subject:
    """What is rated: of whom, for a competency at a level or for a requirement, and on which day it was seen."""

    person_id: uuid.UUID
    form: str
    on: date
    competency: str | None = None
    level: int | None = None
    requirement: str | None = None


def record_rating(
    session: Session,
    *,
    actor: Actor,
    about: Subject,
    marks: Mapping[str, str],
    note: str,
    now: datetime,
    evidence_id: uuid.UUID | None = None,
) -> EvidenceRow:
    """Rate somebody alone, on a form that asks for one rater. Sent twice, it is kept once: the first arrival counts.

    Raises NotFound, NotAllowed, Invalid, Conflict (the id is another fact's).
    """
    person = _person(session, actor, about.person_id)
    kept = queries.find_evidence(session, actor=actor, evidence_id=evidence_id) if evidence_id else None
    if kept is not None:
        if (kept.person_id, kept.rater_id) != (about.person_id, actor.person_id):
            raise Conflict("That was already recorded about somebody else.")
        return kept
    form = _form_for(session, actor, about, now)
    if form["raters"] != 1:
        raise Invalid("This form asks for several raters. Ask them first.")
    rated = _rated(form, marks, note)
    row = _row(actor, about, form, evidence_id or new_id(), now)
    row.rater_id = row.recorded_by_id = actor.person_id
    row.score, row.outcome = rated.score, "passed" if rated.passed else "failed"
    unlicensed = without_licence(
        session, actor=actor, form_key=form["key"], raters=[actor.person_id], now=now
    )
    row.detail = _detail(form, marks, note, rated) | _informs(actor.person_id, unlicensed)
    session.add(row)
    session.flush()  # the log names the row
    told = {"name": person.name, "title": form["name"]}
    record_act(session, actor=actor, act="evidence recorded", subject=str(row.id), detail=told, now=now)
    return row


def _person(session: Session, actor: Actor, person_id: uuid.UUID) -> Employment:
    person = people.find_employment(session, actor=actor, person_id=person_id)
    if person is None:
        raise NotFound("There is no such person.")
    require(POLICY, actor, TrackPermission.RECORD, person)
    return person


def _form_for(session: Session, actor: Actor, about: Subject, now: datetime) -> Mapping[str, Any]:
    """The form, when it can be used for this. Raises NotFound (no such form), Invalid."""
    form = find_form(about.form)
    if form is None:
        raise NotFound("There is no such form.")
    framework = framework_of(session, actor=actor, on=people.find_today(session, actor=actor, now=now))
    if about.requirement is not None:
        need = find_requirement(framework, about.requirement)
        if need is None or not takes_form(need, form["key"]) or about.competency is not None:
            raise Invalid("Choose one of the rung's requirements.")
    elif about.competency not in form["about"] or not 1 <= (about.level or 0) <= 5:
        raise Invalid("Choose a competency that this form can show, and a level from 1 to 5.")
    if about.on > people.find_today(session, actor=actor, now=now):
        raise Invalid("Choose a day that has been.")
    return form


def _rated(form: Mapping[str, Any], marks: Mapping[str, str], note: str) -> Rated:
    problem = marks_problem(form, marks)
    if problem:
        raise Invalid(problem)
    if not note.strip():
        raise Invalid("Describe what you saw: one dated example.")
    return rate(form, marks)


def _row(
    actor: Actor, about: Subject | Panel, form: Mapping[str, Any], id_: uuid.UUID, now: datetime
) -> EvidenceRow:
    return EvidenceRow(
        firm_id=actor.firm_id,
        id=id_,
        person_id=about.person_id,
        kind=EvidenceKind(form["kind"]),
        competency=about.competency,
        level=about.level,
        requirement=about.requirement,
        pass_mark=form["pass_mark"],
        on=about.on,
        recorded_at=now,
        source=f"form:{form['key']}:{form['version']}",
    )


def _detail(form: Mapping[str, Any], marks: Mapping[str, str], note: str, rated: Rated) -> dict[str, Any]:
    return {
        "title": form["name"],
        "example": note.strip(),
        "form": f"{form['name']} {form['version']}",
        "form_key": form["key"],
        "form_version": form["version"],
        "marks": dict(marks),
        "critical": list(rated.critical),
    }


def _informs(rater_id: uuid.UUID, unlicensed: Collection[uuid.UUID]) -> dict[str, Any]:
    """That a rating is information and no evidence, where the firm asks for a licence and the rater holds none."""
    return {"information": True} if rater_id in unlicensed else {}


def call_panel(
    session: Session,
    *,
    actor: Actor,
    about: Subject,
    raters: Sequence[uuid.UUID],
    now: datetime,
    panel_id: uuid.UUID | None = None,
) -> Panel:
    """Ask several people to rate the same thing, each alone. Sent twice, it is called once.

    Raises NotFound, NotAllowed, Invalid (too few raters, or the person among them).
    """
    person = _person(session, actor, about.person_id)
    kept = queries.find_panel(session, actor=actor, panel_id=panel_id) if panel_id else None
    if kept is not None:
        return kept
    form = _form_for(session, actor, about, now)
    chosen = frozenset(raters)
    if len(chosen) < form["raters"]:
        raise Invalid("Choose at least %(number)s raters.", number=form["raters"])
    allowed = {one.person_id for one in queries.list_raters(session, actor=actor, today=now.date())}
    if about.person_id in chosen or not chosen <= allowed:
        raise Invalid("Choose raters who are assessors, managers or leads, and not the person themself.")
    made = Panel(
        firm_id=actor.firm_id,
        id=panel_id or new_id(),
        person_id=about.person_id,
        form=form["key"],
        form_version=form["version"],
        competency=about.competency,
        level=about.level,
        requirement=about.requirement,
        on=about.on,
        called_by_id=actor.person_id,
        called_at=now,
    )
    session.add(made)
    session.flush()  # the seats point at it
    for rater in sorted(chosen):
        session.add(PanelSeat(firm_id=actor.firm_id, panel_id=made.id, rater_id=rater))
    told = {"name": person.name, "title": form["name"]}
    record_act(session, actor=actor, act="panel called", subject=str(made.id), detail=told, now=now)
    return made


def hand_in(
    session: Session,
    *,
    actor: Actor,
    panel_id: uuid.UUID,
    marks: Mapping[str, str],
    note: str,
    now: datetime,
) -> Panel:
    """Hand in one's own marks, once. The last one to do so closes the panel: its ratings become evidence.

    Raises NotFound (no such panel, or no seat in it), Invalid, Conflict (handed in already).
    """
    panel = queries.find_panel(session, actor=actor, panel_id=panel_id, lock=True)
    seats = queries.list_seats(session, actor=actor, panel_id=panel_id)
    mine = next((one for one in seats if one.rater_id == actor.person_id), None)
    if panel is None or mine is None:
        raise NotFound("There is no such panel.")
    if mine.rated_at is not None:
        raise Conflict("You have handed in already. What is handed in stays as it is.")
    form = _form_of(panel)
    _rated(form, marks, note)
    mine.marks, mine.rated_at = {"marks": dict(marks), "note": note.strip()}, now
    if all(one.rated_at is not None for one in seats):
        _close(session, actor, panel, form, seats, now)
    return panel


def _form_of(panel: Panel) -> Mapping[str, Any]:
    form = find_form(panel.form, panel.form_version)
    assert form is not None, "a form is never taken out of the framework"
    return form


def _close(
    session: Session,
    actor: Actor,
    panel: Panel,
    form: Mapping[str, Any],
    seats: Sequence[PanelSeat],
    now: datetime,
) -> None:
    panel.closed_at = now
    said = [(one, one.marks or {}) for one in seats]
    ratings = [rate(form, marks["marks"]) for _seat, marks in said]
    joint = together(form, ratings)
    critical = sorted({line for one in ratings for line in one.critical})
    raters = [seat.rater_id for seat in seats]
    unlicensed = without_licence(session, actor=actor, form_key=form["key"], raters=raters, now=now)
    for (seat, marks), rated in zip(said, ratings, strict=True):
        row = _row(actor, panel, form, derived_id(actor.firm_id, "panel", panel.id, seat.rater_id), now)
        row.rater_id = row.recorded_by_id = seat.rater_id
        row.score, row.outcome = joint.mean, "passed" if joint.passed else "failed"
        row.detail = _detail(form, marks["marks"], marks["note"], rated) | _informs(seat.rater_id, unlicensed)
        row.detail |= {
            "panel": str(panel.id),
            "critical": critical,
            "own_score": rated.score,
            "apart": joint.apart,  # how far the raters were from one another
        }
        session.add(row)
    person = people.find_employment(session, actor=actor, person_id=panel.person_id)
    told = {"name": person.name if person else "", "title": form["name"]}
    record_act(session, actor=actor, act="panel closed", subject=str(panel.id), detail=told, now=now)


@dataclass(frozen=True)
class SeatPage:
    """A panel as one of its raters, or whoever may see the person, sees it. Marks of others only once all are in."""

    panel: Panel
    form: Mapping[str, Any]
    person: Employment
    mine: PanelSeat | None
    seats: Sequence[tuple[str, PanelSeat, Rated | None]]


def see_panel(session: Session, *, actor: Actor, panel_id: uuid.UUID) -> SeatPage:
    """A panel: to its raters, to who called it, and to who may see the person. Raises NotFound."""
    panel = queries.find_panel(session, actor=actor, panel_id=panel_id)
    seats = queries.list_seats(session, actor=actor, panel_id=panel_id)
    person = people.find_employment(session, actor=actor, person_id=panel.person_id) if panel else None
    mine = next((one for one in seats if one.rater_id == actor.person_id), None)
    if panel is None or person is None:
        raise NotFound("There is no such panel.")
    if mine is None and panel.called_by_id != actor.person_id:
        require(POLICY, actor, TrackPermission.RECORD, person)
    form = _form_of(panel)
    raters = frozenset(one.rater_id for one in seats)
    names = queries.list_names(session, actor=actor, person_ids=raters)
    shown = panel.closed_at is not None
    return SeatPage(
        panel,
        form,
        person,
        mine,
        [
            (
                names.get(str(one.rater_id), ""),
                one,
                rate(form, one.marks["marks"]) if shown and one.marks else None,
            )
            for one in seats
        ],
    )
