"""What a reader must know beside the numbers: how fresh, what kind of statement, by whose leave, and what is proved."""

from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from dashboard.blocks import DOT, Day, Join, Moment, Name, Number, Words, words
from dashboard.names import (
    entry,
    joined,
    list_name,
    local,
    move_name,
    named,
    reading_name,
    source_name,
    text,
    the_projection,
    word,
)
from dashboard.reader import runs_of, vote_of
from dashboard.seats import has_agreements
from dashboard.view import View
from pipelines.editions import gate
from pipelines.editions.records import SealedChain
from pipelines.editions.store import Edition

# Warnings by their codes: said beneath the page, or already said by another notice.
ASIDES = ("publication-dates-unknown", "sample-sizes-assumed", "blocs-not-recorded")
COVERED_WITHOUT_RESULT = ("polls-stop-short", "no-result-recorded")
COVERED_BY_WAITING = "waiting-for-polls"
COVERED_BY_NOWCAST = ("lists-not-closed",)
ABOUT_BLOCS = ("blocs-not-recorded",)  # no loss where nobody asks of blocs


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
    rows: list[tuple[str, Words | Name]] = [("warning", one) for one in rehearsed(view)]
    rows.append(("kind", _kind(view)))
    if view.is_nowcast:
        rows.append(("kind", words("status.nowcast", date=as_of, the_projection=the_projection(view))))
    if view.note:
        rows.append(("note", words("status.note", text=Name("", view.note))))
    if view.is_frozen:
        rows.append(("warning", frozen(view)))
        rows += [("warning", sentence) for sentence in outdated(view)]
    if view.day_asked:
        rows.append(("warning", words("status.nearest", asked=Day(view.day_asked), date=as_of)))
    if view.has_dropped:
        rows.append(("warning", words("status.dropped")))
    if view.is_last_good:
        rows.append(("warning", words("status.last_good", date=as_of)))
    if view.is_stale:
        rows.append(("warning", words("status.stale", date=as_of, n=(view.today - projection.as_of).days)))
    rows += [("warning", one) for one in counted_otherwise(view)]
    if projection.fallback:
        names = joined([list_name(view, item) for item in projection.fallback])
        rows.append(("warning", words("status.fallback", names=names)))
    return rows + [
        ("aside" if code in ASIDES else "warning", entry(f"warning.{code}", code)) for code in projection_warnings(view)
    ]


def counted_otherwise(view: View) -> list[Words]:
    """Whose polls a reader leaves out, and which lists are counted in another bloc than the data's."""
    left = tuple(source_name(view, option) for option in view.left)
    moves = tuple(move_name(view, *pair) for pair in view.moves.items())
    sentences = [words("left_out.said", names=Join(left))] if left else []
    return sentences + ([words("coalitions.moved_said", lists=Join(moves, "; "))] if moves else [])


def rehearsed(view: View) -> list[Words]:
    """That this is a rehearsal; nothing where it is none."""
    return [words("status.rehearsal")] if view.is_rehearsal else []


def projection_warnings(view: View) -> list[str]:
    """The warnings that matter here, and that the notice of the edition's kind has not said already."""
    covered = [*(COVERED_WITHOUT_RESULT if view.lacks_result else ()), *(COVERED_BY_NOWCAST if view.is_nowcast else ())]
    covered += [COVERED_BY_WAITING] if view.is_waiting else []
    covered += [] if view.electorate.headline == "bloc" else ABOUT_BLOCS
    return [code for code in view.projection.warnings if code not in covered]


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
    counts = [words("count.polls", n=polls.used), words("count.pollsters", n=polls.pollsters)]
    if polls.families is not None and polls.families < polls.pollsters:
        counts.append(words("count.families", n=polls.families))
    return Join(tuple(counts), DOT)


def rule_basis(view: View) -> Words:
    """How many simulated elections the numbers rest on, and what each of them went through; none without polls."""
    if view.is_waiting:
        return words("waiting.headline")
    key = "footer.basis_agreements" if has_agreements(view.edition) else "footer.basis"
    return words(key, draws=Number(view.projection.draws))


def sources(view: View, *, with_licences: bool = False) -> Words | None:
    """Who is credited for the electorate's data, with the address of a licence; None where nothing is on record."""
    credited: list[Name | Join] = []
    for licence in view.electorate.licences:
        terms = (licence.licence_url or "").partition("://")[2].rstrip("/") if with_licences else ""
        credited.append(
            Join((local(licence, "attributions"), f"({terms})"), " ") if terms else local(licence, "attributions")
        )
    return words("footer.sources", names=Join(tuple(credited), "; ")) if credited else None


def source_line(view: View) -> Join:
    """What stands under a picture or a text that leaves the page."""
    sentence = words(
        "take.source",
        site=words("site.name"),
        election=named(view.edition.reference.election),
        fresh=freshness(view),
        basis=basis(view),
    )
    edition = words("footer.edition", edition=text(view.edition.id))
    reading = reading_name(view, view.reading_asked)
    others = (reading, *counted_otherwise(view), edition, sources(view, with_licences=True))
    return Join((*rehearsed(view), sentence, *(other for other in others if other), *outdated(view)), DOT)
