"""The bloc bars end where the quantiles do, and the majority line carries its number."""

from dashboard.figures.blocs import blocs_figure
from dashboard.i18n import Translator
from pipelines.editions.store import Edition


def test_a_bar_is_solid_to_the_fifth_percentile_and_fades_to_the_ninety_fifth(edition: Edition, en: Translator) -> None:
    drawn = blocs_figure(edition.projection, {}, en)
    solid, fading = drawn["data"][0], drawn["data"][-1]
    north = edition.projection.blocs[0].seats
    assert (solid["base"][0], solid["x"][0]) == (0.0, north.q05)
    assert fading["base"][0] + fading["x"][0] == north.q95


def test_the_majority_line_stands_at_the_editions_majority(edition: Edition, en: Translator) -> None:
    drawn = blocs_figure(edition.projection.model_copy(update={"majority": 51}), {}, en)
    line = next(shape for shape in drawn["layout"]["shapes"] if shape["name"] == "majority")
    assert (line["x0"], line["x1"]) == (51, 51)
    assert "<b>51</b>" in [note["text"] for note in drawn["layout"]["annotations"]]
