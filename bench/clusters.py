"""Database servers of our own, really started: PostgreSQL (with a synchronous standby, when wanted) and Redis.

They live in a folder that is thrown away, listen on 127.0.0.1 only, and flush as in earnest.
"""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg

OWNER, WEB, NAME = "postgres", "web", "ladder"


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def tool(name: str) -> str:
    """A program of PostgreSQL's, where the system keeps it. Raises RuntimeError when it is not on this machine."""
    # Debian's own names in the path are a wrapper's, which asks for more than is needed here.
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(kept[0]) if kept else shutil.which(name)
    if found is None:
        raise RuntimeError(f"PostgreSQL's {name} is not on this machine")
    return found


def unprivileged() -> dict[str, object]:
    """PostgreSQL refuses to run as root: as whom it runs here."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("postgres")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


class Cluster:
    """One PostgreSQL server in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.options, self.port = folder, options, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, *command: str) -> None:
        """A tool of PostgreSQL's, as its user. Raises RuntimeError with its words."""
        done = subprocess.run(
            [tool(command[0]), *command[1:]],
            **unprivileged(),  # type: ignore[call-overload]
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr[-600:]}")

    def make(self) -> None:
        """A new, empty one."""
        self.run("initdb", "-D", str(self.folder), "-U", OWNER, "--auth=trust", "--encoding=utf8")

    def start(self) -> None:
        """Start it and wait until it answers."""
        with (self.folder.parent / f"{self.folder.name}.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    tool("postgres"),
                    *("-D", str(self.folder), "-p", str(self.port), "-c", "listen_addresses=127.0.0.1"),
                    *("-c", "unix_socket_directories=", "-c", "max_connections=60"),
                    *(word for option in self.options for word in ("-c", option)),
                ],
                **unprivileged(),  # type: ignore[call-overload]
                cwd="/",
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        for _try in range(600):
            try:
                self.ask("SELECT 1")
            except psycopg.OperationalError:
                if self.process.poll() is not None:
                    raise RuntimeError(f"{self.folder} did not start") from None
                time.sleep(0.05)
            else:
                return
        raise RuntimeError(f"{self.folder} does not answer")

    def ask(self, *statements: str, name: str = "postgres") -> list[tuple[object, ...]]:
        """Say something to it as its owner; what the last one gave."""
        found: list[tuple[object, ...]] = []
        with psycopg.connect(
            host="127.0.0.1", port=self.port, user=OWNER, dbname=name, autocommit=True, connect_timeout=5
        ) as line:
            for statement in statements:
                asked = line.execute(statement)  # type: ignore[call-overload]
                found = asked.fetchall() if asked.description else []
        return found

    def stop(self) -> None:
        """As an operator would: connections are ended, everything is written down."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)

    def kill(self) -> None:
        """`kill -9` to it and to all that it started, at once."""
        assert self.process is not None
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                continue  # a backend that ended by itself
        self.process.wait()
        while any(is_alive(int(one)) for one in children):
            time.sleep(0.01)

    def end(self) -> None:
        """Whatever its state: gone."""
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def base_backup(self, folder: Path, *options: str) -> None:
        """A copy of it, taken while it works."""
        where = ("-D", str(folder), "-h", "127.0.0.1", "-p", str(self.port), "-U", OWNER)
        self.run("pg_basebackup", *where, "-X", "stream", "-c", "fast", *options)

    def standby(self, folder: Path) -> "Cluster":
        """A copy that follows this one, started."""
        self.base_backup(folder, "-R")
        copy = Cluster(folder)
        copy.start()
        return copy

    def promote(self) -> None:
        """A standby becomes the one that is written to."""
        self.ask("SELECT pg_promote(true, 60)")

    def address(self, *others: "Cluster", role: str = WEB) -> str:
        """The setting that names it, and the others to be tried when it is away."""
        hosts = "&".join(f"host=127.0.0.1:{one.port}" for one in (self, *others))
        more = "&target_session_attrs=read-write" if others else ""
        return f"postgresql://{role}@/{NAME}?{hosts}{more}&connect_timeout=3"

    def let_web_in(self) -> None:
        """The role that serves pages and owns nothing, as the operating manual asks."""
        self.ask(
            f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {WEB}",
            name=NAME,
        )


def is_alive(pid: int) -> bool:
    """Whether a process is there, and not only its entry."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def cluster(*options: str) -> Iterator[Cluster]:
    """A running server with an empty database NAME, and the role WEB; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ladder-cluster-"))
    folder.chmod(0o755)
    if os.geteuid() == 0:
        entry = pwd.getpwnam("postgres")
        os.chown(folder, entry.pw_uid, entry.pw_gid)
    made = Cluster(folder / "first", *options)
    try:
        made.make()
        made.start()
        made.ask(f"CREATE ROLE {WEB} LOGIN NOSUPERUSER", f"CREATE DATABASE {NAME}")
        yield made
    finally:
        made.end()
        shutil.rmtree(folder, ignore_errors=True)


class Redis:
    """One Redis server that keeps nothing on disk."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The setting that names it."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start it and wait until it listens. Raises RuntimeError when it is not on this machine."""
        program = os.environ.get("REDIS_SERVER") or shutil.which("redis-server")
        if program is None:
            raise RuntimeError("redis-server is not on this machine (REDIS_SERVER may name it)")
        words: Sequence[str] = ("--bind", "127.0.0.1", "--port", str(self.port), "--save", "")
        self.process = subprocess.Popen(
            [program, *words], cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _try in range(200):
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError("redis-server does not answer")

    def kill(self) -> None:
        """`kill -9`."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def count(self) -> int:
        """How many keys it holds."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as line:
            line.sendall(b"DBSIZE\r\n")
            return int(line.recv(100).decode().strip().removeprefix(":"))
