"""What if: lists withdraw, merge or move, agreements come and go, the threshold shifts; the same draws again."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from dashboard import sentences
from dashboard.address import Choice as Options
from dashboard.address import Parameter, Subset
from dashboard.blocks import (
    Argument,
    Block,
    Cell,
    Chance,
    Column,
    Control,
    Interval,
    Join,
    Missing,
    Name,
    Number,
    Page,
    Table,
    Values,
    Words,
    words,
)
from dashboard.names import bloc_name, list_name, the_projection, uncoloured
from dashboard.pages.shared import make, options, quiet
from dashboard.pages.what_if import controls
from dashboard.pages.what_if.controls import BETWEEN, KEPT_PCT, NOBODY, ONCE_OFFERED, PARTS_PCT, STEPS_PCT
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
    Side,
    bloc_changes,
    outcome,
    side_values,
)
from dashboard.simulation import has_agreements, setting_of
from dashboard.view import View, in_order
from electoral.errors import ElectoralError
from pipelines.editions.store import Edition

NAME = "what_if"
ALL_PARAMETERS = ("out", "to", "merge", "keep", "split", "part", "swing", "by", "drop", "sign", "threshold")
LISTS_NAMED = 3
WORTH_SAYING = 0.005  # a chance below this is as good as none
SMALLEST_MOVE = 0.05  # expected seats


class Headline(Values):
    """Nothing but the question."""

    is_frozen: bool


def parameters(edition: Edition) -> dict[str, Parameter]:
    lists = tuple(in_order(edition.projection).ids)
    return {
        "out": Subset(lists),
        "to": Options((NOBODY, *lists)),
        "merge": Subset(lists),
        "keep": Options(KEPT_PCT),
        "split": Options((NOBODY, *lists)),
        "part": Options(PARTS_PCT),
        "swing": Options((NOBODY, *lists)),
        "by": Options(STEPS_PCT),
        "drop": Subset(tuple(BETWEEN.join(pair) for pair in edition.reference.agreements)),
        "sign": Subset(tuple(BETWEEN.join(pair) for pair in combinations(lists, 2) if has_agreements(edition))),
        "threshold": Options(tuple(dict.fromkeys((*controls.thresholds(edition), *ONCE_OFFERED)))),
    }


def headline(view: View) -> Words:
    return words("what_if.headline_agreements" if has_agreements(view.edition) else "what_if.headline")


def plan(view: View) -> Plan:
    """What the address asks to change."""
    swing, to, split = (view.choice(name) for name in ("swing", "to", "split"))
    threshold = view.choice("threshold")
    return Plan(
        withdrawn=view.subset("out"),
        votes_to=None if to == NOBODY else to,
        merged=view.subset("merge"),
        retention=int(view.choice("keep")) / 100,
        divided=None if split == NOBODY else split,
        first_part=int(view.choice("part")) / 100,
        shifted=None if swing == NOBODY else swing,
        shift=float(view.choice("by")) / 100,
        dropped=_pairs(view.subset("drop")),
        signed=_pairs(view.subset("sign")),
        threshold=Fraction(threshold) / 100 if threshold != options(view, "threshold")[0] else None,
    )


def _pairs(said: Sequence[str]) -> tuple[Pair, ...]:
    return tuple((one, other) for one, _, other in (text.partition(BETWEEN) for text in said))


def blocks(view: View) -> tuple[Block | Control, ...]:
    if view.is_frozen:
        return (_headline(view, sentences.frozen(view)),)
    setting = setting_of(view.edition)
    if setting is None:
        return (_headline(view, words("what_if.lead"), words("threshold.no_shares")),)
    wanted = plan(view)
    try:
        found = outcome(view.edition, setting, wanted)
    except ElectoralError:
        found = None
    shown = _result(view, wanted, found) if found else (_contradiction(view),)
    first, *others = controls.controls(view, wanted)
    return (_headline(view, words("what_if.lead")), first, *shown, *others)


def _headline(view: View, *lead: Words) -> Block:
    values = Headline(is_frozen=view.is_frozen)
    return make(
        view, NAME, "headline", "headline", values, finding=headline(view), lead=tuple(quiet(one) for one in lead)
    )


def _contradiction(view: View) -> Block:
    values = OutcomeValues(is_changed=True, is_contradiction=True, blocs=())
    has_pairs = has_agreements(view.edition)
    said = words("what_if.contradiction_agreements" if has_pairs else "what_if.contradiction")
    return make(
        view,
        NAME,
        "outcome",
        "note",
        values,
        finding=said,
        is_announced=True,
        classes="seven outcome",
        parameters=ALL_PARAMETERS,
    )


# The outcome beside what is published


def _result(view: View, wanted: Plan, found: Outcome) -> tuple[Block, ...]:
    summary = _summary(view, found)
    values = OutcomeValues(is_changed=bool(wanted.changes), is_contradiction=False, blocs=bloc_changes(found.blocs))
    said = make(
        view,
        NAME,
        "outcome",
        "note",
        values,
        finding=summary if wanted.changes else words("what_if.unchanged", the_projection=the_projection(view)),
        notes=(quiet(words("what_if.across")),) if found.is_across_blocs else (),
        parameters=ALL_PARAMETERS,
        is_announced=True,
        classes="seven outcome",
    )
    title = words("what_if.lists")
    rows = tuple(
        ChangeRow(
            lists=row.lists,
            name=_together(view, row),
            part=row.part,
            before=side_values(row.before),
            after=side_values(row.after),
        )
        for row in found.lists
    )
    change = make(
        view,
        NAME,
        "change",
        "chart",
        ChangeValues(rows=rows),
        heading=title,
        finding=summary,
        table=_lists_table(view, found.lists, title),
        figure=change_figure,
        notes=(quiet(words("what_if.note")),),
        classes="seven",
        parameters=ALL_PARAMETERS,
    )
    return said, *_blocs(view, found.blocs, values), change


def _summary(view: View, found: Outcome) -> Join:
    """Each bloc that had or has a chance, and the lists that moved most, in words."""
    said: list[Argument] = [
        words(
            "what_if.bloc",
            bloc=uncoloured(_bloc(view, row.id)),
            before=Number(row.before.printed_seats),
            after=Number(row.after.printed_seats),
            majority=view.projection.majority,
            chance=Chance(row.p_after),
            was=Number(100 * row.p_before),
        )
        for row in found.blocs
        if max(row.p_before, row.p_after) >= WORTH_SAYING
    ]
    moves = [(row.difference, row) for row in found.lists if row.difference is not None]
    moves.sort(key=lambda pair: -abs(pair[0]))
    changes = tuple(
        words("what_if.moved", name=_named(view, row), n=Number(difference, 1, "signed"))
        for difference, row in moves[:LISTS_NAMED]
        if abs(difference) >= SMALLEST_MOVE
    )
    if changes:
        said.append(words("what_if.average", names=Join(changes, ", ")))
    return Join(tuple(said), " ")


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


def _named(view: View, row: ListRow) -> Argument:
    name = uncoloured(_together(view, row))
    return name if row.part is None else words("what_if.part", name=name, n=row.part)


def _blocs(view: View, found: Sequence[BlocRow], values: OutcomeValues) -> tuple[Block, ...]:
    if not found:
        return ()
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
        for row in found
    )
    strong = frozenset((at, column) for at in range(len(rows)) for column in (2, 4))
    table = Table(columns, rows, words("tonight.blocs"), strong, classes="numeric")
    block = make(
        view,
        NAME,
        "blocs",
        "table",
        values,
        finding=words("tonight.blocs"),
        table=table,
        classes="seven",
        parameters=ALL_PARAMETERS,
    )
    return (block,)


def _lists_table(view: View, found: Sequence[ListRow], title: Words) -> Table:
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
            _row_name(view, row),
            _side(row.before),
            _side(row.after),
            Missing("none") if row.difference is None else row.difference,
            _passes(row.before),
            _passes(row.after),
        )
        for row in found
    )
    return Table(columns, rows, title, is_open=False, classes="numeric")


def _row_name(view: View, row: ListRow) -> Cell:
    name = _together(view, row)
    return name if row.part is None else words("what_if.part", name=uncoloured(name), n=row.part)


def _side(side: Side | None) -> Cell:
    if side is None:
        return Missing("none")
    return Interval(side.seats.q05, side.seats.q95, side.printed_seats)


def _passes(side: Side | None) -> Cell:
    return Missing("none") if side is None or side.p_pass is None else 100 * side.p_pass


PAGE = Page("/what-if", NAME, parameters, headline, blocks)
