"""Tonight: the sentence, the seats, the majority, what changed, the threshold and the latest polls."""

from collections.abc import Mapping, Sequence

from dashboard import compared, news, readings, sentences
from dashboard.blocks import (
    Anchor,
    Argument,
    Block,
    Cell,
    Chance,
    Column,
    Control,
    Day,
    Disclosure,
    Heading,
    Interval,
    Join,
    Key,
    Line,
    Lines,
    Missing,
    Name,
    Note,
    Number,
    Page,
    Paragraph,
    Span,
    Strong,
    Table,
    Unit,
    Words,
    href,
    words,
)
from dashboard.names import bloc_name, firm_short, full, list_name, local, named, text, the_projection, uncoloured, word
from dashboard.pages.coalitions.combinations import combinations
from dashboard.pages.polls.numbers import printed_cell, value_of
from dashboard.pages.shared import make, quiet, switch
from dashboard.pages.tonight import downloads, numbers
from dashboard.pages.tonight.blocs_figure import blocs_figure
from dashboard.pages.tonight.numbers import (
    BlocRow,
    Pair,
    SeatsRow,
    SeatsValues,
    blocs_values,
    holds,
    latest,
    seats_values,
)
from dashboard.pages.tonight.seats_figure import seats_figure
from dashboard.seats import is_printed, outlook, seats_of
from dashboard.view import View
from pipelines.editions.records import Changes
from pipelines.editions.schema import PollRow

NAME = "tonight"
FEW_READINGS = 5  # more than these stand behind a menu
WORTH_SAYING = 0.005  # a chance below this is said of the strongest bloc only
COMBINATIONS_SHOWN = 3
RESIDUAL = "residual"  # the kind of what polls print as others


def headline(view: View) -> Words | Join:
    reading = readings.said(view, readings.chosen(view))
    said = sentences.headline(readings.read(view))
    return Join((reading, said), ". ") if reading else said


def blocks(view: View) -> tuple[Block | Control, ...]:
    shown = readings.read(view)
    return (
        _headline(view, shown),
        *_readings(view),
        _seats(shown),
        *_blocs(shown),
        _changed(shown),
        *([] if shown.projection.result is None else [_result(shown)]),
        _near(shown),
        _polls(view),
    )


def _headline(view: View, shown: View) -> Block:
    polls = view.projection.polls
    values = numbers.Headline(
        reading=readings.chosen(view),
        majority_seats=view.projection.majority,
        lists={item.id: seats_of(shown.projection, [item.id]) for item in shown.order.all},
        polls_used=polls.used,
        pollsters=polls.pollsters,
    )
    other = (
        (quiet(words("readings.note", the_projection=the_projection(view))),)
        if readings.chosen(view) != readings.ALL
        else ()
    )
    return make(
        view,
        NAME,
        "headline",
        "headline",
        values,
        finding=headline(view),
        lead=(quiet(*_called(view), sentences.basis(view)), *other),
        parameters=(readings.NAME,),
    )


def _called(view: View) -> tuple[Argument, ...]:
    """What the electorate calls these numbers; a nowcast is named by its notice."""
    return () if view.is_nowcast else (word(view, "projection"), sentences.DOT)


def _readings(view: View) -> tuple[Control, ...]:
    """The switch between all polls and the readings of those who stand apart."""
    offered = readings.options(view)
    if not offered:
        return ()
    labels = [(one, readings.said(view, one) or words("readings.all")) for one in offered]
    style = "switch" if len(labels) <= FEW_READINGS else "menu"
    return (switch(view, readings.NAME, words("readings.title"), labels, style=style),)


# Seats


