"""Uploaded course packages, waiting for a yes.

Revision ID: 0005
Revises: 0004
Create Date: 2026-11-24
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)


def upgrade() -> None:
    op.create_table(
        "course_upload",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("stored", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(published_at IS NULL) = (version_id IS NULL)",
            name=op.f("ck_course_upload_published_as_a_version"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_course_upload_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["uploaded_by_id"], ["person.id"], name=op.f("fk_course_upload_uploaded_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_version.id"], name=op.f("fk_course_upload_version_id_course_version")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_course_upload")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE course_upload ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE course_upload FORCE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY course_upload_in_firm ON course_upload USING ({INSIDE}) WITH CHECK ({INSIDE})"
        )


def downgrade() -> None:
    op.drop_table("course_upload")
