"""`python -m dashboard prerender`: the current editions made ahead, every page in every language.

A page's first sight is made as HTML and as a document; for the newest election and those still to come also the
documents one press away. The rest is made when it is first asked for, and kept in memory.
"""

import os
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path
from threading import Thread

from dashboard.address import DashboardError, Key
from dashboard.reader import Reader
from dashboard.serve.answers import Answers
from dashboard.serve.cache import Payload
from dashboard.serve.embed import store
from dashboard.serve.prerendered import DOCUMENT, PAGE, Prerendered
from dashboard.serve.shell import Shell
from pipelines.errors import EditionError

# path -> the choices on it that are made ahead, one press away from the first sight of the page
Presses = dict[str, tuple[str, ...]]
PRESSES: Presses = {
    "/": ("reading",),
    "/trends": ("unit", "line", "range"),
    "/list": ("list",),
    "/threshold": ("bloc",),
    "/pollsters": ("list", "firm"),
    "/polls": ("kind", "page"),
    "/record": ("day",),
}
MADE, KEPT, REFUSED = "made", "kept", "refused"
Create = Callable[[Reader, Callable[[], date] | None], tuple[Shell, Answers]]  # `app.create`
Said = tuple[str, str, str]  # election, one of the three, how much or why


def prerender(
    create: Create, processed: Path, day: Callable[[], date] | None, jobs: int | None = None
) -> Iterator[Said]:
    """Make what is not there yet, the newest election first; yields what became of each election."""
    reader = Reader(processed)
    elections = [election.id for election in reader.elections()]
    newest = {election for _, election in reader.electorates()}
    today = day() if day else None
    with ProcessPoolExecutor(jobs or os.cpu_count(), get_context("spawn"), _end_with_parent) as pool:
        futures = {name: pool.submit(_make_ahead, create, processed, today, name, name in newest) for name in elections}
        for election, future in futures.items():
            try:
                yield future.result()
            except BrokenExecutor:
                yield election, REFUSED, "a process of it was killed; run it again"


def _end_with_parent() -> None:
    """A child whose parent was killed must not go on writing: whoever runs next holds the lock then."""
    parent = parent_process()
    if parent is not None:
        Thread(target=lambda: wait([parent.sentinel]) and os._exit(1), daemon=True).start()


def _make_ahead(create: Create, processed: Path, today: date | None, election: str, is_newest: bool) -> Said:
    """What became of one election's pages; an edition that retention takes away meanwhile is refused in words."""
    reader = Reader(processed)
    answers = create(reader, (lambda: today) if today else None)[1]
    prerendered = Prerendered(processed)
    try:
        key = answers.documents.key("/", {"election": election})
        store(processed, answers.documents, key)
        if prerendered.has(key):
            return election, KEPT, key.release
        is_busy = is_newest or key.today <= reader.edition(election).reference.election.election_date
        size = prerendered.write(key, _files(answers, key, PRESSES if is_busy else {}))
    except (DashboardError, EditionError, OSError) as error:
        return election, REFUSED, str(error)
    return election, MADE, f"{size:,} bytes"


def _files(answers: Answers, first: Key, presses: Presses) -> Iterator[tuple[str, str, Payload]]:
    for key in answers.documents.ahead(first, presses):
        if not key.state:
            yield key.lang, f"{key.name}.{PAGE}", answers.make_page(key)
        yield key.lang, f"{key.name}.{DOCUMENT}", answers.make_document(key)