def _seats(view: View) -> Block:
    shown = seats_values(view)
    summary = Join(
        tuple(
            words(
                "seats.summary",
                name=row.name,
                seats=_standing_of(row, shown),
                span=Span(row.interval_seats.q05, row.interval_seats.q95),
            )
            for row in shown.lists
        ),
        "; ",
    )
    has_outgoing = any(row.outgoing_seats is not None for row in shown.lists)
    marks = [
        "seats" if is_printed(view.projection) else "expected",
        "half",
        "ninety",
        *(["now"] if has_outgoing else []),
    ]
    marks += ["result"] if view.projection.result is not None else []
    return make(
        view,
        NAME,
        "seats",
        "chart",
        shown,
        heading=words("tonight.seats"),
        finding=Join((summary, "."), ""),
        table=_seats_table(view),
        figure=seats_figure,
        notes=(Key(tuple((mark, words(f"seats.key_{mark}", **_house(view))) for mark in marks)), *_two_numbers(view)),
        classes="two-thirds" if view.projection.blocs or sentences.majorities(view) else "",
        parameters=(readings.NAME,),
    )


def _two_numbers(view: View) -> tuple[Note, ...]:
    """That per cent are of the polls and seats of the simulations, where both stand beside a list."""
    return (quiet(words("seats.share_note")),) if sentences.is_share_first(view) else ()


def _house(view: View) -> dict[str, Name]:
    return {"house": word(view, "house"), "the_house": word(view, "the_house")}


def _seats_table(view: View) -> Table:
    """Seats and intervals, in the order of the custom, behind per cent where that is one; the outgoing house if any."""
    number = seats_column(view)
    trend = Column("trend_pct", words("table.trend"), "pct", "float", digits=1)
    half = Column("half_seats", words("table.half"), "seats", "float")
    ninety = Column("ninety_seats", words("table.ninety"), "seats", "float")
    outgoing = Column("outgoing_seats", words("table.now", **_house(view)), "seats", "int")
    is_first = view.electorate.intervals_first
    has_outgoing = any(item.seats_now is not None for item in view.order.all)
    has_trend = sentences.is_share_first(view)
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        *([trend] if has_trend else []),
        *((ninety, half, number) if is_first else (number, half, ninety)),
        Column("passes_of_100", words("table.passes"), "count", "float"),
        *([outgoing] if has_outgoing else []),
    )
    rows: list[tuple[Cell, ...]] = []
    for item in view.order.all:
        seats = outlook(item)
        printed = seats_of(view.projection, [item.id])
        spread: tuple[Cell, ...] = (printed, Interval(seats.q25, seats.q75), Interval(seats.q05, seats.q95))
        before: Cell = Missing("unknown") if item.seats_now is None else item.seats_now
        rows.append(
            (
                full(view.lists[item.id]),
                *([item.trend_share_pct] if has_trend else []),
                *(reversed(spread) if is_first else spread),
                100 * item.p_pass,
                *([before] if has_outgoing else []),
            )
        )
    return Table(columns, tuple(rows), words("tonight.seats"), is_open=False)


def _standing_of(row: SeatsRow, shown: SeatsValues) -> Argument:
    """A list's seats, behind its per cent where that is the custom."""
    seats = Number(row.seats, row.digits)
    return Join((Number(row.trend_pct, 1, "percent"), seats), ", ") if shown.share_first else seats


def seats_column(view: View) -> Column:
    """The column of printed seats; of expected seats in another reading of the polls."""
    if is_printed(view.projection):
        return Column("seats", words("table.seats"), "seats", "int")
    return Column("expected_seats", words("table.expected"), "seats", "float", digits=1)


# The majority


def _blocs(view: View) -> tuple[Block, ...]:
    """The blocs, nothing where none are recorded; then the coalitions of interest, where there are any."""
    blocs, coalitions = numbers.bloc_rows(view), numbers.majority_rows(view)
    found = []
    if blocs:
        opened = Disclosure("assignment", words("blocs.open"), _assignment(view))
        found.append(_against_majority(view, "blocs", words("tonight.blocs"), blocs, (*_combinations(view), opened)))
    if coalitions:
        opened = Disclosure("coalition-members", words("blocs.open"), _members_of(view, coalitions))
        found.append(_against_majority(view, "majorities", words("tonight.coalitions"), coalitions, (opened,)))
    return tuple(found)


