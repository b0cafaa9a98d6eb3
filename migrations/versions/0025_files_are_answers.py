"""A file may be an answer; a question's picture or sound is found by its hash.

Revision ID: 0025
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLE = "answer_file"


def upgrade() -> None:
    op.create_index("ix_version_media_stored", "version_media", ["stored"])
    op.create_table(
        TABLE,
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("stored", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_answer_file_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["firm_id", "attempt_id", "position"],
            ["attempt_question.firm_id", "attempt_question.attempt_id", "attempt_question.position"],
            name=op.f("fk_answer_file_firm_id_attempt_id_position_attempt_question"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_answer_file")),
    )
    op.create_index("ix_answer_file_attempt", TABLE, ["firm_id", "attempt_id"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {TABLE}_in_firm ON {TABLE} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    op.drop_index("ix_answer_file_attempt", table_name=TABLE)
    op.drop_table(TABLE)
    op.drop_index("ix_version_media_stored", table_name="version_media")
