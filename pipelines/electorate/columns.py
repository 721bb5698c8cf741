"""The columns of every file of an electorate's folder, one model a file.

Blank means not known, never zero. `docs/data.md` says what each column means.
"""

from datetime import date
from typing import Literal

from pipelines.rows import Count, Day, Moment, PrintedPct, Row, Seats, Share, Slug, Slugs


class ElectionRow(Row):
    election: Slug
    name_en: str
    name_he: str
    election_date: Day
    house_size: Count
    threshold_pct: Share
    formula: Literal["dhondt", "sainte-lague"]
    lists_close_date: Day | None
    campaign_start_date: Day | None
    publication_ban_start: Moment | None
    publication_ban_end: Moment | None
    previous_election: Slug | None
    wikipedia_page: str | None = None
    note: str | None = None


class ListRow(Row):
    election: Slug
    list: Slug
    name_en: str
    name_he: str
    short_en: str
    short_he: str
    kind: Literal["ballot", "campaign", "combined", "hypothetical", "residual"]
    members: Slugs
    colour_light: str
    colour_dark: str
    ballot_letters: str | None
    attributes: Slugs
    source: str | None


class AliasRow(Row):
    election: Slug
    source: str | None
    alias: str
    list: Slug
    from_date: Day | None
    to_date: Day | None
    note: str | None


class LineageRow(Row):
    election: Slug
    date: Day
    kind: Literal["form", "rename", "merge", "split", "withdraw"]
    before: Slugs
    after: Slugs
    basis: Literal["announced", "polls"]
    note: str | None
    source: str | None


class PollsterRow(Row):
    pollster: Slug
    name_en: str
    name_he: str


class PollsterAliasRow(Row):
    alias: str
    pollster: Slug
    from_date: Day | None
    to_date: Day | None
    note: str | None


class PublisherRow(Row):
    publisher: Slug
    name_en: str
    name_he: str


class PublisherAliasRow(Row):
    alias: str
    publisher: Slug
    note: str | None


class AgreementRow(Row):
    election: Slug
    list_a: Slug
    list_b: Slug
    status: Literal["signed", "reported", "expected"]
    signed_date: Day | None
    reported_date: Day | None
    source: str
    source_he: str
    note: str | None

    @property
    def known_from(self) -> date | None:
        """The day of signing, else of the first report in hand; None: counts as known on every day."""
        return self.signed_date or self.reported_date


class BlocRow(Row):
    bloc: Slug
    name_en: str
    name_he: str
    colour_light: str
    colour_dark: str


class BlocMemberRow(Row):
    election: Slug
    bloc: Slug
    list: Slug
    note: str | None
    source: str
    source_he: str
    as_of: Day | None


class StatementRow(Row):
    election: Slug
    list: Slug
    rules_out: Slugs
    scope: str
    condition: str | None
    condition_he: str | None
    quote_en: str | None
    quote_he: str | None
    quote_language: Literal["en", "he"] | None
    is_paraphrase: Literal["yes", "no"]
    source: str
    source_he: str
    date: Day
    date_precision: Literal["day", "month"] | None = None


class EventRow(Row):
    election: Slug
    date: Day
    event_en: str
    event_he: str
    source: str
    source_he: str


class ResultRow(Row):
    election: Slug
    list: Slug
    ballot_letters: str
    name_he: str
    votes: Count
    seats: Count
    source: str


class TurnoutRow(Row):
    election: Slug
    eligible: Count | None
    voted: Count | None
    invalid: Count | None
    valid: Count
    source: str


class OutgoingRow(Row):
    election: Slug
    list: Slug
    seats: Count
    from_date: Day | None
    basis: str


class RulingRow(Row):
    election: Slug
    poll: str
    check: str
    printed: str
    ruling: str
    why: str


class PollValueRow(Row):
    """One label of one poll in `polls/<election>.csv`."""

    poll: Slug
    fieldwork_start: Day | None
    fieldwork_end: Day
    published_date: Day | None
    pollster: str | None
    publisher: str | None
    sample_size: Count | None
    kind: Literal["poll", "scenario", "exit_poll"]
    label: str
    status: Literal["seats", "below_threshold", "not_asked"]
    seats: Seats | None
    pct: PrintedPct | None
    source: str


FILES: dict[str, type[Row]] = {
    "elections": ElectionRow,
    "lists": ListRow,
    "aliases": AliasRow,
    "lineage": LineageRow,
    "pollsters": PollsterRow,
    "pollster_aliases": PollsterAliasRow,
    "publishers": PublisherRow,
    "publisher_aliases": PublisherAliasRow,
    "agreements": AgreementRow,
    "blocs": BlocRow,
    "bloc_members": BlocMemberRow,
    "statements": StatementRow,
    "events": EventRow,
    "results": ResultRow,
    "turnout": TurnoutRow,
    "outgoing": OutgoingRow,
    "rulings": RulingRow,
}

# What names a row: two rows of one file that agree in these columns are one too many.
KEYS: dict[type[Row], tuple[str, ...]] = {
    ElectionRow: ("election",),
    ListRow: ("election", "list"),
    PollsterRow: ("pollster",),
    PublisherRow: ("publisher",),
    BlocRow: ("bloc",),
    AgreementRow: ("election", "list_a", "list_b"),
    ResultRow: ("election", "list"),
    TurnoutRow: ("election",),
}
