"""Who learns what, how far they are, and the facts that say so."""

from lms.learning.models.cohorts import Cohort, CohortCourse, CohortMember, Nudge
from lms.learning.models.duties import Assignment, EnrolmentRule, Extension
from lms.learning.models.habit import TeamGoal, TeamGoalMember, WeeklyGoal
from lms.learning.models.memory import ReviewCard, ReviewLog
from lms.learning.models.messages import MessageBrowser, MessageWish
from lms.learning.models.moving import CourseMove, MovedPerson
from lms.learning.models.policy import CourseTerms, Holiday, LearningPolicy, Prerequisite, Waiver
from lms.learning.models.progress import (
    CardFact,
    CheckAnswer,
    Enrolment,
    LessonProgress,
    LessonTime,
    PastRun,
    SyncedFact,
)

__all__ = [
    "Assignment",
    "CardFact",
    "CheckAnswer",
    "Cohort",
    "CohortCourse",
    "CohortMember",
    "CourseMove",
    "CourseTerms",
    "Enrolment",
    "EnrolmentRule",
    "Extension",
    "Holiday",
    "LearningPolicy",
    "LessonProgress",
    "LessonTime",
    "MessageBrowser",
    "MessageWish",
    "MovedPerson",
    "Nudge",
    "PastRun",
    "Prerequisite",
    "ReviewCard",
    "ReviewLog",
    "SyncedFact",
    "TeamGoal",
    "TeamGoalMember",
    "Waiver",
    "WeeklyGoal",
]
