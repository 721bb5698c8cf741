"""Coalitions: put lists in government, outside support or abstention, and see what the joint draws say."""

from dashboard import left_out, sentences, status
from dashboard.address import BETWEEN, MOVE, Parameter, Subset, UnknownAddress
from dashboard.blocks import (
    Anchor,
    Argument,
    Block,
    BlockType,
    Cell,
    Chance,
    Choice,
    Column,
    Control,
    Day,
    Disclosure,
    InputRef,
    Interval,
    Join,
    Line,
    Lines,
    Number,
    Paragraph,
    Parts,
    Quote,
    Source,
    Strong,
    Table,
    Values,
    Words,
    href,
    words,
)
from dashboard.names import (
    bloc_name,
    everywhere,
    first_text,
    full,
    joined,
    list_name,
    local,
    move_name,
    short,
    text,
    uncoloured,
)
from dashboard.pages.coalitions.figure import hemicycle_figure, meter_figure
from dashboard.pages.coalitions.numbers import (
    Coalition,
    CoalitionValues,
    CombinationRow,
    CombinationsValues,
    ConflictRow,
    ConflictsValues,
    DecidesValues,
    HouseValues,
    MeterValues,
    NamedCoalition,
    NamedRow,
    NamedValues,
    Wedge,
    in_play,
    later,
    meter_values,
    named_coalitions,
    p_without_conflict,
    researched,
)
from dashboard.pages.shared import Blocks, chip, leaving_out, quiet, toggled
from dashboard.seats import in_order, outlook, seats_of
from dashboard.sentences import names_of, seats_number
from dashboard.view import Page, View
from electoral.investiture import Investiture
from pipelines.editions.schema import Combination, Statement
from pipelines.editions.store import Edition

NAME = "coalitions"
PLACES = ("gov", "support", "abstain")
COMBINATIONS_SHOWN = 6
WEDGES_NAMED = 5  # lists of a coalition that are named one by one around the ring
SEATING = ("government", "support", "abstain", "opposition")
WORTH_SAYING = 0.01  # of the simulations


class Headline(Values):
    """The majority that is asked for."""

    majority_seats: int


BLOCKS = Blocks(
    NAME,
    BlockType("headline", Headline, "headline", parameters=PLACES),
    BlockType("coalition", CoalitionValues, "note", parameters=PLACES, classes="five result", is_announced=True),
    BlockType("meter", MeterValues, "chart", figure=meter_figure, parameters=PLACES, classes="five"),
    BlockType("hemicycle", HouseValues, "chart", figure=hemicycle_figure, parameters=PLACES, classes="five"),
    BlockType("conflicts", ConflictsValues, "note", "coalitions.conflicts", parameters=PLACES, classes="seven"),
    BlockType("decides", DecidesValues, "table", "coalitions.decides", parameters=PLACES, classes="seven"),
    BlockType("combinations", CombinationsValues, "note"),
    BlockType("named", NamedValues, "table", "coalitions.named", classes="seven"),
)


def parameters(edition: Edition) -> dict[str, Parameter]:
    offered = Subset(tuple(in_order(edition.projection).ids))
    return {**dict.fromkeys(PLACES, offered), **left_out.parameters(edition)}


def headline(view: View) -> Words:
    """The question, or what holds for the coalition that was chosen, by its name."""
    if view.is_frozen or not (view.subset("gov") or view.subset("support")):
        return words("coalitions.headline", majority=view.projection.majority)
    return _finding(view, built(view))


def _finding(view: View, coalition: Coalition) -> Words:
    return words(
        "coalitions.finding",
        name=title(view, coalition),
        seats=words("count.seats", n=Number(coalition.printed_seats)),
        majority=view.projection.majority,
        chance=Chance(coalition.p_majority),
    )


def title(view: View, coalition: Coalition) -> Argument:
    """The name of a coalition: that of a bloc or a coalition of interest where it is one, else its lists."""
    backers = set(coalition.backers)
    named = next((one for one in named_coalitions(view) if set(one.coalition.backers) == backers), None)
    return named.name if named else joined([uncoloured(list_name(view, name)) for name in coalition.backers])


def built(view: View) -> Coalition:
    """The combination the address asks for; a list in two places is refused."""
    government, support, abstain = (view.subset(name) for name in ("gov", "support", "abstain"))
    if len({*government, *support, *abstain}) < len(government) + len(support) + len(abstain):
        raise UnknownAddress("a list in two places")
    return Coalition(view.edition, government, support, abstain)


