"""`lms push keys`: the key that messages to people's browsers are signed with."""

import click

from lms.foundation.push import ServerKey, new_secret
from lms.web.command import json_option, tell


@click.group()
def push() -> None:
    """Messages to people's own phones."""


@push.command()
@json_option
def keys(as_json: bool) -> None:
    """Print a new key, to be set as LADDER_PUSH_KEY. It is kept nowhere else."""
    secret = new_secret()
    public = ServerKey(secret, "").public
    tell(
        {"LADDER_PUSH_KEY": secret, "public": public},
        f"LADDER_PUSH_KEY={secret}\nKeep it secret and keep it: with another one everybody has to say yes again.",
        as_json=as_json,
    )
