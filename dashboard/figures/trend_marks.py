"""What is written on the trend chart: the threshold zone, numbered events, and names at the lines' ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.figures.base import Figure, label, line, note, words
from dashboard.figures.labels import spread
from dashboard.figures.trend_scale import Scale, TrendChoice, colour, last, numbered, threshold_level, values
from dashboard.i18n import Translator
from dashboard.theme import token
from pipelines.editions.schema import Event, Projection, TrendLine


@dataclass(frozen=True)
class Sheet:
    """The room a drawing has: height between the margins in pixels, and what its marks need."""

    plot_height: int
    label_height: int
    font: int
    hair: float  # length of the hair to a label, in widths of the plot
    event_gap: float  # nearer events share a mark, in widths of the plot


DESK = Sheet(plot_height=540, label_height=17, font=13, hair=0.016, event_gap=0.046)
PHONE = Sheet(plot_height=400, label_height=16, font=12, hair=0.035, event_gap=0.19)


@dataclass(frozen=True)
class Marks:
    """Shapes and texts of a drawing."""

    shapes: list[Figure]
    texts: list[Figure]

    def __add__(self, other: "Marks") -> "Marks":
        return Marks(self.shapes + other.shapes, self.texts + other.texts)


def levels(projection: Projection, choice: TrendChoice, t: Translator) -> Marks:
    """What lines are held against: lists against the threshold, blocs in seats against the majority."""
    if choice.subject == "lists":
        return _zone(projection, choice, t)
    return _majority(projection.majority) if choice.unit == "seats" else Marks([], [])


def _majority(majority: int) -> Marks:
    rule = line(0, 1, majority, majority, token("ink"), 1.25, xref="paper", name="majority")
    said = note(0, majority, f"<b>{majority}</b>", xref="paper", xanchor="left", yanchor="bottom", xshift=2)
    return Marks([rule], [said])


def _zone(projection: Projection, choice: TrendChoice, t: Translator) -> Marks:
    """Below the threshold: a faint zone."""
    level = round(threshold_level(projection, choice.unit), 2)
    shape = {
        "type": "rect",
        "name": "threshold",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": 0,
        "y1": level,
        "fillcolor": token("zone"),
        "line": {"width": 0},
        "layer": "below",
    }
    said = note(
        0,
        level,
        words(t("trends.threshold"), t),
        xref="paper",
        xanchor="left",
        yanchor="top",
        xshift=2,
        borderpad=1,
        bgcolor=token("zone", 80),
        font={"size": 12, "color": token("quiet")},
    )
    return Marks([shape], [said])


def event_marks(events: Sequence[Event], scale: Scale, sheet: Sheet) -> Marks:
    """Hairlines with numbers above; what lies too close together shares a number's place."""
    marks = Marks([], [])
    for group in _groups(events, scale, sheet.event_gap):
        first, final = group[0], group[-1]
        day = first[1].date.isoformat()
        said = str(first[0]) if len(group) == 1 else f"{first[0]}–{final[0]}"
        marks.shapes.append(line(day, day, 0, 1, token("hair"), 1, yref="paper", name="event"))
        marks.texts.append(
            note(day, 1, said, yref="paper", yanchor="bottom", yshift=3, font={"size": 12, "color": token("quiet")})
        )
    return marks


def _groups(events: Sequence[Event], scale: Scale, gap: float) -> list[list[tuple[int, Event]]]:
    """Events so near one another that their numbers would touch, together."""
    length = max(1, (scale.end - scale.start).days)
    groups: list[list[tuple[int, Event]]] = []
    for number, event in numbered(events, scale.start, scale.end):
        if groups and (event.date - groups[-1][0][1].date).days / length < gap:
            groups[-1].append((number, event))
        else:
            groups.append([(number, event)])
    return groups


def end_marks(
    lines: Sequence[TrendLine],
    names: Mapping[str, str],
    scale: Scale,
    choice: TrendChoice,
    t: Translator,
    sheet: Sheet,
) -> Marks:
    """Names and values at the lines' ends, pushed apart, each joined to its line by a hair in its colour."""
    ending = [(item, value) for item in lines if (value := last(values(item, choice))) is not None]
    gap = sheet.label_height * scale.top / sheet.plot_height
    places = spread([value for _, value in ending], gap, 0.0, scale.top)
    marks = Marks([], [])
    for (item, value), place in zip(ending, places, strict=True):
        number = t.percent(value) if choice.unit == "share" else t.number(value)
        marks.shapes.append(
            line(
                1,
                1 + sheet.hair,
                round(value, 2),
                round(place, 2),
                colour(choice, item.id),
                2,
                xref="paper",
                name="hair",
            )
        )
        marks.texts.append(
            note(
                1 + sheet.hair,
                round(place, 2),
                words(f"{label(names[item.id])} <b>{number}</b>", t),
                xref="paper",
                xanchor="left",
                xshift=2,
                font={"size": sheet.font},
                name=f"end:{item.id}",
            )
        )
    return marks
