"""The naive way, to be measured beside ours: a Dash app whose callback builds a go.Figure from the edition's trend.

The same data, gunicorn with as many workers and threads; nothing else is spared: no cache, as most dashboards are.
`python -m bench.naive DATA_DIR PORT`.
"""

import sys
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
from dash import Dash, Input, Output, dcc, html
from gunicorn.app.base import BaseApplication

from dashboard.serve.server import THREADS, WORKERS
from pipelines.editions.store import Edition, EditionStore

ELECTION = "knesset-26"


def figure(edition: Edition, unit: str) -> go.Figure:
    """Every list's band, line and polls, as a tutorial would draw them."""
    trend = edition.trend
    colours = {item.id: item.colour_light for item in edition.reference.lists}
    chart = go.Figure()
    for line in trend.lines:
        level = line.seats if unit == "seats" else line.share
        low, high = (line.seats_low, line.seats_high) if unit == "seats" else (line.share_low, line.share_high)
        colour = colours.get(line.id, "#888888")
        chart.add_trace(go.Scatter(x=trend.dates, y=high, mode="lines", line={"width": 0}, showlegend=False))
        chart.add_trace(go.Scatter(x=trend.dates, y=low, mode="lines", fill="tonexty", line={"width": 0}))
        chart.add_trace(go.Scatter(x=trend.dates, y=level, mode="lines", name=line.id, line={"color": colour}))
        dots = [(dot.date, dot.share * 120 if unit == "seats" else dot.share) for dot in line.dots]
        chart.add_trace(
            go.Scatter(x=[day for day, _ in dots], y=[value for _, value in dots], mode="markers", name=line.id)
        )
    return chart.update_layout(template="plotly_white", hovermode="x unified")


def app(edition: Edition) -> Dash:
    dash_app = Dash("naive")
    dash_app.layout = html.Div(
        [
            html.H1("Polls"),
            dcc.Dropdown(["seats", "share"], "seats", id="unit"),
            dcc.Graph(id="trend"),
        ]
    )
    dash_app.callback(Output("trend", "figure"), Input("unit", "value"))(lambda unit: figure(edition, unit))
    return dash_app


class Server(BaseApplication):
    def __init__(self, application: Any, port: int) -> None:
        self._application, self._port = application, port
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"127.0.0.1:{self._port}",
            "worker_class": "gthread",
            "workers": WORKERS,
            "threads": THREADS,
            "preload_app": True,
            "control_socket_disable": True,
            "loglevel": "warning",
            "graceful_timeout": 2,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self._application


if __name__ == "__main__":
    store = EditionStore(Path(sys.argv[1]) / "processed")
    Server(app(store.open(ELECTION)).server, int(sys.argv[2])).run()
