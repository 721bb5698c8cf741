"""The record of every run: one JSON object a line in `data/processed/refresh.log`, whatever the text holds."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from pipelines.editions.files import open_itself

LOG_FILE = "refresh.log"
MOST_BYTES, FILES_KEPT = 1_000_000, 4

log = logging.getLogger("hemicycle")


class OneLine(logging.Formatter):
    """A record as one line of JSON: line ends and terminal escapes in it are escaped."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        return json.dumps(line, default=str)


class LogFile(RotatingFileHandler):
    """A log that cannot be written stops nothing: the edition matters more."""

    def _open(self) -> io.TextIOWrapper:
        """Open the file itself: through a link lines would be added to another file."""
        return io.TextIOWrapper(open(self.baseFilename, "ab", opener=open_itself), encoding=self.encoding)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802
        """Say nothing: a full disk is told by the step that needs it."""


@contextmanager
def recorded(processed: Path) -> Iterator[None]:
    """Write what is logged inside to the log file; a log that cannot be written stops nothing."""
    handler = LogFile(processed / LOG_FILE, maxBytes=MOST_BYTES, backupCount=FILES_KEPT, encoding="utf-8", delay=True)
    handler.setFormatter(OneLine())
    level, log.propagate = log.level, False
    log.setLevel(logging.INFO)
    log.addHandler(handler)
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
        handler.close()


def say(event: str, level: int = logging.INFO, **facts: object) -> None:
    """Record one event with its facts."""
    log.log(level, event, extra={"facts": facts})


def printable(text: str) -> str:
    """Text for a terminal: what would move the cursor, change colours or reorder the line is shown as an escape."""
    return "".join(
        character if character.isprintable() or character == " " else character.encode("unicode_escape").decode()
        for character in text
    )
