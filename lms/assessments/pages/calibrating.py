"""What the calibration page shows: every calibration of a course, and the parameters of the newest."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.assessments.models import Calibration
from lms.assessments.pages.questions import Desk, open_desk
from lms.assessments.queries.adapting import CalibratedQuestion, list_calibrated, list_calibrations
from lms.assessments.rules import FEWEST_CALIBRATED
from lms.assessments.services.calibrating import ENOUGH
from lms.assessments.services.calibrating_nightly import CALIBRATE
from lms.foundation.actor import Actor
from lms.foundation.jobs import OPEN, Job, JobState
from lms.people.queries.jobs import list_jobs


@dataclass(frozen=True)
class CalibrationPage:
    """The calibrations of a course, latest first, and the live questions of the newest."""

    desk: Desk
    calibrations: Sequence[Calibration]
    questions: Sequence[CalibratedQuestion]
    night: Job | None
    """The night that is ordered or under way."""
    night_by: str | None
    last: Job | None
    """The night that ended last; none while there was none, or when it was stopped since."""
    enough: int = ENOUGH
    fewest: int = FEWEST_CALIBRATED


def calibration_page(session: Session, *, actor: Actor, course_id: uuid.UUID) -> CalibrationPage:
    """Raises NotFound, NotAllowed."""
    desk = open_desk(session, actor=actor, course_id=course_id)
    found = list_calibrations(session, course_id=course_id)
    questions = list_calibrated(session, calibration_id=found[0].id) if found else ()
    nights = list_jobs(session, actor=actor, kind=CALIBRATE).lines
    ahead = next((one for one in nights if one.job.state in OPEN), None)
    over = next((one.job for one in nights if one.job.state not in OPEN), None)
    return CalibrationPage(
        desk,
        found,
        questions,
        ahead.job if ahead else None,
        ahead.asked_by if ahead else None,
        None if over is None or over.state == JobState.CANCELLED else over,
    )
