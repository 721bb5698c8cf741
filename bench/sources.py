"""Pages into grids beside BeautifulSoup, and the ledger at ten thousand polls: `python -m bench.sources`.

The real polling page is read where somebody has it; else a page of our own of the same size and structure. Seconds are
of processor.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import bs4

from bench.core import Figure, interleaved, save, table
from electoral.polls import Poll
from pipelines.assemble.trend import polls
from pipelines.commands.cli import app
from pipelines.editions.schema import Manifest
from pipelines.editions.store import EditionStore, to_json
from pipelines.electorate.settings import read_sources
from pipelines.ingest.archive import open_reference
from pipelines.ingest.checks import check
from pipelines.ingest.imports import import_file
from pipelines.ingest.normalise import NameIndex, NormalisedPoll, normalise
from pipelines.ingest.run import rebuild
from pipelines.ingest.store import Ledger
from pipelines.sources.reading import Scope
from pipelines.sources.wikipedia.parse import parse, read_page, tables_of

if TYPE_CHECKING:
    from pipelines.assemble.projection import Night

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results" / "sources.json"
ELECTION, TODAY = "knesset-26", date(2026, 10, 20)
SETTINGS = read_sources(ROOT / "data/raw/electorates/il")["wikipedia"]
SCOPE = Scope(ELECTION, "Wikipedia", date(2022, 11, 2), TODAY, date(2026, 10, 27), settings=SETTINGS)
BYTES, POLLS = 1_200_000, 10_000
LISTS = ("Likud", "Together", "Shas", "UTJ", "Ra'am", "Hadash–Ta'al", "Balad", "Dems")


def the_page() -> bytes:
    """The real page, or as many rows of our own as it has bytes."""
    folder = Path(os.environ.get("HEMICYCLE_REAL_PAGES", ROOT.parent / "shared" / "raw"))
    real = folder / "wikipedia_2026_polling.parse.json"
    if real.is_file():
        return real.read_bytes()
    from tests.pipelines.sources.pages import FULL, body, ordinary, poll_row

    rows: list[str] = []
    while sum(map(len, rows)) < BYTES:
        day = TODAY - timedelta(days=len(rows) % 250)
        rows.append(poll_row(f"{day:%-d %b}", str(day), f"Firm {len(rows)}", "Maariv", FULL))
    return body(*(ordinary(*rows[at : at + 150]) for at in range(0, len(rows), 150)))


SoupCell = tuple[str, bool, str | None, str | None, tuple[str, ...]]


def by_soup(text: str) -> list[dict[tuple[int, int], SoupCell]]:
    """The same grids from BeautifulSoup over lxml, its fastest parser: visible text, sort keys, colours, citations."""
    soup = bs4.BeautifulSoup(text, "lxml")
    notes = {
        str(note.get("id")): tuple(str(link.get("href")) for link in note.find_all("a") if _is_outside(link))
        for note in soup.find_all("li")
        if str(note.get("id", "")).startswith("cite_note")
    }
    grids, path = [], {}
    for element in soup.find_all(["h1", "h2", "h3", "h4", "h5", "h6", "table"]):
        if element.name != "table":
            path[element.name] = element.get_text()
        elif "wikitable" in (element.get("class") or []):
            grids.append(_soup_grid(element, notes))
    return grids


def _soup_grid(one: bs4.Tag, notes: dict[str, tuple[str, ...]]) -> dict[tuple[int, int], SoupCell]:
    slots: dict[tuple[int, int], SoupCell] = {}
    rows = one.find_all("tr")
    for at, row in enumerate(rows):
        column = 0
        for cell in row.find_all(["td", "th"], recursive=False):
            while (at, column) in slots:
                column += 1
            laid_out = _soup_cell(cell, notes)
            down, along = (int(str(cell.get(name) or 1)) for name in ("rowspan", "colspan"))
            for number in range(at, min(at + down, len(rows))):
                for reach in range(column, column + along):
                    slots.setdefault((number, reach), laid_out)
            column += along
    return slots


def _soup_cell(cell: bs4.Tag, notes: dict[str, tuple[str, ...]]) -> SoupCell:
    cited: dict[str, None] = {}
    for link in cell.find_all("a"):
        target = str(link.get("href") or "")
        cited.update(dict.fromkeys(notes.get(target[1:], ()) if target.startswith("#") else (target,)))
    unseen = cell.find_all(["style", "script", "sup", "link"])
    for hidden in unseen:
        hidden.extract()
    text = " ".join(cell.get_text().split())
    sort, style = cell.get("data-sort-value"), str(cell.get("style") or "")
    shade = style.partition("background:")[2].partition(";")[0] or None
    return text, cell.name == "th", None if sort is None else str(sort), shade, tuple(cited)


def _is_outside(link: bs4.Tag) -> bool:
    return str(link.get("href") or "").startswith(("http:", "https:", "//"))


def reading(rounds: int) -> list[Figure]:
    """A page parsed, and what naming and checking its polls adds to it."""
    body = the_page()
    text = read_page(body).text
    reference = open_reference(ROOT / "data" / "raw")
    campaign = reference.campaign(ELECTION)
    page = parse(body, SCOPE)

    def name_and_check() -> None:
        names = NameIndex.of(campaign)
        outcomes = (normalise(poll, "wikipedia", names) for poll in page.polls)
        check((one.poll for one in outcomes if isinstance(one, NormalisedPoll)), "wikipedia", campaign)

    ours = sum(len(row) for one in tables_of(read_page(body)) for row in one.grid.rows)
    assert abs(sum(map(len, by_soup(text))) - ours) < 0.01 * ours, "the two readers lay out the same cells"
    took = interleaved(
        rounds,
        grid=lambda: tables_of(read_page(body)),
        soup=lambda: by_soup(text),
        parse=lambda: parse(body, SCOPE),
        names=name_and_check,
    )
    return [
        Figure(f"{len(body) / 1e6:.1f} MB page to clean grids, beside BeautifulSoup", took["soup"] / took["grid"], 8,
               True, "times faster"),
        Figure("naming and checking its polls", took["names"] / took["parse"], 1, False, "parses"),
    ]  # fmt: skip


def sheet(count: int) -> bytes:
    """A desk's sheet of so many polls of twenty firms for ten outlets, each with numbers of its own."""
    lines = [",".join(("fieldwork_end", "pollster", "publisher", "sample_size", *LISTS))]
    for number in range(count):
        day = SCOPE.first_day + timedelta(days=number % 1_400)
        seats = (20 + number % 17, 40 - number % 17, 10, 10, 5, 5, "(2.1%)", 30)
        lines.append(",".join(map(str, (day, f"Firm {number % 20}", f"Outlet {number % 10}", 500, *seats))))
    return ("\n".join(lines) + "\n").encode()


