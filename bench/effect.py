"""What it costs an administrator to see whom a draft of the framework changes, in a firm of many people.

usage: .venv/bin/python -m bench.effect [PEOPLE ...] [--rounds 5] [--profile]

The firm is the board's (`bench.board`): about a dozen facts a person. Two drafts: one level of one profile, which touches
one rung, and a level more in every profile, which touches all that have one. Beside Me, asked for in turn; time of the
processor; statements counted; memory is how much the process held at most, before the pages and after them.
"""

import argparse
import cProfile
import pstats
import random
import resource
import statistics
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from bench.board import build, statements
from bench.costs import in_turn, world
from lms.foundation.actor import Role
from lms.people.models import Firm
from lms.tracks.framework_files import framework_on
from lms.tracks.services import framework as services
from lms.web.request import db
from tests.house import House, Someone

PATH = "/framework/draft/effect"


def keep(house: House, admin: Someone, levels: Mapping[str, Mapping[str, int]]) -> None:
    """Keep in the draft so many levels of each profile."""
    day = house.noon.date()
    for profile in framework_on(day)["profiles"]:
        if profile["key"] in levels:
            whole = {**profile, "levels": {**profile["levels"], **levels[profile["key"]]}}
            editing = house.act(
                admin, lambda session, *, actor, **_now: services.see_draft(session, actor=actor, day=day)
            )
            house.act(admin, services.save_entry, part="profiles", whole=whole, revision=editing.revision)


def held() -> int:
    """Megabytes that the process held at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(people: int, rounds: int, profile: bool) -> None:
    """Build the firm, ask for the pages in turn, print."""
    with world() as (house, _folder):
        build(house, people, random.Random(1))
        with house.app.app_context():
            firm = db.session().scalars(select(Firm.id)).one()
        admin = house.person(firm, Role.FIRM_ADMIN)
        client = house.client(admin)
        profiles: list[Any] = framework_on(house.noon.date())["profiles"]
        for name, levels in (
            ("one level of one profile", {"senior-agent": {"A1": 4}}),
            (
                "a level more in every profile",
                {
                    one["key"]: {key: min(5, level + 1) for key, level in one["levels"].items()}
                    for one in profiles
                },
            ),
        ):
            keep(house, admin, levels)
            before = held()
            line(client, rounds, f"{people} people, {name}")
            print(
                f"  {statements(house.app, client, PATH)} statements; memory {before} MB, {held()} MB after"
            )
            if profile:
                ran = cProfile.Profile()
                ran.runcall(client.get, PATH)
                pstats.Stats(ran).sort_stats("tottime").print_stats(18)


def line(client: FlaskClient, rounds: int, name: str) -> None:
    """The page beside Me."""
    took = in_turn({"/me": lambda: client.get("/me"), PATH: lambda: client.get(PATH)}, rounds)
    reply = client.get(PATH)
    assert reply.status_code == 200
    me, page = (statistics.median(one) for one in took.values())
    low, _middle, high = statistics.quantiles(took[PATH], n=4)
    size = len(reply.get_data()) // 1024
    print(
        f"{name}: {page:.0f} ms ({low:.0f} to {high:.0f}, n {rounds}), {page / me:.0f} times Me ({me:.1f}), {size} KB",
        flush=True,
    )


def main() -> None:
    """Each size in turn."""
    reader = argparse.ArgumentParser(prog="bench.effect", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("people", nargs="*", type=int, default=[1000, 9000])
    reader.add_argument("--rounds", type=int, default=5)
    reader.add_argument("--profile", action="store_true", help="Where the page's time goes.")
    wanted = reader.parse_args()
    for people in wanted.people:
        measure(people, wanted.rounds, wanted.profile)


if __name__ == "__main__":
    main()
