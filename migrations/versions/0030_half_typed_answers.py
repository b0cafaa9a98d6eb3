"""What a person had half typed in a lesson when they left it is kept beside how far they are, for the other device.

Revision ID: 0030
Revises: 0027
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0030"
down_revision = "0028"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql")


def upgrade() -> None:
    op.add_column("lesson_progress", sa.Column("half", DOCUMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("lesson_progress") as table:
        table.drop_column("half")
