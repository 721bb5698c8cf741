"""Record: what the model would have said of past elections, day by day and in one table, against what happened."""

from collections.abc import Sequence

from dashboard.address import Choice as Options
from dashboard.address import Parameter
from dashboard.blocks import (
    Argument,
    Block,
    BlockType,
    Cell,
    Chance,
    Choice,
    Column,
    Control,
    Day,
    Href,
    Interval,
    Join,
    Missing,
    Name,
    Number,
    Parts,
    Table,
    Words,
    href,
    words,
)
from dashboard.names import bloc_name, list_name, named, short, text, uncoloured
from dashboard.pages import downloads
from dashboard.pages.record import autopsy, calibration, numbers, sealed
from dashboard.pages.record.figure import differences_figure, lists_figure, path_figure
from dashboard.pages.record.numbers import ROLLING, TAUGHT_BY_ALL, at, days_of, holds, in_order, mean, models
from dashboard.pages.record.numbers import Day as RecordedDay
from dashboard.pages.shared import Blocks, quiet
from dashboard.reader import campaign_of, record_of
from dashboard.view import Page, View
from pipelines.editions.schema import BlocProjection, Miss, Record
from pipelines.editions.store import Edition

NAME = "record"
IN_SEATS = ("crps", "mae_median", "bloc_abs_err")
MEASURES = (*IN_SEATS, "brier_pass", "brier_majority")
COVERAGES = ("cover50", "cover80", "cover95")


BLOCKS = Blocks(
    NAME,
    BlockType("headline", numbers.Headline, "headline"),
    *autopsy.BLOCKS.types,
    BlockType("replay", numbers.ReplayValues, "note", "record.replay", parameters=("day",), is_announced=True),
    BlockType("path", numbers.PathValues, "chart", figure=path_figure, parameters=("day",), classes="half"),
    BlockType("replayed", numbers.ReplayedValues, "chart", figure=lists_figure, parameters=("day",), classes="half"),
    BlockType("scores", numbers.ScoresValues, "table", "record.scores"),
    *calibration.BLOCKS.types,
    BlockType(
        "differences", numbers.DifferencesValues, "chart", "record.differences", differences_figure, classes="half"
    ),
    BlockType("misses", numbers.MissesValues, "table", "record.misses"),
    *sealed.BLOCKS.types,
)


def parameters(edition: Edition) -> dict[str, Parameter]:
    """The day looked at, where this campaign can be followed; the last one first."""
    days = days_of(record_of(edition), edition.election)
    return {"day": Options(tuple(day.as_of.isoformat() for day in reversed(days)))} if days else {}


def headline(view: View) -> Words:
    return numbers.coverage_sentence(record_of(view.edition)) or words("record.headline_none")


def blocks(view: View) -> Parts:
    record = record_of(view.edition)
    if record is None:
        return _headline(view, None, words("record.missing")), *autopsy.blocks(view), sealed.block(view)
    return (
        _headline(view, record, words("record.lead")),
        *autopsy.blocks(view),
        *_replay(view, record),
        _scores(view, record),
        *calibration.blocks(view, record),
        _differences(view, record),
        _misses(view, record),
        sealed.block(view),
    )


def _headline(view: View, record: Record | None, lead: Words) -> Block:
    values = numbers.Headline(elections=len(record.elections) if record else 0, cover80=numbers.coverage(record))
    return BLOCKS.make(view, "headline", values, finding=headline(view), lead=(quiet(lead),))


# One campaign day by day


def _replay(view: View, record: Record) -> Parts:
    days = days_of(record, view.edition.election)
    campaigns = _campaigns(view, record)
    if not days:
        none = BLOCKS.make(
            view,
            "replay",
            numbers.ReplayValues(days=0, day=None),
            notes=(quiet(words("record.no_days")),),
            parameters=(),
        )
        return campaigns, none
    day = at(days, view.choice("day"))
    summary = BLOCKS.make(view, "replay", numbers.ReplayValues(days=len(days), day=day), finding=_summary(view, day))
    return campaigns, _slider(days, day), summary, _path(view, days, day), _lists(view, day)


def _campaigns(view: View, record: Record) -> Control:
    """The campaigns that can be followed, each at its own address."""
    elections = {election.id: election for election in view.elections}
    choices = tuple(
        Choice(
            election,
            named(elections[election]),
            Href(None, {}, election),
            election == view.edition.election,
        )
        for election in numbers.replayed(record)
        if election in elections
    )
    return Control("campaigns", "election", words("nav.elections"), choices)


def _slider(days: Sequence[RecordedDay], day: RecordedDay) -> Control:
    """A day of the campaign, in the address."""
    choices = tuple(
        Choice(one.as_of.isoformat(), Join((Day(one.as_of),)), href(day=one.as_of.isoformat()), one.as_of == day.as_of)
        for one in days
    )
    return Control("day", "day", words("record.day"), choices, "slider", days[-1].as_of.isoformat())


