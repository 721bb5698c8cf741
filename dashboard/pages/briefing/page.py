"""The briefing: half a page for the morning meeting, of what other pages say; as a page, as text and as a message."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

from dashboard import compared, news, sentences
from dashboard.blocks import (
    BlockType,
    Chance,
    Day,
    Heading,
    Inline,
    Join,
    Line,
    Lines,
    Moment,
    Note,
    Number,
    Paragraph,
    Parts,
    Values,
    Words,
    words,
)
from dashboard.names import list_name, uncoloured
from dashboard.pages.shared import Blocks
from dashboard.pages.tonight.numbers import BlocRow, blocs_values
from dashboard.pages.tonight.outlets import OutletRow, OutletsValues, outlets_values
from dashboard.pages.tonight.words import odds
from dashboard.seats import in_doubt, seats_of
from dashboard.view import Page, View

NAME = "briefing"
WEEK = timedelta(days=7)
OUTLETS_SHOWN = 8


class BriefingValues(Values):
    """What the briefing says in numbers: seats by list, sides and coalitions of interest, who is near the threshold.

    `polls_of_the_week` are the outlets' last polls of the seven days before the newest one; `corrections` are polls
    that were corrected since the edition that this one is compared with.
    """

    kind: Literal["briefing"] = "briefing"
    seats: dict[str, float]
    sides: tuple[BlocRow, ...]
    coalitions: tuple[BlocRow, ...]
    near: dict[str, float]
    polls_of_the_week: tuple[OutletRow, ...]
    corrections: tuple[str, ...]


BLOCKS = Blocks(NAME, BlockType("briefing", BriefingValues, "headline"))


def headline(view: View) -> Words | Join:
    return sentences.headline(view)


def blocks(view: View) -> Parts:
    """One block: it is read as a whole."""
    against = blocs_values(view)
    sides, coalitions = (against.blocs, against.combined) if view.projection.blocs else ((), against.blocs)
    news_rows, polls = compared.comparisons(view.edition)[:1], outlets_values(view)
    week = _of_the_week(view, polls)
    near = in_doubt(view.projection)
    values = BriefingValues(
        seats={item.id: seats_of(view.projection, [item.id]) for item in view.order.all},
        sides=sides,
        coalitions=coalitions,
        near={item.id: item.p_pass for item in near},
        polls_of_the_week=week,
        corrections=tuple(poll.poll for _, changes in news_rows for poll in changes.polls if poll.corrections),
    )
    lead: list[Note] = [Paragraph((sentences.standing(view),), "said")]
    for title, changes in news_rows:
        lead += _section(news.title(title, changes), [((one,),) for one in news.statements(view, changes)])
    lead += _section(words("briefing.polls"), [(_poll(view, polls, row),) for row in week])
    lead += _section(
        words("briefing.near"),
        [((uncoloured(list_name(view, item.id)), ": ", Chance(item.p_pass)),) for item in near],
    )
    rows = (*sides, *coalitions)
    lead += [Heading(words("briefing.majorities", majority=view.projection.majority)), odds(view, rows)] if rows else []
    lead += _section(words("briefing.watch"), _ahead(view))
    return (BLOCKS.make(view, "briefing", values, finding=headline(view), lead=tuple(lead)),)


def _section(title: Words, lines: Sequence[tuple[Line, ...]]) -> list[Note]:
    return [Heading(title), Lines(tuple(lines), "lines told")] if lines else []


def _of_the_week(view: View, polls: OutletsValues) -> tuple[OutletRow, ...]:
    days = {poll.poll: poll.fieldwork_end for poll in view.edition.polls.polls}
    newest = max((days[row.poll] for row in polls.outlets), default=date.min)
    return tuple(row for row in polls.outlets if newest - days[row.poll] < WEEK)[:OUTLETS_SHOWN]


def _poll(view: View, polls: OutletsValues, row: OutletRow) -> Line:
    """An outlet's last poll in one line: who, when, each side, and how far it moved since its own last."""
    day = next(poll.fieldwork_end for poll in view.edition.polls.polls if poll.poll == row.poll)
    digits = 1 if polls.unit == "pct" else 0
    parts: list[Inline] = [row.outlet, " (", *((row.firm, ", ") if row.firm else ()), Day(day, "short"), "): "]
    for at, (side, value) in enumerate(zip(polls.sides, row.sides, strict=True)):
        parts += ["; " if at else "", side, " ", Number(value, digits, "percent" if digits else "plain")]
        moved = row.change[at] if row.change else 0
        parts += [" (", Number(moved, digits, "signed"), ")"] if moved else []
    return (*parts, ".")


def _ahead(view: View) -> list[tuple[Line, ...]]:
    """The days of the campaign that are still to come."""
    of, today = view.edition.reference.election, view.today
    lines: list[tuple[Line, ...]] = []
    if of.lists_close_date and of.lists_close_date > today:
        lines.append(((words("briefing.lists_close", date=Day(of.lists_close_date)),),))
    for ban in of.bans:
        if ban.kind in ("poll", "all") and ban.start.date() > today:
            moment = Moment(ban.start.replace(tzinfo=view.edition.reference.zone).isoformat(), view.electorate.zone)
            lines.append(((words("briefing.ban", moment=moment),),))
    if of.election_date > today:
        key = "briefing.vote_by" if of.is_date_open else "briefing.vote"
        lines.append(((words(key, date=Day(of.election_date), n=(of.election_date - today).days),),))
    return lines


PAGE = Page("/briefing", NAME, headline, blocks, BLOCKS.types, is_in_navigation=False)
