"""Role profiles and rungs are dated versions in the files that ship; the table for them was never used.

It goes only while it is empty: somebody's rows are never dropped without a word.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-24
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    rows = op.get_bind().scalar(sa.text("SELECT count(*) FROM framework_version"))
    if rows:
        raise RuntimeError(
            f"framework_version holds {rows} rows and Ladder never writes it: keep them elsewhere, empty it, migrate again"
        )
    op.drop_table("framework_version")


def downgrade() -> None:
    op.create_table(
        "framework_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("document", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["firm.id"], name=op.f("fk_framework_version_owner_id_firm")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_version")),
        sa.UniqueConstraint("owner_id", "number", name=op.f("uq_framework_version_owner_id_number")),
    )
