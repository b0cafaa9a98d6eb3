"""Who learns what, how far they are, and the facts that say so."""

import uuid
from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment, employed


class Enrolment(InFirm, Base):
    """A person takes a course, on one version of it until they move."""

    __tablename__ = "enrolment"
    __table_args__ = (
        employed(),
        Index("ix_enrolment_course", "firm_id", "course_id", "completed_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    enrolled_at: Mapped[Moment]
    lessons_done_at: Mapped[Moment | None]
    completed_at: Mapped[Moment | None]
    run: Mapped[int] = mapped_column(default=1, server_default=text("1"))
    """Which time they take it: from the second on, only what came since `enrolled_at` counts. The earlier are in PastRun."""
    expires_on: Mapped[date | None]
    """The day the latest completion is good until; it stands while they take the course again."""


class LessonProgress(InFirm, Base):
    """How far a person is in a lesson. Hangs on the lesson's key, so it outlives a new version."""

    __tablename__ = "lesson_progress"
    __table_args__ = (employed(),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    lesson_key: Mapped[Key] = mapped_column(primary_key=True)
    card_key: Mapped[Key]
    moved_at: Mapped[Moment]
    completed_at: Mapped[Moment | None]
    kept: Mapped[Document | None]
    """The cards finished on an earlier version that count on the one the person is on now: `{cards: [key]}`."""
    half: Mapped[Document | None]
    """What was half typed when they left: `{check key: {at, fields: [[name, value]]}}`, for their other device."""


class CardFact(InFirm, Base):
    """A card was finished; the id is minted on the device, so a repeat is known for one."""

    __tablename__ = "card_fact"
    __table_args__ = (
        employed(),
        Index("ix_card_fact_person", "firm_id", "person_id", "course_id", "lesson_key"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    lesson_key: Mapped[Key]
    card_key: Mapped[Key]
    device_at: Mapped[Moment | None]
    arrived_at: Mapped[Moment]


class CheckAnswer(InFirm, Base):
    """An answer to a check question inside a lesson: practice, kept for the author and for review, never for a gate."""

    __tablename__ = "check_answer"
    __table_args__ = (
        employed(),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        Index("ix_check_answer_person", "firm_id", "person_id", "course_id", "lesson_key"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    lesson_key: Mapped[Key]
    check_key: Mapped[Key]
    given: Mapped[Document]
    score: Mapped[float]
    arrived_at: Mapped[Moment]


class Assignment(InFirm, Base):
    """Who must take what by when: a team or one person."""

    __tablename__ = "assignment"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        employed(),
        CheckConstraint("(team_id IS NULL) <> (person_id IS NULL)", name="for_a_team_or_a_person"),
        Index("ix_assignment_person", "firm_id", "person_id"),
        Index("ix_assignment_team", "firm_id", "team_id"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    team_id: Mapped[uuid.UUID | None]
    person_id: Mapped[uuid.UUID | None]
    due_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(300), default="")
    assigned_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    assigned_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]


class CourseMove(InFirm, Base):
    """A firm's people under way were moved to a later version of a course: what was chosen, and whether it was undone."""

    __tablename__ = "course_move"
    __table_args__ = (
        CheckConstraint("(undone_at IS NULL) = (undone_by_id IS NULL)", name="undone_by_somebody"),
        Index("ix_course_move_course", "firm_id", "course_id", "moved_at"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    from_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    to_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    choices: Mapped[Document]
    people: Mapped[int]
    moved_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    moved_at: Mapped[Moment]
    undone_at: Mapped[Moment | None]
    undone_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))


class MovedPerson(InFirm, Base):
    """One person of a move, and where they stood before it: `{lessons: {key: {…}}, lessons_done_at}`, for the way back."""

    __tablename__ = "moved_person"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "move_id"], ["course_move.firm_id", "course_move.id"]),
        employed(),
    )

    move_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    before: Mapped[Document]


class LearningPolicy(InFirm, Base):
    """How a firm runs its courses: one row a firm, and what is usual while there is none."""

    __tablename__ = "learning_policy"
    __table_args__ = (
        CheckConstraint("reminders IN ('app', 'none')", name="reminders_are_known"),
        CheckConstraint("quiet_from BETWEEN 0 AND 23 AND quiet_to BETWEEN 0 AND 23", name="hours_of_a_day"),
        CheckConstraint("retake_days BETWEEN 1 AND 180", name="retake_days_in_range"),
        CheckConstraint("retention BETWEEN 70 AND 97", name="retention_in_range"),
        CheckConstraint("reviews_a_day BETWEEN 0 AND 200", name="reviews_a_day_in_range"),
        CheckConstraint("paid IN ('required', 'all', 'none')", name="paid_is_known"),
    )

    skip_weekends: Mapped[bool]
    skip_holidays: Mapped[bool]
    reminders: Mapped[str] = mapped_column(String(10))
    quiet_from: Mapped[int]
    quiet_to: Mapped[int]
    retake_days: Mapped[int]
    retention: Mapped[int] = mapped_column(default=90, server_default=text("90"))
    """In percent: how likely a review card should still be known when it comes back."""
    reviews_a_day: Mapped[int] = mapped_column(default=20, server_default=text("20"))
    paid: Mapped[str] = mapped_column(String(10), default="required", server_default=text("'required'"))
    """Which learning minutes the time log marks as paid."""
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[Moment]


class Holiday(InFirm, Base):
    """A day on which nothing falls due at a firm, when its policy says so."""

    __tablename__ = "holiday"

    on: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))


class Extension(InFirm, Base):
    """More time for one person in one course, whoever asked for it: an assignment, a cohort or a rule."""

    __tablename__ = "extension"
    __table_args__ = (
        employed(),
        Index("ix_extension_person", "firm_id", "person_id", "course_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    until: Mapped[date]
    reason: Mapped[str] = mapped_column(String(300))
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[Moment]
    withdrawn_at: Mapped[Moment | None]


class EnrolmentRule(InFirm, Base):
    """Everyone with a job role, in a team, hired since a day must take a course within some days of becoming so.

    Nothing is written for the people it catches: who they are and by when is read from it (see docs/decisions/0010).
    """

    __tablename__ = "enrolment_rule"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        CheckConstraint("within_days BETWEEN 1 AND 730", name="within_days_in_range"),
        CheckConstraint("ended_at IS NULL OR from_on IS NOT NULL", name="ended_after_it_was_on"),
        CheckConstraint("paused_at IS NULL OR from_on IS NOT NULL", name="paused_after_it_was_on"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    job_role: Mapped[str | None] = mapped_column(String(60))
    team_id: Mapped[uuid.UUID | None]
    hired_from: Mapped[date | None]
    within_days: Mapped[int]
    from_on: Mapped[date | None]
    """The day it was switched on: nobody's days are counted from before it."""
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]
    paused_at: Mapped[Moment | None]
    ended_at: Mapped[Moment | None]


class Cohort(InFirm, Base):
    """People who follow a list of courses together, between two days, with a trainer."""

    __tablename__ = "cohort"
    __table_args__ = (
        employed("trainer_id"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_it_starts"),
        UniqueConstraint("firm_id", "name"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    trainer_id: Mapped[uuid.UUID]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(300), default="")
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]


class CohortCourse(InFirm, Base):
    """A course that a cohort follows."""

    __tablename__ = "cohort_course"
    __table_args__ = (ForeignKeyConstraint(["firm_id", "cohort_id"], ["cohort.firm_id", "cohort.id"]),)

    cohort_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    position: Mapped[int]


class CohortMember(InFirm, Base):
    """A person of a cohort."""

    __tablename__ = "cohort_member"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "cohort_id"], ["cohort.firm_id", "cohort.id"]),
        employed(),
        Index("ix_cohort_member_person", "firm_id", "person_id"),
    )

    cohort_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    added_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[Moment]


class Nudge(InFirm, Base):
    """A trainer asks a person, by hand, to go on with a course: a note on their Today, from `shown_from`."""

    __tablename__ = "nudge"
    __table_args__ = (
        employed(),
        Index("ix_nudge_person", "firm_id", "person_id", "course_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    shown_from: Mapped[Moment]


class CourseTerms(InFirm, Base):
    """For how many months a completion of a course is good at a firm; its own word stands before the course's."""

    __tablename__ = "course_terms"
    __table_args__ = (CheckConstraint("valid_months BETWEEN 0 AND 120", name="valid_months_in_range"),)

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    valid_months: Mapped[int]
    """0: for ever, whatever the course says."""
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[Moment]


class Prerequisite(InFirm, Base):
    """At a firm a course comes after another, besides what the course itself says."""

    __tablename__ = "prerequisite"
    __table_args__ = (CheckConstraint("course_id <> needs_id", name="not_itself"),)

    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    needs_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]


class Waiver(InFirm, Base):
    """One person may begin a course without what comes first, and why."""

    __tablename__ = "waiver"
    __table_args__ = (employed(),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(300))
    given_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[Moment]


class PastRun(InFirm, Base):
    """A course as a person completed it before they took it again: `{lessons: {key: {card, moved_at, completed_at, kept}}}`."""

    __tablename__ = "past_run"
    __table_args__ = (employed(),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course_version.id"))
    enrolled_at: Mapped[Moment]
    lessons_done_at: Mapped[Moment | None]
    completed_at: Mapped[Moment]
    expires_on: Mapped[date | None]
    lessons: Mapped[Document]


class SyncedFact(InFirm, Base):
    """What became of one fact that a device sent later: the first result, for whoever sends it again or asks why.

    `said` is the fact as it came, and is there only when it does not count. Written once, but for a hand-in that
    waited for its answers: it is settled when the last of them has come.
    """

    __tablename__ = "synced_fact"
    __table_args__ = (
        employed(),
        CheckConstraint("result IN ('counted', 'kept')", name="result_is_known"),
        CheckConstraint("(result = 'kept') = (because IS NOT NULL)", name="kept_has_its_reason"),
        CheckConstraint("(result = 'kept') = (said IS NOT NULL)", name="kept_is_kept_whole"),
        Index("ix_synced_fact_kept", "firm_id", "result", "arrived_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    result: Mapped[str] = mapped_column(String(10))
    because: Mapped[str | None] = mapped_column(String(40))
    said: Mapped[str | None] = mapped_column(Text)
    device_at: Mapped[Moment | None]
    elapsed_ms: Mapped[int | None] = mapped_column(BigInteger)
    arrived_at: Mapped[Moment]


class ReviewCard(InFirm, Base):
    """A question that comes back to a person until it is known: one check of a lesson, or one missed in an assessment.

    `since` is the day it was scheduled on, `due_on` the day without leave. Stability in days and difficulty from 1 to
    10, as FSRS-6 has them, are there from the first review on.
    """

    __tablename__ = "review_card"
    __table_args__ = (
        employed(),
        UniqueConstraint("firm_id", "person_id", "course_id", "source", "key"),
        CheckConstraint("source IN ('check', 'question')", name="source_is_known"),
        CheckConstraint("(source = 'check') = (version_id IS NOT NULL)", name="check_has_its_version"),
        CheckConstraint(
            "(source = 'question') = (question_version_id IS NOT NULL)", name="question_has_its_version"
        ),
        CheckConstraint("(stability IS NULL) = (last_at IS NULL)", name="known_since_a_review"),
        CheckConstraint("(stability IS NULL) = (difficulty IS NULL)", name="known_with_a_difficulty"),
        Index("ix_review_card_due", "firm_id", "person_id", "due_on"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    source: Mapped[str] = mapped_column(String(10))
    key: Mapped[Key]
    about: Mapped[str] = mapped_column(String(200))
    """The lesson or the assessment it comes from, by its title then."""
    lesson_key: Mapped[Key]
    version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("course_version.id"))
    question_version_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("question_version.id"))
    made_at: Mapped[Moment]
    since: Mapped[date]
    due_on: Mapped[date]
    stability: Mapped[float | None]
    difficulty: Mapped[float | None]
    last_at: Mapped[Moment | None]
    last_grade: Mapped[int | None]
    reviews: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    lapses: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    buried_until: Mapped[date | None]
    suspended_at: Mapped[Moment | None]


class ReviewLog(InFirm, Base):
    """A card was answered, or its person said how well they knew it (`of_id`: that answer). Written once, ids from the device.

    `before` is the card as it was, `{stability, difficulty, last_at, lapses}`: what a later word on the same answer is counted from.
    """

    __tablename__ = "review_log"
    __table_args__ = (
        employed(),
        ForeignKeyConstraint(["firm_id", "card_id"], ["review_card.firm_id", "review_card.id"]),
        ForeignKeyConstraint(["firm_id", "of_id"], ["review_log.firm_id", "review_log.id"]),
        UniqueConstraint("firm_id", "of_id"),
        CheckConstraint("grade BETWEEN 1 AND 4", name="grade_in_range"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        Index("ix_review_log_person", "firm_id", "person_id", "arrived_at"),
        Index("ix_review_log_card", "firm_id", "card_id", "arrived_at"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    card_id: Mapped[uuid.UUID]
    of_id: Mapped[uuid.UUID | None]
    nth: Mapped[int]
    given: Mapped[Document]
    before: Mapped[Document]
    score: Mapped[float]
    grade: Mapped[int]
    at: Mapped[Moment]
    device_at: Mapped[Moment | None]
    arrived_at: Mapped[Moment]


class LessonTime(InFirm, Base):
    """How long a lesson took a person, measured once, when they completed it.

    `ratio` is the logarithm of actual to author's time; `own` their pace as it was known then: what is left between the
    two is the lesson's. Without it a lesson would seem short because quick people come to it first.
    """

    __tablename__ = "lesson_time"
    __table_args__ = (
        employed(),
        Index("ix_lesson_time_lesson", "firm_id", "course_id", "lesson_key", "measured_at"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"), primary_key=True)
    lesson_key: Mapped[Key] = mapped_column(primary_key=True)
    ratio: Mapped[float]
    own: Mapped[float]
    measured_at: Mapped[Moment]


class WeeklyGoal(InFirm, Base):
    """What a person wants to do each week, from a week (its Monday) on: minutes or days of learning; 0 is no goal.

    A change counts from its own week on, so an earlier week keeps the goal it had.
    """

    __tablename__ = "weekly_goal"
    __table_args__ = (
        employed(),
        CheckConstraint("kind IN ('minutes', 'days')", name="kind_is_known"),
        CheckConstraint("amount BETWEEN 0 AND 600", name="amount_in_range"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    from_week: Mapped[date] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[int]
    said_at: Mapped[Moment]


class TeamGoal(InFirm, Base):
    """How many minutes those of a team who take part want to learn together each week."""

    __tablename__ = "team_goal"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"], ondelete="CASCADE"),
        CheckConstraint("minutes BETWEEN 10 AND 20000", name="minutes_in_range"),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    minutes: Mapped[int]
    set_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[Moment]


class TeamGoalMember(InFirm, Base):
    """A person takes part in their team's goal, because they said so; their minutes are in the sum from a week on.

    `left_week`: the week in which they last stopped. Then no sum is shown, or it would tell what they had brought to it.
    """

    __tablename__ = "team_goal_member"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"], ondelete="CASCADE"),
        employed(),
    )

    team_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    from_week: Mapped[date]
    left_week: Mapped[date | None]
    joined_at: Mapped[Moment]


class MessageWish(InFirm, Base):
    """What somebody wants to be told on their own phone, and when not; there is a row only while they want it.

    Times are minutes after midnight by the firm's clock. `sent_on`: the day of the last chosen
    hour at or after which something was sent; `goal_week`: the Monday of the last week of which their goal was spoken.
    """

    __tablename__ = "message_wish"
    __table_args__ = (
        employed(),
        CheckConstraint("cards OR goal", name="something_is_wanted"),
        CheckConstraint("hour BETWEEN 0 AND 23", name="hour_of_a_day"),
        CheckConstraint("shift_ends BETWEEN 0 AND 1439", name="shift_ends_within_a_day"),
        CheckConstraint("first_break BETWEEN 0 AND 1439", name="first_break_within_a_day"),
        CheckConstraint("second_break BETWEEN 0 AND 1439", name="second_break_within_a_day"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    cards: Mapped[bool]
    goal: Mapped[bool]
    hour: Mapped[int]
    shift_ends: Mapped[int | None]
    first_break: Mapped[int | None]
    second_break: Mapped[int | None]
    said_at: Mapped[Moment]
    sent_on: Mapped[date | None]
    goal_week: Mapped[date | None]


class MessageBrowser(InFirm, Base):
    """A browser in which somebody said yes to messages, and how they are sealed for it. It hangs on the sign-in there:
    when that has ended, by whoever and however, nothing is sent to it any more.
    """

    __tablename__ = "message_browser"
    __table_args__ = (
        employed(),
        Index("ix_message_browser_person", "firm_id", "person_id"),
    )

    sign_in_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sign_in.id"), primary_key=True)
    person_id: Mapped[uuid.UUID]
    endpoint: Mapped[str] = mapped_column(String(1000))
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    said_at: Mapped[Moment]