def blocks(view: View) -> Parts:
    coalition = built(view)
    if view.is_frozen:  # what was published stands; another combination would be a new number
        return _headline(view, status.frozen(view)), _combinations(view)
    named = named_coalitions(view)
    return (
        _headline(view, words("coalitions.lead")),
        *_presets(view, named, coalition),
        _chips(view, coalition),
        *_moving(view),
        _coalition(view, coalition),
        _hemicycle(view, coalition),
        _meter(view, coalition),
        _against(view, coalition),
        _named_block(view, named),
        _decides(view, coalition),
        *([_combinations(view)] if view.edition.coalitions.combinations else []),
        *leaving_out(view),
    )


def _headline(view: View, lead: Words) -> Block:
    values = Headline(majority_seats=view.projection.majority)
    return BLOCKS.make(view, "headline", values, finding=headline(view), lead=(Paragraph((lead,), "quiet hint"),))


# What to begin with: named coalitions, lists, and which bloc a list is counted in


def _presets(view: View, named: list[NamedCoalition], coalition: Coalition) -> tuple[Control, ...]:
    """A button for each named coalition; what it conflicts with is marked on it."""
    chips = tuple(_preset(view, one, set(coalition.backers)) for one in named)
    return (Control("presets", "gov", words("coalitions.named"), chips, "chips", classes="seven"),) if chips else ()


def _preset(view: View, one: NamedCoalition, backers: set[str]) -> Choice:
    lists = one.coalition.backers
    marks = stance(view, one.coalition) if one.is_contested else ()
    seats = Strong(Number(one.coalition.printed_seats))
    address = href(gov=",".join(lists), support="", abstain="")
    return chip("preset", one.id, one.name, address, backers == set(lists), seats, *marks)


def _moving(view: View) -> tuple[Control, ...]:
    """Which bloc a list is counted in: what was moved, to be put back, and what could be."""
    offered = view.parameters.get(MOVE)
    if not isinstance(offered, Subset):
        return ()
    now = view.subset(MOVE)
    elsewhere, movable = set(view.moves), in_play(view.edition)

    def label(pair: str) -> Words:
        return move_name(view, *pair.split(BETWEEN))

    free = [pair for pair in offered.options if pair.split(BETWEEN)[0] in movable - elsewhere]
    choices = tuple(Choice(pair, label(pair), href(move=",".join((*now, pair)))) for pair in free)
    controls = [Control("move", "move", words("coalitions.move"), choices, "menu", classes="seven")] if choices else []
    if now:
        back = tuple(chip("back", pair, label(pair), href(move=",".join(toggled(now, pair))), True) for pair in now)
        controls.append(Control("moved", "move", words("coalitions.moved"), back, "chips", classes="tight seven"))
    return tuple(controls)


def _named_block(view: View, named: list[NamedCoalition]) -> Block | None:
    """The named coalitions beside each other, those with conflicts last; whether any could do without one."""
    if not named:
        return None
    majority = view.projection.majority
    unresearched = tuple(sorted(in_play(view.edition) - researched(view.edition)))
    chance, has_positions = p_without_conflict(view.edition), bool(view.edition.coalitions.statements)
    columns = (
        Column("coalition", words("coalitions.coalition"), is_row_header=True),
        Column("lists", words("coalitions.chips"), under="coalition"),
        Column("seats", words("table.seats"), "seats", "int"),
        Column("ninety_seats", words("table.ninety"), "seats", "float"),
        Column("reaches_of_100", words("table.reaches", majority=majority), "count", "float"),
        *([Column("conflicts", words("coalitions.conflicts_short"))] if has_positions else []),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            one.name,
            joined([uncoloured(list_name(view, name)) for name in one.coalition.backers]),
            one.coalition.printed_seats,
            Interval(one.coalition.summary.q05, one.coalition.summary.q95),
            100 * one.coalition.p_majority,
            *([Join(stance(view, one.coalition), "")] if has_positions else []),
        )
        for one in named
    )
    heading = words("coalitions.named")
    notes: list[Paragraph] = [quiet(words("coalitions.list_short"))]
    if has_positions:
        some = words("coalitions.some_unknown", n=len(unresearched))
        notes.append(quiet(some if chance is None else words("coalitions.some", chance=Chance(chance))))
    values = NamedValues(
        coalitions=tuple(_row(one) for one in named), p_without_conflict=chance, unresearched=unresearched
    )
    return BLOCKS.make(
        view,
        "named",
        values,
        heading=heading,
        finding=heading,
        table=Table(columns, rows, heading),
        notes=tuple(notes),
    )


