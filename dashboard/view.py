"""What one reader looks at, an edition in a language with the page's state; and what a page is that is looked at."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from dashboard.address import CARRIED, Choice, Parameter, State, Subset, Typed, in_path, query
from dashboard.blocks import BlockType, Href, Join, Part, Table, Values, Words
from dashboard.i18n import offered
from dashboard.seats import is_in, outlook, seats_of
from dashboard.settings import Settings
from pipelines.editions import gate
from pipelines.editions.schema import (
    BlocReference,
    ElectionReference,
    ElectorateReference,
    ListProjection,
    ListReference,
    Projection,
)
from pipelines.editions.store import Edition

FEED = "/feed.atom"


@dataclass(frozen=True)
class Order:
    """Lists in order: those that likely pass by seats, then those that likely do not by their chance."""

    passing: tuple[ListProjection, ...]
    below: tuple[ListProjection, ...]

    @property
    def all(self) -> tuple[ListProjection, ...]:
        return self.passing + self.below

    @property
    def ids(self) -> list[str]:
        return [item.id for item in self.all]


@dataclass(frozen=True)
class View:
    """One page of one edition in one language; `edition_asked` is None for the current one.

    `elections` are those of its electorate; `electorates` are all that have editions, each with its newest election.
    `reading` stands in the place of the published projection where the reader chose another reading of the polls;
    `is_last_good`: a newer edition is damaged, and this one is shown in its place; `is_stale`: nobody has looked for a
    newer one for too long. `is_told`: what voters and ballots said may be told now; `is_rehearsal`:
    all of it replays a past night. `day_asked`: no edition of that
    day is kept, and this one is the nearest before it; `has_dropped`: the address names a list of no candidate here.
    """

    path: str
    edition: Edition
    edition_asked: str | None
    lang: str
    today: date
    parameters: Mapping[str, Parameter]
    state: State
    elections: tuple[ElectionReference, ...]
    electorates: tuple[tuple[ElectorateReference, str], ...] = ()
    reading: Projection | None = None
    is_last_good: bool = False
    is_stale: bool = False
    is_told: bool = False
    is_rehearsal: bool = False
    day_asked: date | None = None
    has_dropped: bool = False
    settings: Settings = field(default_factory=Settings)
    note: Mapping[str, str] = field(default_factory=dict)  # of an editor on the edition, by language

    @property
    def electorate(self) -> ElectorateReference:
        return self.edition.reference.electorate

    @property
    def languages(self) -> tuple[str, ...]:
        """The electorate's languages that there are words in; the first is the default."""
        return offered(self.electorate.languages)

    @property
    def projection(self) -> Projection:
        return self.reading or self.edition.projection

    @cached_property
    def lists(self) -> dict[str, ListReference]:
        return {item.id: item for item in self.edition.reference.lists}

    @cached_property
    def blocs(self) -> dict[str, BlocReference]:
        return {item.id: item for item in self.edition.reference.blocs}

    @property
    def is_waiting(self) -> bool:
        """Whether no poll of this campaign is known yet."""
        return self.edition.projection.kind == "waiting"

    @property
    def is_nowcast(self) -> bool:
        """True where election day is not projected yet: the lists have not closed."""
        return any(item.seats is None for item in self.projection.lists)

    @property
    def is_frozen(self) -> bool:
        """Whether the law forbids publishing anything new on this campaign today."""
        return not gate.may_publish(self.edition.reference, "poll", self.today) and not self.settings.is_ban_relaxed

    @property
    def is_over(self) -> bool:
        return self.today > self.projection.election_date

    @property
    def lacks_result(self) -> bool:
        """The vote is over and nobody recorded how it went."""
        return self.is_over and self.projection.result is None

    def choice(self, name: str) -> str:
        parameter = self.parameters[name]
        assert isinstance(parameter, Choice)
        return dict(self.state).get(name, parameter.options[0])

    def subset(self, name: str) -> tuple[str, ...]:
        assert isinstance(self.parameters[name], Subset)
        said = dict(self.state).get(name, "")
        return tuple(said.split(",")) if said else ()

    def typed(self, name: str) -> float | None:
        """The number in the address, None where there is none."""
        assert isinstance(self.parameters[name], Typed)
        said = dict(self.state).get(name)
        return float(said) if said else None

    @property
    def feed(self) -> str:
        """Where the feed of the campaign on show is."""
        return FEED + query({"election": self.edition.election, "lang": self.lang})

    @property
    def order(self) -> Order:
        """The lists of the projection on show, as every page orders them."""
        return in_order(self.projection)

    def address(self, to: Href) -> str:
        """Where a link of a block leads, in the language of this reader."""
        if to.election is not None:
            return (to.path or self.path) + query({"election": to.election, "lang": self.lang})
        if to.edition is not None:
            asked = {"election": self.edition.election, "edition": to.edition, "lang": self.lang}
            return (to.path or self.path) + query(asked)
        return self.href(to.path, **to.state) + (f"#{to.place}" if to.place else "")

    def href(self, path: str | None = None, *, lang: str | None = None, **state: str) -> str:
        """The address of another page (its state empty) or of this one with some of its state changed."""
        kept = {name: value for name, value in self.state if path is None or name in CARRIED}
        kept.update(state)
        changed = {
            name: self.parameters[name].read(value) if path is None and value else value for name, value in kept.items()
        }
        common = {
            "election": self.edition.election,
            "edition": self.edition_asked,
            "lang": lang or self.lang,
        }
        place, said = in_path(path or self.path, {**common, **changed})
        return place + query(said)


def in_order(projection: Projection) -> Order:
    """Every list has its place; last stand the lists without a printed seat."""
    passing = [item for item in projection.lists if is_in(projection, item)]
    below = [item for item in projection.lists if not is_in(projection, item)]
    passing.sort(key=lambda item: (-seats_of(projection, [item.id]), -outlook(item).mean, item.id))
    below.sort(key=lambda item: (-item.p_pass, -item.trend_share_pct, item.id))
    return Order(tuple(passing), tuple(below))


def no_parameters(_edition: Edition) -> dict[str, Parameter]:
    return {}


@dataclass(frozen=True)
class Page:
    """A page of the registry: its address, the catalogue's name for it, its headline, its blocks and parameters.

    `build` gives its parts, None where one has nothing to say; it never reads the view's language. `types` are
    what its blocks are made as, and what the description of the API is made from.
    """

    path: str
    name: str
    headline: Callable[[View], Words | Join]
    build: Callable[[View], Iterable[Part | None]]
    types: tuple[BlockType, ...]
    parameters: Callable[[Edition], dict[str, Parameter]] = no_parameters
    files: Mapping[str, Callable[[View], Table]] = field(default_factory=dict)  # /download/<name>
    is_in_navigation: bool = True

    def blocks(self, view: View) -> tuple[Part, ...]:
        """Its parts in their order; asked once an edition, state and day."""
        return tuple(part for part in self.build(view) if part is not None)

    @property
    def values(self) -> dict[str, type[Values]]:
        """The types of its blocks' values by the blocks' ids."""
        return {one.id: one.values for one in self.types}
