"""Questions, assessments and what people answered. Versions and responses are written once."""

import uuid

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment


class Question(Base):
    """A question of a course's bank; `live_version_id` is null once it is retired."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    key: Mapped[Key]
    live_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("question_version.id", use_alter=True)
    )


class QuestionVersion(Base):
    """A question as it was asked. Written once."""

    __tablename__ = "question_version"
    __table_args__ = (UniqueConstraint("question_id", "number"),)

    id: Mapped[Id]
    question_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))
    hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[Document]
    published_at: Mapped[Moment]


class Assessment(Base):
    """An assessment of a course; `live_version_id` is null once it is retired."""

    __tablename__ = "assessment"
    __table_args__ = (UniqueConstraint("course_id", "key"),)

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    key: Mapped[Key]
    live_version_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("assessment_version.id", use_alter=True)
    )


class AssessmentVersion(Base):
    """A blueprint as it was. Written once."""

    __tablename__ = "assessment_version"
    __table_args__ = (UniqueConstraint("assessment_id", "number"),)

    id: Mapped[Id]
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    hash: Mapped[str] = mapped_column(String(64))
    document: Mapped[Document]
    published_at: Mapped[Moment]


class Attempt(InFirm, Base):
    """One sitting of one person, pinned to what they were shown. The id is minted on the device.

    `waiting`: handed in, and people still mark a part of it; score and verdict are not the last word until then.
    `revision`: how often it was judged again after its first verdict.
    """

    __tablename__ = "attempt"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
        CheckConstraint("(submitted_at IS NULL) = (score IS NULL)", name="scored_when_submitted"),
        CheckConstraint("(submitted_at IS NULL) = (passed IS NULL)", name="judged_when_submitted"),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        Index("ix_attempt_person", "firm_id", "person_id", "assessment_id", "started_at"),
        Index("ix_attempt_lately", "firm_id", "assessment_id", "started_at"),
        Index("ix_attempt_version", "assessment_version_id"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    assessment_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment_version.id"))
    seed: Mapped[int]
    started_at: Mapped[Moment]
    deadline_at: Mapped[Moment | None]
    submitted_at: Mapped[Moment | None]
    score: Mapped[float | None]
    passed: Mapped[bool | None]
    critical_missed: Mapped[bool] = mapped_column(default=False)
    waiting: Mapped[bool] = mapped_column(default=False, server_default=false())
    undecided: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it lies within one standard error of a gate's mark, and a second form may still be sat."""
    adaptive: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether each next question is chosen by the answers so far; an answer is then given once."""
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    paused_at: Mapped[Moment | None]
    """Since when its clock stands still, for a break."""
    paused_seconds: Mapped[int] = mapped_column(default=0, server_default="0")
    """How much of the breaks that the person is granted is used."""


class AttemptQuestion(InFirm, Base):
    """A question of an attempt: the very version, and the variant (order of options, own numbers) this person saw."""

    __tablename__ = "attempt_question"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        Index("ix_attempt_question_version", "question_version_id"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_version.id"))
    variant: Mapped[Document]
    flagged: Mapped[bool] = mapped_column(default=False)
    score: Mapped[float | None]
    left_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it was dropped after people had answered it, and does not count."""


class Response(InFirm, Base):
    """One answer, kept as given; the id is minted on the device. A changed mind is a new row with a higher `sequence`."""

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "attempt_id", "position"],
            ["attempt_question.firm_id", "attempt_question.attempt_id", "attempt_question.position"],
        ),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        CheckConstraint("(kept_because IS NULL) = counted", name="uncounted_has_its_reason"),
        Index("ix_response_attempt", "firm_id", "attempt_id", "position", "sequence"),
    )

    id: Mapped[Id]
    attempt_id: Mapped[uuid.UUID]
    position: Mapped[int]
    sequence: Mapped[int]
    given: Mapped[Document]
    score: Mapped[float]
    counted: Mapped[bool]
    kept_because: Mapped[str | None] = mapped_column(String(40))
    device_at: Mapped[Moment | None]
    arrived_at: Mapped[Moment]


