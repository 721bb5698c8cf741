"""The builder's drawings hold every draw and every seat."""

import numpy as np
import pytest

from dashboard.figures.builder import hemicycle, hemicycle_figure, meter_figure
from dashboard.i18n import Translator


def test_the_meter_shows_every_draw_and_colours_the_majority(en: Translator) -> None:
    drawn = meter_figure(np.array([60, 60, 61, 62]), 120, 61, en)
    bars = drawn["data"][0]
    assert (bars["x"], bars["y"]) == ([60, 61, 62], [0.5, 0.25, 0.25])
    assert [colour == "@accent" for colour in bars["marker"]["color"]] == [False, True, True]


@pytest.mark.parametrize("seats", [1, 2, 20, 120, 349, 650])
def test_a_hemicycle_has_a_place_a_seat_and_none_twice(seats: int) -> None:
    places = hemicycle(seats)
    assert len(places) == len(set(places)) == seats
    assert all(-1 <= x <= 1 and 0 <= y <= 1 for x, y in places)


def test_the_government_is_filled_and_the_rest_hollow() -> None:
    drawn = hemicycle_figure({"a": 2, "b": 1}, ["a", "b"], {"a": "government"}, {"a": "A", "b": "B"})
    assert drawn["data"][0]["marker"]["color"] == ["@list:a", "@list:a", "@list:b/22"]
    assert drawn["data"][0]["text"] == ["A", "A", "B"]
