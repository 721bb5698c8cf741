"""The columns of every file of an electorate's folder, one model a file.

Blank means not known, never zero. `docs/electorates.md` says what each column means.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal, Self

from pydantic import model_validator

from pipelines.rows import (
    Count,
    Day,
    Field,
    Language,
    Moment,
    NameId,
    PrintedPct,
    Row,
    SampleSize,
    Seats,
    Slug,
    Slugs,
    Url,
    Urls,
)

Kind = Literal[
    "election",
    "list",
    "pollster",
    "publisher",
    "bloc",
    "coalition",
    "leader",
    "event",
    "statement",
    "condition",
    "source",
    "step",
]


class NameRow(Row):
    """What one thing is called in one language; a list that a campaign names otherwise is `<election>/<list>` there."""

    kind: Kind
    id: NameId
    language: Language
    name: str
    short: str | None


RESERVED = frozenset({"all", "all-live", "elections", "electorates"})  # what commands and addresses call something else


class ElectionRow(Row):
    election: Slug
    election_date: Day
    lists_close_date: Day | None
    campaign_start_date: Day | None
    previous_election: Slug | None
    note: str | None = None
    date_basis: Literal["latest"] | None = None


class TermRow(Row):
    """The last lawful day of the vote after an election."""

    election: Slug
    last_day: Day
    law: str
    url: Url | None = None


class FormationRow(Row):
    """A step of the law from a vote to a government, in its order: the days it may take, and the section."""

    step: Slug
    days: Count
    law: str
    url: Url | None = None


class BanRow(Row):
    """From `start` to `end`, wall clock of the electorate, nothing of this kind is published for the election."""

    election: Slug
    kind: Literal["poll", "exit_poll", "all"]
    start: Moment
    end: Moment
    note: str | None = None

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"the publication ban ends {self.end}, before it starts {self.start}; swap them")
        return self


class DirectSeatRow(Row):
    """Seats a list won in person, as known, or assumed, from a day on."""

    election: Slug
    list: Slug
    seats: Count
    known_from: Day
    source: str
    url: Url | None = None


class ListRow(Row):
    election: Slug
    list: Slug
    kind: Literal["ballot", "campaign", "combined", "hypothetical", "residual", "undecided"]
    members: Slugs
    colour_light: str
    colour_dark: str
    ballot_letters: str | None
    attributes: Slugs
    source: str | None

    @property
    def name_id(self) -> str:
        """The id under which names.csv has the name of this campaign, if it has one of its own."""
        return f"{self.election}/{self.list}"


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
    url: Url | None = None


class PollsterRow(Row):
    """A firm through its renames; firms of one `family` share a panel or an owner."""

    pollster: Slug
    family: Slug | None = None


class PollsterAliasRow(Row):
    alias: str
    pollster: Slug
    publisher: Slug | None = None
    from_date: Day | None
    to_date: Day | None
    note: str | None
    url: Url | None = None


class PublisherRow(Row):
    publisher: Slug


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
    source: Slug
    note: str | None
    url: Url | None = None

    @property
    def known_from(self) -> date | None:
        """The day of signing, else of the first report in hand; None: counts as known on every day."""
        return self.signed_date or self.reported_date


class BlocRow(Row):
    bloc: Slug
    colour_light: str
    colour_dark: str


class BlocMemberRow(Row):
    election: Slug
    bloc: Slug
    list: Slug
    note: str | None
    source: Slug
    as_of: Day | None


class CoalitionRow(Row):
    """A coalition of interest: lists, or blocs by their ids, whose joint majority is asked for; they may overlap."""

    election: Slug
    coalition: Slug
    lists: Slugs
    source: Slug
    note: str | None = None


class StatementRow(Row):
    statement: Slug
    election: Slug
    list: Slug
    rules_out: Slugs
    scope: str
    condition: Slug | None
    quote_language: Language | None
    is_paraphrase: Literal["yes", "no"]
    source: Slug
    date: Day
    date_precision: Literal["day", "month"] | None = None
    url: Url | None = None


class PhraseRow(Row):
    """A text that other files carry as it was written, or a part of one, as it is said in a language."""

    text: str
    language: Language
    said: str


class DisclosureRow(Row):
    """What the publication of a poll was found to say of it, and whether the stored numbers were held to it."""

    election: Slug
    poll: str
    found: Slugs
    checked: Literal["yes", "in_part", "corrected", "differs"] | None
    source: Slug
    url: Url | None = None


class EventRow(Row):
    event: Slug
    election: Slug
    date: Day
    source: Slug
    url: Url | None = None


class ResultRow(Row):
    election: Slug
    list: Slug
    ballot_letters: str
    ballot_name: str
    votes: Count
    seats: Count
    source: str
    url: Url | None = None


class TurnoutRow(Row):
    election: Slug
    eligible: Count | None
    voted: Count | None
    invalid: Count | None
    valid: Count
    source: str
    url: Url | None = None


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


class CorrectionRow(Row):
    """One change of a published value, or a reading that is kept beside it unused.

    Without a poll it is of a hand-kept file, `field` is `file.column`, and the file holds `after` already.
    """

    correction: Slug
    election: Slug
    poll: Slug | None
    field: Field
    label: str | None
    before: str | None
    after: str | None
    when: Day
    why: Literal[
        "publication-differs",
        "committee-filing",
        "publication-day-as-fieldwork",
        "wrong-label",
        "main-table",
        "joined-column",
        "cell-missing",
        "cells-swapped",
        "poll-missing",
        "not-a-survey",
        "sources-differ",
        "reference-fact",
    ]
    source: str
    url: Url | None
    confidence: Literal["high", "medium", "low"]
    applied: Literal["yes", "no"]
    note: str | None

    @model_validator(mode="after")
    def _is_of_a_poll_or_of_a_file(self) -> Self:
        if (self.poll is None) != ("." in self.field):
            raise ValueError("give the poll, or write field as file.column")
        return self


class LeaderRow(Row):
    election: Slug
    list: Slug
    leader: Slug
    from_date: Day | None
    confidence: Literal["high", "medium"]
    source: Slug
    url: Url | None


class PollValueRow(Row):
    """One label of one poll in `polls/<election>.csv`."""

    poll: Slug
    fieldwork_start: Day | None
    fieldwork_end: Day
    published_date: Day | None
    pollster: str | None
    publisher: str | None
    sample_size: SampleSize | None
    kind: Literal["poll", "scenario", "exit_poll"]
    label: str
    status: Literal["seats", "share", "below_threshold", "not_asked"]
    seats: Seats | None
    pct: PrintedPct | None
    source: str
    url: Urls = ()
    published_basis: Literal["primary", "press", "reference", "aggregator"] | None = None
    fieldwork_basis: Literal["printed", "guessed"] | None = None


FILES: dict[str, type[Row]] = {
    "names": NameRow,
    "elections": ElectionRow,
    "terms": TermRow,
    "formation": FormationRow,
    "ban": BanRow,
    "direct_seats": DirectSeatRow,
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
    "coalitions": CoalitionRow,
    "statements": StatementRow,
    "disclosure": DisclosureRow,
    "phrases": PhraseRow,
    "events": EventRow,
    "results": ResultRow,
    "turnout": TurnoutRow,
    "outgoing": OutgoingRow,
    "rulings": RulingRow,
    "corrections": CorrectionRow,
    "leaders": LeaderRow,
}
REQUIRED = ("names", "elections", "lists", "aliases", "pollsters", "pollster_aliases")  # the others may be left out

# What names a row: two rows of one file that agree in these columns are one too many.
KEYS: dict[type[Row], tuple[str, ...]] = {
    NameRow: ("kind", "id", "language"),
    ElectionRow: ("election",),
    TermRow: ("election",),
    FormationRow: ("step",),
    ListRow: ("election", "list"),
    PollsterRow: ("pollster",),
    PublisherRow: ("publisher",),
    BlocRow: ("bloc",),
    CoalitionRow: ("election", "coalition"),
    AgreementRow: ("election", "list_a", "list_b"),
    EventRow: ("event",),
    StatementRow: ("statement",),
    DisclosureRow: ("election", "poll"),
    PhraseRow: ("text", "language"),
    ResultRow: ("election", "list"),
    TurnoutRow: ("election",),
    CorrectionRow: ("correction",),
    LeaderRow: ("election", "list", "leader"),
}

# What is named in names.csv: the attributes of a row that hold an id, and the kind of thing it is.
NAMED: dict[type[Row], dict[str, Kind]] = {
    FormationRow: {"step": "step"},
    ElectionRow: {"election": "election"},
    ListRow: {"name_id": "list"},
    PollsterRow: {"pollster": "pollster"},
    PublisherRow: {"publisher": "publisher"},
    BlocRow: {"bloc": "bloc"},
    BlocMemberRow: {"source": "source"},
    CoalitionRow: {"coalition": "coalition", "source": "source"},
    AgreementRow: {"source": "source"},
    EventRow: {"event": "event", "source": "source"},
    LeaderRow: {"leader": "leader", "source": "source"},
    StatementRow: {"statement": "statement", "condition": "condition", "source": "source"},
    DisclosureRow: {"source": "source"},
}


def named(rows: Iterable[Row]) -> Iterator[tuple[Kind, str]]:
    """Every kind and id that rows give to something with a name."""
    for row in rows:
        for attribute, kind in NAMED.get(type(row), {}).items():
            name = getattr(row, attribute)
            if name is not None:
                yield kind, name
