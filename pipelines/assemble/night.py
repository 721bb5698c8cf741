"""What one refresh of one campaign worked out, before it is put into words and files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws, ShareDraws
from electoral.lists import Bloc
from electoral.polls import Poll
from electoral.printed_allocation import PrintedAllocation, printed_allocation
from pipelines.editions.schema import Kind
from pipelines.electorate import Campaign, Reference
from pipelines.forecast.polling_error import PastElection
from pipelines.forecast.pollsters import Apart
from pipelines.trend.lines import CampaignTrend


@dataclass(frozen=True, slots=True)
class ApartReading:
    """A pollster that stands apart, and the draws without it and by its own lean."""

    gap: Apart
    without: SeatDraws
    if_right: SeatDraws


def print_seats(campaign: Campaign, draws: SeatDraws) -> PrintedAllocation:
    """The allocation nearest to draws of a campaign, in its lists and in its blocs."""
    blocs = (Bloc(bloc.id, tuple(name for name in bloc.lists if name in draws.lists)) for bloc in campaign.blocs())
    return printed_allocation(draws, [bloc for bloc in blocs if bloc.lists])


@dataclass(frozen=True)
class Night:
    """What one refresh of one campaign worked out, before it is put into words and files."""

    campaign: Campaign
    reference: Reference
    edition: str
    as_of: date
    kind: Kind
    seed: int
    polls: Sequence[tuple[Poll, int]]
    trend: CampaignTrend
    shares: ShareDraws
    nowcast: SeatDraws
    election_day: SeatDraws | None
    reference_draws: SeatDraws
    agreements: tuple[tuple[str, str], ...]
    past: Mapping[str, PastElection]
    apart: Sequence[ApartReading]
    is_result_known: bool

    @cached_property
    def printed(self) -> PrintedAllocation:
        """The seats every page, file and answer prints: the allocation nearest to all draws."""
        return print_seats(self.campaign, self.headline)

    @property
    def surplus_agreements(self) -> tuple[SurplusAgreement, ...]:
        """The agreements the draws were made with."""
        return tuple(SurplusAgreement(*pair) for pair in self.agreements)

    @property
    def headline(self) -> SeatDraws:
        """The draws a page speaks of: election day, or the nowcast while the lists are open."""
        return self.election_day or self.nowcast

    @property
    def modelled(self) -> list[tuple[Poll, int]]:
        used = set(self.trend.used)
        return [(poll, revision) for poll, revision in self.polls if poll.id in used]
