"""What one reader looks at, an edition in a language with the page's state; and what a page is that is looked at."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from dashboard.address import (
    ALL_POLLS,
    CARRIED,
    LEAVE,
    MOVE,
    READING,
    Choice,
    Parameter,
    State,
    Subset,
    Typed,
    in_path,
    query,
    read_moves,
)
from dashboard.blocks import BlockType, Href, Join, Part, Table, Values, Words
from dashboard.i18n import offered
from dashboard.seats import Group, Order, in_order, is_printed
from dashboard.settings import Settings
from electoral.polls import Unit
from pipelines.editions import gate
from pipelines.editions.schema import (
    BlocReference,
    ElectionReference,
    ElectorateReference,
    ListReference,
    Majority,
    Projection,
)
from pipelines.editions.store import Edition

FEED = "/feed.atom"


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
        value = dict(self.state).get(name, "")
        return tuple(value.split(",")) if value else ()

    def typed(self, name: str) -> float | None:
        """The number in the address, None where there is none."""
        assert isinstance(self.parameters[name], Typed)
        value = dict(self.state).get(name)
        return float(value) if value else None

    @property
    def left(self) -> tuple[str, ...]:
        """The firms, families and outlets whose polls a reader leaves out; none where the law forbids new numbers."""
        return () if LEAVE not in self.parameters or self.is_frozen else self.subset(LEAVE)

    @property
    def moves(self) -> dict[str, str]:
        """The bloc a reader moved a list to, by list; none where the law forbids new numbers."""
        return {} if MOVE not in self.parameters or self.is_frozen else read_moves(",".join(self.subset(MOVE)))

    @property
    def reading_asked(self) -> str:
        """The reading of the polls that is asked for; all polls where lists are moved: none is of other blocs."""
        return ALL_POLLS if READING not in self.parameters or self.moves else self.choice(READING)

    @property
    def majorities(self) -> Sequence[Majority]:
        """The coalitions of interest of the published projection; another reading has none of its own."""
        return self.edition.coalitions.majorities if self.reading is None else ()

    @property
    def sides(self) -> list[Group]:
        """What the electorate's question sets against each other, without a list twice: its blocs, else coalitions."""
        sides: list[Group] = []
        if self.electorate.headline != "lists":
            for group in self.projection.blocs or self.majorities:
                if not any(set(group.lists) & set(other.lists) for other in sides):
                    sides.append(group)
        return sides

    @property
    def outside(self) -> list[str]:
        """The lists that belong to no side."""
        within = {name for group in self.sides for name in group.lists}
        return [item.id for item in self.projection.lists if item.id not in within]

    @property
    def is_share_first(self) -> bool:
        """Whether per cent stand before seats, where polls speak of shares; another reading has no level of its own."""
        return self.electorate.unit == Unit.SHARE and is_printed(self.projection)

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
            parameters = {"election": self.edition.election, "edition": to.edition, "lang": self.lang}
            return (to.path or self.path) + query(parameters)
        return self.href(to.path, **to.state) + (f"#{to.place}" if to.place else "")

    def href(self, path: str | None = None, *, lang: str | None = None, **state: str) -> str:
        """The address of another page (its state empty) or of this one with some of its state changed."""
        full = {name: value for name, value in self.state if path is None or name in CARRIED}
        full.update(state)
        changed = {
            name: self.parameters[name].read(value) if path is None and value else value for name, value in full.items()
        }
        common = {
            "election": self.edition.election,
            "edition": self.edition_asked,
            "lang": lang or self.lang,
        }
        place, parameters = in_path(path or self.path, {**common, **changed})
        return place + query(parameters)


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

    @property
    def graphs(self) -> list[str]:
        """The ids of its own blocks that have a figure, on whatever address; over others' pictures no graph is laid."""
        return [one.id for one in self.types if one.figure is not None]
