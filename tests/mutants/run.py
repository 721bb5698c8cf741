"""`make mutants`: every protection removed once, in a copy, and the tests that hold it must fail.

`mutations.toml` names for each row of docs/protections.md a file, a text that stands in it once, what to put in its
place, and the tests that must fail then. A mutation that no test notices is a protection that nobody proves.
"""

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

ROOT = Path(__file__).parents[2]
MUTATIONS = Path(__file__).with_name("mutations.toml")
LONGEST_SECONDS = 120  # of one test that a mutation may make hang
MOST_BYTES = 8 << 30  # of memory: some protections keep a test from taking all of it
FAILED, TIMED_OUT = 1, -1


@dataclass(frozen=True, slots=True)
class Mutation:
    """One protection removed: where, what stands there, what is put instead, and the tests that must fail."""

    rows: tuple[str, ...]
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{' '.join(self.rows)} {self.file}: {' '.join(self.old.split())[:60]}"


def read() -> list[Mutation]:
    """Every mutation of the list."""
    rows = tomllib.loads(MUTATIONS.read_text("utf-8"))["mutation"]
    return [Mutation(tuple(row["rows"]), row["file"], row["old"], row["new"], tuple(row["tests"])) for row in rows]


def copy_to(folder: Path) -> Path:
    """The tree as it stands, without what is not committed or ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def pytest_in(tree: Path, tests: Iterable[str], seconds: float | None = None) -> tuple[int, str]:
    """pytest's exit code over some tests of a tree, and what it said."""
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "--tb=line", "-p", "no:cacheprovider", *tests]
    try:
        done = subprocess.run(
            command, cwd=tree, capture_output=True, text=True, timeout=seconds, check=False, preexec_fn=_limit
        )
    except subprocess.TimeoutExpired:
        return TIMED_OUT, f"not done after {seconds} s"
    return done.returncode, done.stdout + done.stderr


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))


def survives(tree: Path, mutation: Mutation) -> str | None:
    """Why a mutation counts as survived, None where each of its tests fails; the tree is as before afterwards."""
    path = tree / mutation.file
    before = path.read_text("utf-8")
    if before.count(mutation.old) != 1:
        return f"the old text stands {before.count(mutation.old)} times in the file"
    path.write_text(before.replace(mutation.old, mutation.new), "utf-8")
    try:
        for test in mutation.tests:
            code, output = pytest_in(tree, ["-x", test], LONGEST_SECONDS)
            if code not in (FAILED, TIMED_OUT):
                last = output.strip().splitlines()[-1:] or ["nothing was said"]
                return f"{test} ended with {code}: {last[0]}"
    finally:
        path.write_text(before, "utf-8")
    return None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("rows", nargs="*", help="only these rows, such as F28 or A3; all without them")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--at-once", action="store_true", help="without running the tests unchanged first")
    arguments = parser.parse_args()
    wanted = [one for one in read() if not arguments.rows or set(arguments.rows) & set(one.rows)]
    with tempfile.TemporaryDirectory(prefix="hemicycle-mutants-") as folder:
        trees: Queue[Path] = Queue()
        for number in range(arguments.jobs):
            trees.put(copy_to(Path(folder) / str(number)))
        code, output = (0, "") if arguments.at_once else _unchanged(trees.queue[0], wanted)
        if code:
            print(output)
            print("the tests fail before anything is changed")
            return 1
        with ThreadPoolExecutor(arguments.jobs) as pool:
            survived = sum(pool.map(lambda one: _tell(one, trees), wanted))
    print(f"{len(wanted)} mutations, {survived} survived")
    return 1 if survived else 0


def _unchanged(tree: Path, wanted: list[Mutation]) -> tuple[int, str]:
    return pytest_in(tree, sorted({test for one in wanted for test in one.tests}))


def _tell(mutation: Mutation, trees: "Queue[Path]") -> bool:
    """Try one mutation in whichever copy is free, and say how it went."""
    tree, started = trees.get(), time.monotonic()
    try:
        why = survives(tree, mutation)
    finally:
        trees.put(tree)
    print(f"{'SURVIVED' if why else 'noticed '} {time.monotonic() - started:5.0f} s  {mutation.name}", flush=True)
    if why:
        print(f"    {why}", flush=True)
    return why is not None


if __name__ == "__main__":
    sys.exit(main())