@contextmanager
def desk() -> Iterator[Path]:
    """A data folder of its own in which little ships for the campaign."""
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        shutil.copytree(ROOT / "data" / "raw", data_dir / "raw", ignore=shutil.ignore_patterns("snapshots", "desk"))
        (data_dir / "processed").mkdir()
        yield data_dir


def seconds(work: Callable[[], object]) -> float:
    """Of processor: a busy machine makes nothing slower."""
    started = time.process_time()
    work()
    return time.process_time() - started


def rows_of(data_dir: Path) -> object:
    with Ledger.open(data_dir / "processed" / "ledger.sqlite") as ledger:
        return ledger.polls(ELECTION), ledger.readings(ELECTION), ledger.refusals(), ledger.loads()


def quietly(*arguments: str) -> None:
    """One command in this process, its document thrown away."""
    before, sys.stdout = sys.stdout, open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    try:
        app(list(arguments), standalone_mode=False)
    finally:
        sys.stdout.close()
        sys.stdout = before


def at_size(rounds: int, count: int = POLLS) -> list[Figure]:
    """Ten thousand polls imported, and listed from an edition that holds them."""
    imported: list[float] = []
    for _ in range(min(rounds, 3)):
        with desk() as data_dir:
            file = data_dir / "desk.csv"
            file.write_bytes(sheet(count))
            imported.append(seconds(lambda: import_file(data_dir, file, "csv", ELECTION, TODAY)))  # noqa: B023
            with Ledger.open(data_dir / "processed" / "ledger.sqlite") as ledger:
                stored = ledger.polls(ELECTION)
            assert len(stored) > count
            _publish(data_dir, stored)
            list_them = ("polls", "--election", ELECTION, "--json", "--data-dir", str(data_dir), "--today", str(TODAY))
            listed = median(seconds(lambda: quietly(*list_them)) for _ in range(rounds))  # noqa: B023
    return [
        Figure(f"{count:,} polls imported", median(imported), 5, False, "seconds"),
        Figure(f"polls --json of {count:,}", listed, 1, False, "seconds"),
    ]


def _publish(data_dir: Path, stored: list[tuple[Poll, int]]) -> None:
    """An edition of these polls alone: what lists them reads nothing else."""
    campaign, name = open_reference(data_dir / "raw").campaign(ELECTION), f"{TODAY}-bench"
    night = SimpleNamespace(campaign=campaign, as_of=TODAY, edition=name, polls=stored)
    manifest = Manifest(
        election=ELECTION, as_of=TODAY, kind="live", edition=name, inputs={}, code="", libraries={}, parameters={},
        files={},
    )  # fmt: skip
    EditionStore(data_dir / "processed").publish(manifest, {"polls.json": to_json(polls(cast("Night", night)))})


def unchanged(rounds: int) -> list[Figure]:
    """A page that is here already, and a refresh that finds nothing new, with all that ships: no row, no fit."""
    with desk() as data_dir:
        file = data_dir / "page.json"
        file.write_bytes(the_page())
        import_file(data_dir, file, "wikipedia", ELECTION, TODAY)
        before = rows_of(data_dir)
        took = [seconds(lambda: import_file(data_dir, file, "wikipedia", ELECTION, TODAY)) for _ in range(rounds)]
        assert rows_of(data_dir) == before
        night = ("refresh", "--election", "knesset-22", "--offline", "--draws", "500", "--data-dir", str(data_dir))
        quietly(*night)
        editions = [one.id for one in EditionStore(data_dir / "processed").all("knesset-22")]
        again = [seconds(lambda: quietly(*night)) for _ in range(rounds)]
        assert [one.id for one in EditionStore(data_dir / "processed").all("knesset-22")] == editions
    return [
        Figure("an unchanged page imported: no row", median(took), 1, False, "seconds"),
        Figure("a refresh with nothing new: no fit", median(again), 1, False, "seconds"),
    ]


def rebuilding(rounds: int) -> list[Figure]:
    """The ledger of every campaign that ships, made again from raw."""
    with desk() as data_dir:
        took = [seconds(lambda: rebuild(data_dir)) for _ in range(rounds)]
    return [Figure("every campaign's ledger rebuilt", median(took), 3, False, "seconds")]


def measure(rounds: int = 5, count: int = POLLS) -> list[Figure]:
    return [*reading(rounds), *rebuilding(rounds), *unchanged(rounds), *at_size(rounds, count)]


def main() -> int:
    """Print and keep the table; 1 where a figure is missed."""
    figures = measure()
    print(table(figures))
    save(figures, RESULTS)
    return int(not all(one.holds for one in figures))


if __name__ == "__main__":
    sys.exit(main())
