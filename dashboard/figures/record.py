"""The record drawn: a bloc day by day, the lists on one day against the result, calibration, and the baselines."""

from collections.abc import Mapping, Sequence

from dashboard.figures.base import Figure, Trace, axis, label, layout, line, note, words
from dashboard.figures.calendar import ticks
from dashboard.i18n import Translator
from dashboard.record import Day
from dashboard.theme import bloc_colour, list_colour, token
from pipelines.editions.schema import Difference, ListReference

SMALL = {"size": 12, "color": token("quiet")}
ROW = 30


def path_figure(
    days: Sequence[Day], shown: Day, bloc: str, majority: int, won: int | None, vote: str, t: Translator
) -> Figure:
    """The bloc's median and 90 % band on every day, the majority line, the day chosen, the result as a diamond."""
    held = [(day.as_of, day.bloc_seats) for day in days if day.bloc_seats is not None]
    dates = [day.isoformat() for day, _ in held]
    low, median, high = ([seats[at] for _, seats in held] for at in range(3))
    numbers = [*low, *high, float(majority), *([float(won)] if won is not None else [])]
    tickvals, ticktext = ticks(held[0][0], held[-1][0], t)
    data: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "band",
            "hoverinfo": "skip",
            "x": dates + dates[::-1],
            "y": high + low[::-1],
            "fill": "toself",
            "fillcolor": bloc_colour(bloc, 16),
            "line": {"width": 0},
        },
        {
            "type": "scatter",
            "mode": "lines",
            "name": "median",
            "x": dates,
            "y": median,
            "line": {"color": bloc_colour(bloc), "width": 2.5},
            "hovertemplate": "%{x|%d.%m}: %{y:.0f}<extra></extra>",
        },
    ]
    if won is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "result",
                "cliponaxis": False,
                "x": [vote],
                "y": [won],
                "hovertemplate": "%{y}<extra></extra>",
                "marker": {
                    "symbol": "diamond",
                    "size": 12,
                    "color": bloc_colour(bloc),
                    "line": {"color": token("ink"), "width": 1.5},
                },
            }
        )
    drawn = layout(
        280,
        (34, 34, 14, 34),
        xaxis=axis(range=[dates[0], vote], tickvals=tickvals, ticktext=ticktext),
        yaxis=axis(range=[min(numbers) - 2, max(numbers) + 2], showgrid=True, gridcolor=token("hair"), dtick=5),
        shapes=[
            line(0, 1, majority, majority, token("ink"), 1.5, xref="paper", name="majority"),
            line(
                shown.as_of.isoformat(), shown.as_of.isoformat(), 0, 1, token("accent"), 1.5, yref="paper", name="day"
            ),
        ],
        annotations=[
            note(0, majority, f"<b>{majority}</b>", xref="paper", xanchor="left", yanchor="bottom", name="majority")
        ],
    )
    return {"data": data, "layout": drawn, "narrow": {"height": 220}}


def lists_figure(day: Day, won: Mapping[str, int] | None, lists: Mapping[str, ListReference], t: Translator) -> Figure:
    """A row a list: what was said that day, median and 90 %, and the result as a hollow diamond."""
    order = in_order(day)
    names = [label(t.short(lists[name])) if name in lists else label(name) for name in order]
    places = list(range(len(order)))
    top = max([10.0, *(day.seats[name][2] for name in order), *(won or {}).values()])
    data: list[Trace] = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "median",
            "cliponaxis": False,
            "x": [day.seats[name][1] for name in order],
            "y": places,
            "text": names,
            "hovertemplate": "%{text}: %{x:.0f}<extra></extra>",
            "marker": {
                "size": 9,
                "color": [list_colour(name) for name in order],
                "line": {"color": token("paper"), "width": 1.5},
            },
        }
    ]
    if won is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "name": "result",
                "cliponaxis": False,
                "x": [won.get(name, 0) for name in order],
                "y": places,
                "text": names,
                "hovertemplate": "%{text}: %{x}<extra></extra>",
                "marker": {
                    "symbol": "diamond-open",
                    "size": 11,
                    "color": token("ink"),
                    "line": {"color": token("ink"), "width": 1.75},
                },
            }
        )
    drawn = layout(
        ROW * len(order) + 40,
        (min(150, 16 + 8 * max(len(name) for name in names)), 16, 4, 26),
        xaxis=axis(range=[-0.6, top + 1], showgrid=True, gridcolor=token("hair"), dtick=10),
        yaxis=axis(
            range=[len(order) - 0.4, -0.6],
            tickvals=places,
            ticktext=names,
            tickfont={"size": 13, "color": token("ink")},
            ticks="outside",
            ticklen=8,
            tickcolor="rgba(0,0,0,0)",
        ),
        shapes=[
            line(day.seats[name][0], day.seats[name][2], row, row, list_colour(name, 55), 6, name="ninety")
            for row, name in enumerate(order)
        ],
    )
    return {"data": data, "layout": drawn, "narrow": {}}


