"""How the dashboard is served: one place for every setting of the server."""

import os
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

WORKERS = min(2, os.cpu_count() or 1)
THREADS = 24
MEMORY = Path("/dev/shm")


def settings(host: str, port: int, announce: str) -> dict[str, Any]:
    """Threads that outlast slow readers, no control socket, no files beside the worker's heartbeat."""
    return {
        "bind": f"{host}:{port}",
        "worker_class": "gthread",
        "workers": WORKERS,
        "threads": THREADS,
        "preload_app": True,
        "timeout": 30,
        "graceful_timeout": 5,
        "keepalive": 5,
        "limit_request_line": 4094,
        "limit_request_fields": 60,
        "control_socket_disable": True,
        "worker_tmp_dir": str(MEMORY) if MEMORY.is_dir() else None,
        "loglevel": "warning",
        "when_ready": lambda _server: print(announce, flush=True),
    }


class Server(BaseApplication):
    """Serves one application; SIGTERM ends it and its workers."""

    def __init__(self, application: Flask, host: str, port: int, announce: str) -> None:
        self._application = application
        self._settings = settings(host, port, announce)
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._application
