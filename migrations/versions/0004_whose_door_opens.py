"""Whose door opens: an employment is accepted or not, may be locked, may have a password that opens this firm only.

Extra time is what a firm grants, so it stands on the employment. A firm may be closed.

Columns are added one by one, never by rebuilding a table: SQLite would lose the CHECKs of a table that is rebuilt.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-24
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("firm", sa.Column("closed_at", MOMENT, nullable=True))
    op.add_column("employment", sa.Column("accepted", sa.Boolean, server_default=sa.true(), nullable=False))
    op.add_column("employment", sa.Column("password_hash", sa.String(200), nullable=True))
    op.add_column("employment", sa.Column("locked_at", MOMENT, nullable=True))
    double = "DOUBLE PRECISION" if op.get_bind().dialect.name == "postgresql" else "DOUBLE"
    op.execute(
        f"ALTER TABLE employment ADD COLUMN time_factor {double} DEFAULT 1.0 NOT NULL "
        "CONSTRAINT ck_employment_time_factor_in_range CHECK (time_factor BETWEEN 1 AND 2)"
    )
    op.add_column("sign_in", sa.Column("only_here", sa.Boolean, server_default=sa.false(), nullable=False))
    op.add_column("sign_in", sa.Column("language", sa.String(8), nullable=True))
    op.create_index("ix_audit_entry_subject", "audit_entry", ["firm_id", "subject", "number"])
    op.create_index("ix_employment_hired", "employment", ["firm_id", "started_on", "person_id"])
    op.create_index("ix_one_time_link_person", "one_time_link", ["person_id", "firm_id"])


def downgrade() -> None:
    op.drop_index("ix_one_time_link_person", "one_time_link")
    op.drop_index("ix_employment_hired", "employment")
    op.drop_index("ix_audit_entry_subject", "audit_entry")
    op.drop_column("sign_in", "language")
    op.drop_column("sign_in", "only_here")
    op.drop_column("employment", "time_factor")
    op.drop_column("employment", "locked_at")
    op.drop_column("employment", "password_hash")
    op.drop_column("employment", "accepted")
    op.drop_column("firm", "closed_at")
