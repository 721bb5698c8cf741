"""The record drawn: a bloc day by day, the lists on one day against the result, calibration, and the baselines."""

from dashboard.blocks import FigureDict
from dashboard.drawing import (
    SMALL,
    Trace,
    bars,
    in_two_lines,
    layout,
    line,
    margins,
    marks,
    name_label,
    name_room,
    nice_step,
    note,
    phrase,
    rows_axis,
    ticks,
)
from dashboard.i18n import Translator
from dashboard.pages.record.numbers import (
    CalibrationValues,
    ChancesValues,
    DifferencesValues,
    PathValues,
    ReplayedValues,
)
from dashboard.render.template import token

ROW = 30
MOST_TICKS, MOST_STEPS = 5, 8  # of a row of seats, and up a chart
LONG_NAME = 24  # letters


def path_figure(values: PathValues, t: Translator) -> FigureDict:
    """The bloc's 90 % band on every day, the majority line, the day chosen, the result as a diamond."""
    days = [day.day.isoformat() for day in values.days]
    low, high = [day.low_seats for day in values.days], [day.high_seats for day in values.days]
    majority, vote, day_shown = values.majority_seats, values.election_date.isoformat(), values.shown_day.isoformat()
    won = [] if values.won_seats is None else [float(values.won_seats)]
    numbers = [*low, *high, float(majority), *won]
    colour, bounds = values.bloc.colour, (min(numbers) - 2, max(numbers) + 2)
    tickvals, ticktext = ticks(values.days[0].day, values.days[-1].day, t)
    data: list[Trace] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "band",
            "hoverinfo": "skip",
            "x": days + days[::-1],
            "y": high + low[::-1],
            "fill": "toself",
            "fillcolor": token(colour, 16),
            "line": {"width": 0},
        },
        *(
            {
                "type": "scatter",
                "mode": "lines",
                "name": name,
                "x": days,
                "y": ends,
                "line": {"color": token(colour), "width": 1.5},
                "text": [t.span(day.low_seats, day.high_seats) for day in values.days],
                "hovertemplate": phrase("%{x|%d.%m}: %{text}", t) + "<extra></extra>",
            }
            for name, ends in (("low", low), ("high", high))
        ),
    ]
    if won:
        data.append(_result(vote, won, colour))
    plane = layout(
        280,
        (34, 34, 14, 34),
        xaxis={"type": "date", "range": [days[0], vote], "tickvals": tickvals, "ticktext": ticktext},
        yaxis={"range": list(bounds), "showgrid": True, "dtick": nice_step(bounds[1] - bounds[0], MOST_STEPS)},
        shapes=[
            line(0, 1, majority, majority, token("ink"), 1.5, xref="paper", name="majority"),
            line(day_shown, day_shown, 0, 1, token("accent"), 1.5, yref="paper", name="day"),
        ],
        annotations=[
            note(0, majority, f"<b>{majority}</b>", xref="paper", xanchor="left", yanchor="bottom", name="majority")
        ],
    )
    return {"data": data, "layout": plane, "narrow": {"height": 220}}


def _result(vote: str, won: list[float], colour: str) -> Trace:
    colours = (token(colour), token("ink"), 1.5)
    return marks("result", [vote], won, 12, *colours, symbol="diamond", hovertemplate="%{y}<extra></extra>")


def lists_figure(values: ReplayedValues, t: Translator) -> FigureDict:
    """A row a list: 90 % of what was said that day, and the result as a hollow diamond."""
    rows = values.lists
    names = [name_label(row.name, t) for row in rows]
    won = [(row.won_seats, at) for at, row in enumerate(rows) if row.won_seats is not None]
    top = max([10.0, *(row.high_seats for row in rows), *(seats for seats, _ in won)])
    result = marks(
        "result",
        [seats for seats, _ in won],
        [at for _, at in won],
        11,
        token("ink"),
        token("ink"),
        1.75,
        symbol="diamond-open",
        text=[f"{names[at]}: {t.span(rows[at].low_seats, rows[at].high_seats)}" for _, at in won],
        hovertemplate=phrase(f"%{{text}}, {t('table.result')}: %{{x}}", t) + "<extra></extra>",
    )
    plane = layout(
        ROW * len(rows) + 40,
        (name_room(names), 16, 4, 26),
        xaxis={"range": [-0.6, top + 1], "showgrid": True, "dtick": nice_step(top, MOST_TICKS)},
        yaxis=rows_axis(names, range(len(rows))),
        shapes=[
            line(row.low_seats, row.high_seats, at, at, token(row.name.colour or "quiet", 55), 6, name="ninety")
            for at, row in enumerate(rows)
        ],
    )
    return {"data": [result], "layout": plane, "narrow": {}}


