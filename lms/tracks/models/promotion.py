"""How promotions are decided: openings, who is considered, interviews, decision records, appeals.

Only an opening, the firm's policy and what people say about themselves can change. Everything else is written once: the
database refuses to change or delete it (triggers, see the migration).
"""

import uuid
from datetime import date

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

from lms.foundation.db import Base, Document, Id, InFirm, Moment, employed

FROZEN = (
    "nomination",
    "interview",
    "decision",
    "decision_candidate",
    "decision_answer",
    "appeal",
    "rerating",
    "appeal_answer",
)
"""Tables whose rows are written once."""


class Opening(InFirm, Base):
    """A vacancy: what it asks for (pinned), when, who decides, and the questions that everybody is asked."""

    __tablename__ = "opening"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        employed("decider_id"),
        employed("second_id"),
        CheckConstraint("places >= 1", name="places_at_least_one"),
        CheckConstraint("closes_on >= opens_on", name="closes_after_it_opens"),
        CheckConstraint("decider_id <> second_id", name="two_people_decide"),
        CheckConstraint("(profile IS NULL) = (profile_version IS NULL)", name="profile_with_its_version"),
        CheckConstraint("(closed_at IS NULL) = (closed_by_id IS NULL)", name="closed_by_somebody"),
        CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL)"
            " AND (cancelled_at IS NULL) = (cancel_reason IS NULL)",
            name="cancelled_with_a_reason",
        ),
        Index("ix_opening_closes", "firm_id", "closes_on"),
    )

    id: Mapped[Id]
    title: Mapped[str] = mapped_column(String(160))
    rung: Mapped[str] = mapped_column(String(20))
    rung_version: Mapped[int]
    profile: Mapped[str | None] = mapped_column(String(80))
    profile_version: Mapped[int | None]
    team_id: Mapped[uuid.UUID | None]
    places: Mapped[int]
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    decider_id: Mapped[uuid.UUID]
    second_id: Mapped[uuid.UUID]
    questions: Mapped[Document]
    """`{"questions": [{"text", "low", "middle", "high"}]}`: each with its anchors for 1, 3 and 5."""
    note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[Moment]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[Moment | None]
    closed_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    cancelled_at: Mapped[Moment | None]
    cancelled_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    cancel_reason: Mapped[str | None] = mapped_column(Text)


class Nomination(InFirm, Base):
    """Somebody is put forward, by themself or by a manager, or withdraws. The latest of a person's rows holds. Written once."""

    __tablename__ = "nomination"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "opening_id"], ["opening.firm_id", "opening.id"]),
        employed(),
        CheckConstraint("act IN ('nominated', 'withdrawn')", name="act_is_known"),
        UniqueConstraint("firm_id", "opening_id", "person_id", "number"),
    )

    id: Mapped[Id]
    opening_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    number: Mapped[int]
    """Which row this is of the person at the opening, from 1."""
    act: Mapped[str] = mapped_column(String(20))
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[Moment]


class Interview(InFirm, Base):
    """What one interviewer heard and gave on each question, before seeing anybody else's. Written once."""

    __tablename__ = "interview"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "opening_id"], ["opening.firm_id", "opening.id"]),
        employed(),
        UniqueConstraint("firm_id", "opening_id", "person_id", "interviewer_id"),
    )

    id: Mapped[Id]
    opening_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    interviewer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    answers: Mapped[Document]
    """`{"answers": [{"score", "note"}]}`, in the order of the opening's questions."""
    at: Mapped[Moment]


class Decision(InFirm, Base):
    """Who was chosen and why, with everything it was decided on, frozen. A correction is a new record. Written once."""

    __tablename__ = "decision"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "opening_id"], ["opening.firm_id", "opening.id"]),
        ForeignKeyConstraint(["firm_id", "supersedes_id"], ["decision.firm_id", "decision.id"]),
        UniqueConstraint("firm_id", "opening_id", "number"),
        UniqueConstraint("firm_id", "supersedes_id"),
        CheckConstraint("(number = 1) = (supersedes_id IS NULL)", name="follows_another"),
        CheckConstraint("(supersedes_id IS NULL) = (correction IS NULL)", name="corrected_with_a_reason"),
        CheckConstraint("(conflict = '') = (NOT has_conflict)", name="conflict_in_words"),
    )

    id: Mapped[Id]
    opening_id: Mapped[uuid.UUID]
    number: Mapped[int]
    supersedes_id: Mapped[uuid.UUID | None]
    correction: Mapped[str | None] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[Moment]
    reason: Mapped[str] = mapped_column(Text)
    has_conflict: Mapped[bool]
    conflict: Mapped[str] = mapped_column(Text, default="")
    review_on: Mapped[date]
    snapshot: Mapped[Document]
    snapshot_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
    """Of the whole record; it stands in the firm's audit chain too."""