def _bloc(view: View, day: RecordedDay) -> BlocProjection | None:
    """The bloc whose majority was in question: the one the day names, or the one recorded first."""
    blocs = [] if view.moves else view.projection.blocs  # what was recorded is of the data's own blocs
    return next((bloc for bloc in blocs if bloc.id == day.bloc), next(iter(blocs), None))


def _won(view: View, bloc: BlocProjection) -> int | None:
    result = view.projection.result
    return None if result is None else sum(result.get(name, 0) for name in bloc.lists)


def _summary(view: View, day: RecordedDay) -> Join:
    """What would have been said that day, and what happened."""
    result, bloc = view.projection.result, _bloc(view, day)
    sentences: list[Argument] = []
    if bloc is not None and day.bloc_seats is not None and day.p_majority is not None:
        low, _, high = day.bloc_seats
        sentences.append(
            words(
                "record.said",
                date=Day(day.as_of),
                bloc=uncoloured(bloc_name(view, bloc)),
                low=Number(low),
                high=Number(high),
                majority=view.projection.majority,
                chance=Chance(day.p_majority),
            )
        )
        won = _won(view, bloc)
        if won is not None:
            sentences.append(words("record.happened", n=Number(won)))
    if result is not None:
        inside = sum(holds(seats, result.get(name, 0)) for name, seats in day.seats.items())
        sentences.append(words("record.inside", inside=Number(inside), all=Number(len(day.seats))))
    return Join(tuple(sentences), " ")


def _path(view: View, days: Sequence[RecordedDay], day: RecordedDay) -> Block | None:
    bloc = _bloc(view, day)
    followed = tuple(
        numbers.PathDay(
            day=one.as_of,
            low_seats=one.bloc_seats[0],
            high_seats=one.bloc_seats[2],
            p_majority=one.p_majority,
        )
        for one in days
        if one.bloc_seats is not None
    )
    if bloc is None or not followed:
        return None
    majority = view.projection.majority
    title = words("record.path", bloc=uncoloured(bloc_name(view, bloc)))
    columns = (
        Column("day", words("record.day"), "date", "date", is_row_header=True),
        Column("ninety_seats", words("table.ninety"), "seats", "float"),
        Column("majority_of_100", words("table.reaches", majority=majority), "count", "float"),
    )
    rows = tuple((one.day, Interval(one.low_seats, one.high_seats), 100 * (one.p_majority or 0.0)) for one in followed)
    values = numbers.PathValues(
        bloc=bloc_name(view, bloc),
        days=followed,
        shown_day=day.as_of,
        election_date=view.projection.election_date,
        majority_seats=majority,
        won_seats=_won(view, bloc),
    )
    return BLOCKS.make(
        view,
        "path",
        values,
        heading=title,
        finding=Join((title, ". ", _summary(view, day)), ""),
        table=Table(columns, rows, title, is_open=False),
        notes=(quiet(words("record.path_note")),),
    )


def _lists(view: View, day: RecordedDay) -> Block:
    result = view.projection.result
    title = words("record.lists", date=Day(day.as_of))
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("ninety_seats", words("table.ninety"), "seats", "float"),
        Column("passes_of_100", words("table.passes"), "count", "float"),
        Column("won_seats", words("table.result"), "seats", "int"),
        Column("is_inside", words("table.inside")),
    )
    lists = [
        numbers.ReplayedRow(
            name=list_name(view, name),
            low_seats=day.seats[name][0],
            high_seats=day.seats[name][2],
            p_pass=day.p_pass.get(name, 0.0),
            won_seats=None if result is None else result.get(name, 0),
        )
        for name in in_order(day)
    ]
    rows = tuple((row.name, Interval(row.low_seats, row.high_seats), 100 * row.p_pass, *_won_in(row)) for row in lists)
    return BLOCKS.make(
        view,
        "replayed",
        numbers.ReplayedValues(day=day.as_of, lists=tuple(lists)),
        heading=title,
        finding=_summary(view, day),
        table=Table(columns, rows, title, is_open=False),
        notes=(quiet(words("record.lists_note")),),
    )


def _won_in(row: numbers.ReplayedRow) -> tuple[Cell, Cell]:
    """What a list won, and whether that lay in its interval."""
    if row.won_seats is None:
        return Missing("unknown"), None
    is_inside = row.low_seats <= row.won_seats <= row.high_seats
    return row.won_seats, words("table.yes" if is_inside else "table.no")


# Over all past elections


