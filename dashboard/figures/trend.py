"""The poll trend: a line a list with its band and its polls, labelled where it ends."""

from collections.abc import Mapping, Sequence

from dashboard.figures import trend_traces
from dashboard.figures.base import Figure, Trace, axis, label, layout
from dashboard.figures.calendar import ticks
from dashboard.figures.trend_marks import DESK, PHONE, Marks, Sheet, end_marks, event_marks, levels
from dashboard.figures.trend_scale import Scale, TrendChoice, drawn_lines, elected_in, scale
from dashboard.i18n import Translator
from dashboard.theme import token
from pipelines.editions.schema import Event, Projection, Trend, TrendLine

TOP, BOTTOM = 26, 34
DESK_ROOM, PHONE_ROOM = (138, 8.2), (108, 6.4)  # right of the plot: at least so many pixels, and so many a letter


def trend_figure(
    trend: Trend,
    projection: Projection,
    names: Mapping[str, str],
    events: Sequence[Event],
    choice: TrendChoice,
    t: Translator,
) -> Figure:
    """The trend chart of the lists or blocs chosen, by their names; at least one of them has a line."""
    lines = drawn_lines(trend, choice)
    drawn = scale(trend, projection, lines, choice)

    def marks(sheet: Sheet) -> Marks:
        over = event_marks(events, drawn, sheet) + end_marks(lines, names, drawn, choice, t, sheet)
        return levels(projection, choice, t) + over

    desk, phone = marks(DESK), marks(PHONE)
    return {
        "data": _traces(lines, drawn, names, choice)
        + trend_traces.results(
            projection.election_date.isoformat(), elected_in(trend, projection, choice), lines, choice
        ),
        "layout": layout(
            DESK.plot_height + TOP + BOTTOM,
            (34, _room(lines, names, DESK_ROOM), TOP, BOTTOM),
            hovermode="x unified",
            xaxis=_days_axis(drawn, t),
            yaxis=_value_axis(drawn, choice, t),
            shapes=desk.shapes,
            annotations=desk.texts,
        ),
        "narrow": {
            "height": PHONE.plot_height + TOP + BOTTOM,
            "margin": {"l": 26, "r": _room(lines, names, PHONE_ROOM), "t": TOP, "b": BOTTOM, "pad": 0},
            "shapes": phone.shapes,
            "annotations": phone.texts,
        },
    }


def _traces(lines: Sequence[TrendLine], drawn: Scale, names: Mapping[str, str], choice: TrendChoice) -> list[Trace]:
    """From back to front: dots, bands, lines."""
    return [
        *(trace for item in lines for trace in trend_traces.dots(item, drawn, choice)),
        *(trace for item in lines for trace in trend_traces.band(item, drawn, choice)),
        *(trace for item in lines for trace in trend_traces.line(item, drawn, choice, label(names[item.id]))),
    ]


def _room(lines: Sequence[TrendLine], names: Mapping[str, str], needed: tuple[int, float]) -> int:
    """Pixels for the longest label with its value and its hair."""
    least, letter = needed
    return max(least, int(letter * (6 + max(len(names[item.id]) for item in lines))))


def _days_axis(drawn: Scale, t: Translator) -> Figure:
    places, texts = ticks(drawn.start, drawn.end, t)
    return axis(
        type="date",
        range=[drawn.start.isoformat(), drawn.end.isoformat()],
        tickvals=places,
        ticktext=texts,
        hoverformat="%-d.%-m.%Y",
    )


def _value_axis(drawn: Scale, choice: TrendChoice, t: Translator) -> Figure:
    step = 10 if drawn.top > 45 else 5 if drawn.top > 16 else 2
    places = list(range(0, int(drawn.top) + 1, step))
    texts = [t.percent(place, 0) if choice.unit == "share" else str(place) for place in places]
    return axis(range=[0, drawn.top], tickvals=places, ticktext=texts, showgrid=True, gridcolor=token("hair"))
