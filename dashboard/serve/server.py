"""How the dashboard is served: one place for every setting of the server, and what it says to its operator.

Its log has one record a line, whatever a request, a file's name or an error holds.
"""

import ctypes
import gc
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

from flask import Flask
from flask.logging import default_handler
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from dashboard.serve.response_cache import ResponseCache
from dashboard.serve.security import HEADERS, content_policy
from dashboard.serve.worker import PatientWorker
from dashboard.settings import TRUSTED_PROXIES

WORKERS = min(2, os.cpu_count() or 1)
THREADS = 24
CONNECTIONS = 2000  # a worker's; those beyond wait in line
SWITCH_SECONDS = 0.0005  # after which who works a page out lets another thread go on: an answer takes several turns
M_ARENA_MAX = -8  # of glibc's malloc.h
MEMORY = Path("/dev/shm")
# The entry desk takes forms, which the worker of readers refuses unread; its people are few, and a check takes seconds.
DESK: dict[str, Any] = {"worker_class": "gthread", "workers": 1, "threads": 8, "timeout": 60}


def settings(host: str, port: int, announce: str) -> dict[str, Any]:
    """Every setting of gunicorn that differs from its own."""
    return {
        "bind": f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        "backlog": 2048,
        "worker_class": PatientWorker,
        "workers": WORKERS,
        "threads": THREADS,
        "worker_connections": CONNECTIONS,
        "preload_app": True,  # what is read once is shared, and a worker that died is back in a moment
        "pre_fork": _settle,
        "max_requests": 2_000_000,  # a worker lives long, but not for ever; not all end at once
        "max_requests_jitter": 500_000,
        "timeout": 2,  # a worker whose loop is silent for so long is replaced; it is heard four times a second
        "logger_class": ServerLog,
        "graceful_timeout": 5,
        "keepalive": 10,  # seconds a client has to send the head of its next request
        "limit_request_line": 8190,
        "limit_request_fields": 60,
        "limit_request_field_size": 8190,
        "pre_request": _close_after_body,
        "forwarded_allow_ips": os.environ.get(TRUSTED_PROXIES, ""),
        "forwarder_headers": "",
        "sendfile": False,  # the kernel would wait for a slow reader, in a thread
        "control_socket_disable": True,
        "worker_tmp_dir": str(MEMORY) if MEMORY.is_dir() else None,  # the heartbeat, where no disk is written
        "loglevel": "warning",
        "when_ready": lambda _server: print(announce, flush=True),
    }


def _settle(_server: Any, _worker: Any) -> None:
    """What is there before the workers is for good: the collector leaves it alone, so that they go on sharing it.

    And all threads allocate from one heap: with one each, a worker holds a quarter more of what was freed long ago.
    """
    with suppress(OSError, AttributeError):  # where the C library is another
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.collect()
    gc.freeze()


def _close_after_body(_worker: Any, request: Any) -> None:
    """A body is refused unread, so that what follows it cannot be told from another request."""
    if any(name in ("CONTENT-LENGTH", "TRANSFER-ENCODING") and value != "0" for name, value in request.headers):
        request.force_close()


class Server(BaseApplication):
    """Serves one application; SIGTERM ends it and its workers."""

    def __init__(self, application: Flask, host: str, port: int, announce: str, **others: Any) -> None:
        install(application.logger)
        self._application = application
        self._settings = settings(host, port, announce) | others
        super().__init__()

    def load_config(self) -> None:
        if isinstance(self._application.wsgi_app, ResponseCache):
            PatientWorker.repeat = self._application.wsgi_app.repeat
        PatientWorker.headers = {**HEADERS, "Content-Security-Policy": content_policy([])}
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._application


FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class OneLine(logging.Formatter):
    """A record with its traceback as one line: line ends, terminal escapes and marks that turn text are escaped.

    >>> OneLine("%(message)s").format(logging.LogRecord("a", 30, "", 1, "GET %s", ("/a\\r\\n\\x1b[31mb",), None))
    'GET /a\\\\r\\\\n\\\\x1b[31mb'
    """

    def format(self, record: logging.LogRecord) -> str:
        text = super().format(record)
        return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


class ServerLog(Logger):
    """gunicorn's own log, a record a line."""

    def setup(self, cfg: object) -> None:
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(OneLine(FORMAT))


def install(application: logging.Logger, stream: TextIO = sys.stderr) -> None:
    """Send every log of this process, and the web application's, through one handler."""
    application.removeHandler(default_handler)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(OneLine(FORMAT))
    logging.getLogger().handlers = [handler]
