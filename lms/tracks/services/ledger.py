"""What events write into the ledger, and what a package may say of competencies."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.rules import AssessmentGraded
from lms.courses.models import Course
from lms.courses.packages import Located
from lms.courses.rules import Problem
from lms.courses.services import PackageRead
from lms.foundation.ids import derived_id
from lms.foundation.words import N_
from lms.learning.rules import CourseCompleted
from lms.people import queries as people
from lms.tracks.framework_files import parts_of_exam, shipped_framework
from lms.tracks.models import Contest, EvidenceRow
from lms.tracks.queries.framework import framework_here, known_here
from lms.tracks.rules import EvidenceKind


def package_problems(session: Session, event: PackageRead) -> list[Problem]:
    """The competencies of a package that the framework does not have: evidence about them would say nothing."""
    known = {one["key"] for one in shipped_framework()["competencies"]}
    package = event.package
    course = package.files.get("course.yaml", "")
    said = Located(package.course, "course.yaml", course)
    places = [
        (said, f"competencies.{number}.id", key)
        for number, key in _named(package.course, "competencies", "id")
    ]
    for one in package.questions:
        places.append((one, "competency", one.document.get("competency")))
    for one in package.assessments:
        for name in ("draws", "evidence"):
            places += [
                (one, f"{name}.{number}.competency", key)
                for number, key in _named(one.document, name, "competency")
            ]
    if any(isinstance(key, str) and key not in known for _one, _where, key in places):
        known |= {one["key"] for one in known_here(session) if not one.get("gone")}
    return [
        Problem(
            one.file,
            one.line(where),
            N_("The framework has no competency “%(key)s”. They are A1 to F4: see the list.", key=key),
        )
        for one, where, key in places
        if isinstance(key, str) and key not in known
    ]


def _named(document: Mapping[str, Any], name: str, part: str) -> list[tuple[int, Any]]:
    entries = document.get(name)
    return [
        (number, entry.get(part))
        for number, entry in enumerate(entries if isinstance(entries, list) else ())
        if isinstance(entry, Mapping)
    ]


def write_course_evidence(session: Session, event: CourseCompleted) -> None:
    """A completed course is a fact about the person, for the rung and (up to level 1) for its competencies."""
    again = (event.run,) if event.run > 1 else ()
    said = {
        "kind": EvidenceKind.COURSE,
        "outcome": "completed",
        "on": event.at.astimezone(people.find_zone(session, firm_id=event.firm_id)).date(),
        "recorded_at": event.at,
        "expires_on": event.expires_on,
        "source": f"course:{event.version_id}",
        "detail": {"title": event.title, "lessons": event.lessons},
    }
    _add(
        session,
        event.firm_id,
        event.person_id,
        ("course", event.version_id, event.person_id, *again),
        requirement=event.course_key,
        **said,
    )
    for competency in sorted({key for key, _level in event.competencies}):
        _add(
            session,
            event.firm_id,
            event.person_id,
            ("course", event.version_id, event.person_id, competency, *again),
            competency=competency,
            level=1,
            requirement=event.course_key,
            **said,
        )


def write_assessment_evidence(session: Session, event: AssessmentGraded) -> None:
    """A graded course or gate assessment is a fact about each competency it speaks to, and a gate about its rung.

    A lesson quiz never is.
    """
    if event.purpose == "lesson":
        return
    today = event.at.astimezone(people.find_zone(session, firm_id=event.firm_id)).date()
    again = (event.revision,) if event.revision else ()
    name = f"{event.course_id}:{event.assessment_key}"
    of = [
        (competency, {"competency": competency, "level": level, "requirement": name})
        for competency, level in event.evidence
    ]
    of += [(part, {"requirement": part}) for part in _parts_of_rungs(session, event, today)]
    for about, said in of:
        before = _before(session, event, about)
        if before is not None and _is_withdrawn(session, before):
            continue  # what a person took out of the ledger does not come back by itself
        on = before.on if before else today
        _add(
            session,
            event.firm_id,
            event.person_id,
            ("attempt", event.attempt_id, about, *again),
            supersedes_id=before.id if before else None,
            kind=EvidenceKind.ASSESSMENT,
            **said,
            outcome="passed" if event.passed else "failed",
            score=event.score,
            error=event.error,
            pass_mark=event.pass_mark,
            on=on,
            recorded_at=event.at,
            source=f"attempt:{event.attempt_id}",
            detail={"title": event.title, "questions": event.questions, **_of_gate(event)},
        )


def _of_gate(event: AssessmentGraded) -> dict[str, Any]:
    """On how many forms a gate was decided, and how far that can be trusted, as it stood that day."""
    return {"forms": event.forms, "accuracy": dict(event.accuracy)} if event.accuracy else {}


def _parts_of_rungs(session: Session, event: AssessmentGraded, today: date) -> list[str]:
    """The parts of rungs' assessments that a gate answers to, by the key of its course and its own."""
    if event.purpose != "gate":
        return []
    course = session.get_one(Course, event.course_id)
    return parts_of_exam(framework_here(session, on=today), course.key, event.assessment_key)


def _before(session: Session, event: AssessmentGraded, about: str) -> EvidenceRow | None:
    """What an attempt that is judged again said before: that is superseded, and its day stays."""
    if not event.revision:
        return None
    of = [
        derived_id(event.firm_id, "attempt", event.attempt_id, about, *((revision,) if revision else ()))
        for revision in range(event.revision)
    ]
    rows = session.scalars(
        select(EvidenceRow).where(EvidenceRow.firm_id == event.firm_id, EvidenceRow.id.in_(of))
    )
    return max(rows, key=lambda row: of.index(row.id), default=None)


def _is_withdrawn(session: Session, row: EvidenceRow) -> bool:
    return bool(
        session.scalar(
            select(Contest.id)
            .where(
                Contest.firm_id == row.firm_id,
                Contest.evidence_id == row.id,
                Contest.outcome == "withdrawn",
            )
            .limit(1)
        )
    )


def _add(
    session: Session, firm_id: uuid.UUID, person_id: uuid.UUID, parts: tuple[object, ...], **said: Any
) -> EvidenceRow:
    """Add a fact under an id made of what it is about: the same event twice would be refused, never counted twice."""
    row = EvidenceRow(firm_id=firm_id, id=derived_id(firm_id, *parts), person_id=person_id, **said)
    session.add(row)
    return row
