"""The server's picture draws what the figure says: every mark of the subset, and nothing it does not know."""

import re
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from dashboard.blocks import Block, FigureDict
from dashboard.drawing import layout, line, note
from dashboard.i18n import HIDDEN, Translator, translator
from dashboard.pages import PAGES
from dashboard.render import card, svg
from dashboard.render.svg import UnknownProperty, day_number, in_page, in_palette
from dashboard.render.template import LIGHT, palettes
from pipelines.editions.store import Edition
from tests.dashboard.conftest import view_of

SHARES = {"x": [0, 5, 10], "y": [0, 10, 5]}


def figure(*traces: dict[str, object], **own: object) -> FigureDict:
    axes = {"xaxis": {"range": [0, 10], "dtick": 5}, "yaxis": {"range": [0, 10], "dtick": 5}}
    return {"data": list(traces), "layout": layout(120, (10, 10, 10, 10), **{**axes, **own}), "narrow": {"height": 60}}


def drawn(shown: FigureDict, width: int = 120) -> ElementTree.Element:
    return ElementTree.fromstring(svg.inside(shown, "desk", width, False))


def paths(root: ElementTree.Element) -> list[str]:
    return [node.get("d") or "" for node in root.iter("path")]


def test_a_line_passes_through_its_points_and_breaks_where_one_is_missing() -> None:
    trace = {"type": "scatter", "mode": "lines", "x": [0, 5, 7, 10], "y": [0, 10, None, 5], "line": {"color": "@ink"}}
    assert "M10,110l50,-100M110,60" in paths(drawn(figure(trace)))


def test_a_bar_stands_on_its_base_with_its_middle_on_its_place() -> None:
    trace = {"type": "bar", "x": [5], "y": [8], "base": [2], "width": 2, "marker": {"color": "@ink"}}
    rect = next(iter(drawn(figure(trace)).iter("rect")))
    assert [rect.get(name) for name in ("x", "y", "width", "height")] == ["50", "10", "20", "80"]


def test_an_outline_is_closed() -> None:
    trace = {
        "type": "scatter", "mode": "lines", "x": [0, 5, 5], "y": [0, 0, 10], "fill": "toself",
        "fillcolor": "@ink/14", "line": {"width": 0},
    }  # fmt: skip
    root = drawn(figure(trace))
    assert "M10,110l50,0l0,-100Z" in paths(root)
    assert next(node for node in root.iter("path") if (node.get("d") or "").endswith("Z")).get("fill-opacity") == "0.14"


def test_shapes_stand_on_axes_on_the_paper_and_at_so_many_pixels() -> None:
    pixel = {
        "type": "rect", "xsizemode": "pixel", "ysizemode": "pixel", "xanchor": 5, "yanchor": 5, "x0": -2, "x1": 2,
        "y0": -8, "y1": 8, "fillcolor": "@paper", "layer": "between", "line": {"color": "@ink", "width": 1},
    }  # fmt: skip
    root = drawn(figure(shapes=[line(0, 1, 5, 5, "@ink", 1, xref="paper"), pixel]))
    assert "M10,60L110,60" in paths(root)
    rect = next(iter(root.iter("rect")))
    assert [rect.get(name) for name in ("x", "y", "width", "height")] == ["58", "52", "4", "16"]


def test_text_keeps_its_bold_parts_and_no_other_tag() -> None:
    root = drawn(figure(annotations=[note(5, 5, "<b>22</b> &lt;i&gt;x")]))
    text = next(node for node in root.iter("text") if "22" in "".join(node.itertext()))
    assert "".join(text.itertext()) == "22 <i>x"
    assert [span.text for span in text.iter("tspan")] == ["22"]


def test_open_dots_are_an_edge_and_the_paper_inside_it() -> None:
    marker = {"color": "@ink", "size": 4, "symbol": "circle-open", "line": {"width": 1}}
    root = drawn(figure({"type": "scatter", "mode": "markers", **SHARES, "marker": marker}))
    edge, inside = list(root.iter("path"))[-2:]
    assert edge.get("d") == inside.get("d")
    assert [(one.get("stroke"), one.get("stroke-width")) for one in (edge, inside)] == [
        ("var(--ink)", "5"),
        ("var(--paper)", "3"),
    ]


@pytest.mark.parametrize(
    "shown",
    [
        figure({"type": "pie", "values": [1]}),
        figure({"type": "scatter", "mode": "lines", **SHARES, "line": {"color": "@ink", "dash": "longdash"}}),
        figure({"type": "scatter", "mode": "markers", **SHARES, "marker": {"color": "@ink", "size": 3, "symbol": "x"}}),
        figure({"type": "scatter", "mode": "lines", **SHARES, "fill": "tozeroy", "fillcolor": "@ink"}),
        figure(shapes=[{**line(0, 1, 0, 1, "@ink", 1), "type": "circle"}]),
        figure(annotations=[{**note(0, 0, "x"), "textangle": 90}]),
        figure(legend={}),
    ],
)
def test_what_is_not_of_the_subset_is_an_error(shown: FigureDict) -> None:
    with pytest.raises(UnknownProperty):
        drawn(shown)


