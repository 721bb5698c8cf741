"""Sentences made from an edition's numbers, as words that every language says with the same ones."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal, TypeVar
from zoneinfo import ZoneInfo

from dashboard import left_out, moved, readings
from dashboard.blocks import Argument, Chance, Day, Join, Moment, Name, Number, Span, Words, words
from dashboard.names import (
    bloc_name,
    coalition_name,
    entry,
    joined,
    list_name,
    local,
    named,
    text,
    the_projection,
    uncoloured,
    word,
)
from dashboard.reader import runs_of, vote_of
from dashboard.seats import Group, is_printed, outlook, seat_digits, seats_of
from dashboard.simulation import has_agreements
from dashboard.view import View
from electoral.polls import Unit
from pipelines.editions import gate
from pipelines.editions.records import SealedChain
from pipelines.editions.schema import ListProjection, Majority, Projection
from pipelines.editions.store import Edition

Bloc = TypeVar("Bloc", bound=Group)

IN_DOUBT = (0.03, 0.97)

# Warnings by their codes: said beneath the page, or already said by another notice.
ASIDES = ("publication-dates-unknown", "sample-sizes-assumed", "blocs-not-recorded")
TOLD_WITHOUT_RESULT = ("polls-stop-short", "no-result-recorded")
TOLD_BY_WAITING = "waiting-for-polls"
TOLD_BY_NOWCAST = ("lists-not-closed",)
ASKED_OF_BLOCS = ("blocs-not-recorded",)  # no loss where nobody asks of blocs
DOT = " · "


# What the page is about


def headline(view: View) -> Words:
    """The result beside what was said of it; else who stands where, and that it is past where the vote is over."""
    if view.projection.result is not None:
        return _result(view)
    said = _sides(view) or standing(view)
    return words("tonight.unrecorded", said=said) if view.lacks_result else said


def tense(view: View) -> str:
    """How sentences of an edition speak: of a vote to come, or of one that is over."""
    return "past" if view.is_over else "now"


def sides(view: View) -> list[Group]:
    """What the electorate's question sets against each other, without a list twice: its blocs, else coalitions."""
    if view.electorate.headline == "lists":
        return []
    found: list[Group] = []
    for group in view.projection.blocs or majorities(view):
        if not any(set(group.lists) & set(other.lists) for other in found):
            found.append(group)
    return found


def outside(view: View) -> list[str]:
    """The lists that belong to no side."""
    within = {name for group in sides(view) for name in group.lists}
    return [item.id for item in view.projection.lists if item.id not in within]


def group_name(view: View, group: Group) -> Name:
    """The name of a bloc or coalition of interest in its colour: of blocs together, that of the first."""
    if not isinstance(group, Majority):
        return bloc_name(view, group)
    within = next((bloc for bloc in view.projection.blocs if set(bloc.lists) <= set(group.lists)), None)
    return named(group, f"bloc:{within.id}") if within else coalition_name(group)


def _sides(view: View) -> Words | None:
    """The sides with the seats they have, which add up to the house; the one with a majority first."""
    projection, groups = view.projection, sides(view)
    if not groups:
        return None
    first = strongest(projection, groups)
    assert first is not None
    has_majority = seats_of(projection, first.lists) >= projection.majority
    others = [group for group in groups if group != first or not has_majority]
    parts = [
        words("tonight.part", name=uncoloured(group_name(view, group)), seats=seats_number(projection, group.lists))
        for group in others
        if seats_of(projection, group.lists)
    ]
    rest = seats_number(projection, outside(view))
    parts += [words("tonight.rest", seats=rest)] if rest.value else []
    return words(
        f"tonight.{tense(view)}_{'has' if has_majority else 'none'}",
        date=Day(projection.polls.until),
        majority=projection.majority,
        name=uncoloured(group_name(view, first)),
        seats=seats_number(projection, first.lists),
        chance=Chance(first.p_majority),
        parts=Join(tuple(parts), ", "),
    )


def _result(view: View) -> Words:
    """What was won, and what the projection had said: of the largest list and the strongest side."""
    projection, won = view.projection, view.projection.result or {}
    largest = max(projection.lists, key=lambda item: (won.get(item.id, 0), item.id))
    told: list[tuple[Argument, Sequence[str]]] = [(_name(view, largest), [largest.id])]
    groups = sides(view)
    if groups:
        first = max(groups, key=lambda group: sum(won.get(name, 0) for name in group.lists))
        told.append((uncoloured(group_name(view, first)), first.lists))
    parts = [
        words("tonight.part", name=name, seats=Number(sum(won.get(one, 0) for one in lists))) for name, lists in told
    ]
    return words(
        "tonight.result_last" if projection.kind == "final" else "tonight.result_on",
        won=Join(tuple(parts), ", "),
        said=joined([seats_number(projection, lists) for _, lists in told]),
        the_projection=the_projection(view),
        date=Day(projection.as_of),
    )


