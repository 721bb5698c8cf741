"""What an edition is compared with: the edition before it, and the one of a week before.

A page does without a comparison that cannot be read: what is damaged beside an edition says nothing against it.
"""

import logging
from datetime import timedelta

from pipelines.editions.changes import changes
from pipelines.editions.errors import EditionError
from pipelines.editions.records import Changes
from pipelines.editions.store import Edition, EditionStore

log = logging.getLogger(__name__)

WEEK, FORTNIGHT = timedelta(days=7), timedelta(days=14)


def store_of(edition: Edition) -> EditionStore:
    """The store an edition lies in."""
    return EditionStore(edition.folder.parents[2])


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

    Nothing is said of causes: they are worked out from one edition to the next only.
    """
    as_of = edition.projection.as_of
    latest, earliest = (as_of - WEEK).isoformat(), (as_of - FORTNIGHT).isoformat()
    older = [found for found in store_of(edition).all(edition.election) if earliest < found.id[:10] <= latest]
    before = next((found for found in reversed(older) if found.damage() is None), None)
    return changes(before, edition) if before else None
