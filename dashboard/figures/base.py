"""What every figure shares: type, margins, quiet axes, and text that stays text.

A figure is `{"data", "layout", "narrow"}`; `narrow` holds what a phone lays out differently, and the browser
merges it into `layout`. Text from data goes through `label`, because the drawing library reads tags in text.
"""

from html import escape
from typing import Any

from dashboard.i18n import Translator
from dashboard.i18n.bidi import POP_ISOLATE, RIGHT_TO_LEFT_ISOLATE, in_figure
from dashboard.theme import FONT, token

Figure = dict[str, Any]
Trace = dict[str, Any]


def label(text: str) -> str:
    """A name from data as a text of the drawing: no tags, marks in place.

    >>> label("<b>x</b>")
    '&lt;b&gt;x&lt;/b&gt;'
    """
    return in_figure(escape(text, quote=False)) if text else ""


def words(text: str, t: Translator) -> str:
    """A phrase of ours inside the left-to-right drawing: a Hebrew one runs from right to left, numbers included."""
    return f"{RIGHT_TO_LEFT_ISOLATE}{text}{POP_ISOLATE}" if t.is_rtl else text


def layout(height: int, margin: tuple[int, int, int, int], **more: Any) -> Figure:
    """A transparent layout without a legend or drag; margin is left, right, top, bottom."""
    left, right, top, bottom = margin
    return {
        "height": height,
        "margin": {"l": left, "r": right, "t": top, "b": bottom, "pad": 0},
        "font": {"family": FONT, "size": 13, "color": token("ink")},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "hoverlabel": {
            "bgcolor": token("paper"),
            "bordercolor": token("hair"),
            "font": {"family": FONT, "size": 13, "color": token("ink")},
            "align": "left",
        },
        **more,
    }


def axis(**more: Any) -> Figure:
    """An axis that cannot be dragged, with small quiet numbers."""
    return {
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "showline": False,
        "ticks": "",
        "tickfont": {"size": 12, "color": token("quiet")},
        **more,
    }


def line(x0: object, x1: object, y0: object, y1: object, colour: str, width: float, **more: Any) -> Figure:
    """A straight line as a shape."""
    return {
        "type": "line",
        "x0": x0,
        "x1": x1,
        "y0": y0,
        "y1": y1,
        "line": {"color": colour, "width": width},
        "layer": "between",
        **more,
    }


def note(x: object, y: object, text: str, **more: Any) -> Figure:
    """A piece of text at a place, without an arrow."""
    return {"x": x, "y": y, "text": text, "showarrow": False, **more}
