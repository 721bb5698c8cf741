"""What the pipelines refuse, as one small tree.

PipelineError
├── RawDataError      a file under data/raw is not in its schema (file, row, value, remedy)
├── UnknownElection   no reference file names that election
├── NothingKnown      nothing was published up to the as-of date
├── TooManyPolls      more polls than the model takes
├── AsOfRefused       an as-of date after today or after the vote
├── LedgerDamaged     the ledger's file does not read back as it was written
├── LedgerUnusable    the disk refuses the ledger's file: full, read-only, failing
├── EditionRefused    the finished edition fails its own check
├── AlreadyRunning    another process holds the lock
├── TaskDied          the process of a task was killed, or there is none to be had
├── RulesRefused      the file of alert rules is not in its schema
├── ImportRefused     a file to import that is not there, or a source nobody knows
├── RulingRefused     a ruling that does not fit what is quarantined
├── DraftRefused      a draft of a poll that is not there, or is not yet somebody else's
├── BackupRefused     a backup that is not what it says, or a place that is not empty
├── EditionError         something the edition store refuses
│   ├── NoEdition          nothing was published for that election and day
│   ├── EditionDamaged     a file is missing or its bytes are not those of the manifest
│   ├── EditionNewer       an edition, or what lies beside it, that a newer program wrote
│   └── EditionUnsound     a finished edition contradicts itself and is not published
└── SourceError          a source could not give us anything to read; what was last good stands
    ├── SourceUnreachable  no answer, or one asking to come back later (`ask_again` says when)
    ├── AddressRefused     an address, host, scheme or redirect outside what the source's settings allow
    └── PageRefused        an answer that is not the page we know: cut, emptied, challenged, too big, too deep
        └── PollsVanished    many of the polls it had are not in it any more
"""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


def first_of(error: "ValidationError") -> str:
    """The first thing that a model refused: where it stands, and why."""
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"


def one_line(text: object, longest: int = 120) -> str:
    """Text for a message or a log: control characters escaped, one line, cut at `longest`.

    >>> one_line("a\\r\\n\\x1b[31mb")
    'a\\\\r\\\\n\\\\x1b[31mb'
    """
    plain = str(text)
    cut = plain if len(plain) <= longest else plain[:longest] + "…"
    if cut.isprintable():
        return cut
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in cut)


class PipelineError(Exception):
    """Something the pipelines refuse; the message says value, place and remedy."""


class RawDataError(PipelineError):
    """A file under data/raw that is not in its schema."""


class UnknownElection(PipelineError):
    """An election that no reference file names."""


class NothingKnown(PipelineError):
    """No poll was known on the as-of day."""


class TooManyPolls(PipelineError):
    """More polls of one campaign than the model takes in bounded time and memory."""


class AsOfRefused(PipelineError):
    """An as-of date that lies after today or after the vote."""


class LedgerDamaged(PipelineError):
    """A ledger that does not read back as it was written."""


class LedgerUnusable(PipelineError):
    """A disk that refuses the ledger's file."""


class EditionRefused(PipelineError):
    """A finished edition that fails its own check."""


class AlreadyRunning(PipelineError):
    """Another process holds the lock."""


class TaskDied(PipelineError):
    """The process of a task was killed, or there is none to be had."""


class RulesRefused(PipelineError):
    """A file of alert rules that is not in its schema."""


class BackupRefused(PipelineError):
    """A backup that is not what it says it is, or a place to restore to that is not empty."""


class ImportRefused(PipelineError):
    """A file that cannot be imported."""


class DraftRefused(PipelineError):
    """A draft of the desk that is not there, or may not be approved by who asks."""


class RulingRefused(PipelineError):
    """A ruling that does not fit what is quarantined."""


class EditionError(PipelineError):
    """Something the edition store refuses; the message says value, place and remedy."""


class NoEdition(EditionError):
    """Nothing was published for that election and day."""


class EditionDamaged(EditionError):
    """A file of an edition is missing or is not what the manifest says."""


class EditionNewer(EditionError):
    """An edition, or what lies beside it, that a newer program wrote."""


class EditionUnsound(EditionError):
    """A finished edition that contradicts itself; it is not published."""


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
