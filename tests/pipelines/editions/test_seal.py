"""The sealed record: written once, in order, and every change of it found."""

import json
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipelines.editions import seal
from pipelines.editions.objects import Folder
from pipelines.editions.records import Seals
from pipelines.editions.schema import ForecastOdds, ListOdds, Odds
from pipelines.editions.store import EditionStore
from pipelines.nightly.status import keep_seals
from pipelines.refresh import run
from pipelines.request import RefreshRequest

NIGHT = datetime(2019, 9, 10, 3, tzinfo=UTC)
FORECAST = ForecastOdds(
    draws=4, lists=[ListOdds(id="a", draws_by_seats={3: 1, 4: 3}, p_pass=1.0)], p_majority={"x": 0.5}
)


def sealed(raw: Path, number: int = 1, previous: str = seal.FIRST, edition: str = "e") -> Path:
    return raw / seal.seal(
        Folder(raw),
        seal.Seal(
            election="diet-1", number=number, previous=previous, moment_utc=seal.moment_text(NIGHT), when="in_time",
            as_of="2019-09-10", edition=edition, code="c", scoring_rule=seal.SCORING_RULE,
            odds=Odds(ours=FORECAST, reference=FORECAST),
        ),
    )  # fmt: skip


def chain(raw: Path, count: int = 3) -> list[Path]:
    paths = []
    for _ in range(count):
        number, previous = seal.following(Folder(raw), "diet-1")
        paths.append(sealed(raw, number, previous, f"edition-{number}"))
    return paths


def test_each_seal_follows_the_one_before(tmp_path: Path) -> None:
    paths = chain(tmp_path)
    assert [path.name for path in paths] == ["1.json", "2.json", "3.json"]
    verified = seal.verify(Folder(tmp_path), "diet-1")
    assert (verified.count, verified.election) == (3, "diet-1")
    assert [each.edition for each in seal.seals_of(Folder(tmp_path), "diet-1")] == [
        "edition-1",
        "edition-2",
        "edition-3",
    ]
    assert seal.is_sealed(Folder(tmp_path), "diet-1", "edition-2")
    assert not seal.is_sealed(Folder(tmp_path), "diet-1", "edition-9")


def test_ten_seals_are_read_by_their_numbers(tmp_path: Path) -> None:
    chain(tmp_path, 11)
    assert seal.verify(Folder(tmp_path), "diet-1").count == 11


def test_a_seal_is_never_written_over(tmp_path: Path) -> None:
    (path,) = chain(tmp_path, 1)
    before = path.read_bytes()
    with pytest.raises(seal.SealBroken, match="never written over"):
        sealed(tmp_path)
    assert path.read_bytes() == before
    assert sorted(path.parent.iterdir()) == [path], "nothing half-written stays"


@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_changed_odd_is_found(tmp_path: Path, number: int) -> None:
    """The last one has no follower in the chain: its head, published elsewhere, is what tells."""
    paths, head = chain(tmp_path), seal.verify(Folder(tmp_path), "diet-1").head
    path = paths[number - 1]
    path.write_text(path.read_text().replace('"p_pass": 1.0', '"p_pass": 0.9', 1))
    if number < 3:
        with pytest.raises(seal.SealBroken, match=rf"{number + 1}\.json: does not follow"):
            seal.verify(Folder(tmp_path), "diet-1")
    else:
        assert seal.verify(Folder(tmp_path), "diet-1").head != head


@pytest.mark.parametrize("number", [1, 2])
def test_a_seal_taken_out_is_found(tmp_path: Path, number: int) -> None:
    chain(tmp_path)[number - 1].unlink()
    with pytest.raises(seal.SealBroken, match=f"seal {number} is expected here"):
        seal.verify(Folder(tmp_path), "diet-1")


def test_a_seal_that_does_not_read_back_names_its_place(tmp_path: Path) -> None:
    (path,) = chain(tmp_path, 1)
    path.write_text("{}")
    with pytest.raises(seal.SealBroken, match=r"1\.json: election: .*restore it from a backup"):
        seal.verify(Folder(tmp_path), "diet-1")


def refreshed(data_dir: Path, **changes: Any) -> str:
    request = RefreshRequest(data_dir, changes.pop("today", None), changes.pop("as_of", None), 200, 0, **changes)
    (result,) = run("knesset-22", request, lambda _election, _step: None)
    return str(result.edition)


def test_a_real_publication_is_sealed_once_and_a_replay_never(data_dir: Path) -> None:
    raw = data_dir / "raw"
    refreshed(data_dir, today=date(2019, 9, 9))
    refreshed(data_dir, as_of=date(2019, 9, 1), now=lambda: NIGHT)
    assert seal.verify_all(Folder(raw)) == []
    edition = refreshed(data_dir, now=lambda: NIGHT)
    assert refreshed(data_dir, now=lambda: NIGHT) == edition
    (sealed,) = seal.seals_of(Folder(raw), "knesset-22")
    assert (sealed.edition, sealed.when, sealed.moment_utc) == (edition, "in_time", "2019-09-10T03:00:00+00:00")
    stored = EditionStore(data_dir / "processed").open("knesset-22", edition)
    assert sealed.odds == stored.odds
    assert sum(sealed.odds.ours.lists[0].draws_by_seats.values()) == sealed.odds.ours.draws == 200


