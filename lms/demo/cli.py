"""`lms demo`."""

import gc
from datetime import date, datetime, time

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.demo.acts import BELIZE, studied
from lms.demo.by_hand import ByHand
from lms.demo.figures import bring_figures
from lms.demo.history import live
from lms.demo.people import ACCOUNTS, FIRMS, PASSWORD, add_association, build_firm
from lms.demo.planted import plant, sit_planted
from lms.demo.promotions import Promotions
from lms.foundation.clock import read_clock
from lms.foundation.engine import begin_writing
from lms.foundation.errors import Conflict, Invalid
from lms.foundation.wall import leave
from lms.people.models import Firm
from lms.people.services.sign_in import hash_password
from lms.web.command import json_option, tell
from lms.web.request import db, storage

NEEDED = frozenset({"C01", "C05", "C06"})


def build(session: Session, *, people: int, seed: int, as_of: date) -> None:
    """Write the three firms and their year, in one transaction. Raises Conflict when they are there already."""
    begin_writing(session)
    if has_demo(session):
        raise Conflict("The demo is here already.")
    courses = {key: course for key, course in studied(session).items() if key in NEEDED}
    if set(courses) != NEEDED:
        raise Invalid("Load the courses first: lms courses load seed_courses")
    now = datetime.combine(as_of, time(18), BELIZE)
    password_hash = hash_password(PASSWORD)
    gc.disable()  # hundreds of thousands of short-lived rows: looking through them is a fifth of the time
    try:
        questions = plant(session, as_of=as_of, storage=storage(), now=now)
        for number in range(len(FIRMS)):
            world = build_firm(
                session,
                number=number,
                size=people // len(FIRMS),
                seed=seed,
                as_of=as_of,
                now=now,
                password_hash=password_hash,
            )
            diary = live(session, world, courses, seed=seed, as_of=as_of)
            if number == 0:
                ByHand(diary, seed=seed).write()
            diary.write()
            if number == 0:
                Promotions(diary).write()
            bring_figures(session, world, seed=seed, as_of=as_of, storage=storage())
            sit_planted(session, world, questions, seed=seed, as_of=as_of)
        add_association(session, as_of=as_of, now=now, password_hash=password_hash)
        session.commit()
    finally:
        gc.enable()
        leave(session)


def has_demo(session: Session) -> bool:
    """Whether an invented firm is in the database."""
    return bool(session.scalar(select(func.count(Firm.id)).where(Firm.is_simulated.is_(True))))


def is_in_use(session: Session) -> bool:
    """Whether there is any firm but the association."""
    return bool(session.scalar(select(func.count(Firm.id)).where(Firm.is_association.is_(False))))


@click.command()
@click.option("--if-new", is_flag=True, help="Do nothing when the database holds a firm already.")
@click.option(
    "--people", default=240, show_default=True, type=click.IntRange(96, 3000), help="About how many."
)
@click.option("--seed", default=1, show_default=True, help="The same seed and day give the same demo.")
@click.option(
    "--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The last day of the history. Default: today."
)
@json_option
@with_appcontext
def demo(if_new: bool, people: int, seed: int, as_of: datetime | None, as_json: bool) -> None:
    """Fill a new database with three invented firms and a year of simulated history."""
    session = db.session()
    made = not (if_new and is_in_use(session))
    if made:
        build(session, people=people, seed=seed, as_of=(as_of or read_clock()).date())
    if made or has_demo(session):
        lines = [f"  {one.email:25} {one.name:15} {one.words}" for one in ACCOUNTS]
        words = "\n".join(
            ["Demo accounts (invented people, simulated history):", *lines, f"  password: {PASSWORD}"]
        )
    else:
        words = "The database holds firms already: no demo was made."
    accounts = {one.email: PASSWORD for one in ACCOUNTS}
    tell({"made": made, "accounts": accounts if made else {}}, words, as_json=as_json)
