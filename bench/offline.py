"""Generated schedules of phones that come and go: the server's record must equal a simple model's.

usage: .venv/bin/python -m bench.offline [--schedules 10000] [--seed 1] [--database URL]

Two devices of one person finish cards, answer checks and review cards, sit an assessment and hand it in, mostly without
a network. Their batches arrive late, partly, twice, in any order, or get lost on the way there or back; the server is
killed in the middle of a batch, before its commit or after it; pages are killed; the person's sign-in ends, by itself or
not; somebody else signs in; clocks jump by minutes and weeks; phones sleep; the course gets another version and the
person is moved to it; another process answers, and a phone may hold a newer program than the server.
After each schedule everything that was minted must be on the server once, with the verdict that the model gives it.
Prints how often each thing happened and each verdict was met, also when it is stopped by Ctrl-C. Exit 1 on the first
difference, with the seed that makes it again and what happened until then.
"""

import argparse
import gc
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.phones import Difference, Run
from bench.phones_world import NOON, World, build
from lms.app import create_app
from lms.migrating import migrate
from lms.settings import Settings
from lms.web.request import db
from tests.house import House

__all__ = ["NOON", "Difference", "World", "build", "main", "play"]
MOST_STEPS = 45


def play(world: World, chance: random.Random) -> Counter[str]:
    """One schedule. Raises Difference."""
    run = Run(world, chance)
    try:
        return run.play(chance.randint(5, MOST_STEPS))
    except Difference as error:
        raise Difference("\n".join([*run.story, str(error)])) from error


def opened(folder: Path, address: str) -> World:
    """A world with two processes of the program over one database. Nobody cuts its power: nothing is flushed to the disk."""
    settings = Settings(
        home=folder, database=address, secret_key="b" * 40, secure_cookies=False, testing=True
    )
    apps = [create_app(settings) for _process in range(2)]
    for app in apps:
        app.config.update(NOW=NOON, WTF_CSRF_ENABLED=False)
        with app.app_context():
            if db.engine.dialect.name == "sqlite":
                event.listen(db.engine, "connect", _do_not_flush)
                db.engine.dispose()
    return build(House(apps[0], NOON), *apps[1:])


def _do_not_flush(raw: Any, _record: object) -> None:
    raw.execute("PRAGMA synchronous=OFF")


def main() -> int:
    """Play many."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--schedules", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", default="")
    said = parser.parse_args()
    met: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        address = said.database or f"sqlite:///{folder}/ladder.db"
        migrate(address)
        world = opened(Path(folder), address)
        gc.freeze()
        gc.set_threshold(
            50_000, 50, 50
        )  # what is there by now stays: looking through it is a fifth of the run
        began, worked = time.monotonic(), time.process_time()
        played = 0
        for nth in range(1, said.schedules + 1):
            seed = said.seed + nth - 1
            try:
                met += play(world, random.Random(seed))
                played = nth
            except KeyboardInterrupt:
                break
            except Difference as error:
                print(error, file=sys.stderr)
                last = str(error).splitlines()[-1]
                print(f"schedule {seed}, number {nth} of {said.schedules}, differs: {last[:400]}")
                return 1
            if nth % 250 == 0:
                told = (
                    f"{time.monotonic() - began:.0f} s, {time.process_time() - worked:.0f} s of the processor"
                )
                print(f"{nth}: {told}", flush=True)
    verdicts = sum(count for name, count in met.items() if name.startswith("told: "))
    print(
        f"{played} schedules from seed {said.seed}: {verdicts} verdicts, 0 lost, 0 double, 0 without a reason; "
        f"{time.monotonic() - began:.0f} s, {time.process_time() - worked:.0f} s of the processor"
    )
    for name, count in sorted(met.items(), key=lambda one: (one[0].split(":")[0], -one[1])):
        print(f"{count:8}  {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
