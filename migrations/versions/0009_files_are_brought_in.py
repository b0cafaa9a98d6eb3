"""Files of other systems, kept with what became of them.

Revision ID: 0009
Revises: 0008
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)


def upgrade() -> None:
    document = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "import_file",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("stored", sa.String(length=64), nullable=False),
        sa.Column("format", sa.String(length=40), nullable=False),
        sa.Column("counts", document, nullable=False),
        sa.Column("taken", document, nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_import_file_taken_by_somebody")
        ),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_import_file_course_id_course")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_import_file_firm_id_firm")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_import_file_sent_by_id_person")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_import_file_taken_by_id_person")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_import_file")),
        sa.UniqueConstraint("firm_id", "course_id", "stored", name=op.f("uq_import_file_firm_id_course_id_stored")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE import_file ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE import_file FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY import_file_in_firm ON import_file USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    op.drop_table("import_file")
