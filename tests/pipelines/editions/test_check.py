"""What an edition must be before it is published: each contradiction is found."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from pydantic import ValidationError

from electoral.draws import SeatDraws, ShareDraws
from pipelines.editions.edition import UNITS, Edition, check, draws_table, on_grid, share_units
from pipelines.editions.objects import Folder
from pipelines.editions.schema import Summary
from pipelines.editions.store import EditionStore
from pipelines.errors import EditionUnsound
from pipelines.refresh import run
from pipelines.request import RefreshRequest

PARTS = ("projection", "polls", "trend", "coalitions", "reference", "manifest", "seat_draws", "share_draws")


@pytest.fixture(scope="module")
def edition(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    folder = tmp_path_factory.mktemp("check")
    (folder / "raw").symlink_to(root / "data" / "raw")
    list(run("knesset-22", RefreshRequest(folder, date(2019, 9, 10), None, 500, 0), lambda _campaign, _step: None))
    return EditionStore(folder / "processed").open("knesset-22")


def but(edition: Edition, **parts: Any) -> Edition:
    """The edition, some of it put wrong."""
    sound = {name: getattr(edition, name) for name in PARTS}
    names = {"id": edition.id, "election": edition.election, "damage": lambda: None}
    return cast(Edition, SimpleNamespace(**names, **(sound | parts)))


def projection(edition: Edition, **changes: Any) -> Any:
    return edition.projection.model_copy(update=changes)


def first(edition: Edition, **changes: Any) -> Any:
    """The projection with its first list saying something else."""
    row, *rest = edition.projection.lists
    return projection(edition, lists=[row.model_copy(update=changes), *rest])


def test_a_real_edition_is_sound(edition: Edition) -> None:
    check(edition)
    check(but(edition))


def wrong_draws(edition: Edition) -> Edition:
    seats = edition.seat_draws.seats.copy()
    seats[0, 7] += 1
    return but(edition, seat_draws=SeatDraws(edition.seat_draws.lists, seats, seats > 0))


def fewer_shares(edition: Edition) -> Edition:
    return but(edition, share_draws=ShareDraws(edition.share_draws.lists, edition.share_draws.shares[:, 1:]))


def unnamed(edition: Edition, language: str) -> Edition:
    row, *rest = edition.reference.lists
    lists = [row.model_copy(update={"names": {**row.names, language: " "}}), *rest]
    return but(edition, reference=edition.reference.model_copy(update={"lists": lists}))


def stranger(edition: Edition) -> Edition:
    pollsters = edition.reference.pollsters[1:]
    return but(edition, reference=edition.reference.model_copy(update={"pollsters": pollsters}))


WRONG = {
    "a draw that does not fill the house": (wrong_draws, "draw 7 adds up to 121, not 120"),
    "seats and shares apart": (fewer_shares, "not the same draws"),
    "an allocation of 119": (
        lambda found: but(found, projection=projection(found, allocation={"likud": 119})),
        "allocation adds up to 119",
    ),
    "a chance of its own": (lambda found: but(found, projection=first(found, p_pass=0.123)), "chances of"),
    "seats of their own": (
        lambda found: but(found, projection=first(found, seats=Summary(**dict.fromkeys(Summary.model_fields, 1.0)))),
        "the seats of",
    ),
    "a list too few": (
        lambda found: but(found, projection=projection(found, lists=found.projection.lists[1:])),
        "not those of the draws",
    ),
    "another day than its manifest": (
        lambda found: but(found, projection=projection(found, as_of=date(2019, 9, 9))),
        "not what its manifest says",
    ),
    "a list without a Hebrew name": (lambda found: unnamed(found, "he"), "no name in one of the languages"),
    "a list without an English name": (lambda found: unnamed(found, "en"), "no name in one of the languages"),
    "a pollster nobody names": (stranger, "pollster"),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_contradiction_is_found(case: str, edition: Edition) -> None:
    spoil, reason = WRONG[case]
    with pytest.raises(EditionUnsound, match=reason):
        check(spoil(edition))


def test_a_file_that_was_changed_on_the_disk_is_found(edition: Edition, tmp_path: Path) -> None:
    copy = tmp_path / edition.election / edition.id
    copy.mkdir(parents=True)
    for path in edition.folder.iterdir():
        (copy / path.name).write_bytes(path.read_bytes())
    check(Edition(Folder(tmp_path), f"{edition.election}/{edition.id}"))
    content = bytearray((copy / "seats.parquet").read_bytes())
    content[len(content) // 2] ^= 1
    (copy / "seats.parquet").write_bytes(content)
    with pytest.raises(EditionUnsound, match=r"seats\.parquet: not the bytes"):
        check(Edition(Folder(tmp_path), f"{edition.election}/{edition.id}"))


def test_no_value_of_an_edition_holds_a_number_that_is_none() -> None:
    with pytest.raises(ValidationError):
        Summary(**(dict.fromkeys(Summary.model_fields, 1.0) | {"mean": float("nan")}))


def test_stored_shares_are_the_shares_the_seats_came_from(edition: Edition) -> None:
    shares = edition.share_draws.shares
    assert (shares * UNITS == np.round(shares * UNITS)).all()
    assert (
        draws_table(edition.share_draws.lists, share_units(edition.share_draws))
        == (edition.folder / "shares.parquet").read_bytes()
    )


def test_rounding_down_keeps_every_share_within_a_unit_and_every_sum_within_one() -> None:
    rng = np.random.default_rng(0)
    draws = ShareDraws(("a", "b", "c"), rng.dirichlet([1, 1, 1], 1000).T)
    rounded = on_grid(draws)
    assert ((draws.shares - rounded.shares >= 0) & (draws.shares - rounded.shares < 1 / UNITS)).all()
    assert (rounded.shares.sum(axis=0) <= 1).all()
    assert share_units(rounded).dtype == np.uint16
