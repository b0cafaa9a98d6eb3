"""A question is scored again for everybody, with a record of each attempt; assessors rate gold contacts and are licensed.

Revision ID: 0026
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLES = ("rescored", "gold_contact", "gold_rating", "rater_licence")
FROZEN = ("gold_rating", "rater_licence")
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
    op.create_table(
        "gold_contact",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("knows", sa.Text(), nullable=False),
        sa.Column("call", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("marks", DOCUMENT, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("retired_by_id", sa.Uuid(), nullable=True),
        sa.Column("retired_at", MOMENT, nullable=True),
        _check("gold_contact", "retired_by_somebody", "(retired_at IS NULL) = (retired_by_id IS NULL)"),
        _key("gold_contact", "firm_id", "firm"),
        _key("gold_contact", "written_by_id", "person"),
        _key("gold_contact", "retired_by_id", "person"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_gold_contact")),
    )
    op.create_table(
        "gold_rating",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("marks", DOCUMENT, nullable=False),
        sa.Column("agreed", DOCUMENT, nullable=False),
        sa.Column("ends_round", sa.Boolean(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _check("gold_rating", "round_counts", "round >= 1"),
        _key("gold_rating", "firm_id", "firm"),
        _inside("gold_rating", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_gold_rating")),
        sa.UniqueConstraint(
            "firm_id",
            "person_id",
            "form",
            "round",
            "contact",
            name=op.f("uq_gold_rating_firm_id_person_id_form_round_contact"),
        ),
    )
    op.create_table(
        "rater_licence",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=80), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("contacts", sa.Integer(), nullable=False),
        sa.Column("icc", sa.Double(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _check("rater_licence", "expires_after_it_began", "expires_on >= issued_on"),
        _key("rater_licence", "firm_id", "firm"),
        _inside("rater_licence", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_rater_licence")),
        sa.UniqueConstraint(
            "firm_id",
            "person_id",
            "form",
            "round",
            name=op.f("uq_rater_licence_firm_id_person_id_form_round"),
        ),
    )
    op.create_index(
        "ix_rater_licence_person", "rater_licence", ["firm_id", "person_id", "form", "expires_on"]
    )
    op.add_column(
        "self_declared", sa.Column("for_questions", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("promotion_policy", sa.Column("licences_from", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")
        for table in FROZEN:
            op.execute(
                f"CREATE TRIGGER {table}_written_once BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION ladder_written_once()"
            )
    else:
        for table in FROZEN:
            for act in ("UPDATE", "DELETE"):
                op.execute(
                    f"CREATE TRIGGER {table}_refuses_{act.lower()} BEFORE {act} ON {table} "
                    f"BEGIN SELECT RAISE(ABORT, '{table} is written once'); END"
                )


def downgrade() -> None:
    op.drop_column("promotion_policy", "licences_from")
    op.drop_column("self_declared", "for_questions")
    for table in reversed(TABLES):
        op.drop_table(table)
    op.drop_table("rescoring")
    op.drop_index("ix_attempt_question_version", "attempt_question")
    op.drop_column("attempt_question", "left_out")
