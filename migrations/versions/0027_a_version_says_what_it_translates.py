"""What a version is a translation of stands in a column: the catalogue no longer reads whole documents to find out.

Revision ID: 0027
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course_version", sa.Column("translation_of", sa.String(80), nullable=True))
    said = (
        "document ->> 'translation_of'"
        if op.get_bind().dialect.name == "postgresql"
        else "json_extract(document, '$.translation_of')"
    )
    op.execute(f"UPDATE course_version SET translation_of = {said}")
    op.create_index("ix_course_version_translation_of", "course_version", ["translation_of", "id"])


def downgrade() -> None:
    op.drop_index("ix_course_version_translation_of", table_name="course_version")
    op.drop_column("course_version", "translation_of")
