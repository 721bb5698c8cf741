"""A campaign whose polls are as bad as they come, through a whole refresh: an edition without NaN, or a refusal."""

import ast
import csv
import gzip
import json
import math
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pyarrow.parquet as pq
import pytest

from electoral.errors import ElectoralError
from pipelines import projection, refresh
from pipelines.editions.edition import SEATS_FILE, SHARES_FILE
from pipelines.editions.store import EditionStore
from pipelines.errors import PipelineError, TooManyPolls
from pipelines.refresh import run
from pipelines.request import RefreshRequest
from tests.conftest import keep_polls

ELECTION = "knesset-22"
EVE, AFTER = date(2019, 9, 16), date(2019, 9, 20)
SEATS = {
    "Likud": 33, "Blue & White": 32, "Joint List": 11, "Yamina": 10, "Yisrael Beiteinu": 10, "UTJ": 7, "Shas": 7,
    "Democratic Union": 5, "Labor–Gesher": 5,
}  # fmt: skip
Cells = dict[str, tuple[str, str]]  # label → seats, percentage
Survey = tuple[date, str, Cells]
Refresh = Callable[[list[Survey]], Any]


def survey(day: int, house: str = "Panels Politics", swing: int = 0, **under: str) -> Survey:
    """`day` counts back from the eve; `swing` moves seats from one list to another; `under` are percentages."""
    seats = SEATS | {"Likud": SEATS["Likud"] + swing, "Blue & White": SEATS["Blue & White"] - swing}
    cells = {label: (str(count), "") for label, count in seats.items()}
    return (
        EVE - timedelta(days=day),
        house,
        cells | {label.replace("_", " "): ("", pct) for label, pct in under.items()},
    )


HOUSES = ("Panels Politics", "Midgam", "Maagar Mochot")
MONTH = [survey(day, HOUSES[day % 3], day % 2) for day in range(0, 30, 2)]


@pytest.fixture
def refreshed(data_dir: Path) -> Refresh:
    """Put surveys in the place of the campaign's archive and refresh it, warnings being errors; gives its edition."""

    def refresh(surveys: list[Survey]) -> Any:
        keep_polls(data_dir / "raw", ELECTION, lambda _: False)
        _write(data_dir / f"raw/electorates/il/polls/{ELECTION}.csv", surveys)
        list(run(ELECTION, RefreshRequest(data_dir, AFTER, None, 300, 0), lambda _campaign, _step: None))
        store = EditionStore(data_dir / "processed")
        edition = store.open(ELECTION, store.current()[ELECTION])
        for name in edition.manifest.files:
            _check_finite(edition.folder / name)
        return edition

    return refresh


def _write(path: Path, surveys: list[Survey]) -> None:
    with path.open(encoding="utf-8") as file:
        columns = next(csv.reader(file))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n", restval="")
        writer.writeheader()
        for number, (day, house, cells) in enumerate(surveys):
            for label, (seats, pct) in cells.items():
                writer.writerow({
                    "poll": f"{day}-{number:03}", "fieldwork_end": day, "published_date": day,
                    "pollster": house, "publisher": "Maariv",
                    "kind": "poll", "label": label, "status": "seats" if seats else "below_threshold", "seats": seats,
                    "pct": pct, "source": "a test",
                })  # fmt: skip


def _check_finite(path: Path) -> None:
    if path.name in (SEATS_FILE, SHARES_FILE):
        assert np.isfinite(pq.read_table(path).to_pandas().to_numpy()).all()
    elif path.suffix == ".gz":
        document = json.loads(gzip.decompress(path.read_bytes()))
        assert all(math.isfinite(number) for number in _numbers(document)), path.name


def _numbers(value: Any) -> Iterator[float]:
    """Every number of a document, NaN and infinities, which JSON has no word for, among them."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _numbers(part)
    elif isinstance(value, int | float):
        yield value


def interval(edition: Any, name: str) -> float:
    """How wide a list's nine in ten are, in seats."""
    row = next(row for row in edition.projection.lists if row.id == name)
    return float(row.seats.q95 - row.seats.q05)


def line(edition: Any, name: str) -> Any:
    return next(line for line in edition.trend.lines if line.id == name)


def test_a_constant_series_has_a_level_and_the_polls_own_error_around_it(refreshed: Refresh) -> None:
    edition = refreshed([survey(day, HOUSES[day % 3]) for day in range(0, 60, 2)])
    assert edition.projection.fallback == []
    assert (
        line(edition, "likud").share_low[-1] < line(edition, "likud").share[-1] < line(edition, "likud").share_high[-1]
    )
    assert interval(edition, "likud") >= 6, "polls that all agree may all be wrong"


def test_one_poll_is_a_flagged_fallback_with_a_wide_band(refreshed: Refresh) -> None:
    one = refreshed([survey(3)])
    assert set(one.projection.fallback) == {row.id for row in one.projection.lists}
    assert "trend-constants" in one.projection.warnings
    few = line(one, "likud")
    assert few.share_high[-1] - few.share_low[-1] > 0.05


def test_no_poll_is_refused_in_words_and_nothing_is_written(refreshed: Refresh, data_dir: Path) -> None:
    with pytest.raises(PipelineError, match=r"knesset-22.csv holds no poll"):
        refreshed([])
    assert EditionStore(data_dir / "processed").current() == {}