def in_order(day: Day) -> list[str]:
    """The lists of a day, the largest first."""
    return sorted(day.seats, key=lambda name: (-day.seats[name][1], -day.seats[name][2], name))


def calibration_figure(shares: Sequence[float], t: Translator) -> Figure:
    """The share of results in each tenth of their distribution; a level row would be right on average."""
    tenths = len(shares)
    even = 1 / tenths
    drawn = layout(
        210,
        (38, 12, 22, 40),
        xaxis=axis(
            range=[-0.6, tenths - 0.4],
            tickvals=[0, tenths - 1],
            ticktext=[words(t("record.lowest"), t), words(t("record.highest"), t)],
        ),
        yaxis=axis(range=[0, max(0.2, max(shares) * 1.1)], tickformat=".0%", nticks=4, rangemode="tozero"),
        shapes=[line(0, 1, even, even, token("ink"), 1.5, xref="paper", name="even", layer="above")],
        annotations=[
            note(
                1,
                even,
                words(t("record.even"), t),
                xref="paper",
                xanchor="right",
                yanchor="bottom",
                yshift=2,
                font=SMALL,
            )
        ],
    )
    bars = {
        "type": "bar",
        "name": "tenths",
        "x": list(range(tenths)),
        "y": [round(share, 4) for share in shares],
        "width": 0.86,
        "marker": {"color": token("accent", 55), "line": {"width": 0}},
        "hovertemplate": "%{y:.0%}<extra></extra>",
    }
    return {"data": [bars], "layout": drawn, "narrow": {}}


def differences_figure(found: Sequence[Difference], names: Sequence[str]) -> Figure:
    """A row a baseline: the difference in CRPS in per cent, with 90 % over resampled elections, against nought."""
    places = list(range(len(found)))
    numbers = [100 * value for row in found for value in (row.low, row.high)]
    drawn = layout(
        ROW * len(found) + 40,
        (min(230, 16 + 7 * max((len(name) for name in names), default=8)), 20, 4, 26),
        xaxis=axis(
            range=[min([0.0, *numbers]) - 2, max([0.0, *numbers]) + 3],
            showgrid=True,
            gridcolor=token("hair"),
            ticksuffix="%",
            nticks=6,
        ),
        yaxis=axis(
            range=[len(found) - 0.4, -0.6],
            tickvals=places,
            ticktext=list(names),
            tickfont={"size": 13, "color": token("ink")},
        ),
        shapes=[
            line(0, 0, 0, 1, token("ink"), 1.5, yref="paper", name="level"),
            *(
                line(100 * row.low, 100 * row.high, at, at, token("accent", 55), 5, name="ninety")
                for at, row in enumerate(found)
            ),
        ],
    )
    dots = {
        "type": "scatter",
        "mode": "markers",
        "name": "difference",
        "x": [round(100 * row.relative, 1) for row in found],
        "y": places,
        "hovertemplate": "%{x:.1f}%<extra></extra>",
        "marker": {"size": 9, "color": token("accent"), "line": {"color": token("paper"), "width": 1.5}},
    }
    return {"data": [dots], "layout": drawn, "narrow": {"margin": {"l": 150, "r": 12, "t": 4, "b": 26, "pad": 0}}}
