"""The wall between firms, kept by PostgreSQL too: row-level security on every firm-owned table.

FORCE puts even the tables' owner behind it. The firm of a transaction is set with set_config(..., true), which ends
with the transaction. SQLite has no such thing and is left as it is.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-24
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = (
    "team", "employment", "employment_role", "people_import", "audit_entry", "attempt", "attempt_question",
    "response", "enrolment", "lesson_progress", "card_fact", "check_answer", "assignment", "evidence", "contest",
)
INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    for table in TABLES:
        op.execute(f"DROP POLICY {table}_in_firm ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
