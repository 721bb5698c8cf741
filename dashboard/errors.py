"""What the dashboard refuses.

DashboardError
├── UnknownAddress    a path, election, edition or value that is not on offer
│   └── BeforeFirst   a day before the first of which there is an edition
├── Busy              too much is being worked out at this moment
├── Gone              a document made by other code than this, or an edition that was removed
└── NothingPublished  no edition at all yet
"""

from datetime import date


class DashboardError(Exception):
    """Something the dashboard refuses to show."""


class UnknownAddress(DashboardError):
    """A path, election, edition or value that is not on offer."""


class BeforeFirst(UnknownAddress):
    """A day before the first of which there is an edition."""

    def __init__(self, first: date) -> None:
        super().__init__(f"the first day is {first}")
        self.first = first


class Busy(DashboardError):
    """Too much is being worked out at this moment."""


class Gone(DashboardError):
    """A document made by other code than this, or an edition that was removed: what was kept no more."""


class NothingPublished(DashboardError):
    """No edition was published yet."""