class AnswerFile(InFirm, Base):
    """A file that was sent as an answer; its id is that of the response that brought it. `stored`: its name in the storage.

    `name`: as its sender called it; `kind`: what its bytes are. Written once: another file is another row.
    """

    __tablename__ = "answer_file"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "attempt_id", "position"],
            ["attempt_question.firm_id", "attempt_question.attempt_id", "attempt_question.position"],
        ),
        Index("ix_answer_file_attempt", "firm_id", "attempt_id"),
    )

    id: Mapped[Id]
    attempt_id: Mapped[uuid.UUID]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(20))
    stored: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    arrived_at: Mapped[Moment]


class AnswerMark(InFirm, Base):
    """What one person gave one answer, by criterion. Written once: whoever marks again adds a row, with the reason.

    `turn`: the first, second or third to mark it, or a later one who marks it `again`. `points`: by criterion.
    """

    __tablename__ = "answer_mark"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "attempt_id", "position"],
            ["attempt_question.firm_id", "attempt_question.attempt_id", "attempt_question.position"],
        ),
        ForeignKeyConstraint(["firm_id", "marker_id"], ["employment.firm_id", "employment.person_id"]),
        UniqueConstraint("firm_id", "attempt_id", "position", "turn"),
        CheckConstraint("share BETWEEN 0 AND 1", name="share_in_range"),
        CheckConstraint("turn >= 1", name="turn_counts"),
        CheckConstraint("again = (reason IS NOT NULL)", name="again_with_a_reason"),
    )

    id: Mapped[Id]
    attempt_id: Mapped[uuid.UUID]
    position: Mapped[int]
    turn: Mapped[int]
    marker_id: Mapped[uuid.UUID]
    points: Mapped[Document]
    share: Mapped[float]
    note: Mapped[str] = mapped_column(Text)
    again: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[Moment]


