"""The method page: its example runs as it is printed."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any


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
