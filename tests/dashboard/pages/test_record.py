"""The record page: what would have been said, against what happened, and nothing where there is no record."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from dashboard.blocks import Missing, Moment, Words, words
from dashboard.i18n import Translator
from dashboard.pages import PAGES
from dashboard.pages.record import autopsy
from dashboard.pages.record.numbers import at, days_of, holds, mean, models, replayed
from dashboard.reader import Reader, campaign_of, record_of
from dashboard.render.text import say
from pipelines.editions.records import SealedChain, SealedLine, SealedScores, Seals
from pipelines.editions.schema import Record, SeatRule
from pipelines.editions.schema.vote import ExitEstimate, ExitPoll, ListEstimate, Vote
from pipelines.editions.store import Edition, EditionStore
from tests.dashboard import editions
from tests.dashboard.conftest import Client, block_of, figure_of, view_of

WON = {"alpha": 50, "beta": 58, "gamma": 12}


def day(as_of: date, median: float = 60.0) -> dict[str, object]:
    return {
        "election": "test-1",
        "as_of": as_of.isoformat(),
        "seats": {"alpha": [45.0, 50.0, 56.0], "beta": [50.0, 56.0, 62.0], "gamma": [7.0, 9.0, 11.0]},
        "p_pass": {"alpha": 1.0, "beta": 1.0, "gamma": 1.0},
        "bloc_seats": [median - 5, median, median + 5],
        "p_majority": 0.42,
    }


def score(model: str, horizon: str, crps: float) -> dict[str, object]:
    numbers = dict.fromkeys(
        ("mae_median", "bloc_abs_err", "cover50", "cover80", "cover95", "brier_pass", "brier_majority"), 0.5
    )
    return {"model": model, "horizon": horizon, "crps": crps, "n": 10, **numbers}


def record() -> dict[str, object]:
    models = {"hemicycle-rolling": 1.3, "hemicycle": 1.2, "last-poll": 1.7, "of-the-future": 0.1}
    miss = {
        "election": "test-1",
        "list": "gamma",
        "seats": 12,
        "median": 9.0,
        "q025": 7.0,
        "q975": 11.0,
        "p_pass": 1.0,
        "share_pct": 9.9,
    }
    return {
        "elections": ["test-1"],
        "rows": [score(model, horizon, crps) for model, crps in models.items() for horizon in ("7", "final")],
        "differences": [
            {"measure": "crps", "baseline": "last-poll", "relative": -0.29, "low": -0.35, "high": -0.23},
            {"measure": "bloc_abs_err", "baseline": "last-poll", "relative": -0.1, "low": -0.3, "high": 0.1},
        ],
        "calibration": {"hemicycle-rolling": [0.12] + [0.1] * 8 + [0.08]},
        "misses": [miss],
        "daily": [day(date(2019, 8, 20) + timedelta(days=n), 58.0 + n) for n in (2, 0, 1)],
        "mean": {"hemicycle": 1.2},
        "by_threshold_pct": {},
        "by_election": {},
    }


@pytest.fixture
def recorded(tmp_path: Path) -> Edition:
    """An edition with a result and a record."""
    content = json.dumps(record()).encode()
    editions.publish(tmp_path / "processed", kind="final", result=WON, record=content)
    return Reader(tmp_path / "processed").edition()


def test_without_a_record_the_page_says_so(client_of: Client, processed: Path) -> None:
    page = client_of(processed).get("/view/record").get_data(as_text=True)
    assert "No published edition carries the record yet" in page
    assert "data-slot" not in page


def test_an_edition_without_a_record_shows_that_of_the_newest(recorded: Edition) -> None:
    processed = recorded.folder.parents[2]
    editions.publish(processed, "test-0", election_date=date(2018, 1, 1), as_of=date(2017, 12, 31))
    older = Reader(processed).edition("test-0")
    assert record_of(older) == record_of(recorded) is not None
    assert campaign_of(older, "test-1").election == "test-1"
    assert campaign_of(older, "nowhere") is None


def test_a_broken_record_is_none(recorded: Edition) -> None:
    broken = editions.publish(recorded.folder.parents[3] / "other", record=b'{"elections": []')
    assert record_of(broken) is None


def test_days_are_in_order_and_the_last_one_is_the_default(recorded: Edition) -> None:
    stored = record_of(recorded)
    assert stored is not None
    days = days_of(stored, "test-1")
    assert [one.as_of.day for one in days] == [20, 21, 22]
    assert at(days, "2019-08-21").as_of.day == 21
    assert at(days, "") == days[-1]
    assert replayed(stored) == ("test-1",)


def test_unknown_methods_are_left_out_and_ours_come_first() -> None:
    assert models(Record.model_validate(record())) == ["hemicycle-rolling", "hemicycle", "last-poll"]


def test_a_model_that_all_elections_teach_alike_is_printed_once_and_stays_in_files(
    tmp_path: Path, client_of: Client
) -> None:
    content, names = record(), ["hemicycle-rolling", "hemicycle", "last-poll"]
    content["rows"] = [score(model, "7", 1.3) for model in names]
    editions.publish(tmp_path, record=json.dumps(content).encode())
    client = client_of(tmp_path)
    assert client.get("/api/v1/test-1/record/scores.json").json["values"]["by_model"].keys() == {*names}
    assert len(client.get("/api/v1/test-1/record/scores.csv").text.strip().splitlines()) == 1 + len(names)
    printed = client.get("/view/record").text.partition("scores-cells")[2].partition("</table>")[0]
    assert printed.count("<tr") == len(names), "a head, and two rows"


def test_a_miss_goes_by_the_names_of_the_record_where_its_campaign_has_no_edition(tmp_path: Path) -> None:
    content = record()
    content["misses"][0]["election"] = "long-ago"
    content["names"] = {"long-ago": {"en": "Long ago"}, "long-ago/gamma": {"en": "Gamma of old"}}
    editions.publish(tmp_path / "processed", kind="final", result=WON, record=json.dumps(content).encode())
    table = block_of(view_of(Reader(tmp_path / "processed").edition(), "/record"), "misses").table
    assert table
    assert [name.texts["en"] for name in table.rows[0][:2]] == ["Long ago", "Gamma of old"]


def test_a_measure_that_judged_nothing_is_missing_and_not_nought() -> None:
    content = record()
    for row in content["rows"]:
        row["brier_majority"] = None if row["horizon"] == "7" or row["model"] == "last-poll" else 0.2
    parsed = Record.model_validate(content)
    assert mean(parsed, "hemicycle", "brier_majority") == 0.2
    assert mean(parsed, "last-poll", "brier_majority") is None


def test_an_end_of_the_interval_is_inside() -> None:
    assert holds((7.0, 9.0, 11.0), 11)
    assert not holds((7.0, 9.0, 11.0), 12)


def test_the_page_says_what_would_have_been_said_and_what_happened(client_of: Client, recorded: Edition) -> None:
    client = client_of(recorded.folder.parents[2])
    page = client.get("/view/record?day=2019-08-21").get_data(as_text=True)
    assert "On 21 Aug 2019 this model would have said: North between " in page
    assert "61 in 42 of 100 simulations. It won 62." in page
    assert "the result of 2 of 3 lists" in page
    assert page.count("data-slot") == page.count("The numbers as a table") / 2 == 4
    assert client.get("/view/record?day=2019-08-21&lang=he").status_code == 200
    assert client.get("/record?day=2019-08-25").status_code == 404


def test_the_figures_hold_the_same_numbers(recorded: Edition, en: Translator) -> None:
    view = view_of(recorded, "/record", day="2019-08-21")
    band, low, high, result = figure_of(view, "path", en)["data"]
    assert (low["y"], high["y"]) == ([53.0, 54.0, 55.0], [63.0, 64.0, 65.0])
    assert band["y"] == [63.0, 64.0, 65.0, 55.0, 54.0, 53.0]
    assert (result["x"], result["y"]) == (["2019-09-17"], [62])
    lists = figure_of(view, "replayed", en)
    assert [(bar["x0"], bar["x1"]) for bar in lists["layout"]["shapes"]] == [(50.0, 62.0), (45.0, 56.0), (7.0, 11.0)]
    assert lists["data"][0]["x"] == [58, 50, 12]
    assert figure_of(view, "calibration", en)["layout"]["shapes"][0]["y0"] == 0.1


def calibrated(**changes: object) -> dict[str, object]:
    size = {"low_seats": 0, "high_seats": 5, "elections": 10, "cells": 80, "lists": 21, "held": 0.99,
            "band_low": 0.83, "band_high": 0.96, "is_inside": None}  # fmt: skip
    chance = {"low": 0.4, "high": 0.6, "said": 0.5, "passed": 0.71, "cells": 40, "lists": 12}
    fit = {"elections": 10, "slope": 1.62, "slope_low": 1.1, "slope_high": 2.4, "intercept": 0.2,
             "intercept_low": -0.3, "intercept_high": 0.6, "recalibrated_slope": 1.2, "log_loss": 0.21,
             "log_loss_recalibrated": 0.2, "is_recalibration_kept": True, "bins": [chance]}  # fmt: skip
    rolling = {"model": "hemicycle-rolling", "measure": "crps", "baseline": "last-poll",
               "relative": -0.1, "low": -0.2, "high": 0.1}  # fmt: skip
    return {
        **record(),
        "size_classes": {
            "hemicycle-rolling": [size, {**size, "low_seats": 11, "high_seats": None, "is_inside": False}]
        },
        "pass_calibration": {"hemicycle-rolling": fit},
        "differences": [rolling, {**rolling, "model": "hemicycle", "relative": -0.29}],
        **changes,
    }


def test_sizes_and_chances_say_on_how_little_they_rest_and_rolling_comes_first(tmp_path: Path, en: Translator) -> None:
    content = json.dumps(calibrated()).encode()
    editions.publish(tmp_path / "processed", kind="final", result=WON, record=content)
    view = view_of(Reader(tmp_path / "processed").edition(), "/record")
    sizes, chances = block_of(view, "sizes"), block_of(view, "chances")
    assert sizes.table
    assert [row[4] for row in sizes.table.rows] == [Missing("too_few"), words("table.no")]
    assert [row[5:] for row in sizes.table.rows] == [(10, 21, 80), (10, 21, 80)]
    assert words("record.sizes_few", n=10) in [part for note in sizes.notes for part in getattr(note, "parts", ())]
    assert isinstance(chances.finding, Words)
    assert say(chances.finding, en).startswith("Over 10 elections the slope is 1.62 (1.10–2.40 in 9 of 10")
    figure = figure_of(view, "chances", en)
    assert figure["layout"]["annotations"][0]["text"] == "12", "distinct lists, not horizons"
    differences = block_of(view, "differences")
    assert differences.table
    assert [row[1] for row in differences.table.rows] == [-10.0]


def test_a_recalibration_that_worsens_is_said_to_be_left(tmp_path: Path, client_of: Client) -> None:
    fits = calibrated()["pass_calibration"]
    assert isinstance(fits, dict)
    worse = {"hemicycle-rolling": {**fits["hemicycle-rolling"], "is_recalibration_kept": False}}
    content = json.dumps(calibrated(pass_calibration=worse)).encode()
    editions.publish(tmp_path / "processed", kind="final", result=WON, record=content)
    assert "is not kept" in client_of(tmp_path / "processed").get("/view/record").get_data(as_text=True)


def scored(crps: float, brier: dict[str, float]) -> SealedScores:
    return SealedScores(crps_seats=crps, log_loss_pass=0.1, brier_majority=brier)


def chain_of(edition: Edition, **changes: Any) -> SealedChain:
    line = SealedLine(
        before="7", days=1, seal=34, edition=edition.id, moment_utc="2019-09-10T00:30:00+00:00", rules=(1,),
        ours=scored(1.2, {"north": 0.04, "south": 0.06}), reference=scored(1.5, {}), skill=0.2,
    )  # fmt: skip
    mean = line.model_copy(update={"before": "mean", "days": 23, "seal": None, "edition": None, "moment_utc": None})
    values = {"election": "test-1", "count": 40, "head": "ab" * 32, "seals": {edition.id: 34}, "lines": (line, mean)}
    return SealedChain(**{**values, **changes})


def keep(edition: Edition, chain: SealedChain) -> None:
    EditionStore(edition.folder.parents[2]).keep("il", Seals(chains=[chain]))


def test_what_was_sealed_is_shown_once_it_is_scored(recorded: Edition) -> None:
    view = view_of(recorded, "/record")
    assert "sealed" not in [part.id for part in PAGES["/record"].blocks(view)]
    keep(recorded, chain_of(recorded))
    table = block_of(view, "sealed").table
    assert table
    week, mean_ = table.rows
    assert week[2:7] == (34, Moment("2019-09-10T00:30:00+00:00", "Asia/Jerusalem"), 1.2, 1.5, 20.0)
    assert week[9:] == (0.05, Missing("none"), "1")
    assert mean_[1] == words("seal.mean", n=23)
    keep(recorded, chain_of(recorded, lines=()))
    assert "sealed" not in [part.id for part in PAGES["/record"].blocks(view)]


@pytest.mark.parametrize(
    ("changes", "label", "order"),
    [
        ({}, "seal.in_time", "Order proven, time not"),
        ({"seals": {}}, "seal.unsealed", "Order proven, time not"),
        ({"made_after_close": True}, "seal.made_after_close", "Order proven, time not"),
        ({"published_number": 30, "published_date": date(2019, 9, 6), "published_where": "Gazette"}, "seal.in_time",
         "time proven up to seal 30, whose hash was published by 6 Sept 2019: Gazette"),
        ({"head": None, "count": 0, "seals": {}, "lines": ()}, "seal.unsealed", "not the one that was written"),
    ],
)  # fmt: skip
def test_an_edition_says_how_it_was_sealed_and_what_that_proves(
    recorded: Edition, client_of: Client, changes: dict[str, Any], label: str, order: str
) -> None:
    if changes.get("made_after_close"):
        changes = {"made_after_close": (recorded.id,)}
    keep(recorded, chain_of(recorded, **changes))
    block = block_of(view_of(recorded, "/data"), "seal")
    assert isinstance(block.finding, Words)
    assert block.finding.key == label
    client = client_of(recorded.folder.parents[2])
    for address in ("/view/data", "/feed.atom"):
        assert order in client.get(address).get_data(as_text=True), address
    head = "ab" * 32 in client.get("/feed.atom").get_data(as_text=True)
    assert head == ("head" not in changes)


def test_a_replayed_edition_is_never_said_to_be_scored(tmp_path: Path) -> None:
    editions.publish(tmp_path / "processed", kind="hindcast")
    block = block_of(view_of(Reader(tmp_path / "processed").edition(), "/data"), "seal")
    assert block.finding == words("seal.replayed")


def test_a_vote_is_told_in_sentences_against_what_was_said(tmp_path: Path, en: Translator) -> None:
    """Gamma won nothing though it was sure to pass; every firm's last poll is held to the result, the best first."""
    result = {"alpha": 57, "beta": 63}
    edition = editions.publish(tmp_path / "processed", result=result)
    view = view_of(edition, "/record")
    block = block_of(view, "autopsy")
    sentences = [say(line[0][0], en) for line in block.notes[0].items]
    assert "Gamma stayed below the threshold; it was to pass in more than 99 of 100 simulations." in sentences
    assert next(line for line in sentences if line.startswith("North: projected")).endswith("simulations.")
    assert "won 57" in "".join(sentences)
    assert block.values.exit_polls_error_seats is None
    channels = [ListEstimate(list=name, mean=mean, low=0, high=99) for name, mean in (("alpha", 55.5), ("beta", 64.5))]
    estimate = ExitEstimate(nights=7, lists=channels, blocs=[], lists_inside=0, lists_judged=0, blocs_inside=0)
    one = ExitPoll(channel="one", names={"en": "One"}, seats={}, is_in_doubt=False)
    doubted = ExitPoll(channel="two", names={"en": "Two"}, seats={}, is_in_doubt=True)  # and so not in the mean
    polls = [one, one.model_copy(update={"version": "later"}), doubted]
    night = Vote(
        election="test-1", basis="", house_size=120, seat_rule=SeatRule(), exit_estimate=estimate, exit_polls=polls
    )
    EditionStore(tmp_path / "processed").keep_vote(night)
    beside = block_of(replace(view, is_told=True), "autopsy")
    assert beside.values.exit_polls_error_seats == 1.5
    assert "The exit poll was 1.5 seats a list off." in say(beside.notes[0].items[3][0][0], en)
    ours = block.values.errors_seats
    assert ours["gamma"] == view.projection.allocation["gamma"]
    assert ours["beta"] == view.projection.allocation["beta"] - 63
    firms = block_of(view, "autopsy-firms")
    errors = [row[2] for row in firms.table.rows]
    assert errors == sorted(errors)
    (newest,) = [poll for poll in edition.polls.polls if poll.fieldwork_end == date(2019, 8, 30)]
    printed = {value.list: value.seats or 0 for value in newest.values}
    named = [name for name in printed | result if printed.get(name) or result.get(name)]
    off = [abs(printed.get(name, 0) - result.get(name, 0)) for name in named]
    assert firms.values.mean_error_seats[newest.pollster] == pytest.approx(sum(off) / len(off))
    by_firm = firms.values.mean_error_seats
    row = firms.table.rows[sorted(by_firm, key=lambda name: (by_firm[name], name)).index(newest.pollster)]
    estimate = [join.items[1].value for join in row[3].items]
    missed = [result.get(name, 0) - printed.get(name, 0) for name in named]
    assert estimate, "the furthest are named"
    assert sorted(map(abs, estimate)) == sorted(map(abs, missed))[-len(estimate) :]
    assert set(estimate) <= set(missed), "won beyond the poll, in the words' own direction"


def test_without_a_result_there_is_nothing_to_tell(edition: Edition) -> None:
    assert autopsy.blocks(view_of(edition, "/record")) == ()
