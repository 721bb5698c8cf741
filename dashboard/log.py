"""What the server says to its operator: one record a line, whatever a request, a file's name or an error holds."""

import logging
import sys
from typing import TextIO

from flask.logging import default_handler
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

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
