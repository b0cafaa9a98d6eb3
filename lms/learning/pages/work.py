"""The day of those who write courses and mark: what waits for them, their drafts, their groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.assessments.policy import POLICY as ASSESSING
from lms.assessments.policy import AssessmentPermission
from lms.assessments.queries.cutting import PanelLine, list_panels_to_rate
from lms.assessments.queries.marking import Heap, count_to_mark
from lms.courses.pages.own_work import OwnWork, own_work
from lms.foundation.actor import Actor
from lms.foundation.policy import Permissions, require
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries.cohorts import CohortLine, list_own_cohorts
from lms.people import queries as people


@dataclass(frozen=True)
class WorkPage:
    """What somebody who writes or marks has in hand."""

    today: date
    courses: OwnWork
    heaps: Sequence[Heap]
    panels: Sequence[PanelLine]
    groups: Sequence[CohortLine]

    @property
    def over(self) -> Sequence[CohortLine]:
        """Groups whose last day has passed and that nobody has closed."""
        return [one for one in self.groups if one.ends_on < self.today]

    @property
    def waits(self) -> bool:
        """Whether anything waits for the reader."""
        courses = self.courses
        return bool(self.heaps or self.panels or self.over or courses.sent_back or courses.reviews.waiting)


def work_page(session: Session, *, actor: Actor, now: datetime) -> WorkPage:
    """The actor's own work. A fixed number of statements. Raises NotAllowed."""
    require(POLICY, actor, LearningPermission.WORK)
    marks = Permissions(ASSESSING).could(actor, AssessmentPermission.MARK)
    return WorkPage(
        people.find_today(session, actor=actor, now=now),
        own_work(session, actor=actor),
        count_to_mark(session, actor=actor) if marks else (),
        list_panels_to_rate(session, actor=actor),
        list_own_cohorts(session, actor=actor),
    )
