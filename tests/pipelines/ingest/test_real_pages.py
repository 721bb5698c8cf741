"""Real pages and files through `import`, where somebody has them, on top of what ships."""

import json
import shutil
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from electoral.polls import PollKind
from pipelines.errors import ImportRefused, PageRefused
from pipelines.ingest.fold import PageCounts
from pipelines.ingest.imports import import_file
from pipelines.ingest.similarity import disagreements
from pipelines.ingest.store import Ledger
from pipelines.sources.wikipedia.parse import read_page
from pipelines.vote.count import import_count
from tests.conftest import KNESSET, SHIPPED
from tests.pipelines.sources.real import real_page

ELECTION, TODAY = "knesset-26", date(2026, 11, 22)
WIKIPEDIA, THEMADAD = "wikipedia_2026_polling.parse.json", "themadad_allpolls_26.html"


def bring(data_dir: Path, path: Path, source: str) -> PageCounts:
    return import_file(data_dir, path, source, ELECTION, TODAY)


def ledger_rows(data_dir: Path) -> tuple[object, ...]:
    with Ledger.open(data_dir / "processed" / "ledger.sqlite") as ledger:
        return ledger.polls(ELECTION), ledger.refusals(), ledger.readings(ELECTION)


@dataclass(frozen=True)
class Brought:
    """A data folder after a real page came in on top of what ships, and what was said."""

    data_dir: Path
    before: tuple[object, ...]
    done: PageCounts
    after: tuple[object, ...]


def brought(folder: Path, name: str, source: str) -> Brought:
    page, data_dir = real_page(name), folder / "data"
    shutil.copytree(SHIPPED / KNESSET, data_dir / "raw/electorates" / KNESSET)
    (data_dir / "processed").mkdir()
    before = ledger_rows(data_dir)
    return Brought(data_dir, before, bring(data_dir, page, source), ledger_rows(data_dir))


@pytest.fixture(scope="module")
def wikipedia(tmp_path_factory: pytest.TempPathFactory) -> Brought:
    """For tests that change nothing in it."""
    return brought(tmp_path_factory.mktemp("wikipedia"), WIKIPEDIA, "wikipedia")


@pytest.fixture(scope="module")
def themadad(tmp_path_factory: pytest.TempPathFactory) -> Brought:
    """The same of the other source."""
    return brought(tmp_path_factory.mktemp("themadad"), THEMADAD, "themadad")


def test_the_real_page_is_known_but_for_what_is_odd_and_twice_is_once(wikipedia: Brought) -> None:
    """The archive was compiled from an earlier copy of this page: every ordinary poll is known, cell by cell."""
    done = wikipedia.done
    assert (done.accepted, done.revised, done.withdrawn) == (0, 0, 0)
    assert (done.unchanged, done.quarantined, done.events) == (287, 29, 13)
    assert done.accounted == done.rows > 400
    with Ledger.open(wikipedia.data_dir / "processed" / "ledger.sqlite") as ledger:
        refusals = ledger.refusals(ELECTION)
    assert {row.check for row in refusals} == {"cell", "dates", "empty"}
    started = time.process_time()
    again = bring(wikipedia.data_dir, real_page(WIKIPEDIA), "wikipedia")
    assert time.process_time() - started < 6, "a page that is here already costs little"
    assert (again.accepted, again.revised, again.unchanged) == (0, 0, 287)
    assert ledger_rows(wikipedia.data_dir) == wikipedia.after


def test_the_other_source_adds_citations_and_what_only_it_has(themadad: Brought) -> None:
    """Its lost columns leave rows short of the house: those that agree in every column are known, the others wait."""
    done = themadad.done
    assert done.accounted == done.rows == 507
    assert (done.accepted, done.revised, done.unchanged, done.quarantined, done.repeats) == (18, 0, 414, 73, 2)
    assert all(reason.startswith("sum 11") for reason in done.reasons)
    again = bring(themadad.data_dir, real_page(THEMADAD), "themadad")
    assert ledger_rows(themadad.data_dir) == themadad.after
    assert (again.accepted, again.revised, again.unchanged, again.quarantined, again.repeats) == (0, 0, 432, 73, 2)


def test_the_next_nights_page_of_the_other_source_refuses_nothing_more(themadad: Brought, tmp_path: Path) -> None:
    """A row short of the house that agreed with a known poll goes on doing so once the source is among its words."""
    data_dir, page = tmp_path / "data", tmp_path / "next.html"
    shutil.copytree(themadad.data_dir, data_dir)
    page.write_bytes(real_page(THEMADAD).read_bytes() + b"<!-- a day later -->")
    done = bring(data_dir, page, "themadad")
    assert (done.accepted, done.revised, done.unchanged, done.quarantined) == (0, 0, 432, 73)
    assert (done.withdrawn, done.newly_quarantined) == (0, 0)
    assert ledger_rows(data_dir) == themadad.after


