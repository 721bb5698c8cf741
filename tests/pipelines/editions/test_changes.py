"""What is different from one edition to the next."""

from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from pipelines.assemble.trend import movement_parts
from pipelines.editions.changes import LEVELS_PCT, changes
from pipelines.editions.edition import Edition
from pipelines.editions.records import Changes
from pipelines.editions.store import EditionStore
from pipelines.electorate.folder import load
from pipelines.refresh import run
from pipelines.request import RefreshRequest

DAYS = (date(2019, 9, 1), date(2019, 9, 10))


@pytest.fixture(scope="module")
def store(root: Path, tmp_path_factory: pytest.TempPathFactory) -> EditionStore:
    folder = tmp_path_factory.mktemp("changes")
    (folder / "raw").symlink_to(root / "data" / "raw")
    for day in DAYS:
        list(run("knesset-22", RefreshRequest(folder, day, None, 500, 0), lambda _campaign, _step: None))
    return EditionStore(folder / "processed")


@pytest.fixture(scope="module")
def pair(store: EditionStore) -> tuple[Edition, Edition]:
    before, after = store.all("knesset-22")
    return before, after


def changed(edition: Edition, **parts: Any) -> Edition:
    """An edition some of whose documents are others."""
    documents = {name: getattr(edition, name) for name in ("projection", "polls", "manifest")}
    return cast(Edition, SimpleNamespace(id=edition.id, election=edition.election, **(documents | parts)))


def with_row(edition: Edition, name: str, **values: Any) -> Edition:
    """An edition whose projection says something else of one list."""
    rows = [row.model_copy(update=values) if row.id == name else row for row in edition.projection.lists]
    return changed(edition, projection=edition.projection.model_copy(update={"lists": rows}))


def test_refresh_keeps_them_beside_the_editions_and_the_first_has_none(
    store: EditionStore, pair: Any, root: Path
) -> None:
    before, after = pair
    parts = movement_parts(before, after, load(root / "data" / "raw").campaign("knesset-22"))
    assert store.changes("knesset-22", before.id) is None
    assert store.changes("knesset-22", after.id) == changes(before, after, parts)
    for row in changes(before, after, parts).lists:
        if row.parts is not None and row.trend_seats_before is not None and row.trend_seats_after is not None:
            assert sum(row.parts.values()) == pytest.approx(row.trend_seats_after - row.trend_seats_before, abs=1e-8)
    path = store.objects.root / "changes" / "knesset-22" / f"{before.id}..{after.id}.json"
    assert Changes.model_validate_json(path.read_bytes()) == changes(before, after, parts)


def test_the_polls_of_the_days_between_are_added(pair: tuple[Edition, Edition]) -> None:
    before, after = pair
    moves = changes(before, after)
    assert moves.polls
    assert {poll.change for poll in moves.polls} == {"added"}
    known_from = {poll.poll: poll.known_from for poll in after.polls.polls}
    assert all(DAYS[0] < known_from[poll.poll] <= DAYS[1] for poll in moves.polls)
    assert len(moves.polls) == len(after.polls.polls) - len(before.polls.polls)


def test_every_list_and_bloc_moves_from_what_one_edition_says_to_what_the_other_says(pair: Any) -> None:
    before, after = pair
    moves = changes(before, after)
    old = {row.id: row for row in before.projection.lists}
    for row, moved in zip(after.projection.lists, moves.lists, strict=True):
        printed = after.projection.allocation[row.id]
        assert (moved.id, moved.trend_seats_after, moved.seats_after) == (row.id, row.trend_seats, printed)
        assert (moved.trend_seats_before, moved.p_pass_before) == (old[row.id].trend_seats, old[row.id].p_pass)
        assert moved.parts is None
    assert [bloc.id for bloc in moves.blocs] == [bloc.id for bloc in after.projection.blocs]
    seats = {moved.id: moved.seats_after for moved in moves.lists}
    for bloc, of_bloc in zip(after.projection.blocs, moves.blocs, strict=True):
        assert of_bloc.seats_after == sum(seats[name] or 0 for name in bloc.lists), "what a reader can add adds up"
    assert (moves.basis, moves.is_comparable, moves.is_method_changed) == ("election-day", True, False)