LEADS = 0.8  # in so many simulations one list has more seats than another before it is said to lead


def standing(view: View) -> Words:
    """The list that leads and the next one, or those that are level; never more than the simulations say."""
    order = sorted(view.projection.lists, key=lambda item: -_measure(view, item).value)
    close, when = _close(view), tense(view)
    if len(order) == 1:
        return words("tonight.only", first=_name(view, order[0]), first_seats=_standing(view, order[0]))
    pair = {
        "first": _name(view, order[0]),
        "first_seats": _standing(view, order[0]),
        "second": _name(view, order[1]),
        "second_seats": _standing(view, order[1]),
    }
    if view.reading is not None:
        return words("tonight.stands", **pair)
    if view.electorate.lead_seats and len(close) > 1:
        return words("tonight.close", names=_names(view, close), n=_between(view, close))
    most = _measure(view, order[0])
    level = [order[0]]
    level += [item for item in order[1:] if _measure(view, item) == most or not leads(view, order[0].id, item.id)]
    if len(level) == 1:
        return words(f"tonight.{when}_leads", **pair)
    standings = [Join((_name(view, item), _bracketed(_standing(view, item))), " ") for item in level]
    return words(f"tonight.{when}_level", names=joined(standings))


def leads(view: View, first: str, second: str) -> bool:
    """Whether a list has more seats than another in at least `LEADS` of the published simulations."""
    draws = view.edition.seat_draws
    return bool((draws.row(first) > draws.row(second)).mean() >= LEADS)


def _close(view: View) -> list[ListProjection]:
    """The lists so few seats behind the one with most that nobody is called the largest, where that is the custom."""
    order = sorted(view.projection.lists, key=lambda item: -_seats(view, item).value)
    least = _seats(view, order[0]).value - view.electorate.lead_seats
    return [item for item in order if _seats(view, item).value >= least] if view.electorate.lead_seats else []


def _between(view: View, order: Sequence[ListProjection]) -> Number:
    """Seats from the first to the last of lists in order."""
    first, last = _seats(view, order[0]), _seats(view, order[-1])
    return Number(first.value - last.value, first.digits)


def _seats(view: View, item: ListProjection) -> Number:
    return seats_number(view.projection, [item.id])


def seats_number(projection: Projection, lists: Iterable[str]) -> Number:
    """The printed seats of lists together, as a sentence says them."""
    return Number(seats_of(projection, lists), seat_digits(projection))


def is_share_first(view: View) -> bool:
    """Whether per cent stand before seats, as where polls speak of shares; another reading has no level of its own."""
    return view.electorate.unit == Unit.SHARE and is_printed(view.projection)


def trend_share(item: ListProjection) -> Number:
    """What the polls, smoothed, give a list, in per cent of the vote."""
    return Number(round(item.trend_share_pct, 1), 1, "percent")


def _measure(view: View, item: ListProjection) -> Number:
    """What lists are compared by: what stands first."""
    return trend_share(item) if is_share_first(view) else _seats(view, item)


def _standing(view: View, item: ListProjection) -> Argument:
    """A list's seats, behind its interval or its per cent where that is the electorate's custom."""
    seats, spread = _seats(view, item), outlook(item)
    if view.electorate.intervals_first:
        standing: Argument = Join((Span(spread.q05, spread.q95), _bracketed(seats)), " ")
        return Join((trend_share(item), standing), ", ") if is_share_first(view) else standing
    if is_share_first(view):
        return Join((trend_share(item), _bracketed(words("count.seats", n=seats))), " ")
    return seats


def _bracketed(said: Argument) -> Join:
    return Join(("(", said, ")"), "")


def _names(view: View, lists: Sequence[ListProjection]) -> Join:
    return joined([_name(view, item) for item in lists])


def _name(view: View, item: ListProjection) -> Name:
    return list_name(view, item.id)


def majorities(view: View) -> Sequence[Majority]:
    """The coalitions of interest of the published projection; another reading has none of its own."""
    return view.edition.coalitions.majorities if view.reading is None else ()


def strongest(projection: Projection, blocs: Sequence[Bloc]) -> Bloc | None:
    """The one with the most seats; of equals the one named first."""
    return max(blocs, key=lambda bloc: (seats_of(projection, bloc.lists), bloc.seats.mean), default=None)


