"""`reference.json`: names, colours, blocs and events as they stood on the as-of day."""

from pipelines.assemble.night import Night
from pipelines.editions import schema as edition
from pipelines.electorate import Campaign, Names, Reference
from pipelines.electorate.columns import Kind


def reference(night: Night) -> edition.Reference:
    """`reference.json`: the names and colours every page of this edition needs."""
    campaign, names = night.campaign, night.campaign.names
    row, rules = campaign.row, campaign.election.rules
    mentioned = {value.list for poll, _ in night.polls for value in poll.values} | set(night.headline.lists)
    mentioned |= {found.list for found in campaign.results if found.seats and night.is_result_known}
    standing = set(campaign.standing_lists(night.as_of))
    houses = {poll.pollster for poll, _ in night.polls if poll.pollster}
    publishers = {poll.publisher for poll, _ in night.polls if poll.publisher}
    return edition.Reference(
        election=edition.ElectionReference(
            id=row.election,
            name_en=names.text("election", row.election, "en"),
            name_he=names.text("election", row.election, "he"),
            election_date=row.election_date,
            lists_close_date=row.lists_close_date,
            publication_ban_start=row.publication_ban_start,
            publication_ban_end=row.publication_ban_end,
        ),
        lists=[
            edition.ListReference(
                id=found.list,
                name_en=campaign.list_name(found.list, "en"),
                name_he=campaign.list_name(found.list, "he"),
                short_en=campaign.list_short(found.list, "en"),
                short_he=campaign.list_short(found.list, "he"),
                colour_light=found.colour_light,
                colour_dark=found.colour_dark,
                ballot_letters=found.ballot_letters,
                kind=found.kind,
                stands=found.list in standing,
            )
            for found in campaign.list_rows.values()
            if found.list in mentioned
        ],
        blocs=_bloc_references(campaign, night.reference),
        pollsters=[_named("pollster", name, names) for name in sorted(houses)],
        publishers=[_named("publisher", name, names) for name in sorted(publishers)],
        events=[
            edition.Event(
                date=event.date,
                event_en=names.text("event", event.event, "en"),
                event_he=names.text("event", event.event, "he"),
                source=names.text("source", event.source, "en"),
                source_he=names.text("source", event.source, "he"),
                url=event.url,
            )
            for event in campaign.events
            if event.date <= night.as_of
        ],
        agreements=list(night.agreements),
        agreements_said=_agreements(night),
        seat_rule=edition.SeatRule(formula=rules.formula, stops_at_half=rules.stops_at_half),
    )


def _named(kind: Kind, name: str, names: Names) -> edition.Named:
    """A pollster or publisher; one that nobody named goes by its id."""
    return edition.Named(id=name, name_en=names.text(kind, name, "en"), name_he=names.text(kind, name, "he"))


def _agreements(night: Night) -> list[edition.Agreement]:
    """Every agreement known on the as-of day between lists of this projection, signed or not."""
    names = night.campaign.names
    return [
        edition.Agreement(
            lists=(row.list_a, row.list_b),
            status=row.status,
            signed_date=row.signed_date,
            source=names.text("source", row.source, "en"),
            source_he=names.text("source", row.source, "he"),
            url=row.url,
        )
        for row in night.campaign.agreements
        if {row.list_a, row.list_b} <= set(night.headline.lists)
        and (row.known_from is None or row.known_from <= night.as_of)
    ]


def _bloc_references(campaign: Campaign, known: Reference) -> list[edition.BlocReference]:
    names = campaign.names
    found = []
    for bloc in campaign.blocs():
        row = known.blocs[bloc.id]
        own = [member.source for member in campaign.bloc_members if member.bloc == bloc.id]
        found.append(
            edition.BlocReference(
                id=bloc.id,
                name_en=names.text("bloc", bloc.id, "en"),
                name_he=names.text("bloc", bloc.id, "he"),
                colour_light=row.colour_light,
                colour_dark=row.colour_dark,
                lists=list(bloc.lists),
                source="; ".join(names.text("source", source, "en") for source in dict.fromkeys(own)),
                source_he="; ".join(names.text("source", source, "he") for source in dict.fromkeys(own)),
            )
        )
    return found
