"""Answers are marked by people, one row a mark, and an attempt may be judged again.

Revision ID: 0019
Revises: 0017
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLE = "answer_mark"


def upgrade() -> None:
    op.add_column("attempt", sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        TABLE,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("marker_id", sa.Uuid(), nullable=False),
        sa.Column("points", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("again", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_answer_mark_share_in_range")),
        sa.CheckConstraint("turn >= 1", name=op.f("ck_answer_mark_turn_counts")),
        sa.CheckConstraint("again = (reason IS NOT NULL)", name=op.f("ck_answer_mark_again_with_a_reason")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_answer_mark_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["firm_id", "attempt_id", "position"],
            ["attempt_question.firm_id", "attempt_question.attempt_id", "attempt_question.position"],
            name=op.f("fk_answer_mark_firm_id_attempt_id_position_attempt_question"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "marker_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_answer_mark_firm_id_marker_id_employment"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_answer_mark")),
        sa.UniqueConstraint(
            "firm_id",
            "attempt_id",
            "position",
            "turn",
            name=op.f("uq_answer_mark_firm_id_attempt_id_position_turn"),
        ),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {TABLE}_in_firm ON {TABLE} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column("attempt", "revision")
