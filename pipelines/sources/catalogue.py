"""Every source by its folder: what it gives and how it is read, without naming one in code."""

from functools import cache
from importlib import import_module
from typing import Protocol, cast

from pipelines.errors import RawDataError
from pipelines.sources.reading import Reading, Scope
from pipelines.sources.settings import read_settings, sources


class Parse(Protocol):
    """How a source of polls is read: from bytes and scope alone; raises PageRefused for a whole page."""

    def __call__(self, body: bytes, scope: Scope, *, content_type: str = "") -> Reading: ...


@cache
def poll_sources() -> tuple[str, ...]:
    """The sources a page or file of polls can be imported from.

    >>> "wikipedia" in poll_sources(), "cec" in poll_sources()
    (True, False)
    """
    return tuple(source for source in sources() if read_settings(source).gives == "polls")


def parse_of(source: str) -> Parse:
    """The parse of one source of polls; raises RawDataError naming those there are."""
    if source not in poll_sources():
        raise RawDataError(f"no source of polls is called {source!r}; there are {', '.join(poll_sources())}")
    return cast(Parse, import_module(f"pipelines.sources.{source}.parse").parse)
