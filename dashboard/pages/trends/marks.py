"""What is written on the trend chart: the threshold zone, numbered events, and names at the lines' ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.blocks import FigureDict
from dashboard.drawing import SMALL, line, name_label, note, phrase, spread
from dashboard.i18n import Translator
from dashboard.pages.trends.numbers import EventValues, TrendValues
from dashboard.render.template import token


@dataclass(frozen=True)
class Sheet:
    """The room a drawing has: height between the margins in pixels, and what its marks need."""

    plot_height: int
    label_height: int
    font: int
    hair: float  # length of the hair to a label, in widths of the plot
    event_gap: float  # nearer events share a mark, in widths of the plot


DESK = Sheet(plot_height=540, label_height=17, font=13, hair=0.016, event_gap=0.046)
PHONE = Sheet(plot_height=400, label_height=17, font=12, hair=0.035, event_gap=0.19)


@dataclass(frozen=True)
class Marks:
    """Shapes and texts of a drawing."""

    shapes: list[FigureDict]
    texts: list[FigureDict]

    def __add__(self, other: "Marks") -> "Marks":
        return Marks(self.shapes + other.shapes, self.texts + other.texts)


def levels(shown: TrendValues, t: Translator) -> Marks:
    """What lines are held against: lists against the threshold, blocs in seats against the majority."""
    if shown.subject == "lists":
        return _zone(shown.threshold, t)
    return _majority(shown.majority_seats) if shown.unit == "seats" else Marks([], [])


def _majority(majority: int) -> Marks:
    rule = line(0, 1, majority, majority, token("ink"), 1.25, xref="paper", name="majority")
    said = note(0, majority, f"<b>{majority}</b>", xref="paper", xanchor="left", yanchor="bottom", xshift=2)
    return Marks([rule], [said])


def _zone(level: float, t: Translator) -> Marks:
    """Below the threshold: a faint zone."""
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
        phrase(t("trends.threshold"), t),
        xref="paper",
        xanchor="left",
        yanchor="top",
        xshift=2,
        borderpad=1,
        bgcolor=token("zone", 80),
        font=SMALL,
    )
    return Marks([shape], [said])


def event_marks(shown: TrendValues, sheet: Sheet) -> Marks:
    """Hairlines with numbers above; what lies too close together shares a number's place."""
    marks = Marks([], [])
    for group in _groups(shown, sheet.event_gap):
        first, final = group[0], group[-1]
        day = first.day.isoformat()
        said = str(first.number) if len(group) == 1 else f"{first.number}–{final.number}"
        marks.shapes.append(line(day, day, 0, 1, token("hair"), 1, yref="paper", name="event"))
        marks.texts.append(note(day, 1, said, yref="paper", yanchor="bottom", yshift=3, font=SMALL))
    return marks


def _groups(shown: TrendValues, gap: float) -> list[list[EventValues]]:
    """Events so near one another that their numbers would touch, together."""
    length = max(1, (shown.end_day - shown.days[0]).days)
    groups: list[list[EventValues]] = []
    for event in shown.events:
        if groups and (event.day - groups[-1][0].day).days / length < gap:
            groups[-1].append(event)
        else:
            groups.append([event])
    return groups


def end_marks(shown: TrendValues, top: float, t: Translator, sheet: Sheet) -> Marks:
    """Names and values at the lines' ends, pushed apart, each joined to its line by a hair in its colour."""
    ends = [(item.name, item.end) for item in shown.lines if item.end is not None]
    gap = sheet.label_height * top / sheet.plot_height
    places: Sequence[float] = spread([value for _, value in ends], gap, 0.0, top)
    marks = Marks([], [])
    for (name, value), place in zip(ends, places, strict=True):
        number = t.percent(value) if shown.unit == "share" else t.number(value)
        ends_at, stands_at, right = round(value, 2), round(place, 2), 1 + sheet.hair
        marks.shapes.append(line(1, right, ends_at, stands_at, token(name.colour), 2, xref="paper", name="hair"))
        marks.texts.append(
            note(
                right,
                stands_at,
                phrase(f"{name_label(name, t)} <b>{number}</b>", t),
                xref="paper",
                xanchor="left",
                xshift=2,
                font={"size": sheet.font},
                name=f"end:{name.id}",
            )
        )
    return marks
