"""Seats, list by list, with intervals, the outgoing house and the result; and blocs against the majority line."""

from collections.abc import Sequence

from dashboard.blocks import FigureDict
from dashboard.drawing import (
    CLEAR,
    HOVER,
    SMALL,
    Trace,
    bars,
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
    spread,
)
from dashboard.i18n import Translator
from dashboard.i18n import clean as visible
from dashboard.pages.tonight.numbers import BlocRow, BlocsValues, SeatInterval, SeatsRow, SeatsValues
from dashboard.render.template import token

ROW_HEIGHT, ROW_HEIGHT_NARROW = 38, 28
MOST_TICKS = 5
CHANGE = 58  # pixels for "32 → 23" at the edge
RULE = 0.9  # rows of air around the rule above the lists below the threshold


def seats_figure(values: SeatsValues, t: Translator) -> FigureDict:
    """The seats chart; a row is one target from end to end, and leads to its list."""
    places, top = [_place(values, row) for row in range(len(values.lists))], _highest(values)
    last = places[-1] if places else 0
    names = [name_label(row.name, t) for row in values.lists]
    shapes = [shape for row, y in zip(values.lists, places, strict=True) for shape in _row_shapes(row, y)]
    return {
        "data": [_targets(values, places, names, top + 1, t), _dots(values, places), *_results(values, places)],
        "layout": layout(
            _height(last, ROW_HEIGHT),
            (name_room(names), _end_room(values, 92, t, is_narrow=False), 4, 26),
            xaxis={"range": [-0.4, top + 1], "showgrid": True, "dtick": nice_step(top, MOST_TICKS)},
            barmode="overlay",
            yaxis=rows_axis(names, places, range=[last + 0.7, -0.7]),
            shapes=shapes + _rule(values),
            annotations=_texts(values, places, False, t),
        ),
        "narrow": {
            "height": _height(last, ROW_HEIGHT if values.share_first else ROW_HEIGHT_NARROW),
            "margin": margins(name_room(names, 7), _end_room(values, 76, t, is_narrow=True), 4, 26),
            "annotations": _texts(values, places, True, t),
        },
    }


def _place(values: SeatsValues, row: int) -> float:
    return row if row < values.passing else row + RULE


def _height(last_place: float, row_height: int) -> int:
    return int(row_height * (last_place + 1.4)) + 30


def _highest(values: SeatsValues) -> float:
    numbers = [row.interval_seats.q95 for row in values.lists]
    numbers += [seats for row in values.lists for seats in (row.outgoing_seats, row.won_seats) if seats is not None]
    return max([10, *numbers])


def _row_shapes(row: SeatsRow, y: float) -> list[FigureDict]:
    seats = row.interval_seats
    shapes = [
        line(seats.q05, seats.q95, y, y, token(row.name.colour), 2, name="ninety"),
        line(seats.q25, seats.q75, y, y, token(row.name.colour, 55), 8, name="half"),
    ]
    return shapes if row.outgoing_seats is None else [*shapes, _tick(row.outgoing_seats, y)]


def _tick(seats: int, y: float) -> FigureDict:
    """The outgoing house: a hollow upright tick of fixed size."""
    return {
        "type": "rect",
        "name": "now",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": seats,
        "yanchor": y,
        "x0": -2.5,
        "x1": 2.5,
        "y0": -8,
        "y1": 8,
        "fillcolor": token("paper"),
        "layer": "between",
        "line": {"color": token("quiet"), "width": 1.25},
    }


def _rule(values: SeatsValues) -> list[FigureDict]:
    if values.passing == len(values.lists):
        return []
    y = values.passing - 0.5 + RULE / 2 - 0.2
    return [line(0, 1, y, y, token("hair"), 1, xref="paper", name="rule")]


def _texts(values: SeatsValues, places: Sequence[float], is_narrow: bool, t: Translator) -> list[FigureDict]:
    """The numbers at the rows' ends, and the words on the rule."""
    rows = list(zip(values.lists, places, strict=True))
    end = _end_narrow if is_narrow else _end
    ends = [end(row, y, values, t) for row, y in rows[: values.passing]]
    ends += [] if is_narrow else [_change(row, y, values, t) for row, y in rows if _has_change(row)]
    odds = _odds_narrow if is_narrow else _odds
    below = [odds(row, y, t) for row, y in rows[values.passing :]]
    if not below:
        return ends
    y = values.passing - 0.5 + RULE / 2 + 0.12
    text = phrase(t("seats.below_short" if is_narrow else "seats.below"), t)
    return [*ends, *below, note(1, y, text, xref="paper", xanchor="right", xshift=70 if is_narrow else 0, font=SMALL)]


