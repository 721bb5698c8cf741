"""`coalitions.json`: combinations that reach a majority, and what lists have said of each other."""

from dataclasses import asdict
from datetime import date

from electoral import projection as summary
from electoral.coalitions import minimal_winning
from pipelines.assemble.night import Night
from pipelines.editions import schema as edition
from pipelines.electorate import Campaign, Names
from pipelines.electorate.columns import CoalitionRow, StatementRow

COMBINATIONS_SHOWN = 12


def coalitions(night: Night) -> edition.Coalitions:
    """`coalitions.json`: combinations that just reach a majority, fewest lists first, then by their odds."""
    campaign, headline = night.campaign, night.headline
    return edition.Coalitions(
        majority=campaign.election.rules.majority,
        combinations=_combinations(night),
        statements=_statements(campaign, night.as_of),
        majorities=[_majority(row, night) for row in campaign.coalitions if set(row.lists) & set(headline.lists)],
    )


def _combinations(night: Night) -> list[edition.Combination]:
    """Of the many sets that reach a majority the small ones say most: no larger ones are judged than are shown."""
    headline, majority = night.headline, night.campaign.election.rules.majority
    seats = {name: count for name, count in night.printed.seats.items() if count}
    by_size: dict[int, list[frozenset[str]]] = {}
    for members in minimal_winning(seats, majority):
        by_size.setdefault(len(members), []).append(members)
    found: list[edition.Combination] = []
    for _, sets in sorted(by_size.items()):
        rows = [
            edition.Combination(
                lists=sorted(members, key=lambda name: (-seats[name], name)),
                seats_median=summary.summarise(summary.bloc_seats(headline, members)).median,
                p_majority=summary.p_majority(headline, members, majority),
            )
            for members in sets
        ]
        found += sorted(rows, key=lambda row: (-row.p_majority, row.lists))
        if len(found) >= COMBINATIONS_SHOWN:
            break
    return found[:COMBINATIONS_SHOWN]


def _statements(campaign: Campaign, as_of: date) -> list[edition.Statement]:
    return [_statement(row, campaign.names) for row in campaign.statements if row.date <= as_of]


def _statement(row: StatementRow, names: Names) -> edition.Statement:
    worded = {language: names.find("statement", row.statement, language) for language in names.languages}
    return edition.Statement(
        list=row.list,
        rules_out=row.rules_out,
        scope=row.scope,
        conditions=names.texts("condition", row.condition) if row.condition else {},
        quotes={language: found.name for language, found in worded.items() if found},
        is_paraphrase=row.is_paraphrase == "yes",
        sources=names.texts("source", row.source),
        date=row.date,
        quote_language=row.quote_language,
        date_precision=row.date_precision or "day",
        url=row.url,
    )


def _majority(row: CoalitionRow, night: Night) -> edition.Majority:
    """A coalition of interest over the draws of this night, of those of its lists that have draws."""
    lists = [name for name in row.lists if name in night.headline.lists]
    names = night.campaign.names
    return edition.Majority(
        id=row.coalition,
        names=names.texts("coalition", row.coalition),
        lists=lists,
        seats=edition.Summary(**asdict(summary.summarise(summary.bloc_seats(night.headline, lists)))),
        p_majority=summary.p_majority(night.headline, lists, night.campaign.election.rules.majority),
        sources=names.texts("source", row.source),
    )
