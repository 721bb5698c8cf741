"""The order of an editor's rows is nothing: lists, blocs, firms and polls in another order give the same draws."""

import csv
import random
from datetime import date
from pathlib import Path

from pipelines.electorate.folder import electorates_of, load
from pipelines.ingest.archive import accept
from pipelines.projection import draw_votes, fit_trend
from pipelines.trend.local_level import FALLBACK

ELECTION, AS_OF = "knesset-22", date(2019, 9, 10)
PERMUTED = (
    "lists.csv", "bloc_members.csv", "blocs.csv", "agreements.csv", "pollsters.csv", "lineage.csv", "aliases.csv",
    "results.csv", f"polls/{ELECTION}.csv",
)  # fmt: skip


def drawn(raw: Path) -> tuple[tuple[str, ...], bytes]:
    campaign = load(raw, electorates_of(raw, ELECTION)).campaign(ELECTION)
    polls = [poll for poll in accept(raw, campaign)[0] if poll.known_from(1) <= AS_OF]
    trend = fit_trend(campaign, polls, AS_OF, FALLBACK)
    _, votes = draw_votes(campaign, trend, AS_OF, 500, 0)
    assert votes is not None
    return votes.lists, votes.shares.tobytes()


def test_permuted_files_give_the_same_draws(data_dir: Path) -> None:
    raw = data_dir / "raw"
    as_shipped = drawn(raw)
    for number, name in enumerate(PERMUTED):
        path = raw / "electorates" / "il" / name
        with path.open(encoding="utf-8", newline="") as file:
            head, *rows = csv.reader(file)
        random.Random(number).shuffle(rows)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([head, *rows])
    assert drawn(raw) == as_shipped
