"""The README's commands do what they say: each is run, as written, in a folder of its own."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.pages.api.page import LOCAL, PYTHON
from tests import servers


def commands(root: Path) -> list[str]:
    """Every line of the README's sh blocks, without its comment."""
    lines, inside = [], False
    for line in (root / "README.md").read_text("utf-8").splitlines():
        if line.startswith("```"):
            inside = line == "```sh"
        elif inside and line.strip():
            lines.append(line.split("#")[0].strip())
    return lines


def example(root: Path) -> str:
    """The README's program."""
    return (root / "README.md").read_text("utf-8").split("```python\n")[1].split("\n```")[0]


def run(line: str, folder: Path) -> subprocess.CompletedProcess[str]:
    words = [sys.executable if word == ".venv/bin/python" else word for word in shlex.split(line)]
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """The repository as a newcomer has it, but for what a refresh writes."""
    for path in root.iterdir():
        if path.name not in ("data", ".venv", ".git"):
            (tmp_path / path.name).symlink_to(path)
    (tmp_path / "data" / "processed").mkdir(parents=True)
    (tmp_path / "data" / "raw").symlink_to(root / "data" / "raw")
    return tmp_path


def test_every_python_command_of_the_readme_works_in_its_order(root: Path, checkout: Path) -> None:
    lines = [line for line in commands(root) if line.startswith(".venv/bin/python")]
    assert len(lines) >= 6
    for line in lines:
        done = run(line, checkout)
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        assert done.stdout or "refresh" in line, line
    with servers.dashboard(checkout / "data") as site:
        program = example(root)
        assert program == PYTHON.format(at=LOCAL, election="knesset-22"), "the page /api has the same one"
        done = run(f".venv/bin/python -c {shlex.quote(program.replace(LOCAL, site.url))}", checkout)
    assert done.returncode == 0, done.stderr
    assert "p_pass" in done.stdout
    assert "polls;" in done.stdout


def test_every_make_command_of_the_readme_is_a_target(root: Path) -> None:
    lines = [line for line in commands(root) if line.startswith("make")]
    assert {"make run", "make test"} <= set(lines)
    for line in lines:
        done = subprocess.run([*line.split(), "--dry-run"], cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_what_the_readme_points_at_is_there(root: Path) -> None:
    text = (root / "README.md").read_text("utf-8")
    targets = [part.split(")")[0] for part in text.split("](")[1:]]
    missing = [target for target in targets if not target.startswith("http") and not (root / target).exists()]
    assert missing == []
