"""What the page of figures says of the demo's planted faults, for several seeds, and how many sound questions it names.

usage: .venv/bin/python -m bench.planted_demo [--seeds N] [--people N]

Each round builds a new database with the curriculum and the demo, and opens the page as the association's author.
"""

import argparse
import json
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select

from lms.app import create_app
from lms.assessments.pages.analysis import FAULTS, AnalysisPage, analysis_page
from lms.courses.models import Course
from lms.demo.cli import build
from lms.demo.planted import KEY, PLANTED
from lms.foundation.actor import Actor, Role
from lms.foundation.ids import derived_id
from lms.foundation.wall import enter, leave
from lms.migrating import migrate
from lms.settings import Settings
from lms.web.request import db
from tests.house import House

SEEDS = Path(__file__).parents[1] / "seed_courses"
NOON = datetime(2026, 3, 2, 18, tzinfo=UTC)


def page_of_the_demo() -> AnalysisPage:
    """The page as the association's author gets it."""
    session = db.session()
    session.rollback()
    leave(session)
    course = session.execute(select(Course.id, Course.owner_id).where(Course.key == KEY)).one()
    enter(session, course.owner_id)
    author = Actor(
        derived_id("system"), course.owner_id, "Author", frozenset({Role.ASSOCIATION, Role.TRAINER})
    )
    page = analysis_page(session, actor=author, course_id=course.id, assessment_key="", only="", now=NOON)
    session.rollback()
    leave(session)
    return page


def one_round(folder: Path, seed: int, people: int) -> tuple[Counter[str], int, int, float]:
    """What was found, sound questions that were named, how many there are, and the seconds that the demo took."""
    address = f"sqlite:///{folder / 'ladder.db'}"
    migrate(address)
    app = create_app(
        Settings(home=folder, database=address, secret_key="b" * 40, secure_cookies=False, testing=True)
    )
    house = House(app, NOON)
    for key in ("C01", "C05", "C06"):
        house.course(
            folder=next(
                one for one in SEEDS.iterdir() if one.name.startswith(f"{key}-") and "-es-" not in one.name
            )
        )
    with app.app_context():
        began = time.perf_counter()
        build(db.session(), people=people, seed=seed, as_of=NOON.date())
        took = time.perf_counter() - began
        page = page_of_the_demo()
    said = {row.key: {one.kind for one in row.verdicts} & set(FAULTS) for row in page.rows}
    found = Counter(kind.value for key, kind in PLANTED.items() if kind in said[key])
    sound = [kinds for key, kinds in said.items() if key not in PLANTED]
    return found, sum(map(bool, sound)), len(sound), took


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--people", type=int, default=240)
    wanted = parser.parse_args()
    found: Counter[str] = Counter()
    named = sound = 0
    seconds = []
    for seed in range(1, wanted.seeds + 1):
        with TemporaryDirectory() as folder:
            these, wrongly, there, took = one_round(Path(folder), seed, wanted.people)
        found, named, sound = found + these, named + wrongly, sound + there
        seconds.append(round(took, 1))
    told = {
        "seeds": wanted.seeds,
        "people": wanted.people,
        "found": {kind.value: found[kind.value] for kind in PLANTED.values()},
        "sound": sound,
        "named": named,
        "share_named": round(named / sound, 4),
        "seconds": seconds,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