# What the sealed record proves


def sealed_order(chain: SealedChain) -> Words:
    """What the chain of an election proves: the order alone, or the time too up to a head that stands elsewhere."""
    if chain.head is None:
        return words("seal.broken")
    if chain.published_date is None:
        return words("seal.order")
    until, where = Day(chain.published_date), chain.published_where or ""
    return words("seal.order_until", n=chain.published_number, date=until, where=where)


def sealed_head(chain: SealedChain) -> Words | Join:
    """How many seals there are, the hash of the last, and what that proves."""
    order = sealed_order(chain)
    return order if chain.head is None else Join((words("seal.head", n=chain.count, head=chain.head), order), " ")


def sealed_as(chain: SealedChain | None, edition: Edition) -> Words:
    """Whether an edition is in the sealed record as said in time; what is not is shown and never scored."""
    number = chain.seals.get(edition.id) if chain else None
    if number is None:
        return words("seal.replayed" if edition.manifest.kind == "hindcast" else "seal.unsealed")
    assert chain is not None
    return words("seal.made_after_close" if edition.id in chain.made_after_close else "seal.in_time", n=number)


# How fresh it is, and what kind of statement


def freshness(view: View) -> Join:
    """How far the polls reach and on which day the edition stands."""
    latest = view.projection.polls.latest_fieldwork_end
    polls = words("status.polls_to", date=Day(latest)) if latest else words("status.no_poll")
    return Join((polls, words("status.as_of", date=Day(view.projection.as_of))), DOT)


def refreshed(view: View) -> Words | None:
    """When the campaign was last refreshed, for the edition on show; the hour today, the day too before.

    None where it is not known, and where the refresh was of another edition.
    """
    runs = runs_of(view.edition)
    run = runs.campaign(view.edition.election) if runs else None
    if run is None or run.edition != view.edition.id:
        return None
    zone = view.electorate.zone
    is_today = datetime.fromisoformat(run.checked_utc).astimezone(ZoneInfo(zone)).date() == view.today
    return words("status.refreshed", when=Moment(run.checked_utc, zone, is_hour=is_today))


def frozen(view: View) -> Words:
    """That the law forbids anything new, and from when to when."""
    ban, zone = gate.binding(view.edition.reference, "poll", view.today), view.electorate.zone
    assert ban is not None, "asked only where a ban binds"
    return words("status.frozen", start=_on_the_clock(ban.start, zone), end=_on_the_clock(ban.end, zone))


def _on_the_clock(local: datetime, zone: str) -> Moment:
    return Moment(local.replace(tzinfo=ZoneInfo(zone)).isoformat(), zone)


def outdated(view: View) -> tuple[Name, ...]:
    """What the law has every earlier number say while polls may not be published; nothing where it has no words."""
    sentence = word(view, "outdated_poll")
    return (sentence,) if view.is_frozen and sentence.texts else ()


def notices(view: View) -> list[tuple[str, Words | Name]]:
    """What a reader must know before the first number: (kind of notice, words)."""
    projection = view.projection
    as_of = Day(projection.as_of)
    said: list[tuple[str, Words | Name]] = [("warning", one) for one in rehearsed(view)]
    said.append(("kind", _kind(view)))
    if view.is_nowcast:
        said.append(("kind", words("status.nowcast", date=as_of, the_projection=the_projection(view))))
    if view.note:
        said.append(("note", words("status.note", text=Name("", view.note))))
    if view.is_frozen:
        said.append(("warning", frozen(view)))
        said += [("warning", sentence) for sentence in outdated(view)]
    if view.day_asked:
        said.append(("warning", words("status.nearest", asked=Day(view.day_asked), date=as_of)))
    if view.has_dropped:
        said.append(("warning", words("status.dropped")))
    if view.is_last_good:
        said.append(("warning", words("status.last_good", date=as_of)))
    if view.is_stale:
        said.append(("warning", words("status.stale", date=as_of, n=(view.today - projection.as_of).days)))
    said += [("warning", one) for one in (left_out.said(view), moved.said(view)) if one]
    if projection.fallback:
        names = joined([list_name(view, item) for item in projection.fallback])
        said.append(("warning", words("status.fallback", names=names)))
    return said + [
        ("aside" if code in ASIDES else "warning", entry(f"warning.{code}", code)) for code in projection_warnings(view)
    ]


def rehearsed(view: View) -> list[Words]:
    """That this is a rehearsal; nothing where it is none."""
    return [words("status.rehearsal")] if view.is_rehearsal else []


