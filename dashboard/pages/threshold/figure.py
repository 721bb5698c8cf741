"""The threshold drawn: each list's vote against it, and a bloc's chance where a list passes and where it fails."""

from collections.abc import Sequence
from math import ceil

from dashboard.blocks import FigureDict
from dashboard.drawing import (
    SMALL,
    Trace,
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
)
from dashboard.i18n import Translator
from dashboard.pages.threshold.numbers import EdgeValues, OddsValues, VotesValues
from dashboard.render.template import token

ROW = 44
MOST_TICKS = 8


def votes_figure(values: VotesValues, t: Translator) -> FigureDict:
    """A row a list: mean, 50 and 90 % interval of its share of the vote, the threshold in ink."""
    edges, threshold = values.lists, values.threshold_pct
    top = ceil(max([threshold + 1, *(edge.q95_pct for edge in edges)]))
    names = [name_label(edge.name, t) for edge in edges]
    room, sign = name_room(names), t.percent_signs[1]
    written = t.percent(threshold, 2 if threshold % 1 else 0)
    return {
        "data": [_dots("mean", [edge.mean_pct for edge in edges], edges, names, f"%{{x:.1f}}{sign}", t)],
        "layout": layout(
            _height(edges),
            (room, 96, 26, 26),
            xaxis={
                "range": [0, top],
                "showgrid": True,
                "dtick": nice_step(top, MOST_TICKS),
                "ticksuffix": sign,
            },
            yaxis=rows_axis(names, range(len(names))),
            shapes=[
                line(threshold, threshold, 0, 1, token("ink"), 1.5, yref="paper", layer="above", name="threshold"),
                *(shape for row, edge in enumerate(edges) for shape in _interval(edge, row)),
            ],
            annotations=[
                note(threshold, 1, f"<b>{written}</b>", yref="paper", yanchor="bottom", yshift=2),
                *(_chance(edge, row, t) for row, edge in enumerate(edges)),
            ],
        ),
        "narrow": {"margin": margins(room, 92, 26, 26)},
    }


def odds_figure(values: OddsValues, t: Translator) -> FigureDict:
    """A row a list: the bloc's chance where the list fails (hollow) and where it passes (full), with its number."""
    edges = [
        edge for edge in values.lists if edge.p_majority_if_passes is not None or edge.p_majority_if_fails is not None
    ]
    names = [name_label(edge.name, t) for edge in edges]
    fails = [_hundred(edge.p_majority_if_fails) for edge in edges]
    passes = [_hundred(edge.p_majority_if_passes) for edge in edges]
    overall = round(100 * values.p_majority, 1)
    top = max([10.0, overall, *(value for value in (*fails, *passes) if value is not None)]) * 1.1
    joined = [
        line(one, other, row, row, token(edge.name.colour, 55), 6, name="span")
        for row, (edge, one, other) in enumerate(zip(edges, fails, passes, strict=True))
        if one is not None and other is not None
    ]
    label = phrase(t("threshold.overall", majority=values.majority_seats, n=t.number(overall)), t)
    plane = layout(
        _height(edges),
        (name_room(names), 24, 26, 26),
        xaxis={"range": [-0.1 * top, top], "showgrid": True, "nticks": 6},
        yaxis=rows_axis(names, range(len(names))),
        shapes=[
            line(overall, overall, 0, 1, token("ink"), 1.5, yref="paper", layer="above", name="overall"),
            *joined,
        ],
        annotations=[
            note(
                overall,
                1,
                label,
                yref="paper",
                yanchor="bottom",
                xanchor="left" if overall < top / 2 else "right",
                yshift=2,
                font=SMALL,
            ),
            *(text for row, ends in enumerate(zip(fails, passes, strict=True)) for text in _numbers(row, ends, t)),
        ],
    )
    dots = [
        _dots("fails", fails, edges, names, "%{x:.0f}", t, hollow=True),
        _dots("passes", passes, edges, names, "%{x:.0f}", t),
    ]
    return {"data": dots, "layout": plane, "narrow": {}}


def _numbers(row: int, ends: tuple[float | None, float | None], t: Translator) -> list[FigureDict]:
    """The numbers of a row's dots, each outside its own."""
    numbers = sorted(value for value in ends if value is not None)
    sides = [("right", -10), ("left", 10)][-len(numbers) :]
    return [
        note(value, row, t.number(value), xanchor=anchor, xshift=shift)
        for value, (anchor, shift) in zip(numbers, sides, strict=True)
    ]


def _hundred(probability: float | None) -> float | None:
    return None if probability is None else round(100 * probability, 1)


def _height(edges: Sequence[EdgeValues]) -> int:
    return ROW * max(1, len(edges)) + 62


def _interval(edge: EdgeValues, row: int) -> list[FigureDict]:
    return [
        line(edge.q05_pct, edge.q95_pct, row, row, token(edge.name.colour), 2, name="ninety"),
        line(edge.q25_pct, edge.q75_pct, row, row, token(edge.name.colour, 55), 8, name="half"),
    ]


def _chance(edge: EdgeValues, row: int, t: Translator) -> FigureDict:
    text = phrase(t("seats.of_hundred", n=t.number(100 * edge.p_pass)), t)
    return note(1, row, text, xref="paper", xanchor="left", xshift=10)


def _dots(
    name: str,
    values: Sequence[float | None],
    edges: Sequence[EdgeValues],
    names: Sequence[str],
    value: str,
    t: Translator,
    hollow: bool = False,
) -> Trace:
    colours, paper = [token(edge.name.colour) for edge in edges], token("paper")
    look = (paper, colours, 2) if hollow else (colours, paper, 1.5)
    hover = phrase(f"%{{text}}: {value}", t) + "<extra></extra>"
    return marks(name, values, range(len(edges)), 11, *look, text=list(names), hovertemplate=hover)
