"""What people want to be told on their own phone, and the browsers in which they said so.

Revision ID: 0032
Revises: 0031
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLES = ("message_wish", "message_browser")
MOMENT = sa.DateTime(timezone=True)


def _minute(name: str) -> tuple[sa.Column, sa.CheckConstraint]:
    return (
        sa.Column(name, sa.Integer(), nullable=True),
        sa.CheckConstraint(f"{name} BETWEEN 0 AND 1439", name=op.f(f"ck_message_wish_{name}_within_a_day")),
    )


def _of_a_person(table: str) -> tuple[sa.ForeignKeyConstraint, sa.ForeignKeyConstraint]:
    return (
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f(f"fk_{table}_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f(f"fk_{table}_firm_id_person_id_employment"),
        ),
    )


def upgrade() -> None:
    op.create_table(
        "message_wish",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cards", sa.Boolean(), nullable=False),
        sa.Column("goal", sa.Boolean(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        *_minute("shift_ends"),
        *_minute("first_break"),
        *_minute("second_break"),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("goal_week", sa.Date(), nullable=True),
        sa.CheckConstraint("cards OR goal", name=op.f("ck_message_wish_something_is_wanted")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_message_wish_hour_of_a_day")),
        *_of_a_person("message_wish"),
        sa.PrimaryKeyConstraint("firm_id", "person_id", name=op.f("pk_message_wish")),
    )
    op.create_table(
        "message_browser",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("sign_in_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.String(1000), nullable=False),
        sa.Column("p256dh", sa.String(100), nullable=False),
        sa.Column("auth", sa.String(40), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        *_of_a_person("message_browser"),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_in.id"], name=op.f("fk_message_browser_sign_in_id_sign_in")
        ),
        sa.PrimaryKeyConstraint("firm_id", "sign_in_id", name=op.f("pk_message_browser")),
    )
    op.create_index("ix_message_browser_person", "message_browser", ["firm_id", "person_id"])
    for table in TABLES:
        op.wall_in(table)


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
