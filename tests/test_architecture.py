"""The import contract of docs/architecture.md: the flow goes one way, and the core is pure."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("electoral", "pipelines", "dashboard")

# room -> what it may import of ours; a room is the longest prefix that is named here.
MAY_IMPORT = {
    "electoral": {"electoral"},
    "pipelines.errors": set(),
    "pipelines.settings": {"pipelines.editions", "pipelines.errors"},
    "pipelines.rows": {"pipelines.errors"},
    "pipelines.electorate": {"electoral", "pipelines.electorate", "pipelines.errors", "pipelines.rows"},
    "pipelines.http": {"pipelines.http", "pipelines.errors", "pipelines.sources.text"},
    "pipelines.sources": {
        "electoral",
        "pipelines.http",
        "pipelines.sources",
        "pipelines.rows",
        "pipelines.electorate.columns",
        "pipelines.electorate.settings",
        "pipelines.errors",
    },
    "pipelines.ingest": {
        "electoral",
        "pipelines.ingest",
        "pipelines.sources",
        "pipelines.http",
        "pipelines.request",
        "pipelines.electorate",
        "pipelines.rows",
        "pipelines.errors",
        "pipelines.log",
        "pipelines.settings",
        "pipelines.editions.files",
    },
    "pipelines.trend": {"electoral", "pipelines.trend"},
    "pipelines.forecast": {"electoral", "pipelines.forecast", "pipelines.trend"},
    "pipelines.editions": {"electoral", "pipelines.editions", "pipelines.errors"},
    "pipelines.log": {"pipelines.editions.files"},
    "pipelines.tasks": {"pipelines.errors"},
    "pipelines.request": {"pipelines.editions", "pipelines.electorate", "pipelines.errors", "pipelines.settings"},
    "pipelines.fingerprint": {
        "electoral",
        "pipelines.request",
        "pipelines.editions.values",
        "pipelines.electorate",
        "pipelines.ingest.page",
        "pipelines.ingest.snapshots",
        "pipelines.sources.archive",
    },
    "pipelines.assemble": {
        "electoral",
        "pipelines.assemble",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.forecast",
        "pipelines.trend",
    },
    "pipelines.projection": {
        "electoral",
        "pipelines.ingest",
        "pipelines.request",
        "pipelines.assemble",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.errors",
        "pipelines.forecast",
        "pipelines.trend",
    },
    "pipelines.refresh": {
        "electoral",
        "pipelines.forecast.from_abroad",
        "pipelines.request",
        "pipelines.assemble",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.errors",
        "pipelines.fingerprint",
        "pipelines.ingest",
        "pipelines.projection",
        "pipelines.sources.archive",
    },
    "pipelines.hindcast": {
        "electoral",
        "pipelines.fingerprint",
        "pipelines.request",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.errors",
        "pipelines.forecast",
        "pipelines.hindcast",
        "pipelines.ingest",
        "pipelines.settings",
        "pipelines.tasks",
        "pipelines.projection",
        "pipelines.trend",
    },
    "pipelines.vote": {
        "electoral",
        "pipelines.assemble.reference",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.errors",
        "pipelines.ingest",
        "pipelines.log",
        "pipelines.request",
        "pipelines.rows",
        "pipelines.settings",
        "pipelines.sources",
        "pipelines.vote",
    },
    "pipelines.nightly": {
        "pipelines.request",
        "pipelines.desk.drafts",
        "pipelines.commands.console",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.errors",
        "pipelines.hindcast.scores",
        "pipelines.ingest",
        "pipelines.log",
        "pipelines.nightly",
        "pipelines.refresh",
        "pipelines.settings",
        "pipelines.sources.reading",
        "pipelines.tasks",
        "pipelines.vote",
    },
    "pipelines.desk": {
        "electoral",
        "pipelines.assemble",
        "pipelines.desk",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.errors",
        "pipelines.forecast",
        "pipelines.ingest",
        "pipelines.projection",
        "pipelines.request",
        "pipelines.sources",
        "pipelines.trend",
    },
    "pipelines.commands.desk": {
        "dashboard.desk.words",
        "pipelines.commands",
        "pipelines.desk",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.errors",
        "pipelines.ingest",
        "pipelines.log",
        "pipelines.nightly",
        "pipelines.request",
        "pipelines.settings",
        "pipelines.sources",
        "pipelines.vote",
    },
    "pipelines.commands.maintenance": {
        "dashboard.serve.telling",
        "pipelines",
    },
    "pipelines.commands": {
        "electoral",
        "pipelines.request",
        "pipelines.commands",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.errors",
        "pipelines.hindcast.record",
        "pipelines.ingest",
        "pipelines.log",
        "pipelines.nightly",
        "pipelines.settings",
        "pipelines.sources",
        "pipelines.vote",
    },
    "pipelines.__main__": {"pipelines.commands"},
    "dashboard.render": {
        "dashboard.blocks",
        "dashboard.address",
        "dashboard.i18n",
        "dashboard.render",
        "pipelines.editions",
    },
    "dashboard.pages": {
        "electoral",
        "pipelines.editions",
        "pipelines.errors",
        "dashboard.address",
        "dashboard.blocks",
        "dashboard.compared",
        "dashboard.drawing",
        "dashboard.i18n",
        "dashboard.left_out",
        "dashboard.moved",
        "dashboard.names",
        "dashboard.news",
        "dashboard.pages",
        "dashboard.reader",
        "dashboard.readings",
        "dashboard.render.template",
        "dashboard.seats",
        "dashboard.sentences",
        "dashboard.status",
        "dashboard.view",
    },
    "dashboard.desk": {
        "dashboard.address",
        "dashboard.blocks",
        "dashboard.serve.cache",
        "dashboard.desk",
        "dashboard.serve.security",
        "dashboard.i18n",
        "dashboard.names",
        "dashboard.render",
        "dashboard.settings",
        "dashboard.view",
        "pipelines.desk",
        "pipelines.editions",
        "pipelines.electorate",
        "pipelines.errors",
        "pipelines.ingest.imports",
        "pipelines.ingest.run",
        "pipelines.request",
        "pipelines.settings",
    },
    "dashboard.__main__": {"dashboard", "pipelines.editions", "pipelines.errors", "pipelines.settings"},
    "dashboard": {"electoral", "pipelines.editions", "pipelines.errors", "dashboard"},
}
LIBRARIES = {
    "electoral": {"numpy"},
    "pipelines.editions": {"numpy", "obstore", "pyarrow", "pydantic"},
    "dashboard.render": {"markupsafe", "dash", "plotly", "xlsxwriter", "resvg_py"},
    "dashboard.pages": {"numpy", "dash"},
    "dashboard": {
        "numpy",
        "pydantic",
        "dash",
        "babel",
        "flask",
        "markupsafe",
        "werkzeug",
        "gunicorn",
        "typer",
        "brotli",
    },
}
ONLY_IN = {"requests": "pipelines.http", "lxml": "pipelines.sources", "statsmodels": "pipelines.trend"}


def modules(root: Path) -> dict[str, Path]:
    paths = {}
    for package in PACKAGES:
        for path in (root / package).rglob("*.py"):
            name = ".".join(path.relative_to(root).with_suffix("").parts)
            paths[name.removesuffix(".__init__")] = path
    return paths


def imports(path: Path, tree: dict[str, Path], *, runs_only: bool = False) -> Iterator[str]:
    """Every module a file imports, also inside functions; of a package the room that is meant, not its front.

    With `runs_only` those that are imported when it runs: not what stands under `if TYPE_CHECKING`.
    """
    parsed = ast.parse(path.read_text("utf-8"))
    if runs_only:
        parsed.body = [node for node in parsed.body if not _is_for_types(node)]
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports name the whole path"
            assert node.module
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in tree else node.module


def _is_for_types(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def room(module: str) -> str:
    """The room a module is in; a package itself, whose file holds nothing, is in none."""
    return max((name for name in MAY_IMPORT if (module + ".").startswith(name + ".")), key=len, default="")


def within(module: str, allowed: set[str]) -> bool:
    return any((module + ".").startswith(name + ".") for name in allowed)


@pytest.fixture(scope="module")
def tree(root: Path) -> dict[str, Path]:
    return modules(root)


def test_every_arrow_is_allowed(tree: dict[str, Path]) -> None:
    forbidden = [
        f"{name} imports {target}"
        for name, path in tree.items()
        for target in imports(path, tree)
        if target in tree and not within(target, MAY_IMPORT.get(room(name), set()))
    ]
    assert forbidden == []


def test_every_module_is_in_a_room(tree: dict[str, Path]) -> None:
    assert [name for name in tree if not room(name) and name not in PACKAGES] == []


def test_libraries_stay_in_their_rooms(tree: dict[str, Path]) -> None:
    wrong = []
    for name, path in tree.items():
        for target in imports(path, tree):
            top = target.split(".")[0]
            if top in PACKAGES or top in sys.stdlib_module_names:
                continue
            if room(name) in LIBRARIES and top not in LIBRARIES[room(name)]:
                wrong.append(f"{name} imports {top}")
            if top in ONLY_IN and not name.startswith(ONLY_IN[top]):
                wrong.append(f"{name} imports {top}, which belongs to {ONLY_IN[top]}")
    assert wrong == []


def test_there_is_no_circle(tree: dict[str, Path]) -> None:
    arrows = {
        name: {target for target in imports(path, tree) if target in tree and target != name}
        for name, path in tree.items()
    }
    while True:
        leaves = {name for name, targets in arrows.items() if not targets & arrows.keys()}
        if not leaves:
            break
        arrows = {name: targets for name, targets in arrows.items() if name not in leaves}
    assert arrows == {}


LONGEST_CHAIN = 8  # modules, from the command line down; a landing that shortens it lowers this


def test_the_dashboard_is_a_few_layers(tree: dict[str, Path]) -> None:
    """How many modules stand on each other, each importing the next; imports for types alone do not run."""
    heights: dict[str, int] = {}

    def height(name: str) -> int:
        if name not in heights:
            below = {target for target in imports(tree[name], tree, runs_only=True) if within(target, {"dashboard"})}
            heights[name] = 1 + max((height(target) for target in below - {name} if target in tree), default=0)
        return heights[name]

    tallest = max((name for name in tree if within(name, {"dashboard"})), key=height)
    assert height(tallest) <= LONGEST_CHAIN, f"{tallest} stands on {height(tallest) - 1} modules"


def test_the_core_touches_no_file_clock_or_chance(tree: dict[str, Path]) -> None:
    """`electoral.__main__` is the command line, its one edge."""
    impure = {"os", "pathlib", "time", "random", "secrets", "socket", "subprocess", "urllib", "io", "tempfile"}
    core = {name for name in tree if name.startswith("electoral") and name != "electoral.__main__"}
    touched = [
        f"{name} imports {target}"
        for name, path in tree.items()
        if name in core
        for target in imports(path, tree)
        if target.split(".")[0] in impure
    ]
    assert touched == []
    source = "".join(path.read_text("utf-8") for name, path in tree.items() if name in core)
    assert not [call for call in ("np.random", ".now(", ".today(", "open(") if call in source]


def test_the_environment_is_read_in_one_place(tree: dict[str, Path]) -> None:
    """`__main__` sets what NumPy reads before it loads; what the operator sets is a `Settings`, handed down."""
    readers = {"environ", "environb", "getenv"}
    modules_reading = {
        name
        for name, path in tree.items()
        if name.split(".")[0] in ("electoral", "pipelines") and not name.endswith("__main__")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute | ast.Name | ast.alias)
        and (getattr(node, "attr", None) or getattr(node, "id", None) or getattr(node, "name", None)) in readers
    }
    assert modules_reading == {"pipelines.settings"}


# An electorate is data: no country, language or parliament is named in code, its comments and docstrings included.
OF_ONE_ELECTORATE = re.compile(r"knesset|israel|jerusalem|hebrew|_he\b", re.IGNORECASE)
NAMES_NONE = ("electoral", "pipelines", "dashboard")
CODE = {".py", ".js", ".css"}
NOT_OURS = ("dashboard/assets/plotly/",)
# One electorate's own sources, and a law that is cited by its name.
MAY_NAME = ("pipelines/sources/themadad.py", "pipelines/sources/cec.py")
CITED = "Law:"


def test_code_names_no_electorate(root: Path) -> None:
    named = [
        f"{path.relative_to(root)}:{number}: {line.strip()[:80]}"
        for package in NAMES_NONE
        for path in sorted((root / package).rglob("*"))
        if path.suffix in CODE and not path.relative_to(root).as_posix().startswith((*NOT_OURS, *MAY_NAME))
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if OF_ONE_ELECTORATE.search(line) and CITED not in line
    ]
    assert named == []


def test_pipelines_and_dashboard_stay_few_files(root: Path) -> None:
    """Merge before you add: a room that grows makes place for itself."""
    assert len(list((root / "pipelines").rglob("*.py"))) <= 95
    assert len(list((root / "dashboard").rglob("*.py"))) <= 105


def test_what_readers_reach_does_not_know_the_entry_desk(tree: dict[str, Path]) -> None:
    knowing = {
        name for name, path in tree.items() for target in imports(path, tree) if within(target, {"dashboard.desk"})
    }
    assert "dashboard.__main__" in knowing
    assert [
        name for name in knowing if not within(name, {"dashboard.desk", "dashboard.__main__", "pipelines.commands"})
    ] == []