def _against_majority(
    view: View, block_id: str, title: Words, rows: tuple[BlocRow, ...], more: tuple[Note, ...]
) -> Block:
    """Bars against the majority, with their odds in words."""
    *first, last = more
    builder = Anchor(words("coalitions.headline", majority=view.projection.majority), href("/coalitions"))
    return make(
        view,
        NAME,
        block_id,
        "chart",
        blocs_values(view, rows),
        heading=title,
        finding=_blocs_summary(view, rows),
        table=_blocs_table(view, rows, title),
        figure=blocs_figure,
        notes=(
            Lines(_odds(view, rows), "odds"),
            quiet(words("blocs.key")),
            *first,
            Paragraph((builder,), ""),
            last,
        ),
        classes="third",
        parameters=(readings.NAME,),
    )


def _blocs_summary(view: View, rows: tuple[BlocRow, ...]) -> Join:
    """The bars for those who do not see them."""
    return Join(tuple(Join((_standing(row), Join((_reaches(view, row), "."), "")), ", ") for row in rows), " ")


def _standing(row: BlocRow) -> Join:
    return Join((uncoloured(row.name), Number(row.seats, row.digits)), " ")


def _reaches(view: View, row: BlocRow) -> Words:
    return words("blocs.reaches", majority=view.projection.majority, chance=Chance(row.p_majority))


def _odds(view: View, rows: tuple[BlocRow, ...]) -> tuple[tuple[Line, ...], ...]:
    """The chance of a majority of each that has one, and of the strongest."""
    most = max(rows, key=lambda row: (row.seats, row.p_majority))
    return tuple(
        ((row.name, " ", _reaches(view, row)),) for row in rows if row.p_majority >= WORTH_SAYING or row == most
    )


def _blocs_table(view: View, rows: tuple[BlocRow, ...], title: Words) -> Table:
    columns = (
        Column("bloc", words("table.bloc"), is_row_header=True),
        seats_column(view),
        Column("ninety_seats", words("table.ninety"), "seats", "float"),
        Column("majority_of_100", words("table.reaches", majority=view.projection.majority), "count", "float"),
    )
    cells = tuple(
        (
            uncoloured(row.name),
            row.seats,
            Interval(row.interval_seats.q05, row.interval_seats.q95),
            100 * row.p_majority,
        )
        for row in rows
    )
    return Table(columns, cells, title, is_open=False)


def _members_of(view: View, rows: tuple[BlocRow, ...]) -> tuple[Note, ...]:
    """Which lists a coalition of interest has, each a press away from the builder."""
    return tuple(
        Paragraph(
            (
                words("blocs.members", name=uncoloured(row.name), lists=sentences.names_of(view, row.lists)),
                ". ",
                Anchor(words("coalitions.open"), href("/coalitions", gov=",".join(_offered(view, row.lists)))),
            )
        )
        for row in rows
    )


def _offered(view: View, lists: Sequence[str]) -> list[str]:
    return [name for name in lists if name in view.order.ids]


def _combinations(view: View) -> tuple[Note, ...]:
    """The likeliest combinations of the published projection; another reading has none of its own."""
    if view.reading is not None or not view.edition.coalitions.combinations:
        return ()
    return (
        Heading(words("coalitions.list_title", majority=view.projection.majority)),
        combinations(view, COMBINATIONS_SHOWN),
        quiet(words("coalitions.list_short")),
    )


def _assignment(view: View) -> tuple[Note, ...]:
    """Which lists were counted where, and who says so."""
    members = tuple(
        Join(
            (
                words(
                    "blocs.members",
                    name=uncoloured(bloc_name(view, bloc)),
                    lists=sentences.names_of(view, [item for item in bloc.lists if item in view.lists]),
                ),
                ". ",
            ),
            "",
        )
        for bloc in view.projection.blocs
    )
    told = [local(bloc, "sources") for bloc in view.edition.reference.blocs]
    sources = {tuple(source.texts.values()): source for source in told if source.texts}
    said: tuple[Note, ...] = (Paragraph(members),)
    if sources:
        said = (*said, quiet(words("blocs.source", source=Join(tuple(sources.values()), ", "))))
    return said