class SittingCode(InFirm, Base):
    """What opens a gate: made by a supervisor, for a time, for the people of a team or for named people.

    It is kept as it is read out; it opens nothing outside its window and for nobody else.
    """

    __tablename__ = "sitting_code"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        ForeignKeyConstraint(["firm_id", "made_by_id"], ["employment.firm_id", "employment.person_id"]),
        ForeignKeyConstraint(["firm_id", "revoked_by_id"], ["employment.firm_id", "employment.person_id"]),
        UniqueConstraint("firm_id", "code"),
        CheckConstraint("closes_at > opens_at", name="closes_after_it_opens"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by_somebody"),
        Index("ix_sitting_code_closes", "firm_id", "closes_at"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(12))
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    team_id: Mapped[uuid.UUID | None]
    place: Mapped[str] = mapped_column(String(120))
    opens_at: Mapped[Moment]
    closes_at: Mapped[Moment]
    made_by_id: Mapped[uuid.UUID]
    made_at: Mapped[Moment]
    revoked_at: Mapped[Moment | None]
    revoked_by_id: Mapped[uuid.UUID | None]


class SittingCodePerson(InFirm, Base):
    """A person whom a code is for by name."""

    __tablename__ = "sitting_code_person"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "code_id"], ["sitting_code.firm_id", "sitting_code.id"]),
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
    )

    code_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class Sitting(InFirm, Base):
    """An attempt at a gate: which code opened it, who supervises, which form, the extra time. Written once."""

    __tablename__ = "sitting"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        ForeignKeyConstraint(["firm_id", "code_id"], ["sitting_code.firm_id", "sitting_code.id"]),
        ForeignKeyConstraint(["firm_id", "supervisor_id"], ["employment.firm_id", "employment.person_id"]),
        ForeignKeyConstraint(["firm_id", "first_id"], ["attempt.firm_id", "attempt.id"]),
        UniqueConstraint("firm_id", "first_id"),
        CheckConstraint("first_id IS NULL OR first_id <> attempt_id", name="second_to_another"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    code_id: Mapped[uuid.UUID]
    supervisor_id: Mapped[uuid.UUID]
    first_id: Mapped[uuid.UUID | None]
    """The attempt that this one is the second form to."""
    time_factor: Mapped[float]


class WrongCode(InFirm, Base):
    """Somebody typed a code that opens nothing for them. What they typed is not kept."""

    __tablename__ = "wrong_code"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
        Index("ix_wrong_code_person", "firm_id", "person_id", "at"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    at: Mapped[Moment]


class GateDecision(InFirm, Base):
    """What a gate decided on a person, on how many forms, and how far it can be trusted. Written once.

    `attempt_id`: the form it was decided with, the second where there were two. `revision` counts judgings after marks
    changed. `accuracy`: as it stood that day.
    """

    __tablename__ = "gate_decision"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        ForeignKeyConstraint(["firm_id", "first_id"], ["attempt.firm_id", "attempt.id"]),
        ForeignKeyConstraint(["firm_id", "closed_by_id"], ["employment.firm_id", "employment.person_id"]),
        CheckConstraint("score BETWEEN 0 AND 1", name="score_in_range"),
        CheckConstraint("sure BETWEEN 0 AND 1", name="sure_in_range"),
        CheckConstraint("why IN ('one_form', 'both_forms', 'declined', 'closed')", name="why_is_known"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    first_id: Mapped[uuid.UUID | None]
    why: Mapped[str] = mapped_column(String(20))
    score: Mapped[float]
    error: Mapped[float]
    cut: Mapped[float]
    questions: Mapped[int]
    passed: Mapped[bool]
    sure: Mapped[float]
    accuracy: Mapped[Document]
    closed_by_id: Mapped[uuid.UUID | None]
    at: Mapped[Moment]


class ExposurePolicy(InFirm, Base):
    """How many people of a firm may be asked a question in four weeks before it rests. A firm without a row has the usual."""

    __tablename__ = "exposure_policy"
    __table_args__ = (CheckConstraint("people BETWEEN 5 AND 5000", name="people_in_range"),)

    people: Mapped[int]
    changed_at: Mapped[Moment]
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class Calibration(Base):
    """One calibration of a course's questions: the model, from whom, when. Written once; the newest is used.

    `pooled`: over firms, without telling one of another's people. `simulated`: some answers are of a demonstration firm.
    `firm_id`: whose answers, when not pooled; content is above firms, so it is read through its course.
    """

    __tablename__ = "calibration"
    __table_args__ = (
        UniqueConstraint("course_id", "number"),
        CheckConstraint("model IN ('rasch', '2pl')", name="model_is_known"),
        CheckConstraint("people >= 1", name="people_answered"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    model: Mapped[str] = mapped_column(String(8))
    people: Mapped[int]
    pooled: Mapped[bool]
    simulated: Mapped[bool]
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[Moment]


class CalibrationItem(Base):
    """A question version's parameters in one calibration, on the scale on which ability is N(0, 1); `n` answered it."""

    __tablename__ = "calibration_item"
    __table_args__ = (CheckConstraint("n >= 1", name="somebody_answered"),)

    calibration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calibration.id"), primary_key=True)
    question_version_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("question_version.id"), primary_key=True
    )
    a: Mapped[float]
    b: Mapped[float]
    se_a: Mapped[float | None]
    se_b: Mapped[float | None]
    n: Mapped[int]


class AdaptiveRun(InFirm, Base):
    """How an attempt that adapts stands: by which calibration, the ability so far, and why it ended (se, length, bank)."""

    __tablename__ = "adaptive_run"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        CheckConstraint("stopped IN ('se', 'length', 'bank')", name="stopped_is_known"),
    )

    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    calibration_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("calibration.id"))
    theta: Mapped[float]
    se: Mapped[float]
    answered: Mapped[int]
    stopped: Mapped[str | None] = mapped_column(String(8))


class CutPanel(InFirm, Base):
    """People of a firm who set a pass mark together: in rounds, each alone. Once closed it is the record of the mark.

    `method`, `cut` (a share), `se` (of the cut), `n` (judges, or people who were graded) are set when it is closed.
    """

    __tablename__ = "cut_panel"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "opened_by_id"], ["employment.firm_id", "employment.person_id"]),
        ForeignKeyConstraint(["firm_id", "closed_by_id"], ["employment.firm_id", "employment.person_id"]),
        CheckConstraint("round >= 1", name="rounds_count"),
        CheckConstraint("cut > 0 AND cut <= 1", name="cut_is_a_share"),
        CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (cut IS NULL)"
            " AND (closed_at IS NULL) = (method IS NULL) AND (closed_at IS NULL) = (n IS NULL)",
            name="closed_with_its_cut",
        ),
        Index("ix_cut_panel_assessment", "firm_id", "assessment_id"),
    )

    id: Mapped[Id]
    assessment_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment.id"))
    assessment_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("assessment_version.id"))
    round: Mapped[int]
    opened_by_id: Mapped[uuid.UUID]
    opened_at: Mapped[Moment]
    method: Mapped[str | None] = mapped_column(String(24))
    cut: Mapped[float | None]
    se: Mapped[float | None]
    n: Mapped[int | None]
    closed_by_id: Mapped[uuid.UUID | None]
    closed_at: Mapped[Moment | None]


