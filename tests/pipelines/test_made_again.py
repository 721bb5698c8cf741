"""The command that an answer of the API carries makes its edition again: the same bytes in another place."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.reader import remaking_command
from pipelines.editions.store import Edition, EditionStore
from tests.conftest import Command, keep_polls

ELECTION = "knesset-22"
OTHER = os.environ.get("HEMICYCLE_OTHER_PYTHON", "")  # `make soak` gives that of an environment of its own
POLLS_FROM = "2019-08-20"  # a few weeks of polls are enough


def refresh(root: Path, data: Path, *arguments: str, python: str) -> Edition:
    done = subprocess.run(
        [python, *arguments, "--data-dir", str(data)],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode in (0, 3), done.stderr
    return EditionStore(data / "processed").open(ELECTION)


@pytest.fixture
def data(data_dir: Path) -> Path:
    keep_polls(data_dir / "raw", ELECTION, lambda poll: poll >= POLLS_FROM)
    return data_dir


@pytest.mark.parametrize("options", [("--as-of", "2019-09-10"), *([()] if OTHER else [])])
def test_the_command_of_an_answer_makes_its_edition_again_byte_for_byte(
    root: Path, data: Path, tmp_path: Path, command: Command, options: tuple[str, ...]
) -> None:
    """First in a child of this process, then in one that shares nothing with it, the order of its sets least of all."""
    drawn = ("--offline", "--draws", "2000", "--seed", "7")
    done = command("pipelines", "refresh", "--election", ELECTION, *options, *drawn, "--data-dir", data)
    assert done.returncode in (0, 3), done.stderr
    edition = EditionStore(data / "processed").open(ELECTION)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "raw").symlink_to(data / "raw")
    python, *arguments = shlex.split(remaking_command(edition))
    assert python == "python"
    again = refresh(root, elsewhere, *arguments, python=OTHER or sys.executable)
    assert again.id == edition.id
    for path in edition.folder.iterdir():
        assert (again.folder / path.name).read_bytes() == path.read_bytes(), path.name