# What changed, the result, the threshold


def _changed(view: View) -> Block:
    """Sentences against earlier editions; where none is a week old, how the lines moved in a week."""
    previous, week = compared.since_previous(view.edition), compared.since_last_week(view.edition)
    notes: list[Note] = []
    if previous is not None:
        notes += _against(view, previous, "news.since")
    if week is not None and (previous is None or week.from_edition != previous.from_edition):
        notes += _against(view, week, "news.week")
    if not notes:
        notes.append(quiet(words("news.none")))
    if week is None:
        notes += _movers(view)
    values = numbers.MoveValues(
        from_edition=previous.from_edition if previous else None,
        from_date=previous.from_as_of if previous else None,
        to_date=view.projection.as_of,
        moves_seats=dict(numbers.movers(view)) if len(view.edition.trend.dates) >= 8 else {},
    )
    return make(view, NAME, "changed", "note", values, heading=words("news.title"), notes=tuple(notes), classes="half")


def _against(view: View, changes: Changes, title: str) -> list[Note]:
    items = tuple(((said,),) for said in news.told(view, changes))
    return [Heading(words(title, date=Day(changes.from_as_of))), Lines(items, "lines told")]


def _movers(view: View) -> list[Note]:
    """The lines that moved most in a week, as this edition draws them."""
    dates = view.edition.trend.dates
    if len(dates) < 8:
        return []
    moved = numbers.movers(view)
    heading = Heading(words("tonight.week"))
    if not moved:
        return [heading, quiet(words("tonight.week_still", from_date=Day(dates[-8])))]
    items = tuple(((list_name(view, name), " ", Strong(Number(move, 1, "signed"))),) for name, move in moved)
    note = words("tonight.week_note", from_date=Day(dates[-8], "short"), to_date=Day(dates[-1]))
    return [heading, Lines(items, "movers"), quiet(note)]


def _result(view: View) -> Block:
    """A row a list: its seats, 90 % interval, result, and whether the interval held it."""
    result = view.projection.result or {}
    order = view.order.all
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        seats_column(view),
        Column("ninety_seats", words("table.ninety"), "seats", "float"),
        Column("won_seats", words("table.result"), "seats", "int"),
        Column("is_inside", words("table.inside")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            list_name(view, item.id),
            seats_of(view.projection, [item.id]),
            Interval(outlook(item).q05, outlook(item).q95),
            result.get(item.id, 0),
            words("table.yes" if holds(item, result.get(item.id, 0)) else "table.no"),
        )
        for item in order
    )
    inside = sum(holds(item, result.get(item.id, 0)) for item in order)
    summary = words("tonight.result_summary", inside=Number(inside), all=Number(len(order)))
    return make(
        view,
        NAME,
        "result",
        "table",
        numbers.ResultValues(inside=inside, lists=len(order), won_seats=result),
        heading=words("tonight.result", projection=word(view, "projection")),
        finding=summary,
        table=Table(columns, rows, words("tonight.result", projection=word(view, "projection"))),
        lead=(quiet(summary),),
        classes="half",
        parameters=(readings.NAME,),
    )


def _near(view: View) -> Block:
    near = sentences.in_doubt(view.projection)
    items = tuple(
        ((list_name(view, item.id), " ", _near_said(view, item.p_pass, item.trend_share_pct)),) for item in near
    )
    note = words("tonight.near_note", threshold=sentences.threshold_pct(view))
    values = numbers.NearValues(
        threshold_pct=view.projection.threshold_pct, p_pass={item.id: item.p_pass for item in near}
    )
    notes: tuple[Note, ...] = (Lines(items), quiet(note)) if items else (quiet(words("tonight.near_none")),)
    return make(
        view,
        NAME,
        "near",
        "note",
        values,
        heading=words("tonight.near"),
        notes=notes,
        classes="half",
        parameters=(readings.NAME,),
    )