def test_a_narrow_picture_takes_what_a_phone_lays_out_differently() -> None:
    root = ElementTree.fromstring(svg.inside(figure(), "phone", 100, False))
    assert root.get("viewBox") == "0 0 100 60"


def test_round_ticks_are_plotlys() -> None:
    root = drawn(figure(xaxis={"range": [0, 47], "nticks": 6, "showgrid": True}))
    texts = [node.text for node in root.iter("text")]
    assert texts[:5] == ["0", "10", "20", "30", "40"]


def test_days_are_numbers_in_their_order() -> None:
    assert day_number("2019-09-02") - day_number("2019-09-01") == 1


def test_a_colour_is_the_pages_own_or_the_palettes() -> None:
    assert in_page("@bloc:north/55") == ("var(--bloc-north)", 0.55)
    assert in_palette("@ink", LIGHT) == (LIGHT["ink"], 1.0)
    assert in_palette("#123456", LIGHT) == ("#123456", 1.0)


@pytest.mark.parametrize("lang", ["en", "he"])
@pytest.mark.parametrize("path", PAGES)
def test_every_figure_of_every_page_is_of_the_subset(edition: Edition, path: str, lang: str) -> None:
    t = translator(lang)
    for part in PAGES[path].blocks(view_of(edition, path, lang)):
        if isinstance(part, Block) and part.figure is not None:
            for kind in ("desk", "phone"):
                root = ElementTree.fromstring(svg.inside(part.figure(part.values, t), kind, 400, t.is_rtl))
                assert len(list(root.iter())) > 5
                assert not re.search(r"nan|inf", ElementTree.tostring(root, "unicode"))


def test_a_picture_that_leaves_carries_its_title_its_source_and_its_type(edition: Edition, he: Translator) -> None:
    seats = next(part for part in PAGES["/"].blocks(view_of(edition)) if isinstance(part, Block) and part.id == "seats")
    assert seats.figure is not None
    palette = palettes(edition.reference)["light"]
    picture = card.picture(seats.figure(seats.values, he), palette, "כותרת", "מקור", he)
    words = " ".join(ElementTree.fromstring(picture).itertext())
    assert "כותרת" in words
    assert "מקור" in words
    assert "@font-face" in picture
    assert "var(" not in picture
    assert card.png(picture).startswith(b"\x89PNG")


def test_a_picture_has_its_finding_as_title_what_is_drawn_and_a_whole_source(edition: Edition, he: Translator) -> None:
    """A title and a source too long for a line go on in the next; nothing is drawn smaller for that."""
    view = view_of(edition)
    block = next(part for part in PAGES["/"].blocks(view) if isinstance(part, Block) and part.id == "seats")
    palette = palettes(edition.reference)["light"]
    title, source = "מלה " * 40, " · ".join(f"מקור {at}" for at in range(30))
    key = [[("seats", "מנדטים"), ("ninety", "9 מתוך 10")], [(None, "מה קרה")]]
    drawn = card.picture(block.figure(block.values, he), palette, title, source, he, "מנדטים לפי רשימה", key=key)
    texts = [
        HIDDEN.sub("", one.text) for one in ElementTree.fromstring(drawn).findall("{http://www.w3.org/2000/svg}text")
    ]
    assert len([one for one in texts if one.startswith("מלה")]) == 2
    assert "מנדטים לפי רשימה" in texts
    assert [one for one in texts if one in ("מנדטים", "9 מתוך 10", "מה קרה")] == ["מנדטים", "9 מתוך 10", "מה קרה"]
    assert drawn.count('<g transform="translate(') == 2
    assert " ".join(texts).endswith(source)
    assert {"12", "13", "18"} == set(re.findall(r'<text x="\d+" y="[\d.]+" text-anchor="end" font-size="(\d+)"', drawn))


@pytest.mark.parametrize(
    ("size", "shape"), [("wide", (1200, 675)), ("portrait", (1080, 1350)), ("column", (600, None))]
)
def test_a_picture_comes_in_the_sizes_that_are_published(
    client: FlaskClient, size: str, shape: tuple[int, int | None]
) -> None:
    answer = client.get(f"/api/v1/test-1/tonight/seats.png?lang=he&size={size}")
    width, height = (int.from_bytes(answer.data[at : at + 4], "big") for at in (16, 20))
    assert (width, height if shape[1] else None) == shape
    assert client.get("/api/v1/test-1/tonight/seats.png?lang=he&size=huge").status_code == 404
    assert client.get(f"/api/v1/test-1/tonight/seats.csv?lang=he&size={size}").status_code == 404
