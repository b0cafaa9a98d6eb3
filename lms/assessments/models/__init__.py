"""What the assessments room keeps: questions, what people answered, how it was marked and what was decided."""

from lms.assessments.models.attempts import AnswerFile, Attempt, AttemptQuestion, Response
from lms.assessments.models.calibrating import AdaptiveRun, Calibration, CalibrationItem
from lms.assessments.models.content import Assessment, AssessmentVersion, Question, QuestionVersion
from lms.assessments.models.cutting import CutGrade, CutItem, CutJudge, CutPanel, CutRating
from lms.assessments.models.exposing import ExposurePolicy
from lms.assessments.models.marking import AnswerMark
from lms.assessments.models.rescoring import Rescored, Rescoring
from lms.assessments.models.sittings import GateDecision, Sitting, SittingCode, SittingCodePerson, WrongCode

__all__ = [
    "AdaptiveRun",
    "AnswerFile",
    "AnswerMark",
    "Assessment",
    "AssessmentVersion",
    "Attempt",
    "AttemptQuestion",
    "Calibration",
    "CalibrationItem",
    "CutGrade",
    "CutItem",
    "CutJudge",
    "CutPanel",
    "CutRating",
    "ExposurePolicy",
    "GateDecision",
    "Question",
    "QuestionVersion",
    "Rescored",
    "Rescoring",
    "Response",
    "Sitting",
    "SittingCode",
    "SittingCodePerson",
    "WrongCode",
]
