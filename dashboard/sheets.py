"""Tables of a whole edition as files: ids and numbers as the edition holds them, the same in every language."""

from collections.abc import Mapping

from dashboard import poll_rows
from dashboard.components.latest_polls import latest
from dashboard.exports import Cell, Sheet
from dashboard.figures.seats import rows
from dashboard.reader import record_of
from dashboard.record import days_of
from dashboard.view import View
from pipelines.editions.schema import ListProjection, Summary

QUANTILES = ("median", "mean", "q05", "q10", "q25", "q75", "q90", "q95")
LIST_FACTS = ("list", "name_en", "name_he", "bloc", "seats_now", "trend_seats", "trend_share_pct")
DAY_FACTS = ("as_of", "list", "q05", "median", "q95", "p_pass", "result")
DIGITS = 4


def projection(view: View) -> Sheet:
    """A row a list: where it stands, its seats on election day and if the vote were held that day, and the result."""
    head = [
        *LIST_FACTS,
        *(f"seats_{name}" for name in QUANTILES),
        *(f"nowcast_{name}" for name in QUANTILES),
        "p_pass",
        "p_largest",
        "result",
    ]
    result = view.projection.result
    return Sheet("projection", head, [_list(item, result) for item in rows(view.projection).all])


def _list(item: ListProjection, result: Mapping[str, int] | None) -> list[Cell]:
    return [
        *(_cell(getattr(item, name)) for name in ("id", *LIST_FACTS[1:])),
        *_summary(item.seats),
        *_summary(item.nowcast),
        _cell(item.p_pass),
        _cell(item.p_largest),
        None if result is None else result.get(item.id, 0),
    ]


def _summary(seats: Summary | None) -> list[Cell]:
    return [None if seats is None else _cell(getattr(seats, name)) for name in QUANTILES]


def latest_polls(view: View) -> Sheet:
    """The polls of the first page with the same firms' previous ones, as published."""
    found = {poll.poll: poll for pair in latest(view.edition.polls.polls) for poll in pair if poll is not None}.values()
    polls = sorted(found, key=lambda poll: (poll.fieldwork_end, poll.known_from, poll.poll), reverse=True)
    order = [item.id for item in rows(view.projection).all]
    reference = view.edition.reference
    return poll_rows.sheet(
        polls,
        poll_rows.printed(polls, order),
        {item.id: item for item in reference.pollsters},
        {item.id: item for item in reference.publishers},
    )


def record(view: View) -> Sheet:
    """A row a day and list of this campaign: what would have been said that day, and what was won."""
    result = view.projection.result
    days = days_of(record_of(view.edition), view.edition.election)
    body: list[list[Cell]] = [
        [
            day.as_of.isoformat(),
            name,
            *(_cell(value) for value in seats),
            _cell(day.p_pass.get(name)),
            None if result is None else result.get(name, 0),
        ]
        for day in days
        for name, seats in day.seats.items()
    ]
    return Sheet("record", DAY_FACTS, body)


def _cell(value: str | float | None) -> Cell:
    """A number at four decimals, whole where it is whole."""
    if value is None or isinstance(value, str | int):
        return value
    return int(value) if value.is_integer() else round(value, DIGITS)
