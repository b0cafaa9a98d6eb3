"""`lms invite`: the first administrator of a new house, and one who is locked out."""

import click
from flask.cli import with_appcontext

from lms.courses.cli import the_association
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Invalid
from lms.people.rules import NewAdministrator, shown_code
from lms.people.services import firms
from lms.web.command import json_option, tell
from lms.web.request import db


@click.command()
@click.argument("email")
@click.option(
    "--name", default="Administrator", show_default=True, help="What a new administrator is called."
)
@click.option("--firm", "firm_key", default="association", show_default=True, help="The firm's short name.")
@json_option
@with_appcontext
def invite(email: str, name: str, firm_key: str, as_json: bool) -> None:
    """Print a code that lets EMAIL in as administrator of a firm, or back in."""
    if "@" not in email:
        raise Invalid("%(email)s is no e-mail.", email=email)
    actor, session = the_association(), db.session()
    begin_writing(session)
    who = NewAdministrator(" ".join(name.split()), email.strip().lower(), None)
    made = firms.let_in(session, actor=actor, firm_key=firm_key, who=who, now=read_clock())
    session.commit()
    ends = made.ends_at.isoformat(timespec="minutes")
    tell(
        {"code": made.code, "purpose": made.purpose, "ends_at": ends, "path": f"/welcome/{made.code}"},
        f"Code for {made.name}: {shown_code(made.code)}  (type it at /code; works once, until {ends})",
        as_json=as_json,
    )
