"""A figure as SVG: the subset of Plotly that our figures use, drawn where there is no script, in print and in files.

The subset: traces `scatter` and `bar`, shapes `line` and `rect`, annotations, linear and date axes. What is not of
the subset is an error that names it, so that a figure is never drawn without a part of it. Marks stand where Plotly
puts them (a test compares the two in a browser).
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from html import escape, unescape
from itertools import pairwise
from typing import Any

from markupsafe import Markup

from dashboard.blocks import FigureDict
from dashboard.render.template import LAYOUT, token, variable

WIDE, FRAME, NARROW = 1200, 640, 358  # pixels of a drawing in a wide window (the whole width), in a frame, on a phone
WIDTHS = {"two-thirds": 768, "half": 588, "third": 384, "five": 480, "seven": 672}  # where a block has a part of it
TICK_GAP = 3  # pixels between a tick and its text, as Plotly leaves
THIN = 2  # pixels of a line that does not say
LINE_HEIGHT = 1.3
SEPARATORS = ".,"  # Plotly's: the decimal mark, then what stands between thousands
BASELINE = 0.35  # of the size: from the middle of a line of text to its baseline
ROUND_STEPS = (2, 5, 10)
TAG = re.compile(r"(<br>|</?b>)")

TRACE = {
    "scatter": {
        "type", "mode", "name", "x", "y", "text", "hovertemplate", "hoverinfo", "marker", "line", "fill", "fillcolor",
        "cliponaxis", "xaxis", "yaxis", "customdata", "opacity",
    },
    "bar": {
        "type", "name", "x", "y", "base", "width", "orientation", "marker", "hovertemplate", "hoverinfo", "hovertext",
        "xaxis", "yaxis", "customdata",
    },
}  # fmt: skip
MARKER = {"size", "color", "opacity", "symbol", "line"}
LINE = {"color", "width", "dash"}  # `dash`: "dot" or nothing
AXIS = {
    "fixedrange", "showgrid", "gridcolor", "zeroline", "showline", "ticks", "tickfont", "range", "tickvals", "ticktext",
    "dtick", "nticks", "type", "domain", "anchor", "ticklen", "tickcolor", "showticklabels", "ticksuffix", "tickformat",
    "hoverformat", "scaleanchor", "scaleratio", "rangemode", "tickangle", "ticklabeloverflow",
}  # fmt: skip
SHAPE = {
    "type", "name", "x0", "x1", "y0", "y1", "xref", "yref", "line", "fillcolor", "layer", "xsizemode", "ysizemode",
    "xanchor", "yanchor",
}  # fmt: skip
NOTE = {
    "x", "y", "text", "showarrow", "xref", "yref", "xanchor", "yanchor", "xshift", "yshift", "font", "bgcolor",
    "borderpad", "name", "align",
}  # fmt: skip
PLAIN = {
    "height", "margin", "font", "paper_bgcolor", "plot_bgcolor", "showlegend", "dragmode", "hovermode", "hoverlabel",
    "shapes", "annotations", "barmode", "separators",
}  # fmt: skip
SYMBOLS = ("circle", "circle-open", "diamond", "diamond-open")

Paint = Callable[[str], tuple[str, float]]  # a colour of a figure as (paint, opacity)


class UnknownProperty(ValueError):
    """A figure says something that this drawing does not know."""


@dataclass(frozen=True, slots=True)
class Size:
    """A size to publish at, in pixels, as high as it comes where no height is set; drawn at least `drawn_at` wide."""

    width: int
    height: int | None
    drawn_at: int
    is_narrow: bool

    def __str__(self) -> str:
        return f"{self.width} × {self.height}" if self.height else str(self.width)


SIZES = {
    "wide": Size(1200, 675, 900, is_narrow=False),
    "portrait": Size(1080, 1350, 540, is_narrow=True),
    "column": Size(600, None, 600, is_narrow=True),
}


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Axis:
    """An axis: its settings, where it begins and how long it is in pixels, the values at its two ends, its marks."""

    settings: Mapping[str, Any]
    start: float
    length: float
    low: float
    high: float
    is_vertical: bool
    separators: str = SEPARATORS

    def value(self, raw: Any) -> float:
        """A value of the data as a number: days since 1970 on an axis of dates."""
        return day_number(raw) if self.settings.get("type") == "date" or isinstance(raw, str) else float(raw)

    def pixel(self, raw: Any) -> float:
        """Where a value stands, in pixels of the drawing."""
        part = (self.value(raw) - self.low) / (self.high - self.low)
        return self.start + self.length * (1 - part if self.is_vertical else part)

    def extent(self, size: float) -> float:
        """A length along the axis in pixels."""
        return abs(size / (self.high - self.low) * self.length)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Where ticks stand and what they say; none where the axis is not labelled and has no grid."""
        settings = self.settings
        if "tickvals" in settings:
            return [
                (self.pixel(at), str(text)) for at, text in zip(settings["tickvals"], settings["ticktext"], strict=True)
            ]
        step = float(settings["dtick"]) if "dtick" in settings else self._round_step()
        low, high = sorted((self.low, self.high))
        first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
        return [(self.pixel(at * step), self._said(at * step, step)) for at in range(first, last + 1)]

    def _round_step(self) -> float:
        """Plotly's: the rough step, up to the next 2, 5 or 10 of its power of ten."""
        rough = abs(self.high - self.low) / self.settings.get("nticks", 6)
        base = 10.0 ** math.floor(math.log10(rough))
        return base * next(step for step in ROUND_STEPS if rough / base <= step)

    def _said(self, value: float, step: float) -> str:
        if self.settings.get("tickformat") == ".0%":
            return f"{100 * value:.0f}%"
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        decimal = self.separators[0]
        return f"{value:.{digits}f}".replace(".", decimal).replace("-", "−") + str(self.settings.get("ticksuffix", ""))


