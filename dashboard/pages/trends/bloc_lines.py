"""The trend of blocs: on each day the sum of their lists' lines, as the bloc stands today.

Expected seats add up as they are. What a moving average is worth in seats counts only for lists at or above the
threshold that day, so that all lists together hold the house; so did the lines of editions from before seats were
expected ones. A sum has no interval: the lines' own do not say how lists move together.
"""

from collections.abc import Callable, Sequence

from dashboard.seats import once_an_edition
from pipelines.editions.schema import Dot, Trend, TrendLine
from pipelines.editions.store import Edition

Values = Sequence[float | None]
NEARLY_ALL = 0.95
EXPECTED_SEATS = 3  # the format from which a line's seats are expected ones


def has_expected_seats(edition: Edition) -> bool:
    """Whether the lines' seats are expected seats through the rule, not what their share would be worth."""
    return edition.manifest.format >= EXPECTED_SEATS


@once_an_edition
def bloc_trend(edition: Edition) -> Trend:
    """The edition's trend with a line a bloc in the place of its lists' lines."""
    threshold = edition.projection.threshold_pct / 100
    is_expected = has_expected_seats(edition)
    is_held = _held_days(edition, threshold, is_expected)
    lines = []
    for bloc in edition.projection.blocs:
        members = [item for item in edition.trend.lines if item.id in bloc.lists]
        if members:
            lines.append(_line(bloc.id, members, threshold, is_held, is_expected))
    return edition.trend.model_copy(update={"lines": lines})


def _held_days(edition: Edition, threshold: float, is_expected: bool) -> list[bool]:
    """The days on which the lines drawn hold nearly the whole house; before, votes were of lists that are no more."""
    rows = [_seats(item, threshold, is_expected) for item in edition.trend.lines]
    least = NEARLY_ALL * edition.projection.house_size
    return [sum(row[at] or 0.0 for row in rows) >= least for at in range(len(edition.trend.dates))]


def _passes(item: TrendLine, threshold: float) -> list[bool]:
    return [share is not None and share >= threshold for share in item.share]


def _seats(item: TrendLine, threshold: float, is_expected: bool) -> Values:
    """A list's seats as they count: expected ones whole, others nought under the threshold."""
    return item.seats if is_expected else _counted(item.seats, _passes(item, threshold))


def _line(
    bloc: str, members: Sequence[TrendLine], threshold: float, is_held: Sequence[bool], is_expected: bool
) -> TrendLine:
    passes = [_passes(item, threshold) for item in members]
    days = len(members[0].share)
    none: list[float | None] = [None] * days

    def shares(of: Callable[[TrendLine], Values]) -> list[float | None]:
        return _sum([of(item) for item in members], is_held)

    def seats(of: Callable[[TrendLine], Values]) -> list[float | None]:
        return _sum([_counted(of(item), is_counted) for item, is_counted in zip(members, passes, strict=True)], is_held)

    return TrendLine(
        id=bloc,
        share=shares(lambda item: item.share),
        share_low=none,
        share_high=none,
        seats=_sum([_seats(item, threshold, is_expected) for item in members], is_held),
        seats_low=none,
        seats_high=none,
        lowess_share=shares(lambda item: item.lowess_share),
        lowess_seats=seats(lambda item: item.lowess_seats),
        mean_14_share=shares(lambda item: item.mean_14_share),
        mean_14_seats=seats(lambda item: item.mean_14_seats),
        thin=[all(item.thin[at] for item in members) for at in range(days)],
        fallback=None,
        dots=_dots(members, threshold),
    )


def _counted(values: Values, is_counted: Sequence[bool]) -> list[float | None]:
    """Nought on days on which the list stood under the threshold."""
    return [value if value is None or counts else 0.0 for value, counts in zip(values, is_counted, strict=True)]


def _sum(rows: Sequence[Values], is_held: Sequence[bool]) -> list[float | None]:
    """Day by day; a list whose line has not begun counts nothing, but only where the lines drawn hold the house."""
    begun = [next((at for at, value in enumerate(row) if value is not None), len(row)) for row in rows]
    total: list[float | None] = []
    for at, held in enumerate(is_held):
        values = [row[at] for row, first in zip(rows, begun, strict=True) if first <= at or not held]
        numbers = [value for value in values if value is not None]
        total.append(sum(numbers) if numbers and len(numbers) == len(values) else None)
    return total


def _dots(members: Sequence[TrendLine], threshold: float) -> list[Dot]:
    """A dot a poll that read every list of the bloc which polls of that day's line had begun to read.

    It is `composed` where one of these readings is.
    """
    begun = {item.id: min((dot.date for dot in item.dots), default=None) for item in members}
    polls: dict[str, dict[str, Dot]] = {}
    for item in members:
        for dot in item.dots:
            polls.setdefault(dot.poll, {})[item.id] = dot
    dots_of_bloc = []
    for poll, dots in polls.items():
        day = next(iter(dots.values())).date
        if any(first is not None and first <= day and name not in dots for name, first in begun.items()):
            continue
        seats = sum(dot.seats for dot in dots.values() if dot.share >= threshold)
        share, is_composed = sum(dot.share for dot in dots.values()), any(dot.composed for dot in dots.values())
        dots_of_bloc.append(Dot(date=day, poll=poll, share=share, seats=seats, composed=is_composed))
    return sorted(dots_of_bloc, key=lambda dot: (dot.date, dot.poll))
