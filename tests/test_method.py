"""The method page: its example runs as it is printed."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from dashboard.pages.method.page import STEPS
from pipelines.forecast import from_abroad
from pipelines.forecast.polling_error import BLOC_SHRINK, STEADY_FACTOR


def test_the_line_in_fifteen_lines(root: Path, data_dir: Path, tmp_path: Path, command: Any) -> None:
    done = command(
        "pipelines", "refresh", "--election", "knesset-22", "--offline", "--draws", "200", "--today", "2019-09-10",
        "--data-dir", data_dir,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    polls = command(
        "pipelines", "polls", "--election", "knesset-22", "--csv", "--today", "2019-09-10", "--data-dir", data_dir
    )
    (tmp_path / "polls.csv").write_text(polls.stdout, "utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", (root / "docs" / "method.md").read_text("utf-8"), re.DOTALL)
    assert len([line for line in code.splitlines() if line.strip()]) <= 15
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(root)}, capture_output=True,
        text=True, check=False, timeout=120,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert "kappa" in ran.stdout
    assert "2019-09-0" in ran.stdout, "the line ends with the last polls"


def test_the_method_and_its_page_print_the_constants_of_the_code(root: Path) -> None:
    """What is learned abroad, the steady factor, what is kept of a bloc's error; the centre is where the line ends."""
    text = (root / "docs" / "method.md").read_text("utf-8")
    equations = [equation for _, lines in STEPS for equation in lines]
    scale = f"s² = {from_abroad.START_SCALE:g}² + {from_abroad.DAILY_SCALE:g}²"
    assert f"{scale}·days" in text
    assert f"{scale} · d" in equations
    assert from_abroad.SIZE_POWER == 0, "no power of size is printed"
    assert f"f is 1, and {STEADY_FACTOR:g} for" in text
    assert f"f ∈ {{1, {STEADY_FACTOR:g}}}" in equations
    assert 1 - BLOC_SHRINK == 0.25
    assert "a quarter of each bloc's own deviation" in text
    assert "c = Σ z(j) / J" in equations
    assert {word for line in equations for word in re.findall(r"[a-z]{3,}", line)} == {"max", "asin"}, (
        "no language's words"
    )
    assert "with c where the line ends" in text
