"""The core's speed beside its peers, in one run: `python -m bench.core` prints a table and writes a JSON file.

Every figure is a ratio of medians of interleaved rounds, in seconds of processor, so that a slow machine slows both
sides and a busy one neither. A copy pass is one copy of the same float64 draws.
"""

import json
import os
import platform
import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from statistics import median

import numpy as np

from electoral.apparentement import SurplusAgreement
from electoral.draws import SeatDraws, ShareDraws, seat_draws
from electoral.power import power_draws
from electoral.rules import ElectoralRules, Formula
from electoral.scenarios import Merge, Setting, Withdraw

RESULTS = Path(__file__).parent / "results" / "core.json"
NAMES = tuple("abcdefghijklmn")
RULES = ElectoralRules(120, Fraction(13, 400), Formula.DHONDT)
PAIRS = tuple(SurplusAgreement(*pair) for pair in ("ad", "be", "ch", "kl"))
WEIGHTS = 3 * np.array([28, 25, 9, 8, 7.5, 6, 5, 4.5, 4.5, 4, 3.7, 3.5, 3, 2, 1.5])


@dataclass(frozen=True)
class Figure:
    """One ratio and the bound it is held to; `is_floor` where more is better."""

    name: str
    value: float
    bound: float
    is_floor: bool
    unit: str

    @property
    def holds(self) -> bool:
        return self.value >= self.bound if self.is_floor else self.value <= self.bound

    def within(self, times: float) -> bool:
        """Whether the figure is within so many times its bound."""
        return self.value * times >= self.bound if self.is_floor else self.value <= self.bound * times


def interleaved(rounds: int, **runs: Callable[[], object]) -> dict[str, float]:
    """Median seconds of processor of each run, taken in turn after one round to warm up."""
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    for at in range(rounds + 1):
        for name, run in runs.items():
            start = time.process_time()
            run()
            if at:
                seconds[name].append(time.process_time() - start)
    return {name: median(values) for name, values in seconds.items()}


def dirichlet_draws(count: int, lists: int = 14) -> ShareDraws:
    rng = np.random.default_rng(20190917)
    weights = np.append(WEIGHTS[:lists], WEIGHTS[-1])
    return ShareDraws(NAMES[:lists], np.ascontiguousarray(rng.dirichlet(weights, count).T[:lists]))


def peak(label: str, draws: ShareDraws, run: Callable[[], object]) -> Figure:
    """The most memory held while running, the draws themselves included, in sizes of the draws."""
    tracemalloc.start()
    run()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return Figure(f"peak memory, {label}", 1 + most / draws.shares.nbytes, 3, False, "times the draws")


def allocation(rounds: int, count: int = 1_000_000) -> list[Figure]:
    """Every draw to exact seats, beside one plain allocation of two libraries and beside a copy of the draws."""
    from apportionment import methods
    from votelib.evaluate.proportional import HighestAverages

    draws = dirichlet_draws(count)
    own = ShareDraws(draws.lists, draws.shares)
    target = np.empty_like(draws.shares)
    ballots = [(column * 4_400_000).astype(int).tolist() for column in draws.shares[:, :60].T]
    named = [dict(zip(NAMES, ballot, strict=True)) for ballot in ballots]
    evaluator = HighestAverages("d_hondt")

    def theirs() -> None:
        for ballot in ballots:
            methods.compute("dhondt", ballot, 120, threshold=0.0325, tiesallowed=True)

    def votelibs() -> None:
        for ballot in named:
            base = 0.0325 * sum(ballot.values())
            evaluator.evaluate({name: votes for name, votes in ballot.items() if votes >= base}, 120)

    took = interleaved(
        rounds,
        ours=lambda: seat_draws(own, RULES, PAIRS),
        copy=lambda: np.copyto(target, draws.shares),
        apportionment=theirs,
        votelib=votelibs,
    )
    each = took["ours"] / count
    return [
        Figure("allocation, beside apportionment", took["apportionment"] / 60 / each, 500, True, "times faster"),
        Figure("allocation, beside votelib", took["votelib"] / 60 / each, 1200, True, "times faster"),
        Figure("allocation, in copies of the draws", took["ours"] / took["copy"], 30, False, "copy passes"),
        peak("allocation", draws, lambda: seat_draws(own, RULES, PAIRS)),
    ]


def swings(seats: list[int], majority: int) -> list[int]:
    """Banzhaf swings of one house, set by set."""
    counts = [0] * len(seats)
    for size in range(1, len(seats) + 1):
        for chosen in combinations(range(len(seats)), size):
            total = sum(seats[at] for at in chosen)
            for at in chosen:
                counts[at] += total >= majority > total - seats[at]
    return counts


def power(rounds: int, count: int = 100_000) -> list[Figure]:
    """Both power indices of twelve lists, beside itertools walking the sets of one house."""
    seats = seat_draws(dirichlet_draws(count, 12), ElectoralRules(120, Fraction(1, 100), Formula.DHONDT))
    columns = [column.tolist() for column in seats.seats[:, :8].T]
    few = SeatDraws(seats.lists, seats.seats[:, : count // 20], seats.passes[:, : count // 20])
    took = interleaved(
        rounds,
        power=lambda: power_draws(few, 61),
        swing_by_swing=lambda: [swings(column, 61) for column in columns],
    )
    ratio = took["swing_by_swing"] / len(columns) / (took["power"] / few.draws)
    return [Figure("Banzhaf and Shapley-Shubik, beside itertools", ratio, 30, True, "times faster")]


def what_if(rounds: int, count: int = 100_000) -> list[Figure]:
    """A change applied to stored draws and allocated, beside the allocation alone."""
    setting = Setting(dirichlet_draws(count), RULES, PAIRS)
    withdraw, merge = Withdraw("n", {"a": 0.6}), Merge(("f", "g"), "fg")
    took = interleaved(
        rounds,
        alone=setting.allocate,
        withdraw=lambda: withdraw.apply(setting).allocate(),
        merge=lambda: merge.apply(setting).allocate(),
    )
    return [
        *(
            Figure(f"what-if, {name}", took[name] / took["alone"], 3, False, "allocations")
            for name in ("withdraw", "merge")
        ),
        peak("what-if", setting.draws, lambda: withdraw.apply(setting).allocate()),
    ]


def measure(rounds: int = 7, scale: float = 1.0) -> list[Figure]:
    """All figures; `scale` below 1 takes fewer draws."""
    return [
        *allocation(rounds, int(1_000_000 * scale)),
        *power(rounds, int(100_000 * scale)),
        *what_if(rounds, int(100_000 * scale)),
    ]


def table(figures: list[Figure]) -> str:
    """The figures as lines of text."""
    lines = [
        f"{one.name:<48} {one.value:>9.1f} {one.unit:<16} {'≥' if one.is_floor else '≤'} {one.bound:<6g}"
        f"{'' if one.holds else '  MISSED'}"
        for one in figures
    ]
    return "\n".join(lines)


def save(figures: list[Figure], path: Path = RESULTS) -> None:
    """Write the figures, and what they were measured on."""
    load = round(os.getloadavg()[0], 1)  # above the cores: others worked beside it, and waits are longer than they are
    machine = {"python": platform.python_version(), "numpy": np.__version__, "cores": os.cpu_count(), "load": load}
    document = {"machine": machine, "figures": [asdict(one) | {"holds": one.holds} for one in figures]}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    measured = measure()
    print(table(measured))
    save(measured)
    sys.exit(not all(one.holds for one in measured))