def calibration_figure(values: CalibrationValues, t: Translator) -> FigureDict:
    """The share of results in each tenth of their distribution; a level row would be right on average."""
    tenths = len(values.shares)
    even = 1 / tenths
    text = phrase(t("record.even"), t)
    plane = layout(
        210,
        (38, 12, 22, 40),
        xaxis={
            "range": [-0.6, tenths - 0.4],
            "tickvals": [0, tenths - 1],
            "ticktext": [phrase(t("record.lowest"), t), phrase(t("record.highest"), t)],
        },
        yaxis={"range": [0, max(0.2, max(values.shares) * 1.1)], "tickformat": ".0%", "nticks": 4},
        shapes=[line(0, 1, even, even, token("ink"), 1.5, xref="paper", name="even", layer="above")],
        annotations=[note(1, even, text, xref="paper", xanchor="right", yanchor="bottom", yshift=2, font=SMALL)],
    )
    shares = [round(share, 4) for share in values.shares]
    said_of = "%{y:.0%}<extra></extra>"
    of_tenths = bars("tenths", range(tenths), shares, 0.86, token("accent", 55), hovertemplate=said_of)
    return {"data": [of_tenths], "layout": plane, "narrow": {}}


def chances_figure(values: ChancesValues, t: Translator) -> FigureDict:
    """Chances said against what passed, a dot a bin with its number of distinct lists; on the line both are one."""
    bins = values.calibration.bins
    stated, passed = ([round(getattr(row, name), 4) for row in bins] for name in ("said", "passed"))
    axis = {"range": [-0.04, 1.08], "tickformat": ".0%", "nticks": 6, "showgrid": True}
    plane = layout(
        300,
        (44, 16, 10, 44),
        xaxis=axis,
        yaxis=axis,
        shapes=[line(0, 1, 0, 1, token("ink"), 1.5, name="even")],
        annotations=[
            *(
                note(x, y, str(row.lists), xanchor="left", yanchor="bottom", xshift=5, yshift=2, font=SMALL)
                for x, y, row in zip(stated, passed, bins, strict=True)
            ),
            note(1, 0, phrase(t("record.said_mean"), t), xref="paper", xanchor="right", yanchor="bottom", font=SMALL),
            note(0, 1, phrase(t("record.passed"), t), xref="paper", xanchor="left", yanchor="bottom", font=SMALL),
        ],
    )
    said_of = "%{x:.0%}: %{y:.0%}<extra></extra>"
    dots = marks("bins", stated, passed, 10, token("accent"), token("paper"), 1.5, hovertemplate=said_of)
    return {"data": [dots], "layout": plane, "narrow": {}}


def differences_figure(values: DifferencesValues, t: Translator) -> FigureDict:
    """A row a baseline: the difference in CRPS in per cent, with 90 % over resampled elections, against nought."""
    rows = values.rows
    names = [in_two_lines(t(f"record.model_{row.baseline}"), LONG_NAME, t) for row in rows]
    room = name_room(names, 7, 200)
    places = list(range(len(rows)))
    numbers = [100 * value for row in rows for value in (row.low, row.high)]
    plane = layout(
        ROW * len(rows) + 40,
        (room, 20, 4, 26),
        xaxis={
            "range": [min([0.0, *numbers]) - 2, max([0.0, *numbers]) + 3],
            "showgrid": True,
            "ticksuffix": t.percent_signs[1],
            "nticks": 6,
        },
        yaxis=rows_axis(names, places, ticks="", ticklen=5),
        shapes=[
            line(0, 0, 0, 1, token("ink"), 1.5, yref="paper", name="level"),
            *(
                line(100 * row.low, 100 * row.high, at, at, token("accent", 55), 5, name="ninety")
                for at, row in enumerate(rows)
            ),
        ],
    )
    dots = marks(
        "difference",
        [round(100 * row.relative, 1) for row in rows],
        places,
        9,
        token("accent"),
        token("paper"),
        1.5,
        text=names,
        hovertemplate=f"%{{text}}: %{{x:.1f}}{t.percent_signs[1]}<extra></extra>",
    )
    return {"data": [dots], "layout": plane, "narrow": {"margin": margins(min(room, 176), 12, 4, 26)}}
