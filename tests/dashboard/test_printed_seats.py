"""One number in every place: lists add up to the house, a bloc is the sum of its lists, and nothing is a median."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from dashboard import readings
from dashboard.address import READING
from dashboard.blocks import Block, Interval, Name
from dashboard.i18n import Translator, languages
from dashboard.pages import PAGES
from dashboard.pages.coalitions.numbers import HouseValues
from dashboard.pages.tonight.numbers import BlocsValues, SeatsValues
from dashboard.pages.what_if.numbers import ChangeValues
from dashboard.reader import Reader
from dashboard.render.sheet import lines
from dashboard.seats import seats_of
from dashboard.serve.app import create_app
from pipelines.editions.schema import Projection
from pipelines.editions.store import Edition
from tests.dashboard import editions, toy
from tests.dashboard.conftest import TODAY, block_of, figure_of, view_of

STATES: dict[str, list[dict[str, str]]] = {
    "test-1": [{"reading": "without.firm"}, {"gov": "alpha,gamma", "support": "delta"}, {"bloc": "south"}],
    toy.ELECTION: [{"gov": "list-01,list-02"}, {"merge": "list-01,list-02"}, {"bloc": "even"}],
}
PAST = "record"  # what would have been said in the past: statistics of draws, and called so
LISTS_COLUMNS = ("seats", "before_seats", "after_seats")


@pytest.fixture(scope="module", params=[editions, toy], ids=["blocs", "coalitions"])
def processed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An edition with blocs and polls in seats, and one with coalitions of interest and polls in per cent."""
    folder = tmp_path_factory.mktemp("printed")
    request.param.publish(folder)
    return folder


@pytest.fixture
def edition(processed: Path) -> Edition:
    return Reader(processed).edition()


def blocks(edition: Edition, today: date = TODAY) -> Iterator[Block]:
    """Every block of every page, in its plain state and in those of STATES that the page has."""
    for path, page in PAGES.items():
        states = [{}, *(state for state in STATES[edition.election] if state.keys() <= page.parameters(edition).keys())]
        for state in states:
            yield from (part for part in page.blocks(view_of(edition, path, "en", today, **state)) if is_block(part))  # type: ignore[misc]


def is_block(part: object) -> bool:
    return isinstance(part, Block)


def fields(value: object) -> Iterator[str]:
    """The names of a value's fields, at any depth."""
    if isinstance(value, dict):
        for name, inside in value.items():
            yield str(name)
            yield from fields(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from fields(inside)


def test_no_value_and_no_column_is_a_median(edition: Edition, en: Translator) -> None:
    seen = 0
    for block in blocks(edition):
        names = list(fields(json.loads(block.values.model_dump_json())))
        names += lines(block.table, en, with_labels=False).head if block.table else ()
        scores = {"mae_median", "rmse_median"}  # of a method over many elections, and no seats of a list
        assert not [name for name in names if "median" in name and name not in scores], (block.page, block.id)
        seen += 1
    assert seen > 30


def test_no_word_speaks_of_medians_but_those_of_the_past() -> None:
    keys = {
        key
        for language in languages().values()
        for key, text in language.texts.items()
        if any(word in str(text).lower() for word in ("median", "חציון"))
    }
    assert keys == {"record.measure_mae_median"}


def test_wherever_all_lists_stand_their_seats_add_up_to_the_house(edition: Edition) -> None:
    house, lists, tables = edition.projection.house_size, {item.id for item in edition.projection.lists}, 0
    for block in blocks(edition):
        if block.table is None or block.page == PAST or (block.parameters == (READING,) and is_reading(block)):
            continue
        for at, column in enumerate(block.table.columns):
            rows = {row[0].id: number(row[at]) for row in block.table.rows if isinstance(row[0], Name)}
            stand = set("+".join(rows).split("+"))
            if column.id in LISTS_COLUMNS and stand == lists:
                assert sum(rows.values()) == house, (block.page, block.id, column.id)
                tables += 1
    assert tables >= 6


def is_reading(block: Block) -> bool:
    return block.table is not None and any(column.id == "expected_seats" for column in block.table.columns)


def number(cell: object) -> float:
    """A cell of seats: its number beside an interval; nothing where a list does not stand."""
    middle = cell.middle if isinstance(cell, Interval) else cell
    return float(middle) if isinstance(middle, int | float) else 0.0


def test_the_values_say_the_same_and_a_bloc_is_the_sum_of_its_lists(edition: Edition) -> None:
    projection, kinds = edition.projection, set()
    for block in blocks(edition):
        kinds.add(type(block.values))
        match block.values:
            case SeatsValues(lists=rows) if not is_reading(block):
                assert {row.name.id: row.seats for row in rows} == projection.allocation
            case BlocsValues(blocs=rows) if not is_reading(block):
                assert [row.seats for row in rows] == [sum_of(projection, row.lists) for row in rows]
            case HouseValues(names=names, seats=seats):
                assert dict(zip([name.id for name in names], seats, strict=True)) == projection.allocation
            case ChangeValues(rows=rows):
                for sides in ([row.before for row in rows], [row.after for row in rows]):
                    assert sum(side.seats for side in sides if side) == projection.house_size
    assert {SeatsValues, BlocsValues, HouseValues, ChangeValues} <= kinds


def sum_of(projection: Projection, lists: tuple[str, ...]) -> int:
    return sum(projection.allocation[name] for name in lists)


def test_dots_bars_and_files_have_the_printed_seats(processed: Path, edition: Edition, en: Translator) -> None:
    view = view_of(edition)
    dots = next(trace for trace in figure_of(view, "seats", en)["data"] if trace["name"] == "seats")
    assert dots["x"] == [edition.projection.allocation[name] for name in view.order.ids]
    client = create_app(Reader(processed), lambda: TODAY).server.test_client()
    answer = client.get(f"/download/projection.csv?election={edition.election}").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(answer.lstrip("\ufeff"))))
    assert {row["list"]: int(row["seats"]) for row in rows} == edition.projection.allocation
    assert not [name for name in rows[0] if "median" in name]


def test_another_reading_has_expected_seats_which_add_up_too(tmp_path: Path, en: Translator) -> None:
    editions.publish(tmp_path)
    view = readings.read(view_of(Reader(tmp_path).edition(), reading="without.firm"))
    lists = sum(seats_of(view.projection, [item.id]) for item in view.projection.lists)
    assert lists == pytest.approx(view.projection.house_size)
    for bloc in view.projection.blocs:
        assert seats_of(view.projection, bloc.lists) == pytest.approx(bloc.seats.mean)
    block = block_of(view_of(view.edition, reading="without.firm"), "seats")
    assert block.table is not None
    assert "expected_seats" in [column.id for column in block.table.columns]
    assert f"{en.number(block.values.lists[0].seats, 1)}</b>" in str(block.drawn(en))  # type: ignore[attr-defined]


def test_an_edition_with_another_allocation_shows_its_own(edition: Edition) -> None:
    """Editions of older formats hold a central allocation, which adds up as well: it is shown as it is."""
    first, second, *_ = edition.projection.allocation
    moved = dict(edition.projection.allocation)
    moved[first], moved[second] = moved[first] + 3, moved[second] - 3
    edition.projection = edition.projection.model_copy(update={"allocation": moved})
    values = block_of(view_of(edition), "seats").values
    assert {row.name.id: row.seats for row in values.lists} == moved  # type: ignore[attr-defined]
