"""Reads for routes: what the live courses' finals are evidence of."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessments.models import Assessment, AssessmentVersion
from lms.courses.models import Course, CourseVersion
from lms.courses.queries import visible_to
from lms.foundation.actor import Actor
from lms.foundation.db import ASKING
from lms.tracks.framework_files import shipped_acts
from lms.tracks.rules.route_acts import Final

_FINALS = (
    select(Course.key, AssessmentVersion.document)
    .join(Assessment, Assessment.course_id == Course.id)
    .join(AssessmentVersion, AssessmentVersion.id == Assessment.live_version_id)
    .join(CourseVersion, CourseVersion.id == Course.live_version_id)
    .where(visible_to(ASKING), Course.archived_at.is_(None), CourseVersion.translation_of.is_(None))
    .order_by(Course.key, Assessment.key)
)


def list_finals(session: Session, *, actor: Actor) -> list[Final]:
    """The finals of the framework's live courses that are evidence of something; a translation's final is its original's. One statement."""
    rows = session.execute(_FINALS, {"firm_id": actor.firm_id})
    return [
        Final(
            row.key,
            int(row.document.get("time_limit_minutes") or shipped_acts()["final_minutes"]),
            tuple((one["competency"], int(one["level"])) for one in row.document.get("evidence") or ()),
        )
        for row in rows
        if row.document.get("purpose") != "lesson" and row.document.get("evidence")
    ]
