"""What the dashboard refuses.

DashboardError
├── UnknownAddress    a path, election, edition or value that is not on offer
├── Gone              a document of an earlier release that is kept no more
└── NothingPublished  no edition at all yet
"""


class DashboardError(Exception):
    """Something the dashboard refuses to show."""


class UnknownAddress(DashboardError):
    """A path, election, edition or value that is not on offer."""


class Gone(DashboardError):
    """A document of an earlier release that is kept no more."""


class NothingPublished(DashboardError):
    """No edition was published yet."""