def _end(row: SeatsRow, y: float, values: SeatsValues, t: Translator) -> FigureDict:
    """Per cent, seats and interval beside a row, in the order of the electorate's custom, the first of them in bold."""
    return note(1, y, "  ".join(_numbers(row, values, t)), xref="paper", xanchor="left", xshift=10)


def _has_change(row: SeatsRow) -> bool:
    return row.outgoing_seats is not None and not row.digits


def _change(row: SeatsRow, y: float, values: SeatsValues, t: Translator) -> FigureDict:
    """From the outgoing house to the printed seats, at the edge of the drawing."""
    text = f"{t.number(row.outgoing_seats or 0)} → {t.number(row.seats)}"
    end = _end_room(values, 92, t, is_narrow=False) - 4
    return note(1, y, text, xref="paper", xanchor="right", xshift=end, font=SMALL)


def _end_narrow(row: SeatsRow, y: float, values: SeatsValues, t: Translator) -> FigureDict:
    """The same on a phone: with per cent in front, the seats stand beneath."""
    first, *others = _numbers(row, values, t)
    text = "<br>".join((first, " ".join(others))) if values.share_first else "  ".join((first, *others))
    return note(1, y, text, xref="paper", xanchor="left", xshift=10)


def _numbers(row: SeatsRow, values: SeatsValues, t: Translator) -> list[str]:
    seats, interval = t.number(row.seats, row.digits), t.span(row.interval_seats.q05, row.interval_seats.q95)
    if values.share_first:
        return [
            f"<b>{t.percent(row.trend_pct, 1)}</b>",
            *((interval, seats) if values.intervals_first else (seats, interval)),
        ]
    return [interval, f"<b>{seats}</b>"] if values.intervals_first else [f"<b>{seats}</b>", interval]


def _end_room(values: SeatsValues, least: int, t: Translator, *, is_narrow: bool) -> int:
    """Pixels right of the plot for the longest numbers at a row's end."""
    spans = (t.span(row.interval_seats.q05, row.interval_seats.q95) for row in values.lists)
    longest = max((len(visible(span)) for span in spans), default=0)
    digits = max((len(visible(t.number(row.seats, row.digits))) for row in values.lists), default=0)
    shares = max((len(visible(t.percent(row.trend_pct, 1))) + 1 for row in values.lists), default=0)
    beside = shares if values.share_first and not is_narrow else 0
    change = CHANGE if not is_narrow and any(map(_has_change, values.lists)) else 0
    return max(least, int(22 + 7.4 * (longest + digits + beside))) + change


def _odds(row: SeatsRow, y: float, t: Translator) -> FigureDict:
    """The chance to pass and the seats then, in words after the row's interval."""
    right = max(row.interval_seats.q95, row.outgoing_seats or 0)
    return note(right, y, phrase(_passes(row, t), t), xanchor="left", xshift=14, font=SMALL)


def _odds_narrow(row: SeatsRow, y: float, t: Translator) -> FigureDict:
    """The chance to pass, in figures where a phone has the numbers."""
    text = phrase(t("seats.of_hundred", n=t.number(100 * row.p_pass)), t)
    return note(1, y, text, xref="paper", xanchor="left", xshift=10, font=SMALL)


def _passes(row: SeatsRow, t: Translator) -> str:
    chance, then = t.chance(row.p_pass), row.passing_seats
    if then is None:
        return t("seats.passes", chance=chance)
    return t("seats.passes_with", chance=chance, seats=t.span(then.q05, then.q95))


def _targets(values: SeatsValues, places: Sequence[float], names: Sequence[str], end: float, t: Translator) -> Trace:
    """Bars nobody sees over the whole of each row: what a row says, and where a press leads."""
    hovers = ["<br>".join(_hover(name, row, values, t)) for name, row in zip(names, values.lists, strict=True)]
    to = [f"/list/{row.name.id}" for row in values.lists]
    return bars("row", [end] * len(places), places, 1, CLEAR, orientation="h", hovertext=hovers, customdata=to, **HOVER)


def _dots(values: SeatsValues, places: Sequence[float]) -> Trace:
    return marks(
        "seats",
        [row.seats for row in values.lists],
        places,
        10,
        [token(row.name.colour) for row in values.lists],
        token("paper"),
        1.5,
        hoverinfo="skip",
    )


