"""A bloc's line is the sum of its lists' lines, with the threshold of the day."""

import pytest

from dashboard.pages.trends.bloc_lines import bloc_trend
from pipelines.editions.store import Edition
from tests.dashboard import editions


def test_shares_of_all_blocs_are_those_of_all_lists(edition: Edition) -> None:
    lists = sum(item.share[-1] or 0 for item in edition.trend.lines)
    assert sum(item.share[-1] or 0 for item in bloc_trend(edition).lines) == pytest.approx(lists)


@pytest.mark.parametrize(("format_", "counts"), [(2, False), (3, True)])
def test_in_seats_a_list_under_the_threshold_counts_only_with_its_expected_seats(
    edition: Edition, format_: int, counts: bool
) -> None:
    edition.manifest = edition.manifest.model_copy(update={"format": format_})
    low = [
        item if item.id != "gamma" else item.model_copy(update={"share": [0.03] * editions.DAYS})
        for item in edition.trend.lines
    ]
    edition.trend = edition.trend.model_copy(update={"lines": low})
    alpha, gamma = (next(item for item in low if item.id == name) for name in ("alpha", "gamma"))
    north = next(item for item in bloc_trend(edition).lines if item.id == "north")
    both = [None if a is None or g is None else a + g for a, g in zip(alpha.seats, gamma.seats, strict=True)]
    assert north.seats == (both if counts else alpha.seats)
    assert north.mean_14_seats == alpha.mean_14_seats


def test_a_break_in_a_list_breaks_its_bloc_and_no_interval_is_made_up(edition: Edition) -> None:
    north = bloc_trend(edition).lines[0]
    assert north.seats[20:23] == [None] * 3
    assert {*north.seats_low, *north.share_high} == {None}


def test_a_poll_that_left_a_list_out_is_no_dot(edition: Edition) -> None:
    lines = [
        item if item.id != "gamma" else item.model_copy(update={"dots": item.dots[:3] + item.dots[4:]})
        for item in edition.trend.lines
    ]
    edition.trend = edition.trend.model_copy(update={"lines": lines})
    dots = {dot.poll for dot in bloc_trend(edition).lines[0].dots}
    assert dots == {f"p{at}" for at in range(12)} - {"p3"}


def test_a_blocs_dot_is_open_where_one_of_its_lists_is(edition: Edition) -> None:
    first, *others = edition.trend.lines
    dots = [dot.model_copy(update={"composed": dot.poll == "p3"}) for dot in first.dots]
    edition.trend = edition.trend.model_copy(update={"lines": [first.model_copy(update={"dots": dots}), *others]})
    assert {dot.poll for item in bloc_trend(edition).lines for dot in item.dots if dot.composed} == {"p3"}
