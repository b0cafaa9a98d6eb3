"""The least a server can do, to compare with: a hello, and a form whose answer is on disk before it is told.

usage: .venv/bin/python -m bench.bare PORT FOLDER      (the same server and threads as `lms serve`)
"""

import sqlite3
import sys
import threading
from pathlib import Path
from typing import Any

from flask import Flask, request

from lms.operations.serving import Server
from lms.settings import Settings


def make_bare(folder: Path) -> Flask:
    """A hello at `/`, a durable insert on POST."""
    app = Flask("bare")
    app.extensions["settings"] = Settings(
        folder, "", "", secure_cookies=False, jobs=False
    )  # `lms serve` asks
    own, turn = threading.local(), threading.Lock()
    with sqlite3.connect(folder / "bare.db") as first:
        first.execute("PRAGMA journal_mode=WAL")
        first.execute("CREATE TABLE IF NOT EXISTS answer (id TEXT PRIMARY KEY, given TEXT)")
    first.close()

    def connection() -> sqlite3.Connection:
        if not hasattr(own, "connection"):
            own.connection = sqlite3.connect(folder / "bare.db", isolation_level=None, timeout=15)
            own.connection.execute("PRAGMA synchronous=FULL")
        kept: sqlite3.Connection = own.connection
        return kept

    @app.get("/")
    def hello() -> str:
        return "hello"

    @app.post("/")
    def keep() -> dict[str, Any]:
        database = connection()
        with turn:  # who polls for SQLite's lock on a busy machine may wait for longer than 15 s
            database.execute("BEGIN IMMEDIATE")
            database.execute(
                "INSERT OR IGNORE INTO answer VALUES (?, ?)",
                (request.form["response_id"], request.form["answer"]),
            )
            database.execute("COMMIT")
        return {"saved": True}

    return app


if __name__ == "__main__":
    port, home = int(sys.argv[1]), Path(sys.argv[2])
    sys.argv = sys.argv[:1]
    Server(make_bare(home), host="127.0.0.1", port=port, workers=1, threads=8).run()
