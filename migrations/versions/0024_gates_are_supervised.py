"""Gates begin with a supervisor's code and are decided on one form or two.

Revision ID: 0024
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLES = (
    "sitting_code",
    "wrong_code",
    "cut_panel",
    "sitting_code_person",
    "adaptive_run",
    "cut_item",
    "cut_judge",
    "gate_decision",
    "sitting",
    "cut_grade",
    "cut_rating",
)


def upgrade() -> None:
    op.create_table(
        "calibration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(length=8), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("pooled", sa.Boolean(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("model IN ('rasch', '2pl')", name=op.f("ck_calibration_model_is_known")),
        sa.CheckConstraint("people >= 1", name=op.f("ck_calibration_people_answered")),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_calibration_course_id_course")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_calibration_made_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calibration")),
        sa.UniqueConstraint("course_id", "number", name=op.f("uq_calibration_course_id_number")),
    )
    op.create_table(
        "sitting_code",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("opens_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)", name=op.f("ck_sitting_code_revoked_by_somebody")
        ),
        sa.CheckConstraint("closes_at > opens_at", name=op.f("ck_sitting_code_closes_after_it_opens")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_sitting_code_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "made_by_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_sitting_code_firm_id_made_by_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "revoked_by_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_sitting_code_firm_id_revoked_by_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "team_id"],
            ["team.firm_id", "team.id"],
            name=op.f("fk_sitting_code_firm_id_team_id_team"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_sitting_code_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_sitting_code")),
        sa.UniqueConstraint("firm_id", "code", name=op.f("uq_sitting_code_firm_id_code")),
    )
    op.create_index("ix_sitting_code_closes", "sitting_code", ["firm_id", "closes_at"], unique=False)
    op.create_table(
        "wrong_code",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_wrong_code_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_wrong_code_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_wrong_code_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_wrong_code")),
    )
    op.create_index("ix_wrong_code_person", "wrong_code", ["firm_id", "person_id", "at"], unique=False)
    op.create_table(
        "calibration_item",
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("question_version_id", sa.Uuid(), nullable=False),
        sa.Column("a", sa.Double(), nullable=False),
        sa.Column("b", sa.Double(), nullable=False),
        sa.Column("se_a", sa.Double(), nullable=True),
        sa.Column("se_b", sa.Double(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.CheckConstraint("n >= 1", name=op.f("ck_calibration_item_somebody_answered")),
        sa.ForeignKeyConstraint(
            ["calibration_id"],
            ["calibration.id"],
            name=op.f("fk_calibration_item_calibration_id_calibration"),
        ),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_calibration_item_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("calibration_id", "question_version_id", name=op.f("pk_calibration_item")),
    )
    op.create_table(
        "cut_panel",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("assessment_version_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.String(length=24), nullable=True),
        sa.Column("cut", sa.Double(), nullable=True),
        sa.Column("se", sa.Double(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=True),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL) AND (closed_at IS NULL) = (cut IS NULL) AND (closed_at IS NULL) = (method IS NULL) AND (closed_at IS NULL) = (n IS NULL)",
            name=op.f("ck_cut_panel_closed_with_its_cut"),
        ),
        sa.CheckConstraint("cut > 0 AND cut <= 1", name=op.f("ck_cut_panel_cut_is_a_share")),
        sa.CheckConstraint("round >= 1", name=op.f("ck_cut_panel_rounds_count")),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessment.id"], name=op.f("fk_cut_panel_assessment_id_assessment")
        ),
        sa.ForeignKeyConstraint(
            ["assessment_version_id"],
            ["assessment_version.id"],
            name=op.f("fk_cut_panel_assessment_version_id_assessment_version"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "closed_by_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_cut_panel_firm_id_closed_by_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "opened_by_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_cut_panel_firm_id_opened_by_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_cut_panel_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_cut_panel")),
    )
    op.create_index("ix_cut_panel_assessment", "cut_panel", ["firm_id", "assessment_id"], unique=False)
    op.create_table(
        "sitting_code_person",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "code_id"],
            ["sitting_code.firm_id", "sitting_code.id"],
            name=op.f("fk_sitting_code_person_firm_id_code_id_sitting_code"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_sitting_code_person_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_sitting_code_person_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "code_id", "person_id", name=op.f("pk_sitting_code_person")),
    )
    op.create_table(
        "adaptive_run",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("calibration_id", sa.Uuid(), nullable=False),
        sa.Column("theta", sa.Double(), nullable=False),
        sa.Column("se", sa.Double(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.String(length=8), nullable=True),
        sa.CheckConstraint(
            "stopped IN ('se', 'length', 'bank')", name=op.f("ck_adaptive_run_stopped_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["calibration_id"], ["calibration.id"], name=op.f("fk_adaptive_run_calibration_id_calibration")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "attempt_id"],
            ["attempt.firm_id", "attempt.id"],
            name=op.f("fk_adaptive_run_firm_id_attempt_id_attempt"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_adaptive_run_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "attempt_id", name=op.f("pk_adaptive_run")),
    )
    op.create_table(
        "cut_item",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("question_version_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "panel_id"],
            ["cut_panel.firm_id", "cut_panel.id"],
            name=op.f("fk_cut_item_firm_id_panel_id_cut_panel"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_cut_item_firm_id_firm")),
        sa.ForeignKeyConstraint(
            ["question_version_id"],
            ["question_version.id"],
            name=op.f("fk_cut_item_question_version_id_question_version"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "panel_id", "position", name=op.f("pk_cut_item")),
    )
    op.create_table(
        "cut_judge",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["firm_id", "panel_id"],
            ["cut_panel.firm_id", "cut_panel.id"],
            name=op.f("fk_cut_judge_firm_id_panel_id_cut_panel"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_cut_judge_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_cut_judge_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "panel_id", "person_id", name=op.f("pk_cut_judge")),
    )
    op.create_table(
        "gate_decision",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=True),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("error", sa.Double(), nullable=False),
        sa.Column("cut", sa.Double(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("sure", sa.Double(), nullable=False),
        sa.Column("accuracy", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("closed_by_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "why IN ('one_form', 'both_forms', 'declined', 'closed')",
            name=op.f("ck_gate_decision_why_is_known"),
        ),
        sa.CheckConstraint("score BETWEEN 0 AND 1", name=op.f("ck_gate_decision_score_in_range")),
        sa.CheckConstraint("sure BETWEEN 0 AND 1", name=op.f("ck_gate_decision_sure_in_range")),
        sa.ForeignKeyConstraint(
            ["firm_id", "attempt_id"],
            ["attempt.firm_id", "attempt.id"],
            name=op.f("fk_gate_decision_firm_id_attempt_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "closed_by_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_gate_decision_firm_id_closed_by_id_employment"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "first_id"],
            ["attempt.firm_id", "attempt.id"],
            name=op.f("fk_gate_decision_firm_id_first_id_attempt"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_gate_decision_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "attempt_id", "revision", name=op.f("pk_gate_decision")),
    )
    op.create_table(
        "sitting",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("attempt_id", sa.Uuid(), nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=False),
        sa.Column("first_id", sa.Uuid(), nullable=True),
        sa.Column("time_factor", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "first_id IS NULL OR first_id <> attempt_id", name=op.f("ck_sitting_second_to_another")
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "attempt_id"],
            ["attempt.firm_id", "attempt.id"],
            name=op.f("fk_sitting_firm_id_attempt_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "code_id"],
            ["sitting_code.firm_id", "sitting_code.id"],
            name=op.f("fk_sitting_firm_id_code_id_sitting_code"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "first_id"],
            ["attempt.firm_id", "attempt.id"],
            name=op.f("fk_sitting_firm_id_first_id_attempt"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "supervisor_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_sitting_firm_id_supervisor_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_sitting_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "attempt_id", name=op.f("pk_sitting")),
        sa.UniqueConstraint("firm_id", "first_id", name=op.f("uq_sitting_firm_id_first_id")),
    )
    op.create_table(
        "cut_grade",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("grade BETWEEN 0 AND 2", name=op.f("ck_cut_grade_grade_is_known")),
        sa.ForeignKeyConstraint(
            ["firm_id", "panel_id", "judge_id"],
            ["cut_judge.firm_id", "cut_judge.panel_id", "cut_judge.person_id"],
            name=op.f("fk_cut_grade_firm_id_panel_id_judge_id_cut_judge"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_cut_grade_firm_id_person_id_employment"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_cut_grade_firm_id_firm")),
        sa.PrimaryKeyConstraint("firm_id", "panel_id", "judge_id", "person_id", name=op.f("pk_cut_grade")),
    )
    op.create_table(
        "cut_rating",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("panel_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("judge_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("share BETWEEN 0 AND 1", name=op.f("ck_cut_rating_share_in_range")),
        sa.ForeignKeyConstraint(
            ["firm_id", "panel_id", "judge_id"],
            ["cut_judge.firm_id", "cut_judge.panel_id", "cut_judge.person_id"],
            name=op.f("fk_cut_rating_firm_id_panel_id_judge_id_cut_judge"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "panel_id", "position"],
            ["cut_item.firm_id", "cut_item.panel_id", "cut_item.position"],
            name=op.f("fk_cut_rating_firm_id_panel_id_position_cut_item"),
        ),
        sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f("fk_cut_rating_firm_id_firm")),
        sa.PrimaryKeyConstraint(
            "firm_id", "panel_id", "round", "judge_id", "position", name=op.f("pk_cut_rating")
        ),
    )
    op.add_column("attempt", sa.Column("undecided", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("attempt", sa.Column("adaptive", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("attempt", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("attempt", sa.Column("paused_seconds", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "employment", sa.Column("break_minutes", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column(
        "employment", sa.Column("large_print", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    op.drop_column("employment", "large_print")
    op.drop_column("employment", "break_minutes")
    op.drop_column("attempt", "paused_seconds")
    op.drop_column("attempt", "paused_at")
    op.drop_column("attempt", "adaptive")
    op.drop_column("attempt", "undecided")
    op.drop_table("cut_rating")
    op.drop_table("cut_grade")
    op.drop_table("sitting")
    op.drop_table("gate_decision")
    op.drop_table("cut_judge")
    op.drop_table("cut_item")
    op.drop_table("adaptive_run")
    op.drop_table("sitting_code_person")
    op.drop_index("ix_cut_panel_assessment", table_name="cut_panel")
    op.drop_table("cut_panel")
    op.drop_table("calibration_item")
    op.drop_index("ix_wrong_code_person", table_name="wrong_code")
    op.drop_table("wrong_code")
    op.drop_index("ix_sitting_code_closes", table_name="sitting_code")
    op.drop_table("sitting_code")
    op.drop_table("calibration")