def _hover(name: str, row: SeatsRow, values: SeatsValues, t: Translator) -> list[str]:
    lines = [
        *([f"{t('table.trend')}: {t.percent(row.trend_pct, 1)}"] if values.share_first else []),
        f"{t('table.expected' if row.digits else 'table.seats')}: {t.number(row.seats, row.digits)}",
        f"{t('seats.key_ninety')}: {t.span(row.interval_seats.q05, row.interval_seats.q95)}",
        _passes(row, t),
    ]
    if row.outgoing_seats is not None:
        house, the_house = name_label(values.house, t), name_label(values.the_house, t)
        lines.append(t("seats.now", house=house, the_house=the_house, n=row.outgoing_seats))
    if row.won_seats is not None:
        lines.append(t("seats.won", n=row.won_seats))
    leaders = " · ".join(name_label(leader, t) for leader in row.leaders)
    return [f"<b>{name}</b>", *([leaders] if leaders else []), *(phrase(line_said, t) for line_said in lines)]


def _results(values: SeatsValues, places: Sequence[float]) -> list[Trace]:
    won = [(row.won_seats, y) for row, y in zip(values.lists, places, strict=True) if row.won_seats is not None]
    if not won:
        return []
    seats, rows = zip(*won, strict=True)
    ink = token("ink")
    return [marks("result", seats, rows, 12, ink, ink, 1.75, symbol="diamond-open", hoverinfo="skip")]


BAR = 0.34
FADE = ((100, "q05"), (72, "q25"), (40, "q75"), (13, "q95"))
HEIGHT, BENEATH = 44, 34  # pixels of the strip, and of the names of what lies between its ends
WIDE, NARROW = (1180.0, 40), (340.0, 60)  # width, and room above for the names of both ends
LETTER = 7.2  # pixels


# The strip


