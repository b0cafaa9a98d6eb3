"""What a person changes about themself."""

import uuid

from sqlalchemy import update
from sqlalchemy.orm import Session

from lms.foundation.actor import Actor
from lms.foundation.errors import Invalid
from lms.foundation.words import LANGUAGES
from lms.people.models import Person, SignIn


def choose_language(
    session: Session, *, actor: Actor, language: str, only_on: uuid.UUID | None = None
) -> None:
    """Set the language a person reads Ladder in; `only_on`: for one sign-in that opens one firm only. Raises Invalid."""
    if language not in LANGUAGES:
        raise Invalid("Choose English or Spanish.")
    if only_on is None:
        session.get_one(Person, actor.person_id).language = language
    else:
        session.execute(
            update(SignIn)
            .where(SignIn.id == only_on, SignIn.person_id == actor.person_id)
            .values(language=language)
        )