@dataclass(frozen=True)
class Frame:
    """A figure with its template, the room for it, its axes, and how its colours are written."""

    data: Sequence[Mapping[str, Any]]
    layout: Mapping[str, Any]
    width: float
    height: float
    plot: Box
    axes: Mapping[str, Axis]
    paint: Paint
    is_rtl: bool


# What is asked for


def inside(figure: FigureDict, kind: str, width: int, is_rtl: bool) -> Markup:
    """The picture inside a page: colours are the page's own, so that it follows the theme; `kind` is desk or phone."""
    frame = _frame(figure, width, kind == "phone", in_page, is_rtl)
    return Markup(
        f'<svg class="{kind}" viewBox="0 0 {width} {frame.height:g}" aria-hidden="true" focusable="false">'
        f"{''.join(_content(frame))}</svg>"
    )


def content(
    figure: FigureDict, width: int, palette: Mapping[str, str], *, is_narrow: bool, is_rtl: bool
) -> tuple[str, float]:
    """The picture's elements with the colours of one palette, and its height in pixels."""
    frame = _frame(figure, width, is_narrow, lambda colour: in_palette(colour, palette), is_rtl)
    return "".join(_content(frame)), frame.height


def in_page(colour: str) -> tuple[str, float]:
    """A colour as a custom property of the page.

    >>> in_page("@list:likud/14"), in_page("rgba(0,0,0,0)")
    (('var(--list-likud)', 0.14), ('none', 1.0))
    """
    return _painted(colour, lambda name: f"var({variable(name)})")


def in_palette(colour: str, palette: Mapping[str, str]) -> tuple[str, float]:
    """A colour by its palette."""
    return _painted(colour, palette.__getitem__)


def _painted(colour: str, named: Callable[[str], str]) -> tuple[str, float]:
    if not colour.startswith("@"):
        return "none" if colour == "rgba(0,0,0,0)" else escape(colour), 1.0
    name, _, percent = colour[1:].partition("/")
    return named(name), int(percent) / 100 if percent else 1.0


@lru_cache(maxsize=8192)
def day_number(raw: str) -> float:
    """A day or moment as days since 1970; a drawing has the same few hundred many times."""
    return (datetime.fromisoformat(raw) - datetime(1970, 1, 1)).total_seconds() / 86400


# The frame: template, margins, axes


