"""F31: commands at once. Whoever writes waits for nobody and is told at once; whoever reads is not held up."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.commands.cli import app
from pipelines.editions.store import EditionStore
from pipelines.nightly import lock
from pipelines.nightly.backup import backup, restore
from pipelines.refresh import run
from pipelines.request import RefreshRequest
from tests.conftest import ROOT, Command, keep_polls
from tests.forked import start_module
from tests.pipelines import nights

SHEET = "fieldwork_end,pollster,publisher,Likud\n2019-09-02,Midgam,Channel 12,120\n"
WRITERS = {
    "refresh": ("refresh", "--election", "knesset-22", "--offline"),
    "import": ("import", "{sheet}", "--source", "csv", "--election", "knesset-22"),
    "quarantine accept": ("quarantine", "accept", "0123456789", "--as", "as-printed", "--why", "because"),
    "rebuild": ("rebuild",),
    "restore": ("restore", "{saved}"),
    "copy": ("copy", "{here}", "{there}"),
    "result": ("result", "--election", "knesset-22", "--accept", "--why", "because"),
    "exit-polls": ("exit-polls", "hold", "--election", "knesset-22"),
    "campaign new": ("campaign", "new", "new-1", "--electorate", "il", "--date", "open", "--from", "knesset-22"),
}
READERS = {
    "status": ("status",),
    "polls": ("polls", "--election", "knesset-22", "--today", "2019-08-08"),
    "projection": ("projection", "--election", "knesset-22", "--today", "2019-08-08"),
    "quarantine": ("quarantine",),
    "alerts": ("alerts",),
    "check": ("check", "{sheet}", "--election", "knesset-22", "--today", "2019-09-02", "--draws", "200"),
    "corrections": ("corrections", "--election", "knesset-22"),
    "backup": ("backup", "{more}"),
    "seals": ("seals", "verify"),
    "template": ("template", "{template}", "--election", "knesset-22"),
    "count": ("count", "--election", "knesset-22"),
    "campaign check": ("campaign", "check", "knesset-22"),
}
ENDS = {"count": 1, "check": 1}  # none was imported; one list with the whole house is no poll
NEITHER = {
    "campaign": "a group of commands",
    "schedule": "starts a refresh of its own",
    "rehearse": "writes into a folder of its own",
    "hindcast": "reads data/raw alone and takes minutes",
}


@pytest.fixture(scope="module")
def prepared(few_polls: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the polls of two campaigns and one night, a backup of it and a sheet to import beside it."""
    data = tmp_path_factory.mktemp("pairs") / "data"
    shutil.copytree(few_polls, data / "raw")
    for path in (data / "raw/electorates/il/polls").glob("*.csv"):
        if path.stem not in ("knesset-21", nights.ELECTION):
            keep_polls(data / "raw", path.stem, lambda _: False)
    list(
        run(nights.ELECTION, RefreshRequest(data, nights.TONIGHT, None, nights.DRAWS, 0), lambda _campaign, _step: None)
    )
    backup(data, data.with_name("saved.tar"))
    (data.with_name("sheet.csv")).write_text(SHEET, "utf-8")
    return data


def arguments_of(arguments: tuple[str, ...], data: Path, tmp_path: Path) -> list[str]:
    paths = {"sheet": data.with_name("sheet.csv"), "saved": data.with_name("saved.tar")}
    paths |= {"more": tmp_path / "more.tar", "template": tmp_path / "template.csv"}
    paths |= {"here": data, "there": tmp_path / "there"}
    return [part.format(**paths) for part in arguments] + ["--data-dir", str(data)]


def contents(data: Path) -> dict[str, bytes]:
    """Every byte but the lock's own, and what SQLite keeps beside an open ledger."""
    paths = (path for path in data.rglob("*") if path.is_file() and path.name != lock.LOCK_FILE)
    return {
        str(path.relative_to(data)): path.read_bytes() for path in paths if not path.name.endswith(("-wal", "-shm"))
    }


def test_every_command_is_named_here() -> None:
    """A command that is added says whether it writes."""
    groups = get_command(app)
    names = {
        f"{name} {sub}" if sub else name
        for name, command in groups.commands.items()  # type: ignore[attr-defined]
        for sub in ("", *getattr(command, "commands", {}))
    }
    assert names == {*WRITERS, *READERS, *NEITHER}


