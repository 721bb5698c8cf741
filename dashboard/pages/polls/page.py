"""Polls: every poll as published, filtered and sorted by its address, and the same rows as files."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from math import ceil
from typing import Literal
from urllib.parse import urlencode

from dashboard.address import Choice as Options
from dashboard.address import Parameter
from dashboard.blocks import (
    Anchor,
    Block,
    BlockType,
    Cell,
    Choice,
    Column,
    Control,
    Day,
    Interval,
    Join,
    Links,
    Missing,
    Name,
    Number,
    Paragraph,
    Parts,
    Source,
    Span,
    Table,
    Unit,
    Values,
    Words,
    href,
    words,
)
from dashboard.names import firm_name, firm_short, full, joined, list_name, outlet_name, phrase, text, uncoloured, word
from dashboard.pages.polls import numbers
from dashboard.pages.polls.numbers import EVERY, KINDS, SORTS, PollFilter
from dashboard.pages.shared import Blocks, options, quiet, switch
from dashboard.seats import value_of
from dashboard.view import Page, View
from pipelines.editions.schema import Correction, PollRow
from pipelines.editions.store import Edition

NAME = "polls"
ROWS_A_PAGE = 40
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
PERIODS = ("30", "90", "365")  # days before the newest poll
SHOWN = ("seats", "disclosure")
FIELDS = {  # of a poll's row, and the column that says it here
    "fieldwork_start": "polls.dates",
    "fieldwork_end": "polls.dates",
    "published_date": "polls.day",
    "pollster": "polls.firm",
    "publisher": "polls.outlet",
    "sample_size": "polls.n",
    "kind": "polls.kind",
    "added": "polls.added",
}
FILTERS = ("kind", "pollster", "outlet", "list", "period", "sort", "order", "page", "show", "poll")


class Headline(Values):
    """How many ordinary polls the campaign has."""

    polls: int


class PollValues(Values):
    """The polls on show, as published."""

    kind: Literal["polls"] = "polls"
    first_row: int
    last_row: int
    rows: int
    polls: tuple[PollRow, ...]


BLOCKS = Blocks(
    NAME,
    BlockType("headline", Headline, "headline", parameters=("kind",)),
    *(
        BlockType(name, PollValues, "table", parameters=FILTERS, is_announced=True, embeddable=False)
        for name in (NAME, "disclosure")
    ),
)


def parameters(edition: Edition) -> dict[str, Parameter]:
    polls = edition.polls.polls
    kinds = [kind for kind in KINDS if any(poll.kind == kind for poll in polls)]
    firms = sorted({poll.pollster for poll in polls if poll.pollster})
    outlets = sorted({poll.publisher for poll in polls if poll.publisher})
    lists = sorted({value.list for poll in polls for value in poll.values})
    pages = max(1, ceil(len(polls) / ROWS_A_PAGE))
    return {
        "kind": Options((*kinds, EVERY)),
        "pollster": Options((EVERY, *firms)),
        "sort": Options((*SORTS, *lists)),
        "order": Options(("down", "up")),
        "page": Options(tuple(str(page) for page in range(1, pages + 1))),
        "outlet": Options((EVERY, *outlets)),
        "list": Options((EVERY, *lists)),
        "period": Options((EVERY, *PERIODS)),
        "show": Options(SHOWN),
        "poll": Options((EVERY, *sorted(poll.poll for poll in polls)), of_lists=True),
    }


def headline(view: View) -> Words:
    """How many polls of the kind on show there are."""
    kind = view.choice("kind")
    counted = sum(kind in (EVERY, poll.kind) for poll in view.edition.polls.polls)
    return words(f"polls.headline_{kind}", n=counted)


def filtered_polls(view: View) -> list[PollRow]:
    """The polls the address asks for, in its order; all pages of them."""
    polls, period = view.edition.polls.polls, view.choice("period")
    newest = max((poll.fieldwork_end for poll in polls), default=view.projection.as_of)
    choice = PollFilter(
        view.choice("kind"),
        view.choice("pollster"),
        view.choice("sort"),
        view.choice("order") == "up",
        view.choice("outlet"),
        view.choice("list"),
        None if period == EVERY else newest - timedelta(days=int(period)),
    )
    return numbers.filtered(polls, choice)


def blocks(view: View) -> Parts:
    polls, wanted = filtered_polls(view), view.choice("poll")
    pages = max(1, ceil(len(polls) / ROWS_A_PAGE))
    at = next((at for at, poll in enumerate(polls) if poll.poll == wanted), None)
    page = min(int(view.choice("page")), pages) if at is None else at // ROWS_A_PAGE + 1
    ordinary = sum(poll.kind == "poll" for poll in view.edition.polls.polls)
    lead = (quiet(words("polls.lead")), *_custom(view))
    return (
        BLOCKS.make(view, "headline", Headline(polls=ordinary), finding=headline(view), lead=lead),
        *_filters(view),
        _rows(view, polls, page),
        *_pages(page, pages),
    )


def _custom(view: View) -> tuple[Paragraph, ...]:
    """What is usual with exit polls here, where the electorate has a sentence for it."""
    custom = word(view, "exit_polls")
    return (quiet(custom),) if custom.texts else ()


def _rows(view: View, polls: list[PollRow], page: int) -> Block:
    """A page of the polls: what they printed, or what the publication of each was found to say of it."""
    before = (page - 1) * ROWS_A_PAGE
    rows = polls[before : before + ROWS_A_PAGE]
    first, last = before + 1, before + len(rows)
    is_disclosure = view.choice("show") == "disclosure"
    sentence = words("polls.shown", span=Span(first, last), all=Number(len(polls))) if rows else words("polls.empty")
    has_sizes = any(poll.sample_size is not None for poll in rows)
    table = _disclosed(view, rows) if is_disclosure else polls_table(view, rows, headline(view), has_sizes)
    wanted = next((at for at, poll in enumerate(rows) if poll.poll == view.choice("poll")), None)
    if wanted is not None:
        table = replace(table, asked_row=len(table.rows) - len(rows) + wanted)
    return BLOCKS.make(
        view,
        view.choice("show") if is_disclosure else NAME,
        PollValues(first_row=first, last_row=last, rows=len(polls), polls=tuple(rows)),
        finding=sentence,
        table=table if rows else None,
        lead=(Paragraph((sentence, " · ", words("polls.files"), " ", *_files(view))),) if rows else (),
        notes=_notes(view, rows, has_sizes=has_sizes),
    )


def _notes(view: View, rows: list[PollRow], *, has_sizes: bool) -> tuple[Paragraph, ...]:
    """What marks in the cells mean."""
    empty = () if rows else (quiet(words("polls.empty")),)
    if view.choice("show") == "disclosure":
        return empty or (quiet(words("polls.disclosed_note", law=word(view, "disclosure"))),)
    units = tuple(words(f"polls.key_{unit}") for unit in ("seats", "share") if any(one.unit == unit for one in rows))
    sizes = () if has_sizes or not rows else (words("polls.no_sizes"),)
    return (*empty, quiet(Join((*units, words("polls.key"), *sizes), " ")))


def _disclosed(view: View, polls: list[PollRow]) -> Table:
    """What the publication of each poll was found to say of it, item by item of the electorate's law."""
    items = view.electorate.disclosure
    columns = (
        Column("poll", words("nav.polls"), is_hidden=True),
        Column("firm", words("polls.firm"), is_row_header=True),
        Column("publisher", words("polls.source"), under="firm"),
        Column("date", words("polls.dates"), "date", "date"),
        *(Column(item, words(f"polls.disclosed_{item}")) for item in items),
        Column("source", words("polls.source"), "link"),
        Column("checked", words("polls.source"), under="source"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            poll.poll,
            *_firm_and_outlet(view, poll),
            Interval(poll.fieldwork_start or poll.fieldwork_end, poll.fieldwork_end),
            *(words("polls.found" if item in poll.disclosed else "polls.not_found") for item in items),
            _source(view, poll),
            _checked(poll),
        )
        for poll in polls
    )
    return Table(columns, rows, headline(view), classes="disclosure")


