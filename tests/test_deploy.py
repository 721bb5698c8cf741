"""What is shipped to run by itself: units that systemd reads, a line that cron can run, and make targets."""

import os
import re
import shutil
import subprocess
from configparser import ConfigParser
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml

from pipelines.editions.objects import STORE
from pipelines.settings import LEDGER, SCHEDULER

UNITS = (
    "hemicycle-refresh.service",
    "hemicycle-refresh.timer",
    "hemicycle-prerender.service",
    "hemicycle-prerender.timer",
    "hemicycle-dashboard.service",
    "hemicycle-desk.service",
)


def unit(root: Path, name: str) -> ConfigParser:
    config = ConfigParser(strict=False, interpolation=None)
    config.optionxform = str  # type: ignore[assignment, method-assign]
    config.read_string((root / "deploy" / name).read_text("utf-8"))
    return config


def test_three_counts_as_success_and_missed_nights_are_made_up_for(root: Path) -> None:
    service, timer = unit(root, "hemicycle-refresh.service"), unit(root, "hemicycle-refresh.timer")
    assert service["Service"]["SuccessExitStatus"] == "3"
    assert service["Service"]["ExecStart"].endswith("-m pipelines refresh --election all-live")
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Timer"]["OnCalendar"] == "*-*-* 03:30:00 Asia/Jerusalem"


def test_the_web_process_may_write_nowhere(root: Path) -> None:
    service = unit(root, "hemicycle-dashboard.service")["Service"]
    assert service["ProtectSystem"] == "strict"
    assert "ReadWritePaths" not in service
    assert unit(root, "hemicycle-prerender.service")["Service"]["ReadWritePaths"] == "/srv/hemicycle/data"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_reads_the_units(root: Path, tmp_path: Path) -> None:
    for name in UNITS:
        text = (root / "deploy" / name).read_text("utf-8")
        # The interpreter and the user of an installation are not those of this machine.
        text = re.sub(r"ExecStart=\S+", "ExecStart=/bin/true", text).replace("User=hemicycle", "User=root")
        (tmp_path / name).write_text(text, "utf-8")
    units = [str(tmp_path / name) for name in UNITS]
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    lines = [line for line in done.stderr.splitlines() if "hemicycle" in line]
    assert lines == []


@pytest.mark.parametrize(("code", "ends"), [(0, 0), (3, 0), (1, 1)])
def test_the_line_for_cron_counts_three_as_success(root: Path, tmp_path: Path, code: int, ends: int) -> None:
    (line,) = [row for row in (root / "deploy/crontab").read_text("utf-8").splitlines() if row.startswith("30 3")]
    python = tmp_path / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/asked\nexit {code}\n')
    python.chmod(0o755)
    command = line.split(maxsplit=5)[5].replace("/srv/hemicycle", str(tmp_path))
    assert subprocess.run(["/bin/sh", "-c", command], check=False).returncode == ends
    assert (tmp_path / "asked").read_text() == "-m pipelines refresh --election all-live\n"
    assert "%" not in line, "cron reads a percent sign as the end of the line"


def planned(root: Path, *arguments: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", "--dry-run", *arguments], cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_make_run_starts_a_schedule_of_its_own_only_when_asked(root: Path) -> None:
    assert "pipelines schedule" not in planned(root, "run")
    assert "pipelines schedule --at 02:30 --parent $$ &" in planned(root, "run", "SCHEDULE=02:30")


def test_make_soak_kills_two_hundred_nights_and_lives_sixty(root: Path) -> None:
    assert "--kills 200 --nights 60" in planned(root, "soak")


def test_the_composition_names_settings_that_are_read_and_modules_that_run(root: Path) -> None:
    """No engine is asked: what it says of this code is held to the code."""
    composed = yaml.safe_load((root / "deploy" / "compose.yaml").read_text("utf-8"))
    services, page = composed["services"], (root / "docs" / "operations.md").read_text("utf-8")
    assert {"web", "nightly", "worker", "postgres", "objects"} <= services.keys()
    settings = {name for one in services.values() for name in one["environment"] if name.startswith("HEMICYCLE_")}
    assert {STORE, LEDGER, SCHEDULER} <= settings
    assert [name for name in sorted(settings) if name not in page] == []
    ours = [one for one in services.values() if "build" in one]
    assert [one["command"][0] for one in ours if find_spec(one["command"][0]) is None] == []
    assert {(one["image"], one["init"], one["env_file"]) for one in ours} == {("hemicycle", True, ".env")}
    for module, *arguments in (one["command"] for one in ours if one["command"][0].startswith("distributed.")):
        options = [
            option for each in import_module(module).main.params for option in (*each.opts, *each.secondary_opts)
        ]
        assert [flag for flag in arguments if flag.startswith("--") and flag not in options] == []
    mounted = {mount.split(":")[0] for one in services.values() for mount in one.get("volumes", ())}
    assert mounted == composed["volumes"].keys()
    places = {mount.split(":")[1] for one in ours for mount in one["volumes"]}
    image = (root / "deploy" / "Containerfile").read_text("utf-8")
    (folders,) = re.findall(r"mkdir -p (.+?) &&", image)
    assert places == {f"/srv/hemicycle/{place}".replace("/srv/hemicycle//", "/") for place in folders.split()}


def test_what_a_run_of_the_composition_found_stays_mended(root: Path) -> None:
    """Each of these stopped the first night, a clean stop or the way to the data when it was run by an engine."""
    services = yaml.safe_load((root / "deploy" / "compose.yaml").read_text("utf-8"))["services"]
    assert services["bucket"]["command"][0].startswith("until mc alias set "), "the store may not answer yet"
    assert "-h 127.0.0.1" in services["postgres"]["healthcheck"]["test"][1], "by its socket it answers as it is set up"
    settings = {name: value for one in services.values() for name, value in one["environment"].items()}
    assert "PASSWORD" not in settings[LEDGER], "a password is not made for an address, nor for a log"
    assert settings["PGPASSWORD"] == "${POSTGRES_PASSWORD:?}"
    image = (root / "deploy" / "Containerfile").read_text("utf-8")
    assert re.search(r"useradd --system --uid \d+ hemicycle", image), "volumes belong to a number"
    (owned,) = re.findall(r"chown hemicycle (.+)", image)
    assert owned in image.partition("mkdir -p ")[2], "what ships is not for a container to change"
    assert "deploy/.env" in (root / ".gitignore").read_text("utf-8").splitlines()


def test_the_image_is_made_from_the_lock_and_holds_nothing_that_came_in_here(root: Path) -> None:
    image = (root / "deploy" / "Containerfile").read_text("utf-8")
    assert "--require-hashes -r requirements-scale.txt" in image
    private = ("data/processed", "data/raw/desk", "data/raw/snapshots", "data/raw/sealed", "data/drafts", "deploy/.env")
    for copied in re.findall(r"^COPY (\S+)", image, re.MULTILINE):
        assert (root / copied).exists()
        assert [name for name in private if f"{name}/".startswith(f"{copied}/")] == [], copied
