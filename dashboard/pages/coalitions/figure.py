"""The coalition builder's drawings: the distribution of its seats, and a hemicycle of the printed allocation."""

from collections.abc import Sequence
from math import cos, pi, sin

from dashboard.blocks import FigureDict
from dashboard.drawing import layout, line, name_label, note, phrase
from dashboard.i18n import Translator
from dashboard.pages.coalitions.numbers import HouseValues, MeterValues
from dashboard.render.template import token

RINGS_PER_SEATS = 17


def meter_figure(shown: MeterValues, t: Translator) -> FigureDict:
    """How often each number of seats was drawn, as shares of the draws, against the majority line."""
    house, majority, top = shown.house_seats, shown.majority_seats, shown.top_share * 1.12
    colours = [token("accent") if seat >= majority else token("quiet", 45) for seat in shown.share_by_seats]
    return {
        "data": [
            {
                "type": "bar",
                "name": "draws",
                "x": list(shown.share_by_seats),
                "y": list(shown.share_by_seats.values()),
                "width": 0.86,
                "marker": {"color": colours, "line": {"width": 0}},
                "hovertemplate": phrase("%{x}: %{y:.1%}", t) + "<extra></extra>",
            }
        ],
        "layout": layout(
            168,
            (8, 16, 24, 24),
            xaxis={"range": [-0.5, house + 0.5], "tickvals": [0, house], "ticktext": ["0", t.number(house)]},
            yaxis={"range": [0, top], "showticklabels": False},
            shapes=[
                line(majority - 0.5, majority - 0.5, 0, top, token("ink"), 1.5, layer="above", name="majority"),
                line(0, 1, 0, 0, token("hair"), 1, xref="paper", name="floor"),
            ],
            annotations=[note(majority, 1, f"<b>{majority}</b>", yref="paper", yanchor="bottom", yshift=2)],
        ),
        "narrow": {},
    }


def hemicycle_figure(shown: HouseValues, t: Translator) -> FigureDict:
    """A dot a seat, lists in their order from the left; who is not for the government is drawn hollow."""
    holders = [at for at, seats in enumerate(shown.seats) for _ in range(seats)]
    places = hemicycle(len(holders))
    names = [name_label(name, t) for name in shown.names]
    full = [token(name.colour) for name in shown.names]
    fills = [token(name.colour, None if backs else 22) for name, backs in zip(shown.names, shown.backs, strict=True)]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "name": "seats",
                "x": [x for x, _ in places],
                "y": [y for _, y in places],
                "text": [f"{names[at]} {shown.seats[at]}" for at in holders],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {
                    "size": 10,
                    "color": [fills[at] for at in holders],
                    "line": {"width": 1, "color": [full[at] for at in holders]},
                },
            }
        ],
        "layout": layout(
            260,
            (8, 8, 8, 8),
            xaxis={"range": [-1.06, 1.06], "showticklabels": False},
            yaxis={"range": [-0.06, 1.06], "showticklabels": False, "scaleanchor": "x", "scaleratio": 1},
        ),
        "narrow": {"height": 200},
    }


def hemicycle(seats: int) -> list[tuple[float, float]]:
    """Places of seats on half rings, from the left end to the right, evenly spaced.

    >>> len(hemicycle(120))
    120
    """
    if not seats:
        return []
    rings = max(1, round((seats / RINGS_PER_SEATS) ** 0.5 * 2.3))
    radii = [1 - 0.62 * ring / max(1, rings - 1) for ring in range(rings)] if rings > 1 else [1.0]
    counts = _spread(seats, radii)
    places = [
        (pi * at / max(1, count - 1), radius)
        for count, radius in zip(counts, radii, strict=True)
        for at in range(count)
    ]
    places.sort(key=lambda place: (round(place[0], 6), place[1]))
    return [(round(-radius * cos(angle), 3), round(radius * sin(angle), 3)) for angle, radius in places]


def _spread(seats: int, radii: Sequence[float]) -> list[int]:
    """Seats a ring in proportion to its length, adding up to the house."""
    quotas = [seats * radius / sum(radii) for radius in radii]
    counts = [int(quota) for quota in quotas]
    by_rest = sorted(range(len(radii)), key=lambda ring: counts[ring] - quotas[ring])
    for ring in by_rest[: seats - sum(counts)]:
        counts[ring] += 1
    return counts
