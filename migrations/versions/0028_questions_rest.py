"""A question that many people were asked lately rests: a firm's limit, and an index that finds what was asked lately.

And somebody who needs it has questions and lessons read aloud.

Revision ID: 0028
Revises: 0027
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)


def upgrade() -> None:
    op.create_table(
        "exposure_policy",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("people BETWEEN 5 AND 5000", name=op.f("ck_exposure_policy_people_in_range")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_exposure_policy_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_exposure_policy_changed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_exposure_policy")),
    )
    op.add_column(
        "employment", sa.Column("read_aloud", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.create_index("ix_attempt_lately", "attempt", ["firm_id", "assessment_id", "started_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE exposure_policy ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE exposure_policy FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY exposure_policy_in_firm ON exposure_policy USING ({INSIDE}) WITH CHECK ({INSIDE})"
        )


def downgrade() -> None:
    op.drop_index("ix_attempt_lately", table_name="attempt")
    op.drop_column("employment", "read_aloud")
    op.drop_table("exposure_policy")
