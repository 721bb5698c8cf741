"""The blocs against the majority line: solid to the 5 % quantile, fading to the 95 % quantile."""

from dashboard.blocks import FigureDict
from dashboard.drawing import Trace, layout, line, name_label, note
from dashboard.i18n import Translator
from dashboard.pages.tonight.numbers import BlocRow, BlocsValues, SeatInterval
from dashboard.render.template import token

BAR = 0.34
FADE = ((100, "q05"), (72, "q25"), (40, "q75"), (13, "q95"))


def blocs_figure(shown: BlocsValues, t: Translator) -> FigureDict:
    """A bar a bloc from nought to the whole house, the majority line in ink on top."""
    rows, house = shown.blocs, shown.house_seats
    drawn = layout(
        62 * max(1, len(rows)) + 58,
        (6, 16, 26, 26),
        xaxis={"range": [0, house], "tickvals": [0, house], "ticktext": ["0", t.number(house)]},
        yaxis={"range": [len(rows) - 0.45, -0.75], "showticklabels": False},
        barmode="overlay",
        shapes=[_majority_line(shown.majority_seats, len(rows))]
        + [_seats_mark(bloc.seats, row) for row, bloc in enumerate(rows)],
        annotations=[_majority_text(shown.majority_seats, t)]
        + [text for row, bloc in enumerate(rows) for text in _texts(bloc, row, house, t)],
    )
    return {"data": [_segment(shown, step, t) for step in range(len(FADE))], "layout": drawn, "narrow": {}}


def _segment(shown: BlocsValues, step: int, t: Translator) -> Trace:
    percent, upper = FADE[step]
    low = [_edge(bloc.interval_seats, step) for bloc in shown.blocs]
    high = [float(getattr(bloc.interval_seats, upper)) for bloc in shown.blocs]
    return {
        "type": "bar",
        "orientation": "h",
        "name": upper,
        "y": list(range(len(shown.blocs))),
        "base": low,
        "x": [top - bottom for top, bottom in zip(high, low, strict=True)],
        "width": BAR,
        "marker": {"color": [token(bloc.name.colour, percent) for bloc in shown.blocs], "line": {"width": 0}},
        "hovertext": [
            f"{name_label(bloc.name, t)}: {t.number(bloc.seats, bloc.digits)} ({_ninety(bloc, t)})"
            for bloc in shown.blocs
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _edge(seats: SeatInterval, step: int) -> float:
    return float(getattr(seats, FADE[step - 1][1])) if step else 0.0


def _ninety(bloc: BlocRow, t: Translator) -> str:
    return t.span(bloc.interval_seats.q05, bloc.interval_seats.q95)


def _majority_line(majority: int, bars: int) -> FigureDict:
    return line(majority, majority, -0.72, bars - 0.5, token("ink"), 1.5, layer="above", name="majority")


def _seats_mark(seats: float, row: int) -> FigureDict:
    return line(seats, seats, row - BAR / 2, row + BAR / 2, token("paper"), 2, layer="above", name="seats")


def _majority_text(majority: int, t: Translator) -> FigureDict:
    said = f"<b>{t.number(majority)}</b>"
    return note(majority, 1, said, yref="paper", yanchor="bottom", yshift=2, name="majority")


def _texts(bloc: BlocRow, row: int, house: int, t: Translator) -> list[FigureDict]:
    """Above a bar: the bloc's name on the left, its seats on the right."""
    numbers = f"<b>{t.number(bloc.seats, bloc.digits)}</b>  {_ninety(bloc, t)}"
    y = row - BAR / 2
    return [
        note(0, y, name_label(bloc.name, t), xanchor="left", yanchor="bottom", yshift=1),
        note(house, y, numbers, xanchor="right", yanchor="bottom", yshift=1),
    ]
