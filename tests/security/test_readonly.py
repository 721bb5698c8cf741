"""S8, S19: the web process reads, and only what it trusts; it can run as anybody, from anywhere, and writes nowhere."""

import ast
import os
import pickle
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.pages import PAGES
from tests import servers
from tests.dashboard import editions

TODAY = "2019-09-02"
SOMEBODY = 65534
READERS_OF_PICKLES = {"np.load", "numpy.load", "pd.read_pickle", "pandas.read_pickle"}
UNSAFE = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "diskcache", "cloudpickle"}


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Path]:
    """A data folder that nobody may write to."""
    data = tmp_path / "data"
    editions.publish(data / "processed")
    _change_modes(data, 0o555, 0o444)
    yield data
    _change_modes(data, 0o755, 0o644)


def _change_modes(folder: Path, folders: int, files: int) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def test_it_serves_from_a_read_only_folder_another_directory_and_without_a_home(shelf: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o555)
    before = _state(shelf)
    with servers.dashboard(shelf, "--today", TODAY, cwd=elsewhere, HOME="", PYTHONDONTWRITEBYTECODE="1") as site:
        for path in PAGES:
            assert site.get(path).status == 200
            assert site.get(f"/view{path}?lang=he").status == 200
        assert site.get("/download/polls.xlsx").status == 200
    assert _state(shelf) == before
    assert list(elsewhere.iterdir()) == []


AS_SOMEBODY = f"""
import contextlib, importlib, os, pkgutil, sys
import encodings, gunicorn.arbiter, gunicorn.glogging, gunicorn.http.wsgi, html.entities, multiprocessing.util
from dashboard.__main__ import command
names = sys.stdlib_module_names - {{"antigravity", "this", "idlelib", "lib2to3", "tkinter", "turtle", "turtledemo"}}
names |= {{f"encodings.{{found.name}}" for found in pkgutil.iter_modules(encodings.__path__)}}
for name in sorted(names):
    with contextlib.suppress(ImportError, ValueError):
        importlib.import_module(name)
gunicorn.config.User.default = gunicorn.config.Group.default = {SOMEBODY}  # taken when it was imported
os.setgroups([]); os.setgid({SOMEBODY}); os.setuid({SOMEBODY})
command(sys.argv[1:])
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become somebody else")
def test_it_serves_as_somebody_else(shelf: Path) -> None:
    """A user that owns nothing, cannot write a byte, and has no home; the interpreter may lie where it cannot look."""
    for folder in (shelf.parent, *shelf.parent.parents):
        if folder.is_relative_to(tempfile.gettempdir()) and folder != Path(tempfile.gettempdir()):
            folder.chmod(folder.stat().st_mode | 0o055)
    command = ["-c", AS_SOMEBODY, "--data-dir", str(shelf), "--today", TODAY]
    with servers.serving(command, Path("/"), {"PATH": os.environ["PATH"]}) as site:
        for path in PAGES:
            assert site.get(path).status == 200
        assert site.get("/download/polls.xlsx").status == 200
        assert {Path(f"/proc/{worker}").stat().st_uid for worker in site.workers()} == {SOMEBODY}


def test_nothing_that_runs_code_when_read_is_read() -> None:
    """S8: no pickle anywhere, and no array file that may hold one."""
    unsafe = []
    for package in ("electoral", "pipelines", "dashboard"):
        for path in (servers.ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Import):
                    unsafe += [(path, alias.name) for alias in node.names if alias.name.split(".")[0] in UNSAFE]
                elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in UNSAFE:
                    unsafe.append((path, node.module))
                elif isinstance(node, ast.Attribute) and ast.unparse(node) in READERS_OF_PICKLES:
                    unsafe.append((path, ast.unparse(node)))
    assert unsafe == []


class Planted:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[object, tuple[str, int]]:
        return os.mkdir, (str(self._mark), 0o755)


def test_a_planted_pickle_is_not_read(tmp_path: Path) -> None:
    """S8."""
    edition = editions.publish(tmp_path / "data" / "processed")
    planted = pickle.dumps(Planted(tmp_path / "mark"))
    for name in ("seats.npz", "seats.npy", "cache.pkl", "trend.json"):
        (edition.folder / name).write_bytes(planted)
    with servers.dashboard(tmp_path / "data", "--today", TODAY) as site:
        for path in PAGES:
            assert site.get(path).status in (200, 503)
    assert not (tmp_path / "mark").exists()
    pickle.loads(planted)
    assert (tmp_path / "mark").exists(), "the plant is alive"


def _state(folder: Path) -> list[tuple[str, int, int]]:
    return [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in sorted(folder.rglob("*"))]
