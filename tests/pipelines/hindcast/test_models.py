"""The shrunk correlation of errors: what went together comes back weaker, and draws can always be made from it."""

import numpy as np
import pandas as pd
import pytest

from pipelines.forecast.polling_error import PastElection, PollingError
from pipelines.forecast.share_draws import Centre, draw
from pipelines.hindcast.models import PAIR_WEIGHT, learned_correlation, nearest_definite
from pipelines.trend.observations import to_share, to_z

OTHERS_SHARE = 0.011
LISTS = ("a", "b", "c", "d")


def election(misses: dict[str, float]) -> PastElection:
    """Lists of one size, each missed by so much on z."""
    polled = float(to_z((1 - OTHERS_SHARE) / len(LISTS)))
    rows = pd.DataFrame({"day": [60.0, 69.0, 99.0], "z": polled, "house": "h"})
    won = {name: float(to_share(polled + miss)) for name, miss in misses.items()}
    return PastElection(dict.fromkeys(misses, rows), 100.0, won, assumed_others_share=OTHERS_SHARE)


TOGETHER = [election({"a": s, "b": s, "c": -s, "d": -s}) for s in (0.05, -0.05, 0.05)]


def test_what_erred_together_comes_back_shrunk() -> None:
    found = learned_correlation(LISTS, TOGETHER)
    # Three elections against the weight of six; equal misses all of one size.
    expected = len(TOGETHER) / (len(TOGETHER) + PAIR_WEIGHT)
    assert found[0, 1] == pytest.approx(expected, rel=0.01)
    assert found[0, 2] == pytest.approx(-expected, rel=0.01)


def test_lists_that_never_met_and_no_past_are_uncorrelated() -> None:
    assert learned_correlation((*LISTS, "new"), TOGETHER)[-1].tolist() == [0, 0, 0, 0, 1]
    assert (learned_correlation(LISTS, []) == np.eye(4)).all()


def test_it_can_always_be_drawn_from() -> None:
    impossible = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    definite = nearest_definite(impossible)
    assert np.linalg.eigvalsh(definite).min() > 0
    assert np.diag(definite) == pytest.approx(1)


def test_draws_follow_the_correlation_and_stay_as_wide() -> None:
    shares = (0.1, 0.1, 0.4, 0.389)
    centres = [Centre(name, float(to_z(share)), 1e-4) for name, share in zip(LISTS, shares, strict=True)]
    error = PollingError((0.05,) * 4)
    correlation = np.eye(4)
    correlation[0, 1] = correlation[1, 0] = 0.8
    apart, bound = (
        draw(centres, error, 7, 50_000, (0,), correlation=found, others=OTHERS_SHARE) for found in (None, correlation)
    )
    assert np.corrcoef(bound.shares[:2])[0, 1] > np.corrcoef(apart.shares[:2])[0, 1] + 0.6
    # Closing to one takes a little from lists that move together.
    assert bound.row("a").std() == pytest.approx(apart.row("a").std(), rel=0.1)
