"""In how many of a hundred simulations a list has each number of seats."""

from dashboard.blocks import FigureDict
from dashboard.drawing import SMALL, layout, nice_step, note
from dashboard.i18n import Translator
from dashboard.pages.list.numbers import DistributionValues
from dashboard.render.template import token

HEIGHT = 200
MOST_TICKS = 12
AIR = 1.18  # above the highest bar, for its number


def distribution_figure(shown: DistributionValues, t: Translator) -> FigureDict:
    """A bar a number of seats; the printed one in full colour, with its odds above it."""
    first, last = shown.seats[0], shown.seats[-1]
    odds = [100 * part for part in shown.exactly]
    colours = [token(shown.name.colour, 100 if at == shown.printed_seats else 45) for at in shown.seats]
    places = list(range(first, last + 1, nice_step(max(1, last - first), MOST_TICKS)))
    printed = [(at, of) for at, of in zip(shown.seats, odds, strict=True) if at == shown.printed_seats]
    return {
        "data": [
            {
                "type": "bar",
                "name": "exactly",
                "x": list(shown.seats),
                "y": [round(value, 2) for value in odds],
                "width": 0.8,
                "marker": {"color": colours, "line": {"width": 0}},
                "hovertext": [
                    t("list.of_hundred", seats=at, chance=t.chance(part))
                    for at, part in zip(shown.seats, shown.exactly, strict=True)
                ],
                "hovertemplate": "%{hovertext}<extra></extra>",
            }
        ],
        "layout": layout(
            HEIGHT,
            (8, 8, 12, 30),
            xaxis={
                "range": [first - 0.7, last + 0.7],
                "tickvals": places,
                "ticktext": [t.number(place) for place in places],
            },
            yaxis={"range": [0, AIR * max(odds)], "showticklabels": False},
            annotations=[
                note(at, round(of, 2), f"<b>{t.number(of)}</b>", yanchor="bottom", yshift=2, font=SMALL)
                for at, of in printed
            ],
        ),
        "narrow": {},
    }
