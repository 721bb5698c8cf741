"""The edition with lists counted in another bloc than the data's, as a reader moved them: every page follows.

The printed allocation stays the edition's, whose blocs are one of its terms; sums, intervals and odds are of the
lists as the reader counts them, over the same draws.
"""

from collections.abc import Iterable, Mapping
from copy import copy
from functools import lru_cache
from typing import TypeVar

from dashboard.address import BETWEEN, MOVE, Parameter, Subset, read_moves
from dashboard.seats import in_order, joint_odds
from pipelines.editions.schema import BlocProjection, Majority
from pipelines.editions.store import Edition

CACHED = 2  # each holds all draws of the edition it is of
Blocs = Mapping[str, list[str]]
G = TypeVar("G", BlocProjection, Majority)


def parameters(edition: Edition) -> dict[str, Parameter]:
    """Every list and every bloc that is not its own; nothing where the data has no two blocs."""
    projection = edition.projection
    home = {name: bloc.id for bloc in projection.blocs for name in bloc.lists}
    ids = in_order(projection).ids
    offered = [f"{name}{BETWEEN}{bloc.id}" for name in ids for bloc in projection.blocs if home.get(name) != bloc.id]
    return {MOVE: Subset(tuple(offered))} if offered and len(projection.blocs) > 1 else {}


def by(edition: Edition, state: Iterable[tuple[str, str]]) -> Edition:
    """The edition that an address asks for; itself where nothing is moved. UnknownAddress for a list moved twice."""
    moves = dict(state).get(MOVE)
    return _moved(edition, moves) if moves else edition


@lru_cache(maxsize=CACHED)
def _moved(edition: Edition, moves: str) -> Edition:
    to, whole = read_moves(moves), edition.projection
    before = {bloc.id: bloc.lists for bloc in whole.blocs}
    home = {name: bloc for bloc, lists in before.items() for name in lists} | to
    after = {bloc: [*(name for name in (*lists, *to) if home[name] == bloc)] for bloc, lists in before.items()}
    blocs = [_counted(edition, bloc, after[bloc.id]) for bloc in whole.blocs]
    lists = [row.model_copy(update={"bloc": home.get(row.id)}) for row in whole.lists]
    changed = copy(edition)
    changed.projection = whole.model_copy(
        update={"blocs": blocs, "lists": lists, "bridge": [row for row in whole.bridge if row.bloc is None]}
    )
    majorities = [_counted(edition, one, _of_blocs(one, before, after)) for one in edition.coalitions.majorities]
    changed.coalitions = edition.coalitions.model_copy(update={"majorities": majorities})
    return changed


def _counted(edition: Edition, group: G, lists: list[str]) -> G:
    """A bloc or a coalition with these lists; itself where they are its own."""
    if set(lists) == set(group.lists):
        return group
    over = joint_odds(edition.seat_draws, lists, edition.projection.majority)
    return group.model_copy(update={"lists": lists, **over})


def _of_blocs(item: Majority, before: Blocs, after: Blocs) -> list[str]:
    """The lists of a coalition of interest: of one of whole blocs, those that are counted in them now."""
    whole = [bloc for bloc, lists in before.items() if lists and set(lists) <= set(item.lists)]
    is_of_blocs = {name for bloc in whole for name in before[bloc]} == set(item.lists)
    return [name for bloc in whole for name in after[bloc]] if is_of_blocs else item.lists
