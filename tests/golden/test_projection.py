"""A small golden projection: two past elections by the model in force; a change of the model changes it on purpose.

`python -m tests.golden.test_projection` writes the file anew; the commit says why.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.trials import REFERENCE
from electoral.draws import SeatDraws
from pipelines.hindcast import models
from pipelines.hindcast.models import MODELS, ROLLING, Teaching, load_past, replay, teachers
from pipelines.hindcast.run import allocated, truth_of
from pipelines.hindcast.scores import crps
from pipelines.ingest.archive import open_reference

ROOT = Path(__file__).parents[2]
FILE = Path(__file__).with_name("projection.json")
ELECTIONS = {"knesset-22": "il", "se-2018": "se"}
DAYS_AHEAD, DRAWS = 7, 2_000


def projected(election: str) -> dict[str, Any]:
    """Medians, chances and CRPS of one election, as of a week before it."""
    raw = ROOT / "data" / "raw"
    past = load_past(raw, open_reference(raw), ELECTIONS[election])
    one = next(each for each in past if each.id == election)
    replayed = replay(one, DAYS_AHEAD)
    earlier = teachers(past, one, earlier_only=True)
    draws = allocated(replayed, MODELS[ROLLING](replayed, Teaching((), earlier)))
    reference = allocated(replayed, MODELS[REFERENCE](replayed, Teaching((), earlier)))
    won = truth_of(replayed).seats
    bloc = [name for name in one.campaign.main_bloc() if name in draws.lists]
    index = [draws.lists.index(name) for name in bloc]
    majority = one.campaign.election.rules.majority
    return {
        "draws": draws.draws,
        "mean_seats": {name: round(float(row.mean()), 6) for name, row in zip(draws.lists, draws.seats, strict=True)},
        "median_seats": {name: float(np.median(row)) for name, row in zip(draws.lists, draws.seats, strict=True)},
        "p_majority": round(float((draws.seats[index].sum(axis=0) >= majority).mean()), 6) if bloc else None,
        "crps": _crps(draws, won),
        "reference_crps": _crps(reference, won),
    }


def _crps(draws: SeatDraws, won: Mapping[str, int]) -> dict[str, float]:
    rows = zip(draws.lists, draws.seats, strict=True)
    return {name: round(crps(row, won.get(name, 0)), 6) for name, row in rows}


@pytest.mark.parametrize("election", ELECTIONS)
def test_the_model_says_of_the_past_what_it_said(election: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "DRAWS", DRAWS)
    projection, golden = projected(election), json.loads(FILE.read_text("utf-8"))[election]
    assert projection["draws"] == DRAWS
    assert projection["median_seats"] == golden["median_seats"]
    assert projection["p_majority"] == golden["p_majority"]
    for measure in ("mean_seats", "crps", "reference_crps"):
        assert projection[measure] == pytest.approx(golden[measure], abs=1e-6), measure


if __name__ == "__main__":
    models.DRAWS = DRAWS
    FILE.write_text(json.dumps({name: projected(name) for name in ELECTIONS}, indent=1, sort_keys=True) + "\n", "utf-8")