def _firm_and_outlet(view: View, poll: PollRow) -> tuple[Cell, Cell]:
    """The firm and the outlet."""
    return (
        firm_short(view, poll.pollster) if poll.pollster else Missing("not_published"),
        outlet_name(view, poll.publisher) if poll.publisher else None,
    )


def _checked(poll: PollRow) -> Words | None:
    """Whether its numbers were held to the publication."""
    return words(f"polls.checked_{poll.checked}") if poll.checked else None


def _source(view: View, poll: PollRow) -> Cell:
    """Links to where it was published or is cited, else the compilation it stands in."""
    links = tuple(Source(text(url)) for url in poll.urls)
    return Links(links) if links else Source(phrase(view, poll.source))


def _files(view: View) -> tuple[Anchor | str, ...]:
    """The rows as files: every page of them."""
    parameters = {"election": view.edition.election, "edition": view.edition.id, **dict(view.state)}
    parameters = {name: value for name, value in parameters.items() if name not in ("page", "poll")}
    csv, xlsx = (
        Anchor(ending.upper(), f"/download/polls.{ending}?{urlencode(parameters)}", is_file=True)
        for ending in ("csv", "xlsx")
    )
    return csv, " ", xlsx


# The table


def polls_table(view: View, polls: list[PollRow], caption: Words, has_sizes: bool) -> Table:
    """A row a poll, a column a list, headings that sort; above the polls what was elected."""
    lists = numbers.printed(polls, view.order.ids)
    units = {poll.unit for poll in polls}
    unit: Unit = "pct" if units == {"share"} else "seats"
    columns = (
        Column("poll", words("nav.polls"), is_hidden=True),
        _sorting(view, Column("firm", words("polls.firm"), is_row_header=True)),
        Column("publisher", words("polls.source"), under="firm"),
        Column("kind", words("polls.kind"), under="firm"),
        Column("question", words("polls.kind"), under="firm"),
        _sorting(view, Column("date", words("polls.dates"), "date", "date")),
        Column("published", words("polls.dates"), "date", "date", under="date", says="polls.published"),
        *([_sorting(view, Column("n", words("polls.n"), "count", "int"))] if has_sizes else []),
        *(
            _sorting(view, Column(name, list_name(view, name), unit, "float", digits=-1, is_upright=True))
            for name in lists
        ),
        Column("source", words("polls.source"), "link"),
        Column("checked", words("polls.source"), under="source"),
        Column("corrections", words("polls.source"), under="source"),
        Column("revision", words("polls.source"), "count", "str", under="source", says="polls.revision"),
        Column("ruling", words("polls.source"), under="source"),
    )
    won = _result(view, lists, has_sizes) if unit == "seats" else ()
    rows = (*won, *(_row(view, poll, lists, has_sizes, len(units) > 1) for poll in polls))
    classes = (*("won" for _ in won), *(poll.kind for poll in polls))
    return Table(columns, rows, caption, row_classes=classes, classes="archive")


