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
from lms.foundation.actor import Actor


@dataclass(frozen=True)
class CalibrationPage:
    """The calibrations of a course, latest first, and the live questions of the newest."""

    desk: Desk
    calibrations: Sequence[Calibration]
    questions: Sequence[CalibratedQuestion]
    enough: int = ENOUGH
    fewest: int = FEWEST_CALIBRATED


def calibration_page(session: Session, *, actor: Actor, course_id: uuid.UUID) -> CalibrationPage:
    """Raises NotFound, NotAllowed."""
    desk = open_desk(session, actor=actor, course_id=course_id)
    found = list_calibrations(session, course_id=course_id)
    questions = list_calibrated(session, calibration_id=found[0].id) if found else ()
    return CalibrationPage(desk, found, questions)
