"""People on a course, what a firm wants of its authors, reviews, and what was decided on an origin's changes.

The courses that firms have already get a lead author: whoever saved the draft first, where they work for the owner.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
WALLED = ("authoring_policy", "course_person", "review_request", "review_comment", "upstream_choice")


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def upgrade() -> None:
    with op.batch_alter_table("course_version") as table:
        table.add_column(sa.Column("draft_revision", sa.Integer(), nullable=True))
    with op.batch_alter_table("course_draft_change") as table:
        table.add_column(_moment("begun_at", nullable=True))
    op.create_table(
        "authoring_policy",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("only_named", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reviewed", sa.Boolean(), server_default=sa.false(), nullable=False),
        _moment("changed_at"),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        _key("authoring_policy", "changed_by_id", "person"),
        _key("authoring_policy", "firm_id", "firm"),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_authoring_policy")),
    )
    op.create_table(
        "course_person",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        _moment("added_at"),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("role IN ('lead', 'author', 'reviewer')", name=op.f("ck_course_person_role_is_known")),
        _key("course_person", "added_by_id", "person"),
        _key("course_person", "course_id", "course"),
        _key("course_person", "firm_id", "firm"),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_course_person_firm_id_person_id_employment"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("firm_id", "course_id", "person_id", name=op.f("pk_course_person")),
    )
    op.create_index("ix_course_person_person", "course_person", ["firm_id", "person_id"])
    op.create_table(
        "review_request",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        _moment("asked_at"),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("answer_note", sa.String(length=500), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        _moment("answered_at", nullable=True),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "answer IN ('approved', 'changes', 'withdrawn')", name=op.f("ck_review_request_answer_is_known")
        ),
        sa.CheckConstraint(
            "(answer IS NULL) = (answered_at IS NULL) AND (answer IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_review_request_answered_by_somebody"),
        ),
        sa.CheckConstraint(
            "version_id IS NULL OR answer = 'approved'", name=op.f("ck_review_request_published_when_approved")
        ),
        _key("review_request", "answered_by_id", "person"),
        _key("review_request", "asked_by_id", "person"),
        _key("review_request", "course_id", "course"),
        _key("review_request", "firm_id", "firm"),
        _key("review_request", "version_id", "course_version"),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_review_request")),
    )
    op.create_index("ix_review_request_course", "review_request", ["firm_id", "course_id", "asked_at"])
    op.create_table(
        "review_comment",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("card", sa.String(length=80), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        _moment("written_at"),
        _moment("resolved_at", nullable=True),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by_id IS NULL)",
            name=op.f("ck_review_comment_resolved_by_somebody"),
        ),
        _key("review_comment", "course_id", "course"),
        _key("review_comment", "firm_id", "firm"),
        _key("review_comment", "resolved_by_id", "person"),
        _key("review_comment", "written_by_id", "person"),
        sa.ForeignKeyConstraint(
            ["firm_id", "request_id"],
            ["review_request.firm_id", "review_request.id"],
            name=op.f("fk_review_comment_firm_id_request_id_review_request"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_review_comment")),
    )
    op.create_index("ix_review_comment_course", "review_comment", ["firm_id", "course_id", "written_at"])
    op.create_table(
        "upstream_choice",
        sa.Column("firm_id", sa.Uuid(), nullable=False),
        sa.Column("course_id", sa.Uuid(), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(length=20), nullable=False),
        _moment("chosen_at"),
        sa.Column("chosen_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "choice IN ('taken', 'merged', 'left')", name=op.f("ck_upstream_choice_choice_is_known")
        ),
        _key("upstream_choice", "chosen_by_id", "person"),
        _key("upstream_choice", "course_id", "course"),
        _key("upstream_choice", "firm_id", "firm"),
        _key("upstream_choice", "version_id", "course_version"),
        sa.PrimaryKeyConstraint("firm_id", "course_id", "path", name=op.f("pk_upstream_choice")),
    )
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT set_config('ladder.beyond', 'on', true)")
    _name_leads()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("SELECT set_config('ladder.beyond', '', true)")
        for table in WALLED:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def _name_leads() -> None:
    op.execute(
        """
        INSERT INTO course_person (firm_id, course_id, person_id, role, added_at, added_by_id)
        SELECT course.owner_id, course.id, employment.person_id, 'lead', MIN(change.saved_at), employment.person_id
        FROM course
        JOIN course_draft_change AS change ON change.course_id = course.id
        JOIN employment ON employment.firm_id = course.owner_id AND employment.person_id = change.saved_by_id
        WHERE change.revision = (
            SELECT MIN(first.revision) FROM course_draft_change AS first
            WHERE first.course_id = course.id AND first.saved_by_id IS NOT NULL
        )
        GROUP BY course.owner_id, course.id, employment.person_id
        """
    )


def downgrade() -> None:
    for table in ("upstream_choice", "review_comment", "review_request", "course_person", "authoring_policy"):
        op.drop_table(table)
    with op.batch_alter_table("course_draft_change") as table:
        table.drop_column("begun_at")
    with op.batch_alter_table("course_version") as table:
        table.drop_column("draft_revision")
