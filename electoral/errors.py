"""What the core refuses, as one small tree.

ElectoralError
├── RulesError        a rule that cannot be: house of no seats, threshold outside 0–1, …
├── VotesError        votes that are no whole numbers, a list twice, an agreement with a stranger
└── DrawsError        draws with NaN, a negative share or a sum above one
"""


class ElectoralError(ValueError):
    """Something the core refuses; the message says value, place and remedy."""


class RulesError(ElectoralError):
    """A rule that cannot be applied."""


class VotesError(ElectoralError):
    """Votes, lists or agreements that contradict each other."""


class DrawsError(ElectoralError):
    """Share draws that are no distribution of votes."""
