"""Which learning is paid, the goals people set themselves, and the goals teams share.

Revision ID: 0023
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLES = ("weekly_goal", "team_goal", "team_goal_member")
MOMENT = sa.DateTime(timezone=True)


def _check(table: str, name: str, words: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(words, name=op.f(f"ck_{table}_{name}"))


def _inside(
    table: str, column: str, other: str, there: str, ondelete: str | None = None
) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["firm_id", column],
        [f"{other}.firm_id", f"{other}.{there}"],
        name=op.f(f"fk_{table}_firm_id_{column}_{other}"),
        ondelete=ondelete,
    )


def _firm(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f(f"fk_{table}_firm_id_firm"))


def upgrade() -> None:
    with op.batch_alter_table("learning_policy") as table:
        table.add_column(
            sa.Column("paid", sa.String(length=10), server_default=sa.text("'required'"), nullable=False)
        )
        table.create_check_constraint(
            op.f("ck_learning_policy_paid_is_known"), "paid IN ('required', 'all', 'none')"
        )
    op.create_table(
        "weekly_goal",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_week", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        _check("weekly_goal", "kind_is_known", "kind IN ('minutes', 'days')"),
        _check("weekly_goal", "amount_in_range", "amount BETWEEN 0 AND 600"),
        _firm("weekly_goal"),
        _inside("weekly_goal", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "person_id", "from_week", name=op.f("pk_weekly_goal")),
    )
    op.create_table(
        "team_goal",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", MOMENT, nullable=False),
        _check("team_goal", "minutes_in_range", "minutes BETWEEN 10 AND 20000"),
        _firm("team_goal"),
        _inside("team_goal", "team_id", "team", "id", "CASCADE"),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_team_goal_set_by_id_person")),
        sa.PrimaryKeyConstraint("firm_id", "team_id", name=op.f("pk_team_goal")),
    )
    op.create_table(
        "team_goal_member",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("from_week", sa.Date(), nullable=False),
        sa.Column("left_week", sa.Date(), nullable=True),
        sa.Column("joined_at", MOMENT, nullable=False),
        _firm("team_goal_member"),
        _inside("team_goal_member", "team_id", "team", "id", "CASCADE"),
        _inside("team_goal_member", "person_id", "employment", "person_id"),
        sa.PrimaryKeyConstraint("firm_id", "team_id", "person_id", name=op.f("pk_team_goal_member")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table_name in TABLES:
            op.execute(f"ALTER TABLE {table_name} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table_name} FORCE ROW LEVEL SECURITY")
            op.execute(
                f"CREATE POLICY {table_name}_in_firm ON {table_name} USING ({INSIDE}) WITH CHECK ({INSIDE})"
            )


def downgrade() -> None:
    for name in reversed(TABLES):
        op.drop_table(name)
    with op.batch_alter_table("learning_policy") as table:
        table.drop_constraint(op.f("ck_learning_policy_paid_is_known"), type_="check")
        table.drop_column("paid")
