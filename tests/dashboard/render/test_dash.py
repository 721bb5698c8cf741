"""Dash does what it is for and nothing else: a constant layout, and callbacks that all run in the browser."""

from pathlib import Path

import dash
import pytest

from dashboard.pages import PAGES
from dashboard.reader import Reader
from dashboard.render.dash import Island, shared
from dashboard.serve.app import create_app
from tests.dashboard.conftest import TODAY, Client

ASSETS = Path(__file__).parents[3] / "dashboard" / "assets"


def test_every_callback_runs_in_the_browser(processed: Path) -> None:
    app = create_app(Reader(processed), lambda: TODAY)
    app.server.test_client().get("/_dash-dependencies")
    assert not [entry for entry in app.callback_map.values() if entry.get("callback")], "a callback of the server"
    callbacks = app._callback_list
    assert len(callbacks) == 4
    assert all(one["clientside_function"]["namespace"] == "hemicycle" for one in callbacks)


def test_the_layout_is_constant_and_holds_no_page(client_of: Client, processed: Path) -> None:
    client = client_of(processed)
    layout = client.get("/_dash-layout").get_json()
    parts = [layout, *layout["props"]["children"]]
    assert [part["props"].get("id") for part in parts] == [None, "address", "document", "look", "islands"]


def test_the_registry_is_the_one_table_of_pages(processed: Path) -> None:
    create_app(Reader(processed), lambda: TODAY)
    entries = [entry for entry in dash.page_registry.values() if "page" in entry]
    assert [entry["path"] for entry in entries] == list(PAGES)
    assert [entry["page"] for entry in entries] == list(PAGES.values())


def test_an_island_is_a_component_of_ours() -> None:
    component = Island(block="seats", id="island-seats").to_plotly_json()
    assert (component["namespace"], component["type"]) == ("hemicycle", "Island")


def test_our_script_for_paging_islands_and_colours_is_short() -> None:
    assert (ASSETS / "page.js").read_text("utf-8").count("\n") <= 150


@pytest.mark.parametrize("name", ["page.js", "controls.js", "start.js", "boot.js"])
def test_no_script_makes_html_of_text(name: str) -> None:
    script = (ASSETS / name).read_text("utf-8")
    assert "innerHTML" not in script
    assert "eval(" not in script


def test_what_marks_say_stands_once_in_a_document() -> None:
    words = [["/polls?poll=a", "A"], ["/polls?poll=b", "B"]]
    figure = {"data": [{"customdata": words}, {"y": [1]}, {"customdata": words[1:]}], "layout": {"height": 3}}
    document = shared(figure)
    assert [trace.get("customdata") for trace in document["data"]] == [[0, 1], None, [1]]
    assert [list(row) for row in document["layout"]["meta"]] == words
    assert figure["layout"] == {"height": 3}
    assert shared({"data": [{"y": [1]}], "layout": {}}) == {"data": [{"y": [1]}], "layout": {}}
