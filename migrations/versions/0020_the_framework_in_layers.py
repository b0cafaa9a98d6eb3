"""The framework has layers: the association's versions, a firm's on top, and the drafts of both.

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

WALLED = ("framework_draft", "framework_version")
INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)


def upgrade() -> None:
    document = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "framework_draft",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("layer", sa.String(length=10), nullable=False),
        sa.Column("base", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("layer IN ('firm', 'shared')", name=op.f("ck_framework_draft_layer_is_known")),
        sa.CheckConstraint("revision >= 1", name=op.f("ck_framework_draft_revision_counts")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_framework_draft_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["person.id"], name=op.f("fk_framework_draft_changed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("firm_id", "layer", name=op.f("pk_framework_draft")),
    )
    op.create_table(
        "framework_version",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_framework_version_number_counts")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_framework_version_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_framework_version_author_id_person")
        ),
        sa.PrimaryKeyConstraint("firm_id", "number", name=op.f("pk_framework_version")),
    )
    op.create_table(
        "shared_framework_version",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("document", document, nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_shared_framework_version_number_counts")),
        sa.ForeignKeyConstraint(
            ["author_id"], ["person.id"], name=op.f("fk_shared_framework_version_author_id_person")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_shared_framework_version")),
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in WALLED:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    op.drop_table("shared_framework_version")
    for table in reversed(WALLED):
        op.drop_table(table)
