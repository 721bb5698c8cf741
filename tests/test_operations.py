"""docs/operations.md says what is there: its commands, its settings, its files."""

import re
from pathlib import Path
from typing import Any

import pytest

from dashboard.reader import Reader
from dashboard.serve.app import create_app
from dashboard.serve.server import TRUSTED_PROXIES
from pipelines.editions.gate import RELAX


@pytest.fixture(scope="module")
def page(root: Path) -> str:
    return (root / "docs/operations.md").read_text("utf-8")


def test_every_command_it_names_is_one(page: str, command: Any) -> None:
    names = sorted(set(re.findall(r"python -m pipelines (\w+)", page)))
    assert {"refresh", "status", "alerts", "backup", "restore", "rebuild"} <= set(names)
    listed = command("pipelines", "--help").stdout
    assert [name for name in names if f" {name} " not in listed] == []


def test_every_setting_it_names_is_read(page: str, command: Any) -> None:
    assert RELAX in page
    shown = command("pipelines", "refresh", "--help").stdout
    assert "--keep-editions" in shown
    assert "HEMICYCLE_KEEP_EDITIONS" in shown


def test_every_file_it_names_is_there(page: str, root: Path) -> None:
    for name in ("deploy/hemicycle-refresh.service", "deploy/hemicycle-refresh.timer", "deploy/crontab"):
        assert (root / name).is_file()
    assert (root / "data/alerts.toml").is_file()
    assert "deploy/crontab" in page


def test_every_command_and_setting_of_serving_is_one(page: str, command: Any) -> None:
    names = set(re.findall(r"python -m dashboard ([a-z]+)", page))
    assert names == {"desk", "prerender", "site"}
    listed = command("dashboard", "--help").stdout
    assert [name for name in names if name not in listed] == []
    assert TRUSTED_PROXIES in page


def test_every_address_for_a_watchdog_is_answered(page: str, tmp_path: Path) -> None:
    named = set(re.findall(r"`(/[a-z]+)`", page))
    routes = {rule.rule for rule in create_app(Reader(tmp_path)).server.url_map.iter_rules()}
    assert {"/healthz", "/readyz"} <= named <= routes


def test_every_file_of_serving_is_there(page: str, root: Path) -> None:
    for name in re.findall(r"`(deploy/[\w./-]+|tests/[\w./-]+)`", page):
        assert (root / name).exists(), name
