"""Firms, persons and what ties them. Persons stand above firms; an employment is what a firm owns."""

import uuid
from datetime import date

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from lms.foundation.db import Base, Document, Id, InFirm, Key, Moment, employed

SIGN_IN_METHODS = ("password", "pin", "qr", "mail", "passkey")
ROLES = ("agent", "trainer", "assessor", "manager", "firm_admin", "association")


class Firm(Base):
    """A tenant. The association is one too: it owns the shared content and no agents."""

    __tablename__ = "firm"

    id: Mapped[Id]
    key: Mapped[Key] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(String(160))
    is_association: Mapped[bool] = mapped_column(default=False)
    is_simulated: Mapped[bool] = mapped_column(default=False)
    time_zone: Mapped[str] = mapped_column(String(60), default="America/Belize")
    language: Mapped[str] = mapped_column(String(8), default="en")
    created_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]


class Person(Base):
    """One human, across firms: how they sign in and what they prefer. Names and numbers are the employment's."""

    __tablename__ = "person"

    id: Mapped[Id]
    email: Mapped[str | None] = mapped_column(String(254), unique=True)
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str | None] = mapped_column(String(8))
    time_factor: Mapped[float] = mapped_column(default=1.0)
    created_at: Mapped[Moment]

    __table_args__ = (CheckConstraint("time_factor BETWEEN 1 AND 3", name="time_factor_in_range"),)


class Team(InFirm, Base):
    """A group of people with a lead; teams hang under teams."""

    __tablename__ = "team"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "parent_id"], ["team.firm_id", "team.id"]),
        employed("lead_id", use_alter=True),
        UniqueConstraint("firm_id", "name"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120))
    parent_id: Mapped[uuid.UUID | None]
    lead_id: Mapped[uuid.UUID | None]


class Employment(InFirm, Base):
    """A person at a firm. Everything a person does at a firm points here, and so can never point into another."""

    __tablename__ = "employment"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        UniqueConstraint("firm_id", "employee_number"),
        CheckConstraint("ended_on IS NULL OR ended_on >= started_on", name="ends_after_it_starts"),
        Index("ix_employment_name", "firm_id", "sort_name", "person_id"),
        Index("ix_employment_team", "firm_id", "team_id"),
        Index("ix_employment_person", "person_id"),
        Index("ix_employment_hired", "firm_id", "started_on", "person_id"),
        CheckConstraint("time_factor BETWEEN 1 AND 2", name="time_factor_in_range"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(160))
    sort_name: Mapped[str] = mapped_column(String(160))
    employee_number: Mapped[str | None] = mapped_column(String(40))
    job_role: Mapped[str] = mapped_column(String(60), default="agent")
    team_id: Mapped[uuid.UUID | None]
    started_on: Mapped[date]
    role_started_on: Mapped[date]
    team_joined_on: Mapped[date | None]
    """Since when they are in their team; none: since their first day, or nobody wrote it down."""
    ended_on: Mapped[date | None]
    accepted: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Whether the person took up the firm's invitation: until then nothing opens this firm."""
    password_hash: Mapped[str | None] = mapped_column(String(200))
    """A password that opens this firm only; when there is none, the person's own does."""
    locked_at: Mapped[Moment | None]
    """Since when nobody enters here under this name, though the last day is not over."""
    time_factor: Mapped[float] = mapped_column(default=1.0, server_default=text("1.0"))
    """Extra time in timed assessments, as this firm grants it."""
    break_minutes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """For how long the clock of a timed assessment stands still when they ask for a break."""
    large_print: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether every page comes with larger letters."""
    read_aloud: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether questions and lessons can be read to them."""

    roles: Mapped[list["EmploymentRole"]] = relationship(
        lazy="raise", order_by="EmploymentRole.role", cascade="all, delete-orphan"
    )
    person: Mapped[Person] = relationship(lazy="raise")
    team: Mapped[Team | None] = relationship(
        lazy="raise",
        primaryjoin="and_(Employment.firm_id == Team.firm_id, Employment.team_id == foreign(Team.id))",
        viewonly=True,
        uselist=False,
    )


class EmploymentRole(InFirm, Base):
    """One thing a person may do at a firm."""

    __tablename__ = "employment_role"
    __table_args__ = (
        employed(ondelete="CASCADE"),
        CheckConstraint(f"role IN {ROLES}", name="role_is_known"),
    )

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    role: Mapped[str] = mapped_column(String(20), primary_key=True)