def _scores(view: View, record: Record) -> Block:
    """The table: ours and the baselines, the best of each measure in bold."""
    scored = models(record)
    by_model = {model: {name: mean(record, model, name) for name in (*MEASURES, *COVERAGES)} for model in scored}
    by_measure = {name: [one for scores in by_model.values() if (one := scores[name]) is not None] for name in MEASURES}
    columns = (
        Column("model", words("record.model"), is_row_header=True),
        *(
            Column(
                name,
                words(f"record.measure_{name}"),
                "seats" if name in IN_SEATS else "number",
                "float",
                digits=2 if name in IN_SEATS else 3,
            )
            for name in MEASURES
        ),
        *(Column(f"{name}_of_100", words(f"record.measure_{name}"), "count", "float") for name in COVERAGES),
    )
    rows = tuple(
        (
            words(f"record.model_{model}"),
            *(_or_none(scores[name]) for name in MEASURES),
            *(_or_none(scores[name], 100) for name in COVERAGES),
        )
        for model, scores in by_model.items()
    )
    ours = {(at_row, 0) for at_row, model in enumerate(scored) if model in (ROLLING, TAUGHT_BY_ALL)}
    best = {
        (at_row, at_column)
        for at_row, scores in enumerate(by_model.values())
        for at_column, name in enumerate(MEASURES, start=1)
        if scores[name] is not None and scores[name] == min(by_measure[name])
    }
    taught_alike = by_model.get(ROLLING) == by_model.get(TAUGHT_BY_ALL)
    twin = {at for at, model in enumerate(scored) if model == TAUGHT_BY_ALL and taught_alike}
    values = numbers.ScoresValues(elections=len(record.elections), by_model=by_model)
    note = words("record.scores_note", n=len(record.elections))
    return BLOCKS.make(
        view,
        "scores",
        values,
        said=note,
        table=Table(columns, rows, strong=frozenset(ours | best), file_rows=frozenset(twin), classes="numeric"),
    )


def _or_none(value: float | None, times: int = 1) -> Cell:
    return Missing("none") if value is None else times * value


def _differences(view: View, record: Record) -> Block | None:
    scored = set(models(record))
    crps = [row for row in record.differences if row.measure == "crps" and row.baseline in scored]
    is_rolling = any(row.model == ROLLING for row in crps)
    differences = tuple(row for row in crps if (row.model == ROLLING) == is_rolling)
    if not differences:
        return None
    columns = (
        Column("model", words("record.model"), is_row_header=True),
        Column("difference_pct", words("record.percent"), "pct", "float", digits=1, is_signed=True),
        Column("ninety_pct", words("record.resampled"), "pct", "float", digits=1),
    )
    rows = tuple(
        (words(f"record.model_{row.baseline}"), 100 * row.relative, Interval(100 * row.low, 100 * row.high))
        for row in differences
    )
    summary = tuple(
        words(
            "record.difference_item",
            name=words(f"record.model_{row.baseline}"),
            percent=Number(100 * row.relative, 1, "signed"),
        )
        for row in differences
    )
    return BLOCKS.make(
        view,
        "differences",
        numbers.DifferencesValues(rows=differences),
        finding=Join(summary, " "),
        table=Table(columns, rows, is_open=False),
        notes=(quiet(words(f"record.differences_{'rolling' if is_rolling else 'note'}", n=len(record.elections))),),
    )


def _misses(view: View, record: Record) -> Block:
    columns = (
        Column("election", words("record.election"), is_row_header=True),
        Column("list", words("table.list")),
        Column("won_seats", words("table.result"), "seats", "int"),
        Column("between_seats", words("record.ninety_five"), "seats", "float"),
        Column("passes_of_100", words("table.passes"), "count", "float"),
        Column("share_pct", words("record.vote"), "pct", "float", digits=2),
    )
    rows = tuple(_miss(view, record, miss) for miss in record.misses)
    return BLOCKS.make(
        view,
        "misses",
        numbers.MissesValues(
            misses=tuple(
                numbers.MissedResult.model_validate(miss.model_dump(exclude={"median"})) for miss in record.misses
            )
        ),
        said=words("record.misses_note"),
        table=Table(columns, rows, classes="numeric"),
    )


def _miss(view: View, record: Record, miss: Miss) -> tuple[Cell, ...]:
    """A miss under the names its record has; an older record has none, and its elections' editions have."""
    own = f"{miss.election}/{miss.list}"
    if own in record.names:
        election, name = Name(miss.election, record.names[miss.election]), Name(miss.list, record.names[own])
    else:
        campaign = campaign_of(view.edition, miss.election)
        lists = {item.id: short(item) for item in campaign.reference.lists} if campaign else {}
        election = named(campaign.reference.election) if campaign else text(miss.election)
        name = uncoloured(lists.get(miss.list, text(miss.list)))
    return (
        election,
        list_name(view, miss.list) if miss.election == view.edition.election else name,
        miss.seats,
        Interval(miss.q025, miss.q975),
        100 * miss.p_pass,
        miss.share_pct,
    )


PAGE = Page("/record", NAME, headline, blocks, BLOCKS.types, parameters, downloads.OF_RECORD)
