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
├── RulesRefused      the file of alert rules is not in its schema
├── ImportRefused     a file to import that is not there, or a source nobody knows
├── RulingRefused     a ruling that does not fit what is quarantined
└── BackupRefused     a backup that is not what it says, or a place that is not empty
"""


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


class RulesRefused(PipelineError):
    """A file of alert rules that is not in its schema."""


class BackupRefused(PipelineError):
    """A backup that is not what it says it is, or a place to restore to that is not empty."""


class ImportRefused(PipelineError):
    """A file that cannot be imported."""


class RulingRefused(PipelineError):
    """A ruling that does not fit what is quarantined."""
