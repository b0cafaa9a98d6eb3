"""Review cards, what was answered to them, how much of it a firm wants, and how long lessons take.

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLES = ("review_card", "review_log", "lesson_time")
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
    op.create_table(
        "review_card",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("lesson_key", sa.String(length=80), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("question_version_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("stability", sa.Double(), nullable=True),
        sa.Column("difficulty", sa.Double(), nullable=True),
        sa.Column("last_at", MOMENT, nullable=True),
        sa.Column("last_grade", sa.Integer(), nullable=True),
        sa.Column("reviews", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lapses", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("buried_until", sa.Date(), nullable=True),
        sa.Column("suspended_at", MOMENT, nullable=True),
        _check("review_card", "source_is_known", "source IN ('check', 'question')"),
        _check("review_card", "check_has_its_version", "(source = 'check') = (version_id IS NOT NULL)"),
        _check(
            "review_card",
            "question_has_its_version",
            "(source = 'question') = (question_version_id IS NOT NULL)",
        ),
        _check("review_card", "known_since_a_review", "(stability IS NULL) = (last_at IS NULL)"),
        _check("review_card", "known_with_a_difficulty", "(stability IS NULL) = (difficulty IS NULL)"),
        _key("review_card", "firm_id", "firm"),
        _key("review_card", "course_id", "course"),
        _key("review_card", "version_id", "course_version"),
        _key("review_card", "question_version_id", "question_version"),
        _inside("review_card", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_review_card")),
        sa.UniqueConstraint(
            "firm_id",
            "person_id",
            "course_id",
            "source",
            "key",
            name=op.f("uq_review_card_firm_id_person_id_course_id_source_key"),
        ),
    )
    op.create_index("ix_review_card_due", "review_card", ["firm_id", "person_id", "due_on"])
    op.create_table(
        "review_log",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("card_id", sa.Uuid(), nullable=False),
        sa.Column("of_id", sa.Uuid(), nullable=True),
        sa.Column("nth", sa.Integer(), nullable=False),
        sa.Column("given", DOCUMENT, nullable=False),
        sa.Column("before", DOCUMENT, nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("device_at", MOMENT, nullable=True),
        sa.Column("arrived_at", MOMENT, nullable=False),
        _check("review_log", "grade_in_range", "grade BETWEEN 1 AND 4"),
        _check("review_log", "score_in_range", "score BETWEEN 0 AND 1"),
        _key("review_log", "firm_id", "firm"),
        _inside("review_log", "person_id", "employment", "person_id"),
        _inside("review_log", "card_id", "review_card"),
        _inside("review_log", "of_id", "review_log"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_review_log")),
        sa.UniqueConstraint("firm_id", "of_id", name=op.f("uq_review_log_firm_id_of_id")),
    )
    op.create_index("ix_review_log_person", "review_log", ["firm_id", "person_id", "arrived_at"])
    op.create_index("ix_review_log_card", "review_log", ["firm_id", "card_id", "arrived_at"])
    op.create_table(
        "lesson_time",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("lesson_key", sa.String(length=80), nullable=False),
        sa.Column("ratio", sa.Double(), nullable=False),
        sa.Column("own", sa.Double(), nullable=False),
        sa.Column("measured_at", MOMENT, nullable=False),
        _key("lesson_time", "firm_id", "firm"),
        _key("lesson_time", "course_id", "course"),
        _inside("lesson_time", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint(
            "firm_id", "person_id", "course_id", "lesson_key", name=op.f("pk_lesson_time")
        ),
    )
    op.create_index(
        "ix_lesson_time_lesson", "lesson_time", ["firm_id", "course_id", "lesson_key", "measured_at"]
    )
    with op.batch_alter_table("learning_policy") as table:
        table.add_column(sa.Column("retention", sa.Integer(), server_default=sa.text("90"), nullable=False))
        table.add_column(
            sa.Column("reviews_a_day", sa.Integer(), server_default=sa.text("20"), nullable=False)
        )
        table.create_check_constraint(
            op.f("ck_learning_policy_retention_in_range"), "retention BETWEEN 70 AND 97"
        )
        table.create_check_constraint(
            op.f("ck_learning_policy_reviews_a_day_in_range"), "reviews_a_day BETWEEN 0 AND 200"
        )
    if op.get_bind().dialect.name == "postgresql":
        for table_name in TABLES:
            op.execute(f"ALTER TABLE {table_name} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table_name} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY {table_name}_in_firm ON {table_name} USING ({INSIDE}) WITH CHECK ({INSIDE})"
            )


def downgrade() -> None:
    with op.batch_alter_table("learning_policy") as table:
        table.drop_constraint(op.f("ck_learning_policy_retention_in_range"), type_="check")
        table.drop_constraint(op.f("ck_learning_policy_reviews_a_day_in_range"), type_="check")
        table.drop_column("retention")
        table.drop_column("reviews_a_day")
    for name in reversed(TABLES):
        op.drop_table(name)
