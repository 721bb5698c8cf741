"""From polls to the printed seats, step by step: what each step does to a list and to a bloc, in expected seats."""

from collections.abc import Iterable, Sequence

import numpy as np

from pipelines.assemble.night import Night
from pipelines.editions import schema as edition
from pipelines.trend.lines import latest_levels, seats_on_last_day
from pipelines.trend.observations import Floats, closed, to_share

DIGITS = 1  # as pages print expected seats, so that what a reader adds adds up


def bridge(night: Night) -> list[edition.BridgeRow]:
    """A row for each list and each bloc; its start and its steps add to its printed seats, a bloc's are its lists'."""
    names = [line.list for line in night.trend.lines]
    stages = dict(zip(names, np.round(_stages(night), DIGITS), strict=True))
    blocs = ((bloc.id, [name for name in bloc.lists if name in stages]) for bloc in night.campaign.blocs())
    rows = [_row(name, None, [stage]) for name, stage in stages.items()]
    return rows + [_row(None, bloc, [stages[name] for name in lists]) for bloc, lists in blocs if lists]


def _stages(night: Night) -> Floats:
    """Seats (lists, stages): shares alone, through the rule, of the firms in the field, over all draws, printed."""
    smoothed, variance = np.array([line.level for line in night.trend.lines]).T
    of_all = closed(smoothed, night.trend.others_share)
    shares = to_share(of_all)
    stages: Iterable[Sequence[float] | Floats] = (
        night.campaign.election.rules.house_size * shares / shares.sum(),
        _expected(night, list(zip(of_all.tolist(), variance.tolist(), strict=True))),
        _expected(night, latest_levels(night.trend.lines)),
        night.headline.seats.mean(axis=1),
        [night.printed.seats[line.list] for line in night.trend.lines],
    )
    return np.array(list(stages), dtype=np.float64).T


def _expected(night: Night, levels: Sequence[tuple[float, float]]) -> list[float]:
    names = tuple(line.list for line in night.trend.lines)
    others, rules = night.trend.others_share, night.campaign.election.rules
    return list(seats_on_last_day(names, levels, others, rules, night.surplus_agreements).values())


def _row(of_list: str | None, of_bloc: str | None, stages: Sequence[Floats]) -> edition.BridgeRow:
    levels = np.sum(stages, axis=0)
    threshold, firms, error, printing = np.round(np.diff(levels), DIGITS).tolist()
    return edition.BridgeRow(
        list=of_list,
        bloc=of_bloc,
        shares_seats=round(float(levels[0]), DIGITS),
        threshold_and_rounding_seats=threshold,
        firms_in_the_field_seats=firms,
        polling_error_seats=error,
        allocation_seats=printing,
        printed_seats=int(levels[-1]),
    )
