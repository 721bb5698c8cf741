"""What Dash has on a page: an island for each figure, and callbacks that all run in the browser.

The layout is the same on every page: the address, the document of the address, the look, and the islands. The
component `Island` is ours: assets/page.js holds its JavaScript, which lays a `dcc.Graph` over a block's picture.
"""

from typing import Any, ClassVar

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component

ADDRESS, DOCUMENT, LOOK, ISLANDS = "address", "document", "look", "islands"
NAMESPACE = "hemicycle"


class Island(Component):
    """The place of one figure's graph; `block` is the id of the block whose slot it stands in."""

    # Dash reads these lists from the class
    _namespace = NAMESPACE
    _type = "Island"
    _prop_names: ClassVar[list[str]] = ["id", "block", "children"]
    _children_props: ClassVar[list[str]] = []
    _base_nodes: ClassVar[list[str]] = ["children"]
    _valid_wildcard_attributes: ClassVar[list[str]] = []
    available_properties: ClassVar[list[str]] = ["id", "block", "children"]
    available_wildcard_properties: ClassVar[list[str]] = []

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
