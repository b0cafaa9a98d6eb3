"""What those who run courses see: groups, rules, a course's terms, the firm's days. A fixed number of statements each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.courses import queries as courses
from lms.courses.models import Course
from lms.foundation.actor import Actor
from lms.foundation.errors import NotFound
from lms.foundation.policy import require
from lms.learning.models import Holiday
from lms.learning.policy import POLICY, LearningPermission
from lms.learning.queries import cohort_people, cohorts, ruling
from lms.learning.queries.calendar import Day, find_day, list_holidays
from lms.learning.queries.cohort_people import Trainer
from lms.learning.queries.cohorts import CohortLine, CohortLines, CohortsWanted, Followed
from lms.learning.queries.prerequisites import Waived, list_edges, list_own, list_waived
from lms.learning.queries.ruling import Caught, RuleLine
from lms.learning.queries.runs import find_terms
from lms.learning.rules import Standing
from lms.learning.rules.cohorts import Learner, LessonCount, count_lessons, in_order
from lms.people import queries as people
from lms.people.models import Team


@dataclass(frozen=True)
class CohortsPage:
    """The list of groups."""

    wanted: CohortsWanted
    lines: CohortLines
    today: date


def cohorts_page(
    session: Session, *, actor: Actor, wanted: CohortsWanted, now: datetime, whole: bool = False
) -> CohortsPage:
    """The firm's groups by name. Raises NotAllowed."""
    require(POLICY, actor, LearningPermission.RUN)
    today = people.find_today(session, actor=actor, now=now)
    lines = cohorts.list_cohorts(session, actor=actor, wanted=wanted, today=today, whole=whole)
    return CohortsPage(wanted, lines, today)


@dataclass(frozen=True)
class CohortWanted:
    """What the reader of a group's page asked for."""

    course_id: uuid.UUID | None = None
    standing: Standing | None = None
    sort: str = "name"


@dataclass(frozen=True)
class CohortPage:
    """How a group's people stand in one of its courses."""

    wanted: CohortWanted
    line: CohortLine
    followed: Sequence[Followed]
    course: Followed | None
    people: Sequence[Learner]
    everybody: Sequence[Learner]
    lessons: Sequence[LessonCount]
    titles: Mapping[str, str]
    day: Day
    now: datetime

    @property
    def counts(self) -> dict[Standing, int]:
        """Of how many people each word is true."""
        said = [one.standings(self.day.today, self.now) for one in self.everybody]
        return {word: sum(word in words for words in said) for word in Standing}


def cohort_page(
    session: Session, *, actor: Actor, cohort_id: uuid.UUID, wanted: CohortWanted, now: datetime
) -> CohortPage:
    """A group in one of its courses: who is where, since when. Raises NotAllowed, NotFound."""
    require(POLICY, actor, LearningPermission.RUN)
    line = _line(session, actor, cohort_id)
    day = find_day(session, actor=actor, now=now)
    followed = cohorts.list_followed(session, actor=actor, cohort_id=cohort_id)
    course = next((one for one in followed if one.id == wanted.course_id), followed[0] if followed else None)
    if course is None:
        return CohortPage(wanted, line, followed, None, (), (), (), {}, day, now)
    everybody, lessons = cohort_people.list_learners(session, actor=actor, line=line, course=course, day=day)
    shown = [
        one
        for one in in_order(everybody, wanted.sort)
        if wanted.standing is None or wanted.standing in one.standings(day.today, now)
    ]
    titles = [(one.key, one.title) for one in lessons]
    return CohortPage(
        wanted,
        line,
        followed,
        course,
        shown,
        everybody,
        count_lessons(titles, everybody, today=day.today, now=now),
        dict(titles),
        day,
        now,
    )


def _line(session: Session, actor: Actor, cohort_id: uuid.UUID) -> CohortLine:
    line = cohorts.find_cohort_line(session, actor=actor, cohort_id=cohort_id)
    if line is None:
        raise NotFound("There is no such group.")
    return line


@dataclass(frozen=True)
class CohortFormPage:
    """What the form for a group offers; `line` and `followed` of one that is there."""

    line: CohortLine | None
    followed: Sequence[Followed]
    trainers: Sequence[Trainer]
    courses: Sequence[courses.Named]
    today: date


def cohort_form_page(
    session: Session, *, actor: Actor, cohort_id: uuid.UUID | None, now: datetime
) -> CohortFormPage:
    """The trainers and courses to choose from. Raises NotAllowed, NotFound."""
    require(POLICY, actor, LearningPermission.RUN)
    line = _line(session, actor, cohort_id) if cohort_id else None
    today = people.find_today(session, actor=actor, now=now)
    return CohortFormPage(
        line,
        cohorts.list_followed(session, actor=actor, cohort_id=cohort_id) if cohort_id else (),
        cohort_people.list_trainers(session, actor=actor, today=today),
        courses.list_names(session, actor=actor),
        today,
    )


