"""Seats, list by list: a row each with median, 50 and 90 % interval, the outgoing house and the result."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.figures.base import Figure, axis, label, layout, line, note, words
from dashboard.i18n import Translator
from dashboard.theme import list_colour, token
from dashboard.view import outlook
from pipelines.editions.schema import ListProjection, ListReference, Projection

ROW_HEIGHT, ROW_HEIGHT_NARROW = 38, 30
SMALL = {"size": 12, "color": token("quiet")}
RULE = 0.9  # rows of air around the rule above the lists below the threshold


@dataclass(frozen=True)
class Rows:
    """Lists in order: those that likely pass by seats, then those that likely do not by their chance."""

    passing: tuple[ListProjection, ...]
    below: tuple[ListProjection, ...]

    @property
    def all(self) -> tuple[ListProjection, ...]:
        return self.passing + self.below

    def place(self, row: int) -> float:
        return row if row < len(self.passing) else row + RULE


def rows(projection: Projection) -> Rows:
    """Every list has a row; below the rule stand the lists that miss the threshold in most simulations."""
    passing = [item for item in projection.lists if outlook(item).median > 0]
    below = [item for item in projection.lists if outlook(item).median <= 0]
    passing.sort(key=lambda item: (-outlook(item).median, -outlook(item).mean, item.id))
    below.sort(key=lambda item: (-item.p_pass, -item.trend_share_pct, item.id))
    return Rows(tuple(passing), tuple(below))


def seats_figure(projection: Projection, lists: Mapping[str, ListReference], t: Translator) -> Figure:
    """The seats chart of an edition."""
    order = rows(projection)
    last = order.place(len(order.all) - 1) if order.all else 0
    names = [label(t.short(lists[item.id])) for item in order.all]
    places = [order.place(row) for row in range(len(order.all))]
    drawn = layout(
        _height(last, ROW_HEIGHT),
        (_name_room(names, 8), 92, 4, 26),
        xaxis=axis(range=[-0.4, _highest(projection) + 1], showgrid=True, gridcolor=token("hair"), dtick=10),
        yaxis=axis(
            range=[last + 0.7, -0.7],
            tickvals=places,
            ticktext=names,
            tickfont={"size": 13, "color": token("ink")},
            ticks="outside",
            ticklen=8,
            tickcolor="rgba(0,0,0,0)",
        ),
        shapes=[shape for row in range(len(order.all)) for shape in _row_shapes(order, row)] + _rule(order),
        annotations=_texts(order, False, t),
    )
    return {
        "data": [_medians(order, names, projection, t), *_results(order, projection.result)],
        "layout": drawn,
        "narrow": {
            "height": _height(last, ROW_HEIGHT_NARROW),
            "margin": {"l": _name_room(names, 7), "r": 76, "t": 4, "b": 26, "pad": 0},
            "annotations": _texts(order, True, t),
        },
    }


def _name_room(names: Sequence[str], per_letter: int) -> int:
    """Pixels left of the axis for the longest name."""
    return min(150, 16 + per_letter * max((len(name) for name in names), default=8))


def _height(last_place: float, row_height: int) -> int:
    return int(row_height * (last_place + 1.4)) + 30


def _highest(projection: Projection) -> float:
    numbers = [outlook(item).q95 for item in projection.lists]
    numbers += [item.seats_now or 0 for item in projection.lists]
    return max([10, *numbers, *(projection.result or {}).values()])


def _row_shapes(order: Rows, row: int) -> list[Figure]:
    item, y = order.all[row], order.place(row)
    seats, colour = outlook(item), list_colour(item.id)
    shapes = [
        line(seats.q05, seats.q95, y, y, colour, 2, name="ninety"),
        line(seats.q25, seats.q75, y, y, list_colour(item.id, 55), 8, name="half"),
    ]
    if item.seats_now is not None:
        shapes.append(_tick(item.seats_now, y))
    return shapes


def _tick(seats: int, y: float) -> Figure:
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


def _rule(order: Rows) -> list[Figure]:
    if not order.below:
        return []
    y = len(order.passing) - 0.5 + RULE / 2
    return [line(0, 1, y - 0.2, y - 0.2, token("hair"), 1, xref="paper", name="rule")]


def _texts(order: Rows, is_narrow: bool, t: Translator) -> list[Figure]:
    """The numbers at the rows' ends, and the words on the rule."""
    ends = [_end(order, row, t) for row in range(len(order.passing))]
    odds = _odds_narrow if is_narrow else _odds
    below = [odds(order, row, t) for row in range(len(order.passing), len(order.all))]
    if not below:
        return ends
    y = len(order.passing) - 0.5 + RULE / 2 + 0.12
    said = words(t("seats.below_short" if is_narrow else "seats.below"), t)
    return [*ends, *below, note(1, y, said, xref="paper", xanchor="right", xshift=70 if is_narrow else 0, font=SMALL)]


def _end(order: Rows, row: int, t: Translator) -> Figure:
    """Median and interval beside a row."""
    seats = outlook(order.all[row])
    text = f"<b>{t.number(seats.median)}</b>  {t.span(seats.q05, seats.q95)}"
    return note(1, order.place(row), text, xref="paper", xanchor="left", xshift=10)


def _odds(order: Rows, row: int, t: Translator) -> Figure:
    """The chance to pass, in words after the row's interval."""
    item = order.all[row]
    right = max(outlook(item).q95, item.seats_now or 0)
    said = words(t("seats.passes", chance=t.chance(item.p_pass)), t)
    return note(right, order.place(row), said, xanchor="left", xshift=14, font=SMALL)


def _odds_narrow(order: Rows, row: int, t: Translator) -> Figure:
    """The chance to pass, in figures where a phone has the numbers."""
    said = words(t("seats.of_hundred", n=t.number(100 * order.all[row].p_pass)), t)
    return note(1, order.place(row), said, xref="paper", xanchor="left", xshift=10, font=SMALL)


def _medians(order: Rows, names: Sequence[str], projection: Projection, t: Translator) -> Figure:
    return {
        "type": "scatter",
        "mode": "markers",
        "name": "median",
        "cliponaxis": False,
        "x": [outlook(item).median for item in order.all],
        "y": [order.place(row) for row in range(len(order.all))],
        "marker": {
            "size": 10,
            "color": [list_colour(item.id) for item in order.all],
            "line": {"color": token("paper"), "width": 1.5},
        },
        "text": [
            "<br>".join(_hover(name, item, projection.result, t)) for name, item in zip(names, order.all, strict=True)
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }


def _hover(name: str, item: ListProjection, result: Mapping[str, int] | None, t: Translator) -> list[str]:
    seats = outlook(item)
    said = [f"{t('seats.key_median')}: {t.number(seats.median)}"]
    said.append(f"{t('seats.key_ninety')}: {t.span(seats.q05, seats.q95)}")
    said.append(t("seats.passes", chance=t.chance(item.p_pass)))
    if item.seats_now is not None:
        said.append(t("seats.now", n=item.seats_now))
    if result is not None:
        said.append(t("seats.won", n=result.get(item.id, 0)))
    return [f"<b>{name}</b>", *(words(line_said, t) for line_said in said)]


def _results(order: Rows, result: Mapping[str, int] | None) -> list[Figure]:
    if result is None:
        return []
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "name": "result",
            "cliponaxis": False,
            "x": [result.get(item.id, 0) for item in order.all],
            "y": [order.place(row) for row in range(len(order.all))],
            "marker": {
                "symbol": "diamond-open",
                "size": 12,
                "color": token("ink"),
                "line": {"width": 1.75},
            },
            "hoverinfo": "skip",
        }
    ]
