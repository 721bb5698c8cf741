"""A month of nights sealed, then a result: what was in force is scored as it was said, and nothing else is."""

import math
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pipelines.editions import seal
from pipelines.editions.objects import Folder
from pipelines.editions.records import SealedLine
from pipelines.editions.schema import ForecastOdds, ListOdds, Odds
from pipelines.hindcast.scores import seal_scores, sealed_lines

VOTE, ZONE = date(2030, 10, 1), ZoneInfo("Asia/Jerusalem")
WON = {"a": 6, "b": 4}


def forecast(seats: int, chance: float = 0.9) -> ForecastOdds:
    """A house of ten: list a at some seats in every draw, b at the others, c at none and sure to fail."""
    drawn = (("a", seats, chance), ("b", 10 - seats, 1.0), ("c", 0, 0.0))
    lists = [ListOdds(id=name, draws_by_seats={held: 4}, p_pass=p) for name, held, p in drawn]
    return ForecastOdds(draws=4, lists=lists, p_majority={"left": 0.8, "unsaid": 0.5})


def night(raw: Path, moment: datetime, seats: int, when: seal.When = "in_time", rule: int = 1) -> seal.Seal:
    number, previous = seal.following(Folder(raw), "diet-1")
    odds = Odds(ours=forecast(seats), reference=forecast(2, 0.5), sets={"left": ["a", "c"]}, majority_seats=6)
    sealed = seal.Seal(
        election="diet-1", number=number, previous=previous, moment_utc=seal.moment_text(moment), when=when,
        as_of=moment.date().isoformat(), edition=f"{moment.date()}-{number}", code="c", scoring_rule=rule, odds=odds,
    )  # fmt: skip
    seal.seal(Folder(raw), sealed)
    return sealed


def month(raw: Path) -> list[seal.Seal]:
    """Forty nights at three o'clock, list a at four seats until a week before the vote and at five after."""
    nights = (VOTE - timedelta(days=ahead) for ahead in range(40, 0, -1))
    for day in nights:
        moment = datetime(day.year, day.month, day.day, 3, tzinfo=ZONE).astimezone(UTC)
        night(raw, moment, 4 if (VOTE - day).days > 7 else 5)
    return list(seal.seals_of(Folder(raw), "diet-1"))


def lines_of(seals: Sequence[seal.Seal]) -> dict[str, SealedLine]:
    return {line.before: line for line in sealed_lines(seals, WON, VOTE, ZONE)}


def test_the_line_of_each_horizon_is_the_last_one_of_its_day(tmp_path: Path) -> None:
    lines = lines_of(month(tmp_path))
    assert list(lines) == ["30", "14", "7", "1", "mean"]
    assert [lines[name].seal for name in ("30", "14", "7", "1")] == [11, 27, 34, 40]
    # a and b off by two and one seat; c, at none, is right
    assert [lines[name].ours.crps_seats for name in ("30", "7")] == pytest.approx([4 / 3, 2 / 3])
    assert lines["mean"].days == 30
    assert lines["mean"].ours.crps_seats == pytest.approx((23 * 4 / 3 + 7 * 2 / 3) / 30)
    assert lines["30"].reference.crps_seats == pytest.approx(8 / 3)
    assert lines["30"].skill == pytest.approx(0.5)
    assert lines["mean"].rules == (1,)


def test_chances_are_scored_by_what_was_sealed(tmp_path: Path) -> None:
    (line, *_) = sealed_lines(month(tmp_path), WON, VOTE, ZONE)
    assert line.ours.log_loss_pass == pytest.approx(-math.log(0.9) / 3)
    assert line.ours.brier_majority == {"left": pytest.approx(0.04)}, "a set without its lists says nothing"


def test_a_night_that_was_missed_is_left_out_of_the_mean(tmp_path: Path) -> None:
    day = VOTE - timedelta(days=5)
    night(tmp_path, datetime(day.year, day.month, day.day, 3, tzinfo=UTC), 5)
    lines = lines_of(list(seal.seals_of(Folder(tmp_path), "diet-1")))
    assert list(lines) == ["1", "mean"]
    assert lines["mean"].days == 5


def test_nothing_made_after_the_close_is_scored(tmp_path: Path) -> None:
    before = month(tmp_path)
    expected = lines_of(before)
    night(tmp_path, datetime(2030, 10, 2, 3, tzinfo=UTC), 6, "made_after_close")
    assert lines_of(list(seal.seals_of(Folder(tmp_path), "diet-1"))) == expected
    alone = before[0].model_copy(update={"when": "made_after_close"})
    assert sealed_lines([alone], WON, VOTE, ZONE) == (), "what says so itself is believed over its clock"


def test_a_clock_that_was_put_back_makes_nothing_older_than_what_it_follows(tmp_path: Path) -> None:
    month(tmp_path)
    night(tmp_path, datetime(2030, 10, 3, 3, tzinfo=UTC), 5)
    night(tmp_path, datetime(2030, 9, 30, 12, tzinfo=UTC), 6)
    assert lines_of(list(seal.seals_of(Folder(tmp_path), "diet-1")))["1"].seal == 40


@pytest.mark.parametrize(("minute", "number"), [(59, 2), (60, 1)])
def test_a_line_of_one_minute_before_midnight_is_in_force_that_day(tmp_path: Path, minute: int, number: int) -> None:
    night(tmp_path, datetime(2030, 9, 30, 3, tzinfo=ZONE), 4)
    late = datetime(2030, 9, 30, 23, tzinfo=ZONE) + timedelta(minutes=minute)
    night(tmp_path, late, 5)
    assert lines_of(list(seal.seals_of(Folder(tmp_path), "diet-1")))["1"].seal == number


def test_lists_that_were_put_together_anew_score_nothing_else(tmp_path: Path) -> None:
    """A list that won and was not in the odds counts as drawn at none, and as sure not to pass."""
    (one,) = [month(tmp_path)[-1]]
    ours, _ = seal_scores(one, {"a": 5, "b": 4, "new": 1})
    assert ours.crps_seats == pytest.approx((0 + 1 + 0 + 1) / 4)
    assert ours.log_loss_pass > 1


def test_a_seal_is_scored_by_the_rule_it_names(tmp_path: Path) -> None:
    sealed = night(tmp_path, datetime(2030, 9, 30, 3, tzinfo=UTC), 5, rule=99)
    with pytest.raises(seal.SealBroken, match="scored by rule 99"):
        seal_scores(sealed, WON)
