"""The threshold drawn: each list's vote against it, and a bloc's chance where a list passes and where it fails."""

from collections.abc import Mapping, Sequence
from math import ceil

from dashboard.figures.base import Figure, axis, label, layout, line, note, words
from dashboard.i18n import Translator
from dashboard.theme import list_colour, token
from dashboard.thresholds import Edge
from electoral.coalition_odds import Conditional
from pipelines.editions.schema import ListReference

ROW = 44
SMALL = {"size": 12, "color": token("quiet")}


def votes_figure(
    edges: Sequence[Edge], threshold_pct: float, lists: Mapping[str, ListReference], t: Translator
) -> Figure:
    """A row a list: median, 50 and 90 % interval of its share of the vote, the threshold in ink."""
    top = ceil(max([threshold_pct + 1, *(edge.share_pct.q95 for edge in edges)]))
    names = [label(t.short(lists[edge.item.id])) for edge in edges]
    drawn = layout(
        _height(edges),
        (_room(names), 96, 26, 26),
        xaxis=axis(range=[0, top], showgrid=True, gridcolor=token("hair"), dtick=1 if top < 9 else 2, ticksuffix="%"),
        yaxis=_rows(names),
        shapes=[
            line(threshold_pct, threshold_pct, 0, 1, token("ink"), 1.5, yref="paper", layer="above", name="threshold"),
            *(shape for row, edge in enumerate(edges) for shape in _interval(edge, row)),
        ],
        annotations=[
            note(threshold_pct, 1, f"<b>{threshold_pct:g}%</b>", yref="paper", yanchor="bottom", yshift=2),
            *(_chance(edge, row, t) for row, edge in enumerate(edges)),
        ],
    )
    return {
        "data": [_dots("median", [edge.share_pct.median for edge in edges], edges, names, "%{x:.1f}%")],
        "layout": drawn,
        "narrow": {"margin": {"l": _room(names), "r": 92, "t": 26, "b": 26, "pad": 0}},
    }


def odds_figure(
    edges: Sequence[Edge], p_majority: float, majority: int, lists: Mapping[str, ListReference], t: Translator
) -> Figure:
    """A row a list: the bloc's chance where the list fails (hollow) and where it passes (full)."""
    shown = [edge for edge in edges if edge.if_passes or edge.if_fails]
    names = [label(t.short(lists[edge.item.id])) for edge in shown]
    fails = [_hundred(edge.if_fails) for edge in shown]
    passes = [_hundred(edge.if_passes) for edge in shown]
    overall = round(100 * p_majority, 1)
    top = max([10.0, overall, *(value for value in (*fails, *passes) if value is not None)]) * 1.08
    joined = [
        line(one, other, row, row, list_colour(edge.item.id, 55), 6, name="span")
        for row, (edge, one, other) in enumerate(zip(shown, fails, passes, strict=True))
        if one is not None and other is not None
    ]
    drawn = layout(
        _height(shown),
        (_room(names), 24, 26, 26),
        xaxis=axis(range=[-0.02 * top, top], showgrid=True, gridcolor=token("hair"), nticks=6),
        yaxis=_rows(names),
        shapes=[
            line(overall, overall, 0, 1, token("ink"), 1.5, yref="paper", layer="above", name="overall"),
            *joined,
        ],
        annotations=[
            note(
                overall,
                1,
                words(t("threshold.overall", majority=majority, n=t.number(overall)), t),
                yref="paper",
                yanchor="bottom",
                xanchor="left" if overall < top / 2 else "right",
                yshift=2,
                font=SMALL,
            )
        ],
    )
    return {
        "data": [
            _dots("fails", fails, shown, names, "%{x:.0f}", hollow=True),
            _dots("passes", passes, shown, names, "%{x:.0f}"),
        ],
        "layout": drawn,
        "narrow": {},
    }


def _hundred(found: Conditional | None) -> float | None:
    return None if found is None or found.probability is None else round(100 * found.probability, 1)


def _height(edges: Sequence[Edge]) -> int:
    return ROW * max(1, len(edges)) + 62


def _room(names: Sequence[str]) -> int:
    return min(150, 16 + 8 * max((len(name) for name in names), default=8))


def _rows(names: Sequence[str]) -> Figure:
    return axis(
        range=[len(names) - 0.4, -0.6],
        tickvals=list(range(len(names))),
        ticktext=list(names),
        tickfont={"size": 13, "color": token("ink")},
        ticks="outside",
        ticklen=8,
        tickcolor="rgba(0,0,0,0)",
    )


def _interval(edge: Edge, row: int) -> list[Figure]:
    share, name = edge.share_pct, edge.item.id
    return [
        line(share.q05, share.q95, row, row, list_colour(name), 2, name="ninety"),
        line(share.q25, share.q75, row, row, list_colour(name, 55), 8, name="half"),
    ]


def _chance(edge: Edge, row: int, t: Translator) -> Figure:
    said = words(t("seats.of_hundred", n=t.number(100 * edge.item.p_pass)), t)
    return note(1, row, said, xref="paper", xanchor="left", xshift=10)


def _dots(
    name: str,
    values: Sequence[float | None],
    edges: Sequence[Edge],
    names: Sequence[str],
    value: str,
    hollow: bool = False,
) -> Figure:
    colours = [list_colour(edge.item.id) for edge in edges]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "cliponaxis": False,
        "x": list(values),
        "y": list(range(len(edges))),
        "text": list(names),
        "hovertemplate": f"%{{text}} {value}<extra></extra>",
        "marker": {
            "size": 11,
            "color": token("paper") if hollow else colours,
            "line": {"color": colours if hollow else token("paper"), "width": 2 if hollow else 1.5},
        },
    }
