"""Time away, panels whose raters are alone until all are in, and who looked at a ledger.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLES = ("leave", "panel", "panel_seat", "ledger_view")


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


def upgrade() -> None:
    op.create_table(
        "leave",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("protected", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("taken_back", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("entered_by_id", sa.Uuid(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        _check("leave", "ends_after_it_begins", "until IS NULL OR until >= since"),
        _check("leave", "takes_one_back", "taken_back = false OR supersedes_id IS NOT NULL"),
        _key("leave", "firm_id", "firm"),
        _key("leave", "entered_by_id", "person"),
        _inside("leave", "person_id", "employment", "person_id"),
        _inside("leave", "supersedes_id", "leave", "id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_leave")),
        sa.UniqueConstraint("firm_id", "supersedes_id", name=op.f("uq_leave_firm_id_supersedes_id")),
    )
    op.create_index("ix_leave_person", "leave", ["firm_id", "person_id", "since"])
    op.create_table(
        "panel",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=60), nullable=False),
        sa.Column("form_version", sa.Integer(), nullable=False),
        sa.Column("competency", sa.String(length=20), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("requirement", sa.String(length=80), nullable=True),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("called_by_id", sa.Uuid(), nullable=False),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        _check("panel", "level_in_range", "level BETWEEN 1 AND 5"),
        _check("panel", "speaks_to_one_thing", "(competency IS NULL) <> (requirement IS NULL)"),
        _check("panel", "competency_at_a_level", "(competency IS NULL) = (level IS NULL)"),
        _key("panel", "firm_id", "firm"),
        _key("panel", "called_by_id", "person"),
        _inside("panel", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_panel")),
    )
    op.create_index("ix_panel_person", "panel", ["firm_id", "person_id"])
    op.create_table(
        "panel_seat",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("rater_id", sa.Uuid(), nullable=False),
        sa.Column("marks", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True),
        _check("panel_seat", "rated_with_marks", "(rated_at IS NULL) = (marks IS NULL)"),
        _key("panel_seat", "firm_id", "firm"),
        _inside("panel_seat", "panel_id", "panel", "id"),
        _inside("panel_seat", "rater_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "panel_id", "rater_id", name=op.f("pk_panel_seat")),
    )
    op.create_table(
        "ledger_view",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("viewer_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _key("ledger_view", "firm_id", "firm"),
        _inside("ledger_view", "person_id", "employment", "person_id"),
        _inside("ledger_view", "viewer_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "person_id", "on", "viewer_id", name=op.f("pk_ledger_view")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