def test_a10_more_polls_than_the_model_takes_are_refused_in_words(
    refreshed: Refresh, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "MOST_POLLS", 5)
    with pytest.raises(TooManyPolls, match=r"\d\d polls are known, the model takes 5"):
        refreshed(MONTH)
    assert EditionStore(data_dir / "processed").current() == {}


def test_a_gap_of_ninety_days_breaks_the_line(refreshed: Refresh) -> None:
    early = [survey(day, house) for day, house in ((102, "Panels Politics"), (101, "Midgam"), (100, "Maagar Mochot"))]
    edition = refreshed([*early, *(survey(day, HOUSES[day % 3], day % 2) for day in range(10))])
    shares = line(edition, "shas").share
    drawn = [share is not None for share in shares]
    assert drawn[0]
    assert drawn[-1]
    assert drawn.count(False) >= 85


def test_a_list_born_today_is_a_flagged_fallback(refreshed: Refresh) -> None:
    edition = refreshed([*MONTH[1:], survey(0, Otzma_Yehudit="2.9")])
    assert edition.projection.fallback == ["otzma-yehudit"]
    born = next(row for row in edition.projection.lists if row.id == "otzma-yehudit")
    assert 0.05 < born.p_pass < 0.95


def test_polls_all_from_one_house_have_no_lean_to_show(refreshed: Refresh) -> None:
    edition = refreshed([survey(day, swing=day % 3) for day in range(0, 40, 2)])
    assert edition.projection.polls.pollsters == 1
    assert all(effect.effect_pct == 0 for effect in edition.trend.house_effects)
    assert edition.pollsters.apart == []


def test_a_house_far_from_the_rest_is_kept_and_shown_without_and_by_its_own_lean(
    refreshed: Refresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = Mock(wraps=projection.student_t)
    monkeypatch.setattr(projection, "student_t", numbers)
    houses = (*HOUSES, "Smith", "Direct Polls")
    far = "Direct Polls"
    edition = refreshed([survey(day, house, 8 * (house == far)) for day in range(0, 25, 4) for house in houses])
    (apart,) = edition.pollsters.apart
    assert apart.pollster == "direct-polls"
    assert edition.projection.polls.pollsters == len(houses), "nobody is dropped"
    assert numbers.call_count == 1, "both readings are drawn with the same numbers"

    def bloc_mean(blocs: Any) -> float:
        return next(float(bloc.seats.mean) for bloc in blocs if bloc.id == apart.bloc)

    assert bloc_mean(apart.without.blocs) < bloc_mean(edition.projection.blocs) < bloc_mean(apart.if_right.blocs)


def test_a_percentage_of_nothing_is_a_list_that_hardly_passes(refreshed: Refresh) -> None:
    edition = refreshed([(*poll[:2], poll[2] | {"Otzma Yehudit": ("", "0")}) for poll in MONTH])
    none = next(row for row in edition.projection.lists if row.id == "otzma-yehudit")
    assert none.trend_share_pct < 0.2
    assert none.p_pass < 0.05


@pytest.mark.parametrize("pct", ["99", "100"])
def test_a_percentage_that_leaves_nothing_to_the_others_is_quarantined(refreshed: Refresh, pct: str) -> None:
    edition = refreshed([*MONTH, survey(1, Otzma_Yehudit=pct)])
    assert edition.projection.polls.used == len(MONTH)
    assert edition.projection.fallback == []


@pytest.mark.parametrize("same", ["one day", "one survey twice"])
def test_duplicated_days_are_readings_of_one_day_and_a_survey_counts_once(refreshed: Refresh, same: str) -> None:
    if same == "one day":
        edition = refreshed([survey(4, HOUSES[number % 3], number) for number in range(6)])
        assert edition.projection.polls.used == 6
        assert len({dot.date for dot in line(edition, "likud").dots}) == 1
    else:
        edition = refreshed([*MONTH, *MONTH])
        assert edition.projection.polls.used == len(MONTH)


@pytest.mark.parametrize("cell", ["nan", "NaN", "inf", "-5", "1e3"])
@pytest.mark.parametrize("where", ["seats", "percentage"])
def test_a_number_that_is_none_is_refused_with_its_row(
    refreshed: Refresh, data_dir: Path, where: str, cell: str
) -> None:
    day, house, cells = survey(1)
    broken = {"Otzma Yehudit": (cell, "") if where == "seats" else ("", cell)}
    with pytest.raises((PipelineError, ElectoralError), match="row 128") as refused:
        refreshed([*MONTH[1:], (day, house, broken | cells)])
    assert cell in str(refused.value)
    assert EditionStore(data_dir / "processed").current() == {}


def test_no_warning_is_swallowed_anywhere(root: Path) -> None:
    """Nothing of ours tells Python or NumPy to ignore a warning, so that `-W error` above means what it says."""
    calls = {"simplefilter", "filterwarnings", "errstate", "seterr"}
    for package in ("electoral", "pipelines", "dashboard"):
        for path in (root / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in calls:
                    assert "ignore" not in ast.unparse(node), f"{path}:{node.lineno}"
