"""What every test may use: the repository, a data folder of its own, and the command line as a child."""

import csv
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from datetime import date
from importlib import import_module
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tests import services
from tests.forked import run_module

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
settings.register_profile("busy", deadline=None)  # an example takes as long as the machine lets it
settings.load_profile("busy")

ROOT = Path(__file__).parent.parent
IS_SOAK = "HEMICYCLE_SOAK" in os.environ  # the long form of what has a short one here
SHIPPED, KNESSET = ROOT / "data" / "raw" / "electorates", "il"


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk() -> Iterator[None]:
    """No test pulls the plug: what is written is there for whoever reads, and the disk need not be waited for.

    Whether and when it would be is for tests that put a function of their own in this place.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: os.fstat(handle) and None)  # one that is not open is an error
        yield


@pytest.fixture(scope="session")
def few_polls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ships for the Knesset, but for the older polls of the longest campaign, in a raw folder to copy from."""
    raw = tmp_path_factory.mktemp("few-polls") / "raw"
    shutil.copytree(SHIPPED / KNESSET, raw / "electorates" / KNESSET)
    keep_polls(raw, "knesset-26", lambda poll: poll >= "2026-07")
    return raw


@pytest.fixture
def data_dir(few_polls: Path, tmp_path: Path) -> Path:
    """A data folder of one test's own, with a copy of what ships for the Knesset; the test may change it."""
    shutil.copytree(few_polls, tmp_path / "data" / "raw")
    (tmp_path / "data" / "processed").mkdir()
    return tmp_path / "data"


@pytest.fixture
def whole_data_dir(data_dir: Path) -> Path:
    """The same with every electorate that ships."""
    for folder in SHIPPED.iterdir():
        if folder.name != KNESSET:
            shutil.copytree(folder, data_dir / "raw" / "electorates" / folder.name)
    return data_dir


def link_il(root: Path, data: Path) -> None:
    """The raw folder of one electorate under `data`, as it ships; what comes in lies beside it."""
    (data / "raw" / "electorates").mkdir(parents=True)
    (data / "raw" / "electorates" / "il").symlink_to(root / "data" / "raw" / "electorates" / "il")


def keep_polls(raw: Path, election: str, keep: Callable[[str], bool]) -> None:
    """Leave only some of the polls that ship for a campaign, by their ids, and the corrections of those."""
    polls, corrections = raw / f"electorates/il/polls/{election}.csv", raw / "electorates/il/corrections.csv"
    head, *rows = polls.read_text("utf-8").splitlines(keepends=True)
    polls.write_text(head + "".join(row for row in rows if keep(row.partition(",")[0])), "utf-8")
    with corrections.open(encoding="utf-8", newline="") as file:
        table = list(csv.reader(file))
    chosen = [row for row in table if row[1] != election or not row[2] or keep(row[2])]
    with corrections.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(chosen)


Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def read_once() -> Iterator[None]:
    """What the same files give is read and learned once a session."""
    with pytest.MonkeyPatch.context() as patch:
        import_module("tests.remembered").remember_reading(patch)
        yield


@pytest.fixture(scope="session")
def command(read_once: None) -> Command:  # noqa: ARG001
    """`command("pipelines", "status", …)`: run one command of ours in a child of its own, from the repository."""
    # Once here, and not in every child.
    for heavy in ("pipelines.nightly.night", "pipelines.commands.cli", "dashboard.serve.app"):
        import_module(heavy)
    import_module("tests.remembered").warm(ROOT / "data" / "raw", "knesset-22", date(2019, 9, 10))
    return lambda package, *arguments, cwd=ROOT: run_module(package, [str(one) for one in arguments], cwd)


@pytest.fixture(scope="session")
def new_bucket() -> Iterator[Callable[[], str]]:
    """An S3 server on loopback, once a session and only where asked for; each call makes an empty `s3://…` of it."""
    if services.MOTO is None:
        pytest.skip("no S3 server found; `make s3` installs the one for the tests")
    numbers = count()
    with services.s3() as server, pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield lambda: server.bucket(f"bucket-{next(numbers)}")


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[[], str]]:
    """A PostgreSQL on loopback, once a session and only where asked for; each call makes an empty database of it."""
    if services.POSTGRES is None:
        pytest.skip("no PostgreSQL found; install the system's package `postgresql` (make postgresql)")
    numbers = count()
    with tempfile.TemporaryDirectory() as folder, services.postgres(Path(folder)) as server:
        yield lambda: server.new(f"ledger_{next(numbers)}")
