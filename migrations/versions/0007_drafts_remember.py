"""Drafts keep every change of a file, and a course remembers what it was copied from.

Drafts of before held a version's whole document; they become its files and the stored names of its media.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "course_draft_change",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.Text(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["course.id"], name=op.f("fk_course_draft_change_course_id_course")
        ),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_course_draft_change_saved_by_id_person")
        ),
        sa.PrimaryKeyConstraint("course_id", "revision", "path", name=op.f("pk_course_draft_change")),
    )
    with op.batch_alter_table("course") as table:
        table.add_column(sa.Column("origin_version_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            op.f("fk_course_origin_version_id_course_version"),
            "course_version",
            ["origin_version_id"],
            ["id"],
        )
    _tell_media_apart()


def _tell_media_apart() -> None:
    draft = sa.table(
        "course_draft", sa.column("course_id", sa.Uuid()), sa.column("document", sa.JSON())
    )
    course = sa.table("course", sa.column("id", sa.Uuid()), sa.column("live_version_id", sa.Uuid()))
    media = sa.table(
        "version_media",
        sa.column("version_id", sa.Uuid()),
        sa.column("path", sa.String()),
        sa.column("stored", sa.String()),
    )
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(draft.c.course_id, draft.c.document, course.c.live_version_id).join(
            course, course.c.id == draft.c.course_id
        )
    ).all()
    for row in rows:
        stored = connection.execute(
            sa.select(media.c.path, media.c.stored).where(media.c.version_id == row.live_version_id)
        )
        document = {"files": row.document.get("files", {}), "media": {one.path: one.stored for one in stored}}
        connection.execute(
            sa.update(draft).where(draft.c.course_id == row.course_id).values(document=document)
        )


def downgrade() -> None:
    with op.batch_alter_table("course") as table:
        table.drop_constraint(op.f("fk_course_origin_version_id_course_version"), type_="foreignkey")
        table.drop_column("origin_version_id")
    op.drop_table("course_draft_change")
