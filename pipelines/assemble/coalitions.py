"""`coalitions.json`: combinations that reach a majority, and what lists have said of each other."""

from datetime import date

from electoral import projection as summary
from electoral.coalitions import minimal_winning
from pipelines.assemble.night import Night
from pipelines.editions import schema as edition
from pipelines.electorate import Campaign, Names
from pipelines.electorate.columns import StatementRow

COMBINATIONS_SHOWN = 12


def coalitions(night: Night) -> edition.Coalitions:
    """`coalitions.json`: combinations that just reach a majority, fewest lists first, then by their odds."""
    campaign, headline = night.campaign, night.headline
    majority = campaign.election.rules.majority
    allocation = summary.central_allocation(headline)
    found = [
        edition.Combination(
            lists=sorted(members, key=lambda name: (-allocation[name], name)),
            seats_median=summary.summarise(summary.bloc_seats(headline, members)).median,
            p_majority=summary.p_majority(headline, members, majority),
        )
        for members in minimal_winning({name: seats for name, seats in allocation.items() if seats}, majority)
    ]
    # Fewer partners first: of the many sets that reach a majority, the small ones say most.
    found.sort(key=lambda row: (len(row.lists), -row.p_majority, row.lists))
    return edition.Coalitions(
        majority=majority, combinations=found[:COMBINATIONS_SHOWN], statements=_statements(campaign, night.as_of)
    )


def _statements(campaign: Campaign, as_of: date) -> list[edition.Statement]:
    return [_statement(row, campaign.names) for row in campaign.statements if row.date <= as_of]


def _statement(row: StatementRow, names: Names) -> edition.Statement:
    def quote(language: str) -> str | None:
        name_row = names.find("statement", row.statement, language)
        return name_row.name if name_row else None

    def condition(language: str) -> str | None:
        return names.text("condition", row.condition, language) if row.condition else None

    return edition.Statement(
        list=row.list,
        rules_out=row.rules_out,
        scope=row.scope,
        condition=condition("en"),
        quote=quote("en"),
        is_paraphrase=row.is_paraphrase == "yes",
        source=names.text("source", row.source, "en"),
        date=row.date,
        condition_he=condition("he"),
        quote_he=quote("he"),
        quote_language="he" if row.quote_language == "he" else "en",
        source_he=names.text("source", row.source, "he"),
        date_precision=row.date_precision or "day",
        url=row.url,
    )
