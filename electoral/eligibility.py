"""Who takes part in the distribution of seats: thresholds are shares of all valid votes."""

from collections.abc import Mapping

from electoral.errors import VotesError
from electoral.rules import ElectoralRules


def qualifying(votes: Mapping[str, int], rules: ElectoralRules, other_votes: int = 0) -> tuple[str, ...]:
    """The lists, in the order given, whose votes are not less than their threshold's share of all valid votes.

    `other_votes` are valid votes of lists not named. A list without a single vote never qualifies.

    Law: s. 81(a), "not less than"; the base is the valid votes, s. 78 having taken the invalid ones out.

    >>> from fractions import Fraction
    >>> from electoral.rules import Formula
    >>> rules = ElectoralRules(120, Fraction(3, 100), Formula.DHONDT)
    >>> qualifying({"a": 60, "b": 37, "c": 3}, rules)
    ('a', 'b', 'c')
    >>> qualifying({"a": 971, "b": 29}, rules)
    ('a',)
    """
    valid = sum(votes.values()) + other_votes
    needed = {name: rules.threshold_of(name) for name in votes}
    passing = tuple(
        name
        for name, count in votes.items()
        if count > 0 and count * needed[name].denominator >= needed[name].numerator * valid
    )
    if not passing:
        raise VotesError(
            f"no list qualifies: none of {len(votes)} lists has {float(rules.threshold):.4%} of {valid} valid "
            "votes; check the votes or lower the threshold"
        )
    return passing
