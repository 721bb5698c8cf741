"""What is served where something on the disk is damaged: the last good edition of each campaign, and the fault said."""

from dataclasses import dataclass

from pipelines.editions.edition import Edition
from pipelines.editions.errors import EditionDamaged, NoEdition
from pipelines.editions.store import EditionStore


@dataclass(frozen=True, slots=True)
class Served:
    """A sound edition; `fault` says what is wrong with the one that should stand in its place, None where it does."""

    edition: Edition
    fault: str | None


def last_good(store: EditionStore, election: str) -> Served:
    """The current edition of an election or, where that is damaged, the newest sound one from before it.

    Raises NoEdition where nothing was published, EditionDamaged where nothing of it is sound.
    """
    current, fault = store.current_id(election)
    if current is None:
        raise NoEdition(f"no edition of {election}: run `python -m pipelines refresh --election {election}`")
    found = store.all(election)
    ids = [edition.id for edition in found]
    if current not in ids:
        fault = fault or f"{store.editions / election / current}: missing; run refresh again to rebuild it"
    standing = ids.index(current) + 1 if current in ids else len(ids)
    for edition in reversed(found[:standing]):
        damage = edition.damage()
        if damage is None:
            return Served(edition, fault)
        fault = fault or damage
    raise EditionDamaged(fault or f"{store.editions / election}: no edition is there; run refresh again")
