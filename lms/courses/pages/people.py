"""What the pages of people show: who is on a course, and what the firm wants of its authors."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.courses.pages.studio import CourseHead, course_head
from lms.courses.policy import AUTHORS, POLICY, CoursePermission
from lms.courses.queries import people as on_course
from lms.courses.queries.people import MOST_FOUND, Candidate, OnCourse, Orphan
from lms.courses.services.drafts import see_draft
from lms.foundation.actor import Actor
from lms.foundation.policy import Permissions, require
from lms.people import queries as people


@dataclass(frozen=True)
class PeoplePage:
    """Who is on a course. `left`: every named author has left; `more`: more people fit the search than are shown."""

    head: CourseHead
    people: Sequence[OnCourse]
    only_named: bool
    may_change: bool
    may_edit: bool
    text: str
    found: Sequence[Candidate]
    more: bool

    @property
    def authors(self) -> int:
        """How many authors there are."""
        return sum(one.role in AUTHORS for one in self.people)

    @property
    def left(self) -> bool:
        """Whether there were authors and none of them works here any more."""
        return self.authors > 0 and not any(one.here for one in self.people if one.role in AUTHORS)


def people_page(
    session: Session, *, actor: Actor, course_id: uuid.UUID, text: str, now: datetime
) -> PeoplePage:
    """Who is on a course, and who could come onto it. Raises NotFound, NotAllowed."""
    draft = see_draft(session, actor=actor, course_id=course_id, permission=CoursePermission.SEE_PEOPLE)
    standing = draft.stood.standing if draft.stood else None
    allows = Permissions(POLICY).allows
    may_change = allows(actor, CoursePermission.CHANGE_PEOPLE, standing)
    today = people.find_today(session, actor=actor, now=now)
    found: Sequence[Candidate] = ()
    if may_change:
        found = on_course.list_candidates(session, actor=actor, course_id=course_id, text=text, today=today)
    return PeoplePage(
        course_head(session, actor=actor, draft=draft),
        on_course.list_on_course(session, actor=actor, course_id=course_id, today=today),
        standing is not None and standing.only_named,
        may_change,
        allows(actor, CoursePermission.EDIT, standing),
        text,
        found[:MOST_FOUND],
        len(found) > MOST_FOUND,
    )


@dataclass(frozen=True)
class PolicyPage:
    """What a firm wants of its authors, and the courses whose authors have all left."""

    only_named: bool
    reviewed: bool
    changed_at: datetime | None
    orphans: Sequence[Orphan]


def policy_page(session: Session, *, actor: Actor, now: datetime) -> PolicyPage:
    """What the actor's firm wants of its authors. Raises NotAllowed."""
    require(POLICY, actor, CoursePermission.SET_POLICY)
    row = on_course.find_policy(session, actor=actor)
    today = people.find_today(session, actor=actor, now=now)
    return PolicyPage(
        row.only_named if row else False,
        row.reviewed if row else False,
        row.changed_at if row else None,
        on_course.list_orphans(session, actor=actor, today=today),
    )
