"""What an edition is compared with: the edition before it, and the one of a week before.

A page does without a comparison that cannot be read: what is damaged beside an edition says nothing against it.
"""

import logging
from collections import Counter
from datetime import date, timedelta

from pipelines.editions.changes import changes
from pipelines.editions.records import Changes, ListMovement
from pipelines.editions.store import Edition, EditionStore
from pipelines.errors import EditionError

log = logging.getLogger(__name__)

WEEK, FORTNIGHT = timedelta(days=7), timedelta(days=14)


def store_of(edition: Edition) -> EditionStore:
    """The store an edition lies in."""
    return EditionStore(edition.objects)


def since_previous(edition: Edition) -> Changes | None:
    """What the refresh found changed against the edition before, with its causes; None for the first of a campaign.

    Where its record cannot be read (damaged, or of when it held medians) the editions are compared, without causes.
    """
    store = store_of(edition)
    try:
        return store.changes(edition.election, edition.id)
    except EditionError as error:
        log.warning("causes of changes left out: %s", error)
        before = store.before(edition)
        return changes(before, edition) if before else None


def since_last_week(edition: Edition) -> Changes | None:
    """What changed against the newest sound edition at least a week older, within the fortnight; None without one.

    Its causes are those of every edition on the way, added up; none where one on the way did not say its own.
    """
    as_of = edition.projection.as_of
    latest, earliest = (as_of - WEEK).isoformat(), (as_of - FORTNIGHT).isoformat()
    older = [stored for stored in store_of(edition).all(edition.election) if earliest < stored.id[:10] <= latest]
    before = next((stored for stored in reversed(older) if stored.damage() is None), None)
    return changes(before, edition, _causes(before, edition)) if before else None


def _causes(before: Edition, after: Edition) -> dict[str, dict[str, float]]:
    """Per list cause → seats from one edition to another, over all between them."""
    store, at = store_of(after), after.id
    steps: list[dict[str, dict[str, float] | None]] = []
    while at != before.id:
        try:
            step = store.changes(after.election, at)
        except EditionError:
            return {}
        if step is None or step.from_edition[:10] < before.id[:10]:
            return {}
        steps.append({row.id: row.parts for row in step.lists})
        at = step.from_edition
    causes: dict[str, dict[str, float]] = {}
    for name in steps[0] if steps else ():
        parts = [step.get(name) for step in steps]
        if all(parts_of is not None for parts_of in parts):
            total: Counter[str] = Counter()
            for parts_of in parts:
                total.update(parts_of or {})
            causes[name] = dict(total)
    return causes


def comparisons(edition: Edition) -> list[tuple[str, Changes]]:
    """What an edition is compared with, each by its title in the catalogue: one list for pages, feed and programs."""
    week, previous = since_last_week(edition), since_previous(edition)
    rows = [("news.week", week)] if week else []
    if previous and (week is None or previous.from_edition != week.from_edition):
        rows.append(("news.since", previous))
    return rows


def is_replayed(edition: Edition, compared: Changes) -> bool:
    """Whether what an edition is compared with was made later, from what was known on its day."""
    store = store_of(edition)
    try:
        return store.open(edition.election, compared.from_edition).manifest.kind == "hindcast"
    except EditionError:  # it is gone, or damaged
        return False


def days(edition: Edition) -> list[tuple[date, str]]:
    """The days up to this edition of which there is one, the newest first, each with the id of its edition."""
    ids = {stored.id[:10]: stored.id for stored in store_of(edition).all(edition.election)}
    ids[edition.id[:10]] = edition.id
    return [(date.fromisoformat(day), ids[day]) for day in sorted(ids, reverse=True) if day <= edition.id[:10]]


def move(item: ListMovement) -> float | None:
    """How far the poll average of a list moved, in seats; None where it is in one edition only."""
    if item.trend_seats_before is None or item.trend_seats_after is None:
        return None
    return item.trend_seats_after - item.trend_seats_before
