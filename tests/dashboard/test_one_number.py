"""One number in every place: whatever a page, table, picture, sentence or file of an edition says of seats is one."""

import json
from copy import copy
from datetime import date
from pathlib import Path

import pytest

from dashboard.i18n import offered, translator
from dashboard.pages import PAGES
from dashboard.reader import Reader
from dashboard.status import counted_otherwise, notices
from pipelines.editions.schema import BridgeRow, Projection
from pipelines.editions.store import Edition
from tests.dashboard import editions, toy
from tests.dashboard.conftest import TODAY, block_of, view_of
from tests.dashboard.one_number import CARRIERS, Carried, blocks_of, claimed, of_past
from tests.dashboard.pages.test_record import record

PAGES_LEAST, SUMS_LEAST = {"controls": 1, "hover": 2, "picture": 2}, 2  # three pages of all other carriers


@pytest.fixture(scope="module", params=[editions, toy], ids=["blocs", "coalitions"])
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """An edition with blocs and polls in seats, and one with coalitions of interest and polls in per cent."""
    folder: Path = tmp_path_factory.mktemp("one")
    request.param.publish(folder)
    stored = Reader(folder).edition()
    stored.projection = with_seats(stored, {})
    return stored


def with_seats(edition: Edition, added: dict[str, int]) -> Projection:
    """The projection with other printed seats, and a bridge that ends in them."""
    allocation = {name: seats + added.get(name, 0) for name, seats in edition.projection.allocation.items()}
    rows = [
        BridgeRow(list=name, bloc=None, shares_seats=float(seats), threshold_and_rounding_seats=0,
                  firms_in_the_field_seats=0, polling_error_seats=0, allocation_seats=0, printed_seats=seats)
        for name, seats in allocation.items()
    ]  # fmt: skip
    return edition.projection.model_copy(update={"allocation": allocation, "bridge": rows})


@pytest.fixture(scope="module")
def carried(edition: Edition) -> list[Carried]:
    languages = edition.reference.electorate.languages
    return list(blocks_of(lambda path: view_of(edition, path, "en", TODAY), languages))


def largest(edition: Edition) -> list[str]:
    """The two largest lists."""
    allocation = edition.projection.allocation
    return sorted(allocation, key=lambda name: -allocation[name])[:2]


@pytest.fixture(scope="module")
def carried_wrong(edition: Edition) -> list[Carried]:
    """The same where two seats have gone from the largest list to the next."""
    first, second = largest(edition)
    wrong = copy(edition)
    wrong.projection = with_seats(edition, {first: -2, second: 2})
    languages = edition.reference.electorate.languages
    return list(blocks_of(lambda path: view_of(wrong, path, "en", TODAY), languages))


def printed(edition: Edition) -> dict[str, int]:
    """The number of every list, bloc and coalition of interest: its lists' in the printed allocation."""
    allocation = edition.projection.allocation
    groups = (*edition.projection.blocs, *edition.coalitions.majorities)
    return {**allocation, **{group.id: sum(allocation.get(name, 0) for name in group.lists) for group in groups}}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_every_carrier_gives_each_quantity_one_value(edition: Edition, carried: list[Carried], carrier: str) -> None:
    right, pages = printed(edition), set()
    for one in carried:
        for reading in CARRIERS[carrier](one):
            where = (one.block.page, one.block.id, one.t.lang, reading)
            assert reading.seats == right.get(reading.of, reading.seats), where
            pages.add(one.block.page)
    assert len(pages) >= PAGES_LEAST.get(carrier, 3), pages


def test_every_column_that_claims_a_sum_adds_up_to_it(edition: Edition, carried: list[Carried]) -> None:
    house, seen = edition.projection.house_size, set()
    for one in carried:
        for column, total, column_sum in claimed(one.block):
            assert column_sum == pytest.approx(total), (one.block.page, one.block.id, column.id)
            assert total == house
            seen.add((one.block.page, one.block.id))
    assert len(seen) >= SUMS_LEAST


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_wrong_number_is_noticed_wherever_it_is_carried(
    edition: Edition, carried_wrong: list[Carried], carrier: str
) -> None:
    """Two seats go from the largest list to the next: every block that says what they have is caught, by language."""
    moved = largest(edition)
    right, changed, caught = printed(edition), set(), set()
    for one in carried_wrong:
        for reading in CARRIERS[carrier](one):
            if reading.of in moved:
                changed.add(where := (one.block.page, one.block.id, one.t.lang))
                caught |= {where} if reading.seats != right[reading.of] else set()
    assert caught == changed
    assert {lang for *_, lang in changed} == set(offered(edition.reference.electorate.languages))


def test_how_it_did_before_is_one_number_on_tonight_and_on_record(tmp_path: Path) -> None:
    """By the record that the edition carries itself; Record shows an older edition the newest one's, Tonight none."""
    held = record()
    held["rows"] = [{**row, "cover80": 0.85 if row["horizon"] == "final" else 0.4} for row in held["rows"]]
    editions.publish(tmp_path, record=json.dumps(held).encode())
    editions.publish(tmp_path, "test-0", election_date=date(2018, 1, 1), as_of=date(2017, 12, 31))
    for election, on_tonight in (("test-1", [["1", "80", "85", "100"]]), ("test-0", [])):
        edition = Reader(tmp_path).edition(election)
        for lang in offered(edition.reference.electorate.languages):
            tonight, past = (
                of_past(Carried(view, block_of(view, "headline"), translator(lang)))
                for view in (view_of(edition, path, lang, TODAY) for path in ("/", "/record"))
            )
            assert (tonight, past) == (on_tonight, [["1", "80", "85", "100"]])


def test_a_list_moved_to_another_bloc_is_counted_there_on_every_page(tmp_path: Path) -> None:
    """Values, tables, pictures and words of all pages say the bloc's seats with it, and links between pages keep it."""
    editions.publish(tmp_path)
    edition = Reader(tmp_path).edition()
    own = {bloc.id: bloc.lists for bloc in edition.projection.blocs}
    also = {"/trends": {"of": "blocs"}}
    views = {path: view_of(edition, path, "en", TODAY, move="gamma.south", **also.get(path, {})) for path in PAGES}
    counted = views["/"].edition
    assert {bloc.id: set(bloc.lists) for bloc in counted.projection.blocs} == {
        "north": set(own["north"]) - {"gamma"},
        "south": set(own["south"]) | {"gamma"},
    }
    assert counted.projection.allocation == edition.projection.allocation
    right, pages = printed(counted), set()
    for one in blocks_of(views.__getitem__, ("en",)):
        for carrier in ("values", "page", "picture", "words"):
            for reading in CARRIERS[carrier](one):
                assert reading.seats == right.get(reading.of, reading.seats), (one.block.page, one.block.id, reading)
                pages |= {one.block.page} if reading.of in own else set()
    assert {"tonight", "coalitions", "trends", "what_if"} <= pages
    odds = block_of(views["/threshold"], "odds").values
    assert odds.p_majority == next(bloc.p_majority for bloc in counted.projection.blocs if bloc.id == odds.bloc)
    for path, view in views.items():
        assert "move=gamma.south" in view.href("/coalitions"), path
        (notice,) = counted_otherwise(view)
        assert notice in [text for _, text in notices(view)], path
