"""A server whose clock jumps: a file says by how many seconds, and may be written anew at any moment.

usage: .venv/bin/python -m bench.jumping FILE serve …      (the words after FILE are `lms`'s own)
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lms.foundation import clock


def main() -> None:
    """Bend the one place where the clock is read, then be `lms`."""
    place = Path(sys.argv[1])

    def jumped() -> datetime:
        jump = float(place.read_text()) if place.exists() else 0.0
        return datetime.now(UTC) + timedelta(seconds=jump)

    clock.read_clock = jumped
    sys.argv = ["lms", *sys.argv[2:]]
    from lms.cli import main as lms

    lms()


if __name__ == "__main__":
    main()
