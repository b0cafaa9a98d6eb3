"""Where a measurement was made, and its place in docs/performance.md."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def machine() -> dict[str, Any]:
    """The moment, the machine and how busy it is."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="minutes"),
        "machine": f"{os.cpu_count()} processors, {platform.machine()}, Python {platform.python_version()}",
        "load": round(os.getloadavg()[0], 1),
    }


def put_into_page(marks: tuple[str, str], text: str) -> None:
    """Put a table between its marks; what stood there goes."""
    before, rest = PAGE.read_text().split(marks[0])
    after = rest.split(marks[1])[1]
    PAGE.write_text(f"{before}{marks[0]}\n{text}\n{marks[1]}{after}")
