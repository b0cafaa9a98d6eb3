"""How promotions are decided: openings, nominations, interviews, decisions, appeals; and what people say of themselves.

What is decided on is written once: triggers refuse to change or delete it, on both databases. A later migration that
rebuilds one of these tables (SQLite's batch mode) must put its triggers back.

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
TABLES = (
    "promotion_policy",
    "opening",
    "self_declared",
    "decision",
    "interview",
    "nomination",
    "decision_answer",
    "decision_candidate",
    "appeal",
    "appeal_answer",
    "rerating",
)
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


def _freeze_on_sqlite() -> None:
    for table in FROZEN:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
            )


def _freeze_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ladder_written_once() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is written once', TG_TABLE_NAME; END $$"
    )
    for table in FROZEN:
        op.execute(
            f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION ladder_written_once()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ladder_written_once()"
        )


def upgrade() -> None:
    op.create_table(
        "promotion_policy",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("appeal_days", sa.Integer(), nullable=False),
        sa.Column("holds_groups", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "appeal_days BETWEEN 3 AND 60", name=op.f("ck_promotion_policy_appeal_days_in_range")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_promotion_policy_changed_by_id_person")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_promotion_policy_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_promotion_policy")),
    )
    op.create_table(
        "opening",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("rung", sa.String(length=20), nullable=False),
        sa.Column("rung_version", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=80), nullable=True),
        sa.Column("profile_version", sa.Integer(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("decider_id", sa.Uuid(), nullable=False),
        sa.Column("second_id", sa.Uuid(), nullable=False),
        sa.Column("questions", DOCUMENT, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by_id", sa.Uuid(), nullable=True),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_by_id IS NULL) AND (cancelled_at IS NULL) = (cancel_reason IS NULL)",
            name=op.f("ck_opening_cancelled_with_a_reason"),
        ),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_opening_closed_by_somebody")
        ),
        sa.CheckConstraint(
            "(profile IS NULL) = (profile_version IS NULL)", name=op.f("ck_opening_profile_with_its_version")
        ),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_opening_closes_after_it_opens")),
        sa.CheckConstraint("decider_id <> second_id", name=op.f("ck_opening_two_people_decide")),
        sa.CheckConstraint("places >= 1", name=op.f("ck_opening_places_at_least_one")),
        sa.ForeignKeyConstraint(
            ["cancelled_by_id"], ["person.id"], name=op.f("fk_opening_cancelled_by_id_person")
        ),
        sa.ForeignKeyConstraint(["closed_by_id"], ["person.id"], name=op.f("fk_opening_closed_by_id_person")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["person.id"], name=op.f("fk_opening_created_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "decider_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_opening_firm_id_decider_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "second_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_opening_firm_id_second_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "team_id"], ["team.firm_id", "team.id"], name=op.f("fk_opening_firm_id_team_id_team")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_opening_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_opening")),
    )
    op.create_index("ix_opening_closes", "opening", ["firm_id", "closes_on"])
    op.create_table(
        "self_declared",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("gender", sa.String(length=20), nullable=True),
        sa.Column("first_language", sa.String(length=20), nullable=True),
        sa.Column("age_band", sa.String(length=20), nullable=True),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_self_declared_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_self_declared_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "person_id", name=op.f("pk_self_declared")),
    )
    op.create_table(
        "decision",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("has_conflict", sa.Boolean(), nullable=False),
        sa.Column("conflict", sa.Text(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("snapshot", DOCUMENT, nullable=False),
        sa.Column("snapshot_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "(conflict = '') = (NOT has_conflict)", name=op.f("ck_decision_conflict_in_words")
        ),
        sa.CheckConstraint(
            "(number = 1) = (supersedes_id IS NULL)", name=op.f("ck_decision_follows_another")
        ),
        sa.CheckConstraint(
            "(supersedes_id IS NULL) = (correction IS NULL)", name=op.f("ck_decision_corrected_with_a_reason")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["person.id"], name=op.f("fk_decision_decided_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "opening_id"],
            ["opening.firm_id", "opening.id"],
            name=op.f("fk_decision_firm_id_opening_id_opening"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "supersedes_id"],
            ["decision.firm_id", "decision.id"],
            name=op.f("fk_decision_firm_id_supersedes_id_decision"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_decision_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_decision")),
        sa.UniqueConstraint(
            "firm_id", "opening_id", "number", name=op.f("uq_decision_firm_id_opening_id_number")
        ),
        sa.UniqueConstraint("firm_id", "supersedes_id", name=op.f("uq_decision_firm_id_supersedes_id")),
    )
    op.create_table(
        "interview",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("interviewer_id", sa.Uuid(), nullable=False),
        sa.Column("answers", DOCUMENT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "opening_id"],
            ["opening.firm_id", "opening.id"],
            name=op.f("fk_interview_firm_id_opening_id_opening"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_interview_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_interview_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["interviewer_id"], ["person.id"], name=op.f("fk_interview_interviewer_id_person")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_interview")),
        sa.UniqueConstraint(
            "firm_id",
            "opening_id",
            "person_id",
            "interviewer_id",
            name=op.f("uq_interview_firm_id_opening_id_person_id_interviewer_id"),
        ),
    )
    op.create_table(
        "nomination",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("opening_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("act IN ('nominated', 'withdrawn')", name=op.f("ck_nomination_act_is_known")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_nomination_by_id_person")),
        sa.ForeignKeyConstraint(
            ["firm_id", "opening_id"],
            ["opening.firm_id", "opening.id"],
            name=op.f("fk_nomination_firm_id_opening_id_opening"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_nomination_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_nomination_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_nomination")),
        sa.UniqueConstraint(
            "firm_id",
            "opening_id",
            "person_id",
            "number",
            name=op.f("uq_nomination_firm_id_opening_id_person_id_number"),
        ),
    )
    op.create_table(
        "decision_answer",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("has_conflict", sa.Boolean(), nullable=False),
        sa.Column("conflict", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(conflict = '') = (NOT has_conflict)", name=op.f("ck_decision_answer_conflict_in_words")
        ),
        sa.CheckConstraint(
            "outcome IN ('approved', 'sent_back')", name=op.f("ck_decision_answer_outcome_is_known")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_answer_by_id_person")),
        sa.ForeignKeyConstraint(
            ["firm_id", "decision_id"],
            ["decision.firm_id", "decision.id"],
            name=op.f("fk_decision_answer_firm_id_decision_id_decision"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_decision_answer_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "decision_id", name=op.f("pk_decision_answer")),
    )
    op.create_table(
        "decision_candidate",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("chosen", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("ready", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "decision_id"],
            ["decision.firm_id", "decision.id"],
            name=op.f("fk_decision_candidate_firm_id_decision_id_decision"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_decision_candidate_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_decision_candidate_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "decision_id", "person_id", name=op.f("pk_decision_candidate")),
    )
    op.create_index("ix_decision_candidate_person", "decision_candidate", ["firm_id", "person_id"])
    op.create_table(
        "appeal",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=20), nullable=False),
        sa.Column("evidence_id", sa.Uuid(), nullable=True),
        sa.Column("contest_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "(ground = 'evidence') = (evidence_id IS NOT NULL)", name=op.f("ck_appeal_names_its_evidence")
        ),
        sa.CheckConstraint(
            "ground IN ('evidence', 'interview', 'process')", name=op.f("ck_appeal_ground_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "contest_id"],
            ["contest.firm_id", "contest.id"],
            name=op.f("fk_appeal_firm_id_contest_id_contest"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "decision_id", "person_id"],
            ["decision_candidate.firm_id", "decision_candidate.decision_id", "decision_candidate.person_id"],
            name=op.f("fk_appeal_firm_id_decision_id_person_id_decision_candidate"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "evidence_id"],
            ["evidence.firm_id", "evidence.id"],
            name=op.f("fk_appeal_firm_id_evidence_id_evidence"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_appeal_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_appeal")),
        sa.UniqueConstraint(
            "firm_id", "decision_id", "person_id", name=op.f("uq_appeal_firm_id_decision_id_person_id")
        ),
    )
    op.create_table(
        "appeal_answer",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "outcome IN ('upheld', 'changed', 'sent_back')", name=op.f("ck_appeal_answer_outcome_is_known")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_appeal_answer_by_id_person")),
        sa.ForeignKeyConstraint(
            ["firm_id", "appeal_id"],
            ["appeal.firm_id", "appeal.id"],
            name=op.f("fk_appeal_answer_firm_id_appeal_id_appeal"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_appeal_answer_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "appeal_id", name=op.f("pk_appeal_answer")),
    )
    op.create_table(
        "rerating",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("result", DOCUMENT, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_rerating_by_id_person")),
        sa.ForeignKeyConstraint(
            ["firm_id", "appeal_id"],
            ["appeal.firm_id", "appeal.id"],
            name=op.f("fk_rerating_firm_id_appeal_id_appeal"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_rerating_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "appeal_id", name=op.f("pk_rerating")),
    )
    if op.get_bind().dialect.name != "postgresql":
        _freeze_on_sqlite()
        return
    _freeze_on_postgresql()
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ladder_written_once()")
