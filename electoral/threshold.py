"""Who takes part in the distribution of seats: the threshold is a share of all valid votes."""

from collections.abc import Mapping
from fractions import Fraction

from electoral.errors import VotesError


def qualifying(votes: Mapping[str, int], threshold: Fraction, other_votes: int = 0) -> tuple[str, ...]:
    """The lists, in the order given, whose votes are not less than the threshold's share of all valid votes.

    `other_votes` are valid votes of lists not named. A list without a single vote never qualifies.

    Law: s. 81(a), "not less than"; the base is the valid votes, s. 78 having taken the invalid ones out.

    >>> qualifying({"a": 60, "b": 37, "c": 3}, Fraction(3, 100))
    ('a', 'b', 'c')
    >>> qualifying({"a": 971, "b": 29}, Fraction(3, 100))
    ('a',)
    """
    valid = sum(votes.values()) + other_votes
    passing = tuple(name for name, count in votes.items() if count > 0 and count >= threshold * valid)
    if not passing:
        raise VotesError(
            f"no list qualifies: none of {len(votes)} lists has {float(threshold):.4%} of {valid} valid "
            "votes; check the votes or lower the threshold"
        )
    return passing
