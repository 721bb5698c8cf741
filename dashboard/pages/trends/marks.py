"""What is written on the trend chart: the threshold or majority, events by number, the last poll, names at the ends."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from dashboard.blocks import FigureDict
from dashboard.drawing import SMALL, line, name_label, note, phrase, spread
from dashboard.i18n import Translator
from dashboard.pages.trends.numbers import LineValues, TrendValues, colour
from dashboard.render.template import token


@dataclass(frozen=True)
class Sheet:
    """The room a drawing has: a plot's height in pixels, and what its marks need."""

    plot_height: int
    small_height: int  # of the panel of small lists
    gap: int  # between the two
    label_height: int
    font: int
    hair: float  # length of the hair to a label, in widths of the plot
    event_gap: float  # least distance of two numbers of events, in widths of the plot
    has_intervals: bool  # beside the numbers at the ends

    def height(self, *, has_both: bool) -> int:
        return self.plot_height + (self.gap + self.small_height if has_both else 0)


DESK = Sheet(380, 300, 46, label_height=17, font=13, hair=0.016, event_gap=0.032, has_intervals=True)
PHONE = Sheet(300, 300, 40, label_height=16, font=12, hair=0.035, event_gap=0.15, has_intervals=False)


@dataclass(frozen=True)
class Panel:
    """One panel: its lines, its axis, how high it reaches and its part of the plot's height."""

    lines: tuple[LineValues, ...]
    axis: str  # "y" or "y2"
    top: float
    domain: tuple[float, float]
    height: int


@dataclass(frozen=True)
class Marks:
    """Shapes and texts of a drawing."""

    shapes: list[FigureDict]
    texts: list[FigureDict]

    def __add__(self, other: "Marks") -> "Marks":
        return Marks(self.shapes + other.shapes, self.texts + other.texts)


def levels(values: TrendValues, panel: Panel, t: Translator) -> Marks:
    """What lines are held against: lists against the threshold, blocs in seats against the majority."""
    if values.subject == "lists":
        is_low = any(item.is_small for item in panel.lines) or len(panel.lines) == len(values.lines)
        return _zone(values, panel, t) if is_low else Marks([], [])
    return _majority(values.majority_seats) if values.unit == "seats" else Marks([], [])


def _majority(majority: int) -> Marks:
    rule = line(0, 1, majority, majority, token("ink"), 1.25, xref="paper", name="majority")
    label_note = note(0, majority, f"<b>{majority}</b>", xref="paper", xanchor="left", yanchor="bottom", xshift=2)
    return Marks([rule], [label_note])


def _zone(values: TrendValues, panel: Panel, t: Translator) -> Marks:
    """Below the threshold: a faint zone, with what the threshold is worth."""
    level = values.threshold
    shape = {
        "type": "rect",
        "name": "threshold",
        "xref": "paper",
        "yref": panel.axis,
        "x0": 0,
        "x1": 1,
        "y0": 0,
        "y1": level,
        "fillcolor": token("zone"),
        "line": {"width": 0},
        "layer": "below",
    }
    percent = t.percent(values.threshold_pct, 2 if values.threshold_pct % 1 else 0)
    worth = t("trends.threshold_seats", threshold=percent, n=t.number(level))
    sentence = worth if values.unit == "seats" else t("trends.threshold", threshold=percent)
    text = note(
        0,
        level,
        phrase(sentence, t),
        xref="paper",
        yref=panel.axis,
        xanchor="left",
        yanchor="top",
        xshift=2,
        borderpad=1,
        bgcolor=token("zone", 80),
        font=SMALL,
    )
    return Marks([shape], [text])


def days(values: TrendValues, sheet: Sheet, t: Translator) -> Marks:
    """The last poll, then the events: a hairline each, with its number in the list beneath the chart."""
    marks = Marks([], [])
    if values.days[0] <= values.last_poll < values.end_day:
        day = values.last_poll.isoformat()
        marks.shapes.append(line(day, day, 0, 1, token("quiet"), 1, yref="paper", name="last-poll"))
        text = phrase(t("trends.last_poll", date=t.day(values.last_poll)), t)
        marks.texts.append(
            note(
                day,
                1,
                text,
                yref="paper",
                xanchor="right",
                yanchor="top",
                xshift=-3,
                bgcolor=token("paper", 80),
                font=SMALL,
            )
        )
    place = {"yref": "paper", "xanchor": "center", "yanchor": "bottom", "yshift": 3}
    for first, last in event_groups(values, sheet):
        text = t.number(first) if first == last else t.span(first, last)
        marks.texts.append(note(values.events[first - 1].day.isoformat(), 1, text, **place, font=SMALL, name="event"))
    for event in values.events:
        day = event.day.isoformat()
        marks.shapes.append(line(day, day, 0, 1, token("hair"), 1, yref="paper", name="event"))
    return marks


