"""Blocs against the majority line: one strip of the whole house, or a bar each where they overlap."""

from collections.abc import Sequence

from dashboard.blocks import FigureDict
from dashboard.drawing import Trace, layout, line, margins, name_label, note, phrase, spread
from dashboard.i18n import Translator
from dashboard.pages.tonight.numbers import BlocRow, BlocsValues, SeatInterval
from dashboard.render.template import token

BAR = 0.34
FADE = ((100, "q05"), (72, "q25"), (40, "q75"), (13, "q95"))
HEIGHT, BENEATH = 44, 34  # pixels of the strip, and of the names of what lies between its ends
WIDE, NARROW = (1180.0, 40), (340.0, 60)  # width, and room above for the names of both ends
LETTER = 7.2  # pixels


# The strip


def strip_figure(shown: BlocsValues, t: Translator) -> FigureDict:
    """Every seat of the house once: the first bloc at one end, the others from the other; in between the majority."""
    order = [shown.blocs[0], *reversed(shown.blocs[1:])]
    edges, middle = _edges(shown, order), shown.house_seats / 2
    names = [f"{name_label(bloc.name, t)} <b>{t.number(bloc.seats, bloc.digits)}</b>" for bloc in order]

    def texts(room: tuple[float, int]) -> list[FigureDict]:
        said = _majority_text(middle, shown.majority_seats, t)
        return [said, *_names(shown, order, edges, names, room, t)]

    return {
        "data": [_segment_of(bloc, low, t) for bloc, (low, _) in zip(order, edges, strict=True)] + _rest(shown, edges),
        "layout": layout(
            HEIGHT + WIDE[1] + BENEATH,
            (2, 2, WIDE[1], BENEATH),
            xaxis={"range": [0, shown.house_seats], "tickvals": [], "ticktext": []},
            yaxis={"range": [-0.5, 0.5], "showticklabels": False},
            barmode="overlay",
            shapes=[
                *_ends(shown, order),
                line(middle, middle, -0.6, 0.6, token("ink"), 2, layer="above", name="majority"),
            ],
            annotations=texts(WIDE),
        ),
        "narrow": {
            "height": HEIGHT + NARROW[1] + BENEATH,
            "annotations": texts(NARROW),
            "margin": margins(2, 2, NARROW[1], BENEATH),
        },
    }


def _edges(shown: BlocsValues, order: Sequence[BlocRow]) -> list[tuple[float, float]]:
    """Where each bloc begins and ends; what is in none lies beside the first."""
    at, found = 0.0, []
    for place, bloc in enumerate(order):
        found.append((at, at + bloc.seats))
        at += bloc.seats + ((shown.rest_seats or 0.0) if place == 0 else 0.0)
    return found


def _segment_of(bloc: BlocRow, low: float, t: Translator) -> Trace:
    return {
        "type": "bar",
        "orientation": "h",
        "name": bloc.name.id,
        "y": [0],
        "base": [low],
        "x": [bloc.seats],
        "width": 1,
        "marker": {"color": [token(bloc.name.colour)], "line": {"width": 0}},
        "hovertext": [f"{name_label(bloc.name, t)}: {t.number(bloc.seats, bloc.digits)} ({_ninety(bloc, t)})"],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _rest(shown: BlocsValues, edges: Sequence[tuple[float, float]]) -> list[Trace]:
    if not shown.rest_seats:
        return []
    place: Trace = {"y": [0], "base": [edges[0][1]], "x": [shown.rest_seats], "width": 1, "hoverinfo": "skip"}
    marker = {"color": [token("hair")], "line": {"width": 0}}
    return [{"type": "bar", "orientation": "h", "name": "rest", **place, "marker": marker}]


def _ends(shown: BlocsValues, order: Sequence[BlocRow]) -> list[FigureDict]:
    """The 90 % interval of the blocs at both ends: how far each may reach into the house."""
    house = shown.house_seats
    found: list[FigureDict] = []
    for bloc, is_last in ((order[0], False), *([(order[-1], True)] if len(order) > 1 else [])):
        low, high = bloc.interval_seats.q05, bloc.interval_seats.q95
        ends = (house - high, house - low) if is_last else (low, high)
        found.append(line(*ends, 0, 0, token("paper"), 5, layer="above", name="ninety"))
        found.append(line(*ends, 0, 0, token("ink"), 2, layer="above", name="ninety"))
    return found


def _names(
    shown: BlocsValues,
    order: Sequence[BlocRow],
    edges: Sequence[tuple[float, float]],
    names: Sequence[str],
    room: tuple[float, int],
    t: Translator,
) -> list[FigureDict]:
    """The names of both ends above the strip, each with its interval; the others beneath, pushed apart."""
    house, (width, above_px) = shown.house_seats, room
    step = 18 if above_px > WIDE[1] else 0  # on a phone the two stand beneath each other
    above = [(0, order[0], names[0], "left"), *([(house, order[-1], names[-1], "right")] if len(order) > 1 else [])]
    found = []
    for row, (x, bloc, name, side) in enumerate(above):
        said = phrase(f"{name} ({_ninety(bloc, t)})", t)
        found.append(note(x, 1, said, yref="paper", xanchor=side, yanchor="bottom", yshift=above_px - 22 - step * row))
    middle = [at for at in range(1, len(order) - 1) if order[at].seats]
    if middle:
        letters = max(len(names[at]) - len("<b></b>") for at in middle)
        gap = min(house / len(middle), LETTER * letters * house / width)
        wanted = [sum(edges[at]) / 2 for at in middle]
        places = spread(wanted, gap, gap / 2, house - gap / 2)
        for at, place in zip(middle, places, strict=True):
            said = phrase(names[at], t)
            found.append(note(round(place, 2), 0, said, yref="paper", xanchor="center", yanchor="top", yshift=-14))
    return found


# A bar each


def blocs_figure(shown: BlocsValues, t: Translator) -> FigureDict:
    """A bar a coalition from nought to the whole house, the majority line in ink on top."""
    rows, house = shown.blocs, shown.house_seats
    drawn = layout(
        62 * max(1, len(rows)) + 58,
        (6, 16, 26, 26),
        xaxis={"range": [0, house], "tickvals": [0, house], "ticktext": ["0", t.number(house)]},
        yaxis={"range": [len(rows) - 0.45, -0.75], "showticklabels": False},
        barmode="overlay",
        shapes=[_majority_line(shown.majority_seats, len(rows))]
        + [_seats_mark(bloc.seats, row) for row, bloc in enumerate(rows)],
        annotations=[_majority_text(shown.majority_seats, shown.majority_seats, t)]
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


def _majority_text(x: float, majority: int, t: Translator) -> FigureDict:
    said = f"<b>{t.number(majority)}</b>"
    return note(x, 1, said, yref="paper", yanchor="bottom", yshift=2, name="majority")


def _texts(bloc: BlocRow, row: int, house: int, t: Translator) -> list[FigureDict]:
    """Above a bar: the coalition's name on the left, its seats on the right."""
    numbers = f"<b>{t.number(bloc.seats, bloc.digits)}</b>  {_ninety(bloc, t)}"
    y = row - BAR / 2
    return [
        note(0, y, name_label(bloc.name, t), xanchor="left", yanchor="bottom", yshift=1),
        note(house, y, numbers, xanchor="right", yanchor="bottom", yshift=1),
    ]