def _near_said(view: View, p_pass: float, share_pct: float) -> Words:
    """The chance to pass beside what the polls say; another reading has no level of its own to name."""
    if view.reading is not None:
        return words("seats.passes", chance=Chance(p_pass))
    return words("tonight.near_item", chance=Chance(p_pass), share=Number(share_pct, 1, "percent"))


# The latest polls


def _polls(view: View) -> Block:
    """A column a poll, a row a list: seats as published, and the change beneath."""
    pairs = latest(view.edition.polls.polls)
    values = numbers.LatestValues(
        polls=tuple(poll for poll, _ in pairs),
        previous={poll.poll: previous.poll for poll, previous in pairs if previous is not None},
        certain={pair[0].poll: numbers.certain_changes(view, pair) for pair in pairs},
    )
    marked = Paragraph((words("tonight.polls_certain_note"),), "quiet certain")
    return make(
        view,
        NAME,
        "latest",
        "table",
        values,
        heading=words("tonight.polls"),
        finding=words("tonight.polls_note"),
        table=_polls_table(view, pairs, values.certain),
        lead=(quiet(words("tonight.polls_note")),),
        notes=(
            *([marked] if any(values.certain.values()) else []),
            Paragraph((Anchor(words("tonight.polls_all"), href("/polls")),)),
        ),
    )


def _polls_table(view: View, pairs: list[Pair], certain: Mapping[str, Mapping[str, bool]]) -> Table:
    columns = [Column("list", words("table.list"), is_row_header=True)]
    is_mixed = len({poll.unit for poll, _ in pairs}) > 1
    for poll, previous in pairs:
        unit: Unit = "pct" if poll.unit == "share" else "seats"
        columns.append(
            Column(
                poll.poll,
                _firm(view, poll),
                unit,
                "float",
                heading=(*_outlet(view, poll), Day(poll.fieldwork_end, "short"), _before(view, previous)),
            )
        )
        columns.append(
            Column(
                f"{poll.poll}_change",
                _firm(view, poll),
                unit,
                "float",
                digits=1 if unit == "pct" else 0,
                is_signed=True,
                zero="=",
                under=poll.poll,
            )
        )
        if certain[poll.poll]:
            columns.append(Column(f"{poll.poll}_certain", words("tonight.polls_certain"), under=poll.poll))
    rows = tuple(
        (
            list_name(view, name),
            *(
                cell
                for pair in pairs
                for cell in (
                    printed_cell(value_of(pair[0], name), is_mixed),
                    numbers.change(pair, name),
                    *_certain(certain[pair[0].poll], name),
                )
            ),
        )
        for name in (*view.order.ids, *_others(view, pairs))
    )
    return Table(tuple(columns), rows, words("tonight.polls"), classes="polls")


def _certain(certain: Mapping[str, bool], name: str) -> tuple[Cell, ...]:
    """Beside a change that is more than chance, where a poll's changes are tested at all."""
    return (words("tonight.polls_certain") if certain.get(name) else None,) if certain else ()


def _others(view: View, pairs: list[Pair]) -> list[str]:
    """What polls print for all the rest together: no list, but part of what they add up to."""
    printed = {value.list for poll, _ in pairs for value in poll.values if value.status != "not_asked"}
    rest = {name for name, item in view.lists.items() if item.kind == RESIDUAL}
    return sorted((printed & rest) - set(view.order.ids))


def _firm(view: View, poll: PollRow) -> Name | Words:
    return firm_short(view, poll.pollster) if poll.pollster else words("table.unknown")


def _outlet(view: View, poll: PollRow) -> tuple[Name, ...]:
    if not poll.publisher:
        return ()
    found = next((item for item in view.edition.reference.publishers if item.id == poll.publisher), None)
    return (named(found) if found else text(poll.publisher),)


def _before(view: View, previous: PollRow | None) -> Words:
    if previous is None:
        return words("tonight.polls_first", poll=word(view, "poll"))
    return words("tonight.polls_previous", date=Day(previous.fieldwork_end, "short"))


PAGE = Page("/", NAME, readings.parameters, headline, blocks, downloads.FILES)
