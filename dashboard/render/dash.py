"""What Dash has on a page: an island for each figure, and callbacks that all run in the browser.

The layout is the same on every page: the address, the document of the address, the look, and the islands. The
component `Island` is ours: assets/page.js holds its JavaScript, which lays a `dcc.Graph` over a block's picture.
"""

from collections.abc import Hashable
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

from dashboard.blocks import FigureDict

ADDRESS, DOCUMENT, LOOK, ISLANDS = "address", "document", "look", "islands"
NAMESPACE = "hemicycle"


class Island(Component):
    """The place of one figure's graph; `block` is the id of the block whose slot it stands in."""

    # Dash declares these lists as its instances' own and reads them from the class
    _namespace = NAMESPACE
    _type = "Island"
    _prop_names: list[str] = ["id", "block", "children"]  # noqa: RUF012
    _children_props: list[str] = []  # noqa: RUF012
    _base_nodes: list[str] = ["children"]  # noqa: RUF012
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012
    available_properties: list[str] = ["id", "block", "children"]  # noqa: RUF012
    available_wildcard_properties: list[str] = []  # noqa: RUF012

    def __init__(self, children: Any = None, **properties: Any) -> None:
        super().__init__(children=children, **properties)  # type: ignore[no-untyped-call]


def layout() -> Component:
    """The whole of Dash's layout, on every page."""
    return html.Div(
        [dcc.Location(id=ADDRESS, refresh=False), dcc.Store(id=DOCUMENT), dcc.Store(id=LOOK), html.Div(id=ISLANDS)]
    )


def graph_id(block: Any) -> dict[str, Any]:
    return {"type": "graph", "block": block}


def callbacks(app: Dash) -> None:
    """Address → document → graphs; look → colours; a drag on a chart → address. None runs on the server."""
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(NAMESPACE, "follow"),
        Output(DOCUMENT, "data"),
        Input(ADDRESS, "pathname"),
        Input(ADDRESS, "search"),
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(NAMESPACE, "show"), Output(ISLANDS, "children"), Input(DOCUMENT, "data")
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(NAMESPACE, "paint"),
        Output(graph_id(ALL), "figure"),
        Input(LOOK, "data"),
        State(graph_id(ALL), "id"),
        prevent_initial_call=True,
    )
    app.clientside_callback(  # type: ignore[no-untyped-call]
        ClientsideFunction(NAMESPACE, "period"),
        Output(ADDRESS, "hash"),
        Input(graph_id(ALL), "relayoutData"),
        prevent_initial_call=True,
    )


def shared(figure: FigureDict) -> FigureDict:
    """A figure as a document carries it: what its marks say and where they lead (`customdata`) stands once, in `meta`.

    A poll is a dot of every list; assets/page.js puts the words back in the places that are numbered here.
    """
    places: dict[Hashable, int] = {}

    def numbered(rows: list[Any]) -> list[int]:
        return [places.setdefault(tuple(row) if isinstance(row, list) else row, len(places)) for row in rows]

    data = [
        trace | {"customdata": numbered(trace["customdata"])} if "customdata" in trace else trace
        for trace in figure["data"]
    ]
    return figure | {"data": data, "layout": figure["layout"] | {"meta": list(places)}} if places else figure
