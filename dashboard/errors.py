"""What the dashboard refuses.

DashboardError
├── UnknownAddress    a path, election, edition or value that is not on offer
├── Busy              too much is being worked out at this moment
├── Gone              a document made by other code than this, which is kept no more
└── NothingPublished  no edition at all yet
"""


class DashboardError(Exception):
    """Something the dashboard refuses to show."""


class UnknownAddress(DashboardError):
    """A path, election, edition or value that is not on offer."""


class Busy(DashboardError):
    """Too much is being worked out at this moment."""


class Gone(DashboardError):
    """A document made by other code than this, which is kept no more."""


class NothingPublished(DashboardError):
    """No edition was published yet."""