@pytest.mark.parametrize("writer", WRITERS)
def test_f31_who_writes_is_refused_at_once_while_another_writes(
    prepared: Path, tmp_path: Path, command: Command, writer: str
) -> None:
    before = contents(prepared)
    with lock.hold(prepared / "processed"):
        done = command("pipelines", *arguments_of(WRITERS[writer], prepared, tmp_path))
    assert done.returncode == 1, done.stderr
    assert f"error: already running: process {os.getpid()} holds " in done.stderr
    assert done.stderr.count("\n") == 1
    assert contents(prepared) == before


@pytest.mark.parametrize("reader", READERS)
def test_f31_who_reads_is_not_held_up_while_another_writes(
    prepared: Path, tmp_path: Path, command: Command, reader: str
) -> None:
    with lock.hold(prepared / "processed"):
        done = command("pipelines", *arguments_of(READERS[reader], prepared, tmp_path))
    assert done.returncode == ENDS.get(reader, 0), done.stderr
    assert "already running" not in done.stderr


@pytest.fixture
def data_dir(prepared: Path, tmp_path: Path) -> Iterator[Path]:
    data = tmp_path / "copy/data"
    shutil.copytree(prepared, data)
    for name in ("saved.tar", "sheet.csv"):
        shutil.copy(prepared.with_name(name), data.with_name(name))
    yield data
    shutil.rmtree(tmp_path / "copy")


def together(data: Path, tmp_path: Path, *pair: tuple[str, ...]) -> list[tuple[int, str]]:
    """Two commands started at once; how each ended and what it said."""
    started = [start_module("pipelines", arguments_of(arguments, data, tmp_path), ROOT) for arguments in pair]
    ended = [one.end() for one in started]
    return [(done.returncode, done.stderr) for done in ended]


REFRESH = ("refresh", "--election", "knesset-22", "--offline", "--today", "2019-08-09", "--draws", "200")
PAIRS = {
    "two refreshes": (REFRESH, REFRESH),
    "refresh and import": (REFRESH, WRITERS["import"]),
    "refresh and rebuild": (REFRESH, WRITERS["rebuild"]),
    "refresh and backup": (REFRESH, READERS["backup"]),
    "rebuild and backup": (WRITERS["rebuild"], READERS["backup"]),
    "rebuild and quarantine": (WRITERS["rebuild"], READERS["quarantine"]),
    "rebuild and status": (WRITERS["rebuild"], READERS["status"]),
}


@pytest.mark.slow
@pytest.mark.parametrize("pair", PAIRS)
def test_f31_two_commands_at_once_leave_a_whole_ledger_and_whole_editions(
    data_dir: Path, tmp_path: Path, command: Command, pair: str
) -> None:
    """One of two writers may be refused; neither breaks off in a traceback, and each can be run again at once."""
    ends = together(data_dir, tmp_path, *PAIRS[pair])
    for code, text in ends:
        assert code in (0, 3) or "already running" in text, text
        assert "Traceback" not in text
    assert any(code in (0, 3) for code, _ in ends)
    store = EditionStore(data_dir / "processed")
    assert store.pointer_faults() == {}
    assert [edition.damage() for edition in store.all("knesset-22")] == [None] * len(store.all("knesset-22"))
    nights.ledger_rows(data_dir)
    for arguments in PAIRS[pair]:
        again = command("pipelines", *arguments_of(arguments, data_dir, tmp_path))
        assert again.returncode in (0, 3), again.stderr
    if (tmp_path / "more.tar").exists():
        assert restore(tmp_path / "more.tar", tmp_path / "restored").editions >= 1


def test_f31_a_restore_beside_a_refresh_leaves_one_of_them(prepared: Path, tmp_path: Path) -> None:
    """Into one empty place: whichever came first is there whole, the other was refused."""
    data = tmp_path / "data"
    (data / "processed").mkdir(parents=True)
    (data / "raw").mkdir()
    (data / "raw/electorates").symlink_to(prepared / "raw/electorates")
    for name in ("saved.tar", "sheet.csv"):
        shutil.copy(prepared.with_name(name), data.with_name(name))
    ends = together(data, tmp_path, WRITERS["restore"], REFRESH)
    assert sorted(code for code, _ in ends) in ([0, 0], [0, 1]), ends
    assert all(code == 0 or "already running" in text or "not empty" in text for code, text in ends), ends
    assert EditionStore(data / "processed").pointer_faults() == {}
    assert EditionStore(data / "processed").open("knesset-22").damage() is None
