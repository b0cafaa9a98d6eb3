"""`lms passport key` and `lms passport trust`: with what this Ladder signs, and whose signatures it believes."""

import click
from flask import current_app
from flask.cli import with_appcontext

from lms.foundation.signing import Keys
from lms.web.command import json_option, tell


@click.group()
def passport() -> None:
    """The keys that sign the passports people take from one firm to the next."""


def _keys() -> Keys:
    kept: Keys = current_app.extensions["keys"]
    return kept


@passport.command()
@json_option
@with_appcontext
def key(as_json: bool) -> None:
    """Show this Ladder's public key, for another Ladder to trust, and the keys trusted here."""
    own, trusted = _keys().own(), _keys().trusted()
    told = [{"id": one.id, "name": one.name, "key": one.text} for one in trusted]
    words = "\n".join(
        [f"{own.text}  (ours, {own.id})", *(f"{one.text}  ({one.name}, {one.id})" for one in trusted)]
    )
    tell({"id": own.id, "key": own.text, "trusted": told}, words, as_json=as_json)


@passport.command()
@click.argument("public_key")
@click.option("--name", required=True, help="Whose it is, as people here should read it.")
@json_option
@with_appcontext
def trust(public_key: str, name: str, as_json: bool) -> None:
    """Believe passports signed with PUBLIC_KEY, once you have compared it with its owner by another way."""
    known = _keys().trust(name, public_key)
    tell({"id": known.id, "name": known.name}, f"{known.id} is trusted as {known.name}.", as_json=as_json)
