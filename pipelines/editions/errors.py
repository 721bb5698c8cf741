"""What the edition store refuses.

EditionError
├── NoEdition         nothing was published for that election and day
└── EditionDamaged    a file is missing or its bytes are not those of the manifest
"""


class EditionError(Exception):
    """Something the edition store refuses; the message says value, place and remedy."""


class NoEdition(EditionError):
    """Nothing was published for that election and day."""


class EditionDamaged(EditionError):
    """A file of an edition is missing or is not what the manifest says."""
