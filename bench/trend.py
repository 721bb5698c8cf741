"""The trend of the biggest campaign beside statsmodels' own local level, and 100,000 draws to seats; in one run.

The peer is `UnobservedComponents(level="local level")` fitted per list on its daily means: it pools nothing, knows no
houses and no sample sizes, and so learns less.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy loads, as the commands have it

import numpy as np
from statsmodels.tsa.statespace.structural import UnobservedComponents

from bench.core import Figure, save, table
from electoral.draws import seat_draws
from pipelines.electorate import Campaign
from pipelines.forecast import polling_error
from pipelines.ingest.archive import accept, open_reference
from pipelines.projection import fit_trend
from pipelines.trend.lines import CampaignTrend

RESULTS = Path(__file__).parent / "results" / "trend.json"
CAMPAIGN = "knesset-26"
DRAWS = 100_000
ROUNDS = 3
FIT_BOUND_SECONDS, DRAWS_BOUND_SECONDS, PEER_BOUND = 5.0, 1.0, 1.5


def peer(trend: CampaignTrend) -> None:
    """statsmodels' local level, list by list, on the day's mean of z."""
    for line in trend.lines:
        series = np.full(len(trend.days), np.nan)
        for day, z in line.rows.groupby("day")["z"].mean().items():
            series[int(float(str(day)) - trend.days[0])] = z
        first = int(np.flatnonzero(np.isfinite(series))[0])
        model = UnobservedComponents(series[first:], level="local level")
        model.smooth(model.fit(disp=False, maxiter=50, warn_convergence=False).params)


def to_seats(campaign: Campaign, trend: CampaignTrend) -> None:
    """Centres, draws, threshold, agreements and seats."""
    centres, blocs = polling_error.line_centres(trend.lines, campaign.lists), [bloc.lists for bloc in campaign.blocs()]
    others = polling_error.others_of(trend)
    share_draws = polling_error.draw(centres, polling_error.FROM_ABROAD, 7, DRAWS, (0,), blocs, others=others)
    seat_draws(share_draws, campaign.election.rules, campaign.agreements_known(campaign.eve, share_draws.lists))


def seconds(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Medians over interleaved rounds, in seconds of processor: all run on one core."""
    raw = Path("data/raw")
    reference = open_reference(raw)
    campaign = reference.campaign(CAMPAIGN)
    polls = list(accept(raw, campaign)[0])
    trend = fit_trend(campaign, polls, campaign.eve)
    took: dict[str, list[float]] = {"ours": [], "peer": [], "draws": []}
    for _ in range(rounds):
        took["ours"].append(seconds(lambda: fit_trend(campaign, polls, campaign.eve)))
        took["peer"].append(seconds(lambda: peer(trend)))
        took["draws"].append(seconds(lambda: to_seats(campaign, trend)))
    return {name: statistics.median(values) for name, values in took.items()}


def main() -> int:
    """Print and keep the table; 1 where a figure is missed."""
    took = measure()
    figures = [
        Figure(f"fit + smooth of {CAMPAIGN}", took["ours"], FIT_BOUND_SECONDS, False, "s"),
        Figure("the same, beside UnobservedComponents per list", took["ours"] / took["peer"], PEER_BOUND, False, "×"),
        Figure("100,000 draws to seats", took["draws"], DRAWS_BOUND_SECONDS, False, "s"),
    ]
    print(table(figures))
    save(figures, RESULTS)
    return int(not all(one.holds for one in figures))


if __name__ == "__main__":
    sys.exit(main())
