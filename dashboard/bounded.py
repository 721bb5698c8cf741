"""A process-wide bound on what is worked out: two at a time, a short wait, then a refusal that says when to come back.

Answers that are in memory never come here, so they are given however busy the process is.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dashboard.errors import Busy

AT_WORK = 2
PATIENCE_SECONDS = 0.25
RETRY_AFTER_SECONDS = 1


class ComputeBound:
    """So many threads work something out at once; another waits for `patience` seconds and is refused."""

    def __init__(self, at_work: int = AT_WORK, patience: float = PATIENCE_SECONDS) -> None:
        self._places = threading.BoundedSemaphore(at_work)
        self._patience = patience
        self._mine = threading.local()

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place to work in; a thread that has one works on in it. Raises Busy."""
        if getattr(self._mine, "has_place", False):
            yield
            return
        if not self._places.acquire(timeout=self._patience):
            raise Busy("too much is being worked out")
        self._mine.has_place = True
        try:
            yield
        finally:
            self._mine.has_place = False
            self._places.release()
