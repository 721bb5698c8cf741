"""Labels keep their order and their distance."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from dashboard.drawing import spread


@given(st.lists(st.floats(0, 40), max_size=16))
def test_labels_never_lie_on_each_other_and_keep_their_order(wanted: list[float]) -> None:
    places = spread(wanted, 1.0, 0.0, 40.0)
    ordered = sorted(places)
    assert all(after - before >= 1.0 - 1e-9 for before, after in itertools.pairwise(ordered))
    assert all(-1e-9 <= place <= 40.0 + 1e-9 for place in places)
    for one in range(len(wanted)):
        for other in range(len(wanted)):
            if wanted[one] < wanted[other]:
                assert places[one] < places[other]


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([3.0, 9.0, 30.0], 2.0, 0.0, 40.0) == [3.0, 9.0, 30.0]
