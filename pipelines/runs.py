"""How the last refresh went and how each source has answered so far, kept in `runs.json`."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pipelines.clock import now_utc
from pipelines.editions.records import Runs, SourceRun
from pipelines.editions.store import EditionStore


@dataclass(frozen=True, slots=True)
class Answer:
    """How one source answered for one campaign this time; `error` is None where it answered."""

    source: str
    election: str
    has_news: bool
    error: str | None


def keep(processed: Path, started_utc: str, exit_code: int, error: str | None, answers: Iterable[Answer]) -> None:
    """Record a run; what a source did before stays where it was not asked."""
    store = EditionStore(processed)
    before = store.runs()
    sources = {(row.source, row.election): row for row in (before.sources if before else [])}
    finished = now_utc()
    for answer in answers:
        key = (answer.source, answer.election)
        sources[key] = _after(sources.get(key), answer, finished)
    store.keep_runs(
        Runs(
            started_utc=started_utc,
            finished_utc=finished,
            exit_code=exit_code,
            error=error,
            sources=[row for _, row in sorted(sources.items())],
        )
    )


def _after(before: SourceRun | None, answer: Answer, now: str) -> SourceRun:
    known = before or SourceRun(
        source=answer.source,
        election=answer.election,
        last_success_utc=None,
        last_change_utc=None,
        last_error_utc=None,
        last_error=None,
    )
    if answer.error is not None:
        return known.model_copy(update={"last_error_utc": now, "last_error": answer.error})
    changed = now if answer.has_news else known.last_change_utc
    return known.model_copy(update={"last_success_utc": now, "last_change_utc": changed})