def _frame(figure: FigureDict, width: int, is_narrow: bool, paint: Paint, is_rtl: bool) -> Frame:
    layout = {**figure["layout"], **(figure["narrow"] if is_narrow else {})}
    axes = {name: {**LAYOUT[name[:5]], **layout[name]} for name in layout if name.startswith(("xaxis", "yaxis"))}
    _refuse_unknown(layout, PLAIN | axes.keys(), "layout")
    for name, settings in axes.items():
        _refuse_unknown(settings, AXIS, name)
    margin, height = layout["margin"], float(layout["height"])
    plot = Box(margin["l"], margin["t"], width - margin["l"] - margin["r"], height - margin["t"] - margin["b"])
    full_layout = {**LAYOUT, **layout}
    drawn_axes = _axes(axes, plot, str(full_layout.get("separators", SEPARATORS)))
    return Frame(figure["data"], full_layout, width, height, plot, drawn_axes, paint, is_rtl)


def _refuse_unknown(properties: Mapping[str, Any], supported: set[str], where: str) -> None:
    unknown = sorted(properties.keys() - supported)
    if unknown:
        raise UnknownProperty(f"{where}: {', '.join(unknown)} is not of the subset that is drawn; see render/svg.py")


def _axes(settings: Mapping[str, Mapping[str, Any]], plot: Box, separators: str) -> dict[str, Axis]:
    """Axes by the names traces call them; one bound to another's scale shows as much more as it has room for."""
    axes = {}
    for name, options in settings.items():
        is_vertical = name.startswith("y")
        start, end = options.get("domain", (0, 1))
        side = plot.height if is_vertical else plot.width
        first = plot.top + (1 - end) * side if is_vertical else plot.left + start * side
        low, high = (day_number(at) if isinstance(at, str) else float(at) for at in options["range"])
        axes[name.replace("axis", "")] = Axis(options, first, (end - start) * side, low, high, is_vertical, separators)
    for name, axis in axes.items():
        if "scaleanchor" in axis.settings:
            axes |= _same_scale(name, axis, axis.settings["scaleanchor"], axes[axis.settings["scaleanchor"]])
    return axes


def _same_scale(name: str, axis: Axis, other_name: str, other: Axis) -> dict[str, Axis]:
    unit = min(axis.length / (axis.high - axis.low), other.length / (other.high - other.low))
    scaled = {}
    for key, one in ((name, axis), (other_name, other)):
        middle, half = (one.low + one.high) / 2, one.length / unit / 2
        scaled[key] = replace(one, low=middle - half, high=middle + half)
    return scaled


# From back to front


def _content(frame: Frame) -> Iterator[str]:
    shapes = frame.layout.get("shapes", ())
    for shape in shapes:
        _refuse_unknown(shape, SHAPE, "shape")
    yield from _shapes(shapes, "below", frame)
    yield from _grid(frame)
    yield from _shapes(shapes, "between", frame)
    for kind in ("bar", "scatter"):
        for trace in frame.data:
            if trace["type"] not in TRACE:
                raise UnknownProperty(f"trace: {trace['type']} is not of the subset that is drawn; see render/svg.py")
            if trace["type"] == kind:
                _refuse_unknown(trace, TRACE[kind], kind)
                yield _clipped("".join(_TRACES[kind](trace, frame)), trace, frame)
    yield from _shapes(shapes, "above", frame)
    yield from _tick_texts(frame)
    for note in frame.layout.get("annotations", ()):
        _refuse_unknown(note, NOTE, "annotation")
        yield _note(note, frame)


def _of_trace(trace: Mapping[str, Any], frame: Frame) -> tuple[Axis, Axis]:
    return frame.axes[trace.get("xaxis", "x")], frame.axes[trace.get("yaxis", "y")]


def _clipped(content: str, trace: Mapping[str, Any], frame: Frame) -> str:
    """What belongs to a trace, cut off at its axes unless it may stand over them."""
    if not content or trace.get("cliponaxis") is False:
        return content
    x, y = _of_trace(trace, frame)
    box = f"{n(x.start)} {n(y.start)} {n(x.length)} {n(y.length)}"
    return f'<svg {_rect(x.start, y.start, x.length, y.length)} viewBox="{box}">{content}</svg>'


def _grid(frame: Frame) -> Iterator[str]:
    for name, axis in frame.axes.items():
        if not axis.settings["showgrid"]:
            continue
        other = frame.axes[axis.settings.get("anchor", "x" if name[0] == "y" else "y")]
        parts = [
            f"M{n(other.start)},{n(at)}h{n(other.length)}"
            if axis.is_vertical
            else f"M{n(at)},{n(other.start)}v{n(other.length)}"
            for at, _ in axis.ticks
        ]
        yield f'<path d="{"".join(parts)}" {_stroke(axis.settings["gridcolor"], 1, frame)}/>'