def _row(one: NamedCoalition) -> NamedRow:
    coalition = one.coalition
    return NamedRow(
        id=one.id,
        lists=coalition.backers,
        seats=coalition.printed_seats,
        q05_seats=coalition.summary.q05,
        q95_seats=coalition.summary.q95,
        p_majority=coalition.p_majority,
        conflicts=len(coalition.conflicts),
        unresearched=coalition.unresearched,
    )


def _chips(view: View, coalition: Coalition) -> Control:
    chips = [_chip(view, coalition, item.id) for item in view.order.all]
    chips.append(Choice("", words("coalitions.clear"), href("/coalitions", move=""), id="clear"))
    return Control("places", "gov", words("coalitions.chips"), tuple(chips), "chips", classes="big seven")


def _chip(view: View, coalition: Coalition, list_id: str) -> Choice:
    name, seats = short(view.lists[list_id]), sentences.seats_number(view.projection, [list_id])
    role = coalition.roles.get(list_id, "opposition")
    label = words(
        "coalitions.chip_label",
        name=name,
        seats=words("count.seats", n=seats),
        role=words(f"coalitions.role_{role}"),
        next=words(f"coalitions.role_{coalition.next_role(list_id)}"),
    )
    place = () if role == "opposition" else (words(f"coalitions.role_{role}"),)
    return Choice(
        list_id,
        name,
        href(**coalition.after(list_id)),
        role != "opposition",
        (Strong(seats), *place),
        label,
        f"chip-{list_id}",
        f"chip {role}",
    )


# What the combination holds


def _coalition(view: View, coalition: Coalition) -> Block:
    """Its name, the seats in large, then the odds and the distance in words."""
    majority, summary = view.projection.majority, coalition.summary
    values = CoalitionValues(
        roles=coalition.roles,
        majority_seats=majority,
        seats=coalition.printed_seats,
        q05_seats=summary.q05,
        q95_seats=summary.q95,
        p_majority=coalition.p_majority,
        p_confirmed=coalition.p_confirmed,
        conflicts=len(coalition.conflicts),
    )
    if not coalition.backers:
        finding: Words | Join = words("coalitions.nobody")
        lead: tuple[Paragraph, ...] = ()
    else:
        finding = Join(_sentences(coalition, majority), " ")
        lead = (
            Paragraph((title(view, coalition),), "told"),
            Paragraph((Strong(Number(coalition.printed_seats)), " ", words("coalitions.seats")), "total"),
        )
    return BLOCKS.make(view, "coalition", values, finding=finding, lead=lead)


def _sentences(coalition: Coalition, majority: int) -> tuple[Argument, ...]:
    missing = coalition.short_by
    key = "short" if missing > 0 else "over" if missing < 0 else "exactly"
    summary = coalition.summary
    sentences: list[Argument] = [
        Join((words(f"coalitions.{key}", majority=majority, n=abs(missing)), "."), ""),
        words("coalitions.interval", low=Number(summary.q05), high=Number(summary.q95)),
        words("coalitions.chance", majority=majority, chance=Chance(coalition.p_majority)),
    ]
    if coalition.support:
        sentences.append(words("coalitions.support", n=Number(coalition.support_seats)))
    if coalition.p_confirmed is not None and (coalition.abstain or coalition.investiture is Investiture.NEGATIVE):
        sentences.append(words(f"coalitions.confirmed_{coalition.investiture}", chance=Chance(coalition.p_confirmed)))
    return tuple(sentences)


def _meter(view: View, coalition: Coalition) -> Block | None:
    """How many seats it holds in how many simulations; nothing to draw while nobody is chosen."""
    if not coalition.backers:
        return None
    return BLOCKS.make(
        view,
        "meter",
        meter_values(coalition),
        finding=Join((_finding(view, coalition), ". ", Join(_sentences(coalition, view.projection.majority), " ")), ""),
        table=_places_table(view, coalition),
        notes=(quiet(words("coalitions.meter")),),
    )


def _places_table(view: View, coalition: Coalition) -> Table:
    """Every list with its place and its seats."""
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("place", words("table.role")),
        Column("seats", words("table.seats"), "seats", "int"),
        Column("ninety_seats", words("table.ninety"), "seats", "float"),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            full(view.lists[item.id]),
            words(f"coalitions.role_{coalition.roles.get(item.id, 'opposition')}"),
            seats_of(view.projection, [item.id]),
            Interval(outlook(item).q05, outlook(item).q95),
        )
        for item in view.order.all
    )
    return Table(columns, rows, words("coalitions.chips"), is_open=False)


