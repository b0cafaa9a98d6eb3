"""What one request knows: its database session, who acts, what time it is."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from flask import Flask, abort, current_app, request
from flask_login import UserMixin, current_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from wtforms import FileField
from wtforms.fields.core import UnboundField

from lms.foundation import clock
from lms.foundation.actor import Actor
from lms.foundation.db import Base
from lms.foundation.numbers import whole_number
from lms.foundation.signing import Keys
from lms.foundation.storage import Storage
from lms.foundation.wall import guard_sessions

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True, session_options={"expire_on_commit": False})
# Here and not in create_app: the sessions are the process's, whatever the number of apps.
guard_sessions(db.session)


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The signed-in person as Flask-Login sees them: the actor, and the sign-in (device) they came by."""

    actor: Actor
    sign_in_id: uuid.UUID
    firm_name: str
    language: str | None
    time_zone: str
    simulated: bool
    only_here: bool = False
    """Whether the sign-in opens this one firm only, and must show nothing of another."""
    shared_device_id: uuid.UUID | None = None
    """The shared device of the floor they sit at; nothing for a device of their own."""

    def get_id(self) -> str:
        """The person's id; no cookie of Flask-Login's holds it."""
        return str(self.actor.person_id)


def session() -> Session:
    """The request's database session."""
    return db.session()


def actor() -> Actor:
    """Who acts. Only behind a door that asks for a sign-in."""
    return signed_in().actor


def signed_in() -> SignedIn:
    """The sign-in behind this request."""
    user: SignedIn = current_user._get_current_object()
    return user


def now() -> datetime:
    """The time this request happens at. A test may set it."""
    fixed: datetime | None = current_app.config.get("NOW")
    return fixed.astimezone(UTC) if fixed else clock.read_clock()


def page_number() -> int:
    """Which page of a list the address asks for, from 1."""
    return max(1, whole_number(request.args.get("page", "1"), 1, digits=5))


def storage() -> Storage:
    """Where files are kept."""
    kept: Storage = current_app.extensions["storage"]
    return kept


def keys() -> Keys:
    """With what this installation signs, and whose signatures it believes."""
    kept: Keys = current_app.extensions["keys"]
    return kept


def refuse_nul(app: Flask) -> None:
    """Answer 400 to a NUL in an address or a form: no page sends one, and PostgreSQL cannot hold it in a text."""

    @app.before_request
    def look() -> None:
        if any("\0" in text for sent in (request.args, request.form) for text in sent.values()):
            abort(400)


def refuse_stray_files(app: Flask) -> None:
    """Answer 400 to a file where a form asks for words: a form takes what is sent under its fields' names, files too."""

    @app.before_request
    def look() -> None:
        if request.files and not set(request.files) <= _names_of_files():
            abort(400)


@cache
def _names_of_files() -> frozenset[str]:
    """What our forms call the files they ask for. All forms are there before the first request."""
    forms, found = [FlaskForm], set()
    while forms:
        form = forms.pop()
        forms += form.__subclasses__()
        for name, field in vars(form).items():
            if isinstance(field, UnboundField) and issubclass(field.field_class, FileField):
                found.add(name)
    return frozenset(found)