class CutItem(InFirm, Base):
    """A question that a panel looks at, in the version it looks at."""

    __tablename__ = "cut_item"
    __table_args__ = (ForeignKeyConstraint(["firm_id", "panel_id"], ["cut_panel.firm_id", "cut_panel.id"]),)

    panel_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    question_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_version.id"))


class CutJudge(InFirm, Base):
    """Somebody on a panel."""

    __tablename__ = "cut_judge"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "panel_id"], ["cut_panel.firm_id", "cut_panel.id"]),
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class CutRating(InFirm, Base):
    """The chance that one judge gives somebody who can just do the job on one question, in one round."""

    __tablename__ = "cut_rating"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "panel_id", "judge_id"],
            ["cut_judge.firm_id", "cut_judge.panel_id", "cut_judge.person_id"],
        ),
        ForeignKeyConstraint(
            ["firm_id", "panel_id", "position"],
            ["cut_item.firm_id", "cut_item.panel_id", "cut_item.position"],
        ),
        CheckConstraint("share BETWEEN 0 AND 1", name="share_in_range"),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    judge_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    share: Mapped[float]
    at: Mapped[Moment]


class CutGrade(InFirm, Base):
    """What a judge says of somebody's work who sat the test, without seeing the score: 0 below, 1 borderline, 2 above."""

    __tablename__ = "cut_grade"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "panel_id", "judge_id"],
            ["cut_judge.firm_id", "cut_judge.panel_id", "cut_judge.person_id"],
        ),
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
        CheckConstraint("grade BETWEEN 0 AND 2", name="grade_is_known"),
    )

    panel_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    judge_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    grade: Mapped[int]
    at: Mapped[Moment]


class Rescoring(Base):
    """A decision that a version of a question is scored another way for everybody. Written once; taken back by a new row.

    `right`: {"letters": […]} of the corrected key. `done_at`: when everybody's attempt had been looked at.
    """

    __tablename__ = "rescoring"
    __table_args__ = (
        UniqueConstraint("undoes_id"),
        CheckConstraint("change IN ('key', 'all', 'drop', 'undo')", name="change_is_known"),
        CheckConstraint("(change = 'undo') = (undoes_id IS NOT NULL)", name="undo_names_what"),
        Index("ix_rescoring_version", "question_version_id", "at"),
    )

    id: Mapped[Id]
    course_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("course.id"))
    question_version_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("question_version.id"))
    change: Mapped[str] = mapped_column(String(10))
    right: Mapped[Document]
    takes_passes: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    undoes_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("rescoring.id"))
    done_at: Mapped[Moment | None]


class Rescored(InFirm, Base):
    """What a rescoring meant for one attempt. Written once; `told_at` is when the person had read it.

    `score`: what the attempt comes to by it. `kept`: it would no longer pass, and stays as it was.
    """

    __tablename__ = "rescored"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "attempt_id"], ["attempt.firm_id", "attempt.id"]),
        ForeignKeyConstraint(["firm_id", "person_id"], ["employment.firm_id", "employment.person_id"]),
        CheckConstraint("NOT kept OR (was_passed AND passed)", name="kept_is_a_pass"),
        Index("ix_rescored_person", "firm_id", "person_id", "told_at"),
        Index("ix_rescored_attempt", "firm_id", "attempt_id"),
    )

    rescoring_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("rescoring.id"), primary_key=True)
    attempt_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID]
    was_score: Mapped[float]
    score: Mapped[float]
    was_passed: Mapped[bool]
    passed: Mapped[bool]
    kept: Mapped[bool]
    at: Mapped[Moment]
    told_at: Mapped[Moment | None]
