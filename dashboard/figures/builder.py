"""The coalition builder's drawings: the distribution of its seats, and a hemicycle of one central allocation."""

from collections.abc import Mapping, Sequence
from math import cos, pi, sin

import numpy as np
import numpy.typing as npt

from dashboard.figures.base import Figure, axis, label, layout, line, note
from dashboard.i18n import Translator
from dashboard.theme import list_colour, token

RINGS_PER_SEATS = 17


def meter_figure(seats: npt.NDArray[np.integer], house_size: int, majority: int, t: Translator) -> Figure:
    """How often each number of seats was drawn, as shares of the draws, against the majority line."""
    tally = np.bincount(seats, minlength=house_size + 1) / max(1, seats.size)
    held = np.flatnonzero(tally > 0.0005)
    top = float(tally.max()) * 1.12
    colours = [token("accent") if int(seat) >= majority else token("quiet", 45) for seat in held]
    return {
        "data": [
            {
                "type": "bar",
                "name": "draws",
                "x": [int(seat) for seat in held],
                "y": [round(float(tally[seat]), 4) for seat in held],
                "width": 0.86,
                "marker": {"color": colours, "line": {"width": 0}},
                "hovertemplate": "%{x}: %{y:.1%}<extra></extra>",
            }
        ],
        "layout": layout(
            168,
            (8, 16, 24, 24),
            xaxis=axis(
                range=[-0.5, house_size + 0.5],
                tickvals=[0, house_size],
                ticktext=["0", t.number(house_size)],
            ),
            yaxis=axis(range=[0, top], showticklabels=False),
            shapes=[
                line(majority - 0.5, majority - 0.5, 0, top, token("ink"), 1.5, layer="above", name="majority"),
                line(0, 1, 0, 0, token("hair"), 1, xref="paper", name="floor"),
            ],
            annotations=[note(majority, 1, f"<b>{majority}</b>", yref="paper", yanchor="bottom", yshift=2)],
        ),
        "narrow": {},
    }


def hemicycle_figure(
    allocation: Mapping[str, int], order: Sequence[str], roles: Mapping[str, str], names: Mapping[str, str]
) -> Figure:
    """A dot a seat, lists in `order` from the left; who is not for the government is drawn hollow."""
    holders = [list_id for list_id in order for _ in range(allocation.get(list_id, 0))]
    places = hemicycle(len(holders))
    filled = [roles.get(list_id) in ("government", "support") for list_id in holders]
    return {
        "data": [
            {
                "type": "scatter",
                "mode": "markers",
                "name": "seats",
                "x": [x for x, _ in places],
                "y": [y for _, y in places],
                "text": [label(names[list_id]) for list_id in holders],
                "hovertemplate": "%{text}<extra></extra>",
                "marker": {
                    "size": 10,
                    "color": [
                        list_colour(list_id) if solid else list_colour(list_id, 22)
                        for list_id, solid in zip(holders, filled, strict=True)
                    ],
                    "line": {"width": 1, "color": [list_colour(list_id) for list_id in holders]},
                },
            }
        ],
        "layout": layout(
            260,
            (8, 8, 8, 8),
            xaxis=axis(range=[-1.06, 1.06], showticklabels=False),
            yaxis=axis(range=[-0.06, 1.06], showticklabels=False, scaleanchor="x", scaleratio=1),
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
