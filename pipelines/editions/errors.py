"""What the edition store refuses.

EditionError
├── NoEdition         nothing was published for that election and day
├── EditionDamaged    a file is missing or its bytes are not those of the manifest
├── EditionNewer      an edition, or what lies beside it, that a newer program wrote
└── EditionUnsound    a finished edition contradicts itself and is not published
"""


class EditionError(Exception):
    """Something the edition store refuses; the message says value, place and remedy."""


class NoEdition(EditionError):
    """Nothing was published for that election and day."""


class EditionDamaged(EditionError):
    """A file of an edition is missing or is not what the manifest says."""


class EditionNewer(EditionError):
    """An edition, or what lies beside it, that a newer program wrote."""


class EditionUnsound(EditionError):
    """A finished edition that contradicts itself; it is not published."""