class DecisionCandidate(InFirm, Base):
    """One candidate in a decision: chosen or not, why, and what they are told. Written once."""

    __tablename__ = "decision_candidate"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "decision_id"], ["decision.firm_id", "decision.id"]),
        employed(),
        Index("ix_decision_candidate_person", "firm_id", "person_id"),
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    chosen: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    told: Mapped[str] = mapped_column(Text)
    ready: Mapped[bool]
    """Whether the evidence made them ready for consideration when it was decided."""


class DecisionAnswer(InFirm, Base):
    """What the second approver said. Written once."""

    __tablename__ = "decision_answer"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "decision_id"], ["decision.firm_id", "decision.id"]),
        CheckConstraint("outcome IN ('approved', 'sent_back')", name="outcome_is_known"),
        CheckConstraint("(conflict = '') = (NOT has_conflict)", name="conflict_in_words"),
    )

    decision_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    has_conflict: Mapped[bool]
    conflict: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[Moment]


class Appeal(InFirm, Base):
    """A candidate disagrees with a decision: with a rating, with the interview, or with how it was done. Written once."""

    __tablename__ = "appeal"
    __table_args__ = (
        ForeignKeyConstraint(
            ["firm_id", "decision_id", "person_id"],
            ["decision_candidate.firm_id", "decision_candidate.decision_id", "decision_candidate.person_id"],
        ),
        ForeignKeyConstraint(["firm_id", "evidence_id"], ["evidence.firm_id", "evidence.id"]),
        ForeignKeyConstraint(["firm_id", "contest_id"], ["contest.firm_id", "contest.id"]),
        UniqueConstraint("firm_id", "decision_id", "person_id"),
        CheckConstraint("ground IN ('evidence', 'interview', 'process')", name="ground_is_known"),
        CheckConstraint("(ground = 'evidence') = (evidence_id IS NOT NULL)", name="names_its_evidence"),
    )

    id: Mapped[Id]
    decision_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    ground: Mapped[str] = mapped_column(String(20))
    evidence_id: Mapped[uuid.UUID | None]
    contest_id: Mapped[uuid.UUID | None]
    """The contest of that evidence, which the same appeal opened or found open."""
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]
    due_on: Mapped[date]


class Rerating(InFirm, Base):
    """What another assessor gave, without knowing who gave what before. Written once."""

    __tablename__ = "rerating"
    __table_args__ = (ForeignKeyConstraint(["firm_id", "appeal_id"], ["appeal.firm_id", "appeal.id"]),)

    appeal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    result: Mapped[Document]
    """`{"level"}` (0: not shown), or `{"scores"}` of the interview's questions; and `before`, the same of the first rating."""
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]


class AppealAnswer(InFirm, Base):
    """What came of an appeal. Written once."""

    __tablename__ = "appeal_answer"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "appeal_id"], ["appeal.firm_id", "appeal.id"]),
        CheckConstraint("outcome IN ('upheld', 'changed', 'sent_back')", name="outcome_is_known"),
    )

    appeal_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[Moment]


class PromotionPolicy(InFirm, Base):
    """What a firm has settled about promotions. A firm without a row has the defaults."""

    __tablename__ = "promotion_policy"
    __table_args__ = (CheckConstraint("appeal_days BETWEEN 3 AND 60", name="appeal_days_in_range"),)

    appeal_days: Mapped[int]
    holds_groups: Mapped[bool]
    """Whether people may say what group they are in, for the fairness figures."""
    licences_from: Mapped[date | None]
    """The day from which a rating on a form with gold contacts is evidence only with a licence; none: no such day."""
    changed_at: Mapped[Moment]
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))


class SelfDeclared(InFirm, Base):
    """What a person says of themself for the fairness figures (and of questions, if they say so). Deleted when they take it back."""

    __tablename__ = "self_declared"
    __table_args__ = (employed(),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    gender: Mapped[str | None] = mapped_column(String(20))
    first_language: Mapped[str | None] = mapped_column(String(20))
    age_band: Mapped[str | None] = mapped_column(String(20))
    for_questions: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it may also be used to see if a question of a test is unfair to a group: asked apart, off until said."""
    declared_at: Mapped[Moment]
