"""How many planted faults the page of figures finds, and how many sound questions it names.

usage: .venv/bin/python -m bench.planted [--rounds N] [--people N]

Every round: a course of forty questions, three of them with a fault (a wrong key, an option that nobody takes, a leak),
people who sit it, and the page that a trainer opens.
"""

import argparse
import json
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from lms.app import create_app
from lms.assessments.pages.analysis import FAULTS, analysis_page
from lms.assessments.verdicts import Kind
from lms.foundation.actor import Role
from lms.migrating import migrate
from lms.settings import Settings
from tests.conftest import NOON
from tests.house import SAMPLE_COURSE, House
from tests.sat import DEAD, LEAKED, WRONG_KEY, Sitting, sit, write_course

PLANTED = {WRONG_KEY: Kind.KEY, DEAD: Kind.DEAD, LEAKED: Kind.LEAKED}


def one_round(folder: Path, seed: int, people: int) -> tuple[Counter[str], int, int]:
    """Which faults were found, and of the sound questions how many were named and how many there were."""
    address = f"sqlite:///{folder / 'ladder.db'}"
    migrate(address)
    app = create_app(
        Settings(home=folder, database=address, secret_key="b" * 40, secure_cookies=False, testing=True)
    )
    house = House(app, NOON)
    firm = house.firm()
    trainer = house.person(firm, Role.TRAINER)
    course_id = house.course(trainer, write_course(folder / SAMPLE_COURSE.name, 40))
    sit(house, firm, course_id, Sitting(people=people, seed=seed))
    page = house.act(
        trainer,
        lambda session, *, actor, now: analysis_page(
            session, actor=actor, course_id=course_id, assessment_key="sat", only="", now=now
        ),
    )
    said = {row.key: {one.kind for one in row.verdicts} for row in page.rows if row.n}
    found = Counter(kind.value for key, kind in PLANTED.items() if kind in said[key])
    sound = [kinds & set(FAULTS) for key, kinds in said.items() if key not in PLANTED]
    return found, sum(map(bool, sound)), len(sound)


def main() -> None:
    """Print one JSON object."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--people", type=int, default=300)
    wanted = parser.parse_args()
    found: Counter[str] = Counter()
    named = sound = 0
    for seed in range(1, wanted.rounds + 1):
        with TemporaryDirectory() as folder:
            these, wrongly, there = one_round(Path(folder), seed, wanted.people)
        found, named, sound = found + these, named + wrongly, sound + there
    told = {
        "rounds": wanted.rounds,
        "people": wanted.people,
        "found": {kind.value: found[kind.value] for kind in PLANTED.values()},
        "sound": sound,
        "named": named,
        "share_named": round(named / sound, 4),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