def event_groups(values: TrendValues, sheet: Sheet) -> list[tuple[int, int]]:
    """The numbers of events, from first to last of each group; those too near its first for a number join it."""
    least = timedelta(days=max(1, (values.end_day - values.days[0]).days) * sheet.event_gap)
    groups: list[tuple[int, int]] = []
    for at, event in enumerate(values.events, start=1):
        if groups and event.day - values.events[groups[-1][0] - 1].day < least:
            groups[-1] = (groups[-1][0], at)
        else:
            groups.append((at, at))
    return groups


def ends(values: TrendValues, panel: Panel, t: Translator, sheet: Sheet) -> Marks:
    """Names with the printed number and its interval at the lines' ends, the poll average in grey beside it."""
    lines = [item for item in panel.lines if _end(item) is not None]
    names = [name_lines(name_label(item.name, t)) for item in lines]
    gap = sheet.label_height * max((len(name) for name in names), default=1) * panel.top / panel.height
    places: Sequence[float] = spread([_end(item) or 0.0 for item in lines], gap, 0.0, panel.top)
    marks = Marks([], [])
    for item, name, place in zip(lines, names, places, strict=True):
        ends_at, stands_at, right = round(_end(item) or 0.0, 2), round(place, 2), 1 + sheet.hair
        marks.shapes.append(
            line(1, right, ends_at, stands_at, colour(item), 2, xref="paper", yref=panel.axis, name="hair")
        )
        if item.projected and item.is_chosen:
            day = values.election_date.isoformat()
            reach = (item.projected.low_seats, item.projected.high_seats)
            marks.shapes.append(line(day, day, *reach, colour(item), 2, yref=panel.axis, name="projected"))
        font = {"size": sheet.font, "color": token("ink" if item.is_chosen else "quiet")}
        number = label(item, values, t, has_interval=sheet.has_intervals)
        text = "<br>".join(phrase(part, t) for part in (*name[:-1], f"{name[-1]} {number}"))
        marks.texts.append(
            note(
                right,
                stands_at,
                text,
                xref="paper",
                yref=panel.axis,
                xanchor="left",
                align="left",  # another number in its place leaves the name where it is
                xshift=2,
                font=font,
                name=f"end:{item.name.id}",
            )
        )
    return marks


LONG_NAME = 22  # letters; a longer one stands on two lines


def name_lines(name: str) -> list[str]:
    """A long name on two lines, broken at the space nearest to its middle.

    >>> name_lines("Opposition without the Arab lists")
    ['Opposition without', 'the Arab lists']
    """
    spaces = [at for at, letter in enumerate(name) if letter == " "]
    if len(name) <= LONG_NAME or not spaces:
        return [name]
    middle = min(spaces, key=lambda at: (abs(at - len(name) / 2), at))
    return [name[:middle], name[middle + 1 :]]


def label(item: LineValues, values: TrendValues, t: Translator, *, has_interval: bool = True) -> str:
    """The number at a line's end: what is printed, else the share of a list under the threshold or of the polls.

    In bold is what the page's script puts the day's value in the place of.
    """
    if item.projected:
        beside = f" ({t.span(item.projected.low_seats, item.projected.high_seats)})" if has_interval else ""
        return f"<b>{t.number(item.projected.seats)}</b>{beside}"
    if item.under_pct is not None:
        return f"<b>{t.percent(item.under_pct, 1)}</b>"
    if item.end is None:
        return ""
    return f"<b>{t.percent(item.end) if values.unit == 'share' else t('trends.average', n=t.number(item.end, 1))}</b>"


def _end(item: LineValues) -> float | None:
    return item.projected.seats if item.projected else item.end
