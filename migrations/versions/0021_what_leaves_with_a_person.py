"""Consents, passports that were made and taken in; reports on a date and the files they made.

Revision ID: 0021
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLES = ("consent", "passport", "passport_taken", "report_plan", "report_file")
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _inside(table: str, column: str, other: str, there: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["firm_id", column],
        [f"{other}.firm_id", f"{other}.{there}"],
        name=op.f(f"fk_{table}_firm_id_{column}_{other}"),
    )


def _check(table: str, name: str, words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(words, name=op.f(f"ck_{table}_{name}"))


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "consent",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("said", DOCUMENT, nullable=False),
        sa.Column("recipient", sa.String(length=160), nullable=False),
        sa.Column("by_firm", sa.Boolean(), nullable=False),
        _moment("given_at"),
        _moment("withdrawn_at", nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        _check("consent", "ends_after_it_begins", "withdrawn_at IS NULL OR withdrawn_at >= given_at"),
        _check("consent", "withdrawn_by_somebody", "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)"),
        _key("consent", "firm_id", "firm"),
        _key("consent", "withdrawn_by_id", "person"),
        _inside("consent", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_consent")),
    )
    op.create_index("ix_consent_person", "consent", ["firm_id", "person_id"])
    op.create_table(
        "passport",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        _moment("made_at"),
        _moment("revoked_at", nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        _check("passport", "revoked_by_somebody", "(revoked_at IS NULL) = (revoked_by_id IS NULL)"),
        _key("passport", "firm_id", "firm"),
        _key("passport", "made_by_id", "person"),
        _key("passport", "revoked_by_id", "person"),
        _inside("passport", "person_id", "employment", "person_id"),
        _inside("passport", "consent_id", "consent", "id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_passport")),
    )
    op.create_index("ix_passport_person", "passport", ["firm_id", "person_id"])
    op.create_index("ix_passport_id", "passport", ["id"])
    op.create_table(
        "passport_taken",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("passport_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("signed_by", sa.String(length=160), nullable=False),
        sa.Column("key_id", sa.String(length=16), nullable=False),
        sa.Column("key_name", sa.String(length=160), nullable=False),
        _moment("made_at"),
        sa.Column("known_by", sa.String(length=10), nullable=False),
        sa.Column("taken_by_id", sa.Uuid(), nullable=False),
        _moment("taken_at"),
        sa.Column("rows", DOCUMENT, nullable=False),
        _key("passport_taken", "firm_id", "firm"),
        _key("passport_taken", "taken_by_id", "person"),
        _inside("passport_taken", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_passport_taken")),
        sa.UniqueConstraint(
            "firm_id", "person_id", "hash", name=op.f("uq_passport_taken_firm_id_person_id_hash")
        ),
    )
    _reports()
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def _reports() -> None:
    op.create_table(
        "report_plan",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("list", sa.String(length=20), nullable=False),
        sa.Column("form", sa.String(length=4), nullable=False),
        sa.Column("filters", DOCUMENT, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("said", DOCUMENT, nullable=False),
        sa.Column("monthly", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("keep_weeks", sa.Integer(), nullable=False),
        _moment("made_at"),
        _moment("next_at"),
        _moment("ended_at", nullable=True),
        _check("report_plan", "form_is_known", "form IN ('csv', 'xlsx', 'pdf')"),
        _check("report_plan", "hour_of_a_day", "hour BETWEEN 0 AND 23"),
        _check("report_plan", "day_is_one", "day BETWEEN 1 AND 28 AND (monthly OR day <= 7)"),
        _check("report_plan", "kept_for_a_while", "keep_weeks BETWEEN 1 AND 52"),
        _key("report_plan", "firm_id", "firm"),
        _inside("report_plan", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_report_plan")),
    )
    op.create_index("ix_report_plan_person", "report_plan", ["firm_id", "person_id"])
    op.create_table(
        "report_file",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("above", DOCUMENT, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        _moment("made_at"),
        _moment("keep_until"),
        _moment("seen_at", nullable=True),
        sa.Column("error", DOCUMENT, nullable=False),
        _key("report_file", "firm_id", "firm"),
        _inside("report_file", "plan_id", "report_plan", "id"),
        _inside("report_file", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_report_file")),
    )
    op.create_index("ix_report_file_person", "report_file", ["firm_id", "person_id", "made_at"])


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
