"""Threshold: who may miss it, what a bloc's majority has to do with that, and what agreements are worth."""

from collections.abc import Sequence

from dashboard import left_out, sentences
from dashboard.address import Choice as Options
from dashboard.address import Parameter
from dashboard.blocks import (
    Argument,
    Block,
    BlockType,
    Cell,
    Chance,
    Column,
    Control,
    Disclosure,
    Interval,
    Join,
    Lines,
    Missing,
    Note,
    Number,
    Parts,
    Source,
    Table,
    Words,
    words,
)
from dashboard.names import full, list_name, local, named, the_projection, uncoloured
from dashboard.pages.shared import Blocks, leaving_out, quiet, switch
from dashboard.pages.threshold import numbers
from dashboard.pages.threshold.figure import odds_figure, votes_figure
from dashboard.pages.threshold.numbers import AgreementsValues, EdgeValues, OddsValues, PairValues, VotesValues
from dashboard.seats import Group, has_agreements, in_doubt, seats_if_in, seats_of, setting_of
from dashboard.view import Page, View
from pipelines.editions.schema import Agreement
from pipelines.editions.store import Edition

NAME = "threshold"


BLOCKS = Blocks(
    NAME,
    BlockType("headline", numbers.LostValues, "headline"),
    BlockType("votes", VotesValues, "chart", "threshold.votes", votes_figure, ("bloc",), "half"),
    BlockType("odds", OddsValues, "chart", "", odds_figure, ("bloc",), "half"),
    BlockType("agreements", AgreementsValues, "table", "threshold.agreements", parameters=("bloc",)),
)


def parameters(edition: Edition) -> dict[str, Parameter]:
    """The bloc, or where there are none the coalition of interest, whose odds are shown; the strongest first."""
    projection = edition.projection
    blocs = sorted(_in_question(edition), key=lambda bloc: (-seats_of(projection, bloc.lists), -bloc.seats.mean))
    offered = {"bloc": Options(tuple(bloc.id for bloc in blocs))} if blocs else {}
    return offered | left_out.parameters(edition)


def _in_question(edition: Edition) -> Sequence[Group]:
    return edition.projection.blocs or edition.coalitions.majorities


def headline(view: View) -> Words:
    near = in_doubt(view.projection)
    threshold = sentences.threshold_pct(view)
    if not near:
        return words("threshold.headline_none", threshold=threshold)
    names = sentences.names_of(view, [item.id for item in near])
    return words("threshold.headline", n=len(near), names=names, threshold=threshold)


def blocks(view: View) -> Parts:
    bloc = _bloc(view)
    edges = numbers.edges(view, bloc)
    return (
        _headline(view),
        *(_charts(view, edges, bloc) if edges else ()),
        _agreements(view, bloc),
        *leaving_out(view),
    )


def _bloc(view: View) -> Group | None:
    if "bloc" not in view.parameters:
        return None
    chosen = view.choice("bloc")
    return next(bloc for bloc in _in_question(view.edition) if bloc.id == chosen)


def _headline(view: View) -> Block:
    lost = numbers.lost(view.edition)
    near = tuple(item.id for item in in_doubt(view.projection))
    values = numbers.LostValues(mean_pct=lost.mean, q05_pct=lost.q05, q95_pct=lost.q95, in_doubt=near)
    sentence = words(
        "threshold.lost",
        mean=Number(lost.mean, 1, "percent"),
        low=Number(lost.q05, 1, "percent"),
        high=Number(lost.q95, 1, "percent"),
    )
    return BLOCKS.make(view, "headline", values, finding=headline(view), lead=(quiet(sentence),))


# Lists at the threshold, and a bloc's odds


def _charts(view: View, edges: list[EdgeValues], bloc: Group | None) -> tuple[Block | Control, ...]:
    votes = BLOCKS.make(
        view,
        "votes",
        VotesValues(threshold_pct=view.projection.threshold_pct, lists=tuple(edges)),
        finding=_votes_summary(edges),
        table=_votes_table(view, edges),
        notes=(quiet(words("threshold.votes_note", threshold=sentences.threshold_pct(view))),),
    )
    if bloc is None:
        return (votes,)
    majority = view.projection.majority
    title = words("threshold.odds", bloc=named(bloc), majority=majority)
    by_effect = sorted(edges, key=lambda edge: -abs(edge.difference or 0.0))
    odds = BLOCKS.make(
        view,
        "odds",
        OddsValues(bloc=bloc.id, p_majority=bloc.p_majority, majority_seats=majority, lists=tuple(by_effect)),
        heading=title,
        finding=_odds_summary(view, by_effect, bloc),
        table=_odds_table(by_effect, title),
        notes=(quiet(words("threshold.odds_note")),),
    )
    return (*_blocs(view), votes, odds)


def _blocs(view: View) -> tuple[Control, ...]:
    """Whose odds: a switch where there is a choice."""
    labels = [(bloc.id, named(bloc)) for bloc in _in_question(view.edition)]
    return (switch(view, "bloc", words("table.bloc"), labels),) if len(labels) > 1 else ()


def _votes_summary(edges: list[EdgeValues]) -> Join:
    return Join(
        tuple(
            words(
                "threshold.votes_item",
                name=edge.name,
                chance=Chance(edge.p_pass),
                low=Number(edge.q05_pct, 1, "percent"),
                high=Number(edge.q95_pct, 1, "percent"),
            )
            for edge in edges
        ),
        " ",
    )