def test_no_survey_of_the_other_source_counts_twice(themadad: Brought) -> None:
    """Eight ordinary polls are a few seats apart from ours: one poll each, with two words that are listed."""
    before = {(one.poll.id, one.source) for one in themadad.before[2]}  # type: ignore[attr-defined]
    with Ledger.open(themadad.data_dir / "processed" / "ledger.sqlite") as ledger:
        polls = {poll.id: poll for poll, _ in ledger.polls(ELECTION)}
        words = {(one.poll.id, one.source): one for one in ledger.readings(ELECTION)}
        differing = disagreements(ELECTION, ledger.readings(ELECTION))
        listed = {one.poll: one.apart for one in differing if one.poll == one.other}
    only = {poll for poll, source in words.keys() - before if source == "themadad" and (poll, "archive") not in words}
    assert Counter(polls[name].kind for name in only) == {PollKind.POLL: 11, PollKind.SCENARIO: 7}
    for name in only:
        one = polls[name]
        others = [
            other.id
            for other in polls.values()
            if other.id != name
            and other.kind is one.kind is PollKind.POLL
            and (other.pollster, other.publisher) == (one.pollster, one.publisher)
            and abs((other.fieldwork.end - one.fieldwork.end).days) <= 1
        ]
        assert others == [], name
    assert len([text for text in listed.values() if text.count("/") >= 2]) >= 8
    assert listed["2025-11-20-midgam-hahadashot-12"] == "democrats 11 / 10, united-torah-judaism 7 / 8"
    ours = words["2025-11-20-midgam-hahadashot-12", "archive"].poll
    assert polls[ours.id].values == ours.values, "the source that had the poll first is used"


def test_the_page_of_another_campaign_changes_nothing(data_dir: Path) -> None:
    """Rows without a year would fit any campaign: some of this page's were once taken for polls of 2019."""
    with pytest.raises(PageRefused, match="401 of 405 rows have no day from 2019-05-26 to 2019-09-17"):
        import_file(data_dir, real_page(WIKIPEDIA), "wikipedia", "knesset-22", TODAY)
    assert not list((data_dir / "raw").glob("snapshots/*/knesset-22-*"))
    with Ledger.open(data_dir / "processed" / "ledger.sqlite") as ledger:
        assert {one.source for one in ledger.readings("knesset-22")} == {"archive"}


def test_a_real_page_with_its_table_emptied_or_its_headers_swapped_changes_nothing(
    wikipedia: Brought, tmp_path: Path
) -> None:
    real = real_page(WIKIPEDIA).read_bytes()
    answer, text = json.loads(real), read_page(real).text
    swapped = text.replace(">Shas<", ">@<").replace(">Likud<", ">Shas<").replace(">@<", ">Likud<")
    for number, changed in enumerate([text[: len(text) // 20], "", swapped]):
        answer["parse"]["text"], answer["parse"]["revid"] = changed, 2_000_000_000 + number
        path = tmp_path / f"{number}.json"
        path.write_text(json.dumps(answer))
        with pytest.raises(PageRefused):
            bring(wikipedia.data_dir, path, "wikipedia")
        assert ledger_rows(wikipedia.data_dir) == wikipedia.after


@pytest.mark.parametrize(("file", "election"), [("k21_expb_cp1255", "21"), ("k25_expc_utf8bom_final", "25")])
def test_a_final_count_gives_the_official_seats(file: str, election: str, data_dir: Path) -> None:
    done, count = import_count(data_dir, real_page(f"cec/{file}.csv"), f"knesset-{election}", TODAY)
    assert (done.accepted, done.revised, done.quarantined) == (0, 0, 0)
    assert done.unchanged == len(count.votes) == 40
    assert count.stage == "final"
    assert count.seats == count.recorded_seats
    assert (count.differences, count.ties) == ({}, [])


@pytest.mark.parametrize(
    ("file", "election"),
    [("k20_expb_cp1255_interim", "20"), ("k23_expc_cp1255_interim", "23"), ("k25_expc_utf8bom_interim", "25")],
)
def test_a_count_in_progress_changes_no_result(file: str, election: str, data_dir: Path) -> None:
    recorded = (data_dir / "raw/electorates/il/results.csv").read_bytes()
    done, count = import_count(data_dir, real_page(f"cec/{file}.csv"), f"knesset-{election}", TODAY)
    assert (done.accepted, done.revised, count.stage) == (0, 0, "interim")
    assert count.differences
    assert (data_dir / "raw/electorates/il/results.csv").read_bytes() == recorded


def test_a_final_count_with_other_votes_is_refused_naming_the_list(data_dir: Path, tmp_path: Path) -> None:
    lines = real_page("cec/k25_expc_utf8bom_final.csv").read_text("utf-8-sig").splitlines()
    head, row = lines[0].split(","), lines[1].split(",")
    for name in ("מחל", "כשרים", "מצביעים"):
        row[head.index(name)] = str(int(row[head.index(name)]) + 100)
    (tmp_path / "more.csv").write_text("\n".join([lines[0], ",".join(row), *lines[2:]]), "utf-8")
    with pytest.raises(ImportRefused, match="likud has 1,115,436, recorded are 1,115,336"):
        import_count(data_dir, tmp_path / "more.csv", "knesset-25", TODAY)
    assert not (data_dir / "raw/snapshots").exists()


@pytest.mark.parametrize("election", ["knesset-20", "knesset-22", "knesset-23"])
def test_the_count_of_another_election_is_refused_whole(election: str, data_dir: Path) -> None:
    with pytest.raises(ImportRefused, match=r"(?i)nothing was changed"):
        import_count(data_dir, real_page("cec/k21_expb_cp1255.csv"), election, TODAY)
    assert not (data_dir / "raw/snapshots").exists()
