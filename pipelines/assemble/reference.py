"""`reference.json`: names, colours, blocs and events as they stood on the as-of day."""

from collections.abc import Mapping

from pipelines.assemble.night import Night
from pipelines.editions import schema as edition
from pipelines.electorate import Campaign, Reference


def reference(night: Night) -> edition.Reference:
    """`reference.json`: the names and colours every page of this edition needs."""
    campaign, known = night.campaign, night.reference
    row, rules = campaign.row, campaign.election.rules
    mentioned = {value.list for poll, _ in night.polls for value in poll.values} | set(night.headline.lists)
    mentioned |= {found.list for found in campaign.results if found.seats and night.is_result_known}
    standing = set(campaign.standing_lists(night.as_of))
    houses = {poll.pollster for poll, _ in night.polls if poll.pollster}
    publishers = {poll.publisher for poll, _ in night.polls if poll.publisher}
    return edition.Reference(
        election=edition.ElectionReference(
            id=row.election,
            name_en=row.name_en,
            name_he=row.name_he,
            election_date=row.election_date,
            lists_close_date=row.lists_close_date,
            publication_ban_start=row.publication_ban_start,
            publication_ban_end=row.publication_ban_end,
        ),
        lists=[
            edition.ListReference(
                id=found.list,
                name_en=found.name_en,
                name_he=found.name_he,
                short_en=found.short_en,
                short_he=found.short_he,
                colour_light=found.colour_light,
                colour_dark=found.colour_dark,
                ballot_letters=found.ballot_letters,
                kind=found.kind,
                stands=found.list in standing,
            )
            for found in campaign.list_rows.values()
            if found.list in mentioned
        ],
        blocs=_bloc_references(campaign, known),
        pollsters=[_named(name, known.pollsters) for name in sorted(houses)],
        publishers=[_named(name, known.publishers) for name in sorted(publishers)],
        events=[
            edition.Event(
                date=event.date,
                event_en=event.event_en,
                event_he=event.event_he,
                source=event.source,
                source_he=event.source_he,
            )
            for event in campaign.events
            if event.date <= night.as_of
        ],
        agreements=list(night.agreements),
        agreements_said=_agreements(night),
        seat_rule=edition.SeatRule(formula=rules.formula.value, stops_at_half=rules.stops_at_half),
    )


def _named(name: str, known: Mapping[str, object]) -> edition.Named:
    """A pollster or publisher; one without a reference row goes by its id."""
    row = known.get(name)
    return edition.Named(id=name, name_en=getattr(row, "name_en", name), name_he=getattr(row, "name_he", name))


def _agreements(night: Night) -> list[edition.Agreement]:
    """Every agreement known on the as-of day between lists of this projection, signed or not."""
    return [
        edition.Agreement(
            lists=(row.list_a, row.list_b),
            status=row.status,
            signed_date=row.signed_date,
            source=row.source,
            source_he=row.source_he,
        )
        for row in night.campaign.agreements
        if {row.list_a, row.list_b} <= set(night.headline.lists)
        and (row.known_from is None or row.known_from <= night.as_of)
    ]


def _bloc_references(campaign: Campaign, known: Reference) -> list[edition.BlocReference]:
    found = []
    for bloc in campaign.blocs():
        row = known.blocs[bloc.id]
        own = [member for member in campaign.bloc_members if member.bloc == bloc.id]
        found.append(
            edition.BlocReference(
                id=bloc.id,
                name_en=row.name_en,
                name_he=row.name_he,
                colour_light=row.colour_light,
                colour_dark=row.colour_dark,
                lists=list(bloc.lists),
                source="; ".join(dict.fromkeys(member.source for member in own)),
                source_he="; ".join(dict.fromkeys(member.source_he for member in own)),
            )
        )
    return found