def _votes_table(view: View, edges: list[EdgeValues]) -> Table:
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("passes_of_100", words("table.passes"), "count", "float"),
        Column("mean_pct", words("threshold.share"), "pct", "float", digits=1),
        Column("ninety_pct", words("table.ninety"), "pct", "float", digits=1),
        Column("seats_if_passes", words("threshold.seats_if"), "seats", "float"),
        Column("lost_if_fails_pct", words("threshold.lost_if"), "pct", "float", digits=1),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            full(view.lists[edge.name.id]),
            100 * edge.p_pass,
            edge.mean_pct,
            Interval(edge.q05_pct, edge.q95_pct),
            _seats_if_in(view, edge.name.id),
            numbers.lost_if_out(view.edition, edge.name.id),
        )
        for edge in edges
    )
    return Table(columns, rows, words("threshold.votes"), is_open=False)


def _odds_summary(view: View, edges: list[EdgeValues], bloc: Group) -> Join:
    reaches = words("blocs.reaches", majority=view.projection.majority, chance=Chance(bloc.p_majority))
    items: list[Argument] = [Join((reaches, "."), "")]
    items += [
        words(
            "threshold.odds_item",
            name=edge.name,
            passes=_conditional_odds(edge.p_majority_if_passes),
            fails=_conditional_odds(edge.p_majority_if_fails),
        )
        for edge in edges
        if edge.difference is not None
    ]
    return Join(tuple(items), " ")


def _odds_table(edges: list[EdgeValues], title: Words) -> Table:
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("fails_of_100", words("threshold.if_fails"), "count", "float"),
        Column("passes_of_100", words("threshold.if_passes"), "count", "float"),
        Column("difference", words("threshold.difference"), "count", "float", is_signed=True),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            edge.name,
            _cell(edge.p_majority_if_fails),
            _cell(edge.p_majority_if_passes),
            Missing("too_few") if edge.difference is None else 100 * edge.difference,
        )
        for edge in edges
    )
    return Table(columns, rows, title, is_open=False)


def _conditional_odds(probability: float | None) -> Argument:
    return words("threshold.few") if probability is None else Number(100 * probability)


def _cell(probability: float | None) -> Cell:
    return Missing("too_few") if probability is None else 100 * probability


def _seats_if_in(view: View, name: str) -> Interval:
    seats = seats_if_in(view.edition, name)
    return Interval(seats.q05, seats.q95)


# Agreements


def _agreements(view: View, bloc: Group | None) -> Block | None:
    """What each agreement is worth, where the law knows any; what is missing where it cannot be said."""
    if not has_agreements(view.edition):
        return None
    setting = setting_of(view.edition)
    if setting is None:
        return _without(view, words("threshold.no_shares"))
    if bloc is None:
        return None
    pairs = numbers.agreements(view.edition, setting, bloc)
    if not pairs:
        return _without(view, words("threshold.no_pairs"))
    values = AgreementsValues(bloc=bloc.id, pairs=tuple(pairs))
    note = words("threshold.agreements_note", the_projection=the_projection(view))
    reports = {frozenset(one.lists): one for one in view.edition.reference.agreements_said or []}
    reported = [(pair, reports[frozenset(pair.lists)]) for pair in pairs if frozenset(pair.lists) in reports]
    who_says = (_report_sources(view, reported),) if reported else ()
    return BLOCKS.make(
        view,
        "agreements",
        values,
        finding=note,
        table=_pairs_table(view, pairs, bloc),
        notes=(quiet(note, " ", _reports_sentence(view)), *who_says),
    )


def _without(view: View, why: Words) -> Block:
    values = AgreementsValues(bloc=None, pairs=())
    return BLOCKS.make(view, "agreements", values, notes=(quiet(why),), parameters=())


def _pairs_table(view: View, pairs: list[PairValues], bloc: Group) -> Table:
    columns = (
        Column("lists", words("threshold.pair"), is_row_header=True),
        Column("status", words("threshold.status")),
        Column("own_seats", words("threshold.pair_seats"), "seats", "float", digits=2, is_signed=True),
        Column(
            "bloc_seats",
            words("threshold.bloc_seats", bloc=named(bloc)),
            "seats",
            "float",
            digits=2,
            is_signed=True,
        ),
        Column(
            "with_of_100",
            words("threshold.chance_with", majority=view.projection.majority),
            "count",
            "float",
            digits=1,
        ),
        Column("without_of_100", words("threshold.chance_without"), "count", "float", digits=1),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            Join(tuple(list_name(view, name) for name in pair.lists), " + "),
            words(f"threshold.{pair.status}"),
            pair.own_expected_seats,
            pair.bloc_expected_seats,
            100 * pair.p_majority_with,
            100 * pair.p_majority_without,
        )
        for pair in pairs
    )
    return Table(columns, rows, words("threshold.agreements"), classes="numeric")


def _report_sources(view: View, reported: list[tuple[PairValues, Agreement]]) -> Note:
    """The sources of what is known of agreements."""
    items = tuple(
        (
            (
                Join(tuple(uncoloured(list_name(view, name)) for name in pair.lists), " + "),
                " · ",
                words(f"threshold.{pair.status}"),
                " · ",
                Source(local(report, "sources")),
            ),
        )
        for pair, report in reported
    )
    return Disclosure("agreement-sources", words("threshold.sources"), (Lines(items),))


def _reports_sentence(view: View) -> Words:
    """Whether reports of agreements are on record at all."""
    reports = view.edition.reference.agreements_said
    if reports is None:
        return words("threshold.said_unknown")
    awaited = [one for one in reports if one.status != "signed"]
    return words("threshold.said_some") if awaited else words("threshold.said_none")


PAGE = Page("/threshold", NAME, headline, blocks, BLOCKS.types, parameters)