class Leave(InFirm, Base):
    """A time somebody was away. Written once: a correction is another that supersedes it, or says that it was none.

    Why somebody was away is for those who look after the firm's people, and shown to nobody else.
    """

    __tablename__ = "leave"
    __table_args__ = (
        employed(),
        ForeignKeyConstraint(["firm_id", "supersedes_id"], ["leave.firm_id", "leave.id"]),
        UniqueConstraint("firm_id", "supersedes_id"),
        CheckConstraint("until IS NULL OR until >= since", name="ends_after_it_begins"),
        CheckConstraint("taken_back = false OR supersedes_id IS NOT NULL", name="takes_one_back"),
        Index("ix_leave_person", "firm_id", "person_id", "since"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    since: Mapped[date]
    until: Mapped[date | None]
    protected: Mapped[bool]
    """Whether the law or the firm protects it, such as maternity or illness: the clock of evidence stands still."""
    reason: Mapped[str] = mapped_column(String(300), default="")
    supersedes_id: Mapped[uuid.UUID | None]
    taken_back: Mapped[bool] = mapped_column(default=False, server_default=false())
    entered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[Moment]


class SignIn(Base):
    """A device that is signed in: the hash of its token, never the token.

    A remembered device gets a new token from time to time; the one before opens until the new one was seen.
    """

    __tablename__ = "sign_in"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "shared_device_id"], ["shared_device.firm_id", "shared_device.id"]),
        CheckConstraint(f"method IN {SIGN_IN_METHODS}", name="method_is_known"),
        CheckConstraint("shared_device_id IS NULL OR idle_minutes > 0", name="a_shared_device_locks"),
        Index("ix_sign_in_person", "person_id", "ended_at"),
    )

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    firm_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("firm.id"))
    device: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[Moment]
    last_seen_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    ended_at: Mapped[Moment | None]
    only_here: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it came by something that opens this one firm: it must show nothing of another."""
    language: Mapped[str | None] = mapped_column(String(8))
    method: Mapped[str] = mapped_column(String(12), default="password", server_default="password")
    remembered: Mapped[bool] = mapped_column(default=True, server_default=true())
    previous_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    rotated_at: Mapped[Moment | None]
    confirmed_at: Mapped[Moment | None]
    """When the newest token was first seen: from then on the one before is nobody's but a thief's."""
    shared_device_id: Mapped[uuid.UUID | None]
    idle_minutes: Mapped[int | None]


class OneTimeLink(Base):
    """An invitation or a password reset: a secret that works once, until a time. Only its hash is kept."""

    __tablename__ = "one_time_link"
    __table_args__ = (
        CheckConstraint("purpose IN ('invitation', 'reset')", name="purpose_is_known"),
        Index("ix_one_time_link_person", "person_id", "firm_id"),
    )

    id: Mapped[Id]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purpose: Mapped[str] = mapped_column(String(20))
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    firm_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("firm.id"))
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None]


class PeopleImport(InFirm, Base):
    """A file of people as it was uploaded, waiting for a yes: the preview and the act read the same bytes.

    Once it was taken, the counts say what was really done.
    """

    __tablename__ = "people_import"
    __table_args__ = (
        CheckConstraint(
            "(applied_at IS NULL) = (new_people IS NULL) AND (applied_at IS NULL) = (changed_people IS NULL)"
            " AND (applied_at IS NULL) = (same_people IS NULL) AND (applied_at IS NULL) = (refused_rows IS NULL)",
            name="counted_when_applied",
        ),
        Index("ix_people_import_uploaded", "firm_id", "uploaded_at"),
    )

    id: Mapped[Id]
    file_name: Mapped[str] = mapped_column(String(200))
    stored: Mapped[str] = mapped_column(String(64))
    uploaded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    uploaded_at: Mapped[Moment]
    applied_at: Mapped[Moment | None]
    new_people: Mapped[int | None]
    changed_people: Mapped[int | None]
    same_people: Mapped[int | None]
    refused_rows: Mapped[int | None]


class AuditEntry(InFirm, Base):
    """One act, in the firm's chain: each entry's hash covers the one before it. Written once."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index("ix_audit_entry_act", "firm_id", "act", "number"),
        Index("ix_audit_entry_subject", "firm_id", "subject", "number"),
    )

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[Moment]
    by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str] = mapped_column(String(160))
    act: Mapped[Key]
    subject: Mapped[str] = mapped_column(String(200))
    detail: Mapped[Document]
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class SharedDevice(InFirm, Base):
    """A PC of the floor that the firm has registered: the hash of its secret, never the secret."""

    __tablename__ = "shared_device"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "team_id"], ["team.firm_id", "team.id"]),
        UniqueConstraint("secret_hash"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by_somebody"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(80))
    team_id: Mapped[uuid.UUID | None]
    secret_hash: Mapped[str] = mapped_column(String(64))
    registered_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    registered_at: Mapped[Moment]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[Moment | None]
    wrong_pins: Mapped[int] = mapped_column(default=0)
    wrong_pin_at: Mapped[Moment | None]
    waits_until: Mapped[Moment | None]


class Pin(InFirm, Base):
    """The six digits with which a person signs in on the firm's shared devices, and on nothing else."""

    __tablename__ = "pin"
    __table_args__ = (employed(),)

    person_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    pin_hash: Mapped[str] = mapped_column(String(200))
    set_at: Mapped[Moment]
    wrong_pins: Mapped[int] = mapped_column(default=0)
    waits_until: Mapped[Moment | None]


class SignInRequest(InFirm, Base):
    """A shared device asks to be signed in by somebody's own phone: once, for two minutes."""

    __tablename__ = "sign_in_request"
    __table_args__ = (
        ForeignKeyConstraint(["firm_id", "shared_device_id"], ["shared_device.firm_id", "shared_device.id"]),
        employed("approved_by_id"),
        UniqueConstraint("token_hash"),
        CheckConstraint("(approved_at IS NULL) = (approved_by_id IS NULL)", name="approved_by_somebody"),
        CheckConstraint("used_at IS NULL OR approved_at IS NOT NULL", name="approved_before_used"),
    )

    id: Mapped[Id]
    shared_device_id: Mapped[uuid.UUID]
    token_hash: Mapped[str] = mapped_column(String(64))
    digits: Mapped[int]
    """Two digits that stand on both screens, so that nobody signs another PC in by mistake."""
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    approved_by_id: Mapped[uuid.UUID | None]
    approved_at: Mapped[Moment | None]
    used_at: Mapped[Moment | None]


class SignInPolicy(InFirm, Base):
    """What a firm has decided about signing in. A firm without a row has the defaults."""

    __tablename__ = "sign_in_policy"
    __table_args__ = (CheckConstraint("idle_minutes BETWEEN 1 AND 30", name="idle_in_range"),)

    idle_minutes: Mapped[int]
    team_list: Mapped[bool]
    """Whether a shared device shows its team's names to whoever stands before it."""
    mail_codes: Mapped[bool]
    changed_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[Moment]


class MailCode(Base):
    """Somebody asked for a code by e-mail. A row is written for an unknown address too, with nobody in it."""

    __tablename__ = "mail_code"
    __table_args__ = (Index("ix_mail_code_person", "person_id", "created_at"),)

    id: Mapped[Id]
    ask_hash: Mapped[str] = mapped_column(String(64), unique=True)
    """The hash of what the asking browser holds: a code works there and nowhere else."""
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    code_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[Moment]
    expires_at: Mapped[Moment]
    tries: Mapped[int] = mapped_column(default=0)
    used_at: Mapped[Moment | None]


class ApiKey(InFirm, Base):
    """A key with which another program of the firm sends things: the hash of its secret. It acts as who made it."""

    __tablename__ = "api_key"
    __table_args__ = (
        employed(),
        UniqueConstraint("secret_hash"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_by_id IS NULL)", name="revoked_by_somebody"),
    )

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID]
    name: Mapped[str] = mapped_column(String(80))
    secret_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    revoked_at: Mapped[Moment | None]


class Passkey(Base):
    """A key pair on a person's device: the public half. `firm_id`: it opens this firm only."""

    __tablename__ = "passkey"
    __table_args__ = (Index("ix_passkey_person", "person_id"),)

    id: Mapped[Id]
    person_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("person.id"))
    firm_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("firm.id"))
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[Moment]
    last_used_at: Mapped[Moment | None]


class PasskeyChallenge(Base):
    """A challenge that a browser was given. It is taken away when it is answered, rightly or not."""

    __tablename__ = "passkey_challenge"
    __table_args__ = (Index("ix_passkey_challenge_ends", "expires_at"),)

    id: Mapped[Id]
    challenge: Mapped[str] = mapped_column(String(100))
    person_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("person.id"))
    """Who adds a passkey; nobody while somebody signs in."""
    expires_at: Mapped[Moment]
