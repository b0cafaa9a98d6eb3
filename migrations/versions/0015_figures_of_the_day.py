"""Figures of the working day, their targets and files, and coaching notes.

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = ("kpi_file", "kpi_mapping", "kpi_metric", "kpi_target", "coaching_note", "kpi_fact")
INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)


def upgrade() -> None:
    document = sa.JSON().with_variant(JSONB(), "postgresql")
    op.create_table(
        "kpi_file",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("stored", sa.String(length=64), nullable=False),
        sa.Column("mapping", document, nullable=False),
        sa.Column("counts", document, nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.Uuid(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_kpi_file_taken_by_somebody")
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_kpi_file_firm_id_firm")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_kpi_file_sent_by_id_person")),
        sa.ForeignKeyConstraint(["taken_by_id"], ["person.id"], name=op.f("fk_kpi_file_taken_by_id_person")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_kpi_file")),
    )
    op.create_index("ix_kpi_file_sent", "kpi_file", ["firm_id", "sent_at"], unique=False)
    op.create_table(
        "kpi_mapping",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("mapping", document, nullable=False),
        sa.Column("saved_by_id", sa.Uuid(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_kpi_mapping_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["saved_by_id"], ["person.id"], name=op.f("fk_kpi_mapping_saved_by_id_person")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_kpi_mapping")),
    )
    op.create_index("ix_kpi_mapping_source", "kpi_mapping", ["firm_id", "source", "saved_at"], unique=False)
    op.create_table(
        "kpi_metric",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("shape", sa.String(length=10), nullable=False),
        sa.Column("better", sa.String(length=10), nullable=False),
        sa.Column("counted", sa.String(length=40), nullable=False),
        sa.Column("most", sa.Double(), nullable=False),
        sa.Column("least", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "better IN ('higher', 'lower', 'neither')", name=op.f("ck_kpi_metric_better_is_known")
        ),
        sa.CheckConstraint("shape IN ('rate', 'score', 'amount')", name=op.f("ck_kpi_metric_shape_is_known")),
        sa.CheckConstraint("least >= 1", name=op.f("ck_kpi_metric_least_is_some")),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_kpi_metric_firm_id_firm")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_kpi_metric_made_by_id_person")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_kpi_metric")),
        sa.UniqueConstraint("firm_id", "key", name=op.f("uq_kpi_metric_firm_id_key")),
    )
    op.create_table(
        "kpi_target",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_kpi_target_firm_id_firm")),
        sa.ForeignKeyConstraint(["set_by_id"], ["person.id"], name=op.f("fk_kpi_target_set_by_id_person")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_kpi_target")),
        sa.UniqueConstraint(
            "firm_id",
            "queue",
            "metric",
            "from_on",
            "set_at",
            name=op.f("uq_kpi_target_firm_id_queue_metric_from_on_set_at"),
        ),
    )
    op.create_index(
        "ix_kpi_target_queue", "kpi_target", ["firm_id", "queue", "metric", "from_on"], unique=False
    )
    op.create_table(
        "coaching_note",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("look_again_on", sa.Date(), nullable=True),
        sa.Column("follows_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_coaching_note_by_id_person")),
        sa.ForeignKeyConstraint(
            ["firm_id", "follows_id"],
            ["coaching_note.firm_id", "coaching_note.id"],
            name=op.f("fk_coaching_note_firm_id_follows_id_coaching_note"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_coaching_note_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_coaching_note_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_coaching_note")),
        sa.UniqueConstraint("firm_id", "follows_id", name=op.f("uq_coaching_note_firm_id_follows_id")),
    )
    op.create_index(
        "ix_coaching_note_person", "coaching_note", ["firm_id", "person_id", "made_at"], unique=False
    )
    op.create_table(
        "kpi_fact",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("supersedes_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.String(length=80), nullable=False),
        sa.Column("shift", sa.String(length=80), nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("total", sa.Double(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("squares", sa.Double(), nullable=True),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(revision = 1) = (supersedes_id IS NULL)", name=op.f("ck_kpi_fact_corrections_supersede")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_kpi_fact_ends_after_it_starts")),
        sa.CheckConstraint("n >= 1 AND total >= 0", name=op.f("ck_kpi_fact_counts_something")),
        sa.ForeignKeyConstraint(
            ["firm_id", "file_id"],
            ["kpi_file.firm_id", "kpi_file.id"],
            name=op.f("fk_kpi_fact_firm_id_file_id_kpi_file"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_kpi_fact_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "supersedes_id"],
            ["kpi_fact.firm_id", "kpi_fact.id"],
            name=op.f("fk_kpi_fact_firm_id_supersedes_id_kpi_fact"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_kpi_fact_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["person.id"], name=op.f("fk_kpi_fact_recorded_by_id_person")
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_kpi_fact")),
        sa.UniqueConstraint(
            "firm_id", "subject", "revision", name=op.f("uq_kpi_fact_firm_id_subject_revision")
        ),
        sa.UniqueConstraint("firm_id", "supersedes_id", name=op.f("uq_kpi_fact_firm_id_supersedes_id")),
    )
    op.create_index("ix_kpi_fact_period", "kpi_fact", ["firm_id", "ends_on", "starts_on"], unique=False)
    op.create_index("ix_kpi_fact_person", "kpi_fact", ["firm_id", "person_id", "ends_on"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
