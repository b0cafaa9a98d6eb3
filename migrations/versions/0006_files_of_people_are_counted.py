"""A file of people that was taken keeps the counts of what was done.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-25
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COUNTS = ("new_people", "changed_people", "same_people", "refused_rows")
RULE = " AND ".join(f"(applied_at IS NULL) = ({count} IS NULL)" for count in COUNTS)


def upgrade() -> None:
    with op.batch_alter_table("people_import") as table:
        for count in COUNTS:
            table.add_column(sa.Column(count, sa.Integer(), nullable=True))
        table.create_check_constraint(op.f("ck_people_import_counted_when_applied"), RULE)
    op.create_index("ix_people_import_uploaded", "people_import", ["firm_id", "uploaded_at"])


def downgrade() -> None:
    op.drop_index("ix_people_import_uploaded", table_name="people_import")
    with op.batch_alter_table("people_import") as table:
        table.drop_constraint(op.f("ck_people_import_counted_when_applied"), type_="check")
        for count in reversed(COUNTS):
            table.drop_column(count)
