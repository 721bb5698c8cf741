"""Coalitions: put lists in government, outside support or abstention, and see what the joint draws say."""

from dashboard import sentences
from dashboard.address import Parameter, Subset
from dashboard.blocks import (
    Argument,
    Block,
    Cell,
    Chance,
    Choice,
    Column,
    Control,
    Day,
    InputRef,
    Interval,
    Join,
    Line,
    Lines,
    Number,
    Page,
    Paragraph,
    Quote,
    Source,
    Strong,
    Table,
    Values,
    Words,
    href,
    words,
)
from dashboard.errors import UnknownAddress
from dashboard.names import first_text, full, list_name, local, named, short, uncoloured
from dashboard.pages.coalitions.combinations import chosen, combinations
from dashboard.pages.coalitions.figure import hemicycle_figure, meter_figure
from dashboard.pages.coalitions.numbers import (
    Coalition,
    CoalitionValues,
    CombinationsValues,
    ConflictsValues,
    DecidesValues,
    HouseValues,
    meter_values,
)
from dashboard.pages.shared import make, quiet
from dashboard.seats import outlook, seats_of
from dashboard.view import View, in_order
from electoral.investiture import Investiture
from pipelines.editions.schema import Statement
from pipelines.editions.store import Edition

NAME = "coalitions"
PLACES = ("gov", "support", "abstain")
COMBINATIONS_SHOWN = 6
SEATING = ("government", "support", "abstain", "opposition")
WORTH_SAYING = 0.01  # of the simulations


class Headline(Values):
    """The majority that is asked for."""

    majority_seats: int


def parameters(edition: Edition) -> dict[str, Parameter]:
    offered = Subset(tuple(in_order(edition.projection).ids))
    return {"gov": offered, "support": offered, "abstain": offered}


def headline(view: View) -> Words:
    return words("coalitions.headline", majority=view.projection.majority)


def built(view: View) -> Coalition:
    """The combination the address asks for; a list in two places is refused."""
    government, support, abstain = (view.subset(name) for name in ("gov", "support", "abstain"))
    if len({*government, *support, *abstain}) < len(government) + len(support) + len(abstain):
        raise UnknownAddress("a list in two places")
    return Coalition(view.edition, government, support, abstain)


def blocks(view: View) -> tuple[Block | Control, ...]:
    coalition = built(view)
    if view.is_frozen:  # what was published stands; another combination would be a new number
        return _headline(view, sentences.frozen(view)), _combinations(view)
    return (
        _headline(view, words("coalitions.lead")),
        _chips(view, coalition),
        _coalition(view, coalition),
        *_meter(view, coalition),
        *_against(view, coalition),
        _hemicycle(view, coalition),
        *_decides(view, coalition),
        _combinations(view),
    )


def _headline(view: View, lead: Words) -> Block:
    values = Headline(majority_seats=view.projection.majority)
    return make(view, NAME, "headline", "headline", values, finding=headline(view), lead=(quiet(lead),))


def _chips(view: View, coalition: Coalition) -> Control:
    chips = [_chip(view, coalition, item.id) for item in view.order.all]
    chips.append(Choice("", words("coalitions.clear"), href("/coalitions"), id="clear"))
    return Control("places", "gov", words("coalitions.chips"), tuple(chips), "chips", classes="big seven")


def _chip(view: View, coalition: Coalition, list_id: str) -> Choice:
    name, seats = short(view.lists[list_id]), sentences.seats_number(view.projection, [list_id])
    role = coalition.roles.get(list_id, "opposition")
    said = words(
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
        said,
        f"chip-{list_id}",
        f"chip {role}",
    )


# What the combination holds


def _coalition(view: View, coalition: Coalition) -> Block:
    """The seats in large, then the odds and the distance in words."""
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
        finding = Join(_said(coalition, majority), " ")
        lead = (Paragraph((Strong(Number(coalition.printed_seats)), " ", words("coalitions.seats")), "total"),)
    return make(
        view,
        NAME,
        "coalition",
        "note",
        values,
        finding=finding,
        lead=lead,
        is_announced=True,
        classes="five result",
        parameters=PLACES,
    )


def _said(coalition: Coalition, majority: int) -> tuple[Argument, ...]:
    missing = coalition.short_by
    key = "short" if missing > 0 else "over" if missing < 0 else "exactly"
    summary = coalition.summary
    said: list[Argument] = [
        Join((words(f"coalitions.{key}", majority=majority, n=abs(missing)), "."), ""),
        words("coalitions.interval", low=Number(summary.q05), high=Number(summary.q95)),
        words("coalitions.chance", majority=majority, chance=Chance(coalition.p_majority)),
    ]
    if coalition.support:
        said.append(words("coalitions.support", n=Number(coalition.support_seats)))
    if coalition.p_confirmed is not None and (coalition.abstain or coalition.investiture is Investiture.NEGATIVE):
        said.append(words(f"coalitions.confirmed_{coalition.investiture}", chance=Chance(coalition.p_confirmed)))
    return tuple(said)


def _meter(view: View, coalition: Coalition) -> tuple[Block, ...]:
    """How many seats it holds in how many simulations; nothing to draw while nobody is chosen."""
    if not coalition.backers:
        return ()
    title = words("coalitions.meter")
    block = make(
        view,
        NAME,
        "meter",
        "chart",
        meter_values(coalition),
        finding=Join((title, ". ", *_spaced(_said(coalition, view.projection.majority))), ""),
        table=_places_table(view, coalition),
        figure=meter_figure,
        notes=(quiet(title),),
        classes="five",
        parameters=PLACES,
    )
    return (block,)


