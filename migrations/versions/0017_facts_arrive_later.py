"""What became of each fact that a device sent later.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)


def upgrade() -> None:
    op.create_table(
        "synced_fact",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("result", sa.String(length=10), nullable=False),
        sa.Column("because", sa.String(length=40), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("device_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("elapsed_ms", sa.BigInteger(), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("result IN ('counted', 'kept')", name=op.f("ck_synced_fact_result_is_known")),
        sa.CheckConstraint(
            "(result = 'kept') = (because IS NOT NULL)", name=op.f("ck_synced_fact_kept_has_its_reason")
        ),
        sa.CheckConstraint("(result = 'kept') = (said IS NOT NULL)", name=op.f("ck_synced_fact_kept_is_kept_whole")),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_synced_fact_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_synced_fact_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "person_id", "id", name=op.f("pk_synced_fact")),
    )
    op.create_index("ix_synced_fact_kept", "synced_fact", ["firm_id", "result", "arrived_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE synced_fact ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE synced_fact FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY synced_fact_in_firm ON synced_fact USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    op.drop_table("synced_fact")