def _tick_texts(frame: Frame) -> Iterator[str]:
    for name, axis in frame.axes.items():
        settings = axis.settings
        if settings.get("showticklabels") is False:
            continue
        other = frame.axes[settings.get("anchor", "x" if name[0] == "y" else "y")]
        gap = TICK_GAP + (settings.get("ticklen", 5) if settings["ticks"] == "outside" else 0)
        font = {**frame.layout["font"], **settings["tickfont"]}
        for at, label in axis.ticks:
            if axis.is_vertical:
                yield _text(label, other.start - gap, at, "end", "middle", font, frame)
            else:
                yield _text(label, at, other.start + other.length + gap, "middle", "top", font, frame)


# Traces


def _scatter(trace: Mapping[str, Any], frame: Frame) -> Iterator[str]:
    x, y = _of_trace(trace, frame)
    points = [
        None if one is None or other is None else (x.pixel(one), y.pixel(other))
        for one, other in zip(trace["x"], trace["y"], strict=True)
    ]
    if trace.get("fill") == "toself":
        yield f'<path d="{_path(points, "Z", 0)}" {_fill(trace["fillcolor"], frame)}/>'
    elif "fill" in trace:
        raise UnknownProperty(f"fill: {trace['fill']} is not of the subset that is drawn; see render/svg.py")
    if "lines" in trace["mode"]:
        line = trace.get("line", {})
        _refuse_unknown(line, LINE, "line")
        if line.get("width", THIN):
            stroke = _stroke(line["color"], line.get("width", THIN), frame, line.get("dash"))
            yield f'<path d="{_path(points, "")}" fill="none" stroke-linejoin="round" {stroke}/>'
    if "markers" in trace["mode"]:
        yield from _markers(trace["marker"], points, frame)


def _path(points: Sequence[tuple[float, float] | None], end: str, digits: int = 1) -> str:
    """A path through the points, broken where one is missing; steps are told, not places: they pack better.

    A band, which is faint, is told to the pixel, a line to the tenth.
    """
    parts: list[str] = []
    last: tuple[float, float] | None = None
    for point in points:
        if point is None:
            parts.append(end if last else "")
            last = None
            continue
        at = (round(point[0], digits), round(point[1], digits))
        parts.append(f"l{n(at[0] - last[0])},{n(at[1] - last[1])}" if last else f"M{n(at[0])},{n(at[1])}")
        last = at
    return "".join(parts) + (end if last else "")


def _dots(points: Sequence[tuple[float, float] | None]) -> Iterator[str]:
    """Points without a length, which a round end makes dots; to the pixel, row by row, since they are many and faint.

    The second and the third in one place lie in paths of their own, so that they show; so does assets/page.js.
    """
    heights = Counter((round(point[1]), round(point[0])) for point in points if point)
    for height in (1, 2, 3):
        places = [(0, 0), *sorted(place for place, count in heights.items() if count >= height)]
        yield "".join(f"m{x - before_x},{y - before_y}h0" for (before_y, before_x), (y, x) in pairwise(places))


def _markers(marker: Mapping[str, Any], points: Sequence[tuple[float, float] | None], frame: Frame) -> Iterator[str]:
    _refuse_unknown(marker, MARKER, "marker")
    symbol, line = marker.get("symbol", "circle"), marker.get("line", {})
    _refuse_unknown(line, LINE, "marker.line")
    if symbol not in SYMBOLS:
        raise UnknownProperty(f"symbol: {symbol} is not of the subset that is drawn; see render/svg.py")
    colours = _each(marker["color"], len(points))
    edges = _each(line.get("color", "rgba(0,0,0,0)"), len(points))
    width, size = line.get("width", 0), marker["size"]
    opacity = f' opacity="{marker["opacity"]:g}"' if "opacity" in marker else ""
    if symbol == "circle-open":  # all edges as one path, then the paper inside them; assets/page.js does so, too
        path = next(_dots(points))
        for thick, colour in ((size + width, marker["color"]), (size - width, token("paper"))):
            yield f'<path d="{path}" fill="none" stroke-linecap="round" {_stroke(colour, thick, frame)}/>'
        return
    if symbol == "circle" and not width and not isinstance(marker["color"], list):
        stroke = _stroke(marker["color"], size, frame)
        for path in filter(None, _dots(points)):
            yield f'<path d="{path}" fill="none" stroke-linecap="round" {stroke}{opacity}/>'
        return
    for point, colour, edge in zip(points, colours, edges, strict=True):
        if point is None:
            continue
        is_open = symbol.endswith("-open")
        fill = 'fill="none"' if is_open else _fill(colour, frame)
        stroke = _stroke(colour if is_open else edge, width, frame) if width else ""
        yield f"<path {_symbol(symbol, point, size)} {fill} {stroke}{opacity}/>"


