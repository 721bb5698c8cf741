"""What if: lists withdraw, merge or move, agreements come and go, the threshold shifts; the same draws again."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import exp

from dashboard import left_out, sentences, status
from dashboard.address import BETWEEN, Parameter, Subset, Typed
from dashboard.address import Choice as Options
from dashboard.blocks import (
    Argument,
    Block,
    BlockType,
    Cell,
    Chance,
    Column,
    Control,
    Interval,
    Join,
    Lines,
    Missing,
    Name,
    Note,
    Number,
    Paragraph,
    Parts,
    Table,
    Values,
    Words,
    words,
)
from dashboard.names import bloc_name, coalition_name, list_name, the_projection, uncoloured
from dashboard.pages.shared import Blocks, leaving_out, options, quiet
from dashboard.pages.what_if import controls
from dashboard.pages.what_if.controls import ASK, BLOC, NOBODY, ONCE_OFFERED, PARTS_PCT, RETENTION_PCT, STEPS_PCT, TYPED
from dashboard.pages.what_if.figure import TOGETHER, change_figure
from dashboard.pages.what_if.numbers import (
    BlocRow,
    ChangeRow,
    ChangeValues,
    ListRow,
    Outcome,
    OutcomeValues,
    Pair,
    Plan,
    ReverseValues,
    SideValues,
    TypedValues,
    bloc_changes,
    outcome,
    reverse_values,
    spread_over_bloc,
    typed_values,
)
from dashboard.reader import record_of
from dashboard.seats import has_agreements, in_order, seats_of, setting_of
from dashboard.view import Page, View
from electoral.errors import ElectoralError
from electoral.scenarios import Setting
from pipelines.editions.schema import MergerEvidence
from pipelines.editions.store import Edition

NAME = "what_if"
ALL_PARAMETERS = ("out", "to", "merge", "keep", "split", "part", "swing", "by", "drop", "sign", "threshold")
LISTS_NAMED = 3
WORTH_ASKING = 1 / 3  # of a majority: nobody asks what would give it to a bloc with fewer seats
WORTH_SAYING = 0.005  # a chance below this is as good as none
SMALLEST_MOVE = 0.05  # expected seats


class Headline(Values):
    """Nothing but the question."""

    is_frozen: bool


BLOCKS = Blocks(
    NAME,
    BlockType("headline", Headline, "headline"),
    BlockType("outcome", OutcomeValues, "note", parameters=ALL_PARAMETERS, classes="seven outcome", is_announced=True),
    BlockType("blocs", OutcomeValues, "table", parameters=ALL_PARAMETERS, classes="seven"),
    BlockType("change", ChangeValues, "chart", "what_if.lists", change_figure, ALL_PARAMETERS, "seven"),
    BlockType("reverse", ReverseValues, "note", parameters=("ask",), is_announced=True),
    BlockType("typed", TypedValues, "note", is_announced=True),
)


def parameters(edition: Edition) -> dict[str, Parameter]:
    lists = tuple(in_order(edition.projection).ids)
    return {
        "out": Subset(lists),
        "to": Options((ASK, BLOC, NOBODY, *lists)),
        "merge": Subset(lists),
        "keep": Options(RETENTION_PCT),
        "split": Options((NOBODY, *lists)),
        "part": Options(PARTS_PCT),
        "swing": Options((NOBODY, *lists)),
        "by": Options(STEPS_PCT),
        "drop": Subset(tuple(BETWEEN.join(pair) for pair in edition.reference.agreements)),
        "sign": Subset(tuple(BETWEEN.join(pair) for pair in combinations(lists, 2) if has_agreements(edition))),
        "threshold": Options(tuple(dict.fromkeys((*controls.thresholds(edition), *ONCE_OFFERED)))),
        "list": Options((NOBODY, *lists)),
        "ask": Options((NOBODY, *_targets(edition))),
        **{f"{TYPED}{name}": Typed(100) for name in lists},
        **left_out.parameters(edition),
    }


def _targets(edition: Edition) -> dict[str, tuple[str, ...]]:
    """Whose majority can be asked of: blocs and coalitions of interest, with their lists."""
    blocs = {bloc.id: tuple(bloc.lists) for bloc in edition.projection.blocs}
    named = blocs | {one.id: tuple(one.lists) for one in edition.coalitions.majorities}
    least = WORTH_ASKING * edition.projection.majority
    return {one: lists for one, lists in named.items() if seats_of(edition.projection, lists) >= least}


def headline(view: View) -> Words:
    return words("what_if.headline_agreements" if has_agreements(view.edition) else "what_if.headline")


def plan(view: View) -> Plan:
    """What the address asks to change."""
    swing, to, split = (view.choice(name) for name in ("swing", "to", "split"))
    threshold = view.choice("threshold")
    return Plan(
        withdrawn=view.subset("out"),
        votes_to=None if to in (NOBODY, ASK, BLOC) else to,
        transfers=spread_over_bloc(view.edition, view.subset("out")) if to == BLOC else {},
        merged=view.subset("merge"),
        retention=int(view.choice("keep")) / 100,
        spread=lesson.spread if (lesson := mergers_of(view)) else 0.0,
        divided=None if split == NOBODY else split,
        first_part=int(view.choice("part")) / 100,
        shifted=None if swing == NOBODY else swing,
        shift=float(view.choice("by")) / 100,
        dropped=_pairs(view.subset("drop")),
        signed=_pairs(view.subset("sign")),
        threshold=Fraction(threshold) / 100 if threshold != options(view, "threshold")[0] else None,
    )


ALL_MERGERS = "all"  # those of every campaign, the current one's among them
Z80 = 1.2816  # half of an interval that holds 8 in 10


def mergers_of(view: View) -> MergerEvidence | None:
    """What polls of mergers teach of a merged list, where the record says so."""
    record = record_of(view.edition)
    return record.mergers.get(ALL_MERGERS) if record else None


def _merged(view: View, wanted: Plan) -> tuple[Note, ...]:
    """On what the spread of a merged list rests, and what it is not."""
    lesson = mergers_of(view)
    if lesson is None or not wanted.united:
        return ()
    return (
        quiet(
            words(
                "what_if.merged",
                n=lesson.mergers,
                pairs=lesson.pairs,
                kept=Number(100 * lesson.kept),
                low=Number(100 * exp(-Z80 * lesson.spread) * lesson.default),
                high=Number(100 * exp(Z80 * lesson.spread) * lesson.default),
            ),
            " ",
            words("what_if.merged_learned" if lesson.default != 1 else "what_if.merged_sum"),
        ),
    )


def _pairs(texts: Sequence[str]) -> tuple[Pair, ...]:
    return tuple((one, other) for one, _, other in (text.partition(BETWEEN) for text in texts))


def blocks(view: View) -> Parts:
    if view.is_frozen:
        return (_headline(view, status.frozen(view)),)
    setting = setting_of(view.edition)
    if setting is None:
        return (_headline(view, words("what_if.lead"), words("threshold.no_shares")),)
    wanted = plan(view)
    first, *others = controls.controls(view, wanted)
    head = _headline(view, words("what_if.lead"))
    if wanted.withdrawn and view.choice("to") == ASK:  # nothing is drawn before that was said
        return (head, _question(view, wanted), first, *others, *_beneath(view, setting))
    try:
        result = outcome(view.edition, setting, wanted)
    except ElectoralError:
        result = None
    result_blocks = _result(view, wanted, result) if result else (_contradiction(view),)
    return (head, first, *result_blocks, *others, *_beneath(view, setting))


def _beneath(view: View, setting: Setting) -> Parts:
    """The reverse question, and shares that a reader types."""
    parts = (*_reverse(view, setting), controls.typed_control(view), _typed(view, setting))
    return (*parts, *leaving_out(view))


def _question(view: View, wanted: Plan) -> Block:
    """Where the votes go is asked before anything is drawn: to leave them to nobody is an answer like the others."""
    values = OutcomeValues(is_changed=True, is_contradiction=False, blocs=())
    return BLOCKS.make(
        view, "outcome", values, finding=words("what_if.question", names=sentences.names_of(view, wanted.withdrawn))
    )


def _headline(view: View, *lead: Words) -> Block:
    values = Headline(is_frozen=view.is_frozen)
    return BLOCKS.make(view, "headline", values, finding=headline(view), lead=tuple(quiet(one) for one in lead))


def _contradiction(view: View) -> Block:
    values = OutcomeValues(is_changed=True, is_contradiction=True, blocs=())
    has_pairs = has_agreements(view.edition)
    sentence = words("what_if.contradiction_agreements" if has_pairs else "what_if.contradiction")
    return BLOCKS.make(view, "outcome", values, finding=sentence)


# The outcome beside what is published


def _result(view: View, wanted: Plan, result: Outcome) -> Parts:
    summary = _summary(view, result)
    values = OutcomeValues(is_changed=bool(wanted.changes), is_contradiction=False, blocs=bloc_changes(result.blocs))
    summary_block = BLOCKS.make(
        view,
        "outcome",
        values,
        finding=summary if wanted.changes else words("what_if.unchanged", the_projection=the_projection(view)),
        notes=(
            *_assumed(view, wanted),
            *_merged(view, wanted),
            *((quiet(words("what_if.across")),) if result.is_across_blocs else ()),
        ),
    )
    rows = tuple(ChangeRow(name=_together(view, row), **vars(row)) for row in result.lists)
    change = BLOCKS.make(
        view,
        "change",
        ChangeValues(rows=rows),
        finding=summary,
        table=_lists_table(view, result.lists),
        notes=(quiet(words("what_if.note")),),
    )
    return summary_block, _blocs(view, result.blocs, values), change


def _assumed(view: View, wanted: Plan) -> tuple[Paragraph, ...]:
    """What the outcome rests on: where the votes of lists that withdrew were sent."""
    if not wanted.withdrawn:
        return ()
    names = sentences.names_of(view, wanted.withdrawn)
    if wanted.votes_to:
        return (quiet(words("what_if.assumed_list", names=names, to=uncoloured(list_name(view, wanted.votes_to)))),)
    return (quiet(words("what_if.assumed_bloc" if wanted.transfers else "what_if.assumed_nobody", names=names)),)


def _summary(view: View, result: Outcome) -> Join:
    """Each bloc that had or has a chance, and the lists that moved most, in words."""
    sentences: list[Argument] = [
        words(
            "what_if.bloc",
            bloc=uncoloured(_bloc(view, row.id)),
            before=Number(row.before.seats),
            after=Number(row.after.seats),
            majority=view.projection.majority,
            chance=Chance(row.p_after),
            was=Number(100 * row.p_before),
        )
        for row in result.blocs
        if max(row.p_before, row.p_after) >= WORTH_SAYING
    ]
    moves = [(row.difference, row) for row in result.lists if row.difference is not None]
    moves.sort(key=lambda pair: -abs(pair[0]))
    changes = tuple(
        words("what_if.moved", name=_row_name(view, row), n=Number(difference, 1, "signed"))
        for difference, row in moves[:LISTS_NAMED]
        if abs(difference) >= SMALLEST_MOVE
    )
    if changes:
        sentences.append(words("what_if.average", names=Join(changes, ", ")))
    return Join(tuple(sentences), " ")


def _bloc(view: View, bloc: str) -> Name:
    return bloc_name(view, view.blocs[bloc])


def _together(view: View, row: ListRow) -> Name:
    """The lists of a row as one name, in the colour of the first."""
    names = [list_name(view, name) for name in row.lists]
    texts = {
        lang: TOGETHER.join(name.texts.get(lang) or next(iter(name.texts.values())) for name in names)
        for lang in names[0].texts
    }
    return Name("+".join(row.lists), texts, names[0].colour)


def _row_name(view: View, row: ListRow) -> Name | Words:
    name = uncoloured(_together(view, row))
    return name if row.part is None else words("what_if.part", name=name, n=row.part)


def _blocs(view: View, blocs: Sequence[BlocRow], values: OutcomeValues) -> Block | None:
    if not blocs:
        return None
    majority = view.projection.majority
    columns = (
        Column("bloc", words("table.bloc"), is_row_header=True),
        Column("before_seats", words("what_if.before"), "seats", "float"),
        Column("after_seats", words("what_if.after"), "seats", "float"),
        Column("before_of_100", words("what_if.reaches_before", majority=majority), "count", "float"),
        Column("after_of_100", words("what_if.reaches_after"), "count", "float"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _bloc(view, row.id),
            _side(row.before),
            _side(row.after),
            100 * row.p_before,
            100 * row.p_after,
        )
        for row in blocs
    )
    strong = frozenset((at, column) for at in range(len(rows)) for column in (2, 4))
    table = Table(columns, rows, words("tonight.blocs"), strong, classes="numeric")
    return BLOCKS.make(view, "blocs", values, finding=words("tonight.blocs"), table=table)


def _lists_table(view: View, list_rows: Sequence[ListRow]) -> Table:
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("before_seats", words("what_if.before"), "seats", "float"),
        Column("after_seats", words("what_if.after"), "seats", "float"),
        Column("average_change_seats", words("what_if.average_change"), "seats", "float", digits=2, is_signed=True),
        Column("passes_before_of_100", words("what_if.passes_before"), "count", "float"),
        Column("passes_after_of_100", words("what_if.passes_after"), "count", "float"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            _together(view, row) if row.part is None else _row_name(view, row),
            _side(row.before),
            _side(row.after),
            Missing("none") if row.difference is None else row.difference,
            _passes(row.before),
            _passes(row.after),
        )
        for row in list_rows
    )
    return Table(columns, rows, is_open=False, classes="numeric")


def _side(side: SideValues | None) -> Cell:
    if side is None:
        return Missing("none")
    return Interval(side.q05_seats, side.q95_seats, side.seats)


def _passes(side: SideValues | None) -> Cell:
    return Missing("none") if side is None or side.p_pass is None else 100 * side.p_pass


# The reverse question


def _reverse(view: View, setting: Setting) -> tuple[Block | Control, ...]:
    """What is the least that would give a bloc or a coalition of interest the majority, once somebody asks."""
    lists = _targets(view.edition)
    blocs = [(bloc.id, uncoloured(bloc_name(view, bloc.id))) for bloc in view.edition.projection.blocs]
    named = [*blocs, *((one.id, uncoloured(coalition_name(one))) for one in view.edition.coalitions.majorities)]
    named = [(one, name) for one, name in named if one in lists]
    if not named:
        return ()
    target = view.choice("ask")
    control = controls.reverse_control(view, named)
    if target == NOBODY:
        return (control,)
    values = reverse_values(view.edition, setting, target, lists[target])
    sentences = _reverse_lines(view, values, dict(named)[target])
    block = BLOCKS.make(
        view,
        "reverse",
        values,
        finding=sentences[0],
        notes=(Lines(tuple(((one,),) for one in sentences[1:])), quiet(words("what_if.reverse_note"))),
    )
    return control, block


def _reverse_lines(view: View, values: ReverseValues, name: Name) -> list[Words]:
    """Where it stands, then each way to the majority that there is, and which ways there are not."""
    majority = values.majority_seats
    if values.seats >= majority:
        return [words("what_if.reverse_has", name=name, seats=values.seats, majority=majority)]
    ways = [words("what_if.reverse_lacks", name=name, seats=values.seats, n=majority - values.seats, majority=majority)]
    swing = values.swing
    if swing is None:
        ways.append(words("what_if.reverse_no_swing", points=Number(values.most_points, 0)))
    else:
        ways.append(words("what_if.reverse_swing", points=Number(swing.points, 1), seats=swing.seats))
    for one in values.thresholds:
        key = "what_if.reverse_passes" if one.passes else "what_if.reverse_fails"
        named = uncoloured(list_name(view, one.list))
        ways.append(words(key, name=named, seats=one.seats, chance=Chance(one.probability)))
    if not values.thresholds:
        ways.append(words("what_if.reverse_no_threshold"))
    ways += [
        words("what_if.reverse_pair", names=sentences.names_of(view, pair.lists), seats=pair.seats)
        for pair in values.agreements
    ]
    if has_agreements(view.edition) and not values.agreements:
        ways.append(words("what_if.reverse_no_pair"))
    return ways


# Shares that a reader types


def _typed(view: View, setting: Setting) -> Block | None:
    """The seats of shares somebody typed, by the law; nothing until something was typed."""
    shares = {name: share for name in view.order.ids if (share := view.typed(f"{TYPED}{name}")) is not None}
    if not shares:
        return None
    values = typed_values(view.edition, setting, shares)
    typed = tuple(f"{TYPED}{name}" for name in view.order.ids)
    if not values.rows:
        finding: Words | Join = words("what_if.typed_wrong", sum=Number(values.sum_pct, 2, "percent"))
        return BLOCKS.make(view, "typed", values, finding=finding, parameters=typed)
    seats = {row.list: row.seats for row in values.rows}
    majority = view.projection.majority
    blocs = [
        words(
            "what_if.typed_bloc", name=uncoloured(bloc_name(view, bloc.id)), n=sum(seats.get(i, 0) for i in bloc.lists)
        )
        for bloc in view.edition.projection.blocs
    ]
    finding = Join((words("what_if.typed_found", majority=majority), Join(tuple(blocs), ", ")), " ")
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("share_pct", words("trends.unit_share"), "pct", "float", digits=2),
        Column("seats", words("table.seats"), "seats", "int"),
    )
    rows = tuple((list_name(view, row.list), row.share_pct, row.seats) for row in values.rows)
    ties = (quiet(words("what_if.typed_tied", n=values.tied_seats)),) if values.tied_seats else ()
    return BLOCKS.make(
        view,
        "typed",
        values,
        finding=finding,
        table=Table(columns, rows, words("what_if.typed"), classes="numeric"),
        notes=ties,
        parameters=typed,
        claims_sum=() if values.tied_seats else (("seats", view.projection.house_size),),
    )


PAGE = Page("/what-if", NAME, headline, blocks, BLOCKS.types, parameters)
