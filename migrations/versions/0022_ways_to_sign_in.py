"""Shared devices with PINs and QR requests, codes by e-mail, passkeys, remembered devices whose tokens are renewed.

Revision ID: 0022
Revises: 0019
Create Date: 2026-11-26
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

INSIDE = (
    "firm_id::text = current_setting('ladder.firm_id', true) OR current_setting('ladder.beyond', true) = 'on'"
)
TABLES = ("shared_device", "pin", "sign_in_request", "sign_in_policy")
METHODS = ("password", "pin", "qr", "mail", "passkey")


def moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def whose(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def in_firm(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["firm_id"], ["firm.id"], name=op.f(f"fk_{table}_firm_id_firm"))


def by_person(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_{table}_{column}_person"))


def upgrade() -> None:
    op.create_table(
        "shared_device",
        whose("firm_id"),
        whose("id"),
        sa.Column("name", sa.String(80), nullable=False),
        whose("team_id", nullable=True),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        whose("registered_by_id"),
        moment("registered_at"),
        whose("revoked_by_id", nullable=True),
        moment("revoked_at", nullable=True),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        moment("wrong_pin_at", nullable=True),
        moment("waits_until", nullable=True),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revoked_by_id IS NULL)",
            name=op.f("ck_shared_device_revoked_by_somebody"),
        ),
        in_firm("shared_device"),
        by_person("shared_device", "registered_by_id"),
        by_person("shared_device", "revoked_by_id"),
        sa.ForeignKeyConstraint(
            ["firm_id", "team_id"],
            ["team.firm_id", "team.id"],
            name=op.f("fk_shared_device_firm_id_team_id_team"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_shared_device")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_shared_device_secret_hash")),
    )
    op.create_table(
        "pin",
        whose("firm_id"),
        whose("person_id"),
        sa.Column("pin_hash", sa.String(200), nullable=False),
        moment("set_at"),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        moment("waits_until", nullable=True),
        in_firm("pin"),
        sa.ForeignKeyConstraint(
            ["firm_id", "person_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_pin_firm_id_person_id_employment"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "person_id", name=op.f("pk_pin")),
    )
    op.create_table(
        "sign_in_request",
        whose("firm_id"),
        whose("id"),
        whose("shared_device_id"),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("digits", sa.Integer(), nullable=False),
        moment("created_at"),
        moment("expires_at"),
        whose("approved_by_id", nullable=True),
        moment("approved_at", nullable=True),
        moment("used_at", nullable=True),
        sa.CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL)",
            name=op.f("ck_sign_in_request_approved_by_somebody"),
        ),
        sa.CheckConstraint(
            "used_at IS NULL OR approved_at IS NOT NULL", name=op.f("ck_sign_in_request_approved_before_used")
        ),
        in_firm("sign_in_request"),
        sa.ForeignKeyConstraint(
            ["firm_id", "shared_device_id"],
            ["shared_device.firm_id", "shared_device.id"],
            name=op.f("fk_sign_in_request_firm_id_shared_device_id_shared_device"),
        ),
        sa.ForeignKeyConstraint(
            ["firm_id", "approved_by_id"],
            ["employment.firm_id", "employment.person_id"],
            name=op.f("fk_sign_in_request_firm_id_approved_by_id_employment"),
        ),
        sa.PrimaryKeyConstraint("firm_id", "id", name=op.f("pk_sign_in_request")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_sign_in_request_token_hash")),
    )
    op.create_table(
        "sign_in_policy",
        whose("firm_id"),
        sa.Column("idle_minutes", sa.Integer(), nullable=False),
        sa.Column("team_list", sa.Boolean(), nullable=False),
        sa.Column("mail_codes", sa.Boolean(), nullable=False),
        whose("changed_by_id"),
        moment("changed_at"),
        sa.CheckConstraint("idle_minutes BETWEEN 1 AND 30", name=op.f("ck_sign_in_policy_idle_in_range")),
        in_firm("sign_in_policy"),
        by_person("sign_in_policy", "changed_by_id"),
        sa.PrimaryKeyConstraint("firm_id", name=op.f("pk_sign_in_policy")),
    )
    _persons()
    with op.batch_alter_table("sign_in") as table:
        table.add_column(sa.Column("method", sa.String(12), nullable=False, server_default="password"))
        table.add_column(sa.Column("remembered", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("previous_hash", sa.String(64), nullable=True))
        table.add_column(moment("rotated_at", nullable=True))
        table.add_column(moment("confirmed_at", nullable=True))
        table.add_column(whose("shared_device_id", nullable=True))
        table.add_column(sa.Column("idle_minutes", sa.Integer(), nullable=True))
        table.create_unique_constraint(op.f("uq_sign_in_previous_hash"), ["previous_hash"])
        table.create_check_constraint(op.f("ck_sign_in_method_is_known"), f"method IN {METHODS}")
        table.create_check_constraint(
            op.f("ck_sign_in_a_shared_device_locks"), "shared_device_id IS NULL OR idle_minutes > 0"
        )
        table.create_foreign_key(
            op.f("fk_sign_in_firm_id_shared_device_id_shared_device"),
            "shared_device",
            ["firm_id", "shared_device_id"],
            ["firm_id", "id"],
        )
    if op.get_bind().dialect.name == "postgresql":
        for table in TABLES:
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY {table}_in_firm ON {table} USING ({INSIDE}) WITH CHECK ({INSIDE})")


def _persons() -> None:
    """What is a person's own, whichever firms they work at."""
    op.create_table(
        "mail_code",
        whose("id"),
        sa.Column("ask_hash", sa.String(64), nullable=False),
        whose("person_id", nullable=True),
        sa.Column("code_hash", sa.String(200), nullable=True),
        moment("created_at"),
        moment("expires_at"),
        sa.Column("tries", sa.Integer(), nullable=False),
        moment("used_at", nullable=True),
        by_person("mail_code", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_code")),
        sa.UniqueConstraint("ask_hash", name=op.f("uq_mail_code_ask_hash")),
    )
    op.create_index("ix_mail_code_person", "mail_code", ["person_id", "created_at"])
    op.create_table(
        "passkey",
        whose("id"),
        whose("person_id"),
        whose("firm_id", nullable=True),
        sa.Column("credential_id", sa.String(1400), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        moment("created_at"),
        moment("last_used_at", nullable=True),
        by_person("passkey", "person_id"),
        in_firm("passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_person", "passkey", ["person_id"])
    op.create_table(
        "passkey_challenge",
        whose("id"),
        sa.Column("challenge", sa.String(100), nullable=False),
        whose("person_id", nullable=True),
        moment("expires_at"),
        by_person("passkey_challenge", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey_challenge")),
    )
    op.create_index("ix_passkey_challenge_ends", "passkey_challenge", ["expires_at"])


def downgrade() -> None:
    with op.batch_alter_table("sign_in") as table:
        table.drop_constraint(op.f("fk_sign_in_firm_id_shared_device_id_shared_device"), type_="foreignkey")
        table.drop_constraint(op.f("ck_sign_in_a_shared_device_locks"), type_="check")
        table.drop_constraint(op.f("ck_sign_in_method_is_known"), type_="check")
        table.drop_constraint(op.f("uq_sign_in_previous_hash"), type_="unique")
        for column in (
            "idle_minutes",
            "shared_device_id",
            "confirmed_at",
            "rotated_at",
            "previous_hash",
            "remembered",
            "method",
        ):
            table.drop_column(column)
    for table in (
        "passkey_challenge",
        "passkey",
        "mail_code",
        "sign_in_policy",
        "sign_in_request",
        "pin",
        "shared_device",
    ):
        op.drop_table(table)
