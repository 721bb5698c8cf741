"""One number in every place: whatever a page, table, picture, sentence or file of an edition says of seats is one."""

from pathlib import Path

import pytest

from dashboard.i18n import translator
from dashboard.pages import PAGES
from dashboard.pages.trends import numbers
from dashboard.reader import Reader
from dashboard.seats import seats_of
from dashboard.status import counted_otherwise, notices
from pipelines.editions.schema import BridgeRow
from pipelines.editions.store import Edition
from tests.dashboard import editions, toy
from tests.dashboard.conftest import TODAY, block_of, view_of
from tests.dashboard.one_number import CARRIERS, Carried, blocks_of, claimed

PAGES_LEAST, SUMS_LEAST = 3, 2


@pytest.fixture(scope="module", params=[editions, toy], ids=["blocs", "coalitions"])
def edition(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """An edition with blocs and polls in seats, and one with coalitions of interest and polls in per cent."""
    folder: Path = tmp_path_factory.mktemp("one")
    request.param.publish(folder)
    found = Reader(folder).edition()
    rows = [
        BridgeRow(list=name, bloc=None, shares_seats=float(seats), threshold_and_rounding_seats=0,
                  firms_in_the_field_seats=0, polling_error_seats=0, allocation_seats=0, printed_seats=seats)
        for name, seats in found.projection.allocation.items()
    ]  # fmt: skip
    found.projection = found.projection.model_copy(update={"bridge": rows})
    return found


@pytest.fixture(scope="module")
def carried(edition: Edition) -> list[Carried]:
    languages = edition.reference.electorate.languages
    return list(blocks_of(lambda path: view_of(edition, path, "en", TODAY), languages))


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
    is_drawn_apart = carrier == "picture" and not edition.projection.blocs  # a bar's name and number are two texts
    assert len(pages) >= (0 if is_drawn_apart else PAGES_LEAST), pages


def test_every_column_that_claims_a_sum_adds_up_to_it(edition: Edition, carried: list[Carried]) -> None:
    house, seen = edition.projection.house_size, set()
    for one in carried:
        for column, total, found in claimed(one.block):
            assert found == pytest.approx(total), (one.block.page, one.block.id, column.id)
            assert total == house
            seen.add((one.block.page, one.block.id))
    assert len(seen) >= SUMS_LEAST


def test_a_page_that_counts_by_itself_is_caught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two seats more than printed, on one page alone, are seen in its values, its table, its picture and its words."""
    editions.publish(tmp_path)
    found = Reader(tmp_path).edition()
    monkeypatch.setattr(numbers, "seats_of", lambda projection, lists: seats_of(projection, lists) + 2)
    view = view_of(found, "/trends", "en", TODAY)
    one = Carried(view, block_of(view, "trend"), translator("en"))
    for carrier in ("values", "page", "picture", "words"):
        assert any(reading.seats != printed(found)[reading.of] for reading in CARRIERS[carrier](one)), carrier


def test_a_list_moved_to_another_bloc_is_counted_there_on_every_page(tmp_path: Path) -> None:
    """Values, tables, pictures and words of all pages say the bloc's seats with it, and links between pages keep it."""
    editions.publish(tmp_path)
    found = Reader(tmp_path).edition()
    own = {bloc.id: bloc.lists for bloc in found.projection.blocs}
    also = {"/trends": {"of": "blocs"}}
    views = {path: view_of(found, path, "en", TODAY, move="gamma.south", **also.get(path, {})) for path in PAGES}
    counted = views["/"].edition
    assert {bloc.id: set(bloc.lists) for bloc in counted.projection.blocs} == {
        "north": set(own["north"]) - {"gamma"},
        "south": set(own["south"]) | {"gamma"},
    }
    assert counted.projection.allocation == found.projection.allocation
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
        (said,) = counted_otherwise(view)
        assert said in [text for _, text in notices(view)], path