def _symbol(symbol: str, point: tuple[float, float], size: float) -> str:
    x, y = point
    if symbol == "circle":
        r = size / 2
        return f'd="M{n(x - r)},{n(y)}a{n(r)},{n(r)} 0 1 0 {n(size)},0a{n(r)},{n(r)} 0 1 0 {n(-size)},0Z"'
    half = size / 2 * 1.3  # as Plotly draws it
    return f'd="M{n(x)},{n(y - half)}L{n(x + half)},{n(y)}L{n(x)},{n(y + half)}L{n(x - half)},{n(y)}Z"'


def _bar(trace: Mapping[str, Any], frame: Frame) -> Iterator[str]:
    """Bars from their base, each as wide as it says, its middle on its value."""
    x, y = _of_trace(trace, frame)
    marker, count = trace["marker"], len(trace["x"])
    _refuse_unknown(marker, MARKER, "marker")
    is_flat = trace.get("orientation") == "h"
    places, sizes = (trace["y"], trace["x"]) if is_flat else (trace["x"], trace["y"])
    along, across = (x, y) if is_flat else (y, x)
    for place, size, base, width, colour in zip(
        places, sizes, _each(trace.get("base", 0), count), _each(trace["width"], count), _each(marker["color"], count),
        strict=True,
    ):  # fmt: skip
        ends = sorted((along.pixel(base), along.pixel(base + size)))
        thick = across.extent(width)
        middle = across.pixel(place) - thick / 2
        left, top, wide, tall = (
            (ends[0], middle, ends[1] - ends[0], thick) if is_flat else (middle, ends[0], thick, ends[1] - ends[0])
        )
        yield f"<rect {_rect(left, top, wide, tall)} {_fill(colour, frame)}/>"


_TRACES: dict[str, Callable[[Mapping[str, Any], Frame], Iterator[str]]] = {"scatter": _scatter, "bar": _bar}


def _each(value: Any, count: int) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value] * count


# Shapes


def _shapes(shapes: Sequence[Mapping[str, Any]], layer: str, frame: Frame) -> Iterator[str]:
    for shape in shapes:
        if shape["layer"] == layer:
            yield _shape(shape, frame)


def _shape(shape: Mapping[str, Any], frame: Frame) -> str:
    x0, x1 = (_place(shape, "x", end, frame) for end in ("x0", "x1"))
    y0, y1 = (_place(shape, "y", end, frame) for end in ("y0", "y1"))
    line = shape.get("line", {})
    _refuse_unknown(line, LINE, "shape.line")
    stroke = _stroke(line["color"], line["width"], frame, line.get("dash")) if line.get("width") else ""
    if shape["type"] == "line":
        return f'<path d="M{n(x0)},{n(y0)}L{n(x1)},{n(y1)}" {stroke}/>'
    if shape["type"] != "rect":
        raise UnknownProperty(f"shape: {shape['type']} is not of the subset that is drawn; see render/svg.py")
    (left, right), (top, bottom) = sorted((x0, x1)), sorted((y0, y1))
    return f"<rect {_rect(left, top, right - left, bottom - top)} {_fill(shape['fillcolor'], frame)} {stroke}/>"


def _place(shape: Mapping[str, Any], side: str, end: str, frame: Frame) -> float:
    """An end of a shape in pixels: on an axis, on the paper, or so many pixels from its anchor."""
    if shape.get(f"{side}sizemode") == "pixel":
        from_anchor = shape[end] if side == "x" else -shape[end]
        return _pixel(side, shape.get(f"{side}ref", side), shape[f"{side}anchor"], frame) + float(from_anchor)
    return _pixel(side, shape.get(f"{side}ref", side), shape[end], frame)