def _hemicycle(view: View, coalition: Coalition) -> Block:
    """One whole house, the printed allocation: by blocs, or the coalition from the left and the others after it."""
    allocation, house = view.projection.allocation, view.projection.house_size
    order, wedges = _seated(view, coalition)
    has_coalition = bool(coalition.backers)
    majority = view.projection.majority
    heading = words("coalitions.hemicycle", seats=house)
    if has_coalition:
        heading = words("coalitions.hemicycle_of", name=title(view, coalition), n=coalition.printed_seats, seats=house)
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("seats", words("table.seats"), "seats", "int"),
    )
    rows = tuple((list_name(view, item), allocation[item]) for item in order)
    values = HouseValues(
        names=tuple(list_name(view, item) for item in order),
        seats=tuple(allocation[item] for item in order),
        backs=tuple(not has_coalition or item in coalition.backers for item in order),
        wedges=wedges,
        deciding_seats=(majority,) if has_coalition else (majority, house - majority + 1),
        majority_seats=majority,
    )
    summary = Join(tuple(words("coalitions.wedge", name=uncoloured(one.name), n=one.seats) for one in wedges), ", ")
    return BLOCKS.make(
        view,
        "hemicycle",
        values,
        heading=heading,
        finding=Join((heading, summary), ": "),
        table=Table(columns, rows, heading, is_open=False),
        notes=(quiet(words("coalitions.hemicycle_note")),),
        claims_sum=(("seats", house),),
    )


def _seated(view: View, coalition: Coalition) -> tuple[list[str], tuple[Wedge, ...]]:
    """The lists from the left end, and the wedges they make.

    Blocs: the one in question on the right, the next one on the left, the others between, their lists by seats.
    """
    allocation = view.projection.allocation
    blocs = {bloc.id: tuple(bloc.lists) for bloc in view.projection.blocs}
    first, *others = list(blocs) or [""]
    line = [*others[:1], *others[1:], first] if blocs else []
    place = {name: line.index(bloc) for bloc, lists in blocs.items() for name in lists}
    order = sorted(allocation, key=lambda item: (place.get(item, 0), -allocation[item], item))
    if not coalition.backers:
        groups = [(bloc_name(view, bloc), blocs[bloc]) for bloc in line]
        spare = [item for item in order if item not in place]
        groups = [*[(list_name(view, item), (item,)) for item in spare[:WEDGES_NAMED]], *groups]
    else:
        order.sort(key=lambda item: SEATING.index(coalition.roles.get(item, "opposition")))
        own = [item for item in order if item in coalition.backers]
        groups = [(list_name(view, item), (item,)) for item in own]
        if sum(allocation[item] > 0 for item in own) > WEDGES_NAMED:
            groups = [(everywhere("coalitions.role_government"), tuple(own))]
        groups += [
            (everywhere(f"coalitions.{key}"), tuple(item for item in order if coalition.roles.get(item) == role))
            for key, role in (("role_abstain", "abstain"), ("others", None))
        ]
    wedges = [Wedge(name=name, seats=sum(allocation.get(item, 0) for item in lists)) for name, lists in groups]
    return order, tuple(wedge for wedge in wedges if wedge.seats)


# What it goes against, and who decides


def _against(view: View, coalition: Coalition) -> Block | None:
    if not coalition.backers:
        return None
    conflicts = coalition.conflicts
    silent = coalition.unresearched
    lines = Lines(tuple(_conflict(view, coalition, item) for item in conflicts), "conflicts")
    inputs = frozenset(InputRef("statement", f"{one.list}/{one.date}") for one in view.edition.coalitions.statements)
    values = ConflictsValues(
        conflicts=tuple(
            ConflictRow(list=item.list, rules_out=tuple(item.rules_out), source=first_text(item.sources))
            for item in conflicts
        ),
        unresearched=tuple(silent),
    )
    unresearched = (quiet(words("coalitions.unresearched", names=sentences.names_of(view, silent))),) if silent else ()
    return BLOCKS.make(
        view,
        "conflicts",
        values,
        inputs=inputs or frozenset({InputRef("statement", "none")}),
        notes=(lines if conflicts else quiet(words("coalitions.conflicts_none")), *unresearched),
    )


def _conflict(view: View, coalition: Coalition, item: Statement) -> tuple[Line, ...]:
    backers = set(coalition.backers)
    others = [other for other in item.rules_out if other in backers and other in view.lists]
    title = words(
        "coalitions.conflict_with",
        list=uncoloured(list_name(view, item.list)),
        others=sentences.names_of(view, others),
    )
    condition = local(item, "conditions")
    when = Day(item.date, "month" if item.date_precision == "month" else "full")
    lines: list[Line] = [(Strong(title),)]
    if local(item, "quotes").texts:
        lines.append((_quote(item),))
    if condition.texts:
        lines.append((words("coalitions.condition", text=condition),))
    lines += [_later(one, set(item.rules_out)) for one in later(view.edition, item)]
    address = (" · ", Source(text(item.url))) if item.url else ()
    return (*lines, (Source(local(item, "sources")), " · ", when, *address))


