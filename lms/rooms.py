"""The map on the wall: the rooms, the whole permission table, who listens to which event, the command line."""

import click

from lms.assessments import policy as assessments_policy
from lms.assessments.cli import stats
from lms.assessments.rules import AssessmentGraded, AttemptAsked, GroupsHeld
from lms.assessments.services import package_problems, publish_with_course
from lms.assessments.services.calibrating_nightly import CALIBRATING
from lms.assessments.services.rescoring import SCORING
from lms.assessments.views import room as assessments
from lms.courses import policy as courses_policy
from lms.courses.cli import courses as courses_commands
from lms.courses.queries import CompetenciesNamed, CoursesListed, DueAsked
from lms.courses.queries.studio import ChecksAsked, CheckTried, FrameworkAsked, UnderWayAsked
from lms.courses.services import CoursePublished, PackageRead
from lms.courses.services.scheduling import PUBLISHING
from lms.courses.views import room as courses
from lms.demo.cli import demo
from lms.foundation.events import Listener
from lms.foundation.jobs import JobKind
from lms.foundation.policy import Permissions
from lms.interop import policy as interop_policy
from lms.interop.cli import bring_in, send_out
from lms.interop.services import READING
from lms.interop.views import room as interop
from lms.learning import policy as learning_policy
from lms.learning.jobs import SENDING
from lms.learning.pages.preview import count_under_way, show_checks, try_check
from lms.learning.queries import how_far
from lms.learning.queries.due import due_soon
from lms.learning.queries.gaps import GapAsked
from lms.learning.rules import CourseCompleted
from lms.learning.services import complete_on_pass
from lms.learning.services.memory import keep_missed
from lms.learning.services.prerequisites import door_of_attempt
from lms.learning.views import room as learning
from lms.operations.jobs import jobs
from lms.operations.letting_in import invite
from lms.operations.pushing import push
from lms.people import policy as people_policy
from lms.people.cli import people as people_commands
from lms.people.pages.letters import MAILING
from lms.people.views import room as people
from lms.tracks import policy as tracks_policy
from lms.tracks.cli import dossier, readiness
from lms.tracks.cli.framework import framework as framework_commands
from lms.tracks.cli.passport import passport
from lms.tracks.cli.samples import samples
from lms.tracks.jobs import WRITING
from lms.tracks.kpi.leave import LeaveAsked
from lms.tracks.queries.framework import list_competencies, name_competencies
from lms.tracks.queries.leave import tell_days_away
from lms.tracks.services import package_problems as framework_problems
from lms.tracks.services import write_assessment_evidence, write_course_evidence
from lms.tracks.services.gaps import list_gaps
from lms.tracks.services.groups import tell_groups
from lms.tracks.services.reports import TIDYING
from lms.tracks.views import room as tracks
from lms.web import Room
from lms.web.help import room as help_pages
from lms.web.specimen import room as specimen
from lms.web.telemetry import room as telemetry

ROOMS: tuple[Room, ...] = (
    people,
    courses,
    assessments,
    learning,
    tracks,
    interop,
    help_pages,
    specimen,
    telemetry,
)

PERMISSIONS = Permissions(
    people_policy.POLICY,
    courses_policy.POLICY,
    assessments_policy.POLICY,
    learning_policy.POLICY,
    tracks_policy.POLICY,
    interop_policy.POLICY,
)

LISTENERS: dict[type, tuple[Listener, ...]] = {
    PackageRead: (package_problems, framework_problems),
    CoursePublished: (publish_with_course,),
    CoursesListed: (how_far,),
    DueAsked: (due_soon,),
    CompetenciesNamed: (name_competencies,),
    FrameworkAsked: (list_competencies,),
    ChecksAsked: (show_checks,),
    CheckTried: (try_check,),
    UnderWayAsked: (count_under_way,),
    AttemptAsked: (door_of_attempt,),
    AssessmentGraded: (complete_on_pass, keep_missed, write_assessment_evidence),
    CourseCompleted: (write_course_evidence,),
    LeaveAsked: (tell_days_away,),
    GapAsked: (list_gaps,),
    GroupsHeld: (tell_groups,),
}

JOBS: dict[str, JobKind] = {
    kind.name: kind
    for kind in (READING, PUBLISHING, WRITING, TIDYING, MAILING, SCORING, CALIBRATING, SENDING)
}

COMMANDS: tuple[click.Command, ...] = (
    courses_commands,
    people_commands,
    readiness,
    dossier,
    framework_commands,
    passport,
    samples,
    stats,
    demo,
    invite,
    jobs,
    push,
    bring_in,
    send_out,
)