def _spaced(said: tuple[Argument, ...]) -> tuple[Argument, ...]:
    return (Join(said, " "),)


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
    """One whole house: the printed allocation, its seats in the order of the places chosen."""
    allocation, roles = view.projection.allocation, coalition.roles
    order = sorted(allocation, key=lambda item: (SEATING.index(roles.get(item, "opposition")), -allocation[item], item))
    house = view.projection.house_size
    title = words("coalitions.hemicycle", seats=house)
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("seats", words("table.seats"), "seats", "int"),
    )
    rows = tuple((list_name(view, item), allocation[item]) for item in order)
    values = HouseValues(
        names=tuple(list_name(view, item) for item in order),
        seats=tuple(allocation[item] for item in order),
        backs=tuple(roles.get(item) in ("government", "support") for item in order),
    )
    return make(
        view,
        NAME,
        "hemicycle",
        "chart",
        values,
        heading=title,
        finding=title,
        table=Table(columns, rows, title, is_open=False),
        figure=hemicycle_figure,
        notes=(quiet(words("coalitions.hemicycle_note")),),
        claims_sum=(("seats", house),),
        classes="five",
        parameters=PLACES,
    )


# What it goes against, and who decides


def _against(view: View, coalition: Coalition) -> tuple[Block, ...]:
    if not coalition.backers:
        return ()
    found = coalition.conflicts
    spoken = {statement.list for statement in view.edition.coalitions.statements}
    silent = [item for item in coalition.backers if item not in spoken]
    said = Lines(tuple(_conflict(view, coalition, item) for item in found), "conflicts")
    inputs = frozenset(InputRef("statement", f"{one.list}/{one.date}") for one in view.edition.coalitions.statements)
    values = ConflictsValues(
        conflicts=tuple((item.list, tuple(item.rules_out), first_text(item.sources)) for item in found),
        unresearched=tuple(silent),
    )
    unresearched = (quiet(words("coalitions.unresearched", names=sentences.names_of(view, silent))),) if silent else ()
    block = make(
        view,
        NAME,
        "conflicts",
        "note",
        values,
        heading=words("coalitions.conflicts"),
        inputs=inputs or frozenset({InputRef("statement", "none")}),
        notes=(said if found else quiet(words("coalitions.conflicts_none")), *unresearched),
        classes="seven",
        parameters=PLACES,
    )
    return (block,)


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
    said: list[Line] = [(Strong(title),)]
    if local(item, "quotes").texts:
        said.append((_quote(item),))
    if condition.texts:
        said.append((words("coalitions.condition", text=condition),))
    return (*said, (Source(local(item, "sources")), " · ", when))


def _quote(item: Statement) -> Quote:
    """What was said, as it was said or as we put it; a translation of ours is marked."""
    marks = (words("coalitions.paraphrase"),) if item.is_paraphrase else ()
    quote = local(item, "quotes")
    worded = item.quotes.get(item.quote_language or "")
    foreign = {lang for lang, said in quote.texts.items() if lang != item.quote_language and said != worded}
    return Quote(quote, item.is_paraphrase, marks, frozenset(foreign))


def _decides(view: View, coalition: Coalition) -> tuple[Block, ...]:
    """Who turns the combination chosen, or else the strongest bloc, into a majority or out of one."""
    base: Coalition = coalition
    name: Argument = words("coalitions.these")
    bloc = sentences.strongest(view.projection, view.projection.blocs or sentences.majorities(view))
    if not coalition.backers and bloc is None:
        return ()
    if not coalition.backers and bloc is not None:
        members = tuple(item for item in bloc.lists if item in view.edition.seat_draws.lists)
        base = Coalition(view.edition, members, (), ())
        name = uncoloured(named(bloc))
    order = sorted(base.decides.items(), key=lambda pair: (-pair[1], pair[0]))
    found = [(item, chance) for item, chance in order if chance >= WORTH_SAYING]
    columns = (
        Column("list", words("table.list"), is_row_header=True),
        Column("decides_of_100", words("coalitions.decides_of"), "count", "float"),
    )
    rows = tuple((list_name(view, item), 100 * chance) for item, chance in found)
    title = words("coalitions.decides")
    block = make(
        view,
        NAME,
        "decides",
        "table",
        DecidesValues(lists=base.backers, probability=base.decides),
        heading=title,
        finding=words("coalitions.decides_note", name=name, majority=view.projection.majority),
        lead=(quiet(words("coalitions.decides_note", name=name, majority=view.projection.majority)),),
        table=Table(columns, rows, title, classes="numeric") if rows else None,
        notes=() if rows else (quiet(words("coalitions.decides_none")),),
        classes="seven",
        parameters=PLACES,
    )
    return (block,)


def _combinations(view: View) -> Block:
    majority = view.projection.majority
    found = chosen(view, COMBINATIONS_SHOWN)
    values = CombinationsValues(
        combinations=tuple(
            (tuple(item.lists), seats_of(view.edition.projection, item.lists), item.p_majority) for item in found
        )
    )
    return make(
        view,
        NAME,
        "combinations",
        "note",
        values,
        heading=words("coalitions.list_title", majority=majority),
        lead=(quiet(words("coalitions.list_note", majority=majority) if found else words("coalitions.list_none")),),
        notes=(combinations(view, COMBINATIONS_SHOWN),) if found else (),
    )


PAGE = Page("/coalitions", NAME, parameters, headline, blocks)
