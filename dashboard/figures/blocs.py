"""The blocs against the majority line: solid to the 5 % quantile, fading to the 95 % quantile."""

from collections.abc import Mapping

from dashboard.figures.base import Figure, Trace, axis, label, layout, line, note
from dashboard.i18n import Translator
from dashboard.theme import bloc_colour, token
from pipelines.editions.schema import BlocProjection, BlocReference, Projection, Summary

BAR = 0.34
FADE = ((100, "q05"), (72, "q25"), (48, "median"), (28, "q75"), (13, "q95"))


def blocs_figure(projection: Projection, blocs: Mapping[str, BlocReference], t: Translator) -> Figure:
    """A bar a bloc from nought to the whole house, the majority line in ink on top."""
    shown = projection.blocs
    names = [t.name(blocs.get(bloc.id, bloc)) for bloc in shown]
    drawn = layout(
        62 * max(1, len(shown)) + 58,
        (6, 16, 26, 26),
        xaxis=axis(
            range=[0, projection.house_size],
            tickvals=[0, projection.house_size],
            ticktext=["0", t.number(projection.house_size)],
        ),
        yaxis=axis(range=[len(shown) - 0.45, -0.75], showticklabels=False),
        barmode="overlay",
        shapes=[_majority_line(projection.majority, len(shown))]
        + [_median_mark(bloc, row) for row, bloc in enumerate(shown)],
        annotations=[_majority_text(projection.majority, t)]
        + [text for row, bloc in enumerate(shown) for text in _texts(bloc, names[row], row, projection.house_size, t)],
    )
    return {"data": [_segment(projection, step) for step in range(len(FADE))], "layout": drawn, "narrow": {}}


def _segment(projection: Projection, step: int) -> Trace:
    percent, upper = FADE[step]
    low = [_edge(bloc.seats, step) for bloc in projection.blocs]
    high = [getattr(bloc.seats, upper) for bloc in projection.blocs]
    return {
        "type": "bar",
        "orientation": "h",
        "name": upper,
        "y": list(range(len(projection.blocs))),
        "base": low,
        "x": [top - bottom for top, bottom in zip(high, low, strict=True)],
        "width": BAR,
        "marker": {"color": [bloc_colour(bloc.id, percent) for bloc in projection.blocs], "line": {"width": 0}},
        "hoverinfo": "skip",
    }


def _edge(seats: Summary, step: int) -> float:
    return float(getattr(seats, FADE[step - 1][1])) if step else 0.0


def _majority_line(majority: int, bars: int) -> Figure:
    return line(majority, majority, -0.72, bars - 0.5, token("ink"), 1.5, layer="above", name="majority")


def _median_mark(bloc: BlocProjection, row: int) -> Figure:
    return line(
        bloc.seats.median,
        bloc.seats.median,
        row - BAR / 2,
        row + BAR / 2,
        token("paper"),
        2,
        layer="above",
        name="median",
    )


def _majority_text(majority: int, t: Translator) -> Figure:
    return note(
        majority,
        1,
        f"<b>{t.number(majority)}</b>",
        yref="paper",
        yanchor="bottom",
        yshift=2,
        name="majority",
    )


def _texts(bloc: BlocProjection, name: str, row: int, house_size: int, t: Translator) -> list[Figure]:
    """Above a bar: the bloc's name on the left, its seats on the right."""
    numbers = f"<b>{t.number(bloc.seats.median)}</b>  {t.span(bloc.seats.q05, bloc.seats.q95)}"
    common = {"yanchor": "bottom", "yshift": 1}
    y = row - BAR / 2
    return [
        note(0, y, label(name), xanchor="left", **common),
        note(house_size, y, numbers, xanchor="right", **common),
    ]