def test_what_is_made_after_the_vote_is_sealed_as_that(data_dir: Path) -> None:
    refreshed(data_dir, now=lambda: datetime(2019, 9, 18, 3, tzinfo=UTC))
    (sealed,) = seal.seals_of(Folder(data_dir / "raw"), "knesset-22")
    assert sealed.when == "made_after_close"


def test_odds_say_what_the_draws_say(data_dir: Path) -> None:
    edition = EditionStore(data_dir / "processed").open("knesset-22", refreshed(data_dir, today=date(2019, 9, 9)))
    draws = edition.seat_draws
    for one in edition.odds.ours.lists:
        row = draws.row(one.id).tolist()
        assert {seats: row.count(seats) for seats in set(row)} == one.draws_by_seats
    assert edition.odds.reference != edition.odds.ours
    blocs = {bloc.id: bloc.p_majority for bloc in edition.projection.blocs}
    chances = edition.odds.ours.p_majority
    assert blocs.items() <= chances.items()
    for name, chance in chances.items():
        seats = sum(draws.row(one) for one in edition.odds.sets[name] if one in draws.lists)
        assert chance == pytest.approx(float((seats >= edition.odds.majority_seats).mean()), abs=1e-4)


def test_the_command_recomputes_every_chain(tmp_path: Path, command: Any) -> None:
    data = tmp_path / "data"
    os.makedirs(data / "raw")
    paths = chain(data / "raw", 2)
    done = command("pipelines", "seals", "verify", "--json", "--data-dir", data)
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    head = seal.verify(Folder(data / "raw"), "diet-1").head
    row = {"election": "diet-1", "count": 2, "head": head, "published": None, "published_number": 0}
    assert document["elections"] == [row]
    assert document["head"] == seal.head_of(seal.verify_all(Folder(data / "raw")))
    paths[0].unlink()
    done = command("pipelines", "seals", "verify", "--data-dir", data)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert done.stderr.startswith("error: ")


def published(raw: Path, head: str) -> None:
    path = raw / seal.FOLDER / seal.PUBLISHED_FILE
    path.write_text(f"election,head,date,where\ndiet-1,{head},2019-09-11,Gazette of 11 September\n")


def test_a_published_head_proves_all_seals_up_to_it(tmp_path: Path) -> None:
    chain(tmp_path, 2)
    published(tmp_path, seal.verify(Folder(tmp_path), "diet-1").head)
    chain(tmp_path, 1)
    verified = seal.verify(Folder(tmp_path), "diet-1")
    assert (verified.count, verified.published_number) == (3, 2)
    assert verified.published
    assert verified.published.where == "Gazette of 11 September"
    assert [each.election for each in seal.verify_all(Folder(tmp_path))] == ["diet-1"]


def test_a_chain_made_anew_since_its_head_was_published_is_found(tmp_path: Path) -> None:
    """The last seal has no follower: only what was published tells that it was changed."""
    (path,) = chain(tmp_path, 1)
    published(tmp_path, seal.verify(Folder(tmp_path), "diet-1").head)
    path.write_text(path.read_text().replace('"p_pass": 1.0', '"p_pass": 0.9', 1))
    with pytest.raises(seal.SealBroken, match=r"published on 2019-09-11 \(Gazette.*made anew"):
        seal.verify(Folder(tmp_path), "diet-1")


def test_a_line_that_is_no_head_names_its_place(tmp_path: Path) -> None:
    chain(tmp_path, 1)
    published(tmp_path, "abc")
    with pytest.raises(seal.SealBroken, match=r"published\.csv: line 2: head: "):
        seal.verify(Folder(tmp_path), "diet-1")


def test_a_month_of_nights_is_read_and_scored_beside_the_editions(data_dir: Path) -> None:
    """What a withdrawn edition said stays sealed and scored; a chain that was changed says so and holds nothing up."""
    raw, store = data_dir / "raw", EditionStore(data_dir / "processed")
    number, previous = seal.following(Folder(raw), "knesset-22")
    sealed = seal.Seal(
        election="knesset-22", number=number, previous=previous, moment_utc=seal.moment_text(NIGHT), when="in_time",
        as_of="2019-09-10", edition="2019-09-10-gone", code="c", scoring_rule=1,
        odds=Odds(ours=FORECAST, reference=FORECAST),
    )  # fmt: skip
    path = raw / seal.seal(Folder(raw), sealed)
    assert keep_seals(data_dir) == []
    stored = store.record(Seals, "il")
    chain = stored.campaign("knesset-22") if stored else None
    assert chain
    assert (chain.count, chain.seals) == (1, {"2019-09-10-gone": 1})
    assert [(line.before, line.edition) for line in chain.lines] == [
        ("7", "2019-09-10-gone"), ("1", "2019-09-10-gone"), ("mean", None)
    ]  # fmt: skip
    assert chain.lines[-1].days == 7
    path.rename(path.with_name("2.json"))
    (fault,) = keep_seals(data_dir)
    assert "seal 1 is expected here" in fault
    shutil.move(path.parent, path.parent.with_name("knesset-gone"))
    (fault,) = keep_seals(data_dir, ["il"])
    assert "knesset-gone" in fault, "a chain of nobody's is read by every night"
    shutil.move(path.parent.with_name("knesset-gone"), path.parent)
    keep_seals(data_dir)
    stored = store.record(Seals, "il")
    assert stored
    assert [(each.head, each.lines) for each in stored.chains] == [(None, ())]