@dataclass(frozen=True)
class CohortPeoplePage:
    """Who is in a group, and how to put more in."""

    line: CohortLine
    people: Sequence[Learner]
    teams: Sequence[Team]
    today: date


def cohort_people_page(
    session: Session, *, actor: Actor, cohort_id: uuid.UUID, now: datetime
) -> CohortPeoplePage:
    """A group's people by name. Raises NotAllowed, NotFound."""
    require(POLICY, actor, LearningPermission.RUN)
    line = _line(session, actor, cohort_id)
    day = find_day(session, actor=actor, now=now)
    followed = cohorts.list_followed(session, actor=actor, cohort_id=cohort_id)
    learners: Sequence[Learner] = ()
    if followed:
        learners, _lessons = cohort_people.list_learners(
            session, actor=actor, line=line, course=followed[0], day=day
        )
    return CohortPeoplePage(line, learners, people.list_teams(session, actor=actor), day.today)


@dataclass(frozen=True)
class RulesPage:
    """The firm's enrolment rules."""

    state: str
    rules: Sequence[RuleLine]


def rules_page(session: Session, *, actor: Actor, state: str, now: datetime) -> RulesPage:
    """The firm's rules, with how many people each is about today. Raises NotAllowed."""
    require(POLICY, actor, LearningPermission.RUN)
    day = find_day(session, actor=actor, now=now)
    return RulesPage(state, ruling.list_rules(session, actor=actor, day=day, state=state))


@dataclass(frozen=True)
class RulePage:
    """A rule, and whom it catches today."""

    rule: RuleLine
    caught: Sequence[Caught]
    day: Day


def rule_page(
    session: Session, *, actor: Actor, rule_id: uuid.UUID, now: datetime, whole: bool = False
) -> RulePage:
    """A rule and the people it is about today: the first of them, or all. Raises NotAllowed, NotFound."""
    require(POLICY, actor, LearningPermission.RUN)
    day = find_day(session, actor=actor, now=now)
    rule = next(iter(ruling.list_rules(session, actor=actor, day=day, rule_id=rule_id)), None)
    if rule is None:
        raise NotFound("There is no such rule.")
    limit = None if whole else ruling.SHOWN
    return RulePage(rule, ruling.list_caught(session, actor=actor, line=rule, day=day, limit=limit), day)


@dataclass(frozen=True)
class RuleFormPage:
    """What the form for a rule offers."""

    courses: Sequence[courses.Named]
    teams: Sequence[Team]
    job_roles: Sequence[str]


def rule_form_page(session: Session, *, actor: Actor) -> RuleFormPage:
    """The courses, teams and job roles to choose from. Raises NotAllowed."""
    require(POLICY, actor, LearningPermission.RUN)
    return RuleFormPage(
        courses.list_names(session, actor=actor),
        people.list_teams(session, actor=actor),
        people.list_job_roles(session, actor=actor),
    )


@dataclass(frozen=True)
class TermsPage:
    """How a course runs at the firm. `declared`: the titles the course itself says come first; `own`: the firm's."""

    course: Course
    title: str
    courses: Sequence[courses.Named]
    declared: Sequence[str]
    own: Sequence[uuid.UUID]
    months: int | None
    usual_months: int
    waived: Sequence[Waived]


def terms_page(session: Session, *, actor: Actor, course_id: uuid.UUID) -> TermsPage:
    """What comes before a course here, and for how long a completion is good. Raises NotAllowed, NotFound."""
    require(POLICY, actor, LearningPermission.RUN)
    course = courses.find_course(session, actor=actor, course_id=course_id)
    live = course.live_version_id if course else None
    version = courses.find_version(session, actor=actor, version_id=live) if live else None
    if course is None or version is None:
        raise NotFound("There is no such course.")
    names = courses.list_names(session, actor=actor)
    own = [row.needs_id for row in list_own(session, actor=actor, course_id=course_id)]
    edges = list_edges(session, actor=actor).get(str(course_id), set())
    terms = find_terms(session, firm_id=actor.firm_id, course_id=course_id)
    return TermsPage(
        course,
        version.title,
        [one for one in names if one.id != course_id],
        [one.title for one in names if str(one.id) in edges and one.id not in own],
        own,
        terms.valid_months if terms else None,
        int(version.document.get("valid_months") or 0),
        list_waived(session, actor=actor, course_id=course_id),
    )


@dataclass(frozen=True)
class DaysPage:
    """The firm's policy for running courses and its holidays."""

    day: Day
    holidays: Sequence[Holiday]


def days_page(session: Session, *, actor: Actor, now: datetime) -> DaysPage:
    """The firm's days. Raises NotAllowed."""
    require(POLICY, actor, LearningPermission.DAYS)
    return DaysPage(find_day(session, actor=actor, now=now), list_holidays(session, actor=actor))