def strip_figure(values: BlocsValues, t: Translator) -> FigureDict:
    """Every seat of the house once: the first bloc at one end, the others from the other; in between the majority."""
    order = [values.blocs[0], *reversed(values.blocs[1:])]
    edges, middle = _edges(values, order), values.house_seats / 2
    names = [f"{name_label(bloc.name, t)} <b>{t.number(bloc.seats, bloc.digits)}</b>" for bloc in order]

    def texts(room: tuple[float, int]) -> list[FigureDict]:
        text = _majority_text(middle, values.majority_seats, t)
        return [text, *_names(values, order, edges, names, room, t)]

    return {
        "data": [_segment_of(bloc, low, t) for bloc, (low, _) in zip(order, edges, strict=True)] + _rest(values, edges),
        "layout": layout(
            HEIGHT + WIDE[1] + BENEATH,
            (2, 2, WIDE[1], BENEATH),
            xaxis={"range": [0, values.house_seats], "tickvals": [], "ticktext": []},
            yaxis={"range": [-0.5, 0.5], "showticklabels": False},
            barmode="overlay",
            shapes=[
                *_ends(values, order),
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


def _edges(values: BlocsValues, order: Sequence[BlocRow]) -> list[tuple[float, float]]:
    """Where each bloc begins and ends; what is in none lies beside the first."""
    at, edges = 0.0, []
    for place, bloc in enumerate(order):
        edges.append((at, at + bloc.seats))
        at += bloc.seats + ((values.rest_seats or 0.0) if place == 0 else 0.0)
    return edges


def _segment_of(bloc: BlocRow, low: float, t: Translator) -> Trace:
    hovers = [_bloc_hover(bloc, t)]
    colours = [token(bloc.name.colour)]
    return bars(bloc.name.id, [bloc.seats], [0], 1, colours, orientation="h", base=[low], hovertext=hovers, **HOVER)


def _bloc_hover(bloc: BlocRow, t: Translator) -> str:
    return f"{name_label(bloc.name, t)}: {t.number(bloc.seats, bloc.digits)} ({_ninety(bloc, t)})"


def _rest(values: BlocsValues, edges: Sequence[tuple[float, float]]) -> list[Trace]:
    if not values.rest_seats:
        return []
    place: Trace = {"orientation": "h", "base": [edges[0][1]], "hoverinfo": "skip"}
    return [bars("rest", [values.rest_seats], [0], 1, [token("hair")], **place)]


def _ends(values: BlocsValues, order: Sequence[BlocRow]) -> list[FigureDict]:
    """The 90 % interval of the blocs at both ends: how far each may reach into the house."""
    house = values.house_seats
    lines: list[FigureDict] = []
    for bloc, is_last in ((order[0], False), *([(order[-1], True)] if len(order) > 1 else [])):
        low, high = bloc.interval_seats.q05, bloc.interval_seats.q95
        ends = (house - high, house - low) if is_last else (low, high)
        lines.append(line(*ends, 0, 0, token("paper"), 5, layer="above", name="ninety"))
        lines.append(line(*ends, 0, 0, token("ink"), 2, layer="above", name="ninety"))
    return lines


def _names(
    values: BlocsValues,
    order: Sequence[BlocRow],
    edges: Sequence[tuple[float, float]],
    names: Sequence[str],
    room: tuple[float, int],
    t: Translator,
) -> list[FigureDict]:
    """The names of both ends above the strip, each with its interval; all others beneath, pushed apart."""
    house, (width, above_px) = values.house_seats, room
    step = 18 if above_px > WIDE[1] else 0  # on a phone the two stand beneath each other
    above = [(0, order[0], names[0], "left"), *([(house, order[-1], names[-1], "right")] if len(order) > 1 else [])]
    notes = []
    for row, (x, bloc, name, side) in enumerate(above):
        text = phrase(f"{name} ({_ninety(bloc, t)})", t)
        notes.append(note(x, 1, text, yref="paper", xanchor=side, yanchor="bottom", yshift=above_px - 22 - step * row))
    beneath = [(sum(edges[at]) / 2, names[at]) for at in range(1, len(order) - 1) if order[at].seats]
    if values.rest_seats:
        rest = f"{t('outlets.rest')} <b>{t.number(values.rest_seats, order[0].digits)}</b>"
        beneath.insert(0, (edges[0][1] + values.rest_seats / 2, rest))
    if beneath:
        letters = max(len(name) - len("<b></b>") for _, name in beneath)
        gap = min(house / len(beneath), LETTER * letters * house / width)
        places = spread([place for place, _ in beneath], gap, gap / 2, house - gap / 2)
        for (_, name), place in zip(beneath, places, strict=True):
            text = phrase(name, t)
            notes.append(note(round(place, 2), 0, text, yref="paper", xanchor="center", yanchor="top", yshift=-14))
    return notes


# A bar each


def blocs_figure(values: BlocsValues, t: Translator) -> FigureDict:
    """A bar a coalition from nought to the whole house, the majority line in ink on top."""
    rows, house, majority = values.blocs, values.house_seats, values.majority_seats
    plane = layout(
        62 * max(1, len(rows)) + 58,
        (6, 16, 26, 26),
        xaxis={"range": [0, house], "tickvals": [0, house], "ticktext": ["0", t.number(house)]},
        yaxis={"range": [len(rows) - 0.45, -0.75], "showticklabels": False},
        barmode="overlay",
        shapes=[
            line(majority, majority, -0.72, len(rows) - 0.5, token("ink"), 1.5, layer="above", name="majority"),
            *(
                line(
                    bloc.seats, bloc.seats, row - BAR / 2, row + BAR / 2, token("paper"), 2, layer="above", name="seats"
                )
                for row, bloc in enumerate(rows)
            ),
        ],
        annotations=[_majority_text(majority, majority, t)]
        + [text for row, bloc in enumerate(rows) for text in _bloc_texts(bloc, row, house, t)],
    )
    return {"data": [_segment(values, step, t) for step in range(len(FADE))], "layout": plane, "narrow": {}}


def _segment(values: BlocsValues, step: int, t: Translator) -> Trace:
    percent, upper = FADE[step]
    low = [_edge(bloc.interval_seats, step) for bloc in values.blocs]
    high = [float(getattr(bloc.interval_seats, upper)) for bloc in values.blocs]
    lengths = [top - bottom for top, bottom in zip(high, low, strict=True)]
    colours = [token(bloc.name.colour, percent) for bloc in values.blocs]
    hovers = [_bloc_hover(bloc, t) for bloc in values.blocs]
    rows = range(len(values.blocs))
    return bars(upper, lengths, rows, BAR, colours, orientation="h", base=low, hovertext=hovers, **HOVER)


def _edge(seats: SeatInterval, step: int) -> float:
    return float(getattr(seats, FADE[step - 1][1])) if step else 0.0


def _ninety(bloc: BlocRow, t: Translator) -> str:
    return t.span(bloc.interval_seats.q05, bloc.interval_seats.q95)


def _majority_text(x: float, majority: int, t: Translator) -> FigureDict:
    text = f"<b>{t.number(majority)}</b>"
    return note(x, 1, text, yref="paper", yanchor="bottom", yshift=2, name="majority")


def _bloc_texts(bloc: BlocRow, row: int, house: int, t: Translator) -> list[FigureDict]:
    """Above a bar: the coalition's name on the left, its seats on the right."""
    numbers = f"<b>{t.number(bloc.seats, bloc.digits)}</b>  {_ninety(bloc, t)}"
    y = row - BAR / 2
    return [
        note(0, y, name_label(bloc.name, t), xanchor="left", yanchor="bottom", yshift=1),
        note(house, y, numbers, xanchor="right", yanchor="bottom", yshift=1),
    ]
