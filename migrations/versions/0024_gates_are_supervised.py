"""Gates begin with a supervisor's code and are decided on one form or two.

Revision ID: 0024
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0019"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLES = ("sitting_code", "wrong_code", "sitting_code_person", "gate_decision", "sitting")


def upgrade() -> None:
    op.create_table(
        "sitting_code",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)", name=op.f("ck_sitting_code_revoked_by_somebody")
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_sitting_code_closes_after_it_opens")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_sitting_code_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "made_by_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_sitting_code_firm_id_made_by_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "revoked_by_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_sitting_code_firm_id_revoked_by_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "team_id"],
            ["team.firm_id", "team.id"],
            name=op.f("fk_sitting_code_firm_id_team_id_team"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_sitting_code_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_sitting_code")),
        sa.UniqueConstraint("firm_id", "code", name=op.f("uq_sitting_code_firm_id_code")),
    )
    op.create_index("ix_sitting_code_closes", "sitting_code", ["firm_id", "closes_at"], unique=False)
    op.create_table(
        "wrong_code",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_wrong_code_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_wrong_code_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_wrong_code_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_wrong_code")),
    )
    op.create_index("ix_wrong_code_person", "wrong_code", ["firm_id", "person_id", "at"], unique=False)
    op.create_table(
        "sitting_code_person",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "code_id"],
            ["sitting_code.firm_id", "sitting_code.id"],
            name=op.f("fk_sitting_code_person_firm_id_code_id_sitting_code"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_sitting_code_person_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_sitting_code_person_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "code_id", "person_id", name=op.f("pk_sitting_code_person")),
    )
    op.create_table(
        "gate_decision",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("error", sa.Double(), nullable=False),
        sa.Column("cut", sa.Double(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("sure", sa.Double(), nullable=False),
        sa.Column("accuracy", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "why IN ('one_form', 'both_forms', 'declined', 'closed')",
            name=op.f("ck_gate_decision_why_is_known"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_gate_decision_score_in_range")),
        sa.CheckConstraint("sure BETWEEN 0 AND 1", name=op.f("ck_gate_decision_sure_in_range")),
        sa.ForeignKeyConstraint(
            ["firm_id", "attempt_id"],
            ["attempt.firm_id", "attempt.id"],
            name=op.f("fk_gate_decision_firm_id_attempt_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "closed_by_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_gate_decision_firm_id_closed_by_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "first_id"],
            ["attempt.firm_id", "attempt.id"],
            name=op.f("fk_gate_decision_firm_id_first_id_attempt"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_gate_decision_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "attempt_id", "revision", name=op.f("pk_gate_decision")),
    )
    op.create_table(
        "sitting",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=True),
        sa.Column("time_factor", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "first_id IS NULL OR first_id <> attempt_id", name=op.f("ck_sitting_second_to_another")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "attempt_id"],
            ["attempt.firm_id", "attempt.id"],
            name=op.f("fk_sitting_firm_id_attempt_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "code_id"],
            ["sitting_code.firm_id", "sitting_code.id"],
            name=op.f("fk_sitting_firm_id_code_id_sitting_code"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "first_id"],
            ["attempt.firm_id", "attempt.id"],
            name=op.f("fk_sitting_firm_id_first_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "supervisor_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_sitting_firm_id_supervisor_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_sitting_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "attempt_id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("firm_id", "first_id", name=op.f("uq_sitting_firm_id_first_id")),
    )
    op.add_column("attempt", sa.Column("undecided", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("attempt", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempt", sa.Column("paused_seconds", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "employment", sa.Column("break_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "employment", sa.Column("large_print", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    op.drop_column("employment", "large_print")
    op.drop_column("employment", "break_minutes")
    op.drop_column("attempt", "paused_seconds")
    op.drop_column("attempt", "paused_at")
    op.drop_column("attempt", "undecided")
    op.drop_table("sitting")
    op.drop_table("gate_decision")
    op.drop_table("sitting_code_person")
    op.drop_index("ix_wrong_code_person", table_name="wrong_code")
    op.drop_table("wrong_code")
    op.drop_index("ix_sitting_code_closes", table_name="sitting_code")
    op.drop_table("sitting_code")
