"""The readiness board with many people, against the smallest page of the same server, in one run.

usage: .venv/bin/python -m bench.board [PEOPLE]
"""

import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from lms.app import create_app
from lms.foundation.actor import Role
from lms.migrating import migrate
from lms.settings import Settings
from tests.house import House


def main(people: int) -> None:
    """Build a firm, ask for both pages in turn, print medians and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"sqlite:///{folder}/ladder.db"
        migrate(address)
        app = create_app(
            Settings(
                home=Path(folder), database=address, secret_key="b" * 40, secure_cookies=False, testing=True
            )
        )
        house = House(app, datetime.now(UTC))
        firm = house.firm()
        for _one in range(people - 1):
            house.person(firm)
        client = house.client(house.person(firm, Role.MANAGER))
        took: dict[str, list[float]] = {"/me": [], "/board": []}
        for _round in range(9):
            for path, times in took.items():
                start = time.perf_counter()
                reply = client.get(path)
                times.append(time.perf_counter() - start)
                assert reply.status_code == 200
        trivial, board = (statistics.median(times) for times in took.values())
        print(f"people {people}, n 9: /me {trivial * 1000:.1f} ms, /board {board * 1000:.0f} ms", end=", ")
        print(f"ratio {board / trivial:.0f}, {len(reply.get_data()) // 1024} KB of HTML")


main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
