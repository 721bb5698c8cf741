"""What the dashboard refuses.

DashboardError
├── UnknownAddress    a path, election, edition or value that is not on offer
└── NothingPublished  no edition at all yet
"""


class DashboardError(Exception):
    """Something the dashboard refuses to show."""


class UnknownAddress(DashboardError):
    """A path, election, edition or value that is not on offer."""


class NothingPublished(DashboardError):
    """No edition was published yet."""
