"""Share draws: distributions of votes, the same for a seed, as wide as the error says."""

import tracemalloc

import numpy as np
import pytest

from pipelines.forecast import polling_error
from pipelines.forecast.polling_error import Centre, PollingError, draw, seed_for, shrink_blocs
from pipelines.trend.observations import to_share, to_z

OTHERS_SHARE = 0.011
ERROR = PollingError((0.05, 0.05, 0.06, 0.08), -0.2)
SHARES = {"a": 0.3, "b": 0.3, "c": 0.2, "d": 0.1, "e": 0.05, "f": 0.035}
CENTRES = [Centre(name, float(to_z(share)), 0.0001) for name, share in SHARES.items()]


def test_every_draw_is_closed_to_what_other_lists_leave() -> None:
    shares = draw(CENTRES, ERROR, 7, 5_000, (0,), others=OTHERS_SHARE).shares
    assert shares.sum(axis=0) == pytest.approx(1 - OTHERS_SHARE, abs=1e-5)
    assert (shares >= 0).all()


def test_a_seed_is_a_draw_and_each_purpose_has_its_own() -> None:
    first = draw(CENTRES, ERROR, 7, 500, seed_for(0, "knesset-22", 1, "nowcast"), others=OTHERS_SHARE)
    again = draw(CENTRES, ERROR, 7, 500, seed_for(0, "knesset-22", 1, "nowcast"), others=OTHERS_SHARE)
    other = draw(CENTRES, ERROR, 7, 500, seed_for(0, "knesset-22", 1, "election-day"), others=OTHERS_SHARE)
    assert (first.shares == again.shares).all()
    assert not (first.shares == other.shares).all()


def test_draws_are_what_an_edition_can_store() -> None:
    shares = draw(CENTRES, ERROR, 7, 500, (0,), others=OTHERS_SHARE).shares
    assert (shares == shares.astype(np.float32)).all()


def test_how_many_are_worked_on_at_a_time_changes_none(monkeypatch: pytest.MonkeyPatch) -> None:
    blocs, others = [("a", "c"), ("b",)], Centre("others", 0.2, 0.001)
    whole = draw(CENTRES, ERROR, 7, 500, (3,), blocs, others=others).shares
    monkeypatch.setattr(polling_error, "CHUNK", 64)
    assert (draw(CENTRES, ERROR, 7, 500, (3,), blocs, others=others).shares == whole).all()


def test_draws_are_worked_out_in_place_and_nothing_else_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(polling_error, "CHUNK", 1_024)
    tracemalloc.start()
    shares = draw(CENTRES, ERROR, 7, 50_000, (5,), others=OTHERS_SHARE).shares
    after, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after < 1.1 * shares.nbytes
    assert peak < 1.4 * shares.nbytes  # a second array makes it 2


def test_the_spread_of_a_small_list_is_the_error_and_grows_with_the_days_ahead() -> None:
    near, far = (draw(CENTRES, ERROR, days, 100_000, (1,), others=OTHERS_SHARE).row("e") for days in (1, 30))
    assert np.std(to_z(near)) < np.std(to_z(far))
    expected = np.sqrt((0.0001 + (0.05 * float(ERROR.factor(np.array([0.05]), [False])[0])) ** 2) * 8 / 6)
    # Closing to one moves a small list a little as well.
    assert np.std(to_z(near)) == pytest.approx(expected, rel=0.15)


def test_the_middle_of_the_draws_is_the_centre() -> None:
    shares = draw(CENTRES, ERROR, 7, 100_000, (2,), others=OTHERS_SHARE)
    scale = (1 - OTHERS_SHARE) / sum(SHARES.values())
    for name, share in SHARES.items():
        assert np.median(shares.row(name)) == pytest.approx(share * scale, rel=0.03)


@pytest.mark.parametrize("is_steady", [False, True])
def test_a_list_lies_from_its_centre_as_far_as_its_variance_and_the_error_of_its_size_say(is_steady: bool) -> None:
    """y = c + √(v + (s·f)²) where the noise of one list is 1 and that of the others 0."""
    centres = [*CENTRES[:-1], Centre("f", float(to_z(0.035)), 0.0004, is_steady)]

    def only_of_the_last(_: tuple[int, ...], lists: int, count: int) -> np.ndarray:
        return np.repeat(np.arange(lists)[:, np.newaxis] == lists - 1, count, axis=1).astype(np.float64)

    shares = draw(centres, ERROR, 14, 3, (0,), others=1 - sum(SHARES.values()), noise=only_of_the_last)
    factor = (0.035 / 0.06) ** -0.2 * (0.5 if is_steady else 1.0)
    moved = float(to_share(to_z(0.035) + np.sqrt(0.0004 + (0.06 * factor) ** 2)))
    assert shares.row("f") / shares.row("a") == pytest.approx(moved / 0.3, rel=1e-5)
    assert shares.row("b") / shares.row("a") == pytest.approx(1, rel=1e-5)


def test_others_that_polls_print_are_drawn_like_a_list_and_are_the_rest() -> None:
    others = Centre("others", float(to_z(1 - sum(SHARES.values()))), 0.0)
    drawn = draw(CENTRES, ERROR, 7, 20_000, (6,), others=others)
    assert drawn.lists == tuple(SHARES)
    rest = 1 - drawn.shares.astype(np.float64).sum(axis=0)
    assert (rest >= 0).all()
    assert np.median(rest) == pytest.approx(1 - sum(SHARES.values()), rel=0.05)
    assert len(np.unique(rest)) > 10_000, "in each draw another share"


def test_every_blocs_total_moves_less_and_its_lists_keep_their_proportions() -> None:
    rng = np.random.default_rng(3)
    shares = rng.dirichlet([10, 20, 30, 40], size=2_000).T
    centre, bloc_of = np.array([0.1, 0.2, 0.3, 0.4]), np.array([0, 0, 1, -1])
    shrunk = shrink_blocs(shares, centre, bloc_of, keep=0.5)
    assert shrunk.sum(axis=0) == pytest.approx(shares.sum(axis=0))
    for inside in (bloc_of == 0, bloc_of == 1, bloc_of == -1):
        middle = centre[inside].sum()
        assert shrunk[inside].sum(axis=0) - middle == pytest.approx((shares[inside].sum(axis=0) - middle) / 2)
    assert shrunk[0] / shrunk[1] == pytest.approx(shares[0] / shares[1])
    assert shrink_blocs(shares, centre, np.full(4, -1)) == pytest.approx(shares)


def test_the_order_of_blocs_and_of_their_lists_is_nothing() -> None:
    one, other = ([["a", "b"], ["c", "d"]], [["d", "c"], ["b", "a"]])
    drawn = [draw(CENTRES, ERROR, 7, 200, (4,), blocs, others=OTHERS_SHARE).shares.tobytes() for blocs in (one, other)]
    assert drawn[0] == drawn[1] != draw(CENTRES, ERROR, 7, 200, (4,), others=OTHERS_SHARE).shares.tobytes()


def test_an_empty_bloc_stays_empty() -> None:
    shares = np.array([[0.0, 0.5], [1.0, 0.5]])
    shrunk = shrink_blocs(shares, np.array([0.4, 0.6]), np.array([0, -1]))
    assert np.isfinite(shrunk).all()
    assert shrunk[:, 0].tolist() == [0.0, 1.0]
    assert shrunk[:, 1] == pytest.approx([0.75 * 0.5 + 0.25 * 0.4, 0.75 * 0.5 + 0.25 * 0.6]), "another draw is shrunk"