def test_an_edition_against_itself_is_no_change(pair: Any) -> None:
    moves = changes(pair[0], pair[0])
    assert not moves.polls
    assert not moves.crossings
    assert all(row.seats_before == row.seats_after for row in moves.lists)
    assert moves.leader_before == moves.leader_after


def test_a_corrected_and_a_withdrawn_poll(pair: Any) -> None:
    after = pair[1]
    *others, corrected, withdrawn = after.polls.polls
    first, *rest = corrected.values
    was = corrected.model_copy(update={"values": [first.model_copy(update={"seats": 1.0}), *rest]})
    cited = others[0].model_copy(update={"revision": 7, "source": "another page"})
    old = after.polls.model_copy(update={"polls": [cited, *others[1:], was, withdrawn]})
    new = after.polls.model_copy(update={"polls": [*others, corrected]})
    polls = changes(changed(after, polls=old), changed(after, polls=new)).polls
    assert [(poll.poll, poll.change) for poll in polls] == [
        (corrected.poll, "corrected"),
        (withdrawn.poll, "withdrawn"),
    ], "another citation or revision number alone is no correction"
    assert [(value.list, value.before, value.after) for value in polls[0].values] == [(first.list, 1.0, first.seats)]


@pytest.mark.parametrize("level", LEVELS_PCT)
@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [(-0.01, 0.01, "up"), (0.01, -0.01, "down"), (-0.01, 0.0, "up"), (0.0, -0.01, "down"), (0.0, 0.01, None)],
)
def test_a_chance_crosses_a_level_and_to_reach_it_is_to_cross_it(
    pair: Any, level: int, before: float, after: float, direction: str | None
) -> None:
    name = pair[1].projection.lists[0].id
    old = with_row(pair[1], name, p_pass=level / 100 + before)
    new = with_row(pair[1], name, p_pass=level / 100 + after)
    crossings = [(row.what, row.id, row.level_pct, row.direction) for row in changes(old, new).crossings]
    assert crossings == ([("list-passes", name, level, direction)] if direction else [])


def test_a_leap_crosses_every_level_on_its_way(pair: Any) -> None:
    name = pair[1].projection.lists[0].id
    crossings = changes(with_row(pair[1], name, p_largest=0.05), with_row(pair[1], name, p_largest=0.95)).crossings
    assert [row.level_pct for row in crossings] == list(LEVELS_PCT)


def test_against_a_nowcast_seats_chances_and_who_leads_are_left_out(pair: Any) -> None:
    before, after = pair
    rows = [row.model_copy(update={"seats": None}) for row in before.projection.lists]
    old = changed(before, projection=before.projection.model_copy(update={"lists": rows}))
    moves = changes(old, after)
    assert (moves.basis, moves.is_comparable) == ("nowcast", False)
    assert not moves.blocs
    assert not moves.crossings
    assert (moves.lists[0].seats_after, moves.lists[0].p_pass_after) == (None, None)
    assert (moves.leader_before, moves.leader_after) == (None, None)


def test_a_list_that_came_and_one_that_went(pair: Any) -> None:
    before, after = pair
    old = changed(before, projection=before.projection.model_copy(update={"lists": before.projection.lists[1:]}))
    new = changed(after, projection=after.projection.model_copy(update={"lists": after.projection.lists[:-1]}))
    moved = {row.id: row for row in changes(old, new).lists}
    assert moved[before.projection.lists[0].id].seats_before is None
    assert moved[after.projection.lists[-1].id].seats_after is None


def test_other_code_is_said(pair: Any) -> None:
    other = changed(pair[1], manifest=pair[1].manifest.model_copy(update={"code": "x"}))
    assert changes(pair[0], other).is_method_changed
