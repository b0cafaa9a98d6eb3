"""People under way may be moved to a later version of a course, and back.

Revision ID: 0011
Revises: 0007
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0011"
down_revision = "0007"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def upgrade() -> None:
    op.create_table(
        "course_move",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("from_version_id", sa.Uuid(), nullable=False),
        sa.Column("to_version_id", sa.Uuid(), nullable=False),
        sa.Column("choices", DOCUMENT, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("moved_by_id", sa.Uuid(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_course_move_undone_by_somebody")
        ),
        _key("course_move", "firm_id", "firm"),
        _key("course_move", "course_id", "course"),
        _key("course_move", "from_version_id", "course_version"),
        _key("course_move", "to_version_id", "course_version"),
        _key("course_move", "moved_by_id", "person"),
        _key("course_move", "undone_by_id", "person"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_course_move")),
    )
    op.create_index("ix_course_move_course", "course_move", ["firm_id", "course_id", "moved_at"])
    op.create_table(
        "moved_person",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("before", DOCUMENT, nullable=False),
        _key("moved_person", "firm_id", "firm"),
        sa.ForeignKeyConstraint(
            ["firm_id", "move_id"],
            ["course_move.firm_id", "course_move.id"],
            name=op.f("fk_moved_person_firm_id_course_move"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_moved_person_firm_id_employment"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "move_id", "person_id", name=op.f("pk_moved_person")),
    )
    op.add_column("lesson_progress", sa.Column("kept", DOCUMENT, nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for table in ("course_move", "moved_person"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    with op.batch_alter_table("lesson_progress") as table:
        table.drop_column("kept")
    op.drop_table("moved_person")
    op.drop_table("course_move")
