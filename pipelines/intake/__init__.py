"""Sources → names → checks → ledger: how polls come in."""

from pipelines.intake.archive import ARCHIVE, accept, fingerprint, open_reference
from pipelines.intake.take import take_in

__all__ = ["ARCHIVE", "accept", "fingerprint", "open_reference", "take_in"]
