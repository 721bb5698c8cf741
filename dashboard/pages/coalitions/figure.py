"""The coalition builder's drawings: the distribution of its seats, and a hemicycle of the printed allocation."""

from collections.abc import Sequence
from math import atan2, cos, pi, sin

from dashboard.blocks import FigureDict
from dashboard.drawing import (
    CLEAR,
    bars,
    in_two_lines,
    layout,
    line,
    marks,
    name_label,
    nice_step,
    note,
    phrase,
    spread,
)
from dashboard.i18n import Translator
from dashboard.pages.coalitions.numbers import HouseValues, MeterValues
from dashboard.render.template import token

RINGS_PER_SEATS = 17
MARGIN_SEATS = 2.5  # beside the numbers of seats that were drawn
RIM = 1.1  # where names stand, against the outer ring
UPRIGHT = 0.3  # a name nearer than this to the top stands in the middle above its wedge
LONG_NAME = 14  # letters
ROOM = 0.42  # from name to name around the ring, as an angle


def meter_figure(values: MeterValues, t: Translator) -> FigureDict:
    """How often each number of seats was drawn, where the draws are; the majority's part named."""
    majority, top = values.majority_seats, values.top_share * 1.3
    colours = [token("accent") if seat >= majority else token("quiet", 45) for seat in values.share_by_seats]
    low = max(-0.5, min([*values.share_by_seats, majority]) - MARGIN_SEATS)
    high = min(values.house_seats + 0.5, max([*values.share_by_seats, majority]) + MARGIN_SEATS)
    step = nice_step(high - low, 6)
    ticks = [seat for seat in range(0, values.house_seats + 1, step) if low <= seat <= high]
    text = phrase(t("coalitions.meter_share", majority=majority, chance=t.chance(values.p_majority)), t)
    is_right = majority > (low + high) / 2  # the words stand where there is room for them
    share_by_seats = values.share_by_seats
    of_seats = phrase("%{x}: %{y:.1%}", t) + "<extra></extra>"
    return {
        "data": [bars("draws", share_by_seats.keys(), share_by_seats.values(), 0.86, colours, hovertemplate=of_seats)],
        "layout": layout(
            180,
            (8, 16, 8, 24),
            xaxis={"range": [low, high], "tickvals": ticks, "ticktext": [t.number(seat) for seat in ticks]},
            yaxis={"range": [0, top], "showticklabels": False},
            shapes=[
                line(majority - 0.5, majority - 0.5, 0, top, token("ink"), 1.5, layer="above", name="majority"),
                line(0, 1, 0, 0, token("hair"), 1, xref="paper", name="floor"),
            ],
            annotations=[
                note(
                    majority - 0.5,
                    top,
                    f"<b>{text}</b>",
                    yanchor="top",
                    xanchor="right" if is_right else "left",
                    xshift=-6 if is_right else 6,
                    font={"color": token("ink"), "size": 13},
                )
            ],
        ),
        "narrow": {},
    }


def hemicycle_figure(values: HouseValues, t: Translator) -> FigureDict:
    """A dot a seat, lists in order from the left, wedges named around them, the seat that makes a majority ringed."""
    holders = [at for at, seats in enumerate(values.seats) for _ in range(seats)]
    places = hemicycle(len(holders))
    names = [name_label(name, t) for name in values.names]
    full = [token(name.colour) for name in values.names]
    fills = [token(name.colour, None if backs else 22) for name, backs in zip(values.names, values.backs, strict=True)]
    deciding = [places[seat - 1] for seat in values.deciding_seats if seat <= len(places)]
    (x, y), (x_deciding, y_deciding) = (([at[0] for at in of], [at[1] for at in of]) for of in (places, deciding))
    colours, edges = [fills[at] for at in holders], [full[at] for at in holders]
    hovers = [f"{names[at]} {values.seats[at]}" for at in holders]
    seats = marks("seats", x, y, 9, colours, edges, 1, text=hovers, hovertemplate="%{text}<extra></extra>")
    ring = marks("deciding", x_deciding, y_deciding, 15, CLEAR, token("ink"), 2, hoverinfo="skip")
    return {
        "data": [seats, *([ring] if deciding else [])],
        "layout": layout(
            290,
            (4, 4, 4, 4),
            xaxis={"range": [-1.62, 1.62], "showticklabels": False},
            yaxis={"range": [-0.2, 1.32], "showticklabels": False, "scaleanchor": "x", "scaleratio": 1},
            annotations=[*_wedge_names(values, places, t), *_majority_name(values, deciding, t)],
        ),
        "narrow": {"height": 230},
    }


def _wedge_names(values: HouseValues, places: Sequence[tuple[float, float]], t: Translator) -> list[FigureDict]:
    """Each wedge's name and seats, outside the ring at its middle; lines of one side stand apart."""
    first, middles = 0, []
    for wedge in values.wedges:
        at = places[first : first + wedge.seats]
        first += wedge.seats
        middles.append(sum(atan2(y, -x) for x, y in at) / max(1, len(at)))
    middles = spread(middles, min(ROOM, pi / max(1, len(middles))), 0.0, pi)
    crown = UPRIGHT if sum(abs(cos(angle)) <= UPRIGHT for angle in middles) == 1 else 0  # two there lean away
    return [
        note(
            -RIM * cos(angle),
            RIM * sin(angle),
            f"{in_two_lines(name_label(wedge.name, t), LONG_NAME, t)}<br><b>{t.number(wedge.seats)}</b>",
            xanchor="right" if cos(angle) > crown else "left" if cos(angle) < -crown else "center",
            yanchor="bottom" if sin(angle) > 1 - UPRIGHT / 2 else "middle",
            name="wedge",
        )
        for wedge, angle in zip(values.wedges, middles, strict=True)
        if wedge.seats
    ]


def _majority_name(values: HouseValues, deciding: Sequence[tuple[float, float]], t: Translator) -> list[FigureDict]:
    if not deciding:
        return []
    text = phrase(t("coalitions.deciding_seat", n=values.majority_seats), t)
    return [note(0, -0.15, text, font={"size": 12, "color": token("quiet")}, name="majority")]


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
