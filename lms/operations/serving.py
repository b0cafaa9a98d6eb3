"""Serving with gunicorn's threads: one process is right for SQLite, any number for PostgreSQL."""

import gc
import webbrowser
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication


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
            "worker_class": "gthread",
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
        return self.app