def _sorting(view: View, column: Column) -> Column:
    """A heading that sorts; pressed again, the other way round."""
    is_now = view.choice("sort") == column.id
    order = view.choice("order")
    turned = "up" if is_now and order == "down" else "down"
    direction: Literal["", "up", "down"] = "" if not is_now else "up" if order == "up" else "down"
    return Column(
        column.id,
        column.label,
        column.unit,
        column.type,
        is_row_header=column.is_row_header,
        digits=column.digits,
        is_upright=column.is_upright,
        sort=href(sort=column.id, order=turned, page="1"),
        is_sorted=direction,
    )


def _result(view: View, lists: list[str], has_sizes: bool) -> tuple[tuple[Cell, ...], ...]:
    """What was elected, above the polls."""
    won = view.projection.result
    if won is None:
        return ()
    stood = won.keys() | {item.id for item in view.projection.lists}
    vote = view.projection.election_date
    cells = [won.get(name, 0) if name in stood else None for name in lists]
    sizes = [None] if has_sizes else []
    return ((None, words("polls.result"), None, None, None, Interval(vote, vote), None, *sizes, *cells, *[None] * 5),)


def _row(view: View, poll: PollRow, lists: list[str], has_sizes: bool, is_mixed: bool) -> tuple[Cell, ...]:
    size = Missing("not_published") if poll.sample_size is None else poll.sample_size
    return (
        poll.poll,
        *_firm_and_outlet(view, poll),
        words(f"polls.mark_{poll.kind}") if poll.kind != "poll" else None,
        _question(view, poll) if poll.kind == "scenario" else None,
        Interval(poll.fieldwork_start or poll.fieldwork_end, poll.fieldwork_end),
        poll.published_date,
        *([size] if has_sizes else []),
        *(numbers.printed_cell(value_of(poll, name), is_mixed) for name in lists),
        _source(view, poll),
        _checked(poll),
        _corrections(view, poll),
        poll.revision if poll.revision > 1 else None,
        _remark(view, poll),
    )


