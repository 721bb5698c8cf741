"""`reference.json`: names, colours, blocs and events as they stood on a day; the edition that has nothing else."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import TYPE_CHECKING

from electoral.polls import Poll
from pipelines.editions import schema as edition
from pipelines.editions.store import to_json
from pipelines.electorate import Campaign, Electorate, Names
from pipelines.electorate.columns import Kind, LeaderRow, ListRow
from pipelines.electorate.settings import in_languages

if TYPE_CHECKING:  # a name is told without a trend: a night that has nothing new loads no fit
    from pipelines.assemble.projection import Night


# The settings of an electorate that its editions carry.
CARRIED = {
    "languages", "zone", "unit", "headline", "intervals_first", "lead_seats", "disclosure", "assumed_sample_size",
    "results_url",
}  # fmt: skip


def reference(night: "Night") -> edition.Reference:
    """`reference.json`: the names and colours every page of this edition needs."""
    campaign, polls = night.campaign, [poll for poll, _ in night.polls]
    mentioned = {value.list for poll in polls for value in poll.values} | set(night.headline.lists)
    mentioned |= {row.list for row in campaign.results if row.seats and night.is_result_known}
    facts = reference_on(campaign, night.as_of, mentioned, polls)
    own = {"agreements": list(night.agreements), "agreements_said": _agreements(night), "phrases": _phrases(night)}
    return facts.model_copy(update=own)


def reference_on(
    campaign: Campaign, as_of: date, mentioned: Collection[str], polls: Sequence[Poll] = ()
) -> edition.Reference:
    """The same without the agreements of a projection: of the lists mentioned, and of the firms of some polls."""
    names, row = campaign.names, campaign.row
    standing, leaders = set(campaign.standing_lists(as_of)), campaign.leaders_known(as_of)
    houses = {poll.pollster for poll in polls if poll.pollster}
    publishers = {poll.publisher for poll in polls if poll.publisher}
    return edition.Reference(
        electorate=_electorate(campaign.electorate),
        election=edition.ElectionReference(
            id=row.election,
            names=names.texts("election", row.election),
            election_date=row.election_date,
            lists_close_date=row.lists_close_date,
            bans=[edition.Ban.model_validate(ban, from_attributes=True) for ban in campaign.bans],
            is_date_open=campaign.is_date_open,
            outgoing_seats=campaign.outgoing_seats(as_of),
        ),
        lists=[
            list_reference(campaign, row_of, stands=row_of.list in standing, leaders=leaders.get(row_of.list, ()))
            for row_of in campaign.list_rows.values()
            if row_of.list in mentioned
        ],
        blocs=_bloc_references(campaign),
        pollsters=[_named("pollster", name, names) for name in sorted(houses)],
        publishers=[_named("publisher", name, names) for name in sorted(publishers)],
        events=[
            edition.Event(
                date=event.date,
                texts=names.texts("event", event.event),
                sources=names.texts("source", event.source),
                url=event.url,
            )
            for event in campaign.events
            if event.date <= as_of
        ],
        agreements=[],
        seat_rule=seat_rule(campaign, as_of),
        families={name: family for name in sorted(houses) if (family := campaign.electorate.family_of(name))},
    )


def _phrases(night: "Night") -> dict[str, edition.Texts]:
    """What of the electorate's phrases stands in a source or a ruling of this edition."""
    polls = {poll.id for poll, _ in night.polls}
    carried = {poll.source for poll, _ in night.polls}
    carried |= {row.why for (poll, _), row in night.campaign.rulings.items() if poll in polls}
    phrases: dict[str, dict[str, str]] = {}
    for row in night.campaign.electorate.phrases:
        if any(row.text in text for text in carried):
            phrases.setdefault(row.text, {})[row.language] = row.said
    return dict(phrases)


def list_reference(
    campaign: Campaign, row: ListRow, *, stands: bool, leaders: Sequence[LeaderRow] = ()
) -> edition.ListReference:
    """How a list is named and coloured in a campaign."""
    return edition.ListReference(
        id=row.list,
        names=campaign.list_names(row.list),
        shorts=campaign.list_shorts(row.list),
        colour_light=row.colour_light,
        colour_dark=row.colour_dark,
        ballot_letters=row.ballot_letters,
        kind=row.kind,
        stands=stands,
        leaders=[campaign.names.texts("leader", leader.leader) for leader in leaders],
    )