def projection_warnings(view: View) -> list[str]:
    """The warnings that matter here, and that the notice of the edition's kind has not said already."""
    told = [*(TOLD_WITHOUT_RESULT if view.lacks_result else ()), *(TOLD_BY_NOWCAST if view.is_nowcast else ())]
    told += [TOLD_BY_WAITING] if view.is_waiting else []
    told += [] if view.electorate.headline == "bloc" else ASKED_OF_BLOCS
    return [code for code in view.projection.warnings if code not in told]


def _kind(view: View) -> Words:
    projection = view.projection
    if projection.kind == "hindcast":
        return words("status.hindcast", date=Day(projection.as_of))
    latest = projection.polls.latest_fieldwork_end
    state, vote = after_vote(view), Day(projection.election_date)
    if state in ("polled", "counting", "counted", "formation"):
        return words(f"status.{state}", vote=vote)
    if view.lacks_result and latest:
        return words("status.stops", polls=Day(latest), vote=vote)
    if projection.kind == "final":
        return words("status.final", date=Day(projection.as_of))
    if view.edition.reference.election.is_date_open:
        return words("status.live_open", date=Day(projection.election_date))
    return words("status.live", n=projection.days_to_election, date=Day(projection.election_date))


AfterVote = Literal["before", "silent", "polled", "counting", "counted", "formation", "over"]


def after_vote(view: View) -> AfterVote:
    """How far an election is from its vote on; a formation lasts until another vote has a day."""
    if not view.is_over:
        return "before"
    if view.projection.result is not None:
        return "formation" if view.electorate.formation and next_vote(view) is None else "over"
    vote = vote_of(view.edition) if view.is_told else None
    if vote is None or vote.count is None:
        return "polled" if vote and vote.exit_polls else "silent"
    return "counted" if vote.count.stage == "final" else "counting"


def next_vote(view: View) -> date | None:
    """The day of the electorate's next vote; None where none is set."""
    days = [one.election_date for one in view.elections if not one.is_date_open]
    return min((day for day in days if day > view.projection.election_date), default=None)


def basis(view: View) -> Join:
    """How many polls of how many firms the numbers rest on."""
    polls = view.projection.polls
    said = [words("count.polls", n=polls.used), words("count.pollsters", n=polls.pollsters)]
    if polls.families is not None and polls.families < polls.pollsters:
        said.append(words("count.families", n=polls.families))
    return Join(tuple(said), DOT)


def rule_basis(view: View) -> Words:
    """How many simulated elections the numbers rest on, and what each of them went through; none without polls."""
    if view.is_waiting:
        return words("waiting.headline")
    key = "footer.basis_agreements" if has_agreements(view.edition) else "footer.basis"
    return words(key, draws=Number(view.projection.draws))


def sources(view: View, *, with_licences: bool = False) -> Words | None:
    """Who is credited for the electorate's data, with the address of a licence; None where nothing is on record."""
    credited: list[Name | Join] = []
    for found in view.electorate.licences:
        terms = (found.licence_url or "").partition("://")[2].rstrip("/") if with_licences else ""
        credited.append(
            Join((local(found, "attributions"), f"({terms})"), " ") if terms else local(found, "attributions")
        )
    return words("footer.sources", names=Join(tuple(credited), "; ")) if credited else None


def source_line(view: View) -> Join:
    """What stands under a picture or a text that leaves the page."""
    said = words(
        "take.source",
        site=words("site.name"),
        election=named(view.edition.reference.election),
        fresh=freshness(view),
        basis=basis(view),
    )
    edition = words("footer.edition", edition=text(view.edition.id))
    others = (
        readings.said(view, readings.chosen(view)),
        left_out.said(view),
        moved.said(view),
        edition,
        sources(view, with_licences=True),
    )
    return Join((*rehearsed(view), said, *(other for other in others if other), *outdated(view)), DOT)


def in_doubt(projection: Projection) -> list[ListProjection]:
    """Lists that pass the threshold in some simulations and miss it in others, the likeliest first."""
    low, high = IN_DOUBT
    found = [item for item in projection.lists if low <= item.p_pass <= high]
    return sorted(found, key=lambda item: -item.p_pass)


def names_of(view: View, lists: Sequence[str]) -> Join:
    """Lists in a row, as a sentence names them."""
    return joined([list_name(view, item) for item in lists])


def threshold_pct(view: View) -> Number:
    """The threshold with as many decimals as it has."""
    threshold = view.projection.threshold_pct
    return Number(threshold, 2 if threshold % 1 else 0, "percent")
