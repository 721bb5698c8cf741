"""Candidates of docs/protocol.md against the model in force: one run, and its rows for docs/trials.csv.

`python -m bench.trials --note TEXT` measures the model in force against the reference, and each of
CANDIDATES against the model in force, over every electorate that ships polls and results; it prints the rows, and
adds them to docs/trials.csv.
"""

import argparse
import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

from pipelines.hindcast.models import MODELS, OURS, Model
from pipelines.hindcast.report import by_election
from pipelines.hindcast.run import Scored, read_past, run
from pipelines.ingest.archive import open_reference

REFERENCE = "mean-7-learned-t-rolling"
CANDIDATES: Mapping[str, Model] = {}  # number in docs/protocol.md → model
RESAMPLES, SEED, INSIDE = 4_000, 0, 0.9
TRIALS = Path("docs/trials.csv")

ByElectorate = Mapping[str, Sequence[Scored]]


@dataclass(frozen=True, slots=True)
class LogRatio:
    """The primary measure: mean over electorates of log(CRPS ÷ CRPS of another model), with its 90 % interval."""

    value: float
    low: float
    high: float


def log_ratio(scored: ByElectorate, model: str, against: str) -> LogRatio:
    """Paired: the same elections are resampled, within electorates, for both models."""
    rng = np.random.default_rng(SEED)
    point, resampled = [], []
    for rows in scored.values():
        ours, theirs = (np.array(by_election(rows, name)) for name in (model, against))
        picks = rng.integers(len(ours), size=(RESAMPLES, len(ours)))
        point.append(np.log(ours.mean() / theirs.mean()))
        resampled.append(np.log(ours[picks].mean(axis=1) / theirs[picks].mean(axis=1)))
    tail = (1 - INSIDE) / 2
    low, high = np.quantile(np.mean(resampled, axis=0), [tail, 1 - tail])
    return LogRatio(float(np.mean(point)), float(low), float(high))


def scored_by_electorate(raw: Path, models: Mapping[str, Model]) -> dict[str, list[Scored]]:
    """Every election that ships polls and a result, by electorate; an electorate of one has no interval, and counts."""
    elections_of = {name: [past.id for past in read_past(raw, name)] for name in open_reference(raw).electorates}
    return {
        name: run(raw, name, elections, daily=False, models=models, progress=lambda *_: None)[0]
        for name, elections in elections_of.items()
        if elections
    }


def rows(scored: ByElectorate, data: str, note: str) -> list[list[str]]:
    """A row of docs/trials.csv for the model in force against the reference, and for each candidate against it."""
    pairs = [("baseline", OURS, REFERENCE), *((number, number, OURS) for number in CANDIDATES)]
    table = []
    for candidate, model, against in pairs:
        ratio = log_ratio(scored, model, against)
        numbers = [f"{number:.4f}" for number in (ratio.value, ratio.low, ratio.high)]
        measure = f"mean log(CRPS / CRPS of {against})"
        table.append([date.today().isoformat(), candidate, data[:12], measure, *numbers, "measured", note])
    return table


def main() -> None:
    """Run, print, and add to docs/trials.csv."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--note", required=True, help="why this run was made")
    raw, note = Path("data/raw"), parser.parse_args().note
    scored = scored_by_electorate(raw, {name: MODELS[name] for name in (OURS, REFERENCE)} | dict(CANDIDATES))
    with TRIALS.open(encoding="utf-8", newline="") as file:
        number = sum(1 for _ in csv.DictReader(file)) + 1
    with TRIALS.open("a", encoding="utf-8", newline="") as file:
        for at, row in enumerate(rows(scored, _frozen(), note)):
            csv.writer(file, lineterminator="\n").writerow([number + at, *row])
            print(*row, sep="  ")


def _frozen() -> str:
    """The hash of the data, as docs/protocol.md has it."""
    page = Path("docs/protocol.md").read_text("utf-8").splitlines()
    return next(line.strip() for line in page if len(line.strip()) == 64)


if __name__ == "__main__":
    main()