def _question(view: View, poll: PollRow) -> Cell:
    """What a scenario asked that the poll beside it did not."""
    added, left_out = numbers.question(poll, view.edition.polls.polls, [item.id for item in view.projection.lists])
    parts = [
        words(f"polls.question_{key}", names=joined([uncoloured(list_name(view, one)) for one in names]))
        for key, names in (("with", added), ("without", left_out))
        if names
    ]
    return Join(tuple(parts), "; ") if parts else words("polls.question_same")


def _corrections(view: View, poll: PollRow) -> Words | None:
    """What was corrected since it was first read."""
    if not poll.corrections:
        return None
    return words("polls.corrected", what=Join(tuple(_change(view, poll, row) for row in poll.corrections), "; "))


def _field(view: View, poll: PollRow, row: Correction) -> Name | Words | str:
    """What of a poll was corrected: a list's cell, or a column of the table."""
    if row.label is not None:
        list_id = next((value.list for value in poll.values if value.label == row.label), None)
        return uncoloured(list_name(view, list_id)) if list_id else row.label
    return words(FIELDS[row.field]) if row.field in FIELDS else row.field


def _change(view: View, poll: PollRow, row: Correction) -> Name | Words | str:
    """What was corrected, and from what to what where it is a number or a day; other values are ids."""
    field = _field(view, poll, row)
    if [value for value in (row.before, row.after) if value and not value[0].isdigit()]:
        return field
    return words("embed.value", name=field, before=_value(row.before), after=_value(row.after))


def _value(text: str | None) -> Day | str:
    return Day(date.fromisoformat(text), "short") if text and DAY.fullmatch(text) else text or "–"


def _remark(view: View, poll: PollRow) -> Cell:
    """Why an odd row stands, or which of its columns no list is known for."""
    if poll.unknown:
        return words("polls.unknown", columns=numbers.unknown_columns(poll))
    return phrase(view, poll.ruling) if poll.ruling else None


# Controls


def _filters(view: View) -> tuple[Control, ...]:
    """Kind, firm, outlet, list and period; and which columns, where the law says what a poll has to disclose."""
    every = words("polls.every_firm")
    firms = _menu_of(view, "pollster", words("polls.firm"), every, lambda one: firm_name(view, one))
    outlets = _menu_of(view, "outlet", words("polls.outlet"), every, lambda one: outlet_name(view, one))
    lists = _menu_of(view, "list", words("table.list"), words("polls.every_list"), lambda one: _list(view, one))
    since = [(one, words(f"polls.period_{one}")) for one in options(view, "period")]
    menus = [firms, outlets, lists, switch(view, "period", words("trends.range"), since, page="1")]
    kinds = [(kind, words(f"polls.kind_{kind}")) for kind in options(view, "kind")]
    if len(kinds) > 2:  # one kind and "all" are the same rows
        menus.insert(0, switch(view, "kind", words("polls.kind"), kinds, page="1"))
    if view.electorate.disclosure:
        columns = [(one, words(f"polls.show_{one}")) for one in SHOWN]
        menus.append(switch(view, "show", words("polls.show"), columns))
    return tuple(menus)


def _menu_of(view: View, parameter: str, title: Words, every: Words, name: Callable[[str], Name]) -> Control:
    """Everything or one of a parameter's options, in the order of their names."""
    names = {one: name(one) for one in options(view, parameter) if one != EVERY}
    in_order = sorted(names, key=lambda one: next(iter(names[one].texts.values())))
    labels: list[tuple[str, Words | Name]] = [(EVERY, every), *((one, names[one]) for one in in_order)]
    return switch(view, parameter, title, labels, style="menu", page="1")


def _list(view: View, list_id: str) -> Name:
    return uncoloured(full(view.lists[list_id]) if list_id in view.lists else text(list_id))


def _pages(page: int, pages: int) -> tuple[Control, ...]:
    if pages == 1:
        return ()
    choices = tuple(Choice(str(at), Number(at), href(page=str(at), poll=""), at == page) for at in range(1, pages + 1))
    return (Control("page", "page", words("polls.pages"), choices, "pages"),)


def all_polls(view: View) -> Table:
    """All rows the address asks for, as a file has them."""
    return numbers.files_table(filtered_polls(view), view.order.ids, view.edition.reference)


PAGE = Page("/polls", NAME, headline, blocks, BLOCKS.types, parameters, {"polls": all_polls})