def _pixel(side: str, reference: str, value: Any, frame: Frame) -> float:
    if reference != "paper":
        return frame.axes[reference].pixel(value)
    plot = frame.plot
    part = float(value)
    return plot.left + part * plot.width if side == "x" else plot.top + (1 - part) * plot.height


# Texts


def _note(note: Mapping[str, Any], frame: Frame) -> str:
    """An annotation without an arrow."""
    xref, yref = note.get("xref", "x"), note.get("yref", "y")
    x = _pixel("x", xref, note["x"], frame) + note.get("xshift", 0)
    y = _pixel("y", yref, note["y"], frame) - note.get("yshift", 0)
    anchor = {"left": "start", "right": "end", "center": "middle"}[
        note.get("xanchor") or _nearest(note["x"], xref, "x")
    ]
    upright = note.get("yanchor") or _nearest(note["y"], yref, "y")
    font = {**frame.layout["font"], **note.get("font", {})}
    return _text(note["text"], x, y, anchor, upright, font, frame, note.get("bgcolor"))


def _nearest(value: Any, reference: str, side: str) -> str:
    """Where a text without an anchor stands: in the middle on an axis, at the near side on the paper."""
    names = ("left", "center", "right") if side == "x" else ("bottom", "middle", "top")
    if reference != "paper":
        return names[1]
    return names[0] if value < 1 / 3 else names[2] if value > 2 / 3 else names[1]


def _text(
    text: str,
    x: float,
    y: float,
    anchor: str,
    upright: str,
    font: Mapping[str, Any],
    frame: Frame,
    background: str | None = None,
) -> str:
    """Lines of text with bold parts, held at a point by one of their sides or their middle."""
    if not text:
        return ""
    size = font["size"]
    lines = text.split("<br>")
    room = size * LINE_HEIGHT * len(lines)
    top = {"top": y, "middle": y - room / 2, "bottom": y - room}[upright]
    fill = _fill(font["color"], frame)
    parts = [_behind(text, x, top, room, size, anchor, background, frame)] if background else []
    for at, line in enumerate(lines):
        baseline = top + size * LINE_HEIGHT * (at + 0.5) + BASELINE * size
        place = f'x="{n(x)}" y="{n(baseline)}" font-size="{size}"'
        held = f' text-anchor="{anchor}"' if anchor != "start" else ""
        parts.append(f"<text {place}{held} {fill}>{_spans(line)}</text>")
    return "".join(parts)


def _behind(
    text: str, x: float, top: float, room: float, size: float, anchor: str, background: str, frame: Frame
) -> str:
    wide = 0.52 * size * len(TAG.sub("", text))
    left = {"start": x, "middle": x - wide / 2, "end": x - wide}[anchor]
    return f"<rect {_rect(left, top, wide, room)} {_fill(background, frame)}/>"


def _spans(line: str) -> str:
    """A line's bold parts as spans; every other tag was escaped where the text was made, and stays so."""
    parts, is_bold = [], False
    for part in TAG.split(line):
        if part in ("<b>", "</b>"):
            is_bold = part == "<b>"
        elif part:
            text = escape(unescape(part), quote=False)
            parts.append(f'<tspan font-weight="700">{text}</tspan>' if is_bold else text)
    return "".join(parts)


# Attributes


def _fill(colour: str, frame: Frame, attribute: str = "fill") -> str:
    paint, opacity = frame.paint(colour)
    return f'{attribute}="{paint}"' + (f' {attribute}-opacity="{opacity:g}"' if opacity < 1 else "")


def _stroke(colour: str, width: float, frame: Frame, dash: str | None = None) -> str:
    if dash not in (None, "dot"):
        raise UnknownProperty(f"dash: {dash} is not of the subset that is drawn; see render/svg.py")
    dots = f' stroke-dasharray="{width:g},{width:g}"' if dash else ""
    return f'{_fill(colour, frame, "stroke")} stroke-width="{width:g}"{dots}'


def _rect(left: float, top: float, wide: float, tall: float) -> str:
    return f'x="{n(left)}" y="{n(top)}" width="{n(wide)}" height="{n(tall)}"'


def n(value: float) -> str:
    """Pixels to the tenth.

    >>> n(12.0), n(-0.04), n(3.14159)
    ('12', '0', '3.1')
    """
    return f"{round(value, 1) + 0.0:g}"
