"""Formation: the clock of the law after a vote, and the arithmetic of a vote of confidence; never who forms."""

from datetime import date, timedelta

from dashboard import status
from dashboard.blocks import (
    Anchor,
    Block,
    BlockType,
    Cell,
    Column,
    Day,
    Missing,
    Name,
    Paragraph,
    Parts,
    Source,
    Table,
    Values,
    Words,
    href,
    words,
)
from dashboard.names import bloc_name, named, phrase, text, uncoloured, word
from dashboard.pages.night.numbers import count_shown
from dashboard.pages.shared import Blocks, quiet
from dashboard.view import Page, View
from electoral.investiture import Investiture

NAME = "formation"


class HeadlineValues(Values):
    """Whether the way to a government is modelled here, and the seats it is reckoned with."""

    kind: str = "formation"
    is_modelled: bool
    seats_from: str | None


class ClockValues(Values):
    """The steps of the law in their order: the last day of each, where every step takes as long as it may."""

    kind: str = "clock"
    steps: tuple[tuple[str, int, date | None], ...]


class ConfidenceRow(Values):
    """A bloc as a government: its seats, the others', and how many of them have to abstain for it to be accepted."""

    bloc: str
    seats: int
    other_seats: int
    abstentions_needed: int | None


class ConfidenceValues(Values):
    kind: str = "confidence"
    investiture: str
    blocs: tuple[ConfidenceRow, ...]


class PastValues(Values):
    kind: str = "past_formations"
    recorded: int


BLOCKS = Blocks(
    NAME,
    BlockType("headline", HeadlineValues, "headline"),
    BlockType("clock", ClockValues, "table", "formation.clock"),
    BlockType("confidence", ConfidenceValues, "table", "formation.confidence"),
    BlockType("past", PastValues, "note", "formation.past"),
)


def is_modelled(view: View) -> bool:
    return bool(view.electorate.formation)


def headline(view: View) -> Words:
    if not is_modelled(view):
        return words("formation.not_modelled")
    day = status.next_vote(view)
    if day is not None:
        return words("formation.next_vote", date=Day(day))
    return words("formation.headline" if seats(view)[1] else "formation.awaited")


def seats(view: View) -> tuple[dict[str, int], str | None]:
    """Seats by list and where they are from: the recorded result, else the count so far; none before."""
    if view.projection.result is not None:
        return dict(view.projection.result), "result"
    count = count_shown(view)
    return (dict(count.point.seats), "count") if count else ({}, None)


def blocks(view: View) -> Parts:
    if not is_modelled(view):
        return (_headline(view),)
    return (_headline(view), _clock(view), _confidence(view), _past(view))


def _headline(view: View) -> Block:
    values = HeadlineValues(is_modelled=is_modelled(view), seats_from=seats(view)[1])
    lead = (quiet(words("formation.lead")),) if is_modelled(view) else ()
    return BLOCKS.make(view, "headline", values, finding=headline(view), lead=lead)


def last_days(view: View) -> list[date | None]:
    """The last day of each step, beginning on the last day of the one before; none where no day of a vote is set."""
    if view.edition.reference.election.is_date_open:
        return [None for _ in view.electorate.formation]
    days, at = [], view.projection.election_date
    for step in view.electorate.formation:
        at += timedelta(days=step.days)
        days.append(at)
    return [*days]


def _clock(view: View) -> Block:
    columns = (
        Column("step", words("formation.step"), is_row_header=True),
        Column("days", words("formation.days"), "count", "int"),
        Column("last_day", words("formation.last_day"), "date", "date"),
        Column("law", words("formation.section")),
        Column("source", words("formation.source")),
    )
    steps, days = view.electorate.formation, last_days(view)
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            named(step),
            step.days,
            Missing("unknown") if day is None else day,
            phrase(view, step.law),
            Source(text(step.url)) if step.url else None,
        )
        for step, day in zip(steps, days, strict=True)
    )
    note = words("formation.clock_note", date=Day(view.projection.election_date))
    return BLOCKS.make(
        view,
        "clock",
        ClockValues(steps=tuple((step.id, step.days, day) for step, day in zip(steps, days, strict=True))),
        noted=note,
        table=Table(columns, rows),
    )


def abstentions_needed(rule: Investiture, own: int, others: int, house_size: int) -> int | None:
    """The fewest members of the others who have to abstain so that a government of `own` seats is accepted.

    None where no number of abstentions does it, or the house holds no vote.
    """
    if rule is Investiture.NONE:
        return None
    enough = (n for n in range(others + 1) if rule.margin(own, others - n, house_size) > 0)
    return next(enough, None)


def _confidence(view: View) -> Block | None:
    held, _ = seats(view)
    if not held or not view.projection.blocs:
        return None
    rule, house = view.edition.reference.seat_rule.investiture, view.projection.house_size
    bloc_rows = []
    for bloc in view.projection.blocs:
        own = sum(held.get(name, 0) for name in bloc.lists)
        needed = abstentions_needed(rule, own, house - own, house)
        bloc_rows.append(ConfidenceRow(bloc=bloc.id, seats=own, other_seats=house - own, abstentions_needed=needed))
    columns = (
        Column("bloc", words("table.bloc"), is_row_header=True),
        Column("seats", words("formation.for"), "seats", "int"),
        Column("others", words("formation.others"), "seats", "int"),
        Column("abstentions", words("formation.abstentions"), "seats", "int"),
    )
    names: dict[str, Name] = {bloc.id: uncoloured(bloc_name(view, bloc)) for bloc in view.projection.blocs}
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            names[row.bloc],
            row.seats,
            row.other_seats,
            Missing("none") if row.abstentions_needed is None else row.abstentions_needed,
        )
        for row in bloc_rows
    )
    title, note = words("formation.confidence"), words(f"formation.rule_{rule.value}")
    builder = Anchor(words("formation.positions"), href("/coalitions"))
    return BLOCKS.make(
        view,
        "confidence",
        ConfidenceValues(investiture=rule.value, blocs=tuple(bloc_rows)),
        heading=title,
        finding=note,
        table=Table(columns, rows, title, classes="numeric"),
        notes=(quiet(note, " ", words("formation.arithmetic")), Paragraph((builder,), "")),
    )


def _past(view: View) -> Block:
    sentence = words("formation.past_none", house=word(view, "house"), the_house=word(view, "the_house"))
    return BLOCKS.make(view, "past", PastValues(recorded=0), notes=(quiet(sentence),))


PAGE = Page("/formation", NAME, headline, blocks, BLOCKS.types)