def _later(one: Statement, others: set[str]) -> Line:
    """What the same list stated since: the same again, or something that may have changed it."""
    if others & set(one.rules_out):
        return (words("coalitions.later_same", date=Day(one.date)),)
    text = local(one, "quotes") if local(one, "quotes").texts else local(one, "conditions")
    return (words("coalitions.later_other", date=Day(one.date), text=text),)


def _quote(item: Statement) -> Quote:
    """What was said, as it was said or as we put it; a translation of ours is marked."""
    marks = (words("coalitions.paraphrase"),) if item.is_paraphrase else ()
    quote = local(item, "quotes")
    worded = item.quotes.get(item.quote_language or "")
    foreign = {lang for lang, text in quote.texts.items() if lang != item.quote_language and text != worded}
    return Quote(quote, item.is_paraphrase, marks, frozenset(foreign))


def _decides(view: View, coalition: Coalition) -> Block | None:
    """Which list makes the difference between a majority and none for the coalition chosen."""
    if not coalition.backers:
        return None
    order = sorted(coalition.decides.items(), key=lambda pair: (-pair[1], pair[0]))
    decisive = [(item, chance) for item, chance in order if chance >= WORTH_SAYING]
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("decides_of_100", words("coalitions.decides_of"), "count", "float"),
    )
    rows = tuple((list_name(view, item), 100 * chance) for item, chance in decisive)
    note = words("coalitions.decides_note", name=title(view, coalition), majority=view.projection.majority)
    return BLOCKS.make(
        view,
        "decides",
        DecidesValues(lists=coalition.backers, probability=coalition.decides),
        said=note,
        table=Table(columns, rows, classes="numeric", is_open=False) if rows else None,
        notes=() if rows else (quiet(words("coalitions.decides_none")),),
    )


def _combinations(view: View) -> Block:
    """Arithmetic, behind a press: which lists reach a majority together, those without a conflict first."""
    majority = view.projection.majority
    shown_rows = ranked_combinations(view, COMBINATIONS_SHOWN)
    values = CombinationsValues(
        combinations=tuple(
            CombinationRow(
                lists=tuple(item.lists),
                seats=seats_of(view.edition.projection, item.lists),
                p_majority=item.p_majority,
            )
            for item in shown_rows
        )
    )
    heading = words("coalitions.list_title", majority=majority)
    notes = (quiet(words("coalitions.list_note", majority=majority)), combinations(view, COMBINATIONS_SHOWN))
    return BLOCKS.make(view, "combinations", values, notes=(Disclosure("combinations-shown", heading, notes),))


PAGE = Page("/coalitions", NAME, headline, blocks, BLOCKS.types, parameters)


def ranked_combinations(view: View, most: int) -> list[Combination]:
    """Without a conflict first, then the fewest lists, then by the share of simulations that reach it."""
    return sorted(
        view.edition.coalitions.combinations,
        key=lambda item: (bool(_built(view, item).conflicts), len(item.lists), -item.p_majority),
    )[:most]


def _built(view: View, item: Combination) -> Coalition:
    return Coalition(view.edition, tuple(item.lists), (), ())


def stance(view: View, coalition: Coalition) -> tuple[Words, ...]:
    """How many stated positions it conflicts with, or how many of its lists nobody looked up.

    Nothing where no position at all is on record.
    """
    if not view.edition.coalitions.statements:
        return ()
    conflicts, unresearched = coalition.conflicts, coalition.unresearched
    if conflicts or not unresearched:
        return (words("coalitions.against", n=len(conflicts)),)
    return (words("coalitions.not_researched", n=len(unresearched)),)


def combinations(view: View, most: int) -> Lines:
    """A line a combination; what each conflicts with beside it."""
    lines = []
    for item in ranked_combinations(view, most):
        seats = words("count.seats", n=seats_number(view.edition.projection, item.lists))
        figures = Join((seats, Chance(item.p_majority), *stance(view, _built(view, item))), " · ")
        members = Join(tuple(list_name(view, name) for name in item.lists), " ")
        label = Join((words("coalitions.open"), names_of(view, item.lists)), ": ")
        opened = Anchor(words("coalitions.open"), href("/coalitions", gov=",".join(item.lists)), aria=label)
        lines.append(((members,), (figures, " ", opened)))
    return Lines(tuple(lines), "combinations", is_ordered=True)
