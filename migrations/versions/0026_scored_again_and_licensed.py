"""A question is scored again for everybody, with a record of each attempt; assessors rate gold contacts and are licensed.

Revision ID: 0026
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0019"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLES = ("rescored",)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def _check(table: str, name: str, words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(words, name=op.f(f"ck_{table}_{name}"))


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _inside(table: str, column: str, other: str, there: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["firm_id", column],
        [f"{other}.firm_id", f"{other}.{there}"],
        name=op.f(f"fk_{table}_firm_id_{column}_{other}"),
    )


def upgrade() -> None:
    op.add_column(
        "attempt_question", sa.Column("left_out", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index("ix_attempt_question_version", "attempt_question", ["question_version_id"])
    op.create_table(
        "rescoring",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("question_version_id", sa.Uuid(), nullable=False),
        sa.Column("change", sa.String(length=10), nullable=False),
        sa.Column("right", DOCUMENT, nullable=False),
        sa.Column("takes_passes", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("undoes_id", sa.Uuid(), nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        _check("rescoring", "change_is_known", "change IN ('key', 'all', 'drop', 'undo')"),
        _check("rescoring", "undo_names_what", "(change = 'undo') = (undoes_id IS NOT NULL)"),
        _key("rescoring", "course_id", "course"),
        _key("rescoring", "question_version_id", "question_version"),
        _key("rescoring", "by_id", "person"),
        _key("rescoring", "undoes_id", "rescoring"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rescoring")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_rescoring_undoes_id")),
    )
    op.create_index("ix_rescoring_version", "rescoring", ["question_version_id", "at"])
    op.create_table(
        "rescored",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("rescoring_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("was_score", sa.Double(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("was_passed", sa.Boolean(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("told_at", MOMENT, nullable=True),
        _check("rescored", "kept_is_a_pass", "NOT kept OR (was_passed AND passed)"),
        _key("rescored", "firm_id", "firm"),
        _key("rescored", "rescoring_id", "rescoring"),
        _inside("rescored", "attempt_id", "attempt"),
        _inside("rescored", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "rescoring_id", "attempt_id", name=op.f("pk_rescored")),
    )
    op.create_index("ix_rescored_person", "rescored", ["firm_id", "person_id", "told_at"])
    op.create_index("ix_rescored_attempt", "rescored", ["firm_id", "attempt_id"])
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_table("rescoring")
    op.drop_index("ix_attempt_question_version", "attempt_question")
    op.drop_column("attempt_question", "left_out")
