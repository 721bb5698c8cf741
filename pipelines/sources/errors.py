"""What a source can refuse, as one small tree under the pipelines' own.

PipelineError
└── SourceError          a source could not give us anything to read; what was last good stands
    ├── SourceUnreachable  no answer, or one asking to come back later (`ask_again` says when)
    ├── AddressRefused     an address, host, scheme or redirect outside what source.toml allows
    └── PageRefused        an answer that is not the page we know: cut, emptied, challenged, too big, too deep
        └── PollsVanished    many of the polls it had are not in it any more
"""

from datetime import datetime

from pipelines.errors import PipelineError
from pipelines.sources.text import one_line


class SourceError(PipelineError):
    """Something a source refuses, in one line; `source` is where it happened."""

    def __init__(self, message: str) -> None:
        super().__init__(one_line(message, 400))


class SourceUnreachable(SourceError):
    """No usable answer; `ask_again` is the moment (UTC) the source asked us to wait for, where it said so."""

    def __init__(self, message: str, ask_again: datetime | None = None) -> None:
        super().__init__(message)
        self.ask_again = ask_again


class AddressRefused(SourceError):
    """An address we do not go to."""


class PageRefused(SourceError):
    """A whole page that is not taken in."""


class PollsVanished(PageRefused):
    """A page that lacks many of the polls it had."""