def _electorate(of: Electorate) -> edition.ElectorateReference:
    settings = of.settings
    words = {language: settings.words[language].model_dump() for language in settings.languages}
    return edition.ElectorateReference(
        id=of.id,
        names={language: entry["name"] for language, entry in words.items()},
        **settings.model_dump(include=CARRIED),
        formation=[
            edition.FormationStep(
                id=row.step,
                names=of.names.texts("step", row.step),
                days=int(row.days),
                law=row.law,
                url=row.url,
            )
            for row in of.formation
        ],
        words=words,
        licences=[
            edition.Licence(
                source=source,
                attributions=in_languages(entry.attribution, settings.languages),
                licences=in_languages(entry.licence, settings.languages),
                licence_url=entry.licence_url,
            )
            for source, entry in of.sources.items()
        ],
    )


def seat_rule(campaign: Campaign, as_of: date) -> edition.SeatRule:
    """How seats are given, by the law known on a day."""
    law, rules = campaign.law_known(as_of), campaign.election.rules
    return edition.SeatRule(
        formula=rules.formula,
        stops_at_half=rules.stops_at_half,
        threshold=law.threshold,
        agreements=law.agreements,
        exempt=list(law.exempt),
        direct_seats_needed=law.direct_seats,
        direct_seats=dict(rules.direct_seats.won) if rules.direct_seats else {},
        alliances=dict(law.alliances),
        parties=dict(rules.alliances.parties) if rules.alliances else {},
        investiture=rules.investiture,
        law=law.law,
        law_url=law.url,
    )


def _named(kind: Kind, name: str, names: Names) -> edition.Named:
    """A pollster or publisher; one that nobody named goes by its id."""
    return edition.Named(id=name, names=names.texts(kind, name))


def _agreements(night: "Night") -> list[edition.Agreement]:
    """Every agreement known on the as-of day between lists of this projection, signed or not."""
    names = night.campaign.names
    return [
        edition.Agreement(
            lists=(row.list_a, row.list_b),
            status=row.status,
            signed_date=row.signed_date,
            sources=names.texts("source", row.source),
            url=row.url,
        )
        for row in night.campaign.agreements
        if {row.list_a, row.list_b} <= set(night.headline.lists)
        and (row.known_from is None or row.known_from <= night.as_of)
    ]


def _bloc_references(campaign: Campaign) -> list[edition.BlocReference]:
    names = campaign.names
    references = []
    for bloc in campaign.blocs():
        row = campaign.electorate.blocs[bloc.id]
        own = [member.source for member in campaign.bloc_members if member.bloc == bloc.id]
        references.append(
            edition.BlocReference(
                id=bloc.id,
                names=names.texts("bloc", bloc.id),
                colour_light=row.colour_light,
                colour_dark=row.colour_dark,
                lists=list(bloc.lists),
                sources={
                    language: "; ".join(names.text("source", source, language) for source in dict.fromkeys(own))
                    for language in names.languages
                },
            )
        )
    return references


def waiting(campaign: Campaign, manifest: edition.Manifest) -> dict[str, bytes]:
    """The files of the edition of a campaign of which no poll is known: its names and rules, and nothing projected."""
    rules, as_of, name = campaign.election.rules, manifest.as_of, manifest.edition
    projection = edition.Projection(
        election=campaign.election.id,
        election_date=campaign.election.vote_date,
        as_of=as_of,
        edition=name,
        kind=manifest.kind,
        days_to_election=(campaign.election.vote_date - as_of).days,
        house_size=rules.house_size,
        majority=rules.majority,
        threshold_pct=float(rules.threshold * 100),
        draws=0,
        seed=0,
        fallback=[],
        warnings=["waiting-for-polls"],
        polls=edition.PollCoverage(used=0, latest_fieldwork_end=None, pollsters=0),
        lists=[],
        blocs=[],
        allocation={},
        result=None,
    )
    values = {
        "projection": projection,
        "polls": edition.Polls(election=campaign.election.id, as_of=as_of, edition=name, polls=[]),
        "trend": edition.Trend(dates=[], lines=[], parameters={}, converged=True, house_effects=[]),
        "coalitions": edition.Coalitions(majority=rules.majority, combinations=[], statements=[]),
        "pollsters": edition.Pollsters(firms=[], apart=[], spread=None),
        "reference": reference_on(campaign, as_of, campaign.standing_lists(as_of)),
    }
    return {f"{file}.json": to_json(value) for file, value in values.items()}
