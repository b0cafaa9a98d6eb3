"""Courses are run: cohorts, rules, holidays, more time, what comes first, and taking a course again.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
DOCUMENT = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
TABLES = (
    "learning_policy",
    "holiday",
    "extension",
    "enrolment_rule",
    "cohort",
    "cohort_course",
    "cohort_member",
    "nudge",
    "course_terms",
    "prerequisite",
    "waiver",
    "past_run",
)


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["firm_id", "person_id"],
        ["employment.firm_id", "employment.person_id"],
        name=op.f(f"fk_{table}_firm_id_employment"),
    )


def upgrade() -> None:
    op.create_table(
        "learning_policy",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("skip_weekends", sa.Boolean(), nullable=False),
        sa.Column("skip_holidays", sa.Boolean(), nullable=False),
        sa.Column("reminders", sa.String(length=10), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=False),
        sa.Column("quiet_to", sa.Integer(), nullable=False),
        sa.Column("retake_days", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("quiet_from BETWEEN 0 AND 23 AND quiet_to BETWEEN 0 AND 23", name=op.f("ck_learning_policy_hours_of_a_day")),
        sa.CheckConstraint("reminders IN ('app', 'none')", name=op.f("ck_learning_policy_reminders_are_known")),
        sa.CheckConstraint("retake_days BETWEEN 1 AND 180", name=op.f("ck_learning_policy_retake_days_in_range")),
        _key("learning_policy", "changed_by_id", "person"),
        _key("learning_policy", "firm_id", "firm"),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_learning_policy")),
    )
    op.create_table(
        "holiday",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        _key("holiday", "firm_id", "firm"),
        sa.PrimaryKeyConstraint("firm_id", "on", name=op.f("pk_holiday")),
    )
    op.create_table(
        "extension",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        _key("extension", "course_id", "course"),
        _key("extension", "firm_id", "firm"),
        _key("extension", "given_by_id", "person"),
        _person("extension"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_extension")),
    )
    op.create_index("ix_extension_person", "extension", ["firm_id", "person_id", "course_id"])
    op.create_table(
        "enrolment_rule",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("job_role", sa.String(length=60), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("hired_from", sa.Date(), nullable=True),
        sa.Column("within_days", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("paused_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR from_on IS NOT NULL", name=op.f("ck_enrolment_rule_ended_after_it_was_on")),
        sa.CheckConstraint("paused_at IS NULL OR from_on IS NOT NULL", name=op.f("ck_enrolment_rule_paused_after_it_was_on")),
        sa.CheckConstraint("within_days BETWEEN 1 AND 730", name=op.f("ck_enrolment_rule_within_days_in_range")),
        _key("enrolment_rule", "course_id", "course"),
        _key("enrolment_rule", "firm_id", "firm"),
        _key("enrolment_rule", "made_by_id", "person"),
        sa.ForeignKeyConstraint(
            ["firm_id", "team_id"],
            ["team.firm_id", "team.id"],
            name=op.f("fk_enrolment_rule_firm_id_team"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_enrolment_rule")),
    )
    op.create_table(
        "cohort",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("trainer_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=300), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_cohort_ends_after_it_starts")),
        _key("cohort", "firm_id", "firm"),
        _key("cohort", "made_by_id", "person"),
        sa.ForeignKeyConstraint(
            ["firm_id", "trainer_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_cohort_firm_id_employment"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_cohort")),
        sa.UniqueConstraint("firm_id", "name", name=op.f("uq_cohort_firm_id_name")),
    )
    op.create_table(
        "cohort_course",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        _key("cohort_course", "course_id", "course"),
        _key("cohort_course", "firm_id", "firm"),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohort.firm_id", "cohort.id"],
            name=op.f("fk_cohort_course_firm_id_cohort"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "cohort_id", "course_id", name=op.f("pk_cohort_course")),
    )
    op.create_table(
        "cohort_member",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        _key("cohort_member", "added_by_id", "person"),
        _key("cohort_member", "firm_id", "firm"),
        sa.ForeignKeyConstraint(
            ["firm_id", "cohort_id"],
            ["cohort.firm_id", "cohort.id"],
            name=op.f("fk_cohort_member_firm_id_cohort"),
        ),
        _person("cohort_member"),
        sa.PrimaryKeyConstraint("firm_id", "cohort_id", "person_id", name=op.f("pk_cohort_member")),
    )
    op.create_index("ix_cohort_member_person", "cohort_member", ["firm_id", "person_id"])
    op.create_table(
        "nudge",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("shown_from", MOMENT, nullable=False),
        _key("nudge", "by_id", "person"),
        _key("nudge", "course_id", "course"),
        _key("nudge", "firm_id", "firm"),
        _person("nudge"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_nudge")),
    )
    op.create_index("ix_nudge_person", "nudge", ["firm_id", "person_id", "course_id"])
    op.create_table(
        "course_terms",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("valid_months", sa.Integer(), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.CheckConstraint("valid_months BETWEEN 0 AND 120", name=op.f("ck_course_terms_valid_months_in_range")),
        _key("course_terms", "changed_by_id", "person"),
        _key("course_terms", "course_id", "course"),
        _key("course_terms", "firm_id", "firm"),
        sa.PrimaryKeyConstraint("firm_id", "course_id", name=op.f("pk_course_terms")),
    )
    op.create_table(
        "prerequisite",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("needs_id", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.CheckConstraint("course_id <> needs_id", name=op.f("ck_prerequisite_not_itself")),
        _key("prerequisite", "course_id", "course"),
        _key("prerequisite", "firm_id", "firm"),
        _key("prerequisite", "made_by_id", "person"),
        _key("prerequisite", "needs_id", "course"),
        sa.PrimaryKeyConstraint("firm_id", "course_id", "needs_id", name=op.f("pk_prerequisite")),
    )
    op.create_table(
        "waiver",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        _key("waiver", "course_id", "course"),
        _key("waiver", "firm_id", "firm"),
        _key("waiver", "given_by_id", "person"),
        _person("waiver"),
        sa.PrimaryKeyConstraint("firm_id", "person_id", "course_id", name=op.f("pk_waiver")),
    )
    op.create_table(
        "past_run",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.Column("lessons_done_at", MOMENT, nullable=True),
        sa.Column("completed_at", MOMENT, nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("lessons", DOCUMENT, nullable=False),
        _key("past_run", "course_id", "course"),
        _key("past_run", "firm_id", "firm"),
        _key("past_run", "version_id", "course_version"),
        _person("past_run"),
        sa.PrimaryKeyConstraint("firm_id", "person_id", "course_id", "run", name=op.f("pk_past_run")),
    )
    op.create_table(
        "course_need",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        _key("course_need", "version_id", "course_version"),
        sa.PrimaryKeyConstraint("version_id", "key", name=op.f("pk_course_need")),
    )
    op.add_column("enrolment", sa.Column("run", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("enrolment", sa.Column("expires_on", sa.Date(), nullable=True))
    op.add_column("employment", sa.Column("team_joined_on", sa.Date(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    with op.batch_alter_table("employment") as table:
        table.drop_column("team_joined_on")
    with op.batch_alter_table("enrolment") as table:
        table.drop_column("expires_on")
        table.drop_column("run")
    op.drop_table("course_need")
    for name in reversed(TABLES):
        op.drop_table(name)
