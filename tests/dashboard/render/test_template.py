"""Colour tokens resolve the same way in Python and in the browser, and figures are Plotly's own kind."""

import re
from pathlib import Path

import plotly.graph_objects as go
import plotly.io as pio
import pytest

from dashboard.blocks import Block
from dashboard.i18n import translator
from dashboard.pages import PAGES
from dashboard.render.template import DARK, LIGHT, TEMPLATE, palettes, register_templates, resolve, style_sheet
from pipelines.editions.store import Edition
from tests.dashboard.conftest import view_of

PAGE_JS = Path(__file__).parents[3] / "dashboard" / "assets" / "page.js"


def test_tokens_stand_only_where_colours_do() -> None:
    figure = {"text": "@ink", "marker": {"color": ["@ink", "@accent/14", "#fff", "@nobody"]}, "name": "@paper"}
    assert resolve(figure, LIGHT) == {
        "text": "@ink",
        "marker": {"color": [LIGHT["ink"], "rgba(11,95,165,0.14)", "#fff", "@nobody"]},
        "name": "@paper",
    }


def test_both_themes_have_the_same_colours_and_the_style_sheet_has_them_all() -> None:
    assert LIGHT.keys() == DARK.keys()
    for name in LIGHT:
        assert f"--{name}:" in style_sheet({"light": LIGHT, "dark": DARK})


def test_the_browsers_twin_is_as_short() -> None:
    twin = re.search(r"function resolve\(.*?\n  }\n", PAGE_JS.read_text("utf-8"), re.S)
    assert twin is not None
    assert twin[0].count("\n") <= 20


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_every_figure_is_a_figure_of_plotly_under_the_registered_template(
    edition: Edition, path: str, theme: str
) -> None:
    register_templates(edition.reference)
    assert f"hemicycle-{theme}" in pio.templates
    palette = palettes(edition.reference)[theme]
    for lang in ("en", "he"):
        for part in PAGES[path].blocks(view_of(edition, path)):
            if not isinstance(part, Block) or part.figure is None:
                continue
            figure = part.figure(part.values, translator(lang))
            for layout in (figure["layout"], {**figure["layout"], **figure["narrow"]}):
                drawn = resolve({"data": figure["data"], "layout": layout}, palette)
                assert "@" not in str([value for trace in drawn["data"] for value in trace.get("marker", {}).values()])
                go.Figure({**drawn, "layout": {**drawn["layout"], "template": f"hemicycle-{theme}"}})


def test_the_template_is_valid() -> None:
    go.layout.Template(resolve(TEMPLATE, LIGHT))
