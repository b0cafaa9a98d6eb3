"""What a package's questions and assessments lack, and how they go live with their course."""

import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.bank import bank_advice
from lms.assessments.bank.drafted import media_problems, question_problems
from lms.assessments.models import Assessment, AssessmentVersion, Question, QuestionVersion
from lms.assessments.rules import blueprint_problems
from lms.courses.rules import Problem
from lms.courses.services import CoursePublished, PackageRead
from lms.foundation.words import N_


def package_problems(_session: Session, event: PackageRead) -> list[Problem]:
    """What is wrong in a package's questions, check questions and assessments, each with its file and line."""
    package = event.package
    found: list[Problem] = []
    keys: set[str] = set()
    said = package.course.get("objectives")
    objectives = {
        entry["key"]
        for entry in (said if isinstance(said, list) else ())
        if isinstance(entry, Mapping) and isinstance(entry.get("key"), str)
    }
    asked = len(package.questions)
    for number, one in enumerate((*package.questions, *package.checks)):
        found += [
            Problem(one.file, one.line(where), message)
            for where, message in (
                *question_problems(one.document, objectives if number < asked else None),
                *media_problems(one.document, package.media),
            )
        ]
        key = str(one.document.get("key"))
        if key in keys:
            found.append(
                Problem(
                    one.file,
                    one.line("key"),
                    N_("Two questions have the key “%(key)s”. Give each its own.", key=key),
                )
            )
        keys.add(key)
    bank = [one.document for one in package.questions]
    plans = [str(one.document.get("key")) for one in package.assessments]
    for one in package.assessments:
        if plans.count(str(one.document.get("key"))) > 1:
            found.append(
                Problem(one.file, one.line("key"), N_("Two assessments have this key. Give each its own."))
            )
        found += [
            Problem(one.file, one.line(where), message)
            for where, message in blueprint_problems(one.document, bank)
        ]
    if not found:
        found += [
            Problem(
                package.questions[number].file, package.questions[number].line(where), message, advice=True
            )
            for number, where, message in bank_advice(bank)
        ]
    return found


def publish_with_course(session: Session, event: CoursePublished) -> None:
    """A course was published: its questions and assessments go live with it."""
    publish_bank(
        session,
        course_id=event.course_id,
        questions=[one.document for one in event.questions],
        assessments=[one.document for one in event.assessments],
        now=event.at,
    )


def publish_bank(
    session: Session,
    *,
    course_id: uuid.UUID,
    questions: Sequence[Mapping[str, Any]],
    assessments: Sequence[Mapping[str, Any]],
    now: datetime,
) -> None:
    """Make these the live questions and assessments of a course.

    What is the same keeps its version; what changed gets a new one; what is gone is retired, never deleted.
    """
    _publish(
        session,
        Question,
        QuestionVersion,
        "question_id",
        course_id,
        questions,
        now,
        lambda document: {"kind": document["kind"]},
    )
    _publish(
        session,
        Assessment,
        AssessmentVersion,
        "assessment_id",
        course_id,
        assessments,
        now,
        lambda document: {"title": document["title"]},
    )


def _publish(
    session: Session,
    holder: Any,
    version: Any,
    link: str,
    course_id: uuid.UUID,
    documents: Sequence[Mapping[str, Any]],
    now: datetime,
    extra: Any,
) -> None:
    held = {row.key: row for row in session.scalars(select(holder).where(holder.course_id == course_id))}
    versions = (
        select(version).join(holder, holder.id == getattr(version, link)).where(holder.course_id == course_id)
    )
    by_holder: dict[uuid.UUID, list[Any]] = {}
    for row in session.scalars(versions.order_by(version.number)):
        by_holder.setdefault(getattr(row, link), []).append(row)
    for document in documents:
        row = held.pop(document["key"], None)
        if row is None:
            row = holder(course_id=course_id, key=document["key"])
            session.add(row)
            session.flush()  # the version needs its holder's id
        known = by_holder.get(row.id, [])
        digest = document_hash(document)
        same = next((one for one in known if one.hash == digest), None)
        if same is None:
            same = version(
                **{link: row.id},
                number=len(known) + 1,
                hash=digest,
                document=dict(document),
                published_at=now,
                **extra(document),
            )
            session.add(same)
            session.flush()  # the pointer needs the version's id
        row.live_version_id = same.id
    for gone in held.values():
        gone.live_version_id = None


def document_hash(document: Mapping[str, Any]) -> str:
    """The hash of a document's canonical JSON."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
