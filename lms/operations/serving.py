"""Serving with gunicorn's threads, slow lines apart: one process is right for SQLite, any number for PostgreSQL."""

import ctypes
import gc
import socket
import webbrowser
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from lms.foundation.errors import Invalid
from lms.operations.patience import PatientWorker
from lms.operations.working import work_in_this_process


def require_free(host: str, port: int) -> None:
    """Before the address is told: can it be listened on? Raises Invalid."""
    try:
        kind, _type, _protocol, _name, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)  # with SO_REUSEADDR alone, a taken port may still be bound
    except OSError as error:
        raise Invalid(
            "Nothing can listen on %(host)s, port %(port)s: %(why)s. Choose another with --port or --host.",
            host=host,
            port=port,
            why=error.strerror or error,
        ) from None


M_ARENA_MAX = -8
"""The name of that setting in the C library's malloc.h."""


def share_one_heap() -> None:
    """Let all threads take memory from one heap. Where the C library gives each thread its own (glibc), what one thread
    frees another cannot use, and each heap grows until it holds the most its thread ever needed. Threads of Python seldom
    ask at the same time. Called before the first thread.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(M_ARENA_MAX, 1)


class Server(BaseApplication):
    """Gunicorn with our settings in code, so that one command serves."""

    def __init__(
        self, app: Flask, *, host: str, port: int, workers: int, threads: int, open_page: bool = False
    ) -> None:
        self.app = app
        self.chosen: dict[str, Any] = {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": PatientWorker,
            "worker_connections": 800,  # each is an open file, of which a process may commonly have 1024
            "timeout": 60,
            "graceful_timeout": 20,
            "keepalive": 15,
            "max_requests": 0,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "preload_app": False,
            "limit_request_line": 8190,
            "limit_request_fields": 100,
        }
        self.chosen["post_worker_init"] = lambda _worker: work_in_this_process(app)
        if open_page:
            self.chosen["when_ready"] = lambda _arbiter: webbrowser.open(f"http://{host}:{port}/")
        super().__init__()

    def load_config(self) -> None:
        """Take our settings."""
        for name, value in self.chosen.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, made before the workers: what it holds is shared between them."""
        gc.freeze()
        share_one_heap()
        return self.app
